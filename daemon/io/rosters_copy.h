#ifndef SPOTCHECK_ROSTERS_COPY_H
#define SPOTCHECK_ROSTERS_COPY_H

#include <stdint.h>

#include "core/err.h"
#include "io/store.h"

/*
 * The rosters of another state, excuses and all, into one that has none, as if every target had been there since
 * `today` at the latest.  The other state is only read.  ERR_OUTSIDE, ERR_MEMORY.
 */
int rosters_copy(struct store *store, const struct store *other, int32_t today, struct err *err);

#endif
