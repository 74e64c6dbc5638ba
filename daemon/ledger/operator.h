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

/* What every step of a draw needs: configuration, state, key, time. */
struct operator {
	const struct config *config;
	const struct calendar *calendar; /* of the years around now; NULL: no step needs it */
	struct store *store;
	struct signing_key key;
	const struct letters *letters; /* NULL: no step writes letters */
	int64_t now;
	const struct progress *progress; /* may be NULL */
	/* Called for each entry after its transaction is committed; may be NULL.  `n` 0: the entry is of no draw. */
	void (*told)(void *ctx, enum entry_type type, uint64_t n, const char *cycle);
	void *ctx;
	/*
	 * Asks the witnesses, before anything is signed, whether they have seen a longer log (remote/ask.h); NULL:
	 * nobody is asked.  ERR_REFUSED: they have, and nothing is signed.
	 */
	int (*ask)(struct operator *operator, struct err *err);
	bool asked;  /* `ask` has succeeded: it is called once */
	bool halted; /* the refusal was this: a witness or operator_open found the state unfit to sign */
};

/* The path of the log's key; the caller frees it. */
char *operator_key_path(const struct store *store);

/* Reads the log's key into the operator.  ERR_ABSENT: there is no log yet; ERR_REFUSED: the key is another log's. */
int operator_key(struct operator *operator, struct err *err);

#define CODES_KEY 32 /* bytes */

/* The secret of coded publication (rosters/codes.h), which follows from the log's key.  Wipe it after use. */
void operator_codes_key(const struct operator *operator, uint8_t ret_key[static CODES_KEY]);

/*
 * The checkpoint published in `dir` and how many entries it covers; 0: there is none of this log.  The caller releases
 * the note.
 */
void operator_published(const struct operator *operator, const char *dir, struct buf *ret_note, uint64_t *ret_size);

/*
 * Compares the state with what was published in `dir`.  ERR_REFUSED, and operator->halted is set: the publication has
 * entries that the state lacks, or different ones; or it is another key's; or its checkpoint is damaged or missing.  0
 * where the folder has no publication.  ERR_REFUSED without operator->halted: the state itself is damaged.
 */
int operator_compare(struct operator *operator, const char *dir, struct err *err);

/*
 * Records that `entries` entries were published somewhere else than in public_dir: the state signs nothing until it has
 * as many.
 */
int operator_expect(struct operator *operator, uint64_t entries, struct err *err);

/* ERR_REFUSED: the state has fewer entries than operator_expect has recorded. */
int operator_check_expected(struct store *store, struct err *err);

/*
 * To be called before anything is signed: reads the key, compares the state with public_dir, checks the expected
 * entries, and that a restored state was compared at all (restored.h).  ERR_REFUSED and operator->halted: the state
 * may not sign.  After any failure the operator has no key.
 */
int operator_open(struct operator *operator, struct err *err);

#endif
