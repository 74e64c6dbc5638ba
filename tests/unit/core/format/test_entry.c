/*
 * The log's entries (PROTOCOL 4): the example's, and for each type every field with what it must not be.
 */
#include "scene.h"

#include <stdlib.h>

#include "core/format/entry.h"

#define HEX64 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define HEX96 HEX64 "0123456789abcdef0123456789abcdef"
#define HEX128 HEX64 HEX64
#define LOG_KEY "spotcheck.example.org+76906848+Ac37rag65NSTsskiIQR22DQsAOFRrZIuTS4qimOpqo9f"
#define WITNESS_1 "witness1.example.org+b257552d+BPck7Ua4dLPhmJVWe2MJG+7FPf0ffZ5EmxoPjVCX221W"
#define WITNESS_2 "witness2.example.org+b145f9ab+BKy+WaxPX/wEDsJAcatzJiNxDizKK9cR8qgMYn7h9jEE"
#define LOG_AS_WITNESS "log.example.org+140011ed+BM37rag65NSTsskiIQR22DQsAOFRrZIuTS4qimOpqo9f"
#define SAME_NAME "witness2.example.org+09b85b27+BPck7Ua4dLPhmJVWe2MJG+7FPf0ffZ5EmxoPjVCX221W"
#define SAME_KEY "witness3.example.org+02094e0d+BKy+WaxPX/wEDsJAcatzJiNxDizKK9cR8qgMYn7h9jEE"
#define TIME "2026-06-21T01:00:00Z"

/* One of each form that an entry may have, canonical, with values that stand in it once. */
enum form {
	GENESIS,
	POLICY,
	CYCLE,
	COMMIT_DRAND,
	COMMIT_PUBLIC,
	COMMIT_WITNESS,
	COMMIT_NONE,
	DRAW_DRAND,
	DRAW_WITNESS,
	DRAW_PUBLIC,
	VOID,
	VOID_BEACON,
	VOID_PUBLIC,
	REVEAL,
	REVEAL_VOID,
	REVEAL_BEACON,
	AMEND,
	AMEND_BEFORE,
	ARCHIVE,
	N_FORMS
};

#define COMMIT(beacon)                                                                                                 \
	"{\"beacon\":" beacon ",\"chain\":2,\"changes\":{\"conflicts\":{\"added\":31,\"removed\":32},"                 \
	"\"inspectors\":{\"added\":33,\"changed\":34,\"removed\":35},\"previous\":5,\"targets\":{\"added\":36,"        \
	"\"changed\":37,\"removed\":38}},\"cycle\":\"after-holiday\",\"date\":\"2026-06-22\","                         \
	"\"draw_time\":\"2026-06-22T01:00:00Z\",\"excused\":{\"inspectors\":41,\"targets\":42},"                       \
	"\"files\":{\"inspectors.csv\":{\"root\":\"11" HEX62 "\",\"rows\":24,\"sha256\":\"12" HEX62 "\"},"             \
	"\"targets.csv\":{\"root\":\"13" HEX62 "\",\"rows\":400,\"sha256\":\"14" HEX62 "\"}},"                         \
	"\"link\":3,\"n\":7,\"origin\":\"log.example.org\",\"reveal_time\":\"2026-07-22T01:00:00Z\",\"rules\":{"       \
	"\"avoid\":[\"area\",\"unit\"],"                                                                               \
	"\"cover_days\":365,\"inspectors\":6,\"level_gap\":-1,\"max_load\":4,\"quiet_days\":180,\"reserve\":8,\"rest_" \
	"days\":90,"                                                                                                   \
	"\"rotate\":2,\"same_unit\":true,\"slack\":1,\"spacing\":185,\"team\":[\"lead\",\"any\"],\"timezone\":\"Asia/" \
	"Shanghai\"},"                                                                                                 \
	"\"sealed\":\"15" HEX62 "\","                                                                                  \
	"\"strata\":[{\"class\":\"A\",\"per_10000\":500},{\"class\":\"B\",\"count\":12},{\"class\":\"*\",\"per_"       \
	"10000\":1000}],"                                                                                              \
	"\"time\":\"" TIME "\",\"type\":\"commit\",\"v\":2}"
#define HEX62 "3456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0"

#define TAIL(type) "\"time\":\"" TIME "\",\"type\":\"" type "\",\"v\":2"
#define DRAW(beacon, signature)                                                                     \
	"{\"beacon\":\"" beacon "\",\"commit\":\"21" HEX62 "\",\"n\":7,\"places\":\"25" HEX62 "\"," \
	"\"record\":\"22" HEX62 "\"," signature TAIL("draw") "}"

static const char *const forms[N_FORMS] = {
    [GENESIS] =
        "{\"key\":\"" LOG_KEY "\",\"operator\":\"示例区监督检查室, \\\"B\\\"\","
        "\"origin\":\"spotcheck.example.org\"," TAIL("genesis") ","
                                                                "\"witnesses\":[\"" WITNESS_1 "\",\"" WITNESS_2 "\"]}",
    [POLICY] = "{\"reason\":\"one is gone\"," TAIL("policy") ",\"witnesses\":[\"" WITNESS_1 "\"]}",
    [CYCLE] = "{\"anchor\":\"" HEX64 "\",\"chain\":2,\"cycle\":\"after-holiday\",\"embargo_days\":30,\"length\":8,"
              "\"reason\":\"used up\",\"source\":\"drand\"," TAIL("cycle") "}",
    [COMMIT_DRAND] = COMMIT("{\"chain\":\"52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971\","
                            "\"round\":1000,\"source\":\"drand\"}"),
    [COMMIT_PUBLIC] =
        COMMIT("{\"count\":20,\"label\":\"ten-sided dice\",\"source\":\"public\",\"symbols\":\"0123456789\"}"),
    [COMMIT_WITNESS] = COMMIT("{\"key\":\"" WITNESS_1 "\",\"source\":\"witness\"}"),
    [COMMIT_NONE] = COMMIT("{\"source\":\"none\"}"),
    [DRAW_DRAND] = DRAW(HEX64, "\"signature\":\"" HEX96 "\","),
    [DRAW_WITNESS] = DRAW(HEX64, "\"signature\":\"" HEX128 "\","),
    [DRAW_PUBLIC] = DRAW("31415\\\"\\\\", ""),
    [VOID] = "{\"commit\":\"21" HEX62 "\",\"n\":7,\"reason\":\"beacon failed\"," TAIL("void") "}",
    [VOID_BEACON] = "{\"beacon\":\"" HEX64 "\",\"commit\":\"21" HEX62 "\",\"n\":7,\"reason\":\"out of date\","
                    "\"signature\":\"" HEX96 "\"," TAIL("void") "}",
    [VOID_PUBLIC] = "{\"beacon\":\"314\",\"commit\":\"21" HEX62 "\",\"n\":7,\"reason\":\"no team\"," TAIL("void") "}",
    [REVEAL] = "{\"n\":7,\"record\":\"22" HEX62 "\",\"secret\":\"23" HEX62 "\"," TAIL("reveal") "}",
    [REVEAL_VOID] = "{\"n\":7,\"record\":\"\",\"secret\":\"23" HEX62 "\"," TAIL("reveal") "}",
    [REVEAL_BEACON] = "{\"beacon\":\"" HEX64 "\",\"n\":7,\"record\":\"\",\"secret\":\"23" HEX62
                      "\",\"signature\":\"" HEX96 "\"," TAIL("reveal") "}",
    [AMEND_BEFORE] = "{\"amendment\":2,\"archive\":19,\"n\":7,\"sha256\":\"24" HEX62 "\"," TAIL("amend") "}",
    [ARCHIVE] = "{\"open\":[{\"amended\":\"26" HEX62 "\",\"n\":7},{\"amended\":\"27" HEX62
                "\",\"n\":12}],\"root\":\"28" HEX62 "\"," TAIL("archive") "}",
    [AMEND] = "{\"amendment\":2,\"n\":7,\"sha256\":\"24" HEX62 "\"," TAIL("amend") "}",
};

