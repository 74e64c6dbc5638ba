/*
 * The draw (PROTOCOL 5 to 7) against a slow model that hashes text with libsodium and sorts everything: chain, seed,
 * tickets, selection, reserve, the order of inspectors and matters, visits, drum values, strata.
 */
#include "scene.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/draw/draw.h"

static struct support_random random_numbers;

static size_t
below(size_t n)
{
	return (size_t)support_random_below(&random_numbers, n);
}

static void
expect_hash(const struct hash *h, const char *right)
{
	char hex[HASH_HEX + 1];

	text_to_hex(h->b, HASH_BYTES, hex);
	assert_string_equal(hex, right);
}

/* ---- chain and seed ---- */

static void
test_chain(void **state)
{
	char secret[HASH_HEX + 1], model[HASH_HEX + 1], back[HASH_HEX + 1];

	(void)state;
	MODEL_HASH(secret, "the last of a chain");
	memcpy(model, secret, sizeof model);
	for (uint64_t links = 0; links <= 300; links++) {
		chain_back(secret, links, back);
		assert_string_equal(back, model);
		MODEL_HASH(model, model);
	}
	memcpy(back, secret, sizeof back);
	chain_back(back, 300, back); /* in place */
	MODEL_HASH(back, back);
	assert_string_equal(back, model);
	/* the example's first cycle: its anchor, and the secret of link 1 */
	chain_back("9d606003a5d97180e57687eac833279cf71786571f50199eb80d796165d58820", 1, back);
	assert_string_equal(back, "8afc6edd3100ac0595b5f4c5269c68e4f90ee8643f148877bf8e2a4151166776");
}

static void
test_seed(void **state)
{
	struct scene scene;
	char seed[HASH_HEX + 1], right[HASH_HEX + 1];

	(void)state;
	draw_seed(S("se"), S("cr"), S("e"), S("t"), seed);
	MODEL_HASH(right, "secret");
	assert_string_equal(seed, right);
	draw_seed(S("a"), S("b"), S("c"), S(""), seed); /* source none: the value is empty */
	MODEL_HASH(right, "abc");
	assert_string_equal(seed, right);
	scene_example(&scene);
	draw_seed(scene.input.secret, scene.sealed.nonce, scene.input.commit_hash, scene.input.beacon, seed);
	assert_string_equal(seed, "95d45f038b80e27d10600429b0faeb05195dd7f9522a8fc3dd468b7bafa8eaa2");
	scene_release(&scene);
}

static void
test_single_hashes(void **state)
{
	static const char *const ids[] = {"T", "T0", "0123456789abcdef0123456789abcdef", "._-"};
	char seed[HASH_HEX + 1], right[HASH_HEX + 1], number[16];
	struct hash_prefix prefix;
	struct hash h;

	(void)state;
	MODEL_HASH(seed, "a seed");
	hash_prefix(&prefix, seed);
	for (size_t i = 0; i < 4; i++) {
		for (unsigned slip = 1; slip <= 100; slip++) {
			char least[HASH_HEX + 1] = "g";

			(void)snprintf(number, sizeof number, "%u", slip);
			MODEL_HASH(right, seed, "target/", ids[i], "/", number);
			h = draw_slip(&prefix, slice_of(ids[i]), slip);
			expect_hash(&h, right);
			for (unsigned k = 1; k <= slip; k++) { /* a ticket is the least of its slips */
				(void)snprintf(number, sizeof number, "%u", k);
				MODEL_HASH(right, seed, "target/", ids[i], "/", number);
				if (strcmp(right, least) < 0)
					memcpy(least, right, sizeof least);
			}
			h = draw_ticket(&prefix, slice_of(ids[i]), slip);
			expect_hash(&h, least);
		}
		for (size_t k = 0; k < 4; k++) {
			MODEL_HASH(right, seed, "pair/", ids[i], "/", ids[k]);
			h = draw_pair(&prefix, slice_of(ids[i]), slice_of(ids[k]));
			expect_hash(&h, right);
		}
	}
}

/* ---- where the search for a slot starts ---- */

#define UNITS 5

static void
test_starts(void **state)
{
	struct scene scene;
	struct buf rows;
	char seed[HASH_HEX + 1];
	size_t hits[3] = {0};

	(void)state;
	MODEL_HASH(seed, "another seed");
	buf_init(&rows, 1 << 20);
	for (unsigned i = 0; i < 10000; i++)
		buf_format(&rows, "T%04u,,%s%u,,,1,2020-01-01,,in\n", i, i % 2 == 0 ? "T" : "单位 ", i % UNITS);
	buf_byte(&rows, '\0');
	scene_rows(&scene, rows.data, "", "");
	for (uint32_t i = 0; i < 10000; i++) {
		const struct target *t = &scene.roster.targets[i];

		scene.commit.rules.same_unit = i % 4 < 2;
		scene.sealed.n_slots = i % 7 == 0 ? SLOTS_MAX : i % SLOTS_MAX + 1;
		assert_int_equal(draw_start(seed, &scene.commit.rules, t, scene.sealed.n_slots),
		    model_start(&scene, seed, i));
		/* one unit, one start; a target has its own, even where it has the unit's name */
		scene.commit.rules.same_unit = true;
		assert_int_equal(draw_start(seed, &scene.commit.rules, t, SLOTS_MAX),
		    draw_start(seed, &scene.commit.rules, &scene.roster.targets[i % (2 * UNITS)], SLOTS_MAX));
		scene.commit.rules.same_unit = false;
		hits[draw_start(seed, &scene.commit.rules, t, 3)]++;
	}
	/* 3333 each, deviation 47: none is left out */
	assert_true(hits[0] > 3100 && hits[1] > 3100 && hits[2] > 3100);
	scene_release(&scene);
	buf_release(&rows);
}

