/* The operator's log: appends entries, signs checkpoints, reads both from the state. */
#include "ledger/ledger.h"

#include <stdlib.h>

#include "core/base/json.h"

int
ledger_tree(struct store *store, struct merkle *ret_tree, int64_t *ret_last_time, struct err *err)
{
	struct query q;
	int rc = 0, closed;

	query_open(&q, store, "SELECT leaf, time FROM log_entry ORDER BY idx");
	while (rc == 0 && query_row(&q)) {
		struct slice leaf = query_blob(&q, 0);
		struct hash h;

		memcpy(h.b, leaf.p, sizeof h.b);
		*ret_last_time = query_int(&q, 1);
		rc = merkle_add(ret_tree, h, err);
	}
	closed = query_close(&q, rc == 0 ? err : NULL);
	return rc != 0 ? rc : closed;
}

/* Whether the note is a checkpoint of this log, signed by its key; `ret_size` gets how many entries it covers. */
static bool
checkpoint_fits(const struct ledger *log, struct slice bytes, uint64_t *ret_size)
{
	struct checkpoint checkpoint;
	struct note_key key;
	struct note note;
	struct hash root;

	if (note_parse(bytes, &note, NULL) != 0 || checkpoint_parse(note.text, &checkpoint, NULL) != 0 ||
	    checkpoint.size == 0 || checkpoint.size > log->tree.size)
		return false;
	root = merkle_prefix_root(&log->tree, checkpoint.size);
	*ret_size = checkpoint.size;
	return memcmp(root.b, checkpoint.root.b, HASH_BYTES) == 0 && slice_is(checkpoint.origin, log->key->name) &&
	    note_key_parse(slice_of(log->key->vkey), &key, NULL) == 0 && note_verify(&note, &key) == NOTE_TRUE;
}

/* The newest checkpoint must fit the leaves in the state. */
static int
check_newest_checkpoint(struct ledger *log, struct err *err)
{
	uint64_t size = 0;
	struct buf note;
	int rc = ledger_sealed_size(log->store, &log->sealed, err);

	if (rc != 0 || log->sealed == 0)
		return rc;
	buf_init(&note, LEDGER_NOTE_MAX);
	rc = ledger_checkpoint(log->store, log->sealed, &note, err);
	if (rc == 0 && (!checkpoint_fits(log, buf_view(&note), &size) || size != log->sealed))
		rc = err_set(err, ERR_REFUSED,
		    N_("the log in the state does not fit its own last checkpoint: the state is damaged, or "
		       "%s is not its key. Nothing is signed; restore both from a backup"),
		    KEYS_LOG);
	buf_release(&note);
	return rc;
}

int
ledger_open(struct store *store, const struct signing_key *key, struct ledger *ret_log, struct err *err)
{
	struct ledger log = {.store = store, .key = key, .last_time = INT64_MIN};
	bool own_transaction = !store_in_transaction(store);
	int rc = own_transaction ? store_exec(store, "BEGIN", err)
	                         : 0; /* one view of leaves and checkpoint: others append */

	merkle_init(&log.tree);
	if (rc == 0)
		rc = ledger_tree(store, &log.tree, &log.last_time, err);
	if (rc == 0)
		rc = check_newest_checkpoint(&log, err);
	if (own_transaction)
		store_rollback(store);
	if (rc == 0)
		*ret_log = log;
	else
		ledger_release(&log);
	return rc;
}

void
ledger_release(struct ledger *log)
{
	if (log != NULL)
		merkle_release(&log->tree);
}

uint64_t
ledger_size(const struct ledger *log)
{
	return log->tree.size;
}

int64_t
ledger_time(const struct ledger *log, int64_t now)
{
	return now > log->last_time ? now : log->last_time;
}

static int
insert_entry(struct ledger *log, const struct hash *leaf, int64_t time, struct slice bytes, struct err *err)
{
	struct query q;

	query_open(&q, log->store, "INSERT INTO log_entry (idx, time, leaf, bytes) VALUES (?, ?, ?, ?)");
	query_put_int(&q, (int64_t)log->tree.size);
	query_put_int(&q, time);
	query_put_blob(&q, leaf->b, sizeof leaf->b);
	query_put_blob(&q, bytes.p, bytes.n);
	query_run(&q);
	return query_close(&q, err);
}

static int
append_leaf(struct ledger *log, int64_t time, struct slice bytes, struct err *err)
{
	struct hash leaf = hash_leaf(bytes);
	int rc = insert_entry(log, &leaf, time, bytes, err);

	if (rc == 0)
		rc = merkle_add(&log->tree, leaf, err);
	if (rc == 0)
		log->last_time = time;
	return rc;
}

