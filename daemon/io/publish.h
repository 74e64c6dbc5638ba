#ifndef SPOTCHECK_PUBLISH_H
#define SPOTCHECK_PUBLISH_H

#include <stdbool.h>

#include "core/err.h"
#include "io/config.h"
#include "io/keys.h"
#include "io/store.h"

/*
 * The published directory (PROTOCOL 4), written from what the state holds for certain: outside of any transaction, so
 * that no checkpoint is seen before its entries are durable.
 *
 * All of it follows from the state, byte for byte.  A reader never meets it half written: the new tree is built beside
 * the old one and takes its place in one step; where the file system cannot exchange two folders, files are replaced
 * one by one, the checkpoint last.  What a crash leaves behind is removed by the next call.  Other files at the
 * folder's top are left alone.
 */
struct publish_options {
	bool fresh; /* write every file anew; else those that are there already, of the same size, are taken over */
	bool in_place; /* as where two folders cannot be exchanged */
	const struct config *pages; /* pages for people beside the data (site.h), as this configuration has it; NULL: none */
};

/*
 * ERR_ABSENT: there is no log; ERR_REFUSED: the folder holds something else than this log's publication; ERR_OUTSIDE,
 * ERR_MEMORY.  `options` may be NULL.
 */
int publish(struct store *store, const struct signing_key *key, const char *public_dir,
    const struct publish_options *options, struct err *err);

/* The same, with pages, into config->public_dir, where the newest checkpoint is not the one published, or a crash left something to clean up. */
int publish_news(struct store *store, const struct signing_key *key, const struct config *config, struct err *err);

#endif