static const char *const type_words[N_FORMS] = {
    [GENESIS] = "genesis",
    [POLICY] = "policy",
    [CYCLE] = "cycle",
    [COMMIT_DRAND] = "commit",
    [COMMIT_PUBLIC] = "commit",
    [COMMIT_WITNESS] = "commit",
    [COMMIT_NONE] = "commit",
    [DRAW_DRAND] = "draw",
    [DRAW_WITNESS] = "draw",
    [DRAW_PUBLIC] = "draw",
    [VOID] = "void",
    [VOID_BEACON] = "void",
    [VOID_PUBLIC] = "void",
    [REVEAL] = "reveal",
    [REVEAL_VOID] = "reveal",
    [REVEAL_BEACON] = "reveal",
    [AMEND] = "amend",
    [AMEND_BEFORE] = "amend",
    [ARCHIVE] = "archive",
};

/* Parses a copy of exactly its length; what passes must be written as it was. */
static int
parse(struct slice text, struct err *err)
{
	struct slice copy = slice_copy(text);
	struct entry entry;
	struct buf out;
	int rc;

	memset(&entry, 0x5A, sizeof entry);
	rc = entry_parse(copy, &entry, err);
	if (rc == 0) {
		buf_init(&out, 2 * ENTRY_MAX);
		entry_write(&entry, &out);
		assert_false(out.failed);
		if (!slice_eq(buf_view(&out), copy))
			fail_msg("\"%.*s\"\nis written\n\"%.*s\"", (int)copy.n, copy.p, (int)out.len, out.data);
		buf_release(&out);
		entry_release(&entry);
	} else {
		for (size_t i = 0; i < sizeof entry; i++) /* untouched */
			assert_int_equal(((unsigned char *)&entry)[i], 0x5A);
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
		fail_msg("%d instead of %d (%s) for\n%.*s", rc, right, err.message,
		    (int)(text.n > 4000 ? 4000 : text.n), text.p);
}

static void
expect_with(enum form form, const char *from, struct slice to, int right)
{
	struct slice text = slice_with(slice_of(forms[form]), slice_of(from), to);

	expect(text, right);
	slice_free(text);
}

struct change {
	const char *from;
	struct slice to;
};

#define CHANGES(form, right, ...)                                                       \
	do {                                                                            \
		const struct change changes[] = {__VA_ARGS__};                          \
		for (size_t i_ = 0; i_ < sizeof changes / sizeof changes[0]; i_++)      \
			expect_with((form), changes[i_].from, changes[i_].to, (right)); \
	} while (0)

/* ---- what is right ---- */

/* The bundle is published: a length of two bytes, and the entry. */
static void
test_the_examples_log(void **state)
{
	size_t len, at = 0, n = 0;
	char *bundle = support_read("example/tile/entries/000.p/22", &len);
	struct err err = {0};

	(void)state;
	for (; at < len; n++) {
		struct slice text = {bundle + at + 2,
		    (size_t)((unsigned char)bundle[at] << 8 | (unsigned char)bundle[at + 1])};

		at += 2 + text.n;
		assert_true(at <= len);
		if (parse(text, &err) != 0)
			fail_msg("entry %zu: %s", n, err.message);
	}
	assert_int_equal(n, 22);
	free(bundle);
}

static void
test_every_form(void **state)
{
	struct entry e;

	(void)state;
	for (int form = 0; form < N_FORMS; form++) {
		expect(slice_of(forms[form]), 0);
		assert_int_equal(entry_parse(slice_of(forms[form]), &e, NULL), 0);
		assert_string_equal(entry_type_name(e.type), type_words[form]);
		assert_int_equal(e.time, 1782003600);
		entry_release(&e);
	}
}

/* A commitment's fields land where they belong. */
static void
test_fields_of_a_commitment(void **state)
{
	struct commit c;
	int64_t time;

	(void)state;
	assert_int_equal(commit_parse(slice_of(forms[COMMIT_DRAND]), &c, &time, NULL), 0);
	assert_int_equal(c.beacon.source, SOURCE_DRAND);
	assert_int_equal(c.beacon.round, 1000);
	assert_true(c.chain == 2 && c.link == 3 && c.n == 7);
	assert_true(c.changes.conflicts_added == 31 && c.changes.conflicts_removed == 32);
	assert_true(c.changes.inspectors_added == 33 && c.changes.inspectors_changed == 34);
	assert_true(c.changes.inspectors_removed == 35 && c.changes.previous == 5 && c.changes.targets_added == 36);
	assert_true(c.changes.targets_changed == 37 && c.changes.targets_removed == 38);
	assert_true(slice_is(c.cycle, "after-holiday"));
	assert_int_equal(c.date, 20626);
	assert_int_equal(c.draw_time, 1782090000);
	assert_int_equal(c.reveal_time, 1784682000);
	assert_int_equal(time, 1782003600);
	assert_true(c.excused_inspectors == 41 && c.excused_targets == 42);
	assert_true(slice_is(c.inspectors.root, "11" HEX62) && slice_is(c.inspectors.sha256, "12" HEX62));
	assert_true(slice_is(c.targets.root, "13" HEX62) && slice_is(c.targets.sha256, "14" HEX62));
	assert_true(c.inspectors.rows == 24 && c.targets.rows == 400);
	assert_true(c.rules.avoid_area && c.rules.avoid_unit && c.rules.has_level_gap && c.rules.level_gap == -1);
	assert_true(c.rules.cover_days == 365 && c.rules.inspectors == 6 && c.rules.max_load == 4);
	assert_true(c.rules.reserve == 8 && c.rules.rest_days == 90 && c.rules.rotate == 2 && c.rules.slack == 1);
	assert_true(c.rules.seats == 2 && slice_is(c.rules.team[0], "lead") && slice_is(c.rules.team[1], "any"));
	assert_true(slice_is(c.rules.timezone, "Asia/Shanghai") && slice_is(c.sealed, "15" HEX62));
	assert_int_equal(c.n_strata, 3);
	assert_true(slice_is(c.strata[0].class, "A") && c.strata[0].by_rate && c.strata[0].amount == 500);
	assert_true(c.rules.quiet_days == 180 && c.rules.same_unit && c.rules.spacing == 185);
	assert_true(slice_is(c.origin, "log.example.org"));
	assert_true(slice_is(c.strata[1].class, "B") && !c.strata[1].by_rate && c.strata[1].amount == 12);
	assert_true(slice_is(c.strata[2].class, "*") && c.strata[2].by_rate && c.strata[2].amount == 1000);
	commit_release(&c);
	assert_int_equal(commit_parse(slice_of(forms[CYCLE]), &c, NULL, NULL), ERR_REFUSED);
}

/* ---- what is the same for all ---- */

/* A key may go where PROTOCOL 4 says so, and only there. */
static void
expect_fault(void *ctx, struct slice changed, struct slice without)
{
	const char *form = ctx;
	bool may_go = slice_is(without, "level_gap") || slice_is(without, "archive") ||
	    (slice_is(without, "signature") && strstr(form, "\"type\":\"reveal\"") == NULL) ||
	    (slice_is(without, "beacon") && strstr(form, "\"n\":7,\"reason\":\"no team\"") != NULL);

	expect(changed, may_go ? 0 : ERR_REFUSED);
}

static void
test_exactly_their_keys(void **state)
{
	(void)state;
	for (int form = 0; form < N_FORMS; form++)
		object_faults(forms[form], expect_fault, (void *)forms[form]);
}

static void
test_cut_continued_and_spaced(void **state)
{
	(void)state;
	for (int form = 0; form < N_FORMS; form++) {
		size_t len = strlen(forms[form]);
		char *longer = malloc(len + 1);

		assert_non_null(longer);
		for (size_t cut = 0; cut < len; cut++)
			expect((struct slice){forms[form], cut}, ERR_REFUSED);
		memcpy(longer, forms[form], len);
		for (int c = 0; c < 256; c++) {
			longer[len] = (char)c;
			expect((struct slice){longer, len + 1}, ERR_REFUSED);
		}
		for (size_t at = 0; at <= len; at++) { /* a line's end is allowed nowhere */
			memcpy(longer, forms[form], at);
			longer[at] = '\n';
			memcpy(longer + at + 1, forms[form] + at, len - at);
			expect((struct slice){longer, len + 1}, ERR_REFUSED);
		}
		free(longer);
	}
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
	for (int round = 0; round < 60000; round++) {
		const char *form = forms[support_random_below(&random, N_FORMS)];
		struct slice text = slice_copy(slice_of(form));

		slice_scribble(text, &random, "0123456789abcdefABC{}[]:,\"\\-+. _");
		passed += parse(text, &err) == 0;
		slice_free(text);
	}
	assert_true(passed > 500);
}

static void
test_type_version_and_time(void **state)
{
	(void)state;
	for (int form = 0; form < N_FORMS; form++) {
		char type[32];

		/* another type's name with these keys, and names that are none */
		for (int other = 0; other < N_FORMS; other++) {
			struct buf from, to;

			buf_init(&from, 64);
			buf_init(&to, 64);
			buf_format(&from, "\"type\":\"%s\"", type_words[form]);
			buf_format(&to, "\"type\":\"%s\"", type_words[other]);
			memcpy(type, from.data, from.len);
			type[from.len] = '\0';
			expect_with((enum form)form, type, buf_view(&to),
			    strcmp(type_words[form], type_words[other]) == 0 ? 0 : ERR_REFUSED);
			buf_release(&from);
			buf_release(&to);
		}
		CHANGES((enum form)form, ERR_REFUSED, {type, S("\"type\":\"\"")}, {type, S("\"type\":\"checkpoint\"")},
		    {type, S("\"type\":\"Amend\"")}, {type, S("\"type\":null")}, {type, S("\"type\":3")},
		    {type, S("\"type\":\"a\\\\\"")}, {type, S("\"type\":[\"amend\"]")}, {"\"v\":2", S("\"v\":1")},
		    {"\"v\":2", S("\"v\":0")}, {"\"v\":2", S("\"v\":\"2\"")}, {"\"v\":2", S("\"v\":2.0")},
		    {"\"v\":2", S("\"v\":22")}, {"\"time\":\"" TIME, S("\"time\":\"2026-06-21T01:00:00")},
		    {"\"time\":\"" TIME, S("\"time\":\"2026-06-21T01:00:60Z")},
		    {"\"time\":\"" TIME, S("\"time\":\"2026-02-29T01:00:00Z")}, {"\"time\":\"" TIME, S("\"time\":\"")},
		    {"\"time\":\"" TIME, S("\"time\":\"2026-06-21")},
		    {"\"time\":\"" TIME, S("\"time\":\"2026-06-21T01:00:00+00:00")});
	}
}

/* What no hash, no text and no number may be, at each of their places. */

static void
wrong_hash(enum form form, const char *value)
{
	CHANGES(form, ERR_REFUSED, {value, S("")}, {value, S("0")},
	    {value, S("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcde")},
	    {value, S("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0")},
	    {value, S("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdeF")},
	    {value, S("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdeg")},
	    {value, S(" 123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef")}, {value, S(HEX96)});
}

static void
wrong_hash_but_empty(enum form form, const char *value)
{
	CHANGES(form, ERR_REFUSED, {value, S("0")},
	    {value, S("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcde")},
	    {value, S("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0")},
	    {value, S("0123456789ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef")}, {value, S(" ")});
}

/* `member` as it stands, `key` up to its colon: an unsigned integer. */
static void
wrong_number(enum form form, const char *member, const char *key)
{
	static const char *const values[] = {"", "-1", "-0", "01", "1.0", "1e3", "+1", "9007199254740992",
	    "18446744073709551617", "\"1\"", "null", "true", "[]", "１"};

	for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
		struct buf to;

		buf_init(&to, 256);
		buf_format(&to, "%s%s", key, values[i]);
		expect_with(form, member, buf_view(&to), ERR_REFUSED);
		buf_release(&to);
	}
}

