/*
 * The forms of PROTOCOL 2: which characters a text may hold, over all of Unicode; ids, tags, integers, hex; the
 * calendar against one that counts day by day.
 */
#include "scene.h"

#include <stdio.h>

#include "core/base/text.h"

/* The page's list, as it stands there. */
static const struct {
	uint32_t first, last;
} excluded[] = {
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

#define N_EXCLUDED (sizeof excluded / sizeof excluded[0])

/* UTF-8 by its definition; also of what it does not allow (surrogates, above 10FFFF). */
static size_t
encode(uint32_t c, char *out)
{
	if (c < 0x80) {
		out[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		out[0] = (char)(0xC0 | c >> 6);
		out[1] = (char)(0x80 | (c & 0x3F));
		return 2;
	}
	if (c < 0x10000) {
		out[0] = (char)(0xE0 | c >> 12);
		out[1] = (char)(0x80 | (c >> 6 & 0x3F));
		out[2] = (char)(0x80 | (c & 0x3F));
		return 3;
	}
	out[0] = (char)(0xF0 | c >> 18);
	out[1] = (char)(0x80 | (c >> 12 & 0x3F));
	out[2] = (char)(0x80 | (c >> 6 & 0x3F));
	out[3] = (char)(0x80 | (c & 0x3F));
	return 4;
}

/* The character between two letters. */
static enum text_fault
fault_of(uint32_t c, bool in_roster, uint32_t *ret_code_point)
{
	char text[8] = "a";
	size_t len = 1 + encode(c, text + 1);

	text[len++] = 'b';
	if (in_roster)
		return text_check((struct slice){text, len}, ret_code_point);
	return text_check_reason((struct slice){text, len});
}

static enum text_fault
expected_fault(uint32_t c, bool in_roster)
{
	if (c >= 0xD800 && c <= 0xDFFF)
		return TEXT_UTF8; /* excluded too, but no bytes stand for it */
	for (size_t i = 0; i < N_EXCLUDED; i++)
		if (c >= excluded[i].first && c <= excluded[i].last)
			return TEXT_FORBIDDEN;
	return in_roster && (c == ',' || c == '"') ? TEXT_COMMA : TEXT_OK;
}

static void
test_every_character(void **state)
{
	(void)state;
	for (uint32_t c = 0; c <= 0x10FFFF; c++) {
		if (fault_of(c, true, NULL) != expected_fault(c, true))
			fail_msg("U+%04X in a roster: %d", (unsigned)c, (int)fault_of(c, true, NULL));
		if (fault_of(c, false, NULL) != expected_fault(c, false))
			fail_msg("U+%04X in a reason: %d", (unsigned)c, (int)fault_of(c, false, NULL));
	}
}

static void
test_ends_of_the_excluded_ranges(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_EXCLUDED; i++) {
		/* the first that UTF-8 can say of the range that begins with the surrogates */
		uint32_t first = excluded[i].first == 0xD800 ? 0xE000 : excluded[i].first, last = excluded[i].last;
		uint32_t found = UINT32_MAX;

		assert_int_equal(fault_of(first, true, &found), TEXT_FORBIDDEN);
		assert_int_equal(found, first);
		assert_int_equal(fault_of(last, true, &found), TEXT_FORBIDDEN);
		assert_int_equal(found, last);
		if (excluded[i].first > 0)
			assert_int_equal(fault_of(excluded[i].first - 1, true, &found), TEXT_OK);
		if (last < 0x10FFFF)
			assert_int_equal(fault_of(last + 1, true, &found), TEXT_OK);
		assert_int_equal(found, last); /* only a fault is told */
	}
	assert_int_equal(fault_of(0x110000, true, NULL), TEXT_UTF8);
}

static void
test_what_is_not_utf8(void **state)
{
	static const struct slice broken[] = {
	    /* no beginning; half a character */
	    S("\x80"),
	    S("\xBF"),
	    S("a\x80"),
	    S("\xFE"),
	    S("\xFF"),
	    S("\xC2"),
	    S("\xE4\xB8"),
	    S("\xE4"),
	    S("\xF0\x9F\x98"),
	    S("\xF0\x9F"),
	    S("\xF0"),
	    S("\xC2q"),
	    S("\xE4\xB8q"),
	    S("\xE4q\xAD"),
	    S("\xF0\x9F\x98q"),
	    S("\xF0\x9Fq\x80"), /* broken off */
	    S("\xE4\xB8\xC2\xA9"),
	    S("\xC3\xC3\xA9"),
	    S("\xC0\x80"),
	    S("\xC0\xAF"),
	    S("\xC1\xBF"), /* overlong */
	    S("\xE0\x80\x80"),
	    S("\xE0\x80\xAF"),
	    S("\xE0\x9F\xBF"),
	    S("\xF0\x80\x80\x80"),
	    S("\xF0\x8F\xBF\xBF"),
	    S("\xED\xA0\x80"),
	    S("\xED\xAF\xBF"),
	    S("\xED\xB0\x80"),
	    S("\xED\xBF\xBF"), /* surrogates */
	    S("\xED\xA0\xBD\xED\xB8\x80"),
	    S("\xF4\x90\x80\x80"),
	    S("\xF5\x80\x80\x80"),
	    S("\xF7\xBF\xBF\xBF"), /* above 10FFFF */
	    S("\xF8\x88\x80\x80\x80"),
	    S("\xFC\x84\x80\x80\x80\x80"),
	};

	(void)state;
	for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++) {
		struct slice text = slice_copy(broken[i]);

		if (text_check(text, NULL) != TEXT_UTF8 || text_check_reason(text) != TEXT_UTF8)
			fail_msg("broken text %zu passes", i);
		slice_free(text);
	}
}

