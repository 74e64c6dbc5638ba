#ifndef SPOTCHECK_CORE_DRAW_HISTORY_H
#define SPOTCHECK_CORE_DRAW_HISTORY_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/err.h"
#include "core/draw/amend.h"
#include "core/format/entry.h"
#include "core/format/roster.h"

/*
 * What a cycle's draws so far say of its next roster (PROTOCOL 3, 5 and 10 `history`): when each target was last drawn,
 * which are carried, which pairs must not meet again.  Ids are copied, so that the rosters may go.
 */

struct history_id {
	char text[ID_MAX + 1];
};

struct history_pair {
	struct history_id inspector, target;
};

struct history_date {
	struct history_id target;
	int32_t date;
};

struct history_draw {
	struct history_pair *pairs; /* of places and teams, as amended */
	size_t n_pairs;
};

struct history {
	struct history_date *last; /* ascending by id: the date of the latest draw that holds it in a place */
	size_t n_last;
	struct history_id *carried; /* ascending: by the latest draw */
	size_t n_carried;
	struct history_draw *draws; /* oldest first */
	size_t n_draws;
};

void history_init(struct history *history);
void history_release(struct history *history);

/*
 * Takes in a draw (not a void) with all its amendments, once the cycle's next commitment is made or known to come.
 * `date` is the draw's.
 */
int history_add(struct history *history, const struct places *places, int32_t date, struct err *err);

int32_t history_last_drawn(const struct history *history, struct slice target); /* DATE_NONE where never */
bool history_is_carried(const struct history *history, struct slice target);

/*
 * The rotation rows' lines ("I07,target,T9,rotation", sorted, distinct, no LF) over the last `rotate` draws whose two ids
 * are in the roster.  One LF-separated text appended to `out`.
 */
int history_rotation(const struct history *history, uint64_t rotate, const struct roster *roster, struct buf *out,
    struct err *err);

/* PROTOCOL 4 `changes` of a roster against the cycle's previous one (NULL for the first, where every row is added). */
void roster_changes(const struct roster *before, const struct roster *now, struct changes *ret_changes);

#endif
