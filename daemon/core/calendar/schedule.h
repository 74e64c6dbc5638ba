#ifndef SPOTCHECK_CORE_CALENDAR_SCHEDULE_H
#define SPOTCHECK_CORE_CALENDAR_SCHEDULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/err.h"
#include "core/calendar/calendar.h"
#include "core/calendar/zone.h"

/*
 * When a cycle draws: its rule and a calendar give its occurrences, and each of these its commit, draw, visits, notice
 * and reveal.
 *
 * A holiday is a run of days without work that holds a named day off; a rule looks at those that its `holidays` and
 * `min_days` let pass.  A period is a week, a month, a quarter or a year of the Gregorian calendar.  A week begins with
 * the first of Saturday, Sunday, Monday … that the workweek has behind a day that it has not: Monday, or Sunday where
 * people work from Sunday to Thursday; Monday too where all seven are worked.
 *
 * after holiday   the days are counted from the one after the holiday, up to the day before the next holiday (any)
 * before holiday  backwards from the one before it, down to the day after the holiday before (any)
 * during holiday  within its days, none of which is worked; the draw leaves at least one of them for visits
 * weekly …        within the period
 *
 * Nth workday     the n-th workday so counted; last workday: the last one of the period
 * Nth day         the n-th day so counted (of a period "15" says the same); last day: the last one
 * mon …           the first such weekday so counted
 * random          `times` of the workdays of the period, or of the days of the holiday that leave one for visits
 *
 * What a period or a stretch between holidays does not have is no occurrence.  A day that is counted as a day or a
 * weekday, and is no workday, gives way as `on_holiday` says (never during a holiday): to the next workday, the previous
 * one, none, or it stays.  Two occurrences of one rule never fall on one day: the later one of the two is none.
 *
 * Which days and which moments are random follows from 32 random bytes that the caller keeps for each period or
 * holiday: the days with the least H(secret || "day/" || date) are taken, and the moment is minute floor(x * D / 2^64) of
 * the D minutes in the time's range, where x is the first 16 hex digits of H(secret || "time/" || date), as PROTOCOL 6
 * does it for visit dates.  So a day that turns into a holiday drops out, and all others stay.
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

struct schedule_rule {
	enum schedule_when when;
	struct text_list holidays; /* n 0: any */
	int64_t min_days;
	enum schedule_day day;
	int64_t day_n;
	int64_t times;
	int32_t time_from_min, time_to_min; /* minutes from midnight; equal for a fixed time, else before `to` */
	enum schedule_on_holiday on_holiday;
	struct duration commit;
	int64_t window;       /* 1 .. 400; without meaning for WHEN_DURING_HOLIDAY */
	bool window_workdays; /* else days */
	int32_t visit_time_min;
	bool notice_at_draw;
	struct duration notice; /* so long before visit_time, where not at the draw */
	int64_t embargo;        /* days, 0 .. 400 */
};

#define SCHEDULE_SECRET 32

struct schedule {
	const struct calendar *calendar; /* finished, and covering the days asked for with a year around them */
	const struct zone *zone;
	const struct schedule_rule *rule;
	/*
	 * The bytes kept for the period or holiday of this key (occurrence.key), into `ret`; false where there are none
	 * yet.  NULL: there are none.
	 */
	bool (*secret)(void *ctx, int32_t key, uint8_t ret[static SCHEDULE_SECRET]);
	void *ctx;
};

struct occurrence {
	/* The period, or the holiday's days. */
	int32_t first, last;
	/* What names it for ever: the period's first day, the holiday's first named one. */
	int32_t key;
	const struct holiday *holiday; /* NULL for a period; points into the calendar */
	bool random;                   /* day or moment is */
	bool open; /* random, and there is no secret: `date` is set where the moment alone is random, and no time */
	bool provisional;                            /* it follows from a provisional day, and may move */
	int32_t date;                                /* of the draw, local; DATE_NONE where it is not known */
	int64_t commit_time, draw_time, reveal_time; /* UTC; commit_time is never before the draw before, see below */
	int64_t notice_time; /* the first notice: at the draw, or so long before the first possible visit */
	int32_t visit_first, visit_last;
	size_t n_visits; /* possible dates */
};

struct schedule_list {
	struct occurrence *v;
	size_t n, cap;
};

/*
 * The occurrences that are drawn on a date in [from, to], by time of draw; an open one stands where its period begins,
 * and is there where its period or holiday has a day in [from, to].  WHEN_MANUAL has none.
 *
 * A cycle has one open commitment at a time, so where two draws are nearer than `commit` the second one's commit_time is
 * the first one's draw_time.  ERR_MEMORY; ERR_LIMIT: more than SCHEDULE_MAX.
 */
#define SCHEDULE_MAX 1000000
int schedule_list(const struct schedule *s, int32_t from, int32_t to, struct schedule_list *ret_list, struct err *err);
void schedule_list_release(struct schedule_list *list); /* NULL is allowed */

/*
 * The possible visit dates of a draw on `date`: ascending, at most `max` of them; how many.  During a holiday its days
 * after `date`, none where `date` is in no holiday; else `window` days or workdays from the one after.
 */
size_t schedule_visits(const struct calendar *calendar, const struct schedule_rule *rule, int32_t date,
    int32_t *ret_dates, size_t max);

#endif
