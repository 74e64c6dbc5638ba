/* `odds`: everybody's chances in a draw on today's rosters, and how well its result can be guessed. */

#include <getopt.h>
#include <string.h>

#include "cli/draw_session.h"
#include "cli/odds_print.h"
#include "core/base/text.h"

/* A fixed seed: the same rosters give the same figures. */
#define DEFAULT_SEED "spotcheck odds"

struct odds_options {
	const char *cycle, *seed;
	uint64_t trials; /* 0: the default */
	bool csv, all;
};

static int
print_odds(const struct odds_report *report, const struct odds_options *wanted)
{
	if (wanted->csv)
		return odds_print_csv(report);
	return report->cli->json ? odds_print_json(report) : odds_print_people(report);
}

static int
print_computed_odds(struct draw_session *session, const struct rehearsal *r, const struct odds_options *wanted)
{
	struct cli *cli = session->cli;
	const struct odds_input input = {.commit = &r->snapshot.commit,
	    .roster = &r->snapshot.roster,
	    .sealed = &r->snapshot.sealed,
	    .seed = slice_of(wanted->seed),
	    .trials = wanted->trials,
	    .progress = &cli->progress};
	struct odds odds;
	int status;

	if (odds_compute(&input, &odds, &cli->err) != 0)
		return cli_fail(cli);
	status = print_odds(&(struct odds_report){cli, r, &odds, wanted->seed, wanted->all}, wanted);
	odds_release(&odds);
	return status;
}

static int
parse_trials(const char *text, uint64_t *ret)
{
	if (text_to_uint(slice_of(text), ret) && *ret >= 1 && *ret <= ODDS_TRIALS_MAX)
		return EXIT_DONE;
	return cli_usage_error(_("\"%s\" is no number of trials from 1 to %d"), text, ODDS_TRIALS_MAX);
}

static int
parse_seed(const char *text, const char **ret)
{
	*ret = text;
	if (text_check_reason(slice_of(text)) == TEXT_OK)
		return EXIT_DONE;
	return cli_usage_error(_("the seed must be one line of at most %d bytes"), TEXT_REASON_MAX);
}

static int
parse_odds_options(struct cli *cli, int argc, char **argv, struct odds_options *wanted)
{
	static const struct option options[] = {{"trials", required_argument, NULL, 't'},
	    {"seed", required_argument, NULL, 's'}, {"csv", no_argument, NULL, 'c'}, {"all", no_argument, NULL, 'a'},
	    {NULL, 0, NULL, 0}};
	int option, status = EXIT_DONE;

	*wanted = (struct odds_options){.seed = DEFAULT_SEED};
	while (status == EXIT_DONE && (option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == 't')
			status = parse_trials(optarg, &wanted->trials);
		else if (option == 's')
			status = parse_seed(optarg, &wanted->seed);
		else if (option == 'c')
			wanted->csv = true;
		else if (option == 'a')
			wanted->all = true;
		else
			return cli_usage(cli);
	}
	if (status == EXIT_DONE && (optind + 1 != argc || (wanted->csv && cli->json)))
		return cli_usage(cli);
	wanted->cycle = argv[optind];
	return status;
}

static int
run_odds(struct cli *cli, int argc, char **argv)
{
	const struct config_cycle *cycle;
	struct rehearsal r;
	struct odds_options wanted;
	struct draw_session session;
	int status = parse_odds_options(cli, argc, argv, &wanted);

	if (status != EXIT_DONE)
		return status;
	status = draw_session_open(&session, cli, 0);
	if (status == EXIT_DONE && (cycle = draw_session_cycle(&session, wanted.cycle)) == NULL)
		status = EXIT_USAGE;
	if (status != EXIT_DONE)
		return draw_session_close(&session, status);
	if (rehearsal_make(&r, &session.operator, cycle, &cli->err) != 0)
		status = cli_fail(cli);
	else
		status = print_computed_odds(&session, &r, &wanted);
	rehearsal_release(&r);
	return draw_session_close(&session, status);
}

const struct command odds_commands[] = {
    {"odds", N_("CYCLE [--trials N] [--seed TEXT] [--all] [--csv]"),
        N_("each target's chance, each pair's, and how well they can be guessed, on today's rosters"), run_odds},
    {.name = NULL},
};
