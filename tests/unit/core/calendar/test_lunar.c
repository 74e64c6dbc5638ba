/*
 * The Chinese calendar against published dates and its own rules; the table of days off for its form, and against the
 * festivals that the calendar computes.
 */
#include "support.h"

#include <string.h>

#include "core/base/text.h"
#include "core/calendar/holidays_cn.h"
#include "core/calendar/lunar.h"

#define N_OF(array) (sizeof(array) / sizeof(array)[0])

static int32_t
date_of(const char *text)
{
	int32_t date = DATE_NONE;

	assert_true(text_to_date(slice_of(text), &date));
	return date;
}

/* A date in `year` from its month and day, 206 for 02-06. */
static int32_t
date_in(int year, int month_day)
{
	return text_date_of(year, month_day / 100, month_day % 100);
}

static void
expect_date(const char *what, int year, int32_t found, int32_t expected)
{
	char a[DATE_TEXT], b[DATE_TEXT];

	if (found == expected)
		return;
	text_from_date(found, a);
	text_from_date(expected, b);
	fail_msg("%s of %d: %s, not %s", what, year, a, b);
}

/* 0 Monday … 6 Sunday; 1970-01-01 was a Thursday. */
static int
weekday(int32_t date)
{
	return (date % 7 + 7 + 3) % 7;
}

/* ---- the calendar ---- */

static void
test_spring_festival(void **state)
{
	static const int16_t days[] = {
	    217,
	    206,
	    127,
	    214,
	    203,
	    124,
	    212,
	    131,
	    218,
	    208, /* 1950 */
	    128,
	    215,
	    205,
	    125,
	    213,
	    202,
	    121,
	    209,
	    130,
	    217, /* 1960 */
	    206,
	    127,
	    215,
	    203,
	    123,
	    211,
	    131,
	    218,
	    207,
	    128, /* 1970 */
	    216,
	    205,
	    125,
	    213,
	    202,
	    220,
	    209,
	    129,
	    217,
	    206, /* 1980 */
	    127,
	    215,
	    204,
	    123,
	    210,
	    131,
	    219,
	    207,
	    128,
	    216, /* 1990 */
	    205,
	    124,
	    212,
	    201,
	    122,
	    209,
	    129,
	    218,
	    207,
	    126, /* 2000 */
	    214,
	    203,
	    123,
	    210,
	    131,
	    219,
	    208,
	    128,
	    216,
	    205, /* 2010 */
	    125,
	    212,
	    201,
	    122,
	    210,
	    129,
	    217,
	    206,
	    126,
	    213, /* 2020 */
	    203,
	    123,
	    211,
	    131,
	    219,
	    208,
	    128,
	    215,
	    204,
	    124, /* 2030 */
	    212,
	    201,
	    122,
	    210,
	    130,
	    217,
	    206,
	    126,
	    214,
	    202, /* 2040 */
	    123,
	};

	(void)state;
	for (int i = 0; i < (int)N_OF(days); i++)
		expect_date("Spring Festival", 1950 + i, lunar_date(1950 + i, 1, 1), date_in(1950 + i, days[i]));
}

static void
test_dragon_boat(void **state)
{
	static const int16_t days[] = {
	    625, 614, 603, 622, 610, 531, 619, 609, 528, 616, 605, 624, 612, 601, 620, 610, /* 2020 to 2035 */
	};

	(void)state;
	for (int i = 0; i < (int)N_OF(days); i++)
		expect_date("Dragon Boat", 2020 + i, lunar_date(2020 + i, 5, 5), date_in(2020 + i, days[i]));
}

