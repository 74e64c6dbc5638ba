/*
 * The odds (PROTOCOL 1 and 6), over fixed seeds: seed i = H("odds/" || i).
 *
 * With fixed seeds a run says the same every time: these tests do not fail now and then.  Had the protocol the odds
 * that it promises, then each test would have had the chance SIGNIFICANCE to fail on the seeds that were chosen, once.
 * Each is two-sided: results that are more even than chance makes them are no draw by lot either.
 *
 * What they would see: of T draws in which each of N is taken with the chance p, an odds-on of d for one of them adds
 * T d^2 / (p (1 - p)) to what chi-square is expected to be.  With T = 100000, p = 1/4 that is 53 for d = 1 %, which is
 * more than eight standard deviations of chi-square with 19 degrees of freedom (sqrt(38) = 6.2).
 */
#include "scene.h"

#include <math.h>
#include <stdio.h>

#include "core/draw/draw.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define UNDER_SANITIZER
#endif
#endif
#ifdef __SANITIZE_ADDRESS__
#define UNDER_SANITIZER
#endif

#ifdef UNDER_SANITIZER
#define SEEDS 10000
#else
#define SEEDS 100000
#endif
#define SEEDS_OF_TEAMS (SEEDS / 5)
#define SIGNIFICANCE 1e-4

/* ---- chi-square ---- */

/*
 * The chance that chi-square with `df` degrees of freedom is above x: the upper incomplete gamma function at df/2 and
 * x/2, which for whole and half numbers has a closed form (Abramowitz and Stegun 26.4.4, 26.4.5):
 *   even df: exp(-x/2) * sum over k < df/2 of (x/2)^k / k!
 *   odd df: erfc(sqrt(x/2)) + exp(-x/2) * sum over k < (df-1)/2 of (x/2)^(k+1/2) / Gamma(k+3/2)
 */
static double
chi_square_above(double x, int df)
{
	double half = x / 2, sum = 0, term;

	if (df % 2 == 0) {
		term = exp(-half);
		for (int k = 0; k < df / 2; k++) {
			sum += term;
			term *= half / (k + 1);
		}
		return sum;
	}
	term = exp(-half) * sqrt(half) / tgamma(1.5);
	for (int k = 0; k < (df - 1) / 2; k++) {
		sum += term;
		term *= half / (k + 1.5);
	}
	return erfc(sqrt(half)) + sum;
}

/* From the printed tables. */
static void
test_chi_square_itself(void **state)
{
	(void)state;
	assert_true(fabs(chi_square_above(3.841459, 1) - 0.05) < 1e-6);
	assert_true(fabs(chi_square_above(10.827566, 1) - 0.001) < 1e-8);
	assert_true(fabs(chi_square_above(11.070498, 5) - 0.05) < 1e-6);
	assert_true(fabs(chi_square_above(18.307038, 10) - 0.05) < 1e-6);
	assert_true(fabs(chi_square_above(43.820196, 19) - 0.001) < 1e-8);
	assert_true(fabs(chi_square_above(7.632730, 19) - 0.99) < 1e-6);
	assert_true(fabs(chi_square_above(31.410433, 20) - 0.05) < 1e-6);
}

static void
judge(const char *what, double x, int df)
{
	double above = chi_square_above(x, df);

	print_message("%-34s chi-square %7.2f, %2d degrees of freedom, p = %.4f\n", what, x, df, above);
	assert_true(above > SIGNIFICANCE / 2);
	assert_true(above < 1 - SIGNIFICANCE / 2);
}

/*
 * How often each of n was among the k that each draw took without replacement.
 *
 * In one draw the indicator of one has the variance p (1 - p), p = k/n, and since the indicators add up to k, which
 * does not vary, each two have the covariance -p (1 - p) / (n - 1).  The counts X of T independent draws thus have the
 * covariance matrix T p (1 - p) n/(n - 1) * (I - J/n), which is that number times a projection of rank n - 1.  So
 *   sum (X - T p)^2 / (T p (1 - p) n/(n - 1))
 * is, as T grows, chi-square with n - 1 degrees of freedom.  (Pearson's sum (X - T p)^2 / (T p), made for one pick a
 * draw, would be too small by the factor (1 - p) n/(n - 1): such a test would let too much pass.)
 */
static void
judge_sample(const char *what, const uint64_t *counts, size_t n, size_t k)
{
	double p = (double)k / (double)n, x = 0;

	for (size_t i = 0; i < n; i++)
		x += ((double)counts[i] - SEEDS * p) * ((double)counts[i] - SEEDS * p);
	judge(what, x / (SEEDS * p * (1 - p) * (double)n / (double)(n - 1)), (int)n - 1);
}

