/* Counts the visits of one inspector that are too close to each other, whichever draws they are of. */

#include "app/clashes.h"

#include <stdlib.h>
#include <string.h>

#include "core/draw/visits.h"

int
clashes_add(struct clashes *c, struct slice inspector, struct slice unit, slot_t visit, uint64_t spacing,
    struct err *err)
{
	struct clash_visit *added;

	if (c->n == c->cap) {
		size_t cap = c->cap == 0 ? 256 : c->cap * 2;
		struct clash_visit *grown = reallocarray(c->v, cap, sizeof *grown);

		if (grown == NULL)
			return err_memory(err);
		c->v = grown;
		c->cap = cap;
	}
	added = &c->v[c->n++];
	*added = (struct clash_visit){.visit = visit, .spacing = spacing};
	memcpy(added->inspector, inspector.p, inspector.n > ID_MAX ? ID_MAX : inspector.n);
	memcpy(added->unit, unit.p, unit.n > TEXT_MAX ? TEXT_MAX : unit.n);
	return 0;
}

static int
compare_clash_visits(const void *a, const void *b)
{
	const struct clash_visit *x = a, *y = b;
	int by = strcmp(x->inspector, y->inspector);

	return by != 0 ? by : (x->visit > y->visit) - (x->visit < y->visit);
}

static bool
visits_clash(const struct clash_visit *a, const struct clash_visit *b)
{
	uint64_t spacing = a->spacing > b->spacing ? a->spacing : b->spacing;
	bool one_unit = a->unit[0] != '\0' && strcmp(a->unit, b->unit) == 0;

	return !visits_leave_time(spacing == 0 ? 1 : spacing, a->visit, one_unit ? 0 : 1, b->visit, one_unit ? 0 : 2);
}

/* Those among the inspector's visits after this one that are nearer than `widest` minutes. */
static size_t
count_after(const struct clashes *c, size_t i, uint64_t widest)
{
	const struct clash_visit *v = c->v;
	size_t count = 0;

	for (size_t k = i + 1; k < c->n && strcmp(v[k].inspector, v[i].inspector) == 0; k++) {
		if ((uint64_t)(v[k].visit - v[i].visit) >= widest)
			break;
		count += visits_clash(&v[i], &v[k]);
	}
	return count;
}

size_t
clashes_count(struct clashes *c)
{
	uint64_t widest = 1;
	size_t count = 0;

	if (c->n > 0)
		qsort(c->v, c->n, sizeof *c->v, compare_clash_visits);
	for (size_t i = 0; i < c->n; i++)
		widest = c->v[i].spacing > widest ? c->v[i].spacing : widest;
	for (size_t i = 0; i < c->n; i++)
		count += count_after(c, i, widest);
	return count;
}

void
clashes_release(struct clashes *c)
{
	free(c->v);
	*c = (struct clashes){.n = 0};
}
