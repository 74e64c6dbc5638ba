#ifndef SPOTCHECK_DRAWS_PLAN_H
#define SPOTCHECK_DRAWS_PLAN_H

#include <stdbool.h>
#include <stdint.h>

#include "config/config.h"
#include "core/base/err.h"
#include "core/calendar/schedule.h"
#include "store/store.h"

/*
 * A cycle's timetable: what its rule and the calendar give, without what is settled already.  The state remembers no
 * more than that (store/schema.c), so nothing is lost or done twice by a restart, a jump of the clock, or a holiday that
 * moves.
 */
struct plan {
	struct store *store; /* NULL: there is no state yet */
	const struct config_cycle *cycle;
	const struct calendar *calendar;
	int64_t since; /* occurrences whose commitment was due before are not ours; INT64_MAX: none are, yet */
	int64_t now;
	bool may_choose; /* secrets are made for what comes up next */
	struct plan_settled *settled;
	size_t n_settled;
	int rc; /* of reading a secret */
	struct err *err;
};

/*
 * Reads what is settled.  With `may_choose` the cycle is ours from now on, if it was not before, and random days are
 * chosen where a period comes near: so not within a transaction.  Without it nothing is written.  Release with
 * plan_close, after a failure too.
 */
int plan_open(struct plan *ret_plan, struct store *store, const struct config_cycle *cycle,
    const struct calendar *calendar, int64_t now, bool may_choose, struct err *err);
void plan_close(struct plan *plan); /* NULL is allowed */

/* schedule_list of what is not settled and not before `since`. */
int plan_list(struct plan *plan, int32_t from, int32_t to, struct schedule_list *ret_list, struct err *err);

/* What the daemon has to do for a cycle. */
struct plan_next {
	bool any;                  /* there is a next one, below, that is neither open nor provisional */
	struct occurrence next;    /* committed at next.commit_time, or as soon as can be after it */
	struct occurrence *missed; /* those before it that it is too late for, since the next one is due: owned */
	size_t n_missed;
	int64_t
	    look; /* when to look again though nothing is due: a period with random days comes near; INT64_MAX: never */
};
int plan_next(struct plan *plan, struct plan_next *ret_next, struct err *err);
void plan_next_release(struct plan_next *next); /* NULL is allowed */

/*
 * Settles an occurrence: draw `n` was committed for it, or (n 0) none came of it, and why.  Within the caller's
 * transaction.
 */
int plan_settle(struct store *store, const struct config_cycle *cycle, const struct occurrence *occurrence, int64_t now,
    uint64_t n, const char *why, struct err *err);

/* What draw `n` was committed for is open again.  Within the caller's transaction. */
int plan_reopen(struct store *store, uint64_t n, struct err *err);

/* Why the next commitment could not be made, as of `now`; NULL: it could. */
int plan_fault(struct store *store, const char *cycle, const char *fault, int64_t now, struct err *err);

/* When that was tried last; INT64_MIN where nothing stands in the way.  `ret_fault` (may be NULL) is the caller's. */
int plan_tried(struct store *store, const char *cycle, int64_t *ret_time, char **ret_fault, struct err *err);

/* "2026-05", "2026-Q2", "2026", a week's first day, or the holiday's names. */
#define PLAN_TITLE HOLIDAY_TITLE
void
plan_title(const struct config_cycle *cycle, const struct occurrence *occurrence, char ret_title[static PLAN_TITLE]);

/* The same for people: names of holidays that have a key in the language of `tr`, others as they are. */
void plan_title_words(const char *title, const char *(*tr)(const char *text), char ret_words[static PLAN_TITLE]);

/* What a draw was committed for, as plan_title had it; "" for one by hand. */
int plan_title_of(struct store *store, uint64_t n, char ret_title[static PLAN_TITLE], struct err *err);

#endif
