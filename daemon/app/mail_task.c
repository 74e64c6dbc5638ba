/* The task of spotcheckd-mail and its report, written and read on both sides of the pipe. */

#include "app/mail_task.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/program.h"
#include "core/base/array.h"
#include "core/base/text.h"

#define TASK_MAX 65536

bool
mail_task_write(int fd, const void *task)
{
	const struct config *config = task;
	const char *const texts[] = {config->state_dir, config->mail_host, config->mail_user,
	    config->mail_password_file, config->mail_ca_file};
	char numbers[64];
	bool good = true;

	for (size_t i = 0; good && i < ARRAY_LEN(texts); i++)
		good = program_write_text(fd, texts[i]);
	(void)snprintf(numbers, sizeof numbers, "%d %lld", (int)config->mail_scheme, (long long)config->mail_port);
	return good && program_write_text(fd, numbers);
}

/* Reads exactly `n` numbers, separated by single spaces. */
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
	size_t len = 0;
	char *bytes = program_read_task(fd, TASK_MAX, &len), *at = bytes, *text = NULL;
	uint64_t numbers[2];
	int rc = 0;

	for (size_t i = 0; bytes != NULL && rc == 0 && i < ARRAY_LEN(texts); i++)
		if ((text = program_next_text(&at, bytes + len)) != NULL && (*texts[i] = strdup(text)) == NULL)
			rc = err_memory(err);
	if (bytes != NULL && rc == 0)
		text = program_next_text(&at, bytes + len);
	if (rc == 0 &&
	    (text == NULL || at != bytes + len || !read_numbers(slice_of(text), numbers, 2) ||
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

int
mail_task_exec(const void *config, int pipe)
{
	return program_exec("spotcheckd-mail", mail_task_write, config, pipe);
}

/* ---- the report ---- */

void
mail_report_write(int fd, const struct mail_report *report)
{
	(void)dprintf(fd, "%d %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRId64 "\n", report->down,
	    report->sent, report->put_off, report->failed, report->unknown, report->stall_us);
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
