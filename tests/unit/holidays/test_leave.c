/* One person's calendar as leave: what counts, how days are joined, and what is refused. */
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "holidays/leave.h"

#define TODAY 20626 /* 2026-06-22 */
#define EVENT(lines) "BEGIN:VEVENT\r\n" lines "END:VEVENT\r\n"
#define ICS(events) "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n" events "END:VCALENDAR\r\n"
#define ON(date) "DTSTART;VALUE=DATE:" date "\r\n"

static char told[2048];

static void
note(void *ctx, const char *file, unsigned long line, const char *text)
{
	(void)ctx;
	(void)file;
	(void)snprintf(told + strlen(told), sizeof told - strlen(told), "%lu: %s\n", line, text);
}

/* "2026-07-01..2026-07-03 ", or "refused". */
static const char *
leave_of(const char *text)
{
	/* Always eight hours east. */
	static const struct zone zone = {.first = 8 * 3600};
	static char spans_text[1024];
	struct diag faults = {.say = note};
	struct leave_spans spans = {NULL, 0};
	struct err err = {0};
	char *bytes = strdup(text);

	told[0] = spans_text[0] = '\0';
	assert_non_null(bytes);
	if (leave_calendar_read("a.ics", bytes, strlen(text), TODAY, &zone, &faults, &spans, &err) != 0)
		return "refused";
	for (size_t i = 0; i < spans.n; i++) {
		char from[DATE_TEXT], to[DATE_TEXT];

		text_from_date(spans.v[i].from, from);
		text_from_date(spans.v[i].to, to);
		(void)snprintf(spans_text + strlen(spans_text), sizeof spans_text - strlen(spans_text), "%s..%s ", from,
		    to);
	}
	free(spans.v);
	return spans_text;
}

static void
days_are_joined(void **state)
{
	(void)state;
	assert_string_equal(leave_of(ICS(EVENT(ON("20260705") "DTEND;VALUE=DATE:20260708\r\n") EVENT(ON("20260701"))
	                            EVENT(ON("20260708") "SUMMARY:a\\nb\r\n") EVENT(ON("20260706")))),
	    "2026-07-01..2026-07-01 2026-07-05..2026-07-08 ");
	assert_string_equal(told, "");
}

static void
any_hour_counts_for_its_day(void **state)
{
	(void)state;
	assert_string_equal(leave_of(ICS(EVENT("DTSTART:20260701T090000\r\nDTEND:20260701T100000\r\n"))),
	    "2026-07-01..2026-07-01 ");
	assert_string_equal(leave_of(ICS(EVENT("DTSTART:20260701T220000\r\nDURATION:PT4H\r\n"))),
	    "2026-07-01..2026-07-02 ");
	/* UTC is eight hours behind: the whole of the second, and from eleven at night. */
	assert_string_equal(leave_of(ICS(EVENT("DTSTART:20260701T160000Z\r\nDTEND:20260702T160000Z\r\n"))),
	    "2026-07-02..2026-07-02 ");
	assert_string_equal(leave_of(ICS(EVENT("DTSTART:20260701T150000Z\r\nDURATION:PT2H\r\n"))),
	    "2026-07-01..2026-07-02 ");
}

static void
what_is_free_or_over_does_not_count(void **state)
{
	(void)state;
	assert_string_equal(leave_of(ICS(EVENT(ON("20260701") "TRANSP:TRANSPARENT\r\n") EVENT(
	                        ON("20260702") "STATUS:CANCELLED\r\n") EVENT(ON("20260703") "TRANSP:OPAQUE\r\n"))),
	    "2026-07-03..2026-07-03 ");
	assert_string_equal(leave_of(ICS(EVENT(ON("20260620") "DURATION:P2D\r\n"))), "");
	/* What has begun counts from its first day on, so that a later import finds the same row. */
	assert_string_equal(leave_of(ICS(EVENT(ON("20260620") "DURATION:P3D\r\n") EVENT(ON("20200101")))),
	    "2026-06-20..2026-06-22 ");
	assert_string_equal(leave_of(ICS(EVENT(ON("20290101")))), "");
}

static void
repetitions_are_followed(void **state)
{
	(void)state;
	assert_string_equal(leave_of(ICS(EVENT(ON("20260701") "RRULE:FREQ=WEEKLY;COUNT=3\r\n"
	                                                      "EXDATE;VALUE=DATE:20260708\r\n"))),
	    "2026-07-01..2026-07-01 2026-07-15..2026-07-15 ");
	/* Without an end: for two years. */
	assert_int_equal(strlen(leave_of(ICS(EVENT(ON("20260601") "RRULE:FREQ=MONTHLY;BYMONTHDAY=1\r\n")))), 24 * 23);
	assert_string_equal(leave_of(ICS(EVENT(ON("20260701") "DURATION:P366D\r\n"))), "2026-07-01..2027-07-01 ");
}

static void
faults_have_their_lines(void **state)
{
	(void)state;
	assert_string_equal(leave_of("inspector,from,to\n"), "refused");
	assert_string_equal(told, "1: this is no iCalendar\n");
	assert_string_equal(leave_of(ICS("")), "refused");
	assert_string_equal(leave_of(ICS(EVENT(ON("20260230")) EVENT(ON("20260701") "DURATION:P367D\r\n"))), "refused");
	assert_string_equal(told,
	    "4: DTSTART is no date, or one that does not exist; a date is written 20270206\n"
	    "8: the event is longer than 366 days\n");
	assert_string_equal(leave_of(ICS(EVENT("DTSTART:20260701T160000Z\r\nRRULE:FREQ=WEEKLY;BYDAY=WE;COUNT=2\r\n"))),
	    "refused");
	assert_string_equal(told, "5: RRULE is not followed here: list the dates\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(days_are_joined),
	    cmocka_unit_test(any_hour_counts_for_its_day),
	    cmocka_unit_test(what_is_free_or_over_does_not_count),
	    cmocka_unit_test(repetitions_are_followed),
	    cmocka_unit_test(faults_have_their_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
