/* `schedule`: the draws to come, committed or not. */

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"
#include "cli/draw_print.h"
#include "core/base/array.h"
#include "core/base/text.h"
#include "draws/access.h"
#include "draws/agenda.h"
#include "draws/plan.h"
#include "system/clock.h"
#include "text/language.h"
#include "text/table.h"

#define DAYS_MAX 36600

struct schedule_view {
	struct cli *cli;
	struct agenda agenda;
	int32_t from, to;
	bool unsealed;
};

/* ---- the table ---- */

static void
put_time_or_sealed(struct table *t, const struct agenda_row *row, int64_t time, const char *sealed)
{
	if (row->sealed)
		table_string(t, sealed);
	else
		table_time(t, time);
}

static void
put_date_or_sealed(struct table *t, const struct agenda_row *row, int32_t date, const char *sealed)
{
	if (row->sealed)
		table_string(t, sealed);
	else
		table_date(t, date);
}

/* "quarterly 3, surprise 1" */
static void
put_rests(struct table *t, const struct agenda_row *row)
{
	char text[AGENDA_RESTS * (ID_MAX + 32)] = "";
	size_t len = 0;

	for (size_t i = 0; i < row->n_rests; i++)
		len += (size_t)snprintf(text + len, sizeof text - len, "%s%s %llu", i == 0 ? "" : ", ",
		    row->rests[i].cycle, (unsigned long long)row->rests[i].posts);
	table_string(t, text);
}

static void
put_agenda_cells(struct table *t, const struct agenda_row *row, bool json)
{
	const char *sealed = json ? "sealed" : _("sealed");
	char title[PLAN_TITLE];

	table_string(t, row->cycle);
	if (!json)
		plan_title_words(row->title, language_text, title);
	table_string(t, json ? row->title : title);
	put_time_or_sealed(t, row, row->commit_time, sealed);
	put_time_or_sealed(t, row, row->draw_time, sealed);
	put_date_or_sealed(t, row, row->visit_first, sealed);
	put_date_or_sealed(t, row, row->visit_last, sealed);
	put_time_or_sealed(t, row, row->notice_time, sealed);
	put_time_or_sealed(t, row, row->reveal_time, sealed);
	table_string(t, json ? row->state : _(row->state));
	table_int(t, (int64_t)row->n);
	put_rests(t, row);
}

/* "2026-07-01 after-holiday: 3 posts rest, since the draws of quarterly have them" */
static void
print_rests(const struct schedule_view *view, const struct agenda_row *row)
{
	const struct config_cycle *cycle = config_cycle(&view->cli->config, row->cycle);
	bool scoped = cycle != NULL && cycle->n_targets > 0;
	char when[CLOCK_TEXT];

	clock_text(row->draw_time, when);
	for (size_t i = 0; i < row->n_rests; i++) {
		unsigned long long posts = (unsigned long long)row->rests[i].posts;

		printf("%s %s: ", when, row->cycle);
		printf(scoped ? ngettext("of its scope up to %llu post rests, since the draws of %s have it\n",
		                    "of its scope up to %llu posts rest, since the draws of %s have them\n", posts)
		              : ngettext("%llu post rests, since the draws of %s have it\n",
		                    "%llu posts rest, since the draws of %s have them\n", posts),
		    posts, row->rests[i].cycle);
	}
}

static void
print_unaware(const struct schedule_view *view, const struct config_cycle *cycle)
{
	struct agenda_unaware u = agenda_unaware_draws(&view->agenda, cycle->name);
	char when[CLOCK_TEXT];

	if (u.unaware == 0)
		return;
	clock_text(u.first->draw_time, when);
	printf(_("%s: %zu of %zu draws overlap with another cycle's between commitment and draw, first %s with %s: "
	         "neither "
	         "knows of the other's targets and visits. A shorter commit, or another time, parts them.\n"),
	    cycle->name, u.unaware, u.draws, when, u.other->cycle);
}

