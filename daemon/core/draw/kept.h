#ifndef SPOTCHECK_CORE_DRAW_KEPT_H
#define SPOTCHECK_CORE_DRAW_KEPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/format/entry.h"
#include "core/format/roster.h"

/*
 * Which visits of a draw can be kept: by the whole team, none of whom is away that day or has another visit too close
 * to it (PROTOCOL 7, step 5), whatever the places hold by now.  Of two visits that are too close it is the one of the
 * later place that cannot be kept, as in the draw.
 */

struct kept_place {
	uint64_t place; /* its number */
	slot_t visit;
	struct slice target;      /* an id of the roster; empty: the place holds none, and is not looked at */
	const struct slice *team; /* [seats]: ids of the roster; empty: nobody */
};

struct kept_input {
	const struct rules *rules;
	const struct roster *roster; /* targets, inspectors and away */
	const slot_t *slots;         /* [n_slots], ascending */
	size_t n_slots;
	const struct kept_place *places; /* in any order */
	size_t n_places;
};

/*
 * Sets ret_kept [n_places].  `ret_apart` (may be NULL) gets how many units have visits at more than one slot.
 * ERR_MEMORY; ERR_REFUSED where an id is not in the roster.
 */
int kept_find(const struct kept_input *input, bool *ret_kept, size_t *ret_apart, struct err *err);

/*
 * Appends to `out` why a visit, an index into places, cannot be kept: "T005, 2026-06-24 09:00: I007 is away at 3 of 5
 * slots, I012 has another visit at or close to 2 of 5 slots".  `tr` may be NULL.
 */
void kept_explain(const struct kept_input *input, size_t i, const char *(*tr)(const char *text), struct buf *out);

#endif
