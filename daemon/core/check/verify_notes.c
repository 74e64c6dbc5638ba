/* Notes on what is lawful but worth knowing (PROTOCOL 10, "noted"). */

#include <stdlib.h>

#include "core/base/json.h"
#include "core/check/draw_check.h"
#include "core/check/verify.h"
#include "core/draw/explain.h"
#include "core/log/sequence.h"

#define EXPLANATIONS_MAX 5
#define OVERLAP_CYCLES_MAX 64

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

static void
note_dates(const struct draw_context *x, const struct draw_case *c, struct report *report)
{
	int64_t reveal = x->commit->reveal_time / DAY_S - (x->commit->reveal_time % DAY_S < 0);

	if (c->sealed.n_dates == 0)
		return;
	if (c->sealed.dates[0] < x->commit->date)
		report_note(report, x->n, N_("a visit date is before the draw's"));
	if (c->sealed.dates[c->sealed.n_dates - 1] > reveal)
		report_note(report, x->n, N_("a visit date is after the reveal: the list is public before the visit"));
}

void
note_draw(const struct draw_context *x, const struct draw_case *c, struct report *report)
{
	if (c->is_void)
		note_void(x, report);
	else if (x->outcome != NULL && x->outcome->time > x->commit->draw_time + OUTCOME_DELAY_S)
		report_note(report, x->n, N_("drawn late: more than a day after its draw_time"));
	if (x->commit->excused_targets + x->commit->excused_inspectors > 0)
		report_note(report, x->n, N_("excused: %llu targets and %llu inspectors"),
		    (unsigned long long)x->commit->excused_targets, (unsigned long long)x->commit->excused_inspectors);
	note_changes(x, report);
	if (c->has_draw && !c->is_void)
		note_unstaffed(x, c, report);
	if (c->has_places)
		note_empty(x, c, report);
	note_dates(x, c, report);
}

static void
note_counts(const struct log *log, const struct sequence *s, struct report *report)
{
	size_t voids = 0, late = 0;

	for (size_t i = 0; i < s->n_draws; i++) {
		const struct entry *outcome =
		    s->draws[i].outcome == SEQUENCE_NONE ? NULL : &log->entries[s->draws[i].outcome].entry;

		voids += outcome != NULL && outcome->type == ENTRY_VOID;
		late += outcome != NULL &&
		    outcome->time > log->entries[s->draws[i].commit].entry.commit.draw_time + OUTCOME_DELAY_S;
	}
	if (voids > 0)
		report_note(report, 0, N_("%zu of %zu commitments were voided"), voids, s->n_draws);
	if (late > 0)
		report_note(report, 0, N_("%zu of %zu commitments had a late outcome"), late, s->n_draws);
}

static size_t
shared_targets(const struct roster *a, const struct roster *b)
{
	size_t shared = 0;

	for (size_t i = 0, k = 0; i < a->n_targets && k < b->n_targets;) {
		int order = slice_cmp(target_id(&a->targets[i]), target_id(&b->targets[k]));

		shared += order == 0;
		i += order <= 0;
		k += order >= 0;
	}
	return shared;
}

static void
note_overlaps(const struct sequence *s, const struct cycle_past *pasts, struct report *report)
{
	size_t n = s->n_cycles < OVERLAP_CYCLES_MAX ? s->n_cycles : OVERLAP_CYCLES_MAX;

	for (size_t i = 0; i < n; i++)
		for (size_t k = i + 1; k < n; k++) {
			size_t shared = shared_targets(&pasts[i].before, &pasts[k].before);

			if (shared > 0)
				report_note(report, 0, N_("the cycles %.*s and %.*s share %zu targets"),
				    SLICE_ARGS(s->cycles[i].name), SLICE_ARGS(s->cycles[k].name), shared);
		}
}

static void
note_overdue(const struct log *log, const struct sequence *s, const struct cosigned *all,
    const struct verify_options *options, struct report *report)
{
	int64_t newest = sequence_newest(log);
	struct err why = {.tr = report->tr};

	newest = all->newest > newest ? all->newest : newest;
	if (options->has_now && !options->has_at && sequence_overdue(log, s, options->now, &why) != 0)
		report_note(report, 0, N_("overdue by now: %s; this copy is %lld days old"), why.message,
		    (long long)((options->now - newest) / DAY_S));
}

void
note_log(const struct log *log, const struct sequence *s, const struct cosigned *all, const struct cycle_past *pasts,
    const struct verify_options *options, struct report *report)
{
	note_counts(log, s, report);
	if (s->n_policies > 1)
		report_note(report, 0, N_("the list of witnesses was changed %zu times"), s->n_policies - 1);
	if (all->cosigned_size < log->checkpoint.size && s->policies[s->n_policies - 1].witnesses.n > 0)
		report_note(report, 0, N_("%llu entries stand after the last cosigned checkpoint"),
		    (unsigned long long)(log->checkpoint.size - all->cosigned_size));
	note_overlaps(s, pasts, report);
	note_overdue(log, s, all, options, report);
}
