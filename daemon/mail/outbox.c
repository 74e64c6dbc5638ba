/* The outbox: letters in the state with their states, attempts and calendar days. */
#include "mail/outbox.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/base/hash.h"
#include "core/base/text.h"
#include "mail/outbox_delivery.h"
#include "text/printable.h"

static const char *const state_names[OUTBOX_STATES] = {N_("queued"), N_("sending"), N_("sent"), N_("failed"),
    N_("unknown"), N_("cancelled")};

const char *
outbox_state_name(enum outbox_state state)
{
	return state_names[state];
}

/* The state of that name; failed for any other word, which the schema does not allow. */
static enum outbox_state
parse_state(struct slice name)
{
	for (unsigned i = 0; i < OUTBOX_STATES; i++)
		if (slice_is(name, state_names[i]))
			return (enum outbox_state)i;
	return OUTBOX_FAILED;
}

/* A server's reply, which may be any bytes, as one line of text. */
static void
put_clean_reply(struct slice reply, struct buf *out)
{
	plain_put(out, reply);
	out->failed = false; /* a long reply is cut after a character */
}

static int
add_attempt(struct store *store, int64_t id, enum outbox_state result, struct slice reply, int64_t now, struct err *err)
{
	struct buf words;
	struct query q;
	int rc;

	buf_init(&words, ERR_MESSAGE_BYTES);
	put_clean_reply(reply, &words);
	query_open(&q, store,
	    "INSERT INTO outbox_attempt (letter, attempt, at, result, reply) SELECT ?1, count(*) + 1, ?2, ?3, ?4"
	    " FROM outbox_attempt WHERE letter = ?1");
	query_put_int(&q, id);
	query_put_int(&q, now);
	query_put_string(&q, state_names[result]);
	query_put_text(&q, buf_view(&words));
	(void)query_run(&q);
	rc = query_close(&q, err);
	buf_release(&words);
	return rc;
}

int
outbox_note(struct store *store, int64_t id, enum outbox_state state, int64_t next_at, struct slice reply, int64_t now,
    struct err *err)
{
	struct query q;
	int rc;

	query_open(&q, store, "UPDATE outbox_letter SET state = ?, changed = ?, next_at = ? WHERE id = ?");
	query_put_string(&q, state_names[state]);
	query_put_int(&q, now);
	query_put_int(&q, next_at);
	query_put_int(&q, id);
	(void)query_run(&q);
	rc = query_close(&q, err);
	return rc != 0 ? rc : add_attempt(store, id, state, reply, now, err);
}

/* ---- adding ---- */

static void
put_letter_columns(struct query *q, const struct outbox_letter *letter, const char *digest, int64_t now)
{
	query_put_int(q, (int64_t)letter->draw);
	query_put_int(q, (int64_t)letter->amendment);
	query_put_text(q, letter->inspector);
	query_put_int(q, letter->day);
	query_put_text(q, letter->kind);
	query_put_string(q, state_names[letter->fault.n > 0 ? OUTBOX_FAILED : OUTBOX_QUEUED]);
	query_put_text(q, letter->sender);
	query_put_text(q, letter->recipient);
	query_put_text(q, letter->subject);
	query_put_text(q, letter->message_id);
	query_put_text(q, letter->fault);
	query_put_int(q, now);
	query_put_int(q, now);
	query_put_int(q, letter->not_before);
	query_put_int(q, letter->not_before);
	query_put_int(q, letter->give_up);
	query_put_string(q, digest);
}

static int
find_letter_id(struct store *store, const struct outbox_letter *letter, int64_t *ret_id, struct err *err)
{
	struct query q;

	query_open(&q, store,
	    "SELECT id FROM outbox_letter WHERE draw = ? AND amendment = ? AND inspector = ? AND day = ? AND kind = ?");
	query_put_int(&q, (int64_t)letter->draw);
	query_put_int(&q, (int64_t)letter->amendment);
	query_put_text(&q, letter->inspector);
	query_put_int(&q, letter->day);
	query_put_text(&q, letter->kind);
	if (query_row(&q))
		*ret_id = query_int(&q, 0);
	return query_close(&q, err);
}

