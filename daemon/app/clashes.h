#ifndef SPOTCHECK_APP_CLASHES_H
#define SPOTCHECK_APP_CLASHES_H

#include <stddef.h>
#include <stdint.h>

#include "core/base/err.h"
#include "core/base/slice.h"
#include "core/base/text.h"
#include "core/format/slot.h"

/* Everybody's visits of any number of draws, held against each other. */

struct clash_visit {
	char inspector[ID_MAX + 1];
	char unit[TEXT_MAX + 1]; /* empty: none */
	slot_t visit;
	uint64_t spacing; /* minutes, of its draw; 0: off */
};

struct clashes {
	struct clash_visit *v;
	size_t n, cap;
};

/* ERR_MEMORY.  Release with clashes_release. */
int clashes_add(struct clashes *clashes, struct slice inspector, struct slice unit, slot_t visit, uint64_t spacing,
    struct err *err);

/*
 * How many pairs of one inspector's visits are at one minute, or nearer than the spacing of either, and not in one unit.
 * Sorts them.
 */
size_t clashes_count(struct clashes *clashes);

void clashes_release(struct clashes *clashes); /* a zeroed struct is allowed */

#endif
