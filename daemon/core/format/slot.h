#ifndef SPOTCHECK_CORE_FORMAT_SLOT_H
#define SPOTCHECK_CORE_FORMAT_SLOT_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/slice.h"

/*
 * A slot (PROTOCOL 2): a local date and a time of its clock, "2026-06-23T09:00".  Held as minutes of the local clock since
 * 1970-01-01T00:00, so that slots are apart as their clock readings are, whatever the zone does between.
 */
typedef int64_t slot_t;

#define SLOT_NONE INT64_MIN
#define SLOT_TEXT 17      /* bytes, with the NUL */
#define SLOT_DATE_TEXT 10 /* of them, the date's */
#define SLOT_DAY 1440

/* False where it is no slot, or no date of the calendar. */
bool slot_parse(struct slice text, slot_t *ret_slot);

/* A slot between the years 0000 and 9999. */
void slot_format(slot_t slot, char ret_text[static SLOT_TEXT]);

slot_t slot_of(int32_t date, int minute); /* minute of the day, 0 to 1439 */
int32_t slot_date(slot_t slot);
int slot_minute(slot_t slot); /* of the day */

#endif
