#ifndef SPOTCHECK_PUBLISH_RECEIPT_H
#define SPOTCHECK_PUBLISH_RECEIPT_H

#include <stdbool.h>
#include <stdint.h>

#include "config/config.h"
#include "core/base/progress.h"
#include "core/check/receipt.h"
#include "draws/stored_draw.h"
#include "store/store.h"

/*
 * A target's receipt of a revealed draw, made from the state.  The members point at each other: do not copy or move a
 * struct issued.
 */
struct issued {
	struct stored_draw stored;
	struct buf genesis, private_header, private_row, place;
	struct receipt receipt;
	struct buf bytes; /* the receipt to hand out */
};

/*
 * ERR_NOT_YET: the draw is sealed; ERR_REFUSED: it was voided; ERR_ABSENT: there is no such draw or target;
 * ERR_OUTSIDE: the state is damaged; ERR_LIMIT, ERR_MEMORY.  Release with issued_release, after a failure too.
 */
int receipt_issue(struct store *store, uint64_t n, struct slice target, const struct progress *progress,
    struct issued *ret_issued, struct err *err);
void issued_release(struct issued *issued); /* NULL is allowed */

/* Appends a page to print, about this target alone, in the INI's language. */
int receipt_page(struct store *store, const struct config *config, const struct issued *issued, struct buf *out,
    struct err *err);

#endif
