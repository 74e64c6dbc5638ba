/* `run`: a whole draw at once, which takes up its own where it was interrupted. */

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/draw_print.h"
#include "cli/draw_session.h"
#include "cli/draw_values.h"
#include "steps/steps.h"
#include "system/clock.h"
#include "system/file.h"

#define LOCK_FILE "run.lock"

/* Somebody else's open commitment is left alone. */
static int
refuse_open(struct draw_session *session, const struct config_cycle *cycle)
{
	struct cli *cli = session->cli;
	char time[CLOCK_TEXT];
	struct draw_row open;
	int rc = draws_open(cli->store, cycle->name, &open, &cli->err);

	if (rc == ERR_ABSENT)
		return EXIT_DONE;
	if (rc != 0)
		return cli_fail(cli);
	clock_text(open.draw_time, time);
	(void)err_set(&cli->err, ERR_REFUSED,
	    N_("draw %llu of cycle %s is committed already, for %s, and is not this command's: "
	       "\"spotcheck draw %llu\" draws it then, \"spotcheck void %llu --reason TEXT\" calls it off"),
	    (unsigned long long)open.n, cycle->name, time, (unsigned long long)open.n, (unsigned long long)open.n);
	return cli_fail(cli);
}

/* The value is there before anything is fixed, so that a run never stops for want of it. */
static int
check_value(struct draw_session *session, const struct config_cycle *cycle, const char *value)
{
	struct beacon beacon;
	struct buf text;
	int rc;

	if (cycle->beacon == SOURCE_DRAND || cycle->beacon == SOURCE_WITNESS) {
		(void)err_set(&session->cli->err, ERR_REFUSED,
		    N_("[cycle %s] beacon = %s gives its value only some time after the commitment, and \"run\" draws "
		       "at once: use \"spotcheck "
		       "commit %s\", and the service draws when its time has come"),
		    cycle->name, source_name(cycle->beacon), cycle->name);
		return cli_fail(session->cli);
	}
	buf_init(&text, 2 * (TEXT_REASON_MAX + SYMBOLS_MAX));
	rc = step_beacon(&session->cli->config, cycle, session->cli->now, &text, &beacon, &session->cli->err);
	if (rc == 0)
		rc = step_check_value(&beacon, value, &session->cli->err);
	buf_release(&text);
	return rc == 0 ? EXIT_DONE : cli_fail(session->cli);
}

static int
begin(struct draw_session *session, const struct config_cycle *cycle, const char *value, uint64_t *ret_n)
{
	struct step_commit want = {.cycle = cycle, .run = true, .value = value};
	int status;

	if ((status = refuse_open(session, cycle)) != EXIT_DONE ||
	    (status = check_value(session, cycle, value)) != EXIT_DONE ||
	    (status = draw_session_catch_up(session, 0)) != EXIT_DONE)
		return status;
	return step_commit(&session->operator, &want, ret_n, &session->cli->err) == 0 ? EXIT_DONE
	                                                                              : cli_fail(session->cli);
}

/* The value was fixed when the run began: another one now would be a second draw. */
static int
take_up(struct draw_session *session, const struct draw_row *row, const char *value)
{
	struct cli *cli = session->cli;
	char *fixed = NULL;
	bool other;

	if (draws_run_value(cli->store, row->n, &fixed, &cli->err) != 0)
		return cli_fail(cli);
	other = value != NULL && strcmp(value, fixed) != 0;
	free(fixed);
	if (other) {
		(void)err_set(&cli->err, ERR_REFUSED,
		    N_("draw %llu, which was interrupted, began with another value: run again without "
		       "--value, and it is finished with its own"),
		    (unsigned long long)row->n);
		return cli_fail(cli);
	}
	if (!cli->json)
		printf(_("Taking up draw %llu, which was interrupted.\n"), (unsigned long long)row->n);
	return draw_session_catch_up(session, row->n);
}

/* The daemon does what is due too, and may have been quicker: what it did is done. */
static int
settled(struct draw_session *session, uint64_t n, int rc)
{
	struct draw_row row;

	if (rc == ERR_REFUSED && draws_find(session->cli->store, n, &row, NULL) == 0 && row.outcome == OUTCOME_DRAW)
		return EXIT_DONE;
	return rc == 0 ? EXIT_DONE : cli_fail(session->cli);
}

