#include "io/plain.h"

#include <stdint.h>
#include <utf8proc.h>

#include "core/text.h"

static bool
is_plain(uint32_t c)
{
	if (c < 0x20 || (c >= 0x7F && c <= 0x9F))
		return false;
	/* Separators and directions; U+2029 is followed by the embeddings up to U+202E. */
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
