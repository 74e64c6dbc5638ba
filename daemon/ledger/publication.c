/* Finds out whose publication a folder holds, before anything is signed, begun, restored or published there. */

#include "ledger/publication.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/format/merkle.h"
#include "ledger/ledger.h"
#include "system/file.h"

/* ---- reading ---- */

static int
cannot_read_publication(const char *path, struct err *err)
{
	return err_set(err, ERR_OUTSIDE, N_("%s cannot be read, so nobody knows whose publication this is: %s"), path,
	    strerror(errno));
}

/*
 * A file's bytes; none where it is no regular file, or larger than the buffer's bound.  ERR_ABSENT sets no err: there
 * is no such file.
 */
static int
read_top_file(const char *dir, const char *name, struct buf *ret_bytes, struct err *err)
{
	char path[PATH_MAX];
	int rc;

	(void)snprintf(path, sizeof path, "%s/%s", dir, name);
	rc = file_read(AT_FDCWD, path, FILE_REFUSE_LINKS, ret_bytes->max, ret_bytes, NULL);
	if (rc == 0 || rc == ERR_ABSENT)
		return rc;
	if (rc == ERR_MEMORY)
		return err_memory(err);
	if (errno == ENOTDIR)
		return ERR_ABSENT;
	if (errno != 0 && errno != ELOOP)
		return cannot_read_publication(path, err);
	buf_clear(ret_bytes);
	return 0;
}

static bool
has_path(const char *dir, const char *name)
{
	char path[PATH_MAX];
	struct stat st;

	(void)snprintf(path, sizeof path, "%s/%s", dir, name);
	return lstat(path, &st) == 0;
}

/* ---- whose publication ---- */

static bool
is_signed_by(const struct note *note, const struct note_key *key)
{
	for (size_t i = 0; i < note->n_signatures; i++)
		if (slice_eq(note->signatures[i].name, key->name) &&
		    memcmp(note->signatures[i].id, key->id, sizeof key->id) == 0)
			return true;
	return false;
}

static void
set_other_key(struct publication *p, struct slice key)
{
	p->kind = PUBLICATION_OTHER;
	(void)snprintf(p->key, sizeof p->key, "%.*s", (int)(key.n < sizeof p->key ? key.n : sizeof p->key - 1), key.p);
}

/* A note has only the name and the id of a key. */
static void
set_other_signer(struct publication *p, const struct note *note)
{
	const struct note_signature *by = &note->signatures[0];

	set_other_key(p, p->checkpoint.origin);
	if (note->n_signatures > 0)
		(void)snprintf(p->key, sizeof p->key, "%.*s+%02x%02x%02x%02x", SLICE_ARGS(by->name), by->id[0],
		    by->id[1], by->id[2], by->id[3]);
}

/* Not parsed, or with a false signature by the key, it is damaged: that is no sign of another log. */
static void
classify_checkpoint(struct publication *p, const char *vkey)
{
	struct note_key key;
	struct note note;

	p->kind = PUBLICATION_DAMAGED;
	if (p->note.failed || note_parse(buf_view(&p->note), &note, NULL) != 0 ||
	    checkpoint_parse(note.text, &p->checkpoint, NULL) != 0)
		return;
	if (vkey == NULL || note_key_parse(slice_of(vkey), &key, NULL) != 0 || !is_signed_by(&note, &key))
		set_other_signer(p, &note);
	else if (note_verify(&note, &key) == NOTE_TRUE)
		p->kind = PUBLICATION_OURS;
}

/* Where the checkpoint is not ours, the file vkey tells whose publication it is. */
static void
classify_by_vkey(struct publication *p, const char *vkey, const struct buf *text)
{
	struct slice rest = buf_view(text), line = slice_cut(&rest, '\n');
	bool ours = vkey != NULL && slice_is(line, vkey);
	struct note_key key;

	if (p->kind == PUBLICATION_OURS || note_key_parse(line, &key, NULL) != 0)
		return;
	if (!ours)
		set_other_key(p, line);
	else if (p->kind == PUBLICATION_OTHER && slice_eq(p->checkpoint.origin, key.name))
		p->kind = PUBLICATION_DAMAGED;
}

