/* The assignment of assign_private.h: who sits where, which parts are closed, and the search for augmenting paths. */
#include "core/draw/assign_private.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/array.h"

/* Who fits seat s of a team. */
static uint64_t *
fit_of(const struct assign_state *state, size_t s)
{
	return state->fit + s * state->words;
}

/* The first seat of a team that the same inspectors fit. */
static size_t
same_fit(const struct assign_state *state, size_t s)
{
	size_t first = 0;

	while (first < s && memcmp(fit_of(state, first), fit_of(state, s), state->words * sizeof *state->fit) != 0)
		first++;
	return first;
}

static void
set_kinds(struct assign_state *state)
{
	const struct assign_problem *problem = state->problem;
	size_t same[TEAM_MAX];

	for (size_t p = 0; p < problem->n_inspectors; p++)
		for (size_t s = 0; s < problem->seats; s++)
			if ((problem->fits[p] >> s & 1) != 0)
				assign_bit_set(fit_of(state, s), p);
	for (size_t s = 0; s < problem->seats; s++)
		same[s] = same_fit(state, s);
	assert(problem->seats > 0);
	for (size_t seat = 0; seat < state->n_seats; seat++) {
		size_t shape = lawful_shape(problem->lawful, seat / problem->seats);

		state->seats[seat].kind = (uint32_t)(shape * problem->seats + same[seat % problem->seats]);
		state->followed[seat] = ASSIGN_NO_SEAT;
	}
}

/* A power of two, twice as many as there can be bundles. */
static size_t
heads_size(size_t n_seats)
{
	size_t size = 2;

	while (size < 2 * n_seats)
		size *= 2;
	return size;
}

int
assign_state_init(struct assign_state *state, const struct assign_problem *problem, struct err *err)
{
	size_t n = problem->n_inspectors;
	size_t n_seats = problem->n_targets * problem->seats;
	size_t words = (n + 63) / 64;

	assert(problem->seats >= 1 && problem->seats <= TEAM_MAX && n_seats < UINT32_MAX && n < UINT32_MAX);
	*state = (struct assign_state){.problem = problem, .n_seats = n_seats, .words = words};
	state->seats = array_new(n_seats, sizeof *state->seats);
	state->inspectors = array_new(n, sizeof *state->inspectors);
	state->fit = array_new(problem->seats * words, sizeof *state->fit);
	state->free = array_new(words, sizeof *state->free);
	state->open = array_new(words, sizeof *state->open);
	state->unreached = array_new(words, sizeof *state->unreached);
	state->seat_queue = array_new(n_seats, sizeof *state->seat_queue);
	state->followed = array_new(n_seats, sizeof *state->followed);
	state->heads_mask = heads_size(n_seats) - 1;
	state->heads = array_new(state->heads_mask + 1, sizeof *state->heads);
	state->stack = array_new(n, sizeof *state->stack);
	state->done = array_new(n, sizeof *state->done);
	if (state->seats == NULL || state->inspectors == NULL || state->fit == NULL || state->free == NULL ||
	    state->open == NULL || state->unreached == NULL || state->seat_queue == NULL || state->followed == NULL ||
	    state->heads == NULL || state->stack == NULL || state->done == NULL) {
		assign_state_release(state);
		return err_memory(err);
	}
	set_kinds(state);
	return 0;
}

void
assign_state_release(struct assign_state *state)
{
	free(state->seats);
	free(state->inspectors);
	free(state->fit);
	free(state->free);
	free(state->open);
	free(state->unreached);
	free(state->seat_queue);
	free(state->followed);
	free(state->heads);
	free(state->stack);
	free(state->done);
	*state = (struct assign_state){0};
}

/* ---- who sits where ---- */

static bool
fits(const struct assign_state *state, uint32_t inspector, uint32_t seat)
{
	return (state->problem->fits[inspector] >> seat % state->problem->seats & 1) != 0;
}