/* A reason, label or operator. */
static void
wrong_reason(enum form form, const char *value)
{
	char longest[4 * TEXT_REASON_MAX];

	memset(longest, 'x', sizeof longest);
	expect_with(form, value, (struct slice){longest, TEXT_REASON_MAX}, 0);
	expect_with(form, value, (struct slice){longest, TEXT_REASON_MAX + 1}, ERR_REFUSED);
	expect_with(form, value, (struct slice){longest, sizeof longest}, ERR_REFUSED);
	memset(longest, '\\', sizeof longest); /* two characters of JSON are one byte of the reason */
	expect_with(form, value, (struct slice){longest, 2 * TEXT_REASON_MAX}, 0);
	expect_with(form, value, (struct slice){longest, 2 * TEXT_REASON_MAX + 2}, ERR_REFUSED);
	CHANGES(form, ERR_REFUSED, {value, S("a\nb")}, {value, S("a\\nb")},
	    {value,
	        S("a\xE2\x80\x8F"
	          "b")},
	    {value, S("\xEE\x80\x80")}, {value, S("\xC2\xA0")}, {value, S("\xC2\x85")}, {value, S("\xEF\xBB\xBF")},
	    {value, S("\xFF")}, {value, S("\x7F")}, {value, S("\\u0061")}, {value, S("\\/")}, {value, S("\"")},
	    {value, S("\\")});
	CHANGES(form, 0, {value, S("a, \\\"b\\\" \\\\ c/d")}, {value, S("理由：过期")}, {value, S("-")});
}

