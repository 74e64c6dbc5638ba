/* The visits step against a slow model that is written straight from PROTOCOL 7, over thousands of random cases. */

#include "support.h"

#include <stdlib.h>
#include <string.h>

#include "core/draw/visits.h"

#define SLOTS_ROOM 60
#define PLACES_ROOM 600
#define SEATS_ROOM 4
#define INSPECTORS_ROOM 80
#define CASES 4000

static struct support_random random_numbers;

static uint32_t
below(size_t n)
{
	return (uint32_t)support_random_below(&random_numbers, n);
}

struct world {
	slot_t slots[SLOTS_ROOM];
	uint32_t start[PLACES_ROOM], unit[PLACES_ROOM], team[PLACES_ROOM * SEATS_ROOM];
	bool away[INSPECTORS_ROOM][SLOTS_ROOM]; /* by day, counted from the first slot's */
	struct visits_problem p;
};

static bool
is_away(const void *ctx, uint32_t inspector, int32_t date)
{
	const struct world *w = ctx;

	return w->away[inspector][date - slot_date(w->slots[0])];
}

/* ---- the model ---- */

static bool
sits(const struct world *w, size_t place, uint32_t inspector)
{
	for (size_t k = 0; k < w->p.seats; k++)
		if (w->team[place * w->p.seats + k] == inspector)
			return true;
	return false;
}

/* Whether the slot suits p at place t, whose earlier places have their visits already. */
static bool
suits(const struct world *w, const struct visit *visits, size_t t, uint32_t p, uint32_t slot)
{
	if (is_away(w, p, slot_date(w->slots[slot])))
		return false;
	for (size_t i = 0; i < t; i++) {
		bool in_unit = w->unit[i] == w->unit[t] && w->unit[t] != VISITS_NO_UNIT;

		if (sits(w, i, p) && !in_unit &&
		    (uint64_t)llabs(w->slots[slot] - w->slots[visits[i].slot]) < w->p.spacing)
			return false;
	}
	return true;
}

static struct visit
model_visit(const struct world *w, const struct visit *visits, size_t t)
{
	for (size_t i = 0; i < w->p.n_slots; i++) {
		uint32_t slot = (uint32_t)((w->start[t] + i) % w->p.n_slots);
		bool all = true;

		for (size_t k = 0; k < w->p.seats; k++)
			all = all && suits(w, visits, t, w->team[t * w->p.seats + k], slot);
		if (all)
			return (struct visit){slot, true};
	}
	return (struct visit){w->start[t], false};
}

/* ---- cases ---- */

static void
choose_slots(struct world *w)
{
	slot_t slot = slot_of(20000 + (int32_t)below(400), (int)below(1440));
	slot_t first_day = slot_date(slot), last = slot_of((int32_t)first_day + SLOTS_ROOM - 1, 1439);

	w->p.n_slots = 0;
	for (size_t n = 1 + below(SLOTS_ROOM); w->p.n_slots < n && slot <= last;) {
		w->slots[w->p.n_slots++] = slot;
		slot += 1 + below(below(3) == 0 ? 2000 : 240);
	}
	w->p.slots = w->slots;
}

static void
choose_team(struct world *w, size_t place)
{
	for (size_t k = 0; k < w->p.seats; k++) {
		uint32_t *seat = &w->team[place * w->p.seats + k];
		bool again = true;

		while (again) {
			*seat = below(w->p.n_inspectors);
			again = false;
			for (size_t j = 0; j < k; j++)
				again = again || w->team[place * w->p.seats + j] == *seat;
		}
	}
}

static void
choose_world(struct world *w)
{
	uint32_t units = 1 + below(20);

	memset(w, 0, sizeof *w);
	choose_slots(w);
	w->p.seats = 1 + below(SEATS_ROOM);
	w->p.n_inspectors = w->p.seats + below(below(2) == 0 ? 4 : INSPECTORS_ROOM - SEATS_ROOM);
	w->p.n_places = below(below(10) == 0 ? PLACES_ROOM : 60);
	w->p.spacing = below(4) == 0 ? 0 : below(400);
	for (size_t i = 0; i < w->p.n_places; i++) {
		w->start[i] = below(w->p.n_slots);
		w->unit[i] = below(4) == 0 ? VISITS_NO_UNIT : below(units);
		choose_team(w, i);
	}
	for (size_t i = 0; below(2) == 0 && i < w->p.n_inspectors; i++)
		for (size_t day = 0; day < SLOTS_ROOM; day++)
			w->away[i][day] = below(5) == 0;
	w->p.start = w->start;
	w->p.unit = w->unit;
	w->p.team = w->team;
	w->p.is_away = is_away;
	w->p.ctx = w;
}

