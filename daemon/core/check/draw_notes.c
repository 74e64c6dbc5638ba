/* What is lawful but worth knowing of one draw (PROTOCOL 10, "noted"). */

#include <stdio.h>
#include <stdlib.h>

#include "core/base/array.h"
#include "core/base/json.h"
#include "core/check/notes_private.h"
#include "core/draw/explain.h"
#include "core/log/sequence.h"

#define EXPLANATIONS_MAX 5
#define NAMES_MAX 12
#define EARLY_COMMIT_S (30 * (int64_t)DAY_S)

/* The first few ids of a list, and how many there are. */
struct few_ids {
	char text[NAMES_MAX * (ID_MAX + 1) + 8];
	size_t len, n;
};

static void
add_id(struct few_ids *few, struct slice id)
{
	if (few->n++ >= NAMES_MAX || id.n > ID_MAX)
		return;
	if (few->len > 0)
		few->text[few->len++] = ' ';
	memcpy(few->text + few->len, id.p, id.n);
	few->len += id.n;
	few->text[few->len] = '\0';
}

static void
note_void(const struct draw_context *x, struct report *report)
{
	char plain[2 * TEXT_REASON_MAX];
	struct slice reason = x->outcome->void_.reason;

	report_note(report, x->n, N_("voided: %.*s"), (int)json_unescape(reason, plain), plain);
}

static void
note_changes(const struct draw_context *x, struct report *report)
{
	const struct changes *c = &x->commit->changes;
	uint64_t sum = c->targets_added + c->targets_changed + c->targets_removed + c->inspectors_added +
	    c->inspectors_changed + c->inspectors_removed + c->conflicts_added + c->conflicts_removed;

	if (c->previous == 0 || sum == 0)
		return;
	report_note(report, x->n,
	    N_("since draw %llu: targets +%llu -%llu, %llu changed; inspectors +%llu -%llu, %llu changed; conflicts "
	       "+%llu "
	       "-%llu"),
	    (unsigned long long)c->previous, (unsigned long long)c->targets_added,
	    (unsigned long long)c->targets_removed, (unsigned long long)c->targets_changed,
	    (unsigned long long)c->inspectors_added, (unsigned long long)c->inspectors_removed,
	    (unsigned long long)c->inspectors_changed, (unsigned long long)c->conflicts_added,
	    (unsigned long long)c->conflicts_removed);
}

/* The number of unstaffed targets, and the reason for each of the first few. */
static void
note_unstaffed(const struct draw_context *x, const struct draw_case *c, struct report *report)
{
	size_t unstaffed = c->draw.n_chosen - c->draw.n_admitted, said = 0;

	if (unstaffed == 0)
		return;
	report_note(report, x->n, N_("%zu of %zu drawn targets stay unstaffed"), unstaffed, c->draw.n_chosen);
	for (size_t i = 0; i < c->draw.n_chosen && said < EXPLANATIONS_MAX; i++) {
		struct buf why;

		if (c->draw.chosen[i].admitted)
			continue;
		buf_init(&why, ERR_MESSAGE_BYTES);
		if (explain_unstaffed(&c->input, &c->draw, i, report->tr, &why, NULL) == 0)
			report_note(report, x->n, "%.*s", (int)why.len, why.data);
		buf_release(&why);
		said++;
	}
}

static void
note_empty(const struct draw_context *x, const struct draw_case *c, struct report *report)
{
	size_t places = 0, seats = 0;

	for (size_t i = 0; i < c->places.n; i++) {
		bool empty = c->places.v[i].target == AMEND_EMPTY;

		places += empty;
		for (size_t s = 0; s < c->draw.seats && !empty; s++)
			seats += c->places.team[i * c->draw.seats + s] == AMEND_EMPTY;
	}
	if (places + seats > 0)
		report_note(report, x->n, N_("%zu places and %zu seats were left empty by amendments"), places, seats);
}

/* ---- rosters ---- */

/* Who is excused here and was in the cycle's draw before. */
static void
note_excused_again(const struct draw_context *x, const struct draw_case *c, const struct cycle_past *past,
    struct report *report)
{
	struct few_ids few = {.n = 0};