/* How often each of n results came, of `total` independent ones with these chances (NULL: alike): Pearson's test. */
static void
judge_results(const char *what, const uint64_t *counts, const double *chances, size_t n, double total)
{
	double x = 0, sum = 0;

	for (size_t i = 0; i < n; i++) {
		double expected = total * (chances == NULL ? 1 / (double)n : chances[i]);

		assert_true(expected >= 5); /* or its distribution is not chi-square yet */
		x += ((double)counts[i] - expected) * ((double)counts[i] - expected) / expected;
		sum += (double)counts[i];
	}
	assert_true(sum == total);
	judge(what, x, (int)n - 1);
}

/* ---- draws ---- */

/* The seed is the hash of its four parts joined, so that three of them may be empty. */
static void
draw_of(struct scene *scene, unsigned i, struct draw *draw)
{
	char text[32];
	struct err err = {0};

	(void)snprintf(text, sizeof text, "odds/%u", i);
	scene->input.secret = slice_of(text);
	scene->input.commit_hash = scene->input.beacon = scene->sealed.nonce = S("");
	if (draw_compute(&scene->input, draw, &err) != 0)
		fail_msg("%s", err.message);
}

static void
test_the_seeds(void **state)
{
	struct scene scene;
	struct draw draw;
	char right[HASH_HEX + 1];

	(void)state;
	scene_rows(&scene, "", "", "");
	draw_of(&scene, 12345, &draw);
	MODEL_HASH(right, "odds/12345");
	assert_string_equal(draw.seed, right);
	draw_release(&draw);
	scene_release(&scene);
}

#define PLAIN_TARGETS 20
#define PLAIN_TAKE 5
#define PLAIN_RESERVE 3
#define PLAIN_INSPECTORS 9
#define PLAIN_DRAWN 4
#define PLAIN_SLOTS 7
#define PLAIN_MATTERS 5
#define PLAIN_MATTERS_TAKE 2

struct plain_counts {
	uint64_t chosen[PLAIN_TARGETS], reserve[PLAIN_TARGETS];
	uint64_t drawn[PLAIN_INSPECTORS], seated[PLAIN_INSPECTORS];
	uint64_t slots[PLAIN_SLOTS], matters[PLAIN_MATTERS];
};

static void
count_plain(const struct draw *d, struct plain_counts *c)
{
	assert_true(d->n_chosen == PLAIN_TAKE && d->n_reserve == PLAIN_RESERVE && d->n_matters == PLAIN_MATTERS_TAKE);
	assert_true(d->n_admitted == PLAIN_TAKE && d->n_drawn == PLAIN_DRAWN);
	for (size_t i = 0; i < d->n_chosen; i++) {
		c->chosen[d->chosen[i].target]++;
		c->slots[slot_date(d->chosen[i].visit) - SCENE_DATE]++;
	}
	for (size_t i = 0; i < d->n_reserve; i++)
		c->reserve[d->reserve[i].target]++;
	for (size_t i = 0; i < d->n_drawn; i++)
		c->drawn[d->order[i]]++;
	c->seated[d->order[d->team[0]]]++;
	for (size_t i = 0; i < d->n_matters; i++)
		c->matters[d->matters[i]]++;
}

/* All alike: 5 of 20 targets, 3 in reserve, 4 of 9 inspectors, one seat, 7 slots, 2 of 5 matters. */
static void
test_plain(void **state)
{
	static const struct slice matters[PLAIN_MATTERS] = {S("a"), S("b"), S("c"), S("d"), S("e")};
	struct plain_counts c = {.chosen = {0}};
	struct scene scene;
	struct buf targets, inspectors;

	(void)state;
	buf_init(&targets, 4096);
	buf_init(&inspectors, 4096);
	for (int i = 0; i < PLAIN_TARGETS; i++)
		buf_format(&targets, "T%02d,,,,,1,2020-01-01,,in\n", i);
	for (int i = 0; i < PLAIN_INSPECTORS; i++)
		buf_format(&inspectors, "I%02d,,,,,in\n", i);
	buf_byte(&targets, '\0');
	buf_byte(&inspectors, '\0');
	scene_rows(&scene, targets.data, inspectors.data, "");
	scene_stratum(&scene, "*", PLAIN_TAKE);
	scene.commit.rules.reserve = PLAIN_RESERVE;
	scene.commit.rules.inspectors = PLAIN_DRAWN;
	scene.commit.rules.slack = 1;
	scene.sealed.n_slots = PLAIN_SLOTS;
	for (int i = 0; i < PLAIN_SLOTS; i++)
		scene.slots[i] = slot_of(SCENE_DATE + i, 540);
	memcpy(scene.matters, matters, sizeof matters);
	scene.sealed.n_matters = PLAIN_MATTERS;
	scene.sealed.take = PLAIN_MATTERS_TAKE;
	for (unsigned i = 0; i < SEEDS; i++) {
		struct draw draw;

		draw_of(&scene, i, &draw);
		count_plain(&draw, &c);
		draw_release(&draw);
	}
	judge_sample("targets chosen, 5 of 20", c.chosen, PLAIN_TARGETS, PLAIN_TAKE);
	judge_sample("targets in reserve, 3 of 20", c.reserve, PLAIN_TARGETS, PLAIN_RESERVE);
	judge_sample("inspectors drawn, 4 of 9", c.drawn, PLAIN_INSPECTORS, PLAIN_DRAWN);
	judge_sample("matters drawn, 2 of 5", c.matters, PLAIN_MATTERS, PLAIN_MATTERS_TAKE);
	/* one seat a draw is looked at, and the rules treat all inspectors alike: each has 1/9 */
	judge_results("who sits in the first team, of 9", c.seated, NULL, PLAIN_INSPECTORS, SEEDS);
	/* without spacing each chosen target has the slot of its own hash, so that these are independent */
	judge_results("slots of visits, of 7", c.slots, NULL, PLAIN_SLOTS, (double)SEEDS * PLAIN_TAKE);
	scene_release(&scene);
	buf_release(&targets);
	buf_release(&inspectors);
}

