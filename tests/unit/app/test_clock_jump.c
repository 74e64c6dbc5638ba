/* A clock that leaps ahead is doubted for an hour; one that is set back, or stood still in a suspend, is not. */
#include "support.h"

#include "app/clock_jump.h"

#define WALL 1782090000
#define YEAR_S (366 * 86400)

static void
ahead_is_held_until_set_right(void **state)
{
	struct clock_jump jump;

	(void)state;
	clock_jump_begin(&jump, WALL, 1000);
	assert_int_equal(clock_jump_ahead(&jump, WALL + 50, 1050), 0);
	assert_int_equal(clock_jump_ahead(&jump, WALL + 60 + CLOCK_JUMP_S - 1, 1060), 0);
	clock_jump_begin(&jump, WALL, 1000);
	assert_int_equal(clock_jump_ahead(&jump, WALL + YEAR_S, 1000), YEAR_S);
	assert_int_equal(clock_jump_ahead(&jump, WALL + YEAR_S + 3599, 1000 + 3599), YEAR_S);
	assert_int_equal(clock_jump_ahead(&jump, WALL + 3599, 1000 + 3599), 0);
	/* And held anew, for as long. */
	assert_int_equal(clock_jump_ahead(&jump, WALL + YEAR_S + 3600, 1000 + 3600), YEAR_S);
	assert_int_equal(clock_jump_ahead(&jump, WALL + YEAR_S + 7199, 1000 + 7199), YEAR_S);
}

static void
ahead_for_long_is_true(void **state)
{
	struct clock_jump jump;

	(void)state;
	clock_jump_begin(&jump, WALL, 1000);
	assert_int_equal(clock_jump_ahead(&jump, WALL + YEAR_S, 1000), YEAR_S);
	assert_int_equal(clock_jump_ahead(&jump, WALL + YEAR_S + CLOCK_JUMP_HOLD_S, 1000 + CLOCK_JUMP_HOLD_S), 0);
	assert_int_equal(clock_jump_ahead(&jump, WALL + YEAR_S + 9000, 1000 + 9000), 0);
}

static void
back_and_right_again_is_no_leap(void **state)
{
	struct clock_jump jump;

	(void)state;
	clock_jump_begin(&jump, WALL, 1000);
	assert_int_equal(clock_jump_ahead(&jump, WALL - YEAR_S, 1000), 0);
	assert_int_equal(clock_jump_ahead(&jump, WALL + 10, 1010), 0);
}

static void
a_suspend_is_no_leap(void **state)
{
	struct clock_jump jump;

	(void)state;
	clock_jump_begin(&jump, WALL, 1000);
	assert_int_equal(clock_jump_ahead(&jump, WALL + YEAR_S, 1000 + YEAR_S), 0);
}

/* A clock that gains a second a day is never held for one that leaps, however many years it runs. */
static void
drift_is_no_leap(void **state)
{
	struct clock_jump jump;

	(void)state;
	clock_jump_begin(&jump, WALL, 1000);
	for (int64_t day = 1; day < 3660; day++)
		assert_int_equal(clock_jump_ahead(&jump, WALL + day * 86401, 1000 + day * 86400), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(ahead_is_held_until_set_right),
	    cmocka_unit_test(ahead_for_long_is_true),
	    cmocka_unit_test(back_and_right_again_is_no_leap),
	    cmocka_unit_test(a_suspend_is_no_leap),
	    cmocka_unit_test(drift_is_no_leap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
