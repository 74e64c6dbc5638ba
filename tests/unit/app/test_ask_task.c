/* Tasks for spotcheckd-ask and its reports are read as they were written; anything else is refused. */
#include "support.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "app/ask_task.h"

static void
a_task_comes_through(void **state)
{
	struct config_witness witnesses[] = {{.name = (char[]){"court"},
	                                         .key = (char[]){"k+1"},
	                                         .url = (char[]){"http://a/"}},
	    {.name = (char[]){"档案馆"}, .key = (char[]){"k+2"}, .url = (char[]){""}}};
	char *urls[] = {(char[]){"https://r1"}, (char[]){"https://r2"}};
	struct config config = {.state_dir = (char[]){"/var/lib/x y"},
	                  .witnesses = witnesses,
	                  .n_witnesses = 2,
	                  .beacon_urls = {.items = urls, .n = 2}},
	              got;
	struct ask_task task = {&config, true};
	int fd = memfd_create("task", MFD_CLOEXEC);
	bool all = false;

	(void)state;
	assert_true(fd >= 0 && ask_task_write(fd, &task));
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	assert_int_equal(ask_task_read(fd, &got, &all, NULL), 0);
	assert_true(all);
	assert_string_equal(got.state_dir, "/var/lib/x y");
	assert_int_equal(got.n_witnesses, 2);
	assert_string_equal(got.witnesses[1].name, "档案馆");
	assert_string_equal(got.witnesses[0].key, "k+1");
	assert_string_equal(got.witnesses[1].url, "");
	assert_int_equal(got.beacon_urls.n, 2);
	assert_string_equal(got.beacon_urls.items[1], "https://r2");
	config_release(&got);
	(void)close(fd);
}

static void
no_task(void **state)
{
	static const struct {
		const char *bytes;
		size_t n;
	} wrong[] = {{"", 0}, {"\n", 1}, {"a", 1}, {"a\0", 2},
	    {"a\0"
	     "0 0",
	        5},
	    {"a\0"
	     "2 0 0",
	        8},
	    {"a\0"
	     "0 1 0\0n\0k",
	        12},
	    {"a\0"
	     "0 99999999 0",
	        15},
	    {"a\0"
	     "0 0 1",
	        8},
	    {"a\0"
	     "0 0 0\0more",
	        13},
	    {"a\0"
	     "0 0 -1",
	        9}};
	struct config got;
	bool all;

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		int fd = memfd_create("task", MFD_CLOEXEC);

		assert_int_equal(write(fd, wrong[i].bytes, wrong[i].n), (ssize_t)wrong[i].n);
		assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
		assert_int_equal(ask_task_read(fd, &got, &all, NULL), ERR_REFUSED);
		(void)close(fd);
	}
}

static void
reports(void **state)
{
	static const char *const wrong[] = {"", "\n", "1", "1\n", "2 x\n", "x x\n", " x\n", "1 x"};
	struct ask_task_report report;

	(void)state;
	assert_true(ask_task_report_parse("1 it has seen more\n", 19, &report));
	assert_true(report.ahead);
	assert_string_equal(report.words, "it has seen more");
	assert_true(ask_task_report_parse("0 \n", 3, &report));
	assert_false(report.ahead);
	assert_string_equal(report.words, "");
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		if (ask_task_report_parse(wrong[i], strlen(wrong[i]), &report))
			fail_msg("\"%s\" passes", wrong[i]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_task_comes_through),
	    cmocka_unit_test(no_task),
	    cmocka_unit_test(reports),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