static void
test_next_character(void **state)
{
	static const uint32_t ends[] = {0x00, 0x7F, 0x80, 0x7FF, 0x800, 0xD7FF, 0xE000, 0xFFFF, 0x10000, 0x10FFFF};

	(void)state;
	for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
		char text[8] = {0};
		size_t len = encode(ends[i], text);
		uint32_t c = UINT32_MAX;

		assert_int_equal(text_next((struct slice){text, sizeof text}, &c), len);
		assert_int_equal(c, ends[i]);
		for (size_t cut = 0; cut < len; cut++)
			assert_int_equal(text_next((struct slice){text, cut}, &c), 0);
	}
}

/* `n` bytes: characters of three bytes, and as many letters as are missing. */
static struct slice
long_text(size_t n, char *out)
{
	size_t len = 0;

	while (n - len >= 3) {
		memcpy(out + len, "中", 3);
		len += 3;
	}
	while (len < n)
		out[len++] = 'x';
	return (struct slice){out, n};
}

static void
test_length_and_spaces(void **state)
{
	static const struct {
		struct slice text;
		enum text_fault fault;
	} cases[] = {
	    {S(""), TEXT_OK},
	    {S("a"), TEXT_OK},
	    {S("a b"), TEXT_OK},
	    {S("a b c"), TEXT_OK},
	    {S("a'b|c"), TEXT_OK},
	    {S("河 东"), TEXT_OK},
	    {S("\\"), TEXT_OK},
	    {S("=1+1"), TEXT_OK},
	    {S(" "), TEXT_SPACE},
	    {S("  "), TEXT_SPACE},
	    {S(" a"), TEXT_SPACE},
	    {S("a "), TEXT_SPACE},
	    {S("a  b"), TEXT_SPACE},
	    {S("河  东"), TEXT_SPACE},
	    {S("河 "), TEXT_SPACE},
	    {S("a b "), TEXT_SPACE},
	    {S(","), TEXT_COMMA},
	    {S("a,b"), TEXT_COMMA},
	    {S("\""), TEXT_COMMA},
	    {S("a\"b"), TEXT_COMMA},
	    {S("a\tb"), TEXT_FORBIDDEN},
	    {S("a\r"), TEXT_FORBIDDEN},
	    {S("a\0b"), TEXT_FORBIDDEN},
	    {S("\n"), TEXT_FORBIDDEN},
	};
	char text[TEXT_REASON_MAX + 1];

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct slice copy = slice_copy(cases[i].text);

		if (text_check(copy, NULL) != cases[i].fault)
			fail_msg("\"%.*s\": %d", SLICE_ARGS(copy), (int)text_check(copy, NULL));
		/* the page lets a reason have commas and quotes, and says nothing of its spaces */
		assert_int_equal(text_check_reason(copy), cases[i].fault == TEXT_FORBIDDEN ? TEXT_FORBIDDEN : TEXT_OK);
		slice_free(copy);
	}
	assert_int_equal(text_check(long_text(192, text), NULL), TEXT_OK);
	assert_int_equal(text_check(long_text(193, text), NULL), TEXT_LONG);
	assert_int_equal(text_check_reason(long_text(1024, text)), TEXT_OK);
	assert_int_equal(text_check_reason(long_text(1025, text)), TEXT_LONG);
}

