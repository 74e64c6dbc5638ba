#include "io/publish.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/merkle.h"
#include "core/note.h"
#include "io/cosignatures.h"
#include "io/draws.h"
#include "io/ledger.h"
#include "io/lock.h"
#include "io/publish_tree.h"
#include "io/site.h"

#define LOCK_FILE "publish.lock"
#define PUBLISHED "published_serial" /* in meta: the cosignatures that are published */
#define NAME_MAX_BYTES 160 /* of a path in the tree */

struct publication {
	struct store *store;
	struct ledger log;
	struct tree tree;
	struct site *site; /* NULL: no pages */
	struct err *err;
};

/* ---- tiles ---- */

static int
bundle_bytes(struct publication *p, struct tile tile, struct buf *out, struct err *err)
{
	struct query q;

	query_open(&q, p->store, "SELECT bytes FROM log_entry WHERE idx >= ? AND idx < ? ORDER BY idx");
	query_put_int(&q, (int64_t)(tile.number * TILE_WIDTH));
	query_put_int(&q, (int64_t)(tile.number * TILE_WIDTH) + tile.width);
	while (query_row(&q)) {
		struct slice bytes = query_blob(&q, 0);

		buf_byte(out, (char)(bytes.n >> 8));
		buf_byte(out, (char)(bytes.n & 0xFF));
		buf_slice(out, bytes);
	}
	if (query_close(&q, err) != 0)
		return ERR_OUTSIDE;
	return out->failed ? err_memory(err) : 0;
}

static int
put_bundle(struct publication *p, struct tile tile, const char *path)
{
	struct buf bytes;
	int rc;

	buf_init(&bytes, (size_t)TILE_WIDTH * (ENTRY_MAX + 2));
	rc = bundle_bytes(p, tile, &bytes, p->err);
	if (rc == 0)
		rc = tree_put(&p->tree, path, buf_view(&bytes), p->err);
	buf_release(&bytes);
	return rc;
}

static int
put_tile(struct publication *p, struct tile tile)
{
	struct hash hashes[TILE_WIDTH];
	char path[TILE_PATH_MAX];

	tile_path(tile, path);
	if (tile.level < 0)
		return put_bundle(p, tile, path);
	tile_hashes(&p->log.tree, tile, hashes);
	return tree_put(&p->tree, path, (struct slice){(const char *)hashes, (size_t)tile.width * sizeof hashes[0]},
	    p->err);
}

static int
put_if_full(void *ctx, struct tile tile)
{
	return tile.width == TILE_WIDTH ? put_tile(ctx, tile) : 0;
}

#define LEVELS 7 /* 256^7 leaves are more than a log of 2^53 can have */

/* The partial tile of each level that a tree of `size` ends in, where it has not become full since. */
static int
put_partials(struct publication *p, uint64_t size, bool put[static LEVELS][TILE_WIDTH])
{
	for (int level = 0; level < LEVELS; level++) {
		uint64_t number = size >> (8 * (level + 1));
		int width = (int)(size >> (8 * level) & 0xFF), rc;

		if (width == 0 || put[level][width] || number != ledger_size(&p->log) >> (8 * (level + 1)))
			continue;
		put[level][width] = true;
		if ((rc = put_tile(p, (struct tile){level, number, width})) != 0 ||
		    (level == 0 && (rc = put_tile(p, (struct tile){-1, number, width})) != 0))
			return rc;
	}
	return 0;
}

/* Whoever holds an older checkpoint still finds its tiles: the partial ones go only when they are full. */
static int
put_tiles(struct publication *p)
{
	static const char sizes[] = "SELECT size FROM log_checkpoint ORDER BY size";
	bool put[LEVELS][TILE_WIDTH] = {{false}};
	struct query q;
	int rc = tile_each(ledger_size(&p->log), put_if_full, p), closed;

	query_open(&q, p->store, sizes);
	while (rc == 0 && query_row(&q))
		rc = put_partials(p, (uint64_t)query_int(&q, 0), put);
	closed = query_close(&q, rc == 0 ? p->err : NULL);
	return rc != 0 ? rc : closed;
}

/* ---- draws ---- */

static int
put_note(struct publication *p, uint64_t size, const char *path)
{
	struct buf note;
	int rc = cosignatures_note(p->store, size, &note, p->err);

	if (rc == 0)
		rc = tree_put(&p->tree, path, buf_view(&note), p->err);
	buf_release(&note);
	return rc;
}

static void
draw_path(uint64_t n, const char *name, char ret_path[static NAME_MAX_BYTES])
{
	(void)snprintf(ret_path, NAME_MAX_BYTES, "draws/%04llu/%s", (unsigned long long)n, name);
}

