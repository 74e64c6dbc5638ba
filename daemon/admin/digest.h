#ifndef SPOTCHECK_ADMIN_DIGEST_H
#define SPOTCHECK_ADMIN_DIGEST_H

#include <stdint.h>

#include "core/base/err.h"
#include "ledger/operator.h"

/*
 * The administrator's digest: one letter on Mondays at 08:00 local time, holiday or not, in the INI's language.  It
 * reports the state of the service.  It names no target and no sealed time.
 *
 * The state remembers the Monday of the last digest.  A new state gets its first digest on the Monday after its first
 * turn.  A service that was down on Monday writes the digest later in the same week, Monday to Sunday; it never writes
 * one for an earlier week.
 */

/* When the next digest is due: later than `now`, seconds since 1970, UTC. */
int64_t digest_next(int64_t now);

/*
 * Queues the week's letter, in a transaction of its own, if it is due at operator->now and not queued yet.  The
 * operator needs its calendar and its key.  ERR_REFUSED, ERR_LIMIT, ERR_OUTSIDE, ERR_MEMORY: nothing was queued.
 */
int digest_queue(const struct operator *operator, struct err *err);

#endif
