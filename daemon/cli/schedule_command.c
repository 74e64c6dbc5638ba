/* `schedule`: what is to come, and what has been committed of it. */

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"
#include "cli/draw_print.h"
#include "core/sealed.h"
#include "core/text.h"
#include "io/access.h"
#include "io/clock.h"
#include "io/draws.h"
#include "io/language.h"
#include "io/plan.h"
#include "io/table.h"

#define DAYS_MAX 36600

/* What there is to say of one draw. */
struct row {
	const char *cycle; /* the configuration's or the draw's own */
	char *title;
	const char *state;
	uint64_t n;     /* 0: not committed */
	bool sealed;    /* when is not to be told, or not known */
	int64_t order;  /* by which rows are sorted */
	int64_t commit_time, draw_time, notice_time, reveal_time;
	int32_t visit_first, visit_last;
};

struct rows {
	struct cli *cli;
	struct row *v;
	size_t n, cap;
	int32_t from, to;
	bool unsealed;
	struct draw_row *draws;
	size_t n_draws;
};

static int
add_row(struct rows *rows, const struct row *row, const char *title)
{
	if (rows->n == rows->cap) {
		size_t cap = rows->cap == 0 ? 64 : rows->cap * 2;
		struct row *grown = reallocarray(rows->v, cap, sizeof *grown);

		if (grown == NULL)
			return err_memory(&rows->cli->err);
		rows->v = grown;
		rows->cap = cap;
	}
	rows->v[rows->n] = *row;
	rows->v[rows->n].title = strdup(title);
	return rows->v[rows->n++].title == NULL ? err_memory(&rows->cli->err) : 0;
}

static void
rows_release(struct rows *rows)
{
	for (size_t i = 0; i < rows->n; i++)
		free(rows->v[i].title);
	free(rows->v);
	free(rows->draws);
}

/* ---- what is to come ---- */

static int
add_occurrence(struct rows *rows, const struct config_cycle *cycle, const struct occurrence *o)
{
	struct row row = {.cycle = cycle->name,
	    .state = o->provisional ? N_("provisional") : N_("planned"),
	    .sealed = o->random && (o->open || !rows->unsealed),
	    .order = o->draw_time,
	    .commit_time = o->commit_time,
	    .draw_time = o->draw_time,
	    .notice_time = o->notice_time,
	    .reveal_time = o->reveal_time,
	    .visit_first = o->visit_first,
	    .visit_last = o->visit_last};
	char title[PLAN_TITLE];

	if (row.sealed) {
		row.state = N_("sealed");
		row.order = clock_instant(o->first, 0, NULL); /* its place tells nothing */
	}
	plan_title(cycle, o, title);
	return add_row(rows, &row, title);
}

static int
add_cycle(struct rows *rows, const struct config_cycle *cycle)
{
	struct cli *cli = rows->cli;
	struct schedule_list list = {0};
	struct plan plan;
	int rc = plan_open(&plan, cli->store, cycle, &cli->calendar, cli->now, false, &cli->err);

	if (rc == 0)
		rc = plan_list(&plan, rows->from, rows->to, &list, &cli->err);
	for (size_t i = 0; rc == 0 && i < list.n; i++)
		rc = add_occurrence(rows, cycle, &list.v[i]);
	schedule_list_release(&list);
	plan_close(&plan);
	return rc;
}

/* ---- what is committed ---- */

static int
read_dates(struct rows *rows, struct row *row)
{
	struct cli *cli = rows->cli;
	struct sealed sealed = {0};
	struct buf bytes;
	int rc = draw_file_get(cli->store, row->n, "sealed.json", &bytes, &cli->err);

	if (rc == 0)
		rc = sealed_parse(buf_view(&bytes), &sealed, &cli->err);
	if (rc == 0) {
		row->visit_first = sealed.dates[0];
		row->visit_last = sealed.dates[sealed.n_dates - 1];
		sealed_release(&sealed);
	}
	buf_release(&bytes);
	return rc;
}