int
publication_read(const char *dir, const char *vkey, struct publication *ret, struct err *err)
{
	struct buf text;
	int rc;

	*ret = (struct publication){.kind = PUBLICATION_NONE};
	buf_init(&ret->note, LEDGER_NOTE_MAX);
	buf_init(&text, NOTE_KEY_TEXT);
	rc = read_top_file(dir, "checkpoint", &ret->note, err);
	if (rc == 0)
		classify_checkpoint(ret, vkey);
	else if (rc == ERR_ABSENT && (has_path(dir, "tile") || has_path(dir, "draws")))
		ret->kind = PUBLICATION_DAMAGED;
	if (rc == 0 || rc == ERR_ABSENT)
		rc = read_top_file(dir, "vkey", &text, err);
	if (rc == 0 && ret->kind == PUBLICATION_NONE)
		ret->kind = PUBLICATION_DAMAGED;
	if (rc == 0)
		classify_by_vkey(ret, vkey, &text);
	buf_release(&text);
	return rc == ERR_ABSENT ? 0 : rc;
}

void
publication_release(struct publication *publication)
{
	buf_release(&publication->note);
}

/* ---- how many entries ---- */

/* A partial tile's width, which is its file's name in decimal; 0 for any other name. */
static long
width_of(const char *name)
{
	char *end;
	long width = strtol(name, &end, 10);

	return *end == '\0' && width > 0 && width < TILE_WIDTH ? width : 0;
}

/* Looks at the tile of the next entry: whether it is there in full, or wider than `size` entries make it. */
bool
publication_is_longer(const char *dir, uint64_t size)
{
	char tile[TILE_PATH_MAX], path[PATH_MAX];
	struct dirent *e;
	bool longer;
	DIR *partial;

	tile_path((struct tile){-1, size / TILE_WIDTH, TILE_WIDTH}, tile);
	(void)snprintf(path, sizeof path, "%s/%s", dir, tile);
	longer = access(path, F_OK) == 0;
	(void)snprintf(path, sizeof path, "%s/%s.p", dir, tile);
	partial = opendir(path);
	while (partial != NULL && !longer && (e = readdir(partial)) != NULL)
		longer = width_of(e->d_name) > (long)(size % TILE_WIDTH);
	if (partial != NULL)
		(void)closedir(partial);
	return longer;
}

bool
publication_has_tiles(const char *dir)
{
	return has_path(dir, "tile/entries/000") || has_path(dir, "tile/entries/000.p");
}

bool
publication_has_draw(const char *dir, uint64_t n)
{
	char name[40];

	(void)snprintf(name, sizeof name, "draws/%04llu", (unsigned long long)n);
	return has_path(dir, name);
}

/* ---- whether a log may begin there ---- */

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

int
publication_holds_no_state(const char *dir, const char *state_dir, struct err *err)
{
	if (!is_within(state_dir, dir))
		return 0;
	return err_set(err, ERR_REFUSED,
	    N_("public_dir = %s holds the state: give the publication a folder of its own"), dir);
}

bool
publication_is_empty(const char *dir)
{
	DIR *folder = opendir(dir);
	const struct dirent *e;
	bool empty = folder != NULL || errno == ENOENT;

	while (folder != NULL && (e = readdir(folder)) != NULL)
		empty = empty && (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0);
	if (folder != NULL)
		(void)closedir(folder);
	return empty;
}

static int
refuse_publication(const char *dir, const struct publication *there, struct err *err)
{
	if (there->kind == PUBLICATION_OTHER)
		return err_set(err, ERR_REFUSED,
		    N_("public_dir = %s holds a publication already, of %s: nothing was begun. Where its state was "
		       "lost, \"spotcheck "
		       "restore\" a backup and let \"spotcheck recover\" go on from it; a new log needs another "
		       "public_dir"),
		    dir, there->key);
	if (there->kind != PUBLICATION_NONE)
		return err_set(err, ERR_REFUSED,
		    N_("public_dir = %s holds a damaged publication: nothing was begun. Where its state was lost, "
		       "\"spotcheck restore\" a "
		       "backup and let \"spotcheck recover --published DIR\" go on from another copy; a new log needs "
		       "another public_dir"),
		    dir);
	if (!publication_is_empty(dir))
		return err_set(err, ERR_REFUSED,
		    N_("public_dir = %s holds other files: nothing was begun. Give the publication a folder of its "
		       "own, new or empty"),
		    dir);
	return 0;
}

int
publication_may_begin(const char *dir, const char *state_dir, struct err *err)
{
	struct publication there;
	int rc = publication_holds_no_state(dir, state_dir, err);

	if (rc != 0)
		return rc;
	rc = publication_read(dir, NULL, &there, err);
	if (rc == 0)
		rc = refuse_publication(dir, &there, err);
	publication_release(&there);
	return rc;
}
