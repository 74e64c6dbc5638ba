/*
 * The round of drand that a commitment names: by a model that counts rounds up from the first one, for local times
 * about every change of the clocks, leap day and end of a year.
 */

#include "scene.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/log/beacon.h"
#include "steps/steps.h"
#include "system/clock.h"

#define GENESIS 1692803367
#define PERIOD 3
#define LAST_YEAR 2040
#define TIMES_MAX 400000

static int64_t times[TIMES_MAX];
static size_t n_times;

static void
put(int64_t time)
{
	assert_true(n_times < TIMES_MAX);
	times[n_times++] = time;
}

/* Half a minute around it, second by second. */
static void
put_about(int64_t time)
{
	for (int64_t t = time - 15; t <= time + 15; t++)
		put(t);
}

static int
compare_times(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/* A day whose midnights are not 24 hours apart. */
static bool
clocks_change(int32_t date)
{
	return clock_instant(date + 1, 0, NULL) - clock_instant(date, 0, NULL) != DAY_S;
}

static bool
matters(int32_t date)
{
	char text[DATE_TEXT];

	text_from_date(date, text);
	return clocks_change(date) || strcmp(text + 5, "02-28") == 0 || strcmp(text + 5, "02-29") == 0 ||
	    strcmp(text + 5, "03-01") == 0 || strcmp(text + 5, "12-31") == 0 || strcmp(text + 5, "01-01") == 0;
}

/* The quarters of an hour of the days that matter, as this zone's clocks show them; how many days the clocks change. */
static unsigned
put_zone(const char *name)
{
	unsigned changes = 0;

	assert_int_equal(clock_set_zone(name, NULL), 0);
	for (int32_t date = text_date_of(2023, 8, 24); date < text_date_of(LAST_YEAR, 1, 2); date++) {
		if (!matters(date))
			continue;
		changes += clocks_change(date);
		for (int32_t second = 0; second <= DAY_S; second += 900)
			put(clock_instant(date, second % DAY_S, NULL) + second % 7);
		put_about(clock_instant(date, 0, NULL));
		put_about(clock_instant(date, 2 * 3600, NULL));
		put_about(clock_instant(date, 3 * 3600, NULL));
	}
	return changes;
}

static uint64_t
round_of(int64_t draw_time)
{
	const struct config_cycle cycle = {.beacon = SOURCE_DRAND};
	const struct config config = {.n_witnesses = 0};
	struct err err = {.code = 0};
	struct beacon beacon;
	struct buf text;

	buf_init(&text, 1024);
	if (step_beacon(&config, &cycle, draw_time, &text, &beacon, &err) != 0)
		fail_msg("%lld: %s", (long long)draw_time, err.message);
	assert_int_equal(beacon.source, SOURCE_DRAND);
	assert_true(slice_is(beacon.chain, drand_quicknet));
	buf_release(&text);
	return beacon.round;
}

static void
test_the_round_of_a_time(void **state)
{
	static const struct {
		const char *zone;
		unsigned changes;
	} zones[] = {{"Europe/Berlin", 33}, {"Asia/Shanghai", 0}, {"America/New_York", 33}, {"Australia/Lord_Howe", 33},
	    {"Asia/Kathmandu", 0}, {"UTC", 0}};
	struct support_random random;
	uint64_t round = 1;
	int64_t at = GENESIS;

	(void)state;
	for (size_t i = 0; i < sizeof zones / sizeof zones[0]; i++)
		assert_int_equal(put_zone(zones[i].zone), zones[i].changes);
	assert_int_equal(clock_set_zone("UTC", NULL), 0);
	support_random_begin(&random);
	for (int i = 0; i < 10000; i++)
		put(GENESIS + (int64_t)support_random_below(&random, 16 * 365 * (uint64_t)DAY_S));
	for (int64_t t = GENESIS - PERIOD + 1; t < GENESIS + 100; t++)
		put(t);
	qsort(times, n_times, sizeof times[0], compare_times);
	assert_true(n_times > 20000);
	for (size_t i = 0; i < n_times; i++) {
		for (; at < times[i]; at += PERIOD)
			round++;
		if (round_of(times[i]) != round)
			fail_msg("%lld: round %llu instead of %llu", (long long)times[i],
			    (unsigned long long)round_of(times[i]), (unsigned long long)round);
	}
}

/* Rounds that were really given, and when. */
static void
test_known_rounds(void **state)
{
	(void)state;
	assert_int_equal(round_of(1692803367), 1);
	assert_int_equal(round_of(1692803368), 2);
	assert_int_equal(round_of(1692806363), 1000);
	assert_int_equal(round_of(1692806364), 1000);
	assert_int_equal(round_of(1692806365), 1001);
}

static void
test_before_there_was_one(void **state)
{
	static const int64_t before[] = {INT64_MIN, -1, 0, GENESIS - 86400, GENESIS - PERIOD};
	const struct config_cycle cycle = {.beacon = SOURCE_DRAND};
	const struct config config = {.n_witnesses = 0};

	(void)state;
	for (size_t i = 0; i < sizeof before / sizeof before[0]; i++) {
		struct err err = {.code = 0};
		struct beacon beacon;
		struct buf text;

		buf_init(&text, 1024);
		assert_int_equal(step_beacon(&config, &cycle, before[i], &text, &beacon, &err), ERR_REFUSED);
		assert_non_null(strstr(err.message, "had not begun"));
		buf_release(&text);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_the_round_of_a_time),
	    cmocka_unit_test(test_known_rounds),
	    cmocka_unit_test(test_before_there_was_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
