#ifndef SPOTCHECK_LETTERS_INVITATION_H
#define SPOTCHECK_LETTERS_INVITATION_H

#include "core/base/buf.h"
#include "core/base/err.h"
#include "letters/letter.h"

/*
 * The part of a letter that a calendar takes in (iTIP, RFC 5546 3.2.2 and 3.2.5): it asks for a whole day of the
 * inspector's on which visits are, or gives it back.  Calendars are shared with colleagues and shown on locked screens,
 * so it says that there is an inspection, at what time of day and for which draw, and nothing of whom it is about.
 *
 * A day of an inspector in a draw has one UID for ever; SEQUENCE is the amendment's number.
 */

/* "REQUEST" or "CANCEL", also the method in the part's Content-Type. */
const char *invitation_method(const struct outbox_day *day);

/* Writes the calendar object, lines of at most 75 octets, CRLF.  ERR_LIMIT, ERR_MEMORY. */
int invitation_write(const struct letter_input *input, const struct outbox_day *day, struct buf *out, struct err *err);

/* Its file name, "2026-06-24.ics". */
#define INVITATION_NAME_BYTES 16
void invitation_name(const struct outbox_day *day, char ret_name[static INVITATION_NAME_BYTES]);

#endif
