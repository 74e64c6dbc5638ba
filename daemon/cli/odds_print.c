/* Prints the odds of a cycle: tables for people, JSON and CSV for programs. */

#include "cli/odds_print.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/draw_print.h"
#include "core/base/array.h"
#include "core/base/json.h"
#include "text/table.h"

#define ROWS_MAX 10  /* rows of a table, without --all */
#define NAMES_MAX 20 /* names in a line of text, without --all */
#define MILLION 1000000
#define FIGURE_BYTES 32

static const struct roster *
roster_of(const struct odds_report *r)
{
	return &r->rehearsal->snapshot.roster;
}

static struct slice
odds_target_name(const struct odds_report *r, uint32_t t)
{
	return t == ODDS_NONE ? slice_of("") : target_id(&roster_of(r)->targets[t]);
}

static struct slice
odds_inspector_name(const struct odds_report *r, uint32_t p)
{
	return p == ODDS_NONE ? slice_of("")
	                      : inspector_id(&roster_of(r)->inspectors[r->odds->inspectors[p].inspector]);
}

static uint64_t
ppm(double chance)
{
	return (uint64_t)llround(chance * MILLION);
}

/* ---- for people: figures ---- */

/* "12.34", built from whole hundredths, so that the locale does not choose the point. */
static void
put_hundredths(struct table *t, double value)
{
	unsigned long long hundredths = (unsigned long long)llround(value * 100);
	char text[FIGURE_BYTES];

	(void)snprintf(text, sizeof text, "%llu.%02llu", hundredths / 100, hundredths % 100);
	table_string(t, text);
}

static void
put_percent_cell(struct table *t, double chance)
{
	put_hundredths(t, 100 * chance);
}

/* Half the width of the interval; empty where the chance is exact. */
static void
put_error(struct table *t, struct chance chance)
{
	if (chance.low == chance.high)
		table_string(t, "");
	else
		put_percent_cell(t, (chance.high - chance.low) / 2);
}

/* ---- for people: the summary ---- */

/* Of the visits: how many cannot be kept, and the share of units that are visited in one slot. */
static void
put_visit_facts(const struct odds_visits *v, struct table *t)
{
	put_hundredths(t, v->draws == 0 ? 0 : (double)v->unkept / (double)v->draws);
	if (v->units == 0)
		table_string(t, "");
	else
		put_percent_cell(t, (double)v->together / (double)v->units);
}

static void
put_odds_facts(const struct odds_report *r, struct table *t)
{
	const struct odds *o = r->odds;
	struct odds_summary s = odds_summary(o);
	struct slice inspector = odds_inspector_name(r, s.inspector), target = odds_target_name(r, s.target);
	char text[2 * ID_MAX + 8]; /* an arrow between two ids */
	uint64_t drum = 0;

	for (size_t i = 0; i < r->rehearsal->snapshot.sealed.n_strata; i++)
		drum += r->rehearsal->snapshot.sealed.strata[i].drum;
	table_text(t, r->rehearsal->snapshot.commit.cycle);
	table_int(t, (int64_t)drum);
	table_int(t, (int64_t)o->n_in);
	table_int(t, (int64_t)o->seats);
	table_int(t, (int64_t)o->to_choose);
	put_hundredths(t, s.staffed);
	(void)snprintf(text, sizeof text, "%.*s → %.*s", (int)(inspector.n > ID_MAX ? ID_MAX : inspector.n),
	    inspector.p, (int)(target.n > ID_MAX ? ID_MAX : target.n), target.p);
	table_string(t, s.inspector == ODDS_NONE ? "" : text);
	put_percent_cell(t, s.inspector == ODDS_NONE ? 0 : odds_guess(o, s.inspector).p);
	put_percent_cell(t, s.guess_mean);
	put_hundredths(t, s.spread_mean);
	put_percent_cell(t, s.visitor_mean);
	put_visit_facts(&o->visits, t);
}

