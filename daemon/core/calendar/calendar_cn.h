#ifndef SPOTCHECK_CORE_CALENDAR_CALENDAR_CN_H
#define SPOTCHECK_CORE_CALENDAR_CALENDAR_CN_H

#include "core/base/err.h"
#include "core/calendar/calendar.h"

/*
 * China's days off: those announced by the State Council, each year's notice a source of its own, and those computed
 * for years that no source has announced.  A year counts as announced when a day off in it is named after the Spring
 * Festival, as in every notice.
 */

/* ERR_LIMIT, ERR_MEMORY. */
int calendar_cn_add(struct calendar *calendar, struct err *err);

bool calendar_cn_announced(const struct calendar *calendar, int year);

/*
 * The statutory days off themselves (Regulation on public holidays, as amended in 2024), without what a notice moves
 * around them, of each year from first_year to last_year that is not announced: provisional.  1900 .. 2200.
 */
int calendar_cn_predict(struct calendar *calendar, int first_year, int last_year, struct err *err);

#endif
