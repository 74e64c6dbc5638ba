#ifndef SPOTCHECK_CORE_DRAW_VISITS_H
#define SPOTCHECK_CORE_DRAW_VISITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/err.h"
#include "core/base/progress.h"
#include "core/format/slot.h"

/*
 * When each place is visited (PROTOCOL 7, step 5): the first slot from the place's start on, and round, that suits its
 * whole team.
 */

#define VISITS_NO_UNIT UINT32_MAX
#define VISITS_NOBODY UINT32_MAX

struct visits_problem {
	const slot_t *slots; /* [n_slots], ascending, 1 to SLOTS_MAX */
	size_t n_slots;
	uint64_t spacing; /* minutes; 0: off */
	size_t seats;
	size_t n_places;       /* in the order of the admitted targets */
	const uint32_t *start; /* [n_places]: index of start(t) */
	const uint32_t *unit;  /* [n_places]: equal numbers are one unit; VISITS_NO_UNIT where the unit is empty */
	const uint32_t *team;  /* [n_places * seats]: inspectors; VISITS_NOBODY is not looked at */
	size_t n_inspectors;
	/* Whether away.csv names the inspector with this local date. */
	bool (*is_away)(const void *ctx, uint32_t inspector, int32_t date);
	const void *ctx;
	const struct progress *progress; /* may be NULL */
};

struct visit {
	uint32_t slot; /* index into slots */
	bool kept;     /* it suits the whole team; else no slot does, and it is the one at the start */
};

/* Fills `ret` [n_places].  Time: n_places * seats * n_slots at most.  ERR_MEMORY only. */
int visits_find(const struct visits_problem *problem, struct visit *ret, struct err *err);

/*
 * Whether two visits leave an inspector time: they are `spacing` minutes apart, or in one unit that is not empty.
 */
static inline bool
visits_leave_time(uint64_t spacing, slot_t a, uint32_t unit_a, slot_t b, uint32_t unit_b)
{
	uint64_t apart = (uint64_t)(a < b ? b - a : a - b);

	return apart >= spacing || (unit_a == unit_b && unit_a != VISITS_NO_UNIT);
}

#endif
