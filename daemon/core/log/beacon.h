#ifndef SPOTCHECK_CORE_LOG_BEACON_H
#define SPOTCHECK_CORE_LOG_BEACON_H

#include <stdbool.h>

#include "core/base/err.h"
#include "core/format/entry.h"
#include "core/log/cosigned.h"

/*
 * Beacons (PROTOCOL 4, 10 `beacon`): form and strength of what a commitment names, and whether a value is right.
 */

/*
 * Checks what a commitment names: the strength, the round, or that its witness is in force (`witnesses` NULL: that is
 * not checked).
 */
int beacon_check_form(const struct commit *commit, const struct witnesses *witnesses, struct err *err);

/*
 * The value, escaped as in the entry, and the signature (p NULL where absent) of a draw or void.  For drand all but
 * the BLS signature is checked: the point's canonical form and that the value is the hash of its bytes.
 */
int beacon_check_value(const struct commit *commit, struct slice commit_hash, struct slice value,
    struct slice signature, struct err *err);

/* Only the value's form, where no signature is at hand. */
int beacon_check_value_form(const struct commit *commit, struct slice value, struct err *err);

/* What a void says of the value that its draw would have had. */
enum void_value {
	VOID_VALUE,    /* it, or its reveal, has it */
	VOID_IN_TIME,  /* it has none, and its witnesses show that it came before draw_time */
	VOID_PENDING,  /* it has none yet: its reveal may bring it */
	VOID_UNPROVEN, /* under witness: it says that the beacon failed, and nothing proves it */
	VOID_WITHHELD, /* under public: the value may have been withheld */
	VOID_NO_SOURCE /* under none there is no value */
};

/*
 * A void must not be a draw that did not please (PROTOCOL 4): checks the value that it or its reveal has or must have.
 * `reveal` NULL: it is not revealed yet.
 */
int beacon_check_void(const struct commit *commit, struct slice commit_hash, const struct entry *outcome,
    const struct entry *reveal, const struct cosigned *cosigned, enum void_value *ret_value, struct err *err);

#define BEACON_MESSAGE_MAX 128
/* Writes what a witness signs, "spotcheck-beacon/v1 LF H(commit entry) LF", and returns its length. */
size_t beacon_message(struct slice commit_hash, char ret_message[static BEACON_MESSAGE_MAX]);

#endif
