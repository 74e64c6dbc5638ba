#ifndef SPOTCHECK_HOLIDAYS_LOAD_H
#define SPOTCHECK_HOLIDAYS_LOAD_H

#include "config/config.h"
#include "core/base/err.h"
#include "core/calendar/calendar.h"

/*
 * Makes the calendar of the INI's [calendar], for the years from first_year to last_year and one more at each end.
 * Its days are those shipped for the country, then those of the administrator's files.  With `predict`, years that are
 * not announced get computed festivals.
 *
 * Every fault of a file goes to `faults` with its line, and hints go to `hints` (may be NULL).  ERR_REFUSED after
 * faults; ERR_LIMIT, ERR_MEMORY, ERR_OUTSIDE.  Release with calendar_release in any case.
 */
int calendar_load(const struct config *config, int first_year, int last_year, struct calendar *ret_calendar,
    struct diag *faults, struct diag *hints, struct err *err);

/* Whether days are shipped for the INI's country, and its festivals can be computed. */
bool calendar_is_shipped(const struct config *config);

/* Whether the days off of the year are announced, in a shipped notice or in a file. */
bool calendar_announced(const struct config *config, const struct calendar *calendar, int year);

#endif
