#ifndef SPOTCHECK_DRAWS_ACCESS_H
#define SPOTCHECK_DRAWS_ACCESS_H

#include <stdint.h>

#include "core/base/err.h"
#include "store/store.h"

/*
 * Logs who is about to see what is still secret, and why; also who lets a restored state sign although it was compared
 * with no publication.  In a transaction of its own, or in the caller's.  ERR_REFUSED: the name or the reason is
 * missing, or is not one line of text.
 */
struct access_note {
	int64_t time;
	const char *by, *what, *reason; /* `what`: the command */
	uint64_t n;                     /* the draw; 0: none */
};
int access_write(struct store *store, const struct access_note *note, struct err *err);

#endif
