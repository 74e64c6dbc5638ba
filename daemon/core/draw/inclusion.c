/* Inclusion probabilities: each target's chance to be among the first `take` tickets of its stratum. */
#include "core/draw/inclusion.h"

#include <math.h>

/*
 * Where all weights are equal, each of n targets has the chance k/n of being among the first k.  Otherwise:
 *
 * The ticket of a target of weight w is the least of w slips.  A slip is practically uniform on (0, 1), so the ticket
 * is above x with the chance (1 - x)^w.  With the time t = -ln(1 - x), which keeps the order, this chance is exp(-w t):
 * each target arrives at an exponential time of rate w, independently of the others.  (This is also successive
 * sampling: of those that have not arrived, the next one is i with the chance w_i / (the sum of their weights), as if
 * slips were drawn without replacement.)  Target i is among the first k if fewer than k others arrive before it:
 *
 *	P(i) = integral over t of w_i exp(-w_i t) P(N_i(t) < k).
 *
 * N_i(t) is how many of the others have arrived by t.  It is a sum of independent variables, 1 with the chance
 * 1 - exp(-w_j t) and else 0.
 *
 * P(N_i < k) comes from N_i's characteristic function, the product of exp(-w t) + (1 - exp(-w t)) exp(i theta) over the
 * others, inverted at M angles.  That gives the distribution modulo M.  This is enough where M covers all likely
 * values: by Bernstein's inequality N is within 9 s + 25 of its mean except with the chance 1e-16, where s is its
 * standard deviation.  Targets of one weight share one factor, raised to their number.  Leaving one of them out is a
 * division by it; M is odd, so no factor is 0.  The product shrinks with the angle, so a few dozen angles suffice for
 * any number of targets.
 *
 * The integral is taken over ln t, from where P(N_i < k) is still 1 to where it is 0 (both within 1e-12), by the
 * Gauss-Legendre rule of eight points on each of 64 pieces.
 */

#define PI 3.14159265358979323846
#define PIECES 64
#define POINTS 8
#define NEGLIGIBLE 1e-12
#define LN_T_LEAST (-100.0) /* nobody has arrived by then, even of 2^24 targets of weight 100 */
#define LN_T_MOST 10.0      /* all have arrived by then */
#define HALVINGS 60

/* The chance that a target of this weight has arrived by t. */
static double
arrival_chance(unsigned weight, double t)
{
	return -expm1(-(double)weight * t);
}

struct moment {
	double t, mean, deviation;
};

static struct moment
moment_at(const struct inclusion_group *groups, size_t n_groups, double t)
{
	struct moment m = {t, 0, 0};

	for (size_t g = 0; g < n_groups; g++) {
		double arrived = arrival_chance(groups[g].weight, t), n = (double)groups[g].n;

		m.mean += n * arrived;
		m.deviation += n * arrived * (1 - arrived);
	}
	m.deviation = sqrt(m.deviation);
	return m;
}

/* The factor of one target at an angle: the logarithm of its modulus, and its argument. */
struct factor {
	double ln_size, angle;
};

static struct factor
factor_at(unsigned weight, double t, double theta)
{
	double absent = exp(-(double)weight * t), arrived = arrival_chance(weight, t), half = sin(theta / 2);

	/* |absent + arrived e^(i theta)|^2 = 1 - 4 absent arrived sin^2(theta/2) */
	return (struct factor){0.5 * log1p(-4 * absent * arrived * half * half),
	    atan2(arrived * sin(theta), absent + arrived * cos(theta))};
}

/* ret[g] = P(N < take), where N counts who has arrived by t of all targets but one of group g. */
static void
fewer_than(const struct inclusion_group *groups, size_t n_groups, double take, double t, double *ret)
{
	struct moment now = moment_at(groups, n_groups, t);
	double reach = 9 * now.deviation + 27, first = floor(fmax(now.mean - reach, 0));
	double width = 2 * floor(reach) + 3, terms = take - first; /* the width is odd: 2 * angles + 1 */
	struct factor factors[WEIGHT_MAX];

	for (size_t g = 0; g < n_groups; g++)
		ret[g] = terms <= 0 ? 0 : terms >= width ? 1 : terms / width;
	if (terms <= 0 || terms >= width)
		return;
	for (size_t m = 1, angles = (size_t)reach + 1; m <= angles; m++) {
		double theta = 2 * PI * (double)m / width, ln_size = 0, angle = 0, most = -INFINITY;
		/* the sum of exp(-i theta j) over first <= j < take is `kernel` in the direction -middle */
		double kernel = 2 / width * sin(theta * terms / 2) / sin(theta / 2),
		       middle = theta * (first + take - 1) / 2;

		for (size_t g = 0; g < n_groups; g++) {
			factors[g] = factor_at(groups[g].weight, t, theta);
			ln_size += (double)groups[g].n * factors[g].ln_size;
			angle += (double)groups[g].n * factors[g].angle;
		}
		for (size_t g = 0; g < n_groups; g++) {
			double ln_others = ln_size - factors[g].ln_size;

			most = fmax(most, ln_others);
			ret[g] += kernel * exp(ln_others) * cos(angle - factors[g].angle - middle);
		}
		if (most < -42) /* e^-42 < 1e-18 */
			break;
	}
}

