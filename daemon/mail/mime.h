#ifndef SPOTCHECK_MAIL_MIME_H
#define SPOTCHECK_MAIL_MIME_H

#include <stddef.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/slice.h"
#include "mail/smime.h"

/*
 * Writes a message by RFC 5322, 2045, 2046, 2047, 2183 and 2231, ready for SMTP: CRLF throughout, pure ASCII, header
 * lines of at most 78 columns, encoded words within lines of 76, never split inside a character; bodies in
 * quoted-printable or base64, whichever is shorter, in lines of at most 76.
 *
 * A name, address, subject, identifier or file name with a control character (such as CR, LF or NUL) or with malformed
 * UTF-8 is refused: such bytes could inject headers or SMTP commands.
 */

#define MIME_MESSAGE_MAX (16 * 1024 * 1024) /* bytes of a finished message */
#define MIME_NAME_MAX 4096                  /* bytes of a display name, subject or file name */

/* `name` may be empty; `address` is bare (text/address.h).  The caller owns the bytes. */
struct mime_mailbox {
	struct slice name;
	struct slice address;
};

/* A part with content, or (n_parts not 0) a multipart of others: mixed, alternative, related … */
struct mime_part {
	const char *type;       /* "text/plain", "multipart/mixed"; text is UTF-8 */
	const char *method;     /* of text/calendar, "REQUEST"; else NULL */
	struct slice content;   /* text with LF or CRLF; CRLF is sent.  Other types are sent byte by byte */
	struct slice file_name; /* not empty: an attachment */
	bool verbatim;          /* text whose line ends stay as they are: always base64 */
	const struct mime_part *parts;
	size_t n_parts;
};

struct mime_message {
	struct mime_mailbox from;
	struct mime_mailbox to;       /* one recipient a message (RFC 5321 4.5.4.1): a failure is that recipient's */
	struct mime_mailbox reply_to; /* address empty: none */
	struct slice subject;
	struct slice message_id;  /* <…@…> */
	struct slice in_reply_to; /* the same form; may be empty */
	const struct slice *references;
	size_t n_references;
	struct slice language; /* Content-Language, such as zh-CN; may be empty */
	int64_t date;          /* seconds since 1970, UTC */
	/* NULL: not encrypted; else everything but the headers above is. */
	const struct smime_certificate *encrypt_to;
	const struct mime_part *body;
};

/*
 * Appends the message to `out`, whose max is the bound.  Boundaries follow from the Message-ID, so the same message
 * gives the same bytes, unless it is encrypted.  ERR_REFUSED, ERR_LIMIT, ERR_MEMORY; ERR_OUTSIDE: it could not be
 * encrypted.
 */
int mime_write(const struct mime_message *message, struct buf *out, struct err *err);

/*
 * Checks a name, subject or file name: UTF-8 without control characters, at most MIME_NAME_MAX bytes.  ERR_REFUSED.
 */
int mime_text_check(struct slice text, struct err *err);

#endif