static void
wrong_id(enum form form, const char *value)
{
	CHANGES(form, ERR_REFUSED, {value, S("")}, {value, S("a b")}, {value, S("a,b")}, {value, S("a/b")},
	    {value, S("é")}, {value, S("0123456789abcdef0123456789abcdef0")}, {value, S("a\\\\b")});
	CHANGES(form, 0, {value, S("0123456789abcdef0123456789ABCDEF")}, {value, S("._-")}, {value, S("any")});
}

/* ---- type by type ---- */

static void
test_genesis(void **state)
{
	static const char key[] = LOG_KEY, first[] = WITNESS_1, both[] = "\"" WITNESS_1 "\",\"" WITNESS_2 "\"";

	(void)state;
	wrong_reason(GENESIS, "示例区监督检查室, \\\"B\\\"");
	/* a witness's key; another id, name, public key; base64 that is too short or not canonical */
	CHANGES(GENESIS, ERR_REFUSED, {key, S("")}, {key, S("spotcheck.example.org")}, {key, S(WITNESS_1)},
	    {key, S("spotcheck.example.org+76906849+Ac37rag65NSTsskiIQR22DQsAOFRrZIuTS4qimOpqo9f")},
	    {key, S("spotcheck.example.net+76906848+Ac37rag65NSTsskiIQR22DQsAOFRrZIuTS4qimOpqo9f")},
	    {key, S("spotcheck.example.org+76906848+Ac37rag65NSTsskiIQR22DQsAOFRrZIuTS4qimOpqo9g")},
	    {key, S("spotcheck.example.org+76906848+Ac37rag65NSTsskiIQR22DQsAOFRrZIuTS4qimOpqo9")},
	    {key, S("spotcheck.example.org+76906848+Ac37rag65NSTsskiIQR22DQsAOFRrZIuTS4qimOpqo9f=")},
	    {"\"origin\":\"spotcheck.example.org\"", S("\"origin\":\"\"")},
	    {"\"origin\":\"spotcheck.example.org\"", S("\"origin\":\"a b\"")},
	    {"\"origin\":\"spotcheck.example.org\"", S("\"origin\":\"a+b\"")},
	    {"\"origin\":\"spotcheck.example.org\"", S("\"origin\":7")});
	CHANGES(GENESIS, 0, {both, S("")}, {both, S("\"" WITNESS_2 "\",\"" WITNESS_1 "\"")},
	    {both, S("\"" WITNESS_2 "\"")},
	    {"\"origin\":\"spotcheck.example.org\"", S("\"origin\":\"another.example.org\"")});
	CHANGES(GENESIS, ERR_REFUSED, {first, S("")}, {first, S(WITNESS_2)}, /* the other one twice */
	    {first, S(LOG_KEY)}, {first, S(LOG_AS_WITNESS)}, {first, S(SAME_NAME)}, {first, S(SAME_KEY)},
	    {first, S("witness1.example.org+b257552e+BPck7Ua4dLPhmJVWe2MJG+7FPf0ffZ5EmxoPjVCX221W")},
	    {both, S("\"" WITNESS_1 "\",\"" WITNESS_1 "\"")}, {both, S("\"" WITNESS_1 "\",")},
	    {both, S(",\"" WITNESS_1 "\"")}, {both, S("[]")}, {both, S("7")},
	    {"[\"" WITNESS_1, S("[\"" WITNESS_2 "\",\"" WITNESS_1)});
}

static void
test_policy(void **state)
{
	static const char one[] = "\"" WITNESS_1 "\"";

	(void)state;
	wrong_reason(POLICY, "one is gone");
	CHANGES(POLICY, 0, {one, S("")}, {one, S("\"" WITNESS_2 "\",\"" WITNESS_1 "\"")}, {"one is gone", S("")});
	CHANGES(POLICY, ERR_REFUSED, {one, S("\"" WITNESS_1 "\",\"" WITNESS_1 "\"")}, {one, S("\"" LOG_KEY "\"")},
	    {one, S("\"witness1.example.org\"")});
}