/* Without a unit a target has its own start, whatever same_unit says. */
static void
test_starts_without_a_unit(void **state)
{
	struct scene scene;
	char seed[HASH_HEX + 1];
	const struct rules with = {.same_unit = true}, without = {.same_unit = false};

	(void)state;
	scene_rows(&scene, "T1,,,,,1,2020-01-01,,in\nT2,,,,,1,2020-01-01,,in\n", "", "");
	MODEL_HASH(seed, "a seed");
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(draw_start(seed, &with, &scene.roster.targets[i], SLOTS_MAX),
		    draw_start(seed, &without, &scene.roster.targets[i], SLOTS_MAX));
	assert_int_not_equal(draw_start(seed, &with, &scene.roster.targets[0], SLOTS_MAX),
	    draw_start(seed, &with, &scene.roster.targets[1], SLOTS_MAX));
	scene_release(&scene);
}

static void
test_nonces_of_places(void **state)
{
	static const size_t places[] = {0, 1, 9, 10, 999999};
	char nonce[NONCE_HEX + 1], right[HASH_HEX + 1], number[24];

	(void)state;
	for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
		(void)snprintf(number, sizeof number, "%zu", places[i]);
		draw_place_nonce(S("a secret"), places[i], nonce);
		MODEL_HASH(right, "a secret", "place/", number);
		assert_int_equal(strlen(nonce), NONCE_HEX);
		assert_memory_equal(nonce, right, NONCE_HEX);
	}
}

/* ---- drum values and strata ---- */

static void
test_drum_values(void **state)
{
	static const struct {
		uint64_t cover_days, rest_days;
		int32_t since, last_drawn; /* days before the draw; -1 never */
		enum drum right;
	} cases[] = {
	    /* neither rule */
	    {0, 0, 0, -1, DRUM_IN},
	    {0, 0, 9999, -1, DRUM_IN},
	    {0, 0, 9999, 1, DRUM_IN},
	    {0, 0, 9999, 0, DRUM_IN},
	    /* rest: only of those drawn, up to the day before */
	    {0, 90, 10, -1, DRUM_IN},
	    {0, 90, 999, 0, DRUM_REST},
	    {0, 90, 999, 89, DRUM_REST},
	    {0, 90, 999, 90, DRUM_IN},
	    {0, 1, 999, 0, DRUM_REST},
	    {0, 1, 999, 1, DRUM_IN},
	    {0, 9007199254740991, 9999, 9999, DRUM_REST},
	    /* due: from the day on, since it was drawn, or entered where it never was */
	    {365, 0, 364, -1, DRUM_IN},
	    {365, 0, 365, -1, DRUM_DUE},
	    {365, 0, 366, -1, DRUM_DUE},
	    {365, 0, 999, 364, DRUM_IN},
	    {365, 0, 999, 365, DRUM_DUE},
	    {365, 0, 10, 365, DRUM_DUE},
	    {1, 0, 0, -1, DRUM_IN},
	    {1, 0, 1, -1, DRUM_DUE},
	    {9007199254740991, 0, 9999, -1, DRUM_IN},
	    /* rest goes before due */
	    {30, 90, 999, 60, DRUM_REST},
	    {30, 90, 999, 90, DRUM_DUE},
	    {90, 90, 999, 90, DRUM_DUE},
	    {90, 90, 999, 89, DRUM_REST},
	    {100, 90, 999, 95, DRUM_IN},
	    {30, 90, 60, -1, DRUM_DUE},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct rules rules = {.cover_days = cases[i].cover_days, .rest_days = cases[i].rest_days};
		int32_t last = cases[i].last_drawn < 0 ? DATE_NONE : SCENE_DATE - cases[i].last_drawn;
		enum drum drum = drum_due(&rules, SCENE_DATE, SCENE_DATE - cases[i].since, last);

		if (drum != cases[i].right)
			fail_msg("case %zu: %s", i, drum_name(drum));
	}
	/* last drawn after the draw's own date: not lawful, but no reason to stumble */
	assert_int_equal(drum_due(&(struct rules){.rest_days = 90}, SCENE_DATE, 0, SCENE_DATE + 10), DRUM_REST);
	assert_int_equal(drum_due(&(struct rules){.rest_days = 0}, SCENE_DATE, 0, SCENE_DATE + 10), DRUM_IN);
	assert_int_equal(drum_due(&(struct rules){.cover_days = 1}, 0, -719162, DATE_NONE), DRUM_DUE);
}

