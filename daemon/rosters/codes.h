#ifndef SPOTCHECK_ROSTERS_CODES_H
#define SPOTCHECK_ROSTERS_CODES_H

#include <stdint.h>
#include <stdio.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/slice.h"
#include "store/store.h"

/*
 * Coded publication ([service] public_ids = coded): the codes that stand for ids, units and areas in what is published.
 *
 * A code follows from a secret key and from what it stands for.  So it is the same in every draw, and again after the
 * state was lost.  The state keeps each one that was given, for ever; nobody else can tell what it stands for.
 */

enum code_kind { CODE_TARGET, CODE_INSPECTOR, CODE_UNIT, CODE_AREA };
#define CODE_KINDS 4

/* "T-7K3Q-9XWE-2M4P": the kind's letter and 60 bits in Crockford's base32, which has no I, L, O and U; and a NUL. */
#define CODE_TEXT 17
#define CODE_KEY 32 /* bytes */

/* "target", "inspector", "unit", "area". */
const char *code_kind_name(enum code_kind kind);

/* Gives every id, unit and area of the present rosters its code, within the caller's transaction. */
int codes_give(struct store *store, const uint8_t key[static CODE_KEY], struct err *err);

/* Looks up one after the other.  Open it, look up, and close it: the first fault is told by codes_close. */
struct codes {
	struct query by_own, by_code;
};
void codes_open(struct codes *codes, struct store *store);
int codes_close(struct codes *codes, struct err *err);

/* The code of what the office calls `own`, and the other way round; NULL, 0: there is none.  Valid until the next. */
struct slice codes_code(struct codes *codes, enum code_kind kind, struct slice own);
struct slice codes_own(struct codes *codes, enum code_kind kind, struct slice code);

/*
 * Appends a text for the office, in which each code stands as what the office calls it.  What is no code stays as it
 * is.  ERR_OUTSIDE, ERR_MEMORY.
 */
int codes_put_plain(struct store *store, struct slice text, struct buf *out, struct err *err);

/* Appends what the office calls the code; what is no code as it is. */
int codes_put_own(struct store *store, enum code_kind kind, struct slice code, struct buf *out, struct err *err);

/* Whether any was ever given. */
int codes_any(struct store *store, bool *ret_any, struct err *err);

#endif
