/* `list`, `show` and `status`: what there is, without changing anything but the list of who looked. */

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "cli/desk.h"
#include "cli/draw_print.h"
#include "io/language.h"
#include "io/standing.h"
#include "io/table.h"
#include "io/access.h"

/* ---- list ---- */

struct list {
	struct cli *cli;
	struct table table;
};

static int
list_draw(void *ctx, const struct draw_row *row)
{
	struct list *list = ctx;
	struct table *t = &list->table;
	bool json = list->cli->json;

	table_int(t, (int64_t)row->n);
	table_string(t, row->cycle);
	table_string(t, json ? draw_state(row) : _(draw_state(row)));
	table_time(t, row->draw_time);
	table_time(t, row->reveal_time);
	table_string(t, assurance_name(draw_assurance(list->cli, row)));
	return 0;
}

static int
run_list(struct cli *cli, int argc, char **argv)
{
	const struct table_column columns[] = {
	    {"n", _("Draw"), true},
	    {"cycle", _("Cycle"), false},
	    {"state", _("State"), false},
	    {"draw_time", _("Draw at"), false},
	    {"reveal_time", _("Opens at"), false},
	    {"class", _("Class"), false},
	};
	struct list list = {.cli = cli};
	int status;

	(void)argv;
	if (argc != 1)
		return cli_usage(cli);
	if ((status = cli_store(cli, 0)) != EXIT_DONE)
		return status;
	table_begin(&list.table, columns, sizeof columns / sizeof columns[0]);
	if (draws_each(cli->store, list_draw, &list, &cli->err) != 0)
		status = cli_fail(cli);
	else if (!table_print(&list.table, cli->json, stdout))
		status = print_end(cli);
	table_release(&list.table);
	return status == EXIT_DONE ? print_end(cli) : status;
}

/* ---- show ---- */

static int
show(struct cli *cli, uint64_t n, const char *by, const char *reason)
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
run_show(struct cli *cli, int argc, char **argv)
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
	if (!desk_number(argv[optind], &n))
		return cli_usage_error(_("\"%s\" is no number"), argv[optind]);
	status = cli_store(cli, 0);
	return status == EXIT_DONE ? show(cli, n, by, reason) : status;
}

/* ---- status ---- */

static int
print_status(struct cli *cli, const struct standing *s)
{
	const struct table_column columns[] = {
	    {"log", _("Log"), false},
	    {"entries", _("Entries in the log"), true},
	    {"draws", _("Draws"), true},
	    {"open", _("Committed, not drawn"), true},
	    {"sealed", _("Drawn, still sealed"), true},
	    {"late", _("Late"), true},
	    {"queued", _("Letters waiting"), true},
	    {"failed", _("Letters failed"), true},
	    {"unknown", _("Letters that may have left"), true},
	    {"next", _("next"), false},
	};
	char next[256];
	struct table t;
	bool good;

	standing_next(s, language_text, next, sizeof next);
	table_begin(&t, columns, sizeof columns / sizeof columns[0]);
	table_string(&t, cli->config.origin);
	table_int(&t, (int64_t)s->entries);
	table_int(&t, (int64_t)s->draws);
	table_int(&t, (int64_t)s->open);
	table_int(&t, (int64_t)s->sealed);
	table_int(&t, (int64_t)s->late);
	table_int(&t, (int64_t)s->queued);
	table_int(&t, (int64_t)s->failed);
	table_int(&t, (int64_t)s->unknown);
	table_string(&t, next);
	good = table_print_record(&t, cli->json, stdout);
	table_release(&t);
	(void)good;
	return print_end(cli);
}

static int
run_status(struct cli *cli, int argc, char **argv)
{
	struct standing s;
	int status;

	(void)argv;
	if (argc != 1)
		return cli_usage(cli);
	if ((status = cli_store(cli, 0)) != EXIT_DONE || (status = cli_calendar(cli)) != EXIT_DONE)
		return status;
	if (standing_read(cli->store, &cli->config, &cli->calendar, cli->now, &s, &cli->err) != 0)
		return cli_fail(cli);
	return print_status(cli, &s);
}

const struct command show_commands[] = {
	{"list", "", N_("all draws, and what came of them"), run_list},
	{"show", N_("N [--by NAME --reason TEXT]"),
	    N_("one draw: who visits whom when; while it is sealed, that is logged"), run_show},
	{"status", "", N_("how the service stands: what is open, what is late, what is next"), run_status},
	{.name = NULL},
};
