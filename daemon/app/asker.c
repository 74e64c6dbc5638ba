#include "app/asker.h"

#include <stdio.h>
#include <unistd.h>

#include "app/ask_task.h"
#include "app/journal.h"
#include "remote/ask.h"
#include "system/clock.h"
#include "text/language.h"
#include "text/printable.h"

#define PATIENCE 12 /* times that what is due within the next seconds is waited for here */
#define PATIENCE_S 5

static void
tell(void *ctx, const char *message)
{
	(void)ctx;
	journal_say(JOURNAL_WARNING, NULL, "%s", message);
}

/* A beacon speaks some seconds after its time. */
static int
ask_patiently(struct store *store, const struct config *config, struct ask_report *report, struct err *err)
{
	int rc = 0;

	for (int i = 0; rc == 0 && i < PATIENCE; i++) {
		int64_t next = INT64_MAX, now;

		if ((rc = ask_due(store, config, clock_now(), report, err)) != 0 ||
		    (rc = ask_next(store, config, &next, err)) != 0 || next > (now = clock_now()) + PATIENCE_S)
			break;
		(void)sleep(next > now ? (unsigned)(next - now) : 1);
	}
	return rc;
}

int
asker_work(int in, int out)
{
	struct ask_report report = {.tell = tell};
	struct ask_task_report said = {.ahead = false};
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
		         : ask_patiently(store, &config, &report, &err);
	store_close(store);
	config_release(&config);
	if (rc != 0 && !report.ahead) {
		journal_say(JOURNAL_ERR, NULL, "%s", err.message);
		return 3;
	}
	said.ahead = report.ahead;
	(void)snprintf(said.words, sizeof said.words, "%s", report.ahead ? err.message : "");
	plain_clean(said.words); /* they go through a pipe as one line */
	ask_task_report_write(out, &said);
	return 0;
}