	for (size_t i = 0, k = 0; i < c->roster.n_targets && k < past->before.n_targets;) {
		const struct target *t = &c->roster.targets[i], *b = &past->before.targets[k];
		int order = slice_cmp(target_id(t), target_id(b));

		if (order == 0 && t->drum == DRUM_EXCUSED && b->drum == DRUM_EXCUSED)
			add_id(&few, target_id(t));
		i += order <= 0;
		k += order >= 0;
	}
	for (size_t i = 0, k = 0; i < c->roster.n_inspectors && k < past->before.n_inspectors;) {
		const struct inspector *p = &c->roster.inspectors[i], *b = &past->before.inspectors[k];
		int order = slice_cmp(inspector_id(p), inspector_id(b));

		if (order == 0 && p->drum == INSPECTOR_EXCUSED && b->drum == INSPECTOR_EXCUSED)
			add_id(&few, inspector_id(p));
		i += order <= 0;
		k += order >= 0;
	}
	if (few.n > 0)
		report_note(report, x->n, N_("excused in the cycle's draw before as well: %zu (%s)"), few.n, few.text);
}

static void
note_resting(const struct draw_context *x, const struct draw_case *c, struct report *report)
{
	size_t resting = 0;

	for (size_t i = 0; i < c->roster.n_targets; i++)
		resting += c->roster.targets[i].elsewhere != DATE_NONE && c->roster.targets[i].drum == DRUM_REST;
	if (resting > 0)
		report_note(report, x->n, N_("%zu targets rest because of other cycles"), resting);
}

/* Other cycles' draws when it was committed: those not yet drawn it could not look at, nor know whom they send where. */
static void
note_open_elsewhere(const struct draw_context *x, struct report *report)
{
	size_t sealed = 0, waiting = 0;

	for (size_t i = 0; x->has_log && i < x->sequence->n_draws; i++) {
		const struct draw_state *d = &x->sequence->draws[i];

		if (d->cycle == x->state->cycle || d->commit > x->state->commit)
			continue;
		waiting += d->outcome > x->state->commit;
		sealed += d->outcome < x->state->commit && !d->is_void && d->reveal > x->state->commit;
	}
	if (sealed > 0)
		report_note(report, x->n, N_("%zu draws of other cycles were drawn and sealed when it was committed"),
		    sealed);
	if (waiting > 0)
		report_note(report, x->n,
		    N_("%zu commitments of other cycles had no outcome yet when it was committed: it knows nothing "
		       "of their targets and visits"),
		    waiting);
}

/* ---- the rules ---- */

static bool
rules_differ(const struct rules *a, const struct rules *b, char ret[static 256])
{
	const struct {
		const char *name;
		bool differs;
	} all[] = {
	    {"avoid", a->avoid_area != b->avoid_area || a->avoid_unit != b->avoid_unit},
	    {"cover_days", a->cover_days != b->cover_days},
	    {"inspectors", a->inspectors != b->inspectors},
	    {"level_gap", a->has_level_gap != b->has_level_gap || a->level_gap != b->level_gap},
	    {"max_load", a->max_load != b->max_load},
	    {"quiet_days", a->quiet_days != b->quiet_days},
	    {"reserve", a->reserve != b->reserve},
	    {"rest_days", a->rest_days != b->rest_days},
	    {"rotate", a->rotate != b->rotate},
	    {"same_unit", a->same_unit != b->same_unit},
	    {"slack", a->slack != b->slack},
	    {"spacing", a->spacing != b->spacing},
	    {"team", a->seats != b->seats},
	    {"timezone", !slice_eq(a->timezone, b->timezone)},
	};
	bool team = a->seats == b->seats;
	size_t len = 0;

	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		if (all[i].differs)
			len += (size_t)snprintf(ret + len, 256 - len, "%s%s", len == 0 ? "" : ", ", all[i].name);
	for (size_t s = 0; team && s < a->seats; s++)
		team = slice_eq(a->team[s], b->team[s]);
	if (a->seats == b->seats && !team)
		len += (size_t)snprintf(ret + len, 256 - len, "%steam", len == 0 ? "" : ", ");
	return len > 0;
}

