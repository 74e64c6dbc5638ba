/*
 * Workdays and holidays: the runs of 2025 and 2026 as the notices have them, which source wins, and quick answers
 * against a walk day by day.
 */
#include "days.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "core/calendar/calendar.h"
#include "core/calendar/calendar_cn.h"

#define S slice_of

/* ---- holidays ---- */

struct run {
	const char *first, *last, *title, *key;
};

static void
same_runs(const struct calendar *c, int32_t from, int32_t to, const struct run *runs, size_t n)
{
	size_t at = calendar_holiday_from(c, from);
	char title[HOLIDAY_TITLE];

	for (size_t i = 0; i < n; i++, at++) {
		const struct holiday *h = &c->holidays[at];

		assert_true(at < c->n_holidays);
		holiday_title(h, title);
		assert_string_equal(title, runs[i].title);
		assert_int_equal(h->first, day(runs[i].first));
		assert_int_equal(h->last, day(runs[i].last));
		assert_true(holiday_is(h, runs[i].key));
		assert_true(holiday_is(h, runs[i].title) || strstr(runs[i].title, "、") != NULL);
		assert_false(h->provisional);
	}
	assert_true(at == c->n_holidays || c->holidays[at].first > to);
}

/* 国办发明电〔2024〕12号 and 〔2025〕7号, with the weekends that adjoin. */
static void
test_runs_as_announced(void **state)
{
	static const struct run of_2025[] = {
	    {"2025-01-01", "2025-01-01", "元旦", "new-year"},
	    {"2025-01-28", "2025-02-04", "春节", "spring-festival"},
	    {"2025-04-04", "2025-04-06", "清明节", "qingming"},
	    {"2025-05-01", "2025-05-05", "劳动节", "labour-day"},
	    {"2025-05-31", "2025-06-02", "端午节", "dragon-boat"},
	    {"2025-10-01", "2025-10-08", "国庆节、中秋节", "mid-autumn"},
	};
	static const struct run of_2026[] = {
	    {"2026-01-01", "2026-01-03", "元旦", "new-year"},
	    {"2026-02-15", "2026-02-23", "春节", "spring-festival"},
	    {"2026-04-04", "2026-04-06", "清明节", "qingming"},
	    {"2026-05-01", "2026-05-05", "劳动节", "labour-day"},
	    {"2026-06-19", "2026-06-21", "端午节", "dragon-boat"},
	    {"2026-09-25", "2026-09-27", "中秋节", "mid-autumn"},
	    {"2026-10-01", "2026-10-07", "国庆节", "national-day"},
	};
	struct calendar c = china(2025, 2026);

	(void)state;
	same_runs(&c, day("2025-01-01"), day("2025-12-31"), of_2025, 6);
	same_runs(&c, day("2026-01-01"), day("2026-12-31"), of_2026, 7);
	assert_true(calendar_works(&c, day("2026-02-28"))); /* a Saturday */
	assert_true(calendar_works(&c, day("2026-09-20"))); /* a Sunday */
	assert_false(calendar_works(&c, day("2026-09-19")));
	assert_null(calendar_holiday_at(&c, day("2026-09-19")));
	assert_non_null(calendar_holiday_at(&c, day("2026-10-07")));
	assert_null(calendar_holiday_at(&c, day("2026-10-08")));
	calendar_release(&c);
}

/* Over New Year: the days of December stand in the next year's notice. */
static void
test_a_holiday_over_new_year(void **state)
{
	static const struct run runs[] = {{"2022-12-31", "2023-01-02", "元旦", "new-year"}};
	struct calendar c = china(2022, 2023);

	(void)state;
	same_runs(&c, day("2022-12-25"), day("2023-01-10"), runs, 1);
	calendar_release(&c);
}

static void
test_years_not_announced_are_computed(void **state)
{
	struct calendar c = china(2026, 2031);
	const struct holiday *spring = calendar_holiday_at(&c, day("2027-02-06"));

	(void)state;
	assert_true(calendar_cn_announced(&c, 2026));
	assert_false(calendar_cn_announced(&c, 2027));
	assert_non_null(spring);
	assert_true(spring->provisional);
	assert_int_equal(spring->first, day("2027-02-05"));
	assert_true(calendar_special(&c, day("2027-02-06"))->provisional);
	assert_true(calendar_holiday_at(&c, day("2030-02-03"))->provisional);
	assert_false(calendar_provisional(&c, day("2026-12-01"), day("2026-12-31")));
	assert_true(calendar_provisional(&c, day("2026-12-01"), day("2027-01-01")));
	assert_true(calendar_provisional(&c, day("2027-01-03"), day("2027-01-03"))); /* a Sunday of that run */
	assert_false(calendar_provisional(&c, day("2027-01-04"), day("2027-02-04")));
	calendar_release(&c);
}

