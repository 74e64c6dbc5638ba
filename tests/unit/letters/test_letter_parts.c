/*
 * What a letter has beside its text: the page of HTML, where no value can be markup, and the invitations, which a
 * calendar must be able to read and which name nobody.
 */
#include "support.h"

#include <libical/ical.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "letters/html.h"
#include "letters/invitation.h"
#include "system/clock.h"

#define S slice_of
#define SLOT ((slot_t)20628 * SLOT_DAY + 540) /* 2026-06-24T09:00 */

static const struct template_name row_names[] = {{"number", NULL}, {"name", NULL}, {NULL, NULL}};
static const struct template_name names[] = {{"who", NULL}, {"n", NULL}, {"rows", row_names}, {NULL, NULL}};

/* The page made of a template with {{who}}, {{n}} = 7 and one row for each of `rows`; the caller frees. */
static char *
page(const char *body, const char *who, const char *const *rows, bool chinese)
{
	struct template_row *values = template_row_new();
	struct template *template = NULL;
	struct template_marks marks = {0};
	struct diag diag = {0};
	struct err err = {0};
	struct buf marked, out;
	char *text = NULL;

	assert_true(asprintf(&text, "Subject: x\n\n%s", body) > 0);
	assert_int_equal(template_parse(S(text), "t", names, &diag, &template), 0);
	free(text);
	template_put(values, "who", S(who));
	template_put_uint(values, "n", 7);
	template_put_list(values, "rows");
	for (size_t i = 0; rows != NULL && rows[i] != NULL; i++) {
		struct template_row *row = template_put_row(values, "rows");

		template_put_uint(row, "number", i + 1);
		template_put(row, "name", S(rows[i]));
	}
	buf_init(&marked, 65536);
	buf_init(&out, 65536);
	assert_int_equal(template_render_marked(template, values, &marked, &marks, &err), 0);
	assert_int_equal(letter_html(buf_view(&marked), &marks, S("a < b"), chinese, &out, &err), 0);
	template_marks_release(&marks);
	template_row_free(values);
	template_free(template);
	buf_release(&marked);
	buf_byte(&out, '\0');
	return buf_steal(&out);
}

static void
shows(const char *body, const char *who, const char *wanted)
{
	char *html = page(body, who, NULL, true);

	if (strstr(html, wanted) == NULL)
		fail_msg("no \"%s\" in: %s", wanted, strstr(html, "<body>"));
	free(html);
}

static void
values_are_no_markup(void **state)
{
	(void)state;
	shows("{{who}}", "<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>");
	shows("a **{{who}}** b", "x** \"&' *y", "<strong>x** &quot;&amp;' *y</strong>");
	shows("{{who}}", "1. one", "<p>1. one</p>");
	shows("{{who}}", "- one", "<p>- one</p>");
	shows("{{who}}", "# one", "<p># one</p>");
	shows("{{who}}", "    one", "<p>    one</p>");
	shows("{{who}}", "[a](https://b.example)", "<p>[a](https://b.example)</p>");
	shows("{{who}}\n---", "a", "<h2>a</h2>");
	shows("    {{who}}", "<a>", "<pre><code>&lt;a&gt;\n</code></pre>");
	shows("`{{who}}`", "`", "<code>`</code>");
	/* A mark in a value is the value's. */
	shows("{{who}}", TEMPLATE_MARK_BEGIN "0" TEMPLATE_MARK_END,
	    "<p>" TEMPLATE_MARK_BEGIN "0" TEMPLATE_MARK_END "</p>");
	/* One that the template itself has removes nothing else. */
	shows("a" TEMPLATE_MARK_BEGIN "9" TEMPLATE_MARK_END "b" TEMPLATE_MARK_BEGIN "x", "v", "x</p>");
}

static void
templates_cannot_do_much(void **state)
{
	char *html =
	    page("<script>x</script>\n\na <b onclick=\"x\">b</b> [c](javascript:x) ![d](https://e.example/f.png)", "",
	        NULL, true);

	(void)state;
	assert_null(strstr(html, "<script"));
	assert_null(strstr(html, "onclick"));
	assert_null(strstr(html, "javascript:"));
	assert_non_null(strstr(html, "<title>a &lt; b</title>"));
	free(html);
}

/* Numbers that the template counts with make a list. */
static void
rows_are_a_list(void **state)
{
	static const char *const rows[] = {"a", "<b>", NULL};
	char *html =
	    page("{{#rows}}\n\n{{number}}. {{name}}\n\n    - x: {{name}}\n{{/rows}}\n\nend {{n}}\n", "", rows, false);

	(void)state;
	assert_non_null(
	    strstr(html, "<ol>\n<li>\n<p>a</p>\n<ul>\n<li>x: a</li>\n</ul>\n</li>\n<li>\n<p>&lt;b&gt;</p>"));
	assert_non_null(strstr(html, "<p>end 7</p>"));
	free(html);
}