static bool
print_odds_facts(const struct odds_report *r)
{
	const struct table_column columns[] = {
	    {"cycle", _("Cycle"), false},
	    {"drum", _("Targets that take part"), true},
	    {"inspectors", _("Inspectors that take part"), true},
	    {"seats", _("Seats of a team"), true},
	    {"choose", _("Targets to be drawn"), true},
	    {"staffed", _("Places with a team, on the average"), true},
	    {"likeliest", _("Likeliest pair"), false},
	    {"likeliest_chance", _("Its chance, %"), true},
	    {"guess", _("An inspector's best guess is right, on the average, %"), true},
	    {"spread", _("As hard for him as so many targets that are equally likely"), true},
	    {"visitor", _("A drawn target's best guess who comes is right, %"), true},
	    {"unkept", _("Visits that cannot be kept, on the average"), true},
	    {"together", _("Of units with several places, those with one slot for all, %"), true},
	};
	struct table t;
	bool good;

	table_begin(&t, columns, ARRAY_LEN(columns));
	put_odds_facts(r, &t);
	good = table_print_record(&t, false, stdout);
	table_release(&t);
	if (r->odds->plain)
		printf(_("All figures are exact, since the rules treat all pairs alike; the slots alone are counted, "
		         "in %llu "
		         "simulated draws.\n"),
		    (unsigned long long)r->odds->visits.draws);
	else
		printf(_("That a target is drawn is exact; the rest is counted in %llu simulated draws with the seed "
		         "\"%s\".\n"
		         "± is half of the 99 %% interval. A guess is made from half of the draws and tried on the "
		         "others.\n"),
		    (unsigned long long)r->odds->trials, r->seed);
	return good;
}

/* ---- for people: tables in the order of their chances ---- */

struct ranked {
	double chance;
	uint32_t index;
};

static int
compare_chances(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;

	if (x->chance != y->chance)
		return x->chance > y->chance ? -1 : 1;
	return (x->index > y->index) - (x->index < y->index);
}

static size_t
rows_shown(const struct odds_report *r, size_t n)
{
	return r->all || n < ROWS_MAX ? n : ROWS_MAX;
}

static bool
print_ranked(const struct odds_report *r, struct table *t, size_t n)
{
	bool good;

	(void)putchar('\n');
	good = table_print(t, false, stdout);
	table_release(t);
	if (n > rows_shown(r, n))
		printf(ngettext("and %zu more: --all\n", "and %zu more: --all\n", n - rows_shown(r, n)),
		    n - rows_shown(r, n));
	return good;
}

/* How often another post of its unit has the same slot, of the draws that the target is drawn in. */
static struct chance
company_chance(const struct odds *odds, uint32_t t)
{
	uint64_t came =
	    odds->plain ? (uint64_t)llround(odds->targets[t].chosen * (double)odds->visits.draws) : odds_came(odds, t);
	uint64_t company = odds->visits.company[t];

	return odds_counted(company < came ? company : came, came);
}

static void
put_company(const struct odds_report *r, uint32_t t, struct table *table)
{
	if (target_unit(&roster_of(r)->targets[t]).n == 0 || odds_came(r->odds, t) == 0)
		table_string(table, "");
	else
		put_percent_cell(table, company_chance(r->odds, t).p);
}

static void
put_target_cells(const struct odds_report *r, uint32_t at, struct table *t)
{
	const struct target *target = &roster_of(r)->targets[at];
	const struct odds_target *odds = &r->odds->targets[at];
	struct chance staffed = odds_staffed(r->odds, at);
	uint64_t came = odds_came(r->odds, at);

	table_text(t, target_id(target));
	table_text(t, target_class(target));
	table_int(t, target->weight);
	put_percent_cell(t, odds->chosen);
	if (came == 0 && odds->visitable) {
		table_string(t, _("never drawn"));
		table_string(t, "");
	} else {
		put_percent_cell(t, staffed.p);
		put_error(t, staffed);
	}
	put_company(r, at, t);
	table_text(t, odds_inspector_name(r, odds->best));
	if (odds->best == ODDS_NONE) {
		table_string(t, "");
		table_string(t, "");
	} else {
		struct chance given = odds_guess_visitor(r->odds, at);

		put_percent_cell(t, given.p);
		put_error(t, given);
	}
}

