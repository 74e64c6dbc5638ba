/* On what earlier draws a draw stands, and which of them have a lower class (PROTOCOL 4, "stands on"). */

#include "core/check/draw_basis.h"

#include <stdlib.h>

struct basis {
	const struct draw_context *x;
	bool *stands; /* [n - 1] */
};

/* The cycle's latest draw of that date that holds the target at the commitment. */
static void
add_last_drawn(struct basis *b, const struct target *t)
{
	const struct draw_context *x = b->x;
	int64_t days = (int64_t)x->commit->date - t->last_drawn;
	uint64_t within = x->commit->rules.rest_days > x->commit->rules.cover_days ? x->commit->rules.rest_days
	                                                                           : x->commit->rules.cover_days;

	if (t->last_drawn == DATE_NONE || days >= (int64_t)within)
		return;
	for (size_t i = x->state->previous; i != SEQUENCE_NONE; i = x->sequence->draws[i].previous)
		if (x->log->entries[x->sequence->draws[i].commit].entry.commit.date == t->last_drawn &&
		    holds_has(&x->holds[i], target_id(t), x->state->commit)) {
			b->stands[i] = true;
			return;
		}
}

static void
add_elsewhere(struct basis *b, const struct target *t)
{
	const struct draw_context *x = b->x;

	for (size_t i = 0; t->elsewhere != DATE_NONE && i + 1 < x->n; i++)
		if (sequence_looks_at(x->log, x->sequence, (size_t)x->n - 1, i) &&
		    holds_has(&x->holds[i], target_id(t), x->state->commit))
			b->stands[i] = true;
}

/* The draws whose pairs the rotation rows come from. */
static void
add_rotation(struct basis *b)
{
	const struct draw_context *x = b->x;
	uint64_t left = x->commit->rules.rotate;

	for (size_t i = x->state->previous; i != SEQUENCE_NONE && left > 0; i = x->sequence->draws[i].previous)
		if (!x->sequence->draws[i].is_void) {
			b->stands[i] = true;
			left--;
		}
}

/* Voids without a value since the cycle's draw before, but for those that its witnesses saw before draw_time. */
static void
add_voids(struct basis *b, const enum assurance *classes)
{
	const struct draw_context *x = b->x;

	for (size_t i = x->state->previous; i != SEQUENCE_NONE && x->sequence->draws[i].is_void;
	     i = x->sequence->draws[i].previous)
		b->stands[i] = classes[i] == ASSURANCE_NONE &&
		    !cosigned_majority(x->earlier[i].outcome_before_draw, x->earlier[i].witnesses);
}

/* Classes from low to high; a failed, missing or pending one is the lowest. */
static int
class_rank(enum assurance a)
{
	return a < ASSURANCE_C ? 0 : a == ASSURANCE_C ? 1 : a == ASSURANCE_B || a == ASSURANCE_B_IF ? 2 : 3;
}

/* What stands in its files; where these are sealed, or have failed, only the voids are known. */
static void
add_rows(struct basis *b, const struct draw_case *c, const struct cycle_past *past)
{
	const struct draw_context *x = b->x;
	bool rotates = false;

	for (size_t i = 0; i < c->roster.n_targets; i++) {
		const struct target *t = &c->roster.targets[i];

		add_last_drawn(b, t);
		add_elsewhere(b, t);
		if (t->drum == DRUM_CARRIED) {
			uint64_t owing = history_carried_by(&past->history, target_id(t));

			b->stands[owing > 0 && owing < x->n ? owing - 1 : 0] |= owing > 0 && owing < x->n;
		}
	}
	for (size_t i = 0; i < c->roster.n_conflicts; i++)
		rotates = rotates || c->roster.conflicts[i].rotation;
	if (rotates)
		add_rotation(b);
}

int
note_basis(const struct draw_context *x, const struct draw_case *c, const struct cycle_past *past,
    const enum assurance *classes, enum assurance own, struct report *report, struct err *err)
{
	struct basis b = {x, calloc(x->n, sizeof *b.stands)};

	if (b.stands == NULL)
		return err_memory(err);
	if (c->opened && c->state[CHECK_FILES] == CHECK_OK)
		add_rows(&b, c, past);
	add_voids(&b, classes);
	for (size_t i = 0; i + 1 < x->n; i++)
		if (b.stands[i] && class_rank(classes[i]) < class_rank(own))
			report_note(report, x->n, N_("it stands on draw %zu, of which holds: %s"), i + 1,
			    report->tr != NULL ? report->tr(assurance_words(classes[i])) : assurance_words(classes[i]));
	free(b.stands);
	return 0;
}
