/* Reads holidays from iCalendar with libical, in the child process, and writes records for the parent. */
#include <libical/ical.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "holidays/file.h"
#include "holidays/files.h"

/*
 * Only this file uses libical.
 *
 * libical replaces most of what it cannot read by an X-LIC-ERROR, also in properties that do not matter here.  It
 * accepts dates that do not exist.
 */

const char *const ics_part_names[ICS_PARTS] = {
    [ICS_EVENT] = "VEVENT",
    [ICS_DTSTART] = "DTSTART",
    [ICS_DTEND] = "DTEND",
    [ICS_DURATION] = "DURATION",
    [ICS_RRULE] = "RRULE",
    [ICS_RDATE] = "RDATE",
    [ICS_EXDATE] = "EXDATE",
    [ICS_EXRULE] = "EXRULE",
    [ICS_RECURRENCE_ID] = "RECURRENCE-ID",
};

struct event {
	icalcomponent *component;
	uint32_t line;
	int32_t start;
	int32_t days; /* how many it lasts */
	bool valid;
	bool repeats;
	bool moved;      /* its start, in UTC, is of another date by the local clock */
	int32_t *starts; /* all start dates, where it repeats */
	size_t n_starts, cap_starts;
	int32_t *except;
	size_t n_except;
};

struct reader {
	int32_t first, last;
	const struct zone *leave_zone; /* as in struct calendar_file */
	struct buf *out;
	uint32_t n_days, n_faults;
	bool no_memory;
};

/* ---- records ---- */

static void
put_record(struct reader *r, const struct ics_record *record, const char *name)
{
	buf_put(r->out, record, sizeof *record);
	buf_put(r->out, name, record->n_name);
}

static void
put_code_record(struct reader *r, struct event *e, enum ics_record_type type, enum ics_part part, enum ics_code code)
{
	struct ics_record record = {.type = type, .event = e->line, .part = part, .code = code};

	put_record(r, &record, "");
	if (type == ICS_RECORD_FAULT) {
		e->valid = false;
		r->n_faults++;
	}
}

static void
put_fault_record(struct reader *r, struct event *e, enum ics_part part, enum ics_code code)
{
	put_code_record(r, e, ICS_RECORD_FAULT, part, code);
}

static bool
is_full(const struct reader *r)
{
	return r->n_days > CALENDAR_FILE_DAYS || r->n_faults > CALENDAR_FILE_FAULTS || r->no_memory || r->out->failed;
}

/* ---- dates ---- */

/* The date of a time as it is written, whatever its zone.  False where there is no such date. */
static bool
date_of_icaltime(struct icaltimetype time, int32_t *ret_date)
{
	char text[16];

	if (time.year < 1 || time.year > 9999 || time.month < 1 || time.month > 12 || time.day < 1 || time.day > 31)
		return false;
	(void)snprintf(text, sizeof text, "%04d-%02d-%02d", time.year, time.month, time.day);
	return text_to_date(slice_of(text), ret_date);
}

static struct icaltimetype
midnight_of(int32_t date)
{
	struct icaltimetype time = icaltime_null_time();
	char text[DATE_TEXT];

	text_from_date(date, text);
	time.year = (int)strtol(text, NULL, 10);
	time.month = (int)strtol(text + 5, NULL, 10);
	time.day = (int)strtol(text + 8, NULL, 10);
	time.is_date = 1;
	return time;
}

/* The date or time in a property as it is written; the null time where it has another kind of value. */
static struct icaltimetype
written_time(icalproperty *property)
{
	icalvalue *value = icalproperty_get_value(property);

	switch (value == NULL ? ICAL_NO_VALUE : icalvalue_isa(value)) {
	case ICAL_DATE_VALUE:
		return icalvalue_get_date(value);
	case ICAL_DATETIME_VALUE:
		return icalvalue_get_datetime(value);
	case ICAL_DATETIMEPERIOD_VALUE:
		return icalvalue_get_datetimeperiod(value).time;
	default:
		return icaltime_null_time();
	}
}

/* The same; of one person's calendar times in UTC become local ones. */
static struct icaltimetype
property_time(const struct reader *r, icalproperty *property)
{
	struct icaltimetype time = written_time(property), local;
	int32_t date, second;

	if (r->leave_zone == NULL || time.is_date || !icaltime_is_utc(time) || !date_of_icaltime(time, &date))
		return time;
	second = time.hour * 3600 + time.minute * 60 + time.second;
	date = zone_local(r->leave_zone, (int64_t)date * DAY_S + second, &second);
	local = midnight_of(date);
	local.is_date = 0;
	local.hour = second / 3600;
	local.minute = second / 60 % 60;
	local.second = second % 60;
	return local;
}

