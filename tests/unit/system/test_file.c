/* file_read reads regular files within a limit; anything else in their place is refused at once, without waiting. */
#include "support.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "scratch.h"
#include "system/file.h"

#define LIMIT 100000 /* more than one piece of what is read at once */

static char folder[SCRATCH_PATH], path[SCRATCH_PATH + 16], other[SCRATCH_PATH + 16];

static int
set_up(void **state)
{
	(void)state;
	if (!scratch_make(folder))
		return -1;
	(void)snprintf(path, sizeof path, "%s/file", folder);
	(void)snprintf(other, sizeof other, "%s/other", folder);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	return scratch_remove(folder);
}

static void
write_bytes(size_t n)
{
	FILE *file = fopen(path, "wb");

	assert_non_null(file);
	for (size_t i = 0; i < n; i++)
		assert_int_not_equal(fputc('a' + (int)(i % 26), file), EOF);
	assert_int_equal(fclose(file), 0);
}

/* What reading says, and errno after it; what was read must be `n` bytes. */
static void
reads(const char *from, enum file_links links, int code, int why, size_t n)
{
	struct err err = {0};
	struct buf out;

	buf_init(&out, LIMIT);
	errno = EXDEV;
	assert_int_equal(file_read(AT_FDCWD, from, links, LIMIT, &out, &err), code);
	if (code != 0) {
		assert_int_equal(errno, why);
		assert_int_equal(err.code, code);
		assert_non_null(strstr(err.message, from));
	} else {
		assert_int_equal(out.len, n);
		for (size_t i = 0; i < n; i++)
			assert_int_equal(out.data[i], 'a' + (int)(i % 26));
	}
	buf_release(&out);
}

static void
up_to_its_limit(void **state)
{
	static const size_t sizes[] = {0, 1, 65535, 65536, 65537, LIMIT};
	struct err err = {0};
	struct buf out;

	(void)state;
	for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
		write_bytes(sizes[i]);
		reads(path, FILE_REFUSE_LINKS, 0, 0, sizes[i]);
	}
	write_bytes(LIMIT + 1);
	reads(path, FILE_REFUSE_LINKS, ERR_LIMIT, 0, 0);
	buf_init(&out, LIMIT);
	assert_int_equal(file_read(AT_FDCWD, path, FILE_REFUSE_LINKS, 77, &out, &err), ERR_LIMIT);
	assert_non_null(strstr(err.message, "77 bytes"));
	buf_release(&out);
}

/* Of a size that says 0, as files of /proc have, what comes is counted. */
static void
larger_than_it_said(void **state)
{
	struct err err = {0};
	struct buf out;

	(void)state;
	buf_init(&out, LIMIT);
	assert_int_equal(file_read(AT_FDCWD, "/proc/self/status", FILE_REFUSE_LINKS, 16, &out, &err), ERR_LIMIT);
	buf_clear(&out);
	assert_int_equal(file_read(AT_FDCWD, "/proc/self/status", FILE_REFUSE_LINKS, LIMIT, &out, &err), 0);
	assert_true(out.len > 16);
	buf_release(&out);
}

static atomic_bool stop;

static void *
append(void *ctx)
{
	static const char bytes[4096];
	int fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
	bool good = fd >= 0;

	(void)ctx;
	while (good && !stop) {
		good = write(fd, bytes, sizeof bytes) > 0;
		if (lseek(fd, 0, SEEK_END) > 4 * LIMIT)
			good = good && ftruncate(fd, 0) == 0;
	}
	(void)close(fd);
	return NULL;
}

/* While somebody appends to it: never more than the limit is read, or the file is refused as too large. */
static void
while_it_grows(void **state)
{
	pthread_t writer;

	(void)state;
	write_bytes(0);
	stop = false;
	assert_int_equal(pthread_create(&writer, NULL, append, NULL), 0);
	for (int i = 0; i < 500; i++) {
		struct buf out;
		int rc;

		buf_init(&out, LIMIT);
		rc = file_read(AT_FDCWD, path, FILE_REFUSE_LINKS, LIMIT, &out, NULL);
		assert_true(rc == ERR_LIMIT || (rc == 0 && out.len <= LIMIT));
		buf_release(&out);
	}
	stop = true;
	assert_int_equal(pthread_join(writer, NULL), 0);
}

