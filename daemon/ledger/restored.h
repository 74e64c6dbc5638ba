#ifndef SPOTCHECK_LEDGER_RESTORED_H
#define SPOTCHECK_LEDGER_RESTORED_H

#include <stdbool.h>

#include "core/base/err.h"
#include "store/store.h"

/*
 * A state from a backup may be older than what was published since, and whatever it signed then would be a second log.  So it
 * bears a mark, and signs nothing until it was held against a publication, or somebody has said that there is none.
 */

/* Within the caller's transaction, if he has one. */
int restored_mark(struct store *store, struct err *err);
int restored_clear(struct store *store, struct err *err);

/* 0, or ERR_REFUSED with what is to be done. */
int restored_check(struct store *store, struct err *err);

/* `*ret`: whether the state bears the mark. */
int restored_is_marked(struct store *store, bool *ret, struct err *err);

/*
 * Holds the key of a backup against what stands in `dir`: ERR_REFUSED where that is another key's publication.
 * `*ret_published`: there is a checkpoint, signed by this key.  A folder without one, or with a damaged one, says nothing.
 */
int restored_compare_key(const char *dir, const char *vkey, bool *ret_published, struct err *err);

#endif
