/*
 * Amendments (PROTOCOL 9): their form; the example's; by hand on small rosters; and any sequence of them against a slow
 * model that keeps no counts.
 */
#include "scene.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/draw/amend.h"

#define NONCE "00112233445566778899aabbccddeeff"

static const char seat_form[] =
    "{\"amendment\":1,\"in\":\"I07\",\"n\":7,\"nonce\":\"" NONCE "\",\"out\":\"I03\",\"place\":2,"
    "\"reason\":\"recusal\",\"seat\":3,\"type\":\"seat\",\"v\":2}";
static const char target_form[] =
    "{\"amendment\":1,\"in\":\"T9\",\"n\":7,\"nonce\":\"" NONCE "\",\"out\":\"T5\",\"place\":2,"
    "\"reason\":\"closed\",\"type\":\"target\",\"v\":2}";

/* ---- the form ---- */

/* Parses a copy of exactly its length; what passes must be written as it was. */
static int
parse(struct slice text, struct err *err)
{
	struct slice copy = slice_copy(text);
	struct amendment a;
	struct buf out;
	int rc = amendment_parse(copy, &a, err);

	if (rc == 0) {
		buf_init(&out, 4096);
		amendment_write(&a, &out);
		assert_false(out.failed);
		if (!slice_eq(buf_view(&out), copy))
			fail_msg("\"%.*s\"\nis written\n\"%.*s\"", (int)copy.n, copy.p, (int)out.len, out.data);
		buf_release(&out);
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
	int rc = parse(text, &err);

	if (rc != right)
		fail_msg("%d instead of %d for\n%.*s", rc, right, (int)text.n, text.p);
}

struct change {
	const char *from;
	struct slice to;
};

static void
expect_all(const char *form, const struct change *changes, size_t n, int right)
{
	for (size_t i = 0; i < n; i++) {
		struct slice text = slice_with(slice_of(form), slice_of(changes[i].from), changes[i].to);

		expect(text, right);
		slice_free(text);
	}
}

static void
test_fields(void **state)
{
	struct amendment a;

	(void)state;
	expect(S(seat_form), 0);
	expect(S(target_form), 0);
	assert_int_equal(amendment_parse(S(seat_form), &a, NULL), 0);
	assert_true(a.amendment == 1 && a.n == 7 && a.place == 2 && a.seat == 3 && !a.of_target);
	assert_true(slice_is(a.in, "I07") && slice_is(a.out, "I03") && slice_is(a.reason, "recusal") &&
	    slice_is(a.nonce, NONCE));
	assert_int_equal(amendment_parse(S(target_form), &a, NULL), 0);
	assert_true(a.of_target && slice_is(a.in, "T9") && slice_is(a.out, "T5") && slice_is(a.reason, "closed"));
}

static void
test_faults(void **state)
{
	static const char *const both[] = {seat_form, target_form};
	const struct change wrong[] = {
	    {"\"amendment\":1", S("\"amendment\":0")},
	    {"\"amendment\":1", S("\"amendment\":-1")},
	    {"\"amendment\":1", S("\"amendment\":01")},
	    {"\"amendment\":1", S("\"amendment\":\"1\"")},
	    {"\"amendment\":1", S("\"amendment\":9007199254740992")},
	    {"\"n\":7", S("\"n\":-7")},
	    {"\"n\":7", S("\"n\":7.0")},
	    {"\"n\":7", S("\"n\":")},
	    {NONCE, S("")},
	    {NONCE, S("00112233445566778899aabbccddeef")},
	    {NONCE, S(NONCE "0")},
	    {NONCE, S("00112233445566778899aabbccddeefF")},
	    {NONCE, S("00112233445566778899aabbccddeefg")},
	    {"\"place\":2", S("\"place\":-1")},
	    {"\"place\":2", S("\"place\":1e0")},
	    {"\"place\":2", S("\"place\":\"2\"")},
	    {"\"v\":2", S("\"v\":1")},
	    {"\"v\":2", S("\"v\":\"2\"")},
	};
	const struct change wrong_seat[] = {
	    {"I07", S("I 07")},
	    {"I07", S("é")},
	    {"I07", S("0123456789abcdef0123456789abcdef0")},
	    {"I07", S("\\\\")},
	    {"\"I07\"", S("null")},
	    {"I03", S("")},
	    {"I03", S("I,3")},
	    {"I03", S("0123456789abcdef0123456789abcdef0")},
	    {"\"seat\":3", S("\"seat\":-3")},
	    {"\"seat\":3", S("\"seat\":03")},
	    {"\"seat\":3,", S("")},
	    {"\"type\":\"seat\"", S("\"type\":\"target\"")},
	    {"\"type\":\"seat\"", S("\"type\":\"Seat\"")},
	    {"recusal", S("closed")},
	    {"recusal", S("moved")},
	    {"recusal", S("")},
	    {"recusal", S("Recusal")},
	    {"recusal", S("ill")},
	};
	const struct change wrong_target[] = {
	    {"\"T9\"", S("9")},
	    {"T9", S("T/9")},
	    {"T5", S("")},
	    {"\"type\":\"target\"", S("\"type\":\"seat\"")},
	    {"\"reason\":\"closed\",", S("\"reason\":\"closed\",\"seat\":0,")},
	    {"closed", S("recusal")},
	    {"closed", S("unavailable")},
	    {"closed", S("")},
	    {"closed", S("closed ")},
	};
	const struct change right_seat[] = {
	    {"I07", S("")},
	    {"I07", S("0123456789ABCDEF0123456789abcdef")},
	    {"recusal", S("unavailable")},
	    {"recusal", S("other")},
	    {"\"seat\":3", S("\"seat\":0")},
	    {"\"amendment\":1", S("\"amendment\":9007199254740991")},
	};
	const struct change right_target[] = {{"T9", S("")}, {"closed", S("moved")}, {"closed", S("other")}};

	(void)state;
	for (size_t i = 0; i < 2; i++)
		expect_all(both[i], wrong, sizeof wrong / sizeof wrong[0], ERR_REFUSED);
	expect_all(seat_form, wrong_seat, sizeof wrong_seat / sizeof wrong_seat[0], ERR_REFUSED);
	expect_all(target_form, wrong_target, sizeof wrong_target / sizeof wrong_target[0], ERR_REFUSED);
	expect_all(seat_form, right_seat, sizeof right_seat / sizeof right_seat[0], 0);
	expect_all(target_form, right_target, sizeof right_target / sizeof right_target[0], 0);
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
	(void)state;
	object_faults(seat_form, expect_refused, NULL);
	object_faults(target_form, expect_refused, NULL);
}

static void
test_cut_and_continued(void **state)
{
	static const char *const both[] = {seat_form, target_form};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		size_t n = strlen(both[i]);
		char text[sizeof seat_form + 1];

		for (size_t len = 0; len < n; len++)
			expect((struct slice){both[i], len}, ERR_REFUSED);
		memcpy(text, both[i], n);
		for (int c = 0; c < 256; c++) {
			text[n] = (char)c;
			expect((struct slice){text, n + 1}, ERR_REFUSED);
		}
		for (size_t at = 0; at <= n; at++) {
			memcpy(text, both[i], at);
			text[at] = ' ';
			memcpy(text + at + 1, both[i] + at, n - at);
			expect((struct slice){text, n + 1}, ERR_REFUSED); /* no value here may hold a space either */
		}
	}
}

