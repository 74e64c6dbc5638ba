/* Scopes: which targets meet a cycle's conditions, and what is said where a condition cannot be asked. */
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "roster_scene.h"
#include "rosters/rosters.h"

#define S slice_of
#define VALUES_MAX 4

static const char posts[] = "编号,姓名,单位,类别,级别,批次,集体资金,到任日期,入册日期,所需\n"
                            "T1,a,U,A,1,p,500,2020-01-01,2020-01-01,finance\n"
                            "T2,b,U,B,2,p,499.99,2021/2/3,2020-01-01,\n"
                            "T3,c,V,D,,q,,,2020-01-02,legal\n"
                            "T4,d,W,D,10,q,12000,2022年3月4日,2021-05-06,finance\n";

static char seen[4096], said[ERR_MESSAGE_BYTES];

static int
see_id(void *ctx, const struct rosters_target *t)
{
	(void)ctx;
	(void)snprintf(seen + strlen(seen), sizeof seen - strlen(seen), "%.*s ", SLICE_ARGS(t->id));
	return 0;
}

struct test_condition {
	const char *column;
	enum scope_test test;
	const char *values[VALUES_MAX];
};

/* The ids of the targets that meet the conditions, in `seen`. */
static int
walk(const struct test_condition *wanted, size_t n)
{
	struct scope_condition conditions[8];
	char *values[8][VALUES_MAX];
	struct err err = {0};
	int rc;

	for (size_t i = 0; i < n; i++) {
		conditions[i] = (struct scope_condition){(char *)wanted[i].column, wanted[i].test, values[i], 0};
		for (; wanted[i].values[conditions[i].n_values] != NULL; conditions[i].n_values++)
			values[i][conditions[i].n_values] = (char *)wanted[i].values[conditions[i].n_values];
	}
	seen[0] = '\0';
	rc = rosters_each_target(store, conditions, n, TODAY, see_id, NULL, &err);
	(void)snprintf(said, sizeof said, "%s", err.message);
	return rc;
}

static void
scope_is(const char *expected, const struct test_condition *conditions, size_t n)
{
	if (walk(conditions, n) != 0)
		fail_msg("%s", said);
	assert_string_equal(seen, expected);
}

static void
scope_refused(const char *expected, struct test_condition condition)
{
	assert_int_equal(walk(&condition, 1), ERR_REFUSED);
	if (strstr(said, expected) == NULL)
		fail_msg("expected \"%s\", said: %s", expected, said);
}

#define SCOPE(expected, ...)                                            \
	do {                                                            \
		const struct test_condition list[] = {__VA_ARGS__};     \
		scope_is(expected, list, sizeof list / sizeof list[0]); \
	} while (0)

static void
each_test_by_itself(void **state)
{
	(void)state;
	imported(ROSTER_TARGETS, posts);
	scope_is("T1 T2 T3 T4 ", NULL, 0);
	SCOPE("T1 T2 ", {"unit", SCOPE_IS, {"U"}});
	SCOPE("T1 T2 T3 ", {"单位", SCOPE_IS, {"U", "V"}});
	SCOPE("T4 ", {"所在单位", SCOPE_IS_NOT, {"U", "V"}});
	SCOPE("T3 ", {"ID", SCOPE_IS, {"T3"}});
	SCOPE("T1 T4 ", {"needs", SCOPE_IS, {"finance"}});
	SCOPE("T1 T2 ", {"batch", SCOPE_IS, {"p"}});
	SCOPE("T1 T4 ", {"集体资金", SCOPE_AT_LEAST, {"500"}});
	SCOPE("T2 ", {"集体资金", SCOPE_AT_MOST, {"499.99"}});
	SCOPE("", {"集体资金", SCOPE_IS, {"500.0"}}); /* a private text */
	SCOPE("T2 T4 ", {"到任日期", SCOPE_AT_LEAST, {"2020-01-02"}});
	SCOPE("T3 T4 ", {"since", SCOPE_AT_LEAST, {"2020/1/2"}});
	SCOPE("T3 ", {"since", SCOPE_IS, {"2020年1月2日"}});
	SCOPE("T2 T4 ", {"level", SCOPE_AT_LEAST, {"2"}}); /* numbers, not texts: 10 is above 2 */
	SCOPE("T1 T2 ", {"级别", SCOPE_AT_MOST, {"2"}});
	SCOPE("T1 T3 T4 ", {"级别", SCOPE_IS_NOT, {"2"}});
	SCOPE("", {"level", SCOPE_IS, {"-1"}});
	SCOPE("T1 T2 T3 T4 ", {"level", SCOPE_IS_NOT, {"-1"}});
}

