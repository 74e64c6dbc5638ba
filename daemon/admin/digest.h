#ifndef SPOTCHECK_ADMIN_DIGEST_H
#define SPOTCHECK_ADMIN_DIGEST_H

#include <stdint.h>

#include "core/base/err.h"
#include "ledger/operator.h"

/*
 * The administrator's digest: on Mondays at 08:00 by the local clock, holiday or not, one letter that says how things
 * stand, in the INI's language.  It names no target and no moment that is sealed.
 *
 * The state remembers the Monday of the last one.  A new state has its first on the Monday after its first turn; a
 * service that was away on Monday writes it when it is back in the same week, Monday to Sunday, and never one of a week
 * before.
 */

/* When the next one is due: later than `now`, seconds since 1970, UTC. */
int64_t digest_next(int64_t now);

/*
 * Queues the week's letter if it is due at operator->now and was not queued, in a transaction of its own; the calendar must
 * be there, and the log's key.  ERR_REFUSED, ERR_LIMIT, ERR_OUTSIDE, ERR_MEMORY: nothing was queued.
 */
int digest_take(const struct operator *operator, struct err *err);

#endif