static int
add_letter_slot(struct store *store, int64_t id, const struct outbox_slot *slot, struct err *err)
{
	struct query q;

	query_open(&q, store, "INSERT INTO outbox_slot (letter, slot, held) VALUES (?, ?, ?)");
	query_put_int(&q, id);
	query_put_int(&q, slot->slot);
	query_put_int(&q, slot->held);
	(void)query_run(&q);
	return query_close(&q, err);
}

static int
add_letter_content(struct store *store, int64_t id, const struct outbox_letter *letter, struct err *err)
{
	struct query q;
	int rc;

	query_open(&q, store, "INSERT INTO outbox_message (letter, message) VALUES (?, ?)");
	query_put_int(&q, id);
	query_put_blob(&q, letter->message.p, letter->message.n);
	(void)query_run(&q);
	rc = query_close(&q, err);
	for (size_t i = 0; rc == 0 && i < letter->n_slots; i++)
		rc = add_letter_slot(store, id, &letter->slots[i], err);
	return rc;
}

int
outbox_add(struct store *store, const struct outbox_letter *letter, int64_t now, bool *ret_added, struct err *err)
{
	bool added, made = letter->fault.n == 0;
	char digest[HASH_HEX + 1];
	struct query q;
	int64_t id = 0;
	int rc;

	if (made)
		hash_hex(letter->message, digest);
	query_open(&q, store,
	    "INSERT INTO outbox_letter (draw, amendment, inspector, day, kind, state, sender, recipient, subject, "
	    "message_id,"
	    " fault, created, changed, not_before, next_at, give_up, digest)"
	    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
	    " ON CONFLICT (draw, inspector, day, amendment, kind) DO UPDATE SET state = excluded.state, sender = "
	    "excluded.sender,"
	    " recipient = excluded.recipient, subject = excluded.subject, message_id = excluded.message_id,"
	    " fault = excluded.fault, changed = excluded.changed, not_before = excluded.not_before,"
	    " next_at = excluded.next_at, give_up = excluded.give_up, digest = excluded.digest"
	    " WHERE outbox_letter.fault <> '' AND outbox_letter.state = 'failed'");
	put_letter_columns(&q, letter, made ? digest : NULL, now);
	(void)query_run(&q);
	rc = query_close(&q, err);
	if (rc != 0)
		return rc;
	added = sqlite3_changes(store_db(store)) > 0;
	if (added)
		rc = find_letter_id(store, letter, &id, err);
	if (rc == 0 && added)
		rc = made ? add_letter_content(store, id, letter, err)
		          : add_attempt(store, id, OUTBOX_FAILED, letter->fault, now, err);
	if (rc != 0)
		return rc;
	if (ret_added != NULL)
		*ret_added = added;
	return 0;
}

/* ---- withdrawing ---- */

int
outbox_withdraw(struct store *store, uint64_t draw, struct slice inspector, int32_t day, int64_t now,
    struct outbox_withdrawn *ret_withdrawn, struct err *err)
{
	struct outbox_withdrawn result = {0};
	struct query q;
	int rc;

