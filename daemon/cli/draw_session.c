/* What commands on draws share: opening, overdue steps, publication, delivery of letters, closing. */

#include "cli/draw_session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/draw_print.h"
#include "core/base/text.h"
#include "mail/outbox.h"
#include "publish/publish.h"
#include "remote/ask.h"
#include "steps/steps.h"
#include "system/clock.h"

static int
load_letters(struct draw_session *session)
{
	struct cli *cli = session->cli;
	char *folder = NULL;
	int rc;

	if (asprintf(&folder, "%s/letters", cli->config.dir) < 0) {
		err_memory(&cli->err);
		return cli_fail(cli);
	}
	rc = letters_load(folder, DATA_DIR "/letters", &cli->diag, &session->letters);
	free(folder);
	session->operator.letters = session->letters;
	if (rc == ERR_REFUSED || rc == ERR_OUTSIDE)
		return rc == ERR_OUTSIDE ? EXIT_OUTSIDE : EXIT_USAGE; /* its faults are printed */
	if (rc != 0) {
		err_memory(&cli->err);
		return cli_fail(cli);
	}
	return EXIT_DONE;
}

static int
open_log(struct draw_session *session, unsigned flags)
{
	struct cli *cli = session->cli;
	int rc = 0;

	if ((flags & DRAW_SESSION_MEND) != 0)
		rc = operator_key(&session->operator, &cli->err);
	if (rc == 0 && (flags & DRAW_SESSION_MEND) != 0)
		rc = publish_mend(cli->store, &session->operator.key, &cli->config, &cli->err);
	if (rc == 0)
		rc = operator_open(&session->operator, &cli->err);
	if (rc == 0)
		return EXIT_DONE;
	key_wipe(&session->operator.key); /* without a key, draw_session_close publishes nothing */
	return cli_fail(cli);
}

static void
print_overdue(const struct draw_session *session, enum entry_type type, uint64_t n, const char *cycle)
{
	unsigned long long number = n;

	if (session->cli->json)
		return;
	if (type == ENTRY_REVEAL)
		printf(_("Overdue: draw %llu (%s) has been opened.\n"), number, cycle);
	else if (type == ENTRY_DRAW)
		printf(_("Overdue: draw %llu (%s) has been drawn.\n"), number, cycle);
	else if (type == ENTRY_VOID)
		printf(_("Overdue: draw %llu (%s) has been voided, since the first possible visit has passed.\n"),
		    number, cycle);
}

/* After each entry: it is printed if it was overdue, and a later fault's message begins with it. */
static void
note_entry(void *ctx, enum entry_type type, uint64_t n, const char *cycle)
{
	struct draw_session *session = ctx;
	unsigned long long number = n;

	if (session->catches_up)
		print_overdue(session, type, n, cycle);
	if (type == ENTRY_COMMIT)
		cli_set_done(session->cli, _("draw %llu is committed"), number);
	else if (type == ENTRY_DRAW)
		cli_set_done(session->cli, _("draw %llu is drawn"), number);
	else if (type == ENTRY_REVEAL)
		cli_set_done(session->cli, _("draw %llu is opened"), number);
	else if (type == ENTRY_VOID)
		cli_set_done(session->cli, _("draw %llu is voided"), number);
}

int
draw_session_open(struct draw_session *session, struct cli *cli, unsigned flags)
{
	int status;

	*session = (struct draw_session){.cli = cli};
	status = cli_store(cli, 0);
	if (status == EXIT_DONE)
		status = cli_calendar(cli);
	if (status != EXIT_DONE)
		return status;
	session->operator = (struct operator){.config = &cli->config,
	    .calendar = &cli->calendar,
	    .store = cli->store,
	    .now = cli->now,
	    .progress = &cli->progress,
	    .told = note_entry,
	    .ctx = session,
	    .ask = ask_before_signing};
	if ((flags & DRAW_SESSION_KEY) != 0)
		status = open_log(session, flags);
	if (status != EXIT_DONE)
		return status;
	return (flags & DRAW_SESSION_LETTERS) != 0 ? load_letters(session) : EXIT_DONE;
}

int
draw_session_find_unreported(struct draw_session *session, const struct unreported *command, uint64_t *ret_number)
{
	int rc = unreported_find(session->cli->store, command, ret_number, &session->cli->err);

	if (rc == ERR_ABSENT)
		*ret_number = 0;
	return rc == 0 || rc == ERR_ABSENT ? EXIT_DONE : cli_fail(session->cli);
}

/* A fault is printed once; then nothing more is published. */
static int
publish_session_news(struct draw_session *session)
{
	struct cli *cli = session->cli;
	struct err why = {.tr = cli->err.tr};

	if (session->unpublished)
		return EXIT_DONE;
	if (publish_news(cli->store, &session->operator.key, &cli->config, &why) == 0)
		return EXIT_DONE;
	session->unpublished = true;
	if (cli->done[0] == '\0')
		(void)err_set(&cli->err, why.code, "%s", why.message);
	else
		(void)err_set(&cli->err, why.code, N_("the publication failed, and is done with the next command: %s"),
		    why.message);
	return cli_fail(cli);
}

