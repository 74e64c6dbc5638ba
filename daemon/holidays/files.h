#ifndef SPOTCHECK_HOLIDAYS_FILES_H
#define SPOTCHECK_HOLIDAYS_FILES_H

#include <stdint.h>

#include "core/base/err.h"
#include "core/calendar/calendar.h"
#include "core/calendar/schedule.h"

/*
 * The administrator's holiday files, each by what is in it: holiday-cn JSON, iCalendar, or CSV (日期,名称,休/班).
 * JSON is UTF-8; the other two may be GB18030.
 */

#define CALENDAR_FILES_MAX 256
#define CALENDAR_FILE_BYTES ((size_t)4 << 20)
#define CALENDAR_FILE_DAYS 5000 /* days that one file may name */
#define CALENDAR_YEAR_DAYS 200  /* days off that one file may name in one year */

/*
 * Adds the days of all files that the patterns (glob(3), already absolute) match, sorted by name within a pattern, each
 * as a source of its own that bears the file's path: later files win, and a file that several patterns match stands
 * where the last of them has it.  What repeats in an iCalendar is followed from `first` to `last`.  A pattern that
 * matches nothing is no fault; files whose name ends in ~ or begins with a dot are passed over, and all else that is no
 * regular file is a fault.
 *
 * Every fault is told to `faults` with file and line (0: of the whole file), at most 101 of one file; with any,
 * ERR_REFUSED, and nothing of that file is added (all files are looked at all the same).  What is lawful, perhaps not
 * meant goes to `hints` (NULL: to nobody) in the same form.  ERR_LIMIT (the calendar is full), ERR_MEMORY, ERR_OUTSIDE.
 *
 * An iCalendar is read in a child process (confine.h): not while other threads run.
 */
int calendar_files_read(struct calendar *calendar, const struct text_list *patterns, int32_t first, int32_t last,
    struct diag *faults, struct diag *hints, struct err *err);

#endif
