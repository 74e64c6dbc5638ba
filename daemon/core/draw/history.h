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
 * which are carried, which pairs must not meet again.  Ids are copied: the rosters need not be kept.
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

/* A visit that is owed. */
struct history_owed {
	struct history_id target;
	uint64_t n; /* the draw that owes it */
};

struct history_draw {
	struct history_pair *pairs; /* who visits which target, as amended */
	size_t n_pairs;
};

struct history {
	struct history_date *last; /* ascending by id: the date of the latest draw that holds it in a place */
	size_t n_last;
	struct history_owed *carried; /* ascending by id */
	size_t n_carried;
	struct history_draw *draws; /* oldest first */
	size_t n_draws;
};

void history_init(struct history *history);
void history_release(struct history *history);

/*
 * Adds a draw (not a void) of that date with all its amendments, when the cycle's next commitment is made or about to
 * be made.  ERR_MEMORY only.
 */
int history_add(struct history *history, const struct places *places, int32_t date, struct err *err);

int32_t history_last_drawn(const struct history *history, struct slice target); /* DATE_NONE where never */
bool history_is_carried(const struct history *history, struct slice target);
uint64_t history_carried_by(const struct history *history, struct slice target); /* the draw that owes it; 0: none */

/*
 * Appends the rotation rows ("I07,target,T9,rotation" and a LF; sorted, distinct) of the last `rotate` draws, where
 * both ids are in the roster.  ERR_MEMORY only.
 */
int history_rotation(const struct history *history, uint64_t rotate, const struct roster *roster, struct buf *out,
    struct err *err);

/* PROTOCOL 4 `changes` from the cycle's previous roster (NULL for the first: every row is added).  Keeps `previous`. */
void roster_changes(const struct roster *before, const struct roster *now, struct changes *ret_changes);

#endif
