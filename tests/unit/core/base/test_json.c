/*
 * Canonical JSON (PROTOCOL 2): a small object read and written; whatever else says the same is refused.
 */
#include "scene.h"

#include <stdlib.h>

#include "core/base/json.h"

/* `flag` is there or not, as `level_gap` is in the rules. */
struct small {
	uint64_t list[8];
	size_t n_list;
	bool has_flag;
	int64_t flag;
	struct slice key;  /* escaped */
	struct slice name; /* escaped */
	struct slice plain;
};

static const char canonical[] = "{\"flag\":-7,\"list\":[0,1,20,9007199254740991],\"map\":{\"k\":\"v\"},"
                                "\"name\":\"a\\\"b\\\\c/é\",\"plain\":\"x y\"}";

static bool
small_read(struct slice text, struct small *ret)
{
	struct json_reader r;

	*ret = (struct small){.n_list = 0};
	json_open(&r, text);
	json_begin(&r, '{');
	ret->has_flag = json_has_key(&r, "flag");
	if (ret->has_flag)
		ret->flag = json_int(&r);
	json_key(&r, "list");
	json_begin(&r, '[');
	while (json_more(&r) && ret->n_list < 8)
		ret->list[ret->n_list++] = json_uint(&r);
	json_end(&r, ']');
	json_key(&r, "map");
	json_begin(&r, '{');
	json_key(&r, "k");
	ret->key = json_string(&r);
	json_end(&r, '}');
	json_key(&r, "name");
	ret->name = json_string(&r);
	json_key(&r, "plain");
	ret->plain = json_plain(&r);
	json_end(&r, '}');
	return json_done(&r);
}

static void
put_escaped(struct buf *out, const char *key, struct slice escaped)
{
	char plain[256];

	assert_true(escaped.n <= sizeof plain);
	buf_text(out, key);
	json_put_string(out, (struct slice){plain, json_unescape(escaped, plain)});
}

static void
small_write(const struct small *s, struct buf *out)
{
	buf_text(out, s->has_flag ? "{\"flag\":" : "{");
	if (s->has_flag) {
		buf_int(out, s->flag);
		buf_byte(out, ',');
	}
	buf_text(out, "\"list\":[");
	for (size_t i = 0; i < s->n_list; i++) {
		buf_text(out, i == 0 ? "" : ",");
		buf_uint(out, s->list[i]);
	}
	put_escaped(out, "],\"map\":{\"k\":", s->key);
	put_escaped(out, "},\"name\":", s->name);
	put_escaped(out, ",\"plain\":", s->plain);
	buf_byte(out, '}');
}

static bool
accepts(struct slice text)
{
	struct slice copy = slice_copy(text);
	struct small s;
	bool good = small_read(copy, &s);

	slice_free(copy);
	return good;
}

/* Read, and if it can be, written again: bytes have one form only. */
static void
check_one_form(struct slice text)
{
	struct slice copy = slice_copy(text);
	struct small s;

	if (small_read(copy, &s)) {
		struct buf out;

		buf_init(&out, 1024);
		small_write(&s, &out);
		assert_false(out.failed);
		if (!slice_eq(buf_view(&out), copy))
			fail_msg("\"%.*s\" passes, but is written \"%.*s\"", SLICE_ARGS(copy),
			    SLICE_ARGS(buf_view(&out)));
		buf_release(&out);
	}
	slice_free(copy);
}

static void
test_the_form(void **state)
{
	struct slice copy = slice_copy(S(canonical));
	struct small s;

	(void)state;
	assert_true(small_read(copy, &s));
	assert_true(s.has_flag && s.flag == -7);
	assert_int_equal(s.n_list, 4);
	assert_int_equal(s.list[2], 20);
	assert_int_equal(s.list[3], 9007199254740991);
	assert_true(slice_is(s.name, "a\\\"b\\\\c/é"));
	assert_true(slice_is(s.plain, "x y"));
	slice_free(copy);
	check_one_form(S(canonical));
	assert_true(accepts(S("{\"list\":[],\"map\":{\"k\":\"\"},\"name\":\"\",\"plain\":\"\"}")));
	check_one_form(S("{\"list\":[],\"map\":{\"k\":\"\"},\"name\":\"\",\"plain\":\"\"}"));
}

