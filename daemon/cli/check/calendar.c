/* `check`: the holiday files, and each cycle's timetable in the year ahead. */

#include <stdio.h>
#include <stdlib.h>

#include "cli/check/check.h"
#include "core/base/array.h"
#include "core/base/text.h"
#include "draws/agenda.h"
#include "draws/draws.h"
#include "draws/plan.h"
#include "holidays/load.h"
#include "steps/steps.h"
#include "system/clock.h"
#include "text/suggest.h"

#define AHEAD_DAYS 400
#define WARN_DAYS 60 /* how long before a year begins its holidays should be known */
#define WHERE_BYTES 1024

/* ---- the files ---- */

static void
say_at(struct check *check, enum check_level level, const char *file, unsigned long line, const char *message)
{
	char where[WHERE_BYTES];

	(void)snprintf(where, sizeof where, "%s:%lu", file, line);
	check_say(check, level, line == 0 ? file : where, "%s", message);
}

static void
say_calendar_fault(void *ctx, const char *file, unsigned long line, const char *message)
{
	say_at(ctx, CHECK_FAULT, file, line, message);
}

static void
say_calendar_hint(void *ctx, const char *file, unsigned long line, const char *message)
{
	say_at(ctx, CHECK_HINT, file, line, message);
}

static void
say_announced(struct check *check)
{
	const struct cli *cli = check->cli;
	int year = text_year_of(cli->today), last = text_year_of(cli->today + WARN_DAYS);

	for (; year <= last && config_has_timetable(&cli->config); year++)
		if (!calendar_announced(&cli->config, &cli->calendar, year))
			check_say(check, CHECK_HINT, "[calendar]",
			    _("files: the holidays of %d are not known, and nothing is committed from computed ones"),
			    year);
}

int
check_calendar(struct check *check)
{
	struct cli *cli = check->cli;
	struct diag faults = {.tr = cli->diag.tr, .say = say_calendar_fault, .ctx = check};
	struct diag hints = {.tr = cli->diag.tr, .say = say_calendar_hint, .ctx = check};
	int year = text_year_of(cli->today);
	int rc = calendar_load(&cli->config, year - 1, year + 4, &cli->calendar, &faults, &hints, &cli->err);

	cli->has_calendar = true;
	if (rc != 0 && rc != ERR_REFUSED)
		return cli_fail(cli);
	check->has_calendar = rc == 0;
	if (rc == 0)
		say_announced(check);
	return EXIT_DONE;
}

/* ---- one cycle ---- */

struct timetable_check {
	struct check *check;
	const struct config_cycle *cycle;
	char where[WHERE_BYTES]; /* the INI and the section's line */
	struct schedule_list list;
};

static bool
is_known_holiday(const struct calendar *c, const char *name)
{
	for (size_t i = 0; i < c->n_holidays; i++)
		if (holiday_is(&c->holidays[i], name))
			return true;
	return false;
}

static void
say_unknown_holiday(struct timetable_check *o, const char *name)
{
	static const char *const keys[] = {
	    "new-year",
	    "spring-festival",
	    "qingming",
	    "labour-day",
	    "dragon-boat",
	    "mid-autumn",
	    "national-day",
	};
	const char *meant = suggest(slice_of(name), keys, ARRAY_LEN(keys));

	if (meant != NULL)
		check_say(o->check, CHECK_FAULT, o->where,
		    _("[cycle %s] holidays: the calendar knows none called \"%s\": did you mean \"%s\"?"),
		    o->cycle->name, name, meant);
	else
		check_say(o->check, CHECK_FAULT, o->where,
		    _("[cycle %s] holidays: the calendar knows none called \"%s\"; \"spotcheck calendar\" lists them"),
		    o->cycle->name, name);
}

static void
say_holidays(struct timetable_check *o)
{
	const struct text_list *names = &o->cycle->rule.holidays;

	for (size_t i = 0; i < names->n; i++)
		if (!is_known_holiday(&o->check->cli->calendar, names->items[i]))
			say_unknown_holiday(o, names->items[i]);
	if (o->list.n == 0 && o->cycle->rule.when != WHEN_MANUAL)
		check_say(o->check, CHECK_HINT, o->where, _("[cycle %s] no draw falls within the coming year"),
		    o->cycle->name);
}

/*
 * An embargo that ends before the last possible visit.  Only dates show it, since holidays lengthen a window of
 * workdays; one is reported.
 */
static void
say_embargo(struct timetable_check *o)
{
	char draw[DATE_TEXT], visit[DATE_TEXT];

	for (size_t i = 0; i < o->list.n; i++) {
		const struct occurrence *next = &o->list.v[i];

		if (next->open || o->cycle->rule.embargo == 0 || next->visit_last <= clock_date(next->reveal_time))
			continue;
		text_from_date(next->date, draw);
		text_from_date(next->visit_last, visit);
		check_say(o->check, CHECK_FAULT, o->where,
		    _("[cycle %s] embargo = %lld opens the record of the draw on %s before its last possible visit, on "
		      "%s: "
		      "%lld or more"),
		    o->cycle->name, (long long)o->cycle->rule.embargo, draw, visit,
		    (long long)next->visit_last - next->date);
		return;
	}
}

