#ifndef SPOTCHECK_PUBLISH_PUBLISH_H
#define SPOTCHECK_PUBLISH_PUBLISH_H

#include <stdbool.h>
#include <stdint.h>

#include "config/config.h"
#include "core/base/err.h"
#include "ledger/keys.h"
#include "store/store.h"

/*
 * The published directory (PROTOCOL 4), written from what the state holds for certain: outside of any transaction, so
 * that no checkpoint is seen before its entries are durable.
 *
 * All of it follows from the state, byte for byte.  A reader never meets it half written: the new tree is built beside
 * the old one and takes its place in one step; where others have files in the folder, or the file system cannot exchange
 * two folders, files are replaced one by one, the checkpoint last.  The state lists what is ours: nothing else is removed,
 * moved or walked into.  What a crash leaves behind is removed by the next call.
 */
struct publish_options {
	bool
	    fresh; /* read every file that stands there, and write anew what is damaged; else size and time of change are believed */
	bool in_place; /* as where two folders cannot be exchanged */
	const struct config
	    *pages; /* pages for people beside the data (pages.h), as this configuration has it; NULL: none */
};

/*
 * ERR_ABSENT: there is no log; ERR_REFUSED: the folder holds something else than this log's publication, somebody's file
 * stands where one of ours belongs, or something is mounted on a part of ours; ERR_OUTSIDE, ERR_MEMORY.  `options` may be
 * NULL.
 */
int publish(struct store *store, const struct signing_key *key, const char *public_dir,
    const struct publish_options *options, struct err *err);

/*
 * The same, with pages, into config->public_dir, where the newest checkpoint is not the one published, or a crash left
 * something to clean up.
 */
int publish_news(struct store *store, const struct signing_key *key, const struct config *config, struct err *err);

/*
 * The same where the published checkpoint is damaged, the state has published there before and is not one that waits to be
 * compared (restored.h), and tiles are there, which do not go beyond its log, nor do draws; else does nothing.
 */
int publish_mend(struct store *store, const struct signing_key *key, const struct config *config, struct err *err);

/*
 * A look at all published files, once a `day` (a local date), a part at a call: `*ret_over` once the day's is done.  What
 * is damaged is written anew.
 */
int publish_look(struct store *store, const struct signing_key *key, const struct config *config, int32_t day,
    bool *ret_over, struct err *err);

/* How many files were found damaged and mended since the last whole look that found none, and the last time's first. */
#define PUBLISH_DAMAGE 128
int publish_damage(struct store *store, uint64_t *ret_files, char ret_first[static PUBLISH_DAMAGE], struct err *err);

#endif
