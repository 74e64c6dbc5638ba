/*
 * The self-test holds here, and says so without a word; what it does where a primitive is wrong is tried in
 * tests/system/55-hashing.sh.
 */
#include "scene.h"

#include <sodium.h>

#include "core/base/selftest.h"

static void
test_holds(void **state)
{
	struct err err = {.code = 0};

	(void)state;
	for (int i = 0; i < 100; i++)
		assert_int_equal(selftest(&err), 0);
	assert_int_equal(err.code, 0);
	assert_int_equal(selftest(NULL), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_holds)};

	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
