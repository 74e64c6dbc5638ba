/* Prints draws: their facts, their visits, what a rehearsal came to, and why targets have no team. */

#include "cli/draw_print.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/ceremony.h"
#include "cli/unkept_print.h"
#include "core/base/array.h"
#include "core/base/json.h"
#include "core/draw/explain.h"
#include "draws/assurance.h"
#include "draws/away.h"
#include "draws/stored_draw.h"
#include "draws/visits.h"
#include "ledger/ledger.h"
#include "rosters/codes.h"
#include "text/language.h"
#include "text/table.h"

#define EXPLAINED_MAX 5 /* unstaffed targets that are explained; the rest is counted */
#define OUTPUT_MAX ((size_t)1 << 32)

int
print_end(struct cli *cli)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return EXIT_DONE;
	return cli_output_failed(cli);
}

/* ---- who is away ---- */

/*
 * "I003 2026-07-01 2026-07-02; I007 2026-07-02": who is not to be had on which days of the draw's visits.  Days that other
 * sealed draws have booked are among them, so it is shown where the visits are.
 */
static int
put_away_text(struct cli *cli, uint64_t n, struct buf *out)
{
	struct away_days days;
	int rc = away_days_of_draw(cli->store, n, &days, &cli->err);

	for (size_t i = 0; rc == 0 && i < days.n; i++) {
		char date[DATE_TEXT];

		text_from_date(days.v[i].date, date);
		if (i == 0 || strcmp(days.v[i - 1].id, days.v[i].id) != 0)
			buf_format(out, "%s%s", i == 0 ? "" : "; ", days.v[i].id);
		buf_format(out, " %s", date);
	}
	away_days_release(&days);
	return rc == 0 && out->failed ? err_memory(&cli->err) : rc;
}

/* ---- a draw, without names ---- */

struct draw_entries {
	struct buf bytes[2];
	struct entry commit, outcome;
	bool has_commit, has_outcome;
	struct draw_assurance assurance;
	size_t away; /* inspectors with a day on which they are not to be had */
};

static void
release_draw_entries(struct draw_entries *e)
{
	if (e->has_commit)
		entry_release(&e->commit);
	if (e->has_outcome)
		entry_release(&e->outcome);
	buf_release(&e->bytes[0]);
	buf_release(&e->bytes[1]);
}

/* Reads a draw's commitment and outcome from the log, and its assurance. */
static int
read_draw_entries(struct cli *cli, const struct draw_row *row, struct draw_entries *e)
{
	struct away_days away;
	int rc;

	*e = (struct draw_entries){0};
	rc = away_days_of_draw(cli->store, row->n, &away, &cli->err);
	e->away = away_inspectors(&away);
	away_days_release(&away);
	if (rc == 0)
		rc = ledger_entry(cli->store, row->commit_entry, &e->bytes[0], &cli->err);
	if (rc == 0)
		rc = entry_parse(buf_view(&e->bytes[0]), &e->commit, &cli->err);
	if (rc != 0)
		return rc;
	e->has_commit = true;
	rc = draw_assurance_read(cli->store, row, &e->assurance, &cli->err);
	if (rc != 0)
		return rc;
	if (row->outcome == OUTCOME_NONE)
		return 0;
	rc = ledger_entry(cli->store, row->outcome_entry, &e->bytes[1], &cli->err);
	if (rc == 0)
		rc = entry_parse(buf_view(&e->bytes[1]), &e->outcome, &cli->err);
	if (rc != 0)
		return rc;
	e->has_outcome = true;
	return 0;
}

/* How many witnesses cosigned in time, and who was present. */
static void
put_cosigned_and_present(struct cli *cli, const struct draw_row *row, const struct draw_assurance *assurance,
    struct table *t)
{
	char *present = ceremony_present(cli, row->n), text[256] = "";

	if (assurance->witnesses > 0)
		(void)snprintf(text, sizeof text,
		    cli->json                          ? "%llu/%llu/%llu"
		        : row->outcome == OUTCOME_NONE ? _("by %llu of %llu witnesses")
		                                       : _("by %llu of %llu witnesses; the outcome by %llu"),
		    (unsigned long long)assurance->commit_in_time, (unsigned long long)assurance->witnesses,
		    (unsigned long long)assurance->outcome_in_time);
	table_string(t, text);
	table_string(t, present == NULL ? "" : present);
	free(present);
}

