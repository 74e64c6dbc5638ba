#ifndef SPOTCHECK_DRAWS_UNKEPT_H
#define SPOTCHECK_DRAWS_UNKEPT_H

#include <stdbool.h>
#include <stddef.h>

#include "core/draw/draw.h"
#include "core/draw/kept.h"
#include "draws/stored_draw.h"
#include "draws/visits.h"

/*
 * The visits of a draw that cannot be kept.  The members point at each other and at what it was made of: do not copy or
 * move it, and release it first.
 */
struct unkept {
	struct kept_input input;
	struct kept_place *places;
	struct slice *team;
	bool *kept;       /* [input.n_places] */
	size_t n, visits; /* how many cannot be kept, of how many places that hold a target */
	size_t apart;     /* units visited at more than one slot */
};

/* As drawn.  ERR_MEMORY.  Release with unkept_release, after a failure too. */
int unkept_of_draw(const struct draw_input *input, const struct draw *draw, struct unkept *ret, struct err *err);

/* As amended: the visits of a draw whose commitment and rosters are loaded. */
int unkept_of_visits(const struct stored_draw *draw, const struct visits *visits, struct unkept *ret, struct err *err);
void unkept_release(struct unkept *unkept); /* NULL is allowed */

#endif
