#ifndef SPOTCHECK_DRAWS_ACCESS_H
#define SPOTCHECK_DRAWS_ACCESS_H

#include <stdint.h>

#include "core/base/err.h"
#include "store/store.h"

/*
 * Notes who looks at what is still secret, and why, before it is shown, or who lets a restored state sign that was compared with
 * no publication; in a transaction of its own, or the caller's.  ERR_REFUSED: no name or no reason.
 */
struct access_note {
	int64_t time;
	const char *by, *what, *reason; /* `what`: the command */
	uint64_t n;                     /* the draw; 0: none */
};
int access_write(struct store *store, const struct access_note *note, struct err *err);

#endif
