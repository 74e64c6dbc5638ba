#include "core/assign_search.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static void *
array(size_t n, size_t size)
{
	return calloc(n == 0 ? 1 : n, size);
}

/* The first seat of a team that the same inspectors fit. */
static size_t
same_fit(const struct assign_state *state, size_t s)
{
	size_t first = 0;

	while (first < s && memcmp(state->fit + first * state->words, state->fit + s * state->words,
	                        state->words * sizeof *state->fit) != 0)
		first++;
	return first;
}

static void
set_kinds(struct assign_state *state)
{
	size_t seats = state->problem->seats;
	size_t fit[TEAM_MAX];

	for (size_t s = 0; s < seats; s++)
		fit[s] = same_fit(state, s);
	for (size_t seat = 0; seat < state->n_seats; seat++) {
		size_t shape = lawful_shape(state->problem->lawful, seat / seats);

		state->kind[seat] = (uint32_t)(shape * seats + fit[seat % seats]);
		state->followed[seat] = ASSIGN_NO_SEAT;
	}
}

int
assign_state_init(struct assign_state *state, const struct assign_problem *problem, struct err *err)
{
	size_t n = problem->n_inspectors;
	size_t n_seats = problem->n_targets * problem->seats;
	size_t words = (n + 63) / 64;

	assert(problem->seats >= 1 && problem->seats <= TEAM_MAX && n_seats < UINT32_MAX && n < UINT32_MAX);
	*state = (struct assign_state){.problem = problem, .n_seats = n_seats, .words = words};
	state->fit = array(problem->seats * words, sizeof *state->fit);
	state->holder = array(n_seats, sizeof *state->holder);
	state->load = array(n, sizeof *state->load);
	state->first = array(n, sizeof *state->first);
	state->next = array(n_seats, sizeof *state->next);
	state->previous = array(n_seats, sizeof *state->previous);
	state->free = array(words, sizeof *state->free);
	state->part = array(n, sizeof *state->part);
	state->seat_part = array(n_seats, sizeof *state->seat_part);
	state->open = array(words, sizeof *state->open);
	state->unseen = array(words, sizeof *state->unseen);
	state->seat_seen = array(n_seats, sizeof *state->seat_seen);
	state->kind = array(n_seats, sizeof *state->kind);
	state->followed = array(n_seats, sizeof *state->followed);
	state->parent = array(n_seats, sizeof *state->parent);
	state->via = array(n, sizeof *state->via);
	state->seat_queue = array(n_seats, sizeof *state->seat_queue);
	state->stack = array(n, sizeof *state->stack);
	state->done = array(n, sizeof *state->done);
	if (state->fit == NULL || state->holder == NULL || state->load == NULL || state->first == NULL
	    || state->next == NULL || state->previous == NULL || state->free == NULL || state->part == NULL
	    || state->seat_part == NULL || state->open == NULL || state->unseen == NULL || state->seat_seen == NULL
	    || state->kind == NULL || state->followed == NULL || state->parent == NULL || state->via == NULL
	    || state->seat_queue == NULL || state->stack == NULL || state->done == NULL) {
		assign_state_release(state);
		return err_memory(err);
	}
	for (size_t p = 0; p < n; p++)
		for (size_t s = 0; s < problem->seats; s++)
			if (problem->fits[p] >> s & 1)
				assign_bit_set(state->fit + s * words, p);
	set_kinds(state);
	return 0;
}

void
assign_state_release(struct assign_state *state)
{
	free(state->fit);
	free(state->holder);
	free(state->load);
	free(state->first);
	free(state->next);
	free(state->previous);
	free(state->free);
	free(state->part);
	free(state->seat_part);
	free(state->open);
	free(state->unseen);
	free(state->seat_seen);
	free(state->kind);
	free(state->followed);
	free(state->parent);
	free(state->via);
	free(state->seat_queue);
	free(state->stack);
	free(state->done);
	*state = (struct assign_state){0};
}

static bool
fits(const struct assign_state *state, uint32_t inspector, size_t s)
{
	return state->problem->fits[inspector] >> s & 1;
}

