/*
 * Timetables: days as somebody with the State Council's notices and a pencil finds them; what is random, what is
 * provisional, and clocks that jump.
 */
#include "days.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "core/calendar/calendar_cn.h"
#include "core/calendar/schedule.h"

#define S slice_of
#define N_MAX 16

static struct schedule_rule
rule_of(enum schedule_when when, enum schedule_day kind, int64_t n)
{
	return (struct schedule_rule){.when = when,
	    .day = kind,
	    .day_n = n,
	    .min_days = 1,
	    .times = 1,
	    .time_from_min = 540,
	    .time_to_min = 540,
	    .on_holiday = ON_HOLIDAY_NEXT,
	    .commit = {.n = DAY_S},
	    .window = 5,
	    .window_workdays = true,
	    .visit_times = {.min = {540, 840}, .n = 2},
	    .notice_at_draw = true,
	    .embargo = 30};
}

static struct schedule_list
list_of(const struct calendar *c, const struct schedule_rule *rule, const char *from, const char *to)
{
	static const struct zone zone; /* UTC */
	struct schedule s = {.calendar = c, .zone = &zone, .rule = rule};
	struct schedule_list list;

	assert_int_equal(schedule_list(&s, day(from), day(to), &list, NULL), 0);
	return list;
}

static void
same_days(const char *what, const struct schedule_list *list, const char *const *days)
{
	char text[DATE_TEXT], got[1024] = "", want[1024] = "";

	for (size_t i = 0; i < list->n; i++) {
		text_from_date(list->v[i].date, text);
		(void)snprintf(got + strlen(got), sizeof got - strlen(got), "%s ", text + 5);
	}
	for (size_t i = 0; i < N_MAX && days[i] != NULL; i++)
		(void)snprintf(want + strlen(want), sizeof want - strlen(want), "%s ", days[i]);
	if (strcmp(got, want) != 0)
		fail_msg("%s: %s instead of %s", what, got, want);
}

/* ---- days ---- */

