#include "mail/outbox.h"
#include "mail/outbox_delivery.h"

#define ROW \
	"SELECT id, state, draw, amendment, inspector, kind, sender, recipient, subject, message_id, created, not_before," \
	" next_at, give_up, changed, digest, removed, coalesce((SELECT length(message) FROM outbox_message WHERE letter = outbox_letter.id), 0)," \
	" (SELECT count(*) FROM outbox_attempt WHERE letter = id)," \
	" (SELECT reply FROM outbox_attempt WHERE letter = id ORDER BY attempt DESC LIMIT 1)" \
	" FROM outbox_letter"

static void
take_row(struct query *q, struct outbox_row *ret_row)
{
	*ret_row = (struct outbox_row){
		.id = query_int(q, 0),
		.state = outbox_state_of(query_text(q, 1)),
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
	};
}

static int
each_row(struct query *q, int (*each)(void *ctx, const struct outbox_row *row), void *ctx, bool *ret_any,
    struct err *err)
{
	struct outbox_row row;
	int said = 0, rc;

	while (said == 0 && query_row(q)) {
		take_row(q, &row);
		*ret_any = true;
		said = each(ctx, &row);
	}
	rc = query_close(q, err);
	return rc != 0 ? rc : said;
}

int
outbox_list(struct store *store, int (*each)(void *ctx, const struct outbox_row *row), void *ctx, struct err *err)
{
	struct query q;
	bool any = false;

	query_open(&q, store, ROW " ORDER BY id");
	return each_row(&q, each, ctx, &any, err);
}

int
outbox_get(struct store *store, int64_t id, int (*each)(void *ctx, const struct outbox_row *row), void *ctx,
    struct err *err)
{
	struct query q;
	bool any = false;
	int rc;

	query_open(&q, store, ROW " WHERE id = ?");
	query_put_int(&q, id);
	rc = each_row(&q, each, ctx, &any, err);
	return rc != 0 || any ? rc : err_set(err, ERR_ABSENT, N_("there is no letter %lld"), (long long)id);
}

int
outbox_attempts(struct store *store, int64_t id, int (*each)(void *ctx, const struct outbox_attempt *attempt),
    void *ctx,
    struct err *err)
{
	struct query q;
	int said = 0, rc;

	query_open(&q, store, "SELECT at, result, reply FROM outbox_attempt WHERE letter = ? ORDER BY attempt");
	query_put_int(&q, id);
	while (said == 0 && query_row(&q)) {
		struct outbox_attempt attempt = {query_int(&q, 0), outbox_state_of(query_text(&q, 1)), query_text(&q,
		    2)};

		said = each(ctx, &attempt);
	}
	rc = query_close(&q, err);
	return rc != 0 ? rc : said;
}
