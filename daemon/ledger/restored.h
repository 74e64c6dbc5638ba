#ifndef SPOTCHECK_LEDGER_RESTORED_H
#define SPOTCHECK_LEDGER_RESTORED_H

#include <stdbool.h>

#include "core/base/err.h"
#include "store/store.h"

/*
 * A state from a backup may be older than what was published since: whatever it signed then would be a second log.  So
 * it is marked, and signs nothing until it is compared with a publication, or somebody has declared that there is
 * none.
 */

/* Set and remove the mark; within the caller's transaction, if there is one. */
int restored_mark(struct store *store, struct err *err);
int restored_clear(struct store *store, struct err *err);

/* ERR_REFUSED, with what is to be done: the state bears the mark. */
int restored_check(struct store *store, struct err *err);

/* `*ret`: whether the state bears the mark. */
int restored_is_marked(struct store *store, bool *ret, struct err *err);

/*
 * Compares the key of a backup with what is in `dir`.  ERR_REFUSED: that is another key's publication.
 * `*ret_published`: there is a checkpoint signed by this key.  0 where there is no checkpoint, or a damaged one.
 */
int restored_compare_key(const char *dir, const char *vkey, bool *ret_published, struct err *err);

#endif
