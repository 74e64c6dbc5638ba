/*
 * Teams (PROTOCOL 7): admits targets, draws inspectors, sets the load limit, seats the teams, and explains why a target
 * stays unstaffed.
 */
#include "core/draw/assign.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/array.h"
#include "core/draw/assign_private.h"

/* The load limit that max_load stands for: nobody can hold more seats than there are targets. */
static uint32_t
highest_limit(const struct assign_problem *problem)
{
	return problem->max_load == 0 || problem->max_load > problem->n_targets ? (uint32_t)problem->n_targets
	                                                                        : (uint32_t)problem->max_load;
}

/*
 * Step 1: admit.
 *
 * Where a target cannot be staffed, the failed search has reached a set of inspectors.  All of them are full, and they
 * hold only seats that the search reached.  If none of these seats is the target's own, the set is closed: no later
 * search enters it.  If some are, their holders get room again when the target is given up.  Then the set is kept as a
 * bound: what is admitted stays admitted, so that only `room` more seats can be filled that nobody outside the set may
 * take.
 */

#define BOUNDS_MAX 32

struct bound {
	uint64_t *inspectors; /* bits */
	size_t room;
};

struct admission {
	struct assign_state *state;
	uint64_t *bits;
	struct bound bounds[BOUNDS_MAX]; /* the latest ones, in no order */
	size_t oldest;
	size_t n_bounds;
};

/* How many of a target's seats nobody outside the bound's inspectors may take. */
static size_t
seats_only_for(const struct assign_state *state, size_t target, const struct bound *bound)
{
	const uint64_t *lawful = lawful_row(state->problem->lawful, target);
	size_t n = 0;

	for (size_t s = 0; s < state->problem->seats; s++) {
		const uint64_t *fit = state->fit + s * state->words;
		size_t w = 0;

		while (w < state->words && (lawful[w] & fit[w] & ~bound->inspectors[w]) == 0)
			w++;
		n += w == state->words;
	}
	return n;
}

static bool
bounds_allow(const struct admission *admission, size_t target)
{
	const struct assign_state *state = admission->state;

	for (size_t s = 0; s < state->problem->seats; s++)
		if (assign_hopeless(state, (uint32_t)(target * state->problem->seats + s)))
			return false;
	for (size_t i = 0; i < admission->n_bounds; i++)
		if (seats_only_for(state, target, &admission->bounds[i]) > admission->bounds[i].room)
			return false;
	return true;
}

static void
bounds_subtract(struct admission *admission, size_t target)
{
	for (size_t i = 0; i < admission->n_bounds; i++)
		admission->bounds[i].room -= seats_only_for(admission->state, target, &admission->bounds[i]);
}

/* Called after a failed search for `seat`, while the target's earlier seats, from first_seat on, are still held. */
static void
learn_from_failure(struct admission *admission, uint32_t first_seat, uint32_t seat)
{
	struct assign_state *state = admission->state;
	struct bound *bound = &admission->bounds[admission->oldest];
	size_t room = 0;

	for (uint32_t other = first_seat; other < seat; other++)
		room += state->seats[other].reached && !assign_bit(state->unreached, state->seats[other].holder);
	if (room == 0) {
		assign_close(state);
		return;
	}
	bound->room = room;
	for (size_t w = 0; w < state->words; w++)
		bound->inspectors[w] = ~state->unreached[w];
	admission->oldest = (admission->oldest + 1) % BOUNDS_MAX;
	if (admission->n_bounds < BOUNDS_MAX)
		admission->n_bounds++;
}

static bool
admit_target(struct admission *admission, size_t target)
{
	struct assign_state *state = admission->state;
	uint32_t begin = (uint32_t)(target * state->problem->seats);

	if (!bounds_allow(admission, target))
		return false;
	for (uint32_t seat = begin; seat < begin + state->problem->seats; seat++) {
		if (assign_fill(state, seat))
			continue;
		learn_from_failure(admission, begin, seat);
		while (seat-- > begin)
			assign_unseat(state, seat);
		return false;
	}
	bounds_subtract(admission, target);
	return true;
}

static int
admit_all(struct assign_state *state, struct assign_result *result, struct err *err)
{
	const struct assign_problem *problem = state->problem;
	struct admission admission = {.state = state, .bits = array_new(BOUNDS_MAX * state->words, sizeof(uint64_t))};

	if (admission.bits == NULL)
		return err_memory(err);
	for (size_t i = 0; i < BOUNDS_MAX; i++)
		admission.bounds[i].inspectors = admission.bits + i * state->words;
	assign_clear(state, (uint32_t)problem->n_inspectors, highest_limit(problem));
	for (size_t t = 0; t < problem->n_targets; t++) {
		progress_tell(problem->progress, N_("admitting targets"), t, problem->n_targets);
		result->admitted[t] = admit_target(&admission, t);
		result->n_admitted += result->admitted[t];
	}
	free(admission.bits);
	return 0;
}

