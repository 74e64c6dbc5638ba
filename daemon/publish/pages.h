#ifndef SPOTCHECK_PUBLISH_PAGES_H
#define SPOTCHECK_PUBLISH_PAGES_H

#include "config/config.h"
#include "core/base/err.h"
#include "core/base/hash.h"
#include "draws/draws.h"
#include "publish/tree.h"
#include "store/store.h"

/*
 * Pages for people beside the published data: index.html at the top and in each draw's folder, in the INI's language;
 * the same pages in the other language; and verify.html, the checker.  Only the checker has a script, and nothing is
 * loaded from elsewhere.  The pages say nothing that the files do not say.
 *
 * A draw's page is made again only where something in it has changed: the list of published files has a hash of what
 * the page was made from (made_of).
 */
struct site;

/* ERR_MEMORY; ERR_REFUSED: an embedded template is malformed. */
int site_open(struct store *store, const struct config *config, struct site **ret_site, struct err *err);
void site_close(struct site *site); /* NULL is allowed */

/* Puts a draw's pages, and for a revealed draw the pictures, into the tree. */
int site_put_draw(struct site *site, struct tree *tree, const struct draw_row *row, struct err *err);

/* What the index says of the log. */
struct site_log {
	const char *vkey, *key_id;
	uint64_t entries;
	struct hash root;
};
int site_put_index(struct site *site, struct tree *tree, const struct site_log *log, struct err *err);

#endif
