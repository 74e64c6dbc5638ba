/*
 * The odds that the program says (core/draw/inclusion.h, core/draw/odds.h), against exact enumeration and against draws.
 *
 * SPOTCHECK_CONFIGURATIONS random configurations (6; `make odds`: 100) are each held against draws with other seeds
 * than those that were counted.  Each of their many figures is tested at a level of SIGNIFICANCE / how many there are
 * (Bonferroni), so a right program fails here once in a million runs, whatever the seed.
 */
#include "scene.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/draw/inclusion.h"
#include "core/draw/odds.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define UNDER_SANITIZER
#endif
#endif
#ifdef __SANITIZE_ADDRESS__
#define UNDER_SANITIZER
#endif

#ifdef UNDER_SANITIZER
#define DRAWS 500
#else
#define DRAWS 10000
#endif
#define SIGNIFICANCE 1e-6
#define TARGETS_MAX 40
#define INSPECTORS_MAX 12

/* ---- inclusion against enumeration ---- */

/* The chance that `target` is among the next `left` that are drawn, one after the other, of those not in `gone`. */
static double
enumerate(const unsigned *weights, size_t n, size_t target, unsigned gone, uint64_t left)
{
	double all = 0, chance = 0;

	if (left == 0)
		return 0;
	for (size_t i = 0; i < n; i++)
		all += (gone >> i & 1) != 0 ? 0 : weights[i];
	for (size_t i = 0; i < n; i++) {
		double next = (double)weights[i] / all;

		if ((gone >> i & 1) == 0)
			chance += i == target ? next : next * enumerate(weights, n, target, gone | 1U << i, left - 1);
	}
	return chance;
}

static size_t
groups_of(const unsigned *weights, size_t n, struct inclusion_group *groups)
{
	size_t n_groups = 0;

	for (size_t i = 0; i < n; i++) {
		size_t g = 0;

		while (g < n_groups && groups[g].weight != weights[i])
			g++;
		if (g == n_groups)
			groups[n_groups++] = (struct inclusion_group){.weight = weights[i]};
		groups[g].n++;
	}
	return n_groups;
}

static void
test_inclusion_enumerated(void **state)
{
	struct support_random random;
	double worst = 0;

	(void)state;
	support_random_begin(&random);
	for (int round = 0; round < 300; round++) {
		size_t n = 1 + support_random_below(&random, 7), n_groups;
		uint64_t take = support_random_below(&random, n + 1);
		struct inclusion_group groups[7];
		unsigned weights[7];

		for (size_t i = 0; i < n; i++)
			weights[i] = 1 + (unsigned)support_random_below(&random, round % 2 == 0 ? 3 : WEIGHT_MAX);
		n_groups = groups_of(weights, n, groups);
		inclusion_chances(groups, n_groups, take);
		for (size_t i = 0; i < n; i++)
			for (size_t g = 0; g < n_groups; g++)
				if (groups[g].weight == weights[i])
					worst = fmax(worst, fabs(groups[g].chance - enumerate(weights, n, i, 0, take)));
	}
	print_message("farthest from enumeration: %.1e\n", worst);
	assert_true(worst < 1e-11);
}

/* Too many to enumerate: the chances add up to what is taken, and more slips are a greater chance. */
static void
test_inclusion_of_many(void **state)
{
	static const uint64_t takes[] = {1, 2, 999, 50000, 9999999, 10000098};

	(void)state;
	for (size_t i = 0; i < sizeof takes / sizeof takes[0]; i++) {
		struct inclusion_group groups[WEIGHT_MAX];
		double sum = 0;

		for (unsigned w = 1; w <= WEIGHT_MAX; w++)
			groups[w - 1] = (struct inclusion_group){.weight = w, .n = w == 1 ? 10000000 : 1};
		inclusion_chances(groups, WEIGHT_MAX, takes[i]);
		for (size_t g = 0; g < WEIGHT_MAX; g++) {
			sum += (double)groups[g].n * groups[g].chance;
			assert_true(g == 0 || groups[g].chance >= groups[g - 1].chance - 1e-11);
		}
		assert_true(fabs(sum / (double)takes[i] - 1) < 1e-9);
	}
}