/*
 * Steps 2 and 3: draw inspectors, limit.
 */

/* Fills the empty seats of the admitted targets as far as the limit allows; returns how many stay empty. */
static size_t
fill_all(struct assign_state *state, const struct assign_result *result)
{
	size_t empty = 0;

	for (uint32_t seat = 0; seat < state->n_seats; seat++) {
		if (!result->admitted[seat / state->problem->seats] || state->seats[seat].holder != ASSIGN_NOBODY)
			continue;
		if (!assign_hopeless(state, seat)) {
			if (assign_fill(state, seat))
				continue;
			assign_close(state);
		}
		empty++;
	}
	return empty;
}

/*
 * Returns the least load limit with which the first n_drawn inspectors can fill the seats of all admitted targets, and
 * leaves such an assignment in `state`; 0 if max_load allows none.  The limit starts at the mean load.  Each step
 * raises it by the least that can suffice: only closed inspectors may take the seats still empty, and all of these are
 * full.
 */
static uint32_t
least_limit(struct assign_state *state, const struct assign_result *result, size_t n_drawn)
{
	size_t seats = result->n_admitted * state->problem->seats;
	size_t limit = (seats + n_drawn - 1) / n_drawn;
	size_t highest = highest_limit(state->problem);

	if (limit > highest)
		return 0;
	assign_clear(state, (uint32_t)n_drawn, (uint32_t)limit);
	for (;;) {
		size_t empty = fill_all(state, result);

		if (empty == 0)
			return (uint32_t)limit;
		if (state->n_closed == 0)
			return 0;
		limit += (empty + state->n_closed - 1) / state->n_closed;
		if (limit > highest)
			return 0;
		assign_limit(state, (uint32_t)limit);
	}
}

/* How many inspectors the rules ask for: k of step 2. */
static size_t
wanted_inspectors(const struct assign_problem *problem)
{
	return problem->inspectors == 0 || problem->inspectors > problem->n_inspectors ? problem->n_inspectors
	                                                                               : (size_t)problem->inspectors;
}

/* Finds the least k', its least limit and an assignment, by bisection: more inspectors never allow less. */
static void
draw_inspectors(struct assign_state *state, struct assign_result *result)
{
	size_t low = wanted_inspectors(state->problem);
	size_t high = state->problem->n_inspectors;

	result->n_drawn = low;
	if (result->n_admitted == 0)
		return;
	result->least = least_limit(state, result, low);
	if (result->least > 0)
		return;
	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (least_limit(state, result, middle) > 0)
			high = middle;
		else
			low = middle;
	}
	result->n_drawn = high;
	result->least = least_limit(state, result, high);
	assert(result->least > 0);
}

static void
set_limit(struct assign_state *state, struct assign_result *result)
{
	uint64_t highest = highest_limit(state->problem);

	if (result->n_admitted == 0)
		return;
	result->limit = result->least + state->problem->slack;
	if (state->problem->max_load > 0 && result->limit > state->problem->max_load)
		result->limit = state->problem->max_load;
	assign_limit(state, (uint32_t)(result->limit < highest ? result->limit : highest));
}

/*
 * Step 4: seat.
 */

#define PAIRS_AT_ONCE 256

/* An inspector with the first eight bytes of pair(t, p). */
struct candidate {
	uint64_t key;
	uint32_t inspector;
};

struct seating {
	struct assign_state *state;
	size_t target;
	uint32_t *inspectors;         /* who may sit on any seat of the target */
	struct candidate *candidates; /* the same, with their pairs */
	size_t n_candidates;
	struct hash *pairs; /* [PAIRS_AT_ONCE] */
};

static void
seating_release(struct seating *seating)
{
	free(seating->inspectors);
	free(seating->candidates);
	free(seating->pairs);
}

static int
seating_init(struct seating *seating, struct assign_state *state, struct err *err)
{
	size_t n = state->n_usable;

	*seating = (struct seating){.state = state};
	seating->inspectors = array_new(n, sizeof *seating->inspectors);
	seating->candidates = array_new(n, sizeof *seating->candidates);
	seating->pairs = array_new(PAIRS_AT_ONCE, sizeof *seating->pairs);
	if (seating->inspectors == NULL || seating->candidates == NULL || seating->pairs == NULL) {
		seating_release(seating);
		return err_memory(err);
	}
	return 0;
}

static uint64_t
pair_key(const struct hash *pair)
{
	uint64_t key = 0;

	for (size_t i = 0; i < sizeof key; i++)
		key = key << 8 | pair->b[i];
	return key;
}

