#ifndef SPOTCHECK_DRAWS_WRITE_H
#define SPOTCHECK_DRAWS_WRITE_H

#include <stdint.h>

#include "core/base/err.h"
#include "core/base/slice.h"
#include "core/draw/amend.h"
#include "core/format/entry.h"
#include "draws/stored_draw.h"
#include "store/store.h"

/*
 * Writes what a draw's log entries change in the state's tables (store/schema.c), within the transaction that appends
 * them.  `entry` is the entry's index in the log, `size` the size of the first checkpoint that will hold it.
 */
int stored_draw_write_commit(struct store *store, const struct commit *commit, uint64_t entry, uint64_t size,
    struct err *err);

/* The outcome, after stored_draw_compute; `record` is record.json, d->row.record its hash. */
int stored_draw_write(const struct stored_draw *d, struct store *store, struct slice record, uint64_t entry,
    uint64_t size, struct err *err);

int stored_draw_write_void(struct store *store, uint64_t n, uint64_t entry, uint64_t size, struct err *err);
int stored_draw_write_reveal(struct store *store, uint64_t n, uint64_t entry, struct err *err);

/* An amendment made before the reveal stands in the log now, as this entry. */
int stored_draw_write_told(struct store *store, uint64_t n, uint64_t amendment, uint64_t entry, struct err *err);

/* The amendment is counted by the archive entry at this index first. */
int stored_draw_write_counted(struct store *store, uint64_t n, uint64_t amendment, uint64_t archive, struct err *err);

#define WRITE_NO_ENTRY UINT64_MAX /* an amendment that the log does not tell of yet */

/* Applies the amendment to d->places too.  ERR_REFUSED: it is not the one that the protocol gives. */
int stored_draw_write_amendment(struct stored_draw *d, struct store *store, const struct amendment *amendment,
    uint64_t entry, struct err *err);

#endif
