/* Reads a published log and checks it: its checkpoint's signature, its tree, and earlier checkpoints against it. */
#include "core/log/log.h"

#include <stdlib.h>

#include "core/base/hash.h"

#define VKEY_MAX 4096
#define BUNDLE_MAX ((size_t)TILE_WIDTH * (ENTRY_MAX + 2))

int
log_read_head(struct log *log, const struct published *dir, struct slice pinned, struct err *err)
{
	struct slice rest;
	int rc;

	*log = (struct log){0};
	buf_init(&log->vkey_bytes, VKEY_MAX);
	buf_init(&log->checkpoint_bytes, NOTE_MAX);
	merkle_init(&log->tree);
	rc = dir->read(dir->ctx, "vkey", &log->vkey_bytes, err);
	if (rc != 0)
		return rc;
	rest = buf_view(&log->vkey_bytes);
	log->vkey_text = slice_cut(&rest, '\n');
	if (rest.p == NULL || rest.n > 0) /* a line without its line feed has lost a byte */
		return err_set(err, ERR_REFUSED, N_("vkey: it must be one line"));
	rc = note_key_parse(log->vkey_text, &log->key, err);
	if (rc != 0)
		return rc;
	if (log->key.algorithm != NOTE_ED25519)
		return err_set(err, ERR_REFUSED, N_("vkey: this is no log's key"));
	if (pinned.p != NULL && !slice_eq(pinned, log->vkey_text))
		return err_set(err, ERR_REFUSED, N_("vkey: the directory's key %.*s is not the one that you gave"),
		    SLICE_ARGS(log->vkey_text));
	rc = dir->read(dir->ctx, "checkpoint", &log->checkpoint_bytes, err);
	if (rc != 0)
		return rc;
	rc = note_parse(buf_view(&log->checkpoint_bytes), &log->note, err);
	if (rc != 0)
		return rc;
	return checkpoint_parse(log->note.text, &log->checkpoint, err);
}

static uint16_t
be16(const char *p)
{
	return (uint16_t)((unsigned)(uint8_t)p[0] << 8 | (uint8_t)p[1]);
}

/* Splits a bundle into exactly `width` entries (tlog-tiles: each behind its length as 16 bits). */
static int
split_bundle(struct log *log, struct slice bytes, struct tile tile, const char *path, struct err *err)
{
	size_t at = 0;

	for (int i = 0; i < tile.width; i++) {
		struct log_entry *e = &log->entries[log->n_entries];
		size_t len = bytes.n - at < 2 ? 0 : be16(bytes.p + at);

		if (bytes.n - at < 2 || bytes.n - at - 2 < len)
			return err_set(err, ERR_REFUSED, N_("%s: it is cut short at entry %d"), path, i);
		e->bytes = (struct slice){bytes.p + at + 2, len};
		at += 2 + len;
		hash_hex(e->bytes, e->hash);
		log->n_entries++;
		if (merkle_add(&log->tree, hash_leaf(e->bytes), err) != 0)
			return ERR_MEMORY;
	}
	if (at != bytes.n)
		return err_set(err, ERR_REFUSED, N_("%s: it holds more than its %d entries"), path, tile.width);
	return 0;
}

struct tile_check {
	struct log *log;
	const struct published *dir;
	struct err *err;
};

/* Makes room for one more bundle.  The arrays grow with what is really there, not with the size that is claimed. */
static int
grow_bundles(struct log *log, size_t *cap, struct err *err)
{
	size_t bundles = *cap * 2 + 4;
	struct buf *b;
	struct log_entry *e;

	if (log->n_bundles < *cap)
		return 0;
	b = realloc(log->bundles, bundles * sizeof *b);
	if (b == NULL)
		return err_memory(err);
	log->bundles = b;
	e = realloc(log->entries, bundles * TILE_WIDTH * sizeof *e);
	if (e == NULL)
		return err_memory(err);
	log->entries = e;
	*cap = bundles;
	return 0;
}

static int
read_bundles(struct log *log, const struct published *dir, struct err *err)
{
	size_t cap = 0;

	for (uint64_t left = log->checkpoint.size; left > 0;) {
		struct tile tile = {-1, log->n_bundles, left < TILE_WIDTH ? (int)left : TILE_WIDTH};
		char path[TILE_PATH_MAX];
		struct buf *bundle;
		int rc = grow_bundles(log, &cap, err);

		if (rc != 0)
			return rc;
		tile_path(tile, path);
		bundle = &log->bundles[log->n_bundles++];
		buf_init(bundle, BUNDLE_MAX);
		rc = dir->read(dir->ctx, path, bundle, err);
		if (rc == 0)
			rc = split_bundle(log, buf_view(bundle), tile, path, err);
		if (rc != 0)
			return rc;
		left -= (uint64_t)tile.width;
	}
	return 0;
}

static int
check_tile(void *ctx, struct tile tile)
{
	struct tile_check *r = ctx;
	struct hash hashes[TILE_WIDTH];
	char path[TILE_PATH_MAX];
	struct buf bytes;
	int rc;

	if (tile.level == -1)
		return 0;
	tile_path(tile, path);
	buf_init(&bytes, sizeof hashes);
	rc = r->dir->read(r->dir->ctx, path, &bytes, r->err);
	if (rc == 0) {
		size_t len = (size_t)tile.width * HASH_BYTES;

		tile_hashes(&r->log->tree, tile, hashes);
		if (bytes.len != len || memcmp(bytes.data, hashes, len) != 0)
			rc = err_set(r->err, ERR_REFUSED, N_("%s: it does not hold the hashes of the entries"), path);
	}
	buf_release(&bytes);
	return rc;
}

