/* The odds of a draw: exact where the draw is plain, counted over simulated draws otherwise. */
#include "core/draw/odds.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/draw/inclusion.h"
#include "core/draw/lawful.h"

#define Z99 2.5758293035489004 /* a normal value is within this many deviations of its mean with 99 % */
#define HASHES_MAX 500000000   /* of all trials, where the caller leaves their number open: about half a minute */

/* ---- what is counted, as chances ---- */

struct chance
odds_counted(uint64_t count, uint64_t trials)
{
	double n = (double)trials, p, middle, half;

	if (trials == 0)
		return (struct chance){0, 0, 1};
	/* Wilson 1927: where |p - P| = z sqrt(P (1 - P) / n) */
	p = (double)count / n;
	middle = (p + Z99 * Z99 / (2 * n)) / (1 + Z99 * Z99 / n);
	half = Z99 / (1 + Z99 * Z99 / n) * sqrt(p * (1 - p) / n + Z99 * Z99 / (4 * n * n));
	return (struct chance){p, count == 0 ? 0 : middle - half, count == trials ? 1 : middle + half};
}

static struct chance
exact_chance(double p)
{
	return (struct chance){p, p, p};
}

/* Where the draw is plain: each inspector's chance to be in the team of a chosen target. */
static double
plain_share(const struct odds *odds)
{
	return (double)odds->seats / (double)odds->n_in;
}

/* A chance given that the target is chosen, turned into one over all draws.  The chance to be chosen is exact. */
static struct chance
when_chosen(const struct odds_target *target, struct chance given)
{
	return (struct chance){target->chosen * given.p, target->chosen * given.low, target->chosen * given.high};
}

uint64_t
odds_came(const struct odds *odds, size_t t)
{
	return odds->plain ? 1 : (uint64_t)odds->targets[t].came[0] + odds->targets[t].came[1];
}

struct chance
odds_staffed(const struct odds *odds, size_t t)
{
	const struct odds_target *target = &odds->targets[t];

	if (!target->visitable)
		return exact_chance(0);
	return when_chosen(target, odds->plain ? exact_chance(1) : odds_counted(target->staffed, odds_came(odds, t)));
}

/* How often p visited t in the even (0) or odd (1) trials. */
static uint32_t
pair_count(const struct odds *odds, size_t t, size_t p, int half)
{
	uint32_t row = odds->targets[t].row;

	return row == ODDS_NONE ? 0 : odds->pairs[(row * odds->n_in + p) * 2 + (size_t)half];
}

static uint32_t
pair_both(const struct odds *odds, size_t t, size_t p)
{
	return pair_count(odds, t, p, 0) + pair_count(odds, t, p, 1);
}

struct chance
odds_given(const struct odds *odds, size_t t, size_t p)
{
	const struct odds_target *target = &odds->targets[t];

	if (!target->visitable || target->chosen == 0)
		return exact_chance(0);
	if (odds->plain)
		return exact_chance(plain_share(odds));
	return odds_counted(pair_both(odds, t, p), target->row == ODDS_NONE ? 0 : target->came[0] + target->came[1]);
}

struct chance
odds_pair(const struct odds *odds, size_t t, size_t p)
{
	return when_chosen(&odds->targets[t], odds_given(odds, t, p));
}

/* ---- guesses ---- */

/* How often a guess from the other half of the trials is right in this one, given that t is chosen. */
static struct chance
try_guess(const struct odds *odds, uint32_t t, uint32_t p, int half)
{
	const struct odds_target *target;

	if (t == ODDS_NONE || p == ODDS_NONE)
		return exact_chance(0);
	target = &odds->targets[t];
	return odds_counted(pair_count(odds, t, p, half), target->came[half]);
}

/* The mean of two independent figures. */
static struct chance
mean_of(struct chance a, struct chance b)
{
	double p = (a.p + b.p) / 2;

	return (struct chance){p, fmax(p - hypot(a.p - a.low, b.p - b.low) / 2, 0),
	    fmin(p + hypot(a.high - a.p, b.high - b.p) / 2, 1)};
}

