/* Untrusted text made fit for one line of a terminal or a letter, and its width in columns. */
#include "text/printable.h"

#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <utf8proc.h>

#include "core/base/array.h"
#include "core/base/text.h"

static bool
is_plain(uint32_t c)
{
	if (c < 0x20 || (c >= 0x7F && c <= 0x9F))
		return false;
	/* Line and paragraph separators (U+2028, U+2029) and marks of writing direction. */
	return !(c >= 0x2028 && c <= 0x202E) && !(c >= 0x2066 && c <= 0x2069);
}

bool
plain_text(struct slice text)
{
	uint32_t c = 0;

	while (text.n > 0) {
		size_t len = text_next(text, &c);

		if (len == 0 || !is_plain(c))
			return false;
		text.p += len;
		text.n -= len;
	}
	return true;
}

/* Not a space without width, mark of direction, joiner, filler or tag: these make one text look like another. */
static bool
is_seen(uint32_t c)
{
	static const struct {
		uint32_t first, last;
	} unseen[] = {
	    {0xAD, 0xAD},
	    {0x34F, 0x34F},
	    {0x61C, 0x61C},
	    {0x115F, 0x1160},
	    {0x180B, 0x180E},
	    {0x200B, 0x200F},
	    {0x2060, 0x206F},
	    {0x3164, 0x3164},
	    {0xFEFF, 0xFEFF},
	    {0xFFA0, 0xFFA0},
	    {0xFFF0, 0xFFFB},
	    {0xE0000, 0xE007F},
	};

	for (size_t i = 0; i < ARRAY_LEN(unseen); i++)
		if (c >= unseen[i].first && c <= unseen[i].last)
			return false;
	return true;
}

/* Takes the next character off an untrusted text; returns it, or its replacement. */
static struct slice
next_clean(struct slice *rest)
{
	uint32_t c = 0;
	size_t len = text_next(*rest, &c);
	struct slice character = {rest->p, len == 0 ? 1 : len};

	rest->p += character.n;
	rest->n -= character.n;
	if (len > 0 && is_plain(c) && is_seen(c))
		return character;
	return slice_of(len > 0 && (c == '\t' || c == '\n' || c == '\r') ? " " : "?");
}

void
plain_clean(char *text)
{
	struct slice rest = slice_of(text);

	while (rest.n > 0) {
		struct slice c = next_clean(&rest);

		memmove(text, c.p, c.n);
		text += c.n;
	}
	*text = '\0';
}

void
plain_put(struct buf *out, struct slice text)
{
	while (text.n > 0 && !out->failed)
		buf_slice(out, next_clean(&text));
}

/* msgfmt --check ensures that a translated format takes the same arguments as the original. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"

void
plain_say(FILE *out, const char *format, ...)
{
	char line[PLAIN_LINE];
	va_list args;
	size_t len;

	va_start(args, format);
	if (vsnprintf(line, sizeof line, format, args) < 0)
		line[0] = '\0';
	va_end(args);
	len = strlen(line);
	if (len > 0 && line[len - 1] == '\n')
		line[len - 1] = '\0';
	plain_clean(line);
	(void)fprintf(out, "%s\n", line);
}

#pragma GCC diagnostic pop

size_t
plain_width(struct slice text)
{
	size_t width = 0;
	uint32_t c = 0;

	while (text.n > 0) {
		size_t len = text_next(text, &c);
		int columns = len == 0 ? 1 : utf8proc_charwidth((utf8proc_int32_t)c);

		width += columns > 0 ? (size_t)columns : 0;
		len = len == 0 ? 1 : len;
		text.p += len;
		text.n -= len;
	}
	return width;
}