/* By the rule of today; the letters say when they really left. */
static int64_t
notice_of(const struct cli *cli, const struct draw_row *draw, int32_t visit_first)
{
	const struct config_cycle *cycle = config_cycle(&cli->config, draw->cycle);
	int64_t notice;

	if (cycle == NULL || cycle->rule.notice_at_draw)
		return draw->draw_time;
	notice = clock_instant(visit_first, cycle->rule.visit_time_min * 60, NULL);
	notice = calendar_shift(&cli->calendar, clock_zone(), notice, &cycle->rule.notice, -1);
	return notice > draw->draw_time ? notice : draw->draw_time;
}

static int
add_draw(struct rows *rows, const struct draw_row *draw)
{
	struct row row = {.cycle = draw->cycle,
	    .state = draw_state(draw),
	    .n = draw->n,
	    .order = draw->draw_time,
	    .draw_time = draw->draw_time,
	    .reveal_time = draw->reveal_time};
	char title[PLAN_TITLE];
	int rc;

	if ((rc = plan_title_of(rows->cli->store, draw->n, title, &rows->cli->err)) != 0 ||
	    (rc = draws_commit_time(rows->cli->store, draw, &row.commit_time, &rows->cli->err)) != 0 ||
	    (rc = read_dates(rows, &row)) != 0)
		return rc;
	row.notice_time = notice_of(rows->cli, draw, row.visit_first);
	return add_row(rows, &row, title);
}

/* Copied first: the walk must not be disturbed by other questions, and rows point at the names. */
static int
take_draw(void *ctx, const struct draw_row *draw)
{
	struct rows *rows = ctx;
	struct draw_row *grown;

	if (draw->date < rows->from || draw->date > rows->to)
		return 0;
	grown = reallocarray(rows->draws, rows->n_draws + 1, sizeof *grown);
	if (grown == NULL)
		return err_memory(&rows->cli->err);
	rows->draws = grown;
	grown[rows->n_draws++] = *draw;
	return 0;
}

static int
add_draws(struct rows *rows)
{
	int rc = rows->cli->store == NULL ? 0 : draws_each(rows->cli->store, take_draw, rows, &rows->cli->err);

	for (size_t i = 0; rc == 0 && i < rows->n_draws; i++)
		rc = add_draw(rows, &rows->draws[i]);
	return rc;
}

/* ---- the table ---- */

static int
compare_rows(const void *a, const void *b)
{
	const struct row *x = a, *y = b;
	int by;

	if (x->order != y->order)
		return x->order < y->order ? -1 : 1;
	by = strcmp(x->cycle, y->cycle);
	return by != 0 ? by : (x->n > y->n) - (x->n < y->n);
}

static void
put_time(struct table *t, const struct row *row, int64_t time, const char *sealed)
{
	if (row->sealed)
		table_string(t, sealed);
	else
		table_time(t, time);
}

static void
put_date(struct table *t, const struct row *row, int32_t date, const char *sealed)
{
	if (row->sealed)
		table_string(t, sealed);
	else
		table_date(t, date);
}

static void
put_row(struct table *t, const struct row *row, bool json)
{
	const char *sealed = json ? "sealed" : _("sealed");
	char title[PLAN_TITLE];

	table_string(t, row->cycle);
	if (!json)
		plan_title_words(row->title, language_text, title);
	table_string(t, json ? row->title : title);
	put_time(t, row, row->commit_time, sealed);
	put_time(t, row, row->draw_time, sealed);
	put_date(t, row, row->visit_first, sealed);
	put_date(t, row, row->visit_last, sealed);
	put_time(t, row, row->notice_time, sealed);
	put_time(t, row, row->reveal_time, sealed);
	table_string(t, json ? row->state : _(row->state));
	table_int(t, (int64_t)row->n);
}

