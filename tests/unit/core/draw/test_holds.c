/* Which targets a draw's places hold at which entry of the log (PROTOCOL 5 `elsewhere`): as drawn, and as amended. */
#include "scene.h"

#include "core/draw/holds.h"

#define T2_OUT_AT 12
#define T3_OUT_AT 20

static void
amend_target(struct places *p, size_t place)
{
	struct amendment a = {0};
	struct err err = {0};

	if (places_propose(p, true, place, 0, &a, &err) != 0 || places_apply(p, &a, &err) != 0)
		fail_msg("%s", err.message);
}

static void
expect(const struct holds *h, const char *target, size_t commit, bool right)
{
	if (holds_has(h, slice_of(target), commit) != right)
		fail_msg("%s at entry %zu: not %d", target, commit, right);
}

/* Scenario: T2 gives its place to T3, and T3 to nobody; each commitment sees what stood before it. */
static void
test_holds(void **state)
{
	struct scene scene;
	struct draw draw;
	struct places p;
	struct holds h;

	(void)state;
	scene_rows(&scene,
	    "T1,A,,,,1,2020-01-01,,in\nT2,A,,,,1,2020-01-01,,in\nT3,A,,,,1,2020-01-01,,in\nT4,A,,,,1,2020-01-01,,in\n",
	    "I1,,,,,in\n", "");
	scene_stratum(&scene, "*", 3);
	scene_draw(&scene, "T1:I1 T2:I1 T4:-", "T3", "I1", 1, &draw);
	assert_int_equal(places_new(&scene.input, &draw, &p, NULL), 0);
	assert_int_equal(holds_new(&p, &h, NULL), 0);
	amend_target(&p, 1);
	assert_int_equal(holds_amend(&h, &p, 1, T2_OUT_AT, NULL), 0);
	amend_target(&p, 1);
	assert_int_equal(holds_amend(&h, &p, 1, T3_OUT_AT, NULL), 0);
	assert_false(holds_has(&h, S("T1"), 5)); /* not before they are sorted */
	holds_sort(&h);
	for (size_t commit = 1; commit < 30; commit++) {
		expect(&h, "T1", commit, true);
		if (commit != T2_OUT_AT) /* an entry is no commitment and an amendment at once */
			expect(&h, "T2", commit, commit < T2_OUT_AT);
		if (commit != T2_OUT_AT && commit != T3_OUT_AT)
			expect(&h, "T3", commit, commit > T2_OUT_AT && commit < T3_OUT_AT);
		expect(&h, "T4", commit, false); /* unstaffed */
		expect(&h, "T", commit, false);
		expect(&h, "", commit, false);
	}
	holds_release(&h);
	places_release(&p);
	draw_release(&draw);
	scene_release(&scene);
}

/* Two amendments that one archive entry counted: what came in between is held by no commitment. */
static void
test_at_one_entry(void **state)
{
	struct scene scene;
	struct draw draw;
	struct places p;
	struct holds h;

	(void)state;
	scene_rows(&scene, "T1,A,,,,1,2020-01-01,,in\nT2,A,,,,1,2020-01-01,,in\nT3,A,,,,1,2020-01-01,,in\n",
	    "I1,,,,,in\n", "");
	scene_stratum(&scene, "*", 1);
	scene_draw(&scene, "T1:I1", "T2 T3", "I1", 1, &draw);
	assert_int_equal(places_new(&scene.input, &draw, &p, NULL), 0);
	assert_int_equal(holds_new(&p, &h, NULL), 0);
	for (int i = 0; i < 2; i++) {
		amend_target(&p, 0);
		assert_int_equal(holds_amend(&h, &p, 0, 7, NULL), 0);
	}
	holds_sort(&h);
	for (size_t commit = 1; commit < 20; commit++)
		if (commit != 7) {
			expect(&h, "T1", commit, commit < 7);
			expect(&h, "T2", commit, false);
			expect(&h, "T3", commit, commit > 7);
		}
	holds_release(&h);
	places_release(&p);
	draw_release(&draw);
	scene_release(&scene);
}

static void
test_no_places(void **state)
{
	struct scene scene;
	struct draw draw;
	struct places p;
	struct holds h;

	(void)state;
	scene_rows(&scene, "T1,A,,,,1,2020-01-01,,in\n", "I1,,,,,in\n", "");
	scene_stratum(&scene, "*", 1);
	scene_draw(&scene, "T1:-", "", "I1", 1, &draw);
	assert_int_equal(places_new(&scene.input, &draw, &p, NULL), 0);
	assert_int_equal(holds_new(&p, &h, NULL), 0);
	holds_sort(&h);
	expect(&h, "T1", 5, false);
	holds_release(&h);
	places_release(&p);
	draw_release(&draw);
	scene_release(&scene);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_holds),
	    cmocka_unit_test(test_at_one_entry),
	    cmocka_unit_test(test_no_places),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
