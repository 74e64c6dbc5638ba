#ifndef SPOTCHECK_CLI_LEAVE_CALENDAR_H
#define SPOTCHECK_CLI_LEAVE_CALENDAR_H

#include "cli/command.h"
#include "rosters/rosters.h"

/*
 * Imports the calendar of one inspector (iCalendar), read from `fd` to its end, as leave.  Returns an exit status.  The
 * digest that the history keeps is that of the days read, since a calendar holds more than the office needs to know.
 */
int leave_calendar_import(struct cli *cli, int fd, const char *inspector, const struct rosters_import *import,
    struct rosters_counts *ret_counts);

#endif
