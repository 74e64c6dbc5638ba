/* `run`: all steps of a draw at once; an interrupted run is resumed. */

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

/* Refuses to run while the cycle has an open commitment that no run has made. */
static int
refuse_open_commitment(struct draw_session *session, const struct config_cycle *cycle)
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

/* Checks the value before the commitment, so that no run stops for want of one. */
static int
check_run_value(struct draw_session *session, const struct config_cycle *cycle, const char *value)
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
begin_new_run(struct draw_session *session, const struct config_cycle *cycle, const char *value, uint64_t *ret_n)
{
	struct step_commit want = {.cycle = cycle, .run = true, .value = value};
	int status;

	status = refuse_open_commitment(session, cycle);
	if (status == EXIT_DONE)
		status = check_run_value(session, cycle, value);
	if (status == EXIT_DONE)
		status = draw_session_catch_up(session, 0);
	if (status != EXIT_DONE)
		return status;
	return step_commit(&session->operator, &want, ret_n, &session->cli->err) == 0 ? EXIT_DONE
	                                                                              : cli_fail(session->cli);
}

/* Resumes a run.  It keeps the value that it began with: another one would be a second draw. */
static int
resume_run(struct draw_session *session, const struct draw_row *row, const char *value)
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

/* A refused step counts as done if the draw is drawn: the service may have done it meanwhile. */
static int
accept_if_drawn(struct draw_session *session, uint64_t n, int rc)
{
	struct draw_row row;

	if (rc == ERR_REFUSED && draws_find(session->cli->store, n, &row, NULL) == 0 && row.outcome == OUTCOME_DRAW)
		return EXIT_DONE;
	return rc == 0 ? EXIT_DONE : cli_fail(session->cli);
}

static int
draw_run(struct draw_session *session, uint64_t n)
{
	struct cli *cli = session->cli;
	char *value = NULL;
	int rc = draws_run_value(cli->store, n, &value, &cli->err);

	if (rc == 0)
		rc = step_draw(&session->operator, n, value[0] == '\0' ? NULL : value, &cli->err);
	free(value);
	return accept_if_drawn(session, n, rc);
}

/* Prints the visits of an open draw; for a sealed one, how to see them. */
static int
print_run_outcome(struct draw_session *session, const struct draw_row *row)
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
	clock_text(draw_reveal_from(row), time);
	if (status == EXIT_DONE && !cli->json)
		printf(_("\nIt is sealed until %s. Until then \"spotcheck show %llu --by NAME --reason TEXT\" shows "
		         "it, and that is logged.\n"),
		    time, (unsigned long long)row->n);
	return status == EXIT_DONE ? print_end(cli) : status;
}

/* Does all steps that are missing; it may be interrupted and repeated at any time. */
static int
finish_run(struct draw_session *session, uint64_t n)
{
	struct cli *cli = session->cli;
	struct draw_row row;
	int status;

	if (draws_find(cli->store, n, &row, &cli->err) != 0)
		return cli_fail(cli);
	status = row.outcome == OUTCOME_NONE ? draw_run(session, n) : EXIT_DONE;
	if (status == EXIT_DONE && !row.revealed && row.reveal_time == row.draw_time)
		status = accept_if_drawn(session, n, step_reveal(&session->operator, n, &cli->err));
	if (status == EXIT_DONE)
		status = draw_session_deliver(session);
	if (status != EXIT_DONE)
		return status;
	if (draws_find(cli->store, n, &row, &cli->err) != 0)
		return cli_fail(cli);
	/* The run is marked as done after its outcome is printed: an interrupted one prints it again. */
	status = print_run_outcome(session, &row);
	if (status != EXIT_DONE)
		return status;
	return draws_run_done(session->operator.store, n, &cli->err) == 0 ? EXIT_DONE : cli_fail(cli);
}

static int
run_cycle(struct draw_session *session, const char *name, const char *value, int *ret_lock)
{
	const struct config_cycle *cycle = draw_session_cycle(session, name);
	struct draw_row row;
	int rc, status;

	if (cycle == NULL)
		return EXIT_USAGE;
	/* Waits for another run that is still going on, rather than resume it. */
	if (file_lock(store_dir(session->cli->store), LOCK_FILE, ret_lock, &session->cli->err) != 0)
		return cli_fail(session->cli);
	rc = draws_run(session->cli->store, cycle->name, &row, &session->cli->err);
	if (rc != 0 && rc != ERR_ABSENT)
		return cli_fail(session->cli);
	status = rc == 0 ? resume_run(session, &row, value) : begin_new_run(session, cycle, value, &row.n);
	return status == EXIT_DONE ? finish_run(session, row.n) : status;
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
		status = run_cycle(&session, argv[optind], text, &lock);
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
