/*
 * What is in tile/ beside the tiles of the checkpoint: partial tiles of earlier checkpoints, which must be right too.
 * What goes beyond its size may belong to a later one that is being published, as may a name that begins with a dot.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/log/log.h"

#define DEPTH_MAX 10
#define PATH_BYTES 256
#define NAMES_MAX ((size_t)1 << 26)
#define LEVEL_MAX 7

struct walk {
	const struct log *log;
	const struct published *dir;
	struct err *err;
};

/* ---- names ---- */

static void
collect_name(void *arg, const char *name, bool is_file)
{
	struct buf *names = arg;

	if (name[0] == '.')
		return;
	buf_byte(names, is_file ? 'f' : 'd');
	buf_put(names, name, strlen(name) + 1);
}

static bool
parse_digits(const char **at, size_t n, uint64_t *ret_number)
{
	for (size_t i = 0; i < n; i++, (*at)++) {
		if (**at < '0' || **at > '9' || *ret_number > UINT64_MAX / 16)
			return false;
		*ret_number = *ret_number * 10 + (uint64_t)(**at - '0');
	}
	return true;
}

/* Reads a tile's path, which must be exactly the one that tile_path gives. */
static bool
parse_tile_path(const char *path, struct tile *ret_tile)
{
	const char *at = path + sizeof "tile/" - 1;
	struct tile tile = {.level = -1, .width = TILE_WIDTH};
	char again[TILE_PATH_MAX];
	uint64_t width = 0;

	if (strncmp(at, "entries/", 8) == 0) {
		at += 8;
	} else if (*at >= '0' && *at <= '0' + LEVEL_MAX && at[1] == '/') {
		tile.level = *at - '0';
		at += 2;
	} else {
		return false;
	}
	while (*at == 'x') {
		at++;
		if (!parse_digits(&at, 3, &tile.number) || *at++ != '/')
			return false;
	}
	if (!parse_digits(&at, 3, &tile.number))
		return false;
	if (strncmp(at, ".p/", 3) == 0) {
		at += 3;
		if (strlen(at) > 3 || !parse_digits(&at, strlen(at), &width) || width < 1 || width >= TILE_WIDTH)
			return false;
		tile.width = (int)width;
	}
	if (*at != '\0')
		return false;
	tile_path(tile, again);
	*ret_tile = tile;
	return strcmp(again, path) == 0;
}

/* ---- bytes ---- */

static void
put_expected(const struct log *log, struct tile tile, struct buf *out)
{
	struct hash hashes[TILE_WIDTH];

	if (tile.level >= 0) {
		tile_hashes(&log->tree, tile, hashes);
		buf_put(out, (const char *)hashes, (size_t)tile.width * sizeof hashes[0]);
		return;
	}
	for (uint64_t i = tile.number * TILE_WIDTH; i < tile.number * TILE_WIDTH + (uint64_t)tile.width; i++) {
		struct slice bytes = log->entries[i].bytes;

		buf_byte(out, (char)(bytes.n >> 8));
		buf_byte(out, (char)(bytes.n & 0xFF));
		buf_slice(out, bytes);
	}
}

static int
check_partial_tile(const struct walk *w, const char *path)
{
	struct tile tile;
	struct buf right, given;
	uint64_t there;
	int rc;

	if (!parse_tile_path(path, &tile))
		return err_set(w->err, ERR_REFUSED, N_("%s: that is no tile's name"), path);
	there = w->log->n_entries >> (tile.level < 0 ? 0 : 8 * tile.level);
	if (tile.width == TILE_WIDTH || tile.number > there / TILE_WIDTH ||
	    tile.number * TILE_WIDTH + (uint64_t)tile.width > there)
		return 0; /* a full tile has been checked already, or it goes beyond the checkpoint */
	buf_init(&right, (size_t)TILE_WIDTH * (ENTRY_MAX + 2));
	buf_init(&given, (size_t)TILE_WIDTH * (ENTRY_MAX + 2));
	put_expected(w->log, tile, &right);
	rc = right.failed ? err_memory(w->err) : w->dir->read(w->dir->ctx, path, &given, w->err);
	if (rc == 0 && !slice_eq(buf_view(&given), buf_view(&right)))
		rc = err_set(w->err, ERR_REFUSED, N_("%s: it is not what the entries give"), path);
	buf_release(&given);
	buf_release(&right);
	return rc == ERR_ABSENT ? 0 : rc; /* a fuller one has just replaced it */
}

/* Checks all files in a folder, down to DEPTH_MAX folders deep. */
static int
check_tile_folder(const struct walk *w, const char *folder, unsigned depth)
{
	struct buf names;
	int rc;

	buf_init(&names, NAMES_MAX);
	rc = w->dir->list(w->dir->ctx, folder, collect_name, &names, w->err);
	if (rc == 0 && names.no_memory)
		rc = err_memory(w->err);
	if (rc == 0 && names.failed)
		rc = err_set(w->err, ERR_REFUSED, N_("%s holds too many names"), folder);
	for (size_t at = 0; rc == 0 && at < names.len; at += strlen(names.data + at) + 1) {
		char path[PATH_BYTES];
		int n = snprintf(path, sizeof path, "%s/%s", folder, names.data + at + 1);

		if (n >= (int)sizeof path || depth >= DEPTH_MAX)
			rc = err_set(w->err, ERR_REFUSED, N_("%s: that is no tile's name"), path);
		else
			rc =
			    names.data[at] == 'f' ? check_partial_tile(w, path) : check_tile_folder(w, path, depth + 1);
	}
	buf_release(&names);
	return rc == ERR_ABSENT ? 0 : rc;
}

int
log_check_other_tiles(const struct log *log, const struct published *dir, struct err *err)
{
	struct walk w = {log, dir, err};

	return check_tile_folder(&w, "tile", 0);
}
