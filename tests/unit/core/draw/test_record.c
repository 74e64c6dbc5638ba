/*
 * record.json (PROTOCOL 8): what is computed of the example's first draw is what was published; another's record is
 * read in one form only; and each check from `seed` to `record` finds what it is there for.
 */
#include "scene.h"

#include <stdlib.h>

#include "core/check/draw_check.h"
#include "core/draw/record.h"

static struct scene scene;
static struct draw draw;
static struct slice published;

static int
set_up(void **state)
{
	struct err err = {0};
	size_t len;
	char *text = support_read("example/draws/0001/record.json", &len);

	(void)state;
	published = slice_copy((struct slice){text, len});
	free(text);
	scene_example(&scene);
	if (draw_compute(&scene.input, &draw, &err) != 0)
		fail_msg("%s", err.message);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	draw_release(&draw);
	scene_release(&scene);
	slice_free(published);
	return 0;
}

static void
test_the_example(void **state)
{
	struct buf out;

	(void)state;
	buf_init(&out, 1 << 16);
	record_write(&scene.input, &draw, &out);
	assert_false(out.failed);
	if (!slice_eq(buf_view(&out), published))
		fail_msg("computed\n%.*s\npublished\n%.*s", (int)out.len, out.data, (int)published.n, published.p);
	buf_release(&out);
}

/* A buffer that is too small fails and stays within its bounds. */
static void
test_too_little_room(void **state)
{
	(void)state;
	for (size_t max = 0; max < published.n; max += 97) {
		struct buf out;

		buf_init(&out, max);
		record_write(&scene.input, &draw, &out);
		assert_true(out.failed && out.len <= max);
		buf_release(&out);
	}
}

static void
put_quoted(struct buf *out, const char *before, struct slice escaped)
{
	buf_text(out, before);
	buf_byte(out, '"');
	buf_slice(out, escaped);
	buf_byte(out, '"');
}

static void
put_ids(struct buf *out, const char *before, const struct slice *ids, size_t n)
{
	buf_text(out, before);
	buf_byte(out, '[');
	for (size_t i = 0; i < n; i++)
		put_quoted(out, i == 0 ? "" : ",", ids[i]);
	buf_byte(out, ']');
}

static void
put_target(struct buf *out, const struct record_target *t, const struct slice *team, size_t seats)
{
	char date[DATE_TEXT];

	put_quoted(out, "{\"class\":", t->class);
	if (seats > 0) {
		text_from_date(t->date, date);
		put_quoted(out, ",\"date\":", slice_of(date));
	}
	put_quoted(out, ",\"id\":", t->id);
	if (seats > 0)
		put_ids(out, ",\"team\":", team, seats);
	put_quoted(out, ",\"ticket\":", t->ticket);
	buf_byte(out, '}');
}

/* What was read, as section 8 writes it: nothing may be lost. */
static void
put_record(struct buf *out, const struct record *r, size_t seats)
{
	put_quoted(out, "{\"beacon\":", r->beacon);
	put_quoted(out, ",\"commit\":", r->commit);
	buf_text(out, ",\"inspectors\":[");
	for (size_t i = 0; i < r->n_inspectors; i++) {
		put_quoted(out, i == 0 ? "{\"id\":" : ",{\"id\":", r->inspectors[i].id);
		buf_format(out, ",\"load\":%llu", (unsigned long long)r->inspectors[i].load);
		put_quoted(out, ",\"ticket\":", r->inspectors[i].ticket);
		buf_byte(out, '}');
	}
	buf_format(out, "],\"load\":{\"least\":%llu,\"limit\":%llu}", (unsigned long long)r->least,
	    (unsigned long long)r->limit);
	put_ids(out, ",\"matters\":", r->matters, r->n_matters);
	buf_format(out, ",\"n\":%llu,\"reserve\":[", (unsigned long long)r->n);
	for (size_t i = 0; i < r->n_reserve; i++) {
		buf_text(out, i == 0 ? "" : ",");
		put_target(out, &r->reserve[i], NULL, 0);
	}
	put_quoted(out, "],\"secret\":", r->secret);
	put_quoted(out, ",\"seed\":", r->seed);
	buf_text(out, ",\"selected\":[");
	for (size_t i = 0; i < r->n_selected; i++) {
		buf_text(out, i == 0 ? "" : ",");
		put_target(out, &r->selected[i], r->team + i * seats, seats);
	}
	put_ids(out, "],\"unstaffed\":", r->unstaffed, r->n_unstaffed);
	buf_text(out, ",\"v\":1}");
}

