#ifndef SPOTCHECK_MAIL_OUTBOX_KEEP_H
#define SPOTCHECK_MAIL_OUTBOX_KEEP_H

#include <stdint.h>

#include "core/base/err.h"
#include "store/store.h"

/*
 * How long the text of letters is kept.  A letter is done when it is sent, failed, cancelled or unknown for good.
 * Some time later its message and its subject, which may contain names, are removed.  Recipient, times, draw, kind,
 * state, the servers' replies and the message's SHA-256 stay, and so do the slots of its invitations, which later
 * letters refer to.
 */

/*
 * Removes the text of letters that have been done for `keep_s` seconds (0: of none): once a day, in batches of a
 * moment each.  `*ret_next`: when to call it again; INT64_MAX: no need.  After the last batch the bytes are gone from
 * the database and its write-ahead log; freed pages are used again, the file does not shrink.  Letters of an older
 * state first get the digest that they lack.  Call it outside a transaction.
 */
int outbox_keep(struct store *store, int64_t keep_s, int64_t now, int64_t *ret_next, struct err *err);

#endif