static void
test_mid_autumn(void **state)
{
	static const int16_t days[] = {
	    912,
	    1001,
	    921,
	    911,
	    928,
	    918,
	    1006,
	    925,
	    914,
	    1003, /* 2000 */
	    922,
	    912,
	    930,
	    919,
	    908,
	    927,
	    915,
	    1004,
	    924,
	    913, /* 2010 */
	    1001,
	    921,
	    910,
	    929,
	    917,
	    1006,
	    925,
	    915,
	    1003,
	    922, /* 2020 */
	    912,
	};

	(void)state;
	for (int i = 0; i < (int)N_OF(days); i++)
		expect_date("Mid-Autumn", 2000 + i, lunar_date(2000 + i, 8, 15), date_in(2000 + i, days[i]));
	expect_date("Mid-Autumn", 1996, lunar_date(1996, 8, 15), date_in(1996, 927));
}

static void
test_qingming(void **state)
{
	static const int16_t days[] = {
	    404, 404, 405, 405, 404, 404, 405, 405, 404, 404, 405, 405, /* 2008 to 2019 */
	    404, 404, 405, 405, 404, 404, 405, 405, 404, 404, 405,      /* 2020 to 2030 */
	};

	(void)state;
	for (int i = 0; i < (int)N_OF(days); i++)
		expect_date("Qingming", 2008 + i, solar_term_date(2008 + i, 15), date_in(2008 + i, days[i]));
	/* at 23:59 in China */
	expect_date("winter solstice", 2021, solar_term_date(2021, 270), date_in(2021, 1221));
}

/* The first of a month beside a leap month, or after a new moon near midnight in China. */
static void
test_hard_months(void **state)
{
	static const struct {
		int year, month;
		const char *date;
	} cases[] = {
	    {1984, 10, "1984-10-24"},
	    {1984, 11, "1984-12-22"}, /* leap 10 */
	    {2020, 4, "2020-04-23"},
	    {2020, 5, "2020-06-21"}, /* leap 4 */
	    {2023, 2, "2023-02-20"},
	    {2023, 3, "2023-04-20"}, /* leap 2 */
	    {2025, 6, "2025-06-25"},
	    {2025, 7, "2025-08-23"}, /* leap 6 */
	    {2033, 7, "2033-07-26"},
	    {2033, 8, "2033-08-25"},
	    {2033, 9, "2033-09-23"},
	    {2033, 11, "2033-11-22"},
	    {2033, 12, "2034-01-20"},
	    {2034, 1, "2034-02-19"}, /* leap 11, not 7 nor 8 */
	    {1996, 6, "1996-07-16"},
	    {2018, 10, "2018-11-08"},
	    {2019, 1, "2019-02-05"},
	    {2060, 4, "2060-04-30"},
	    {2057, 9, "2057-09-29"},
	    {2089, 8, "2089-09-04"},
	    {2097, 7, "2097-08-07"},
	};

	(void)state;
	for (size_t i = 0; i < N_OF(cases); i++)
		expect_date("a month", cases[i].year, lunar_date(cases[i].year, cases[i].month, 1),
		    date_of(cases[i].date));
}

/* Months of 29 or 30 days, or twice that with the leap month after them; 13 of them where the years' ends say so. */
static void
test_months_of_every_year(void **state)
{
	(void)state;
	for (int year = LUNAR_YEAR_FIRST; year < LUNAR_YEAR_LAST; year++) {
		int32_t first = lunar_date(year, 1, 1), next = lunar_date(year + 1, 1, 1), begin = first;
		int32_t solstice = solar_term_date(year, 270);
		int leap_months = 0;

		for (int month = 1; month <= 12; month++) {
			int32_t end = month < 12 ? lunar_date(year, month + 1, 1) : next;

			if (end - begin > 30) {
				leap_months++;
				assert_in_range(end - begin, 58, 60);
			} else {
				assert_in_range(end - begin, 29, 30);
			}
			assert_int_equal(lunar_date(year, month, 15), begin + 14);
			if (month == 11 && !(solstice >= begin && solstice < begin + 30))
				fail_msg("the winter solstice of %d is not in month 11", year);
			begin = end;
		}
		assert_int_equal(leap_months, next - first > 360);
		if (first < text_date_of(year, 1, 20) || first > text_date_of(year, 2, 21))
			fail_msg("the Spring Festival of %d is not in its weeks", year);
	}
}