/* ---- what is applied ---- */

/* By its words: "seat 0 1 I010 I007" is place, seat, out, in; "target 2 911-28 t.33" has no seat; "-": in is empty. */
static struct amendment
amendment_of(const char *words)
{
	struct slice rest = slice_of(words), kind = slice_cut(&rest, ' ');
	struct amendment a = {.amendment = 1,
	    .n = 1,
	    .nonce = S(NONCE),
	    .reason = S("other"),
	    .of_target = slice_is(kind, "target")};

	assert_true(text_to_uint(slice_cut(&rest, ' '), &a.place));
	if (!a.of_target)
		assert_true(text_to_uint(slice_cut(&rest, ' '), &a.seat));
	a.out = slice_cut(&rest, ' ');
	a.in = slice_is(rest, "-") ? S("") : rest;
	return a;
}

static void
apply(struct places *p, const char *words)
{
	struct amendment a = amendment_of(words);
	struct err err = {0};

	if (places_apply(p, &a, &err) != 0)
		fail_msg("%s: %s", words, err.message);
}

/* A copy of all that an amendment may change. */
struct snapshot {
	struct place v[16];
	uint32_t team[64];
	uint8_t changes[64];
	uint64_t load[16];
	bool placed[16];
	size_t n_removed;
};

static struct snapshot
snapshot_of(const struct places *p)
{
	struct snapshot s = {.n_removed = p->n_removed};
	size_t seats = p->n * p->draw->seats;

	assert_true(p->n <= 16 && seats <= 64 && p->draw->n_in <= 16 && p->draw->n_reserve <= 16);
	memcpy(s.v, p->v, p->n * sizeof *p->v);
	memcpy(s.team, p->team, seats * sizeof *p->team);
	memcpy(s.changes, p->changes, seats);
	memcpy(s.load, p->load, p->draw->n_in * sizeof *p->load);
	memcpy(s.placed, p->placed, p->draw->n_reserve * sizeof *p->placed);
	return s;
}

/* Refused, with a message, and nothing is changed. */
static void
refuse(struct places *p, const char *words)
{
	struct amendment a = amendment_of(words);
	struct snapshot before = snapshot_of(p), after;
	struct err err = {0};

	assert_int_equal(places_apply(p, &a, &err), ERR_REFUSED);
	assert_true(err.code == ERR_REFUSED && err.message[0] != '\0');
	after = snapshot_of(p);
	assert_memory_equal(&before, &after, sizeof before);
}

static void
expect_team(const struct places *p, size_t place, size_t seat, const char *id)
{
	uint32_t holder = p->team[place * p->draw->seats + seat];

	if (id == NULL)
		assert_int_equal(holder, AMEND_EMPTY);
	else if (holder == AMEND_EMPTY ||
	    !slice_is(inspector_id(&p->input->roster->inspectors[p->draw->order[holder]]), id))
		fail_msg("place %zu, seat %zu is not held by %s", place, seat, id);
}

static void
expect_target(const struct places *p, size_t place, const char *id)
{
	uint32_t target = p->v[place].target;

	if (id == NULL)
		assert_int_equal(target, AMEND_EMPTY);
	else if (target == AMEND_EMPTY || !slice_is(target_id(&p->input->roster->targets[target]), id))
		fail_msg("place %zu does not hold %s", place, id);
}

static void
test_the_examples_amendments(void **state)
{
	struct scene scene;
	struct draw draw;
	struct places p;
	struct err err = {0};
	uint64_t n_done = 0;

	(void)state;
	scene_example(&scene);
	assert_int_equal(draw_compute(&scene.input, &draw, &err), 0);
	assert_int_equal(places_new(&scene.input, &draw, &p, &err), 0);
	for (int i = 1; i <= 3; i++) {
		char name[64];
		size_t len;
		char *text;
		struct amendment a, other;

		(void)snprintf(name, sizeof name, "example/draws/0001/amend-%02d.json", i);
		text = support_read(name, &len);
		expect((struct slice){text, len}, 0);
		assert_int_equal(amendment_parse((struct slice){text, len}, &a, &err), 0);
		/* any other inspector or target, in or out, or none */
		other = a;
		for (size_t k = 0; k <= scene.roster.n_targets + scene.roster.n_inspectors; k++) {
			struct slice id = k == 0 ? S("")
			    : k <= scene.roster.n_targets
			    ? target_id(&scene.roster.targets[k - 1])
			    : inspector_id(&scene.roster.inspectors[k - 1 - scene.roster.n_targets]);

			other.in = id;
			if (!slice_eq(id, a.in))
				assert_int_equal(places_apply(&p, &other, &err), ERR_REFUSED);
			other.in = a.in;
			other.out = id;
			if (!slice_eq(id, a.out))
				assert_int_equal(places_apply(&p, &other, &err), ERR_REFUSED);
			other.out = a.out;
		}
		other.place = 8; /* there are eight, from 0 */
		assert_int_equal(places_apply(&p, &other, &err), ERR_REFUSED);
		if (places_apply(&p, &a, &err) != 0)
			fail_msg("%s: %s", name, err.message);
		n_done++;
		free(text);
	}
	assert_int_equal(n_done, 3);
	expect_team(&p, 0, 0, "I006");
	expect_team(&p, 0, 1, "I010");
	expect_target(&p, 2, "911-4");
	assert_true(p.v[2].visit == slot_of(text_date_of(2023, 8, 25), 540)); /* that of t.1 */
	places_release(&p);
	draw_release(&draw);
	scene_release(&scene);
}

