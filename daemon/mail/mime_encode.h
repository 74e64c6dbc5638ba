#ifndef SPOTCHECK_MAIL_MIME_ENCODE_H
#define SPOTCHECK_MAIL_MIME_ENCODE_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/buf.h"
#include "core/base/slice.h"

/*
 * The encodings that mime.c uses.  It has checked the input: UTF-8 without control characters, unless a function says
 * otherwise.
 */

#define MIME_LINE_MAX 76   /* columns of a line of an encoded body or with an encoded word (RFC 2045 6.7, RFC 2047 2) */
#define MIME_HEADER_MAX 78 /* columns of any other header line (RFC 5322 2.1.1) */

/*
 * A header that is being written; `column` is the length of its last line so far.  Each word has a space before it; a
 * word that does not fit begins a new line.
 */
struct mime_header {
	struct buf *out;
	size_t column;
	bool encoded; /* the last line has an encoded word */
};

void mime_header_begin(struct mime_header *header, struct buf *out, const char *name); /* "Subject:" */
void mime_header_word(struct mime_header *header, struct slice word);                  /* ASCII, not broken */
void mime_header_end(struct mime_header *header);

/*
 * Text by RFC 2047: plain where it is ASCII that nobody takes for an encoded word, else encoded words that split no
 * character.
 */
void mime_header_text(struct mime_header *header, struct slice text);

/* A display name: atoms, a quoted string, or encoded words. */
void mime_header_phrase(struct mime_header *header, struct slice name);

/*
 * `; name=value` by RFC 2231: a quoted string where the value is short ASCII, else name*=, or name*0*=, name*1*= …
 */
void mime_header_parameter(struct mime_header *header, const char *name, struct slice value);

/* Any bytes as base64, in lines of at most MIME_LINE_MAX columns, each with CRLF. */
void mime_base64(struct buf *out, struct slice bytes);

/* Text with LF or CRLF: each line with CRLF. */
void mime_canonical(struct buf *out, struct slice text);

/* Text with LF or CRLF and tabs as quoted-printable. */
void mime_quoted_printable(struct buf *out, struct slice text);

#endif
