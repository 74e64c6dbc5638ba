#ifndef SPOTCHECK_CORE_CALENDAR_HOLIDAY_H
#define SPOTCHECK_CORE_CALENDAR_HOLIDAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/slice.h"

/* A holiday of the calendar, and what holidays are called. */

/* One name of a holiday: "国庆节、中秋节" are two. */
struct holiday_name {
	struct slice name; /* as the source has it; points into the calendar's days */
	const char *key;   /* "national-day" …, or NULL where it is none of those that holiday_key knows */
	int32_t date;      /* the first day off that bears it */
};

#define HOLIDAY_NAMES_MAX 16

struct holiday {
	int32_t first, last;                          /* the run of days without work */
	bool provisional;                             /* a day in it is */
	struct holiday_name names[HOLIDAY_NAMES_MAX]; /* by date, none twice */
	size_t n_names;
};

/* One of the holiday's names is this one: a key, or the name as the source has it. */
bool holiday_is(const struct holiday *holiday, const char *name);

/* "国庆节、中秋节" */
#define HOLIDAY_TITLE 512
void holiday_title(const struct holiday *holiday, char ret_title[static HOLIDAY_TITLE]);

/*
 * The key of one holiday's name in Chinese or English ("春节假期", "Spring Festival": "spring-festival"): new-year
 * spring-festival qingming labour-day dragon-boat mid-autumn national-day; NULL for any other name.
 */
const char *holiday_key(struct slice name);

/*
 * The first of the names that stand joined by 、 / + or ; in `*rest`, without spaces around it, and `*rest` without
 * it; false where nothing is left.
 */
bool holiday_next_name(struct slice *rest, struct slice *ret_name);

#endif
