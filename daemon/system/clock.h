#ifndef SPOTCHECK_SYSTEM_CLOCK_H
#define SPOTCHECK_SYSTEM_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/err.h"
#include "core/base/slice.h"
#include "core/calendar/zone.h"

/*
 * The one place that asks what time it is, and what that is here.  Everything else is handed both.
 *
 * "Here" is one IANA zone for the process.  Its file (RFC 8536) is read by ourselves: the C library takes its zone from
 * the environment, which nobody may change once there are threads, says UTC without a word where the zone is unknown,
 * and moves a time that a change of the clock skips or doubles without saying so.
 */

/* The zone file is there. */
bool clock_zone_exists(const char *name);

/*
 * Makes this zone the process's own; UTC stands until then.  Not while another thread uses the functions below.
 * ERR_REFUSED (no such zone, not a zone file), ERR_OUTSIDE, ERR_MEMORY: the zone stays what it was.
 */
int clock_set_zone(const char *name, struct err *err);

/* The same from the bytes of a zone file. */
int clock_set_zone_file(struct slice bytes, struct err *err);

int64_t clock_now(void); /* seconds since 1970, UTC */

/* The zone itself; it stands until another one is set. */
const struct zone *clock_zone(void);

/* zone_local here, and its date alone. */
int32_t clock_date(int64_t time);
int32_t clock_local(int64_t time, int32_t *ret_second);

/* "2026-06-22 09:00" by the local clock, with seconds where they are not 0. */
#define CLOCK_TEXT 20
void clock_text(int64_t time, char ret_text[static CLOCK_TEXT]);

/* zone_instant here. */
int64_t clock_instant(int32_t date, int32_t second, enum zone_how *ret_how);

#endif
