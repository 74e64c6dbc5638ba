#ifndef SPOTCHECK_MAIL_OUTBOX_H
#define SPOTCHECK_MAIL_OUTBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/err.h"
#include "core/base/slice.h"
#include "store/store.h"

/*
 * The letters that are to leave, in the state's database, so that a draw and its letters are one transaction
 * (store/schema.c).
 *
 *	queued → sending → sent      it was taken over
 *	                 → queued    it was not, and is tried again until `give_up`
 *	                 → failed    it was refused for good, or `give_up` is past
 *	                 → unknown   it may have been taken over; it is sent again all the same, until `give_up`, and bears
 *	                             the same Message-ID for ever
 *	queued, failed, unknown → cancelled, and back by hand
 *
 * Times are seconds since 1970, UTC; `now` is the caller's.
 */

enum outbox_state {
	OUTBOX_QUEUED,
	OUTBOX_SENDING,
	OUTBOX_SENT,
	OUTBOX_FAILED,
	OUTBOX_UNKNOWN,
	OUTBOX_CANCELLED,
	OUTBOX_STATES
};

const char *outbox_state_name(enum outbox_state state); /* "queued" …, as in the database; in the catalogue */

/* What a letter's invitation does to a day of the inspector's calendar. */
struct outbox_day {
	int32_t day; /* since 1970-01-01, local */
	bool held;   /* asked for, or free again */
};

/* What is to be sent.  draw, amendment, inspector and kind together are the key. */
struct outbox_letter {
	uint64_t draw;      /* 0 for what belongs to no draw */
	uint64_t amendment; /* 0 for the draw itself */
	struct slice inspector;
	struct slice kind;              /* letter_kind_name(), or another word of 1 to 32 bytes */
	struct slice sender, recipient; /* bare addresses */
	struct slice subject;           /* for lists; names no target */
	struct slice message_id;
	struct slice message;          /* the bytes */
	const struct outbox_day *days; /* each once */
	size_t n_days;
	struct slice fault; /* not empty: the letter could not be made; it is kept as failed, for these reasons */
	int64_t not_before; /* its notice */
	int64_t give_up;    /* not_before + retry_for, usually */
};

/*
 * Adds a letter, inside the caller's transaction.  If the key is there nothing is added or changed, so a step that is
 * done again adds none; only a letter kept for its fault is replaced by what could be made since.  `ret_added` may be
 * NULL.
 */
int outbox_add(struct store *store, const struct outbox_letter *letter, int64_t now, bool *ret_added, struct err *err);

/*
 * Cancels an inspector's letters of a draw that have not left (queued or failed), because an amendment makes them
 * untrue; inside the caller's transaction, before the new ones are added.  Letters of kind "cancelled" stay: what
 * they take away does not come back.
 *
 * `told` is whether some assignment or update has left or may have.  If not, what follows is an assignment, and
 * nothing needs to be cancelled.  If so and something was `withdrawn`, what follows has to be an update, which holds
 * the whole list.
 */
struct outbox_withdrawn {
	bool told;
	uint64_t withdrawn;
};
int outbox_withdraw(struct store *store, uint64_t draw, struct slice inspector, int64_t now,
    struct outbox_withdrawn *ret_withdrawn, struct err *err);

/* `ret_faulty`: the letter could not be made, and is kept for its fault alone; then `ret_key` says which it is. */
struct outbox_key {
	uint64_t draw, amendment;
	char inspector[64];
	char kind[33];
};
int outbox_fault(struct store *store, int64_t id, struct outbox_key *ret_key, bool *ret_faulty, struct err *err);

/*
 * Cancels an inspector's letter of that kind where it has not left; `ret_told`: it has, or may have.  Within the caller's
 * transaction.
 */
int outbox_take_back(struct store *store, uint64_t draw, struct slice inspector, const char *kind, int64_t now,
    bool *ret_told, struct err *err);

