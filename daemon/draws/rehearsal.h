#ifndef SPOTCHECK_DRAWS_REHEARSAL_H
#define SPOTCHECK_DRAWS_REHEARSAL_H

#include "core/base/err.h"
#include "core/draw/draw.h"
#include "draws/snapshot.h"
#include "ledger/operator.h"

/*
 * A draw on the rosters as they stand now, with a secret that is thrown away.  It shows whether the rules leave enough
 * people, and changes nothing.  The members point at each other: do not copy or move a struct rehearsal.
 */
struct rehearsal {
	struct snapshot snapshot;
	char secret[HASH_HEX + 1], commit_hash[HASH_HEX + 1];
	struct draw_input input;
	struct draw draw;
};

/* Release with rehearsal_release, after a failure too.  The log's key is not needed. */
int
rehearsal_make(struct rehearsal *r, const struct operator *operator, const struct config_cycle *cycle, struct err *err);
void rehearsal_release(struct rehearsal *r); /* NULL is allowed */

/*
 * Draws up to `times` times more on the same rosters, fewer where that takes long, and keeps the draw of which the most
 * visits cannot be kept.  Adds up over these and the draw before.
 */
struct rehearsal_sum {
	size_t draws, visits, unkept;
};
int rehearsal_again(struct rehearsal *r, size_t times, struct rehearsal_sum *ret_sum, struct err *err);

/* What would help where visits cannot be kept. */
enum rehearsal_change {
	REHEARSAL_SLOT,      /* one more slot a day */
	REHEARSAL_DAY,       /* a window that is one day longer */
	REHEARSAL_INSPECTOR, /* one more inspector, who is lawful everywhere, fits all seats but `own`, and is never away */
	REHEARSAL_CHANGES
};

struct rehearsal_remedy {
	bool tried;    /* false: it would take long, or there is no such change */
	int minute;    /* of a day: the slot that was added */
	size_t unkept; /* visits that could not be kept then */
};

/* The same draw, of the same secret, with that change.  It bounds its work: about a second. */
int rehearsal_remedy(const struct rehearsal *r, const struct operator *operator, const struct config_cycle *cycle,
    enum rehearsal_change change, struct rehearsal_remedy *ret, struct err *err);

/* How many visits of the draw cannot be kept. */
size_t rehearsal_unkept(const struct draw *draw);

#endif
