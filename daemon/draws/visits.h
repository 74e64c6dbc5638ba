#ifndef SPOTCHECK_DRAWS_VISITS_H
#define SPOTCHECK_DRAWS_VISITS_H

#include <stddef.h>
#include <stdint.h>

#include "core/base/err.h"
#include "core/base/slice.h"
#include "core/format/slot.h"
#include "draws/private_rows.h"
#include "store/store.h"

/*
 * Which inspectors visit which target on which day, as amended; names are from the rosters as committed.  `own` is what
 * the office calls what stands beside it: the same, but where ids are published as codes.
 */

struct visit_seat {
	struct slice inspector; /* empty: nobody is left for the seat */
	struct slice own, name;
};

struct visit_row {
	uint64_t place;
	slot_t visit;
	struct slice target; /* empty: no target is left for the place */
	struct slice own, name;
	struct visit_seat *seats;
};

struct visits {
	struct visit_row *v; /* by date, then by place */
	size_t n;
	size_t n_seats; /* of each team */
	struct visit_seat *seats;
	struct buf ids; /* the rows' ids point into it */
	struct private_rows targets, inspectors;
};

/* The same without names and `own`, which a recovered state does not have.  Release with visits_release, after a failure too. */
int visits_read_ids(struct store *store, uint64_t n, struct visits *ret_visits, struct err *err);

/* Release with visits_release, after a failure too. */
int visits_read(struct store *store, uint64_t n, struct visits *ret_visits, struct err *err);
void visits_release(struct visits *visits); /* NULL is allowed */

/* The targets that the draw left unstaffed, as the office calls them, one to a line, appended to `out`. */
int visits_unstaffed(struct store *store, uint64_t n, struct buf *out, size_t *ret_n, struct err *err);

#endif