static void
all_must_hold(void **state)
{
	(void)state;
	imported(ROSTER_TARGETS, posts);
	SCOPE("T1 ", {"集体资金", SCOPE_AT_LEAST, {"500"}}, {"类别", SCOPE_IS_NOT, {"D"}});
	SCOPE("", {"unit", SCOPE_IS, {"U"}}, {"单位", SCOPE_IS, {"V"}});
	SCOPE("T2 ", {"集体资金", SCOPE_AT_LEAST, {"-1"}}, {"集体资金", SCOPE_AT_MOST, {"499.999999"}});
	/* What stands behind a condition that does not hold is not asked. */
	imported(ROSTER_TARGETS, "id,name,kind,funds\nT1,a,village,700\nT2,b,office,none\n");
	SCOPE("T1 ", {"kind", SCOPE_IS, {"village"}}, {"funds", SCOPE_AT_LEAST, {"500"}});
	scope_refused("\"funds\" is compared with a number, and at T2 it holds none",
	    (struct test_condition){"funds", SCOPE_AT_LEAST, {"500"}});
	scope_refused("\"funds\" is compared with a date, and at T1 it holds none",
	    (struct test_condition){"funds", SCOPE_AT_LEAST, {"2026-01-01"}});
}

static void
what_cannot_be_asked_is_refused(void **state)
{
	(void)state;
	imported(ROSTER_TARGETS, posts);
	scope_refused("no column \"集体资产\": did you mean \"集体资金\"?",
	    (struct test_condition){"集体资产", SCOPE_AT_LEAST, {"500"}});
	scope_refused("no column \"clas\": did you mean \"class\"?", (struct test_condition){"clas", SCOPE_IS, {"A"}});
	scope_refused("no column \"area\"", (struct test_condition){"area", SCOPE_IS, {"A"}});
	scope_refused("no column \"nothing\"", (struct test_condition){"nothing", SCOPE_IS, {"A"}});
	scope_refused("\"level\" holds numbers, and \"high\" is none",
	    (struct test_condition){"level", SCOPE_IS, {"4", "high"}});
	scope_refused("\"级别\" holds numbers", (struct test_condition){"级别", SCOPE_AT_LEAST, {"2026-01-01"}});
	scope_refused("\"since\" holds dates, and \"2020\" is none",
	    (struct test_condition){"since", SCOPE_AT_MOST, {"2020"}});
}

static void
numbers_and_dates(void **state)
{
	static const char *const neither[] = {"", "-", "1.", ".5", "1.2345678", "01", "1e3", "+1", "1 000",
	    "1000000000000", "2026-02-30", "2026-6", "--1", "1.-2"};
	struct scope_value value;

	(void)state;
	assert_true(scope_value_parse(S("12.5"), &value));
	assert_false(value.is_date);
	assert_int_equal(value.n, 12500000);
	assert_true(scope_value_parse(S("-0.000001"), &value));
	assert_int_equal(value.n, -1);
	assert_true(scope_value_parse(S("999999999999"), &value));
	assert_true(scope_value_parse(S("2026/6/22"), &value));
	assert_true(value.is_date);
	assert_int_equal(value.n, TODAY);
	for (size_t i = 0; i < sizeof neither / sizeof neither[0]; i++)
		if (scope_value_parse(S(neither[i]), &value))
			fail_msg("\"%s\" is taken", neither[i]);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, roster_scene_set_up, roster_scene_tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(each_test_by_itself),
	    TEST(all_must_hold),
	    TEST(what_cannot_be_asked_is_refused),
	    TEST(numbers_and_dates),
	};

	return cmocka_run_group_tests(tests, roster_scene_group_set_up, roster_scene_group_tear_down);
}
