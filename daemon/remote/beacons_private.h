#ifndef SPOTCHECK_REMOTE_BEACONS_PRIVATE_H
#define SPOTCHECK_REMOTE_BEACONS_PRIVATE_H

#include "core/format/entry.h"
#include "draws/draws.h"
#include "remote/beacons.h"

/* What beacons.c, which knows the state, and beacons_fetch.c, which asks others, share.  Nobody else includes this. */

#define BEACONS_AT_ONCE 64 /* draws that are looked at in one call; the others next time */

/* A draw that waits, and its commitment. */
struct beacon_waiting {
	struct draw_row row;
	struct buf bytes;
	struct commit commit;
	bool has_commit;
	char hash[HASH_HEX + 1];
	uint64_t failures;
};

/* Release with beacon_waiting_release, after a failure too. */
int beacon_waiting_read(struct store *store, uint64_t n, struct beacon_waiting *w, struct err *err);
void beacon_waiting_release(struct beacon_waiting *w);

/* The numbers of those that are due at `now`, and how often each was asked for in vain. */
int beacon_waiting_list(struct store *store, int64_t now, uint64_t ret[static BEACONS_AT_ONCE],
    uint64_t ret_failures[static BEACONS_AT_ONCE], size_t *ret_n, struct err *err);

/* drand, or a witness with an address: the others are no errand of ours. */
bool beacon_can_fetch(const struct config *config, const struct commit *commit);
const struct config_witness *beacon_witness(const struct config *config, struct slice vkey);

/* Whether this is the signature that the commitment names; `ret` gets it with its value. */
int beacon_check_signature(const struct beacon_waiting *w, struct slice hex, struct beacon_value *ret, struct err *err);

int beacon_keep_value(struct store *store, uint64_t n, const struct beacon_value *value, int64_t now, struct err *err);

#endif