/* PROTOCOL 6: carried and due ones come first, together; rest and excused ones not at all; each stratum by itself. */
static void
test_parts_of_a_stratum(void **state)
{
	static const double right[] = {0.5, 0.5, 0, 1, 1.0 / 3, 2.0 / 3, 0};
	struct stratum_odds strata[2];
	struct scene scene;

	(void)state;
	scene_rows(&scene,
	    "T0,A,,,,1,2020-01-01,,due\nT1,A,,,,1,2020-01-01,,carried\nT2,A,,,,5,2020-01-01,,in\n"
	    "T3,B,,,,7,2020-01-01,,due\nT4,B,,,,1,2020-01-01,,in\nT5,B,,,,2,2020-01-01,,in\n"
	    "T6,B,,,,9,2020-01-01,,excused\n",
	    "", "");
	scene_stratum(&scene, "A", 1);
	scene_stratum(&scene, "*", 2);
	inclusion_strata(&scene.commit, &scene.sealed, &scene.roster, strata);
	for (size_t i = 0; i < sizeof right / sizeof right[0]; i++)
		assert_true(fabs(inclusion_target(&scene.commit, strata, &scene.roster.targets[i]) - right[i]) < 1e-11);
	scene_release(&scene);
}

/* ---- the odds of small rosters ---- */

static void
odds_of(const struct scene *scene, const char *seed, uint64_t trials, size_t cells, struct odds *odds)
{
	const struct odds_input input = {.commit = &scene->commit,
	    .roster = &scene->roster,
	    .sealed = &scene->sealed,
	    .seed = slice_of(seed),
	    .trials = trials,
	    .cells = cells};
	struct err err = {0};

	if (odds_compute(&input, odds, &err) != 0)
		fail_msg("%s", err.message);
}

#define FOUR "T0,,u,,,1,2020-01-01,,in\nT1,,u,,,1,2020-01-01,,in\nT2,,v,,,1,2020-01-01,,in\nT3,,w,,,2,2020-01-01,,in\n"
#define THREE "I0,u,,,,in\nI1,v,,,,in\nI2,,,,lead,in\nI3,,,,,excused\n"

static void
test_plain(void **state)
{
	struct odds_summary s;
	struct scene scene;
	struct odds odds;
	double error;

	(void)state;
	scene_rows(&scene, FOUR, THREE, "");
	scene_stratum(&scene, "*", 2);
	odds_of(&scene, "", 0, 0, &odds);
	assert_true(odds.plain && odds.trials == 0 && odds.n_in == 3);
	assert_true(fabs(odds_pair(&odds, 3, 1).p - odds.targets[3].chosen / 3) < 1e-12);
	assert_true(odds_pair(&odds, 3, 1).low == odds_pair(&odds, 3, 1).high);
	assert_true(fabs(odds_load(&odds, 0, &error) - 2.0 / 3) < 1e-12 && error == 0);
	s = odds_summary(&odds);
	assert_int_equal(s.target, 3);
	assert_true(fabs(s.visitor_mean - 1.0 / 3) < 1e-12 && fabs(s.staffed - 2) < 1e-9);
	odds_release(&odds);
	/* whoever is drawn of the inspectors, and with what limit, all are still alike */
	scene.commit.rules.inspectors = 1;
	scene.commit.rules.max_load = 1;
	odds_of(&scene, "", 0, 0, &odds);
	assert_true(odds.plain);
	odds_release(&odds);
	scene.sealed.strata[0].take = 4; /* more visits than three inspectors may make */
	odds_of(&scene, "", 100, 0, &odds);
	assert_true(!odds.plain && odds.trials == 100);
	assert_true(fabs(odds_summary(&odds).staffed - 3) < 0.1);
	odds_release(&odds);
	scene_release(&scene);
}

