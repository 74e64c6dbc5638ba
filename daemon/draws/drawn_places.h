#ifndef SPOTCHECK_DRAWS_DRAWN_PLACES_H
#define SPOTCHECK_DRAWS_DRAWN_PLACES_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/format/merkle.h"
#include "draws/stored_draw.h"

/* The places of a draw as they were drawn, whatever amendments did since, and what proves them (PROTOCOL 8). */
struct drawn_places {
	const struct stored_draw *d; /* the caller's; computed */
	struct merkle tree;
	uint32_t *chosen; /* [n]: place i is draw->chosen[chosen[i]] */
	size_t n;
};

/* ERR_MEMORY.  Release with drawn_places_release, after a failure too, and where all is zero. */
int drawn_places_open(const struct stored_draw *d, struct drawn_places *ret_places, struct err *err);
void drawn_places_release(struct drawn_places *places);

/* Appends the place's PROOF (core/format/place_proof.h); the caller checks out->failed. */
void drawn_place_prove(const struct drawn_places *places, size_t place, struct buf *out);

/* Whether amendments have changed what the place holds. */
bool drawn_place_is_amended(const struct drawn_places *places, size_t place);

/* Index into the roster of the target, and into draw->order of the team's [seats]. */
uint32_t drawn_place_target(const struct drawn_places *places, size_t place);
const uint32_t *drawn_place_team(const struct drawn_places *places, size_t place);

#endif
