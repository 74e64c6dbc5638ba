#ifndef SPOTCHECK_MAIL_OUTBOX_DELIVERY_H
#define SPOTCHECK_MAIL_OUTBOX_DELIVERY_H

#include "core/base/buf.h"
#include "mail/outbox.h"

/* For those who deliver letters: which are due, taking one in hand, and recording what became of it. */

/* Seconds until a letter that was not accepted is tried again: 1, 2, 4 … 32 minutes, plus or minus a random quarter. */
int64_t outbox_pause(uint64_t attempts);

/* Sets a letter's state and adds the attempt that led to it, within the caller's transaction. */
int outbox_note(struct store *store, int64_t id, enum outbox_state state, int64_t next_at, struct slice reply,
    int64_t now, struct err *err);

/* The ids of letters that are due, by due time; the caller frees them.  `ret_ids` is NULL where there are none. */
int outbox_due(struct store *store, int64_t now, int64_t **ret_ids, size_t *ret_n, struct err *err);

/*
 * Puts a letter into `sending`, in a transaction of its own, and returns what delivery needs.  `ret_claimed` is false
 * where it was cancelled or sent meanwhile.
 */
struct outbox_claim {
	int64_t id;
	int64_t give_up;
	uint64_t attempts;
	struct buf sender, recipient, message_id, message;
};
int outbox_claim(struct store *store, int64_t id, int64_t now, struct outbox_claim *ret_claim, bool *ret_claimed,
    struct err *err);
void outbox_claim_release(struct outbox_claim *claim); /* a zeroed one is allowed */

/*
 * Records what became of a letter, within the caller's transaction.  `to` is sent, queued (not accepted, to be tried
 * again), failed (for good) or unknown.  Once give_up has passed, queued becomes failed, and unknown stays so for
 * good.  `down`: the server could not be reached; that is not the letter's fault, so its pauses do not grow.
 * `ret_state` (may be NULL) gets the state that was recorded.
 */
int outbox_settle(struct store *store, const struct outbox_claim *claim, enum outbox_state to, bool down,
    struct slice reply, int64_t now, enum outbox_state *ret_state, struct err *err);

/* Puts up to `max` due letters into `sending`, within the caller's transaction, and returns them. */
int outbox_claim_due(struct store *store, int64_t now, struct outbox_claim *ret_claims, size_t max, size_t *ret_n,
    struct err *err);

/*
 * Makes letters that an ended process left in `sending` unknown; `ret_n` gets how many.  In a transaction of its own,
 * while no other process sends.
 */
int outbox_interrupted(struct store *store, int64_t now, uint64_t *ret_n, struct err *err);

#endif