	query_open(&q, store,
	    "SELECT count(*) FROM outbox_letter WHERE draw = ? AND inspector = ? AND day = ? AND kind NOT IN "
	    "('cancelled', "
	    "'keep-free', 'released')"
	    " AND state IN ('sending', 'sent', 'unknown')");
	query_put_int(&q, (int64_t)draw);
	query_put_text(&q, inspector);
	query_put_int(&q, day);
	if (query_row(&q))
		result.told = query_int(&q, 0) > 0;
	rc = query_close(&q, err);
	if (rc != 0)
		return rc;
	query_open(&q, store,
	    "UPDATE outbox_letter SET state = 'cancelled', fault = ?, changed = ? WHERE draw = ? AND inspector = ? AND "
	    "day = ?"
	    " AND kind NOT IN ('cancelled', 'keep-free', 'released') AND state IN ('queued', 'failed')");
	query_put_string(&q, "an amendment has made it untrue");
	query_put_int(&q, now);
	query_put_int(&q, (int64_t)draw);
	query_put_text(&q, inspector);
	query_put_int(&q, day);
	(void)query_run(&q);
	rc = query_close(&q, err);
	if (rc != 0)
		return rc;
	result.withdrawn = (uint64_t)sqlite3_changes(store_db(store));
	*ret_withdrawn = result;
	return 0;
}

int
outbox_fault(struct store *store, int64_t id, struct outbox_key *ret_key, bool *ret_faulty, struct err *err)
{
	struct query q;
	bool faulty;
	int rc;

	query_open(&q, store,
	    "SELECT draw, amendment, inspector, kind, day FROM outbox_letter WHERE id = ? AND state = 'failed' AND "
	    "fault <> "
	    "''");
	query_put_int(&q, id);
	faulty = query_row(&q);
	if (faulty) {
		ret_key->draw = (uint64_t)query_int(&q, 0);
		ret_key->amendment = (uint64_t)query_int(&q, 1);
		(void)snprintf(ret_key->inspector, sizeof ret_key->inspector, "%.*s", SLICE_ARGS(query_text(&q, 2)));
		(void)snprintf(ret_key->kind, sizeof ret_key->kind, "%.*s", SLICE_ARGS(query_text(&q, 3)));
		ret_key->day = (int32_t)query_int(&q, 4);
	}
	rc = query_close(&q, err);
	if (rc == 0)
		*ret_faulty = faulty;
	return rc;
}

int
outbox_take_back(struct store *store, uint64_t draw, struct slice inspector, const char *kind, int64_t now,
    bool *ret_told, struct err *err)
{
	struct query q;
	bool told;
	int rc;

	query_open(&q, store,
	    "SELECT 1 FROM outbox_letter WHERE draw = ? AND amendment = 0 AND inspector = ? AND kind = ?"
	    " AND state IN ('sending', 'sent', 'unknown')");
	query_put_int(&q, (int64_t)draw);
	query_put_text(&q, inspector);
	query_put_string(&q, kind);
	told = query_row(&q);
	rc = query_close(&q, err);
	if (rc != 0)
		return rc;
	query_open(&q, store,
	    "UPDATE outbox_letter SET state = 'cancelled', fault = ?, changed = ? WHERE draw = ? AND amendment = 0"
	    " AND inspector = ? AND kind = ? AND state IN ('queued', 'failed')");
	query_put_string(&q, "the draw is voided");
	query_put_int(&q, now);
	query_put_int(&q, (int64_t)draw);
	query_put_text(&q, inspector);
	query_put_string(&q, kind);
	(void)query_run(&q);
	rc = query_close(&q, err);
	if (rc == 0)
		*ret_told = told;
	return rc;
}

int
outbox_has(struct store *store, uint64_t draw, const char *kind, bool *ret_has, struct err *err)
{
	struct query q;
	bool has;
	int rc;

	query_open(&q, store, "SELECT 1 FROM outbox_letter WHERE draw = ? AND amendment = 0 AND kind = ? LIMIT 1");
	query_put_int(&q, (int64_t)draw);
	query_put_string(&q, kind);
	has = query_row(&q);
	rc = query_close(&q, err);
	if (rc == 0)
		*ret_has = has;
	return rc;
}