static void
test_strata_counts(void **state)
{
	struct scene scene;
	struct sealed_stratum counted[8];
	struct err err = {0};

	(void)state;
	scene_rows(&scene,
	    "T1,A,,,,1,2020-01-01,,in\nT2,A,,,,100,2020-01-01,,due\nT3,A,,,,9,2020-01-01,,rest\n"
	    "T4,B,,,,2,2020-01-01,,carried\nT5,,,,,3,2020-01-01,,in\nT6,C,,,,9,2020-01-01,,excused\n",
	    "", "");
	scene.commit.n_strata = 3;
	memset(counted, 99, sizeof counted);
	scene.strata[0] = (struct stratum){.class = S("A"), .by_rate = true, .amount = 5001};
	scene.strata[1] = (struct stratum){.class = S("B"), .amount = 7};
	scene.strata[2] = (struct stratum){.class = S("*"), .amount = 0};
	assert_int_equal(strata_count(&scene.commit, &scene.roster, counted, &err), 0);
	assert_true(slice_is(counted[0].class, "A") && slice_is(counted[2].class, "*"));
	assert_true(counted[0].drum == 2 && counted[0].slips == 101 && counted[0].take == 2);
	assert_true(counted[1].drum == 1 && counted[1].slips == 2 && counted[1].take == 1);
	assert_true(counted[2].drum == 1 && counted[2].slips == 3 && counted[2].take == 0); /* T5; T6 is excused */
	scene.commit.n_strata = 2;                                                          /* nothing covers T5 */
	assert_int_equal(strata_count(&scene.commit, &scene.roster, counted, &err), ERR_REFUSED);
	assert_non_null(strstr(err.message, "T5"));
	scene_release(&scene);
	/* an excused target must be covered too */
	scene_rows(&scene, "T1,A,,,,1,2020-01-01,,in\nT2,C,,,,9,2020-01-01,,excused\n", "", "");
	scene_stratum(&scene, "A", 1);
	assert_int_equal(strata_count(&scene.commit, &scene.roster, counted, &err), ERR_REFUSED);
	assert_non_null(strstr(err.message, "T2"));
	scene_release(&scene);
	/* no target has the class that stands for all others */
	scene_rows(&scene, "T1,*,,,,1,2020-01-01,,in\n", "", "");
	scene_stratum(&scene, "*", 1);
	assert_int_equal(strata_count(&scene.commit, &scene.roster, counted, &err), ERR_REFUSED);
	scene_release(&scene);
}

/* ---- the whole selection ---- */

struct model_target {
	char ticket[HASH_HEX + 1];
	int stratum;
	bool late;
	uint32_t target;
};

static int
by_group(const void *a, const void *b)
{
	const struct model_target *x = a, *y = b;

	if (x->stratum != y->stratum)
		return x->stratum - y->stratum;
	if (x->late != y->late)
		return x->late - y->late;
	return strcmp(x->ticket, y->ticket);
}

static int
by_ticket(const void *a, const void *b)
{
	return strcmp(((const struct model_target *)a)->ticket, ((const struct model_target *)b)->ticket);
}

static void
id_text(struct slice id, char out[static ID_MAX + 1])
{
	memcpy(out, id.p, id.n);
	out[id.n] = '\0';
}

static struct model_target
model_target_of(const struct scene *scene, const char *seed, uint32_t index)
{
	const struct target *t = &scene->roster.targets[index];
	struct model_target m = {.ticket = "g", .stratum = -1, .late = t->drum == DRUM_IN, .target = index};
	char id[ID_MAX + 1];

	id_text(target_id(t), id);
	for (int i = 1; i <= t->weight; i++) {
		char slip[HASH_HEX + 1], number[16];

		(void)snprintf(number, sizeof number, "%d", i);
		MODEL_HASH(slip, seed, "target/", id, "/", number);
		if (strcmp(slip, m.ticket) < 0)
			memcpy(m.ticket, slip, sizeof slip);
	}
	for (size_t s = 0; s < scene->commit.n_strata; s++)
		if (slice_eq(scene->strata[s].class, target_class(t)))
			m.stratum = (int)s;
	if (m.stratum < 0) {
		m.stratum = (int)scene->commit.n_strata - 1;
		assert_true(slice_is(scene->strata[m.stratum].class, "*"));
	}
	return m;
}

static void
expect_chosen(const struct chosen *c, const struct model_target *m)
{
	assert_int_equal(c->target, m->target);
	assert_int_equal(c->stratum, m->stratum);
	expect_hash(&c->ticket, m->ticket);
}

