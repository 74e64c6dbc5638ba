/* What a cycle's draws say of its next roster, and what has changed from one roster to the next. */
#include "core/draw/history.h"

#include <stdlib.h>

void
history_init(struct history *history)
{
	*history = (struct history){0};
}

void
history_release(struct history *history)
{
	if (history == NULL)
		return;
	for (size_t i = 0; i < history->n_draws; i++)
		free(history->draws[i].pairs);
	free(history->draws);
	free(history->last);
	free(history->carried);
	history_init(history);
}

static struct history_id
history_id_of(struct slice id)
{
	struct history_id copy = {{0}};

	memcpy(copy.text, id.p, id.n < ID_MAX ? id.n : ID_MAX);
	return copy;
}

static int
compare_ids(const void *a, const void *b)
{
	return strcmp(((const struct history_id *)a)->text, ((const struct history_id *)b)->text);
}

static int
compare_owed(const void *a, const void *b)
{
	return compare_ids(&((const struct history_owed *)a)->target, &((const struct history_owed *)b)->target);
}

static int
compare_dated_targets(const void *a, const void *b)
{
	return compare_ids(&((const struct history_date *)a)->target, &((const struct history_date *)b)->target);
}

/* The targets that the amended places hold, each with the draw's date, ascending. */
static struct history_date *
targets_held(const struct places *places, int32_t date, size_t *ret_n)
{
	struct history_date *v = malloc((places->n + 1) * sizeof *v);
	size_t n = 0;

	for (size_t i = 0; v != NULL && i < places->n; i++)
		if (places->v[i].target != AMEND_EMPTY)
			v[n++] = (struct history_date){history_id_of(target_id(
			                                   &places->input->roster->targets[places->v[i].target])),
			    date};
	if (v != NULL)
		qsort(v, n, sizeof *v, compare_dated_targets);
	*ret_n = n;
	return v;
}

/* Merges the newer dates over the older ones. */
static struct history_date *
merge_dates(const struct history_date *old, size_t n_old, const struct history_date *new, size_t n_new, size_t *ret_n)
{
	struct history_date *v = malloc((n_old + n_new + 1) * sizeof *v);
	size_t n = 0, i = 0, k = 0;

	while (v != NULL && (i < n_old || k < n_new)) {
		int order = i == n_old ? 1 : k == n_new ? -1 : compare_dated_targets(&old[i], &new[k]);

		v[n++] = order < 0 ? old[i] : new[k];
		i += order <= 0;
		k += order >= 0;
	}
	*ret_n = n;
	return v;
}

/* The targets that the draw or an amendment placed and no place holds now, and the unstaffed ones; ascending. */
static struct history_id *
left_out(const struct places *places, const struct history_date *held_now, size_t n_held, size_t *ret_n)
{
	const struct draw *draw = places->draw;
	struct history_id *v = malloc((draw->n_chosen + draw->n_reserve + 1) * sizeof *v);
	size_t n = 0;

	for (size_t i = 0; v != NULL && i < draw->n_chosen + draw->n_reserve; i++) {
		bool reserve = i >= draw->n_chosen;
		const struct chosen *c = reserve ? &draw->reserve[i - draw->n_chosen] : &draw->chosen[i];
		struct history_date key = {history_id_of(target_id(&places->input->roster->targets[c->target])), 0};

		if (reserve && !places->placed[i - draw->n_chosen])
			continue;
		if (bsearch(&key, held_now, n_held, sizeof key, compare_dated_targets) == NULL)
			v[n++] = key.target;
	}
	if (v != NULL)
		qsort(v, n, sizeof *v, compare_ids);
	*ret_n = n;
	return v;
}