static const uint64_t *
lawful_for(const struct assign_state *state, uint32_t seat)
{
	return lawful_row(state->problem->lawful, seat / state->problem->seats);
}

/* The seat that an inspector holds in this seat's team, or ASSIGN_NO_SEAT. */
static uint32_t
held_in_team(const struct assign_state *state, uint32_t seat, uint32_t inspector)
{
	uint32_t seats = (uint32_t)state->problem->seats;
	uint32_t begin = seat - seat % seats;

	for (uint32_t other = begin; other < begin + seats; other++)
		if (state->seats[other].holder == inspector)
			return other;
	return ASSIGN_NO_SEAT;
}

static void
mark_free(struct assign_state *state, uint32_t inspector)
{
	if (state->inspectors[inspector].load < state->limit)
		assign_bit_set(state->free, inspector);
	else
		assign_bit_clear(state->free, inspector);
}

static size_t
heads_home(const struct assign_state *state, uint32_t inspector, uint32_t kind)
{
	uint64_t key = ((uint64_t)inspector << 32 | kind) * 0x9e3779b97f4a7c15; /* Knuth's multiplicative hash */

	return (size_t)(key >> 32) & state->heads_mask;
}

/* The bundle's slot in the table, or the free slot where it would go. */
static size_t
heads_find(const struct assign_state *state, uint32_t inspector, uint32_t kind)
{
	size_t i = heads_home(state, inspector, kind);

	while (state->heads[i] != ASSIGN_NO_SEAT) {
		const struct assign_seat *head = &state->seats[state->heads[i]];

		if (head->holder == inspector && head->kind == kind)
			break;
		i = (i + 1) & state->heads_mask;
	}
	return i;
}

/* Frees a slot, and moves into the gap what probing would not find behind it (Knuth, TAOCP 6.4, algorithm R). */
static void
heads_remove(struct assign_state *state, size_t gap)
{
	size_t mask = state->heads_mask;

	for (size_t i = (gap + 1) & mask; state->heads[i] != ASSIGN_NO_SEAT; i = (i + 1) & mask) {
		const struct assign_seat *head = &state->seats[state->heads[i]];
		size_t home = heads_home(state, head->holder, head->kind);

		if (((i - home) & mask) < ((i - gap) & mask))
			continue;
		state->heads[gap] = state->heads[i];
		gap = i;
	}
	state->heads[gap] = ASSIGN_NO_SEAT;
}

/* Puts a bundle's head into its holder's ring of bundles, as the last. */
static void
ring_add(struct assign_state *state, uint32_t seat)
{
	struct assign_seat *seats = state->seats;
	uint32_t *first = &state->inspectors[seats[seat].holder].first;
	uint32_t last;

	if (*first == ASSIGN_NO_SEAT)
		*first = seats[seat].previous_bundle = seat;
	last = seats[*first].previous_bundle;
	seats[seat].next_bundle = *first;
	seats[seat].previous_bundle = last;
	seats[last].next_bundle = seat;
	seats[*first].previous_bundle = seat;
}

static void
ring_remove(struct assign_state *state, uint32_t seat)
{
	struct assign_seat *seats = state->seats;
	uint32_t *first = &state->inspectors[seats[seat].holder].first;
	uint32_t next = seats[seat].next_bundle;
	uint32_t previous = seats[seat].previous_bundle;

	seats[next].previous_bundle = previous;
	seats[previous].next_bundle = next;
	if (*first == seat)
		*first = next == seat ? ASSIGN_NO_SEAT : next;
}

/* Puts a seat that has just been given a holder into a bundle. */
static void
bundle_add(struct assign_state *state, uint32_t seat)
{
	struct assign_seat *seats = state->seats;
	uint32_t *head = &state->heads[heads_find(state, seats[seat].holder, seats[seat].kind)];

	if (*head == ASSIGN_NO_SEAT) {
		*head = seats[seat].next = seats[seat].previous = seat;
		ring_add(state, seat);
		return;
	}
	seats[seat].next = seats[*head].next;
	seats[seat].previous = *head;
	seats[seats[*head].next].previous = seat;
	seats[*head].next = seat;
}

