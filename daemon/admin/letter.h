#ifndef SPOTCHECK_ADMIN_LETTER_H
#define SPOTCHECK_ADMIN_LETTER_H

#include <stdint.h>

#include "config/config.h"
#include "core/base/err.h"
#include "core/base/slice.h"
#include "store/store.h"

/* A letter to the administrator: plain text, of no draw. */
struct admin_letter {
	const char *kind; /* of the outbox; with `key` and `number` it is what the letter is known by */
	const char *key;  /* may be "" */
	uint64_t number;
	const char *id;        /* the Message-ID's local part; its domain is the log's origin */
	const char *subject;   /* cut to what a header should hold */
	struct slice language; /* Content-Language; may be empty */
	struct slice text;
};

/*
 * Queues it, inside the caller's transaction; one that is known already is not added again.  A letter that cannot be made
 * is kept as failed, as those of draws are.  ERR_OUTSIDE, ERR_MEMORY.
 */
int admin_letter_queue(struct store *store, const struct config *config, const struct admin_letter *letter, int64_t now,
    struct err *err);

#endif
