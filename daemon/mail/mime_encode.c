/* The encodings of mail: base64, quoted-printable, folded headers, encoded words and parameters. */
#include "mail/mime_encode.h"

#include <stdbool.h>
#include <stdint.h>

#include "core/base/text.h"

#define WORD_BEGIN "=?UTF-8?B?"
#define WORD_END "?="
#define PARAMETER_MAX 60 /* bytes of a value that stays in a quoted string */

static const char base64_digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char specials[] = "()<>[]:;@\\,.\"";           /* RFC 5322 3.2.3 */
static const char not_attribute[] = "*'%()<>@,;:\\\"/[]?="; /* RFC 2231 7 */
static const char hex_digits[] = "0123456789ABCDEF";

/* ---- base64 ---- */

static void
put_base64_groups(struct buf *out, struct slice bytes)
{
	for (size_t i = 0; i < bytes.n; i += 3) {
		size_t left = bytes.n - i;
		const unsigned char *p = (const unsigned char *)bytes.p + i;
		unsigned long group =
		    (unsigned long)p[0] << 16 | (left > 1 ? (unsigned long)p[1] << 8 : 0) | (left > 2 ? p[2] : 0);
		char four[4] = {base64_digits[group >> 18], base64_digits[group >> 12 & 63],
		    base64_digits[group >> 6 & 63], base64_digits[group & 63]};

		if (left < 3)
			four[3] = '=';
		if (left < 2)
			four[2] = '=';
		buf_put(out, four, sizeof four);
	}
}

void
mime_base64(struct buf *out, struct slice bytes)
{
	const size_t in_line = MIME_LINE_MAX / 4 * 3;

	for (size_t i = 0; i < bytes.n; i += in_line) {
		size_t n = bytes.n - i < in_line ? bytes.n - i : in_line;

		put_base64_groups(out, (struct slice){bytes.p + i, n});
		buf_text(out, "\r\n");
	}
}

/* ---- quoted-printable ---- */

static bool
is_literal(unsigned char c)
{
	return (c >= 0x20 && c < 0x7F && c != '=') || c == '\t';
}

/* One character, its bytes on one line; a soft line break before it where it does not fit. */
static void
put_quoted_character(struct buf *out, struct slice character, bool escape, bool last, size_t *column)
{
	size_t width = escape ? 3 * character.n : 1;

	/* The last column is for the "=" of a soft line break, unless the line ends with this character. */
	if (*column + width > (last ? MIME_LINE_MAX : MIME_LINE_MAX - 1)) {
		buf_text(out, "=\r\n");
		*column = 0;
	}
	for (size_t i = 0; i < character.n; i++) {
		unsigned char c = (unsigned char)character.p[i];
		char three[3] = {'=', hex_digits[c >> 4], hex_digits[c & 15]};

		if (escape)
			buf_put(out, three, sizeof three);
		else
			buf_byte(out, (char)c);
	}
	*column += width;
}

/*
 * Escapes what must be; also white space at the end of the line, which relays remove, and at its beginning "." (SMTP)
 * and the F of "From " (mbox).
 */
static void
quote_line(struct buf *out, struct slice line)
{
	size_t column = 0;

	for (size_t i = 0; i < line.n;) {
		struct slice rest = {line.p + i, line.n - i};
		unsigned char c = (unsigned char)rest.p[0];
		uint32_t code_point = 0;
		size_t len = text_next(rest, &code_point);
		bool last, escape;

		len = len == 0 ? 1 : len;
		last = len == rest.n;
		escape = !is_literal(c) || (last && (c == ' ' || c == '\t')) ||
		    (column == 0 && (c == '.' || (rest.n > 4 && memcmp(rest.p, "From ", 5) == 0)));
		put_quoted_character(out, (struct slice){rest.p, len}, escape, last, &column);
		i += len;
	}
	buf_text(out, "\r\n");
}

