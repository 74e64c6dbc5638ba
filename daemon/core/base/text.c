/* The forms of PROTOCOL 2: UTF-8, texts, ids, integers, dates, times and hex digits. */
#include "core/base/text.h"

#include <stdlib.h>
#include <utf8proc.h>

#include "core/base/array.h"

/* The characters that a text must not hold, as ranges in ascending order: PROTOCOL 2, "Text". */
static const struct {
	uint32_t first, last;
} forbidden[] = {
    {0x0000, 0x001F},
    {0x007F, 0x00A0},
    {0x00AD, 0x00AD},
    {0x034F, 0x034F},
    {0x061C, 0x061C},
    {0x115F, 0x1160},
    {0x1680, 0x1680},
    {0x17B4, 0x17B5},
    {0x180B, 0x180F},
    {0x2000, 0x200F},
    {0x2028, 0x202F},
    {0x205F, 0x206F},
    {0x2800, 0x2800},
    {0x3000, 0x3000},
    {0x3164, 0x3164},
    {0xD800, 0xF8FF},
    {0xFDD0, 0xFDEF},
    {0xFE00, 0xFE0F},
    {0xFEFF, 0xFEFF},
    {0xFFA0, 0xFFA0},
    {0xFFF0, 0xFFFB},
    {0xFFFE, 0xFFFF},
    {0x13430, 0x1343F},
    {0x1BCA0, 0x1BCA3},
    {0x1D159, 0x1D159},
    {0x1D173, 0x1D17A},
    {0xE0000, 0x10FFFF},
};

static bool
is_forbidden(uint32_t c)
{
	if (c >= 0x20 && c < 0x7F)
		return false;
	for (size_t i = 0; i < ARRAY_LEN(forbidden) && forbidden[i].first <= c; i++)
		if (c <= forbidden[i].last)
			return true;
	return false;
}

/* RFC 3629: shortest form, no surrogates, nothing above 10FFFF. */
size_t
text_next(struct slice text, uint32_t *ret_code_point)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	const unsigned char *p = (const unsigned char *)text.p;
	size_t len;
	uint32_t c;

	if (text.n == 0)
		return 0;
	if (p[0] < 0x80) {
		*ret_code_point = p[0];
		return 1;
	}
	len = p[0] >= 0xF0 ? 4 : p[0] >= 0xE0 ? 3 : 2;
	if (p[0] < 0xC2 || p[0] > 0xF4 || text.n < len)
		return 0;
	c = p[0] & (0x7Fu >> len);
	for (size_t i = 1; i < len; i++) {
		if ((p[i] & 0xC0) != 0x80)
			return 0;
		c = c << 6 | (p[i] & 0x3Fu);
	}
	if (c < least[len] || c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF))
		return 0;
	*ret_code_point = c;
	return len;
}

bool
text_is_utf8(struct slice text)
{
	uint32_t c;

	while (text.n > 0) {
		size_t n = text_next(text, &c);

		if (n == 0)
			return false;
		text.p += n;
		text.n -= n;
	}
	return true;
}

static enum text_fault
check_characters(struct slice text, size_t max, bool in_roster, uint32_t *ret_code_point)
{
	uint32_t c = 0, before = ' ';

	if (text.n > max)
		return TEXT_LONG;
	while (text.n > 0) {
		size_t len = text_next(text, &c);

		if (len == 0)
			return TEXT_UTF8;
		if (is_forbidden(c)) {
			if (ret_code_point != NULL)
				*ret_code_point = c;
			return TEXT_FORBIDDEN;
		}
		if (in_roster && (c == ',' || c == '"'))
			return TEXT_COMMA;
		if (in_roster && c == ' ' && (before == ' ' || text.n == 1))
			return TEXT_SPACE;
		before = c;
		text.p += len;
		text.n -= len;
	}
	return TEXT_OK;
}

enum text_fault
text_check(struct slice text, uint32_t *ret_code_point)
{
	return check_characters(text, TEXT_MAX, true, ret_code_point);
}

enum text_fault
text_check_reason(struct slice text)
{
	return check_characters(text, TEXT_REASON_MAX, false, NULL);
}

