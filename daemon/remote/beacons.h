#ifndef SPOTCHECK_REMOTE_BEACONS_H
#define SPOTCHECK_REMOTE_BEACONS_H

#include <stdbool.h>
#include <stdint.h>

#include "config/config.h"
#include "core/base/err.h"
#include "core/base/hash.h"
#include "core/base/slice.h"
#include "store/store.h"

/*
 * Values of beacons that come from outside (PROTOCOL 4): drand's round from two or more relays that agree, a witness's
 * signature from that witness or by hand.  The state keeps a value until the draw, or a void, uses it.
 *
 * drand's BLS signature is not verified here, since Debian has no library for it.  So at least two relays must give the
 * same value, and more than half of those that the INI names.
 */

struct beacons_report {
	/* Called with what a relay or witness did wrong, in words; may be NULL. */
	void (*tell)(void *ctx, const char *message);
	void *ctx;
};

/* Fetches what is due at `now`; 0 also where relays fail: that is kept, and reported.  ERR_OUTSIDE, ERR_MEMORY. */
int beacons_fetch(struct store *store, const struct config *config, int64_t now, struct beacons_report *report,
    struct err *err);

/* When a value is to be fetched next; INT64_MAX: none is waited for, or only such as come by hand. */
int beacons_next(struct store *store, const struct config *config, int64_t *ret_time, struct err *err);

/* A witness's signature that was carried by hand: 128 hex digits.  ERR_REFUSED where no draw waits for it. */
int beacons_add(struct store *store, struct slice hex, int64_t now, uint64_t *ret_n, struct err *err);

/* The value and signature of a draw; ERR_ABSENT, with no message, where they have not come. */
#define BEACON_SIGNATURE_HEX 129
struct beacon_value {
	char value[HASH_HEX + 1];
	char signature[BEACON_SIGNATURE_HEX];
};
int beacons_value(struct store *store, uint64_t n, struct beacon_value *ret, struct err *err);

/* Why the value has not come; "" where nothing was tried yet. */
#define BEACON_FAULT 512
int beacons_fault(struct store *store, uint64_t n, char ret_fault[static BEACON_FAULT], struct err *err);

#endif
