#ifndef SPOTCHECK_REMOTE_BEACONS_PRIVATE_H
#define SPOTCHECK_REMOTE_BEACONS_PRIVATE_H

#include "core/format/entry.h"
#include "draws/draws.h"
#include "remote/beacons.h"

/* What beacons.c, which reads and writes the state, and beacons_fetch.c, which asks over the network, share. */

#define BEACONS_AT_ONCE 64 /* draws that one call looks at; the next call takes the others */

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

/* The draws whose values are due at `now`, at most BEACONS_AT_ONCE, and how often each was asked for in vain. */
int beacon_waiting_list(struct store *store, int64_t now, uint64_t ret[static BEACONS_AT_ONCE],
    uint64_t ret_failures[static BEACONS_AT_ONCE], size_t *ret_n, struct err *err);

/* Whether the value can be fetched: from drand, or from a witness that has an address. */
bool beacon_can_fetch(const struct config *config, const struct commit *commit);

/* The witness of the INI with this key; NULL: none. */
const struct config_witness *beacon_witness(const struct config *config, struct slice vkey);

/* Checks that this is the signature that the commitment names; `ret` gets it and its value. */
int beacon_check_signature(const struct beacon_waiting *w, struct slice hex, struct beacon_value *ret, struct err *err);

/* Keeps the value, unless the draw has one already. */
int beacon_keep_value(struct store *store, uint64_t n, const struct beacon_value *value, int64_t now, struct err *err);

#endif