static int
print_targets(const struct odds_report *r)
{
	const struct table_column columns[] = {
	    {"id", _("Target"), false},
	    {"class", _("Stratum"), false},
	    {"weight", _("Slips"), true},
	    {"chosen", _("Drawn, %"), true},
	    {"staffed", _("Visited, %"), true},
	    {"staffed_error", "±", true},
	    {"company", _("with its unit, %"), true},
	    {"inspector", _("Likeliest visitor"), false},
	    {"given", _("if drawn, %"), true},
	    {"given_error", "±", true},
	};
	struct ranked *ranked = calloc(r->odds->n_targets + 1, sizeof *ranked);
	struct table t;
	size_t n = 0;
	bool good;

	if (ranked == NULL)
		return err_memory(&r->cli->err);
	for (size_t i = 0; i < r->odds->n_targets; i++)
		if (r->odds->targets[i].chosen > 0)
			ranked[n++] = (struct ranked){r->odds->targets[i].chosen, (uint32_t)i};
	qsort(ranked, n, sizeof *ranked, compare_chances);
	table_begin(&t, columns, ARRAY_LEN(columns));
	for (size_t i = 0; i < rows_shown(r, n); i++)
		put_target_cells(r, ranked[i].index, &t);
	free(ranked);
	good = print_ranked(r, &t, n);
	return good ? 0 : ERR_OUTSIDE;
}

static void
put_inspector_cells(const struct odds_report *r, uint32_t p, struct table *t)
{
	double error, load = odds_load(r->odds, p, &error);
	struct chance guess = odds_guess(r->odds, p);

	table_text(t, odds_inspector_name(r, p));
	put_hundredths(t, load);
	if (r->odds->plain)
		table_string(t, "");
	else
		put_hundredths(t, error);
	table_text(t, odds_target_name(r, r->odds->inspectors[p].best));
	put_percent_cell(t, guess.p);
	put_error(t, guess);
	put_hundredths(t, odds_spread(r->odds, p));
}

static int
print_inspectors(const struct odds_report *r)
{
	const struct table_column columns[] = {
	    {"id", _("Inspector"), false},
	    {"visits", _("Visits"), true},
	    {"visits_error", "±", true},
	    {"target", _("Best guess"), false},
	    {"guess", _("is right, %"), true},
	    {"guess_error", "±", true},
	    {"spread", _("as hard as of so many"), true},
	};
	struct ranked *ranked = calloc(r->odds->n_in + 1, sizeof *ranked);
	struct table t;
	size_t n = r->odds->n_in;
	bool good;

	if (ranked == NULL)
		return err_memory(&r->cli->err);
	for (size_t p = 0; p < n; p++)
		ranked[p] = (struct ranked){odds_guess(r->odds, p).p, (uint32_t)p};
	qsort(ranked, n, sizeof *ranked, compare_chances);
	table_begin(&t, columns, ARRAY_LEN(columns));
	for (size_t i = 0; i < rows_shown(r, n); i++)
		put_inspector_cells(r, ranked[i].index, &t);
	free(ranked);
	good = print_ranked(r, &t, n);
	return good ? 0 : ERR_OUTSIDE;
}

static int
print_slots(const struct odds_report *r)
{
	const struct table_column columns[] = {
	    {"slot", _("Visit at"), false},
	    {"share", _("of all visits, %"), true},
	    {"share_error", "±", true},
	};
	const struct odds_visits *v = &r->odds->visits;
	struct table t;

	table_begin(&t, columns, ARRAY_LEN(columns));
	for (size_t i = 0; i < rows_shown(r, v->n_slots); i++) {
		double error, share = odds_visits_share(v, i, &error);
		char slot[SLOT_TEXT];

		slot_format(v->slots[i].slot, slot);
		slot[SLOT_DATE_TEXT] = ' ';
		table_string(&t, slot);
		put_percent_cell(&t, share);
		put_percent_cell(&t, error);
	}
	return print_ranked(r, &t, v->n_slots) ? 0 : ERR_OUTSIDE;
}

