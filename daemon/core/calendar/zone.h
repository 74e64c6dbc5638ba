#ifndef SPOTCHECK_CORE_CALENDAR_ZONE_H
#define SPOTCHECK_CORE_CALENDAR_ZONE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/err.h"
#include "core/base/slice.h"

/*
 * A time zone, read from its file: RFC 8536 (TZif), version 2 or later.  The rule at the end of the file is used for
 * times after its table.  Offsets are seconds east of UTC.
 */

#define ZONE_FILE_MAX 65536 /* bytes; the largest zone files have a few thousand */

/*
 * A yearly change of the clock: Jn, n, or Mm.w.d of POSIX, and the second of that day by the clock before the change.
 */
struct zone_change {
	char form;            /* 'J', '0' or 'M' */
	int month, week, day; /* forms J and 0: only the day */
	int32_t second;
};

struct zone_rule {
	bool given, has_summer;
	int32_t standard, summer; /* offsets */
	struct zone_change begins, ends;
};

struct zone {
	int64_t *at; /* [n] ascending: offset[i] holds from at[i] on */
	int32_t *offset;
	size_t n;
	int32_t first;         /* offset before at[0] */
	struct zone_rule rule; /* after the last of at[] */
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

/* The first change of the offset in (after, until]; false: there is none. */
bool zone_next_change(const struct zone *zone, int64_t after, int64_t until, int64_t *ret_at);

enum zone_how {
	ZONE_ONCE,
	ZONE_TWICE,  /* the clock is put back over it: the first of the two instants is returned */
	ZONE_SKIPPED /* the clock is put forward over it: the instant of that change is returned */
};

/* The instant at which a local clock shows this date and second after midnight.  `ret_how` may be NULL. */
int64_t zone_instant(const struct zone *zone, int32_t date, int32_t second, enum zone_how *ret_how);

#endif
