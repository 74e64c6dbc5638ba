/* One cell of an imported file: the parser of each column type, and the faults it reports. */
#include "rosters/cell.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/array.h"
#include "core/base/text.h"
#include "core/format/roster.h"
#include "text/address.h"
#include "text/printable.h"

/* ---- faults ---- */

/* The value for a message: control characters and broken bytes become '?', and it is cut at about 60 bytes. */
static const char *
value_excerpt(struct slice value, char ret_text[static 80])
{
	size_t len = 0;
	uint32_t c = 0;

	while (value.n > 0 && len < 60) {
		size_t n = text_next(value, &c);

		if (n == 0 || c < 0x20 || (c >= 0x7F && c < 0xA0)) {
			ret_text[len++] = '?';
			n = 1;
		} else {
			memcpy(ret_text + len, value.p, n);
			len += n;
		}
		value.p += n;
		value.n -= n;
	}
	(void)snprintf(ret_text + len, 80 - len, "%s", value.n > 0 ? "…" : "");
	return ret_text;
}

static const char *
translated_fault(const struct cell *cell, const char *text)
{
	return cell->diag->tr != NULL ? cell->diag->tr(text) : text;
}

bool
cell_refuse(const struct cell *cell, struct slice value, const char *should)
{
	char text[80];

	diag_add(cell->diag, cell->file, cell->line, N_("%s \"%s\": %s"), cell->header, value_excerpt(value, text),
	    translated_fault(cell, should));
	return false;
}

static bool
refuse_empty(const struct cell *cell)
{
	diag_add(cell->diag, cell->file, cell->line, N_("%s is empty"), cell->header);
	return false;
}

static bool
refuse_character(const struct cell *cell, struct slice value, uint32_t c)
{
	const char *name = cell_character_name(c);
	char text[80];

	diag_add(cell->diag, cell->file, cell->line, N_("%s \"%s\": it holds U+%04X (%s)"), cell->header,
	    value_excerpt(value, text), c,
	    translated_fault(cell, name != NULL ? name : N_("a character that cannot be seen or is reserved")));
	return false;
}

/* ---- forms ---- */

struct slice
cell_trim(struct slice raw)
{
	while (raw.n > 0 && (raw.p[0] == ' ' || raw.p[0] == '\t')) {
		raw.p++;
		raw.n--;
	}
	while (raw.n > 0 && (raw.p[raw.n - 1] == ' ' || raw.p[raw.n - 1] == '\t'))
		raw.n--;
	if (raw.n >= 2 && raw.p[0] == '\'' && strchr("=+-@", raw.p[1]) != NULL && raw.p[1] != '\0') {
		raw.p++;
		raw.n--;
	}
	return raw;
}

/* It has full-width letters or digits, as Chinese input methods type them. */
static bool
has_full_width(struct slice text)
{
	uint32_t c = 0;

	while (text.n > 0) {
		size_t n = text_next(text, &c);

		if (n == 0)
			return false;
		if (c >= 0xFF01 && c <= 0xFF5E)
			return true;
		text.p += n;
		text.n -= n;
	}
	return false;
}

static bool
refuse_form(const struct cell *cell, struct slice value, const char *should)
{
	if (has_full_width(value))
		return cell_refuse(cell, value,
		    N_("it has full-width characters; letters and digits here are the half-width ones"));
	return cell_refuse(cell, value, should);
}

static bool
all_digits(struct slice text)
{
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] < '0' || text.p[i] > '9')
			return false;
	return true;
}

/* Shaped like the number of an identity card or a telephone, which must not be published for ever. */
static bool
is_personal(struct slice id)
{
	struct slice body = {id.p, id.n - (id.n == 18)};
	struct slice number = id, area = slice_cut(&number, '-');

	if (id.n == 18 && all_digits(body) && (all_digits(id) || id.p[17] == 'X' || id.p[17] == 'x'))
		return true;
	if (id.n == 15 && all_digits(id))
		return true;
	if (id.n == 11 && all_digits(id) && id.p[0] == '1')
		return true;
	return number.p != NULL && (area.n == 3 || area.n == 4) && area.p[0] == '0' && all_digits(area) &&
	    (number.n == 7 || number.n == 8) && all_digits(number);
}

static bool
parse_id_cell(const struct cell *cell, struct slice value, struct buf *out)
{
	if (!text_is_id(value))
		return refuse_form(cell, value, N_("an id is 1 to 32 of the characters A-Z a-z 0-9 . _ -"));
	if (cell->column->type == COLUMN_ID && is_personal(value))
		return cell_refuse(cell, value,
		    N_("it looks like an identity card's or a telephone's number, which a public list must not hold"));
	buf_slice(out, value);
	return true;
}

static bool
parse_public_cell(const struct cell *cell, struct slice value, struct buf *out)
{
	uint32_t c = 0;
	enum text_fault fault = text_check(value, &c);

	if (fault == TEXT_FORBIDDEN)
		return refuse_character(cell, value, c);
	if (fault != TEXT_OK)
		return cell_refuse(cell, value, text_fault_words(fault));
	buf_slice(out, value);
	return true;
}

