/* Codes: each id, unit and area has one, always the same, and each code leads back. */
#include "support.h"

#include <string.h>

#include "roster_scene.h"
#include "rosters/codes.h"

#define S slice_of

static const uint8_t key[CODE_KEY] = {1, 2, 3}, other_key[CODE_KEY] = {9};

static const char posts[] = "编号,姓名,单位,区域,类别\n"
                            "T1,a,区 局,东,A\n"
                            "T2,b,区 局,西,B\n"
                            "T3,c,V,,A\n";

static void
code_is_kept(enum code_kind kind, const char *own, char ret[static CODE_TEXT])
{
	struct codes codes;
	struct slice code, back;

	codes_open(&codes, store);
	code = codes_code(&codes, kind, S(own));
	assert_int_equal(code.n, CODE_TEXT - 1);
	memcpy(ret, code.p, code.n);
	ret[code.n] = '\0';
	back = codes_own(&codes, kind, S(ret));
	assert_true(slice_is(back, own));
	assert_int_equal(codes_close(&codes, NULL), 0);
}

static void
test_each_has_one_and_it_stays(void **state)
{
	char first[CODE_TEXT], again[CODE_TEXT], unit[CODE_TEXT];

	(void)state;
	imported(ROSTER_TARGETS, posts);
	assert_int_equal(codes_give(store, key, NULL), 0);
	code_is_kept(CODE_TARGET, "T2", first);
	assert_memory_equal(first, "T-", 2);
	code_is_kept(CODE_UNIT, "区 局", unit);
	code_is_kept(CODE_AREA, "西", unit);
	/* A target that has gone keeps its code; one that comes gets another; a second time nothing is given. */
	assert_int_equal(import_text(ROSTER_TARGETS, "编号,姓名,单位,区域,类别\nT9,z,V,西,A\n", &no_limits), 0);
	assert_int_equal(codes_give(store, key, NULL), 0);
	assert_int_equal(codes_give(store, key, NULL), 0);
	code_is_kept(CODE_TARGET, "T2", again);
	assert_string_equal(again, first);
	code_is_kept(CODE_TARGET, "T9", again);
	assert_string_not_equal(again, first);
}

static void
test_a_code_follows_from_key_and_value_alone(void **state)
{
	char mine[CODE_TEXT], other[CODE_TEXT];

	(void)state;
	imported(ROSTER_TARGETS, posts);
	assert_int_equal(codes_give(store, key, NULL), 0);
	code_is_kept(CODE_TARGET, "T1", mine);
	assert_int_equal(store_exec(store, "DELETE FROM public_id", NULL), 0);
	assert_int_equal(codes_give(store, other_key, NULL), 0);
	code_is_kept(CODE_TARGET, "T1", other);
	assert_string_not_equal(mine, other);
	assert_int_equal(store_exec(store, "DELETE FROM public_id", NULL), 0);
	assert_int_equal(codes_give(store, key, NULL), 0);
	code_is_kept(CODE_TARGET, "T1", other);
	assert_string_equal(mine, other);
}

/* Where another value has the code already, the next attempt's is taken. */
static void
test_two_values_never_share_a_code(void **state)
{
	char code[CODE_TEXT], sql[256];

	(void)state;
	imported(ROSTER_TARGETS, posts);
	assert_int_equal(codes_give(store, key, NULL), 0);
	code_is_kept(CODE_TARGET, "T1", code);
	(void)snprintf(sql, sizeof sql, "UPDATE public_id SET own = 'X' WHERE kind = 'target' AND own = 'T1'");
	assert_int_equal(store_exec(store, sql, NULL), 0);
	assert_int_equal(codes_give(store, key, NULL), 0);
	code_is_kept(CODE_TARGET, "T1", sql);
	assert_string_not_equal(code, sql);
}

static void
test_words_for_the_office(void **state)
{
	char code[CODE_TEXT], text[256];
	struct buf out;

	(void)state;
	imported(ROSTER_TARGETS, posts);
	assert_int_equal(codes_give(store, key, NULL), 0);
	code_is_kept(CODE_TARGET, "T3", code);
	(void)snprintf(text, sizeof text, "%s: T-0000-0000-0000, T-, %s%s", code, code, code);
	buf_init(&out, 256);
	assert_int_equal(codes_put_plain(store, S(text), &out, NULL), 0);
	assert_true(slice_is(buf_view(&out), "T3: T-0000-0000-0000, T-, T3T3"));
	buf_release(&out);
}

/* A recovered state knows a target's year by its code alone. */
static void
test_years_come_back_with_the_codes(void **state)
{
	char code[CODE_TEXT], sql[256];
	int64_t since = 0;

	(void)state;
	imported(ROSTER_TARGETS, posts);
	assert_int_equal(codes_give(store, key, NULL), 0);
	code_is_kept(CODE_TARGET, "T1", code);
	(void)snprintf(sql, sizeof sql,
	    "DELETE FROM public_id; DELETE FROM target_since; INSERT INTO target_since VALUES ('%s', 1826)", code);
	assert_int_equal(store_exec(store, sql, NULL), 0);
	assert_int_equal(codes_give(store, key, NULL), 0);
	assert_int_equal(store_int(store, "SELECT since FROM target WHERE id = 'T1'", &since, NULL), 0);
	assert_int_equal(since, 1826);
	assert_int_equal(store_int(store, "SELECT since FROM target_since WHERE target = 'T1'", &since, NULL), 0);
	assert_int_equal(since, 1826);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_each_has_one_and_it_stays, roster_scene_set_up,
	        roster_scene_tear_down),
	    cmocka_unit_test_setup_teardown(test_a_code_follows_from_key_and_value_alone, roster_scene_set_up,
	        roster_scene_tear_down),
	    cmocka_unit_test_setup_teardown(test_two_values_never_share_a_code, roster_scene_set_up,
	        roster_scene_tear_down),
	    cmocka_unit_test_setup_teardown(test_words_for_the_office, roster_scene_set_up, roster_scene_tear_down),
	    cmocka_unit_test_setup_teardown(test_years_come_back_with_the_codes, roster_scene_set_up,
	        roster_scene_tear_down),
	};

	return cmocka_run_group_tests(tests, roster_scene_group_set_up, roster_scene_group_tear_down);
}