/* What was carried before and what this draw left out, but for what its places hold: a visit that is owed stays owed. */
static struct history_owed *
merge_carried(const struct history *history, const struct history_id *left, size_t n_left, uint64_t by,
    const struct history_date *held_now, size_t n_held, size_t *ret_n)
{
	struct history_owed *v = malloc((history->n_carried + n_left + 1) * sizeof *v);
	size_t n = 0, i = 0, k = 0;

	while (v != NULL && (i < history->n_carried || k < n_left)) {
		int order = i == history->n_carried ? 1
		    : k == n_left                   ? -1
		                                    : compare_ids(&history->carried[i].target, &left[k]);
		struct history_date key = {order < 0 ? history->carried[i].target : left[k], 0};

		if (bsearch(&key, held_now, n_held, sizeof key, compare_dated_targets) == NULL)
			v[n++] = (struct history_owed){key.target, order < 0 ? history->carried[i].n : by};
		i += order <= 0;
		k += order >= 0;
	}
	*ret_n = n;
	return v;
}

static struct history_pair *
pairs_seated(const struct places *places, size_t *ret_n)
{
	size_t seats = places->draw->seats, n = 0;
	struct history_pair *v = malloc((places->n * seats + 1) * sizeof *v);
	const struct roster *roster = places->input->roster;

	for (size_t i = 0; v != NULL && i < places->n; i++)
		for (size_t s = 0; s < seats && places->v[i].target != AMEND_EMPTY; s++) {
			uint32_t p = places->team[i * seats + s];

			if (p != AMEND_EMPTY)
				v[n++] = (struct history_pair){history_id_of(inspector_id(
				                                   &roster->inspectors[places->draw->order[p]])),
				    history_id_of(target_id(&roster->targets[places->v[i].target]))};
		}
	*ret_n = n;
	return v;
}

int
history_add(struct history *history, const struct places *places, int32_t date, struct err *err)
{
	size_t n_held, n_left = 0, n_last = 0, n_carried = 0, n_pairs = 0;
	struct history_date *now = targets_held(places, date, &n_held), *last = NULL;
	struct history_id *left = NULL;
	struct history_owed *carried = NULL;
	struct history_pair *pairs = pairs_seated(places, &n_pairs);
	struct history_draw *draws = realloc(history->draws, (history->n_draws + 1) * sizeof *draws);

	if (draws != NULL)
		history->draws = draws;
	if (now != NULL) {
		last = merge_dates(history->last, history->n_last, now, n_held, &n_last);
		left = left_out(places, now, n_held, &n_left);
	}
	if (left != NULL)
		carried = merge_carried(history, left, n_left, places->input->commit->n, now, n_held, &n_carried);
	free(left);
	free(now);
	if (last == NULL || carried == NULL || pairs == NULL || draws == NULL) {
		free(last);
		free(carried);
		free(pairs);
		return err_memory(err);
	}
	free(history->last);
	free(history->carried);
	history->last = last;
	history->n_last = n_last;
	history->carried = carried;
	history->n_carried = n_carried;
	history->draws[history->n_draws++] = (struct history_draw){pairs, n_pairs};
	return 0;
}

int32_t
history_last_drawn(const struct history *history, struct slice target)
{
	struct history_date key = {history_id_of(target), 0};
	const struct history_date *hit = NULL;

	if (history->n_last > 0)
		hit = bsearch(&key, history->last, history->n_last, sizeof key, compare_dated_targets);
	return hit == NULL ? DATE_NONE : hit->date;
}

uint64_t
history_carried_by(const struct history *history, struct slice target)
{
	struct history_owed key = {.target = history_id_of(target)};
	const struct history_owed *hit = NULL;

	if (history->n_carried > 0)
		hit = bsearch(&key, history->carried, history->n_carried, sizeof key, compare_owed);
	return hit == NULL ? 0 : hit->n;
}

bool
history_is_carried(const struct history *history, struct slice target)
{
	return history_carried_by(history, target) > 0;
}

/* In the order of the lines: by inspector, then by target.  No character of an id is below the comma. */
static int
compare_pairs(const void *a, const void *b)
{
	const struct history_pair *x = a, *y = b;
	int order = compare_ids(&x->inspector, &y->inspector);

	return order != 0 ? order : compare_ids(&x->target, &y->target);
}

int
history_rotation(const struct history *history, uint64_t rotate, const struct roster *roster, struct buf *out,
    struct err *err)
{
	size_t first = rotate < history->n_draws ? history->n_draws - (size_t)rotate : 0;
	size_t n = 0, total = 0;
	struct history_pair *all;