/* All of 2026 (国办发明电〔2025〕7号). */
static const struct {
	const char *what;
	enum schedule_when when;
	enum schedule_day day;
	int64_t n;
	enum schedule_on_holiday on_holiday;
	const char *days[N_MAX];
} of_2026[] = {
    {"1st workday after", WHEN_AFTER_HOLIDAY, DAY_NTH_WORKDAY, 1, ON_HOLIDAY_NEXT,
        {"01-04", "02-24", "04-07", "05-06", "06-22", "09-28", "10-08"}},
    {"6th workday after: mid-autumn has three before the next holiday", WHEN_AFTER_HOLIDAY, DAY_NTH_WORKDAY, 6,
        ON_HOLIDAY_NEXT, {"01-09", "03-02", "04-14", "05-12", "06-29", "10-14"}},
    {"1st workday before", WHEN_BEFORE_HOLIDAY, DAY_NTH_WORKDAY, 1, ON_HOLIDAY_NEXT,
        {"02-14", "04-03", "04-30", "06-18", "09-24", "09-30", "12-31"}},
    {"5th workday before: national day has three after mid-autumn", WHEN_BEFORE_HOLIDAY, DAY_NTH_WORKDAY, 5,
        ON_HOLIDAY_NEXT, {"02-10", "03-30", "04-24", "06-12", "09-20", "12-25"}},
    {"5th day after, Saturdays and Sundays give way", WHEN_AFTER_HOLIDAY, DAY_NTH, 5, ON_HOLIDAY_NEXT,
        {"01-08", "02-28", "04-13", "05-11", "06-26", "10-12"}},
    {"5th day after, the Friday before", WHEN_AFTER_HOLIDAY, DAY_NTH, 5, ON_HOLIDAY_PREVIOUS,
        {"01-08", "02-28", "04-10", "05-09", "06-26", "10-12"}},
    {"5th day after, or none", WHEN_AFTER_HOLIDAY, DAY_NTH, 5, ON_HOLIDAY_SKIP, {"01-08", "02-28", "06-26", "10-12"}},
    {"5th day after, kept", WHEN_AFTER_HOLIDAY, DAY_NTH, 5, ON_HOLIDAY_KEEP,
        {"01-08", "02-28", "04-11", "05-10", "06-26", "10-12"}},
    {"the Tuesday after", WHEN_AFTER_HOLIDAY, DAY_WEEKDAY, 1, ON_HOLIDAY_NEXT,
        {"01-06", "02-24", "04-07", "05-12", "06-23", "09-29", "10-13"}},
    {"the Friday before", WHEN_BEFORE_HOLIDAY, DAY_WEEKDAY, 4, ON_HOLIDAY_NEXT,
        {"02-13", "04-03", "04-24", "06-12", "09-18", "12-25"}},
    {"1st day of the holiday", WHEN_DURING_HOLIDAY, DAY_NTH, 1, ON_HOLIDAY_SKIP,
        {"01-01", "02-15", "04-04", "05-01", "06-19", "09-25", "10-01"}},
    {"4th day of the holiday", WHEN_DURING_HOLIDAY, DAY_NTH, 4, ON_HOLIDAY_NEXT, {"02-18", "05-04", "10-04"}},
    {"5th day of the holiday: Labour Day's leaves none for visits", WHEN_DURING_HOLIDAY, DAY_NTH, 5, ON_HOLIDAY_NEXT,
        {"02-19", "10-05"}},
    {"the holiday's Saturday", WHEN_DURING_HOLIDAY, DAY_WEEKDAY, 5, ON_HOLIDAY_NEXT,
        {"02-21", "04-04", "05-02", "06-20", "09-26", "10-03"}},
    {"3rd workday of the quarter", WHEN_QUARTERLY, DAY_NTH_WORKDAY, 3, ON_HOLIDAY_NEXT,
        {"01-06", "04-03", "07-03", "10-10"}},
    {"last workday of the quarter", WHEN_QUARTERLY, DAY_LAST_WORKDAY, 0, ON_HOLIDAY_NEXT,
        {"03-31", "06-30", "09-30", "12-31"}},
    {"1st of the month", WHEN_MONTHLY, DAY_NTH, 1, ON_HOLIDAY_NEXT,
        {"01-04", "02-02", "03-02", "04-01", "05-06", "06-01", "07-01", "08-03", "09-01", "10-08", "11-02", "12-01"}},
    {"31st of the month, which few have", WHEN_MONTHLY, DAY_NTH, 31, ON_HOLIDAY_PREVIOUS,
        {"01-30", "03-31", "05-29", "07-31", "08-31", "10-30", "12-31"}},
    {"last day of the month", WHEN_MONTHLY, DAY_LAST, 0, ON_HOLIDAY_PREVIOUS,
        {"01-30", "02-28", "03-31", "04-30", "05-29", "06-30", "07-31", "08-31", "09-30", "10-30", "11-30", "12-31"}},
    {"1st workday of the year", WHEN_YEARLY, DAY_NTH_WORKDAY, 1, ON_HOLIDAY_NEXT, {"01-04"}},
    {"6th workday of the week, which two weeks have", WHEN_WEEKLY, DAY_NTH_WORKDAY, 6, ON_HOLIDAY_NEXT,
        {"02-14", "09-20"}},
};

static void
test_days_of_2026(void **state)
{
	struct calendar c = china(2025, 2027);

	(void)state;
	for (size_t i = 0; i < sizeof of_2026 / sizeof of_2026[0]; i++) {
		struct schedule_rule rule = rule_of(of_2026[i].when, of_2026[i].day, of_2026[i].n);
		struct schedule_list list;

		rule.on_holiday = of_2026[i].on_holiday;
		list = list_of(&c, &rule, "2026-01-01", "2026-12-31");
		same_days(of_2026[i].what, &list, of_2026[i].days);
		schedule_list_release(&list);
	}
	calendar_release(&c);
}

/* A week that is all holiday gives its Monday to the next one, which then has none of its own. */
static void
test_one_a_day(void **state)
{
	static const char *const days[N_MAX] = {"02-02", "02-09", "02-24", "03-02", NULL};
	struct calendar c = china(2025, 2027);
	struct schedule_rule rule = rule_of(WHEN_WEEKLY, DAY_WEEKDAY, 0);
	struct schedule_list list = list_of(&c, &rule, "2026-02-01", "2026-03-06");

	(void)state;
	same_days("Mondays around the Spring Festival", &list, days);
	assert_int_equal(list.v[2].key, day("2026-02-16")); /* the first of the two */
	schedule_list_release(&list);
	calendar_release(&c);
}

