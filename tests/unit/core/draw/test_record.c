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
	char visit[SLOT_TEXT];

	put_quoted(out, "{\"class\":", t->class);
	put_quoted(out, ",\"id\":", t->id);
	if (seats > 0)
		put_ids(out, ",\"team\":", team, seats);
	put_quoted(out, ",\"ticket\":", t->ticket);
	if (seats > 0) {
		slot_format(t->visit, visit);
		put_quoted(out, ",\"visit\":", slice_of(visit));
	} else {
		assert_true(t->visit == SLOT_NONE);
	}
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
	buf_text(out, ",\"v\":2}");
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
	    r.n_selected == 8 && r.n_reserve == 14 && r.n_inspectors == 7 && r.n_matters == 1 && r.n_unstaffed == 4);
	assert_true(r.n == 1 && r.least == 3 && r.limit == 4 && slice_eq(r.beacon, scene.input.beacon));
	assert_true(slice_eq(r.secret, scene.input.secret) && slice_is(r.commit, scene.commit_hash));
	assert_true(slice_is(r.selected[2].id, "t.1") && slice_is(r.team[5], "I010"));
	assert_true(r.selected[2].visit == slot_of(text_date_of(2023, 8, 25), 540));
	assert_true(slice_is(r.reserve[3].class, "B") && slice_is(r.unstaffed[0], "t.12"));
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

/* The first place. */
#define FIRST                                                                        \
	"{\"class\":\"D\",\"id\":\"T0026\",\"team\":[\"I006\",\"I005\"],\"ticket\":" \
	"\"002ee48b797260887a57be8cac9518f19c2a86fdc0ff13ac59162a1b14e9c80e\",\"visit\":\"2023-08-24T09:00\"}"

enum { SEED = 1, SELECTION = 2, INSPECTORS = 4, TEAMS = 8, VISITS = 16, MATTERS = 32, FORM = 64 };

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
	    (compare_matters(&c, &err) != 0 ? MATTERS : 0) | (compare_record(&x, &c, &err) != 0 ? FORM : 0);
	if ((failed & (SELECTION | TEAMS)) == 0) /* visits stand on these, here and in the checker */
		failed |= compare_visits(&c, &err) != 0 ? VISITS : 0;
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
	    {"\"commit\":\"7f", "\"commit\":\"7e", 0},
	    {"\"secret\":\"9d", "\"secret\":\"9c", 0},
	    {"\"seed\":\"95", "\"seed\":\"96", SEED},
	    /* a chosen target's ticket, class, id; another in its place; two in the other's place; one too few */
	    {"\"ticket\":\"002e", "\"ticket\":\"002f", SELECTION},
	    {"\"class\":\"A\",\"id\":\"T0029\"", "\"class\":\"B\",\"id\":\"T0029\"", SELECTION},
	    {"\"class\":\"\",\"id\":\"911-9\"", "\"class\":\"E\",\"id\":\"911-9\"", SELECTION},
	    {FIRST ",", "", SELECTION | TEAMS},
	    {"\"t.12\",\"T0028\"", "\"T0028\",\"t.12\"", SELECTION},
	    {"\"t.12\",\"T0028\"", "\"T0028\"", SELECTION},
	    {"\"t.12\",\"T0028\"", "\"t.12\",\"T0028\",\"T0030\"", SELECTION},
	    {"\"unstaffed\":[\"t.12\",\"T0028\",\"t.14\",\"t.35\"]",
	        "\"unstaffed\":[\"t.12\",\"T0028\",\"t.14\",\"t.35\",\"t.5\"]", SELECTION},
	    /* the reserve's order, ticket, class, length */
	    {"\"ticket\":\"46e4", "\"ticket\":\"46e5", SELECTION},
	    {"{\"class\":\"A\",\"id\":\"t.34\"", "{\"class\":\"A\",\"id\":\"t.35\"", SELECTION},
	    {"{\"class\":\"A\",\"id\":\"t.34\"", "{\"class\":\"B\",\"id\":\"t.34\"", SELECTION},
	    {",{\"class\":\"\",\"id\":\"911-20\",\"ticket\":"
	     "\"c2acc42a4beab70a9c4f1db3a7f489720841ead7927a73f0eafbd33637f0a11a\"}",
	        "", SELECTION},
	    /* inspectors: who, ticket, one too few, one too many */
	    {"{\"id\":\"I012\",\"load\":4", "{\"id\":\"I013\",\"load\":4", INSPECTORS},
	    {"\"ticket\":\"4358", "\"ticket\":\"4359", INSPECTORS},
	    {"{\"id\":\"I012\",\"load\":4,\"ticket\":"
	     "\"43585428d7e5a526689c53ffd84787ca7b7c5610f1c8ec9029e83ea6aaa8beeb\"},",
	        "", INSPECTORS | TEAMS},
	    /* loads, limits, who sits where */
	    {"{\"id\":\"I012\",\"load\":4", "{\"id\":\"I012\",\"load\":3", TEAMS},
	    {"\"least\":3", "\"least\":2", TEAMS},
	    {"\"limit\":4", "\"limit\":5", TEAMS},
	    {"\"id\":\"T0026\",\"team\":[\"I006\",\"I005\"]", "\"id\":\"T0026\",\"team\":[\"I005\",\"I006\"]", TEAMS},
	    {"\"id\":\"T0026\",\"team\":[\"I006\",\"I005\"]", "\"id\":\"T0026\",\"team\":[\"I006\",\"I002\"]", TEAMS},
	    {"\"id\":\"t.36\",\"team\":[\"I012\",\"I002\"]", "\"id\":\"t.36\",\"team\":[\"I012\",\"I001\"]", TEAMS},
	    /* visits: another of the slots, none of them, another's */
	    {"9c80e\",\"visit\":\"2023-08-24T09:00\"", "9c80e\",\"visit\":\"2023-08-24T14:00\"", VISITS},
	    {"9c80e\",\"visit\":\"2023-08-24T09:00\"", "9c80e\",\"visit\":\"2023-08-24T10:00\"", VISITS},
	    {"f72\",\"visit\":\"2023-08-28T09:00\"", "f72\",\"visit\":\"2023-08-29T09:00\"", VISITS},
	    {"[\"duty\"]", "[\"leave\"]", MATTERS},
	    {"[\"duty\"]", "[]", MATTERS},
	    {"[\"duty\"]", "[\"duty\",\"leave\"]", MATTERS},
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
	struct slice without = slice_with(published, S(FIRST ","), S("")), moved;

	(void)state;
	moved = slice_with(without, S("\"unstaffed\":["), S("\"unstaffed\":[\"T0026\","));
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
