#ifndef SPOTCHECK_PUBLISH_PAGES_H
#define SPOTCHECK_PUBLISH_PAGES_H

#include "config/config.h"
#include "core/base/err.h"
#include "core/base/hash.h"
#include "draws/draws.h"
#include "publish/tree.h"
#include "store/store.h"

/*
 * Pages for people beside the published data: index.html at the top and in each draw's folder, in the INI's language, the
 * same in the other one beside it, and verify.html, the checker.  No script but the checker's, nothing from elsewhere; they
 * say nothing that the files do not.
 *
 * A draw's page is made anew only where something that stands in it has changed: the list of what is published says of what
 * it was made.
 */
struct site;

/* ERR_MEMORY; ERR_REFUSED where a template of ours is broken. */
int site_open(struct store *store, const struct config *config, struct site **ret_site, struct err *err);
void site_close(struct site *site); /* NULL is allowed */

int site_put_draw(struct site *site, struct tree *tree, const struct draw_row *row, struct err *err);

/* What the top of the log is, for the index. */
struct site_log {
	const char *vkey, *key_id;
	uint64_t entries;
	struct hash root;
};
int site_put_index(struct site *site, struct tree *tree, const struct site_log *log, struct err *err);

#endif