static void
test_cycle(void **state)
{
	(void)state;
	wrong_hash(CYCLE, HEX64);
	wrong_number(CYCLE, "\"chain\":2", "\"chain\":");
	wrong_number(CYCLE, "\"embargo_days\":30", "\"embargo_days\":");
	wrong_number(CYCLE, "\"length\":8", "\"length\":");
	wrong_id(CYCLE, "after-holiday");
	wrong_reason(CYCLE, "used up");
	CHANGES(CYCLE, ERR_REFUSED, {"\"chain\":2", S("\"chain\":0")},
	    {"\"chain\":2", S("\"chain\":1")}, /* with a reason */
	    {"\"length\":8", S("\"length\":0")}, {"\"source\":\"drand\"", S("\"source\":\"dice\"")},
	    {"\"source\":\"drand\"", S("\"source\":\"\"")}, {"\"source\":\"drand\"", S("\"source\":\"Drand\"")});
	CHANGES(CYCLE, ERR_LIMIT, {"\"embargo_days\":30", S("\"embargo_days\":401")},
	    {"\"length\":8", S("\"length\":10001")}, {"\"length\":8", S("\"length\":9007199254740991")});
	CHANGES(CYCLE, 0, {"\"embargo_days\":30", S("\"embargo_days\":400")},
	    {"\"embargo_days\":30", S("\"embargo_days\":0")}, {"\"length\":8", S("\"length\":10000")},
	    {"\"length\":8", S("\"length\":1")}, {"\"reason\":\"used up\"", S("\"reason\":\"\"")},
	    {"\"chain\":2", S("\"chain\":9007199254740991")}, {"\"source\":\"drand\"", S("\"source\":\"none\"")},
	    {"\"source\":\"drand\"", S("\"source\":\"public\"")},
	    {"\"source\":\"drand\"", S("\"source\":\"witness\"")});
	/* a first chain has no reason */
	expect(S("{\"anchor\":\"" HEX64 "\",\"chain\":1,\"cycle\":\"a\",\"embargo_days\":30,\"length\":8,"
	         "\"reason\":\"\",\"source\":\"drand\",\"time\":\"" TIME "\",\"type\":\"cycle\",\"v\":2}"),
	    0);
}

static void
test_beacon(void **state)
{
	static const char chain[] = "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971";
	static const char symbols[] = "\"symbols\":\"0123456789\"", none[] = "{\"source\":\"none\"}";

	(void)state;
	wrong_hash(COMMIT_DRAND, chain);
	wrong_number(COMMIT_DRAND, "\"round\":1000", "\"round\":");
	CHANGES(COMMIT_DRAND, ERR_REFUSED,
	    {chain, S("8990e7a9aaed2ffed73dbd7092123d6f289930540d7651336225dc172e51b2ce")},
	    {"\"round\":1000", S("\"round\":0")}, {"\"source\":\"drand\"", S("\"source\":\"public\"")},
	    {"\"source\":\"drand\"", S("\"source\":\"none\"")});
	wrong_number(COMMIT_PUBLIC, "\"count\":20", "\"count\":");
	wrong_reason(COMMIT_PUBLIC, "ten-sided dice");
	CHANGES(COMMIT_PUBLIC, ERR_REFUSED, {symbols, S("\"symbols\":\"\"")}, {symbols, S("\"symbols\":\"10\"")},
	    {symbols, S("\"symbols\":\"00\"")}, {symbols, S("\"symbols\":\"0123456798\"")},
	    {symbols, S("\"symbols\":\" !\"")}, {symbols, S("\"symbols\":\"01é\"")},
	    {symbols, S("\"symbols\":\"}~\x7F\"")}, {symbols, S("\"symbols\":\"0\\n\"")},
	    {symbols, S("\"symbols\":\"\\\\[\"")}, {symbols, S("\"symbols\":\"#\\\"\"")},
	    {symbols, S("\"symbols\":[\"0\"]")}, {"\"source\":\"public\"", S("\"source\":\"drand\"")});
	CHANGES(COMMIT_PUBLIC, 0, {symbols, S("\"symbols\":\"01\"")}, {symbols, S("\"symbols\":\"!~\"")},
	    {symbols,
	        S("\"symbols\":\"!\\\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\\\]^_`"
	          "abcdefghijklmnopqrstuvwxyz{|}~\"")});
	CHANGES(COMMIT_WITNESS, ERR_REFUSED, {WITNESS_1, S(LOG_KEY)}, {WITNESS_1, S("")},
	    {WITNESS_1, S("witness1.example.org")}, {"\"source\":\"witness\"", S("\"source\":\"none\"")});
	CHANGES(COMMIT_NONE, ERR_REFUSED, {none, S("{}")}, {none, S("{\"source\":\"\"}")},
	    {none, S("{\"source\":\"drand\"}")}, {none, S("{\"source\":\"public\"}")}, {none, S("\"none\"")},
	    {none, S("null")}, {none, S("{\"round\":1,\"source\":\"none\"}")},
	    {none, S("{\"source\":\"none\",\"value\":\"\"}")});
}

static void
test_commit_numbers(void **state)
{
	static const char *const numbers[][2] = {{"\"chain\":2", "\"chain\":"}, {"\"added\":31", "\"added\":"},
	    {"\"removed\":32", "\"removed\":"}, {"\"added\":33", "\"added\":"}, {"\"changed\":34", "\"changed\":"},
	    {"\"removed\":35", "\"removed\":"}, {"\"previous\":5", "\"previous\":"}, {"\"added\":36", "\"added\":"},
	    {"\"changed\":37", "\"changed\":"}, {"\"removed\":38", "\"removed\":"},
	    {"\"inspectors\":41", "\"inspectors\":"}, {"\"targets\":42", "\"targets\":"}, {"\"rows\":24", "\"rows\":"},
	    {"\"rows\":400", "\"rows\":"}, {"\"link\":3", "\"link\":"}, {"\"n\":7", "\"n\":"},
	    {"\"cover_days\":365", "\"cover_days\":"}, {"\"inspectors\":6", "\"inspectors\":"},
	    {"\"max_load\":4", "\"max_load\":"}, {"\"reserve\":8", "\"reserve\":"},
	    {"\"rest_days\":90", "\"rest_days\":"}, {"\"rotate\":2", "\"rotate\":"}, {"\"slack\":1", "\"slack\":"},
	    {"\"quiet_days\":180", "\"quiet_days\":"}, {"\"spacing\":185", "\"spacing\":"},
	    {"\"per_10000\":500", "\"per_10000\":"}, {"\"count\":12", "\"count\":"}};

	(void)state;
	for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
		wrong_number(COMMIT_NONE, numbers[i][0], numbers[i][1]);
	CHANGES(COMMIT_NONE, ERR_REFUSED, {"\"chain\":2", S("\"chain\":0")}, {"\"link\":3", S("\"link\":0")},
	    {"\"n\":7", S("\"n\":0")}, {"\"per_10000\":500", S("\"per_10000\":10001")});
	CHANGES(COMMIT_NONE, ERR_LIMIT, {"\"link\":3", S("\"link\":10001")},
	    {"\"link\":3", S("\"link\":4503599627370496")}, {"\"rows\":24", S("\"rows\":16777217")},
	    {"\"rows\":400", S("\"rows\":16777217")}, {"\"rows\":400", S("\"rows\":9007199254740991")},
	    {"\"quiet_days\":180", S("\"quiet_days\":3651")}, {"\"spacing\":185", S("\"spacing\":10081")});
	CHANGES(COMMIT_NONE, ERR_REFUSED, {"\"same_unit\":true", S("\"same_unit\":1")},
	    {"\"same_unit\":true", S("\"same_unit\":\"true\"")}, {"\"same_unit\":true", S("\"same_unit\":True")},
	    {"\"same_unit\":true", S("\"same_unit\":")});
	CHANGES(COMMIT_NONE, 0, {"\"link\":3", S("\"link\":10000")}, {"\"rows\":24", S("\"rows\":16777216")},
	    {"\"rows\":400", S("\"rows\":16777216")}, {"\"rows\":400", S("\"rows\":0")},
	    {"\"same_unit\":true", S("\"same_unit\":false")}, {"\"quiet_days\":180", S("\"quiet_days\":3650")},
	    {"\"spacing\":185", S("\"spacing\":10080")}, {"\"per_10000\":500", S("\"per_10000\":10000")},
	    {"\"per_10000\":500", S("\"per_10000\":0")}, {"\"slack\":1", S("\"slack\":0")},
	    {"\"n\":7", S("\"n\":9007199254740991")}, {"\"cover_days\":365", S("\"cover_days\":9007199254740991")},
	    {"\"previous\":5", S("\"previous\":0")});
}

