/* Unicode for the cells of a roster: normal form, folding for comparison, names of characters. */
#include <stdlib.h>
#include <utf8proc.h>

#include "core/base/array.h"
#include "core/base/text.h"
#include "rosters/cell.h"

static const struct {
	uint32_t first, last;
	const char *name;
} names[] = {
    {0x0000, 0x0000, N_("a NUL byte")},
    {0x0009, 0x0009, N_("a tabulator")},
    {0x000A, 0x000A, N_("a line break")},
    {0x000D, 0x000D, N_("a line break")},
    {0x0000, 0x001F, N_("a control character")},
    {0x007F, 0x009F, N_("a control character")},
    {0x00A0, 0x00A0, N_("a no-break space")},
    {0x00AD, 0x00AD, N_("a soft hyphen")},
    {0x200B, 0x200B, N_("a zero-width space")},
    {0x200C, 0x200D, N_("a zero-width joiner")},
    {0x200E, 0x200F, N_("a mark of writing direction")},
    {0x2000, 0x200A, N_("a space of special width")},
    {0x2028, 0x2029, N_("a line break")},
    {0x202A, 0x202E, N_("a mark of writing direction")},
    {0x202F, 0x202F, N_("a no-break space")},
    {0x2060, 0x2060, N_("a word joiner")},
    {0x2066, 0x2069, N_("a mark of writing direction")},
    {0x3000, 0x3000, N_("a full-width space")},
    {0xE000, 0xF8FF, N_("a character of private use")},
    {0xFE00, 0xFE0F, N_("a variation selector")},
    {0xFEFF, 0xFEFF, N_("a byte order mark")},
    {0xF0000, 0x10FFFF, N_("a character of private use")},
};

const char *
cell_character_name(uint32_t c)
{
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (c >= names[i].first && c <= names[i].last)
			return names[i].name;
	return NULL;
}

/* The character is the same in NFC and never combines with its neighbours.  Nearly all of a Chinese roster is so. */
static bool
is_inert(uint32_t c)
{
	return c < 0x300 || (c >= 0x3001 && c <= 0x3020) || (c >= 0x3400 && c <= 0x4DBF) ||
	    (c >= 0x4E00 && c <= 0x9FFF) || (c >= 0xFF01 && c <= 0xFF60);
}

bool
cell_nfc_quick_check(struct slice text)
{
	uint32_t c = 0;

	while (text.n > 0) {
		size_t n = text_next(text, &c);

		if (n == 0 || !is_inert(c))
			return false;
		text.p += n;
		text.n -= n;
	}
	return true;
}

static void
append_mapped(struct slice text, utf8proc_option_t options, struct buf *out)
{
	utf8proc_uint8_t *mapped = NULL;
	utf8proc_ssize_t len =
	    utf8proc_map((const utf8proc_uint8_t *)text.p, (utf8proc_ssize_t)text.n, &mapped, options);

	if (len < 0)
		out->failed = true;
	else
		buf_put(out, mapped, (size_t)len);
	free(mapped);
}

void
cell_nfc(struct slice text, struct buf *out)
{
	if (cell_nfc_quick_check(text))
		buf_slice(out, text);
	else
		append_mapped(text, UTF8PROC_STABLE | UTF8PROC_COMPOSE, out);
}

static bool
is_folded_away(uint32_t c)
{
	switch (utf8proc_category((utf8proc_int32_t)c)) {
	case UTF8PROC_CATEGORY_PC:
	case UTF8PROC_CATEGORY_PD:
	case UTF8PROC_CATEGORY_PS:
	case UTF8PROC_CATEGORY_PE:
	case UTF8PROC_CATEGORY_PI:
	case UTF8PROC_CATEGORY_PF:
	case UTF8PROC_CATEGORY_PO:
	case UTF8PROC_CATEGORY_ZS:
	case UTF8PROC_CATEGORY_ZL:
	case UTF8PROC_CATEGORY_ZP:
		return true;
	default:
		return false;
	}
}

void
cell_fold(struct slice text, struct buf *out)
{
	struct buf mapped;
	struct slice rest;
	size_t before = out->len;
	uint32_t c = 0;

	buf_init(&mapped, 64 * TEXT_MAX);
	append_mapped(text, UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD | UTF8PROC_IGNORE,
	    &mapped);
	rest = buf_view(&mapped);
	while (rest.n > 0) {
		size_t n = text_next(rest, &c);

		if (n == 0)
			break;
		if (!is_folded_away(c))
			buf_put(out, rest.p, n);
		rest.p += n;
		rest.n -= n;
	}
	if (mapped.failed)
		out->failed = true;
	else if (out->len == before)
		buf_slice(out, text);
	buf_release(&mapped);
}