/* What an archive entry says of a draw: that of the entries of index 6, 7 and 8 of the example, and the text itself. */
static void
test_hashes_of_amendments(void **state)
{
	static const struct {
		uint64_t archive;
		size_t n;
		const char *right;
	} cases[] = {
	    {6, 0, "bcc3f0e7ed7216825ca3ed36cf0cfdfb8d37a7ae4255ba109d2f020dba156bd4"},
	    {7, 2, "96e1859a6ed5f77298f92a8b0bc42d249ddd88ed1e2e135023962c2382a36cea"},
	    {8, 3, "144224d22ff3611e68cf94572eb59557133fadf6de5c1c526404b0b8e32d72ba"},
	    {9, 3, "d5b758290f4813d7206c0738eb05f6a5aa982a9d552ee7af6a1cf00492db122e"},
	};
	char hashes[3][HASH_HEX + 1], hex[HASH_HEX + 1], right[HASH_HEX + 1];
	struct slice sha256[3];
	struct scene scene;

	(void)state;
	scene_example(&scene);
	for (int i = 0; i < 3; i++) {
		char name[64];
		size_t len;
		char *text;

		(void)snprintf(name, sizeof name, "example/draws/0001/amend-%02d.json", i + 1);
		text = support_read(name, &len);
		MODEL_HASH(hashes[i], text);
		sha256[i] = slice_of(hashes[i]);
		free(text);
	}
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		amendments_hash(scene.input.secret, cases[i].archive, sha256, cases[i].n, hex);
		assert_string_equal(hex, cases[i].right);
	}
	scene_release(&scene);
	amendments_hash(S("s"), 0, NULL, 0, hex);
	MODEL_HASH(right, "samended/0/");
	assert_string_equal(hex, right);
	amendments_hash(S("s"), 9007199254740991, sha256, 2, hex);
	MODEL_HASH(right, "samended/9007199254740991/", hashes[0], "/", hashes[1]);
	assert_string_equal(hex, right);
}

/* ---- by hand ---- */

/* Five inspectors of whom three are drawn; the only conflicts are those given. */
static void
begin(struct scene *scene, const char *conflicts, uint64_t max_load, const char *chosen, const char *reserve,
    struct draw *draw, struct places *p)
{
	scene_rows(scene,
	    "T1,A,,,,1,2020-01-01,,in\nT2,A,,,,1,2020-01-01,,in\nT3,A,,,,1,2020-01-01,,in\n"
	    "T4,A,,,,1,2020-01-01,,in\nU1,B,,,,1,2020-01-01,,in\nU2,B,,,,1,2020-01-01,,in\n",
	    "I1,,,,a,in\nI2,,,,a,in\nI3,,,,a,in\nI4,,,,a,in\nI5,,,,a,in\n", conflicts);
	scene_stratum(scene, "A", 1);
	scene_stratum(scene, "B", 1);
	scene->commit.rules.max_load = max_load;
	scene_draw(scene, chosen, reserve, "I1 I2 I3 I4 I5", 3, draw);
	assert_int_equal(places_new(&scene->input, draw, p, NULL), 0);
}

static void
end(struct scene *scene, struct draw *draw, struct places *p)
{
	places_release(p);
	draw_release(draw);
	scene_release(scene);
}

/* Scenario: with a load of one, inspectors who sit elsewhere cannot take the seat; those drawn go before the others. */
static void
test_loads(void **state)
{
	struct scene scene;
	struct draw draw;
	struct places p;

	(void)state;
	begin(&scene, "I4,target,T1,declared\n", 1, "T1:I1 T2:I2", "", &draw, &p);
	refuse(&p, "seat 0 0 I1 I2"); /* he sits at T2 */
	refuse(&p, "seat 0 0 I1 I4"); /* barred, and not drawn */
	refuse(&p, "seat 0 0 I1 I5"); /* I3 is drawn, and can */
	refuse(&p, "seat 0 0 I1 -");
	refuse(&p, "seat 0 0 I1 I1");
	apply(&p, "seat 0 0 I1 I3");
	assert_true(p.load[0] == 0 && p.load[1] == 1 && p.load[2] == 1);
	/* now none of the drawn can: I1 was taken out, I2 sits, I3 goes; of the others I4 is barred */
	refuse(&p, "seat 0 0 I1 I5"); /* I1 does not hold it any more */
	refuse(&p, "seat 0 0 I3 I1");
	refuse(&p, "seat 0 0 I3 I4");
	apply(&p, "seat 0 0 I3 I5");
	/* the third change leaves the seat empty, for good */
	refuse(&p, "seat 0 0 I5 I2");
	apply(&p, "seat 0 0 I5 -");
	expect_team(&p, 0, 0, NULL);
	refuse(&p, "seat 0 0 I5 -");
	assert_true(p.load[0] == 0 && p.load[1] == 1 && p.load[2] == 0 && p.load[3] == 0 && p.load[4] == 0);
	/* at the other place I1 and I3 are as free as if they had never sat */
	assert_true(places_next_inspector(&p, 1, 0) == 0 || places_next_inspector(&p, 1, 0) == 2);
	end(&scene, &draw, &p);
}