/* Parses a copy of exactly its length; what passes has the form of section 8 and no other. */
static int
parse(struct slice text, size_t seats, struct err *err)
{
	struct slice copy = slice_copy(text);
	struct record r;
	struct buf out;
	int rc = record_parse(copy, seats, &r, err);

	if (rc == 0) {
		buf_init(&out, 1 << 20);
		put_record(&out, &r, seats);
		assert_false(out.failed);
		if (!slice_eq(buf_view(&out), copy))
			fail_msg("\"%.*s\"\nis read as\n\"%.*s\"", (int)copy.n, copy.p, (int)out.len, out.data);
		buf_release(&out);
		record_release(&r);
	} else {
		assert_true(err->code == rc && err->message[0] != '\0');
	}
	slice_free(copy);
	return rc;
}

static void
expect(struct slice text, int right)
{
	struct err err = {0};
	int rc = parse(text, 2, &err);

	if (rc != right)
		fail_msg("%d instead of %d for\n%.*s", rc, right, (int)text.n, text.p);
}

static void
test_reading(void **state)
{
	struct err err = {0};
	struct record r;

	(void)state;
	expect(published, 0);
	for (size_t seats = 1; seats <= TEAM_MAX; seats++)
		assert_int_equal(parse(published, seats, &err), seats == 2 ? 0 : ERR_REFUSED);
	assert_int_equal(record_parse(published, 2, &r, &err), 0);
	assert_true(
	    r.n_selected == 8 && r.n_reserve == 15 && r.n_inspectors == 6 && r.n_matters == 3 && r.n_unstaffed == 3);
	assert_true(r.n == 1 && r.least == 4 && r.limit == 4 && slice_eq(r.beacon, scene.input.beacon));
	assert_true(slice_eq(r.secret, scene.input.secret) && slice_is(r.commit, scene.commit_hash));
	assert_true(slice_is(r.selected[2].id, "911-28") && slice_is(r.team[5], "I001") && r.selected[2].date == 19597);
	assert_true(slice_is(r.reserve[3].class, "B") && slice_is(r.unstaffed[0], "T0030"));
	record_release(&r);
}

static void
expect_refused(void *ctx, struct slice changed, struct slice without)
{
	(void)ctx;
	(void)without;
	expect(changed, ERR_REFUSED);
}

static void
test_exactly_its_keys(void **state)
{
	char text[8192];

	(void)state;
	assert_true(published.n < sizeof text);
	memcpy(text, published.p, published.n);
	text[published.n] = '\0';
	object_faults(text, expect_refused, NULL);
}

static void
test_cut_and_continued(void **state)
{
	char *text = malloc(published.n + 1);

	(void)state;
	assert_non_null(text);
	for (size_t len = 0; len < published.n; len++)
		expect((struct slice){published.p, len}, ERR_REFUSED);
	memcpy(text, published.p, published.n);
	for (int c = 0; c < 256; c++) {
		text[published.n] = (char)c;
		expect((struct slice){text, published.n + 1}, ERR_REFUSED);
	}
	for (size_t at = 0; at <= published.n; at++) {
		memcpy(text, published.p, at);
		text[at] = '\n';
		memcpy(text + at + 1, published.p + at, published.n - at);
		expect((struct slice){text, published.n + 1}, ERR_REFUSED);
	}
	free(text);
}