/* In Chinese the end of a line is no space, except between words of another script. */
static void
lines_are_joined(void **state)
{
	char *english;

	(void)state;
	shows("一二\n三四\nab\ncd\n五", "", "<p>一二三四ab\ncd五</p>");
	english = page("ab\ncd", "", NULL, false);
	assert_non_null(strstr(english, "<p>ab\ncd</p>"));
	free(english);
}

/* ---- invitations ---- */

static const struct letter_visit visits[] = {
    {.visit = SLOT,
        .target_id = {"T007", 4},
        .target_name = {"Post seven", 10},
        .unit = {"Unit", 4},
        .address = {"Street 7", 8},
        .colleagues = NULL},
};

static struct letter_input
usual(void)
{
	return (struct letter_input){.draw = 7,
	    .amendment = 2,
	    .origin = S("log.example.org/a"),
	    .log_key = S("530d903a"),
	    .inspector_id = S("I003"),
	    .inspector_name = S("Desk; \"three\": the, \\ one"),
	    .inspector_email = S("i003@example.org"),
	    .language = S("en"),
	    .from_name = S("一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十"),
	    .from_address = S("office@example.org"),
	    .timezone = S("Asia/Shanghai"),
	    .sent_at = 1782090000,
	    .visits = visits,
	    .n_visits = 1};
}

/* Writes an invitation, checks its lines, and reads it again; the caller frees it. */
static icalcomponent *
written(const struct letter_input *input, const struct outbox_slot *slot)
{
	struct err err = {0};
	struct buf out;
	struct slice rest;
	icalcomponent *calendar;

	buf_init(&out, 8192);
	assert_int_equal(invitation_write(input, slot, &out, &err), 0);
	for (rest = buf_view(&out); rest.n > 0;) {
		struct slice line = slice_cut(&rest, '\n');

		assert_true(line.n > 0 && line.n <= 76 && line.p[line.n - 1] == '\r');
		assert_true(text_is_utf8(line)); /* no character is split */
	}
	buf_byte(&out, '\0');
	assert_null(strstr(out.data, "T007"));
	assert_null(strstr(out.data, "Post seven"));
	assert_null(strstr(out.data, "Unit"));
	assert_null(strstr(out.data, "Street"));
	calendar = icalparser_parse_string(out.data);
	buf_release(&out);
	assert_non_null(calendar);
	assert_int_equal(icalcomponent_count_errors(calendar), 0);
	assert_true(icalrestriction_check(calendar));
	return calendar;
}

/* What iCalendar's own reader makes of an invitation's time, by the zone that it brings along. */
static int64_t
instant_of(icalcomponent *calendar, icalproperty_kind kind)
{
	icalcomponent *zone = icalcomponent_get_first_component(calendar, ICAL_VTIMEZONE_COMPONENT);
	icaltimezone *local = icaltimezone_new();
	icalproperty *time = icalcomponent_get_first_property(icalcomponent_get_inner(calendar), kind);
	icalparameter *named = icalproperty_get_first_parameter(time, ICAL_TZID_PARAMETER);
	int64_t instant;

	assert_true(icaltimezone_set_component(local, icalcomponent_new_clone(zone)));
	assert_string_equal(icalparameter_get_tzid(named), icaltimezone_get_tzid(local));
	instant = icaltime_as_timet_with_zone(icalvalue_get_datetime(icalproperty_get_value(time)), local);
	icaltimezone_free(local, 1);
	return instant;
}

static void
a_calendar_reads_them(void **state)
{
	struct letter_input input = usual();
	struct outbox_slot slot = {SLOT, true};
	icalcomponent *asked, *back, *event, *gone;
	char name[INVITATION_NAME_BYTES];
	struct err err = {0};

	(void)state;
	assert_int_equal(clock_set_zone("Asia/Shanghai", &err), 0);
	asked = written(&input, &slot);
	event = icalcomponent_get_inner(asked);
	assert_int_equal(icalcomponent_get_method(asked), ICAL_METHOD_REQUEST);
	assert_int_equal(instant_of(asked, ICAL_DTSTART_PROPERTY), 1782262800);
	assert_int_equal(instant_of(asked, ICAL_DTEND_PROPERTY), 1782262800 + 3600);
	assert_int_equal(icalcomponent_get_sequence(event), 2);
	assert_string_equal(icalcomponent_get_summary(event), "Inspection (draw 7)");

	slot.held = false;
	input.amendment = 3;
	back = written(&input, &slot);
	gone = icalcomponent_get_inner(back);
	assert_int_equal(icalcomponent_get_method(back), ICAL_METHOD_CANCEL);
	assert_int_equal(icalcomponent_get_status(gone), ICAL_STATUS_CANCELLED);
	assert_int_equal(icalcomponent_get_sequence(gone), 3);
	assert_string_equal(icalcomponent_get_uid(gone), icalcomponent_get_uid(event));
	invitation_name(&slot, name);
	assert_string_equal(name, "2026-06-24-0900.ics");
	icalcomponent_free(asked);
	icalcomponent_free(back);
}

