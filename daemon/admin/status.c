/* Counts what is open, sealed, late and waiting, and finds what is due next. */

#include "admin/status.h"

#include <stdio.h>

#include "draws/draws.h"
#include "draws/plan.h"
#include "ledger/ledger.h"
#include "mail/outbox.h"
#include "system/clock.h"

struct status_reader {
	struct status *s;
	struct store *store;
	int64_t now;
	struct err *err;
};

static void
note_due(struct status_reader *r, int64_t time, const char *what)
{
	if (time < r->now)
		r->s->late++;
	if (time < r->s->next) {
		r->s->next = time;
		r->s->what = what;
	}
}

/* One that waits for an earlier opening is not late. */
static int
note_opening(struct status_reader *r, const struct draw_row *row)
{
	struct draw_row first;
	int rc = draws_blocking(r->store, row, &first, r->err);

	if (rc == ERR_ABSENT)
		note_due(r, draw_reveal_from(row), N_("the opening of a draw"));
	return rc == ERR_ABSENT ? 0 : rc;
}

static int
count_draw_row(void *ctx, const struct draw_row *row)
{
	struct status_reader *r = ctx;

	r->s->draws++;
	if (row->outcome == OUTCOME_NONE) {
		r->s->open++;
		note_due(r, row->draw_time, N_("a draw"));
	} else if (!row->revealed) {
		r->s->sealed++;
		return note_opening(r, row);
	}
	return 0;
}

static int
count_letters(struct status_reader *r, struct store *store, struct err *err)
{
	uint64_t letters[OUTBOX_STATES] = {0};
	int64_t mail = INT64_MAX;
	int rc = outbox_count(store, letters, err);

	if (rc == 0)
		rc = outbox_next(store, &mail, err);
	if (rc != 0)
		return rc;
	r->s->queued = letters[OUTBOX_QUEUED] + letters[OUTBOX_SENDING];
	r->s->failed = letters[OUTBOX_FAILED];
	r->s->unknown = letters[OUTBOX_UNKNOWN];
	if (mail < r->s->next) {
		r->s->next = mail;
		r->s->what = N_("a letter");
	}
	return 0;
}

/* The next commitment of the cycle's timetable.  That of a draw at a random time is left out: it is secret. */
static int
note_next_commitment(struct status_reader *r, struct store *store, const struct config_cycle *cycle,
    const struct calendar *calendar, struct err *err)
{
	struct plan_next next = {.any = false};
	struct plan plan;
	int rc = plan_open(&plan, store, cycle, calendar, r->now, false, err);

	if (rc == 0)
		rc = plan_next(&plan, &next, err);
	if (rc == 0 && next.any && !next.next.random)
		note_due(r, next.next.commit_time, N_("a commitment"));
	plan_next_release(&next);
	plan_close(&plan);
	return rc;
}

int
status_read(struct store *store, const struct config *config, const struct calendar *calendar, int64_t now,
    struct status *ret_status, struct err *err)
{
	struct status s = {.next = INT64_MAX, .what = ""};
	struct status_reader r = {.s = &s, .store = store, .now = now, .err = err};
	int rc = draws_each(store, count_draw_row, &r, err);

	if (rc == 0)
		rc = count_letters(&r, store, err);
	if (rc == 0)
		rc = ledger_sealed_size(store, &s.entries, err);
	for (size_t i = 0; rc == 0 && i < config->n_cycles; i++)
		rc = note_next_commitment(&r, store, &config->cycles[i], calendar, err);
	if (rc == 0)
		*ret_status = s;
	return rc;
}

void
status_next(const struct status *status, const char *(*tr)(const char *text), char *ret_text, size_t size)
{
	char time[CLOCK_TEXT];

	if (status->next == INT64_MAX) {
		(void)snprintf(ret_text, size, "%s", tr(N_("nothing is due")));
		return;
	}
	clock_text(status->next, time);
	(void)snprintf(ret_text, size, tr(N_("%s at %s")), tr(status->what), time);
}