static void
test_random_changes(void **state)
{
	struct support_random random;
	struct err err = {0};
	size_t passed = 0;

	(void)state;
	support_random_begin(&random);
	for (int round = 0; round < 20000; round++) {
		struct slice text = slice_copy(published);

		slice_scribble(text, &random, "0123456789abcdefA{}[]:,\"\\-+. _");
		passed += parse(text, 2, &err) == 0;
		slice_free(text);
	}
	assert_true(passed > 500);
}

/* ---- what each check finds ---- */

enum { SEED = 1, SELECTION = 2, INSPECTORS = 4, TEAMS = 8, DATES = 16, MATTERS = 32, FORM = 64 };

/* Which checks do not hold for this record. */
static int
failing(struct slice record_json)
{
	struct draw_context x = {.commit = &scene.commit, .commit_hash = scene.commit_hash};
	struct draw_case c = {.roster = scene.roster, .sealed = scene.sealed, .input = scene.input, .draw = draw};
	struct err err = {0};
	int failed;

	c.record_json = (struct buf){.data = (char *)record_json.p, .len = record_json.n};
	assert_int_equal(record_parse(record_json, 2, &c.record, &err), 0);
	failed = (compare_seed(&c, &err) != 0 ? SEED : 0) | (compare_selection(&c, &err) != 0 ? SELECTION : 0) |
	    (compare_inspectors(&c, &err) != 0 ? INSPECTORS : 0) | (compare_teams(&c, &err) != 0 ? TEAMS : 0) |
	    (compare_dates(&c, &err) != 0 ? DATES : 0) | (compare_matters(&c, &err) != 0 ? MATTERS : 0) |
	    (compare_record(&x, &c, &err) != 0 ? FORM : 0);
	record_release(&c.record);
	return failed;
}

