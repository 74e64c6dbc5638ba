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

#endif