static void
test_ids_and_tags(void **state)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";

	(void)state;
	for (int c = 0; c < 256; c++) {
		char one[1] = {(char)c}, three[3] = {'a', (char)c, 'b'};
		bool allowed = c != 0 && strchr(alphabet, c) != NULL;

		assert_int_equal(text_is_id((struct slice){one, 1}), allowed);
		assert_int_equal(text_is_id((struct slice){three, 3}), allowed);
		assert_int_equal(text_is_tag((struct slice){three, 3}), allowed);
	}
	assert_false(text_is_id(S("")));
	assert_true(text_is_id(S("0123456789abcdef0123456789ABCDEF")));
	assert_false(text_is_id(S("0123456789abcdef0123456789ABCDEF0")));
	assert_false(text_is_id(S("é")));
	assert_true(text_is_id(S("any")));
	assert_false(text_is_tag(S("any")));
	assert_false(text_is_tag(S("")));
	assert_true(text_is_tag(S("Any")));
	assert_true(text_is_tag(S("anyx")));
	assert_true(text_is_tag(S("an")));
	assert_false(text_is_tag(S("0123456789abcdef0123456789ABCDEF0")));
}

static void
test_hex(void **state)
{
	uint8_t bytes[4] = {1, 1, 1, 1};
	char text[9];

	(void)state;
	assert_true(text_is_hex(S("0123456789abcdef"), 16));
	assert_true(text_is_hex(S(""), 0));
	assert_false(text_is_hex(S("0123456789abcdef"), 15));
	assert_false(text_is_hex(S("0123456789abcdef"), 17));
	assert_false(text_is_hex(S("0123456789abcdeF"), 16));
	assert_false(text_is_hex(S("0123456789abcdeg"), 16));
	assert_false(text_is_hex(S("0123456789abcd\0f"), 16));
	assert_false(text_is_hex(S("/:`g"), 4)); /* the neighbours of 0, 9, a and f */
	assert_true(text_from_hex(S("00ff7fa9"), bytes, 4));
	assert_memory_equal(bytes, "\x00\xff\x7f\xa9", 4);
	assert_false(text_from_hex(S("01020304 "), bytes, 4));
	assert_false(text_from_hex(S("0102030G"), bytes, 4));
	assert_memory_equal(bytes, "\x00\xff\x7f\xa9", 4);
	text_to_hex(bytes, 4, text);
	assert_string_equal(text, "00ff7fa9");
}

