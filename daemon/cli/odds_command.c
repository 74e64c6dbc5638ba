/* `odds`: what everybody has to expect of a draw on today's rosters, and how well it can be guessed. */

#include <getopt.h>
#include <string.h>

#include "cli/draw_session.h"
#include "cli/odds_print.h"
#include "core/base/text.h"

/* Who names no other gets the same figures from the same rosters. */
#define SEED "spotcheck odds"

struct wish {
	const char *cycle, *seed;
	uint64_t trials; /* 0: not said */
	bool csv, all;
};

static int
print(const struct odds_report *report, const struct wish *wish)
{
	if (wish->csv)
		return odds_print_csv(report);
	return report->cli->json ? odds_print_json(report) : odds_print_people(report);
}

static int
work_out(struct draw_session *session, const struct rehearsal *r, const struct wish *wish)
{
	struct cli *cli = session->cli;
	const struct odds_input input = {.commit = &r->snapshot.commit,
	    .roster = &r->snapshot.roster,
	    .sealed = &r->snapshot.sealed,
	    .seed = slice_of(wish->seed),
	    .trials = wish->trials,
	    .progress = &cli->progress};
	struct odds odds;
	int status;

	if (odds_compute(&input, &odds, &cli->err) != 0)
		return cli_fail(cli);
	status = print(&(struct odds_report){cli, r, &odds, wish->seed, wish->all}, wish);
	odds_release(&odds);
	return status;
}

static int
take_trials(const char *text, uint64_t *ret)
{
	if (text_to_uint(slice_of(text), ret) && *ret >= 1 && *ret <= ODDS_TRIALS_MAX)
		return EXIT_DONE;
	return cli_usage_error(_("\"%s\" is no number of trials from 1 to %d"), text, ODDS_TRIALS_MAX);
}

static int
take_seed(const char *text, const char **ret)
{
	*ret = text;
	if (text_check_reason(slice_of(text)) == TEXT_OK)
		return EXIT_DONE;
	return cli_usage_error(_("the seed must be one line of at most %d bytes"), TEXT_REASON_MAX);
}

static int
take_options(struct cli *cli, int argc, char **argv, struct wish *wish)
{
	static const struct option options[] = {{"trials", required_argument, NULL, 't'},
	    {"seed", required_argument, NULL, 's'}, {"csv", no_argument, NULL, 'c'}, {"all", no_argument, NULL, 'a'},
	    {NULL, 0, NULL, 0}};
	int option, status = EXIT_DONE;

	*wish = (struct wish){.seed = SEED};
	while (status == EXIT_DONE && (option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == 't')
			status = take_trials(optarg, &wish->trials);
		else if (option == 's')
			status = take_seed(optarg, &wish->seed);
		else if (option == 'c')
			wish->csv = true;
		else if (option == 'a')
			wish->all = true;
		else
			return cli_usage(cli);
	}
	if (status == EXIT_DONE && (optind + 1 != argc || (wish->csv && cli->json)))
		return cli_usage(cli);
	wish->cycle = argv[optind];
	return status;
}

static int
run_odds(struct cli *cli, int argc, char **argv)
{
	const struct config_cycle *cycle;
	struct rehearsal r;
	struct wish wish;
	struct draw_session session;
	int status = take_options(cli, argc, argv, &wish);

	if (status != EXIT_DONE)
		return status;
	status = draw_session_open(&session, cli, 0);
	if (status == EXIT_DONE && (cycle = draw_session_cycle(&session, wish.cycle)) == NULL)
		status = EXIT_USAGE;
	if (status != EXIT_DONE)
		return draw_session_close(&session, status);
	if (rehearsal_make(&r, &session.operator, cycle, &cli->err) != 0)
		status = cli_fail(cli);
	else
		status = work_out(&session, &r, &wish);
	rehearsal_release(&r);
	return draw_session_close(&session, status);
}

const struct command odds_commands[] = {
    {"odds", N_("CYCLE [--trials N] [--seed TEXT] [--all] [--csv]"),
        N_("each target's chance, each pair's, and how well they can be guessed, on today's rosters"), run_odds},
    {.name = NULL},
};
