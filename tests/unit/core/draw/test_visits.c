/* The visits step against a slow model that is written straight from PROTOCOL 7, over thousands of random cases. */

#include "support.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/array.h"
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

/* ---- slots as text ---- */

static void
slots_there_and_back(void **state)
{
	static const char *const wrong[] = {"2026-06-23", "2026-06-23 09:00", "2026-06-23T24:00", "2026-06-23T09:60",
	    "2026-02-30T09:00", "2026-06-23T9:00", "2026-06-23T09:00Z", "2026-06-23t09:00", "2026-06-23T09-00", ""};
	static const char *const right[] = {"1969-12-31T23:59", "1970-01-01T00:00", "2026-06-23T09:00",
	    "2028-02-29T13:30", "9999-12-31T23:59", "0001-01-01T00:00"};
	char text[SLOT_TEXT];
	slot_t slot;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
		assert_false(slot_parse(slice_of(wrong[i]), &slot));
	for (size_t i = 0; i < ARRAY_LEN(right); i++) {
		assert_true(slot_parse(slice_of(right[i]), &slot));
		slot_format(slot, text);
		assert_string_equal(text, right[i]);
		assert_int_equal(slot_of(slot_date(slot), slot_minute(slot)), slot);
	}
	assert_true(slot_parse(slice_of("2026-06-24T00:05"), &slot));
	assert_int_equal(slot - slot_of(slot_date(slot) - 1, 1435), 10);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(equals_the_model),
	    cmocka_unit_test(slots_there_and_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
