#ifndef SPOTCHECK_ROSTERS_UNIQUE_H
#define SPOTCHECK_ROSTERS_UNIQUE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/err.h"
#include "store/store.h"

/*
 * How many targets stand alone in what becomes public of them: no other row has the same values in all columns that
 * everybody can read.  These are class, unit, area, level, needs, weight and the year of since; with codes not unit and
 * area.  Whoever knows a target's values so finds its row, whatever its id is.
 */
struct unique_rows {
	uint64_t rows, unique;
	const char
	    *column;      /* without which the fewest would stand alone; NULL: none matters, or too many rows to try */
	uint64_t without; /* how many would then */
};
int rosters_unique(struct store *store, bool coded, struct unique_rows *ret, struct err *err);

#endif
