/* Runs one turn in a process of its own, logs what happened and reports to the loop. */

#include "app/worker.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "admin/metrics.h"
#include "admin/status.h"
#include "app/ask_task.h"
#include "app/journal.h"
#include "app/turn.h"
#include "core/base/text.h"
#include "mail/outbox.h"
#include "publish/publish.h"
#include "remote/ask.h"
#include "steps/steps.h"
#include "system/clock.h"
#include "text/language.h"

#define _(text) language_text(text)

/* ---- what is logged ---- */

/*
 * Logs the step that an entry records.  A draw's number and cycle are public; its targets are not, and are not logged.
 */
static void
log_entry_step(void *ctx, enum entry_type type, uint64_t n, const char *cycle)
{
	const struct journal_about about = {n, cycle};
	unsigned long long number = n;

	(void)ctx;
	if (type == ENTRY_COMMIT)
		journal_say(JOURNAL_NOTICE, &about, _("draw %llu (%s) is committed"), number, cycle);
	else if (type == ENTRY_DRAW)
		journal_say(JOURNAL_NOTICE, &about, _("draw %llu (%s) is drawn"), number, cycle);
	else if (type == ENTRY_VOID)
		journal_say(JOURNAL_WARNING, &about, _("draw %llu (%s) is voided: it comes too late for its visits"),
		    number, cycle);
	else if (type == ENTRY_REVEAL)
		journal_say(JOURNAL_NOTICE, &about, _("draw %llu (%s) is opened"), number, cycle);
	else
		journal_say(JOURNAL_NOTICE, NULL, "%s", _("the configuration's changes are entered in the log"));
}

static void
log_turn_event(void *ctx, const struct turn_event *event)
{
	const struct journal_about about = {event->n, event->cycle->name};
	char title[PLAN_TITLE], words[PLAN_TITLE];

	(void)ctx;
	if (event->what == TURN_COMMITTED)
		return; /* log_entry_step has logged it */
	plan_title(event->cycle, event->occurrence, title);
	plan_title_words(title, language_text, words);
	if (event->what == TURN_REFUSED)
		journal_say(JOURNAL_ERR, &about, _("%s (%s) cannot be committed, and is tried again: %s"),
		    event->cycle->name, words, event->message);
	else
		journal_say(JOURNAL_WARNING, &about, _("%s (%s) is missed: %s"), event->cycle->name, words,
		    event->message);
}

static void
log_alarm(void *ctx, const char *text, bool raised)
{
	(void)ctx;
	if (raised)
		journal_say(JOURNAL_ERR, NULL, _("alarm: %s"), text);
	else
		journal_say(JOURNAL_NOTICE, NULL, _("over: %s"), text);
}

/* ---- the turn ---- */

/* Metrics that cannot be written do not stop the turn. */
static void
write_metrics(const struct worker_task *task, const struct status *status, int64_t now)
{
	struct err err = {.tr = language_text};

	if (task->config->metrics_dir[0] != '\0' && metrics_write(task->config->metrics_dir, status, now, &err) != 0)
		journal_say(JOURNAL_WARNING, NULL, "%s", err.message);
}

/*
 * Repairs what is damaged in the published folder, so that operator_open can compare the state with it.  Damage that
 * stays is logged, and operator_open decides whether the state may sign.
 */
static int
open_operator(struct operator *operator, struct err *err)
{
	struct err why = {.tr = err->tr};
	int rc = operator_key(operator, err);

	if (rc != 0)
		return rc;
	if (publish_mend(operator->store, &operator->key, operator->config, &why) != 0)
		journal_say(JOURNAL_ERR, NULL, "%s", why.message);
	return operator_open(operator, err);
}

static int
take_worker_turn(const struct worker_task *task, struct operator *operator, struct worker_report *report,
    struct err *err)
{
	struct turn turn = {.operator = operator, .on_event = log_turn_event, .on_alarm = log_alarm};
	struct err barred = {.tr = err->tr};
	int64_t letters = INT64_MAX, ask = INT64_MAX;
	struct status status;
	char next[256];
	int rc = open_operator(operator, &barred);

