#ifndef SPOTCHECK_LETTERS_NOTICES_H
#define SPOTCHECK_LETTERS_NOTICES_H

#include <stdint.h>

#include "core/base/err.h"
#include "draws/stored_draw.h"
#include "ledger/operator.h"
#include "mail/outbox.h"

/*
 * Which letters a draw and its amendments call for, put into the outbox within the step's transaction.  `d` is as
 * amended.  Names, addresses and telephones are those that the commitment fixed; a letter goes to the address that the
 * inspector has today.
 */

/* An assignment for every inspector who has a seat. */
int notices_draw(const struct operator *operator, const struct stored_draw *d, int64_t time, struct err *err);

/* What an amendment leaves to be told. */
struct notices_change {
	uint64_t amendment;
	struct places_before {
		uint32_t target; /* roster index that the place held before, AMEND_EMPTY */
		int32_t date;
		uint32_t team[TEAM_MAX]; /* places in draw->order, AMEND_EMPTY */
	} before;                        /* the place as it was */
	size_t place;
};
int notices_amend(const struct operator *operator, const struct stored_draw *d, const struct notices_change *change,
    int64_t time, struct err *err);

/*
 * Writes anew a letter to an inspector that could not be made: what he has to visit as things stand.  Of one that only took
 * visits away, which is `cancelled`, an update with the whole list takes the place.
 */
int notices_again(const struct operator *operator, const struct stored_draw *d, const struct outbox_key *key,
    int64_t time, struct err *err);

#endif