static void
test_which_holidays(void **state)
{
	static const char *const long_ones[N_MAX] = {"02-24", "05-06", "10-08"};
	static const char *const two[N_MAX] = {"02-24", "09-28"};
	static const char *const both[N_MAX] = {"10-09"};
	char *names[] = {"mid-autumn", "春节"};
	struct calendar c = china(2024, 2027);
	struct schedule_rule rule = rule_of(WHEN_AFTER_HOLIDAY, DAY_NTH_WORKDAY, 1);
	struct schedule_list list;

	(void)state;
	rule.min_days = 4;
	list = list_of(&c, &rule, "2026-01-01", "2026-12-31");
	same_days("of four days or more", &list, long_ones);
	schedule_list_release(&list);
	rule.min_days = 1;
	rule.holidays = (struct text_list){names, 2};
	list = list_of(&c, &rule, "2026-01-01", "2026-12-31");
	same_days("of two names", &list, two);
	schedule_list_release(&list);
	rule.holidays.n = 1;
	list = list_of(&c, &rule, "2025-01-01", "2025-12-31");
	same_days("two that touch are one with both names", &list, both);
	assert_int_equal(list.v[0].holiday->n_names, 2);
	schedule_list_release(&list);
	calendar_release(&c);
}

static void
test_leap_day(void **state)
{
	static const char *const leap[N_MAX] = {"02-29"}, *const plain[N_MAX] = {NULL};
	struct calendar c = china(2023, 2026);
	struct schedule_rule rule = rule_of(WHEN_MONTHLY, DAY_NTH, 29);
	struct schedule_list list;

	(void)state;
	list = list_of(&c, &rule, "2024-02-01", "2024-02-29");
	same_days("2024", &list, leap);
	schedule_list_release(&list);
	list = list_of(&c, &rule, "2026-02-01", "2026-02-28");
	same_days("2026", &list, plain);
	schedule_list_release(&list);
	calendar_release(&c);
}

/* ---- times ---- */

static void
test_all_that_follows_from_a_draw(void **state)
{
	struct calendar c = china(2025, 2027);
	struct schedule_rule rule = rule_of(WHEN_BEFORE_HOLIDAY, DAY_NTH_WORKDAY, 3);
	struct schedule_list list;
	const struct occurrence *o;

	(void)state;
	rule.commit = (struct duration){.workdays = true, .n = 3};
	rule.notice_at_draw = false;
	rule.notice = (struct duration){.workdays = true, .n = 1};
	list = list_of(&c, &rule, "2026-09-01", "2026-09-25");
	assert_int_equal(list.n, 1);
	o = &list.v[0];
	/* Drawn on the 22nd; the 20th is a make-up Sunday, the 25th to 27th and the first week of October are off. */
	assert_int_equal(o->draw_time, utc("2026-09-22T09:00:00Z"));
	assert_int_equal(o->commit_time, utc("2026-09-18T09:00:00Z"));
	assert_int_equal(o->reveal_time, utc("2026-10-22T09:00:00Z"));
	assert_int_equal(o->visit_first, day("2026-09-23"));
	assert_int_equal(o->visit_last, day("2026-09-30"));
	assert_int_equal(o->n_visits, 5);
	assert_int_equal(o->notice_time, utc("2026-09-22T09:00:00Z"));
	schedule_list_release(&list);
	calendar_release(&c);
}

