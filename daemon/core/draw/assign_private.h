#ifndef SPOTCHECK_CORE_DRAW_ASSIGN_PRIVATE_H
#define SPOTCHECK_CORE_DRAW_ASSIGN_PRIVATE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/draw/assign.h"

/*
 * An assignment, perhaps not complete, that assign.c keeps and assign_search.c changes along augmenting paths.
 *
 * An inspector with room is free.  An empty seat can be filled if a free inspector may take it, or if somebody may take
 * it whose own seat can then be filled.  A search follows these steps.  From a seat it goes to every inspector who may
 * sit on it and is not yet in its team; if he sits elsewhere in that team, it goes to his seat there.  From an
 * inspector without room it goes to the seats that he holds.  It reaches every seat and inspector once.  When it
 * reaches a free inspector, everybody on the path moves by one seat.  This is Ford and Fulkerson's method on the
 * network source - inspector - inspector in a team - seat - sink.  A search tries last what earlier ones tried in vain,
 * as Pothen and Fan do (Computing the block triangular form of a sparse matrix, 1990).
 *
 * Parts.  What a failed search has reached leads to nothing else, and nobody in it is free.  This stays true while
 * seats are filled, exchanged and fixed: a path that entered it would have to end in it, and a cycle lies wholly inside
 * or wholly outside.  So assign_close() makes it a part of its own.  While seats are being filled, later searches stay
 * out of it.
 *
 * While teams are seated (assign_give), an inspector can take a seat from its holder only if a path leads from him back
 * to the seat.  It leads there by the holder, who then has room; by a team-mate's seat that the holder may take; or by
 * a free inspector, through the source of the network, which no failed search has reached.  The seat also leads to him,
 * so both are on a cycle.  No cycle crosses from one part to another, so the search stays in the seat's part.  Each
 * search that fails splits a part, so few fail.
 */

#define ASSIGN_NO_SEAT UINT32_MAX
#define ASSIGN_FIXED UINT32_MAX /* the part of a seat whose holder never moves again */

/* Seat s of target t is number t * seats + s. */
struct assign_seat {
	uint32_t holder;         /* or ASSIGN_NOBODY */
	uint32_t next, previous; /* the ring of the holder's seats of this kind that are not fixed: a bundle */
	uint32_t next_bundle, previous_bundle; /* of a bundle's head: the ring of the holder's bundles */
	uint32_t part;
	uint32_t kind;   /* the same inspectors may sit on all seats of a kind; a number below n_seats */
	uint32_t parent; /* in a search: the seat to which the holder would move */
	bool reached;
};

struct assign_inspector {
	uint32_t load;  /* seats held, fixed ones included */
	uint32_t first; /* head of a bundle, or ASSIGN_NO_SEAT */
	uint32_t part;
	uint32_t via; /* in a search: the seat that he would take */
};

struct assign_state {
	const struct assign_problem *problem;
	struct assign_seat *seats;
	struct assign_inspector *inspectors;
	size_t n_seats;
	size_t words;  /* of a set of inspectors, as bits */
	uint64_t *fit; /* [seats of a team]: who fits */
	uint32_t
	    *heads; /* a hash table of bundles' heads by holder and kind, with linear probing; ASSIGN_NO_SEAT: free */
	size_t heads_mask;

	uint32_t limit;    /* seats that one may hold */
	uint32_t n_usable; /* the first n_usable inspectors may sit */
	uint64_t *free;    /* usable, load below limit */

	/* Part 0 is what no failed search has closed. */
	uint32_t n_parts;
	size_t n_closed; /* usable inspectors outside part 0 */
	uint32_t open_part;
	uint64_t *open; /* usable inspectors of open_part, the one that is searched */
	size_t n_open;

	/* The search under way, with what earlier searches that succeeded have followed in vain. */
	uint64_t *unreached; /* of open */
	size_t n_unreached;
	uint32_t *seat_queue; /* seats reached; the first seat_at of them have been followed */
	size_t n_seat_queue, seat_at;
	uint32_t *followed; /* by kind: the last seat that this search has followed, or ASSIGN_NO_SEAT */
	uint32_t *stack;    /* inspectors reached and still to be followed */
	size_t n_stack;
	uint32_t *done; /* inspectors followed: the first done_at by all their seats, the others by one of each kind */
	size_t n_done, done_at;
};

int assign_state_init(struct assign_state *state, const struct assign_problem *problem, struct err *err);
void assign_state_release(struct assign_state *state);

/* Empties all seats.  The first `n_usable` inspectors may sit, each on at most `limit` seats. */
void assign_clear(struct assign_state *state, uint32_t n_usable, uint32_t limit);

/* Sets a new limit, which is not below any load.  Forgets parts. */
void assign_limit(struct assign_state *state, uint32_t limit);

void assign_sit(struct assign_state *state, uint32_t seat, uint32_t inspector);
void assign_unseat(struct assign_state *state, uint32_t seat);
void assign_fix(struct assign_state *state, uint32_t seat);

/*
 * Fills an empty seat, and moves others if need be.  If false, nobody has moved; done and seat_queue are what it
 * reached.
 */
bool assign_fill(struct assign_state *state, uint32_t seat);

/* After a failed assign_fill: closes what it has reached to later searches.  Nothing in it may be unseated any more. */
void assign_close(struct assign_state *state);

/* A cheap test: true only if assign_fill would fail because all who may take the seat are closed. */
bool assign_hopeless(const struct assign_state *state, uint32_t seat);

/*
 * Takes the holder off a seat of a complete assignment.  The caller then tries others on it with assign_give, in any
 * order and each once, until one call returns true; if none does, assign_sit puts the old holder back.  Then
 * assign_fix.
 */
void assign_vacate(struct assign_state *state, uint32_t seat);

/* A cheap test: false only if assign_give would return false.  Where assign_give has returned false, it is false. */
bool assign_may_give(const struct assign_state *state, uint32_t seat, uint32_t inspector);

/* Seats a lawful and fitting inspector if the assignment can be made complete again.  If false, nobody has moved. */
bool assign_give(struct assign_state *state, uint32_t seat, uint32_t inspector);

static inline bool
assign_bit(const uint64_t *bits, size_t i)
{
	return (bits[i / 64] >> i % 64 & 1) != 0;
}

static inline void
assign_bit_set(uint64_t *bits, size_t i)
{
	bits[i / 64] |= (uint64_t)1 << i % 64;
}

static inline void
assign_bit_clear(uint64_t *bits, size_t i)
{
	bits[i / 64] &= ~((uint64_t)1 << i % 64);
}

#endif