static void
put_draw_cells(struct cli *cli, const struct draw_row *row, const struct draw_entries *e, struct table *t)
{
	const struct commit *c = &e->commit.commit;

	table_int(t, (int64_t)row->n);
	table_string(t, row->cycle);
	table_string(t, cli->json ? draw_state(row) : _(draw_state(row)));
	table_time(t, row->draw_time);
	table_time(t, draw_reveal_from(row));
	table_int(t, (int64_t)c->targets.rows);
	table_int(t, (int64_t)c->inspectors.rows);
	table_int(t, (int64_t)e->away);
	table_string(t, row->record);
	table_string(t,
	    cli->json ? assurance_name(e->assurance.assurance) : _(assurance_words(e->assurance.assurance)));
	table_string(t, source_name(row->source));
	put_cosigned_and_present(cli, row, &e->assurance, t);
}

static int
print_draw_facts(struct cli *cli, const struct draw_row *row)
{
	const struct table_column columns[] = {
	    {"n", _("Draw"), true},
	    {"cycle", _("Cycle"), false},
	    {"state", _("State"), false},
	    {"draw_time", _("Draw at"), false},
	    {"reveal_time", _("Opens at"), false},
	    {"targets", _("Targets on the roster"), true},
	    {"inspectors", _("Inspectors on the roster"), true},
	    {"away", _("Inspectors away"), true},
	    {"record", _("Record"), false},
	    {"class", _("Assurance"), false},
	    {"beacon", _("Beacon"), false},
	    {"cosigned", _("Cosigned in time"), false},
	    {"present", _("Present when the value was made"), false},
	};
	struct draw_entries e;
	struct table t;
	int status = EXIT_DONE;

	table_begin(&t, columns, ARRAY_LEN(columns));
	if (read_draw_entries(cli, row, &e) != 0) {
		status = cli_fail(cli);
	} else {
		put_draw_cells(cli, row, &e, &t);
		if (!table_print_record(&t, cli->json, stdout))
			status = print_end(cli);
	}
	release_draw_entries(&e);
	table_release(&t);
	return status == EXIT_DONE ? print_end(cli) : status;
}

int
print_draw(struct cli *cli, const struct draw_row *row)
{
	return print_draw_facts(cli, row);
}

/* ---- why targets have no team ---- */

/* With what the office calls what is published as a code. */
static int
print_plain(struct cli *cli, struct slice text)
{
	struct buf plain;
	int rc;

	buf_init(&plain, OUTPUT_MAX);
	rc = codes_put_plain(cli->store, text, &plain, &cli->err);
	if (rc == 0)
		(void)fwrite(plain.data, 1, plain.len, stdout);
	buf_release(&plain);
	return rc;
}

static int
print_unstaffed(struct cli *cli, const struct draw_input *input, const struct draw *draw)
{
	size_t unstaffed = draw->n_chosen - draw->n_admitted, n_explained = 0;
	struct buf text;
	int rc = 0;

	if (unstaffed == 0)
		return EXIT_DONE;
	buf_init(&text, OUTPUT_MAX);
	for (size_t i = 0; i < draw->n_chosen && rc == 0 && n_explained < EXPLAINED_MAX; i++) {
		if (draw->chosen[i].admitted)
			continue;
		rc = explain_unstaffed(input, draw, i, language_text, &text, &cli->err);
		buf_byte(&text, '\n');
		n_explained++;
	}
	if (rc == 0) {
		printf(ngettext("%zu target stays without a team:\n", "%zu targets stay without a team:\n", unstaffed),
		    unstaffed);
		rc = print_plain(cli, buf_view(&text));
	}
	if (rc == 0) {
		if (unstaffed > n_explained)
			printf(ngettext("and %zu more\n", "and %zu more\n", unstaffed - n_explained),
			    unstaffed - n_explained);
	}
	buf_release(&text);
	return rc == 0 ? print_end(cli) : cli_fail(cli);
}

