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

#define S slice_of

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
    {.date = 20628,
        .time = "09:00",
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
	    .sent_at = 1782090000,
	    .visits = visits,
	    .n_visits = 1};
}

/* Writes an invitation, checks its lines, and reads it again; the caller frees it. */
static icalcomponent *
written(const struct letter_input *input, const struct outbox_day *day)
{
	struct err err = {0};
	struct buf out;
	struct slice rest;
	icalcomponent *calendar;

	buf_init(&out, 8192);
	assert_int_equal(invitation_write(input, day, &out, &err), 0);
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

static void
a_calendar_reads_them(void **state)
{
	struct letter_input input = usual();
	struct outbox_day day = {20628, true};
	icalcomponent *asked = written(&input, &day), *back, *event, *gone;
	struct icaltimetype start;
	char name[INVITATION_NAME_BYTES];

	(void)state;
	event = icalcomponent_get_inner(asked);
	start = icalcomponent_get_dtstart(event);
	assert_int_equal(icalcomponent_get_method(asked), ICAL_METHOD_REQUEST);
	assert_true(start.is_date);
	assert_int_equal(start.year * 10000 + start.month * 100 + start.day, 20260624);
	assert_int_equal(icalcomponent_get_sequence(event), 2);
	assert_string_equal(icalcomponent_get_summary(event), "Inspection 09:00 (draw 7)");

	day.held = false;
	input.amendment = 3;
	back = written(&input, &day);
	gone = icalcomponent_get_inner(back);
	assert_int_equal(icalcomponent_get_method(back), ICAL_METHOD_CANCEL);
	assert_int_equal(icalcomponent_get_status(gone), ICAL_STATUS_CANCELLED);
	assert_int_equal(icalcomponent_get_sequence(gone), 3);
	assert_string_equal(icalcomponent_get_uid(gone), icalcomponent_get_uid(event));
	invitation_name(&day, name);
	assert_string_equal(name, "2026-06-24.ics");
	icalcomponent_free(asked);
	icalcomponent_free(back);
}

/* Visits in any order, two of them at one time, and one on another day. */
static void
each_time_of_a_day_is_said_once(void **state)
{
	static const struct letter_visit several[] = {
	    {.date = 20628, .time = "14:00"},
	    {.date = 20629, .time = "11:00"},
	    {.date = 20628, .time = "09:00"},
	    {.date = 20628, .time = "14:00"},
	};
	struct letter_input input = usual();
	struct outbox_day day = {20628, true};
	icalcomponent *asked;

	(void)state;
	input.visits = several;
	input.n_visits = 4;
	asked = written(&input, &day);
	assert_string_equal(icalcomponent_get_summary(icalcomponent_get_inner(asked)),
	    "Inspection 09:00, 14:00 (draw 7)");
	icalcomponent_free(asked);
}

/* Another day, inspector, draw or log is another event. */
static void
each_has_its_uid(void **state)
{
	struct letter_input inputs[4];
	struct outbox_day days[5] = {{20628, true}, {20628, true}, {20628, true}, {20628, true}, {20629, true}};
	icalcomponent *calendars[5];

	(void)state;
	for (size_t i = 0; i < 4; i++)
		inputs[i] = usual();
	inputs[1].inspector_id = S("I004");
	inputs[2].draw = 8;
	inputs[3].log_key = S("530d903b");
	for (size_t i = 0; i < 5; i++)
		calendars[i] = written(&inputs[i % 4], &days[i]);
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
	    cmocka_unit_test(each_time_of_a_day_is_said_once),
	    cmocka_unit_test(each_has_its_uid),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