/* Everything sorted: in each stratum the first `take` are chosen, the next `reserve` its reserve. */
static void
check_targets(const struct scene *scene, const struct draw *d)
{
	size_t n = scene->roster.n_targets, taking_part = 0, n_chosen = 0, n_reserve = 0, at = 0;
	struct model_target *all = calloc(n + 1, sizeof *all), *chosen = calloc(n + 1, sizeof *chosen);

	assert_non_null(all);
	assert_non_null(chosen);
	for (size_t i = 0; i < n; i++)
		if (scene->roster.targets[i].drum != DRUM_REST && scene->roster.targets[i].drum != DRUM_EXCUSED)
			all[taking_part++] = model_target_of(scene, d->seed, (uint32_t)i);
	qsort(all, taking_part, sizeof *all, by_group);
	for (int s = 0; s < (int)scene->commit.n_strata; s++)
		for (uint64_t rank = 0; at < taking_part && all[at].stratum == s; rank++, at++) {
			if (rank < scene->sealed.strata[s].take)
				chosen[n_chosen++] = all[at];
			else if (rank - scene->sealed.strata[s].take < scene->commit.rules.reserve) {
				assert_true(n_reserve < d->n_reserve);
				expect_chosen(&d->reserve[n_reserve], &all[at]);
				assert_false(d->reserve[n_reserve].admitted);
				n_reserve++;
			}
		}
	qsort(chosen, n_chosen, sizeof *chosen, by_ticket);
	assert_int_equal(d->n_chosen, n_chosen);
	assert_int_equal(d->n_reserve, n_reserve);
	for (size_t i = 0; i < n_chosen; i++)
		expect_chosen(&d->chosen[i], &chosen[i]);
	free(all);
	free(chosen);
}

/* Inspectors and matters: by H(seed || kind || id), slowly, each after the one before it. */
static void
check_orders(const struct scene *scene, const struct draw *d)
{
	char before[HASH_HEX + 1] = "", id[ID_MAX + 1], hex[HASH_HEX + 1];
	size_t n_in = 0;

	for (size_t i = 0; i < scene->roster.n_inspectors; i++)
		n_in += inspector_is_in(&scene->roster.inspectors[i]);
	assert_int_equal(d->n_in, n_in);
	for (size_t i = 0; i < d->n_in; i++) {
		const struct inspector *p = &scene->roster.inspectors[d->order[i]];

		assert_true(inspector_is_in(p));
		id_text(inspector_id(p), id);
		MODEL_HASH(hex, d->seed, "inspector/", id);
		expect_hash(&d->order_tickets[i], hex);
		assert_true(strcmp(before, hex) < 0);
		memcpy(before, hex, sizeof before);
	}
	assert_int_equal(d->n_matters, scene->sealed.take);
	before[0] = '\0';
	for (size_t i = 0; i < d->n_matters; i++) {
		id_text(scene->matters[d->matters[i]], id);
		MODEL_HASH(hex, d->seed, "matter/", id);
		assert_true(strcmp(before, hex) < 0);
		memcpy(before, hex, sizeof before);
	}
	for (size_t i = 0; i < scene->sealed.n_matters && d->n_matters > 0; i++) { /* the others come after the last */
		bool drawn = false;

		for (size_t k = 0; k < d->n_matters; k++)
			drawn |= d->matters[k] == i;
		id_text(scene->matters[i], id);
		MODEL_HASH(hex, d->seed, "matter/", id);
		assert_true(drawn == (strcmp(hex, before) <= 0));
	}
}

/* ---- visits ---- */

static bool
model_away(const struct scene *scene, uint32_t inspector, int32_t date)
{
	for (size_t i = 0; i < scene->roster.n_away; i++)
		if (scene->roster.away[i].inspector == inspector && scene->roster.away[i].date == date)
			return true;
	return false;
}

/* Whether a slot suits who holds this seat, whose earlier places have their visits already. */
static bool
model_suits(const struct scene *scene, const struct draw *d, size_t chosen, size_t seat, slot_t slot)
{
	uint32_t place = d->team[chosen * d->seats + seat];
	struct slice unit = target_unit(&scene->roster.targets[d->chosen[chosen].target]);

	if (model_away(scene, d->order[place], slot_date(slot)))
		return false;
	for (size_t i = 0; i < chosen; i++) {
		struct slice other = target_unit(&scene->roster.targets[d->chosen[i].target]);
		bool one_unit = unit.n > 0 && slice_eq(unit, other), there = false;
		slot_t apart = slot < d->chosen[i].visit ? d->chosen[i].visit - slot : slot - d->chosen[i].visit;

		for (size_t k = 0; k < d->seats; k++)
			there |= d->chosen[i].admitted && d->team[i * d->seats + k] == place;
		if (there && !one_unit && (uint64_t)apart < scene->commit.rules.spacing)
			return false;
	}
	return true;
}

/* The first slot from the start on, and round, that suits the whole team; else the one at the start. */
static void
check_visits(const struct scene *scene, const struct draw *d, size_t *kept, size_t *lost)
{
	size_t n = scene->sealed.n_slots;

	for (size_t i = 0; i < d->n_chosen; i++) {
		size_t start = model_start(scene, d->seed, d->chosen[i].target), slot = n;

		if (!d->chosen[i].admitted)
			continue;
		for (size_t k = 0; k < n && slot == n; k++) {
			size_t at = (start + k) % n;
			bool all = true;

			for (size_t seat = 0; seat < d->seats; seat++)
				all &= model_suits(scene, d, i, seat, scene->slots[at]);
			slot = all ? at : n;
		}
		*kept += slot < n;
		*lost += slot == n;
		assert_int_equal(d->chosen[i].kept, slot < n);
		assert_true(d->chosen[i].visit == scene->slots[slot < n ? slot : start]);
	}
}