/* What a rehearsal says of visits that cannot be kept. */
struct rehearsal_words {
	struct unkept unkept;
	struct remedies remedies;
	struct buf targets, names; /* for programs */
};

static void
rehearsal_words_release(struct rehearsal_words *w)
{
	unkept_release(&w->unkept);
	buf_release(&w->targets);
	buf_release(&w->names);
}

static int
rehearsal_words_make(struct rehearsal_words *w, const struct rehearsal *r, const struct operator *operator,
    const struct config_cycle *cycle, struct err *err)
{
	int rc;

	*w = (struct rehearsal_words){.unkept = {.n = 0}};
	buf_init(&w->targets, OUTPUT_MAX);
	buf_init(&w->names, OUTPUT_MAX);
	rc = unkept_of_draw(&r->input, &r->draw, &w->unkept, err);
	if (rc == 0)
		rc = remedies_find(r, operator, cycle, &w->remedies, err);
	if (rc == 0) {
		put_unkept_targets(&w->unkept, " ", &w->targets);
		put_remedy_names(&w->remedies, &w->names);
	}
	return rc;
}

static bool
print_rehearsal_facts(struct cli *cli, const struct rehearsal *r, const struct rehearsal_words *w)
{
	const struct table_column columns[] = {
	    {"cycle", _("Cycle"), false},
	    {"targets", _("Targets on the roster"), true},
	    {"drum", _("Targets that take part"), true},
	    {"inspectors", _("Inspectors that take part"), true},
	    {"chosen", _("Targets drawn"), true},
	    {"selected", _("Places with a team"), true},
	    {"unstaffed", _("Targets without a team"), true},
	    {"drawn", _("Inspectors drawn"), true},
	    {"least_load", _("Visits of the busiest inspector, at the least"), true},
	    {"limit", _("Visits of the busiest inspector, at most"), true},
	    {"unkept", _("Visits that cannot be kept"), true},
	    {"apart", _("Units visited at more than one slot"), true},
	    {"unkept_targets", cli->json ? "" : NULL, false},
	    {"helps", cli->json ? "" : NULL, false},
	};
	const struct draw *d = &r->draw;
	uint64_t drum = 0;
	struct table t;
	bool good;

	for (size_t i = 0; i < r->snapshot.sealed.n_strata; i++)
		drum += r->snapshot.sealed.strata[i].drum;
	table_begin(&t, columns, ARRAY_LEN(columns));
	table_text(&t, r->snapshot.commit.cycle);
	table_int(&t, (int64_t)r->snapshot.roster.n_targets);
	table_int(&t, (int64_t)drum);
	table_int(&t, (int64_t)d->n_in);
	table_int(&t, (int64_t)d->n_chosen);
	table_int(&t, (int64_t)d->n_admitted);
	table_int(&t, (int64_t)(d->n_chosen - d->n_admitted));
	table_int(&t, (int64_t)d->n_drawn);
	table_int(&t, (int64_t)d->least);
	table_int(&t, (int64_t)d->limit);
	table_int(&t, (int64_t)w->unkept.n);
	table_int(&t, (int64_t)w->unkept.apart);
	table_text(&t, buf_view(&w->targets));
	table_text(&t, buf_view(&w->names));
	good = table_print_record(&t, cli->json, stdout);
	table_release(&t);
	return good;
}

static int
print_rehearsal_unkept(struct cli *cli, const struct rehearsal_words *w)
{
	struct buf text;
	int status = print_unkept(cli, &w->unkept);

	if (status != EXIT_DONE || w->unkept.n == 0)
		return status;
	buf_init(&text, OUTPUT_MAX);
	put_remedies(&w->remedies, &text);
	printf("%.*s\n", SLICE_ARGS(buf_view(&text)));
	buf_release(&text);
	return print_end(cli);
}

int
print_rehearsal(struct cli *cli, const struct rehearsal *r, const struct operator *operator,
    const struct config_cycle *cycle)
{
	struct rehearsal_words w;
	int status = EXIT_DONE;

	if (rehearsal_words_make(&w, r, operator, cycle, &cli->err) != 0) {
		rehearsal_words_release(&w);
		return cli_fail(cli);
	}
	if (print_rehearsal_facts(cli, r, &w) && !cli->json) {
		printf("%s\n", _("A rehearsal with a secret that is thrown away; nothing was changed."));
		status = print_unstaffed(cli, &r->input, &r->draw);
		if (status == EXIT_DONE)
			status = print_rehearsal_unkept(cli, &w);
	}
	rehearsal_words_release(&w);
	return status == EXIT_DONE ? print_end(cli) : status;
}