struct chance
odds_guess(const struct odds *odds, size_t p)
{
	const struct odds_inspector *inspector = &odds->inspectors[p];
	struct chance found[2];

	if (inspector->best == ODDS_NONE)
		return exact_chance(0);
	if (odds->plain)
		return odds_pair(odds, inspector->best, p);
	for (int half = 0; half < 2; half++) {
		uint32_t t = inspector->guess[1 - half];

		found[half] = try_guess(odds, t, (uint32_t)p, half);
		if (t != ODDS_NONE)
			found[half] = when_chosen(&odds->targets[t], found[half]);
	}
	return mean_of(found[0], found[1]);
}

struct chance
odds_guess_visitor(const struct odds *odds, size_t t)
{
	const struct odds_target *target = &odds->targets[t];

	if (target->best == ODDS_NONE)
		return exact_chance(0);
	if (odds->plain)
		return odds_given(odds, t, target->best);
	return mean_of(try_guess(odds, (uint32_t)t, target->guess[1], 0),
	    try_guess(odds, (uint32_t)t, target->guess[0], 1));
}

/* ---- loads ---- */

double
odds_load(const struct odds *odds, size_t p, double *ret_error)
{
	const struct odds_inspector *inspector = &odds->inspectors[p];
	double n = (double)odds->trials, mean, variance;

	*ret_error = 0;
	if (odds->plain)
		return odds->to_choose * plain_share(odds);
	mean = (double)inspector->seats / n;
	variance = (double)inspector->squares / n - mean * mean;
	/* one draw shows no more than that he is in each team at most once */
	*ret_error = odds->trials < 2 ? odds->to_choose : Z99 * sqrt(fmax(variance, 0) / (n - 1));
	return mean;
}

double
odds_spread(const struct odds *odds, size_t p)
{
	double error, load = odds_load(odds, p, &error), squared = odds->inspectors[p].squared;

	return squared == 0 ? 0 : load * load / squared;
}

/* ---- who can go where at all ---- */

struct teams {
	const struct odds_input *input;
	struct odds *odds;
	struct lawful_table *table;
	uint32_t *targets, *inspectors; /* roster indices: those that take part */
	size_t n_targets;
	uint8_t *fits;    /* [n_in]: as lawful_fits */
	uint8_t own;      /* as lawful_own_seats */
	uint8_t *seen;    /* by shape: 0 not known yet, 1 there is no team, 2 there is one */
	uint64_t *useful; /* bits by place in odds->inspectors: may be in a lawful team of some target */
	bool all_lawful;
};

static void
teams_release(struct teams *teams)
{
	lawful_table_free(teams->table);
	free(teams->targets);
	free(teams->inspectors);
	free(teams->fits);
	free(teams->seen);
	free(teams->useful);
}

static int
teams_new(const struct odds_input *input, struct odds *odds, struct teams *t, struct err *err)
{
	const struct roster *roster = input->roster;

	*t = (struct teams){.input = input, .odds = odds, .all_lawful = true};
	t->own = lawful_own_seats(&input->commit->rules);
	t->targets = calloc(roster->n_targets + 1, sizeof *t->targets);
	t->inspectors = calloc(odds->n_in + 1, sizeof *t->inspectors);
	t->fits = calloc(odds->n_in + 1, 1);
	t->seen = calloc(roster->n_targets + 1, 1);
	t->useful = calloc(odds->n_in / 64 + 1, sizeof *t->useful);
	if (t->targets == NULL || t->inspectors == NULL || t->fits == NULL || t->seen == NULL || t->useful == NULL)
		return err_memory(err);
	for (size_t i = 0; i < roster->n_targets; i++)
		if (drum_takes_part((enum drum)roster->targets[i].drum))
			t->targets[t->n_targets++] = (uint32_t)i;
	for (size_t p = 0; p < odds->n_in; p++) {
		t->inspectors[p] = odds->inspectors[p].inspector;
		t->fits[p] = lawful_fits(&input->commit->rules, &roster->inspectors[t->inspectors[p]]);
	}
	return lawful_table_new(&input->commit->rules, roster, t->targets, t->n_targets, t->inspectors, odds->n_in,
	    &t->table, err);
}