static void
test_terms_of_every_year(void **state)
{
	(void)state;
	for (int year = LUNAR_YEAR_FIRST; year <= LUNAR_YEAR_LAST; year++) {
		int32_t before = solar_term_date(year - 1, 270), qingming = solar_term_date(year, 15);

		for (int n = 0; n < 24; n++) {
			int32_t date = solar_term_date(year, (285 + 15 * n) % 360);

			assert_in_range(date - before, 14, 16);
			assert_int_equal(text_year_of(date), year);
			before = date;
		}
		if (qingming < text_date_of(year, 4, 4) || qingming > text_date_of(year, 4, 6))
			fail_msg("Qingming of %d is not in its days", year);
	}
}

/* ---- the table ---- */

static void
test_form_of_the_table(void **state)
{
	int year = HOLIDAYS_CN_FIRST;

	(void)state;
	for (size_t i = 0; i < holidays_cn_n; i++) {
		const struct holidays_cn_span *span = &holidays_cn[i], *before = i == 0 ? NULL : span - 1;
		char first[DATE_TEXT];

		text_from_date(span->first, first);
		if (span->year != year && span->year != ++year)
			fail_msg("%s: years are missing or not ascending", first);
		if (span->last < span->first || span->last - span->first > 9)
			fail_msg("%s: the span ends before it begins, or is too long", first);
		if (span->first < text_date_of(year, 1, 1) - 3 || span->last > text_date_of(year, 12, 31))
			fail_msg("%s is not of %d", first, year);
		if (span->name == NULL || span->name[0] == '\0')
			fail_msg("%s has no name", first);
		if (before != NULL && span->first <= before->last)
			fail_msg("%s is not after the span before it", first);
		if (before != NULL && span->first == before->last + 1 && span->work == before->work &&
		    strcmp(span->name, before->name) == 0)
			fail_msg("%s continues the span before it", first);
		for (int32_t date = span->first; span->work && date <= span->last; date++)
			if (weekday(date) < 5)
				fail_msg("%s: a make-up workday that is no weekend", first);
	}
	assert_int_equal(year, HOLIDAYS_CN_LAST);
}

static void
test_notices(void **state)
{
	(void)state;
	for (int year = HOLIDAYS_CN_FIRST; year <= HOLIDAYS_CN_LAST; year++)
		assert_non_null(strstr(holidays_cn_notice(year), "发明电〔"));
	assert_string_equal(holidays_cn_notice(2026), "国办发明电〔2025〕7号");
	assert_string_equal(holidays_cn_notice(2004), "国办发明电〔2003〕53号");
	assert_null(holidays_cn_notice(HOLIDAYS_CN_FIRST - 1));
	assert_null(holidays_cn_notice(HOLIDAYS_CN_LAST + 1));
}

static const struct holidays_cn_span *
span_at(int32_t date)
{
	for (size_t i = 0; i < holidays_cn_n; i++)
		if (date >= holidays_cn[i].first && date <= holidays_cn[i].last)
			return &holidays_cn[i];
	return NULL;
}