/* The log's key has its origin as its name, and no policy names it as a witness (PROTOCOL 4). */
static int
check_key(const struct log *log, const struct entry *e, struct err *err)
{
	const struct entry *genesis = &log->entries[0].entry;
	struct note_key key;

	if (genesis->type != ENTRY_GENESIS)
		return 0;
	if (e == genesis && note_key_parse(e->genesis.key, &key, NULL) == 0 && !slice_eq(e->genesis.origin, key.name))
		return err_set(err, ERR_REFUSED, N_("the name of the log's key is not its origin"));
	for (size_t i = 0; e->type == ENTRY_POLICY && i < e->policy.n_witnesses; i++)
		if (entry_same_signer(e->policy.witnesses[i], genesis->genesis.key))
			return err_set(err, ERR_REFUSED, N_("the log is its own witness"));
	return 0;
}

static int
parse_entries(struct log *log, struct err *err)
{
	for (int rc = 0; log->n_parsed < log->n_entries;) {
		struct err why = {.tr = err != NULL ? err->tr : NULL};
		struct log_entry *e = &log->entries[log->n_parsed];

		rc = entry_parse(e->bytes, &e->entry, &why);
		log->n_parsed += rc == 0;
		if (rc == 0)
			rc = check_key(log, &e->entry, &why);
		if (rc != 0)
			return err_set(err, rc, N_("entry %zu: %s"), (size_t)(e - log->entries), why.message);
	}
	return 0;
}

int
log_read_tree(struct log *log, const struct published *dir, struct err *err)
{
	struct tile_check r = {log, dir, err};
	struct hash root;
	int rc = read_bundles(log, dir, err);

	if (rc != 0) {
		if (log->n_entries > 0 && entry_parse(log->entries[0].bytes, &log->entries[0].entry, NULL) == 0)
			log->n_parsed = 1;
		return rc;
	}
	rc = parse_entries(log, err);
	if (rc == 0)
		rc = tile_each(log->checkpoint.size, check_tile, &r);
	if (rc != 0)
		return rc;
	root = merkle_prefix_root(&log->tree, log->checkpoint.size);
	if (memcmp(root.b, log->checkpoint.root.b, HASH_BYTES) != 0)
		return err_set(err, ERR_REFUSED, N_("the entries do not give the checkpoint's root"));
	return log_check_other_tiles(log, dir, err);
}

int
log_check_signature(const struct log *log, struct err *err)
{
	const struct entry *genesis;

	if (note_verify(&log->note, &log->key) != NOTE_TRUE)
		return err_set(err, ERR_REFUSED, N_("checkpoint: it is not signed by the log's key"));
	if (log->checkpoint.size == 0)
		return err_set(err, ERR_REFUSED, N_("the log is empty: entry 0 must be genesis"));
	if (log->n_parsed == 0)
		return 0; /* the check `tree` reports what is wrong with entry 0 */
	genesis = &log->entries[0].entry;
	if (genesis->type != ENTRY_GENESIS)
		return err_set(err, ERR_REFUSED, N_("entry 0 is not genesis"));
	if (!slice_eq(genesis->genesis.key, log->vkey_text))
		return err_set(err, ERR_REFUSED, N_("genesis names another key than vkey"));
	if (!slice_eq(genesis->genesis.origin, log->checkpoint.origin))
		return err_set(err, ERR_REFUSED, N_("genesis names another origin than the checkpoint"));
	return 0;
}

/* Reads a note that must be a checkpoint of this log: of its origin, signed by its key, a prefix of its tree. */
static int
check_prefix(const struct log *log, struct slice bytes, struct note *note, struct checkpoint *checkpoint,
    struct err *err)
{
	struct hash root;
	int rc = note_parse(bytes, note, err);

	if (rc == 0)
		rc = checkpoint_parse(note->text, checkpoint, err);
	if (rc != 0)
		return rc;
	if (!slice_eq(checkpoint->origin, log->checkpoint.origin))
		return err_set(err, ERR_REFUSED, N_("it is a checkpoint of another log, %.*s"),
		    SLICE_ARGS(checkpoint->origin));
	if (note_verify(note, &log->key) != NOTE_TRUE)
		return err_set(err, ERR_REFUSED, N_("it is not signed by the log's key"));
	if (checkpoint->size > log->tree.size)
		return err_set(err, ERR_REFUSED, N_("it is of a longer log: entries have gone"));
	root = merkle_prefix_root(&log->tree, checkpoint->size);
	if (memcmp(root.b, checkpoint->root.b, HASH_BYTES) != 0)
		return err_set(err, ERR_REFUSED, N_("it is not a prefix of this log: the log was forked"));
	return 0;
}

int
log_check_since(const struct log *log, struct slice earlier, struct err *err)
{
	struct note note;
	struct checkpoint checkpoint;

	return check_prefix(log, earlier, &note, &checkpoint, err);
}

int
log_check_checkpoint(const struct log *log, struct slice bytes, uint64_t index, struct note *ret_note,
    struct checkpoint *ret_checkpoint, struct err *err)
{
	int rc = check_prefix(log, bytes, ret_note, ret_checkpoint, err);

	if (rc == 0 && ret_checkpoint->size <= index)
		rc = err_set(err, ERR_REFUSED, N_("it does not hold entry %llu"), (unsigned long long)index);
	return rc;
}

void
log_release(struct log *log)
{
	if (log == NULL)
		return;
	for (size_t i = 0; i < log->n_parsed; i++)
		entry_release(&log->entries[i].entry);
	for (size_t i = 0; i < log->n_bundles; i++)
		buf_release(&log->bundles[i]);
	free(log->bundles);
	free(log->entries);
	buf_release(&log->vkey_bytes);
	buf_release(&log->checkpoint_bytes);
	merkle_release(&log->tree);
	*log = (struct log){0};
}