/* Takes a seat out of its bundle, before it loses its holder.  If it was the head, another seat becomes the head. */
static void
bundle_remove(struct assign_state *state, uint32_t seat)
{
	struct assign_seat *seats = state->seats;
	uint32_t next = seats[seat].next;
	size_t i = heads_find(state, seats[seat].holder, seats[seat].kind);

	seats[next].previous = seats[seat].previous;
	seats[seats[seat].previous].next = next;
	if (state->heads[i] != seat)
		return;
	ring_remove(state, seat);
	if (next == seat) {
		heads_remove(state, i);
		return;
	}
	state->heads[i] = next;
	ring_add(state, next);
}

void
assign_sit(struct assign_state *state, uint32_t seat, uint32_t inspector)
{
	assert(state->seats[seat].holder == ASSIGN_NOBODY && state->inspectors[inspector].load < state->limit);
	state->seats[seat].holder = inspector;
	bundle_add(state, seat);
	state->inspectors[inspector].load++;
	mark_free(state, inspector);
}

void
assign_unseat(struct assign_state *state, uint32_t seat)
{
	uint32_t inspector = state->seats[seat].holder;

	assert(inspector != ASSIGN_NOBODY && state->seats[seat].part != ASSIGN_FIXED);
	bundle_remove(state, seat);
	state->seats[seat].holder = ASSIGN_NOBODY;
	state->inspectors[inspector].load--;
	mark_free(state, inspector);
}

void
assign_fix(struct assign_state *state, uint32_t seat)
{
	assert(state->seats[seat].holder != ASSIGN_NOBODY);
	bundle_remove(state, seat);
	state->seats[seat].part = ASSIGN_FIXED;
}

/* ---- parts, and what a search has reached ---- */

static void
open_part(struct assign_state *state, uint32_t part)
{
	memset(state->open, 0, state->words * sizeof *state->open);
	state->n_open = 0;
	for (uint32_t p = 0; p < state->n_usable; p++)
		if (state->inspectors[p].part == part) {
			assign_bit_set(state->open, p);
			state->n_open++;
		}
	state->open_part = part;
}

static void
forget_search(struct assign_state *state)
{
	for (size_t i = 0; i < state->n_seat_queue; i++) {
		struct assign_seat *seat = &state->seats[state->seat_queue[i]];

		seat->reached = false;
		state->followed[seat->kind] = ASSIGN_NO_SEAT;
	}
	state->n_seat_queue = state->seat_at = state->n_stack = state->n_done = state->done_at = 0;
}

static void
begin_search(struct assign_state *state, uint32_t part)
{
	forget_search(state);
	if (state->open_part != part)
		open_part(state, part);
	memcpy(state->unreached, state->open, state->words * sizeof *state->unreached);
	state->n_unreached = state->n_open;
}

/*
 * Called after a search that has succeeded and began at the n-th seat of the queue.  What it has not followed to the
 * end counts as not reached.  The rest led nowhere, and rarely leads anywhere after a change elsewhere.  So it is
 * followed again only when there is nothing else.
 */
static void
keep_search(struct assign_state *state, size_t n)
{
	for (size_t i = n; i < state->seat_at; i++)
		state->followed[state->seats[state->seat_queue[i]].kind] = ASSIGN_NO_SEAT;
	for (size_t i = state->seat_at; i < state->n_seat_queue; i++)
		state->seats[state->seat_queue[i]].reached = false;
	for (size_t i = 0; i < state->n_stack; i++)
		assign_bit_set(state->unreached, state->stack[i]);
	state->n_unreached += state->n_stack;
	state->n_seat_queue = state->seat_at;
	state->n_stack = 0;
}