static void
test_commit_texts(void **state)
{
	static const char date[] = "\"date\":\"2026-06-22\"", draw_time[] = "\"draw_time\":\"2026-06-22T01:00:00Z\"";
	static const char reveal_time[] = "\"reveal_time\":\"2026-07-22T01:00:00Z\"";

	(void)state;
	wrong_hash(COMMIT_NONE, "11" HEX62);
	wrong_hash(COMMIT_NONE, "12" HEX62);
	wrong_hash(COMMIT_NONE, "13" HEX62);
	wrong_hash(COMMIT_NONE, "14" HEX62);
	wrong_hash(COMMIT_NONE, "15" HEX62);
	wrong_id(COMMIT_NONE, "after-holiday");
	CHANGES(COMMIT_NONE, ERR_REFUSED, {date, S("\"date\":\"2026-02-29\"")}, {date, S("\"date\":\"2026-6-22\"")},
	    {date, S("\"date\":\"\"")}, {date, S("\"date\":\"2026-06-22T01:00:00Z\"")}, {date, S("\"date\":20260622")},
	    {draw_time, S("\"draw_time\":\"2026-06-22\"")}, {draw_time, S("\"draw_time\":\"2026-06-31T01:00:00Z\"")},
	    {draw_time, S("\"draw_time\":\"2026-06-22T01:00:00\"")}, {draw_time, S("\"draw_time\":1782090000")},
	    {reveal_time, S("\"reveal_time\":\"2026-07-22T24:00:00Z\"")}, {reveal_time, S("\"reveal_time\":\"\"")},
	    {"Asia/Shanghai", S("")}, {"Asia/Shanghai", S("Asia Shanghai")}, {"Asia/Shanghai", S("../zone")},
	    {"Asia/Shanghai", S("亚洲")});
	CHANGES(COMMIT_NONE, 0, {"Asia/Shanghai", S("UTC")}, {"Asia/Shanghai", S("Etc/GMT-8")});
}

static void
test_rules(void **state)
{
	static const char avoid[] = "\"avoid\":[\"area\",\"unit\"]", gap[] = "\"level_gap\":-1",
	                  team[] = "[\"lead\",\"any\"]";

	(void)state;
	CHANGES(COMMIT_NONE, ERR_REFUSED, {avoid, S("\"avoid\":[\"unit\",\"area\"]")},
	    {avoid, S("\"avoid\":[\"area\",\"area\"]")}, {avoid, S("\"avoid\":[\"class\"]")},
	    {avoid, S("\"avoid\":[\"area\",\"id\",\"unit\"]")}, {avoid, S("\"avoid\":[\"\"]")},
	    {avoid, S("\"avoid\":[\"\",\"area\"]")}, {avoid, S("\"avoid\":\"area\"")},
	    {avoid, S("\"avoid\":[\"Area\"]")}, {avoid, S("\"avoid\":[\"area\",]")}, {avoid, S("\"avoid\":{}")});
	CHANGES(COMMIT_NONE, 0, {avoid, S("\"avoid\":[]")}, {avoid, S("\"avoid\":[\"area\"]")},
	    {avoid, S("\"avoid\":[\"unit\"]")});
	CHANGES(COMMIT_NONE, ERR_REFUSED, {gap, S("\"level_gap\":-0")}, {gap, S("\"level_gap\":01")},
	    {gap, S("\"level_gap\":-01")}, {gap, S("\"level_gap\":null")}, {gap, S("\"level_gap\":\"1\"")},
	    {gap, S("\"level_gap\":")}, {gap, S("\"level_gap\":1.0")}, {gap, S("\"level_gap\":9007199254740992")},
	    {gap, S("\"level_gap\":-9007199254740992")}, {gap, S("\"level_gap\":--1")});
	CHANGES(COMMIT_NONE, 0, {gap, S("\"level_gap\":0")}, {gap, S("\"level_gap\":999")},
	    {gap, S("\"level_gap\":-9007199254740991")}, {gap, S("\"level_gap\":9007199254740991")});
	CHANGES(COMMIT_NONE, ERR_REFUSED, {team, S("[]")}, {team, S("[\"\"]")}, {team, S("[\"lead any\"]")},
	    {team, S("[\"é\"]")}, {team, S("[\"0123456789abcdef0123456789abcdef0\"]")}, {team, S("\"lead\"")},
	    {team, S("[1]")}, {team, S("[\"any\",]")}, {team, S("[\"a;b\"]")});
	CHANGES(COMMIT_NONE, ERR_LIMIT, {team, S("[\"1\",\"2\",\"3\",\"4\",\"5\",\"6\",\"7\",\"8\",\"9\"]")},
	    {team, S("[\"1\",\"2\",\"3\",\"4\",\"5\",\"6\",\"7\",\"8\",\"9\",\"10\"]")});
	CHANGES(COMMIT_NONE, 0, {team, S("[\"any\"]")},
	    {team, S("[\"lead\",\"lead\"]")}, /* two seats may ask for the same */
	    {team, S("[\"0123456789abcdef0123456789ABCDEF\"]")},
	    {team, S("[\"1\",\"2\",\"3\",\"4\",\"5\",\"6\",\"7\",\"8\"]")});
}

