/* Writes a letter's invitations: one calendar object for each slot of visits, or to give a slot back. */
#include "letters/invitation.h"

#include <libical/ical.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/base/text.h"
#include "letters/letter_private.h"
#include "letters/vtimezone.h"
#include "system/clock.h"

#define WORDS_BYTES 1024
#define APPOINTMENT_MIN 60 /* minutes; how long it really takes nobody knows */

const char *
invitation_method(const struct outbox_slot *slot)
{
	return slot->held ? "REQUEST" : "CANCEL";
}

void
invitation_name(const struct outbox_slot *slot, char ret_name[static INVITATION_NAME_BYTES])
{
	char text[SLOT_TEXT];

	slot_format(slot->slot, text);
	(void)snprintf(ret_name, INVITATION_NAME_BYTES, "%.10s-%.2s%.2s.ics", text, text + 11, text + 14);
}

/* ---- values ---- */

static void
make_uid(const struct letter_input *input, const struct outbox_slot *slot, char ret_uid[static LETTER_ID_BYTES])
{
	char text[SLOT_TEXT], numbers[64];

	slot_format(slot->slot, text);
	(void)snprintf(numbers, sizeof numbers, "%llu/%s", (unsigned long long)input->draw, text);
	letter_name(input, slice_of("spotcheck invitation"), slice_of(numbers), ret_uid);
}

/* By the local clock; the property says in which zone. */
static struct icaltimetype
ical_local(slot_t slot)
{
	struct icaltimetype time = icaltime_null_time();
	char digits[SLOT_TEXT];

	slot_format(slot, digits);
	time.year = (int)strtol(digits, NULL, 10);
	time.month = (digits[5] - '0') * 10 + digits[6] - '0';
	time.day = (digits[8] - '0') * 10 + digits[9] - '0';
	time.hour = slot_minute(slot) / 60;
	time.minute = slot_minute(slot) % 60;
	return time;
}

static slot_t
end_of(const struct letter_input *input, slot_t slot)
{
	slot_t end = slot + APPOINTMENT_MIN;

	for (size_t i = 0; i < input->n_visits; i++)
		if (input->visits[i].visit > slot && input->visits[i].visit < end)
			end = input->visits[i].visit;
	return end;
}

static void
make_words(const struct letter_input *input, char summary[static WORDS_BYTES], char description[static WORDS_BYTES])
{
	unsigned long long n = (unsigned long long)input->draw;

	if (letter_in_chinese(input)) {
		(void)snprintf(summary, WORDS_BYTES, "监督检查（第 %llu 号抽取）", n);
		(void)snprintf(description, WORDS_BYTES, "检查对象、地点和同组人员见附有本日程的邮件，请勿写入日程。");
	} else {
		(void)snprintf(summary, WORDS_BYTES, "Inspection (draw %llu)", n);
		(void)snprintf(description, WORDS_BYTES,
		    "For the target, the place and the colleagues see the message that this came with; please do not "
		    "copy them "
		    "in here.");
	}
}

static void
make_address(struct slice address, char ret[static WORDS_BYTES])
{
	(void)snprintf(ret, WORDS_BYTES, "mailto:%.*s", SLICE_ARGS(address));
}

/* A parameter's value cannot have a double quote (RFC 5545 3.2). */
static void
make_name(struct slice name, char ret[static WORDS_BYTES])
{
	(void)snprintf(ret, WORDS_BYTES, "%.*s", SLICE_ARGS(name));
	for (char *p = ret; *p != '\0'; p++)
		if (*p == '"')
			*p = '\'';
}

/* ---- the calendar object ---- */

static icalproperty *
make_organizer(const struct letter_input *input)
{
	char address[WORDS_BYTES], name[WORDS_BYTES];
	icalproperty *p;

	make_address(input->from_address, address);
	make_name(input->from_name, name);
	p = icalproperty_new_organizer(address);
	if (p != NULL && name[0] != '\0')
		icalproperty_add_parameter(p, icalparameter_new_cn(name));
	return p;
}