	/* Letters are sent even where the published folder or the key cannot be read. */
	if (rc != 0 && !operator->halted && rc != ERR_OUTSIDE)
		return err_set(err, rc, "%s", barred.message);
	turn.barred = rc == 0 ? NULL : barred.message;
	rc = turn_take(&turn, &report->next, err);
	if (rc == 0)
		rc = status_read(operator->store, task->config, task->calendar, operator->now, &status, err);
	if (rc == 0 && task->config->mail_scheme != MAIL_MAILDIR)
		rc = outbox_next(operator->store, &letters, err);
	if (rc == 0)
		rc = ask_next(operator->store, task->config, &ask, err);
	if (rc != 0)
		return rc;
	report->mail = letters <= operator->now;
	report->ask = ask <= operator->now;
	if (ask < report->next)
		report->next = ask > operator->now ? ask : report->next;
	write_metrics(task, &status, operator->now);
	if (turn.halted[0] != '\0') {
		journal_say(JOURNAL_ERR, NULL, "%s", turn.halted);
		(void)snprintf(report->status, sizeof report->status, "%s", turn.halted);
		return 0;
	}
	status_next(&status, language_text, next, sizeof next);
	(void)snprintf(report->status, sizeof report->status, _("next: %s; %llu draws, %llu late, %llu letters wait"),
	    next, (unsigned long long)status.draws, (unsigned long long)status.late, (unsigned long long)status.queued);
	return 0;
}

static int
run_worker(const struct worker_task *task, struct worker_report *report)
{
	struct err err = {.tr = language_text};
	struct operator operator = {.config = task->config,
	    .calendar = task->calendar,
	    .letters = task->letters,
	    .now = clock_now(),
	    .told = log_entry_step,
	    .ask = ask_task_before_signing};
	int rc = store_open(task->config->state_dir, 0, &operator.store, &err);

	if (rc == 0)
		rc = take_worker_turn(task, &operator, report, &err);
	key_wipe(&operator.key);
	store_close(operator.store);
	if (rc == ERR_ABSENT) { /* no state or no log yet: the command that makes it wakes the service */
		report->next = INT64_MAX;
		(void)snprintf(report->status, sizeof report->status, "%s", err.message);
		return 0;
	}
	if (rc != 0)
		journal_say(JOURNAL_ERR, NULL, "%s", err.message);
	return rc;
}

int
worker_work(const void *task, int pipe)
{
	struct worker_report report = {.next = INT64_MAX};
	int rc = run_worker(task, &report);

	if (rc == 0)
		(void)dprintf(pipe, "%lld %d %d %s\n", (long long)report.next, report.mail, report.ask, report.status);
	return rc == 0 ? 0 : rc == ERR_REFUSED ? WORKER_REFUSED : 3;
}

bool
worker_report_parse(const char *bytes, size_t len, struct worker_report *ret_report)
{
	struct slice rest = {bytes, len}, number = slice_cut(&rest, ' '), mail = slice_cut(&rest, ' '),
	             ask = slice_cut(&rest, ' ');
	char text[24];
	char *end;

	if (rest.p == NULL || number.n == 0 || number.n >= sizeof text || rest.n == 0 || rest.p[rest.n - 1] != '\n' ||
	    rest.n > sizeof ret_report->status || (!slice_is(mail, "0") && !slice_is(mail, "1")) ||
	    (!slice_is(ask, "0") && !slice_is(ask, "1")))
		return false;
	memcpy(text, number.p, number.n);
	text[number.n] = '\0';
	errno = 0;
	ret_report->next = strtoll(text, &end, 10);
	if (*end != '\0' || errno != 0)
		return false;
	ret_report->mail = slice_is(mail, "1");
	ret_report->ask = slice_is(ask, "1");
	memcpy(ret_report->status, rest.p, rest.n - 1);
	ret_report->status[rest.n - 1] = '\0';
	return true;
}