static int32_t
longest_event(const struct reader *r)
{
	return r->leave_zone != NULL ? ICS_LEAVE_DAYS : ICS_SPAN_DAYS;
}

static bool
has_value(icalproperty *property, icalvalue_kind kind)
{
	const icalvalue *value = icalproperty_get_value(property);

	return value != NULL && icalvalue_isa(value) == kind;
}

/* ---- what libical could not read ---- */

/* The property that libical's message names behind `phrase`; ICS_PARTS where it is none that we read. */
static enum ics_part
property_in_message(const char *message, const char *phrase)
{
	const char *name = strstr(message, phrase);

	if (name == NULL)
		return ICS_PARTS;
	name += strlen(phrase);
	for (int i = ICS_DTSTART; i < ICS_PARTS; i++) {
		size_t n = strlen(ics_part_names[i]);

		if (strncmp(name, ics_part_names[i], n) == 0 && strchr(" ;:", name[n]) != NULL)
			return (enum ics_part)i;
	}
	return ICS_PARTS;
}

static void
report_libical_errors(struct reader *r, struct event *e)
{
	static const char *const phrases[] = {" value in ", "No value for ", "component begin tag: "};
	icalproperty *p = icalcomponent_get_first_property(e->component, ICAL_XLICERROR_PROPERTY);

	for (; p != NULL; p = icalcomponent_get_next_property(e->component, ICAL_XLICERROR_PROPERTY)) {
		const char *message = icalproperty_get_xlicerror(p);
		enum ics_part part = ICS_PARTS;

		for (size_t i = 0; i < 3 && part == ICS_PARTS && message != NULL; i++)
			part = property_in_message(message, phrases[i]);
		if (part == ICS_DTSTART || part == ICS_DTEND || part == ICS_RDATE || part == ICS_EXDATE)
			put_fault_record(r, e, part, ICS_NO_DATE);
		else if (part != ICS_PARTS)
			put_fault_record(r, e, part, ICS_UNREADABLE);
	}
}

/* ---- one event ---- */

static uint32_t
event_line(icalcomponent *component)
{
	icalproperty *p = icalcomponent_get_first_property(component, ICAL_X_PROPERTY);

	/* The parent's property comes before any of this name in the file. */
	for (; p != NULL; p = icalcomponent_get_next_property(component, ICAL_X_PROPERTY)) {
		const char *name = icalproperty_get_x_name(p), *value = icalproperty_get_x(p);

		if (name != NULL && value != NULL && strcmp(name, ICS_LINE_PROPERTY) == 0)
			return (uint32_t)strtoul(value, NULL, 10);
	}
	return 0;
}

static enum ics_code
code_of(icalcomponent *component)
{
	icalproperty *p = icalcomponent_get_first_property(component, ICAL_X_PROPERTY);

	for (; p != NULL; p = icalcomponent_get_next_property(component, ICAL_X_PROPERTY)) {
		const char *name = icalproperty_get_x_name(p), *value = icalproperty_get_x(p);

		if (name == NULL || value == NULL || strcmp(name, "X-APPLE-SPECIAL-DAY") != 0)
			continue;
		if (strcmp(value, "ALTERNATE-WORKDAY") == 0)
			return ICS_WORK;
		if (strcmp(value, "WORK-HOLIDAY") == 0)
			return ICS_OFF;
	}
	return ICS_BY_SUMMARY;
}

static void
read_start(struct reader *r, struct event *e)
{
	icalproperty *p = icalcomponent_get_first_property(e->component, ICAL_DTSTART_PROPERTY);
	struct icaltimetype time;
	int32_t written;

	if (p == NULL) {
		if (e->valid)
			put_fault_record(r, e, ICS_DTSTART, ICS_MISSING);
		return;
	}
	time = property_time(r, p);
	if (!date_of_icaltime(time, &e->start))
		put_fault_record(r, e, ICS_DTSTART, ICS_NO_DATE);
	else if (date_of_icaltime(written_time(p), &written) && written != e->start)
		e->moved = true;
	else if (!time.is_date && icaltime_is_utc(time))
		put_code_record(r, e, ICS_RECORD_HINT, ICS_DTSTART, ICS_IN_UTC);
}

