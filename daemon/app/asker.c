/* What spotcheckd-ask does: asks witnesses and beacons, and waits for values that come within seconds. */

#include "app/asker.h"

#include <stdio.h>
#include <unistd.h>

#include "app/ask_task.h"
#include "app/journal.h"
#include "remote/ask.h"
#include "system/clock.h"
#include "text/language.h"
#include "text/printable.h"

#define WAITS_MAX 12 /* how often this process waits for a value that is due soon */
#define WAIT_MAX_S 5 /* how soon that is */

static void
log_warning(void *ctx, const char *message)
{
	(void)ctx;
	journal_say(JOURNAL_WARNING, NULL, "%s", message);
}

/* A beacon publishes its value some seconds after the value's time. */
static int
ask_and_wait(struct store *store, const struct config *config, struct ask_report *report, struct err *err)
{
	int rc = 0;

	for (int i = 0; rc == 0 && i < WAITS_MAX; i++) {
		int64_t next = INT64_MAX, now;

		rc = ask_due(store, config, clock_now(), report, err);
		if (rc == 0)
			rc = ask_next(store, config, &next, err);
		now = clock_now();
		if (rc != 0 || next > now + WAIT_MAX_S)
			break;
		(void)sleep(next > now ? (unsigned)(next - now) : 1);
	}
	return rc;
}

int
asker_work(int in, int out)
{
	struct ask_report report = {.tell = log_warning};
	struct ask_task_report line = {.ahead = false};
	struct err err = {.tr = language_text};
	struct config config;
	struct store *store = NULL;
	bool all = false;
	int rc = ask_task_read(in, &config, &all, &err);

	if (rc != 0) {
		journal_say(JOURNAL_ERR, NULL, "%s", err.message);
		return 2;
	}
	rc = store_open(config.state_dir, 0, &store, &err);
	if (rc == 0)
		rc = all ? ask_witnesses(store, &config, clock_now(), &report, &err)
		         : ask_and_wait(store, &config, &report, &err);
	store_close(store);
	config_release(&config);
	if (rc != 0 && !report.ahead) {
		journal_say(JOURNAL_ERR, NULL, "%s", err.message);
		return 3;
	}
	line.ahead = report.ahead;
	(void)snprintf(line.words, sizeof line.words, "%s", report.ahead ? err.message : "");
	plain_clean(line.words); /* the report is one line */
	ask_task_report_write(out, &line);
	return 0;
}
