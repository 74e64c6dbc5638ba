/* Writes a mail message: checks what is to stand in it, then headers, parts and, if asked, encryption. */
#include "mail/mime.h"

#include <stdbool.h>
#include <stdio.h>

#include "core/base/hash.h"
#include "core/base/text.h"
#include "mail/mime_encode.h"
#include "text/address.h"
#include "text/printable.h"

#define ID_BYTES_MAX 250
#define PARTS_DEPTH_MAX 4
#define PARTS_MAX 127
#define BOUNDARY_BYTES 36 /* "=_", 32 hex digits and a NUL, and room */

/* ---- checks of the input ---- */

int
mime_text_check(struct slice text, struct err *err)
{
	if (text.n > MIME_NAME_MAX)
		return err_set(err, ERR_REFUSED, N_("a name, subject or file name is longer than %d bytes"),
		    MIME_NAME_MAX);
	if (!plain_text(text))
		return err_set(err, ERR_REFUSED,
		    N_("a name, subject or file name is not UTF-8, or holds line breaks or other control characters"));
	return 0;
}

static int
check_mailbox(const struct mime_mailbox *mailbox, const char *header, struct err *err)
{
	struct slice shown = plain_text(mailbox->address) ? mailbox->address : slice_of("");

	if (!address_ok(mailbox->address))
		return err_set(err, ERR_REFUSED, N_("%s: one address such as name@example.org is needed, not \"%.*s\""),
		    header, SLICE_ARGS(shown));
	return mime_text_check(mailbox->name, err);
}

/* <left@right> of printable ASCII. */
static int
check_message_id(struct slice id, struct err *err)
{
	bool ok = id.n > 4 && id.n <= ID_BYTES_MAX && id.p[0] == '<' && id.p[id.n - 1] == '>' &&
	    memchr(id.p, '@', id.n) != NULL;

	for (size_t i = 1; ok && i + 1 < id.n; i++)
		ok = id.p[i] > ' ' && id.p[i] < 0x7F && id.p[i] != '<' && id.p[i] != '>';
	return ok ? 0 : err_set(err, ERR_REFUSED, N_("a Message-ID is not of the form <…@…>"));
}

static bool
is_token(const char *text)
{
	size_t i = 0;

	for (; text[i] != '\0'; i++)
		if (!(text[i] >= 'a' && text[i] <= 'z') && !(text[i] >= 'A' && text[i] <= 'Z') &&
		    !(text[i] >= '0' && text[i] <= '9') && memchr("/-+._", text[i], 5) == NULL)
			return false;
	return i > 0 && i < 64;
}

static bool
is_text_part(const struct mime_part *part)
{
	return strncmp(part->type, "text/", 5) == 0;
}

/* UTF-8; tabs and line ends are the only control characters. */
static bool
text_content_ok(struct slice content)
{
	bool begin = true;

	while (content.n > 0) {
		struct slice line = slice_cut(&content, '\n');

		if (line.n > 0 && line.p[line.n - 1] == '\r')
			line.n--;
		if (begin && line.n >= 3 && memcmp(line.p, "\xEF\xBB\xBF", 3) == 0)
			line = (struct slice){line.p + 3, line.n - 3};
		while (line.n > 0)
			if (!plain_text(slice_cut(&line, '\t')))
				return false;
		begin = false;
	}
	return true;
}

static int
check_part(const struct mime_part *part, unsigned depth, struct err *err)
{
	int rc;

	if (depth > PARTS_DEPTH_MAX || part->n_parts > PARTS_MAX || !is_token(part->type) ||
	    (part->method != NULL && !is_token(part->method)) ||
	    (part->n_parts > 0) != (strncmp(part->type, "multipart/", 10) == 0))
		return err_set(err, ERR_REFUSED, N_("the parts of the message do not fit together"));
	if (is_text_part(part) && !text_content_ok(part->content))
		return err_set(err, ERR_REFUSED,
		    N_("the text of the message is not UTF-8, or holds control characters"));
	rc = mime_text_check(part->file_name, err);
	for (size_t i = 0; i < part->n_parts && rc == 0; i++)
		rc = check_part(&part->parts[i], depth + 1, err);
	return rc;
}