static bool
parse_private_cell(const struct cell *cell, struct slice value, struct buf *out)
{
	struct slice rest = value;
	uint32_t c = 0;

	if (value.n > CELL_MAX)
		return cell_refuse(cell, value, N_("it is too long (at most 4000 bytes)"));
	/* A control character could forge a line of a letter: find the one to report. */
	while (rest.n > 0 && !plain_text(value)) {
		size_t n = text_next(rest, &c);

		if (!plain_text((struct slice){rest.p, n}))
			return refuse_character(cell, value, c);
		rest.p += n;
		rest.n -= n;
	}
	buf_slice(out, value);
	return true;
}

static bool
parse_number_cell(const struct cell *cell, struct slice value, int64_t *ret)
{
	const char *should;
	uint64_t number = 0;
	bool ok = text_to_uint(value, &number);

	switch (cell->column->type) {
	case COLUMN_LEVEL:
		ok = ok && number <= LEVEL_MAX;
		should = N_("a level is a whole number from 0 to 999, or empty");
		break;
	case COLUMN_WEIGHT:
		ok = ok && number >= 1 && number <= WEIGHT_MAX;
		should = N_("a weight is a whole number from 1 to 100");
		break;
	default:
		ok = ok && (number == 1 || number == 2);
		should = N_("it must be 1 or 2");
		break;
	}
	if (!ok)
		return refuse_form(cell, value, should);
	*ret = (int64_t)number;
	return true;
}

/* ---- dates ---- */

/* From `least` to `most` digits, taken off the front of `rest`. */
static bool
cut_date_digits(struct slice *rest, size_t least, size_t most, int *ret)
{
	size_t n = 0;

	*ret = 0;
	while (n < most && n < rest->n && rest->p[n] >= '0' && rest->p[n] <= '9')
		*ret = *ret * 10 + (rest->p[n++] - '0');
	rest->p += n;
	rest->n -= n;
	return n >= least;
}

static bool
cut_date_word(struct slice *rest, const char *word)
{
	size_t n = strlen(word);

	if (rest->n < n || memcmp(rest->p, word, n) != 0)
		return false;
	rest->p += n;
	rest->n -= n;
	return true;
}

bool
cell_date(struct slice text, int32_t *ret_day)
{
	static const char *const between[][3] = {{"-", "-", ""}, {"/", "/", ""}, {"年", "月", "日"}};

	for (size_t i = 0; i < ARRAY_LEN(between); i++) {
		struct slice rest = text;
		char canonical[32];
		int year, month, day;

		if (!cut_date_digits(&rest, 4, 4, &year) || !cut_date_word(&rest, between[i][0]) ||
		    !cut_date_digits(&rest, 1, 2, &month) || !cut_date_word(&rest, between[i][1]) ||
		    !cut_date_digits(&rest, 1, 2, &day) || !cut_date_word(&rest, between[i][2]) || rest.n != 0)
			continue;
		(void)snprintf(canonical, sizeof canonical, "%04d-%02d-%02d", year, month, day);
		return text_to_date(slice_of(canonical), ret_day);
	}
	return false;
}

static bool
parse_day_cell(const struct cell *cell, struct slice value, int64_t *ret)
{
	int32_t day;

	if (!cell_date(value, &day))
		return refuse_form(cell, value,
		    N_("a date is written 2026-06-22, 2026/6/22 or 2026年6月22日, and must exist"));
	*ret = day;
	return true;
}

static bool
parse_since_cell(const struct cell *cell, struct slice value, int64_t *ret)
{
	int64_t day = DATE_NONE;

	if (!parse_day_cell(cell, value, &day))
		return false;
	if (day > cell->today)
		return cell_refuse(cell, value, N_("the date is in the future"));
	*ret = day;
	return true;
}

/* ---- lists and words ---- */

#define TAGS_MAX 32

static int
compare_tags(const void *a, const void *b)
{
	return slice_cmp(*(const struct slice *)a, *(const struct slice *)b);
}

/* Bytes of the separator that `rest` begins with (; | space ； 、), or 0. */
static size_t
tag_separator_len(struct slice rest)
{
	static const char *const separators[] = {";", "|", " ", "；", "、"};

	for (size_t i = 0; i < ARRAY_LEN(separators); i++)
		if (rest.n >= strlen(separators[i]) && memcmp(rest.p, separators[i], strlen(separators[i])) == 0)
			return strlen(separators[i]);
	return 0;
}

static struct slice
next_tag(struct slice *rest)
{
	struct slice tag;
	size_t n;

	while (rest->n > 0 && (n = tag_separator_len(*rest)) > 0) {
		rest->p += n;
		rest->n -= n;
	}
	tag = (struct slice){rest->p, 0};
	while (rest->n > 0 && tag_separator_len(*rest) == 0) {
		rest->p++;
		rest->n--;
		tag.n++;
	}
	return tag;
}

static bool
check_tag(const struct cell *cell, struct slice tag)
{
	return text_is_tag(tag) ||
	    refuse_form(cell, tag,
	        N_("a tag is 1 to 32 of the characters A-Z a-z 0-9 . _ - and not \"any\" or \"own\""));
}