static void
test_other_forms(void **state)
{
	static const struct {
		struct slice from, to;
	} faults[] = {
	    /* integers */
	    {S("-7"), S("-07")},
	    {S("-7"), S("-0")},
	    {S("-7"), S("+7")},
	    {S("-7"), S("-7.0")},
	    {S("-7"), S("-7e0")},
	    {S("-7"), S("--7")},
	    {S("-7"), S("-")},
	    {S("-7"), S("")},
	    {S("-7"), S("null")},
	    {S("-7"), S("true")},
	    {S("-7"), S("\"-7\"")},
	    {S("-7"), S("-9007199254740992")},
	    {S("-7"), S("9007199254740992")},
	    {S("20"), S("020")},
	    {S("20"), S("20.0")},
	    {S("20"), S("1.0")},
	    {S("20"), S("2e1")},
	    {S("20"), S("1e3")},
	    {S("20"), S("2E1")},
	    {S("20"), S("-20")},
	    {S("20"), S("-0")},
	    {S("20"), S("01")},
	    {S("20"), S("0x14")},
	    {S("9007199254740991"), S("9007199254740992")},
	    {S("9007199254740991"), S("18446744073709551617")},
	    {S("20"), S("２０")},
	    {S("20"), S("2 0")},
	    {S("20"), S("2_0")},
	    {S("20"), S("NaN")},
	    /* lists and objects */
	    {S("[0,"), S("[,0,")},
	    {S("[0,"), S("[0,,")},
	    {S("991]"), S("991,]")},
	    {S("991]"), S("991")},
	    {S("991]"), S("991}")},
	    {S("991]"), S("991]]")},
	    {S("[0,1,"), S("[0 1,")},
	    {S("[0,"), S("[[0],")},
	    {S("\"v\"}"), S("\"v\",}")},
	    {S("\"v\"}"), S("\"v\"")},
	    {S("\"v\"}"), S("\"v\"]")},
	    {S("{\"k\""), S("{,\"k\"")},
	    {S("\"plain\":\"x y\"}"), S("\"plain\":\"x y\",}")},
	    /* keys */
	    {S("\"k\""), S("\"K\"")},
	    {S("\"k\""), S("k")},
	    {S("\"k\""), S("'k'")},
	    {S("\"k\":"), S("\"k\"")},
	    {S("\"k\":"), S("\"k\"=")},
	    {S("\"k\":"), S("\"\\u006b\":")},
	    {S("\"k\":\"v\""), S("")},
	    {S("\"k\":\"v\""), S("\"k\":\"v\",\"k\":\"v\"")},
	    {S("\"k\":\"v\""), S("\"k\":\"v\",\"l\":\"v\"")},
	    {S("\"k\":\"v\""), S("\"j\":\"v\",\"k\":\"v\"")},
	    {S("\"map\""), S("\"mapp\"")},
	    {S("\"map\""), S("\"ma\"")},
	    {S("\"map\":{\"k\":\"v\"},"), S("")},
	    {S("\"map\":{\"k\":\"v\"}"), S("\"map\":{}")},
	    {S("\"flag\":-7,"), S("\"flag\":-7,\"flag\":-7,")},
	    {S("{\"flag\":-7,\"list\":[0"), S("{\"list\":[0,\"flag\":-7")},
	    {S("\"map\":{\"k\":\"v\"},\"name\":\"a\\\"b\\\\c/é\""),
	        S("\"name\":\"a\\\"b\\\\c/é\",\"map\":{\"k\":\"v\"}")},
	    {S("\"plain\":\"x y\""), S("\"plain\":\"x y\",\"zero\":0")},
	    {S(",\"plain\":\"x y\""), S("")},
	    /* strings */
	    {S("c/é"), S("c\\/é")},
	    {S("c/é"), S("c/\\u00e9")},
	    {S("c/é"), S("c/\\u00E9")},
	    {S("c/é"), S("\\n")},
	    {S("c/é"), S("\\t")},
	    {S("c/é"), S("\\b")},
	    {S("c/é"), S("\\f")},
	    {S("c/é"), S("\\r")},
	    {S("c/é"), S("\\x41")},
	    {S("c/é"), S("\\u0063")},
	    {S("c/é"), S("\\U0063")},
	    {S("c/é"), S("\n")},
	    {S("c/é"), S("\t")},
	    {S("c/é"), S("\r")},
	    {S("c/é"), S("\0")},
	    {S("c/é"), S("\x1F")},
	    {S("c/é"), S("\x7F")},
	    {S("c/é"), S("\xC2\x80")},
	    {S("c/é"), S("\xC2\x9F")},
	    {S("c/é"), S("\xC0\xAF")},
	    {S("c/é"), S("\xED\xA0\x80")},
	    {S("c/é"), S("\xFF")},
	    {S("c/é"), S("\xC3")},
	    {S("c/é"), S("\"")},
	    {S("c/é"), S("\\")},
	    {S("\"v\""), S("v")},
	    {S("\"v\""), S("'v'")},
	    {S("\"v\""), S("\"v")},
	    {S("\"v\""), S("v\"")},
	    {S("\"v\""), S("1")},
	    {S("\"v\""), S("null")},
	    {S("x y"), S("x\\\\y")},
	    {S("x y"), S("x\\\"y")}, /* where no escapes are allowed */
	    /* the whole */
	    {S("{\"flag\""), S("\xEF\xBB\xBF{\"flag\"")},
	    {S("{\"flag\""), S("/**/{\"flag\"")},
	    {S("{\"flag\""), S("[\"flag\"")},
	};

	(void)state;
	for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
		struct slice text = slice_with(S(canonical), faults[i].from, faults[i].to);

		if (accepts(text))
			fail_msg("passes: %.*s", SLICE_ARGS(text));
		slice_free(text);
	}
}