/* Scenario: nobody is left, so the seat is empty at once; without a limit of loads somebody is. */
static void
test_nobody_left(void **state)
{
	static const char conflicts[] = "I3,target,T1,declared\nI4,target,T1,declared\nI5,target,T1,declared\n";
	struct scene scene;
	struct draw draw;
	struct places p;

	(void)state;
	begin(&scene, conflicts, 1, "T1:I1 T2:I2", "", &draw, &p);
	refuse(&p, "seat 0 0 I1 I2");
	apply(&p, "seat 0 0 I1 -");
	expect_team(&p, 0, 0, NULL);
	end(&scene, &draw, &p);
	begin(&scene, conflicts, 2, "T1:I1 T2:I2", "", &draw, &p);
	refuse(&p, "seat 0 0 I1 -");
	apply(&p, "seat 0 0 I1 I2");
	assert_int_equal(p.load[1], 2);
	end(&scene, &draw, &p);
	begin(&scene, conflicts, 0, "T1:I1 T2:I2 U1:I2 U2:I2", "", &draw, &p);
	apply(&p, "seat 0 0 I1 I2");
	assert_int_equal(p.load[1], 4);
	end(&scene, &draw, &p);
}

/* Scenario: a reserve of its own stratum, in order, each once; then the place is empty, and counts for no load. */
static void
test_reserves(void **state)
{
	struct scene scene;
	struct draw draw;
	struct places p;

	(void)state;
	begin(&scene, "I1,target,T3,declared\n", 0, "T1:I1 T2:I2 U1:I1", "T3 T4 U2", &draw, &p);
	refuse(&p, "target 0 T1 T3"); /* I1 must not go there */
	refuse(&p, "target 0 T1 U2"); /* another stratum's */
	refuse(&p, "target 0 T1 -");
	refuse(&p, "target 0 T2 T4");
	p.v[0].visit = scene.slots[3];
	apply(&p, "target 0 T1 T4");
	assert_true(p.v[0].visit == scene.slots[3]); /* whatever T4's start is: the visit stays with the place */
	refuse(&p, "target 1 T2 T4");                /* it was placed */
	apply(&p, "target 1 T2 T3");
	refuse(&p, "target 0 T4 T3");
	apply(&p, "target 0 T4 -");
	expect_target(&p, 0, NULL);
	assert_true(p.load[0] == 1 && p.load[1] == 1);
	/* what was placed once is not placed again, though nothing holds it now */
	apply(&p, "target 1 T3 -");
	assert_true(p.load[0] == 1 && p.load[1] == 0);
	refuse(&p, "target 0 T4 -"); /* none concerns an empty place */
	refuse(&p, "seat 0 0 I1 I2");
	refuse(&p, "target 1 T3 -");
	apply(&p, "target 2 U1 U2");
	apply(&p, "target 2 U2 -");
	assert_int_equal(p.load[0], 0);
	end(&scene, &draw, &p);
}

/* Scenario: the stratum is that of the place's first target; an empty seat asks nothing of a target. */
static void
test_stratum_and_empty_seats(void **state)
{
	struct scene scene;
	struct draw draw;
	struct places p;

	(void)state;
	begin(&scene,
	    "I1,target,T2,declared\nI2,target,T1,declared\nI3,target,T1,declared\n"
	    "I4,target,T1,declared\nI5,target,T1,declared\n",
	    0, "T1:I1 U1:I2", "T2 T3 U2", &draw, &p);
	refuse(&p, "target 0 T1 T2"); /* while I1 sits there */
	apply(&p, "seat 0 0 I1 -");
	apply(&p, "target 0 T1 T2"); /* nobody is in its team now */
	refuse(&p, "seat 0 0 I1 -");
	apply(&p, "target 0 T2 T3");
	apply(&p, "target 0 T3 -");
	assert_int_equal(p.load[0], 0);
	end(&scene, &draw, &p);
}

/* Scenario: who was taken out of a place does not come back to it, on another seat neither; elsewhere he may. */
static void
test_taken_out(void **state)
{
	struct scene scene;
	struct draw draw;
	struct places p;
	struct err err = {0};
	struct amendment a = {0};

	(void)state;
	scene_rows(&scene, "T1,A,,,,1,2020-01-01,,in\nT2,A,,,,1,2020-01-01,,in\n",
	    "I1,,,,lead,in\nI2,,,,lead,in\nI3,,,,,in\nI4,,,,lead,in\n", "");
	scene_stratum(&scene, "A", 2);
	scene.commit.rules.team[0] = S("lead");
	scene.commit.rules.team[1] = S("any");
	scene.commit.rules.seats = 2;
	scene_draw(&scene, "T1:I1,I2 T2:I2,I3", "", "I1 I2 I3 I4", 3, &draw);
	assert_int_equal(places_new(&scene.input, &draw, &p, NULL), 0);
	refuse(&p, "seat 0 0 I1 I2"); /* he sits in this team */
	refuse(&p, "seat 0 0 I1 I3"); /* he does not fit */
	apply(&p, "seat 0 0 I1 I4");  /* so it is one of those not drawn */
	refuse(&p, "seat 0 1 I2 I1");
	refuse(&p, "seat 0 1 I2 I4");
	apply(&p, "seat 0 1 I2 I3");
	apply(&p, "seat 1 0 I2 I1"); /* he was not taken out of this one */
	apply(&p, "seat 0 0 I4 -");
	refuse(&p, "seat 0 2 I3 I1");
	refuse(&p, "seat 2 0 I3 I1");
	/* what is proposed is what is accepted */
	assert_int_equal(places_propose(&p, false, 1, 1, &a, &err), 0);
	assert_true(slice_is(a.out, "I3") && slice_is(a.in, "I4") && a.place == 1 && a.seat == 1 && !a.of_target);
	assert_int_equal(places_apply(&p, &a, &err), 0);
	assert_int_equal(places_propose(&p, false, 0, 0, &a, &err), ERR_REFUSED);
	assert_int_equal(places_propose(&p, false, 2, 0, &a, &err), ERR_REFUSED);
	assert_int_equal(places_propose(&p, false, 0, 2, &a, &err), ERR_REFUSED);
	assert_int_equal(places_propose(&p, true, UINT64_MAX, 0, &a, &err), ERR_REFUSED);
	assert_int_equal(places_propose(&p, false, 0, UINT64_MAX, &a, &err), ERR_REFUSED);
	assert_int_equal(places_propose(&p, true, 0, 7, &a, &err), 0); /* a target's amendment has no seat */
	assert_true(a.of_target && slice_is(a.out, "T1") && a.in.n == 0);
	end(&scene, &draw, &p);
}