static int
check_message(const struct mime_message *m, struct err *err)
{
	int rc = check_mailbox(&m->from, "From", err);

	if (rc == 0)
		rc = check_mailbox(&m->to, "To", err);
	if (rc == 0 && m->reply_to.address.n > 0)
		rc = check_mailbox(&m->reply_to, "Reply-To", err);
	if (rc == 0)
		rc = mime_text_check(m->subject, err);
	if (rc == 0)
		rc = check_message_id(m->message_id, err);
	if (rc == 0 && m->in_reply_to.n > 0)
		rc = check_message_id(m->in_reply_to, err);
	for (size_t i = 0; rc == 0 && i < m->n_references; i++)
		rc = check_message_id(m->references[i], err);
	if (rc != 0)
		return rc;
	for (size_t i = 0; i < m->language.n; i++)
		if (m->language.p[i] != '-' && !text_is_id((struct slice){m->language.p + i, 1}))
			return err_set(err, ERR_REFUSED, N_("a language is not of the form zh-CN"));
	return check_part(m->body, 0, err);
}

/* ---- headers ---- */

static void
put_mailbox_header(struct buf *out, const char *name, const struct mime_mailbox *mailbox)
{
	struct mime_header header;
	char address[ADDRESS_MAX + 3];

	mime_header_begin(&header, out, name);
	if (mailbox->name.n > 0) {
		mime_header_phrase(&header, mailbox->name);
		(void)snprintf(address, sizeof address, "<%.*s>", (int)mailbox->address.n, mailbox->address.p);
		mime_header_word(&header, slice_of(address));
	} else {
		mime_header_word(&header, mailbox->address);
	}
	mime_header_end(&header);
}

static void
put_id_header(struct buf *out, const char *name, const struct slice *ids, size_t n)
{
	struct mime_header header;

	if (n == 0 || ids[0].n == 0)
		return;
	mime_header_begin(&header, out, name);
	for (size_t i = 0; i < n; i++)
		mime_header_word(&header, ids[i]);
	mime_header_end(&header);
}

/* The Date header (RFC 5322 3.3), in UTC. */
static void
put_date_header(struct buf *out, int64_t date)
{
	static const char days[] = "ThuFriSatSunMonTueWed"; /* 1970-01-01 was a Thursday */
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	int64_t day = date / DAY_S - (date % DAY_S < 0);
	size_t weekday = (size_t)((day % 7 + 7) % 7);
	char time[TIME_TEXT];
	size_t month;

	text_from_time(date, time);
	month = (size_t)((time[5] - '0') * 10 + (time[6] - '0') - 1) % 12;
	buf_format(out, "Date: %.3s, %.2s %.3s %.4s %.8s +0000\r\n", days + 3 * weekday, time + 8, months + 3 * month,
	    time, time + 11);
}

static void
put_headers(struct buf *out, const struct mime_message *m)
{
	struct mime_header header;

	put_date_header(out, m->date);
	put_mailbox_header(out, "From:", &m->from);
	put_mailbox_header(out, "To:", &m->to);
	if (m->reply_to.address.n > 0)
		put_mailbox_header(out, "Reply-To:", &m->reply_to);
	mime_header_begin(&header, out, "Subject:");
	mime_header_text(&header, m->subject);
	mime_header_end(&header);
	put_id_header(out, "Message-ID:", &m->message_id, 1);
	put_id_header(out, "In-Reply-To:", &m->in_reply_to, 1);
	put_id_header(out, "References:", m->references, m->n_references);
	buf_text(out, "Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n");
}

/* ---- parts ---- */

/*
 * "=_" occurs neither in quoted-printable nor in base64, so no content can hold it (RFC 2045 6.7).  `path` is another
 * number for each multipart of a message.
 */
static void
make_boundary(struct slice message_id, unsigned path, char ret_boundary[static BOUNDARY_BYTES])
{
	char digits[HASH_HEX + 1];
	struct hash_stream stream;
	struct hash hash;
	char number[16];
	int len = snprintf(number, sizeof number, "/%u", path);

	hash_begin(&stream);
	hash_add(&stream, message_id.p, message_id.n);
	hash_add(&stream, number, (size_t)len);
	hash = hash_end(&stream);
	text_to_hex(hash.b, HASH_BYTES, digits);
	(void)snprintf(ret_boundary, BOUNDARY_BYTES, "=_%.32s", digits);
}

