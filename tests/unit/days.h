#ifndef SPOTCHECK_TEST_DAYS_H
#define SPOTCHECK_TEST_DAYS_H

#include "support.h"

#include "core/calendar/calendar.h"

/* Dates and times for tests of calendars and timetables.  A text that is no date or time fails the test. */

#define MONDAY_TO_FRIDAY 0x1Fu

int32_t day(const char *text); /* "2026-06-22" */
int64_t utc(const char *text); /* "2026-06-22T01:00:00Z" */

/* China's calendar from the first day of one year to the last of another; years not announced are computed. */
struct calendar china(int first_year, int last_year);

#endif
