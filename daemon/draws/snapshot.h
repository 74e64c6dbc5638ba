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
 * commitment says of them.  The members point at each other: do not copy or move a struct snapshot.
 */
struct snapshot {
	struct buf targets, inspectors, conflicts, away, sealed_bytes; /* the files */
	struct roster roster;                                          /* of the files */
	struct sealed sealed;
	struct commit commit; /* the caller fills in beacon, chain, link and reveal_time */
	char hex[7][HASH_HEX + 1];
	char nonce[NONCE_HEX + 1];
};

struct snapshot_want {
	const struct config *config;
	const struct calendar *calendar;
	const struct config_cycle *cycle;
	uint64_t n; /* the commitment's number; 0: a rehearsal, which changes nothing */
	int64_t draw_time;
	int64_t now;                     /* for the age of the rosters */
	const uint8_t *codes_key;        /* rosters/codes.h; NULL: a rehearsal, or plain ids */
	const struct progress *progress; /* may be NULL */
};

/* Zeroes; snapshot_release is allowed from then on. */
void snapshot_init(struct snapshot *s);
void snapshot_release(struct snapshot *s); /* NULL is allowed */

/*
 * Takes the snapshot within the caller's transaction, and writes the two private files into the state (not for a
 * rehearsal).  ERR_REFUSED says what is wrong with the rosters or the rules, and what would be right; ERR_NOT_YET: the
 * visits depend on festivals that are not announced; ERR_OUTSIDE, ERR_MEMORY, ERR_LIMIT.
 */
int snapshot_take(struct snapshot *s, struct store *store, const struct snapshot_want *want, struct err *err);

/* Writes targets.csv, inspectors.csv, conflicts.csv and sealed.json into the state. */
int snapshot_keep(const struct snapshot *s, struct store *store, struct err *err);

#endif
