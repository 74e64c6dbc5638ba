#ifndef SPOTCHECK_CORE_DRAW_ODDS_VISITS_H
#define SPOTCHECK_CORE_DRAW_ODDS_VISITS_H

#include <stddef.h>
#include <stdint.h>

#include "core/base/err.h"
#include "core/draw/draw.h"

/*
 * What simulated draws say of the visits: how many fall into each slot, how many cannot be kept, and how often the
 * posts of one unit are visited together.  It is always counted, since spacing and days away make slots unlike.
 */

struct odds_slot {
	slot_t slot;
	uint64_t visits, squares; /* the sum of a draw's visits in it, and of their squares */
};

struct odds_visits {
	struct odds_slot *slots; /* [n_slots], as in sealed.json */
	size_t n_slots;
	uint64_t draws, visits;
	uint64_t unkept;          /* visits whose slot does not suit the whole team */
	uint64_t units, together; /* units with two places or more in a draw; those with one slot for all of them */
	uint32_t *company;        /* [n_targets]: in how many draws another post of its unit has its slot */
	uint32_t *unit;           /* [n_targets]: equal numbers are one unit; VISITS_NO_UNIT: none */
	size_t n_targets;
};

/* Nothing counted yet.  ERR_MEMORY.  Release with odds_visits_release, after a failure too. */
int odds_visits_new(const struct roster *roster, const struct sealed *sealed, struct odds_visits *ret, struct err *err);
void odds_visits_release(struct odds_visits *visits);

/* Counts one draw of these rosters and slots.  ERR_MEMORY: nothing is counted. */
int odds_visits_count(struct odds_visits *visits, const struct draw *draw, struct err *err);

/* The share of slot i in all visits, 0 to 1.  `ret_error` gets half its 99 % interval, 1 where one draw is too few. */
double odds_visits_share(const struct odds_visits *visits, size_t i, double *ret_error);

#endif