/* ---- weights ---- */

#define WEIGHTED 5
#define WEIGHTED_TAKE 3
#define ORDERS (5 * 4 * 3)

static const int weights[WEIGHTED] = {1, 2, 3, 5, 10};

/* Every order in which three of the five can come, with its chance: slips are drawn without replacement, so the next
 * target is one of those left with the chance of its weight among theirs. */
struct orders {
	int order[ORDERS][WEIGHTED_TAKE];
	double chance[ORDERS];
	size_t n;
	double inclusion[WEIGHTED];
};

static void
enumerate(struct orders *o, const int *so_far, int len, double chance)
{
	int left = 0;

	if (len == WEIGHTED_TAKE) {
		for (int i = 0; i < len; i++) {
			o->order[o->n][i] = so_far[i];
			o->inclusion[so_far[i]] += chance;
		}
		o->chance[o->n++] = chance;
		return;
	}
	for (int t = 0; t < WEIGHTED; t++)
		left += weights[t];
	for (int i = 0; i < len; i++)
		left -= weights[so_far[i]];
	for (int t = 0; t < WEIGHTED; t++) {
		int longer[WEIGHTED_TAKE];
		bool taken = false;

		for (int i = 0; i < len; i++) {
			longer[i] = so_far[i];
			taken |= so_far[i] == t;
		}
		longer[len] = t;
		if (!taken)
			enumerate(o, longer, len + 1, chance * weights[t] / left);
	}
}

static size_t
order_of(const struct orders *o, const struct draw *d)
{
	for (size_t i = 0; i < o->n; i++) {
		bool same = true;

		for (size_t k = 0; k < WEIGHTED_TAKE; k++)
			same &= (uint32_t)o->order[i][k] == d->chosen[k].target;
		if (same)
			return i;
	}
	fail_msg("an order that cannot be");
	return 0;
}

static void
test_weighted(void **state)
{
	struct orders o = {.n = 0};
	uint64_t came[ORDERS] = {0}, included[WEIGHTED] = {0};
	double sum = 0;
	struct scene scene;

	(void)state;
	enumerate(&o, NULL, 0, 1);
	assert_int_equal(o.n, ORDERS);
	for (size_t i = 0; i < ORDERS; i++)
		sum += o.chance[i];
	assert_true(fabs(sum - 1) < 1e-12);
	scene_rows(&scene,
	    "T0,,,,,1,2020-01-01,,in\nT1,,,,,2,2020-01-01,,in\nT2,,,,,3,2020-01-01,,in\n"
	    "T3,,,,,5,2020-01-01,,in\nT4,,,,,10,2020-01-01,,in\n",
	    "", "");
	scene_stratum(&scene, "*", WEIGHTED_TAKE);
	for (unsigned i = 0; i < SEEDS; i++) {
		struct draw draw;

		draw_of(&scene, i, &draw);
		assert_int_equal(draw.n_chosen, WEIGHTED_TAKE);
		came[order_of(&o, &draw)]++;
		for (size_t k = 0; k < WEIGHTED_TAKE; k++)
			included[draw.chosen[k].target]++;
		draw_release(&draw);
	}
	judge_results("weighted, orders of 3 of 5", came, o.chance, ORDERS, SEEDS);
	/*
	 * Each target's count is binomial, so its distance from what is expected, in standard deviations, is normal; of
	 * five such tests each is given a fifth of the significance.
	 */
	for (size_t t = 0; t < WEIGHTED; t++) {
		double p = o.inclusion[t], z = ((double)included[t] - SEEDS * p) / sqrt(SEEDS * p * (1 - p));

		print_message("weight %2d of 21: included %.5f, exactly %.5f, %+.2f deviations\n", weights[t],
		    (double)included[t] / SEEDS, p, z);
		assert_true(erfc(fabs(z) / sqrt(2)) > SIGNIFICANCE / WEIGHTED);
	}
	scene_release(&scene);
}