static void
test_strata(void **state)
{
	static const char a[] = "{\"class\":\"A\",\"per_10000\":500}";
	static const char b[] = "{\"class\":\"B\",\"count\":12}", star[] = "{\"class\":\"*\",";
	static const struct slice both = S("{\"class\":\"A\",\"count\":1,\"per_10000\":500}");

	(void)state;
	CHANGES(COMMIT_NONE, ERR_REFUSED, {b, S("{\"class\":\"A\",\"count\":12}")},
	    {b, S("{\"class\":\"@\",\"count\":12}")}, {b, S("{\"class\":\"\",\"count\":12}")},
	    {b, S("{\"class\":\"*\",\"count\":12}")}, {star, S("{\"class\":\"AA\",")}, {star, S("{\"class\":\"B\",")},
	    {a, both}, {a, S("{\"class\":\"A\"}")}, {a, S("{\"class\":\"A\",\"drum\":3,\"per_10000\":500}")},
	    {a, S("{}")}, {a, S("")}, {a, S("[]")}, {"\"class\":\"A\"", S("\"class\":7")},
	    {"\"class\":\"A\"", S("\"class\":\"A \"")}, {"\"class\":\"A\"", S("\"class\":\"*\"")},
	    {"\"class\":\"A\"", S("\"class\":\"1  2\"")}, {"\"class\":\"A\"", S("\"class\":\"1,2\"")},
	    {"\"class\":\"A\"", S("\"class\":\"1\\\"\"")}, {"\"class\":\"A\"", S("\"class\":\"1\xC2\xA0\"")});
	CHANGES(COMMIT_NONE, 0, {star, S("{\"class\":\"C\",")}, {star, S("{\"class\":\"一\",")},
	    {star, S("{\"class\":\"\\\\\",")}, {"\"class\":\"A\"", S("\"class\":\"\"")},
	    {"\"class\":\"A\"", S("\"class\":\"!\"")}, {"\"class\":\"A\"", S("\"class\":\"**\"")},
	    {"\"class\":\"A\"", S("\"class\":\"'\"")});
}

