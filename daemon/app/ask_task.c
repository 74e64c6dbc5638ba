/* The task of spotcheckd-ask and its report, written and read on both sides of the pipe. */

#include "app/ask_task.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "app/child.h"
#include "app/program.h"
#include "core/base/text.h"
#include "system/file.h"

#define TASK_MAX ((size_t)1 << 20)

/* ---- the task ---- */

bool
ask_task_write(int fd, const void *given)
{
	const struct ask_task *task = given;
	const struct config *c = task->config;
	char numbers[64];
	bool ok;

	(void)snprintf(numbers, sizeof numbers, "%d %zu %zu", task->all, c->n_witnesses, c->beacon_urls.n);
	ok = program_write_text(fd, c->state_dir) && program_write_text(fd, numbers);
	for (size_t i = 0; ok && i < c->n_witnesses; i++)
		ok = program_write_text(fd, c->witnesses[i].name) && program_write_text(fd, c->witnesses[i].key) &&
		    program_write_text(fd, c->witnesses[i].url);
	for (size_t i = 0; ok && i < c->beacon_urls.n; i++)
		ok = program_write_text(fd, c->beacon_urls.items[i]);
	return ok;
}

/* Copies the next text of the task; false where there is none, or no memory. */
static bool
copy_next(char **at, const char *end, char **ret)
{
	char *text = program_next_text(at, end);

	*ret = text == NULL ? NULL : strdup(text);
	return *ret != NULL;
}

static bool
read_lists(struct config *c, uint64_t n_witnesses, uint64_t n_urls, char **at, const char *end)
{
	bool ok = true;

	c->witnesses = calloc(n_witnesses + 1, sizeof *c->witnesses);
	c->beacon_urls.items = calloc(n_urls + 1, sizeof *c->beacon_urls.items);
	if (c->witnesses == NULL || c->beacon_urls.items == NULL)
		return false;
	for (uint64_t i = 0; ok && i < n_witnesses; i++) {
		struct config_witness *w = &c->witnesses[c->n_witnesses++];

		ok = copy_next(at, end, &w->name) && copy_next(at, end, &w->key) && copy_next(at, end, &w->url);
	}
	for (uint64_t i = 0; ok && i < n_urls; i++)
		ok = copy_next(at, end, &c->beacon_urls.items[c->beacon_urls.n++]);
	return ok;
}

int
ask_task_read(int fd, struct config *ret_config, bool *ret_all, struct err *err)
{
	struct config c = {.n_witnesses = 0};
	size_t len = 0;
	char *bytes = program_read_task(fd, TASK_MAX, &len), *at = bytes, *text = NULL;
	uint64_t all = 0, n_witnesses = 0, n_urls = 0;
	struct slice numbers;
	bool ok = bytes != NULL && copy_next(&at, bytes + len, &c.state_dir) &&
	    (text = program_next_text(&at, bytes + len)) != NULL;

	if (ok) {
		numbers = slice_of(text);
		ok = text_to_uint(slice_cut(&numbers, ' '), &all) &&
		    text_to_uint(slice_cut(&numbers, ' '), &n_witnesses) && text_to_uint(numbers, &n_urls) &&
		    all <= 1 && n_witnesses <= len && n_urls <= len;
	}
	ok = ok && read_lists(&c, n_witnesses, n_urls, &at, bytes + len) && at == bytes + len;
	free(bytes);
	if (!ok) {
		config_release(&c);
		return err_set(err, ERR_REFUSED, N_("this program is the service's; it is not for use by hand"));
	}
	*ret_all = all == 1;
	*ret_config = c;
	return 0;
}

int
ask_task_exec(const void *task, int pipe)
{
	return program_exec("spotcheckd-ask", ask_task_write, task, pipe);
}

/* ---- the report ---- */

void
ask_task_report_write(int fd, const struct ask_task_report *r)
{
	(void)dprintf(fd, "%d %s\n", r->ahead, r->words);
}

bool
ask_task_report_parse(const char *bytes, size_t len, struct ask_task_report *ret)
{
	struct slice rest = {bytes, len};
	struct ask_task_report r = {.ahead = false};
	uint64_t ahead = 0;

	if (len == 0 || bytes[len - 1] != '\n' || !text_to_uint(slice_cut(&rest, ' '), &ahead) || ahead > 1 ||
	    rest.n == 0 || rest.n > sizeof r.words)
		return false;
	r.ahead = ahead == 1;
	memcpy(r.words, rest.p, rest.n - 1);
	*ret = r;
	return true;
}

/* ---- before something is signed ---- */

static bool
any_witness_url(const struct config *config)
{
	for (size_t i = 0; i < config->n_witnesses; i++)
		if (config->witnesses[i].url[0] != '\0')
			return true;
	return false;
}

int
ask_task_before_signing(struct operator *operator, struct err *err)
{
	const struct ask_task task = {operator->config, true};
	struct ask_task_report report = {.ahead = false};
	char line[ASK_TASK_WORDS + 64];
	int pipe = -1, status = -1;
	pid_t pid;
	ssize_t n;

	if (!any_witness_url(operator->config))
		return 0;
	pid = child_begin(ask_task_exec, &task, &pipe);
	if (pid < 0)
		return err_set(err, ERR_OUTSIDE, N_("no process could be started to ask the witnesses"));
	n = file_read_up_to(pipe, line, sizeof line);
	(void)close(pipe);
	(void)waitpid(pid, &status, 0);
	if (status != 0 || n < 0 || !ask_task_report_parse(line, (size_t)n, &report))
		return err_set(err, ERR_OUTSIDE,
		    N_("the witnesses could not be asked, and nothing is signed: the journal says why"));
	return report.ahead ? err_set(err, ERR_REFUSED, "%s", report.words) : 0;
}