static void
test_visits(void **state)
{
	struct calendar c = china(2025, 2027);
	struct schedule_rule rule = rule_of(WHEN_DURING_HOLIDAY, DAY_NTH, 1);
	int32_t dates[8];

	(void)state;
	assert_int_equal(schedule_visits(&c, &rule, day("2026-10-04"), dates, 8), 3);
	assert_int_equal(dates[0], day("2026-10-05"));
	assert_int_equal(dates[2], day("2026-10-07"));
	assert_int_equal(schedule_visits(&c, &rule, day("2026-10-07"), dates, 8), 0);
	assert_int_equal(schedule_visits(&c, &rule, day("2026-10-09"), dates, 8), 0);
	rule.when = WHEN_MONTHLY;
	assert_int_equal(schedule_visits(&c, &rule, day("2026-09-30"), dates, 8), 5);
	assert_int_equal(dates[0], day("2026-10-08"));
	assert_int_equal(dates[2], day("2026-10-10")); /* a make-up Saturday */
	assert_int_equal(dates[4], day("2026-10-13"));
	rule.window_workdays = false;
	assert_int_equal(schedule_visits(&c, &rule, day("2026-09-30"), dates, 2), 2);
	assert_int_equal(dates[1], day("2026-10-02"));
	calendar_release(&c);
}

/* The commitment waits for the draw before it. */
static void
test_two_draws_nearer_than_the_lead(void **state)
{
	struct calendar c = china(2025, 2027);
	struct schedule_rule rule = rule_of(WHEN_AFTER_HOLIDAY, DAY_NTH_WORKDAY, 1);
	struct schedule_list list;

	(void)state;
	rule.commit.n = 14 * DAY_S;
	list = list_of(&c, &rule, "2026-10-01", "2026-10-31");
	assert_int_equal(list.n, 1);
	assert_int_equal(list.v[0].draw_time, utc("2026-10-08T09:00:00Z"));
	assert_int_equal(list.v[0].commit_time, utc("2026-09-28T09:00:00Z"));
	schedule_list_release(&list);
	calendar_release(&c);
}

/* ---- provisional days ---- */

static void
test_what_hangs_on_a_computed_day(void **state)
{
	static const struct {
		enum schedule_when when;
		enum schedule_day day;
		int64_t n, window;
		bool workdays;
		const char *from, *to;
		bool provisional;
	} table[] = {
	    {WHEN_AFTER_HOLIDAY, DAY_NTH_WORKDAY, 1, 5, true, "2026-10-01", "2026-10-20", false},
	    {WHEN_AFTER_HOLIDAY, DAY_NTH_WORKDAY, 1, 5, true, "2027-02-01", "2027-02-28", true},
	    {WHEN_BEFORE_HOLIDAY, DAY_NTH_WORKDAY, 1, 5, false, "2026-12-20", "2026-12-31", true},
	    {WHEN_DURING_HOLIDAY, DAY_NTH, 1, 5, false, "2027-01-01", "2027-01-01", true},
	    /* Mondays: of the last week of 2026 the visits reach New Year, if they count workdays. */
	    {WHEN_WEEKLY, DAY_WEEKDAY, 0, 5, true, "2026-12-21", "2026-12-21", false},
	    {WHEN_WEEKLY, DAY_WEEKDAY, 0, 5, true, "2026-12-28", "2026-12-28", true},
	    {WHEN_WEEKLY, DAY_WEEKDAY, 0, 5, false, "2026-12-28", "2026-12-28", false},
	    {WHEN_WEEKLY, DAY_WEEKDAY, 0, 3, true, "2026-12-28", "2026-12-28", false},
	    {WHEN_WEEKLY, DAY_WEEKDAY, 0, 5, true, "2027-01-04", "2027-01-04", true}, /* is it the first day worked? */
	    {WHEN_WEEKLY, DAY_WEEKDAY, 0, 5, true, "2027-01-11", "2027-01-11", false},
	    {WHEN_MONTHLY, DAY_LAST_WORKDAY, 0, 2, true, "2026-12-01", "2026-12-31", true},
	    {WHEN_QUARTERLY, DAY_NTH_WORKDAY, 3, 5, true, "2027-01-01", "2027-01-31", true},
	    {WHEN_QUARTERLY, DAY_NTH_WORKDAY, 3, 5, true, "2027-07-01", "2027-07-31", false},
	};
	struct calendar c = china(2025, 2028);

	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
		struct schedule_rule rule = rule_of(table[i].when, table[i].day, table[i].n);
		struct schedule_list list;

		rule.window = table[i].window;
		rule.window_workdays = table[i].workdays;
		list = list_of(&c, &rule, table[i].from, table[i].to);
		if (list.n != 1 || list.v[0].provisional != table[i].provisional)
			fail_msg("row %zu: %zu occurrences, provisional %d", i, list.n,
			    list.n > 0 ? list.v[0].provisional : -1);
		schedule_list_release(&list);
	}
	calendar_release(&c);
}

