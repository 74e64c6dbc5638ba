#ifndef SPOTCHECK_DRAWS_PLAN_H
#define SPOTCHECK_DRAWS_PLAN_H

#include <stdbool.h>
#include <stdint.h>

#include "config/config.h"
#include "core/base/err.h"
#include "core/calendar/schedule.h"
#include "store/store.h"

/*
 * A cycle's timetable: what its rule and the calendar give, without what is settled already.  The state keeps only what
 * is settled, when the cycle was first seen, and the secrets of random days (store/schema.c).  So a restart, a jump of
 * the clock or a holiday that moves loses nothing and repeats nothing.
 */
struct plan {
	struct store *store; /* NULL: there is no state yet */
	const struct config_cycle *cycle;
	const struct calendar *calendar;
	int64_t since; /* occurrences whose commitment was due before are left out; INT64_MAX: not set yet */
	int64_t now;
	bool may_choose; /* random days may be chosen: secrets are written to the state */
	struct plan_settled *settled;
	size_t n_settled;
	int rc; /* the first failure to read or make a secret */
	struct err *err;
};

/*
 * Reads what is settled.  With `may_choose` it also writes: `since`, where it is not set yet, and the secrets of
 * periods that are near.  Call it outside a transaction then.  Without `may_choose` nothing is written.  Release with
 * plan_close, after a failure too.
 */
int plan_open(struct plan *ret_plan, struct store *store, const struct config_cycle *cycle,
    const struct calendar *calendar, int64_t now, bool may_choose, struct err *err);
void plan_close(struct plan *plan); /* NULL is allowed */

/* As schedule_list, without what is settled or was due before `since`. */
int plan_list(struct plan *plan, int32_t from, int32_t to, struct schedule_list *ret_list, struct err *err);

/* What the daemon has to do for a cycle. */
struct plan_next {
	bool any;                  /* there is a `next`, which is neither open nor provisional */
	struct occurrence next;    /* to be committed at next.commit_time, or late if that has passed */
	struct occurrence *missed; /* earlier ones that are too late, since `next` is due; owned */
	size_t n_missed;
	int64_t look; /* when a period's random days may be chosen: ask again then; INT64_MAX: none */
};
int plan_next(struct plan *plan, struct plan_next *ret_next, struct err *err);
void plan_next_release(struct plan_next *next); /* NULL is allowed */

/*
 * Settles an occurrence: draw `n` was committed for it; or n is 0, no draw was, and `why` says the reason.  Within the
 * caller's transaction.
 */
int plan_settle(struct store *store, const struct config_cycle *cycle, const struct occurrence *occurrence, int64_t now,
    uint64_t n, const char *why, struct err *err);

/* The occurrence that draw `n` was committed for is no longer settled.  Within the caller's transaction. */
int plan_reopen(struct store *store, uint64_t n, struct err *err);

/* Records why the next commitment could not be made at `now`; `fault` NULL: it could, the record is cleared. */
int plan_fault(struct store *store, const char *cycle, const char *fault, int64_t now, struct err *err);

/* When a commitment failed last; INT64_MIN: no failure is recorded.  The caller frees `ret_fault` (may be NULL). */
int plan_tried(struct store *store, const char *cycle, int64_t *ret_time, char **ret_fault, struct err *err);

/* "2026-05", "2026-Q2", "2026", a week's first day, or the holiday's names. */
#define PLAN_TITLE HOLIDAY_TITLE
void
plan_title(const struct config_cycle *cycle, const struct occurrence *occurrence, char ret_title[static PLAN_TITLE]);

/* The title for people: holidays that have a key are named in the language of `tr`, others as they are. */
void plan_title_words(const char *title, const char *(*tr)(const char *text), char ret_words[static PLAN_TITLE]);

/* The title of what a draw was committed for, as plan_title wrote it; "" for a draw by hand. */
int plan_title_of(struct store *store, uint64_t n, char ret_title[static PLAN_TITLE], struct err *err);

#endif