/* ---- teams ---- */

static void
check_teams(const struct scene *scene, const struct draw *d)
{
	const struct rules *rules = &scene->commit.rules;
	uint64_t load[16] = {0};

	for (size_t i = 0; i < d->n_chosen; i++)
		for (size_t s = 0; s < d->seats; s++) {
			uint32_t place = d->team[i * d->seats + s];

			if (!d->chosen[i].admitted) {
				assert_int_equal(place, ASSIGN_NOBODY);
				continue;
			}
			assert_true(place < d->n_drawn);
			assert_true(inspector_is_in(&scene->roster.inspectors[d->order[place]]));
			assert_true(model_lawful(scene, d->chosen[i].target, d->order[place]));
			assert_true(model_fits(scene, d->chosen[i].target, d->order[place], s));
			for (size_t k = 0; k < s; k++)
				assert_int_not_equal(place, d->team[i * d->seats + k]);
			load[place]++;
		}
	for (size_t i = 0; i < d->n_in; i++) {
		assert_int_equal(d->load[i], load[i]);
		assert_true(load[i] <= d->limit);
	}
	assert_true(d->limit <= rules->max_load && d->least <= d->limit);
	if (d->n_admitted > 0)
		assert_int_equal(d->limit,
		    d->least + rules->slack < rules->max_load ? d->least + rules->slack : rules->max_load);
}

/* All rules at once, over a roster that leaves some targets unstaffed and moves k' above k. */
static void
test_no_team_breaks_a_rule(void **state)
{
	struct scene scene;
	size_t teams = 0, unstaffed = 0, more_drawn = 0;

	(void)state;
	scene_rows(&scene,
	    "T0,A,u,x,2,,1,2020-01-01,,,in\nT1,A,v,y,3,fire,4,2020-01-01,,,due\nT2,A,w,x,1,,1,2020-01-01,,,in\n"
	    "T3,A,u,y,4,fire,1,2020-01-01,,,carried\nT4,A,v,x,3,,2,2020-01-01,,,in\n"
	    "T5,A,w,z,2,lead,1,2020-01-01,,,in\n"
	    "T6,B,u,z,5,fire,1,2020-01-01,,,in\nT7,B,v,x,1,,9,2020-01-01,,,in\nT8,B,,y,1,,1,2020-01-01,,,in\n"
	    "T9,B,w,y,3,,1,2020-01-01,,,in\n",
	    "I0,u,a,4,lead,in\nI1,v,b,5,fire;lead,in\nI2,w,x,3,lead,in\nI3,u,y,6,fire,in\nI4,x,a,5,lead,excused\n"
	    "I5,x,b,4,,in\nI6,v,a,5,,in\nI7,w,b,9,lead,in\nI8,y,c,,,in\nI9,y,c,2,,in\n",
	    "I1,area,x,declared\nI3,target,T6,rotation\nI5,unit,v,declared\nI7,target,T0,declared\n");
	scene_stratum(&scene, "A", 3);
	scene_stratum(&scene, "B", 2);
	scene.commit.rules.avoid_unit = scene.commit.rules.avoid_area = true;
	scene.commit.rules.has_level_gap = true;
	scene.commit.rules.level_gap = 1;
	scene.commit.rules.inspectors = 4;
	scene.commit.rules.max_load = 3;
	scene.commit.rules.slack = 1;
	scene.commit.rules.team[0] = S("lead");
	scene.commit.rules.team[1] = S("own");
	scene.commit.rules.seats = 2;
	for (unsigned i = 0; i < SEEDS_OF_TEAMS; i++) {
		struct draw draw;

		draw_of(&scene, i, &draw);
		check_teams(&scene, &draw);
		teams += draw.n_admitted;
		unstaffed += draw.n_chosen - draw.n_admitted;
		more_drawn += draw.n_drawn > 4;
		draw_release(&draw);
	}
	print_message("%zu teams, %zu targets unstaffed, more than k inspectors drawn %zu times\n", teams, unstaffed,
	    more_drawn);
	assert_true(teams > SEEDS_OF_TEAMS && unstaffed > 100 && more_drawn > 100); /* else the rules did not bite */
	scene_release(&scene);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_chi_square_itself),
	    cmocka_unit_test(test_the_seeds),
	    cmocka_unit_test(test_plain),
	    cmocka_unit_test(test_weighted),
	    cmocka_unit_test(test_no_team_breaks_a_rule),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
