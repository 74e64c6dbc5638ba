#ifndef SPOTCHECK_CORE_CALENDAR_CALENDAR_CN_H
#define SPOTCHECK_CORE_CALENDAR_CALENDAR_CN_H

#include "core/base/err.h"
#include "core/calendar/calendar.h"

/*
 * China's days off: those announced by the State Council, and those computed for other years.  Each year's notice is a
 * source of its own.  A year counts as announced when it has a day off named after the Spring Festival, as every notice
 * has.
 */

/* Adds the days of all shipped notices.  ERR_LIMIT, ERR_MEMORY. */
int calendar_cn_add(struct calendar *calendar, struct err *err);

/* Whether some source has announced the days off of the year. */
bool calendar_cn_announced(const struct calendar *calendar, int year);

/*
 * Adds, as provisional, the statutory days off (Regulation on public holidays, as amended in 2024) of each year from
 * first_year to last_year that is not announced.  They lack the days that a notice moves.  Years outside 1900 .. 2200
 * are skipped.  ERR_LIMIT, ERR_MEMORY.
 */
int calendar_cn_predict(struct calendar *calendar, int first_year, int last_year, struct err *err);

#endif
