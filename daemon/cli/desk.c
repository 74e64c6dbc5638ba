#include "cli/desk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/text.h"
#include "io/ask.h"
#include "io/clock.h"
#include "io/outbox.h"
#include "io/publish.h"
#include "io/steps.h"

static int
load_letters(struct desk *desk)
{
	struct cli *cli = desk->cli;
	char *folder = NULL;
	int rc;

	if (asprintf(&folder, "%s/letters", cli->config.dir) < 0) {
		err_memory(&cli->err);
		return cli_fail(cli);
	}
	rc = letters_load(folder, DATA_DIR "/letters", &cli->diag, &desk->letters);
	free(folder);
	desk->office.letters = desk->letters;
	if (rc == ERR_REFUSED)
		return EXIT_USAGE; /* its faults are told */
	if (rc != 0) {
		err_memory(&cli->err);
		return cli_fail(cli);
	}
	return EXIT_DONE;
}

static int
open_log(struct desk *desk, unsigned flags)
{
	struct cli *cli = desk->cli;
	int rc = 0;

	if ((flags & DESK_MEND) != 0)
		rc = office_key(&desk->office, &cli->err);
	if (rc == 0 && (flags & DESK_MEND) != 0)
		rc = publish_mend(cli->store, &desk->office.key, &cli->config, &cli->err);
	if (rc == 0)
		rc = office_open(&desk->office, &cli->err);
	if (rc == 0)
		return EXIT_DONE;
	key_wipe(&desk->office.key); /* nothing is published over what is there */
	return cli_fail(cli);
}

int
desk_open(struct desk *desk, struct cli *cli, unsigned flags)
{
	int status;

	*desk = (struct desk){.cli = cli};
	status = cli_store(cli, 0);
	if (status == EXIT_DONE)
		status = cli_calendar(cli);
	if (status != EXIT_DONE)
		return status;
	desk->office = (struct office){.config = &cli->config,
	    .calendar = &cli->calendar,
	    .store = cli->store,
	    .now = cli->now,
	    .progress = &cli->progress,
	    .ask = ask_before_signing};
	if ((flags & DESK_KEY) != 0)
		status = open_log(desk, flags);
	if (status != EXIT_DONE)
		return status;
	return (flags & DESK_LETTERS) != 0 ? load_letters(desk) : EXIT_DONE;
}

static void
tell_overdue(void *ctx, enum entry_type type, uint64_t n, const char *cycle)
{
	const struct desk *desk = ctx;
	unsigned long long number = n;

	if (desk->cli->json)
		return;
	if (type == ENTRY_REVEAL)
		printf(_("Overdue: draw %llu (%s) has been opened.\n"), number, cycle);
	else if (type == ENTRY_DRAW)
		printf(_("Overdue: draw %llu (%s) has been drawn.\n"), number, cycle);
	else if (type == ENTRY_VOID)
		printf(_("Overdue: draw %llu (%s) has been voided, since a possible visit date has passed.\n"), number, cycle);
}

/* What cannot be published is told once. */
static int
publish_now(struct desk *desk)
{
	struct cli *cli = desk->cli;

	if (desk->unpublished)
		return EXIT_DONE;
	if (publish_news(cli->store, &desk->office.key, &cli->config, &cli->err) == 0)
		return EXIT_DONE;
	desk->unpublished = true;
	return cli_fail(cli);
}

int
desk_catch_up(struct desk *desk, uint64_t except)
{
	struct cli *cli = desk->cli;
	int rc;

	desk->office.told = tell_overdue;
	desk->office.ctx = desk;
	rc = step_overdue(&desk->office, except, &cli->err);
	desk->office.told = NULL;
	return rc == 0 ? publish_now(desk) : cli_fail(cli);
}

static int
say_letters(const struct desk *desk, uint64_t sent)
{
	uint64_t counts[OUTBOX_STATES] = {0};
	unsigned long long doubtful;

	if (outbox_count(desk->cli->store, counts, &desk->cli->err) != 0)
		return cli_fail(desk->cli);
	if (desk->cli->json)
		return EXIT_DONE;
	if (sent > 0)
		printf(ngettext("%llu letter delivered to %s.\n", "%llu letters delivered to %s.\n", sent),
		    (unsigned long long)sent, desk->cli->config.maildir);
	if (counts[OUTBOX_QUEUED] > 0)
		printf(ngettext("%llu letter waits to leave.\n", "%llu letters wait to leave.\n",
		           counts[OUTBOX_QUEUED]),
		    (unsigned long long)counts[OUTBOX_QUEUED]);
	doubtful = counts[OUTBOX_FAILED] + counts[OUTBOX_UNKNOWN];
	if (doubtful > 0)
		printf(_("%llu letters failed or may have failed: \"spotcheck outbox list\" says why.\n"),
		    doubtful);
	return EXIT_DONE;
}

int
desk_deliver(struct desk *desk)
{
	struct cli *cli = desk->cli;
	struct outbox_tally tally = {0};
	int rc = 0, status = publish_now(desk);

	if (status != EXIT_DONE)
		return status;
	if (cli->config.mail_scheme == MAIL_MAILDIR)
		rc = outbox_deliver_maildir(cli->store, cli->config.maildir, clock_now(), &tally, &cli->err);
	/* Not yet: another process is at it. */
	return rc == 0 || rc == ERR_NOT_YET ? say_letters(desk, tally.sent) : cli_fail(cli);
}

int
desk_close(struct desk *desk, int status)
{
	struct cli *cli = desk->cli;

	/* Also after a fault: what has been appended is public. */
	if (desk->office.key.vkey[0] != '\0') {
		int published = publish_now(desk);

		status = status == EXIT_DONE ? published : status;
		cli_wake(cli);
	}
	letters_free(desk->letters);
	key_wipe(&desk->office.key);
	return status;
}

bool
desk_number(const char *text, uint64_t *ret_number)
{
	return text_to_uint(slice_of(text), ret_number);
}

const struct config_cycle *
desk_cycle(struct desk *desk, const char *name)
{
	const struct config *config = &desk->cli->config;
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
	(void)cli_usage_error(_("there is no cycle \"%s\" in %s; it has: %s"), name, desk->cli->config_path,
	    names.failed ? "" : names.data);
	buf_release(&names);
	return NULL;
}