/* ---- sources ---- */

static void
add(struct calendar *c, size_t source, const char *date, bool off, const char *name)
{
	assert_int_equal(calendar_add(c, source, day(date), off, S(name), NULL), 0);
}

static void
test_the_later_source_wins(void **state)
{
	struct calendar c;
	size_t one, two;

	(void)state;
	assert_int_equal(calendar_begin(&c, MONDAY_TO_FRIDAY, NULL), 0);
	assert_int_equal(calendar_source(&c, "one", &one, NULL), 0);
	assert_int_equal(calendar_source(&c, "two", &two, NULL), 0);
	add(&c, two, "2026-06-03", false, "");
	add(&c, one, "2026-06-03", true, "One");
	add(&c, CALENDAR_COMPUTED, "2026-06-04", true, "Computed");
	add(&c, one, "2026-06-04", true, "One");
	add(&c, two, "2026-06-05", true, "A");
	add(&c, two, "2026-06-05", true, "B");
	add(&c, two, "2026-06-08", true, "");
	assert_int_equal(calendar_finish(&c, day("2026-01-01"), day("2026-12-31"), NULL), 0);
	assert_true(calendar_works(&c, day("2026-06-03")));
	assert_false(calendar_special(&c, day("2026-06-04"))->provisional);
	assert_string_equal(c.sources[calendar_special(&c, day("2026-06-04"))->source], "one");
	assert_string_equal(calendar_special(&c, day("2026-06-05"))->name, "A、B");
	/* The nameless Monday belongs to the run that holds a named day. */
	assert_int_equal(c.n_holidays, 1);
	assert_int_equal(c.holidays[0].first, day("2026-06-04"));
	assert_int_equal(c.holidays[0].last, day("2026-06-08"));
	assert_int_equal(c.holidays[0].n_names, 3);
	calendar_release(&c);
}

static void
test_days_off_without_a_name_are_no_holiday(void **state)
{
	struct calendar c;
	size_t one;

	(void)state;
	assert_int_equal(calendar_begin(&c, MONDAY_TO_FRIDAY, NULL), 0);
	assert_int_equal(calendar_source(&c, "one", &one, NULL), 0);
	add(&c, one, "2026-06-03", true, "");
	assert_int_equal(calendar_finish(&c, day("2026-01-01"), day("2026-12-31"), NULL), 0);
	assert_int_equal(c.n_holidays, 0);
	assert_false(calendar_works(&c, day("2026-06-03")));
	calendar_release(&c);
}

static void
test_names(void **state)
{
	static const struct {
		const char *name, *key;
	} table[] = {
	    {"春节", "spring-festival"},
	    {"春节假期", "spring-festival"},
	    {"除夕", "spring-festival"},
	    {"Chinese New Year", "spring-festival"},
	    {"New Year's Day", "new-year"},
	    {"New Year’s Day", "new-year"},
	    {"元旦", "new-year"},
	    {"清明", "qingming"},
	    {"Tomb-sweeping Day", "qingming"},
	    {"Labor Day", "labour-day"},
	    {"劳动节", "labour-day"},
	    {"端午节", "dragon-boat"},
	    {"Mid-autumn Festival", "mid-autumn"},
	    {"中秋", "mid-autumn"},
	    {"国庆节", "national-day"},
	    {"NATIONAL DAY", "national-day"},
	    {"national-day", "national-day"},
	    {"Islamic New Year", NULL},
	    {"New Year's Eve", NULL},
	    {"三月三", NULL},
	    {"", NULL},
	};
	struct slice rest = S(" 国庆节、中秋节 / A + B;; C"), name;
	const char *const parts[] = {"国庆节", "中秋节", "A", "B", "C"};

	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
		const char *key = holiday_key(S(table[i].name));

		if (key == NULL || table[i].key == NULL)
			assert_ptr_equal(key, table[i].key);
		else
			assert_string_equal(key, table[i].key);
	}
	for (size_t i = 0; i < 5; i++) {
		assert_true(holiday_next_name(&rest, &name));
		assert_true(slice_is(name, parts[i]));
	}
	assert_false(holiday_next_name(&rest, &name));
}

/* ---- quick answers against a walk ---- */