int
outbox_slots_held(struct store *store, uint64_t draw, struct slice inspector, int32_t day, int64_t *ret_slots,
    size_t max, size_t *ret_n, struct err *err)
{
	struct query q;
	size_t n = 0;
	int rc;

	/* The row that has the maximum gives `held` (SQLite, SELECT, 2.5 Bare columns in an aggregate query). */
	query_open(&q, store,
	    "SELECT slot FROM (SELECT slot, held, max(letter) FROM outbox_slot JOIN outbox_letter ON id = letter"
	    " WHERE draw = ? AND inspector = ? AND day = ? AND state IN ('sending', 'sent', 'unknown') GROUP BY slot)"
	    " WHERE held = 1 ORDER BY slot");
	query_put_int(&q, (int64_t)draw);
	query_put_text(&q, inspector);
	query_put_int(&q, day);
	while (n < max && query_row(&q))
		ret_slots[n++] = query_int(&q, 0);
	rc = query_close(&q, err);
	if (rc == 0)
		*ret_n = n;
	return rc;
}

int
outbox_first_id(struct store *store, uint64_t draw, struct slice inspector, char **ret_message_id, struct err *err)
{
	char *message_id = NULL;
	bool found;
	struct query q;
	int rc;

	query_open(&q, store,
	    "SELECT message_id FROM outbox_letter WHERE draw = ? AND inspector = ? ORDER BY id LIMIT 1");
	query_put_int(&q, (int64_t)draw);
	query_put_text(&q, inspector);
	found = query_row(&q);
	if (found)
		message_id = slice_dup(query_text(&q, 0));
	rc = query_close(&q, err);
	if (rc == 0 && found && message_id == NULL)
		rc = err_memory(err);
	if (rc == 0)
		*ret_message_id = message_id;
	else
		free(message_id);
	return rc;
}

int
outbox_hasten(struct store *store, int64_t now, struct err *err)
{
	struct query q;

	query_open(&q, store,
	    "UPDATE outbox_letter SET next_at = ?1 WHERE state = 'queued' AND next_at > ?1 AND not_before <= ?1");
	query_put_int(&q, now);
	(void)query_run(&q);
	return query_close(&q, err);
}

/* ---- counts and times ---- */

int
outbox_next(struct store *store, int64_t *ret_time, struct err *err)
{
	int64_t next = INT64_MAX;
	struct query q;
	int rc;

	query_open(&q, store, "SELECT min(next_at) FROM outbox_letter WHERE state IN ('queued', 'sending', 'unknown')");
	if (query_row(&q) && !query_is_null(&q, 0))
		next = query_int(&q, 0); /* may be INT64_MAX: a letter that is unknown for good */
	rc = query_close(&q, err);
	if (rc == 0)
		*ret_time = next;
	return rc;
}

/* Reads rows of a state and a count, and closes the query. */
static int
read_state_counts(struct query *q, uint64_t ret_counts[static OUTBOX_STATES], struct err *err)
{
	uint64_t counts[OUTBOX_STATES] = {0};
	int rc;

	while (query_row(q))
		counts[parse_state(query_text(q, 0))] = (uint64_t)query_int(q, 1);
	rc = query_close(q, err);
	if (rc == 0)
		memcpy(ret_counts, counts, sizeof counts);
	return rc;
}

int
outbox_count(struct store *store, uint64_t ret_counts[static OUTBOX_STATES], struct err *err)
{
	struct query q;

	query_open(&q, store, "SELECT state, count(*) FROM outbox_letter GROUP BY state");
	return read_state_counts(&q, ret_counts, err);
}

int
outbox_count_draws(struct store *store, int64_t since, int64_t until, uint64_t ret_counts[static OUTBOX_STATES],
    struct err *err)
{
	struct query q;

	query_open(&q, store,
	    "SELECT state, count(*) FROM outbox_letter WHERE draw > 0 AND changed >= ? AND changed < ? GROUP BY state");
	query_put_int(&q, since);
	query_put_int(&q, until);
	return read_state_counts(&q, ret_counts, err);
}

int
outbox_given_up(struct store *store, uint64_t *ret_n, struct err *err)
{
	int64_t n = 0;
	int rc = store_int(store,
	    "SELECT count(*) FROM outbox_letter WHERE state = 'failed' OR (state = 'unknown' AND next_at = "
	    "9223372036854775807)",
	    &n, err);

	*ret_n = (uint64_t)n;
	return rc;
}

