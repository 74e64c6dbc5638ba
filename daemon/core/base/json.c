/* Canonical JSON: a cursor that reads it, and the writing of strings. */
#include "core/base/json.h"

#include "core/base/text.h"

void
json_open(struct json_reader *r, struct slice text)
{
	*r = (struct json_reader){.start = text.p,
	    .at = text.p,
	    .end = text.n == 0 ? text.p : text.p + text.n,
	    .last = 0};
}

bool
json_done(const struct json_reader *r)
{
	return !r->bad && r->at == r->end;
}

size_t
json_offset(const struct json_reader *r)
{
	return r->at == NULL ? 0 : (size_t)(r->at - r->start);
}

static bool
read_literal(struct json_reader *r, const char *text, size_t len)
{
	if (r->bad || (size_t)(r->end - r->at) < len || memcmp(r->at, text, len) != 0) {
		r->bad = true;
		return false;
	}
	r->at += len;
	return true;
}

static bool
next_byte_is(const struct json_reader *r, char c)
{
	return !r->bad && r->at < r->end && *r->at == c;
}

void
json_begin(struct json_reader *r, char bracket)
{
	if (read_literal(r, &bracket, 1))
		r->last = bracket;
}

void
json_end(struct json_reader *r, char bracket)
{
	if (read_literal(r, &bracket, 1))
		r->last = 'v';
}

/* Reads the key, and before it the comma that every key but an object's first must have. */
void
json_key(struct json_reader *r, const char *key)
{
	if (r->last != '{')
		(void)read_literal(r, ",", 1);
	(void)read_literal(r, "\"", 1);
	(void)read_literal(r, key, strlen(key));
	if (read_literal(r, "\":", 2))
		r->last = ':';
}

bool
json_has_key(struct json_reader *r, const char *key)
{
	struct json_reader trial = *r;

	json_key(&trial, key);
	if (trial.bad)
		return false;
	*r = trial;
	return true;
}

bool
json_more(struct json_reader *r)
{
	if (r->bad || next_byte_is(r, ']'))
		return false;
	if (r->last != '[' && !read_literal(r, ",", 1))
		return false;
	r->last = ',';
	return true;
}

struct slice
json_string(struct json_reader *r)
{
	struct slice s = {"", 0};
	const char *from;

	if (!read_literal(r, "\"", 1))
		return s;
	from = r->at;
	while (r->at < r->end && *r->at != '"') {
		uint32_t c = 0;
		size_t len = text_next((struct slice){r->at, (size_t)(r->end - r->at)}, &c);

		if (c == '\\') /* canonical JSON has no other escapes than \" and \\ */
			len = r->end - r->at >= 2 && (r->at[1] == '"' || r->at[1] == '\\') ? 2 : 0;
		if (len == 0 || c < 0x20 || (c >= 0x7F && c <= 0x9F)) {
			r->bad = true;
			return s;
		}
		r->at += len;
	}
	s = (struct slice){from, (size_t)(r->at - from)};
	if (!read_literal(r, "\"", 1))
		return (struct slice){"", 0};
	r->last = 'v';
	return s;
}

struct slice
json_plain(struct json_reader *r)
{
	struct slice s = json_string(r);

	if (s.n > 0 && memchr(s.p, '\\', s.n) != NULL) {
		r->bad = true;
		return (struct slice){"", 0};
	}
	return s;
}

static struct slice
number_text(struct json_reader *r)
{
	const char *from = r->at;

	while (!r->bad && r->at < r->end && (*r->at == '-' || (*r->at >= '0' && *r->at <= '9')))
		r->at++;
	r->last = 'v';
	return (struct slice){from, r->bad ? 0 : (size_t)(r->at - from)};
}

uint64_t
json_uint(struct json_reader *r)
{
	uint64_t value = 0;

	if (!text_to_uint(number_text(r), &value))
		r->bad = true;
	return r->bad ? 0 : value;
}

int64_t
json_int(struct json_reader *r)
{
	int64_t value = 0;

	if (!text_to_int(number_text(r), &value))
		r->bad = true;
	return r->bad ? 0 : value;
}

size_t
json_unescape(struct slice s, char *out)
{
	size_t len = 0;

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '\\' && i + 1 < s.n)
			i++;
		out[len++] = s.p[i];
	}
	return len;
}

void
json_put_string(struct buf *out, struct slice s)
{
	buf_byte(out, '"');
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '"' || s.p[i] == '\\')
			buf_byte(out, '\\');
		if ((unsigned char)s.p[i] < 0x20)
			buf_format(out, "\\u%04x", (unsigned)s.p[i]);
		else
			buf_byte(out, s.p[i]);
	}
	buf_byte(out, '"');
}