/* ---- who visits whom when ---- */

static void
put_json_member(struct buf *out, const char *key, struct slice text)
{
	buf_text(out, key);
	json_put_string(out, text);
}

static void
put_visit_json(struct buf *out, const struct visits *v, const struct visit_row *row)
{
	char visit[SLOT_TEXT];

	slot_format(row->visit, visit);
	put_json_member(out, "{\"name\":", row->name);
	buf_text(out, ",\"place\":");
	buf_uint(out, row->place);
	put_json_member(out, ",\"target\":", row->own);
	buf_text(out, ",\"team\":[");
	for (size_t s = 0; s < v->n_seats; s++) {
		put_json_member(out, s == 0 ? "{\"id\":" : ",{\"id\":", row->seats[s].own);
		put_json_member(out, ",\"name\":", row->seats[s].name);
		buf_byte(out, '}');
	}
	buf_text(out, "],\"visit\":");
	json_put_string(out, slice_of(visit));
	buf_byte(out, '}');
}

static void
put_unkept_json(struct buf *out, const struct visits *v, const struct unkept *u)
{
	bool first = true;

	buf_text(out, ",\"unkept\":[");
	for (size_t i = 0; i < u->input.n_places; i++) {
		if (u->kept[i])
			continue;
		put_json_member(out, first ? "" : ",", v->v[i].own);
		first = false;
	}
}

static int
print_visits_json(struct cli *cli, const struct draw_row *row, const struct visits *v, const struct unkept *u,
    struct slice unstaffed)
{
	struct draw_assurance assurance;
	struct buf out, away;
	bool failed;

	buf_init(&away, OUTPUT_MAX);
	if (draw_assurance_read(cli->store, row, &assurance, &cli->err) != 0 ||
	    put_away_text(cli, row->n, &away) != 0) {
		buf_release(&away);
		return cli_fail(cli);
	}
	buf_init(&out, OUTPUT_MAX);
	put_json_member(&out, "{\"away_days\":", buf_view(&away));
	buf_release(&away);
	put_json_member(&out, ",\"class\":", slice_of(assurance_name(assurance.assurance)));
	put_json_member(&out, ",\"cycle\":", slice_of(row->cycle));
	buf_text(&out, ",\"n\":");
	buf_uint(&out, row->n);
	put_json_member(&out, ",\"record\":", slice_of(row->record));
	put_json_member(&out, ",\"state\":", slice_of(draw_state(row)));
	put_unkept_json(&out, v, u);
	buf_text(&out, "],\"unstaffed\":[");
	for (bool first = true; unstaffed.n > 0; first = false)
		put_json_member(&out, first ? "" : ",", slice_cut(&unstaffed, '\n'));
	buf_text(&out, "],\"visits\":[");
	for (size_t i = 0; i < v->n; i++) {
		buf_text(&out, i == 0 ? "" : ",");
		put_visit_json(&out, v, &v->v[i]);
	}
	buf_text(&out, "]}\n");
	failed = out.failed;
	if (!failed)
		(void)fwrite(out.data, 1, out.len, stdout);
	buf_release(&out);
	if (failed) {
		err_memory(&cli->err);
		return cli_fail(cli);
	}
	return print_end(cli);
}

/* "I007 name, I012 name" */
static void
put_team_text(const struct visits *v, const struct visit_row *row, struct buf *out)
{
	buf_clear(out);
	for (size_t s = 0; s < v->n_seats; s++) {
		buf_text(out, s == 0 ? "" : ", ");
		if (row->seats[s].inspector.n == 0)
			buf_text(out, _("(empty)"));
		buf_slice(out, row->seats[s].own);
		buf_text(out, row->seats[s].name.n > 0 ? " " : "");
		buf_slice(out, row->seats[s].name);
	}
}

