#include "letters/notices_keep_free.h"

#include <stdlib.h>

#include "letters/notices_private.h"
#include "mail/outbox.h"
#include "rosters/rosters.h"

/*
 * Letters that speak of days and of nobody who is drawn: at the commitment, and where it is voided.  Both go to the
 * rosters' people of today, who at the commitment are those of the snapshot.
 */

struct asking {
	const struct operator *operator;
	struct letter_input input;
	int64_t now;
	struct err *err;
	int rc;
};

static void
address(struct letter_input *input, const struct rosters_inspector *p)
{
	input->inspector_id = p->id;
	input->inspector_name = p->name;
	input->inspector_email = p->email;
	input->language = p->language;
}

/* ---- at the commitment ---- */

static int
ask(void *ctx, const struct rosters_inspector *p)
{
	struct asking *a = ctx;

	if (p->excused)
		return 0;
	address(&a->input, p);
	return a->rc = notices_queue(a->operator, &a->input, a->now, a->err);
}

int
notices_keep_free(const struct operator *operator, const struct config_cycle *cycle, const struct commit *commit,
    const struct sealed *sealed, struct slice commit_hash, int64_t now, struct err *err)
{
	struct asking a = {.operator = operator,
	    .input = notices_about(operator, cycle, commit->cycle, commit->n, commit->date),
	    .now = now,
	    .err = err};
	int32_t last = sealed->dates[sealed->n_dates - 1];
	int rc;

	a.input.kind = LETTER_KEEP_FREE;
	a.input.commit_hash = commit_hash;
	a.input.window_first = sealed->dates[0];
	a.input.window_last = last;
	a.input.draw_time = commit->draw_time;
	a.input.told_by = notices_time(operator, cycle, last, commit->draw_time);
	a.input.sent_at = now;
	rc = rosters_each_inspector(operator->store, commit->date, ask, &a, err);
	return a.rc != 0 ? a.rc : rc;
}

/* ---- at a void ---- */

static int
release(void *ctx, const struct rosters_inspector *p)
{
	struct asking *a = ctx;
	bool told = false;

	a->rc = outbox_take_back(a->operator->store, a->input.draw, p->id, letter_kind_name(LETTER_KEEP_FREE), a->now,
	    &told, a->err);
	if (a->rc != 0 || !told)
		return a->rc;
	address(&a->input, p);
	return a->rc = notices_queue(a->operator, &a->input, a->now, a->err);
}

int
notices_release(const struct operator *operator, const struct config_cycle *cycle, const struct draw_row *row,
    struct slice commit_hash, struct slice reason, int64_t now, struct err *err)
{
	struct asking a = {.operator = operator,
	    .input = notices_about(operator, cycle, slice_of(row->cycle), row->n, row->date),
	    .now = now,
	    .err = err};
	bool asked = false;
	int rc = outbox_has(operator->store, row->n, letter_kind_name(LETTER_KEEP_FREE), &asked, err);

	if (rc != 0 || !asked)
		return rc;
	a.input.kind = LETTER_RELEASED;
	a.input.commit_hash = commit_hash;
	a.input.window_first = a.input.window_last = row->date;
	a.input.draw_time = a.input.told_by = row->draw_time;
	a.input.kept_free = true;
	a.input.reason = reason;
	a.input.sent_at = now;
	rc = rosters_each_inspector(operator->store, row->date, release, &a, err);
	return a.rc != 0 ? a.rc : rc;
}
