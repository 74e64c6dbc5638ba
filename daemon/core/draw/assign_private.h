#ifndef SPOTCHECK_CORE_DRAW_ASSIGN_PRIVATE_H
#define SPOTCHECK_CORE_DRAW_ASSIGN_PRIVATE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/draw/assign.h"

/*
 * Of assign.c alone: an assignment, perhaps not complete, that is kept and changed along augmenting paths.
 *
 * An inspector with room is free.  An empty seat can be filled if a free inspector can take it, or if somebody can
 * whose own seat can then be filled.  A search follows these questions: from a seat to whoever may sit on it and is
 * not yet in its team, or to his seat if he sits elsewhere in that team; from an inspector without room to the seats
 * held.  It looks at every seat and inspector once.  When it comes to a free inspector, everybody on the way moves up
 * by one seat.  This is Ford and Fulkerson's method on the network source - inspector - inspector in a team - seat -
 * sink; that a search tries last what earlier ones tried in vain is Pothen and Fan's (Computing the block triangular
 * form of a sparse matrix, 1990).
 *
 * Parts.  What a failed search has seen leads to nothing else, and nobody in it is free.  It stays so while seats are
 * filled, exchanged and fixed: a path that entered it would have to end in it, and a cycle lies wholly inside or
 * outside.  So assign_close() makes it a part of its own.  While seats are being filled, later searches just stay out
 * of it.
 *
 * While teams are seated (assign_give), somebody can take a seat from its holder only if he leads back to it: by the
 * holder, who then has room; by a team-mate's seat that the holder may take; or by somebody free, and through the
 * source of the network, which no failed search has seen.  As the seat leads to him, both are on a cycle.  No cycle
 * crosses from one part to another, so the search stays in the seat's part; and as each one that fails splits a part,
 * few do.
 */

#define ASSIGN_NO_SEAT UINT32_MAX
#define ASSIGN_FIXED UINT32_MAX /* the part of a seat whose holder never moves again */

/* Seat s of target t is number t * seats + s. */
struct assign_seat {
	uint32_t holder;         /* or ASSIGN_NOBODY */
	uint32_t next, previous; /* the ring of the holder's seats of this kind that are not fixed: a bundle */
	uint32_t next_bundle, previous_bundle; /* of its head: the ring of the holder's bundles, each by its head */
	uint32_t part;
	uint32_t kind;   /* the same inspectors may sit on all seats of a kind; below the number of seats */
	uint32_t parent; /* in a search: the seat to which the holder would move */
	bool seen;
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
	size_t words;    /* of a set of inspectors, as bits */
	uint64_t *fit;   /* [seats of a team]: who fits */
	uint32_t *heads; /* a hash table of all bundles by holder and kind, with linear probing; or ASSIGN_NO_SEAT */
	size_t heads_mask;

	uint32_t limit;    /* seats that one may hold */
	uint32_t n_usable; /* the first so many inspectors may sit */
	uint64_t *free;    /* usable, load below limit */

	/* Part 0: of whom nothing is known. */
	uint32_t n_parts;
	size_t n_closed; /* usable inspectors outside part 0 */
	uint32_t open_part;
	uint64_t *open; /* usable inspectors of open_part, the one that is searched */
	size_t n_open;

	/* The search under way; of those before it that ended well, what was followed in vain. */
	uint64_t *unseen; /* of open */
	size_t n_unseen;
	uint32_t *seat_queue; /* seats seen; the first seat_at of them have been followed */
	size_t n_seat_queue, seat_at;
	uint32_t *followed; /* by kind: the last seat that this search has followed, or ASSIGN_NO_SEAT */
	uint32_t *stack;    /* inspectors seen and still to be followed */
	size_t n_stack;
	uint32_t *done; /* inspectors followed; of the first done_at, all seats, else one of each kind */
	size_t n_done, done_at;
};

int assign_state_init(struct assign_state *state, const struct assign_problem *problem, struct err *err);
void assign_state_release(struct assign_state *state);

/* Nobody sits; the first `n_usable` inspectors may, on at most `limit` seats each. */
void assign_clear(struct assign_state *state, uint32_t n_usable, uint32_t limit);

/* A new limit, not below any load; forgets parts. */
void assign_limit(struct assign_state *state, uint32_t limit);

void assign_sit(struct assign_state *state, uint32_t seat, uint32_t inspector);
void assign_rise(struct assign_state *state, uint32_t seat);
void assign_fix(struct assign_state *state, uint32_t seat);

/* Fills an empty seat, moving others if need be.  If false, nobody moved; what the search has seen can be looked at. */
bool assign_fill(struct assign_state *state, uint32_t seat);

/* After a failed assign_fill: what it has seen is closed to later searches.  Nobody in it may rise any more. */
void assign_close(struct assign_state *state);

/* Cheaply: true only where assign_fill would be false, because all who may take the seat are closed. */
bool assign_hopeless(const struct assign_state *state, uint32_t seat);

/*
 * Takes the holder from a seat in a complete assignment, to try others on it with assign_give: in any order, each once,
 * until one is true, or else the old holder with assign_sit.  Then assign_fix.
 */
void assign_vacate(struct assign_state *state, uint32_t seat);

/* Cheaply: false only where assign_give would be; and it is after assign_give was. */
bool assign_may_give(const struct assign_state *state, uint32_t seat, uint32_t inspector);

/* Seats an inspector, lawful and fitting, if the assignment can be made complete again; if false, nobody moved. */
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
