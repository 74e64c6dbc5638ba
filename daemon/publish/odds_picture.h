#ifndef SPOTCHECK_PUBLISH_ODDS_PICTURE_H
#define SPOTCHECK_PUBLISH_ODDS_PICTURE_H

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/draw/inclusion.h"
#include "draws/draws.h"

/*
 * A picture for the page of a revealed draw: what chance each target had to be drawn, by class and by how many slips it had
 * in the drum.  It follows from commit.json and targets.csv alone (core/inclusion.h).  For pages.c and draw_page.c.
 */
struct site_odds {
	struct buf bytes; /* of the commitment's entry */
	struct entry entry;
	struct stratum_odds *strata; /* of entry.commit; NULL: nothing is read yet */
};

/* What a language's picture is called in the draw's folder. */
const char *site_odds_name(bool chinese);

/* Of a revealed draw.  ERR_OUTSIDE where the state is damaged, ERR_MEMORY.  Release after a failure too. */
int site_odds_read(struct store *store, const struct draw_row *row, struct site_odds *ret_odds, struct err *err);
void site_odds_release(struct site_odds *odds);

/* The same in words, plain text, for whoever does not see it; the caller asks out->failed. */
void site_odds_words(const struct site_odds *odds, bool chinese, struct buf *out);

/* The picture, 360 units wide; the caller asks out->failed. */
void site_odds_svg(const struct site_odds *odds, bool chinese, struct buf *out);

#endif
