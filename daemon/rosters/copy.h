#ifndef SPOTCHECK_ROSTERS_COPY_H
#define SPOTCHECK_ROSTERS_COPY_H

#include <stdint.h>

#include "core/base/err.h"
#include "store/store.h"

/*
 * Copies the rosters of another state, with excuses, imports and attestations, into a state that has none.  The other
 * state is only read.  ERR_OUTSIDE, ERR_MEMORY.
 */
int rosters_copy(struct store *store, const struct store *other, struct err *err);

/*
 * For a simulation of earlier years: where they are later, every target's `since` becomes `date`, and the first day of
 * every excuse that has begun by `today`.
 */
int rosters_set_back(struct store *store, int32_t date, int32_t today, struct err *err);

#endif