static int
put_commit(struct publication *p, const struct draw_row *row)
{
	char path[NAME_MAX_BYTES];
	struct buf bytes;
	uint64_t size = 0;
	int rc = ledger_entry(p->store, row->commit_entry, &bytes, p->err);

	draw_path(row->n, "commit.json", path);
	if (rc == 0)
		rc = tree_put(&p->tree, path, buf_view(&bytes), p->err);
	buf_release(&bytes);
	draw_path(row->n, "commit.checkpoint", path);
	if (rc == 0 && (rc = cosignatures_commit_size(p->store, row, &size, p->err)) == 0)
		rc = put_note(p, size, path);
	draw_path(row->n, "outcome.checkpoint", path);
	if (rc == 0 && row->outcome != OUTCOME_NONE && (rc = cosignatures_outcome_size(p->store, row, &size, p->err)) == 0)
		rc = put_note(p, size, path);
	return rc;
}

struct copying {
	struct store *store;
	uint64_t n;
	const char *name;
	int fd;
	struct err *err;
};

static int
copy_part(void *ctx, struct slice part)
{
	struct copying *c = ctx;

	return tree_write_all(c->fd, part, c->err);
}

static int
copy_file(void *ctx, int fd, struct err *err)
{
	struct copying *c = ctx;

	c->fd = fd;
	c->err = err;
	return draw_file_each(c->store, c->n, c->name, copy_part, c, err);
}

struct draw_folder {
	struct publication *p;
	uint64_t n;
};

/* What the state keeps of a draw is public from the reveal on, but for the private files. */
static int
put_draw_file(void *ctx, const char *name, uint64_t size)
{
	static const char *const public[] = {"targets.csv", "inspectors.csv", "conflicts.csv", "sealed.json",
	    "record.json"};
	struct draw_folder *f = ctx;
	struct copying c = {.store = f->p->store, .n = f->n, .name = name};
	char path[NAME_MAX_BYTES];

	for (size_t i = 0; i < sizeof public / sizeof public[0]; i++)
		if (strcmp(name, public[i]) == 0) {
			draw_path(f->n, public[i], path);
			return tree_put_large(&f->p->tree, path, size, copy_file, &c, f->p->err);
		}
	return 0;
}

static int
put_amendments(struct publication *p, uint64_t n)
{
	char path[NAME_MAX_BYTES], name[40];
	struct query q;
	int rc = 0, closed;

	query_open(&q, p->store, "SELECT amendment, bytes FROM draw_amendment WHERE n = ? ORDER BY amendment");
	query_put_int(&q, (int64_t)n);
	while (rc == 0 && query_row(&q)) {
		(void)snprintf(name, sizeof name, "amend-%02lld.json", (long long)query_int(&q, 0));
		draw_path(n, name, path);
		rc = tree_put(&p->tree, path, query_blob(&q, 1), p->err);
	}
	closed = query_close(&q, rc == 0 ? p->err : NULL);
	return rc != 0 ? rc : closed;
}

static int
put_draw(void *ctx, const struct draw_row *row)
{
	struct publication *p = ctx;
	struct draw_folder folder = {p, row->n};
	int rc = put_commit(p, row);

	if (rc == 0 && p->site != NULL)
		rc = site_put_draw(p->site, &p->tree, row, p->err);
	if (rc != 0 || !row->revealed)
		return rc;
	if ((rc = draw_file_list(p->store, row->n, put_draw_file, &folder, p->err)) != 0)
		return rc;
	return put_amendments(p, row->n);
}

/* ---- the whole ---- */

static int
put_index(struct publication *p)
{
	struct site_log log = {.vkey = p->log.key->vkey, .key_id = p->log.key->id, .entries = ledger_size(&p->log),
	    .root = merkle_prefix_root(&p->log.tree, ledger_size(&p->log))};

	return p->site == NULL ? 0 : site_put_index(p->site, &p->tree, &log, p->err);
}

static int
put_all(struct publication *p)
{
	struct buf vkey;
	int rc;

	buf_init(&vkey, NOTE_KEY_TEXT + 1);
	buf_text(&vkey, p->log.key->vkey);
	buf_byte(&vkey, '\n');
	rc = vkey.failed ? err_memory(p->err) : put_tiles(p);
	if (rc == 0)
		rc = draws_each(p->store, put_draw, p, p->err);
	if (rc == 0)
		rc = tree_put(&p->tree, "vkey", buf_view(&vkey), p->err);
	if (rc == 0)
		rc = put_index(p);
	if (rc == 0)
		rc = tree_settle(&p->tree, p->err);
	if (rc == 0)
		rc = put_note(p, ledger_size(&p->log), "checkpoint");
	if (rc == 0)
		rc = tree_end(&p->tree, p->err);
	buf_release(&vkey);
	return rc;
}

static int
write_tree(struct publication *p, const char *public_dir, bool in_place, bool fresh)
{
	int rc = tree_begin(&p->tree, public_dir, in_place, fresh, p->err);

	if (rc == 0)
		rc = put_all(p);
	tree_release(&p->tree);
	return rc;
}