static int
draw(struct draw_session *session, uint64_t n)
{
	struct cli *cli = session->cli;
	char *value = NULL;
	int rc = draws_run_value(cli->store, n, &value, &cli->err);

	if (rc == 0)
		rc = step_draw(&session->operator, n, value[0] == '\0' ? NULL : value, &cli->err);
	free(value);
	return settled(session, n, rc);
}

/* The table where everybody may read it; else where it can be read. */
static int
say_done(struct draw_session *session, const struct draw_row *row)
{
	struct cli *cli = session->cli;
	char time[CLOCK_TEXT];
	int status;

	if (row->revealed) {
		status = print_visits(cli, row);
		if (status == EXIT_DONE && !cli->json)
			printf(_("\nEverything is published in %s/draws/%04llu.\n"), cli->config.public_dir,
			    (unsigned long long)row->n);
		return status == EXIT_DONE ? print_end(cli) : status;
	}
	status = print_draw(cli, row);
	clock_text(row->reveal_time, time);
	if (status == EXIT_DONE && !cli->json)
		printf(_("\nIt is sealed until %s. Until then \"spotcheck show %llu --by NAME --reason TEXT\" shows "
		         "it, and that is logged.\n"),
		    time, (unsigned long long)row->n);
	return status == EXIT_DONE ? print_end(cli) : status;
}

/* All steps that are not done yet; each stands by itself, so that this may be begun again at any time. */
static int
finish(struct draw_session *session, uint64_t n)
{
	struct cli *cli = session->cli;
	struct draw_row row;
	int status;

	if (draws_find(cli->store, n, &row, &cli->err) != 0)
		return cli_fail(cli);
	if (row.outcome == OUTCOME_NONE && (status = draw(session, n)) != EXIT_DONE)
		return status;
	if (!row.revealed && row.reveal_time == row.draw_time &&
	    (status = settled(session, n, step_reveal(&session->operator, n, &cli->err))) != EXIT_DONE)
		return status;
	if ((status = draw_session_deliver(session)) != EXIT_DONE)
		return status;
	if (draws_find(cli->store, n, &row, &cli->err) != 0)
		return cli_fail(cli);
	/* What was not said is said again; so it is not done before. */
	if ((status = say_done(session, &row)) != EXIT_DONE)
		return status;
	return draws_run_done(session->operator.store, n, &cli->err) == 0 ? EXIT_DONE : cli_fail(cli);
}

static int
run(struct draw_session *session, const char *name, const char *value, int *ret_lock)
{
	const struct config_cycle *cycle = draw_session_cycle(session, name);
	struct draw_row row;
	int rc, status;

	if (cycle == NULL)
		return EXIT_USAGE;
	/* Another run that is under way is waited for, not taken up. */
	if (file_lock(store_dir(session->cli->store), LOCK_FILE, ret_lock, &session->cli->err) != 0)
		return cli_fail(session->cli);
	rc = draws_run(session->cli->store, cycle->name, &row, &session->cli->err);
	if (rc != 0 && rc != ERR_ABSENT)
		return cli_fail(session->cli);
	status = rc == 0 ? take_up(session, &row, value) : begin(session, cycle, value, &row.n);
	return status == EXIT_DONE ? finish(session, row.n) : status;
}

static int
run_run(struct cli *cli, int argc, char **argv)
{
	static const struct option options[] = {{"value", required_argument, NULL, 'v'}, {NULL, 0, NULL, 0}};
	const char *value = NULL;
	char *text = NULL;
	struct draw_session session;
	int option, status, lock = -1;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option != 'v')
			return cli_usage(cli);
		value = optarg;
	}
	if (optind + 1 != argc)
		return cli_usage(cli);
	if (value != NULL && draw_value_read(value, &text, &cli->err) != 0)
		return cli_fail(cli);
	status = draw_session_open(&session, cli, DRAW_SESSION_KEY | DRAW_SESSION_LETTERS);
	if (status == EXIT_DONE)
		status = run(&session, argv[optind], text, &lock);
	free(text);
	status = draw_session_close(&session, status);
	if (lock >= 0)
		(void)close(lock);
	return status;
}

const struct command run_commands[] = {
    {"run", N_("CYCLE [--value TEXT|@FILE]"),
        N_("commit, draw at once, write the letters, and open what has no embargo"), run_run},
    {.name = NULL},
};