static void
test_nobody_can_go(void **state)
{
	struct scene scene;
	struct odds odds;

	(void)state;
	scene_rows(&scene, FOUR, THREE, "I1,target,T3,declared\n");
	scene_stratum(&scene, "*", 3);
	scene.commit.rules.avoid_unit = true; /* I2 has none, and may go nowhere */
	odds_of(&scene, "", 0, 0, &odds);
	assert_true(!odds.plain && odds.trials == ODDS_TRIALS);
	assert_true(odds.targets[0].visitable && odds.targets[2].visitable && odds.targets[3].visitable);
	assert_true(odds.inspectors[0].useful && odds.inspectors[1].useful && !odds.inspectors[2].useful);
	assert_true(odds_pair(&odds, 0, 0).high < 0.01 && odds_given(&odds, 0, 1).low > 0.99);
	odds_release(&odds);
	scene.commit.rules.seats = 2;
	scene.commit.rules.team[1] = S("any");
	odds_of(&scene, "", 100, 0, &odds);
	for (size_t t = 0; t < 4; t++)
		assert_true(!odds.targets[t].visitable && odds_staffed(&odds, t).high == 0);
	assert_int_equal(odds_summary(&odds).target, ODDS_NONE);
	odds_release(&odds);
	scene.commit.rules.avoid_unit = false; /* a lead and another one: T3 has just one team */
	scene.commit.rules.team[0] = S("lead");
	odds_of(&scene, "", 100, 0, &odds);
	assert_true(odds.targets[3].visitable && odds_given(&odds, 3, 0).p == 1 && odds_given(&odds, 3, 2).p == 1);
	odds_release(&odds);
	scene_release(&scene);
}

/* Of a target that no draw chose nothing is known: it is no empty place.  Each visit is in one slot. */
static void
test_few_draws(void **state)
{
	struct odds_summary s;
	struct scene scene;
	struct odds odds;
	double share = 0, error;
	size_t unseen = 0;

	(void)state;
	scene_rows(&scene, FOUR, THREE, "I1,target,T3,declared\n");
	scene_stratum(&scene, "*", 1);
	odds_of(&scene, "", 2, 0, &odds);
	s = odds_summary(&odds);
	assert_true(!odds.plain && s.staffed == 1 && s.unseen >= 2);
	for (size_t t = 0; t < 4; t++) {
		unseen += odds_came(&odds, t) == 0;
		assert_true(odds_came(&odds, t) > 0 || odds_staffed(&odds, t).high == odds.targets[t].chosen);
	}
	assert_int_equal(unseen, s.unseen);
	assert_int_equal(odds.visits.visits, 2);
	for (size_t i = 0; i < odds.visits.n_slots; i++)
		share += odds_visits_share(&odds.visits, i, &error);
	assert_true(fabs(share - 1) < 1e-12 && error <= 1);
	odds_release(&odds);
	scene_release(&scene);
}

/* Two posts of one unit start at one slot; where spacing and leave are off, all are kept and together. */
static void
test_units_together(void **state)
{
	struct scene scene;
	struct odds odds;

	(void)state;
	scene_rows(&scene, FOUR, THREE, "I1,target,T3,declared\n");
	scene_stratum(&scene, "*", 4);
	scene.commit.rules.same_unit = true;
	odds_of(&scene, "", 200, 0, &odds);
	assert_int_equal(odds.visits.visits, 800);
	assert_int_equal(odds.visits.unkept, 0);
	assert_true(odds.visits.units == 200 && odds.visits.together == 200);
	assert_true(odds.visits.company[0] == 200 && odds.visits.company[1] == 200 && odds.visits.company[2] == 0);
	odds_release(&odds);
	scene_release(&scene);
}

/* A seat `own`: who has not what the target needs has no chance there; who is away is not among the inspectors. */
static void
test_own_seats(void **state)
{
	struct scene scene;
	struct odds odds;

	(void)state;
	scene_rows(&scene,
	    "T0,,,,,,1,2020-01-01,,,in\nT1,,,,,fire,1,2020-01-01,,,in\nT2,,,,,lead,1,2020-01-01,,,in\n"
	    "T3,,,,,gas,1,2020-01-01,,,in\n",
	    "I0,,,,fire,in\nI1,,,,fire;lead,in\nI2,,,,,in\nI3,,,,gas,away\n", "");
	scene_stratum(&scene, "*", 4);
	scene.commit.rules.team[0] = S("own");
	odds_of(&scene, "", 200, 0, &odds);
	assert_true(!odds.plain && odds.n_in == 3);
	assert_true(odds.targets[0].visitable && odds.targets[1].visitable && odds.targets[2].visitable);
	assert_false(odds.targets[3].visitable); /* who has the tag is away */
	assert_true(odds.inspectors[0].useful && odds.inspectors[1].useful && odds.inspectors[2].useful);
	assert_true(odds_given(&odds, 1, 2).p == 0 && odds_given(&odds, 2, 0).p == 0 && odds_given(&odds, 2, 2).p == 0);
	assert_true(odds_given(&odds, 2, 1).p == 1 && odds_given(&odds, 0, 2).p > 0);
	odds_release(&odds);
	/* with a second seat for anybody, two together must fill both */
	scene.commit.rules.team[1] = S("any");
	scene.commit.rules.seats = 2;
	odds_of(&scene, "", 200, 0, &odds);
	assert_true(odds.targets[2].visitable && odds_given(&odds, 2, 1).p == 1 && odds_given(&odds, 2, 2).p > 0);
	odds_release(&odds);
	scene_release(&scene);
}

