#ifndef SPOTCHECK_LEDGER_COSIGNATURES_H
#define SPOTCHECK_LEDGER_COSIGNATURES_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/slice.h"
#include "store/store.h"

/* The witnesses' cosignatures of this log's checkpoints, kept in the state (PROTOCOL 4). */

#define WITNESS_CLOCK_S 600 /* seconds by which a witness's clock may differ from ours */

/*
 * Keeps one cosignature line by `vkey` over the checkpoint of `size`, in a transaction of its own.  ERR_REFUSED: it is
 * false, or by another key, or the witness's clock was not between `since` and `until`.  Where that checkpoint has a
 * cosignature by the key already, that one stays, and 0 is returned.
 */
int cosignatures_add(struct store *store, uint64_t size, const char *vkey, struct slice line, int64_t since,
    int64_t until, struct err *err);

/*
 * Keeps lines that were carried by hand: over any checkpoint, by any witness in force.  A complete note may stand
 * before them.  `ret_taken` gets how many were new.
 */
int cosignatures_add_any(struct store *store, struct slice bytes, int64_t now, uint64_t *ret_taken, struct err *err);

/* Keeps those of a published note by witnesses that were ever in force; within the caller's transaction. */
int cosignatures_adopt(struct store *store, uint64_t size, struct slice note, struct err *err);

bool cosignatures_has(struct store *store, uint64_t size, const char *vkey);

/* The checkpoint of a size with all its cosignatures; the caller releases the buffer. */
int cosignatures_note(struct store *store, uint64_t size, struct buf *ret_note, struct err *err);

/* A number that grows with each cosignature kept: it tells whether there is anything new to publish. */
int cosignatures_serial(struct store *store, int64_t *ret_serial, struct err *err);

#endif