static double
least_of(const double *v, size_t n)
{
	double least = 1;

	for (size_t i = 0; i < n; i++)
		least = fmin(least, v[i]);
	return least;
}

static double
greatest_of(const double *v, size_t n)
{
	double most = 0;

	for (size_t i = 0; i < n; i++)
		most = fmax(most, v[i]);
	return most;
}

/*
 * P(N < take) falls with time.  Finds the last ln t where it is 1 for all groups, or (upper) the first where it is 0.
 */
static double
edge(const struct inclusion_group *groups, size_t n_groups, double take, bool upper)
{
	double low = LN_T_LEAST, high = LN_T_MOST, fewer[WEIGHT_MAX];

	for (int i = 0; i < HALVINGS; i++) {
		double middle = (low + high) / 2;
		bool before;

		fewer_than(groups, n_groups, take, exp(middle), fewer);
		before = upper ? greatest_of(fewer, n_groups) > NEGLIGIBLE : 1 - least_of(fewer, n_groups) < NEGLIGIBLE;
		if (before)
			low = middle;
		else
			high = middle;
	}
	return upper ? high : low;
}

static void
integrate(struct inclusion_group *groups, size_t n_groups, double take)
{
	static const double at[POINTS] = {-0.9602898564975363, -0.7966664774136267, -0.5255324099163290,
	    -0.1834346424956498, 0.1834346424956498, 0.5255324099163290, 0.7966664774136267, 0.9602898564975363};
	static const double share[POINTS] = {0.1012285362903763, 0.2223810344533745, 0.3137066458778873,
	    0.3626837833783620, 0.3626837833783620, 0.3137066458778873, 0.2223810344533745, 0.1012285362903763};
	double from = edge(groups, n_groups, take, false), to = edge(groups, n_groups, take, true);
	double half = (to - from) / PIECES / 2, fewer[WEIGHT_MAX];

	/* up to `from` P(N < take) is 1 */
	for (size_t g = 0; g < n_groups; g++)
		groups[g].chance = arrival_chance(groups[g].weight, exp(from));
	for (size_t piece = 0; piece < PIECES; piece++)
		for (size_t i = 0; i < POINTS; i++) {
			double t = exp(from + half * ((double)(2 * piece + 1) + at[i]));

			fewer_than(groups, n_groups, take, t, fewer);
			for (size_t g = 0; g < n_groups; g++) {
				double rate = (double)groups[g].weight * t;

				groups[g].chance += half * share[i] * rate * exp(-rate) * fewer[g];
			}
		}
	for (size_t g = 0; g < n_groups; g++)
		groups[g].chance = fmin(fmax(groups[g].chance, 0), 1);
}

void
inclusion_chances(struct inclusion_group *groups, size_t n_groups, uint64_t take)
{
	uint64_t n = 0;

	for (size_t g = 0; g < n_groups; g++)
		n += groups[g].n;
	if (n_groups > 1 && take > 0 && take < n) {
		integrate(groups, n_groups, (double)take);
		return;
	}
	for (size_t g = 0; g < n_groups; g++)
		groups[g].chance = take >= n ? 1 : (double)take / (double)n;
}

/* The chances in one part of a stratum, by weight.  Returns how many targets it has. */
static uint64_t
part_chances(const uint64_t *n, double *ret_chance, uint64_t take)
{
	struct inclusion_group groups[WEIGHT_MAX];
	size_t n_groups = 0;
	uint64_t all = 0;

	for (unsigned w = 1; w <= WEIGHT_MAX; w++) {
		if (n[w] > 0)
			groups[n_groups++] = (struct inclusion_group){.weight = w, .n = n[w]};
		all += n[w];
	}
	inclusion_chances(groups, n_groups, take);
	for (size_t g = 0; g < n_groups; g++)
		ret_chance[groups[g].weight] = groups[g].chance;
	return all;
}

void
inclusion_strata(const struct commit *commit, const struct roster *roster, struct stratum_odds *ret)
{
	for (size_t s = 0; s < commit->n_strata; s++)
		ret[s] = (struct stratum_odds){.n = {{0}}};
	for (size_t i = 0; i < roster->n_targets; i++) {
		const struct target *t = &roster->targets[i];
		ptrdiff_t s = commit_stratum(commit, target_class(t));

		if (s >= 0 && drum_takes_part((enum drum)t->drum))
			ret[s].n[t->drum == DRUM_IN][t->weight]++;
	}
	for (size_t s = 0; s < commit->n_strata; s++) {
		uint64_t take = commit->strata[s].take, first = part_chances(ret[s].n[0], ret[s].chance[0], take);

		(void)part_chances(ret[s].n[1], ret[s].chance[1], take > first ? take - first : 0);
	}
}

double
inclusion_target(const struct commit *commit, const struct stratum_odds *odds, const struct target *t)
{
	ptrdiff_t s = commit_stratum(commit, target_class(t));

	if (s < 0 || !drum_takes_part((enum drum)t->drum))
		return 0;
	return odds[s].chance[t->drum == DRUM_IN][t->weight];
}