/* ---- lists ---- */

#define SELECT_LETTER                                                                                              \
	"SELECT id, state, draw, amendment, inspector, kind, sender, recipient, subject, message_id, created, "    \
	"not_before,"                                                                                              \
	" next_at, give_up, changed, digest, removed, coalesce((SELECT length(message) FROM outbox_message WHERE " \
	"letter = outbox_letter.id), 0),"                                                                          \
	" (SELECT count(*) FROM outbox_attempt WHERE letter = id),"                                                \
	" (SELECT reply FROM outbox_attempt WHERE letter = id ORDER BY attempt DESC LIMIT 1), day"                 \
	" FROM outbox_letter"

static void
read_outbox_row(struct query *q, struct outbox_row *ret_row)
{
	*ret_row = (struct outbox_row){
	    .id = query_int(q, 0),
	    .state = parse_state(query_text(q, 1)),
	    .draw = (uint64_t)query_int(q, 2),
	    .amendment = (uint64_t)query_int(q, 3),
	    .inspector = query_text(q, 4),
	    .kind = query_text(q, 5),
	    .sender = query_text(q, 6),
	    .recipient = query_text(q, 7),
	    .subject = query_text(q, 8),
	    .message_id = query_text(q, 9),
	    .created = query_int(q, 10),
	    .not_before = query_int(q, 11),
	    .next_at = query_int(q, 12),
	    .give_up = query_int(q, 13),
	    .changed = query_int(q, 14),
	    .digest = query_text(q, 15),
	    .removed = query_int(q, 16),
	    .message_len = (size_t)query_int(q, 17),
	    .attempts = (uint64_t)query_int(q, 18),
	    .reply = query_text(q, 19),
	    .day = (int32_t)query_int(q, 20),
	};
}

static int
each_outbox_row(struct query *q, int (*each)(void *ctx, const struct outbox_row *row), void *ctx, bool *ret_any,
    struct err *err)
{
	struct outbox_row row;
	int stopped = 0, rc;

	while (stopped == 0 && query_row(q)) {
		read_outbox_row(q, &row);
		*ret_any = true;
		stopped = each(ctx, &row);
	}
	rc = query_close(q, err);
	return rc != 0 ? rc : stopped;
}

int
outbox_list(struct store *store, int (*each)(void *ctx, const struct outbox_row *row), void *ctx, struct err *err)
{
	struct query q;
	bool any = false;

	query_open(&q, store, SELECT_LETTER " ORDER BY id");
	return each_outbox_row(&q, each, ctx, &any, err);
}

int
outbox_get(struct store *store, int64_t id, int (*each)(void *ctx, const struct outbox_row *row), void *ctx,
    struct err *err)
{
	struct query q;
	bool any = false;
	int rc;

	query_open(&q, store, SELECT_LETTER " WHERE id = ?");
	query_put_int(&q, id);
	rc = each_outbox_row(&q, each, ctx, &any, err);
	return rc != 0 || any ? rc : err_set(err, ERR_ABSENT, N_("there is no letter %lld"), (long long)id);
}

int
outbox_attempts(struct store *store, int64_t id, int (*each)(void *ctx, const struct outbox_attempt *attempt),
    void *ctx, struct err *err)
{
	struct query q;
	int stopped = 0, rc;

	query_open(&q, store, "SELECT at, result, reply FROM outbox_attempt WHERE letter = ? ORDER BY attempt");
	query_put_int(&q, id);
	while (stopped == 0 && query_row(&q)) {
		struct outbox_attempt attempt = {query_int(&q, 0), parse_state(query_text(&q, 1)), query_text(&q, 2)};

		stopped = each(ctx, &attempt);
	}
	rc = query_close(&q, err);
	return rc != 0 ? rc : stopped;
}

/* ---- by hand ---- */

