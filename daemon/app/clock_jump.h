#ifndef SPOTCHECK_APP_CLOCK_JUMP_H
#define SPOTCHECK_APP_CLOCK_JUMP_H

#include <stdbool.h>
#include <stdint.h>

/*
 * The wall clock against one that nobody sets.  A clock that is set ahead by mistake would make years of draws and
 * openings due at once, and what is signed cannot be taken back; so after a leap ahead nothing is done for a while, in
 * which it can be set right.  A clock that is set back does no harm: nothing is due twice.  A suspend is no leap, since
 * the other clock counts it.
 */

#define CLOCK_JUMP_S 600       /* what a leap is, at the least */
#define CLOCK_JUMP_HOLD_S 3600 /* how long nothing is done after one */

struct clock_jump {
	int64_t offset; /* wall minus the other clock, the furthest that was taken for true */
	int64_t until;  /* by the other clock: held until then; 0: not held */
};

/* The other clock: CLOCK_BOOTTIME in seconds. */
int64_t clock_jump_clock(void);

/* As of the process's start.  `boot` is clock_jump_clock(). */
void clock_jump_begin(struct clock_jump *jump, int64_t wall, int64_t boot);

/*
 * How many seconds ahead the clock has leapt, while that is still doubtful; 0: what it says is taken for true, since it
 * is near what it was, or has said the same for CLOCK_JUMP_HOLD_S.
 */
int64_t clock_jump_ahead(struct clock_jump *jump, int64_t wall, int64_t boot);

#endif