/* Six inspectors of whom three are drawn, and visits at these slots; U1 and U2 are posts of one unit. */
static void
begin_visits(struct scene *scene, const char *conflicts, const char *chosen, const char *away, slot_t first,
    slot_t second, struct draw *draw, struct places *p)
{
	scene_rows(scene,
	    "T1,A,,,,1,2020-01-01,,in\nT2,A,,,,1,2020-01-01,,in\nT3,A,u,,,1,2020-01-01,,in\n"
	    "U1,A,u,,,1,2020-01-01,,in\nU2,A,u,,,1,2020-01-01,,in\n",
	    "I1,,,,a,in\nI2,,,,a,in\nI3,,,,a,in\nI4,,,,a,in\nI5,,,,a,in\nI6,,,,b,in\n", conflicts);
	scene_away(scene, away);
	scene_stratum(scene, "A", 2);
	scene->commit.rules.spacing = 180;
	scene_draw(scene, chosen, "T3", "I1 I2 I3 I4 I5 I6", 3, draw);
	assert_int_equal(places_new(&scene->input, draw, p, NULL), 0);
	p->v[0].visit = first;
	p->v[1].visit = second;
}

/* Scenario: whom the visit suits goes before whom it does not, drawn or not; among each the drawn go first. */
static void
test_groups(void **state)
{
	static const char only_4[] = "I5,target,T1,declared\nI6,target,T1,declared\n";
	static const char none_4[] = "I4,target,T1,declared\nI5,target,T1,declared\nI6,target,T1,declared\n";
	slot_t nine = slot_of(SCENE_DATE, 540);
	struct scene scene;
	struct draw draw;
	struct places p;

	(void)state;
	/* I2 is two hours away only, I3 is away that day: I4 comes before these, though he is not drawn */
	begin_visits(&scene, only_4, "T1:I1 T2:I2", "I3,2026-06-22\n", nine, nine + 120, &draw, &p);
	refuse(&p, "seat 0 0 I1 I2");
	refuse(&p, "seat 0 0 I1 I3");
	refuse(&p, "seat 0 0 I1 -");
	apply(&p, "seat 0 0 I1 I4");
	/* then the drawn whom it does not suit */
	assert_true(places_next_inspector(&p, 0, 0) == 1 || places_next_inspector(&p, 0, 0) == 2);
	end(&scene, &draw, &p);
	/* three hours are enough, before and after */
	for (int before = 0; before < 2; before++) {
		begin_visits(&scene, only_4, "T1:I1 T2:I2", "I3,2026-06-22\n", nine,
		    before == 0 ? nine + 180 : nine - 180, &draw, &p);
		apply(&p, "seat 0 0 I1 I2");
		end(&scene, &draw, &p);
		begin_visits(&scene, only_4, "T1:I1 T2:I2", "I3,2026-06-22\n", nine,
		    before == 0 ? nine + 179 : nine - 179, &draw, &p);
		apply(&p, "seat 0 0 I1 I4");
		end(&scene, &draw, &p);
	}
	/* away on another day is no matter; the busy one of the drawn goes after the free one */
	begin_visits(&scene, none_4, "T1:I1 T2:I2", "I3,2026-06-23\n", nine, nine, &draw, &p);
	apply(&p, "seat 0 0 I1 I3");
	apply(&p, "seat 0 0 I3 I2");
	end(&scene, &draw, &p);
	/* nobody suits: the drawn, then the others, as long as the rules let them */
	begin_visits(&scene, only_4, "T1:I1 T2:I2", "I2,2026-06-22\nI3,2026-06-22\nI4,2026-06-22\n", nine, nine + 1440,
	    &draw, &p);
	refuse(&p, "seat 0 0 I1 I4");
	assert_true(places_next_inspector(&p, 0, 0) == 1 || places_next_inspector(&p, 0, 0) == 2);
	end(&scene, &draw, &p);
}

