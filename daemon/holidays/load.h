#ifndef SPOTCHECK_HOLIDAYS_LOAD_H
#define SPOTCHECK_HOLIDAYS_LOAD_H

#include "config/config.h"
#include "core/base/err.h"
#include "core/calendar/calendar.h"

/*
 * The calendar that the INI's [calendar] means, for the years from first_year to last_year and one more at each end:
 * what is shipped for the country, then the administrator's files, and for years that nobody has announced computed
 * festivals, where `predict` says so.
 *
 * Every fault of a file is told to `faults` with its line, and what may not be meant to `hints` (may be NULL).
 * ERR_REFUSED with faults told; ERR_LIMIT, ERR_MEMORY, ERR_OUTSIDE.  Release with calendar_release in any case.
 */
int calendar_load(const struct config *config, int first_year, int last_year, struct calendar *ret_calendar,
    struct diag *faults, struct diag *hints, struct err *err);

/* This country's days are shipped, and its festivals can be computed. */
bool calendar_is_shipped(const struct config *config);

/* Whether somebody has said which days of the year are off. */
bool calendar_announced(const struct config *config, const struct calendar *calendar, int year);

#endif