static const char *const drums[] = {"in", "in", "in", "due", "carried", "rest", "excused"};
static const char *const classes[] = {"", "A", "B", "C", "乙"};
static const char *const units[] = {"", "", "u", "单位", "T01"};
static const char *const states[] = {"in", "in", "in", "in", "away", "excused"};
static const struct slice matters[8] = {S("a"), S("b"), S("c"), S("duty"), S("leave"), S("m.1"), S("office"), S("z")};

/* Random rows; ids that hold one another. */
static void
random_rosters(struct scene *scene)
{
	struct buf targets, inspectors;

	buf_init(&targets, 1 << 16);
	buf_init(&inspectors, 1 << 16);
	for (int i = 1; i < 99; i++) {
		size_t weight = below(4) == 0 ? 1 + below(100) : 1 + below(3);

		if (below(3) == 0)
			buf_format(&targets, "T%s%02d,%s,%s,,,%zu,2020-01-01,,%s\n", i < 50 ? "" : "x", i,
			    classes[below(5)], units[below(5)], weight, drums[below(7)]);
		if (i < 20 && below(2) == 0)
			buf_format(&inspectors, "I%02d,,,,,%s\n", i, states[below(6)]);
	}
	buf_byte(&targets, '\0');
	buf_byte(&inspectors, '\0');
	scene_rows(scene, targets.data, inspectors.data, "");
	buf_release(&targets);
	buf_release(&inspectors);
}

/* Slots on some days, and who is away on some of them. */
static void
random_slots(struct scene *scene)
{
	struct buf away;
	slot_t slot = slot_of(SCENE_DATE, 0);

	scene->sealed.n_slots = 1 + below(sizeof scene->slots / sizeof scene->slots[0]);
	for (size_t i = 0; i < scene->sealed.n_slots; i++) {
		slot += 1 + (slot_t)below(700);
		scene->slots[i] = slot;
	}
	buf_init(&away, 1 << 16);
	for (size_t i = 0; i < scene->roster.n_inspectors && below(2) == 0; i++)
		for (size_t k = 0; k < scene->sealed.n_slots; k++) {
			int32_t date = slot_date(scene->slots[k]);
			char text[DATE_TEXT];

			if ((k > 0 && slot_date(scene->slots[k - 1]) == date) || below(3) != 0)
				continue;
			text_from_date(date, text);
			buf_format(&away, "%.*s,%s\n", SLICE_ARGS(inspector_id(&scene->roster.inspectors[i])), text);
		}
	buf_byte(&away, '\0');
	scene_away(scene, away.data);
	buf_release(&away);
	scene->commit.rules.spacing = below(3) == 0 ? 0 : below(2000);
	scene->commit.rules.same_unit = below(2) == 0;
	scene->commit.rules.seats = 1 + below(3);
	for (size_t i = 0; i < scene->commit.rules.seats; i++)
		scene->commit.rules.team[i] = S("any");
}

static void
random_strata(struct scene *scene)
{
	struct sealed_stratum counted[8];

	for (size_t i = 0; i < 5; i++)
		if (below(2) == 0)
			scene_stratum(scene, classes[i], below(8));
	scene_stratum(scene, "*", below(8));
	for (size_t i = 0; i < scene->commit.n_strata; i++) {
		struct stratum *s = &scene->strata[i];
		struct sealed_stratum *sealed = &scene->sealed.strata[i];

		if (below(2) == 0) { /* a rate: its ceiling without division */
			s->by_rate = true;
			s->amount = below(10001);
			sealed->take = 0;
			while (sealed->take * 10000 < sealed->drum * s->amount)
				sealed->take++;
		}
	}
	assert_int_equal(strata_count(&scene->commit, &scene->roster, counted, NULL), 0);
	for (size_t i = 0; i < scene->commit.n_strata; i++) {
		assert_int_equal(counted[i].drum, scene->sealed.strata[i].drum);
		assert_int_equal(counted[i].slips, scene->sealed.strata[i].slips);
		assert_int_equal(counted[i].take, scene->sealed.strata[i].take);
	}
}