static bool
strata_differ(const struct commit *a, const struct commit *b)
{
	bool same = a->n_strata == b->n_strata;

	for (size_t i = 0; same && i < a->n_strata; i++)
		same = slice_eq(a->strata[i].class, b->strata[i].class) &&
		    a->strata[i].by_rate == b->strata[i].by_rate && a->strata[i].amount == b->strata[i].amount;
	return !same;
}

static bool
beacons_differ(const struct beacon *a, const struct beacon *b)
{
	if (a->source != b->source)
		return true;
	if (a->source == SOURCE_PUBLIC)
		return a->count != b->count || !slice_eq(a->label, b->label) || !slice_eq(a->symbols, b->symbols);
	return a->source == SOURCE_WITNESS && !slice_eq(a->key, b->key);
}

/* What was decided otherwise than for the cycle's commitment before. */
static void
note_decisions(const struct draw_context *x, struct report *report)
{
	const struct commit *now = x->commit, *before;
	const struct draw_state *previous;
	char names[256];

	if (!x->has_log || x->state->previous == SEQUENCE_NONE)
		return;
	previous = &x->sequence->draws[x->state->previous];
	before = &x->log->entries[previous->commit].entry.commit;
	if (rules_differ(&now->rules, &before->rules, names))
		report_note(report, x->n, N_("rules that differ from those of draw %llu: %s"),
		    (unsigned long long)before->n, names);
	if (strata_differ(now, before))
		report_note(report, x->n, N_("the strata differ from those of draw %llu"),
		    (unsigned long long)before->n);
	if (beacons_differ(&now->beacon, &before->beacon))
		report_note(report, x->n, N_("the beacon differs from that of draw %llu"),
		    (unsigned long long)before->n);
	if (x->state->embargo_days != previous->embargo_days)
		report_note(report, x->n, N_("the embargo is %llu days, that of draw %llu was %llu"),
		    (unsigned long long)x->state->embargo_days, (unsigned long long)before->n,
		    (unsigned long long)previous->embargo_days);
}

/* ---- when ---- */

static void
note_times(const struct draw_context *x, const struct draw_case *c, const struct verify_options *options,
    struct report *report)
{
	int64_t reveal = x->commit->reveal_time / DAY_S - (x->commit->reveal_time % DAY_S < 0);
	int32_t local;

	if (options != NULL && options->local_date != NULL &&
	    options->local_date(options->zones, x->commit->rules.timezone, x->commit->draw_time, &local) &&
	    local != x->commit->date)
		report_note(report, x->n,
		    N_("its date is not the local date of draw_time by this machine's time zones"));
	if (x->has_log && x->commit->draw_time - x->log->entries[x->state->commit].entry.time > EARLY_COMMIT_S)
		report_note(report, x->n, N_("committed more than 30 days before its draw_time"));
	if (c->sealed.n_slots == 0)
		return;
	if (slot_date(c->sealed.slots[0]) < x->commit->date)
		report_note(report, x->n, N_("a slot is before the draw's date"));
	if (slot_date(c->sealed.slots[c->sealed.n_slots - 1]) > reveal)
		report_note(report, x->n, N_("a slot is after the reveal: the list is public before the visit"));
}

/* ---- visits ---- */

struct unit_visit {
	struct slice unit;
	slot_t visit;
};

static int
compare_unit_visits(const void *a, const void *b)
{
	const struct unit_visit *x = a, *y = b;
	int order = slice_cmp(x->unit, y->unit);

	return order != 0 ? order : (x->visit > y->visit) - (x->visit < y->visit);
}

static void
note_split_units(const struct draw_context *x, const struct draw_case *c, struct report *report)
{
	struct unit_visit *v = calloc(c->draw.n_admitted + 1, sizeof *v);
	size_t n = 0, split = 0;

	for (size_t i = 0; v != NULL && i < c->draw.n_chosen; i++) {
		const struct chosen *chosen = &c->draw.chosen[i];
		struct slice unit = target_unit(&c->roster.targets[chosen->target]);

		if (chosen->admitted && unit.n > 0)
			v[n++] = (struct unit_visit){unit, chosen->visit};
	}
	if (n > 0)
		qsort(v, n, sizeof *v, compare_unit_visits);
	for (size_t i = 0, first = 0; v != NULL && i < n; i++) {
		bool last = i + 1 == n || !slice_eq(v[i + 1].unit, v[i].unit);

		split += last && v[i].visit != v[first].visit;
		first = last ? i + 1 : first;
	}
	free(v);
	if (split > 0)
		report_note(report, x->n, N_("%zu units are visited at more than one slot"), split);
}

