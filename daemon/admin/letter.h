#ifndef SPOTCHECK_ADMIN_LETTER_H
#define SPOTCHECK_ADMIN_LETTER_H

#include <stdint.h>

#include "config/config.h"
#include "core/base/err.h"
#include "core/base/slice.h"
#include "store/store.h"

/* A letter to the administrator: plain text, not about one draw. */
struct admin_letter {
	const char *kind; /* the outbox's; `kind`, `key` and `number` together identify the letter */
	const char *key;  /* may be "" */
	uint64_t number;
	const char *id;        /* the Message-ID's local part; its domain is the log's origin */
	const char *subject;   /* cut to 214 bytes */
	struct slice language; /* Content-Language; may be empty */
	struct slice text;
};

/*
 * Adds the letter to the outbox, inside the caller's transaction; a letter that the outbox has already is not added
 * again.  A letter that cannot be made is added as failed, like a draw's.  ERR_OUTSIDE, ERR_MEMORY.
 */
int admin_letter_queue(struct store *store, const struct config *config, const struct admin_letter *letter, int64_t now,
    struct err *err);

#endif
