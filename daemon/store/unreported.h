#ifndef SPOTCHECK_STORE_UNREPORTED_H
#define SPOTCHECK_STORE_UNREPORTED_H

#include <stdint.h>

#include "core/base/err.h"
#include "core/base/text.h"
#include "store/store.h"

/*
 * What a command has done and not yet reported.  It is kept in the transaction of the step itself, and forgotten once
 * the rest is done and the report is out.  So where a command was interrupted and is called again, it finds that its
 * request is fulfilled and does not do it twice.
 */
struct unreported {
	char command[16];          /* "amend" … */
	char subject[ID_MAX + 80]; /* what it was about; one row, the newest, is kept per command and subject */
	char request[96];          /* what else was asked for; the column `wish` */
	uint64_t number;           /* of what was done: a draw, an amendment, an import */
};

/* Fills command, request and subject, each cut to what fits. */
__attribute__((format(printf, 3, 4))) struct unreported
unreported_of(const char *command, const char *request, const char *subject, ...);

/* Within the caller's transaction. */
int unreported_keep(struct store *store, const struct unreported *unreported, struct err *err);

/* The number of what was done for this request.  ERR_ABSENT where there is none; err stays untouched then. */
int unreported_find(struct store *store, const struct unreported *request, uint64_t *ret_number, struct err *err);

/* Forgets it once it is reported.  Does nothing where something newer has replaced it. */
int unreported_forget(struct store *store, const struct unreported *unreported, struct err *err);

#endif
