#ifndef SPOTCHECK_CORE_CALENDAR_LUNAR_H
#define SPOTCHECK_CORE_CALENDAR_LUNAR_H

#include <stdint.h>

/*
 * Festivals of the Chinese calendar, computed by its rules of today (GB/T 33661-2017): a month begins on the day of the
 * new moon and the winter solstice lies in month 11, both by the civil date in China, UTC+8; where 13 months begin from
 * one month 11 to the next, the first without a principal solar term is the leap month.
 *
 * Instants are good to about a minute, which decides a date only where one falls that close to midnight; from 1929 to
 * 2100 the dates are those of published tables.  Before 1929 China reckoned by Beijing's own meridian (1914 to 1928) or
 * by older theory, and a date may be a day from what was kept then; after 2100 nobody knows yet how the earth turns.
 *
 * Dates are as in core/text.h.  All functions are pure.
 */

/* The years that may be asked for; of a solar term, the years beside them too. */
#define LUNAR_YEAR_FIRST 1900
#define LUNAR_YEAR_LAST 2200

/*
 * The date of a day (1 to 30) of a month (1 to 12, never the leap month) of the lunar year that begins in `year`; day
 * 30 of a short month is the first of the next.
 */
int32_t lunar_date(int year, int month, int day);

/*
 * The date on which the sun's apparent longitude reaches so many degrees in `year`: a multiple of 15 from 0 (chunfen,
 * in March) to 345; 15 is qingming, 270 the winter solstice.
 */
int32_t solar_term_date(int year, int longitude_deg);

#endif
