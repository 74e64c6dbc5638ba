#ifndef SPOTCHECK_LETTERS_NOTICES_H
#define SPOTCHECK_LETTERS_NOTICES_H

#include <stdint.h>

#include "core/base/err.h"
#include "draws/stored_draw.h"
#include "ledger/operator.h"
#include "mail/outbox.h"

/*
 * Puts the letters that a draw and its amendments call for into the outbox, within the step's transaction.  `d` is as
 * amended.  Names, addresses and telephones are those that were committed; but a letter is sent to the mail address
 * that the roster has now.
 */

/*
 * An assignment for every inspector who has a seat and each of his or her visit days from `from_day` on.  All who visit
 * on one day hear of it at one moment, which the day's first slot and the cycle's notice give.
 */
#define NOTICES_ALL_DAYS INT32_MIN
int notices_draw(const struct operator *operator, const struct stored_draw *d, int32_t from_day, int64_t time,
    struct err *err);

/*
 * The letters of an amendment, which has been applied to `d`: about the place's visit day, and no other day.  A visit day
 * whose notice has not come waits for it.
 */
struct notices_change {
	uint64_t amendment;
	struct places_before {
		uint32_t target; /* index into the roster, or AMEND_EMPTY */
		slot_t visit;
		uint32_t team[TEAM_MAX]; /* indices into draw->order, or AMEND_EMPTY */
	} before;                        /* the place before the amendment */
	size_t place;
};
int notices_amend(const struct operator *operator, const struct stored_draw *d, const struct notices_change *change,
    int64_t time, struct err *err);

/*
 * Makes a letter again that could not be made: with all visits that the inspector has on its day now.  A letter of kind
 * "cancelled" is replaced by an update with the day's complete list.
 */
int notices_again(const struct operator *operator, const struct stored_draw *d, const struct outbox_key *key,
    int64_t time, struct err *err);

#endif
