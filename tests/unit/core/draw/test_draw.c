/*
 * The draw (PROTOCOL 5 and 6) against a slow model that hashes text with libsodium and sorts everything: chain, seed,
 * tickets, selection, reserve, the order of inspectors and matters, visit dates, drum values, strata.
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
	chain_back("98d796c5c2efb29d74b651d1682bf0c48c294e40185dc44dfb240087d4dcf704", 1, back);
	assert_string_equal(back, "5c893112f91aed3abd3dc9e1a0cf1834b50f08bf26eb8e093009cbc44b6f976c");
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
	assert_string_equal(seed, "957f9bd44a32fd83ecdcec8367c3532c60d622efd8a0ffb48d9c4f51f05310b9");
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

/* ---- visit dates ---- */

__extension__ typedef unsigned __int128 wide;

/* floor(x * D / 2^64) with as many digits as it takes. */
static size_t
model_date(const char *seed, const char *id, size_t n_dates)
{
	char hex[HASH_HEX + 1], first[17];

	MODEL_HASH(hex, seed, "date/", id);
	memcpy(first, hex, 16);
	first[16] = '\0';
	return (size_t)((wide)strtoull(first, NULL, 16) * n_dates >> 64);
}

static void
test_visit_dates(void **state)
{
	int32_t dates[DATES_MAX];
	char seed[HASH_HEX + 1], id[16];
	struct hash_prefix prefix;
	size_t hits[3] = {0};

	(void)state;
	for (int i = 0; i < DATES_MAX; i++)
		dates[i] = 3 * i - 500;
	MODEL_HASH(seed, "another seed");
	hash_prefix(&prefix, seed);
	for (unsigned i = 0; i < 20000; i++) {
		size_t n = i % DATES_MAX + 1;

		(void)snprintf(id, sizeof id, "T%u", i);
		if (draw_visit_date(&prefix, slice_of(id), dates, n) != dates[model_date(seed, id, n)])
			fail_msg("%s of %zu dates", id, n);
	}
	for (unsigned i = 0; i < 3000; i++) {
		(void)snprintf(id, sizeof id, "T%u", i);
		hits[(draw_visit_date(&prefix, slice_of(id), dates, 3) + 500) / 3]++;
	}
	assert_true(hits[0] > 850 && hits[1] > 850 && hits[2] > 850); /* 1000 each, deviation 26: none is left out */
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
	struct stratum counted[8];
	struct err err = {0};

	(void)state;
	scene_rows(&scene,
	    "T1,A,,,,1,2020-01-01,,in\nT2,A,,,,100,2020-01-01,,due\nT3,A,,,,9,2020-01-01,,rest\n"
	    "T4,B,,,,2,2020-01-01,,carried\nT5,,,,,3,2020-01-01,,in\nT6,C,,,,9,2020-01-01,,excused\n",
	    "", "");
	scene.commit.n_strata = 3;
	scene.strata[0] =
	    (struct stratum){.class = S("A"), .by_rate = true, .amount = 5001, .drum = 99, .slips = 99, .take = 99};
	scene.strata[1] = (struct stratum){.class = S("B"), .amount = 7};
	scene.strata[2] = (struct stratum){.class = S("*"), .amount = 0};
	assert_int_equal(strata_count(&scene.commit, &scene.roster, counted, &err), 0);
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
expect_chosen(const struct scene *scene, const struct draw *d, const struct chosen *c, const struct model_target *m)
{
	char id[ID_MAX + 1];

	assert_int_equal(c->target, m->target);
	assert_int_equal(c->stratum, m->stratum);
	expect_hash(&c->ticket, m->ticket);
	id_text(target_id(&scene->roster.targets[m->target]), id);
	assert_int_equal(c->date, scene->sealed.dates[model_date(d->seed, id, scene->sealed.n_dates)]);
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
			if (rank < scene->strata[s].take)
				chosen[n_chosen++] = all[at];
			else if (rank - scene->strata[s].take < scene->commit.rules.reserve) {
				assert_true(n_reserve < d->n_reserve);
				expect_chosen(scene, d, &d->reserve[n_reserve], &all[at]);
				assert_false(d->reserve[n_reserve].admitted);
				n_reserve++;
			}
		}
	qsort(chosen, n_chosen, sizeof *chosen, by_ticket);
	assert_int_equal(d->n_chosen, n_chosen);
	assert_int_equal(d->n_reserve, n_reserve);
	for (size_t i = 0; i < n_chosen; i++)
		expect_chosen(scene, d, &d->chosen[i], &chosen[i]);
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
		n_in += scene->roster.inspectors[i].in;
	assert_int_equal(d->n_in, n_in);
	for (size_t i = 0; i < d->n_in; i++) {
		const struct inspector *p = &scene->roster.inspectors[d->order[i]];

		assert_true(p->in);
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

static const char *const drums[] = {"in", "in", "in", "due", "carried", "rest", "excused"};
static const char *const classes[] = {"", "A", "B", "C", "乙"};
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
			buf_format(&targets, "T%s%02d,%s,,,,%zu,2020-01-01,,%s\n", i < 50 ? "" : "x", i,
			    classes[below(5)], weight, drums[below(7)]);
		if (i < 20 && below(2) == 0)
			buf_format(&inspectors, "I%02d,,,,,%s\n", i, below(5) == 0 ? "excused" : "in");
	}
	buf_byte(&targets, '\0');
	buf_byte(&inspectors, '\0');
	scene_rows(scene, targets.data, inspectors.data, "");
	buf_release(&targets);
	buf_release(&inspectors);
}

