/* The letters of a commitment to all inspectors: keep these days free, and they are free again. */
#include "letters/notices_keep_free.h"

#include <stdlib.h>

#include "draws/away.h"
#include "letters/notices_private.h"
#include "mail/outbox.h"
#include "rosters/rosters.h"

/*
 * Both letters name days and nobody who is drawn.  They go to the inspectors in the roster as it is now; at the
 * commitment these are the snapshot's.
 */

struct inspectors_walk {
	const struct operator *operator;
	struct letter_input input;
	struct away_days away; /* at the commitment */
	int64_t now;
	struct err *err;
	int rc;
};

static void
set_recipient(struct letter_input *input, const struct rosters_inspector *p)
{
	input->inspector_id = p->id;
	input->inspector_name = p->name;
	input->inspector_email = p->email;
	input->language = p->language;
}

/* ---- at the commitment ---- */

static int
queue_keep_free(void *ctx, const struct rosters_inspector *p)
{
	struct inspectors_walk *a = ctx;

	if (p->excused || away_on_all(&a->away, p->id))
		return 0;
	set_recipient(&a->input, p);
	a->rc = notices_queue(a->operator, &a->input, a->now, a->err);
	return a->rc;
}

int
notices_keep_free(const struct operator *operator, const struct config_cycle *cycle, const struct commit *commit,
    const struct sealed *sealed, struct slice commit_hash, int64_t now, struct err *err)
{
	struct inspectors_walk a = {.operator = operator,
	    .input = notices_about(operator, cycle, commit->cycle, commit->n, commit->date),
	    .now = now,
	    .err = err};
	int32_t last = slot_date(sealed->slots[sealed->n_slots - 1]);
	int rc;

	a.input.kind = LETTER_KEEP_FREE;
	a.input.commit_hash = commit_hash;
	a.input.window_first = slot_date(sealed->slots[0]);
	a.input.window_last = last;
	a.input.draw_time = commit->draw_time;
	a.input.told_by = notices_time(operator, cycle, sealed, last, commit->draw_time);
	a.input.sent_at = now;
	rc = away_days_of_draw(operator->store, commit->n, &a.away, err);
	for (size_t i = 0; i < sealed->n_slots; i++)
		a.away.dates += i == 0 || slot_date(sealed->slots[i]) != slot_date(sealed->slots[i - 1]);
	if (rc == 0)
		rc = rosters_each_inspector(operator->store, commit->date, queue_keep_free, &a, err);
	away_days_release(&a.away);
	return a.rc != 0 ? a.rc : rc;
}

/* ---- at a void ---- */

static int
queue_release(void *ctx, const struct rosters_inspector *p)
{
	struct inspectors_walk *a = ctx;
	bool told = false;

	a->rc = outbox_take_back(a->operator->store, a->input.draw, p->id, letter_kind_name(LETTER_KEEP_FREE), a->now,
	    &told, a->err);
	if (a->rc != 0 || !told)
		return a->rc;
	set_recipient(&a->input, p);
	a->rc = notices_queue(a->operator, &a->input, a->now, a->err);
	return a->rc;
}

int
notices_release(const struct operator *operator, const struct config_cycle *cycle, const struct draw_row *row,
    struct slice commit_hash, struct slice reason, int64_t now, struct err *err)
{
	struct inspectors_walk a = {.operator = operator,
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
	a.input.reason = reason;
	a.input.sent_at = now;
	rc = rosters_each_inspector(operator->store, row->date, queue_release, &a, err);
	return a.rc != 0 ? a.rc : rc;
}
