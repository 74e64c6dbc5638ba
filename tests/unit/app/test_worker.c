/* Reports of a worker to the loop; what is no report is refused. */
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/worker.h"

static bool
parse(const char *text, struct worker_report *report)
{
	return worker_report_parse(text, strlen(text), report);
}

static void
a_report(void **state)
{
	struct worker_report report;
	char text[64];

	(void)state;
	assert_true(parse("1782090000 1 0 next: a draw\n", &report));
	assert_int_equal(report.next, 1782090000);
	assert_true(report.mail);
	assert_string_equal(report.status, "next: a draw");
	(void)snprintf(text, sizeof text, "%lld 0 1 \n", (long long)INT64_MAX);
	assert_true(parse(text, &report));
	assert_int_equal(report.next, INT64_MAX);
	assert_string_equal(report.status, "");
}

static void
no_report(void **state)
{
	static const char *const wrong[] = {"", "\n", "17", "17\n", "17 next", "x 0 0 next\n", "17x 0 0 next\n",
	    " 0 0 next\n", "17 2 0 next\n", "17 0 next\n", "17 0 2 next\n", "99999999999999999999 0 0 next\n",
	    "1000000000000000000000000000 0 0 next\n"};
	struct worker_report report;
	char *large = calloc(1, WORKER_REPORT + 16);

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		if (parse(wrong[i], &report))
			fail_msg("\"%s\" passes", wrong[i]);
	assert_non_null(large);
	memset(large, 'x', WORKER_REPORT + 8);
	memcpy(large, "17 0 0 ", 7);
	large[WORKER_REPORT + 7] = '\n';
	assert_false(parse(large, &report));
	free(large);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_report),
	    cmocka_unit_test(no_report),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
