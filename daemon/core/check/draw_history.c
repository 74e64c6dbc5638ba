/* The check `history` (PROTOCOL 10): compares a draw's rosters with the cycle's earlier draws and rosters. */

#include <stdlib.h>

#include "core/check/draw_check.h"

static int
check_target_history(const struct target *t, const struct history *history, struct err *err)
{
	struct slice id = target_id(t);
	int32_t last = history_last_drawn(history, id);
	bool carried = history_is_carried(history, id);

	if (t->last_drawn != last) {
		char said[DATE_TEXT] = "", right[DATE_TEXT] = "";

		if (t->last_drawn != DATE_NONE)
			text_from_date(t->last_drawn, said);
		if (last != DATE_NONE)
			text_from_date(last, right);
		return err_set(err, ERR_REFUSED,
		    N_("targets.csv: last_drawn of %.*s is \"%s\", but the draws say \"%s\""), SLICE_ARGS(id), said,
		    right);
	}
	if (t->drum == DRUM_CARRIED && !carried)
		return err_set(err, ERR_REFUSED, N_("targets.csv: %.*s is carried, but no draw owes it a visit"),
		    SLICE_ARGS(id));
	if (carried && t->drum != DRUM_CARRIED && t->drum != DRUM_EXCUSED && t->elsewhere == DATE_NONE)
		return err_set(err, ERR_REFUSED, N_("targets.csv: %.*s must be carried: a visit is owed"),
		    SLICE_ARGS(id));
	return 0;
}

/* The draws that this one looks at. */
struct looked_at {
	size_t *draws;
	size_t n;
	bool known; /* all could be recomputed */
};

static int
find_looked_at(const struct draw_context *x, struct looked_at *ret, struct err *err)
{
	*ret = (struct looked_at){.draws = calloc(x->n, sizeof *ret->draws), .known = true};
	if (ret->draws == NULL)
		return err_memory(err);
	for (size_t i = 0; x->commit->rules.quiet_days > 0 && i + 1 < x->n; i++)
		if (sequence_looks_at(x->log, x->sequence, (size_t)x->n - 1, i)) {
			ret->draws[ret->n++] = i;
			ret->known = ret->known && x->holds[i].sorted;
		}
	return 0;
}

/* The greatest date of these draws that hold the target in a place, as of the commitment; or DATE_NONE. */
static int32_t
date_elsewhere(const struct draw_context *x, const struct looked_at *looked, struct slice id)
{
	int32_t latest = DATE_NONE;

	for (size_t i = 0; i < looked->n; i++) {
		size_t draw = looked->draws[i];
		int32_t date = x->log->entries[x->sequence->draws[draw].commit].entry.commit.date;

		if ((latest == DATE_NONE || date > latest) && holds_has(&x->holds[draw], id, x->state->commit))
			latest = date;
	}
	return latest;
}

static int
check_elsewhere(const struct draw_context *x, const struct looked_at *looked, const struct target *t, struct err *err)
{
	char said[DATE_TEXT] = "", right[DATE_TEXT] = "";
	int32_t date = date_elsewhere(x, looked, target_id(t));

	if (t->elsewhere == date)
		return 0;
	if (t->elsewhere != DATE_NONE)
		text_from_date(t->elsewhere, said);
	if (date != DATE_NONE)
		text_from_date(date, right);
	return err_set(err, ERR_REFUSED, N_("targets.csv: elsewhere of %.*s is \"%s\", but the draws say \"%s\""),
	    SLICE_ARGS(target_id(t)), said, right);
}

static int
check_since_kept(const struct roster *before, const struct target *t, struct err *err)
{
	ptrdiff_t index = roster_find_target(before, target_id(t));

	if (index >= 0 && before->targets[index].since != t->since)
		return err_set(err, ERR_REFUSED,
		    N_("targets.csv: since of %.*s is not what it was in the commitment before"),
		    SLICE_ARGS(target_id(t)));
	return 0;
}