int
ledger_append(struct ledger *log, const struct entry *entry, char ret_hash[HASH_HEX + 1], struct err *err)
{
	struct entry again;
	struct buf bytes;
	int rc;

	buf_init(&bytes, (size_t)8 << 20); /* above ENTRY_MAX: entry_parse refuses what is too large, in words */
	entry_write(entry, &bytes);
	rc = bytes.failed ? err_memory(err) : entry_parse(buf_view(&bytes), &again, err);
	if (rc == 0) {
		entry_release(&again);
		rc = append_leaf(log, entry->time, buf_view(&bytes), err);
	}
	if (rc == 0 && ret_hash != NULL)
		hash_hex(buf_view(&bytes), ret_hash);
	buf_release(&bytes);
	return rc;
}

static int
insert_checkpoint(struct ledger *log, const char *sql, uint64_t size, struct slice note, struct err *err)
{
	struct query q;
	int rc;

	query_open(&q, log->store, sql);
	query_put_int(&q, (int64_t)size);
	query_put_blob(&q, note.p, note.n);
	query_run(&q);
	rc = query_close(&q, err);
	if (rc == 0 && size > log->sealed)
		log->sealed = size;
	return rc;
}

int
ledger_adopt(struct ledger *log, int64_t time, struct slice bytes, struct err *err)
{
	return append_leaf(log, time, bytes, err);
}

/* The checkpoint's text and the log's signature; cosignatures are kept apart. */
static int
write_signed_checkpoint(const struct ledger *log, uint64_t size, struct buf *out, struct err *err)
{
	struct checkpoint checkpoint = {slice_of(log->key->name), size, merkle_prefix_root(&log->tree, size)};
	struct buf text;

	buf_init(&text, LEDGER_NOTE_MAX);
	checkpoint_text(&checkpoint, &text);
	buf_slice(out, buf_view(&text));
	buf_byte(out, '\n');
	note_sign(buf_view(&text), log->key->name, log->key->secret, out);
	out->failed |= text.failed;
	buf_release(&text);
	return out->failed ? err_memory(err) : 0;
}

int
ledger_adopt_checkpoint(struct ledger *log, struct slice note, uint64_t *ret_size, struct err *err)
{
	struct buf ours;
	int rc;

	if (!checkpoint_fits(log, note, ret_size))
		return err_set(err, ERR_REFUSED, N_("it is no checkpoint of this log"));
	buf_init(&ours, LEDGER_NOTE_MAX);
	rc = write_signed_checkpoint(log, *ret_size, &ours, err);
	if (rc == 0) /* two draws may share a checkpoint */
		rc = insert_checkpoint(log, "INSERT OR IGNORE INTO log_checkpoint (size, note) VALUES (?, ?)",
		    *ret_size, buf_view(&ours), err);
	buf_release(&ours);
	return rc;
}

int
ledger_seal(struct ledger *log, struct err *err)
{
	struct buf note;
	int rc;

	buf_init(&note, LEDGER_NOTE_MAX);
	rc = write_signed_checkpoint(log, log->tree.size, &note, err);
	if (rc == 0)
		rc = insert_checkpoint(log, "INSERT INTO log_checkpoint (size, note) VALUES (?, ?)", log->tree.size,
		    buf_view(&note), err);
	buf_release(&note);
	return rc;
}

/* The one blob that a query with one parameter gives; ERR_ABSENT: it gives no row. */
static int
get_log_blob(struct store *store, const char *sql, uint64_t key, size_t max, struct buf *ret_bytes, struct err *err)
{
	struct query q;
	bool there;
	int rc;

	buf_init(ret_bytes, max);
	query_open(&q, store, sql);
	query_put_int(&q, (int64_t)key);
	there = query_row(&q);
	if (there)
		buf_slice(ret_bytes, query_blob(&q, 0));
	rc = query_close(&q, err);
	if (rc == 0 && !there)
		rc = err_set(err, ERR_ABSENT, N_("the log has no entry or checkpoint %llu"), (unsigned long long)key);
	if (rc == 0 && ret_bytes->failed)
		rc = err_memory(err);
	if (rc != 0)
		buf_release(ret_bytes);
	return rc;
}

int
ledger_entry(struct store *store, uint64_t index, struct buf *ret_bytes, struct err *err)
{
	return get_log_blob(store, "SELECT bytes FROM log_entry WHERE idx = ?", index, ENTRY_MAX, ret_bytes, err);
}

int
ledger_checkpoint(struct store *store, uint64_t size, struct buf *ret_note, struct err *err)
{
	return get_log_blob(store, "SELECT note FROM log_checkpoint WHERE size = ?", size, LEDGER_NOTE_MAX, ret_note,
	    err);
}

int
ledger_sealed_size(struct store *store, uint64_t *ret_size, struct err *err)
{
	int64_t size = 0;
	int rc = store_int(store, "SELECT coalesce(max(size), 0) FROM log_checkpoint", &size, err);

	if (rc == 0)
		*ret_size = (uint64_t)size;
	return rc;
}

void
ledger_escape(struct buf *out, struct slice text)
{
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '"' || text.p[i] == '\\')
			buf_byte(out, '\\');
		buf_byte(out, text.p[i]);
	}
}
