#ifndef SPOTCHECK_CORE_CALENDAR_CALENDAR_H
#define SPOTCHECK_CORE_CALENDAR_CALENDAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/err.h"
#include "core/base/hash.h"
#include "core/base/slice.h"
#include "core/calendar/holiday.h"
#include "core/calendar/zone.h"

/*
 * Which days are worked: a workweek, and what sources say of single days: days off with a name, and make-up workdays.
 * From these follow the holidays: the maximal runs of days without work that hold a named day off.
 *
 *	calendar_begin(&c, workweek);
 *	calendar_source(&c, "notice.json", &source, err);
 *	calendar_add(&c, source, date, true, slice_of("春节"), err);	as often as there are days
 *	calendar_finish(&c, first, last, err);
 *	…ask…
 *	calendar_release(&c);
 *
 * Dates are days since 1970-01-01, as text.h has them.
 */

#define WORKWEEK_DAY(weekday) (1u << (weekday)) /* 0 is Monday */
#define CALENDAR_ENTRIES_MAX 200000             /* days of all sources together */
#define CALENDAR_SPAN_MAX (200 * 366)           /* days between finish's first and last */

/* "30min", "24h", "5d": seconds.  "5 workdays": workdays, which only a calendar can place. */
struct duration {
	bool workdays;
	int64_t n; /* seconds, or workdays */
};

/* What is known of one day.  Of several sources the one that was begun last wins. */
struct special_day {
	int32_t date;
	bool off;         /* else a make-up workday */
	bool provisional; /* of calendar_source_provisional */
	size_t source;    /* index in sources[] */
	size_t order;     /* of being added */
	char *name;       /* owned, maybe empty; of two in one source both, joined by "、" */
};

struct calendar {
	unsigned workweek; /* WORKWEEK_DAY bits; at least one */
	char **sources;    /* names; [0] is the one of computed days */
	size_t n_sources;
	struct special_day *days; /* after finish by date, none twice */
	size_t n_days, cap_days;
	struct holiday *holidays; /* by date */
	size_t n_holidays;
	/* [first, last] is covered: sums before each day, and the workdays in it in order. */
	int32_t first, last;
	struct calendar_sum {
		uint32_t workdays, provisional;
	} * sums;
	int32_t *workdays;
	size_t n_workdays;
};

/* The name of source 0, which computed days belong to: every other source wins over it. */
#define CALENDAR_COMPUTED ((size_t)0)

/* ERR_MEMORY.  In any case calendar_release is right afterwards, as it is on a zeroed struct. */
int calendar_begin(struct calendar *calendar, unsigned workweek, struct err *err);
int calendar_source(struct calendar *calendar, const char *name, size_t *ret_source, struct err *err);

/*
 * A day off, or (`off` false) a make-up workday; provisional where the source is CALENDAR_COMPUTED.  `name` is UTF-8.
 * ERR_LIMIT, ERR_MEMORY.
 */
int calendar_add(struct calendar *calendar, size_t source, int32_t date, bool off, struct slice name, struct err *err);

/* Whether a source other than the computed one names a day off of this key (NULL: any) in the year. Before finish too. */
bool calendar_has(const struct calendar *calendar, int year, const char *key);

/*
 * No more is added.  Questions are answered quickly from `first` to `last`; outside of them every day is what the
 * workweek says, and there is no holiday.  ERR_LIMIT, ERR_MEMORY.
 */
int calendar_finish(struct calendar *calendar, int32_t first, int32_t last, struct err *err);

void calendar_release(struct calendar *calendar); /* NULL is allowed */

/* ---- asking; after finish ---- */

bool calendar_works(const struct calendar *calendar, int32_t date);

/* The n-th workday after `date`, or before it where n is negative; n 0: the day itself. */
int32_t calendar_step(const struct calendar *calendar, int32_t date, int64_t n);

/* How many workdays lie in [first, last]. */
int64_t calendar_count(const struct calendar *calendar, int32_t first, int32_t last);

/* Some day in [first, last] belongs to a provisional holiday. */
bool calendar_provisional(const struct calendar *calendar, int32_t first, int32_t last);

/* The instant that lies a duration after a time (before it where `sign` is -1); workdays keep the local time of day. */
int64_t calendar_shift(const struct calendar *calendar, const struct zone *zone, int64_t time,
    const struct duration *duration, int sign);

/* Index in holidays[] of the first that ends on `date` or later; n_holidays where there is none. */
size_t calendar_holiday_from(const struct calendar *calendar, int32_t date);

/* The holiday that a day belongs to, or NULL. */
const struct holiday *calendar_holiday_at(const struct calendar *calendar, int32_t date);

/* What is known of a day, or NULL. */
const struct special_day *calendar_special(const struct calendar *calendar, int32_t date);

/* A digest of the workweek and of every special day, without their sources: what tells one version from another. */
struct hash calendar_digest(const struct calendar *calendar);

/* 0 is Monday. */
int calendar_weekday(int32_t date);

#endif