/* Where no target needs anything a seat `own` is one for anybody. */
static void
test_own_seats_without_needs(void **state)
{
	struct scene scene;
	struct odds odds;

	(void)state;
	scene_rows(&scene, FOUR, THREE, "");
	scene_stratum(&scene, "*", 2);
	scene.commit.rules.team[0] = S("own");
	odds_of(&scene, "", 100, 0, &odds);
	for (size_t t = 0; t < 4; t++)
		assert_true(odds.targets[t].visitable);
	assert_true(fabs(odds_summary(&odds).staffed - 2) < 1e-9);
	odds_release(&odds);
	scene_release(&scene);
}

/* The same text gives the same figures; what there is no room for is said. */
static void
test_seeds_and_room(void **state)
{
	struct odds odds, again, other, small;
	struct scene scene;

	(void)state;
	scene_rows(&scene, FOUR, THREE, "I1,target,T3,declared\n");
	scene_stratum(&scene, "*", 2);
	odds_of(&scene, "a", 500, 0, &odds);
	odds_of(&scene, "a", 500, 0, &again);
	odds_of(&scene, "b", 500, 0, &other);
	odds_of(&scene, "a", 500, 7, &small);
	assert_memory_equal(odds.pairs, again.pairs, odds.rows * odds.n_in * 2 * sizeof *odds.pairs);
	assert_memory_not_equal(odds.pairs, other.pairs, odds.rows * odds.n_in * 2 * sizeof *odds.pairs);
	assert_true(odds.rows == 4 && odds.left_out == 0 && small.rows == 2 && small.left_out == 2);
	assert_true(small.left_out_most == odds.targets[1].chosen);
	assert_true(odds_pair(&small, 3, 0).p == odds_pair(&odds, 3, 0).p); /* the likeliest target is kept */
	assert_true(odds_pair(&small, 2, 0).low == 0 && odds_pair(&small, 2, 0).high == odds.targets[2].chosen);
	odds_release(&odds);
	odds_release(&again);
	odds_release(&other);
	odds_release(&small);
	scene_release(&scene);
}

/*
 * Inspectors who are alike but for chance, counted in few draws: the most frequent visitor leans high, a guess does
 * not.
 */
static void
test_guesses_are_tried(void **state)
{
	struct scene scene;
	struct odds odds;
	struct buf targets, inspectors;
	double greatest = 0;

	(void)state;
	buf_init(&targets, 4096);
	buf_init(&inspectors, 4096);
	for (int i = 0; i < 20; i++)
		buf_format(&targets, "T%02d,,u,,,1,2020-01-01,,in\n", i);
	for (int i = 0; i < 13; i++)
		buf_format(&inspectors, "I%02d,%s,,,,in\n", i, i == 12 ? "u" : "v"); /* the last may go nowhere */
	buf_byte(&targets, '\0');
	buf_byte(&inspectors, '\0');
	scene_rows(&scene, targets.data, inspectors.data, "");
	buf_release(&targets);
	buf_release(&inspectors);
	scene_stratum(&scene, "*", 20);
	scene.commit.rules.avoid_unit = true;
	odds_of(&scene, "few", 101, 0, &odds);
	assert_true(!odds.plain && odds.targets[0].came[0] == 51 && odds.targets[0].came[1] == 50);
	for (size_t t = 0; t < 20; t++)
		greatest += odds_given(&odds, t, odds.targets[t].best).p / 20;
	print_message("one of 12, in 101 draws: the most frequent one %.3f, guessed %.3f\n", greatest,
	    odds_summary(&odds).visitor_mean);
	assert_true(greatest > 0.12 && fabs(odds_summary(&odds).visitor_mean - 1.0 / 12) < 0.02);
	odds_release(&odds);
	scene_release(&scene);
}

