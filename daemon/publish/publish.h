#ifndef SPOTCHECK_PUBLISH_PUBLISH_H
#define SPOTCHECK_PUBLISH_PUBLISH_H

#include <stdbool.h>
#include <stdint.h>

#include "config/config.h"
#include "core/base/err.h"
#include "ledger/keys.h"
#include "store/store.h"

/*
 * The published folder (PROTOCOL 4).  It is written outside any transaction, from committed data, so that no
 * checkpoint is public before its entries are durable.
 *
 * The state determines every byte of it.  A reader never sees it half written: the new tree is built beside the old
 * one and the two are exchanged in one step.  Where others have files in the folder, or the file system cannot
 * exchange two folders, files are replaced one by one, the checkpoint last.  The state lists our files: nothing else
 * is removed, moved or entered.  What a crash leaves behind is removed by the next call.
 */
struct publish_options {
	bool fresh;                 /* read every file that is there; else only where the time of change differs */
	bool in_place;              /* replace files one by one, even if the folders could be exchanged */
	const struct config *pages; /* also pages for people (pages.h), by this configuration; NULL: none */
};

/*
 * Publishes.  ERR_ABSENT: there is no log; ERR_REFUSED: the folder has something else than this log's publication, or
 * somebody's file is where one of ours belongs, or something is mounted on a part of ours; ERR_OUTSIDE, ERR_MEMORY.
 * `options` may be NULL.
 */
int publish(struct store *store, const struct signing_key *key, const char *public_dir,
    const struct publish_options *options, struct err *err);

/*
 * Publishes with pages into config->public_dir, if the newest checkpoint or a cosignature is not published yet, or a
 * crash left something to clean up.
 */
int publish_news(struct store *store, const struct signing_key *key, const struct config *config, struct err *err);

/*
 * Publishes with pages into config->public_dir, if the publication there is damaged and may be mended: the state has
 * published there before, does not wait to be compared (ledger/restored.h), and the published tiles and draws do not go
 * beyond its log.  Else it does nothing.
 */
int publish_mend(struct store *store, const struct signing_key *key, const struct config *config, struct err *err);

/*
 * Checks all published files once each `day` (a local date), a part of them at a call.  `*ret_over`: the day's check is
 * done.  Damaged files are written again.
 */
int publish_look(struct store *store, const struct signing_key *key, const struct config *config, int32_t day,
    bool *ret_over, struct err *err);

/* How many files were damaged when that was last found, and the first of them; 0 after a check without damage. */
#define PUBLISH_DAMAGE 128
int publish_damage(struct store *store, uint64_t *ret_files, char ret_first[static PUBLISH_DAMAGE], struct err *err);

#endif