int
draw_session_catch_up(struct draw_session *session, uint64_t except)
{
	struct cli *cli = session->cli;
	char done_before[sizeof cli->done];
	int status;

	memcpy(done_before, cli->done, sizeof done_before);
	session->catches_up = true;
	status =
	    step_overdue(&session->operator, except, &cli->err) == 0 ? publish_session_news(session) : cli_fail(cli);
	session->catches_up = false;
	if (status == EXIT_DONE) /* an overdue step that went well is not the command's own */
		memcpy(cli->done, done_before, sizeof done_before);
	return status;
}

static int
print_letter_counts(const struct draw_session *session, uint64_t sent)
{
	uint64_t counts[OUTBOX_STATES] = {0};
	unsigned long long doubtful;

	if (outbox_count(session->cli->store, counts, &session->cli->err) != 0)
		return cli_fail(session->cli);
	if (session->cli->json)
		return EXIT_DONE;
	if (sent > 0)
		printf(ngettext("%llu letter delivered to %s.\n", "%llu letters delivered to %s.\n", sent),
		    (unsigned long long)sent, session->cli->config.maildir);
	if (counts[OUTBOX_QUEUED] > 0)
		printf(ngettext("%llu letter waits to leave.\n", "%llu letters wait to leave.\n",
		           counts[OUTBOX_QUEUED]),
		    (unsigned long long)counts[OUTBOX_QUEUED]);
	doubtful = counts[OUTBOX_FAILED] + counts[OUTBOX_UNKNOWN];
	if (doubtful > 0)
		printf(_("%llu letters failed or may have failed: \"spotcheck outbox list\" says why.\n"), doubtful);
	return EXIT_DONE;
}

/* Delivers what is due into the maildir; does nothing while another process does that. */
static int
deliver_to_maildir(struct cli *cli, struct outbox_tally *tally)
{
	int64_t now = clock_now();
	int rc;

	if (cli->config.mail_scheme != MAIL_MAILDIR)
		return 0;
	rc = outbox_hasten(cli->store, now, &cli->err);
	if (rc != 0)
		return rc;
	rc = outbox_deliver_maildir(cli->store, cli->config.maildir, now, tally, &cli->err);
	return rc == ERR_NOT_YET ? 0 : rc;
}

static int
report_undelivered(struct cli *cli, const struct outbox_tally *tally)
{
	unsigned long long n = tally->put_off + tally->failed;
	long long first = tally->first;

	if (n == 0)
		return EXIT_DONE;
	if (n == 1)
		(void)err_set(&cli->err, ERR_OUTSIDE, N_("letter %lld could not be delivered: %s"), first, tally->why);
	else
		(void)err_set(&cli->err, ERR_OUTSIDE,
		    N_("%llu letters, letter %lld the first, could not be delivered: %s"), n, first, tally->why);
	return cli_fail(cli);
}

int
draw_session_deliver(struct draw_session *session)
{
	struct cli *cli = session->cli;
	struct outbox_tally tally = {0};
	int status = publish_session_news(session);

	if (status != EXIT_DONE)
		return status;
	if (deliver_to_maildir(cli, &tally) != 0)
		return cli_fail(cli);
	status = print_letter_counts(session, tally.sent);
	return status == EXIT_DONE ? report_undelivered(cli, &tally) : status;
}

/* The command's result counts as reported once the output is flushed. */
static int
finish_report(struct draw_session *session)
{
	struct cli *cli = session->cli;
	int status = print_end(cli);

	if (status != EXIT_DONE || session->unreported.number == 0)
		return status;
	return unreported_forget(cli->store, &session->unreported, &cli->err) == 0 ? EXIT_DONE : cli_fail(cli);
}

int
draw_session_close(struct draw_session *session, int status)
{
	struct cli *cli = session->cli;

	/* Also after a fault: entries that were appended must be published. */
	if (session->operator.key.vkey[0] != '\0') {
		int published = publish_session_news(session);

		status = status == EXIT_DONE ? published : status;
		if (status == EXIT_DONE)
			status = finish_report(session);
		cli_wake(cli);
	}
	letters_free(session->letters);
	key_wipe(&session->operator.key);
	return status;
}

bool
draw_session_number(const char *text, uint64_t *ret_number)
{
	return text_to_uint(slice_of(text), ret_number);
}

const struct config_cycle *
draw_session_cycle(struct draw_session *session, const char *name)
{
	const struct config *config = &session->cli->config;
	const struct config_cycle *cycle = config_cycle(config, name);
	struct buf names;

	if (cycle != NULL)
		return cycle;
	buf_init(&names, 4096);
	for (size_t i = 0; i < config->n_cycles; i++) {
		buf_text(&names, i == 0 ? "" : ", ");
		buf_text(&names, config->cycles[i].name);
	}
	buf_byte(&names, '\0');
	(void)cli_usage_error(_("there is no cycle \"%s\" in %s; it has: %s"), name, session->cli->config_path,
	    names.failed ? "" : names.data);
	buf_release(&names);
	return NULL;
}