static void
test_what_strings_may_hold(void **state)
{
	static const struct slice right[] = {S(" "), S("  "), S("\xC2\xA0"), S("，"), S("'"), S("/"), S("\\\\"),
	    S("\\\""), S("\xEF\xBB\xBF"), S("\xF4\x8F\xBF\xBF"), S("\xE2\x80\xA8"), S("<script>")};

	(void)state;
	for (size_t i = 0; i < sizeof right / sizeof right[0]; i++) {
		struct slice text = slice_with(S(canonical), S("c/é"), right[i]);

		assert_true(accepts(text));
		check_one_form(text);
		slice_free(text);
	}
}

/* No white space anywhere: of a place in a string a space is content, but a tab or a line's end is not either. */
static void
test_white_space(void **state)
{
	bool in_string = false;

	(void)state;
	for (size_t at = 0; at <= sizeof canonical - 1; at++) {
		static const char spaces[] = {' ', '\t', '\n', '\r', '\v', '\f', '\0'};

		for (size_t i = 0; i < sizeof spaces; i++) {
			char text[sizeof canonical];

			memcpy(text, canonical, at);
			text[at] = spaces[i];
			memcpy(text + at + 1, canonical + at, sizeof canonical - 1 - at);
			if (in_string && spaces[i] == ' ')
				continue;
			if (accepts((struct slice){text, sizeof text}))
				fail_msg("passes with byte %d at %zu", spaces[i], at);
		}
		if (canonical[at] == '"' && canonical[at - 1] != '\\')
			in_string = !in_string;
	}
	assert_false(in_string);
}

static void
test_cut_and_continued(void **state)
{
	char text[sizeof canonical];

	(void)state;
	for (size_t len = 0; len < sizeof canonical - 1; len++)
		if (accepts((struct slice){canonical, len}))
			fail_msg("passes cut after %zu bytes", len);
	memcpy(text, canonical, sizeof canonical);
	for (int c = 0; c < 256; c++) {
		text[sizeof canonical - 1] = (char)c;
		assert_false(accepts((struct slice){text, sizeof canonical}));
	}
	assert_false(accepts((struct slice){NULL, 0}));
}

/* Every byte in turn becomes every other. */
static void
test_every_changed_byte(void **state)
{
	char text[sizeof canonical];

	(void)state;
	for (size_t at = 0; at < sizeof canonical - 1; at++)
		for (int c = 0; c < 256; c++) {
			memcpy(text, canonical, sizeof canonical);
			text[at] = (char)c;
			check_one_form((struct slice){text, sizeof canonical - 1});
		}
}

