#ifndef SPOTCHECK_OUTBOX_ROWS_H
#define SPOTCHECK_OUTBOX_ROWS_H

#include "core/buf.h"
#include "io/outbox.h"

/* What the outbox's files share, and whoever delivers. */

/* "sent" → OUTBOX_SENT; OUTBOX_FAILED for a word that is none, which the schema does not let in. */
enum outbox_state outbox_state_of(struct slice name);

/* Puts the letter into a state and notes the attempt that led to it, inside the caller's transaction. */
int outbox_note(struct store *store, int64_t id, enum outbox_state state, int64_t next_at, struct slice reply,
    int64_t now,
    struct err *err);

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

/* What became of it, in a transaction of its own. */
int outbox_sent(struct store *store, const struct outbox_claim *claim, struct slice reply, int64_t now,
    struct err *err);
/* Not taken over: tried again after a while that grows, or failed once give_up is past, which `ret_failed` tells. */
int outbox_put_off(struct store *store, const struct outbox_claim *claim, struct slice reply, int64_t now,
    bool *ret_failed, struct err *err);

#endif