/* The drawn inspectors who are lawful for the target and fit one of its seats. */
static size_t
gather_inspectors(const struct assign_state *state, size_t target, uint32_t *ret_inspectors)
{
	const uint64_t *lawful = lawful_row(state->problem->lawful, target);
	size_t n = 0;

	for (size_t w = 0; w * 64 < state->n_usable; w++)
		for (uint64_t some = lawful[w]; some != 0; some &= some - 1) {
			uint32_t p = (uint32_t)(w * 64) + (uint32_t)__builtin_ctzll(some);

			if (p < state->n_usable && state->problem->fits[p] != 0)
				ret_inspectors[n++] = p;
		}
	return n;
}

static void
gather_candidates(struct seating *seating)
{
	const struct assign_problem *problem = seating->state->problem;
	size_t n = gather_inspectors(seating->state, seating->target, seating->inspectors);

	for (size_t at = 0; at < n; at += PAIRS_AT_ONCE) {
		size_t some = n - at < PAIRS_AT_ONCE ? n - at : PAIRS_AT_ONCE;

		problem->pairs(problem->ctx, seating->target, seating->inspectors + at, some, seating->pairs);
		for (size_t i = 0; i < some; i++)
			seating->candidates[at + i] =
			    (struct candidate){pair_key(&seating->pairs[i]), seating->inspectors[at + i]};
	}
	seating->n_candidates = n;
}

/* pair(t, a) < pair(t, b) as whole hashes. */
static bool
pair_before(const struct seating *seating, const struct candidate *a, const struct candidate *b)
{
	const struct assign_problem *problem = seating->state->problem;
	uint32_t both[2] = {a->inspector, b->inspector};
	struct hash pairs[2];

	if (a->key != b->key)
		return a->key < b->key;
	problem->pairs(problem->ctx, seating->target, both, 2, pairs);
	return memcmp(pairs[0].b, pairs[1].b, HASH_BYTES) < 0;
}

/*
 * The candidate with the least pair, of those who may still be possible.  The seat's last holder always is.  One whom
 * assign_give has refused is not, so that the next call finds the next candidate.  Few are refused, and comparing keys
 * rules out most candidates.
 */
static uint32_t
least_candidate(const struct seating *seating, uint32_t seat, uint32_t holder)
{
	const struct assign_state *state = seating->state;
	size_t s = seat % state->problem->seats;
	const struct candidate *least = NULL;

	for (size_t i = 0; i < seating->n_candidates; i++) {
		const struct candidate *c = &seating->candidates[i];

		if ((least == NULL || c->key <= least->key) && (state->problem->fits[c->inspector] >> s & 1) != 0 &&
		    (c->inspector == holder || assign_may_give(state, seat, c->inspector)) &&
		    (least == NULL || pair_before(seating, c, least)))
			least = c;
	}
	assert(least != NULL);
	return least->inspector;
}

static void
seat_least_candidate(struct seating *seating, uint32_t seat)
{
	struct assign_state *state = seating->state;
	uint32_t holder = state->seats[seat].holder;
	uint32_t p;

	assign_vacate(state, seat);
	do
		p = least_candidate(seating, seat, holder);
	while (p != holder && !assign_give(state, seat, p));
	if (p == holder)
		assign_sit(state, seat, holder);
	assign_fix(state, seat);
}

static int
seat_all(struct assign_state *state, const struct assign_result *result, struct err *err)
{
	const struct assign_problem *problem = state->problem;
	struct seating seating;
	int r = seating_init(&seating, state, err);
	size_t done = 0;

	if (r < 0)
		return r;
	for (size_t t = 0; t < problem->n_targets; t++) {
		if (!result->admitted[t])
			continue;
		progress_tell(problem->progress, N_("drawing teams"), done++, result->n_admitted);
		seating.target = t;
		gather_candidates(&seating);
		for (size_t s = 0; s < problem->seats; s++)
			seat_least_candidate(&seating, (uint32_t)(t * problem->seats + s));
	}
	seating_release(&seating);
	return 0;
}

static void
copy_result(const struct assign_state *state, struct assign_result *result)
{
	for (size_t seat = 0; seat < state->n_seats; seat++)
		result->team[seat] =
		    result->admitted[seat / state->problem->seats] ? state->seats[seat].holder : ASSIGN_NOBODY;
	for (size_t p = 0; p < state->problem->n_inspectors; p++)
		result->load[p] = state->inspectors[p].load;
}