static void
put_part_headers(struct buf *out, const struct mime_part *part, const char *boundary)
{
	struct mime_header header;

	mime_header_begin(&header, out, "Content-Type:");
	mime_header_word(&header, slice_of(part->type));
	if (boundary != NULL)
		mime_header_parameter(&header, "boundary", slice_of(boundary));
	else if (is_text_part(part))
		mime_header_parameter(&header, "charset", slice_of("utf-8"));
	if (part->method != NULL)
		mime_header_parameter(&header, "method", slice_of(part->method));
	mime_header_end(&header);
	if (part->file_name.n == 0)
		return;
	mime_header_begin(&header, out, "Content-Disposition:");
	mime_header_word(&header, slice_of("attachment"));
	mime_header_parameter(&header, "filename", part->file_name);
	mime_header_end(&header);
}

static void
put_base64_body(struct buf *out, struct slice bytes)
{
	buf_text(out, "Content-Transfer-Encoding: base64\r\n\r\n");
	mime_base64(out, bytes);
}

/* In the shorter encoding; quoted-printable, which people can read, where both are as long. */
static void
put_text_body(struct buf *out, struct slice text)
{
	struct buf canonical, quoted;

	buf_init(&canonical, MIME_MESSAGE_MAX);
	mime_canonical(&canonical, text);
	buf_init(&quoted, (canonical.len + 2) / 3 * 4 + canonical.len / 57 * 2 + 2);
	mime_quoted_printable(&quoted, text);
	if (canonical.failed) {
		out->failed = true;
	} else if (quoted.failed) {
		put_base64_body(out, buf_view(&canonical));
	} else {
		buf_text(out, "Content-Transfer-Encoding: quoted-printable\r\n\r\n");
		buf_slice(out, buf_view(&quoted));
	}
	buf_release(&quoted);
	buf_release(&canonical);
}

static void
put_mime_part(struct buf *out, const struct mime_part *part, struct slice message_id, unsigned path)
{
	char boundary[BOUNDARY_BYTES];

	if (part->n_parts == 0) {
		put_part_headers(out, part, NULL);
		if (is_text_part(part) && !part->verbatim)
			put_text_body(out, part->content);
		else
			put_base64_body(out, part->content);
		return;
	}
	make_boundary(message_id, path, boundary);
	put_part_headers(out, part, boundary);
	for (size_t i = 0; i < part->n_parts; i++) {
		buf_format(out, "\r\n--%s\r\n", boundary);
		put_mime_part(out, &part->parts[i], message_id, path * (PARTS_MAX + 1) + (unsigned)i + 1);
	}
	buf_format(out, "\r\n--%s--\r\n", boundary);
}

static void
put_entity(struct buf *out, const struct mime_message *m)
{
	if (m->language.n > 0)
		buf_format(out, "Content-Language: %.*s\r\n", (int)m->language.n, m->language.p);
	put_mime_part(out, m->body, m->message_id, 1);
}

/* The body as an encrypted entity (RFC 8551 3.3). */
static int
put_encrypted(struct buf *out, const struct mime_message *m, struct err *err)
{
	struct buf entity, der;
	int rc;

	buf_init(&entity, MIME_MESSAGE_MAX);
	buf_init(&der, MIME_MESSAGE_MAX);
	put_entity(&entity, m);
	if (entity.no_memory)
		rc = err_memory(err);
	else if (entity.failed)
		rc = err_set(err, ERR_LIMIT, N_("the message is larger than %zu bytes"), entity.max);
	else
		rc = smime_encrypt(m->encrypt_to, buf_view(&entity), &der, err);
	if (rc == 0) {
		buf_text(out,
		    "Content-Type: application/pkcs7-mime; smime-type=enveloped-data;\r\n name=\"smime.p7m\"\r\n"
		    "Content-Disposition: attachment; filename=\"smime.p7m\"\r\n");
		put_base64_body(out, buf_view(&der));
	}
	buf_release(&der);
	buf_release(&entity);
	return rc;
}

int
mime_write(const struct mime_message *message, struct buf *out, struct err *err)
{
	int rc = check_message(message, err);

	if (rc != 0)
		return rc;
	put_headers(out, message);
	if (message->encrypt_to != NULL)
		rc = put_encrypted(out, message, err);
	else
		put_entity(out, message);
	if (rc != 0)
		return rc;
	if (out->no_memory)
		return err_memory(err);
	if (out->failed)
		return err_set(err, ERR_LIMIT, N_("the message is larger than %zu bytes"), out->max);
	return 0;
}