static void
test_integers(void **state)
{
	static const struct {
		struct slice text;
		bool is_uint, is_int;
		int64_t value;
	} cases[] = {
	    {S("0"), true, true, 0}, {S("1"), true, true, 1}, {S("9"), true, true, 9}, {S("10"), true, true, 10},
	    {S("9007199254740991"), true, true, 9007199254740991}, /* 2^53 - 1 */
	    {S("9007199254740992"), false, false, 0}, {S("9007199254740993"), false, false, 0},
	    {S("10000000000000000"), false, false, 0}, {S("18446744073709551616"), false, false, 0},
	    {S("18446744073709551617"), false, false, 0}, {S("99999999999999999999999999"), false, false, 0},
	    {S("-1"), false, true, -1}, {S("-10"), false, true, -10},
	    {S("-9007199254740991"), false, true, -9007199254740991}, {S("-9007199254740992"), false, false, 0},
	    {S(""), false, false, 0}, {S("-"), false, false, 0}, {S("-0"), false, false, 0},
	    {S("--1"), false, false, 0}, {S("00"), false, false, 0}, {S("01"), false, false, 0},
	    {S("-01"), false, false, 0}, {S("+1"), false, false, 0}, {S(" 1"), false, false, 0},
	    {S("1 "), false, false, 0}, {S("1.0"), false, false, 0}, {S("1e3"), false, false, 0},
	    {S("0x1"), false, false, 0}, {S("1\0"), false, false, 0}, {S("1-"), false, false, 0},
	    {S("1,000"), false, false, 0}, {S("１"), false, false, 0}, {S("1２"), false, false, 0},
	    {S("٣"), false, false, 0}, /* full-width, Arabic */
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct slice text = slice_copy(cases[i].text);
		uint64_t u = 77;
		int64_t v = 77;

		if (text_to_uint(text, &u) != cases[i].is_uint || text_to_int(text, &v) != cases[i].is_int)
			fail_msg("\"%.*s\" is read wrongly", SLICE_ARGS(text));
		assert_int_equal(u, cases[i].is_uint ? cases[i].value : 77);
		assert_int_equal(v, cases[i].is_int ? cases[i].value : 77);
		slice_free(text);
	}
}

/* ---- the calendar ---- */

static int
model_days_in(int year, int month)
{
	if (month == 4 || month == 6 || month == 9 || month == 11)
		return 30;
	if (month != 2)
		return 31;
	if (year % 400 == 0)
		return 29;
	if (year % 100 == 0)
		return 28;
	return year % 4 == 0 ? 29 : 28;
}

/* All days of the years 1 to 9999, one after the other; their texts at some, and at each month's ends. */
static void
test_dates_day_by_day(void **state)
{
	int32_t day = -719162; /* 0001-01-01: 1969 years of 365 days and 477 leap days before 1970-01-01 */

	(void)state;
	for (int year = 1; year <= 9999; year++)
		for (int month = 1; month <= 12; month++)
			for (int d = 1; d <= model_days_in(year, month); d++, day++) {
				char expected[40], text[DATE_TEXT];
				int32_t read = DATE_NONE;

				if (text_date_of(year, month, d) != day)
					fail_msg("%04d-%02d-%02d is day %d", year, month, d,
					    (int)text_date_of(year, month, d));
				if (d > 1 && d < 28 && day % 17 != 0)
					continue;
				(void)snprintf(expected, sizeof expected, "%04d-%02d-%02d", year, month, d);
				text_from_date(day, text);
				assert_string_equal(text, expected);
				assert_true(text_to_date((struct slice){text, 10}, &read));
				assert_int_equal(read, day);
				assert_int_equal(text_year_of(day), year);
			}
	assert_int_equal(day, 2932897); /* 10000-01-01 */
	assert_int_equal(text_date_of(1970, 1, 1), 0);
	assert_int_equal(text_date_of(2000, 2, 29), 11016);
}