/* By hand: 0 of n is at most z^2 / (n + z^2), and half of n is 1/2 -+ z / (2 sqrt(n + z^2)). */
static void
test_intervals(void **state)
{
	struct chance none = odds_counted(0, 10), half = odds_counted(50, 100), all = odds_counted(10, 10);

	(void)state;
	assert_true(none.p == 0 && none.low == 0 && fabs(none.high - 0.398854) < 1e-6);
	assert_true(all.p == 1 && all.high == 1 && fabs(all.low - 0.601146) < 1e-6);
	assert_true(half.p == 0.5 && fabs(half.low - 0.375280) < 1e-6 && fabs(half.high - 0.624720) < 1e-6);
	assert_true(odds_counted(0, 0).low == 0 && odds_counted(0, 0).high == 1);
}

/* ---- random configurations against draws ---- */

struct rows {
	struct buf targets, inspectors, conflicts;
};

static const char *
one_of(struct support_random *random, const char *const *v, size_t n)
{
	return v[support_random_below(random, n)];
}

static void
make_rows(struct support_random *random, bool ruled, struct rows *rows)
{
	static const char *const classes[] = {"A", "B", ""}, *const units[] = {"u", "v", "w"},
	                         *const areas[] = {"x", "y"};
	static const char *const drums[] = {"in", "in", "in", "in", "due", "carried", "rest", "excused"};
	static const char *const needs[] = {"", "", "fire", "lead"}, *const states[] = {"excused", "away"};
	static const char *const tags[] = {"", "fire", "lead", "lead", "fire;lead"};
	size_t n_targets = 5 + support_random_below(random, TARGETS_MAX - 4);
	size_t n_inspectors = 3 + support_random_below(random, INSPECTORS_MAX - 2);
	bool weighted = support_random_below(random, 3) > 0;

	buf_init(&rows->targets, 1 << 16);
	buf_init(&rows->inspectors, 1 << 16);
	buf_init(&rows->conflicts, 1 << 16);
	for (size_t i = 0; i < n_targets; i++)
		buf_format(&rows->targets, "T%02zu,%s,%s,%s,%d,%s,%d,2020-01-01,,,%s\n", i, one_of(random, classes, 3),
		    one_of(random, units, 3), one_of(random, areas, 2), (int)support_random_below(random, 4),
		    ruled ? one_of(random, needs, 4) : "",
		    weighted ? 1 + (int)support_random_below(random, 1 + support_random_below(random, 9)) : 1,
		    one_of(random, drums, 8));
	for (size_t i = 0; i < n_inspectors; i++) {
		buf_format(&rows->inspectors, "I%02zu,%s,%s,%d,%s,%s\n", i, one_of(random, units, 3),
		    one_of(random, areas, 2), 2 + (int)support_random_below(random, 4), one_of(random, tags, 5),
		    support_random_below(random, 9) == 0 ? one_of(random, states, 2) : "in");
		if (ruled && support_random_below(random, 3) == 0)
			buf_format(&rows->conflicts, "I%02zu,target,T%02d,declared\n", i,
			    (int)support_random_below(random, n_targets));
	}
	buf_byte(&rows->targets, '\0');
	buf_byte(&rows->inspectors, '\0');
	buf_byte(&rows->conflicts, '\0');
}