static int32_t
walk(const struct calendar *c, int32_t date, int64_t n)
{
	int32_t by = n < 0 ? -1 : 1;

	while (n != 0) {
		date += by;
		n -= calendar_works(c, date) ? by : 0;
	}
	return date;
}

static void
test_steps_and_counts(void **state)
{
	struct calendar c = china(2019, 2028);
	struct support_random random;
	struct duration five = {.workdays = true, .n = 5}, hour = {.n = 3600};
	struct zone utc = {0};

	(void)state;
	support_random_begin(&random);
	for (int i = 0; i < 20000; i++) {
		/* Also before what is covered, and behind it. */
		int32_t date = day("2017-06-01") + (int32_t)support_random_below(&random, 13 * 365);
		int64_t n = (int64_t)support_random_below(&random, 81) - 40;
		int32_t to = date + (int32_t)support_random_below(&random, 60);
		int64_t count = 0;

		assert_int_equal(calendar_step(&c, date, n), walk(&c, date, n));
		for (int32_t d = date; d <= to; d++)
			count += calendar_works(&c, d);
		assert_int_equal(calendar_count(&c, date, to), count);
	}
	/* Wednesday 30 September 2026 and the five workdays before it, mid-autumn between. */
	assert_int_equal(calendar_shift(&c, &utc, (int64_t)day("2026-09-30") * DAY_S + 60, &five, -1),
	    (int64_t)day("2026-09-22") * DAY_S + 60);
	assert_int_equal(calendar_shift(&c, &utc, 5000, &hour, -1), 1400);
	assert_int_equal(calendar_count(&c, 5, 4), 0);
	calendar_release(&c);
}

static void
test_a_week_in_another_country(void **state)
{
	struct calendar c;

	(void)state;
	assert_int_equal(calendar_begin(&c, WORKWEEK_DAY(6) | 0xFu, NULL), 0); /* Sunday to Thursday */
	assert_int_equal(calendar_finish(&c, day("2026-01-01"), day("2026-12-31"), NULL), 0);
	assert_true(calendar_works(&c, day("2026-06-21")));
	assert_false(calendar_works(&c, day("2026-06-26")));
	assert_int_equal(calendar_step(&c, day("2026-06-25"), 1), day("2026-06-28"));
	calendar_release(&c);
}

static void
test_the_version(void **state)
{
	struct calendar a = china(2026, 2026), b = china(2026, 2026), c;
	struct hash x = calendar_digest(&a), y = calendar_digest(&b);
	size_t source;

	(void)state;
	assert_memory_equal(x.b, y.b, sizeof x.b);
	assert_int_equal(calendar_begin(&c, MONDAY_TO_FRIDAY, NULL), 0);
	assert_int_equal(calendar_cn_add(&c, NULL), 0);
	assert_int_equal(calendar_source(&c, "amended", &source, NULL), 0);
	add(&c, source, "2026-05-09", true, "劳动节");
	assert_int_equal(calendar_finish(&c, text_date_of(2026, 1, 1), text_date_of(2026, 12, 31), NULL), 0);
	y = calendar_digest(&c);
	assert_memory_not_equal(x.b, y.b, sizeof x.b);
	calendar_release(&a);
	calendar_release(&b);
	calendar_release(&c);
}

static void
test_limits(void **state)
{
	struct calendar c;

	(void)state;
	assert_int_equal(calendar_begin(&c, MONDAY_TO_FRIDAY, NULL), 0);
	for (int i = 0; i < CALENDAR_ENTRIES_MAX; i++)
		assert_int_equal(calendar_add(&c, CALENDAR_COMPUTED, 20000 + i % 300, true, S(""), NULL), 0);
	assert_int_equal(calendar_add(&c, CALENDAR_COMPUTED, 20000, true, S(""), NULL), ERR_LIMIT);
	assert_int_equal(calendar_finish(&c, 0, CALENDAR_SPAN_MAX, NULL), ERR_LIMIT);
	assert_int_equal(calendar_finish(&c, 10, 9, NULL), ERR_LIMIT);
	calendar_release(&c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_runs_as_announced),
	    cmocka_unit_test(test_a_holiday_over_new_year),
	    cmocka_unit_test(test_years_not_announced_are_computed),
	    cmocka_unit_test(test_the_later_source_wins),
	    cmocka_unit_test(test_days_off_without_a_name_are_no_holiday),
	    cmocka_unit_test(test_names),
	    cmocka_unit_test(test_steps_and_counts),
	    cmocka_unit_test(test_a_week_in_another_country),
	    cmocka_unit_test(test_the_version),
	    cmocka_unit_test(test_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