static void
test_random_changes(void **state)
{
	static const char pieces[][8] = {"\"", "\\", ",", ":", "{", "}", "[", "]", "0", "-", "1", "\\u", "\\n", " ",
	    "é", "\xC2"};
	struct support_random random;

	(void)state;
	support_random_begin(&random);
	for (int round = 0; round < 50000; round++) {
		struct slice text = slice_copy(S(canonical));

		for (uint64_t n = 1 + support_random_below(&random, 3); n > 0; n--) {
			const char *piece = pieces[support_random_below(&random, sizeof pieces / sizeof pieces[0])];
			size_t at = (size_t)support_random_below(&random, text.n + 1), len = strlen(piece);
			size_t gone = (size_t)support_random_below(&random, text.n - at < 3 ? text.n - at + 1 : 3);
			char changed[256];

			memcpy(changed, text.p, at);
			memcpy(changed + at, piece, len);
			memcpy(changed + at + len, text.p + at + gone, text.n - at - gone);
			len += text.n - gone;
			slice_free(text);
			text = slice_copy((struct slice){changed, len});
		}
		check_one_form(text);
		slice_free(text);
	}
}

/* After the first fault nothing more is read, and nothing is well. */
static void
test_a_fault_sticks(void **state)
{
	struct json_reader r;

	(void)state;
	json_open(&r, S("{\"a\":x,\"b\":5,\"c\":\"s\",\"d\":[1]}"));
	json_begin(&r, '{');
	json_key(&r, "a");
	assert_int_equal(json_uint(&r), 0);
	assert_int_equal(json_offset(&r), 5);
	assert_false(json_has_key(&r, "b"));
	json_key(&r, "b");
	assert_int_equal(json_uint(&r), 0);
	assert_int_equal(json_int(&r), 0);
	assert_int_equal(json_string(&r).n, 0);
	assert_int_equal(json_plain(&r).n, 0);
	assert_false(json_more(&r));
	json_end(&r, '}');
	assert_int_equal(json_offset(&r), 5);
	assert_false(json_done(&r));
	json_open(&r, S("[[],1]")); /* also where what comes next would be right */
	json_begin(&r, '[');
	assert_int_equal(json_uint(&r), 0);
	json_begin(&r, '[');
	json_end(&r, ']');
	assert_int_equal(json_offset(&r), 1);
	assert_false(json_done(&r));
}

static void
test_a_key_that_may_be_absent(void **state)
{
	struct json_reader r;

	(void)state;
	json_open(&r, S("{\"a\":1,\"bc\":2}"));
	json_begin(&r, '{');
	assert_false(json_has_key(&r, "0"));
	assert_true(json_has_key(&r, "a"));
	assert_int_equal(json_uint(&r), 1);
	assert_false(json_done(&r));
	assert_false(json_has_key(&r, "b"));
	assert_true(json_has_key(&r, "bc"));
	assert_int_equal(json_uint(&r), 2);
	assert_false(json_has_key(&r, "d"));
	json_end(&r, '}');
	assert_true(json_done(&r));
}

/* What is written can be read, is what it was, and nothing is written past the buffer's maximum. */
static void
test_random_strings(void **state)
{
	struct support_random random;

	(void)state;
	support_random_begin(&random);
	for (int round = 0; round < 5000; round++) {
		static const char alphabet[] = "ab\\\"/ {}:,";
		char text[20], plain[40];
		size_t len = (size_t)support_random_below(&random, sizeof text), quoted = 2;
		struct json_reader r;
		struct slice read;
		struct buf out;

		for (size_t i = 0; i < len; i++) {
			text[i] = alphabet[support_random_below(&random, sizeof alphabet - 1)];
			quoted += text[i] == '\\' || text[i] == '"' ? 2 : 1;
		}
		buf_init(&out, quoted);
		json_put_string(&out, (struct slice){text, len});
		assert_false(out.failed);
		assert_int_equal(out.len, quoted);
		json_open(&r, buf_view(&out));
		read = json_string(&r);
		assert_true(json_done(&r));
		assert_true(slice_eq((struct slice){plain, json_unescape(read, plain)}, (struct slice){text, len}));
		buf_release(&out);
		buf_init(&out, quoted - 1);
		json_put_string(&out, (struct slice){text, len});
		assert_true(out.failed);
		buf_release(&out);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_the_form),
	    cmocka_unit_test(test_other_forms),
	    cmocka_unit_test(test_what_strings_may_hold),
	    cmocka_unit_test(test_white_space),
	    cmocka_unit_test(test_cut_and_continued),
	    cmocka_unit_test(test_every_changed_byte),
	    cmocka_unit_test(test_random_changes),
	    cmocka_unit_test(test_a_fault_sticks),
	    cmocka_unit_test(test_a_key_that_may_be_absent),
	    cmocka_unit_test(test_random_strings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
