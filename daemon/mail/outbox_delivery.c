/* Hands out letters that are due to whoever delivers them, and records what became of each. */
#include "mail/outbox_delivery.h"

#include <sodium.h>
#include <stdlib.h>

#define FIRST_PAUSE_S 60
#define DOUBLED_MAX 5 /* times that the pause doubles: 1, 2, 4 … 32 minutes */
#define ADDRESS_BYTES 1024
#define OUTBOX_CLAIMS_MAX 64
#define MESSAGE_BYTES (64 * 1024 * 1024)

/* ---- letters that are due ---- */

int
outbox_due(struct store *store, int64_t now, int64_t **ret_ids, size_t *ret_n, struct err *err)
{
	int64_t *ids = NULL, *more;
	size_t n = 0, cap = 0;
	struct query q;
	bool no_memory = false;
	int rc;

	query_open(&q, store,
	    "SELECT id FROM outbox_letter WHERE state IN ('queued', 'sending', 'unknown') AND next_at <= ? ORDER BY "
	    "next_at, id");
	query_put_int(&q, now);
	while (!no_memory && query_row(&q)) {
		if (n == cap) {
			cap = cap == 0 ? 64 : cap * 2;
			more = reallocarray(ids, cap, sizeof *ids);
			no_memory = more == NULL;
			ids = more == NULL ? ids : more;
		}
		if (!no_memory)
			ids[n++] = query_int(&q, 0);
	}
	rc = query_close(&q, err);
	if (rc == 0 && no_memory)
		rc = err_memory(err);
	if (rc != 0) {
		free(ids);
		return rc;
	}
	*ret_ids = ids;
	*ret_n = n;
	return 0;
}

static void
init_copy(struct buf *to, struct slice from, size_t max)
{
	buf_init(to, max);
	buf_slice(to, from);
}

static int
read_claim(struct store *store, int64_t id, struct outbox_claim *claim, bool *ret_found, struct err *err)
{
	struct query q;
	int rc;

	query_open(&q, store,
	    "SELECT give_up, (SELECT count(*) FROM outbox_attempt WHERE letter = id), sender, recipient, message_id, "
	    "message"
	    " FROM outbox_letter LEFT JOIN outbox_message ON letter = id WHERE id = ? AND state IN ('queued', "
	    "'sending', 'unknown')");
	query_put_int(&q, id);
	*ret_found = query_row(&q);
	if (*ret_found) {
		claim->id = id;
		claim->give_up = query_int(&q, 0);
		claim->attempts = (uint64_t)query_int(&q, 1);
		init_copy(&claim->sender, query_text(&q, 2), ADDRESS_BYTES);
		init_copy(&claim->recipient, query_text(&q, 3), ADDRESS_BYTES);
		init_copy(&claim->message_id, query_text(&q, 4), ADDRESS_BYTES);
		init_copy(&claim->message, query_blob(&q, 5), MESSAGE_BYTES);
	}
	rc = query_close(&q, err);
	if (rc == 0 &&
	    (claim->sender.failed || claim->recipient.failed || claim->message_id.failed || claim->message.failed))
		rc = err_memory(err);
	return rc;
}

static int
mark_sending(struct store *store, int64_t id, int64_t now, struct err *err)
{
	struct query q;

	query_open(&q, store, "UPDATE outbox_letter SET state = 'sending', changed = ? WHERE id = ?");
	query_put_int(&q, now);
	query_put_int(&q, id);
	(void)query_run(&q);
	return query_close(&q, err);
}

int
outbox_claim(struct store *store, int64_t id, int64_t now, struct outbox_claim *ret_claim, bool *ret_claimed,
    struct err *err)
{
	struct outbox_claim claim = {0};
	bool found = false;
	int rc = store_begin(store, err);

	if (rc == 0)
		rc = read_claim(store, id, &claim, &found, err);
	if (rc == 0 && found)
		rc = mark_sending(store, id, now, err);
	if (rc == 0)
		rc = store_commit(store, err);
	if (rc == 0) {
		*ret_claimed = found;
		*ret_claim = claim;
		claim = (struct outbox_claim){0};
	}
	store_rollback(store);
	outbox_claim_release(&claim);
	return rc;
}