/* ---- for people: who is left out ---- */

static void
print_names(const struct odds_report *r, size_t n, bool (*listed)(const struct odds_report *, uint32_t),
    struct slice (*name)(const struct odds_report *, uint32_t))
{
	size_t found = 0;

	for (size_t i = 0; i < n; i++)
		if (listed(r, (uint32_t)i) && (found++ < NAMES_MAX || r->all))
			printf(found == 1 ? "%.*s" : ", %.*s", SLICE_ARGS(name(r, (uint32_t)i)));
	if (found > NAMES_MAX && !r->all)
		(void)fputs(", …", stdout);
	(void)putchar('\n');
}

static size_t
count_listed(const struct odds_report *r, size_t n, bool (*listed)(const struct odds_report *, uint32_t))
{
	size_t found = 0;

	for (size_t i = 0; i < n; i++)
		found += listed(r, (uint32_t)i);
	return found;
}

static bool
is_unreachable(const struct odds_report *r, uint32_t t)
{
	return drum_takes_part((enum drum)roster_of(r)->targets[t].drum) && !r->odds->targets[t].visitable;
}

static bool
is_unseen(const struct odds_report *r, uint32_t t)
{
	return r->odds->targets[t].chosen > 0 && odds_came(r->odds, t) == 0;
}

static bool
is_idle(const struct odds_report *r, uint32_t p)
{
	return !r->odds->inspectors[p].useful;
}

static void
print_left_out(const struct odds_report *r)
{
	size_t unreachable = count_listed(r, r->odds->n_targets, is_unreachable),
	       idle = count_listed(r, r->odds->n_in, is_idle), unseen = count_listed(r, r->odds->n_targets, is_unseen);

	if (unseen > 0) {
		printf(ngettext("\n%zu target was drawn in none of the simulated draws, so of its visits nothing is "
		                "known (more "
		                "--trials): ",
		           "\n%zu targets were drawn in none of the simulated draws, so of their visits nothing is "
		           "known (more "
		           "--trials): ",
		           unseen),
		    unseen);
		print_names(r, r->odds->n_targets, is_unseen, odds_target_name);
	}
	if (unreachable > 0) {
		printf(ngettext("\nNo lawful team can visit %zu target: ", "\nNo lawful team can visit %zu targets: ",
		           unreachable),
		    unreachable);
		print_names(r, r->odds->n_targets, is_unreachable, odds_target_name);
	}
	if (idle > 0) {
		printf(ngettext("\n%zu inspector can visit nothing: ", "\n%zu inspectors can visit nothing: ", idle),
		    idle);
		print_names(r, r->odds->n_in, is_idle, odds_inspector_name);
	}
	if (r->odds->left_out > 0)
		printf(_("\nThe pairs of %zu targets were not counted, for want of memory; none has a chance above "
		         "%llu per million.\n"),
		    r->odds->left_out, (unsigned long long)ppm(r->odds->left_out_most));
}

int
odds_print_people(const struct odds_report *report)
{
	int rc = print_odds_facts(report) ? print_targets(report) : 0;

	if (rc == 0)
		rc = print_inspectors(report);
	if (rc == 0)
		rc = print_slots(report);
	if (rc == ERR_MEMORY)
		return cli_fail(report->cli);
	print_left_out(report);
	return print_end(report->cli);
}

/* ---- for programs ---- */

/* Writes `out` to standard output and clears it, so that it stays small; print_end finds a failure. */
static void
flush_json(struct buf *out)
{
	(void)fwrite(out->data, 1, out->len, stdout);
	buf_clear(out);
}

static void
put_ppm(struct buf *out, const char *key, double value)
{
	buf_format(out, ",\"%s_ppm\":%llu", key, (unsigned long long)ppm(value));
}