const char *
text_fault_words(enum text_fault fault)
{
	switch (fault) {
	case TEXT_LONG:
		return N_("it is too long (at most 192 bytes)");
	case TEXT_UTF8:
		return N_("it is not UTF-8");
	case TEXT_COMMA:
		return N_("it holds a comma or a double quote");
	case TEXT_SPACE:
		return N_("it has a space at an end, or two in a row");
	case TEXT_FORBIDDEN:
		return N_("it holds a character that cannot be seen or is reserved");
	case TEXT_OK:
		break;
	}
	return N_("it is well-formed");
}

bool
text_is_nfc(struct slice text)
{
	utf8proc_uint8_t *composed = NULL;
	utf8proc_ssize_t len;
	bool same = true;

	for (size_t i = 0; i < text.n; i++)
		same = same && (unsigned char)text.p[i] < 0x80;
	if (same)
		return true;
	len = utf8proc_map((const utf8proc_uint8_t *)text.p, (utf8proc_ssize_t)text.n, &composed,
	    UTF8PROC_STABLE | UTF8PROC_COMPOSE);
	same = len >= 0 && slice_eq(text, (struct slice){(const char *)composed, (size_t)len});
	free(composed);
	return same;
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_ascii_alphanumeric(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool
text_is_id(struct slice text)
{
	if (text.n == 0 || text.n > ID_MAX)
		return false;
	for (size_t i = 0; i < text.n; i++)
		if (!is_ascii_alphanumeric(text.p[i]) && text.p[i] != '.' && text.p[i] != '_' && text.p[i] != '-')
			return false;
	return true;
}

bool
text_is_tag(struct slice text)
{
	return text_is_id(text) && !slice_is(text, "any") && !slice_is(text, "own");
}

bool
text_is_hex(struct slice text, size_t digits)
{
	if (text.n != digits)
		return false;
	for (size_t i = 0; i < digits; i++)
		if (!is_digit(text.p[i]) && (text.p[i] < 'a' || text.p[i] > 'f'))
			return false;
	return true;
}

bool
text_is_zone(struct slice text)
{
	char before = '/';

	if (text.n == 0 || text.n > 64)
		return false;
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '/' ? before == '/'
		                     : !is_ascii_alphanumeric(text.p[i]) && memchr("_+-", text.p[i], 3) == NULL)
			return false;
		before = text.p[i];
	}
	return before != '/';
}

bool
text_to_uint(struct slice text, uint64_t *ret_value)
{
	uint64_t value = 0;

	if (text.n == 0 || text.n > 16 || (text.p[0] == '0' && text.n > 1))
		return false;
	for (size_t i = 0; i < text.n; i++) {
		if (!is_digit(text.p[i]))
			return false;
		value = value * 10 + (uint64_t)(text.p[i] - '0');
	}
	if (value >= (uint64_t)INTEGER_LIMIT)
		return false;
	*ret_value = value;
	return true;
}

bool
text_to_int(struct slice text, int64_t *ret_value)
{
	bool negative = text.n > 0 && text.p[0] == '-';
	uint64_t size = 0;

	if (negative) {
		text.p++;
		text.n--;
	}
	if (!text_to_uint(text, &size) || (negative && size == 0))
		return false;
	*ret_value = negative ? -(int64_t)size : (int64_t)size;
	return true;
}

/* `digits` digits at p as a number; -1 where one of them is not a digit. */
static int
number_at(const char *p, size_t digits)
{
	int value = 0;

	for (size_t i = 0; i < digits; i++) {
		if (!is_digit(p[i]))
			return -1;
		value = value * 10 + (p[i] - '0');
	}
	return value;
}

static int
days_in_month(int year, int month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return month == 2 && leap ? 29 : days[month - 1];
}

/* Days since 1970-01-01, counted in years that begin on 1 March so that 29 February is a year's last day. */
int32_t
text_date_of(int year, int month, int day)
{
	int y = month > 2 ? year : year - 1;
	int era = (y >= 0 ? y : y - 399) / 400;
	int year_of_era = y - era * 400;
	int day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
	int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;

	return (int32_t)(era * 146097 + day_of_era - 719468);
}