/* Every third one is plain. */
static void
make_configuration(struct support_random *random, unsigned number, struct scene *scene)
{
	static const struct slice requirements[] = {S("any"), S("any"), S("own"), S("lead")};
	bool ruled = number % 3 != 0;
	struct rules *rules = &scene->commit.rules;
	struct rows rows;

	make_rows(random, ruled, &rows);
	scene_rows(scene, rows.targets.data, rows.inspectors.data, rows.conflicts.data);
	buf_release(&rows.targets);
	buf_release(&rows.inspectors);
	buf_release(&rows.conflicts);
	scene_stratum(scene, "A", support_random_below(random, 6));
	scene_stratum(scene, "*", 1 + support_random_below(random, 6));
	rules->seats = 1 + support_random_below(random, 2);
	rules->slack = support_random_below(random, 3);
	rules->inspectors = support_random_below(random, 5);
	rules->reserve = support_random_below(random, 2);
	for (size_t s = 0; s < rules->seats; s++)
		rules->team[s] = ruled ? requirements[support_random_below(random, 4)] : S("any");
	if (!ruled)
		return;
	rules->avoid_unit = support_random_below(random, 2) == 0;
	rules->avoid_area = support_random_below(random, 4) == 0;
	rules->has_level_gap = support_random_below(random, 2) == 0;
	rules->level_gap = (int64_t)support_random_below(random, 3) - 1;
	rules->max_load = support_random_below(random, 4);
}

/* What other draws than those that the odds were counted in came to. */
struct seen {
	uint64_t came[TARGETS_MAX], staffed[TARGETS_MAX], pairs[TARGETS_MAX][INSPECTORS_MAX], seats[INSPECTORS_MAX];
};

static void
draw_anew(struct scene *scene, unsigned number, struct seen *seen)
{
	char text[48];
	struct err err = {0};

	*seen = (struct seen){.came = {0}};
	scene->input.commit_hash = scene->input.beacon = scene->sealed.nonce = S("");
	for (unsigned i = 0; i < DRAWS; i++) {
		struct draw d;

		(void)snprintf(text, sizeof text, "held against/%u/%u", number, i);
		scene->input.secret = slice_of(text);
		if (draw_compute(&scene->input, &d, &err) != 0)
			fail_msg("%s", err.message);
		for (size_t c = 0; c < d.n_chosen; c++) {
			seen->came[d.chosen[c].target]++;
			seen->staffed[d.chosen[c].target] += d.chosen[c].admitted;
			for (size_t s = 0; s < d.seats && d.chosen[c].admitted; s++) {
				seen->pairs[d.chosen[c].target][d.order[d.team[c * d.seats + s]]]++;
				seen->seats[d.order[d.team[c * d.seats + s]]]++;
			}
		}
		draw_release(&d);
	}
}

struct verdicts {
	size_t n;       /* comparisons */
	size_t outside; /* of the counted ones: farther apart than the two intervals together allow */
	size_t counted;
	double least; /* the least p-value */
};

/* How unlikely it is that a binomial count of n with the chance p is this far out on its side, doubled. */
static double
p_value(double k, double n, double p)
{
	bool above = k > n * p;
	double tail = 0;

	if (p <= 0 || p >= 1)
		return k == n * p ? 1 : 0;
	for (uint64_t step = 0; step <= (uint64_t)n; step++) {
		double i = above ? k + (double)step : k - (double)step, term;

		if (i < 0 || i > n)
			break;
		term = exp(lgamma(n + 1) - lgamma(i + 1) - lgamma(n - i + 1) + i * log(p) + (n - i) * log1p(-p));

		tail += term;
		if (term < tail * 1e-12)
			break;
	}
	return fmin(2 * tail, 1);
}

static void
hold_exact(struct verdicts *v, double p, uint64_t count, uint64_t n)
{
	v->n++;
	/* rounding may leave a certain or impossible one 1e-12 off */
	v->least = fmin(v->least, p_value((double)count, (double)n, p < 1e-10 ? 0 : p > 1 - 1e-10 ? 1 : p));
}

/*
 * Two counts of the same chance: given their sum, one of them is at most as spread as a binomial count of that sum.
 * Where most say yes it is the noes that are held against each other.
 */
static void
hold_counts(struct verdicts *v, uint64_t a, uint64_t of_a, uint64_t b, uint64_t of_b)
{
	struct chance x = odds_counted(a, of_a), y = odds_counted(b, of_b);
	double apart = fabs(x.p - y.p);

	if (of_a == 0 || of_b == 0)
		return;
	if (2 * (a + b) > of_a + of_b) {
		a = of_a - a;
		b = of_b - b;
	}
	v->n++;
	v->counted++;
	v->outside += apart > hypot((x.high - x.low) / 2, (y.high - y.low) / 2);
	v->least = fmin(v->least, p_value((double)a, (double)(a + b), (double)of_a / (double)(of_a + of_b)));
}