/* "x_high_ppm":…,"x_low_ppm":…,"x_ppm":…, in the order of keys that canonical JSON wants. */
static void
put_chance(struct buf *out, const char *key, struct chance chance)
{
	char longer[FIGURE_BYTES];

	(void)snprintf(longer, sizeof longer, "%s_high", key);
	put_ppm(out, longer, chance.high);
	(void)snprintf(longer, sizeof longer, "%s_low", key);
	put_ppm(out, longer, chance.low);
	put_ppm(out, key, chance.p);
}

static void
put_odds_text(struct buf *out, const char *key, struct slice text)
{
	buf_text(out, key);
	json_put_string(out, text);
}

static void
put_inspectors_json(const struct odds_report *r, struct buf *out)
{
	buf_text(out, ",\"inspectors\":[");
	for (size_t p = 0; p < r->odds->n_in; p++) {
		uint32_t target = r->odds->inspectors[p].best;
		double error, load = odds_load(r->odds, p, &error);

		put_odds_text(out, p == 0 ? "{\"best\":" : ",{\"best\":", odds_target_name(r, target));
		put_chance(out, "guess", odds_guess(r->odds, p));
		put_odds_text(out, ",\"id\":", odds_inspector_name(r, (uint32_t)p));
		put_ppm(out, "spread", odds_spread(r->odds, p));
		buf_text(out, r->odds->inspectors[p].useful ? ",\"useful\":true" : ",\"useful\":false");
		put_ppm(out, "visits_error", error);
		put_ppm(out, "visits", load);
		buf_byte(out, '}');
		flush_json(out);
	}
	buf_byte(out, ']');
}

static bool
is_counted(const struct odds *odds, size_t t)
{
	return odds->targets[t].best != ODDS_NONE;
}

static void
put_pairs_json(const struct odds_report *r, struct buf *out)
{
	bool first = true;

	buf_text(out, ",\"pairs\":[");
	for (size_t t = 0; t < r->odds->n_targets; t++)
		for (size_t p = 0; p < r->odds->n_in && is_counted(r->odds, t); p++) {
			struct chance pair = odds_pair(r->odds, t, p);

			if (pair.p == 0)
				continue;
			put_odds_text(out,
			    first ? "{\"inspector\":" : ",{\"inspector\":", odds_inspector_name(r, (uint32_t)p));
			first = false;
			put_chance(out, "meet", pair);
			put_odds_text(out, ",\"target\":", odds_target_name(r, (uint32_t)t));
			buf_byte(out, '}');
			flush_json(out);
		}
	buf_byte(out, ']');
}

static void
put_targets_json(const struct odds_report *r, struct buf *out)
{
	buf_text(out, ",\"targets\":[");
	for (size_t t = 0; t < r->odds->n_targets; t++) {
		const struct odds_target *target = &r->odds->targets[t];
		put_odds_text(out, t == 0 ? "{\"best\":" : ",{\"best\":", odds_inspector_name(r, target->best));
		put_ppm(out, "chosen", target->chosen);
		if (!r->odds->plain)
			buf_format(out, ",\"drawn\":%llu", (unsigned long long)odds_came(r->odds, t));
		put_odds_text(out, ",\"drum\":", slice_of(drum_name((enum drum)roster_of(r)->targets[t].drum)));
		put_chance(out, "guess", odds_guess_visitor(r->odds, t));
		put_odds_text(out, ",\"id\":", odds_target_name(r, (uint32_t)t));
		if (!is_unseen(r, (uint32_t)t))
			put_chance(out, "staffed", odds_staffed(r->odds, t));
		put_ppm(out, "together", company_chance(r->odds, (uint32_t)t).p);
		buf_text(out, target->visitable ? ",\"visitable\":true}" : ",\"visitable\":false}");
		flush_json(out);
	}
	buf_byte(out, ']');
}