static void
test_random_draws(void **state)
{
	static const uint64_t reserves[] = {0, 1, 3, 20, 9007199254740991};
	size_t kept = 0, lost = 0;

	(void)state;
	for (int round = 0; round < 1200; round++) {
		struct scene scene;
		struct draw draw, shared;
		struct err err = {0};
		char secret[32];

		random_rosters(&scene);
		random_strata(&scene);
		scene.commit.rules.reserve = reserves[below(5)];
		scene.commit.rules.inspectors = below(6);
		scene.commit.rules.slack = below(3);
		random_slots(&scene);
		memcpy(scene.matters, matters, sizeof matters);
		scene.sealed.n_matters = below(9);
		scene.sealed.take = below(scene.sealed.n_matters + 1);
		(void)snprintf(secret, sizeof secret, "%llu", (unsigned long long)support_random_next(&random_numbers));
		scene.input.secret = slice_of(secret);
		if (draw_compute(&scene.input, &draw, &err) != 0)
			fail_msg("%s", err.message);
		check_targets(&scene, &draw);
		check_orders(&scene, &draw);
		check_visits(&scene, &draw, &kept, &lost);
		scene.input.threads = 3;
		assert_int_equal(draw_compute(&scene.input, &shared, &err), 0);
		check_targets(&scene, &shared);
		draw_release(&shared);
		draw_release(&draw);
		scene_release(&scene);
	}
	print_message("%zu of %zu visits can be kept\n", kept, kept + lost);
	assert_true(kept > 500 && lost > 100);
}

static void
test_what_cannot_be_drawn(void **state)
{
	struct scene scene;
	struct draw draw;
	struct err err = {0};

	(void)state;
	scene_rows(&scene, "T1,A,,,,1,2020-01-01,,in\nT2,A,,,,1,2020-01-01,,rest\n", "I1,,,,,in\n", "");
	scene_stratum(&scene, "A", 1);
	assert_int_equal(draw_compute(&scene.input, &draw, &err), 0);
	assert_true(draw.n_chosen == 1 && draw.n_admitted == 1 && draw.n_reserve == 0);
	draw_release(&draw);
	scene.sealed.strata[0].take = 2; /* more than take part */
	assert_int_equal(draw_compute(&scene.input, &draw, &err), ERR_REFUSED);
	scene.sealed.strata[0].take = CHOSEN_SEATS_MAX;
	assert_int_equal(draw_compute(&scene.input, &draw, &err), ERR_REFUSED);
	scene.sealed.strata[0].take = CHOSEN_SEATS_MAX + 1;
	assert_int_equal(draw_compute(&scene.input, &draw, &err), ERR_LIMIT);
	scene.commit.rules.seats = 8; /* chosen targets times seats */
	scene.sealed.strata[0].take = CHOSEN_SEATS_MAX / 8 + 1;
	assert_int_equal(draw_compute(&scene.input, &draw, &err), ERR_LIMIT);
	scene.commit.rules.seats = 1;
	scene.sealed.strata[0].take = 1;
	scene.sealed.strata[0].class = S("B"); /* not the commitment's */
	assert_int_equal(draw_compute(&scene.input, &draw, &err), ERR_REFUSED);
	assert_non_null(strstr(err.message, "other strata"));
	scene.strata[0].class = S("B"); /* nothing covers A */
	assert_int_equal(draw_compute(&scene.input, &draw, &err), ERR_REFUSED);
	assert_non_null(strstr(err.message, "T1"));
	scene.strata[0].class = scene.sealed.strata[0].class = S("A");
	scene.sealed.n_strata = 0;
	assert_int_equal(draw_compute(&scene.input, &draw, &err), ERR_REFUSED);
	scene.sealed.n_strata = 2;
	assert_int_equal(draw_compute(&scene.input, &draw, &err), ERR_REFUSED);
	scene_release(&scene);
	/* a drum without anybody, and without anything */
	scene_rows(&scene, "", "", "");
	assert_int_equal(draw_compute(&scene.input, &draw, &err), 0);
	assert_true(draw.n_chosen == 0 && draw.n_drawn == 0 && draw.least == 0 && draw.limit == 0);
	draw_release(&draw);
	scene_release(&scene);
}

/* ---- when the visits are ---- */

/* A hundred thousand draws would not tell more: the secrets are fixed, so the figure is. */
#define DRAWS 2000
#define TARGETS 6
#define CHI_SQUARE_LIMIT 18.47 /* 4 degrees of freedom: a fair draw is above it once in a thousand */

/* Of the n-th place, how often each slot is its visit.  `ret_moved`: how often that is not the one at its start. */
static double
chi_square_of_place(struct scene *scene, size_t place, size_t *ret_moved)
{
	double hits[5] = {0}, sum = 0;

	*ret_moved = 0;
	for (unsigned i = 0; i < DRAWS; i++) {
		struct draw draw;
		char secret[32];

		(void)snprintf(secret, sizeof secret, "secret %u", i);
		scene->input.secret = slice_of(secret);
		assert_int_equal(draw_compute(&scene->input, &draw, NULL), 0);
		assert_true(draw.n_admitted > place && draw.chosen[place].admitted);
		hits[slot_date(draw.chosen[place].visit) - SCENE_DATE]++;
		*ret_moved +=
		    draw.chosen[place].visit != scene->slots[model_start(scene, draw.seed, draw.chosen[place].target)];
		draw_release(&draw);
	}
	for (size_t i = 0; i < 5; i++)
		sum += (hits[i] - DRAWS / 5.0) * (hits[i] - DRAWS / 5.0) / (DRAWS / 5.0);
	return sum;
}

/*
 * No slot is likelier than another, for the first place and for the last, which gives way to the others.  With the
 * spacing of a day, on five days in a row, only the same day is too close: all slots are alike.
 */