/* ---- what is random ---- */

static bool
secret_by_key(void *ctx, int32_t key, uint8_t ret[static SCHEDULE_SECRET])
{
	const int32_t *salt = ctx;

	memset(ret, 0, SCHEDULE_SECRET);
	memcpy(ret, &key, sizeof key);
	memcpy(ret + sizeof key, salt, sizeof *salt);
	return true;
}

static void
test_random_days_and_moments(void **state)
{
	static const struct zone zone;
	struct calendar c = china(2025, 2027);
	struct schedule_rule rule = rule_of(WHEN_MONTHLY, DAY_RANDOM, 0);
	int32_t salt = 0;
	struct schedule s = {.calendar = &c, .zone = &zone, .rule = &rule, .secret = secret_by_key, .ctx = &salt};
	unsigned counts[32] = {0}, minutes[8] = {0};
	struct schedule_list list;

	(void)state;
	rule.times = 3;
	rule.time_to_min = 548;
	for (salt = 0; salt < 4000; salt++) {
		assert_int_equal(schedule_list(&s, day("2026-02-01"), day("2026-02-28"), &list, NULL), 0);
		assert_int_equal(list.n, 3);
		for (size_t i = 0; i < list.n; i++) {
			assert_true(calendar_works(&c, list.v[i].date));
			assert_true(i == 0 || list.v[i - 1].date < list.v[i].date);
			assert_int_equal(list.v[i].key, day("2026-02-01"));
			counts[list.v[i].date - day("2026-02-01") + 1]++;
			minutes[list.v[i].draw_time / 60 % 1440 - 540]++;
		}
		schedule_list_release(&list);
	}
	/* 16 workdays, 750 draws expected on each (deviation 24.7); 8 minutes, 1500 each (deviation 36). */
	for (int d = 1; d <= 28; d++)
		if (calendar_works(&c, day("2026-02-01") + d - 1) && (counts[d] < 626 || counts[d] > 874))
			fail_msg("day %d: %u", d, counts[d]);
	for (int m = 0; m < 8; m++)
		if (minutes[m] < 1318 || minutes[m] > 1682)
			fail_msg("minute %d: %u", m, minutes[m]);
	calendar_release(&c);
}

/* An amended notice takes one day away: the other days of the month stay what they were. */
static void
test_a_random_day_that_becomes_a_holiday_moves_alone(void **state)
{
	static const struct zone zone;
	struct calendar before = china(2025, 2027), after;
	struct schedule_rule rule = rule_of(WHEN_MONTHLY, DAY_RANDOM, 0);
	int32_t salt = 7;
	struct schedule s = {.calendar = &before, .zone = &zone, .rule = &rule, .secret = secret_by_key, .ctx = &salt};
	struct schedule_list was, is;
	size_t source, same = 0;

	(void)state;
	rule.times = 5;
	assert_int_equal(schedule_list(&s, day("2026-08-01"), day("2026-08-31"), &was, NULL), 0);
	assert_int_equal(was.n, 5);
	assert_int_equal(calendar_begin(&after, MONDAY_TO_FRIDAY, NULL), 0);
	assert_int_equal(calendar_cn_add(&after, NULL), 0);
	assert_int_equal(calendar_source(&after, "amended", &source, NULL), 0);
	assert_int_equal(calendar_add(&after, source, was.v[2].date, true, S("节"), NULL), 0);
	assert_int_equal(calendar_finish(&after, text_date_of(2025, 1, 1), text_date_of(2027, 12, 31), NULL), 0);
	s.calendar = &after;
	assert_int_equal(schedule_list(&s, day("2026-08-01"), day("2026-08-31"), &is, NULL), 0);
	assert_int_equal(is.n, 5);
	for (size_t i = 0; i < 5; i++)
		for (size_t j = 0; j < 5; j++)
			same += was.v[i].draw_time == is.v[j].draw_time;
	assert_int_equal(same, 4);
	schedule_list_release(&was);
	schedule_list_release(&is);
	calendar_release(&before);
	calendar_release(&after);
}