static void
put_slots_json(const struct odds_report *r, struct buf *out)
{
	const struct odds_visits *v = &r->odds->visits;

	buf_text(out, ",\"slots\":[");
	for (size_t i = 0; i < v->n_slots; i++) {
		double error, share = odds_visits_share(v, i, &error);
		char slot[SLOT_TEXT];

		slot_format(v->slots[i].slot, slot);
		buf_format(out, "%s{\"share_error_ppm\":%llu,\"share_ppm\":%llu", i == 0 ? "" : ",",
		    (unsigned long long)ppm(error), (unsigned long long)ppm(share));
		put_odds_text(out, ",\"slot\":", slice_of(slot));
		buf_byte(out, '}');
	}
	buf_byte(out, ']');
}

int
odds_print_json(const struct odds_report *report)
{
	const struct odds_visits *v = &report->odds->visits;
	struct odds_summary s = odds_summary(report->odds);
	struct buf out;

	buf_init(&out, (size_t)1 << 20);
	put_odds_text(&out, "{\"cycle\":", report->rehearsal->snapshot.commit.cycle);
	buf_text(&out, report->odds->plain ? ",\"exact\":true" : ",\"exact\":false");
	put_ppm(&out, "guess_mean", s.guess_mean);
	put_inspectors_json(report, &out);
	buf_format(&out, ",\"left_out\":%zu", report->odds->left_out);
	put_ppm(&out, "left_out_most", report->odds->left_out_most);
	put_pairs_json(report, &out);
	put_odds_text(&out, ",\"seed\":", slice_of(report->seed));
	put_slots_json(report, &out);
	put_ppm(&out, "spread_mean", s.spread_mean);
	put_ppm(&out, "staffed_mean", s.staffed);
	put_targets_json(report, &out);
	buf_format(&out, ",\"trials\":%llu", (unsigned long long)report->odds->trials);
	buf_format(&out, ",\"units\":%llu,\"units_together\":%llu,\"unkept\":%llu", (unsigned long long)v->units,
	    (unsigned long long)v->together, (unsigned long long)v->unkept);
	put_ppm(&out, "visitor_mean", s.visitor_mean);
	buf_format(&out, ",\"visits\":%llu", (unsigned long long)v->visits);
	buf_text(&out, "}\n");
	flush_json(&out);
	buf_release(&out);
	return print_end(report->cli);
}

static void
print_csv(const char *kind, struct slice target, struct slice inspector, struct chance chance)
{
	printf("%s,%.*s,%.*s,%llu,%llu,%llu\n", kind, SLICE_ARGS(target), SLICE_ARGS(inspector),
	    (unsigned long long)ppm(chance.p), (unsigned long long)ppm(chance.low),
	    (unsigned long long)ppm(chance.high));
}

int
odds_print_csv(const struct odds_report *report)
{
	const struct odds *odds = report->odds;
	const struct slice none = {"", 0};

	puts("kind,target,inspector,ppm,low_ppm,high_ppm");
	for (size_t t = 0; t < odds->n_targets; t++) {
		double chosen = odds->targets[t].chosen;

		print_csv("chosen", odds_target_name(report, (uint32_t)t), none,
		    (struct chance){chosen, chosen, chosen});
		if (!is_unseen(report, (uint32_t)t))
			print_csv("staffed", odds_target_name(report, (uint32_t)t), none, odds_staffed(odds, t));
	}
	for (size_t p = 0; p < odds->n_in; p++) {
		double error, load = odds_load(odds, p, &error);

		print_csv("visits", none, odds_inspector_name(report, (uint32_t)p),
		    (struct chance){load, fmax(load - error, 0), load + error});
	}
	for (size_t t = 0; t < odds->n_targets; t++)
		for (size_t p = 0; p < odds->n_in && is_counted(odds, t); p++)
			if (odds_pair(odds, t, p).p > 0)
				print_csv("pair", odds_target_name(report, (uint32_t)t),
				    odds_inspector_name(report, (uint32_t)p), odds_pair(odds, t, p));
	return print_end(report->cli);
}
