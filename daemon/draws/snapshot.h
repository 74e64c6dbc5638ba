#ifndef SPOTCHECK_DRAWS_SNAPSHOT_H
#define SPOTCHECK_DRAWS_SNAPSHOT_H

#include <stdbool.h>
#include <stdint.h>

#include "config/config.h"
#include "core/base/err.h"
#include "core/base/progress.h"
#include "core/calendar/calendar.h"
#include "core/format/entry.h"
#include "core/format/roster.h"
#include "core/format/sealed.h"
#include "store/store.h"

/*
 * The rosters, rules and dates of one draw as they stand now: the files that a commitment fixes, and what the
 * commitment says of them.  The parts point at each other, so a struct snapshot stays where it is.
 */
struct snapshot {
	struct buf targets, inspectors, conflicts, sealed_bytes; /* the files */
	struct roster roster;                                    /* of the files */
	struct sealed sealed;
	struct commit commit; /* all but beacon, chain, link and reveal_time, which are the caller's */
	char hex[6][HASH_HEX + 1];
	char nonce[NONCE_HEX + 1];
};

struct snapshot_want {
	const struct config *config;
	const struct calendar *calendar;
	const struct config_cycle *cycle;
	uint64_t n; /* the commitment's number; 0: a rehearsal, which changes nothing */
	int64_t draw_time;
	int64_t now;                     /* for the age of the rosters */
	const struct progress *progress; /* may be NULL */
};

/* Zeroes; afterwards snapshot_release is always right. */
void snapshot_init(struct snapshot *s);
void snapshot_release(struct snapshot *s); /* NULL is allowed */

/*
 * Takes it, within the caller's transaction, and writes the two private files into the state (not for a rehearsal).
 * ERR_REFUSED names what is wrong with the rosters or the rules and what would be right; ERR_OUTSIDE, ERR_MEMORY,
 * ERR_LIMIT.
 */
int snapshot_take(struct snapshot *s, struct store *store, const struct snapshot_want *want, struct err *err);

/* Keeps the four public files. */
int snapshot_keep(const struct snapshot *s, struct store *store, struct err *err);

#endif
