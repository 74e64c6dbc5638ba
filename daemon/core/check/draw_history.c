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
		return err_set(err, ERR_REFUSED, N_("targets.csv: %.*s is carried, but the last draw does not say so"),
		    SLICE_ARGS(id));
	if (carried && t->drum != DRUM_CARRIED && t->drum != DRUM_EXCUSED)
		return err_set(err, ERR_REFUSED, N_("targets.csv: %.*s must be carried from the last draw"),
		    SLICE_ARGS(id));
	return 0;
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
		inspectors += !c->roster.inspectors[i].in;
	rc = check_count("excused.targets", x->commit->excused_targets, targets, err);
	return rc != 0 ? rc : check_count("excused.inspectors", x->commit->excused_inspectors, inspectors, err);
}

int
history_check(const struct draw_context *x, const struct draw_case *c, const struct cycle_past *past, struct err *err)
{
	int rc = 0;

	for (size_t i = 0; i < c->roster.n_targets && rc == 0; i++) {
		rc = check_target_history(&c->roster.targets[i], &past->history, err);
		if (rc == 0 && past->has_before)
			rc = check_since_kept(&past->before, &c->roster.targets[i], err);
	}
	if (rc == 0)
		rc = check_rotation(x, c, &past->history, err);
	if (rc == 0)
		rc = check_changes(x, c, past->has_before ? &past->before : NULL, err);
	return rc == 0 ? check_excused(x, c, err) : rc;
}