static bool
is_in_row(const uint64_t *row, size_t p)
{
	return (row[p / 64] >> p % 64 & 1) != 0;
}

/* The seats that the inspector fits at target t. */
static uint8_t
seats_at(const struct teams *teams, size_t t, size_t p)
{
	uint8_t seats = teams->fits[p];

	if (teams->own != 0 && is_in_row(lawful_own_row(teams->table, t), p))
		seats |= teams->own;
	return seats;
}

/*
 * Whether these inspectors can fill all seats.  By Hall's theorem they can if, for each set of seats, at least as many
 * of them fit one of its seats.
 */
static bool
fills_all_seats(const struct teams *teams, size_t t, const uint64_t *row)
{
	size_t within[1 << TEAM_MAX] = {0}, all = ((size_t)1 << teams->odds->seats) - 1;

	/* first how many fit exactly these seats, then how many fit no seat but these */
	for (size_t p = 0; p < teams->odds->n_in; p++)
		if (is_in_row(row, p))
			within[seats_at(teams, t, p)]++;
	for (size_t s = 0; s < teams->odds->seats; s++)
		for (size_t set = 1; set <= all; set++)
			if ((set >> s & 1) != 0)
				within[set] += within[set ^ (size_t)1 << s];
	for (size_t set = 1; set <= all; set++)
		if (within[all] - within[all ^ set] < (size_t)__builtin_popcountll(set))
			return false;
	return true;
}

/* Whether there is a lawful team for the target.  It is found out once for all targets of one shape. */
static bool
has_team(struct teams *teams, size_t t)
{
	uint32_t shape = lawful_shape(teams->table, t);
	const uint64_t *row;
	bool good;

	if (teams->seen[shape] != 0)
		return teams->seen[shape] == 2;
	row = lawful_row(teams->table, t);
	good = fills_all_seats(teams, t, row);
	teams->seen[shape] = good ? 2 : 1;
	for (size_t p = 0; p < teams->odds->n_in; p++) {
		teams->all_lawful &= is_in_row(row, p);
		/* In a lawful team it can replace whoever holds a seat that it fits. */
		if (good && is_in_row(row, p) && seats_at(teams, t, p) != 0)
			teams->useful[p / 64] |= (uint64_t)1 << p % 64;
	}
	return good;
}

/* Whether max_load leaves enough seats for all chosen targets. */
static bool
loads_suffice(const struct odds_input *input, const struct odds *odds)
{
	uint64_t max_load = input->commit->rules.max_load;

	return max_load == 0 || odds->to_choose * (double)odds->seats <= (double)max_load * (double)odds->n_in;
}

static void
find_visitable(struct teams *teams)
{
	const struct rules *rules = &teams->input->commit->rules;
	struct odds *odds = teams->odds;
	bool any = true;

	for (size_t s = 0; s < rules->seats; s++)
		any &= slice_is(rules->team[s], "any");
	for (size_t t = 0; t < teams->n_targets; t++)
		odds->targets[teams->targets[t]].visitable = has_team(teams, t);
	for (size_t p = 0; p < odds->n_in; p++)
		odds->inspectors[p].useful = is_in_row(teams->useful, p);
	odds->plain = any && teams->all_lawful && odds->n_in >= odds->seats && loads_suffice(teams->input, odds);
}

/* ---- the parts ---- */

static int
odds_new(const struct odds_input *input, struct odds *odds, struct err *err)
{
	const struct roster *roster = input->roster;

	*odds = (struct odds){.seats = input->commit->rules.seats, .n_targets = roster->n_targets};
	odds->targets = calloc(roster->n_targets + 1, sizeof *odds->targets);
	odds->inspectors = calloc(roster->n_inspectors + 1, sizeof *odds->inspectors);
	if (odds->targets == NULL || odds->inspectors == NULL)
		return err_memory(err);
	for (size_t i = 0; i < roster->n_targets; i++)
		odds->targets[i] =
		    (struct odds_target){.row = ODDS_NONE, .best = ODDS_NONE, .guess = {ODDS_NONE, ODDS_NONE}};
	for (size_t i = 0; i < roster->n_inspectors; i++)
		if (inspector_is_in(&roster->inspectors[i]))
			odds->inspectors[odds->n_in++] = (struct odds_inspector){.inspector = (uint32_t)i,
			    .best = ODDS_NONE,
			    .guess = {ODDS_NONE, ODDS_NONE}};
	odds->to_choose = (double)sealed_chosen(input->sealed);
	return odds_visits_new(roster, input->sealed, &odds->visits, err);
}

