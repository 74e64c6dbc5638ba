#ifndef SPOTCHECK_CORE_CALENDAR_SCHEDULE_H
#define SPOTCHECK_CORE_CALENDAR_SCHEDULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/err.h"
#include "core/calendar/calendar.h"
#include "core/calendar/zone.h"

/*
 * When a cycle draws.  Its rule and a calendar yield its occurrences, each with times for commit, draw, notice and
 * reveal, and dates of visits.
 *
 * A holiday is a run of days without work that contains a named day off; a rule selects holidays by `holidays` and
 * `min_days`.  A period is a week, a month, a quarter or a year of the Gregorian calendar.  A week begins with the
 * first of Saturday, Sunday, Monday … that is in the workweek while the day before is not: Monday, or Sunday where
 * people work from Sunday to Thursday.  Where all seven days are worked it begins with Monday.
 *
 * after holiday   days are counted from the day after the holiday, to the day before the next holiday of any name
 * before holiday  days are counted backwards from the day before it, to the day after the previous holiday of any name
 * during holiday  days are those of the holiday, none of them worked; the draw leaves at least one of them for visits
 * weekly …        days are those of the period
 *
 * Nth workday     the n-th workday so counted; last workday: the last one of the period
 * Nth day         the n-th day so counted ("15" means the same in a period); last day: the last one
 * mon …           the first such weekday so counted
 * random          `times` of the workdays of the period, or of the days of the holiday that leave one for visits
 *
 * Where a period or the days around a holiday lack such a day there is no occurrence.  `on_holiday` applies to a
 * counted day or weekday that is no workday, except during a holiday: it moves to the next workday or the previous
 * one, is skipped, or stays.  Two occurrences of one rule never fall on one day: the later of the two is dropped.
 *
 * Random days and moments follow from 32 random bytes that the caller keeps for each period or holiday.  The days with
 * the least H(secret || "day/" || date) are taken.  The moment is minute floor(x * D / 2^64) of the D minutes in the
 * range of times, where x is the first 16 hex digits of H(secret || "time/" || date), as in PROTOCOL 6 for visit
 * dates.  So a day that becomes a holiday drops out, and the other days keep their places.
 */

enum schedule_when {
	WHEN_AFTER_HOLIDAY,
	WHEN_BEFORE_HOLIDAY,
	WHEN_DURING_HOLIDAY,
	WHEN_WEEKLY,
	WHEN_MONTHLY,
	WHEN_QUARTERLY,
	WHEN_YEARLY,
	WHEN_MANUAL
};

enum schedule_day {
	DAY_NTH_WORKDAY,  /* "1st workday": day_n, from 1 */
	DAY_LAST_WORKDAY, /* "last workday" */
	DAY_NTH,          /* "1st day" or "15": day_n, from 1 */
	DAY_LAST,         /* "last day" */
	DAY_WEEKDAY,      /* "mon": day_n, 0 is Monday; the first one */
	DAY_RANDOM        /* `times` of them in each period or holiday */
};

enum schedule_on_holiday { ON_HOLIDAY_NEXT, ON_HOLIDAY_PREVIOUS, ON_HOLIDAY_SKIP, ON_HOLIDAY_KEEP };

/* NUL-terminated texts. */
struct text_list {
	char **items;
	size_t n;
};

#define VISIT_TIMES_MAX 96

/* When visits may begin on each of their days: minutes from midnight, 0 to 1439, strictly ascending. */
struct visit_times {
	int32_t min[VISIT_TIMES_MAX];
	size_t n; /* 1 .. VISIT_TIMES_MAX */
};

struct schedule_rule {
	enum schedule_when when;
	struct text_list holidays; /* n 0: any */
	int64_t min_days;
	enum schedule_day day;
	int64_t day_n;
	int64_t times;
	int32_t time_from_min, time_to_min; /* minutes from midnight; equal for a fixed time, else from < to */
	enum schedule_on_holiday on_holiday;
	struct duration commit;
	int64_t window;       /* 1 .. 400; unused for WHEN_DURING_HOLIDAY */
	bool window_workdays; /* else days */
	struct visit_times visit_times;
	bool notice_at_draw;
	struct duration notice; /* before a day's first visit time, where notice is not given at the draw */
	int64_t embargo;        /* days, 0 .. 400 */
};

#define SCHEDULE_SECRET 32

struct schedule {
	const struct calendar *calendar; /* after calendar_finish; covers the days in question and a year around them */
	const struct zone *zone;
	const struct schedule_rule *rule;
	/*
	 * Gets the secret bytes of the period or holiday with this key (occurrence.key).  False where there are none
	 * yet.  A NULL pointer: there are none at all.
	 */
	bool (*secret)(void *ctx, int32_t key, uint8_t ret[static SCHEDULE_SECRET]);
	void *ctx;
};

struct occurrence {
	/* The period, or the holiday's days. */
	int32_t first, last;
	/* Identifies it for ever: the period's first day, or the holiday's first named day. */
	int32_t key;
	const struct holiday *holiday; /* NULL for a period; points into the calendar */
	bool random;                   /* its day or its moment is random */
	bool open; /* random without a secret yet: no time is set, and `date` only where just the moment is random */
	bool provisional;                            /* it depends on a provisional day, and may move */
	int32_t date;                                /* of the draw, local; DATE_NONE where unknown */
	int64_t commit_time, draw_time, reveal_time; /* UTC; for commit_time see schedule_list */
	int64_t notice_time; /* the first notice: at the draw, or `notice` before the first possible visit */
	int32_t visit_first, visit_last;
	size_t n_visits; /* possible dates */
};

struct schedule_list {
	struct occurrence *v;
	size_t n, cap;
};

/*
 * The occurrences with a draw on a date in [from, to], by time of draw.  An open one is listed where its period or
 * holiday has a day in [from, to], and is sorted by its date, or by the beginning of the period where that is unknown.
 * WHEN_MANUAL has none.
 *
 * A cycle has one open commitment at a time.  So where two draws are closer than `commit`, the commit_time of the
 * second is the draw_time of the first.  ERR_MEMORY; ERR_LIMIT: more than SCHEDULE_MAX.
 */
#define SCHEDULE_MAX 1000000
int schedule_list(const struct schedule *s, int32_t from, int32_t to, struct schedule_list *ret_list, struct err *err);
void schedule_list_release(struct schedule_list *list); /* NULL is allowed */

/*
 * Lists the days on which a draw of `date` has slots, ascending, at most `max`, and returns how many.  For
 * WHEN_DURING_HOLIDAY these are the holiday's days after `date`, none where `date` is in no holiday; else `window`
 * days or workdays after `date`.
 */
size_t schedule_visits(const struct calendar *calendar, const struct schedule_rule *rule, int32_t date,
    int32_t *ret_dates, size_t max);

#endif
