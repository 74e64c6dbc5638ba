/* `calendar`: each special day of a year, its kind, its name and its source. */

#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "core/base/array.h"
#include "core/base/text.h"
#include "holidays/load.h"
#include "text/table.h"

static const char *const weekdays[] = {
    N_("Mon"),
    N_("Tue"),
    N_("Wed"),
    N_("Thu"),
    N_("Fri"),
    N_("Sat"),
    N_("Sun"),
};

static const char *
day_kind(const struct special_day *day)
{
	if (!day->off)
		return N_("make-up workday");
	return day->provisional ? N_("off, provisional") : N_("off");
}

/* First and last day of the holiday that the day belongs to. */
static void
put_holiday_span(struct table *t, const struct calendar *c, int32_t date)
{
	const struct holiday *h = calendar_holiday_at(c, date);

	table_date(t, h == NULL ? DATE_NONE : h->first);
	table_date(t, h == NULL ? DATE_NONE : h->last);
}

static void
put_days(struct table *t, const struct cli *cli, int year)
{
	const struct calendar *c = &cli->calendar;

	for (size_t i = 0; i < c->n_days; i++) {
		const struct special_day *day = &c->days[i];

		if (text_year_of(day->date) != year)
			continue;
		table_date(t, day->date);
		table_string(t,
		    cli->json ? weekdays[calendar_weekday(day->date)] : _(weekdays[calendar_weekday(day->date)]));
		table_string(t, cli->json ? day_kind(day) : _(day_kind(day)));
		table_string(t, day->name);
		put_holiday_span(t, c, day->date);
		table_string(t,
		    day->source == CALENDAR_COMPUTED ? (cli->json ? "computed" : _("computed"))
		                                     : c->sources[day->source]);
	}
}

static void
print_year_notes(const struct cli *cli, int year)
{
	const struct calendar *c = &cli->calendar;
	struct hash digest = calendar_digest(c);
	char hex[2 * HASH_BYTES + 1];

	text_to_hex(digest.b, sizeof digest.b, hex);
	if (!calendar_announced(&cli->config, c, year) && calendar_is_shipped(&cli->config))
		printf(cli->config.predict
		        ? _("\n%d is not announced: these festivals are computed, the days around them may move, and "
		            "nothing "
		            "is committed from them.\nOnce the notice is out, put it into [calendar] files.\n")
		        : _("\n%d is not announced, and with predict = no nothing is known of it.\nOnce the notice is "
		            "out, put "
		            "it into [calendar] files.\n"),
		    year);
	else if (!calendar_announced(&cli->config, c, year))
		printf(_("\nNothing is known of %d: put its holidays into [calendar] files.\n"), year);
	printf(_("\nVersion of the calendar: %.16s\n"), hex);
}

static int
print_calendar(struct cli *cli, int year)
{
	const struct table_column columns[] = {
	    {"date", _("Date"), false},
	    {"day", "", false},
	    {"kind", _("Kind"), false},
	    {"name", _("Name"), false},
	    {"first", _("Holiday from"), false},
	    {"last", _("to"), false},
	    {"source", _("Source"), false},
	};
	struct table t;
	bool ok;

	table_begin(&t, columns, ARRAY_LEN(columns));
	put_days(&t, cli, year);
	ok = (t.n_cells == 0 && !cli->json) || table_print(&t, cli->json, stdout);
	table_release(&t);
	if (!ok)
		return cli_output_failed(cli);
	if (!cli->json)
		print_year_notes(cli, year);
	return EXIT_DONE;
}

static int
run_calendar(struct cli *cli, int argc, char **argv)
{
	uint64_t year = 0;
	int status = cli_config(cli);

	if (status != EXIT_DONE)
		return status;
	if (argc > 2)
		return cli_usage(cli);
	if (argc == 1)
		year = (uint64_t)text_year_of(cli->today);
	else if (!text_to_uint(slice_of(argv[1]), &year) || year < 1900 || year > 2200)
		return cli_usage_error(_("\"%s\" is no year from 1900 to 2200"), argv[1]);
	status = cli_calendar_of(cli, (int)year, (int)year);
	return status == EXIT_DONE ? print_calendar(cli, (int)year) : status;
}

const struct command calendar_commands[] = {
    {"calendar", N_("[YEAR]"), N_("each special day of a year: its kind, its name and its source"), run_calendar},
    {.name = NULL},
};