	for (size_t i = first; i < history->n_draws; i++)
		total += history->draws[i].n_pairs;
	all = malloc((total + 1) * sizeof *all);
	if (all == NULL)
		return err_memory(err);
	for (size_t i = first; i < history->n_draws; i++)
		for (size_t k = 0; k < history->draws[i].n_pairs; k++) {
			const struct history_pair *pair = &history->draws[i].pairs[k];

			if (roster_find_inspector(roster, slice_of(pair->inspector.text)) >= 0 &&
			    roster_find_target(roster, slice_of(pair->target.text)) >= 0)
				all[n++] = *pair;
		}
	qsort(all, n, sizeof *all, compare_pairs);
	for (size_t i = 0; i < n; i++) {
		if (i > 0 && compare_pairs(&all[i - 1], &all[i]) == 0)
			continue;
		buf_text(out, all[i].inspector.text);
		buf_text(out, ",target,");
		buf_text(out, all[i].target.text);
		buf_text(out, ",rotation\n");
	}
	free(all);
	return out->failed ? err_memory(err) : 0;
}

static bool
target_changed(const struct target *a, const struct target *b)
{
	return !slice_eq(target_class(a), target_class(b)) || !slice_eq(target_unit(a), target_unit(b)) ||
	    !slice_eq(target_area(a), target_area(b)) || a->level != b->level || a->weight != b->weight ||
	    !slice_eq(target_needs(a), target_needs(b)) || a->since != b->since;
}

static bool
inspector_changed(const struct inspector *a, const struct inspector *b)
{
	return !slice_eq(inspector_unit(a), inspector_unit(b)) || !slice_eq(inspector_area(a), inspector_area(b)) ||
	    a->level != b->level || !slice_eq(inspector_tags(a), inspector_tags(b));
}

/* Both rosters ascend, so one pass over the two finds what was added, removed and changed. */

static void
target_changes(const struct roster *before, const struct roster *now, struct changes *c)
{
	size_t i = 0, k = 0;

	while (i < before->n_targets || k < now->n_targets) {
		int order = i == before->n_targets ? 1
		    : k == now->n_targets          ? -1
		                          : slice_cmp(target_id(&before->targets[i]), target_id(&now->targets[k]));

		c->targets_removed += order < 0;
		c->targets_added += order > 0;
		c->targets_changed += order == 0 && target_changed(&before->targets[i], &now->targets[k]);
		i += order <= 0;
		k += order >= 0;
	}
}

static void
inspector_changes(const struct roster *before, const struct roster *now, struct changes *c)
{
	size_t i = 0, k = 0;

	while (i < before->n_inspectors || k < now->n_inspectors) {
		int order = i == before->n_inspectors ? 1
		    : k == now->n_inspectors
		    ? -1
		    : slice_cmp(inspector_id(&before->inspectors[i]), inspector_id(&now->inspectors[k]));

		c->inspectors_removed += order < 0;
		c->inspectors_added += order > 0;
		c->inspectors_changed += order == 0 && inspector_changed(&before->inspectors[i], &now->inspectors[k]);
		i += order <= 0;
		k += order >= 0;
	}
}

static void
conflict_changes(const struct roster *before, const struct roster *now, struct changes *c)
{
	size_t i = 0, k = 0;

	while (i < before->n_conflicts || k < now->n_conflicts) {
		int order = i == before->n_conflicts ? 1
		    : k == now->n_conflicts          ? -1
		                                     : slice_cmp(before->conflicts[i].line, now->conflicts[k].line);

		c->conflicts_removed += order < 0 && !before->conflicts[i].rotation;
		c->conflicts_added += order > 0 && !now->conflicts[k].rotation;
		i += order <= 0;
		k += order >= 0;
	}
}

void
roster_changes(const struct roster *before, const struct roster *now, struct changes *ret_changes)
{
	static const struct roster none = {0};
	struct changes c = {0};

	if (before == NULL)
		before = &none;
	target_changes(before, now, &c);
	inspector_changes(before, now, &c);
	conflict_changes(before, now, &c);
	c.previous = ret_changes->previous; /* the caller's: a roster does not know its number */
	*ret_changes = c;
}