void
odds_release(struct odds *odds)
{
	if (odds == NULL)
		return;
	free(odds->targets);
	free(odds->inspectors);
	free(odds->pairs);
	odds_visits_release(&odds->visits);
	*odds = (struct odds){0};
}

static int
choose_exactly(const struct odds_input *input, struct odds *odds, struct err *err)
{
	struct stratum_odds *strata = calloc(input->commit->n_strata + 1, sizeof *strata);

	if (strata == NULL)
		return err_memory(err);
	inclusion_strata(input->commit, input->sealed, input->roster, strata);
	for (size_t i = 0; i < odds->n_targets; i++)
		odds->targets[i].chosen = inclusion_target(input->commit, strata, &input->roster->targets[i]);
	free(strata);
	return 0;
}

/* ---- counting ---- */

struct likely {
	double chosen;
	uint32_t target;
};

static int
compare_likely(const void *a, const void *b)
{
	const struct likely *x = a, *y = b;

	if (x->chosen != y->chosen)
		return x->chosen > y->chosen ? -1 : 1;
	return (x->target > y->target) - (x->target < y->target);
}

/* Gives a row of pairs to each target that can be visited, the likeliest first, as long as there is room. */
static int
make_rows(const struct odds_input *input, struct odds *odds, struct err *err)
{
	size_t n = 0, room = (input->cells > 0 ? input->cells : ODDS_CELLS) / (odds->n_in > 0 ? odds->n_in : 1);
	struct likely *likely = calloc(odds->n_targets + 1, sizeof *likely);

	if (likely == NULL)
		return err_memory(err);
	for (size_t t = 0; t < odds->n_targets; t++)
		if (odds->targets[t].visitable && odds->targets[t].chosen > 0)
			likely[n++] = (struct likely){odds->targets[t].chosen, (uint32_t)t};
	qsort(likely, n, sizeof *likely, compare_likely);
	odds->rows = n < room ? n : room;
	for (size_t i = 0; i < odds->rows; i++)
		odds->targets[likely[i].target].row = (uint32_t)i;
	odds->left_out = n - odds->rows;
	odds->left_out_most = odds->left_out > 0 ? likely[odds->rows].chosen : 0;
	free(likely);
	odds->pairs = calloc(odds->rows * odds->n_in * 2 + 1, sizeof *odds->pairs);
	return odds->pairs == NULL ? err_memory(err) : 0;
}

static void
count_team(const struct draw *d, size_t chosen, size_t half, const uint32_t *place_of, struct odds *odds)
{
	uint32_t row = odds->targets[d->chosen[chosen].target].row;

	for (size_t s = 0; row != ODDS_NONE && s < d->seats; s++) {
		uint32_t place = place_of[d->order[d->team[chosen * d->seats + s]]];

		odds->pairs[(row * odds->n_in + place) * 2 + half]++;
	}
}

static void
count_draw(const struct draw *d, size_t half, const uint32_t *place_of, struct odds *odds)
{
	for (size_t i = 0; i < d->n_chosen; i++) {
		struct odds_target *t = &odds->targets[d->chosen[i].target];

		t->came[half]++;
		if (d->chosen[i].admitted) {
			t->staffed++;
			count_team(d, i, half, place_of, odds);
		}
	}
	for (size_t i = 0; i < d->n_in; i++) {
		struct odds_inspector *p = &odds->inspectors[place_of[d->order[i]]];

		p->seats += d->load[i];
		p->squares += d->load[i] * d->load[i];
	}
}

