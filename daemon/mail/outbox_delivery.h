#ifndef SPOTCHECK_MAIL_OUTBOX_DELIVERY_H
#define SPOTCHECK_MAIL_OUTBOX_DELIVERY_H

#include "core/base/buf.h"
#include "mail/outbox.h"

/* What the outbox's files share, and whoever delivers. */

/* When a letter that was not taken is tried again: after 1, 2, 4 … 32 minutes, a quarter more or less, by chance. */
int64_t outbox_pause(uint64_t attempts);

/* Puts the letter into a state and notes the attempt that led to it, inside the caller's transaction. */
int outbox_note(struct store *store, int64_t id, enum outbox_state state, int64_t next_at, struct slice reply,
    int64_t now, struct err *err);

/* The ids of letters that are due, ascending by when; the caller frees.  `ret_ids` is NULL where there are none. */
int outbox_due(struct store *store, int64_t now, int64_t **ret_ids, size_t *ret_n, struct err *err);

/*
 * Puts a letter into `sending`, in a transaction of its own, and hands out what is needed; `ret_claimed` is false where
 * somebody has cancelled or sent it meanwhile.
 */
struct outbox_claim {
	int64_t id;
	int64_t give_up;
	uint64_t attempts;
	struct buf sender, recipient, message_id, message;
};
int outbox_claim(struct store *store, int64_t id, int64_t now, struct outbox_claim *ret_claim, bool *ret_claimed,
    struct err *err);
void outbox_claim_release(struct outbox_claim *claim); /* also of a zeroed one */

/*
 * What became of a letter, within the caller's transaction: `to` is sent, queued (not taken, tried again), failed (never)
 * or unknown.  What would be tried again after its give_up is failed instead, or unknown for good.  `down`: the server
 * could not be spoken to, which is no fault of the letter's, so its pauses do not grow.  Returns what it came to.
 */
int outbox_settle(struct store *store, const struct outbox_claim *claim, enum outbox_state to, bool down,
    struct slice reply, int64_t now, enum outbox_state *ret_state, struct err *err);

/* Up to `max` letters that are due are put into `sending`, within the caller's transaction, and handed out. */
int outbox_claim_due(struct store *store, int64_t now, struct outbox_claim *ret_claims, size_t max, size_t *ret_n,
    struct err *err);

/*
 * Of letters that a process which is no more had in hand nobody knows; `ret_n` gets how many there were.  In a
 * transaction of its own, while no other process sends.
 */
int outbox_interrupted(struct store *store, int64_t now, uint64_t *ret_n, struct err *err);

#endif
