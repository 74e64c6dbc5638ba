/* Writes the VTIMEZONE of an invitation from the zone's own table. */
#include "letters/vtimezone.h"

#include <stdio.h>

#include "core/base/text.h"

#define NAME_BYTES 65

/* The least offset of the year: standard time, by which the others are daylight time. */
static int32_t
least_offset(const struct zone *zone, int64_t from, int64_t until)
{
	int32_t least = zone_offset(zone, from);

	while (zone_next_change(zone, from, until, &from))
		least = zone_offset(zone, from) < least ? zone_offset(zone, from) : least;
	return least;
}

/* From `at` on `to` seconds east hold; its DTSTART is read by the clock before it. */
static icalcomponent *
make_observance(int64_t at, int32_t from, int32_t to, bool is_summer)
{
	struct icaltimetype local = icaltime_from_timet_with_zone((time_t)(at + from), 0, NULL);

	return icalcomponent_vanew(is_summer ? ICAL_XDAYLIGHT_COMPONENT : ICAL_XSTANDARD_COMPONENT,
	    icalproperty_new_dtstart(local), icalproperty_new_tzoffsetfrom(from), icalproperty_new_tzoffsetto(to),
	    (void *)NULL);
}

icalcomponent *
vtimezone_make(struct slice name, const struct zone *zone, int year)
{
	int64_t at = (int64_t)text_date_of(year, 1, 1) * DAY_S - DAY_S;
	int64_t until = (int64_t)text_date_of(year + 1, 1, 1) * DAY_S + DAY_S;
	int32_t least = least_offset(zone, at, until), offset = zone_offset(zone, at);
	char text[NAME_BYTES];
	icalcomponent *component;

	(void)snprintf(text, sizeof text, "%.*s", SLICE_ARGS(name));
	component = icalcomponent_vanew(ICAL_VTIMEZONE_COMPONENT, icalproperty_new_tzid(text), (void *)NULL);
	if (component == NULL)
		return NULL;
	icalcomponent_add_component(component, make_observance(at, offset, offset, offset > least));
	while (zone_next_change(zone, at, until, &at)) {
		int32_t to = zone_offset(zone, at);

		icalcomponent_add_component(component, make_observance(at, offset, to, to > least));
		offset = to;
	}
	return component;
}
