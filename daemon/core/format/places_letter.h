#ifndef SPOTCHECK_CORE_FORMAT_PLACES_LETTER_H
#define SPOTCHECK_CORE_FORMAT_PLACES_LETTER_H

#include <stdbool.h>

#include "core/base/buf.h"
#include "core/base/slice.h"

/*
 * Finds the attachment places-….json in a saved letter (.eml).  It reads only messages as mail/mime.h writes them, where
 * an attachment is one part with its headers in front and base64 behind; it is no general reader of MIME.
 */

/* Whether the bytes look like a message rather than JSON. */
bool places_letter_is(struct slice bytes);

/* Appends the attachment's bytes.  False where there is none, as in an encrypted letter; the caller asks out->failed. */
bool places_letter_find(struct slice letter, struct buf *out);

#endif