static void
test_slots_are_even(void **state)
{
	static const uint64_t spacings[] = {0, 1440};
	static const char rows[] = "T0,,u,,,1,2020-01-01,,in\nT1,,v,,,1,2020-01-01,,in\nT2,,,,,1,2020-01-01,,in\n"
	                           "T3,,w,,,1,2020-01-01,,in\nT4,,x,,,1,2020-01-01,,in\nT5,,y,,,1,2020-01-01,,in\n";

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct scene scene;
		double first, last;
		size_t never, moved;

		scene_rows(&scene, rows, "I1,,,,,in\nI2,,,,,in\nI3,,,,,in\nI4,,,,,in\nI5,,,,,in\n", "");
		scene_stratum(&scene, "*", TARGETS);
		scene.commit.rules.team[1] = S("any");
		scene.commit.rules.seats = 2;
		scene.commit.rules.spacing = spacings[i % 2];
		scene.commit.rules.same_unit = i / 2 == 1;
		first = chi_square_of_place(&scene, 0, &never);
		last = chi_square_of_place(&scene, TARGETS - 1, &moved);
		print_message(
		    "slots, spacing %d: chi-square %.2f for the first place, %.2f for the last, moved %zu times\n",
		    (int)spacings[i % 2], first, last, moved);
		assert_int_equal(never, 0);
		assert_true(spacings[i % 2] == 0 ? moved == 0 : moved > DRAWS / 4);
		if (first > CHI_SQUARE_LIMIT || last > CHI_SQUARE_LIMIT)
			fail_msg("chi-square %.1f and %.1f, spacing %d", first, last, (int)spacings[i % 2]);
		scene_release(&scene);
	}
}

/* Nobody has two visits on a day, if there are days enough. */
static void
test_spacing(void **state)
{
	struct scene scene;
	struct draw draw;

	(void)state;
	scene_rows(&scene,
	    "T1,,u,,,1,2020-01-01,,in\nT2,,v,,,1,2020-01-01,,in\nT3,,,,,1,2020-01-01,,in\n"
	    "T4,,,,,1,2020-01-01,,in\nT5,,w,,,1,2020-01-01,,in\n",
	    "I1,,,,,in\n", "");
	scene_stratum(&scene, "*", 5);
	scene.commit.rules.spacing = 1440; /* as far apart as the slots: just enough */
	assert_int_equal(draw_compute(&scene.input, &draw, NULL), 0);
	assert_int_equal(draw.n_admitted, 5);
	for (size_t i = 0; i < 5; i++) {
		assert_true(draw.chosen[i].kept);
		for (size_t k = 0; k < i; k++)
			assert_true(draw.chosen[i].visit != draw.chosen[k].visit);
	}
	draw_release(&draw);
	scene.commit.rules.spacing = 1441; /* now only every other day */
	assert_int_equal(draw_compute(&scene.input, &draw, NULL), 0);
	for (size_t i = 0; i < 5; i++) {
		size_t start = model_start(&scene, draw.seed, draw.chosen[i].target);

		assert_true(draw.chosen[i].kept || draw.chosen[i].visit == scene.slots[start]);
	}
	assert_false(draw.chosen[4].kept);
	draw_release(&draw);
	scene_release(&scene);
}

/* The posts of one unit are visited together: at one slot with same_unit, and spacing does not part them. */
static void
test_posts_of_one_unit(void **state)
{
	struct scene scene;
	struct draw draw;
	size_t apart = 0;

	(void)state;
	scene_rows(&scene,
	    "T1,,u,,,1,2020-01-01,,in\nT2,,u,,,1,2020-01-01,,in\nT3,,u,,,1,2020-01-01,,in\n"
	    "T4,,u,,,1,2020-01-01,,in\n",
	    "I1,,,,,in\nI2,,,,,in\n", "");
	scene_stratum(&scene, "*", 4);
	scene.commit.rules.spacing = SPACING_MAX;
	for (int same_unit = 0; same_unit < 2; same_unit++)
		for (unsigned round = 0; round < 20; round++) {
			char secret[32];

			(void)snprintf(secret, sizeof secret, "secret %u", round);
			scene.input.secret = slice_of(secret);
			scene.commit.rules.same_unit = same_unit == 1;
			assert_int_equal(draw_compute(&scene.input, &draw, NULL), 0);
			assert_int_equal(draw.n_admitted, 4);
			for (size_t i = 0; i < 4; i++) {
				assert_true(draw.chosen[i].kept);
				assert_true(same_unit == 0 || draw.chosen[i].visit == draw.chosen[0].visit);
				apart += draw.chosen[i].visit != draw.chosen[0].visit;
			}
			draw_release(&draw);
		}
	assert_true(apart > 30); /* without same_unit, 4 in 5 of three others a draw */
	scene_release(&scene);
}

