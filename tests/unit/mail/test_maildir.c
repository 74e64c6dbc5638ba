/*
 * A maildir: one message, one file, whatever is interrupted, moved by a reader or in the way.
 */
#include "support.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/buf.h"
#include "mail/maildir.h"
#include "scratch.h"

#define ID "<1@example.org>"
#define S slice_of

static char dir[SCRATCH_PATH], mail[SCRATCH_PATH + 8];

static int
set_up(void **state)
{
	(void)state;
	if (!scratch_make(dir))
		return -1;
	(void)snprintf(mail, sizeof mail, "%s/mail", dir);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	return scratch_remove(dir);
}

static const char *
in_mail(const char *part, const char *name)
{
	static char path[2 * SCRATCH_PATH];

	(void)snprintf(path, sizeof path, "%s/%s%s%s", mail, part, *name == '\0' ? "" : "/", name);
	return path;
}

static unsigned
count(const char *part)
{
	return scratch_count(in_mail(part, ""));
}

static void
holds(const char *path, const char *text)
{
	char bytes[256] = "";
	FILE *file = fopen(path, "r");

	assert_non_null(file);
	bytes[fread(bytes, 1, sizeof bytes - 1, file)] = '\0';
	(void)fclose(file);
	assert_string_equal(bytes, text);
}

static const char *
name_of(const char *id)
{
	static char name[MAILDIR_NAME_BYTES];

	maildir_name(S(id), name);
	return name;
}

static struct maildir *
open_ok(void)
{
	struct maildir *maildir = NULL;
	struct err err = {0};

	if (maildir_open(mail, &maildir, &err) != 0)
		fail_msg("%s", err.message);
	return maildir;
}

static bool
deliver_ok(struct maildir *maildir, const char *id, const char *text)
{
	struct err err = {0};
	bool was_there;

	if (maildir_deliver(maildir, S(id), S(text), &was_there, &err) != 0)
		fail_msg("%s", err.message);
	return was_there;
}

