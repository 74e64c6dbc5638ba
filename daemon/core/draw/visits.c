/* The step of the draw that gives each place its slot. */

#include "core/draw/visits.h"

#include <stdlib.h>

/*
 * What an inspector's visits leave free.  Few visits are looked through one by one.  Of somebody with many, a table says
 * of each slot who may still have it: anybody, one unit, or nobody.  So a question costs a bounded time, and only those
 * with many visits cost the memory of a table.
 */
#define LOOKED_THROUGH_MAX 64
#define FREE_FOR_ALL 0
#define FREE_FOR_NONE 1
#define FREE_FOR_UNIT 2 /* and the unit's number */

#define NO_VISIT SIZE_MAX

struct diary {
	size_t last; /* the inspector's latest place with a visit, or NO_VISIT */
	size_t n;
	uint64_t *table; /* [n_slots], or NULL */
};

struct search {
	const struct visits_problem *p;
	struct visit *visits;
	struct diary *diaries; /* [n_inspectors] */
	size_t *earlier;       /* [n_places * seats]: that member's place before this one */
};

static bool
search_new(const struct visits_problem *p, struct visit *visits, struct search *ret)
{
	*ret = (struct search){
	    .p = p,
	    .visits = visits,
	    .diaries = calloc(p->n_inspectors + 1, sizeof *ret->diaries),
	    .earlier = calloc(p->n_places * p->seats + 1, sizeof *ret->earlier),
	};
	if (ret->diaries == NULL || ret->earlier == NULL)
		return false;
	for (size_t i = 0; i < p->n_inspectors; i++)
		ret->diaries[i] = (struct diary){.last = NO_VISIT};
	return true;
}

static void
search_release(struct search *s)
{
	for (size_t i = 0; s->diaries != NULL && i < s->p->n_inspectors; i++)
		free(s->diaries[i].table);
	free(s->diaries);
	free(s->earlier);
}

/* A place's seat of this inspector: everybody sits once in a team. */
static size_t
seat_of(const struct visits_problem *p, size_t place, uint32_t inspector)
{
	size_t seat = place * p->seats;

	while (p->team[seat] != inspector)
		seat++;
	return seat;
}

static void
mark_table(const struct visits_problem *p, uint64_t *table, uint32_t slot, uint32_t unit)
{
	uint64_t only = unit == VISITS_NO_UNIT ? FREE_FOR_NONE : (uint64_t)unit + FREE_FOR_UNIT;
	size_t from = slot, to = slot;

	if (p->spacing == 0)
		return;
	while (from > 0 && (uint64_t)(p->slots[slot] - p->slots[from - 1]) < p->spacing)
		from--;
	while (to + 1 < p->n_slots && (uint64_t)(p->slots[to + 1] - p->slots[slot]) < p->spacing)
		to++;
	for (size_t i = from; i <= to; i++)
		if (table[i] == FREE_FOR_ALL)
			table[i] = only;
		else if (table[i] != only)
			table[i] = FREE_FOR_NONE;
}

static bool
begin_table(const struct search *s, struct diary *diary, uint32_t inspector)
{
	diary->table = calloc(s->p->n_slots, sizeof *diary->table);
	if (diary->table == NULL)
		return false;
	for (size_t i = diary->last; i != NO_VISIT; i = s->earlier[seat_of(s->p, i, inspector)])
		mark_table(s->p, diary->table, s->visits[i].slot, s->p->unit[i]);
	return true;
}

static bool
has_time(const struct search *s, uint32_t inspector, uint32_t slot, uint32_t unit)
{
	const struct visits_problem *p = s->p;
	const struct diary *diary = &s->diaries[inspector];

	if (diary->table != NULL)
		return diary->table[slot] == FREE_FOR_ALL ||
		    (unit != VISITS_NO_UNIT && diary->table[slot] == (uint64_t)unit + FREE_FOR_UNIT);
	for (size_t i = diary->last; i != NO_VISIT; i = s->earlier[seat_of(p, i, inspector)])
		if (!visits_leave_time(p->spacing, p->slots[s->visits[i].slot], p->unit[i], p->slots[slot], unit))
			return false;
	return true;
}

static bool
suits_team(const struct search *s, size_t place, uint32_t slot)
{
	const struct visits_problem *p = s->p;

	for (size_t k = 0; k < p->seats; k++) {
		uint32_t inspector = p->team[place * p->seats + k];

		if (inspector == VISITS_NOBODY)
			continue;
		if (p->is_away(p->ctx, inspector, slot_date(p->slots[slot])) ||
		    !has_time(s, inspector, slot, p->unit[place]))
			return false;
	}
	return true;
}

static struct visit
find_visit(const struct search *s, size_t place)
{
	uint32_t start = s->p->start[place];

	for (size_t i = 0; i < s->p->n_slots; i++) {
		uint32_t slot = (uint32_t)((start + i) % s->p->n_slots);

		if (suits_team(s, place, slot))
			return (struct visit){slot, true};
	}
	return (struct visit){start, false};
}

/* Enters a place's visit in its team's diaries. */
static bool
enter_visit(struct search *s, size_t place)
{
	const struct visits_problem *p = s->p;

	for (size_t k = 0; k < p->seats; k++) {
		uint32_t inspector = p->team[place * p->seats + k];
		struct diary *diary;

		if (inspector == VISITS_NOBODY)
			continue;
		diary = &s->diaries[inspector];
		s->earlier[place * p->seats + k] = diary->last;
		diary->last = place;
		diary->n++;
		if (diary->table != NULL)
			mark_table(p, diary->table, s->visits[place].slot, p->unit[place]);
		else if (diary->n > LOOKED_THROUGH_MAX && !begin_table(s, diary, inspector))
			return false;
	}
	return true;
}

int
visits_find(const struct visits_problem *problem, struct visit *ret, struct err *err)
{
	struct search s;
	bool room = search_new(problem, ret, &s);

	for (size_t i = 0; room && i < problem->n_places; i++) {
		progress_tell(problem->progress, N_("visits"), i, problem->n_places);
		ret[i] = find_visit(&s, i);
		room = enter_visit(&s, i);
	}
	search_release(&s);
	return room ? 0 : err_memory(err);
}
