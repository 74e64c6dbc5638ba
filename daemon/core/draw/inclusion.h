#ifndef SPOTCHECK_CORE_DRAW_INCLUSION_H
#define SPOTCHECK_CORE_DRAW_INCLUSION_H

#include <stdint.h>

#include "core/format/entry.h"
#include "core/format/roster.h"

/*
 * Inclusion probabilities (PROTOCOL 6): the chance of each target to be among the first `take` of its stratum, exact
 * but for rounding (to 1e-11).  A chosen target need not be staffed: core/draw/odds.h has the chance of that.
 */

/* Targets of one weight: each of them has the same chance. */
struct inclusion_group {
	unsigned weight; /* 1 .. WEIGHT_MAX, in no other group */
	uint64_t n;      /* at least 1 */
	double chance;
};

/* Fills in `chance` of each group, where `take` targets of all groups together come first.  n_groups <= WEIGHT_MAX. */
void inclusion_chances(struct inclusion_group *groups, size_t n_groups, uint64_t take);

/*
 * The targets of a stratum that take part, by weight: [0] those that are `carried` or `due` and come first, [1] `in`.
 */
struct stratum_odds {
	uint64_t n[2][WEIGHT_MAX + 1];
	double chance[2][WEIGHT_MAX + 1]; /* 0 where n is 0 */
};

/* `ret` [commit->n_strata].  The strata's `take` is taken as it stands; a target that no stratum covers is left out. */
void inclusion_strata(const struct commit *commit, const struct roster *roster, struct stratum_odds *ret);

/* The chance of one target of that roster; 0 for one that does not take part. */
double inclusion_target(const struct commit *commit, const struct stratum_odds *odds, const struct target *t);

#endif
