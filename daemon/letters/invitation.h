#ifndef SPOTCHECK_LETTERS_INVITATION_H
#define SPOTCHECK_LETTERS_INVITATION_H

#include "core/base/buf.h"
#include "core/base/err.h"
#include "letters/letter.h"

/*
 * The part of a letter that goes into the inspector's calendar (iTIP, RFC 5546 3.2.2 and 3.2.5): it asks for a slot with
 * visits, or gives the slot back.  It lasts an hour, but ends where the next appointment begins.  Calendars are shared
 * with colleagues and shown on locked screens.  So it says that there is an inspection, and the draw, but names no target
 * and nobody else.
 *
 * The UID stays the same for an inspector, draw and slot; SEQUENCE is the amendment's number.
 */

/* "REQUEST" or "CANCEL": METHOD, and the method in the part's Content-Type. */
const char *invitation_method(const struct outbox_slot *slot);

/* Appends the calendar object: CRLF, lines of at most 75 octets.  ERR_LIMIT, ERR_MEMORY. */
int
invitation_write(const struct letter_input *input, const struct outbox_slot *slot, struct buf *out, struct err *err);

/* Its file name, "2026-06-24-0900.ics". */
#define INVITATION_NAME_BYTES 20
void invitation_name(const struct outbox_slot *slot, char ret_name[static INVITATION_NAME_BYTES]);

#endif