static void
test_draw_and_void(void **state)
{
	static const enum form with_signature[] = {DRAW_DRAND, VOID_BEACON};

	(void)state;
	wrong_hash(DRAW_PUBLIC, "21" HEX62);
	wrong_hash(DRAW_PUBLIC, "22" HEX62);
	wrong_hash(DRAW_PUBLIC, "25" HEX62);
	wrong_number(DRAW_PUBLIC, "\"n\":7", "\"n\":");
	CHANGES(DRAW_PUBLIC, ERR_REFUSED, {"\"n\":7", S("\"n\":0")},
	    {"\"beacon\":\"31415\\\"\\\\\"", S("\"beacon\":31415")}, {"31415\\\"\\\\", S("3\n")},
	    {"31415\\\"\\\\", S("\xFF")}, {"31415\\\"\\\\", S("\\/")});
	CHANGES(DRAW_PUBLIC, 0, {"31415\\\"\\\\", S("")});
	for (size_t i = 0; i < 2; i++)
		CHANGES(with_signature[i], ERR_REFUSED, {HEX96, S("")}, {HEX96, S(HEX64)}, {HEX96, S(HEX96 "0")},
		    {HEX96, S(HEX96 "00")}, {HEX96, S("0" HEX128)}, {HEX96, S(HEX128 "00")},
		    {HEX96, S(HEX64 "0123456789abcdef0123456789abcdeF")},
		    {HEX96, S(HEX64 "0123456789abcdef0123456789abcde")});
	CHANGES(DRAW_WITNESS, ERR_REFUSED,
	    {HEX128, S(HEX64 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdeF")});
	wrong_hash(VOID, "21" HEX62);
	wrong_number(VOID, "\"n\":7", "\"n\":");
	wrong_reason(VOID, "beacon failed");
	CHANGES(VOID, ERR_REFUSED, {"\"n\":7", S("\"n\":0")},
	    {",\"time\"", S(",\"signature\":\"" HEX96 "\",\"time\"")});
	wrong_reason(VOID_BEACON, "out of date");
}

static void
test_reveal_and_amend(void **state)
{
	(void)state;
	wrong_number(REVEAL, "\"n\":7", "\"n\":");
	wrong_hash_but_empty(REVEAL, "22" HEX62);
	wrong_hash(REVEAL, "23" HEX62);
	CHANGES(REVEAL, ERR_REFUSED, {"\"n\":7", S("\"n\":0")}, {"\"22" HEX62 "\"", S("null")});
	CHANGES(REVEAL, 0, {"22" HEX62, S("")});
	wrong_number(AMEND, "\"amendment\":2", "\"amendment\":");
	wrong_number(AMEND, "\"n\":7", "\"n\":");
	wrong_hash(AMEND, "24" HEX62);
	wrong_number(AMEND_BEFORE, "\"archive\":19", "\"archive\":");
	CHANGES(AMEND_BEFORE, 0, {"\"archive\":19", S("\"archive\":0")});
	CHANGES(REVEAL_BEACON, ERR_REFUSED, {HEX96, S("")}, {HEX96, S(HEX64)}, {HEX96, S(HEX96 "0")});
	CHANGES(AMEND, ERR_REFUSED, {"\"n\":7", S("\"n\":0")}, {"\"amendment\":2", S("\"amendment\":0")});
}

static void
test_archive(void **state)
{
	static const char open[] = "[{\"amended\":\"26" HEX62 "\",\"n\":7},{\"amended\":\"27" HEX62 "\",\"n\":12}]";

	(void)state;
	wrong_hash(ARCHIVE, "26" HEX62);
	wrong_hash(ARCHIVE, "27" HEX62);
	wrong_hash(ARCHIVE, "28" HEX62);
	wrong_number(ARCHIVE, "\"n\":7", "\"n\":");
	CHANGES(ARCHIVE, 0, {open, S("[]")}, {"\"n\":7", S("\"n\":11")});
	CHANGES(ARCHIVE, ERR_REFUSED, {"\"n\":7", S("\"n\":12")}, {"\"n\":7", S("\"n\":13")}, {"\"n\":7", S("\"n\":0")},
	    {open, S("{}")}, {open, S("[{}]")}, {open, S("[7]")});
}

/* What is not an object, or nothing that has a type. */
static void
test_no_entries(void **state)
{
	static const struct slice texts[] = {S(""), S("{}"), S("[]"), S("null"), S("\"type\""), S("{\"type\"}"),
	    S("{\"type\":}"), S("{\"type\":\"amend\"}"), S("{\"a\":{\"type\":\"amend\"}}"), S("{\"a\":[[[[[[[["),
	    S("{\"a\":\"\\"), S("{\"a\":]]]}"), S("{\"a\"\"b\""), S("{:}"), S("{,}"), S("{\"a\":1 \"type\":\"amend\"}"),
	    S("{\"a\":\0,\"type\":\"amend\"}")};

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
		expect(texts[i], ERR_REFUSED);
}

static void
test_the_longest_entry(void **state)
{
	struct slice text;
	char *reason = malloc(70000);
	size_t rest = strlen(forms[DRAW_PUBLIC]) - 9; /* but for the beacon's value */

	(void)state;
	assert_non_null(reason);
	memset(reason, 'x', 70000);
	text = slice_with(slice_of(forms[DRAW_PUBLIC]), S("31415\\\"\\\\"), (struct slice){reason, 65535 - rest});
	assert_int_equal(text.n, 65535);
	expect(text, 0);
	slice_free(text);
	text = slice_with(slice_of(forms[DRAW_PUBLIC]), S("31415\\\"\\\\"), (struct slice){reason, 65536 - rest});
	expect(text, ERR_LIMIT);
	slice_free(text);
	free(reason);
}

/* ---- the beacon's numbers ---- */

/* N = ceil((draw_time - 1692803367) / 3) + 1, by its meaning: the first round that is not before draw_time. */
static void
test_drand_round(void **state)
{
	int64_t genesis = 1692803367;

	(void)state;
	assert_int_equal(drand_round(1692806364), 1000);
	assert_int_equal(drand_round(1692806362), 1000);
	assert_int_equal(drand_round(1692806361), 999);
	assert_int_equal(drand_round(1692806365), 1001);
	assert_int_equal(drand_round(genesis), 1);
	assert_int_equal(drand_round(genesis + 1), 2);
	assert_int_equal(drand_round(genesis + 3), 2);
	assert_int_equal(drand_round(genesis + 4), 3);
	assert_int_equal(drand_round(1696726800), 1307812); /* the example's second draw */
	for (int64_t time = genesis; time < genesis + 3000; time++) {
		uint64_t n = drand_round(time);

		assert_true(genesis + 3 * ((int64_t)n - 1) >= time);
		assert_true(genesis + 3 * ((int64_t)n - 2) < time);
	}
	/* ceil(-1/3) and ceil(-2/3) are 0, so the formula has round 1 for these too; before that there is none */
	assert_int_equal(drand_round(genesis - 1), 1);
	assert_int_equal(drand_round(genesis - 2), 1);
	assert_int_equal(drand_round(genesis - 3), 0);
	assert_int_equal(drand_round(0), 0);
	assert_int_equal(drand_round(-62135596800), 0);           /* the first and last times that can be written */
	assert_int_equal(drand_round(253402300799), 83903165812); /* (253402300799 - genesis + 2) / 3 + 1 */
}

static void
test_beacon_strength(void **state)
{
	static const struct {
		uint64_t symbols, count;
		bool strong;
	} cases[] = {
	    {2, 64, true},
	    {2, 63, false},
	    {4, 32, true},
	    {4, 31, false},
	    {16, 16, true},
	    {16, 15, false}, /* 2^64 exactly */
	    {3, 41, true},
	    {3, 40, false},
	    {10, 20, true},
	    {10, 19, false},
	    {6, 25, true},
	    {6, 24, false},
	    {49, 6, false},
	    {49, 11, false},
	    {49, 12, true},
	    {52, 12, true},
	    {94, 9, false},
	    {94, 10, true},
	    {94, 1, false},
	    {1, 64, false},
	    {1, 9007199254740991, false},
	    {0, 0, false},
	    {0, 64, false},
	    {2, 0, false},
	    {94, 0, false},
	    {2, 9007199254740991, true},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		assert_int_equal(beacon_strong(cases[i].symbols, cases[i].count), cases[i].strong);
}

static void
test_strata_that_cover(void **state)
{
	struct stratum strata[] = {{.class = S("")}, {.class = S("A")}, {.class = S("C")}, {.class = S("一")},
	    {.class = S("*")}};
	struct commit c = {.strata = strata, .n_strata = 5};
	struct stratum s = {.by_rate = true, .amount = 550};

	(void)state;
	assert_int_equal(commit_stratum(&c, S("")), 0);
	assert_int_equal(commit_stratum(&c, S("A")), 1);
	assert_int_equal(commit_stratum(&c, S("B")), 4);
	assert_int_equal(commit_stratum(&c, S("C")), 2);
	assert_int_equal(commit_stratum(&c, S("CC")), 4);
	assert_int_equal(commit_stratum(&c, S("一")), 3);
	c.n_strata = 4;
	assert_int_equal(commit_stratum(&c, S("B")), -1);
	assert_int_equal(commit_stratum(&c, S("一")), 3);
	c.n_strata = 0;
	assert_int_equal(commit_stratum(&c, S("A")), -1);
	/* ceil(drum * 550 / 10000), min(drum, count) */
	assert_int_equal(stratum_take(&s, 0), 0);
	assert_int_equal(stratum_take(&s, 1), 1);
	assert_int_equal(stratum_take(&s, 18), 1);
	assert_int_equal(stratum_take(&s, 19), 2);
	assert_int_equal(stratum_take(&s, 200), 11);
	assert_int_equal(stratum_take(&s, 201), 12);
	assert_int_equal(stratum_take(&s, 16777216), 922747);
	s.amount = 10000;
	assert_int_equal(stratum_take(&s, 16777216), 16777216);
	s.amount = 0;
	assert_int_equal(stratum_take(&s, 16777216), 0);
	s = (struct stratum){.amount = 12};
	assert_int_equal(stratum_take(&s, 11), 11);
	assert_int_equal(stratum_take(&s, 12), 12);
	assert_int_equal(stratum_take(&s, 13), 12);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_the_examples_log),
	    cmocka_unit_test(test_every_form),
	    cmocka_unit_test(test_fields_of_a_commitment),
	    cmocka_unit_test(test_exactly_their_keys),
	    cmocka_unit_test(test_cut_continued_and_spaced),
	    cmocka_unit_test(test_random_changes),
	    cmocka_unit_test(test_type_version_and_time),
	    cmocka_unit_test(test_genesis),
	    cmocka_unit_test(test_policy),
	    cmocka_unit_test(test_cycle),
	    cmocka_unit_test(test_beacon),
	    cmocka_unit_test(test_commit_numbers),
	    cmocka_unit_test(test_commit_texts),
	    cmocka_unit_test(test_rules),
	    cmocka_unit_test(test_strata),
	    cmocka_unit_test(test_draw_and_void),
	    cmocka_unit_test(test_reveal_and_amend),
	    cmocka_unit_test(test_archive),
	    cmocka_unit_test(test_no_entries),
	    cmocka_unit_test(test_the_longest_entry),
	    cmocka_unit_test(test_drand_round),
	    cmocka_unit_test(test_beacon_strength),
	    cmocka_unit_test(test_strata_that_cover),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