static void
mark_free(struct assign_state *state, uint32_t inspector)
{
	if (state->load[inspector] < state->limit)
		assign_bit_set(state->free, inspector);
	else
		assign_bit_clear(state->free, inspector);
}

/* Puts the usable inspectors of a part into `open`. */
static void
reopen(struct assign_state *state, uint32_t part)
{
	memset(state->open, 0, state->words * sizeof *state->open);
	state->n_open = 0;
	for (uint32_t p = 0; p < state->n_usable; p++)
		if (state->part[p] == part) {
			assign_bit_set(state->open, p);
			state->n_open++;
		}
	state->open_part = part;
}

/* Also forgets what a search has seen. */
static void
forget_search(struct assign_state *state)
{
	for (size_t i = 0; i < state->n_seat_queue; i++) {
		uint32_t seat = state->seat_queue[i];

		state->seat_seen[seat] = false;
		state->followed[state->kind[seat]] = ASSIGN_NO_SEAT;
	}
	state->n_seat_queue = state->seat_at = state->n_stack = state->n_done = 0;
}

void
assign_limit(struct assign_state *state, uint32_t limit)
{
	forget_search(state);
	state->limit = limit;
	for (uint32_t p = 0; p < state->n_usable; p++) {
		assert(state->load[p] <= limit);
		mark_free(state, p);
	}
	memset(state->part, 0, state->problem->n_inspectors * sizeof *state->part);
	memset(state->seat_part, 0, state->n_seats * sizeof *state->seat_part);
	state->n_parts = 1;
	state->n_closed = 0;
	reopen(state, 0);
}

void
assign_clear(struct assign_state *state, uint32_t n_usable, uint32_t limit)
{
	for (size_t seat = 0; seat < state->n_seats; seat++)
		state->holder[seat] = ASSIGN_NOBODY;
	for (size_t p = 0; p < state->problem->n_inspectors; p++) {
		state->load[p] = 0;
		state->first[p] = ASSIGN_NO_SEAT;
	}
	memset(state->free, 0, state->words * sizeof *state->free);
	state->n_usable = n_usable;
	assign_limit(state, limit);
}

void
assign_sit(struct assign_state *state, uint32_t seat, uint32_t inspector)
{
	uint32_t first = state->first[inspector];

	assert(state->holder[seat] == ASSIGN_NOBODY && state->load[inspector] < state->limit);
	if (first == ASSIGN_NO_SEAT) {
		state->first[inspector] = state->next[seat] = state->previous[seat] = seat;
	} else {
		uint32_t last = state->previous[first];

		state->next[seat] = first;
		state->previous[seat] = last;
		state->next[last] = state->previous[first] = seat;
	}
	state->holder[seat] = inspector;
	state->load[inspector]++;
	mark_free(state, inspector);
}

/* Takes a seat out of its holder's ring of those that may change hands. */
static void
unlist(struct assign_state *state, uint32_t seat)
{
	uint32_t *first = &state->first[state->holder[seat]];
	uint32_t next = state->next[seat];
	uint32_t previous = state->previous[seat];

	state->previous[next] = previous;
	state->next[previous] = next;
	if (*first == seat)
		*first = next == seat ? ASSIGN_NO_SEAT : next;
}

void
assign_rise(struct assign_state *state, uint32_t seat)
{
	uint32_t inspector = state->holder[seat];

	assert(inspector != ASSIGN_NOBODY && state->seat_part[seat] != ASSIGN_FIXED);
	unlist(state, seat);
	state->holder[seat] = ASSIGN_NOBODY;
	state->load[inspector]--;
	mark_free(state, inspector);
}

void
assign_fix(struct assign_state *state, uint32_t seat)
{
	assert(state->holder[seat] != ASSIGN_NOBODY);
	unlist(state, seat);
	state->seat_part[seat] = ASSIGN_FIXED;
}

/* The seat that an inspector holds in this seat's team, or ASSIGN_NO_SEAT. */
static uint32_t
held_in_team(const struct assign_state *state, uint32_t seat, uint32_t inspector)
{
	uint32_t seats = (uint32_t)state->problem->seats;
	uint32_t begin = seat - seat % seats;

	for (uint32_t other = begin; other < begin + seats; other++)
		if (state->holder[other] == inspector)
			return other;
	return ASSIGN_NO_SEAT;
}