static void
test_what_is_no_date(void **state)
{
	static const struct slice wrong[] = {
	    S(""),
	    S("2026-06-2"),
	    S("2026-06-222"),
	    S("2026-6-22"),
	    S("2026-06-22 "),
	    S(" 2026-06-22"),
	    S("26-06-22"),
	    S("2026/06/22"),
	    S("2026/06-22"),
	    S("2026-06/22"),
	    S("20260622"),
	    S("2026-06-22T"),
	    S("2026-0a-22"),
	    S("-026-06-22"),
	    S("+026-06-22"),
	    S("2026-00-22"),
	    S("2026-13-22"),
	    S("2026-06-00"),
	    S("2026-06-32"),
	    S("0000-01-01"),
	    S("0000-12-31"),
	    S("2026-01-32"),
	    S("2026-02-31"),
	    S("2026-02-30"),
	    S("2026-02-29"),
	    S("2024-02-30"),
	    S("1900-02-29"),
	    S("2100-02-29"),
	    S("2026-04-31"),
	    S("2026-06-31"),
	    S("2026-09-31"),
	    S("2026-11-31"),
	    S("2026-12-32"),
	    S("2026-06-2\0"),
	    S("２026-06-"),
	    S("2026-06--1"),
	};
	static const struct slice right[] = {S("2024-02-29"), S("2000-02-29"), S("1600-02-29"), S("0001-01-01"),
	    S("9999-12-31"), S("2026-02-28"), S("2026-12-31")};
	int32_t day = 77;

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		struct slice text = slice_copy(wrong[i]);

		if (text_to_date(text, &day))
			fail_msg("\"%.*s\" passes", SLICE_ARGS(text));
		slice_free(text);
	}
	assert_int_equal(day, 77);
	for (size_t i = 0; i < sizeof right / sizeof right[0]; i++)
		if (!text_to_date(right[i], &day))
			fail_msg("\"%.*s\" is refused", SLICE_ARGS(right[i]));
}

static void
test_times(void **state)
{
	static const struct {
		struct slice text;
		int64_t seconds;
	} right[] = {
	    {S("1970-01-01T00:00:00Z"), 0},
	    {S("1970-01-01T00:00:01Z"), 1},
	    {S("1969-12-31T23:59:59Z"), -1},
	    {S("2023-08-23T15:59:24Z"), 1692806364},
	    {S("2026-06-22T01:00:00Z"), 1782090000},
	    {S("0001-01-01T00:00:00Z"), -62135596800},
	    {S("9999-12-31T23:59:59Z"), 253402300799},
	};
	static const struct slice wrong[] = {
	    S(""),
	    S("2026-06-22"),
	    S("2026-06-22T01:00:00"),
	    S("2026-06-22T01:00:00z"),
	    S("2026-06-22t01:00:00Z"),
	    S("2026-06-22 01:00:00Z"),
	    S("2026-06-22T01:00:00+00:00"),
	    S("2026-06-22T01:00:00.0Z"),
	    S("2026-06-22T01:00Z"),
	    S("2026-06-22T24:00:00Z"),
	    S("2026-06-22T23:60:00Z"),
	    S("2026-06-22T23:59:60Z"),
	    S("2026-06-22T-1:00:00Z"),
	    S("2026-06-22T01:-1:00Z"),
	    S("2026-06-22T01:00:-1Z"),
	    S("2026-06-22T1 :00:00Z"),
	    S("2026-06-22T01.00.00Z"),
	    S("2026-06-22T01.00:00Z"),
	    S("2026-06-22T01:00.00Z"),
	    S("2026-06-22T01:00:00 "),
	    S("2026-02-30T01:00:00Z"),
	    S("0000-06-22T01:00:00Z"),
	    S("2026-06-22T01:00:00ZZ"),
	    S("2026-06-22T01:00:0\0Z"),
	};
	int64_t seconds = 77;
	char text[TIME_TEXT];

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		struct slice copy = slice_copy(wrong[i]);

		if (text_to_time(copy, &seconds))
			fail_msg("\"%.*s\" passes", SLICE_ARGS(copy));
		slice_free(copy);
	}
	assert_int_equal(seconds, 77);
	for (size_t i = 0; i < sizeof right / sizeof right[0]; i++) {
		assert_true(text_to_time(right[i].text, &seconds));
		assert_int_equal(seconds, right[i].seconds);
		text_from_time(seconds, text);
		assert_string_equal(text, right[i].text.p);
	}
}