/* The end is exclusive (RFC 5545 3.6.1): where it is midnight, its day does not belong to the event. */
static void
read_end(struct reader *r, struct event *e)
{
	icalproperty *p = icalcomponent_get_first_property(e->component, ICAL_DTEND_PROPERTY);
	struct icaltimetype time;
	int32_t end;

	if (p == NULL)
		return;
	time = property_time(r, p);
	if (!date_of_icaltime(time, &end)) {
		put_fault_record(r, e, ICS_DTEND, ICS_NO_DATE);
		return;
	}
	if (!e->valid)
		return;
	if (!time.is_date && (time.hour != 0 || time.minute != 0 || time.second != 0))
		end++;
	/* Some programs write a single day with an end equal to its start. */
	if (end < e->start)
		put_fault_record(r, e, ICS_DTEND, ICS_BEFORE);
	else if (end - e->start > longest_event(r))
		put_fault_record(r, e, ICS_DTEND, ICS_LONG);
	else
		e->days = end == e->start ? 1 : end - e->start;
}

/* The time of day of the start counts: 12 hours from 18:00 fall on two days. */
static void
read_duration(struct reader *r, struct event *e)
{
	icalproperty *p = icalcomponent_get_first_property(e->component, ICAL_DURATION_PROPERTY);
	icalproperty *start = icalcomponent_get_first_property(e->component, ICAL_DTSTART_PROPERTY);
	struct icaldurationtype d;
	struct icaltimetype time;
	int64_t seconds, days;

	if (p == NULL || start == NULL)
		return;
	if (!has_value(p, ICAL_DURATION_VALUE)) {
		put_fault_record(r, e, ICS_DURATION, ICS_UNREADABLE);
		return;
	}
	d = icalproperty_get_duration(p);
	time = property_time(r, start);
	seconds =
	    ((int64_t)d.weeks * 7 + d.days) * DAY_S + (int64_t)d.hours * 3600 + (int64_t)d.minutes * 60 + d.seconds;
	if (!time.is_date && seconds > 0)
		seconds += (int64_t)time.hour * 3600 + time.minute * 60 + time.second;
	days = (seconds + DAY_S - 1) / DAY_S;
	if (d.is_neg || seconds < 0)
		put_fault_record(r, e, ICS_DURATION, ICS_BEFORE);
	else if (days > longest_event(r))
		put_fault_record(r, e, ICS_DURATION, ICS_LONG);
	else
		e->days = days < 1 ? 1 : (int32_t)days;
}

/* ---- repetitions ---- */

static void
add_start(struct reader *r, struct event *e, int32_t date)
{
	if (e->n_starts == e->cap_starts) {
		size_t cap = e->cap_starts == 0 ? 64 : e->cap_starts * 2;
		int32_t *grown = reallocarray(e->starts, cap, sizeof *grown);

		if (grown == NULL) {
			r->no_memory = true;
			return;
		}
		e->starts = grown;
		e->cap_starts = cap;
	}
	e->starts[e->n_starts++] = date;
}

static void
follow_rrule(struct reader *r, struct event *e, struct icalrecurrencetype rule)
{
	icalrecur_iterator *iterator;
	size_t n = 0;
	int32_t date = 0;

	/* Only dates count: times of day in the rule are ignored. */
	if (!icaltime_is_null_time(rule.until)) {
		(void)date_of_icaltime(rule.until, &date);
		rule.until = midnight_of(date);
	}
	iterator = icalrecur_iterator_new(rule, midnight_of(e->start));
	if (iterator == NULL) {
		put_fault_record(r, e, ICS_RRULE, ICS_UNREADABLE);
		return;
	}
	while (!r->no_memory) {
		struct icaltimetype time = icalrecur_iterator_next(iterator);

		if (icaltime_is_null_time(time) || !date_of_icaltime(time, &date) || date > r->last)
			break;
		if (++n > ICS_REPETITIONS_MAX) {
			put_fault_record(r, e, ICS_RRULE, ICS_OFTEN);
			break;
		}
		/* An event that begins before `first` may last into it. */
		if (date > r->first - longest_event(r))
			add_start(r, e, date);
	}
	icalrecur_iterator_free(iterator);
}

/* Of holidays a rule without an end is accepted only where it is yearly. */
static bool
has_end(const struct icalrecurrencetype *rule)
{
	return rule->count > 0 || !icaltime_is_null_time(rule->until);
}

