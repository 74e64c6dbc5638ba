#ifndef SPOTCHECK_REMOTE_ASK_H
#define SPOTCHECK_REMOTE_ASK_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/err.h"
#include "ledger/operator.h"

/* All that is asked of others: cosignatures of witnesses (witnesses.h), values of beacons (beacons.h). */

struct ask_report {
	bool ahead; /* a witness has seen a longer log, or another: nothing is to be signed */
	void (*tell)(void *ctx, const char *message); /* what went wrong with whom, the first time; may be NULL */
	void *ctx;
};

/*
 * Asks for what is due at `now`.  ERR_REFUSED: a witness has seen a longer log, and which; ERR_OUTSIDE, ERR_MEMORY.  That
 * somebody does not answer is no fault.
 */
int ask_due(struct store *store, const struct config *config, int64_t now, struct ask_report *report, struct err *err);

/* Asks every witness, whether it is due or not: before something is signed. */
int ask_witnesses(struct store *store, const struct config *config, int64_t now, struct ask_report *report,
    struct err *err);

/* operator->ask of a program that may carry libcurl. */
int ask_before_signing(struct operator *operator, struct err *err);

/* When something is to be asked next; INT64_MAX: nothing. */
int ask_next(struct store *store, const struct config *config, int64_t *ret_time, struct err *err);

#endif
