#ifndef SPOTCHECK_REMOTE_WITNESSES_H
#define SPOTCHECK_REMOTE_WITNESSES_H

#include <stdbool.h>
#include <stdint.h>

#include "config/config.h"
#include "core/base/err.h"
#include "store/store.h"

/*
 * The log's side of C2SP tlog-witness: every witness that has an address is given the newest checkpoint, with the proof
 * that it goes on from what that witness cosigned before; its cosignature is kept.
 *
 * A witness that has seen a longer log of this key, or another one, shows that the state is an old copy of itself: then
 * nothing may be signed, or there were two logs.
 */

struct witnesses_report {
	const char *ahead; /* the NAME of one that has seen a longer log, or another; NULL: none */
	uint64_t ahead_size;
	/* Told what one of them did wrong, in words; may be NULL. */
	void (*tell)(void *ctx, const char *message);
	void *ctx;
};

/*
 * Asks those that are due at `now`, or (`all`) every one.  `report` is zeroed but for `tell`.  That a witness fails is
 * kept (witness_state) and no fault of the call: ERR_OUTSIDE, ERR_MEMORY.
 */
int witnesses_ask(struct store *store, const struct config *config, int64_t now, bool all,
    struct witnesses_report *report, struct err *err);

/* ERR_REFUSED where the report says that a witness is ahead. */
int witnesses_check(const struct witnesses_report *report, uint64_t size, struct err *err);

/* When one is due next; INT64_MAX: all that are asked by us have cosigned the newest checkpoint. */
int witnesses_next(struct store *store, const struct config *config, int64_t *ret_time, struct err *err);

/* How one of them stands. */
#define WITNESS_FAULT 512
struct witness_state {
	bool asked;
	bool newest;       /* it has cosigned the newest checkpoint */
	uint64_t failures; /* in a row */
	int64_t since;     /* when they began */
	uint64_t ahead;    /* 0: it is not */
	char fault[WITNESS_FAULT];
};
int
witness_state(struct store *store, const struct config_witness *witness, struct witness_state *ret, struct err *err);

/* What failed is tried again after so many seconds: 15, then twice as long, up to a quarter of an hour. */
int64_t witnesses_pause(uint64_t failures);

#endif
