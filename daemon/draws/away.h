#ifndef SPOTCHECK_DRAWS_AWAY_H
#define SPOTCHECK_DRAWS_AWAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/err.h"
#include "core/base/slice.h"
#include "core/base/text.h"
#include "core/format/slot.h"
#include "store/store.h"

/* Who is not to be had on which dates of a draw's slots (PROTOCOL 3, away.csv): leave, excuses, and booked visits. */

struct away_day {
	char id[ID_MAX + 1]; /* of an inspector, who need not stand in the roster any more */
	int32_t date;        /* of a slot */
};

struct away_days {
	struct away_day *v; /* ascending by id, then by date; each once */
	size_t n, cap;
	size_t dates; /* how many dates the slots have */
};

/*
 * Reads them from the state, for slots that ascend.  `booked`: with the days on which draws that are not yet revealed
 * send their inspectors.  ERR_LIMIT: more than ROSTER_ROWS_MAX, ERR_OUTSIDE, ERR_MEMORY.  Release with
 * away_days_release, after a failure too.
 */
int away_days_read(struct store *store, const slot_t *slots, size_t n_slots, bool booked, struct away_days *ret_days,
    struct err *err);

/* The rows of a draw's away.csv, as committed; `dates` stays 0.  ERR_OUTSIDE, ERR_MEMORY.  Release as above. */
int away_days_of_draw(struct store *store, uint64_t n, struct away_days *ret_days, struct err *err);

void away_days_release(struct away_days *days); /* a zeroed struct is allowed */

/* How many inspectors have a day. */
size_t away_inspectors(const struct away_days *days);

/* Whether the inspector is away on the date of every slot, and so takes no part (PROTOCOL 5). */
bool away_on_all(const struct away_days *days, struct slice id);

#endif