static void
note_visits(const struct draw_context *x, const struct draw_case *c, struct report *report)
{
	struct few_ids few = {.n = 0};

	for (size_t i = 0; i < c->draw.n_chosen; i++)
		if (c->draw.chosen[i].admitted && !c->draw.chosen[i].kept)
			add_id(&few, target_id(&c->roster.targets[c->draw.chosen[i].target]));
	if (few.n > 0)
		report_note(report, x->n, N_("%zu visits cannot be kept by their whole team: %s"), few.n, few.text);
	note_split_units(x, c, report);
}

/* ---- amendments ---- */

/* Targets that an amendment took out here, and in the cycle's draw before as well. */
static void
note_taken_out_again(const struct draw_context *x, const struct draw_case *c, struct report *report)
{
	const struct holds *before = NULL;
	struct few_ids few = {.n = 0};

	for (size_t i = x->state->previous; i != SEQUENCE_NONE && before == NULL; i = x->sequence->draws[i].previous)
		if (!x->sequence->draws[i].is_void)
			before = &x->holds[i];
	for (size_t i = 0; before != NULL && i < c->holds.n; i++)
		for (size_t k = 0; c->holds.v[i].to != HOLD_NO_END && k < before->n; k++)
			if (before->v[k].to != HOLD_NO_END &&
			    strcmp(before->v[k].target.text, c->holds.v[i].target.text) == 0)
				add_id(&few, slice_of(c->holds.v[i].target.text));
	if (few.n > 0)
		report_note(report, x->n, N_("taken out of their places here and in the cycle's draw before: %zu (%s)"),
		    few.n, few.text);
}

static void
note_amendments(const struct draw_context *x, const struct draw_case *c, struct report *report)
{
	size_t late = 0, *of_place = calloc(c->places.n + 1, sizeof *of_place);

	if (c->n_amendments > 0)
		report_note(report, x->n, N_("%zu amendments"), c->n_amendments);
	for (size_t i = 0; of_place != NULL && i < c->n_amendments; i++) {
		struct amendment a;

		late += x->has_log && !x->log->entries[x->state->amends[i]].entry.amend.before_reveal;
		if (amendment_parse(buf_view(&c->amendments[i]), &a, NULL) == 0 && a.place < c->places.n)
			of_place[a.place]++;
	}
	for (size_t i = 0; of_place != NULL && i < c->places.n; i++)
		if (of_place[i] >= 3)
			report_note(report, x->n, N_("LOOK: place %zu was amended %zu times"), i, of_place[i]);
	if (late > 0)
		report_note(report, x->n, N_("LOOK: %zu amendments were made after the reveal"), late);
	if (x->has_log)
		note_taken_out_again(x, c, report);
	free(of_place);
}

void
note_draw(const struct draw_context *x, const struct draw_case *c, const struct cycle_past *past,
    const struct verify_options *options, struct report *report)
{
	if (x->outcome != NULL && x->outcome->type == ENTRY_VOID)
		note_void(x, report);
	if (x->outcome != NULL && x->outcome->time > x->commit->draw_time + OUTCOME_DELAY_S)
		report_note(report, x->n, N_("its outcome is late: more than a day after its draw_time"));
	if (x->commit->excused_targets + x->commit->excused_inspectors > 0)
		report_note(report, x->n, N_("excused: %llu targets and %llu inspectors"),
		    (unsigned long long)x->commit->excused_targets, (unsigned long long)x->commit->excused_inspectors);
	if (past != NULL && past->has_before)
		note_excused_again(x, c, past, report);
	note_changes(x, report);
	note_decisions(x, report);
	note_resting(x, c, report);
	note_open_elsewhere(x, report);
	note_times(x, c, options, report);
	if (c->has_draw && !c->is_void) {
		note_unstaffed(x, c, report);
		note_visits(x, c, report);
	}
	if (c->has_places) {
		note_empty(x, c, report);
		note_amendments(x, c, report);
	}
}