static void
see_seat(struct assign_state *state, uint32_t seat, uint32_t parent)
{
	if (state->seat_seen[seat] || state->seat_part[seat] != state->open_part)
		return;
	state->seat_seen[seat] = true;
	state->parent[seat] = parent;
	state->seat_queue[state->n_seat_queue++] = seat;
}

static void
see_inspector(struct assign_state *state, uint32_t inspector, uint32_t via)
{
	assign_bit_clear(state->unseen, inspector);
	state->n_unseen--;
	state->via[inspector] = via;
	state->stack[state->n_stack++] = inspector;
}

/* Seats the inspector; each holder on the way moves to the seat from which its own was reached. */
static void
move_up(struct assign_state *state, uint32_t seat, uint32_t inspector)
{
	while (inspector != ASSIGN_NOBODY) {
		uint32_t before = state->holder[seat];

		if (before != ASSIGN_NOBODY)
			assign_rise(state, seat);
		assign_sit(state, seat, inspector);
		inspector = before;
		seat = state->parent[seat];
	}
}

/* A free inspector who can take the seat just so. */
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

/* Those without room who could take the seat if they had any. */
static void
see_full(struct assign_state *state, uint32_t seat, const uint64_t *lawful, const uint64_t *fit)
{
	for (size_t w = 0; w < state->words && state->n_unseen > 0; w++)
		for (uint64_t some = lawful[w] & fit[w] & state->unseen[w]; some != 0; some &= some - 1) {
			uint32_t p = (uint32_t)(w * 64) + (uint32_t)__builtin_ctzll(some);

			if (held_in_team(state, seat, p) == ASSIGN_NO_SEAT)
				see_inspector(state, p, seat);
		}
}

/*
 * After a seat of the same kind was followed, only those in that seat's team need a look: all others who may sit on this
 * one have been seen.
 */
static bool
follow_again(struct assign_state *state, uint32_t seat, uint32_t known)
{
	uint32_t seats = (uint32_t)state->problem->seats;
	uint32_t begin = known - known % seats;

	for (uint32_t other = begin; other < begin + seats; other++) {
		uint32_t p = state->holder[other];

		if (p == ASSIGN_NOBODY || !(assign_bit(state->free, p) || assign_bit(state->unseen, p))
		    || !fits(state, p, seat % seats) || held_in_team(state, seat, p) != ASSIGN_NO_SEAT
		    || !assign_bit(lawful_row(state->problem->lawful, seat / seats), p))
			continue;
		if (assign_bit(state->free, p)) {
			move_up(state, seat, p);
			return true;
		}
		see_inspector(state, p, seat);
	}
	return false;
}

static bool
follow_first(struct assign_state *state, uint32_t seat)
{
	size_t seats = state->problem->seats;
	const uint64_t *lawful = lawful_row(state->problem->lawful, seat / seats);
	const uint64_t *fit = state->fit + seat % seats * state->words;
	uint32_t p = find_free(state, seat, lawful, fit);

	if (p != ASSIGN_NOBODY) {
		move_up(state, seat, p);
		return true;
	}
	see_full(state, seat, lawful, fit);
	return false;
}

