#ifndef SPOTCHECK_DRAWS_STORED_DRAW_H
#define SPOTCHECK_DRAWS_STORED_DRAW_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/err.h"
#include "core/base/progress.h"
#include "core/draw/amend.h"
#include "core/draw/draw.h"
#include "draws/draws.h"
#include "store/store.h"

/*
 * A draw loaded from the state: its commitment and files, and what is computed from them.  The members point at each
 * other: do not copy or move a struct stored_draw.
 */
struct stored_draw {
	struct draw_row row;
	struct buf commit_bytes, targets, inspectors, conflicts, away, sealed_bytes;
	struct commit commit;
	struct roster roster;
	struct sealed sealed;
	bool has_commit, has_sealed;
	char commit_hash[HASH_HEX + 1];
	char secret[HASH_HEX + 1];
	char *beacon; /* the value as text */
	struct draw_input input;
	struct draw draw;
	struct places places;
	uint64_t amendments; /* how many are applied to the places */
};

/* Zeroes; stored_draw_release is allowed from then on. */
void stored_draw_init(struct stored_draw *d);
void stored_draw_release(struct stored_draw *d); /* NULL is allowed */

/* Loads commitment and rosters.  ERR_OUTSIDE: the files are not what was committed, so the state is damaged. */
int stored_draw_load(struct stored_draw *d, struct store *store, uint64_t n, struct err *err);

/* Computes the draw with this beacon value, after stored_draw_load. */
int stored_draw_compute(struct stored_draw *d, struct store *store, const char *beacon, const struct progress *progress,
    struct err *err);

/* Computes again a draw that was drawn, and applies its amendments, after stored_draw_load. */
int stored_draw_again(struct stored_draw *d, struct store *store, const struct progress *progress, struct err *err);

#endif
