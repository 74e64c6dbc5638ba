#ifndef SPOTCHECK_PUBLISH_ODDS_PICTURE_H
#define SPOTCHECK_PUBLISH_ODDS_PICTURE_H

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/draw/inclusion.h"
#include "draws/draws.h"

/*
 * A picture for the page of a revealed draw: each target's chance to be drawn, by class and by the number of its slips
 * in the drum.  It is computed from commit.json and targets.csv alone (core/draw/inclusion.h).
 */
struct site_odds {
	struct buf bytes; /* the commitment's log entry */
	struct entry entry;
	struct buf sealed_bytes;
	struct sealed sealed;
	struct stratum_odds *strata; /* one for each stratum of entry.commit; NULL: nothing was read */
};

/* The picture's file name in the draw's folder. */
const char *site_odds_name(bool chinese);

/* Reads a revealed draw.  ERR_OUTSIDE: the state is damaged; ERR_MEMORY.  Release after a failure too. */
int site_odds_read(struct store *store, const struct draw_row *row, struct site_odds *ret_odds, struct err *err);
void site_odds_release(struct site_odds *odds);

/* Appends the same in words, as plain text, for people who do not see it.  The caller checks out->failed. */
void site_odds_words(const struct site_odds *odds, bool chinese, struct buf *out);

/* Appends the picture, 360 units wide.  The caller checks out->failed. */
void site_odds_svg(const struct site_odds *odds, bool chinese, struct buf *out);

#endif