static void
delivers_once(void **state)
{
	struct maildir *maildir = open_ok();
	struct stat st;

	(void)state;
	assert_false(deliver_ok(maildir, ID, "one\r\n"));
	assert_false(deliver_ok(maildir, "<2@example.org>", "two\r\n"));
	assert_true(deliver_ok(maildir, ID, "one\r\n"));
	maildir_close(maildir);
	maildir = open_ok();
	assert_true(deliver_ok(maildir, ID, "other\r\n"));
	maildir_close(maildir);
	assert_int_equal(count("new"), 2);
	assert_int_equal(count("cur"), 0);
	assert_int_equal(count("tmp"), 0);
	holds(in_mail("new", name_of(ID)), "one\r\n");
	assert_int_equal(stat(mail, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
	assert_int_equal(stat(in_mail("new", name_of(ID)), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
}

/* A reader's flags stand behind the name. */
static void
finds_what_was_read(void **state)
{
	static const char *const flags[] = {"", ":2,", ":2,RS", ",S=12:2,S", ";2,S"};
	char read_name[MAILDIR_NAME_BYTES + 16], path[2 * SCRATCH_PATH];

	(void)state;
	for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++) {
		struct maildir *maildir = open_ok();

		assert_false(deliver_ok(maildir, ID, "one\r\n"));
		maildir_close(maildir);
		(void)snprintf(read_name, sizeof read_name, "%s%s", name_of(ID), flags[i]);
		(void)snprintf(path, sizeof path, "%s", in_mail("cur", read_name));
		assert_int_equal(rename(in_mail("new", name_of(ID)), path), 0);
		maildir = open_ok();
		assert_true(deliver_ok(maildir, ID, "one\r\n"));
		maildir_close(maildir);
		assert_int_equal(count("new"), 0);
		assert_int_equal(unlink(path), 0);
	}
}

static void
removes_what_a_crash_left(void **state)
{
	struct maildir *maildir = open_ok();
	char stale[MAILDIR_NAME_BYTES + 16];

	(void)state;
	maildir_close(maildir);
	(void)snprintf(stale, sizeof stale, "%s-12345", name_of(ID));
	scratch_write(in_mail("tmp", stale), "hal");
	scratch_write(in_mail("tmp", "1782090000.M1P2.host"), "not ours");
	scratch_write(in_mail("new", "1782090000.M1P3.host"), "not ours");
	maildir = open_ok();
	assert_false(deliver_ok(maildir, ID, "whole\r\n"));
	maildir_close(maildir);
	assert_int_equal(count("tmp"), 1);
	assert_int_equal(count("new"), 2);
	holds(in_mail("new", name_of(ID)), "whole\r\n");
}

/* Killed at some moment, again and again: there is never a second file, nor half of one. */
static void
survives_kills(void **state)
{
	static char text[300000];
	struct maildir *maildir;
	struct stat st;

	(void)state;
	memset(text, 'x', sizeof text - 1);
	for (unsigned i = 0; i < 25; i++) {
		pid_t child = fork();

		assert_true(child >= 0);
		if (child == 0) {
			for (unsigned n = 0; n < 100; n++) {
				char id[32];

				maildir = NULL;
				(void)snprintf(id, sizeof id, "<%u@x>", n);
				if (maildir_open(mail, &maildir, NULL) != 0 ||
				    maildir_deliver(maildir, S(id), S(text), NULL, NULL) != 0)
					_exit(1);
				maildir_close(maildir);
			}
			_exit(0);
		}
		(void)usleep(1000 * (1 + i * 3 % 17));
		(void)kill(child, SIGKILL);
		(void)waitpid(child, NULL, 0);
	}
	maildir = open_ok();
	for (unsigned n = 0; n < 100; n++) {
		char id[32];

		(void)snprintf(id, sizeof id, "<%u@x>", n);
		(void)deliver_ok(maildir, id, text);
		assert_int_equal(stat(in_mail("new", name_of(id)), &st), 0);
		assert_int_equal(st.st_size, sizeof text - 1);
	}
	maildir_close(maildir);
	assert_int_equal(count("new"), 100);
	assert_int_equal(count("tmp"), 0);
}

static void
one_at_a_time(void **state)
{
	struct maildir *first = open_ok(), *second = NULL;
	struct err err = {0};

	(void)state;
	assert_int_equal(maildir_open(mail, &second, &err), ERR_NOT_YET);
	assert_null(second);
	maildir_close(first);
	second = open_ok();
	maildir_close(second);
}

static void
a_full_disk(void **state)
{
	struct maildir *maildir = open_ok();
	struct rlimit before, small = {.rlim_cur = 4096};
	static char text[65536];
	struct err err = {0};
	int rc;

	(void)state;
	memset(text, 'x', sizeof text - 1);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	small.rlim_max = before.rlim_max;
	assert_true(signal(SIGXFSZ, SIG_IGN) != SIG_ERR);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	rc = maildir_deliver(maildir, S(ID), S(text), NULL, &err);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	assert_int_equal(rc, ERR_OUTSIDE);
	assert_non_null(strstr(err.message, mail));
	assert_int_equal(count("tmp"), 0);
	assert_int_equal(count("new"), 0);
	assert_false(deliver_ok(maildir, ID, text)); /* there is room again */
	maildir_close(maildir);
	assert_int_equal(count("new"), 1);
}

static void
refused(const char *path)
{
	struct maildir *maildir = NULL;
	struct err err = {0};

	assert_int_equal(maildir_open(path, &maildir, &err), ERR_OUTSIDE);
	assert_null(maildir);
	assert_non_null(strstr(err.message, path));
}

static void
what_is_in_the_way(void **state)
{
	char path[2 * SCRATCH_PATH];

	(void)state;
	scratch_write(mail, "a file");
	refused(mail);
	(void)snprintf(path, sizeof path, "%s/below", mail);
	refused(path);
	assert_int_equal(unlink(mail), 0);
	refused(path); /* its parent is missing */
	assert_int_equal(mkdir(mail, 0700), 0);
	scratch_write(in_mail("cur", ""), "a file");
	refused(mail);
	assert_int_equal(unlink(in_mail("cur", "")), 0);
	if (geteuid() == 0)
		return; /* nothing is forbidden to root */
	assert_int_equal(chmod(mail, 0500), 0);
	refused(mail);
	assert_int_equal(chmod(mail, 0700), 0);
}

static void
tmp_vanishes(void **state)
{
	struct maildir *maildir = open_ok();
	struct err err = {0};

	(void)state;
	assert_int_equal(rmdir(in_mail("tmp", "")), 0);
	assert_int_equal(maildir_deliver(maildir, S(ID), S("x\r\n"), NULL, &err), ERR_OUTSIDE);
	maildir_close(maildir);
	assert_int_equal(count("new"), 0);
}

static void
relative_and_slashes(void **state)
{
	struct maildir *maildir = NULL;
	int before = open(".", O_RDONLY | O_DIRECTORY);

	(void)state;
	assert_true(before >= 0);
	assert_int_equal(chdir(dir), 0);
	assert_int_equal(maildir_open("mail//", &maildir, NULL), 0);
	maildir_close(maildir);
	assert_int_equal(maildir_open("./mail", &maildir, NULL), 0);
	maildir_close(maildir);
	assert_int_equal(fchdir(before), 0);
	(void)close(before);
	assert_int_equal(count("new"), 0);
}

int
main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)
	const struct CMUnitTest tests[] = {
	    TEST(delivers_once),
	    TEST(finds_what_was_read),
	    TEST(removes_what_a_crash_left),
	    TEST(survives_kills),
	    TEST(one_at_a_time),
	    TEST(a_full_disk),
	    TEST(what_is_in_the_way),
	    TEST(tmp_vanishes),
	    TEST(relative_and_slashes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
