#ifndef SPOTCHECK_SYSTEM_CLOCK_H
#define SPOTCHECK_SYSTEM_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/err.h"
#include "core/base/slice.h"
#include "core/calendar/zone.h"

/*
 * The one place that asks for the time, and that knows the local zone.  Everything else is given both.
 *
 * The process has one IANA zone, whose file (RFC 8536) we read ourselves.  The C library would not do: it takes its
 * zone from the environment, which must not change while there are threads; it silently uses UTC for an unknown zone;
 * and it silently moves a local time that a change of the clock skips or repeats.
 */

/* Whether there is a zone file of this name. */
bool clock_zone_exists(const char *name);

/* Reads the zone of that name (text_is_zone).  Errors as below.  Release with zone_release. */
int clock_read_zone(struct slice name, struct zone *ret_zone, struct err *err);

/*
 * Sets the zone of the process, which is UTC before.  Not while another thread uses the functions below.  ERR_REFUSED
 * (no such zone, not a zone file), ERR_OUTSIDE, ERR_MEMORY: the zone stays what it was.
 */
int clock_set_zone(const char *name, struct err *err);

/* The same from the bytes of a zone file. */
int clock_set_zone_file(struct slice bytes, struct err *err);

int64_t clock_now(void); /* seconds since 1970, UTC */

/* The zone of the process, valid until another one is set. */
const struct zone *clock_zone(void);

/* zone_local in the zone of the process; clock_date gives the date only. */
int32_t clock_date(int64_t time);
int32_t clock_local(int64_t time, int32_t *ret_second);

/* "2026-06-22 09:00" by the local clock, with seconds where they are not 0. */
#define CLOCK_TEXT 20
void clock_text(int64_t time, char ret_text[static CLOCK_TEXT]);

/* zone_instant in the zone of the process. */
int64_t clock_instant(int32_t date, int32_t second, enum zone_how *ret_how);

#endif