/* A visit waits for a day on which nobody of the team is away. */
static void
test_away(void **state)
{
#define ALL_DAYS "I3,2026-06-22\nI3,2026-06-23\nI3,2026-06-24\nI3,2026-06-25\nI3,2026-06-26\n"
	static const char possible[] = "I1,2026-06-22\nI1,2026-06-23\nI2,2026-06-25\nI2,2026-06-26\n" ALL_DAYS;
	static const char impossible[] =
	    "I1,2026-06-22\nI1,2026-06-23\nI1,2026-06-24\nI2,2026-06-24\nI2,2026-06-25\nI2,2026-06-26\n" ALL_DAYS;
	struct scene scene;
	struct draw draw;

	(void)state;
	for (unsigned round = 0; round < 20; round++) {
		char secret[32];

		scene_rows(&scene, "T1,,,,,1,2020-01-01,,in\n", "I1,,,,,in\nI2,,,,,in\nI3,,,,,away\n", "");
		scene_stratum(&scene, "*", 1);
		scene.commit.rules.team[1] = S("any");
		scene.commit.rules.seats = 2;
		(void)snprintf(secret, sizeof secret, "secret %u", round);
		scene.input.secret = slice_of(secret);
		scene_away(&scene, round % 2 == 0 ? possible : impossible);
		assert_int_equal(draw_compute(&scene.input, &draw, NULL), 0);
		assert_int_equal(draw.n_in, 2); /* who is away on every day is not among them */
		assert_int_equal(draw.chosen[0].kept, round % 2 == 0);
		if (round % 2 == 0)
			assert_true(draw.chosen[0].visit == slot_of(SCENE_DATE + 2, 540));
		draw_release(&draw);
		scene_release(&scene);
	}
}

/* Why a target is unstaffed is answered in places of the draw's own orders. */
static void
test_why_unstaffed(void **state)
{
	struct scene scene;
	struct draw draw;
	struct assign_why why;

	(void)state;
	scene_rows(&scene, "T1,A,,,,1,2020-01-01,,in\nT2,A,,,,1,2020-01-01,,in\n", "I1,,,,,in\nI2,,,,,in\n",
	    "I1,target,T2,declared\nI2,target,T2,declared\n");
	scene_stratum(&scene, "A", 2);
	assert_int_equal(draw_compute(&scene.input, &draw, NULL), 0);
	assert_int_equal(draw.n_admitted, 1);
	for (size_t i = 0; i < 2; i++) {
		if (draw.chosen[i].admitted)
			continue;
		assert_int_equal(draw.chosen[i].target, scene_target(&scene, "T2"));
		assert_int_equal(draw_why(&scene.input, &draw, i, &why, NULL), 0);
		assert_true(why.n_targets == 1 && why.targets[0] == i && why.n_inspectors == 0 && why.seat == 0);
		assign_why_release(&why);
	}
	draw_release(&draw);
	draw_release(NULL);
	scene_release(&scene);
}

/* More rows than one thread takes at a time: however many there are, the same draw. */
static void
test_threads(void **state)
{
	struct buf rows;
	struct scene scene;
	struct draw one, more;

	(void)state;
	buf_init(&rows, (size_t)1 << 24);
	for (int i = 0; i < 140000; i++)
		buf_format(&rows, "T%06d,%s,,,,%d,2020-01-01,,%s\n", i, i % 3 == 0 ? "A" : "", 1 + i % 3, drums[i % 7]);
	buf_byte(&rows, '\0');
	scene_rows(&scene, rows.data, "I1,,,,,in\n", "");
	scene_stratum(&scene, "A", 40);
	scene_stratum(&scene, "*", 60);
	scene.commit.rules.reserve = 10;
	assert_int_equal(draw_compute(&scene.input, &one, NULL), 0);
	check_targets(&scene, &one);
	for (unsigned threads = 2; threads < 4; threads++) {
		scene.input.threads = threads;
		assert_int_equal(draw_compute(&scene.input, &more, NULL), 0);
		assert_true(more.n_chosen == one.n_chosen && more.n_reserve == one.n_reserve);
		for (size_t i = 0; i < one.n_chosen; i++)
			assert_int_equal(more.chosen[i].target, one.chosen[i].target);
		for (size_t i = 0; i < one.n_reserve; i++)
			assert_int_equal(more.reserve[i].target, one.reserve[i].target);
		draw_release(&more);
	}
	draw_release(&one);
	scene_release(&scene);
	buf_release(&rows);
}

static int
set_up(void **state)
{
	(void)state;
	support_random_begin(&random_numbers);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_chain),
	    cmocka_unit_test(test_seed),
	    cmocka_unit_test(test_single_hashes),
	    cmocka_unit_test(test_starts),
	    cmocka_unit_test(test_starts_without_a_unit),
	    cmocka_unit_test(test_nonces_of_places),
	    cmocka_unit_test(test_drum_values),
	    cmocka_unit_test(test_strata_counts),
	    cmocka_unit_test(test_random_draws),
	    cmocka_unit_test(test_what_cannot_be_drawn),
	    cmocka_unit_test(test_slots_are_even),
	    cmocka_unit_test(test_spacing),
	    cmocka_unit_test(test_posts_of_one_unit),
	    cmocka_unit_test(test_away),
	    cmocka_unit_test(test_why_unstaffed),
	    cmocka_unit_test(test_threads),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
