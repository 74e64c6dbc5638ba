#ifndef SPOTCHECK_LETTERS_VTIMEZONE_H
#define SPOTCHECK_LETTERS_VTIMEZONE_H

#include <libical/ical.h>

#include "core/base/slice.h"
#include "core/calendar/zone.h"

/*
 * The zone of an invitation (RFC 5545 3.6.5): the offset with which a year begins, and each change in it, without rules
 * for other years.  `name` is its IANA name.  NULL or icalerrno: no memory.  Release with icalcomponent_free.
 */
icalcomponent *vtimezone_make(struct slice name, const struct zone *zone, int year);

#endif
