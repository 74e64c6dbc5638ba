#include "app/mail_task.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "app/journal.h"
#include "core/text.h"
#include "io/language.h"
#include "io/whole.h"

#define _(text) language_text(text)

#define PROGRAM "spotcheckd-mail"
#define TASK_MAX 65536

bool
mail_task_write(int fd, const struct config *config)
{
	const char *const texts[] = {config->state_dir, config->mail_host, config->mail_user, config->mail_password_file,
	    config->mail_ca_file};
	char numbers[64];
	bool good = true;

	for (size_t i = 0; good && i < sizeof texts / sizeof texts[0]; i++)
		good = whole_write(fd, texts[i], strlen(texts[i]) + 1);
	(void)snprintf(numbers, sizeof numbers, "%d %lld", (int)config->mail_scheme, (long long)config->mail_port);
	return good && whole_write(fd, numbers, strlen(numbers) + 1);
}

/* Just so many, a space between any two. */
static bool
read_numbers(struct slice text, uint64_t *ret_numbers, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!text_to_uint(slice_cut(&text, ' '), &ret_numbers[i]))
			return false;
	return text.p == NULL || text.n == 0;
}

int
mail_task_read(int fd, struct config *ret_config, struct err *err)
{
	struct config c = {.mail_scheme = MAIL_SMTP};
	char **const texts[] = {&c.state_dir, &c.mail_host, &c.mail_user, &c.mail_password_file, &c.mail_ca_file};
	char *bytes = malloc(TASK_MAX), *at = bytes, *end;
	uint64_t numbers[2];
	ssize_t n;
	int rc = 0;

	if (bytes == NULL)
		return err_memory(err);
	n = whole_read(fd, bytes, TASK_MAX);
	end = bytes + (n > 0 ? n : 0);
	for (size_t i = 0; rc == 0 && i < sizeof texts / sizeof texts[0]; i++) {
		char *nul = at == NULL ? NULL : memchr(at, '\0', (size_t)(end - at));

		if (nul != NULL && (*texts[i] = strdup(at)) == NULL)
			rc = err_memory(err);
		at = nul == NULL ? NULL : nul + 1;
	}
	if (rc == 0 && (at == NULL || at == end || end[-1] != '\0' || !read_numbers(slice_of(at), numbers, 2) ||
	    numbers[0] > MAIL_SMTPS || numbers[1] < 1 || numbers[1] > 65535))
		rc = err_set(err, ERR_REFUSED, N_("this program is the service's; it is not for use by hand"));
	free(bytes);
	if (rc != 0) {
		config_release(&c);
		return rc;
	}
	c.mail_scheme = (enum mail_scheme)numbers[0];
	c.mail_port = (int64_t)numbers[1];
	*ret_config = c;
	return 0;
}

/* Beside this program, as in a build tree; else where it is installed. */
static void
find_program(char ret_path[static PATH_MAX])
{
	char self[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
	char *slash;

	self[n > 0 ? n : 0] = '\0';
	slash = strrchr(self, '/');
	if (slash != NULL) {
		*slash = '\0';
		if (snprintf(ret_path, PATH_MAX, "%.*s/%s", PATH_MAX - 32, self, PROGRAM) < PATH_MAX && access(ret_path, X_OK) == 0)
			return;
	}
	(void)snprintf(ret_path, PATH_MAX, "%s/%s", LIBEXEC_DIR, PROGRAM);
}

int
mail_task_exec(const void *config, int pipe)
{
	char path[PATH_MAX];
	char *const argv[] = {(char[]){PROGRAM}, NULL};
	int task = memfd_create("task", MFD_CLOEXEC);

	find_program(path);
	if (task >= 0 && mail_task_write(task, config) && lseek(task, 0, SEEK_SET) == 0 && dup2(task, STDIN_FILENO) >= 0 &&
	    dup2(pipe, STDOUT_FILENO) >= 0)
		(void)execv(path, argv);
	journal_say(JOURNAL_ERR, NULL, _("%s cannot be started: %s"), path, strerror(errno));
	return 3;
}

/* ---- the report ---- */

void
mail_report_write(int fd, const struct mail_report *report)
{
	(void)dprintf(fd, "%d %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRId64 "\n", report->down, report->sent,
	    report->put_off, report->failed, report->unknown, report->stall_us);
}

bool
mail_report_parse(const char *bytes, size_t len, struct mail_report *ret_report)
{
	struct slice text = {bytes, len};
	struct mail_report r = {.down = false};
	uint64_t numbers[6];

	if (len == 0 || bytes[len - 1] != '\n')
		return false;
	text.n--;
	if (!read_numbers(text, numbers, 6) || numbers[0] > 1 || numbers[5] > INT64_MAX)
		return false;
	r.down = numbers[0] == 1;
	r.sent = numbers[1];
	r.put_off = numbers[2];
	r.failed = numbers[3];
	r.unknown = numbers[4];
	r.stall_us = (int64_t)numbers[5];
	*ret_report = r;
	return true;
}