static struct slice
cut_line(struct slice *text)
{
	struct slice line = slice_cut(text, '\n');

	if (line.n > 0 && line.p[line.n - 1] == '\r')
		line.n--;
	return line;
}

void
mime_quoted_printable(struct buf *out, struct slice text)
{
	while (text.n > 0 && !out->failed)
		quote_line(out, cut_line(&text));
}

void
mime_canonical(struct buf *out, struct slice text)
{
	while (text.n > 0 && !out->failed) {
		buf_slice(out, cut_line(&text));
		buf_text(out, "\r\n");
	}
}

/* ---- headers ---- */

void
mime_header_begin(struct mime_header *header, struct buf *out, const char *name)
{
	*header = (struct mime_header){.out = out, .column = strlen(name)};
	buf_text(out, name);
}

static void
fold_header(struct mime_header *header)
{
	buf_text(header->out, "\r\n");
	header->column = 0;
	header->encoded = false;
}

void
mime_header_word(struct mime_header *header, struct slice word)
{
	if (header->column + 1 + word.n > (header->encoded ? MIME_LINE_MAX : MIME_HEADER_MAX))
		fold_header(header);
	buf_byte(header->out, ' ');
	buf_slice(header->out, word);
	header->column += 1 + word.n;
}

void
mime_header_end(struct mime_header *header)
{
	buf_text(header->out, "\r\n");
}

static bool
is_ascii(struct slice text)
{
	for (size_t i = 0; i < text.n; i++)
		if ((unsigned char)text.p[i] < 0x20 || (unsigned char)text.p[i] > 0x7E)
			return false;
	return true;
}

static bool
contains_text(struct slice text, const char *part)
{
	return text.n > 0 && memmem(text.p, text.n, part, strlen(part)) != NULL;
}

/* ASCII that can be folded at its spaces and unfolded to the same text, and that is not taken for an encoded word. */
static bool
is_foldable(struct slice text)
{
	if (!is_ascii(text) || contains_text(text, "=?") || contains_text(text, "  ") || text.n == 0 ||
	    text.p[0] == ' ' || text.p[text.n - 1] == ' ')
		return false;
	while (text.n > 0)
		if (slice_cut(&text, ' ').n > MIME_HEADER_MAX - 1)
			return false;
	return true;
}

static void
put_plain_words(struct mime_header *header, struct slice text)
{
	while (text.n > 0)
		mime_header_word(header, slice_cut(&text, ' '));
}

/* The bytes of as many characters as fit into `room` bytes; at least one character. */
static size_t
count_fitting_bytes(struct slice text, size_t room)
{
	size_t n = 0;
	uint32_t c = 0;

	while (n < text.n) {
		size_t len = text_next((struct slice){text.p + n, text.n - n}, &c);

		len = len == 0 ? 1 : len;
		if (n > 0 && n + len > room)
			break;
		n += len;
	}
	return n;
}

/* An encoded word has at most 75 characters, and a line with one at most 76 (RFC 2047 2). */
static void
put_encoded_words(struct mime_header *header, struct slice text)
{
	const size_t frame = sizeof WORD_BEGIN - 1 + sizeof WORD_END - 1;

	while (text.n > 0) {
		size_t used = header->column + 1 + frame;
		size_t room = used + 8 > MIME_LINE_MAX ? 0 : (MIME_LINE_MAX - used) / 4 * 3;
		size_t n;

		if (room < 4) { /* bytes of the longest character */
			fold_header(header);
			room = (MIME_LINE_MAX - 1 - frame) / 4 * 3;
		}
		n = count_fitting_bytes(text, room);
		buf_text(header->out, " " WORD_BEGIN);
		put_base64_groups(header->out, (struct slice){text.p, n});
		buf_text(header->out, WORD_END);
		header->column += 1 + frame + (n + 2) / 3 * 4;
		header->encoded = true;
		text.p += n;
		text.n -= n;
	}
}