/* The inverse of text_date_of. */
static void
date_parts(int32_t date, int *ret_year, int *ret_month, int *ret_day)
{
	int days = date + 719468;
	int era = (days >= 0 ? days : days - 146096) / 146097;
	int day_of_era = days - era * 146097;
	int year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
	int day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	int m = (5 * day_of_year + 2) / 153;

	*ret_day = day_of_year - (153 * m + 2) / 5 + 1;
	*ret_month = m < 10 ? m + 3 : m - 9;
	*ret_year = year_of_era + era * 400 + (*ret_month <= 2);
}

int
text_year_of(int32_t day)
{
	int year, month, day_of_month;

	date_parts(day, &year, &month, &day_of_month);
	return year;
}

bool
text_to_date(struct slice text, int32_t *ret_day)
{
	int year, month, day;

	if (text.n != 10 || text.p[4] != '-' || text.p[7] != '-')
		return false;
	year = number_at(text.p, 4);
	month = number_at(text.p + 5, 2);
	day = number_at(text.p + 8, 2);
	if (year < 1 || month < 1 || month > 12 || day < 1 || day > days_in_month(year, month))
		return false;
	*ret_day = text_date_of(year, month, day);
	return true;
}

bool
text_to_time(struct slice text, int64_t *ret_seconds)
{
	int32_t date;
	int hour, minute, second;

	if (text.n != 20 || text.p[10] != 'T' || text.p[13] != ':' || text.p[16] != ':' || text.p[19] != 'Z')
		return false;
	hour = number_at(text.p + 11, 2);
	minute = number_at(text.p + 14, 2);
	second = number_at(text.p + 17, 2);
	if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59 ||
	    !text_to_date((struct slice){text.p, 10}, &date))
		return false;
	*ret_seconds = (int64_t)date * DAY_S + hour * 3600 + minute * 60 + second;
	return true;
}

static void
put_decimal(char *p, int value, size_t digits)
{
	for (size_t i = digits; i > 0; i--) {
		p[i - 1] = (char)('0' + value % 10);
		value /= 10;
	}
}

void
text_from_date(int32_t day, char ret_text[static DATE_TEXT])
{
	int year, month, day_of_month;

	date_parts(day, &year, &month, &day_of_month);
	put_decimal(ret_text, year, 4);
	ret_text[4] = '-';
	put_decimal(ret_text + 5, month, 2);
	ret_text[7] = '-';
	put_decimal(ret_text + 8, day_of_month, 2);
	ret_text[10] = '\0';
}

void
text_from_time(int64_t seconds, char ret_text[static TIME_TEXT])
{
	int64_t day = seconds / DAY_S - (seconds % DAY_S < 0);
	int rest = (int)(seconds - day * DAY_S);

	text_from_date((int32_t)day, ret_text);
	ret_text[10] = 'T';
	put_decimal(ret_text + 11, rest / 3600, 2);
	ret_text[13] = ':';
	put_decimal(ret_text + 14, rest / 60 % 60, 2);
	ret_text[16] = ':';
	put_decimal(ret_text + 17, rest % 60, 2);
	ret_text[19] = 'Z';
	ret_text[20] = '\0';
}

static int
hex_value(char c)
{
	return is_digit(c) ? c - '0' : c - 'a' + 10;
}

bool
text_from_hex(struct slice text, uint8_t *ret_bytes, size_t len)
{
	if (!text_is_hex(text, 2 * len))
		return false;
	for (size_t i = 0; i < len; i++)
		ret_bytes[i] = (uint8_t)(hex_value(text.p[2 * i]) << 4 | hex_value(text.p[2 * i + 1]));
	return true;
}

void
text_to_hex(const uint8_t *bytes, size_t len, char *ret_text)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < len; i++) {
		ret_text[2 * i] = digits[bytes[i] >> 4];
		ret_text[2 * i + 1] = digits[bytes[i] & 15];
	}
	ret_text[2 * len] = '\0';
}