/* Scenario: visits of one unit leave each other time, by what the places hold now; an empty place counts for nothing. */
static void
test_units_and_empty_places(void **state)
{
	static const char only_2[] = "I3,unit,u,declared\nI4,unit,u,declared\nI5,unit,u,declared\n"
	                             "I6,unit,u,declared\n";
	static const char only_4[] = "I3,target,T1,declared\nI5,target,T1,declared\nI6,target,T1,declared\n";
	slot_t nine = slot_of(SCENE_DATE, 540);
	struct scene scene;
	struct draw draw;
	struct places p;

	(void)state;
	begin_visits(&scene, only_2, "U1:I1 U2:I2", "", nine, nine + 60, &draw, &p);
	assert_int_equal(places_next_inspector(&p, 0, 0), 1);
	end(&scene, &draw, &p);
	/* of one unit both ways, so the one drawn goes first; of two, another who is not drawn does */
	begin_visits(&scene, "I3,unit,u,declared\n", "U1:I1 U2:I2", "", nine, nine + 60, &draw, &p);
	apply(&p, "seat 0 0 I1 I2");
	end(&scene, &draw, &p);
	begin_visits(&scene, only_4, "T1:I1 U2:I2", "", nine, nine + 60, &draw, &p);
	refuse(&p, "seat 0 0 I1 I2");
	apply(&p, "seat 0 0 I1 I4");
	end(&scene, &draw, &p);
	/* two places without a unit are not of one unit */
	begin_visits(&scene, only_4, "T1:I1 T2:I2", "", nine, nine, &draw, &p);
	apply(&p, "seat 0 0 I1 I4");
	end(&scene, &draw, &p);
	/* the place's target changes, and with it its unit */
	begin_visits(&scene, "I3,unit,u,declared\n", "T1:I1 U2:I2", "", nine, nine + 60, &draw, &p);
	assert_int_not_equal(places_next_inspector(&p, 0, 0), 1);
	apply(&p, "target 0 T1 T3");
	apply(&p, "seat 0 0 I1 I2");
	end(&scene, &draw, &p);
	/* I2's place becomes empty: he is free */
	begin_visits(&scene, only_4, "T1:I1 T2:I2", "", nine, nine, &draw, &p);
	apply(&p, "target 1 T2 T3");
	assert_int_not_equal(places_next_inspector(&p, 0, 0), 1);
	apply(&p, "target 1 T3 -");
	apply(&p, "seat 0 0 I1 I2");
	end(&scene, &draw, &p);
}

/* Scenario: a seat `own` is for whom the place's target asks for now; a new target is not refused for it. */
static void
test_own_seats(void **state)
{
	struct scene scene;
	struct draw draw;
	struct places p;

	(void)state;
	scene_rows(&scene, "T1,A,,,,a,1,2020-01-01,,,in\nT2,A,,,,b,1,2020-01-01,,,in\nT3,A,,,,,1,2020-01-01,,,in\n",
	    "I1,,,,a,in\nI2,,,,a,in\nI3,,,,b,in\nI4,,,,a,in\n", "");
	scene_stratum(&scene, "A", 1);
	scene.commit.rules.team[0] = S("own");
	scene_draw(&scene, "T1:I1", "T2 T3", "I1 I2 I3 I4", 3, &draw);
	assert_int_equal(places_new(&scene.input, &draw, &p, NULL), 0);
	refuse(&p, "seat 0 0 I1 I3");
	apply(&p, "seat 0 0 I1 I2");
	apply(&p, "target 0 T1 T2"); /* I2 has not what T2 needs, and goes nevertheless */
	refuse(&p, "seat 0 0 I2 I4");
	apply(&p, "seat 0 0 I2 I3");
	apply(&p, "target 0 T2 T3");
	end(&scene, &draw, &p);
}

/* The unstaffed have no place: places count the admitted. */
static void
test_places(void **state)
{
	struct scene scene;
	struct draw draw;
	struct places p;

	(void)state;
	begin(&scene, "", 0, "T1:- T2:I2 U1:- U2:I3", "", &draw, &p);
	assert_int_equal(p.n, 2);
	expect_target(&p, 0, "T2");
	expect_target(&p, 1, "U2");
	expect_team(&p, 0, 0, "I2");
	expect_team(&p, 1, 0, "I3");
	assert_true(p.v[0].stratum == 0 && p.v[1].stratum == 1);
	refuse(&p, "target 2 U2 -");
	end(&scene, &draw, &p);
	begin(&scene, "", 0, "T1:-", "T2", &draw, &p);
	assert_int_equal(p.n, 0);
	refuse(&p, "target 0 T1 T2");
	refuse(&p, "seat 0 0 I1 I2");
	end(&scene, &draw, &p);
}

/* ---- against a slow model ---- */

#define NOBODY (-1)

struct model {
	const struct scene *scene;
	const struct draw *draw;
	int target[8];      /* of each place, into the roster */
	slot_t visit[8];    /* as the draw gave it */
	bool of_class_a[8]; /* its first target was */
	int team[8][3];     /* into the roster */
	struct {
		int place, seat, inspector;
	} out[64]; /* every change of a seat: who was taken out */
	size_t n_out;
	int placed[16]; /* reserves that were placed, into the roster */
	size_t n_placed;
	size_t n_places;
};

static uint64_t
model_load(const struct model *m, int inspector)
{
	uint64_t load = 0;

	for (size_t i = 0; i < m->n_places; i++)
		for (size_t s = 0; s < m->draw->seats; s++)
			load += m->target[i] != NOBODY && m->team[i][s] == inspector;
	return load;
}

static bool
model_may_sit(const struct model *m, int place, size_t seat, int inspector)
{
	const struct rules *rules = &m->scene->commit.rules;

	if (!model_fits(m->scene, (uint32_t)m->target[place], (uint32_t)inspector, seat) ||
	    !model_lawful(m->scene, (uint32_t)m->target[place], (uint32_t)inspector))
		return false;
	for (size_t s = 0; s < m->draw->seats; s++)
		if (m->team[place][s] == inspector)
			return false;
	for (size_t i = 0; i < m->n_out; i++)
		if (m->out[i].place == place && m->out[i].inspector == inspector)
			return false;
	return rules->max_load == 0 || model_load(m, inspector) < rules->max_load;
}

static void
id_of(struct slice id, char out[static ID_MAX + 1])
{
	memcpy(out, id.p, id.n);
	out[id.n] = '\0';
}

/* pair(t, p) = H(seed || "pair/" || t || "/" || p) */
static void
model_pair(const struct model *m, int target, int inspector, char ret[static HASH_HEX + 1])
{
	char t[ID_MAX + 1], p[ID_MAX + 1];

	id_of(target_id(&m->scene->roster.targets[target]), t);
	id_of(inspector_id(&m->scene->roster.inspectors[inspector]), p);
	MODEL_HASH(ret, m->draw->seed, "pair/", t, "/", p);
}

