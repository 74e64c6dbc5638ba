#ifndef SPOTCHECK_MAIL_OUTBOX_KEEP_H
#define SPOTCHECK_MAIL_OUTBOX_KEEP_H

#include <stdint.h>

#include "core/base/err.h"
#include "store/store.h"

/*
 * How long the text of letters is kept.  A letter is done when it is sent, failed, cancelled or unknown for good; some time
 * after that its message and its subject, which may hold names, go.  Who, when, of which draw and kind, what became of it, the
 * servers' words and the message's SHA-256 stay, and so do the days that its invitation holds: what later letters refer to.
 */

/*
 * Removes the text of letters that have been done for `keep_s` seconds (0: none): at most once a day, and of so many at once
 * as are done in a moment.  `*ret_next`: when there is more to do; INT64_MAX where nothing is.  The bytes are gone from the
 * database and its log when all is done; the pages are used again, and the file does not shrink.  First it gives their digest
 * to letters of an older state that have none.  Call it outside of any transaction.
 */
int outbox_keep(struct store *store, int64_t keep_s, int64_t now, int64_t *ret_next, struct err *err);

#endif
