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

/*
 * Under drand and witness a void must have a beacon value, unless its witnesses show that it came before draw_time.
 * `ret_unproven`: it has neither, but its reason begins with "beacon", and so it says that the beacon failed.
 */
int beacon_check_void(const struct commit *commit, struct slice commit_hash, const struct entry *outcome,
    const struct cosigned *cosigned, bool *ret_unproven, struct err *err);

#define BEACON_MESSAGE_MAX 128
/* Writes what a witness signs, "spotcheck-beacon/v1 LF H(commit entry) LF", and returns its length. */
size_t beacon_message(struct slice commit_hash, char ret_message[static BEACON_MESSAGE_MAX]);

#endif