static icalproperty *
make_attendee(const struct letter_input *input)
{
	char address[WORDS_BYTES], name[WORDS_BYTES];
	icalproperty *p;

	make_address(input->inspector_email, address);
	make_name(input->inspector_name, name);
	p = icalproperty_new_attendee(address);
	if (p == NULL)
		return NULL;
	if (name[0] != '\0')
		icalproperty_add_parameter(p, icalparameter_new_cn(name));
	icalproperty_add_parameter(p, icalparameter_new_role(ICAL_ROLE_REQPARTICIPANT));
	icalproperty_add_parameter(p, icalparameter_new_partstat(ICAL_PARTSTAT_NEEDSACTION));
	icalproperty_add_parameter(p, icalparameter_new_rsvp(ICAL_RSVP_FALSE));
	return p;
}

static icalproperty *
in_zone(const struct letter_input *input, icalproperty *time)
{
	char name[WORDS_BYTES];

	make_name(input->timezone, name);
	if (time != NULL)
		icalproperty_add_parameter(time, icalparameter_new_tzid(name));
	return time;
}

static icalcomponent *
make_event(const struct letter_input *input, const struct outbox_slot *slot)
{
	char uid[LETTER_ID_BYTES], summary[WORDS_BYTES], description[WORDS_BYTES];

	make_uid(input, slot, uid);
	make_words(input, summary, description);
	return icalcomponent_vanew(ICAL_VEVENT_COMPONENT, icalproperty_new_uid(uid),
	    icalproperty_new_dtstamp(
	        icaltime_from_timet_with_zone((time_t)input->sent_at, 0, icaltimezone_get_utc_timezone())),
	    icalproperty_new_sequence((int)input->amendment),
	    in_zone(input, icalproperty_new_dtstart(ical_local(slot->slot))),
	    in_zone(input, icalproperty_new_dtend(ical_local(end_of(input, slot->slot)))),
	    icalproperty_new_summary(summary), icalproperty_new_description(description),
	    icalproperty_new_class(ICAL_CLASS_PRIVATE),
	    icalproperty_new_status(slot->held ? ICAL_STATUS_CONFIRMED : ICAL_STATUS_CANCELLED),
	    icalproperty_new_transp(slot->held ? ICAL_TRANSP_OPAQUE : ICAL_TRANSP_TRANSPARENT), make_organizer(input),
	    make_attendee(input), (void *)NULL);
}

static void
free_component(icalcomponent *component)
{
	if (component != NULL)
		icalcomponent_free(component);
}

/* NULL: no memory. */
static icalcomponent *
make_calendar(const struct letter_input *input, const struct outbox_slot *slot)
{
	icalcomponent *calendar = icalcomponent_vanew(ICAL_VCALENDAR_COMPONENT,
	    icalproperty_new_prodid("-//spotcheckd//NONSGML letters//EN"), icalproperty_new_version("2.0"),
	    icalproperty_new_method(slot->held ? ICAL_METHOD_REQUEST : ICAL_METHOD_CANCEL), (void *)NULL);
	icalcomponent *zone = vtimezone_make(input->timezone, clock_zone(), text_year_of(slot_date(slot->slot)));
	icalcomponent *event = make_event(input, slot);

	if (calendar != NULL && zone != NULL && event != NULL) {
		icalcomponent_add_component(calendar, zone);
		icalcomponent_add_component(calendar, event);
		return calendar;
	}
	free_component(calendar);
	free_component(zone);
	free_component(event);
	return NULL;
}

int
invitation_write(const struct letter_input *input, const struct outbox_slot *slot, struct buf *out, struct err *err)
{
	icalcomponent *calendar;
	char *text = NULL;

	/* icalcomponent_vanew takes a NULL property for the end of its list: only icalerrno tells that one failed. */
	icalerror_clear_errno();
	calendar = make_calendar(input, slot);
	if (calendar != NULL)
		text = icalcomponent_as_ical_string_r(calendar);
	if (text != NULL && icalerrno == ICAL_NO_ERROR)
		buf_text(out, text);
	icalmemory_free_buffer(text);
	free_component(calendar);
	if (text == NULL || icalerrno != ICAL_NO_ERROR || out->no_memory)
		return err_memory(err);
	return out->failed ? err_set(err, ERR_LIMIT, N_("the letter is larger than %zu bytes"), out->max) : 0;
}