static void
links_as_the_caller_says(void **state)
{
	(void)state;
	write_bytes(10);
	assert_int_equal(symlink("file", other), 0);
	reads(other, FILE_FOLLOW_LINKS, 0, 0, 10);
	reads(other, FILE_REFUSE_LINKS, ERR_REFUSED, ELOOP, 0);
	assert_int_equal(unlink(path), 0);
	reads(other, FILE_FOLLOW_LINKS, ERR_ABSENT, ENOENT, 0);
	assert_int_equal(symlink("other", path), 0); /* round and round */
	reads(other, FILE_FOLLOW_LINKS, ERR_REFUSED, ELOOP, 0);
}

static void
no_regular_file(void **state)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), len;

	(void)state;
	assert_int_equal(mkfifo(path, 0600), 0); /* that nobody writes to */
	reads(path, FILE_REFUSE_LINKS, ERR_REFUSED, 0, 0);
	reads(folder, FILE_REFUSE_LINKS, ERR_REFUSED, 0, 0);
	reads("/dev/null", FILE_FOLLOW_LINKS, ERR_REFUSED, 0, 0);
	reads("/dev/zero", FILE_FOLLOW_LINKS, ERR_REFUSED, 0, 0);
	len = snprintf(address.sun_path, sizeof address.sun_path, "%s", other);
	if (len >= (int)sizeof address.sun_path)
		skip();
	assert_int_equal(bind(fd, (const struct sockaddr *)&address, sizeof address), 0);
	reads(other, FILE_REFUSE_LINKS, ERR_REFUSED, ENXIO, 0);
	(void)close(fd);
}

static void
none_at_all(void **state)
{
	char below[sizeof path + 8];

	(void)state;
	reads(path, FILE_REFUSE_LINKS, ERR_ABSENT, ENOENT, 0);
	write_bytes(1);
	(void)snprintf(below, sizeof below, "%s/below", path);
	reads(below, FILE_REFUSE_LINKS, ERR_OUTSIDE, ENOTDIR, 0);
}

static void
one_that_may_not_be_read(void **state)
{
	bool root = geteuid() == 0;

	(void)state;
	write_bytes(1);
	assert_int_equal(chmod(path, 0), 0);
	if (root && (chmod(folder, 0755) != 0 || seteuid(65534) != 0))
		skip();
	reads(path, FILE_REFUSE_LINKS, ERR_OUTSIDE, EACCES, 0);
	if (root)
		assert_int_equal(seteuid(0), 0);
}

/* The bytes are appended to the buffer, and a failure leaves no file open. */
static void
behind_what_is_there(void **state)
{
	int before = dup(STDIN_FILENO), after;
	struct buf out;

	(void)state;
	(void)close(before);
	write_bytes(3);
	buf_init(&out, LIMIT);
	buf_text(&out, "> ");
	assert_int_equal(file_read(AT_FDCWD, path, FILE_REFUSE_LINKS, 3, &out, NULL), 0);
	assert_true(slice_is(buf_view(&out), "> abc"));
	assert_int_equal(file_read(AT_FDCWD, path, FILE_REFUSE_LINKS, 2, &out, NULL), ERR_LIMIT);
	assert_int_equal(file_read(AT_FDCWD, folder, FILE_REFUSE_LINKS, 2, &out, NULL), ERR_REFUSED);
	buf_release(&out);
	after = dup(STDIN_FILENO);
	assert_int_equal(after, before);
	(void)close(after);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(up_to_its_limit, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(larger_than_it_said, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(while_it_grows, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(links_as_the_caller_says, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(no_regular_file, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(none_at_all, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(one_that_may_not_be_read, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(behind_what_is_there, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
