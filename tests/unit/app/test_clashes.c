/* An inspector's visits are held against each other, whichever draws they are of. */
#include "support.h"

#include "app/clashes.h"

#define NOON 28000000 /* a slot: minutes */
#define SPACING 180

static void
add(struct clashes *c, const char *inspector, const char *unit, slot_t visit, uint64_t spacing)
{
	struct err err = {.tr = NULL};

	assert_int_equal(clashes_add(c, slice_of(inspector), slice_of(unit), visit, spacing, &err), 0);
}

static void
one_person_at_two_places(void **state)
{
	struct clashes c = {.n = 0};

	(void)state;
	assert_int_equal(clashes_count(&c), 0);
	add(&c, "I1", "north", NOON, SPACING);
	add(&c, "I2", "south", NOON, SPACING);
	add(&c, "I1", "north", NOON, SPACING); /* of one unit: both at once */
	assert_int_equal(clashes_count(&c), 0);
	add(&c, "I1", "south", NOON + SPACING, SPACING);
	assert_int_equal(clashes_count(&c), 0);
	add(&c, "I2", "north", NOON + SPACING - 1, SPACING);
	assert_int_equal(clashes_count(&c), 1);
	add(&c, "I1", "west", NOON, SPACING); /* against both in the north, and far enough from the south */
	assert_int_equal(clashes_count(&c), 3);
	clashes_release(&c);
}

/* Posts without a unit are of none together; without spacing only the same minute is too close; the wider spacing counts. */
static void
no_unit_and_no_spacing(void **state)
{
	struct clashes c = {.n = 0};

	(void)state;
	add(&c, "I1", "", NOON, 0);
	add(&c, "I1", "", NOON + 1, 0);
	assert_int_equal(clashes_count(&c), 0);
	add(&c, "I1", "", NOON + 1, 0);
	assert_int_equal(clashes_count(&c), 1);
	add(&c, "I1", "west", NOON + 60, SPACING);
	assert_int_equal(clashes_count(&c), 4);
	clashes_release(&c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(one_person_at_two_places),
	    cmocka_unit_test(no_unit_and_no_spacing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