static void
test_what_each_check_finds(void **state)
{
	static const struct {
		const char *from, *to;
		int failed; /* exactly these, FORM always */
	} cases[] = {
	    {"\"n\":1,", "\"n\":2,", 0},
	    {"\"beacon\":\"fe", "\"beacon\":\"ff", 0},
	    {"\"commit\":\"cd", "\"commit\":\"ce", 0},
	    {"\"secret\":\"98", "\"secret\":\"99", 0},
	    {"\"seed\":\"95", "\"seed\":\"96", SEED},
	    /* a chosen target's ticket, class, id; another in its place; two in the other's place; one too few */
	    {"\"ticket\":\"004f", "\"ticket\":\"004e", SELECTION},
	    {"\"class\":\"A\",\"date\"", "\"class\":\"B\",\"date\"", SELECTION},
	    {"\"class\":\"\",\"date\"", "\"class\":\"E\",\"date\"", SELECTION},
	    {"{\"class\":\"A\",\"date\":\"2023-08-25\",\"id\":\"t.22\",\"team\":[\"I002\",\"I010\"],\"ticket\":"
	     "\"004f51c5d4448320f2a05559b0f21989f2387e831878861a73fc0a042e0eee6a\"},",
	        "", SELECTION | TEAMS},
	    {"\"T0030\",\"911-18\"", "\"911-18\",\"T0030\"", SELECTION},
	    {"\"T0030\",\"911-18\"", "\"911-18\"", SELECTION},
	    {"\"T0030\",\"911-18\"", "\"T0030\",\"911-18\",\"911-19\"", SELECTION},
	    {"\"unstaffed\":[\"T0030\",\"911-18\",\"911-21\"]",
	        "\"unstaffed\":[\"T0030\",\"911-18\",\"911-21\",\"t.5\"]", SELECTION},
	    /* the reserve's order, ticket, class, length */
	    {"\"ticket\":\"08f0", "\"ticket\":\"08f1", SELECTION},
	    {"{\"class\":\"A\",\"id\":\"911-16\"", "{\"class\":\"A\",\"id\":\"911-17\"", SELECTION},
	    {"{\"class\":\"A\",\"id\":\"911-16\"", "{\"class\":\"B\",\"id\":\"911-16\"", SELECTION},
	    {",{\"class\":\"\",\"id\":\"T0020\",\"ticket\":"
	     "\"7b1a472554d725b9f36bb160adcf1d78f7c40ace35a2f3160efa950893e92b2d\"}",
	        "", SELECTION},
	    /* inspectors: who, ticket, one too few, one too many */
	    {"{\"id\":\"I012\",\"load\":3", "{\"id\":\"I013\",\"load\":3", INSPECTORS},
	    {"\"ticket\":\"04f2", "\"ticket\":\"04f3", INSPECTORS},
	    {"{\"id\":\"I012\",\"load\":3,\"ticket\":"
	     "\"04f275f046ad06009990ef09cc5f73f059e84618178f809eaa2c04194f3b2afa\"},",
	        "", INSPECTORS | TEAMS},
	    /* loads, limits, who sits where */
	    {"{\"id\":\"I012\",\"load\":3", "{\"id\":\"I012\",\"load\":4", TEAMS},
	    {"\"least\":4", "\"least\":3", TEAMS},
	    {"\"limit\":4", "\"limit\":5", TEAMS},
	    {"\"id\":\"t.22\",\"team\":[\"I002\",\"I010\"]", "\"id\":\"t.22\",\"team\":[\"I010\",\"I002\"]", TEAMS},
	    {"\"id\":\"t.22\",\"team\":[\"I002\",\"I010\"]", "\"id\":\"t.22\",\"team\":[\"I002\",\"I007\"]", TEAMS},
	    {"\"id\":\"T0029\",\"team\":[\"I012\",\"I010\"]", "\"id\":\"T0029\",\"team\":[\"I012\",\"I001\"]", TEAMS},
	    /* dates: another of the possible ones, none of them */
	    {"\"date\":\"2023-08-25\",\"id\":\"t.22\"", "\"date\":\"2023-08-24\",\"id\":\"t.22\"", DATES},
	    {"\"date\":\"2023-08-28\",\"id\":\"T0029\"", "\"date\":\"2023-08-27\",\"id\":\"T0029\"", DATES},
	    {"[\"leave\",\"duty\",\"office\"]", "[\"duty\",\"leave\",\"office\"]", MATTERS},
	    {"[\"leave\",\"duty\",\"office\"]", "[\"leave\",\"duty\"]", MATTERS},
	    {"[\"leave\",\"duty\",\"office\"]", "[\"leave\",\"duty\",\"office\",\"other\"]", MATTERS},
	};

	(void)state;
	assert_int_equal(failing(published), 0);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct slice text = slice_with(published, slice_of(cases[i].from), slice_of(cases[i].to));
		int failed = failing(text);

		if (failed != (cases[i].failed | FORM))
			fail_msg("%d instead of %d for %s", failed, cases[i].failed | FORM, cases[i].to);
		slice_free(text);
	}
}

/* Taking a staffed target for an unstaffed one, or the other way, is seen by `teams`. */
static void
test_staffed_or_not(void **state)
{
	static const char first[] =
	    "{\"class\":\"A\",\"date\":\"2023-08-25\",\"id\":\"t.22\",\"team\":[\"I002\",\"I010\"],\"ticket\":"
	    "\"004f51c5d4448320f2a05559b0f21989f2387e831878861a73fc0a042e0eee6a\"},";
	struct slice without = slice_with(published, slice_of(first), S("")), moved;

	(void)state;
	moved = slice_with(without, S("\"unstaffed\":["), S("\"unstaffed\":[\"t.22\","));
	assert_int_equal(failing(moved), TEAMS | FORM);
	slice_free(moved);
	slice_free(without);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_the_example),
	    cmocka_unit_test(test_too_little_room),
	    cmocka_unit_test(test_reading),
	    cmocka_unit_test(test_exactly_its_keys),
	    cmocka_unit_test(test_cut_and_continued),
	    cmocka_unit_test(test_random_changes),
	    cmocka_unit_test(test_what_each_check_finds),
	    cmocka_unit_test(test_staffed_or_not),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
