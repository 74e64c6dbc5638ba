#ifndef SPOTCHECK_MAIL_MIME_ENCODE_H
#define SPOTCHECK_MAIL_MIME_ENCODE_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/buf.h"
#include "core/base/slice.h"

/*
 * The encodings that mime.c is put together from.  All input was checked before: what they are given is UTF-8 without
 * control characters, where nothing else is said.
 */

#define MIME_LINE_MAX 76   /* of encoded bodies, and of lines with encoded words (RFC 2045 6.7, RFC 2047 2) */
#define MIME_HEADER_MAX 78 /* of other header lines (RFC 5322 2.1.1) */

/*
 * A header under construction: `column` is how far the present line has come.  Words are put with a space before
 * each; a word that does not fit begins a new line.
 */
struct mime_header {
	struct buf *out;
	size_t column;
	bool encoded; /* the present line holds an encoded word */
};

void mime_header_begin(struct mime_header *header, struct buf *out, const char *name); /* "Subject:" */
void mime_header_word(struct mime_header *header, struct slice word);                  /* ASCII, not broken */
void mime_header_end(struct mime_header *header);

/*
 * Text by RFC 2047: as it is where that is ASCII which cannot be mistaken, else in encoded words of whole characters.
 */
void mime_header_text(struct mime_header *header, struct slice text);

/* A display name: atoms, a quoted string, or encoded words. */
void mime_header_phrase(struct mime_header *header, struct slice name);

/*
 * `; name=value` as RFC 2231 has it: a quoted string where the value is short ASCII, else name*=, or name*0*=,
 * name*1*= …
 */
void mime_header_parameter(struct mime_header *header, const char *name, struct slice value);

/* A body of lines of at most MIME_LINE_MAX, ended by CRLF.  Base64 takes any bytes. */
void mime_base64(struct buf *out, struct slice bytes);

/* Lines ended by LF or CRLF are ended by CRLF. */
void mime_canonical(struct buf *out, struct slice text);

/* Text with LF or CRLF; tabs are allowed. */
void mime_quoted_printable(struct buf *out, struct slice text);

#endif
