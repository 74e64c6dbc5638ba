#ifndef SPOTCHECK_HOLIDAYS_LEAVE_H
#define SPOTCHECK_HOLIDAYS_LEAVE_H

#include <stddef.h>
#include <stdint.h>

#include "core/base/err.h"
#include "core/calendar/zone.h"

/* One person's calendar (iCalendar): the days on which he or she is not to be had. */

#define LEAVE_CALENDAR_BYTES ((size_t)4 << 20)
#define LEAVE_AHEAD_DAYS 731 /* repetitions and later events count so long from today */

struct leave_span {
	int32_t from, to; /* the last day included */
};

struct leave_spans {
	struct leave_span *v; /* ascending */
	size_t n;
};

/*
 * Each day that an event touches counts, whatever the hour; cancelled events and such as leave the time free do not.
 * Days that follow each other are one span, and spans that ended before `today` are left out.  Times in UTC are
 * converted to `zone`, others are taken as they are written.
 *
 * Takes ownership of `bytes`, from malloc(3).  Faults go to `faults` with their lines; with ERR_REFUSED after any.
 * ERR_MEMORY, ERR_OUTSIDE.  The caller frees ret_spans->v.  It is read in a child process: not while other
 * threads run.
 */
int leave_calendar_read(const char *path, char *bytes, size_t n_bytes, int32_t today, const struct zone *zone,
    struct diag *faults, struct leave_spans *ret_spans, struct err *err);

#endif