/* Whether there is any letter of that kind of a draw, whatever became of it. */
int outbox_has(struct store *store, uint64_t draw, const char *kind, bool *ret_has, struct err *err);

/* The days that letters which have left, or may have, hold in the inspector's calendar, ascending; the first `max`. */
int outbox_days_held(struct store *store, uint64_t draw, struct slice inspector, int32_t *ret_days, size_t max,
    size_t *ret_n, struct err *err);

/* What one round of delivery did. */
struct outbox_tally {
	uint64_t sent;
	uint64_t put_off; /* not taken now, tried again later */
	uint64_t failed;
	int64_t first;               /* of those that were not delivered; 0 where all were */
	char why[ERR_MESSAGE_BYTES]; /* that one's reason */
};

/*
 * Delivers all that is due into the maildir, each in transactions of its own: call it outside of any.  A letter found
 * in `sending` was interrupted, and is looked for in the maildir first.  What goes wrong is recorded with the letters
 * and counted; an error is returned only where the database failed, or (ERR_NOT_YET) where another process is
 * delivering there.
 */
int outbox_deliver_maildir(struct store *store, const char *path, int64_t now, struct outbox_tally *ret_tally,
    struct err *err);

/*
 * Letters that were tried before and put off are due at once, but not before their notice: for a folder, which somebody may
 * have put right.
 */
int outbox_hasten(struct store *store, int64_t now, struct err *err);

/* When something is due next (the past, if now); INT64_MAX where nothing waits. */
int outbox_next(struct store *store, int64_t *ret_time, struct err *err);

/* How many letters are in each state. */
int outbox_count(struct store *store, uint64_t ret_counts[static OUTBOX_STATES], struct err *err);

/* The same of draws' letters, which go to inspectors, that came into their state in [since, until). */
int outbox_count_draws(struct store *store, int64_t since, int64_t until, uint64_t ret_counts[static OUTBOX_STATES],
    struct err *err);

/* How many have failed, or are unknown for good. */
int outbox_given_up(struct store *store, uint64_t *ret_n, struct err *err);

/* A row as lists show it; never the message.  The slices are valid during the call. */
struct outbox_row {
	int64_t id;
	enum outbox_state state;
	uint64_t draw, amendment;
	struct slice inspector, kind, sender, recipient, subject, message_id;
	struct slice reply; /* of the last attempt; may be empty */
	int64_t created, not_before, next_at, give_up;
	int64_t changed; /* when it came into its state */
	uint64_t attempts;
	size_t message_len;  /* 0 once the text is removed */
	struct slice digest; /* SHA-256 of the message, in hex; empty where none could be made */
	int64_t removed;     /* when its text was (outbox_keep.h); 0: it is there */
};

/* Calls `each` in the order of ids until it returns something other than 0, which is returned. */
int outbox_list(struct store *store, int (*each)(void *ctx, const struct outbox_row *row), void *ctx, struct err *err);

/* One; ERR_ABSENT. */
int outbox_get(struct store *store, int64_t id, int (*each)(void *ctx, const struct outbox_row *row), void *ctx,
    struct err *err);

struct outbox_attempt {
	int64_t at;
	enum outbox_state result; /* the state that it led to */
	struct slice reply;
};

int outbox_attempts(struct store *store, int64_t id, int (*each)(void *ctx, const struct outbox_attempt *attempt),
    void *ctx, struct err *err);

/*
 * A person's decisions, each in a transaction of its own and noted with `by`.  Retry: failed, unknown, cancelled or
 * waiting for its next attempt becomes due now (but not before its notice), for another `retry_s` seconds.  Cancel:
 * queued, failed or unknown; one that is cancelled already stays so.  ERR_ABSENT; ERR_REFUSED says why it is not possible.
 */
int outbox_retry(struct store *store, int64_t id, const char *by, int64_t now, int64_t retry_s, struct err *err);
int outbox_cancel(struct store *store, int64_t id, const char *by, int64_t now, struct err *err);

#endif
