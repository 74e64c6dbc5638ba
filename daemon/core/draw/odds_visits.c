/* Counts the visits of simulated draws: slots, units visited together, and what cannot be kept. */
#include "core/draw/odds_visits.h"

#include <math.h>
#include <stdlib.h>

#include "core/base/slice_map.h"
#include "core/draw/visits.h"

#define Z99 2.5758293035489004

static int
number_units(const struct roster *roster, uint32_t *unit, struct err *err)
{
	struct slice_map map = {0};
	int rc = 0;

	for (size_t t = 0; rc == 0 && t < roster->n_targets; t++) {
		struct slice name = target_unit(&roster->targets[t]);
		size_t known = name.n == 0 ? VISITS_NO_UNIT : slice_map_get(&map, name);

		if (known == SLICE_MAP_NONE) {
			known = map.n;
			rc = slice_map_put(&map, name, known);
		}
		unit[t] = (uint32_t)known;
	}
	slice_map_release(&map);
	return rc == 0 ? 0 : err_memory(err);
}

int
odds_visits_new(const struct roster *roster, const struct sealed *sealed, struct odds_visits *ret, struct err *err)
{
	*ret = (struct odds_visits){.n_slots = sealed->n_slots, .n_targets = roster->n_targets};
	ret->slots = calloc(sealed->n_slots + 1, sizeof *ret->slots);
	ret->company = calloc(roster->n_targets + 1, sizeof *ret->company);
	ret->unit = calloc(roster->n_targets + 1, sizeof *ret->unit);
	if (ret->slots == NULL || ret->company == NULL || ret->unit == NULL)
		return err_memory(err);
	for (size_t i = 0; i < sealed->n_slots; i++)
		ret->slots[i].slot = sealed->slots[i];
	return number_units(roster, ret->unit, err);
}

void
odds_visits_release(struct odds_visits *visits)
{
	free(visits->slots);
	free(visits->company);
	free(visits->unit);
	*visits = (struct odds_visits){0};
}

struct visited {
	slot_t slot;
	uint32_t unit, target;
};

static int
compare_visited(const void *a, const void *b)
{
	const struct visited *x = a, *y = b;

	if (x->unit != y->unit)
		return x->unit < y->unit ? -1 : 1;
	return (x->slot > y->slot) - (x->slot < y->slot);
}

/* Of one unit, by slot. */
static void
count_unit(struct odds_visits *visits, const struct visited *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if ((i > 0 && v[i - 1].slot == v[i].slot) || (i + 1 < n && v[i + 1].slot == v[i].slot))
			visits->company[v[i].target]++;
	if (n < 2)
		return;
	visits->units++;
	visits->together += v[0].slot == v[n - 1].slot;
}

static void
count_units(struct odds_visits *visits, struct visited *v, size_t n)
{
	qsort(v, n, sizeof *v, compare_visited);
	for (size_t from = 0, to; from < n && v[from].unit != VISITS_NO_UNIT; from = to) {
		for (to = from + 1; to < n && v[to].unit == v[from].unit;)
			to++;
		count_unit(visits, &v[from], to - from);
	}
}

static size_t
slot_index(const struct odds_visits *visits, slot_t slot)
{
	size_t low = 0, high = visits->n_slots;

	while (low + 1 < high) {
		size_t middle = (low + high) / 2;

		if (visits->slots[middle].slot <= slot)
			low = middle;
		else
			high = middle;
	}
	return low;
}

static void
count_slots(struct odds_visits *visits, uint64_t *in_slot, const struct visited *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		in_slot[slot_index(visits, v[i].slot)]++;
	for (size_t s = 0; s < visits->n_slots; s++) {
		visits->slots[s].visits += in_slot[s];
		visits->slots[s].squares += in_slot[s] * in_slot[s];
	}
}

int
odds_visits_count(struct odds_visits *visits, const struct draw *draw, struct err *err)
{
	struct visited *v = malloc((draw->n_admitted + 1) * sizeof *v);
	uint64_t *in_slot = calloc(visits->n_slots + 1, sizeof *in_slot);
	bool room = v != NULL && in_slot != NULL;
	size_t n = 0;

	for (size_t i = 0; room && i < draw->n_chosen; i++) {
		const struct chosen *c = &draw->chosen[i];

		if (!c->admitted)
			continue;
		visits->unkept += !c->kept;
		v[n++] = (struct visited){c->visit, visits->unit[c->target], c->target};
	}
	if (room) {
		visits->draws++;
		visits->visits += n;
		count_slots(visits, in_slot, v, n);
		count_units(visits, v, n);
	}
	free(v);
	free(in_slot);
	return room ? 0 : err_memory(err);
}

/* Draws that happen to be alike show no more than as many visits by themselves would. */
static double
share_error(const struct odds_visits *visits, const struct odds_slot *slot, double share)
{
	double n = (double)visits->draws, mean = (double)slot->visits / n, all = (double)visits->visits / n;
	double between = fmax((double)slot->squares / n - mean * mean, 0) / (n - 1) / (all * all);
	double within = share * (1 - share) / (double)visits->visits;

	return fmin(1, Z99 * sqrt(fmax(between, within)));
}

double
odds_visits_share(const struct odds_visits *visits, size_t i, double *ret_error)
{
	const struct odds_slot *slot = &visits->slots[i];
	double share = visits->visits == 0 ? 0 : (double)slot->visits / (double)visits->visits;

	*ret_error = visits->draws < 2 || visits->visits == 0 ? 1 : share_error(visits, slot, share);
	return share;
}