/* Not away on that day, and no other place of his now that is too close and of another unit. */
static bool
model_suits(const struct model *m, int place, int inspector)
{
	const struct roster *roster = &m->scene->roster;
	slot_t visit = m->visit[place];

	for (size_t i = 0; i < roster->n_away; i++)
		if ((int)roster->away[i].inspector == inspector && roster->away[i].date == slot_date(visit))
			return false;
	for (size_t i = 0; i < m->n_places; i++) {
		slot_t apart = llabs(m->visit[i] - visit);
		struct slice unit;

		if ((int)i == place || m->target[i] == NOBODY || (uint64_t)apart >= m->scene->commit.rules.spacing)
			continue;
		unit = target_unit(&roster->targets[m->target[i]]);
		if (unit.n > 0 && slice_eq(unit, target_unit(&roster->targets[m->target[place]])))
			continue;
		for (size_t s = 0; s < m->draw->seats; s++)
			if (m->team[i][s] == inspector)
				return false;
	}
	return true;
}

static int
model_next_inspector(const struct model *m, int place, size_t seat)
{
	size_t changes = 0;
	int best = NOBODY;

	for (size_t i = 0; i < m->n_out; i++)
		changes += m->out[i].place == place && m->out[i].seat == (int)seat;
	if (changes == 2)
		return NOBODY;
	for (int group = 0; group < 4 && best == NOBODY; group++) {
		bool drawn = group % 2 == 0, suits = group < 2;
		char least[HASH_HEX + 1] = "g";

		for (size_t i = 0; i < m->draw->n_in; i++) {
			int p = (int)m->draw->order[i];
			char pair[HASH_HEX + 1];

			if ((i < m->draw->n_drawn) != drawn || model_suits(m, place, p) != suits ||
			    !model_may_sit(m, place, seat, p))
				continue;
			model_pair(m, m->target[place], p, pair);
			if (strcmp(pair, least) < 0) {
				memcpy(least, pair, sizeof least);
				best = p;
			}
		}
	}
	return best;
}

static int
model_next_target(const struct model *m, int place)
{
	for (size_t i = 0; i < m->draw->n_reserve; i++) {
		int t = (int)m->draw->reserve[i].target;
		bool may = slice_is(target_class(&m->scene->roster.targets[t]), "A") == m->of_class_a[place];

		for (size_t k = 0; k < m->n_placed; k++)
			may &= m->placed[k] != t;
		for (size_t s = 0; s < m->draw->seats; s++)
			if (m->team[place][s] != NOBODY)
				may &= model_lawful(m->scene, (uint32_t)t, (uint32_t)m->team[place][s]);
		if (may)
			return t;
	}
	return NOBODY;
}

/* What the places hold is what the model holds. */
static void
compare(const struct model *m, const struct places *p)
{
	for (size_t i = 0; i < m->n_places; i++) {
		assert_int_equal(p->v[i].target, m->target[i] == NOBODY ? AMEND_EMPTY : (uint32_t)m->target[i]);
		assert_true(p->v[i].visit == m->visit[i]);
		for (size_t s = 0; s < m->draw->seats && m->target[i] != NOBODY; s++) {
			uint32_t holder = p->team[i * m->draw->seats + s];

			assert_int_equal(holder == AMEND_EMPTY ? NOBODY : (int)m->draw->order[holder], m->team[i][s]);
		}
	}
	for (size_t i = 0; i < m->draw->n_in; i++)
		assert_int_equal(p->load[i], model_load(m, (int)m->draw->order[i]));
}

static struct slice
inspector_or_none(const struct scene *scene, int inspector)
{
	return inspector == NOBODY ? S("") : inspector_id(&scene->roster.inspectors[inspector]);
}

static struct slice
target_or_none(const struct scene *scene, int target)
{
	return target == NOBODY ? S("") : target_id(&scene->roster.targets[target]);
}

static void
amend_seat(struct model *m, struct places *p, int place, size_t seat)
{
	struct amendment a = {.place = (uint64_t)place, .seat = seat}, wrong;
	int holder = m->team[place][seat], next;
	struct err err = {0};

	if (m->target[place] == NOBODY || holder == NOBODY) {
		assert_int_equal(places_apply(p, &a, &err), ERR_REFUSED);
		return;
	}
	next = model_next_inspector(m, place, seat);
	a.out = inspector_or_none(m->scene, holder);
	a.in = inspector_or_none(m->scene, next);
	wrong = a;
	for (int i = NOBODY; i < (int)m->scene->roster.n_inspectors; i++) {
		wrong.in = inspector_or_none(m->scene, i);
		if (i != next)
			assert_int_equal(places_apply(p, &wrong, &err), ERR_REFUSED);
	}
	if (places_apply(p, &a, &err) != 0)
		fail_msg("place %d, seat %zu: %s", place, seat, err.message);
	m->out[m->n_out].place = place;
	m->out[m->n_out].seat = (int)seat;
	m->out[m->n_out++].inspector = holder;
	m->team[place][seat] = next;
}

static void
amend_target(struct model *m, struct places *p, int place)
{
	struct amendment a = {.place = (uint64_t)place, .of_target = true}, wrong;
	struct err err = {0};
	int next;

	if (m->target[place] == NOBODY) {
		assert_int_equal(places_apply(p, &a, &err), ERR_REFUSED);
		return;
	}
	next = model_next_target(m, place);
	a.out = target_or_none(m->scene, m->target[place]);
	a.in = target_or_none(m->scene, next);
	wrong = a;
	for (int i = NOBODY; i < (int)m->scene->roster.n_targets; i++) {
		wrong.in = target_or_none(m->scene, i);
		if (i != next)
			assert_int_equal(places_apply(p, &wrong, &err), ERR_REFUSED);
	}
	if (places_apply(p, &a, &err) != 0)
		fail_msg("place %d: %s", place, err.message);
	m->target[place] = next;
	if (next != NOBODY)
		m->placed[m->n_placed++] = next;
}

