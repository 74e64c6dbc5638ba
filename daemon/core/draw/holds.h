#ifndef SPOTCHECK_CORE_DRAW_HOLDS_H
#define SPOTCHECK_CORE_DRAW_HOLDS_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/err.h"
#include "core/draw/amend.h"
#include "core/draw/history.h"

/*
 * Which targets a draw's places hold at which entry of the log: what other cycles' `elsewhere` follows from (PROTOCOL 5).
 * A target is placed once in a draw, so each has one span.
 */
struct hold {
	struct history_id target;
	size_t place;
	size_t from, to; /* entries: held by what comes after `from`, no longer by what comes after `to` */
};

#define HOLD_NO_END SIZE_MAX

struct holds {
	struct hold *v;
	size_t n;
	bool sorted;
};

/* As the draw left its places.  ERR_MEMORY.  Release with holds_release. */
int holds_new(const struct places *places, struct holds *ret_holds, struct err *err);
void holds_release(struct holds *holds);

/* After an amendment of a target was applied: it stands at entry `stands`.  ERR_MEMORY. */
int holds_amend(struct holds *holds, const struct places *places, size_t place, size_t stands, struct err *err);

/* Once all are in: makes holds_has possible. */
void holds_sort(struct holds *holds);

/* Whether a place holds the target for a commitment at entry `commit`. */
bool holds_has(const struct holds *holds, struct slice target, size_t commit);

#endif
