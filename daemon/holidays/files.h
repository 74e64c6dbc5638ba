#ifndef SPOTCHECK_HOLIDAYS_FILES_H
#define SPOTCHECK_HOLIDAYS_FILES_H

#include <stdint.h>

#include "core/base/err.h"
#include "core/calendar/calendar.h"
#include "core/calendar/schedule.h"

/*
 * The administrator's holiday files: holiday-cn JSON, iCalendar, or CSV (日期,名称,休/班), told by their content.  JSON
 * is UTF-8; the other two may be GB18030.
 */

#define CALENDAR_FILES_MAX 256
#define CALENDAR_FILE_BYTES ((size_t)4 << 20)
#define CALENDAR_FILE_DAYS 5000 /* days that one file may name */
#define CALENDAR_YEAR_DAYS 200  /* days off that one file may name in one year */

/*
 * Adds the days of all files that match the patterns, absolute ones for glob(3).  Each file is a source named by its
 * path.  Files are sorted by name within a pattern, and later files win; a file that several patterns match comes
 * where the last of them has it.  Repetitions in an iCalendar are expanded from `first` to `last`.  A pattern without
 * a match is no fault.  Files whose name ends in ~ or begins with a dot are skipped.  Anything else that is no regular
 * file is a fault.
 *
 * Every fault goes to `faults` with file and line (0: the whole file), at most 101 for one file.  Of a file with
 * faults nothing is added; the other files are read all the same, and the result is ERR_REFUSED.  What is valid and
 * perhaps not intended goes to `hints` (may be NULL) in the same form.  ERR_LIMIT (the calendar is full), ERR_MEMORY,
 * ERR_OUTSIDE.
 *
 * An iCalendar is read in a child process (system/sandbox.h): not while other threads run.
 */
int calendar_files_read(struct calendar *calendar, const struct text_list *patterns, int32_t first, int32_t last,
    struct diag *faults, struct diag *hints, struct err *err);

#endif