void
assign_limit(struct assign_state *state, uint32_t limit)
{
	forget_search(state);
	state->limit = limit;
	for (uint32_t p = 0; p < state->n_usable; p++) {
		assert(state->inspectors[p].load <= limit);
		mark_free(state, p);
		state->inspectors[p].part = 0;
	}
	for (size_t seat = 0; seat < state->n_seats; seat++)
		state->seats[seat].part = 0;
	state->n_parts = 1;
	state->n_closed = 0;
	open_part(state, 0);
}

void
assign_clear(struct assign_state *state, uint32_t n_usable, uint32_t limit)
{
	for (size_t seat = 0; seat < state->n_seats; seat++)
		state->seats[seat].holder = ASSIGN_NOBODY;
	for (size_t p = 0; p < state->problem->n_inspectors; p++)
		state->inspectors[p] = (struct assign_inspector){.first = ASSIGN_NO_SEAT};
	for (size_t i = 0; i <= state->heads_mask; i++)
		state->heads[i] = ASSIGN_NO_SEAT;
	memset(state->free, 0, state->words * sizeof *state->free);
	state->n_usable = n_usable;
	assign_limit(state, limit);
}

void
assign_close(struct assign_state *state)
{
	uint32_t part = state->n_parts++;

	assert(part < ASSIGN_FIXED && state->n_stack == 0);
	if (state->open_part == 0)
		state->n_closed += state->n_done;
	for (size_t i = 0; i < state->n_done; i++)
		state->inspectors[state->done[i]].part = part;
	for (size_t i = 0; i < state->n_seat_queue; i++)
		state->seats[state->seat_queue[i]].part = part;
	memcpy(state->open, state->unreached, state->words * sizeof *state->open);
	state->n_open = state->n_unreached;
	forget_search(state);
}

/* ---- a search ---- */

static void
reach_seat(struct assign_state *state, uint32_t seat, uint32_t parent)
{
	struct assign_seat *s = &state->seats[seat];

	if (s->reached || s->part != state->open_part)
		return;
	s->reached = true;
	s->parent = parent;
	state->seat_queue[state->n_seat_queue++] = seat;
}

static void
reach_inspector(struct assign_state *state, uint32_t inspector, uint32_t via)
{
	assign_bit_clear(state->unreached, inspector);
	state->n_unreached--;
	state->inspectors[inspector].via = via;
	state->stack[state->n_stack++] = inspector;
}

/* Seats the inspector; each holder on the way moves to the seat from which its own was reached. */
static void
move_up(struct assign_state *state, uint32_t seat, uint32_t inspector)
{
	while (inspector != ASSIGN_NOBODY) {
		uint32_t before = state->seats[seat].holder;

		if (before != ASSIGN_NOBODY)
			assign_unseat(state, seat);
		assign_sit(state, seat, inspector);
		inspector = before;
		seat = state->seats[seat].parent;
	}
}

/* A free inspector who can take the seat without anybody else moving. */
static uint32_t
find_free(const struct assign_state *state, uint32_t seat, const uint64_t *lawful, const uint64_t *fit)
{
	for (size_t w = 0; w < state->words; w++)
		for (uint64_t some = lawful[w] & fit[w] & state->free[w]; some != 0; some &= some - 1) {
			uint32_t p = (uint32_t)(w * 64) + (uint32_t)__builtin_ctzll(some);

			if (held_in_team(state, seat, p) == ASSIGN_NO_SEAT)
				return p;
		}
	return ASSIGN_NOBODY;
}

/* Reaches the inspectors who could take the seat if they had room. */
static void
reach_full_inspectors(struct assign_state *state, uint32_t seat, const uint64_t *lawful, const uint64_t *fit)
{
	for (size_t w = 0; w < state->words && state->n_unreached > 0; w++)
		for (uint64_t some = lawful[w] & fit[w] & state->unreached[w]; some != 0; some &= some - 1) {
			uint32_t p = (uint32_t)(w * 64) + (uint32_t)__builtin_ctzll(some);

			if (held_in_team(state, seat, p) == ASSIGN_NO_SEAT)
				reach_inspector(state, p, seat);
		}
}