/* An appointment ends where the next one begins, whatever their order. */
static void
it_ends_before_the_next(void **state)
{
	static const struct letter_visit several[] = {{.visit = SLOT - 30}, {.visit = SLOT}, {.visit = SLOT},
	    {.visit = SLOT + 20}, {.visit = SLOT + 50}};
	static const int64_t lengths[] = {30, 20, 20, 30, 60};
	struct letter_input input = usual();
	struct err err = {0};

	(void)state;
	assert_int_equal(clock_set_zone("Asia/Shanghai", &err), 0);
	input.visits = several;
	input.n_visits = 5;
	for (size_t i = 0; i < 5; i++) {
		struct outbox_slot slot = {several[i].visit, true};
		icalcomponent *calendar = written(&input, &slot);

		assert_int_equal(instant_of(calendar, ICAL_DTEND_PROPERTY) -
		        instant_of(calendar, ICAL_DTSTART_PROPERTY),
		    lengths[i] * 60);
		icalcomponent_free(calendar);
	}
}

/* The zone that an invitation brings says what our own says, on every day of the year and at each change. */
static void
zones_agree(void **state)
{
	static const char *const zones[] = {"UTC", "Asia/Shanghai", "Europe/Berlin", "America/New_York",
	    "Australia/Lord_Howe", "Africa/Casablanca", "Asia/Kathmandu", "Europe/Dublin"};
	struct err err = {0};

	(void)state;
	for (size_t z = 0; z < sizeof zones / sizeof *zones; z++) {
		struct letter_input input = usual();

		assert_int_equal(clock_set_zone(zones[z], &err), 0);
		input.timezone = S(zones[z]);
		for (int32_t day = text_date_of(2026, 1, 1); day < text_date_of(2027, 1, 1); day++) {
			struct outbox_slot slot = {slot_of(day, day % 24 * 60 + 30), true};
			icalcomponent *calendar;
			enum zone_how how;
			int64_t instant = clock_instant(day, slot_minute(slot.slot) * 60, &how);

			if (how != ZONE_ONCE)
				continue;
			calendar = written(&input, &slot);
			if (instant_of(calendar, ICAL_DTSTART_PROPERTY) != instant)
				fail_msg("%s, day %ld", zones[z], (long)day);
			icalcomponent_free(calendar);
		}
	}
	assert_int_equal(clock_set_zone("UTC", &err), 0);
}

/* Another slot, inspector, draw or log is another event. */
static void
each_has_its_uid(void **state)
{
	struct letter_input inputs[4];
	struct outbox_slot slots[5] = {{SLOT, true}, {SLOT, true}, {SLOT, true}, {SLOT, true}, {SLOT + 60, true}};
	icalcomponent *calendars[5];

	(void)state;
	for (size_t i = 0; i < 4; i++)
		inputs[i] = usual();
	inputs[1].inspector_id = S("I004");
	inputs[2].draw = 8;
	inputs[3].log_key = S("530d903b");
	for (size_t i = 0; i < 5; i++)
		calendars[i] = written(&inputs[i % 4], &slots[i]);
	for (size_t i = 0; i < 5; i++)
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(icalcomponent_get_uid(icalcomponent_get_inner(calendars[i])),
			    icalcomponent_get_uid(icalcomponent_get_inner(calendars[j])));
	for (size_t i = 0; i < 5; i++)
		icalcomponent_free(calendars[i]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(values_are_no_markup),
	    cmocka_unit_test(templates_cannot_do_much),
	    cmocka_unit_test(rows_are_a_list),
	    cmocka_unit_test(lines_are_joined),
	    cmocka_unit_test(a_calendar_reads_them),
	    cmocka_unit_test(it_ends_before_the_next),
	    cmocka_unit_test(zones_agree),
	    cmocka_unit_test(each_has_its_uid),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