static void
test_random_times(void **state)
{
	struct support_random random;

	(void)state;
	support_random_begin(&random);
	for (int i = 0; i < 20000; i++) {
		int64_t seconds = (int64_t)support_random_below(&random, 315537897600) - 62135596800, read = 0;
		int64_t of_day = (seconds % 86400 + 86400) % 86400;
		char text[TIME_TEXT], expected[32];

		text_from_time(seconds, text);
		assert_true(text_to_time((struct slice){text, 20}, &read));
		assert_int_equal(read, seconds);
		(void)snprintf(expected, sizeof expected, "T%02d:%02d:%02dZ", (int)(of_day / 3600),
		    (int)(of_day / 60 % 60), (int)(of_day % 60));
		assert_string_equal(text + 10, expected);
	}
}

static void
test_normalisation(void **state)
{
	static const struct {
		struct slice text;
		bool composed;
	} cases[] = {
	    {S(""), true}, {S("plain"), true}, {S("caf\xC3\xA9"), true},
	    {S("cafe\xCC\x81"), false}, /* é, e with U+0301 */
	    {S("东城区"), true}, {S("\xF0\xA0\x80\x80"), true}, {S("\xE2\x84\xAB"), false},
	    {S("\xC3\x85"), true},                                              /* Angstrom sign, Å */
	    {S("\xEA\xB0\x81"), true}, {S("\xE1\x84\x80\xE1\x85\xA1"), false},  /* Hangul, and its pieces */
	    {S("\xEF\xA4\x80"), false},                                         /* U+F900, as U+8C48 */
	    {S("\xE0\xA5\x98"), false}, {S("\xE0\xA4\x95\xE0\xA4\xBC"), true},  /* U+0958 is never composed */
	    {S("a\xCC\xA3\xCC\x81"), false}, {S("\xE1\xBA\xA1\xCC\x81"), true}, /* ạ with an acute */
	    {S("q\xCC\x81\xCC\xA3"), false}, {S("q\xCC\xA3\xCC\x81"), true},    /* marks in and out of order */
	    {S("\xEF\xAC\x81"), true}, {S("\xEF\xBC\xA1"), true},               /* ligature, full-width */
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		if (text_is_nfc(cases[i].text) != cases[i].composed)
			fail_msg("text %zu, \"%.*s\"", i, SLICE_ARGS(cases[i].text));
}

static void
test_zones(void **state)
{
	static const struct slice right[] = {S("UTC"), S("Asia/Shanghai"), S("America/Port-au-Prince"), S("Etc/GMT+8"),
	    S("America/Argentina/Buenos_Aires"), S("-UTC"), S("_/+/-"),
	    S("0123456789012345678901234567890123456789012345678901234567890123")};
	static const struct slice wrong[] = {S(""), S("Asia/Shang hai"), S("../etc/passwd"), S("/etc/localtime"),
	    S("Asia/../UTC"), S("Asia\0Shanghai"), S("UTC\0"), S("Asia/上海"), S("UTC\n"), S("/"), S("/UTC"), S("UTC/"),
	    S("Asia//Shanghai"), S("Asia/Shanghai/"), S("Etc/GMT.8"),
	    S("01234567890123456789012345678901234567890123456789012345678901234")};

	(void)state;
	for (size_t i = 0; i < sizeof right / sizeof right[0]; i++)
		if (!text_is_zone(right[i]))
			fail_msg("\"%.*s\" is refused", SLICE_ARGS(right[i]));
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		if (text_is_zone(wrong[i]))
			fail_msg("\"%.*s\" passes", SLICE_ARGS(wrong[i]));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_every_character),
	    cmocka_unit_test(test_ends_of_the_excluded_ranges),
	    cmocka_unit_test(test_what_is_not_utf8),
	    cmocka_unit_test(test_next_character),
	    cmocka_unit_test(test_length_and_spaces),
	    cmocka_unit_test(test_ids_and_tags),
	    cmocka_unit_test(test_hex),
	    cmocka_unit_test(test_integers),
	    cmocka_unit_test(test_dates_day_by_day),
	    cmocka_unit_test(test_what_is_no_date),
	    cmocka_unit_test(test_times),
	    cmocka_unit_test(test_random_times),
	    cmocka_unit_test(test_normalisation),
	    cmocka_unit_test(test_zones),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
