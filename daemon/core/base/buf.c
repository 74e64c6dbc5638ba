/* A growing buffer that never exceeds its maximum and remembers a failed put. */
#include "core/base/buf.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void
buf_init(struct buf *buf, size_t max)
{
	*buf = (struct buf){.max = max};
}

void
buf_release(struct buf *buf)
{
	if (buf == NULL)
		return;
	free(buf->data);
	buf->data = NULL;
	buf->len = buf->cap = 0;
}

void
buf_clear(struct buf *buf)
{
	buf->len = 0;
	buf->failed = buf->no_memory = false;
}

/* Makes room for `more` bytes after the content. */
static bool
buf_room(struct buf *buf, size_t more)
{
	size_t cap = buf->cap;
	char *data;

	if (buf->failed || more > buf->max - buf->len) {
		buf->failed = true;
		return false;
	}
	if (buf->len + more <= cap)
		return true;
	while (cap < buf->len + more)
		cap = cap < 128 ? 256 : cap > buf->max / 2 ? buf->max : cap * 2;
	data = realloc(buf->data, cap);
	if (data == NULL) {
		buf->failed = buf->no_memory = true;
		return false;
	}
	buf->data = data;
	buf->cap = cap;
	return true;
}

void
buf_put(struct buf *buf, const void *bytes, size_t len)
{
	if (len == 0 || !buf_room(buf, len))
		return;
	memcpy(buf->data + buf->len, bytes, len);
	buf->len += len;
}

void
buf_byte(struct buf *buf, char byte)
{
	buf_put(buf, &byte, 1);
}

void
buf_text(struct buf *buf, const char *text)
{
	buf_put(buf, text, strlen(text));
}

void
buf_slice(struct buf *buf, struct slice slice)
{
	buf_put(buf, slice.p, slice.n);
}

void
buf_hex(struct buf *buf, const uint8_t *bytes, size_t len)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < len; i++) {
		char two[2] = {digits[bytes[i] >> 4], digits[bytes[i] & 15]};

		buf_put(buf, two, 2);
	}
}

void
buf_uint(struct buf *buf, uint64_t value)
{
	char text[24];
	size_t at = sizeof text;

	do {
		text[--at] = (char)('0' + value % 10);
		value /= 10;
	} while (value != 0);
	buf_put(buf, text + at, sizeof text - at);
}

void
buf_int(struct buf *buf, int64_t value)
{
	if (value < 0) {
		buf_byte(buf, '-');
		buf_uint(buf, (uint64_t)0 - (uint64_t)value);
	} else {
		buf_uint(buf, (uint64_t)value);
	}
}

void
buf_format(struct buf *buf, const char *format, ...)
{
	va_list args, again;
	int len;

	va_start(args, format);
	va_copy(again, args);
	len = vsnprintf(NULL, 0, format, args);
	if (len < 0)
		buf->failed = true;
	else if (buf_room(buf, (size_t)len + 1)) { /* vsnprintf writes a NUL, which is not counted */
		(void)vsnprintf(buf->data + buf->len, (size_t)len + 1, format, again);
		buf->len += (size_t)len;
	}
	va_end(again);
	va_end(args);
}

struct slice
buf_view(const struct buf *buf)
{
	return (struct slice){buf->data, buf->len};
}

char *
buf_steal(struct buf *buf)
{
	char *text;

	buf_byte(buf, '\0');
	if (buf->failed)
		return NULL;
	text = buf->data;
	buf->data = NULL;
	buf->len = buf->cap = 0;
	return text;
}
