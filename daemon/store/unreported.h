#ifndef SPOTCHECK_STORE_UNREPORTED_H
#define SPOTCHECK_STORE_UNREPORTED_H

#include <stdint.h>

#include "core/base/err.h"
#include "core/base/text.h"
#include "store/store.h"

/*
 * What a command has made stand and has not yet reported as done.  It is kept in the step's own transaction and forgotten
 * once all that belongs to it is done and the report has left: where the command was interrupted in between, the same command
 * again finds that its wish is fulfilled, and does not do it twice.
 */
struct unreported {
	char command[16];          /* "amend" … */
	char subject[ID_MAX + 80]; /* what it was about: of a command and a subject the newest is kept */
	char wish[96];             /* what else was asked for */
	uint64_t number;           /* what stands: a draw, an amendment, an import */
};

/* The first three, as far as they fit. */
__attribute__((format(printf, 3, 4))) struct unreported
unreported_of(const char *command, const char *wish, const char *subject, ...);

/* Within the caller's transaction. */
int unreported_keep(struct store *store, const struct unreported *unreported, struct err *err);

/* The number of what stands for this wish; ERR_ABSENT, with nothing said. */
int unreported_find(struct store *store, const struct unreported *wish, uint64_t *ret_number, struct err *err);

/* It is reported.  Nothing where something newer took its place. */
int unreported_forget(struct store *store, const struct unreported *unreported, struct err *err);

#endif
