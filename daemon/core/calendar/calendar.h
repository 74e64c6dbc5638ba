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
 * Workdays and holidays.  A calendar has a workweek, and sources that name single days: days off, with a name, and
 * make-up workdays.  A holiday is a maximal run of days without work that contains a named day off.
 *
 *	calendar_begin(&c, workweek);
 *	calendar_source(&c, "notice.json", &source, err);
 *	calendar_add(&c, source, date, true, slice_of("春节"), err);	as often as there are days
 *	calendar_finish(&c, first, last, err);
 *	…look up…
 *	calendar_release(&c);
 *
 * Dates are days since 1970-01-01, as in core/base/text.h.
 */

#define WORKWEEK_DAY(weekday) (1u << (weekday)) /* 0 is Monday */
#define CALENDAR_ENTRIES_MAX 200000             /* days of all sources together */
#define CALENDAR_SPAN_MAX (200 * 366)           /* days that calendar_finish can cover */

/* "30min", "24h", "5d": seconds.  "5 workdays": workdays, whose length depends on the calendar. */
struct duration {
	bool workdays;
	int64_t n; /* seconds, or workdays */
};

/* An entry for one day.  Of several sources the one that was begun last wins. */
struct special_day {
	int32_t date;
	bool off;         /* else a make-up workday */
	bool provisional; /* computed: of the source CALENDAR_COMPUTED */
	size_t source;    /* index in sources[] */
	size_t order;     /* counts the entries as they are added */
	char *name;       /* owned, maybe empty; two names in one source are joined by "、" */
};

struct calendar {
	unsigned workweek; /* WORKWEEK_DAY bits; at least one */
	char **sources;    /* names; [0] is the source of computed days */
	size_t n_sources;
	struct special_day *days; /* after calendar_finish by date, none twice */
	size_t n_days, cap_days;
	struct holiday *holidays; /* by date */
	size_t n_holidays;
	/* [first, last] is covered: counts of the days before each day, and all workdays in order. */
	int32_t first, last;
	struct calendar_sum {
		uint32_t workdays, provisional;
	} * sums;
	int32_t *workdays;
	size_t n_workdays;
};

/* The source of computed days: every other source wins over it. */
#define CALENDAR_COMPUTED ((size_t)0)

/* ERR_MEMORY.  calendar_release is right afterwards in any case, and on a zeroed struct. */
int calendar_begin(struct calendar *calendar, unsigned workweek, struct err *err);

/* Begins a source, which wins over the earlier ones.  `name` is copied.  ERR_MEMORY. */
int calendar_source(struct calendar *calendar, const char *name, size_t *ret_source, struct err *err);

/*
 * Adds a day off, or (`off` false) a make-up workday; provisional where the source is CALENDAR_COMPUTED.  `name` is
 * UTF-8 and copied.  ERR_LIMIT, ERR_MEMORY.
 */
int calendar_add(struct calendar *calendar, size_t source, int32_t date, bool off, struct slice name, struct err *err);

/*
 * Whether a source other than CALENDAR_COMPUTED has a named day off of this key (NULL: any) in the year.  Before
 * calendar_finish too.
 */
bool calendar_has(const struct calendar *calendar, int year, const char *key);

/*
 * Ends adding, and prepares look-ups from `first` to `last`.  Outside of them only the workweek counts, and there is no
 * holiday.  ERR_LIMIT, ERR_MEMORY.
 */
int calendar_finish(struct calendar *calendar, int32_t first, int32_t last, struct err *err);

void calendar_release(struct calendar *calendar); /* NULL is allowed */

/* ---- look-ups, after calendar_finish ---- */

/* Whether the date is a workday. */
bool calendar_works(const struct calendar *calendar, int32_t date);

/* The n-th workday after `date`, or before it where n is negative; n 0: the day itself. */
int32_t calendar_step(const struct calendar *calendar, int32_t date, int64_t n);

/* The number of workdays in [first, last]. */
int64_t calendar_count(const struct calendar *calendar, int32_t first, int32_t last);

/* Whether some day in [first, last] belongs to a provisional holiday. */
bool calendar_provisional(const struct calendar *calendar, int32_t first, int32_t last);

/* The instant a duration after `time`, or before it where `sign` is -1.  Workdays keep the local time of day. */
int64_t calendar_shift(const struct calendar *calendar, const struct zone *zone, int64_t time,
    const struct duration *duration, int sign);

/* Index in holidays[] of the first that ends on `date` or later; n_holidays where there is none. */
size_t calendar_holiday_from(const struct calendar *calendar, int32_t date);

/* The holiday that a day belongs to, or NULL. */
const struct holiday *calendar_holiday_at(const struct calendar *calendar, int32_t date);

/* The entry for a day, or NULL. */
const struct special_day *calendar_special(const struct calendar *calendar, int32_t date);

/* A digest of the workweek and every special day, without the sources: it differs between versions of a calendar. */
struct hash calendar_digest(const struct calendar *calendar);

/* 0 is Monday. */
int calendar_weekday(int32_t date);

#endif
