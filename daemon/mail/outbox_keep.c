/* Removes the text of letters that have been done for long enough, and their old bytes from the database. */
#include "mail/outbox_keep.h"

#include "core/base/hash.h"
#include "core/base/text.h"

#define REMOVED "outbox_removed"   /* in meta: when all texts that were due were last removed */
#define UNCUT "outbox_uncut"       /* in meta: 1 while the database's WAL may still have removed texts */
#define DIGESTED "outbox_digested" /* in meta: 1 once every letter with a text has its digest */
#define PAUSE_S 60                 /* until the next batch, or the next attempt to truncate the WAL */
#define BATCH 1000                 /* letters in one transaction */

#define FROM_DONE                                                                                            \
	" FROM outbox_letter WHERE digest IS NOT NULL AND removed IS NULL AND (state IN ('sent', 'failed', " \
	"'cancelled')"                                                                                       \
	" OR (state = 'unknown' AND next_at = 9223372036854775807))"

/* ---- digests ---- */

static int
put_digest(struct store *store, int64_t id, const char *digest, struct err *err)
{
	struct query q;

	query_open(&q, store, "UPDATE outbox_letter SET digest = ? WHERE id = ?");
	query_put_string(&q, digest);
	query_put_int(&q, id);
	(void)query_run(&q);
	return query_close(&q, err);
}

static int
put_missing_digests(struct store *store, struct err *err)
{
	char digest[HASH_HEX + 1];
	struct query q;
	int rc = 0, closed;

	query_open(&q, store,
	    "SELECT letter, message FROM outbox_message JOIN outbox_letter ON id = letter"
	    " WHERE digest IS NULL ORDER BY letter");
	while (rc == 0 && query_row(&q)) {
		hash_hex(query_blob(&q, 1), digest);
		rc = put_digest(store, query_int(&q, 0), digest, err);
	}
	closed = query_close(&q, rc == 0 ? err : NULL);
	return rc != 0 ? rc : closed;
}

/* Done once: a state from before version 5 of the schema may have letters without a digest. */
static int
complete_digests(struct store *store, struct err *err)
{
	int rc = store_begin(store, err);

	if (rc == 0)
		rc = put_missing_digests(store, err);
	if (rc == 0)
		rc = store_meta_set_int(store, DIGESTED, 1, err);
	if (rc == 0)
		rc = store_commit(store, err);
	store_rollback(store);
	return rc;
}

/* ---- removing ---- */

/* When the next text is to be removed; INT64_MAX: there is none. */
static int
first_removal_due(struct store *store, int64_t keep_s, int64_t *ret_time, struct err *err)
{
	int64_t changed = INT64_MAX;
	int rc = store_int(store, "SELECT changed" FROM_DONE " ORDER BY changed, id LIMIT 1", &changed, err);

	if (rc == 0)
		*ret_time = changed > INT64_MAX - keep_s ? INT64_MAX : changed + keep_s;
	return rc;
}

/* Notes the ids of one batch, so that the two statements of remove_chosen_texts act on the same letters. */
static int
choose_done_letters(struct store *store, int64_t before, int *ret_n, struct err *err)
{
	struct query q;
	int rc = store_exec(store,
	    "CREATE TEMP TABLE IF NOT EXISTS outbox_going (id INTEGER PRIMARY KEY);"
	    "DELETE FROM temp.outbox_going",
	    err);

	if (rc != 0)
		return rc;
	query_open(&q, store,
	    "INSERT INTO temp.outbox_going (id) SELECT id" FROM_DONE " AND changed <= ? ORDER BY changed, id LIMIT ?");
	query_put_int(&q, before);
	query_put_int(&q, BATCH);
	(void)query_run(&q);
	rc = query_close(&q, err);
	*ret_n = sqlite3_changes(store_db(store));
	return rc;
}

static int
remove_chosen_texts(struct store *store, int64_t now, struct err *err)
{
	struct query q;
	int rc;

	query_open(&q, store,
	    "UPDATE outbox_letter SET removed = ?, subject = '' WHERE id IN (SELECT id FROM temp.outbox_going)");
	query_put_int(&q, now);
	(void)query_run(&q);
	rc = query_close(&q, err);
	if (rc == 0)
		rc = store_exec(store, "DELETE FROM outbox_message WHERE letter IN (SELECT id FROM temp.outbox_going)",
		    err);
	return rc;
}

static int
remove_done_batch(struct store *store, int64_t before, int64_t now, struct err *err)
{
	int n = 0, rc = store_begin(store, err);

	if (rc == 0)
		rc = choose_done_letters(store, before, &n, err);
	if (rc == 0)
		rc = remove_chosen_texts(store, now, err);
	if (rc == 0)
		rc = store_meta_set_int(store, UNCUT, 1, err);
	if (rc == 0 && n < BATCH)
		rc = store_meta_set_int(store, REMOVED, now, err);
	if (rc == 0)
		rc = store_commit(store, err);
	store_rollback(store);
	return rc;
}

/* Truncates the WAL, which still has the old pages; `ret_cut` false: a reader prevents it, try again later. */
static int
cut_log(struct store *store, bool *ret_cut, struct err *err)
{
	int64_t busy = 1;
	int rc = store_int(store, "PRAGMA wal_checkpoint(TRUNCATE)", &busy, err);

	*ret_cut = rc == 0 && busy == 0;
	return *ret_cut ? store_meta_set_int(store, UNCUT, 0, err) : rc;
}

/* A number in meta; 0 where there is none. */
static int64_t
meta_number(struct store *store, const char *name)
{
	int64_t value = 0;

	(void)store_meta_get_int(store, name, &value, NULL);
	return value;
}

int
outbox_keep(struct store *store, int64_t keep_s, int64_t now, int64_t *ret_next, struct err *err)
{
	int64_t due = INT64_MAX, last = meta_number(store, REMOVED);
	bool cut = true;
	int rc = 0;

	*ret_next = INT64_MAX;
	last = last > now ? 0 : last; /* in the future: noted while the clock was wrong */
	if (meta_number(store, DIGESTED) == 0)
		rc = complete_digests(store, err);
	if (rc != 0 || keep_s == 0)
		return rc;
	rc = first_removal_due(store, keep_s, &due, err);
	if (rc == 0 && due <= now && now >= last + DAY_S) {
		rc = remove_done_batch(store, now - keep_s, now, err);
		if (rc == 0)
			rc = first_removal_due(store, keep_s, &due, err);
		last = meta_number(store, REMOVED);
	}
	if (rc == 0 && meta_number(store, UNCUT) != 0)
		rc = cut_log(store, &cut, err);
	if (rc != 0)
		return rc;
	if (due != INT64_MAX)
		*ret_next = due > last + DAY_S ? due : last + DAY_S;
	if (!cut || *ret_next <= now)
		*ret_next = now + PAUSE_S;
	return 0;
}