static int
print_agenda(struct schedule_view *view)
{
	struct cli *cli = view->cli;
	const struct table_column columns[] = {
	    {"cycle", _("Cycle"), false},
	    {"for", _("For"), false},
	    {"commit", _("Commit"), false},
	    {"draw", _("Draw at"), false},
	    {"visits_from", _("Visits from"), false},
	    {"visits_to", _("to"), false},
	    {"notice", _("First notice"), false},
	    {"reveal", _("Opens at"), false},
	    {"state", _("State"), false},
	    {"n", cli->json ? "" : NULL, true},
	    {"resting", cli->json ? "" : NULL, false},
	};
	struct table t;

	table_begin(&t, columns, ARRAY_LEN(columns));
	for (size_t i = 0; i < view->agenda.n; i++)
		put_agenda_cells(&t, &view->agenda.v[i], cli->json);
	if (view->agenda.n == 0 && !cli->json)
		puts(_("Nothing is to come."));
	else
		(void)table_print(&t, cli->json, stdout);
	table_release(&t);
	for (size_t i = 0; i < view->agenda.n && !cli->json; i++)
		print_rests(view, &view->agenda.v[i]);
	for (size_t i = 0; i < cli->config.n_cycles && !cli->json; i++)
		print_unaware(view, &cli->config.cycles[i]);
	return print_end(cli);
}

/* ---- the command ---- */

/* Without a state the timetable follows from the INI alone. */
static int
open_state_if_any(struct cli *cli)
{
	int rc = store_open(cli->config.state_dir, 0, &cli->store, &cli->err);

	return rc == 0 || rc == ERR_ABSENT ? EXIT_DONE : cli_fail(cli);
}

/* Logs who has seen random times before they come. */
static int
note_access(struct cli *cli)
{
	struct access_note note = {.time = cli->now, .by = cli_by(NULL), .what = "schedule", .reason = "--unsealed"};

	if (cli->store == NULL)
		return EXIT_DONE;
	return access_write(cli->store, &note, &cli->err) == 0 ? EXIT_DONE : cli_fail(cli);
}

static int
print_schedule(struct schedule_view *view)
{
	struct cli *cli = view->cli;
	const struct agenda_want want = {.store = cli->store,
	    .config = &cli->config,
	    .calendar = &cli->calendar,
	    .now = cli->now,
	    .from = view->from,
	    .to = view->to,
	    .unsealed = view->unsealed};

	return agenda_read(&want, &view->agenda, &cli->err) == 0 ? print_agenda(view) : cli_fail(cli);
}

static int
parse_date_option(const char *text, int32_t *ret)
{
	if (text_to_date(slice_of(text), ret))
		return EXIT_DONE;
	return cli_usage_error(_("\"%s\" is no date such as 2026-06-22"), text);
}

static int
parse_schedule_options(struct schedule_view *view, int argc, char **argv)
{
	static const struct option options[] = {{"from", required_argument, NULL, 'f'},
	    {"to", required_argument, NULL, 't'}, {"unsealed", no_argument, NULL, 'u'}, {NULL, 0, NULL, 0}};
	int32_t from = view->cli->today, to = INT32_MAX;
	int option, status = EXIT_DONE;

	while (status == EXIT_DONE && (option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == 'f')
			status = parse_date_option(optarg, &from);
		else if (option == 't')
			status = parse_date_option(optarg, &to);
		else if (option == 'u')
			view->unsealed = true;
		else
			return cli_usage(view->cli);
	}
	if (status != EXIT_DONE)
		return status;
	if (optind != argc)
		return cli_usage(view->cli);
	view->from = from;
	view->to = to == INT32_MAX ? from + 365 : to;
	if (view->to < view->from)
		return cli_usage_error(_("--to is before --from"));
	if ((int64_t)view->to - view->from > DAYS_MAX)
		return cli_usage_error(_("--from to --to may span at most 100 years"));
	return EXIT_DONE;
}

static int
run_schedule(struct cli *cli, int argc, char **argv)
{
	struct schedule_view view = {.cli = cli};
	int status = cli_config(cli);

	if (status == EXIT_DONE)
		status = parse_schedule_options(&view, argc, argv);
	if (status == EXIT_DONE)
		status = cli_calendar_of(cli, text_year_of(view.from) - 1, text_year_of(view.to) + 2);
	if (status == EXIT_DONE)
		status = open_state_if_any(cli);
	if (status == EXIT_DONE && view.unsealed)
		status = note_access(cli);
	if (status == EXIT_DONE)
		status = print_schedule(&view);
	agenda_release(&view.agenda);
	return status;
}

const struct command schedule_commands[] = {
    {"schedule", N_("[--from DATE] [--to DATE] [--unsealed]"),
        N_("commitments, draws, visits, notices and openings to come; random ones show as \"sealed\""), run_schedule},
    {.name = NULL},
};