static bool
parse_tag_cell(const struct cell *cell, struct slice value, struct buf *out)
{
	if (!check_tag(cell, value))
		return false;
	buf_slice(out, value);
	return true;
}

static bool
parse_tags_cell(const struct cell *cell, struct slice value, struct buf *out)
{
	struct slice tags[TAGS_MAX], rest = value, tag;
	size_t n = 0;

	while ((tag = next_tag(&rest)).n > 0) {
		if (!check_tag(cell, tag))
			return false;
		if (n == TAGS_MAX)
			return cell_refuse(cell, value, N_("there are too many tags (at most 32)"));
		tags[n++] = tag;
	}
	qsort(tags, n, sizeof tags[0], compare_tags);
	for (size_t i = 0; i < n; i++) {
		if (i > 0 && slice_eq(tags[i], tags[i - 1]))
			continue;
		if (i > 0)
			buf_byte(out, ';');
		buf_slice(out, tags[i]);
	}
	return true;
}

static bool
parse_scope_cell(const struct cell *cell, struct slice value, struct buf *out)
{
	static const char *const words[][2] = {
	    {"target", "target"},
	    {"unit", "unit"},
	    {"area", "area"},
	    {"对象", "target"},
	    {"单位", "unit"},
	    {"区域", "area"},
	};

	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (slice_is(value, words[i][0])) {
			buf_text(out, words[i][1]);
			return true;
		}
	}
	return cell_refuse(cell, value, N_("a scope is target, unit or area"));
}

static bool
parse_language_cell(const struct cell *cell, struct slice value, struct buf *out)
{
	if (!slice_is(value, "zh_CN") && !slice_is(value, "en"))
		return cell_refuse(cell, value, N_("a language is zh_CN or en, or empty"));
	buf_slice(out, value);
	return true;
}

static bool
parse_email_cell(const struct cell *cell, struct slice value, struct buf *out)
{
	if (!address_ok(value))
		return refuse_form(cell, value, N_("it must be one mail address such as li@example.org"));
	buf_slice(out, value);
	return true;
}

/* ---- one cell ---- */

static bool
parse_empty_cell(const struct cell *cell, int64_t *ret)
{
	if (cell->column == NULL || cell->may_be_empty)
		return true;
	switch (cell->column->type) {
	case COLUMN_LEVEL:
		*ret = LEVEL_NONE;
		return true;
	case COLUMN_WEIGHT:
		*ret = 1;
		return true;
	case COLUMN_SINCE:
	case COLUMN_LAST_DAY:
		*ret = DATE_NONE;
		return true;
	case COLUMN_ID:
		diag_add(cell->diag, cell->file, cell->line, N_("%s is empty; --assign-ids gives it one"),
		    cell->header);
		return false;
	default:
		return !cell->column->required || refuse_empty(cell);
	}
}

static bool
parse_cell(const struct cell *cell, struct slice value, struct buf *out, int64_t *ret)
{
	if (cell->column == NULL)
		return parse_private_cell(cell, value, out);
	switch (cell->column->type) {
	case COLUMN_ID:
	case COLUMN_TARGET:
	case COLUMN_INSPECTOR:
		return parse_id_cell(cell, value, out);
	case COLUMN_TEXT:
	case COLUMN_SPELLED:
		return parse_public_cell(cell, value, out);
	case COLUMN_LEVEL:
	case COLUMN_WEIGHT:
	case COLUMN_RANK:
		return parse_number_cell(cell, value, ret);
	case COLUMN_SINCE:
		return parse_since_cell(cell, value, ret);
	case COLUMN_TAG:
		return parse_tag_cell(cell, value, out);
	case COLUMN_DAY:
	case COLUMN_LAST_DAY:
		return parse_day_cell(cell, value, ret);
	case COLUMN_TAGS:
		return parse_tags_cell(cell, value, out);
	case COLUMN_SCOPE:
		return parse_scope_cell(cell, value, out);
	case COLUMN_LANGUAGE:
		return parse_language_cell(cell, value, out);
	case COLUMN_EMAIL:
		return parse_email_cell(cell, value, out);
	case COLUMN_NAME:
	case COLUMN_FREE:
		break;
	}
	return parse_private_cell(cell, value, out);
}

bool
cell_take(const struct cell *cell, struct slice raw, struct buf *out, int64_t *ret_number)
{
	struct slice value = cell_trim(raw);
	struct buf composed;
	bool ok;

	if (value.n == 0)
		return parse_empty_cell(cell, ret_number);
	if (cell_nfc_quick_check(value))
		return parse_cell(cell, value, out, ret_number);
	if (!text_is_utf8(value))
		return cell_refuse(cell, value, N_("a character is broken: it is not UTF-8"));
	buf_init(&composed, 3 * value.n + 64);
	cell_nfc(value, &composed);
	if (composed.failed)
		out->failed = true;
	ok = !composed.failed && parse_cell(cell, buf_view(&composed), out, ret_number);
	buf_release(&composed);
	return ok;
}