static void
random_rosters(struct scene *scene, struct support_random *random)
{
	static const char *const units[] = {"", "u", "v", "w"}, *const needs[] = {"", "lead", "fire"},
	                         *const tags[] = {"", "lead", "fire", "fire;lead"};
	struct buf targets, inspectors, conflicts;
	size_t n_inspectors = 4 + (size_t)support_random_below(random, 7);

	buf_init(&targets, 4096);
	buf_init(&inspectors, 4096);
	buf_init(&conflicts, 4096);
	for (int i = 10; i < 24; i++)
		buf_format(&targets, "T%d,%s,%s,,%d,%s,1,2020-01-01,,,in\n", i,
		    support_random_below(random, 2) == 0 ? "A" : "B", units[support_random_below(random, 4)],
		    (int)support_random_below(random, 3), needs[support_random_below(random, 3)]);
	for (size_t i = 10; i < 10 + n_inspectors; i++) {
		buf_format(&inspectors, "I%zu,%s,,%d,%s,%s\n", i, units[support_random_below(random, 4)],
		    (int)support_random_below(random, 4), tags[support_random_below(random, 4)],
		    support_random_below(random, 8) == 0 ? "excused" : "in");
		if (support_random_below(random, 3) == 0)
			buf_format(&conflicts, "I%zu,target,T%d,declared\n", i,
			    10 + (int)support_random_below(random, 14));
	}
	buf_byte(&targets, '\0');
	buf_byte(&inspectors, '\0');
	buf_byte(&conflicts, '\0');
	scene_rows(scene, targets.data, inspectors.data, conflicts.data);
	buf_release(&targets);
	buf_release(&inspectors);
	buf_release(&conflicts);
}

/* Two slots on each of a few days, and who is away on some. */
static void
random_slots(struct scene *scene, struct support_random *random)
{
	struct buf away;

	buf_init(&away, 1 << 16);
	scene->sealed.n_slots = 0;
	for (int32_t day = 0; day < 3; day++)
		for (int i = 0; i < 2; i++)
			scene->slots[scene->sealed.n_slots++] = slot_of(SCENE_DATE + day, 540 + 300 * i);
	for (size_t i = 0; i < scene->roster.n_inspectors; i++)
		for (int day = 0; day < 3; day++)
			if (support_random_below(random, 4) == 0)
				buf_format(&away, "%.*s,2026-06-%d\n",
				    SLICE_ARGS(inspector_id(&scene->roster.inspectors[i])), 22 + day);
	buf_byte(&away, '\0');
	scene_away(scene, away.data);
	buf_release(&away);
	scene->commit.rules.spacing = support_random_below(random, 4) * 200;
	scene->commit.rules.same_unit = support_random_below(random, 2) == 0;
}

static void
random_case(struct support_random *random)
{
	static const struct slice requirements[] = {S("any"), S("any"), S("lead"), S("own")};
	struct scene scene;
	struct draw draw;
	struct places p;
	struct model m;
	char secret[32];
	struct err err = {0};

	random_rosters(&scene, random);
	random_slots(&scene, random);
	scene_stratum(&scene, "A", 2);
	scene_stratum(&scene, "B", 1 + support_random_below(random, 2));
	scene.commit.rules.reserve = support_random_below(random, 5);
	scene.commit.rules.max_load = support_random_below(random, 4);
	scene.commit.rules.inspectors = support_random_below(random, 5);
	scene.commit.rules.slack = support_random_below(random, 2);
	scene.commit.rules.avoid_unit = support_random_below(random, 2) == 0;
	scene.commit.rules.has_level_gap = support_random_below(random, 3) == 0;
	scene.commit.rules.seats = 1 + (size_t)support_random_below(random, 3);
	for (size_t s = 0; s < scene.commit.rules.seats; s++)
		scene.commit.rules.team[s] = requirements[support_random_below(random, 4)];
	(void)snprintf(secret, sizeof secret, "%llu", (unsigned long long)support_random_next(random));
	scene.input.secret = slice_of(secret);
	if (draw_compute(&scene.input, &draw, &err) != 0 || places_new(&scene.input, &draw, &p, &err) != 0)
		fail_msg("%s", err.message);
	m = (struct model){.scene = &scene, .draw = &draw, .n_places = p.n};
	for (size_t i = 0; i < p.n; i++) {
		m.target[i] = (int)p.v[i].target;
		m.visit[i] = p.v[i].visit;
		m.of_class_a[i] = slice_is(target_class(&scene.roster.targets[p.v[i].target]), "A");
		for (size_t s = 0; s < draw.seats; s++)
			m.team[i][s] = (int)draw.order[p.team[i * draw.seats + s]];
	}
	compare(&m, &p);
	for (int i = 0; i < 30 && p.n > 0; i++) {
		int place = (int)support_random_below(random, p.n);

		if (support_random_below(random, 3) == 0)
			amend_target(&m, &p, place);
		else
			amend_seat(&m, &p, place, (size_t)support_random_below(random, draw.seats));
		compare(&m, &p);
	}
	places_release(&p);
	draw_release(&draw);
	scene_release(&scene);
}

static void
test_random_amendments(void **state)
{
	struct support_random random;

	(void)state;
	support_random_begin(&random);
	for (int i = 0; i < 1500; i++)
		random_case(&random);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_fields),
	    cmocka_unit_test(test_faults),
	    cmocka_unit_test(test_exactly_its_keys),
	    cmocka_unit_test(test_cut_and_continued),
	    cmocka_unit_test(test_the_examples_amendments),
	    cmocka_unit_test(test_hashes_of_amendments),
	    cmocka_unit_test(test_loads),
	    cmocka_unit_test(test_nobody_left),
	    cmocka_unit_test(test_reserves),
	    cmocka_unit_test(test_stratum_and_empty_seats),
	    cmocka_unit_test(test_taken_out),
	    cmocka_unit_test(test_groups),
	    cmocka_unit_test(test_units_and_empty_places),
	    cmocka_unit_test(test_own_seats),
	    cmocka_unit_test(test_places),
	    cmocka_unit_test(test_random_amendments),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
