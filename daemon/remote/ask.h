#ifndef SPOTCHECK_REMOTE_ASK_H
#define SPOTCHECK_REMOTE_ASK_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/err.h"
#include "ledger/operator.h"

/* What is asked over the network: cosignatures of witnesses (witnesses.h), values of beacons (beacons.h). */

struct ask_report {
	bool ahead; /* a witness has seen a longer log, or another one: nothing may be signed */
	/* Called once for each failure that is new, with a message that names who failed; may be NULL. */
	void (*tell)(void *ctx, const char *message);
	void *ctx;
};

/*
 * Asks for what is due at `now`.  ERR_REFUSED: a witness has seen a longer log, and the message names it; ERR_OUTSIDE,
 * ERR_MEMORY.  0 also where somebody does not answer.
 */
int ask_due(struct store *store, const struct config *config, int64_t now, struct ask_report *report, struct err *err);

/* Asks every witness, due or not: to be called before something is signed. */
int ask_witnesses(struct store *store, const struct config *config, int64_t now, struct ask_report *report,
    struct err *err);

/* For operator->ask, in programs that are linked with libcurl. */
int ask_before_signing(struct operator *operator, struct err *err);

/* When something is to be asked next; INT64_MAX: nothing is waited for. */
int ask_next(struct store *store, const struct config *config, int64_t *ret_time, struct err *err);

#endif
