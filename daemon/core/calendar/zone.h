#ifndef SPOTCHECK_CORE_CALENDAR_ZONE_H
#define SPOTCHECK_CORE_CALENDAR_ZONE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/err.h"
#include "core/base/slice.h"

/*
 * A time zone from its file: RFC 8536 (TZif), versions 2 and later, with the rule at its end for the time after its
 * table.  Offsets are seconds east of UTC.
 */

#define ZONE_FILE_MAX 65536 /* bytes; the largest one there is has a few thousand */

/* A day on which the clocks change: Jn, n, or Mm.w.d of POSIX, and the second of it by the clock before the change. */
struct zone_change {
	char form;            /* 'J', '0' or 'M' */
	int month, week, day; /* J and 0: the day alone */
	int32_t second;
};

struct zone_rule {
	bool given, has_summer;
	int32_t standard, summer; /* offsets */
	struct zone_change begins, ends;
};

struct zone {
	int64_t *at; /* [n] ascending: from then on `offset` holds */
	int32_t *offset;
	size_t n;
	int32_t first;         /* offset before at[0] */
	struct zone_rule rule; /* after the last */
};

/* ERR_REFUSED, ERR_MEMORY.  Release with zone_release.  A zeroed struct is UTC. */
int zone_parse(struct slice bytes, struct zone *ret_zone, struct err *err);
void zone_release(struct zone *zone);

int32_t zone_offset(const struct zone *zone, int64_t time);

/*
 * The local date, as days since 1970; `ret_second` (may be NULL) gets the seconds since local midnight by the wall
 * clock.
 */
int32_t zone_local(const struct zone *zone, int64_t time, int32_t *ret_second);

enum zone_how {
	ZONE_ONCE,
	ZONE_TWICE,  /* the clock is put back over it: the first of the two was taken */
	ZONE_SKIPPED /* the clock is put forward over it: the first instant after that was taken */
};

/* The instant at which a local clock shows this date and so many seconds after midnight; `ret_how` may be NULL. */
int64_t zone_instant(const struct zone *zone, int32_t date, int32_t second, enum zone_how *ret_how);

#endif