/* Follows the first seat of its kind: to everybody who may sit on it. */
static bool
follow_first(struct assign_state *state, uint32_t seat)
{
	const uint64_t *lawful = lawful_for(state, seat);
	const uint64_t *fit = fit_of(state, seat % state->problem->seats);
	uint32_t p = find_free(state, seat, lawful, fit);

	if (p != ASSIGN_NOBODY) {
		move_up(state, seat, p);
		return true;
	}
	reach_full_inspectors(state, seat, lawful, fit);
	return false;
}

/* Follows a seat after `known`, of its kind: only to those in the team of `known`, who are lawful here too. */
static bool
follow_again(struct assign_state *state, uint32_t seat, uint32_t known)
{
	uint32_t seats = (uint32_t)state->problem->seats;
	uint32_t begin = known - known % seats;

	for (uint32_t other = begin; other < begin + seats; other++) {
		uint32_t p = state->seats[other].holder;

		if (p == ASSIGN_NOBODY || !(assign_bit(state->free, p) || assign_bit(state->unreached, p)) ||
		    !fits(state, p, seat) || held_in_team(state, seat, p) != ASSIGN_NO_SEAT)
			continue;
		if (assign_bit(state->free, p)) {
			move_up(state, seat, p);
			return true;
		}
		reach_inspector(state, p, seat);
	}
	return false;
}

/* Follows a seat.  Here and below, true means that the search has succeeded and everybody has moved. */
static bool
follow_seat(struct assign_state *state, uint32_t seat)
{
	uint32_t seats = (uint32_t)state->problem->seats;
	uint32_t begin = seat - seat % seats;
	uint32_t *followed = &state->followed[state->seats[seat].kind];

	if (*followed == ASSIGN_NO_SEAT ? follow_first(state, seat) : follow_again(state, seat, *followed))
		return true;
	*followed = seat;
	for (uint32_t other = begin; other < begin + seats; other++) {
		uint32_t p = state->seats[other].holder;

		if (other != seat && p != ASSIGN_NOBODY && fits(state, p, seat))
			reach_seat(state, other, seat);
	}
	return false;
}

static bool
follow_seats(struct assign_state *state)
{
	while (state->seat_at < state->n_seat_queue)
		if (follow_seat(state, state->seat_queue[state->seat_at++]))
			return true;
	return false;
}

/*
 * Follows one seat of each kind that an inspector holds.  There may be very many, so each is followed before the next
 * is reached.  If one ends the search, the inspector's next turn begins after it.
 */
static bool
follow_inspector(struct assign_state *state, uint32_t inspector)
{
	struct assign_inspector *p = &state->inspectors[inspector];
	uint32_t begin = p->first;
	uint32_t seat = begin;

	if (begin == ASSIGN_NO_SEAT)
		return false;
	do {
		uint32_t next = state->seats[seat].next_bundle;

		reach_seat(state, seat, p->via);
		if (follow_seats(state)) {
			if (state->seats[next].holder == inspector)
				p->first = next;
			return true;
		}
		seat = next;
	} while (seat != begin);
	return false;
}

/* Follows an inspector's other seats.  They lead on only where somebody sits in one team and not in the other. */
static bool
follow_bundles(struct assign_state *state, uint32_t inspector)
{
	const struct assign_inspector *p = &state->inspectors[inspector];
	uint32_t head = p->first;

	if (head == ASSIGN_NO_SEAT)
		return false;
	do {
		uint32_t next_head = state->seats[head].next_bundle;

		for (uint32_t seat = state->seats[head].next; seat != head;) {
			uint32_t next = state->seats[seat].next;

			reach_seat(state, seat, p->via);
			if (follow_seats(state))
				return true;
			seat = next;
		}
		head = next_head;
	} while (head != p->first);
	return false;
}

