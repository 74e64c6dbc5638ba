#ifndef SPOTCHECK_LEDGER_COSIGNATURES_H
#define SPOTCHECK_LEDGER_COSIGNATURES_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/slice.h"
#include "store/store.h"

/* What witnesses have signed of this log, kept by checkpoint (PROTOCOL 4). */

#define WITNESS_CLOCK_S 600 /* so far a witness's clock may be from ours */

/*
 * Takes one cosignature line of `vkey` over the checkpoint of `size`, if it is true, and made between `since` and
 * `until` by the witness's clock.  ERR_REFUSED says what it is otherwise: false, of another key, of another time.  One
 * that is there already is no fault, and kept.  In a transaction of its own.
 */
int cosignatures_add(struct store *store, uint64_t size, const char *vkey, struct slice line, int64_t since,
    int64_t until, struct err *err);

/*
 * The same for lines that were carried by hand: of any checkpoint and of any witness in force.  A whole note may stand
 * before them.  `ret_taken` gets how many were new.
 */
int cosignatures_add_any(struct store *store, struct slice bytes, int64_t now, uint64_t *ret_taken, struct err *err);

/* Those of a published checkpoint, by witnesses that were ever in force; within the caller's transaction. */
int cosignatures_adopt(struct store *store, uint64_t size, struct slice note, struct err *err);

bool cosignatures_has(struct store *store, uint64_t size, const char *vkey);

/* The checkpoint of a size with all its cosignatures; the caller releases the buffer. */
int cosignatures_note(struct store *store, uint64_t size, struct buf *ret_note, struct err *err);

/* Counts what was taken so far: publication looks at it. */
int cosignatures_serial(struct store *store, int64_t *ret_serial, struct err *err);

#endif
