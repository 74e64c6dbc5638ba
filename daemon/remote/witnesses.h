#ifndef SPOTCHECK_REMOTE_WITNESSES_H
#define SPOTCHECK_REMOTE_WITNESSES_H

#include <stdbool.h>
#include <stdint.h>

#include "config/config.h"
#include "core/base/err.h"
#include "store/store.h"

/*
 * The log's side of C2SP tlog-witness.  Each witness that has an address is sent the newest checkpoint, with the proof
 * that it continues the one which that witness cosigned before; its cosignature is kept.
 *
 * Where a witness has seen a longer log of this key, or another one, the state is an old copy.  Then nothing may be
 * signed: otherwise there would be two logs.
 */

struct witnesses_report {
	const char *ahead;   /* the name of a witness that has seen a longer log, or another one; NULL: none */
	uint64_t ahead_size; /* how many entries that log has */
	/* Called with what a witness did wrong, in words; may be NULL. */
	void (*tell)(void *ctx, const char *message);
	void *ctx;
};

/*
 * Asks those that are due at `now`, or (`all`) every one.  The caller zeroes `report` but for `tell` and `ctx`.  A
 * witness's failure is kept (witness_state), and the call returns 0.  ERR_OUTSIDE, ERR_MEMORY.
 */
int witnesses_ask(struct store *store, const struct config *config, int64_t now, bool all,
    struct witnesses_report *report, struct err *err);

/* ERR_REFUSED where the report says that a witness is ahead; `size` is the number of entries here. */
int witnesses_check(const struct witnesses_report *report, uint64_t size, struct err *err);

/* When one is due next; INT64_MAX: all that have an address have cosigned the newest checkpoint. */
int witnesses_next(struct store *store, const struct config *config, int64_t *ret_time, struct err *err);

/* What is known of one of them. */
#define WITNESS_FAULT 512
struct witness_state {
	bool asked;
	bool newest;       /* it has cosigned the newest checkpoint */
	uint64_t failures; /* in a row */
	int64_t since;     /* when they began */
	uint64_t ahead;    /* entries of the longer, or other, log that it has seen; 0: none */
	char fault[WITNESS_FAULT];
};
int
witness_state(struct store *store, const struct config_witness *witness, struct witness_state *ret, struct err *err);

/* Seconds until what failed so often in a row is tried again: 15, then twice as long each time, up to 900. */
int64_t witnesses_pause(uint64_t failures);

#endif