struct letter_status {
	enum outbox_state state;
	char fault[ERR_MESSAGE_BYTES];
	int64_t not_before, removed;
};

static int
find_letter_status(struct store *store, int64_t id, struct letter_status *ret_status, struct err *err)
{
	struct query q;
	struct slice fault;
	bool found;
	int rc;

	query_open(&q, store, "SELECT state, fault, not_before, removed FROM outbox_letter WHERE id = ?");
	query_put_int(&q, id);
	found = query_row(&q);
	if (found) {
		ret_status->state = parse_state(query_text(&q, 0));
		fault = query_text(&q, 1);
		(void)snprintf(ret_status->fault, sizeof ret_status->fault, "%.*s", (int)fault.n, fault.p);
		ret_status->not_before = query_int(&q, 2);
		ret_status->removed = query_int(&q, 3);
	}
	rc = query_close(&q, err);
	return rc != 0 || found ? rc : err_set(err, ERR_ABSENT, N_("there is no letter %lld"), (long long)id);
}

static int
retry_letter(struct store *store, int64_t id, const char *by, int64_t now, int64_t retry_s, struct err *err)
{
	struct letter_status status;
	char words[256];
	struct query q;
	int rc = find_letter_status(store, id, &status, err);

	if (rc != 0)
		return rc;
	if (status.fault[0] != '\0')
		return err_set(err, ERR_REFUSED, N_("letter %lld cannot be sent: %s"), (long long)id, status.fault);
	if (status.state == OUTBOX_SENT)
		return err_set(err, ERR_REFUSED, N_("letter %lld is sent"), (long long)id);
	if (status.state == OUTBOX_SENDING)
		return err_set(err, ERR_REFUSED, N_("letter %lld is being sent"), (long long)id);
	if (status.removed != 0)
		return err_set(err, ERR_REFUSED,
		    N_("letter %lld cannot be sent: its text was removed, as mail.keep says"), (long long)id);
	query_open(&q, store, "UPDATE outbox_letter SET give_up = ? WHERE id = ?");
	query_put_int(&q, (status.not_before > now ? status.not_before : now) + retry_s);
	query_put_int(&q, id);
	(void)query_run(&q);
	rc = query_close(&q, err);
	(void)snprintf(words, sizeof words, "retry: %s", by);
	return rc != 0 ? rc
	               : outbox_note(store, id, OUTBOX_QUEUED, status.not_before > now ? status.not_before : now,
	                     slice_of(words), now, err);
}

static int
cancel_letter(struct store *store, int64_t id, const char *by, int64_t now, struct err *err)
{
	struct letter_status status;
	char words[256];
	int rc = find_letter_status(store, id, &status, err);

	if (rc != 0)
		return rc;
	if (status.state == OUTBOX_CANCELLED)
		return 0;
	if (status.state == OUTBOX_SENT)
		return err_set(err, ERR_REFUSED, N_("letter %lld is sent"), (long long)id);
	if (status.state == OUTBOX_SENDING)
		return err_set(err, ERR_REFUSED, N_("letter %lld is being sent"), (long long)id);
	(void)snprintf(words, sizeof words, "cancel: %s", by);
	return outbox_note(store, id, OUTBOX_CANCELLED, now, slice_of(words), now, err);
}

int
outbox_retry(struct store *store, int64_t id, const char *by, int64_t now, int64_t retry_s, struct err *err)
{
	int rc = store_begin(store, err);

	if (rc == 0)
		rc = retry_letter(store, id, by, now, retry_s, err);
	if (rc == 0)
		rc = store_commit(store, err);
	store_rollback(store);
	return rc;
}

int
outbox_cancel(struct store *store, int64_t id, const char *by, int64_t now, struct err *err)
{
	int rc = store_begin(store, err);

	if (rc == 0)
		rc = cancel_letter(store, id, by, now, err);
	if (rc == 0)
		rc = store_commit(store, err);
	store_rollback(store);
	return rc;
}