/* Two years whole, as the notices have them, and what amendments and Decembers are easily got wrong. */
static void
test_days_of_the_table(void **state)
{
	static const struct {
		const char *first, *last;
		bool work;
		const char *name;
	} cases[] = {
	    {"2025-01-01", "2025-01-01", false, "元旦"},
	    {"2025-01-26", "2025-01-26", true, "春节"},
	    {"2025-01-28", "2025-02-04", false, "春节"},
	    {"2025-02-08", "2025-02-08", true, "春节"},
	    {"2025-04-04", "2025-04-06", false, "清明节"},
	    {"2025-04-27", "2025-04-27", true, "劳动节"},
	    {"2025-05-01", "2025-05-05", false, "劳动节"},
	    {"2025-05-31", "2025-06-02", false, "端午节"},
	    {"2025-09-28", "2025-09-28", true, "国庆节、中秋节"},
	    {"2025-10-01", "2025-10-08", false, "国庆节、中秋节"},
	    {"2025-10-11", "2025-10-11", true, "国庆节、中秋节"},
	    {"2026-01-01", "2026-01-03", false, "元旦"},
	    {"2026-01-04", "2026-01-04", true, "元旦"},
	    {"2026-02-14", "2026-02-14", true, "春节"},
	    {"2026-02-15", "2026-02-23", false, "春节"},
	    {"2026-02-28", "2026-02-28", true, "春节"},
	    {"2026-04-04", "2026-04-06", false, "清明节"},
	    {"2026-05-01", "2026-05-05", false, "劳动节"},
	    {"2026-05-09", "2026-05-09", true, "劳动节"},
	    {"2026-06-19", "2026-06-21", false, "端午节"},
	    {"2026-09-20", "2026-09-20", true, "国庆节"},
	    {"2026-09-25", "2026-09-27", false, "中秋节"},
	    {"2026-10-01", "2026-10-07", false, "国庆节"},
	    {"2026-10-10", "2026-10-10", true, "国庆节"},
	    {"2005-12-31", "2005-12-31", true, "元旦"},
	    {"2007-12-30", "2008-01-01", false, "元旦"},
	    {"2015-09-03", "2015-09-05", false, "抗战胜利纪念日"},
	    {"2018-12-30", "2019-01-01", false, "元旦"},
	    {"2019-05-01", "2019-05-04", false, "劳动节"},
	    {"2020-01-24", "2020-02-02", false, "春节"},
	    {"2022-12-31", "2023-01-02", false, "元旦"},
	};
	size_t spans = 0;

	(void)state;
	for (size_t i = 0; i < N_OF(cases); i++) {
		const struct holidays_cn_span *span = span_at(date_of(cases[i].first));

		if (span == NULL || span->first != date_of(cases[i].first) || span->last != date_of(cases[i].last) ||
		    span->work != cases[i].work || strcmp(span->name, cases[i].name) != 0)
			fail_msg("%s is not in the table as it was announced", cases[i].first);
	}
	for (size_t i = 0; i < holidays_cn_n; i++)
		spans += holidays_cn[i].year == 2025 || holidays_cn[i].year == 2026;
	assert_int_equal(spans, 24);
	assert_null(span_at(date_of("2020-02-01") + 2)); /* a Monday, worked after all */
}

static void
expect_off(int32_t date, const char *name)
{
	const struct holidays_cn_span *span = span_at(date);
	char text[DATE_TEXT];

	text_from_date(date, text);
	if (span == NULL || span->work || strstr(span->name, name) == NULL)
		fail_msg("%s, %s by the calendar, is not off for it", text, name);
}

/* What is announced holds what is computed; the three festivals of one day are off since 2008. */
static void
test_festivals_are_off(void **state)
{
	(void)state;
	for (int year = HOLIDAYS_CN_FIRST; year <= HOLIDAYS_CN_LAST; year++) {
		expect_off(text_date_of(year, 1, 1), "元旦");
		expect_off(lunar_date(year, 1, 1), "春节");
		expect_off(text_date_of(year, 5, 1), "劳动节");
		expect_off(text_date_of(year, 10, 1), "国庆节");
		if (year < 2008)
			continue;
		expect_off(solar_term_date(year, 15), "清明节");
		expect_off(lunar_date(year, 5, 5), "端午节");
		expect_off(lunar_date(year, 8, 15), "中秋节");
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_spring_festival),
	    cmocka_unit_test(test_dragon_boat),
	    cmocka_unit_test(test_mid_autumn),
	    cmocka_unit_test(test_qingming),
	    cmocka_unit_test(test_hard_months),
	    cmocka_unit_test(test_months_of_every_year),
	    cmocka_unit_test(test_terms_of_every_year),
	    cmocka_unit_test(test_form_of_the_table),
	    cmocka_unit_test(test_notices),
	    cmocka_unit_test(test_days_of_the_table),
	    cmocka_unit_test(test_festivals_are_off),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