static void
random_strata(struct scene *scene)
{
	struct stratum counted[8];

	for (size_t i = 0; i < 5; i++)
		if (below(2) == 0)
			scene_stratum(scene, classes[i], below(8));
	scene_stratum(scene, "*", below(8));
	for (size_t i = 0; i < scene->commit.n_strata; i++) {
		struct stratum *s = &scene->strata[i];

		if (below(2) == 0) { /* a rate: its ceiling without division */
			s->by_rate = true;
			s->amount = below(10001);
			s->take = 0;
			while (s->take * 10000 < s->drum * s->amount)
				s->take++;
		}
	}
	assert_int_equal(strata_count(&scene->commit, &scene->roster, counted, NULL), 0);
	for (size_t i = 0; i < scene->commit.n_strata; i++) {
		assert_int_equal(counted[i].drum, scene->strata[i].drum);
		assert_int_equal(counted[i].slips, scene->strata[i].slips);
		assert_int_equal(counted[i].take, scene->strata[i].take);
	}
}

static void
test_random_draws(void **state)
{
	static const uint64_t reserves[] = {0, 1, 3, 20, 9007199254740991};

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
		scene.sealed.n_dates = 1 + below(5);
		memcpy(scene.matters, matters, sizeof matters);
		scene.sealed.n_matters = below(9);
		scene.sealed.take = below(scene.sealed.n_matters + 1);
		(void)snprintf(secret, sizeof secret, "%llu", (unsigned long long)support_random_next(&random_numbers));
		scene.input.secret = slice_of(secret);
		if (draw_compute(&scene.input, &draw, &err) != 0)
			fail_msg("%s", err.message);
		check_targets(&scene, &draw);
		check_orders(&scene, &draw);
		scene.input.threads = 3;
		assert_int_equal(draw_compute(&scene.input, &shared, &err), 0);
		check_targets(&scene, &shared);
		draw_release(&shared);
		draw_release(&draw);
		scene_release(&scene);
	}
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
	scene.strata[0].take = 2; /* more than take part */
	assert_int_equal(draw_compute(&scene.input, &draw, &err), ERR_REFUSED);
	scene.strata[0].take = 9007199254740991;
	assert_int_equal(draw_compute(&scene.input, &draw, &err), ERR_REFUSED);
	scene.strata[0].take = 1;
	scene.strata[0].class = S("B"); /* nothing covers A */
	assert_int_equal(draw_compute(&scene.input, &draw, &err), ERR_REFUSED);
	scene_release(&scene);
	/* a drum without anybody, and without anything */
	scene_rows(&scene, "", "", "");
	assert_int_equal(draw_compute(&scene.input, &draw, &err), 0);
	assert_true(draw.n_chosen == 0 && draw.n_drawn == 0 && draw.least == 0 && draw.limit == 0);
	draw_release(&draw);
	scene_release(&scene);
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
	    cmocka_unit_test(test_visit_dates),
	    cmocka_unit_test(test_drum_values),
	    cmocka_unit_test(test_strata_counts),
	    cmocka_unit_test(test_random_draws),
	    cmocka_unit_test(test_what_cannot_be_drawn),
	    cmocka_unit_test(test_why_unstaffed),
	    cmocka_unit_test(test_threads),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
