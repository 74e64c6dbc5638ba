/* A task for the mailer is read as it was written; what is no task is refused. */
#include "support.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "app/mail_task.h"

static int
file_of(const char *bytes, size_t len)
{
	int fd = memfd_create("task", MFD_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, len), (ssize_t)len);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	return fd;
}

static void
a_task_comes_through(void **state)
{
	struct config config = {.state_dir = (char[]){"/var/lib/x y"},
	    .mail_host = (char[]){"localhost"},
	    .mail_user = (char[]){""},
	    .mail_password_file = (char[]){"/etc/密码"},
	    .mail_ca_file = (char[]){""},
	    .mail_scheme = MAIL_STARTTLS,
	    .mail_port = 587};
	struct config got;
	int fd = memfd_create("task", MFD_CLOEXEC);

	(void)state;
	assert_true(fd >= 0 && mail_task_write(fd, &config));
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	assert_int_equal(mail_task_read(fd, &got, NULL), 0);
	assert_string_equal(got.state_dir, config.state_dir);
	assert_string_equal(got.mail_host, "localhost");
	assert_string_equal(got.mail_user, "");
	assert_string_equal(got.mail_password_file, "/etc/密码");
	assert_int_equal(got.mail_scheme, MAIL_STARTTLS);
	assert_int_equal(got.mail_port, 587);
	config_release(&got);
	(void)close(fd);
}

static void
no_task(void **state)
{
	static const struct {
		const char *bytes;
		size_t n;
	} wrong[] = {{"", 0}, {"\n", 1}, {"a\0b\0c\0d\0e\0", 10},
	    {"a\0b\0c\0d\0e\0"
	     "0",
	        11},
	    {"a\0b\0c\0d\0e\0"
	     "9 25",
	        15},
	    {"a\0b\0c\0d\0e\0"
	     "0 0",
	        14},
	    {"a\0b\0c\0d\0e\0"
	     "0 70000",
	        18},
	    {"a\0b\0c\0d\0e\0"
	     "3 25",
	        15}};
	struct config got;

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		int fd = file_of(wrong[i].bytes, wrong[i].n);

		assert_int_equal(mail_task_read(fd, &got, NULL), ERR_REFUSED);
		(void)close(fd);
	}
}

static void
a_report_comes_through(void **state)
{
	static const char *const wrong[] = {"", "\n", "0 1 2 3 4\n", "0 1 2 3 4 5", "2 1 2 3 4 5\n", "0 1 2 3 4 5 6\n",
	    "0  2 3 4 5 6\n", "0 -1 2 3 4 5\n", "0 1 2 3 4 99999999999999999999\n", "0 1 2 3 4 5\n\n"};
	struct mail_report report = {true, 10000, 2, 3, 4, 5000000}, got;
	char text[256];
	ssize_t n;
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	mail_report_write(ends[1], &report);
	n = read(ends[0], text, sizeof text);
	assert_true(n > 0 && mail_report_parse(text, (size_t)n, &got));
	assert_true(got.down);
	assert_int_equal(got.sent, 10000);
	assert_int_equal(got.put_off, 2);
	assert_int_equal(got.failed, 3);
	assert_int_equal(got.unknown, 4);
	assert_int_equal(got.stall_us, 5000000);
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		if (mail_report_parse(wrong[i], strlen(wrong[i]), &got))
			fail_msg("\"%s\" passes", wrong[i]);
	(void)close(ends[0]);
	(void)close(ends[1]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_task_comes_through),
	    cmocka_unit_test(no_task),
	    cmocka_unit_test(a_report_comes_through),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
