#ifndef SPOTCHECK_CORE_CALENDAR_LUNAR_H
#define SPOTCHECK_CORE_CALENDAR_LUNAR_H

#include <stdint.h>

/*
 * Festivals of the Chinese calendar, computed by its present rules (GB/T 33661-2017).  A month begins on the day of
 * the new moon, and the winter solstice lies in month 11, both by the civil date in China, UTC+8.  Where 13 months
 * begin from one month 11 to the next, the first without a principal solar term is the leap month.
 *
 * Instants are accurate to about a minute.  This matters for a date only where an instant is that close to midnight.
 * From 1929 to 2100 the dates are those of published tables.  Before 1929 China used Beijing's meridian (1914 to 1928)
 * or older theory, and a date may differ by a day from the one used then.  After 2100 the rotation of the earth is not
 * known well enough.
 *
 * Dates are as in core/base/text.h.  All functions are pure.
 */

/* The years that functions accept; solar_term_date accepts one more at each end. */
#define LUNAR_YEAR_FIRST 1900
#define LUNAR_YEAR_LAST 2200

/*
 * The date of a day (1 to 30) of a month (1 to 12, never the leap month) of the lunar year that begins in `year`.  Day
 * 30 of a short month is the first day of the next.
 */
int32_t lunar_date(int year, int month, int day);

/*
 * The date on which the sun's apparent longitude reaches `longitude_deg` in `year`: a multiple of 15 from 0 (chunfen,
 * in March) to 345.  15 is qingming, 270 the winter solstice.
 */
int32_t solar_term_date(int year, int longitude_deg);

#endif
