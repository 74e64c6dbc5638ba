/* Writes a letter's invitations: one calendar object for each day of visits, or to give a day back. */
#include "letters/invitation.h"

#include <libical/ical.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/base/hash.h"
#include "core/base/text.h"
#include "letters/letter_private.h"

#define WORDS_BYTES 1024
#define TIMES_BYTES 128

const char *
invitation_method(const struct outbox_day *day)
{
	return day->held ? "REQUEST" : "CANCEL";
}

void
invitation_name(const struct outbox_day *day, char ret_name[static INVITATION_NAME_BYTES])
{
	char date[DATE_TEXT];

	text_from_date(day->day, date);
	(void)snprintf(ret_name, INVITATION_NAME_BYTES, "%.10s.ics", date);
}

/* ---- values ---- */

static void
make_uid(const struct letter_input *input, const struct outbox_day *day, char ret_uid[static LETTER_ID_BYTES])
{
	char numbers[64];

	(void)snprintf(numbers, sizeof numbers, "%llu/%ld", (unsigned long long)input->draw, (long)day->day);
	letter_name(input, slice_of("spotcheck invitation"), slice_of(numbers), ret_uid);
}

static struct icaltimetype
ical_date(int32_t day)
{
	char digits[DATE_TEXT];
	struct icaltimetype date = icaltime_null_date();

	text_from_date(day, digits);
	date.year = (int)strtol(digits, NULL, 10);
	date.month = (digits[5] - '0') * 10 + digits[6] - '0';
	date.day = (digits[8] - '0') * 10 + digits[9] - '0';
	return date;
}

/* The earliest visit on that day that begins later than `after`, or NULL. */
static const struct letter_visit *
next_visit_on(const struct letter_input *input, int32_t day, const char *after)
{
	const struct letter_visit *next = NULL;

	for (size_t i = 0; i < input->n_visits; i++) {
		const struct letter_visit *visit = &input->visits[i];

		if (visit->date == day && strcmp(visit->time, after) > 0 &&
		    (next == NULL || strcmp(visit->time, next->time) < 0))
			next = visit;
	}
	return next;
}

/* "09:00, 14:00": the times of the visits on that day, each once. */
static void
make_times(const struct letter_input *input, int32_t day, char ret[static TIMES_BYTES])
{
	const struct letter_visit *visit = next_visit_on(input, day, "");
	size_t n = 0;

	ret[0] = '\0';
	for (; visit != NULL && n + sizeof visit->time + 2 < TIMES_BYTES;
	     visit = next_visit_on(input, day, visit->time))
		n += (size_t)snprintf(ret + n, TIMES_BYTES - n, "%s%s", n > 0 ? ", " : "", visit->time);
}

static void
make_summary(const struct letter_input *input, const struct outbox_day *day, char summary[static WORDS_BYTES],
    char description[static WORDS_BYTES])
{
	unsigned long long n = (unsigned long long)input->draw;
	char times[TIMES_BYTES] = "";

	if (day->held)
		make_times(input, day->day, times);
	if (letter_in_chinese(input)) {
		(void)snprintf(summary, WORDS_BYTES, "监督检查 %s（第 %llu 号抽取）", times, n);
		(void)snprintf(description, WORDS_BYTES, "检查对象、地点和同组人员见附有本日程的邮件，请勿写入日程。");
	} else {
		(void)snprintf(summary, WORDS_BYTES, "Inspection %s (draw %llu)", times, n);
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

static icalcomponent *
make_event(const struct letter_input *input, const struct outbox_day *day)
{
	char uid[LETTER_ID_BYTES], summary[WORDS_BYTES], description[WORDS_BYTES];

	make_uid(input, day, uid);
	make_summary(input, day, summary, description);
	return icalcomponent_vanew(ICAL_VEVENT_COMPONENT, icalproperty_new_uid(uid),
	    icalproperty_new_dtstamp(
	        icaltime_from_timet_with_zone((time_t)input->sent_at, 0, icaltimezone_get_utc_timezone())),
	    icalproperty_new_sequence((int)input->amendment), icalproperty_new_dtstart(ical_date(day->day)),
	    icalproperty_new_dtend(ical_date(day->day + 1)), icalproperty_new_summary(summary),
	    icalproperty_new_description(description), icalproperty_new_class(ICAL_CLASS_PRIVATE),
	    icalproperty_new_status(day->held ? ICAL_STATUS_CONFIRMED : ICAL_STATUS_CANCELLED),
	    icalproperty_new_transp(day->held ? ICAL_TRANSP_OPAQUE : ICAL_TRANSP_TRANSPARENT), make_organizer(input),
	    make_attendee(input), (void *)NULL);
}

int
invitation_write(const struct letter_input *input, const struct outbox_day *day, struct buf *out, struct err *err)
{
	icalcomponent *calendar, *event;
	char *text = NULL;

	/* icalcomponent_vanew takes a NULL property for the end of its list: only icalerrno tells that one failed. */
	icalerror_clear_errno();
	calendar = icalcomponent_vanew(ICAL_VCALENDAR_COMPONENT,
	    icalproperty_new_prodid("-//spotcheckd//NONSGML letters//EN"), icalproperty_new_version("2.0"),
	    icalproperty_new_method(day->held ? ICAL_METHOD_REQUEST : ICAL_METHOD_CANCEL), (void *)NULL);
	event = make_event(input, day);
	if (calendar != NULL && event != NULL) {
		icalcomponent_add_component(calendar, event);
		event = NULL;
		text = icalcomponent_as_ical_string_r(calendar);
	}
	if (text != NULL && icalerrno == ICAL_NO_ERROR)
		buf_text(out, text);
	icalmemory_free_buffer(text);
	if (event != NULL)
		icalcomponent_free(event);
	if (calendar != NULL)
		icalcomponent_free(calendar);
	if (text == NULL || icalerrno != ICAL_NO_ERROR || out->no_memory)
		return err_memory(err);
	return out->failed ? err_set(err, ERR_LIMIT, N_("the letter is larger than %zu bytes"), out->max) : 0;
}
