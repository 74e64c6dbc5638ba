#ifndef SPOTCHECK_ASSIGN_SEARCH_H
#define SPOTCHECK_ASSIGN_SEARCH_H

#include <stdbool.h>
#include <stdint.h>

#include "core/assign.h"

/*
 * Of assign.c alone: an assignment, perhaps not complete, that is kept and changed along augmenting paths.
 *
 * An inspector with room is free.  An empty seat can be filled if a free inspector can take it, or if somebody can whose
 * own seat can be filled in turn.  A search follows these questions breadth first: from a seat to whoever may sit on it
 * and is not yet in its team, or sits elsewhere in the same team; from an inspector without room to the seats held.  It
 * looks at every seat and inspector once.  When it ends at a free inspector, everybody on the way moves up by one seat.
 * This is Ford and Fulkerson's method on the network source - inspector - inspector in a team - seat - sink.
 *
 * Parts.  Let u lead to v where a search goes from u to v.  What a failed search has seen leads to nothing else, so
 * nobody in it is on a cycle with anything outside.  A change along a path or a cycle never makes something reachable
 * that was not: a path that enters what has failed would have to end there, and there is nobody free in it; a cycle is
 * wholly inside or outside.  So assign_close() makes it a part of its own for as long as limits are not raised and
 * nobody rises for good.  While teams are built, later searches just stay out of closed parts.  In assign_give(), p can
 * take a seat from its holder only if p leads back to that seat (a free inspector leads anywhere, through those whose
 * place it may take), so that the two are on a cycle and in one part; searches stay in that part.  Every failed search
 * splits one, so there are few.
 */

#define ASSIGN_NO_SEAT UINT32_MAX
#define ASSIGN_FIXED UINT32_MAX /* the part of a seat whose holder never moves again */

struct assign_state {
	const struct assign_problem *problem;
	size_t n_seats, words; /* words: of a row of inspectors */
	uint64_t *fit;         /* [seats][words]: who fits */

	uint32_t limit;     /* seats an inspector may hold */
	uint32_t n_usable;  /* the first so many inspectors may sit */
	uint32_t *holder;   /* [n_seats], or ASSIGN_NOBODY; seat s of target t is t * seats + s */
	uint32_t *load;     /* [n_inspectors], fixed seats included */
	uint32_t *first;    /* [n_inspectors]: a ring of the seats held that are not fixed, or ASSIGN_NO_SEAT */
	uint32_t *next, *previous; /* [n_seats]: in that ring */
	uint64_t *free;     /* usable, load below limit */

	uint32_t n_parts;
	uint32_t *part, *seat_part; /* [n_inspectors], [n_seats]; part 0: nothing is known to be out of reach */
	size_t n_closed;            /* usable inspectors outside part 0 */

	uint32_t open_part;
	uint64_t *open;    /* usable inspectors of open_part */
	size_t n_open;

	/* The search under way; of earlier ones that ended well, what was looked at in vain. */
	uint64_t *unseen;  /* of open */
	size_t n_unseen;
	bool *seat_seen;
	uint32_t *kind;     /* [n_seats]: below n_seats; the same inspectors may sit on all seats of a kind */
	uint32_t *followed; /* [n_seats]: by kind: the last one followed, or ASSIGN_NO_SEAT */
	uint32_t *parent;  /* [n_seats]: the seat to which this one's holder would move */
	uint32_t *via;     /* [n_inspectors]: the seat that the inspector would take */
	uint32_t *seat_queue; /* seats seen; the first seat_at of them have been followed */
	size_t n_seat_queue, seat_at;
	uint32_t *stack; /* inspectors seen */
	size_t n_stack;
	uint32_t *done;  /* inspectors followed */
	size_t n_done;
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

/*
 * Fills an empty seat, moving others if need be.  If false, nobody moved, and the search is kept to be looked at.
 * (What earlier searches saw in vain is tried last: it seldom leads anywhere, and is mostly left alone.)
 */
bool assign_fill(struct assign_state *state, uint32_t seat);

/* After a failed assign_fill: what it has seen is closed to later searches. */
void assign_close(struct assign_state *state);

/* Cheaply: true only where assign_fill would be false, because all who may take the seat are closed. */
bool assign_hopeless(const struct assign_state *state, uint32_t seat);

/*
 * Takes the holder from a seat in a complete assignment, to try others on it with assign_give: in any order, each once,
 * until one is true, or else the old holder with assign_sit.  Then assign_fix.
 */
void assign_vacate(struct assign_state *state, uint32_t seat);

/* A cheap test: false where assign_give would be. */
bool assign_may_give(const struct assign_state *state, uint32_t seat, uint32_t inspector);

/* Seats an inspector, lawful and fitting, if the assignment can be made complete again; if false, nobody moved. */
bool assign_give(struct assign_state *state, uint32_t seat, uint32_t inspector);

static inline bool
assign_bit(const uint64_t *bits, size_t i)
{
	return bits[i / 64] >> i % 64 & 1;
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