static bool
is_yearly(const struct icalrecurrencetype *rule)
{
	return rule->freq == ICAL_YEARLY_RECURRENCE ||
	    (rule->freq == ICAL_MONTHLY_RECURRENCE && rule->interval > 0 && rule->interval % 12 == 0);
}

static void
read_rrule(struct reader *r, struct event *e, icalproperty *p)
{
	struct icalrecurrencetype rule;
	int32_t until;

	if (!has_value(p, ICAL_RECUR_VALUE)) {
		put_fault_record(r, e, ICS_RRULE, ICS_UNREADABLE);
		return;
	}
	rule = icalproperty_get_rrule(p);
	if (rule.rscale != NULL) {
		put_fault_record(r, e, ICS_RRULE, ICS_RSCALED);
	} else if (rule.freq == ICAL_SECONDLY_RECURRENCE || rule.freq == ICAL_MINUTELY_RECURRENCE ||
	    rule.freq == ICAL_HOURLY_RECURRENCE) {
		put_fault_record(r, e, ICS_RRULE, ICS_WITHIN_A_DAY);
	} else if (rule.freq == ICAL_NO_RECURRENCE || rule.interval < 1 || rule.count < 0 ||
	    (!icaltime_is_null_time(rule.until) && !date_of_icaltime(rule.until, &until))) {
		put_fault_record(r, e, ICS_RRULE, ICS_UNREADABLE);
	} else if (e->moved) {
		/* The days of its rule are those of UTC. */
		put_fault_record(r, e, ICS_RRULE, ICS_UNFOLLOWED);
	} else if (!has_end(&rule) && !is_yearly(&rule) && r->leave_zone == NULL) {
		put_fault_record(r, e, ICS_RRULE, ICS_ENDLESS);
	} else {
		if (!has_end(&rule))
			put_code_record(r, e, ICS_RECORD_HINT, ICS_RRULE, ICS_HAS_NO_END);
		if (e->valid)
			follow_rrule(r, e, rule);
	}
}

static void
read_date_list(struct reader *r, struct event *e, icalproperty_kind kind, enum ics_part part)
{
	icalproperty *p = icalcomponent_get_first_property(e->component, kind);

	for (; p != NULL && !is_full(r); p = icalcomponent_get_next_property(e->component, kind)) {
		int32_t date;

		if (!date_of_icaltime(property_time(r, p), &date))
			put_fault_record(r, e, part, ICS_NO_DATE);
		else
			add_start(r, e, date);
	}
}