static int
print_rows(struct rows *rows)
{
	struct cli *cli = rows->cli;
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
	};
	struct table t;

	table_begin(&t, columns, sizeof columns / sizeof columns[0]);
	for (size_t i = 0; i < rows->n; i++)
		put_row(&t, &rows->v[i], cli->json);
	if (rows->n == 0 && !cli->json)
		puts(_("Nothing is to come."));
	else
		(void)table_print(&t, cli->json, stdout);
	table_release(&t);
	return print_end(cli);
}

/* ---- the command ---- */

/* Without a state the timetable is what the INI says. */
static int
open_state(struct cli *cli)
{
	int rc = store_open(cli->config.state_dir, 0, &cli->store, &cli->err);

	return rc == 0 || rc == ERR_ABSENT ? EXIT_DONE : cli_fail(cli);
}

/* Whoever knows a random moment before it comes can be asked about it later. */
static int
note_access(struct cli *cli)
{
	struct access_note note = {.time = cli->now, .by = cli_by(NULL), .what = "schedule", .reason = "--unsealed"};

	if (cli->store == NULL)
		return EXIT_DONE;
	return access_write(cli->store, &note, &cli->err) == 0 ? EXIT_DONE : cli_fail(cli);
}

static int
show(struct rows *rows)
{
	struct cli *cli = rows->cli;
	int rc = add_draws(rows);

	for (size_t i = 0; rc == 0 && i < cli->config.n_cycles; i++)
		rc = add_cycle(rows, &cli->config.cycles[i]);
	if (rc != 0)
		return cli_fail(cli);
	if (rows->n > 0)
		qsort(rows->v, rows->n, sizeof *rows->v, compare_rows);
	return print_rows(rows);
}

static int
take_date(const char *text, int32_t *ret)
{
	if (text_to_date(slice_of(text), ret))
		return EXIT_DONE;
	return cli_usage_error(_("\"%s\" is no date such as 2026-06-22"), text);
}

static int
take_options(struct rows *rows, int argc, char **argv)
{
	static const struct option options[] = {{"from", required_argument, NULL, 'f'},
	    {"to", required_argument, NULL, 't'}, {"unsealed", no_argument, NULL, 'u'}, {NULL, 0, NULL, 0}};
	int32_t from = rows->cli->today, to = INT32_MAX;
	int option, status = EXIT_DONE;

	while (status == EXIT_DONE && (option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == 'f')
			status = take_date(optarg, &from);
		else if (option == 't')
			status = take_date(optarg, &to);
		else if (option == 'u')
			rows->unsealed = true;
		else
			return cli_usage(rows->cli);
	}
	if (status != EXIT_DONE)
		return status;
	if (optind != argc)
		return cli_usage(rows->cli);
	rows->from = from;
	rows->to = to == INT32_MAX ? from + 365 : to;
	if (rows->to < rows->from)
		return cli_usage_error(_("--to is before --from"));
	if ((int64_t)rows->to - rows->from > DAYS_MAX)
		return cli_usage_error(_("--from to --to may span at most 100 years"));
	return EXIT_DONE;
}

static int
run_schedule(struct cli *cli, int argc, char **argv)
{
	struct rows rows = {.cli = cli};
	int status = cli_config(cli);

	if (status == EXIT_DONE)
		status = take_options(&rows, argc, argv);
	if (status == EXIT_DONE)
		status = cli_calendar_of(cli, text_year_of(rows.from) - 1, text_year_of(rows.to) + 2);
	if (status == EXIT_DONE)
		status = open_state(cli);
	if (status == EXIT_DONE && rows.unsealed)
		status = note_access(cli);
	if (status == EXIT_DONE)
		status = show(&rows);
	rows_release(&rows);
	return status;
}

const struct command schedule_commands[] = {
	{"schedule", N_("[--from DATE] [--to DATE] [--unsealed]"),
	    N_("commitments, draws, visits, notices and openings to come; random ones show as \"sealed\""),
	    run_schedule},
	{.name = NULL},
};