static int
try_once(const struct odds_input *input, uint64_t trial, const uint32_t *place_of, struct odds *odds, struct err *err)
{
	struct sealed sealed = *input->sealed;
	struct draw_input draw_input = {.commit = input->commit, .roster = input->roster, .sealed = &sealed};
	char number[24], secret[HASH_HEX + 1];
	struct hash_stream stream;
	struct draw draw;
	struct hash hash;
	int n = snprintf(number, sizeof number, "/%llu", (unsigned long long)trial), rc;

	hash_begin(&stream);
	hash_add(&stream, input->seed.p, input->seed.n);
	hash_add(&stream, number, (size_t)n);
	hash = hash_end(&stream);
	text_to_hex(hash.b, HASH_BYTES, secret);
	draw_input.secret = slice_of(secret);
	draw_input.commit_hash = draw_input.beacon = sealed.nonce = (struct slice){"", 0};
	rc = draw_compute(&draw_input, &draw, err);
	if (rc != 0)
		return rc;
	if (!odds->plain)
		count_draw(&draw, trial % 2, place_of, odds);
	rc = odds_visits_count(&odds->visits, &draw, err);
	draw_release(&draw);
	return rc;
}

/* As many as take about half a minute.  A draw costs the hashes of its slips and of the pairs for its teams. */
static uint64_t
default_trials(const struct odds_input *input, const struct odds *odds)
{
	double hashes = odds->to_choose * (double)odds->seats * (double)odds->n_in + 1, trials;

	for (size_t s = 0; s < input->sealed->n_strata; s++)
		hashes += (double)input->sealed->strata[s].slips;
	trials = HASHES_MAX / hashes;
	if (odds->plain)
		return trials / 10 < 1 ? 1 : (uint64_t)(trials / 10);
	return trials > ODDS_TRIALS ? ODDS_TRIALS : trials < ODDS_TRIALS_LEAST ? ODDS_TRIALS_LEAST : (uint64_t)trials;
}

/* Where the draw is plain only the visits are counted, of which each draw has many. */
static uint64_t
trials_wanted(const struct odds_input *input, const struct odds *odds)
{
	uint64_t trials = input->trials > 0 ? input->trials : default_trials(input, odds);

	return odds->plain && trials > ODDS_TRIALS_PLAIN ? ODDS_TRIALS_PLAIN : trials;
}

static int
simulate(const struct odds_input *input, struct odds *odds, struct err *err)
{
	uint32_t *place_of = calloc(input->roster->n_inspectors + 1, sizeof *place_of);
	uint64_t trials = trials_wanted(input, odds);
	int rc = place_of == NULL ? err_memory(err) : 0;

	assert(trials <= ODDS_TRIALS_MAX);
	if (rc == 0 && !odds->plain)
		rc = make_rows(input, odds, err);
	odds->trials = odds->plain ? 0 : trials;
	for (size_t p = 0; rc == 0 && p < odds->n_in; p++)
		place_of[odds->inspectors[p].inspector] = (uint32_t)p;
	for (uint64_t i = 0; rc == 0 && i < trials; i++) {
		progress_tell(input->progress, N_("simulated draws"), (size_t)i, (size_t)trials);
		rc = try_once(input, i, place_of, odds, err);
	}
	progress_tell(input->progress, N_("simulated draws"), (size_t)trials, (size_t)trials);
	free(place_of);
	return rc;
}

/* ---- the best guesses ---- */

/* In a plain draw all inspectors are alike. */
static void
find_best_plain(struct odds *odds)
{
	double share = plain_share(odds), squared = 0;
	uint32_t best = ODDS_NONE;

	for (size_t t = 0; t < odds->n_targets; t++) {
		double chosen = odds->targets[t].chosen;

		if (chosen == 0)
			continue;
		odds->targets[t].best = 0;
		squared += chosen * share * chosen * share;
		if (best == ODDS_NONE || chosen > odds->targets[best].chosen)
			best = (uint32_t)t;
	}
	for (size_t p = 0; p < odds->n_in; p++) {
		odds->inspectors[p].best = best;
		odds->inspectors[p].squared = squared;
	}
}

/* The chance of a pair by one half of the trials. */
static double
half_chance(const struct odds *odds, uint32_t t, size_t p, int half)
{
	return odds->targets[t].chosen * try_guess(odds, t, (uint32_t)p, half).p;
}