static int
compare_starts(const void *a, const void *b)
{
	const int32_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* Collects the start dates and the excepted dates, both sorted. */
static void
read_repetitions(struct reader *r, struct event *e)
{
	icalproperty *p = icalcomponent_get_first_property(e->component, ICAL_RRULE_PROPERTY);

	e->repeats = p != NULL || icalcomponent_get_first_property(e->component, ICAL_RDATE_PROPERTY) != NULL ||
	    icalcomponent_get_first_property(e->component, ICAL_EXDATE_PROPERTY) != NULL;
	if (!e->repeats)
		return;
	read_date_list(r, e, ICAL_EXDATE_PROPERTY, ICS_EXDATE);
	e->except = e->starts;
	e->n_except = e->n_starts;
	e->starts = NULL;
	e->n_starts = e->cap_starts = 0;
	if (e->n_except > 0)
		qsort(e->except, e->n_except, sizeof *e->except, compare_starts);
	/* DTSTART is the first, whatever the rule says (RFC 5545 3.8.5.3). */
	add_start(r, e, e->start);
	read_date_list(r, e, ICAL_RDATE_PROPERTY, ICS_RDATE);
	for (; p != NULL && !is_full(r); p = icalcomponent_get_next_property(e->component, ICAL_RRULE_PROPERTY))
		read_rrule(r, e, p);
	if (e->n_starts > 0)
		qsort(e->starts, e->n_starts, sizeof *e->starts, compare_starts);
}

/* ---- events as records ---- */

static void
put_day_records(struct reader *r, const struct event *e, int32_t start)
{
	struct ics_record record = {.type = ICS_RECORD_DAY, .event = e->line};

	for (int32_t i = 0; i < e->days && !is_full(r); i++) {
		record.date = start + i;
		if ((e->repeats || r->leave_zone != NULL) && (record.date < r->first || record.date > r->last))
			continue;
		put_record(r, &record, "");
		r->n_days++;
	}
}

static void
put_event_record(struct reader *r, const struct event *e)
{
	icalproperty *p = icalcomponent_get_first_property(e->component, ICAL_SUMMARY_PROPERTY);
	const char *summary = p == NULL ? NULL : icalproperty_get_summary(p);
	size_t n = summary == NULL ? 0 : strnlen(summary, ICS_NAME_MAX);
	struct ics_record record = {.type = ICS_RECORD_EVENT, .event = e->line, .n_name = (uint32_t)n};

	record.code = code_of(e->component);
	put_record(r, &record, n > 0 ? summary : "");
	if (!e->repeats)
		put_day_records(r, e, e->start);
	for (size_t i = 0; i < e->n_starts; i++) {
		if (i > 0 && e->starts[i] == e->starts[i - 1])
			continue;
		if (e->n_except == 0 ||
		    bsearch(&e->starts[i], e->except, e->n_except, sizeof *e->except, compare_starts) == NULL)
			put_day_records(r, e, e->starts[i]);
	}
}

static bool
is_cancelled(icalcomponent *component)
{
	icalproperty *p = icalcomponent_get_first_property(component, ICAL_STATUS_PROPERTY);

	return p != NULL && icalproperty_get_status(p) == ICAL_STATUS_CANCELLED;
}

/* Its time counts as free. */
static bool
is_transparent(icalcomponent *component)
{
	icalproperty *p = icalcomponent_get_first_property(component, ICAL_TRANSP_PROPERTY);
	icalproperty_transp transp = p == NULL ? ICAL_TRANSP_OPAQUE : icalproperty_get_transp(p);

	return transp == ICAL_TRANSP_TRANSPARENT || transp == ICAL_TRANSP_TRANSPARENTNOCONFLICT;
}

static void
read_event(struct reader *r, icalcomponent *component)
{
	struct event e = {.component = component, .line = event_line(component), .days = 1, .valid = true};

	if (is_cancelled(component) || (r->leave_zone != NULL && is_transparent(component)))
		return;
	report_libical_errors(r, &e);
	/* Of one person's calendar the moved day of a series counts beside the day that it stood on. */
	if (r->leave_zone == NULL && icalcomponent_get_first_property(component, ICAL_RECURRENCEID_PROPERTY) != NULL)
		put_fault_record(r, &e, ICS_RECURRENCE_ID, ICS_UNFOLLOWED);
	if (icalcomponent_get_first_property(component, ICAL_EXRULE_PROPERTY) != NULL)
		put_fault_record(r, &e, ICS_EXRULE, ICS_UNFOLLOWED);
	read_start(r, &e);
	read_end(r, &e);
	read_duration(r, &e);
	read_repetitions(r, &e);
	if (e.valid && !is_full(r))
		put_event_record(r, &e);
	free(e.starts);
	free(e.except);
}

static void
read_events(struct reader *r, icalcomponent *calendar)
{
	icalcomponent *event = icalcomponent_get_first_component(calendar, ICAL_VEVENT_COMPONENT);

	for (; event != NULL && !is_full(r); event = icalcomponent_get_next_component(calendar, ICAL_VEVENT_COMPONENT))
		read_event(r, event);
}

/* For several calendars in one file libical makes a root component around them. */
static void
read_root(struct reader *r, icalcomponent *root)
{
	icalcomponent *calendar = icalcomponent_get_first_component(root, ICAL_VCALENDAR_COMPONENT);

	if (icalcomponent_isa(root) == ICAL_VCALENDAR_COMPONENT)
		read_events(r, root);
	for (; calendar != NULL && icalcomponent_isa(root) == ICAL_XROOT_COMPONENT;
	     calendar = icalcomponent_get_next_component(root, ICAL_VCALENDAR_COMPONENT))
		read_events(r, calendar);
}

int
calendar_ical(const char *text, int32_t first, int32_t last, const struct zone *leave_zone, struct buf *out)
{
	struct reader r = {.first = first, .last = last, .leave_zone = leave_zone, .out = out};
	struct ics_record end = {.type = ICS_RECORD_END};
	icalcomponent *root;

	icalerror_set_errors_are_fatal(0);
	root = icalparser_parse_string(text);
	if (root == NULL) {
		struct event none = {.line = 0};

		put_fault_record(&r, &none, ICS_EVENT, ICS_NO_CALENDAR);
	} else {
		read_root(&r, root);
		icalcomponent_free(root);
	}
	icalmemory_free_ring();
	put_record(&r, &end, "");
	return r.no_memory || out->failed ? ERR_MEMORY : 0;
}
