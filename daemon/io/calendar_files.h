#ifndef SPOTCHECK_CALENDAR_FILES_H
#define SPOTCHECK_CALENDAR_FILES_H

#include <stdint.h>

#include "core/calendar.h"
#include "core/err.h"
#include "core/schedule.h"

/*
 * The administrator's holiday files, each by what is in it: holiday-cn JSON, iCalendar, or CSV (日期,名称,休/班).
 */

#define CALENDAR_FILES_MAX 256
#define CALENDAR_FILE_BYTES ((size_t)4 << 20)
#define CALENDAR_FILE_DAYS 5000     /* days that one file may name */
#define CALENDAR_YEAR_DAYS 200      /* days off that one file may name in one year */

/*
 * Adds the days of all files that the patterns (glob(3), already absolute) match, sorted by name within a pattern, each
 * as a source of its own that bears the file's path: later files win.  Rules of an iCalendar that repeat are followed
 * from `first` to `last`.  A pattern that matches nothing is no fault, and of a folder's other files only those that end
 * in ~ or begin with a dot are passed over.
 *
 * Every fault is told to `faults` with file and line; with any, ERR_REFUSED (all files are looked at all the same).
 * What is lawful and perhaps not meant goes to `hints` (NULL: to nobody) in the same form.  ERR_MEMORY, ERR_OUTSIDE.
 */
int calendar_files_read(struct calendar *calendar, const struct text_list *patterns, int32_t first, int32_t last,
    struct diag *faults, struct diag *hints, struct err *err);

#endif
