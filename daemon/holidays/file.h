#ifndef SPOTCHECK_HOLIDAYS_FILE_H
#define SPOTCHECK_HOLIDAYS_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/slice.h"
#include "core/calendar/calendar.h"
#include "core/calendar/zone.h"

/*
 * One holiday file on its way into the calendar.  files.c opens it, encoding.c makes UTF-8 of it, and the reader of its
 * format collects its days here.  Where there was no fault the days go to the calendar.
 */

#define CALENDAR_FILE_FAULTS 100 /* reported for one file, before a last line that there are more */

struct calendar_file_day {
	int32_t date;
	bool off;
	char *name; /* owned, NFC, maybe empty */
	unsigned long line;
};

struct calendar_file {
	const char *path;
	char *bytes; /* as they were read; owned, malloc(3)ed */
	size_t n_bytes;
	struct slice text; /* UTF-8 without a BOM or a NUL byte; in `bytes` or in `converted` */
	struct buf converted;
	int32_t first, last; /* repetitions are expanded within these dates */
	struct diag faults, hints;
	struct diag *all_faults, *all_hints; /* the caller's; hints may be NULL */
	struct calendar_file_day *days;      /* in the order of the file */
	size_t n_days, cap_days;
	/*
	 * One person's calendar (leave.h): every event is a day off, its name does not matter, and times in UTC become local
	 * ones of this zone.  NULL: holidays.
	 */
	const struct zone *leave_zone;
	int child_ms; /* time limit of the child that reads an iCalendar, in milliseconds */
};

/*
 * Takes ownership of `bytes`.  Readers report to f->faults and f->hints, which pass on to the two diags here.
 */
void calendar_file_begin(struct calendar_file *f, const char *path, char *bytes, size_t n_bytes, struct diag *faults,
    struct diag *hints);

/* Whether reading can stop: more than CALENDAR_FILE_FAULTS faults, or more than CALENDAR_FILE_DAYS days. */
bool calendar_file_is_full(const struct calendar_file *f);

/*
 * Appends a name as it is stored to `out`: in NFC, without spaces at its ends.  False: a fault was reported, for the
 * field `header`.
 */
bool
calendar_file_name(struct calendar_file *f, const char *header, unsigned long line, struct slice raw, struct buf *out);

/* Reports the hint about a day off without a name. */
void calendar_file_unnamed(struct calendar_file *f, unsigned long line);

/* Adds a day.  `name` comes from calendar_file_name.  Too many days are a fault of the file.  ERR_MEMORY. */
int calendar_file_day(struct calendar_file *f, unsigned long line, int32_t date, bool off, struct slice name,
    struct err *err);

/* Checks all days together: days that are both off and worked, years with too many days off.  ERR_MEMORY. */
int calendar_file_check(struct calendar_file *f, struct err *err);

/* Adds the days to the calendar, as a source named by the path.  ERR_LIMIT, ERR_MEMORY. */
int calendar_file_give(const struct calendar_file *f, struct calendar *calendar, struct err *err);

void calendar_file_release(struct calendar_file *f);

/* ---- encoding.c ---- */

enum calendar_format { CALENDAR_CSV, CALENDAR_JSON, CALENDAR_ICS };

/*
 * Detects encoding and format, and sets f->text.  CSV and iCalendar may be GB18030, which is assumed where the bytes
 * are not UTF-8.  Bytes that cannot be read are a fault.  ERR_MEMORY, ERR_OUTSIDE.
 */
int calendar_text(struct calendar_file *f, enum calendar_format *ret_format, struct err *err);

/* ---- the readers: from f->text to f->days ---- */

/* Errors of the file are faults.  ERR_MEMORY, ERR_OUTSIDE. */
int calendar_csv_read(struct calendar_file *f, struct err *err);
int calendar_json_read(struct calendar_file *f, struct err *err);
int calendar_ics_read(struct calendar_file *f, struct err *err);

/* The same without a child process, for tests of what runs in it. */
int calendar_ics_read_here(struct calendar_file *f, struct err *err);

/* ---- the answer of the child that reads an iCalendar ---- */

enum ics_part {
	ICS_EVENT,
	ICS_DTSTART,
	ICS_DTEND,
	ICS_DURATION,
	ICS_RRULE,
	ICS_RDATE,
	ICS_EXDATE,
	ICS_EXRULE,
	ICS_RECURRENCE_ID,
	ICS_PARTS
};
extern const char *const ics_part_names[ICS_PARTS]; /* "DTSTART" … */

enum ics_record_type {
	ICS_RECORD_EVENT, /* the next days are of this event; its SUMMARY follows the record */
	ICS_RECORD_DAY,
	ICS_RECORD_FAULT,
	ICS_RECORD_HINT,
	ICS_RECORD_END, /* the answer is complete */
};

enum ics_code {
	/* events */
	ICS_BY_SUMMARY, /* its SUMMARY tells whether it is a day off */
	ICS_OFF,
	ICS_WORK,
	/* faults */
	ICS_MISSING,
	ICS_UNREADABLE,
	ICS_NO_DATE, /* not a date, or not an existing one */
	ICS_BEFORE,  /* the end is not after the beginning */
	ICS_LONG,
	ICS_ENDLESS,
	ICS_OFTEN, /* more than ICS_REPETITIONS_MAX repetitions */
	ICS_WITHIN_A_DAY,
	ICS_RSCALED,
	ICS_UNFOLLOWED,  /* a property that we do not support */
	ICS_NO_CALENDAR, /* of the whole file */
	/* hints */
	ICS_HAS_NO_END,
	ICS_IN_UTC,
};

struct ics_record {
	uint32_t type;  /* enum ics_what */
	uint32_t event; /* the line on which the event begins */
	uint32_t part;  /* enum ics_part */
	uint32_t code;  /* enum ics_code */
	int32_t date;
	uint32_t n_name; /* bytes behind the record */
};

#define ICS_NAME_MAX 1024
#define ICS_SPAN_DAYS 60
#define ICS_LEAVE_DAYS 366
#define ICS_REPETITIONS_MAX 20000
#define ICS_LINE_PROPERTY "X-SPOTCHECKD-LINE" /* the parent puts it into each VEVENT: its line in the file */

/* Reads `text` (NUL-terminated) and appends records to `out`.  `leave_zone` as above.  ERR_MEMORY.  In ical.c. */
int calendar_ical(const char *text, int32_t first, int32_t last, const struct zone *leave_zone, struct buf *out);

#endif