/* All is read in one view of the state, which is of what is durable. */
static int
publish_view(struct publication *p, const struct signing_key *key, const char *public_dir,
    const struct publish_options *options)
{
	int rc = store_exec(p->store, "BEGIN", p->err);

	if (rc != 0)
		return rc;
	rc = ledger_open(p->store, key, &p->log, p->err);
	if (rc == 0 && options->pages != NULL && (rc = site_open(p->store, options->pages, &p->site, p->err)) != 0)
		ledger_release(&p->log);
	if (rc == 0) {
		if (ledger_size(&p->log) == 0)
			rc = err_set(p->err, ERR_ABSENT, N_("there is no log yet: \"spotcheck init\" begins it"));
		else
			rc = write_tree(p, public_dir, options->in_place, options->fresh);
		if (rc == ERR_NOT_YET)
			rc = write_tree(p, public_dir, true, options->fresh);
		ledger_release(&p->log);
	}
	site_close(p->site);
	p->site = NULL;
	store_rollback(p->store);
	return rc;
}

/* ---- whose folder it is ---- */

/* The checkpoint that is published; an empty buffer where there is none. */
static void
read_published(const char *public_dir, struct buf *ret_note)
{
	char path[4096];
	ssize_t n = 1;
	int fd;

	(void)snprintf(path, sizeof path, "%s/checkpoint", public_dir);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd < 0)
		return;
	while (n > 0) {
		char some[4096];

		n = read(fd, some, sizeof some);
		if (n > 0)
			buf_put(ret_note, some, (size_t)n);
	}
	(void)close(fd);
}

static bool
is_within(const char *path, const char *folder)
{
	char *real_path = realpath(path, NULL), *real_folder = realpath(folder, NULL);
	size_t n = real_folder == NULL ? 0 : strlen(real_folder);
	bool within = real_path != NULL && real_folder != NULL && strncmp(real_path, real_folder, n) == 0 &&
	    (real_path[n] == '/' || real_path[n] == '\0' || n == 1);

	free(real_path);
	free(real_folder);
	return within;
}

/*
 * A folder is replaced as a whole: not one that holds the state, another log's publication, or somebody's other files.
 */
static int
check_folder(struct store *store, const struct signing_key *key, const char *public_dir, struct err *err)
{
	bool others = false, foreign;
	struct buf note;
	struct slice rest;
	int rc = tree_has_others(public_dir, &others, err);

	if (rc != 0)
		return rc;
	if (is_within(store_dir(store), public_dir))
		return err_set(err, ERR_REFUSED,
		    N_("public_dir = %s holds the state: give the publication a folder of its own"), public_dir);
	buf_init(&note, LEDGER_NOTE_MAX);
	read_published(public_dir, &note);
	rest = buf_view(&note);
	foreign = note.len > 0 ? !slice_is(slice_cut(&rest, '\n'), key->name) : others;
	buf_release(&note);
	if (foreign)
		return err_set(err, ERR_REFUSED,
		    N_("public_dir = %s holds something else than the publication of %s: give it a folder of its "
		       "own"),
		    public_dir, key->name);
	return 0;
}

int
publish(struct store *store, const struct signing_key *key, const char *public_dir,
    const struct publish_options *options, struct err *err)
{
	static const struct publish_options usual = {.fresh = false};
	struct publication p = {.store = store, .err = err};
	int lock = -1, rc;

	if ((rc = lock_take(store_dir(store), LOCK_FILE, &lock, err)) != 0)
		return rc;
	rc = check_folder(store, key, public_dir, err);
	if (rc == 0)
		rc = publish_view(&p, key, public_dir, options == NULL ? &usual : options);
	(void)close(lock);
	return rc;
}

int
publish_news(struct store *store, const struct signing_key *key, const struct config *config, struct err *err)
{
	struct publish_options options = {.pages = config};
	int64_t serial = 0, published_serial = 0;
	struct buf published, newest = {0};
	uint64_t size = 0;
	bool news;
	int rc = ledger_sealed_size(store, &size, err);

	if (rc != 0 || size == 0)
		return rc;
	buf_init(&published, LEDGER_NOTE_MAX);
	(void)store_meta_get_int(store, PUBLISHED, &published_serial, NULL);
	if ((rc = cosignatures_serial(store, &serial, err)) == 0)
		rc = cosignatures_note(store, size, &newest, err);
	if (rc == 0) {
		read_published(config->public_dir, &published);
		news = !slice_eq(buf_view(&published), buf_view(&newest)) || serial != published_serial ||
		    tree_has_leftovers(config->public_dir);
		if (news)
			rc = publish(store, key, config->public_dir, &options, err);
		if (rc == 0 && serial != published_serial)
			rc = store_meta_set_int(store, PUBLISHED, serial, err);
	}
	buf_release(&newest);
	buf_release(&published);
	return rc;
}