int
assign_solve(const struct assign_problem *problem, struct assign_result *ret_result, struct err *err)
{
	struct assign_state state = {0};
	struct assign_result result = {0};
	int r;

	result.admitted = array_new(problem->n_targets, sizeof *result.admitted);
	result.team = array_new(problem->n_targets * problem->seats, sizeof *result.team);
	result.load = array_new(problem->n_inspectors, sizeof *result.load);
	if (result.admitted == NULL || result.team == NULL || result.load == NULL) {
		r = err_memory(err);
		goto out;
	}
	r = assign_state_init(&state, problem, err);
	if (r == 0)
		r = admit_all(&state, &result, err);
	if (r != 0)
		goto out;
	draw_inspectors(&state, &result);
	set_limit(&state, &result);
	r = seat_all(&state, &result, err);
	if (r != 0)
		goto out;
	copy_result(&state, &result);
	*ret_result = result;
	result = (struct assign_result){0};
out:
	assign_release(&result);
	assign_state_release(&state);
	return r;
}

void
assign_release(struct assign_result *result)
{
	free(result->admitted);
	free(result->team);
	free(result->load);
	*result = (struct assign_result){0};
}

/*
 * Why a target stays unstaffed.
 */

/* Seats what was admitted before the target, with room up to max_load, as in step 1 when it came to the target. */
static void
restore_admitted(struct assign_state *state, const struct assign_result *result, size_t target)
{
	const struct assign_problem *problem = state->problem;

	assign_clear(state, (uint32_t)problem->n_inspectors, highest_limit(problem));
	for (size_t t = 0; t < target; t++)
		for (size_t s = 0; s < problem->seats && result->admitted[t]; s++)
			assign_sit(state, (uint32_t)(t * problem->seats + s), result->team[t * problem->seats + s]);
}

/*
 * The first of the target's seats that cannot be filled.  Each is tried alone first, because a seat that fails alone
 * explains the most.  Then they are filled one after the other.
 */
static uint32_t
failing_seat(struct assign_state *state, size_t target)
{
	uint32_t begin = (uint32_t)(target * state->problem->seats);
	uint32_t end = begin + (uint32_t)state->problem->seats;
	uint32_t seat;

	for (seat = begin; seat < end; seat++) {
		if (!assign_fill(state, seat))
			return seat;
		assign_unseat(state, seat);
	}
	for (seat = begin; seat < end; seat++)
		if (!assign_fill(state, seat))
			break;
	assert(seat < end);
	return seat;
}

static void
add_seat(const struct assign_state *state, uint32_t seat, uint32_t *index, struct assign_why *why)
{
	uint32_t t = seat / (uint32_t)state->problem->seats;

	if (index[t] == 0) {
		why->targets[why->n_targets++] = t;
		index[t] = (uint32_t)why->n_targets;
	}
	why->seats[index[t] - 1] |= (uint8_t)(1U << seat % state->problem->seats);
}

/* Copies what the failed search has reached.  It began at the target, so that the target comes first. */
static void
collect_reasons(struct assign_state *state, uint32_t *index, struct assign_why *why)
{
	for (size_t i = 0; i < state->n_seat_queue; i++)
		add_seat(state, state->seat_queue[i], index, why);
	for (size_t i = 0; i < state->n_done; i++)
		why->inspectors[why->n_inspectors++] = state->done[i];
	why->n_full = why->n_inspectors;
	for (size_t i = 0; i < state->n_seat_queue; i++) {
		uint32_t p = state->seats[state->seat_queue[i]].holder;

		if (p == ASSIGN_NOBODY || !assign_bit(state->unreached, p))
			continue;
		why->inspectors[why->n_inspectors++] = p;
		assign_bit_clear(state->unreached, p);
	}
}

int
assign_why(const struct assign_problem *problem, const struct assign_result *result, size_t target,
    struct assign_why *ret_why, struct err *err)
{
	struct assign_state state = {0};
	struct assign_why why = {0};
	uint32_t *index = array_new(problem->n_targets, sizeof *index);
	int r;

	assert(target < problem->n_targets && !result->admitted[target]);
	why.targets = array_new(problem->n_targets, sizeof *why.targets);
	why.seats = array_new(problem->n_targets, sizeof *why.seats);
	why.inspectors = array_new(problem->n_inspectors, sizeof *why.inspectors);
	if (index == NULL || why.targets == NULL || why.seats == NULL || why.inspectors == NULL) {
		r = err_memory(err);
		goto out;
	}
	r = assign_state_init(&state, problem, err);
	if (r != 0)
		goto out;
	restore_admitted(&state, result, target);
	why.seat = failing_seat(&state, target) % problem->seats;
	collect_reasons(&state, index, &why);
	*ret_why = why;
	why = (struct assign_why){0};
out:
	assign_why_release(&why);
	assign_state_release(&state);
	free(index);
	return r;
}

void
assign_why_release(struct assign_why *why)
{
	free(why->targets);
	free(why->seats);
	free(why->inspectors);
	*why = (struct assign_why){0};
}
