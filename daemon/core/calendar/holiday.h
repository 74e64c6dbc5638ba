#ifndef SPOTCHECK_CORE_CALENDAR_HOLIDAY_H
#define SPOTCHECK_CORE_CALENDAR_HOLIDAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/slice.h"

/* A holiday of the calendar, and the names of holidays. */

/* One name of a holiday: "国庆节、中秋节" are two. */
struct holiday_name {
	struct slice name; /* as the source writes it; points into the calendar's days */
	const char *key;   /* "national-day" …, or NULL where holiday_key does not know it */
	int32_t date;      /* the first day off with the name */
};

#define HOLIDAY_NAMES_MAX 16

struct holiday {
	int32_t first, last;                          /* the run of days without work */
	bool provisional;                             /* some day in it is provisional */
	struct holiday_name names[HOLIDAY_NAMES_MAX]; /* by date, none twice */
	size_t n_names;
};

/* Whether the holiday has this name: a key, or a name as the source writes it. */
bool holiday_is(const struct holiday *holiday, const char *name);

/* "国庆节、中秋节" */
#define HOLIDAY_TITLE 512
/* Its names joined by 、 */
void holiday_title(const struct holiday *holiday, char ret_title[static HOLIDAY_TITLE]);

/*
 * The key of one holiday's name in Chinese or English ("春节假期", "Spring Festival": "spring-festival"): new-year
 * spring-festival qingming labour-day dragon-boat mid-autumn national-day; NULL for any other name.
 */
const char *holiday_key(struct slice name);

/*
 * Takes the first of the names joined by 、 / + or ; off `*rest`, and trims its spaces.  False where no name is left.
 */
bool holiday_next_name(struct slice *rest, struct slice *ret_name);

#endif