static void
test_without_a_secret_it_stays_open(void **state)
{
	struct calendar c = china(2025, 2027);
	struct schedule_rule rule = rule_of(WHEN_MONTHLY, DAY_RANDOM, 0);
	struct schedule_list list;

	(void)state;
	rule.times = 2;
	list = list_of(&c, &rule, "2026-05-10", "2026-06-09");
	assert_int_equal(list.n, 4);
	assert_true(list.v[0].open && list.v[0].random);
	assert_int_equal(list.v[3].first, day("2026-06-01"));
	schedule_list_release(&list);
	rule = rule_of(WHEN_DURING_HOLIDAY, DAY_RANDOM, 0);
	rule.times = 4;
	list = list_of(&c, &rule, "2026-05-01", "2026-06-30");
	/* Labour Day leaves four days to draw on, Dragon Boat two. */
	assert_int_equal(list.n, 6);
	schedule_list_release(&list);
	rule = rule_of(WHEN_AFTER_HOLIDAY, DAY_NTH_WORKDAY, 6);
	rule.time_to_min = 600;
	list = list_of(&c, &rule, "2026-09-20", "2026-10-20");
	assert_int_equal(list.n, 1); /* mid-autumn has none, open or not */
	assert_true(list.v[0].open);
	schedule_list_release(&list);
	calendar_release(&c);
}

static void
test_weeks_of_other_countries(void **state)
{
	static const struct {
		unsigned workweek;
		const char *first;
	} table[] = {
	    {0x1F, "2026-06-22"},                                             /* Monday to Friday: Monday */
	    {0x3F, "2026-06-22"}, {0x7F, "2026-06-22"}, {0x4F, "2026-06-21"}, /* Sunday to Thursday: Sunday */
	    {0x67, "2026-06-20"},                                             /* Saturday to Wednesday: Saturday */
	    {0x3E, "2026-06-23"},                                             /* Tuesday to Saturday */
	};

	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
		struct schedule_rule rule = rule_of(WHEN_WEEKLY, DAY_NTH_WORKDAY, 1);
		struct schedule_list list;
		struct calendar c;

		assert_int_equal(calendar_begin(&c, table[i].workweek, NULL), 0);
		assert_int_equal(calendar_finish(&c, day("2025-01-01"), day("2027-12-31"), NULL), 0);
		list = list_of(&c, &rule, "2026-06-20", "2026-06-26");
		assert_int_equal(list.n, 1);
		assert_int_equal(list.v[0].date, day(table[i].first));
		schedule_list_release(&list);
		calendar_release(&c);
	}
}

static void
test_nothing_by_hand_and_not_too_much(void **state)
{
	struct calendar c;
	struct schedule_rule rule = rule_of(WHEN_MANUAL, DAY_NTH, 1);
	struct schedule_list list;

	(void)state;
	assert_int_equal(calendar_begin(&c, MONDAY_TO_FRIDAY, NULL), 0);
	assert_int_equal(calendar_finish(&c, day("2025-01-01"), day("2027-12-31"), NULL), 0);
	list = list_of(&c, &rule, "2025-01-01", "2027-12-31");
	assert_int_equal(list.n, 0);
	schedule_list_release(&list);
	calendar_release(&c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_days_of_2026),
	    cmocka_unit_test(test_one_a_day),
	    cmocka_unit_test(test_which_holidays),
	    cmocka_unit_test(test_leap_day),
	    cmocka_unit_test(test_all_that_follows_from_a_draw),
	    cmocka_unit_test(test_visits),
	    cmocka_unit_test(test_two_draws_nearer_than_the_lead),
	    cmocka_unit_test(test_what_hangs_on_a_computed_day),
	    cmocka_unit_test(test_random_days_and_moments),
	    cmocka_unit_test(test_a_random_day_that_becomes_a_holiday_moves_alone),
	    cmocka_unit_test(test_without_a_secret_it_stays_open),
	    cmocka_unit_test(test_weeks_of_other_countries),
	    cmocka_unit_test(test_nothing_by_hand_and_not_too_much),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