static void
equals_the_model(void **state)
{
	static struct world w;
	static struct visit found[PLACES_ROOM];
	size_t kept = 0, places = 0;

	(void)state;
	support_random_begin(&random_numbers);
	for (int i = 0; i < CASES; i++) {
		struct err err = {0};

		choose_world(&w);
		assert_int_equal(visits_find(&w.p, found, &err), 0);
		for (size_t t = 0; t < w.p.n_places; t++) {
			struct visit model = model_visit(&w, found, t);

			assert_int_equal(found[t].slot, model.slot);
			assert_int_equal(found[t].kept, model.kept);
			kept += found[t].kept;
		}
		places += w.p.n_places;
	}
	print_message("%zu of %zu visits can be kept\n", kept, places);
	assert_true(kept > places / 10 && kept < places); /* both kinds were tried */
}

/* Who sits on which seat of a team is no matter: a visit's slot does not tell the seats, nor they the slot. */
static void
not_of_the_teams_order(void **state)
{
	static struct world w;
	static struct visit found[PLACES_ROOM], again[PLACES_ROOM];

	(void)state;
	support_random_begin(&random_numbers);
	for (int i = 0; i < 300; i++) {
		choose_world(&w);
		assert_int_equal(visits_find(&w.p, found, NULL), 0);
		for (size_t t = 0; t < w.p.n_places; t++)
			for (size_t k = w.p.seats; k > 1; k--) {
				uint32_t *team = &w.team[t * w.p.seats], other = below(k), was = team[k - 1];

				team[k - 1] = team[other];
				team[other] = was;
			}
		assert_int_equal(visits_find(&w.p, again, NULL), 0);
		for (size_t t = 0; t < w.p.n_places; t++)
			assert_true(found[t].slot == again[t].slot && found[t].kept == again[t].kept);
	}
}

/* ---- by hand ---- */

static bool
never_away(const void *ctx, uint32_t inspector, int32_t date)
{
	(void)ctx;
	(void)inspector;
	(void)date;
	return false;
}

/* Scenario: spacing is of clock readings, before and after; it is enough when it is met; the search goes round. */
static void
spacing_by_hand(void **state)
{
	const slot_t slots[] = {slot_of(20000, 540), slot_of(20000, 719), slot_of(20000, 720), slot_of(20000, 900)};
	static const uint32_t team[] = {0, 0, 0, 1}, no_units[] = {VISITS_NO_UNIT, VISITS_NO_UNIT, VISITS_NO_UNIT, 0},
	                      one_unit[] = {0, 0, 0, 0};
	struct visits_problem p = {.slots = slots,
	    .n_slots = 4,
	    .spacing = 180,
	    .seats = 1,
	    .n_places = 4,
	    .unit = no_units,
	    .team = team,
	    .n_inspectors = 2,
	    .is_away = never_away};
	struct visit visits[4];

	(void)state;
	p.start = (const uint32_t[]){0, 1, 1, 1};
	assert_int_equal(visits_find(&p, visits, NULL), 0);
	assert_true(visits[0].slot == 0 && visits[1].slot == 2 && visits[2].slot == 3); /* 179 minutes are too few */
	assert_true(visits[3].slot == 1 && visits[0].kept && visits[2].kept && visits[3].kept);
	p.start = (const uint32_t[]){3, 3, 3, 0};
	assert_int_equal(visits_find(&p, visits, NULL), 0);
	assert_true(visits[0].slot == 3 && visits[1].slot == 0 && visits[2].slot == 2); /* round, and before a visit */
	p.start = (const uint32_t[]){1, 1, 1, 1};
	assert_int_equal(visits_find(&p, visits, NULL), 0);
	assert_true(visits[1].slot == 3 && visits[1].kept);
	assert_true(visits[2].slot == 1 && !visits[2].kept); /* none is left: the slot at the start */
	p.unit = one_unit;
	assert_int_equal(visits_find(&p, visits, NULL), 0);
	for (size_t i = 0; i < 4; i++)
		assert_true(visits[i].slot == 1 && visits[i].kept);
	p.unit = no_units;
	p.spacing = 0;
	assert_int_equal(visits_find(&p, visits, NULL), 0);
	for (size_t i = 0; i < 4; i++)
		assert_true(visits[i].slot == 1 && visits[i].kept);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(equals_the_model),
	    cmocka_unit_test(not_of_the_teams_order),
	    cmocka_unit_test(spacing_by_hand),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