static int
print_visits_table(struct cli *cli, const struct visits *v)
{
	const struct table_column columns[] = {
	    {"place", _("Place"), true},
	    {"visit", _("Visit at"), false},
	    {"target", _("Target"), false},
	    {"name", _("Name"), false},
	    {"team", _("Team"), false},
	};
	struct table t;
	struct buf team;
	bool good;

	buf_init(&team, OUTPUT_MAX);
	table_begin(&t, columns, ARRAY_LEN(columns));
	for (size_t i = 0; i < v->n; i++) {
		const struct visit_row *row = &v->v[i];
		bool empty = row->target.n == 0;
		char visit[SLOT_TEXT];

		put_team_text(v, row, &team);
		table_int(&t, (int64_t)row->place);
		slot_format(row->visit, visit);
		visit[SLOT_DATE_TEXT] = ' ';
		table_string(&t, empty ? "" : visit);
		table_text(&t, empty ? slice_of(_("(empty)")) : row->own);
		table_text(&t, row->name);
		table_text(&t, empty ? (struct slice){"", 0} : buf_view(&team));
	}
	good = table_print(&t, false, stdout) && !team.failed;
	table_release(&t);
	buf_release(&team);
	return good ? EXIT_DONE : print_end(cli);
}

/* Repeats the draw in memory, since the reasons are not stored. */
static int
print_why_unstaffed(struct cli *cli, const struct draw_row *row)
{
	struct stored_draw d;
	int status;

	stored_draw_init(&d);
	if (stored_draw_load(&d, cli->store, row->n, &cli->err) != 0 ||
	    stored_draw_again(&d, cli->store, &cli->progress, &cli->err) != 0)
		status = cli_fail(cli);
	else
		status = print_unstaffed(cli, &d.input, &d.draw);
	stored_draw_release(&d);
	return status;
}

static int
print_away(struct cli *cli, const struct draw_row *row)
{
	struct buf away;
	int status = EXIT_DONE;

	buf_init(&away, OUTPUT_MAX);
	if (put_away_text(cli, row->n, &away) != 0)
		status = cli_fail(cli);
	else if (away.len > 0)
		printf(_("Away: %.*s\n"), SLICE_ARGS(buf_view(&away)));
	buf_release(&away);
	return status;
}

static int
print_visits_for_people(struct cli *cli, const struct draw_row *row, const struct visits *v, const struct unkept *u,
    size_t n_unstaffed)
{
	int status = print_draw_facts(cli, row);

	if (status == EXIT_DONE)
		status = print_away(cli, row);

	if (status == EXIT_DONE && v->n > 0) {
		(void)putchar('\n');
		status = print_visits_table(cli, v);
	}
	if (status == EXIT_DONE && u->n > 0) {
		(void)putchar('\n');
		status = print_unkept(cli, u);
	}
	if (status == EXIT_DONE && n_unstaffed > 0) {
		(void)putchar('\n');
		status = print_why_unstaffed(cli, row);
	}
	return status;
}

int
print_visits(struct cli *cli, const struct draw_row *row)
{
	struct visits v = {.n = 0};
	struct unkept unkept = {.n = 0};
	struct stored_draw d;
	struct buf unstaffed;
	size_t n_unstaffed = 0;
	int status, rc;

	buf_init(&unstaffed, OUTPUT_MAX);
	stored_draw_init(&d);
	rc = visits_read(cli->store, row->n, &v, &cli->err);
	if (rc == 0)
		rc = visits_unstaffed(cli->store, row->n, &unstaffed, &n_unstaffed, &cli->err);
	if (rc == 0 && v.n > 0)
		rc = stored_draw_load(&d, cli->store, row->n, &cli->err);
	if (rc == 0 && v.n > 0)
		rc = unkept_of_visits(&d, &v, &unkept, &cli->err);
	if (rc != 0)
		status = cli_fail(cli);
	else if (cli->json)
		status = print_visits_json(cli, row, &v, &unkept, buf_view(&unstaffed));
	else
		status = print_visits_for_people(cli, row, &v, &unkept, n_unstaffed);
	unkept_release(&unkept);
	stored_draw_release(&d);
	buf_release(&unstaffed);
	visits_release(&v);
	return status;
}
