#ifndef SPOTCHECK_LEDGER_OPERATOR_H
#define SPOTCHECK_LEDGER_OPERATOR_H

#include <stdbool.h>
#include <stdint.h>

#include "config/config.h"
#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/progress.h"
#include "core/calendar/calendar.h"
#include "core/format/entry.h"
#include "ledger/keys.h"
#include "store/store.h"

struct letters; /* letters/make.h */

/* What every step of a draw stands on. */
struct operator {
	const struct config *config;
	const struct calendar *calendar; /* of the years around now; NULL where no step asks it */
	struct store *store;
	struct signing_key key;
	const struct letters *letters; /* NULL where no step writes letters */
	int64_t now;
	const struct progress *progress; /* may be NULL */
	/* Told of each entry once its transaction stands; may be NULL.  `n` is 0 for what belongs to no draw. */
	void (*told)(void *ctx, enum entry_type type, uint64_t n, const char *cycle);
	void *ctx;
	/*
	 * Asks the witnesses whether they have seen a longer log, before anything is signed (ask.h); NULL: there is nobody to ask.
	 * ERR_REFUSED: they have, and nothing is signed.
	 */
	int (*ask)(struct operator *operator, struct err *err);
	bool asked;  /* once is enough */
	bool halted; /* they have, or operator_open has found the state unfit to sign: it was this that was refused */
};

/* The path of the log's key; the caller frees it. */
char *operator_key_path(const struct store *store);

/* Reads the log's key into the operator.  ERR_ABSENT: there is no log yet; ERR_REFUSED: the key is another log's. */
int operator_key(struct operator *operator, struct err *err);

/*
 * The checkpoint published in `dir` and how many entries it covers; 0 where there is none of this log.  The caller
 * releases the note.
 */
void operator_published(const struct operator *operator, const char *dir, struct buf *ret_note, uint64_t *ret_size);

/*
 * Holds the state against what was published in `dir`, with the log's key: ERR_REFUSED where that has entries that the
 * state has not, or others, where it is another key's, or its checkpoint is damaged or missing; and then operator->halted.  A
 * folder without a publication says nothing.
 */
int operator_compare(struct operator *operator, const char *dir, struct err *err);

/*
 * As many entries were published somewhere, and the state, which has fewer, is to sign nothing until it has them: for a
 * publication that is not public_dir.
 */
int operator_expect(struct operator *operator, uint64_t entries, struct err *err);

/* ERR_REFUSED: it has fewer than are expected. */
int operator_check_expected(struct store *store, struct err *err);

/*
 * Before anything is signed: both, against public_dir and what is expected, and whether a restored state was compared at all
 * (restored.h).  Where the state may not sign, ERR_REFUSED and operator->halted; the operator has no key then.
 */
int operator_open(struct operator *operator, struct err *err);

#endif