static void
hold_pair(struct verdicts *v, const struct odds *odds, size_t t, size_t p, const struct seen *seen)
{
	const struct odds_target *target = &odds->targets[t];
	uint64_t came = (uint64_t)target->came[0] + target->came[1],
	         count = seen->pairs[t][odds->inspectors[p].inspector];

	if (odds->plain || !target->visitable)
		hold_exact(v, odds_pair(odds, t, p).p, count, DRAWS);
	else
		hold_counts(v, (uint64_t)llround(odds_given(odds, t, p).p * (double)came), came, count, seen->came[t]);
}

/*
 * Sums of independent loads of 0 to `most`, whose variances are at most `most` times their means: by Bernstein's
 * inequality.
 */
static void
hold_load(struct verdicts *v, const struct odds *odds, size_t p, const struct seen *seen)
{
	double error, sum = odds_load(odds, p, &error) * DRAWS,
	              other = (double)seen->seats[odds->inspectors[p].inspector];
	double most = odds->to_choose, apart = fabs(sum - other), variance = most * (odds->plain ? sum : sum + other);

	v->n++;
	if (apart > 1e-6)
		v->least = fmin(v->least, 2 * exp(-apart * apart / 2 / (variance + most * apart / 3)));
}

static void
hold(struct scene *scene, unsigned number, struct verdicts *v, size_t *plain)
{
	struct odds odds;
	struct seen seen;

	odds_of(scene, "stated", DRAWS, 0, &odds);
	draw_anew(scene, number, &seen);
	*plain += odds.plain;
	for (size_t t = 0; t < odds.n_targets; t++) {
		const struct odds_target *target = &odds.targets[t];
		uint64_t came = (uint64_t)target->came[0] + target->came[1];

		hold_exact(v, target->chosen, seen.came[t], DRAWS);
		if (odds.plain || !target->visitable)
			hold_exact(v, odds_staffed(&odds, t).p, seen.staffed[t], DRAWS);
		else
			hold_counts(v, target->staffed, came, seen.staffed[t], seen.came[t]);
		for (size_t p = 0; p < odds.n_in; p++)
			hold_pair(v, &odds, t, p, &seen);
	}
	for (size_t p = 0; p < odds.n_in; p++)
		hold_load(v, &odds, p, &seen);
	odds_release(&odds);
}

static void
test_configurations(void **state)
{
	const char *said = getenv("SPOTCHECK_CONFIGURATIONS");
	unsigned n = said != NULL ? (unsigned)strtoul(said, NULL, 10) : 6;
	struct verdicts v = {.least = 1};
	struct support_random random;
	size_t plain = 0;

	(void)state;
	support_random_begin(&random);
	for (unsigned i = 0; i < n; i++) {
		struct scene scene;

		make_configuration(&random, i, &scene);
		hold(&scene, i, &v, &plain);
		scene_release(&scene);
	}
	print_message(
	    "%u configurations, %zu of them plain, against %d draws each: %zu figures, the least p-value %.1e "
	    "(allowed: %.1e); %zu of %zu counted ones are outside of the 99 %% intervals, %.2f %%\n",
	    n, plain, DRAWS, v.n, v.least, SIGNIFICANCE / (double)v.n, v.outside, v.counted,
	    v.counted > 0 ? 100 * (double)v.outside / (double)v.counted : 0);
	assert_true(v.least > SIGNIFICANCE / (double)v.n);
	/* figures of one configuration hang together, so that more than one in a hundred may be outside */
	assert_true(v.outside <= 20 + 3 * v.counted / 100);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_inclusion_enumerated),
	    cmocka_unit_test(test_inclusion_of_many),
	    cmocka_unit_test(test_parts_of_a_stratum),
	    cmocka_unit_test(test_plain),
	    cmocka_unit_test(test_nobody_can_go),
	    cmocka_unit_test(test_few_draws),
	    cmocka_unit_test(test_units_together),
	    cmocka_unit_test(test_own_seats),
	    cmocka_unit_test(test_own_seats_without_needs),
	    cmocka_unit_test(test_seeds_and_room),
	    cmocka_unit_test(test_guesses_are_tried),
	    cmocka_unit_test(test_intervals),
	    cmocka_unit_test(test_configurations),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
