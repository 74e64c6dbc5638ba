#ifndef SPOTCHECK_MAIL_OUTBOX_H
#define SPOTCHECK_MAIL_OUTBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/err.h"
#include "core/base/slice.h"
#include "store/store.h"

/*
 * The letters that are to be sent, in the state's database, so that a draw and its letters are one transaction
 * (store/schema.c).
 *
 *	queued → sending → sent      the server or maildir has accepted it
 *	                 → queued    it has not; the letter is tried again until `give_up`
 *	                 → failed    it has refused the letter for good, or `give_up` has passed
 *	                 → unknown   it may have accepted it; the letter is sent again until `give_up`, always with the
 *	                             same Message-ID
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

/* What one of a letter's invitations does to the inspector's calendar. */
struct outbox_slot {
	int64_t slot; /* when the appointment begins: minutes of the local clock since 1970 (core/format/slot.h) */
	bool held;    /* true: asked for; false: given back */
};

/* A letter to be sent.  draw, amendment, inspector, day and kind together are the key. */
struct outbox_letter {
	uint64_t draw;      /* 0: it belongs to no draw */
	uint64_t amendment; /* 0 for the draw itself */
	struct slice inspector;
	int32_t day;                    /* of the visits that it is about, since 1970-01-01, local; 0: of none */
	struct slice kind;              /* letter_kind_name(), or another word of 1 to 32 bytes */
	struct slice sender, recipient; /* bare addresses */
	struct slice subject;           /* shown in lists, so it names no target */
	struct slice message_id;
	struct slice message;            /* the bytes */
	const struct outbox_slot *slots; /* each once */
	size_t n_slots;
	struct slice fault; /* not empty: why the letter could not be made; it is kept as failed */
	int64_t not_before; /* its notice: when it may be sent */
	int64_t give_up;    /* not_before + retry_for, usually */
};

/*
 * Adds a letter, within the caller's transaction.  If the key is there already nothing changes, so a step that is
 * repeated adds no second letter.  Only a letter that could not be made is replaced.  `ret_added` may be NULL.
 */
int outbox_add(struct store *store, const struct outbox_letter *letter, int64_t now, bool *ret_added, struct err *err);

/*
 * Cancels an inspector's letters about a visit day of a draw that have not been sent (queued or failed), because an
 * amendment makes them untrue; within the caller's transaction, before the new ones are added.  Letters of kind
 * "cancelled" stay: the visits that they take away do not come back.
 *
 * `told`: an assignment or update about the day has been sent, or may have been.  If not, the next letter is an
 * assignment, and no visit needs to be cancelled.  If so and letters were `withdrawn`, the next letter has to be an
 * update, which has the day's complete list.
 */
struct outbox_withdrawn {
	bool told;
	uint64_t withdrawn;
};
int outbox_withdraw(struct store *store, uint64_t draw, struct slice inspector, int32_t day, int64_t now,
    struct outbox_withdrawn *ret_withdrawn, struct err *err);

/* `ret_faulty`: the letter could not be made, and only its fault is kept; then `ret_key` gets its key. */
struct outbox_key {
	uint64_t draw, amendment;
	char inspector[64];
	int32_t day;
	char kind[33];
};
int outbox_fault(struct store *store, int64_t id, struct outbox_key *ret_key, bool *ret_faulty, struct err *err);

/*
 * Cancels an inspector's letter of that kind if it has not been sent.  `ret_told`: it has been, or may have been.
 * Within the caller's transaction.
 */
int outbox_take_back(struct store *store, uint64_t draw, struct slice inspector, const char *kind, int64_t now,
    bool *ret_told, struct err *err);

/* Whether a draw has any letter of that kind, in whatever state. */
int outbox_has(struct store *store, uint64_t draw, const char *kind, bool *ret_has, struct err *err);

/*
 * The slots that letters about that day, sent so far (or perhaps sent), hold in the inspector's calendar, ascending; at
 * most `max`.
 */
int outbox_slots_held(struct store *store, uint64_t draw, struct slice inspector, int32_t day, int64_t *ret_slots,
    size_t max, size_t *ret_n, struct err *err);

/*
 * The Message-ID of the first letter that the draw has for the inspector, whatever became of it: all others answer it.
 * Allocated; NULL where there is none yet.
 */
int outbox_first_id(struct store *store, uint64_t draw, struct slice inspector, char **ret_message_id, struct err *err);

/* What one round of delivery did. */
struct outbox_tally {
	uint64_t sent;
	uint64_t put_off; /* not accepted, to be tried again */
	uint64_t failed;
	int64_t first;               /* id of the first that was not delivered; 0: all were */
	char why[ERR_MESSAGE_BYTES]; /* why that one was not */
};

/*
 * Delivers all due letters into the maildir, each in transactions of its own: call it outside a transaction.  A letter
 * that is already there is not delivered again: so one that was interrupted in `sending` arrives once.  A failed
 * delivery is recorded with its letter and counted.  Errors are returned only where the database fails, memory is
 * short, or (ERR_NOT_YET) another process is delivering there.
 */
int outbox_deliver_maildir(struct store *store, const char *path, int64_t now, struct outbox_tally *ret_tally,
    struct err *err);

/*
 * Makes queued letters due at once, if their notice has come, whatever is left of their pause: for delivery into a
 * folder, which somebody may have repaired.
 */
int outbox_hasten(struct store *store, int64_t now, struct err *err);

/* When a letter is due next, which may be in the past; INT64_MAX: no letter waits. */
int outbox_next(struct store *store, int64_t *ret_time, struct err *err);

/* How many letters are in each state. */
int outbox_count(struct store *store, uint64_t ret_counts[static OUTBOX_STATES], struct err *err);

/* The same for letters of draws that came into their state in [since, until). */
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
	int32_t day;        /* of its visits, since 1970-01-01, local; 0: of none */
	struct slice reply; /* of the last attempt; may be empty */
	int64_t created, not_before, next_at, give_up;
	int64_t changed; /* when it came into its state */
	uint64_t attempts;
	size_t message_len;  /* 0 once the text is removed */
	struct slice digest; /* SHA-256 of the message, in hex; empty where no message could be made */
	int64_t removed;     /* when its text was removed (outbox_keep.h); 0: it is there */
};

/* Calls `each` for every letter by id.  It returns 0 to go on; anything else ends the walk and is returned. */
int outbox_list(struct store *store, int (*each)(void *ctx, const struct outbox_row *row), void *ctx, struct err *err);

/* The same for one letter; ERR_ABSENT: there is none. */
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
 * What a person decides, each in a transaction of its own and recorded with `by`.  Retry: a queued, failed, unknown or
 * cancelled letter becomes due now (but not before its notice), for another `retry_s` seconds.  Cancel: a queued,
 * failed or unknown letter is not sent any more; a cancelled one stays so.  ERR_ABSENT; ERR_REFUSED says why it is not
 * possible.
 */
int outbox_retry(struct store *store, int64_t id, const char *by, int64_t now, int64_t retry_s, struct err *err);
int outbox_cancel(struct store *store, int64_t id, const char *by, int64_t now, struct err *err);

#endif
