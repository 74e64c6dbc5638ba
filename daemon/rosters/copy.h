#ifndef SPOTCHECK_ROSTERS_COPY_H
#define SPOTCHECK_ROSTERS_COPY_H

#include <stdint.h>

#include "core/base/err.h"
#include "store/store.h"

/*
 * The rosters of another state, excuses and all, into one that has none.  The other state is only read.  ERR_OUTSIDE,
 * ERR_MEMORY.
 */
int rosters_copy(struct store *store, const struct store *other, struct err *err);

/* As if every target had been there since that day at the latest: for a simulation of earlier years. */
int rosters_set_back(struct store *store, int32_t date, struct err *err);

#endif
