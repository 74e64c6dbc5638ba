/* `list` and `show`: print draws; only the log of who has looked at a sealed draw is changed. */

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "cli/draw_print.h"
#include "cli/draw_session.h"
#include "core/base/array.h"
#include "draws/access.h"
#include "draws/assurance.h"
#include "draws/away.h"
#include "text/table.h"

/* ---- list ---- */

struct draw_table {
	struct cli *cli;
	struct table table;
};

static int
put_list_cells(void *ctx, const struct draw_row *row)
{
	struct draw_table *list = ctx;
	struct table *t = &list->table;
	bool json = list->cli->json;
	size_t n_away = 0;
	struct draw_assurance assurance;
	struct away_days away;
	int rc = draw_assurance_read(list->cli->store, row, &assurance, &list->cli->err);

	if (rc == 0) {
		rc = away_days_of_draw(list->cli->store, row->n, &away, &list->cli->err);
		n_away = away_inspectors(&away);
		away_days_release(&away);
	}
	if (rc != 0)
		return rc;
	table_int(t, (int64_t)row->n);
	table_string(t, row->cycle);
	table_string(t, json ? draw_state(row) : _(draw_state(row)));
	table_time(t, row->draw_time);
	table_time(t, draw_reveal_from(row));
	table_string(t, assurance_name(assurance.assurance));
	table_int(t, (int64_t)n_away);
	return 0;
}

static int
run_list_command(struct cli *cli, int argc, char **argv)
{
	const struct table_column columns[] = {
	    {"n", _("Draw"), true},
	    {"cycle", _("Cycle"), false},
	    {"state", _("State"), false},
	    {"draw_time", _("Draw at"), false},
	    {"reveal_time", _("Opens at"), false},
	    {"class", _("Class"), false},
	    {"away", _("Inspectors away"), true},
	};
	struct draw_table list = {.cli = cli};
	int status;

	(void)argv;
	if (argc != 1)
		return cli_usage(cli);
	status = cli_store(cli, 0);
	if (status != EXIT_DONE)
		return status;
	table_begin(&list.table, columns, ARRAY_LEN(columns));
	if (draws_each(cli->store, put_list_cells, &list, &cli->err) != 0)
		status = cli_fail(cli);
	else if (!table_print(&list.table, cli->json, stdout))
		status = print_end(cli);
	table_release(&list.table);
	return status == EXIT_DONE ? print_end(cli) : status;
}

/* ---- show ---- */

static int
show_draw(struct cli *cli, uint64_t n, const char *by, const char *reason)
{
	struct access_note note = {.time = cli->now, .by = by, .what = "show", .reason = reason, .n = n};
	struct draw_row row;

	if (draws_find(cli->store, n, &row, &cli->err) != 0)
		return cli_fail(cli);
	if (row.outcome != OUTCOME_DRAW)
		return print_draw(cli, &row);
	if (!row.revealed && access_write(cli->store, &note, &cli->err) != 0)
		return cli_fail(cli);
	return print_visits(cli, &row);
}

static int
run_show_command(struct cli *cli, int argc, char **argv)
{
	static const struct option options[] = {{"by", required_argument, NULL, 'b'},
	    {"reason", required_argument, NULL, 'r'}, {NULL, 0, NULL, 0}};
	const char *by = NULL, *reason = NULL;
	uint64_t n = 0;
	int option, status;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1)
		switch (option) {
		case 'b':
			by = optarg;
			break;
		case 'r':
			reason = optarg;
			break;
		default:
			return cli_usage(cli);
		}
	if (optind + 1 != argc)
		return cli_usage(cli);
	if (!draw_session_number(argv[optind], &n))
		return cli_usage_error(_("\"%s\" is no number"), argv[optind]);
	status = cli_store(cli, 0);
	return status == EXIT_DONE ? show_draw(cli, n, by, reason) : status;
}

const struct command show_commands[] = {
    {"list", "", N_("all draws, and what came of them"), run_list_command},
    {"show", N_("N [--by NAME --reason TEXT]"),
        N_("one draw: who visits whom when; while it is sealed, that is logged"), run_show_command},
    {.name = NULL},
};