int
outbox_claim_due(struct store *store, int64_t now, struct outbox_claim *ret_claims, size_t max, size_t *ret_n,
    struct err *err)
{
	int64_t ids[OUTBOX_CLAIMS_MAX];
	size_t n = 0, claimed = 0;
	struct query q;
	int rc;

	query_open(&q, store,
	    /* The first condition repeats the index's, or SQLite would read every letter. */
	    "SELECT id FROM outbox_letter WHERE state IN ('queued', 'sending', 'unknown') AND state <> 'sending'"
	    " AND next_at <= ? ORDER BY next_at, id LIMIT ?");
	query_put_int(&q, now);
	query_put_int(&q, (int64_t)(max < OUTBOX_CLAIMS_MAX ? max : OUTBOX_CLAIMS_MAX));
	while (n < OUTBOX_CLAIMS_MAX && query_row(&q))
		ids[n++] = query_int(&q, 0);
	rc = query_close(&q, err);
	for (size_t i = 0; rc == 0 && i < n; i++) {
		bool found = false;

		ret_claims[claimed] = (struct outbox_claim){0};
		rc = read_claim(store, ids[i], &ret_claims[claimed], &found, err);
		if (rc == 0 && found)
			rc = mark_sending(store, ids[i], now, err);
		claimed++;
	}
	for (size_t i = 0; rc != 0 && i < claimed; i++)
		outbox_claim_release(&ret_claims[i]);
	*ret_n = rc == 0 ? claimed : 0;
	return rc;
}

void
outbox_claim_release(struct outbox_claim *claim)
{
	buf_release(&claim->sender);
	buf_release(&claim->recipient);
	buf_release(&claim->message_id);
	buf_release(&claim->message);
}

/* ---- the result of an attempt ---- */

int64_t
outbox_pause(uint64_t attempts)
{
	int64_t pause = (int64_t)FIRST_PAUSE_S << (attempts < DOUBLED_MAX ? attempts : DOUBLED_MAX);

	return pause * 3 / 4 + (int64_t)randombytes_uniform((uint32_t)pause / 2 + 1);
}

int
outbox_settle(struct store *store, const struct outbox_claim *claim, enum outbox_state to, bool down,
    struct slice reply, int64_t now, enum outbox_state *ret_state, struct err *err)
{
	int64_t next = now;

	if (to == OUTBOX_QUEUED || to == OUTBOX_UNKNOWN) {
		next = now + outbox_pause(down ? 0 : claim->attempts);
		if (next > claim->give_up) /* the last attempt */
			next = claim->give_up;
		if (now >= claim->give_up) {
			next = INT64_MAX;
			to = to == OUTBOX_QUEUED ? OUTBOX_FAILED : to;
		}
	}
	if (ret_state != NULL)
		*ret_state = to;
	return outbox_note(store, claim->id, to, next, reply, now, err);
}

int
outbox_interrupted(struct store *store, int64_t now, uint64_t *ret_n, struct err *err)
{
	static const char words[] = "interrupted";
	struct query q;
	int64_t id = 0;
	int rc = store_begin(store, err);

	*ret_n = 0;
	while (rc == 0) {
		bool any;

		query_open(&q, store,
		    "SELECT id FROM outbox_letter WHERE state IN ('queued', 'sending', 'unknown') AND state = 'sending'"
		    " LIMIT 1");
		any = query_row(&q);
		id = any ? query_int(&q, 0) : 0;
		rc = query_close(&q, err);
		if (rc != 0 || !any)
			break;
		rc = outbox_note(store, id, OUTBOX_UNKNOWN, now, slice_of(words), now, err);
		*ret_n += rc == 0;
	}
	if (rc == 0)
		rc = store_commit(store, err);
	store_rollback(store);
	return rc;
}