/* The rotation rows of conflicts.csv must be exactly those that follow from the earlier draws. */
static int
check_rotation(const struct draw_context *x, const struct draw_case *c, const struct history *history, struct err *err)
{
	struct slice rest, due;
	struct buf rows;
	int rc;

	buf_init(&rows, SIZE_MAX / 2);
	rc = history_rotation(history, x->commit->rules.rotate, &c->roster, &rows, err);
	rest = buf_view(&rows);
	for (size_t i = 0; rc == 0 && i < c->roster.n_conflicts; i++) {
		const struct conflict *row = &c->roster.conflicts[i];

		if (!row->rotation)
			continue;
		due = rest.n > 0 ? slice_cut(&rest, '\n') : (struct slice){"", 0};
		if (slice_eq(due, row->line))
			continue;
		if (due.n > 0 && slice_cmp(due, row->line) < 0)
			rc = err_set(err, ERR_REFUSED, N_("conflicts.csv: the row \"%.*s\" is missing"),
			    SLICE_ARGS(due));
		else
			rc = err_set(err, ERR_REFUSED, N_("conflicts.csv: the row \"%.*s\" follows from no draw"),
			    SLICE_ARGS(row->line));
	}
	if (rc == 0 && rest.n > 0) {
		due = slice_cut(&rest, '\n');
		rc = err_set(err, ERR_REFUSED, N_("conflicts.csv: the row \"%.*s\" is missing"), SLICE_ARGS(due));
	}
	buf_release(&rows);
	return rc;
}

static int
check_count(const char *what, uint64_t said, uint64_t right, struct err *err)
{
	if (said == right)
		return 0;
	return err_set(err, ERR_REFUSED, N_("the commitment says %s %llu, the rosters say %llu"), what,
	    (unsigned long long)said, (unsigned long long)right);
}

static int
check_changes(const struct draw_context *x, const struct draw_case *c, const struct roster *before, struct err *err)
{
	const struct changes *said = &x->commit->changes;
	struct changes right = {0};
	int rc;

	roster_changes(before, &c->roster, &right);
	rc = check_count("changes.conflicts.added", said->conflicts_added, right.conflicts_added, err);
	if (rc == 0)
		rc = check_count("changes.conflicts.removed", said->conflicts_removed, right.conflicts_removed, err);
	if (rc == 0)
		rc = check_count("changes.inspectors.added", said->inspectors_added, right.inspectors_added, err);
	if (rc == 0)
		rc = check_count("changes.inspectors.changed", said->inspectors_changed, right.inspectors_changed, err);
	if (rc == 0)
		rc = check_count("changes.inspectors.removed", said->inspectors_removed, right.inspectors_removed, err);
	if (rc == 0)
		rc = check_count("changes.targets.added", said->targets_added, right.targets_added, err);
	if (rc == 0)
		rc = check_count("changes.targets.changed", said->targets_changed, right.targets_changed, err);
	if (rc == 0)
		rc = check_count("changes.targets.removed", said->targets_removed, right.targets_removed, err);
	return rc;
}

static int
check_excused(const struct draw_context *x, const struct draw_case *c, struct err *err)
{
	uint64_t targets = 0, inspectors = 0;
	int rc;

	for (size_t i = 0; i < c->roster.n_targets; i++)
		targets += c->roster.targets[i].drum == DRUM_EXCUSED;
	for (size_t i = 0; i < c->roster.n_inspectors; i++)
		inspectors += c->roster.inspectors[i].drum == INSPECTOR_EXCUSED;
	rc = check_count("excused.targets", x->commit->excused_targets, targets, err);
	return rc != 0 ? rc : check_count("excused.inspectors", x->commit->excused_inspectors, inspectors, err);
}

int
history_check(const struct draw_context *x, const struct draw_case *c, const struct cycle_past *past, struct err *err)
{
	struct looked_at looked;
	int rc = find_looked_at(x, &looked, err);

	if (rc == 0 && !looked.known)
		rc = err_set(err, ERR_NOT_YET, N_("a draw that it looks at could not be recomputed"));
	for (size_t i = 0; i < c->roster.n_targets && rc == 0; i++) {
		rc = check_target_history(&c->roster.targets[i], &past->history, err);
		if (rc == 0)
			rc = check_elsewhere(x, &looked, &c->roster.targets[i], err);
		if (rc == 0 && past->has_before)
			rc = check_since_kept(&past->before, &c->roster.targets[i], err);
	}
	if (rc == 0)
		rc = check_rotation(x, c, &past->history, err);
	if (rc == 0)
		rc = check_changes(x, c, past->has_before ? &past->before : NULL, err);
	if (rc == 0)
		rc = check_excused(x, c, err);
	free(looked.draws);
	return rc;
}