/* Of several that are as likely, the first stays the best. */
static void
update_best(struct odds *odds, uint32_t t, uint32_t p)
{
	struct odds_target *target = &odds->targets[t];
	struct odds_inspector *inspector = &odds->inspectors[p];

	for (int half = 0; half < 2; half++) {
		uint32_t count = pair_count(odds, t, p, half);

		if (count == 0)
			continue;
		if (inspector->guess[half] == ODDS_NONE ||
		    half_chance(odds, t, p, half) > half_chance(odds, inspector->guess[half], p, half))
			inspector->guess[half] = t;
		if (target->guess[half] == ODDS_NONE || count > pair_count(odds, t, target->guess[half], half))
			target->guess[half] = p;
	}
	if (inspector->best == ODDS_NONE || odds_pair(odds, t, p).p > odds_pair(odds, inspector->best, p).p)
		inspector->best = t;
	if (target->best == ODDS_NONE || pair_both(odds, t, p) > pair_both(odds, t, target->best))
		target->best = p;
}

static void
find_best_of(struct odds *odds, uint32_t t)
{
	const struct odds_target *target = &odds->targets[t];
	double came = (double)target->came[0] + target->came[1];

	for (uint32_t p = 0; p < odds->n_in && target->row != ODDS_NONE; p++) {
		double count = pair_both(odds, t, p);

		if (count == 0)
			continue;
		/* an unbiased estimate; the square of the count itself would be too high on average */
		if (came > 1)
			odds->inspectors[p].squared +=
			    target->chosen * target->chosen * count * (count - 1) / (came * (came - 1));
		update_best(odds, t, p);
	}
}

struct odds_summary
odds_summary(const struct odds *odds)
{
	struct odds_summary s = {.target = ODDS_NONE, .inspector = ODDS_NONE};
	double likeliest = 0, spreading = 0, chosen = 0, staffed = 0;

	for (uint32_t p = 0; p < odds->n_in; p++) {
		uint32_t best = odds->inspectors[p].best;
		double spread = odds_spread(odds, p);

		s.guess_mean += odds_guess(odds, p).p / (double)odds->n_in;
		s.spread_mean += spread;
		spreading += spread > 0;
		if (best != ODDS_NONE && odds_pair(odds, best, p).p > likeliest) {
			likeliest = odds_pair(odds, best, p).p;
			s.inspector = p;
			s.target = best;
		}
	}
	for (size_t t = 0; t < odds->n_targets; t++) {
		double visitable = odds->targets[t].best != ODDS_NONE ? odds->targets[t].chosen : 0;

		staffed += odds->targets[t].staffed;
		s.unseen += odds->targets[t].chosen > 0 && odds_came(odds, t) == 0;
		s.visitor_mean += visitable * odds_guess_visitor(odds, t).p;
		chosen += visitable;
	}
	/* Over the draws, not the targets: of those that no trial chose nothing is known. */
	s.staffed = odds->plain ? odds->to_choose : staffed / (double)odds->trials;
	s.spread_mean = spreading > 0 ? s.spread_mean / spreading : 0;
	s.visitor_mean = chosen > 0 ? s.visitor_mean / chosen : 0;
	return s;
}

/* ---- all of it ---- */

int
odds_compute(const struct odds_input *input, struct odds *ret_odds, struct err *err)
{
	struct sealed_stratum *counted = calloc(input->commit->n_strata + 1, sizeof *counted);
	struct teams teams = {0};
	struct odds odds = {0};
	int rc = counted == NULL ? err_memory(err) : strata_count(input->commit, input->roster, counted, err);

	if (rc == 0)
		rc = odds_new(input, &odds, err);
	if (rc == 0)
		rc = choose_exactly(input, &odds, err);
	if (rc == 0)
		rc = teams_new(input, &odds, &teams, err);
	if (rc == 0) {
		find_visitable(&teams);
		rc = simulate(input, &odds, err);
	}
	teams_release(&teams);
	free(counted);
	if (rc != 0) {
		odds_release(&odds);
		return rc;
	}
	if (odds.plain)
		find_best_plain(&odds);
	for (uint32_t t = 0; t < odds.n_targets && !odds.plain; t++)
		find_best_of(&odds, t);
	*ret_odds = odds;
	return 0;
}