/* Depth first: a search that succeeds then leaves most of what it has reached to later ones. */
static bool
follow_all(struct assign_state *state)
{
	if (follow_seats(state))
		return true;
	while (state->n_stack > 0) {
		uint32_t p = state->stack[--state->n_stack];

		if (follow_inspector(state, p)) {
			state->stack[state->n_stack++] = p;
			return true;
		}
		state->done[state->n_done++] = p;
	}
	return false;
}

/* Only a search that leaves nothing out proves that there is no path. */
static bool
run_search(struct assign_state *state, bool leave_nothing_out)
{
	size_t begin = state->seat_at;
	bool ended = follow_all(state);

	while (!ended && leave_nothing_out && state->done_at < state->n_done)
		ended = follow_bundles(state, state->done[state->done_at++]) || follow_all(state);
	if (ended)
		keep_search(state, begin);
	return ended;
}

static bool
search_from(struct assign_state *state, uint32_t seat, bool leave_nothing_out)
{
	reach_seat(state, seat, ASSIGN_NO_SEAT);
	return run_search(state, leave_nothing_out);
}

bool
assign_fill(struct assign_state *state, uint32_t seat)
{
	if (state->n_seat_queue > 0 && search_from(state, seat, false))
		return true;
	begin_search(state, 0);
	return search_from(state, seat, true);
}

bool
assign_hopeless(const struct assign_state *state, uint32_t seat)
{
	const uint64_t *lawful = lawful_for(state, seat);
	const uint64_t *fit = fit_of(state, seat % state->problem->seats);

	assert(state->open_part == 0);
	for (size_t w = 0; w < state->words; w++)
		if ((lawful[w] & fit[w] & state->open[w]) != 0)
			return false;
	return true;
}

/*
 * A path back to a seat enters its team by a seat whose holder is in the same part.  If there is none left, because it
 * has been fixed, the team's seats become a part without inspectors.  Otherwise each would cost a search that must
 * fail.
 */
static void
set_apart(struct assign_state *state, uint32_t seat)
{
	uint32_t seats = (uint32_t)state->problem->seats;
	uint32_t begin = seat - seat % seats;
	uint32_t part = state->seats[seat].part;

	for (uint32_t other = begin; other < begin + seats; other++)
		if (state->seats[other].part == part && state->inspectors[state->seats[other].holder].part == part)
			return;
	for (uint32_t other = begin; other < begin + seats; other++)
		if (state->seats[other].part == part)
			state->seats[other].part = state->n_parts;
	state->n_parts++;
}

void
assign_vacate(struct assign_state *state, uint32_t seat)
{
	set_apart(state, seat);
	assign_unseat(state, seat);
	begin_search(state, state->seats[seat].part);
	state->seats[seat].parent = ASSIGN_NO_SEAT;
}

bool
assign_may_give(const struct assign_state *state, uint32_t seat, uint32_t inspector)
{
	uint32_t held = held_in_team(state, seat, inspector);

	return state->seats[seat].part ==
	    (held == ASSIGN_NO_SEAT ? state->inspectors[inspector].part : state->seats[held].part);
}

/* Nobody moves until the seat is given, so what a failed search has closed stays closed for the next inspector. */
bool
assign_give(struct assign_state *state, uint32_t seat, uint32_t inspector)
{
	uint32_t held = held_in_team(state, seat, inspector);

	if (!assign_may_give(state, seat, inspector))
		return false;
	if (held == ASSIGN_NO_SEAT && assign_bit(state->free, inspector)) {
		assign_sit(state, seat, inspector);
		return true;
	}
	if (held != ASSIGN_NO_SEAT)
		reach_seat(state, held, seat);
	else
		reach_inspector(state, inspector, seat);
	if (run_search(state, true))
		return true;
	assign_close(state);
	return false;
}