/* Follows a seat.  True if that ended the search, and all have moved. */
static bool
follow_seat(struct assign_state *state, uint32_t seat)
{
	uint32_t seats = (uint32_t)state->problem->seats;
	uint32_t s = seat % seats;
	uint32_t *followed = &state->followed[state->kind[seat]];

	if (*followed == ASSIGN_NO_SEAT ? follow_first(state, seat) : follow_again(state, seat, *followed))
		return true;
	*followed = seat;
	for (uint32_t other = seat - s; other < seat - s + seats; other++) {
		uint32_t p = state->holder[other];

		if (other != seat && p != ASSIGN_NOBODY && fits(state, p, s))
			see_seat(state, other, seat);
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
 * Follows the seats that an inspector holds, each before the next is seen, for there may be very many.  When that ends
 * the search, the next one will begin behind the seat that did.
 */
static bool
follow_inspector(struct assign_state *state, uint32_t inspector)
{
	uint32_t begin = state->first[inspector];
	uint32_t seat = begin;

	if (begin == ASSIGN_NO_SEAT)
		return false;
	do {
		uint32_t next = state->next[seat];

		see_seat(state, seat, state->via[inspector]);
		if (follow_seats(state)) {
			if (state->holder[next] == inspector)
				state->first[inspector] = next;
			return true;
		}
		seat = next;
	} while (seat != begin);
	return false;
}

/* A search, from the n-th seat of the queue on, has ended well: what was not followed to the end is as if not seen. */
static void
keep_search(struct assign_state *state, size_t n)
{
	for (size_t i = n; i < state->seat_at; i++)
		state->followed[state->kind[state->seat_queue[i]]] = ASSIGN_NO_SEAT;
	for (size_t i = state->seat_at; i < state->n_seat_queue; i++)
		state->seat_seen[state->seat_queue[i]] = false;
	for (size_t i = 0; i < state->n_stack; i++)
		assign_bit_set(state->unseen, state->stack[i]);
	state->n_unseen += state->n_stack;
	state->n_seat_queue = state->seat_at;
	state->n_stack = 0;
}

/* True if all have moved. */
static bool
run_search(struct assign_state *state)
{
	size_t begin = state->seat_at;
	bool ended = follow_seats(state);

	while (!ended && state->n_stack > 0) {
		uint32_t p = state->stack[--state->n_stack];

		ended = follow_inspector(state, p);
		if (ended)
			state->stack[state->n_stack++] = p;
		else
			state->done[state->n_done++] = p;
	}
	if (ended)
		keep_search(state, begin);
	return ended;
}

static void
begin_search(struct assign_state *state, uint32_t part)
{
	forget_search(state);
	if (state->open_part != part)
		reopen(state, part);
	memcpy(state->unseen, state->open, state->words * sizeof *state->unseen);
	state->n_unseen = state->n_open;
}

bool
assign_fill(struct assign_state *state, uint32_t seat)
{
	bool all = state->n_seat_queue == 0;

	if (all)
		begin_search(state, 0);
	see_seat(state, seat, ASSIGN_NO_SEAT);
	if (run_search(state))
		return true;
	if (all)
		return false;
	begin_search(state, 0);
	see_seat(state, seat, ASSIGN_NO_SEAT);
	return run_search(state);
}

bool
assign_hopeless(const struct assign_state *state, uint32_t seat)
{
	size_t seats = state->problem->seats;
	const uint64_t *lawful = lawful_row(state->problem->lawful, seat / seats);
	const uint64_t *fit = state->fit + seat % seats * state->words;

	assert(state->open_part == 0);
	for (size_t w = 0; w < state->words; w++)
		if ((lawful[w] & fit[w] & state->open[w]) != 0)
			return false;
	return true;
}

void
assign_close(struct assign_state *state)
{
	uint32_t part = state->n_parts++;

	assert(part < ASSIGN_FIXED);
	if (state->open_part == 0)
		state->n_closed += state->n_done;
	for (size_t i = 0; i < state->n_done; i++)
		state->part[state->done[i]] = part;
	for (size_t i = 0; i < state->n_seat_queue; i++)
		state->seat_part[state->seat_queue[i]] = part;
	memcpy(state->open, state->unseen, state->words * sizeof *state->open);
	state->n_open = state->n_unseen;
	forget_search(state);
}

void
assign_vacate(struct assign_state *state, uint32_t seat)
{
	assign_rise(state, seat);
	begin_search(state, state->seat_part[seat]);
	state->parent[seat] = ASSIGN_NO_SEAT;
}

bool
assign_may_give(const struct assign_state *state, uint32_t seat, uint32_t inspector)
{
	uint32_t held = held_in_team(state, seat, inspector);

	return state->seat_part[seat] == (held == ASSIGN_NO_SEAT ? state->part[inspector] : state->seat_part[held]);
}

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
		see_seat(state, held, seat);
	else
		see_inspector(state, inspector, seat);
	if (run_search(state))
		return true;
	assign_close(state);
	return false;
}
