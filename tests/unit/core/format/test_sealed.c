/*
 * sealed.json (PROTOCOL 3): one form, read and written.
 */
#include "scene.h"

#include <stdlib.h>

#include "core/format/sealed.h"

#define HEX64 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define HEX62 "23456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define NONCE "00112233445566778899aabbccddeeff"

static const char canonical[] =
    "{\"away\":{\"rows\":3,\"sha256\":\"00" HEX62 "\"},\"conflicts\":{\"rows\":9,\"sha256\":\"" HEX64 "\"},"
    "\"matters\":{\"from\":[\"duty\",\"leave\",\"office\"],\"take\":2},\"nonce\":\"" NONCE "\","
    "\"slots\":[\"2026-06-22T09:00\",\"2026-06-22T14:30\",\"2026-06-29T09:00\"],"
    "\"strata\":[{\"class\":\"A\\\\B\",\"drum\":30,\"slips\":34,\"take\":1},"
    "{\"class\":\"*\",\"drum\":31,\"slips\":35,\"take\":7}],\"v\":2}";

/* Parses a copy of exactly its length; what passes must be written as it was. */
static int
parse(struct slice text, struct err *err)
{
	struct slice copy = slice_copy(text);
	struct sealed sealed;
	struct buf out;
	int rc = sealed_parse(copy, &sealed, err);

	if (rc == 0) {
		buf_init(&out, 1 << 20);
		sealed_write(&sealed, &out);
		assert_false(out.failed);
		if (!slice_eq(buf_view(&out), copy))
			fail_msg("\"%.*s\"\nis written\n\"%.*s\"", (int)copy.n, copy.p, (int)out.len, out.data);
		buf_release(&out);
		sealed_release(&sealed);
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

static void
test_fields(void **state)
{
	struct sealed s;

	(void)state;
	expect(S(canonical), 0);
	assert_int_equal(sealed_parse(S(canonical), &s, NULL), 0);
	assert_true(s.away.rows == 3 && slice_is(s.away.sha256, "00" HEX62));
	assert_true(s.conflicts.rows == 9 && slice_is(s.conflicts.sha256, HEX64) && slice_is(s.nonce, NONCE));
	assert_int_equal(s.n_slots, 3);
	assert_true(s.slots[0] == slot_of(20626, 540) && s.slots[1] == slot_of(20626, 870));
	assert_int_equal(s.slots[2], slot_of(20633, 540));
	assert_int_equal(s.n_strata, 2);
	assert_true(slice_is(s.strata[0].class, "A\\B") && s.strata[0].drum == 30 && s.strata[0].slips == 34);
	assert_true(slice_is(s.strata[1].class, "*") && s.strata[0].take == 1 && s.strata[1].take == 7);
	assert_int_equal(sealed_chosen(&s), 8);
	assert_int_equal(s.n_matters, 3);
	assert_true(slice_is(s.matters[0], "duty") && slice_is(s.matters[2], "office") && s.take == 2);
	sealed_release(&s);
	assert_null(s.matters);
}

/* Its bytes are what the commitment names. */
static void
test_the_example(void **state)
{
	struct scene scene;
	char hex[HASH_HEX + 1];
	struct buf out;

	(void)state;
	scene_example(&scene);
	buf_init(&out, 4096);
	sealed_write(&scene.sealed, &out);
	hash_hex(buf_view(&out), hex);
	assert_true(slice_is(scene.commit.sealed, hex));
	buf_release(&out);
	scene_release(&scene);
}

struct change {
	const char *from;
	struct slice to;
};

static void
expect_all(const struct change *changes, size_t n, int right)
{
	for (size_t i = 0; i < n; i++) {
		struct slice text = slice_with(S(canonical), slice_of(changes[i].from), changes[i].to);

		expect(text, right);
		slice_free(text);
	}
}

static void
test_faults(void **state)
{
	static const char slots[] = "[\"2026-06-22T09:00\",\"2026-06-22T14:30\",\"2026-06-29T09:00\"]",
	                  from[] = "[\"duty\",\"leave\",\"office\"]";
	static const char rows[] = "\"rows\":9", take[] = "\"take\":2";
	const struct change wrong[] = {
	    {rows, S("\"rows\":-1")},
	    {rows, S("\"rows\":09")},
	    {rows, S("\"rows\":9.0")},
	    {rows, S("\"rows\":\"9\"")},
	    {rows, S("\"rows\":9007199254740992")},
	    {rows, S("\"rows\":")},
	    {rows, S("\"rows\":-0")},
	    {rows, S("\"rows\":null")},
	    {HEX64, S("")},
	    {HEX64, S(NONCE)},
	    {HEX64, S(HEX64 "0")},
	    {HEX64, S("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdeF")},
	    {slots, S("[]")},
	    {slots, S("[\"2026-06-23T09:00\",\"2026-06-22T09:00\"]")},
	    {slots, S("[\"2026-06-22T09:00\",\"2026-06-22T09:00\"]")},
	    {slots, S("[\"2026-06-31T09:00\"]")},
	    {slots, S("[\"2026-06-22\"]")},
	    {slots, S("[\"2026-06-22T24:00\"]")},
	    {slots, S("[20626]")},
	    {slots, S("[\"\"]")},
	    {slots, S("\"2026-06-22T09:00\"")},
	    {slots, S("[\"2026-06-22T09:00\",]")},
	    {slots, S("[,\"2026-06-22T09:00\"]")},
	    {slots, S("{}")},
	    {slots, S("[\"2026-06-22T00:00:00Z\"]")},
	    {slots, S("[\"2026-02-29T09:00\"]")},
	    {"\"drum\":30", S("\"drum\":-1")},
	    {"\"slips\":34", S("\"slips\":034")},
	    {"\"slips\":34", S("\"slips\":9007199254740992")},
	    {"\"take\":1}", S("\"take\":1")},
	    {"\"take\":1}", S("\"take\":-1}")},
	    {"\"take\":1}", S("\"take\":1,}")},
	    {"\"class\":\"*\"", S("\"class\":7")},
	    {"\"class\":\"*\"", S("\"class\":\"\\u002a\"")},
	    {"\"class\":\"*\"", S("\"class\":\"\\/\"")},
	    {from, S("[\"leave\",\"duty\"]")},
	    {from, S("[\"duty\",\"duty\"]")},
	    {from, S("[\"duty\",\"leave\",]")},
	    {from, S("[\"\",\"duty\",\"leave\"]")},
	    {from, S("[\"duty\",\"le ave\"]")},
	    {from, S("[\"duty\",\"离岗\"]")},
	    {from, S("[\"duty\",\"0123456789abcdef0123456789abcdef0\"]")},
	    {from, S("[\"duty\",2]")},
	    {from, S("[\"duty\"]")},
	    {from, S("[]")},
	    {from, S("\"duty\"")},
	    {take, S("\"take\":4")},
	    {take, S("\"take\":-1")},
	    {take, S("\"take\":02")},
	    {take, S("\"take\":9007199254740991")},
	    {take, S("\"take\":\"2\"")},
	    {NONCE, S("")},
	    {NONCE, S(NONCE "0")},
	    {NONCE, S("00112233445566778899aabbccddeef")},
	    {NONCE, S("00112233445566778899aabbccddeefF")},
	    {NONCE, S("00112233445566778899aabbccddeefg")},
	    {NONCE, S(HEX64)},
	    {"\"v\":2", S("\"v\":1")},
	    {"\"v\":2", S("\"v\":0")},
	    {"\"v\":2", S("\"v\":\"2\"")},
	    {"{\"away\"", S("\xEF\xBB\xBF{\"away\"")},
	};
	const struct change right[] = {
	    {rows, S("\"rows\":0")},
	    {rows, S("\"rows\":16777216")},
	    {slots, S("[\"0001-01-01T00:00\",\"9999-12-31T23:59\"]")},
	    {slots, S("[\"2028-02-29T12:00\"]")},
	    {"\"class\":\"A\\\\B\"", S("\"class\":\"\"")},
	    {from, S("[\"A\",\"a\",\"any\"]")},
	    {take, S("\"take\":0")},
	    {take, S("\"take\":3")},
	    {from, S("[\"0123456789ABCDEF0123456789abcdef\",\"1\",\"1.\",\"10\",\"1_\"]")},
	    {"\"from\":[\"duty\",\"leave\",\"office\"],\"take\":2", S("\"from\":[],\"take\":0")},
	};

	(void)state;
	expect_all(wrong, sizeof wrong / sizeof wrong[0], ERR_REFUSED);
	expect_all(right, sizeof right / sizeof right[0], 0);
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
	object_faults(canonical, expect_refused, NULL);
}

static void
test_cut_and_continued(void **state)
{
	char text[sizeof canonical];

	(void)state;
	for (size_t len = 0; len < sizeof canonical - 1; len++)
		expect((struct slice){canonical, len}, ERR_REFUSED);
	memcpy(text, canonical, sizeof canonical);
	for (int c = 0; c < 256; c++) {
		text[sizeof canonical - 1] = (char)c;
		expect((struct slice){text, sizeof canonical}, ERR_REFUSED);
	}
	for (size_t at = 0; at < sizeof canonical; at++) {
		memcpy(text, canonical, at);
		text[at] = '\n';
		memcpy(text + at + 1, canonical + at, sizeof canonical - 1 - at);
		expect((struct slice){text, sizeof canonical}, ERR_REFUSED);
	}
}

/* So many slots, an hour apart. */
static void
expect_slots(size_t n, int right)
{
	struct slice text;
	struct buf slots;
	char slot[SLOT_TEXT];

	buf_init(&slots, 1 << 16);
	for (size_t i = 0; i < n; i++) {
		slot_format(slot_of(20000, 0) + (slot_t)i * 60, slot);
		buf_format(&slots, "%s\"%s\"", i == 0 ? "" : ",", slot);
	}
	text = slice_with(S(canonical), S("\"2026-06-22T09:00\",\"2026-06-22T14:30\",\"2026-06-29T09:00\""),
	    buf_view(&slots));
	expect(text, right);
	slice_free(text);
	buf_release(&slots);
}

static void
test_limits(void **state)
{
	struct slice text;
	struct buf matters;
	const struct change above[] = {
	    {"\"rows\":9", S("\"rows\":16777217")},
	    {"\"rows\":3", S("\"rows\":16777217")},
	    {"\"drum\":30", S("\"drum\":16777217")},
	    {"\"take\":7", S("\"take\":16777217")},
	};

	(void)state;
	expect_all(above, sizeof above / sizeof above[0], ERR_LIMIT);
	expect_slots(2000, 0);
	expect_slots(2001, ERR_LIMIT);
	buf_init(&matters, 1 << 19);
	for (int i = 0; i < 50000; i++)
		buf_format(&matters, "%s\"%05d\"", i == 0 ? "" : ",", i);
	text = slice_with(S(canonical), S("\"duty\",\"leave\",\"office\""), buf_view(&matters));
	expect(text, 0);
	slice_free(text);
	buf_clear(&matters);
	for (int i = 0; i < 50000; i++) /* as short as elements can be */
		buf_text(&matters, "\"\",");
	text = slice_with(S(canonical), S("\"duty\",\"leave\",\"office\""), buf_view(&matters));
	expect(text, ERR_REFUSED);
	slice_free(text);
	buf_release(&matters);
}

/* Whatever passes is written as it was: `parse` says so. */
static void
test_random_changes(void **state)
{
	struct support_random random;
	struct err err = {0};
	size_t passed = 0;

	(void)state;
	support_random_begin(&random);
	for (int round = 0; round < 30000; round++) {
		struct slice text = slice_copy(S(canonical));

		slice_scribble(text, &random, "0123456789abcdefA{}[]:,\"\\-+. _");
		passed += parse(text, &err) == 0;
		slice_free(text);
	}
	assert_true(passed > 500);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_fields),
	    cmocka_unit_test(test_the_example),
	    cmocka_unit_test(test_faults),
	    cmocka_unit_test(test_exactly_its_keys),
	    cmocka_unit_test(test_cut_and_continued),
	    cmocka_unit_test(test_limits),
	    cmocka_unit_test(test_random_changes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
