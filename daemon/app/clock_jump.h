#ifndef SPOTCHECK_APP_CLOCK_JUMP_H
#define SPOTCHECK_APP_CLOCK_JUMP_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Compares the wall clock with CLOCK_BOOTTIME, which nobody can set.  A wall clock that is set ahead by mistake would
 * make years of draws and openings due at once, and a signature cannot be taken back.  So after a jump ahead nothing is
 * done for CLOCK_JUMP_HOLD_S, in which the clock can be set right.  A clock that is set back does no harm: nothing is
 * due twice.  A suspend is no jump, since CLOCK_BOOTTIME counts it.
 */

#define CLOCK_JUMP_S 600       /* the least difference that is a jump */
#define CLOCK_JUMP_HOLD_S 3600 /* how long nothing is done after a jump */

struct clock_jump {
	int64_t offset; /* wall clock minus boottime: the greatest that was accepted */
	int64_t until;  /* boottime until which nothing is done; 0: not held */
};

/* CLOCK_BOOTTIME in seconds; 0 where it cannot be read. */
int64_t clock_jump_boottime(void);

/* At the process's start: `wall` is accepted.  `boot` is clock_jump_boottime(). */
void clock_jump_begin(struct clock_jump *jump, int64_t wall, int64_t boot);

/*
 * How many seconds the wall clock has jumped ahead, while the jump is not accepted.  0: the clock is accepted, because
 * it is less than CLOCK_JUMP_S ahead, or has been as far ahead for CLOCK_JUMP_HOLD_S.
 */
int64_t clock_jump_ahead(struct clock_jump *jump, int64_t wall, int64_t boot);

#endif