void
mime_header_text(struct mime_header *header, struct slice text)
{
	if (is_foldable(text))
		put_plain_words(header, text);
	else
		put_encoded_words(header, text);
}

static bool
is_atoms(struct slice name)
{
	for (size_t i = 0; i < name.n; i++)
		if (memchr(specials, name.p[i], sizeof specials - 1) != NULL)
			return false;
	return is_foldable(name);
}

static void
put_quoted_string(struct buf *out, struct slice text)
{
	buf_byte(out, '"');
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '"' || text.p[i] == '\\')
			buf_byte(out, '\\');
		buf_byte(out, text.p[i]);
	}
	buf_byte(out, '"');
}

void
mime_header_phrase(struct mime_header *header, struct slice name)
{
	struct buf quoted;

	if (is_atoms(name)) {
		put_plain_words(header, name);
		return;
	}
	if (!is_ascii(name) || contains_text(name, "=?") || name.n > PARAMETER_MAX / 2) {
		put_encoded_words(header, name);
		return;
	}
	buf_init(&quoted, 2 + 2 * PARAMETER_MAX);
	put_quoted_string(&quoted, name);
	mime_header_word(header, buf_view(&quoted));
	header->out->failed = header->out->failed || quoted.failed;
	buf_release(&quoted);
}

static bool
is_attribute(unsigned char c)
{
	return c > 0x20 && c < 0x7F && memchr(not_attribute, c, sizeof not_attribute - 1) == NULL;
}

/* Cuts as many characters as fit into `room` off `value`, and puts them percent-encoded. */
static void
put_percent_encoded(struct buf *out, struct slice *value, size_t room)
{
	while (value->n > 0) {
		uint32_t c = 0;
		size_t len = text_next(*value, &c);
		bool literal = is_attribute((unsigned char)value->p[0]);
		size_t width;

		len = len == 0 ? 1 : len;
		width = literal ? 1 : 3 * len;
		if (width > room)
			return;
		for (size_t i = 0; i < len; i++) {
			unsigned char byte = (unsigned char)value->p[i];
			char three[3] = {'%', hex_digits[byte >> 4], hex_digits[byte & 15]};

			buf_put(out, literal ? value->p : three, literal ? 1 : 3);
		}
		room -= width;
		value->p += len;
		value->n -= len;
	}
}

static void
put_extended_parameter(struct mime_header *header, const char *name, struct slice value)
{
	bool in_one_word = 3 * value.n + strlen(name) + sizeof "*=UTF-8''" < MIME_HEADER_MAX - 1;
	struct buf word;

	buf_init(&word, 2 * MIME_HEADER_MAX);
	for (unsigned i = 0; i == 0 || value.n > 0; i++) {
		buf_clear(&word);
		buf_text(&word, name);
		if (!in_one_word)
			buf_format(&word, "*%u", i);
		buf_text(&word, i == 0 ? "*=UTF-8''" : "*=");
		put_percent_encoded(&word, &value, MIME_HEADER_MAX - 2 - word.len);
		if (value.n > 0)
			buf_byte(&word, ';');
		mime_header_word(header, buf_view(&word));
		if (word.failed) {
			header->out->failed = true;
			break;
		}
	}
	buf_release(&word);
}

void
mime_header_parameter(struct mime_header *header, const char *name, struct slice value)
{
	struct buf word;

	buf_byte(header->out, ';');
	header->column++;
	if (!is_ascii(value) || value.n > PARAMETER_MAX || contains_text(value, "\"") || contains_text(value, "\\") ||
	    contains_text(value, "=?")) {
		put_extended_parameter(header, name, value);
		return;
	}
	buf_init(&word, 2 * MIME_HEADER_MAX);
	buf_format(&word, "%s=", name);
	put_quoted_string(&word, value);
	header->out->failed = header->out->failed || word.failed;
	mime_header_word(header, buf_view(&word));
	buf_release(&word);
}