static void
say_lead(struct timetable_check *o)
{
	char draw[CLOCK_TEXT];

	for (size_t i = 1; i < o->list.n; i++) {
		const struct occurrence *next = &o->list.v[i];

		if (next->open || o->list.v[i - 1].open || next->commit_time != o->list.v[i - 1].draw_time ||
		    next->random)
			continue;
		clock_text(next->draw_time, draw);
		check_say(o->check, CHECK_HINT, o->where,
		    _("[cycle %s] commit: the draw of %s follows the one before it by less than this, and can be "
		      "committed only "
		      "after that one"),
		    o->cycle->name, draw);
		return;
	}
}

/* ---- a new chain ---- */

static int
last_reveal(struct store *store, const char *cycle, uint64_t *ret_n, int64_t *ret_time, struct err *err)
{
	struct query q;

	*ret_n = 0;
	query_open(&q, store,
	    "SELECT n, reveal_time FROM draw WHERE cycle = ? AND reveal_entry IS NULL"
	    " ORDER BY reveal_time DESC, n DESC LIMIT 1");
	query_put_string(&q, cycle);
	if (query_row(&q)) {
		*ret_n = (uint64_t)query_int(&q, 0);
		*ret_time = query_int(&q, 1);
	}
	return query_close(&q, err);
}

static void
say_skipped(struct timetable_check *o, int64_t until)
{
	char draw[CLOCK_TEXT];

	for (size_t i = 0; i < o->list.n; i++) {
		const struct occurrence *next = &o->list.v[i];

		if (next->open || next->random || next->commit_time >= until)
			continue;
		clock_text(next->draw_time, draw);
		check_say(o->check, CHECK_HINT, o->where, _("[cycle %s] the draw of %s is skipped"), o->cycle->name,
		    draw);
	}
}

static int
say_chain(struct timetable_check *o)
{
	struct cli *cli = o->check->cli;
	struct step_chain chain;
	char opens[CLOCK_TEXT];
	int64_t until = 0;
	uint64_t n = 0;
	int rc = cli->store == NULL ? ERR_ABSENT : step_chain(cli->store, o->cycle->name, &chain, &cli->err);

	if (rc != 0 || step_chain_serves(&chain, o->cycle))
		return rc == ERR_ABSENT ? 0 : rc;
	rc = last_reveal(cli->store, o->cycle->name, &n, &until, &cli->err);
	if (rc != 0 || n == 0)
		return rc;
	clock_text(until, opens);
	check_say(o->check, CHECK_HINT, o->where,
	    _("[cycle %s] the beacon or the embargo was changed, or the chain is used up: a new chain begins once draw "
	      "%llu is opened, at %s, and nothing is committed before"),
	    o->cycle->name, (unsigned long long)n, opens);
	say_skipped(o, until);
	return 0;
}

/* ---- all cycles ---- */

static int
check_timetable(struct check *check, const struct config_cycle *cycle)
{
	struct cli *cli = check->cli;
	struct timetable_check o = {.check = check, .cycle = cycle};
	struct plan plan;
	int rc = plan_open(&plan, cli->store, cycle, &cli->calendar, cli->now, false, &cli->err);

	(void)snprintf(o.where, sizeof o.where, "%s:%lu", cli->config_path, cycle->line);
	if (rc == 0)
		rc = plan_list(&plan, cli->today, cli->today + AHEAD_DAYS, &o.list, &cli->err);
	if (rc == 0) {
		say_holidays(&o);
		say_embargo(&o);
		say_lead(&o);
		rc = say_chain(&o);
	}
	schedule_list_release(&o.list);
	plan_close(&plan);
	return rc;
}

static void
say_unaware(struct check *check, const struct agenda *agenda, const struct config_cycle *cycle)
{
	struct agenda_unaware u = agenda_unaware_draws(agenda, cycle->name);
	char where[WHERE_BYTES], when[CLOCK_TEXT];

	if (u.unaware == 0)
		return;
	(void)snprintf(where, sizeof where, "%s:%lu", check->cli->config_path, cycle->line);
	clock_text(u.first->draw_time, when);
	check_say(check, CHECK_HINT, where,
	    _("[cycle %s] %zu of %zu draws overlap with another cycle's between commitment and draw, first %s with %s: "
	      "neither knows of the other's targets and visits. A shorter commit, or another time, parts them."),
	    cycle->name, u.unaware, u.draws, when, u.other->cycle);
}

/* Draws of two cycles that do not know of each other. */
static int
check_unaware(struct check *check)
{
	struct cli *cli = check->cli;
	const struct agenda_want want = {.store = cli->store,
	    .config = &cli->config,
	    .calendar = &cli->calendar,
	    .now = cli->now,
	    .from = cli->today,
	    .to = cli->today + AHEAD_DAYS};
	struct agenda agenda;
	int rc = agenda_read(&want, &agenda, &cli->err);

	for (size_t i = 0; rc == 0 && i < cli->config.n_cycles; i++)
		say_unaware(check, &agenda, &cli->config.cycles[i]);
	agenda_release(&agenda);
	return rc;
}

int
check_timetables(struct check *check)
{
	const struct config *config = &check->cli->config;
	int rc = 0;

	for (size_t i = 0; check->has_calendar && rc == 0 && i < config->n_cycles; i++)
		rc = check_timetable(check, &config->cycles[i]);
	if (check->has_calendar && rc == 0)
		rc = check_unaware(check);
	return rc == 0 ? EXIT_DONE : cli_fail(check->cli);
}
