#ifndef SPOTCHECK_HOLIDAYS_FILE_H
#define SPOTCHECK_HOLIDAYS_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/slice.h"
#include "core/calendar/calendar.h"

/*
 * One holiday file between its bytes and the calendar: calendar_files.c opens it, calendar_text.c makes UTF-8 of it,
 * one of the readers gathers its days here, and where nothing was wrong the calendar gets them.
 */

#define CALENDAR_FILE_FAULTS 100 /* of one file; of more it is only said that there are more */

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
	int32_t first, last; /* what repeats is followed from and to here */
	struct diag faults, hints;
	struct diag *all_faults, *all_hints; /* the caller's; hints may be NULL */
	struct calendar_file_day *days;      /* in the file's order */
	size_t n_days, cap_days;
	int child_ms; /* how long the child that reads an iCalendar may take */
};

/* Takes over `bytes`.  The two diags get what is told to f->faults and f->hints, which are what readers tell. */
void calendar_file_begin(struct calendar_file *f, const char *path, char *bytes, size_t n_bytes, struct diag *faults,
    struct diag *hints);

/* No more need be looked at: 100 faults were told, or there are as many days as there may be. */
bool calendar_file_is_full(const struct calendar_file *f);

/*
 * A name as it will be kept, appended to `out`: without spaces at its ends, in NFC.  False: a fault was told, of the
 * field `header`.
 */
bool
calendar_file_name(struct calendar_file *f, const char *header, unsigned long line, struct slice raw, struct buf *out);

/* The hint about a day off whose name is empty. */
void calendar_file_unnamed(struct calendar_file *f, unsigned long line);

/* The name is one of calendar_file_name.  More days than there may be are a fault of the file.  ERR_MEMORY. */
int calendar_file_day(struct calendar_file *f, unsigned long line, int32_t date, bool off, struct slice name,
    struct err *err);

/* What only all days together tell: days that are both off and worked, years with too many days off.  ERR_MEMORY. */
int calendar_file_check(struct calendar_file *f, struct err *err);

/* The days to the calendar, as a source that bears the path.  ERR_LIMIT, ERR_MEMORY. */
int calendar_file_give(const struct calendar_file *f, struct calendar *calendar, struct err *err);

void calendar_file_release(struct calendar_file *f);

/* ---- calendar_text.c ---- */

enum calendar_format { CALENDAR_CSV, CALENDAR_JSON, CALENDAR_ICS };

/*
 * Finds out what the bytes are and sets f->text.  CSV and iCalendar may be GB18030; it is told by not being UTF-8.
 * ERR_MEMORY, ERR_OUTSIDE; what cannot be read is a fault.
 */
int calendar_text(struct calendar_file *f, enum calendar_format *ret_format, struct err *err);

/* ---- the readers: from f->text to f->days ---- */

/* ERR_MEMORY, ERR_OUTSIDE; all that is wrong with the file is a fault. */
int calendar_csv_read(struct calendar_file *f, struct err *err);
int calendar_json_read(struct calendar_file *f, struct err *err);
int calendar_ics_read(struct calendar_file *f, struct err *err);

/* The same without a child, for tests that look for what goes wrong in it. */
int calendar_ics_read_here(struct calendar_file *f, struct err *err);

/* ---- what the child that reads an iCalendar says to its parent ---- */

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

enum ics_what {
	ICS_SAYS_EVENT, /* the days that follow are of this event; its SUMMARY stands behind the record */
	ICS_SAYS_DAY,
	ICS_SAYS_FAULT,
	ICS_SAYS_HINT,
	ICS_SAYS_END, /* nothing was left out */
};

enum ics_code {
	/* of an event */
	ICS_PLAIN, /* off or not, its SUMMARY says */
	ICS_OFF,
	ICS_WORK,
	/* faults of a part */
	ICS_MISSING,
	ICS_UNREADABLE,
	ICS_NO_DATE, /* or one that does not exist */
	ICS_BEFORE,  /* the end is not after the beginning */
	ICS_LONG,
	ICS_ENDLESS,
	ICS_OFTEN, /* more repetitions than are followed */
	ICS_WITHIN_A_DAY,
	ICS_RSCALED,
	ICS_UNFOLLOWED,  /* a property that is not followed */
	ICS_NO_CALENDAR, /* of the whole file */
	/* hints */
	ICS_HAS_NO_END,
	ICS_IN_UTC,
};

struct ics_record {
	uint32_t what;  /* enum ics_what */
	uint32_t event; /* the line on which the event begins */
	uint32_t part;  /* enum ics_part */
	uint32_t code;  /* enum ics_code */
	int32_t date;
	uint32_t n_name; /* bytes behind the record */
};

#define ICS_NAME_MAX 1024
#define ICS_SPAN_DAYS 60
#define ICS_REPETITIONS_MAX 20000
#define ICS_LINE_PROPERTY "X-SPOTCHECKD-LINE" /* stands in each VEVENT that the child gets, and holds its line */

/* Appends records to `out`.  `text` is NUL-terminated.  ERR_MEMORY.  In ical.c. */
int calendar_ical(const char *text, int32_t first, int32_t last, struct buf *out);

#endif
