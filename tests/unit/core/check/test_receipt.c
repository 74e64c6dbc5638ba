/*
 * Receipts (spotcheck(1)): those of tests/vectors/receipts hold against their directory, and say of each target what a
 * slow model says; with any byte changed one does not hold, and what is wrong with it is named.
 */
#include "memory_dir.h"
#include "scene.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/base/json.h"
#include "core/check/receipt.h"
#include "core/check/verify.h"
#include "core/draw/record.h"

#define TARGETS 9
#define DRAWS 2

/* Under sanitizers every 13th byte; the plain build changes every one. */
#ifdef __SANITIZE_ADDRESS__
#define STEP 13
#else
#define STEP 1
#endif

static struct memory_dir dir;

static char *
read_receipt(unsigned draw, unsigned target, struct slice *ret_bytes)
{
	char name[64];
	char *bytes;

	(void)snprintf(name, sizeof name, "receipts/%u-P%02u.json", draw, target);
	bytes = support_read(name, &ret_bytes->n);
	ret_bytes->p = bytes;
	return bytes;
}

struct said {
	enum check_state state;
	uint64_t n;
	char detail[ERR_MESSAGE_BYTES];
	bool any;
};

static void
on_check(void *ctx, uint64_t n, enum check check, enum check_state state, const char *detail)
{
	struct said *said = ctx;

	if (check != CHECK_RECEIPT)
		return;
	assert_false(said->any);
	said->any = true;
	said->n = n;
	said->state = state;
	(void)snprintf(said->detail, sizeof said->detail, "%s", detail);
}

static struct said
verify(struct slice receipt)
{
	struct published published = memory_dir_published(&dir, "");
	struct verify_options options = {.receipt = receipt};
	struct said said = {.n = 0};
	struct report report = {.check = on_check, .ctx = &said};
	struct err err = {0};

	assert_int_equal(verify_directory(&published, &options, &report, &err), 0);
	assert_true(said.any == (receipt.p != NULL));
	if (said.state == CHECK_FAILED)
		assert_int_equal(report.failures, 1);
	return said;
}

static void
test_all_hold(void **state)
{
	(void)state;
	assert_false(verify((struct slice){NULL, 0}).any);
	for (unsigned draw = 1; draw <= DRAWS; draw++)
		for (unsigned target = 1; target <= TARGETS; target++) {
			struct slice bytes;
			char *text = read_receipt(draw, target, &bytes);
			struct said said = verify(bytes);

			if (said.state != CHECK_OK)
				fail_msg("draw %u, P%02u: %s", draw, target, said.detail);
			assert_int_equal(said.n, draw);
			free(text);
		}
}

/* ---- what they say, by a model ---- */

/* Of targets.csv. */
enum { WEIGHT = 6, DRUM = 10, COLUMNS = 12 };

struct model {
	char id[8], class[8], drum[16], ticket[HASH_HEX + 1];
	unsigned weight;
	bool takes_part, late;
};

static void
model_read(unsigned draw, const char *seed, struct model v[static TARGETS])
{
	char name[64], *text, *line, *rest;
	size_t len;

	(void)snprintf(name, sizeof name, "receipts/public/draws/%04u/targets.csv", draw);
	text = support_read(name, &len);
	(void)strtok_r(text, "\n", &rest);
	for (size_t i = 0; i < TARGETS; i++) {
		struct model *m = &v[i];
		char *fields = line = strtok_r(NULL, "\n", &rest);
		char *column[COLUMNS];

		assert_non_null(line);
		for (size_t c = 0; c < COLUMNS; c++) {
			column[c] = strsep(&fields, ",");
			assert_non_null(column[c]);
		}
		*m = (struct model){.weight = (unsigned)strtoul(column[WEIGHT], NULL, 10),
		    .late = strcmp(column[DRUM], "in") == 0};
		m->takes_part = strcmp(column[DRUM], "rest") != 0 && strcmp(column[DRUM], "excused") != 0;
		(void)snprintf(m->id, sizeof m->id, "%s", column[0]);
		(void)snprintf(m->class, sizeof m->class, "%s", column[1]);
		(void)snprintf(m->drum, sizeof m->drum, "%s", column[DRUM]);
		for (unsigned slip = 1; m->takes_part && slip <= m->weight; slip++) {
			char number[8], hash[HASH_HEX + 1];

			(void)snprintf(number, sizeof number, "%u", slip);
			MODEL_HASH(hash, seed, "target/", m->id, "/", number);
			if (slip == 1 || strcmp(hash, m->ticket) < 0)
				memcpy(m->ticket, hash, sizeof hash);
		}
	}
	free(text);
}

/* The sample has strata of its own for A and D; B is of all others. */
static const char *
stratum_of(const struct model *m)
{
	return strcmp(m->class, "B") == 0 ? "*" : m->class;
}

static bool
before(const struct model *a, const struct model *b)
{
	return a->late != b->late ? b->late : strcmp(a->ticket, b->ticket) < 0;
}

static void
assert_as_model(const struct receipt *r, const struct model v[static TARGETS], unsigned target)
{
	const struct model *me = &v[target];
	uint64_t drum = 0, rank = 0;
	const char *lines[2] = {"", ""};

	assert_true(slice_is(r->class, stratum_of(me)));
	assert_string_equal(r->ticket, me->ticket);
	for (size_t i = 0; i < TARGETS; i++) {
		const struct model *m = &v[i];
		uint64_t at = 0;

		if (!m->takes_part || strcmp(stratum_of(m), stratum_of(me)) != 0)
			continue;
		drum++;
		rank += before(m, me);
		for (size_t k = 0; k < TARGETS; k++)
			at += v[k].takes_part && strcmp(stratum_of(&v[k]), stratum_of(me)) == 0 && before(&v[k], m);
		if (at < r->take && strcmp(m->ticket, lines[m->late]) > 0)
			lines[m->late] = m->ticket;
	}
	assert_int_equal(r->drum, drum);
	assert_string_equal(r->due, lines[0]);
	assert_string_equal(r->in, lines[1]);
	if (!me->takes_part || rank > r->take) /* the reserve is one */
		assert_int_equal(r->outcome, RECEIPT_NONE);
	else if (rank == r->take)
		assert_int_equal(r->outcome, RECEIPT_RESERVE);
	else /* for P08 there is no lawful team */
		assert_int_equal(r->outcome, strcmp(me->id, "P08") == 0 ? RECEIPT_UNSTAFFED : RECEIPT_SELECTED);
	assert_int_equal(r->reserve, r->outcome == RECEIPT_RESERVE);
}

static void
test_says_what_the_model_says(void **state)
{
	size_t outcomes[4] = {0}, out_of_drum = 0;

	(void)state;
	for (unsigned draw = 1; draw <= DRAWS; draw++)
		for (unsigned target = 1; target <= TARGETS; target++) {
			struct slice bytes;
			char *text = read_receipt(draw, target, &bytes);
			char seed[HASH_HEX + 1];
			struct model v[TARGETS];
			struct receipt r;
			struct buf again;

			assert_int_equal(receipt_parse(bytes, &r, NULL), 0);
			(void)snprintf(seed, sizeof seed, "%.*s", SLICE_ARGS(r.seed));
			model_read(draw, seed, v);
			assert_true(slice_is(receipt_id(&r), v[target - 1].id));
			assert_true(slice_is(receipt_drum(&r), v[target - 1].drum));
			assert_as_model(&r, v, target - 1);
			outcomes[r.outcome]++;
			out_of_drum += *r.ticket == '\0';
			buf_init(&again, RECEIPT_MAX);
			receipt_write(&r, &again);
			assert_true(slice_eq(buf_view(&again), bytes));
			buf_release(&again);
			receipt_release(&r);
			free(text);
		}
	for (size_t i = 0; i < 4; i++) /* the vectors show every case */
		assert_true(outcomes[i] > 0);
	assert_true(out_of_drum > 0);
}

/* ---- what is not so ---- */

static void
test_every_byte_counts(void **state)
{
	struct slice bytes;
	char *text = read_receipt(1, 2, &bytes);
	struct said said;

	(void)state;
	for (size_t at = 0; at < bytes.n; at += STEP) {
		char good = text[at];

		text[at] = (char)(good ^ (1 << at % 7));
		said = verify(bytes);
		if (said.state != CHECK_FAILED)
			fail_msg("byte %zu may be changed: %s", at, said.detail);
		text[at] = good;
	}
	for (size_t n = 0; n < bytes.n; n += STEP)
		assert_int_equal(verify((struct slice){text, n}).state, CHECK_FAILED);
	text[bytes.n] = '\n';
	assert_int_equal(verify((struct slice){text, bytes.n + 1}).state, CHECK_FAILED);
	free(text);
}

static void
expect_fault(unsigned draw, unsigned target, struct slice from, struct slice to, const char *words)
{
	struct slice bytes, changed;
	char *text = read_receipt(draw, target, &bytes);
	struct said said;

	changed = slice_with(bytes, from, to);
	said = verify(changed);
	if (said.state != CHECK_FAILED || strstr(said.detail, words) == NULL)
		fail_msg("%.*s: not \"%s\", but \"%s\"", SLICE_ARGS(to), words, said.detail);
	slice_free(changed);
	free(text);
}

static void
test_faults_are_named(void **state)
{
	static const char key[] = "\"origin\":\"spotcheck.example.org\"";

	(void)state;
	expect_fault(1, 1, S(key), S("\"origin\":\"another.example.org\""),
	    "it is of another log: another.example.org");
	expect_fault(1, 1, S("\"n\":1,"), S("\"n\":9,"), "it is of draw 9, which is not in this directory");
	expect_fault(1, 1, S("\"n\":1,"), S("\"n\":0,"), "the form of a receipt");
	expect_fault(1, 1, S("\"n\":1,"), S("\"n\":2,"), "its draw 2 is another");
	expect_fault(1, 1, S("\"n\":1,"), S("\"n\":3,"), "it is of draw 3, which was voided");
	expect_fault(1, 1, S("\"n\":1,"), S("\"n\":4,"), "it is of draw 4, which is still sealed, until 20");
	expect_fault(1, 1, S("\"index\":0,"), S("\"index\":1,"), "its row is not in the drum of draw 1");
	expect_fault(1, 1, S("\"index\":0,"), S("\"index\":9007199254740991,"), "its row is not in the drum of draw 1");
	expect_fault(1, 1, S("\"rows\":9,"), S("\"rows\":0,"), "its row is not in the drum of draw 1");
	expect_fault(1, 1, S("ed\",\"path\":["),
	    S("ed\",\"path\":[\""
	      "0000000000000000000000000000000000000000000000000000000000000000"
	      "\","),
	    "its row is not in the drum of draw 1");
	expect_fault(1, 1, S(",Post 1,"), S(",Post 2,"), "its private part hashes to");
	expect_fault(1, 1, S("id,class,unit,"), S("id,unit,class,"), "its header is not that of targets.csv");
	expect_fault(1, 1, S("\"outcome\":\"selected\""), S("\"outcome\":\"none\""), "the form of a receipt");
	expect_fault(1, 3, S("\"outcome\":\"none\""), S("\"outcome\":\"unstaffed\""),
	    "its outcome is another: that of P03 is \"none\"");
	expect_fault(1, 1, S("\"place\":{\"index\":"), S("\"place\":{\"index\":1"),
	    "its place is another: draw 1 has {\"index\":");
	expect_fault(1, 1, S("\\\"visit\\\":\\\"2"), S("\\\"visit\\\":\\\"3"), "its place is another");
	expect_fault(1, 4, S("\"reserve\":1,"), S("\"reserve\":2,"),
	    "its outcome is another: that of P04 is \"reserve\", number 1");
	expect_fault(1, 1, S("\"take\":2}"), S("\"take\":3}"), "the line of its class \"A\" was drawn elsewhere");
	expect_fault(2, 9, S("\"ticket\":\"\""),
	    S("\"ticket\":\""
	      "0000000000000000000000000000000000000000000000000000000000000000"
	      "\""),
	    "its ticket is another: draw 2 gives P09 \"\"");
	expect_fault(1, 1, S("\"v\":2}"), S("\"v\":1}"), "the form of a receipt");
}

/* A key's value of one receipt in another: each is the receipt of its own target and draw alone. */
static void
test_parts_of_another_target(void **state)
{
	static const struct {
		const char *key, *words;
	} parts[] = {{"\"path\":[", "its path does not lead"}, {"\"private\":{", "its private part hashes to"},
	    {"\"public\":{", "its path does not lead"}, {"\"ticket\":\"", "its ticket is another"}};
	struct slice mine, other;
	char *my_text = read_receipt(1, 1, &mine), *other_text = read_receipt(1, 2, &other);

	(void)state;
	for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
		const char *end = strchr(parts[i].key, '[') != NULL ? "],"
		    : strchr(parts[i].key, '{') != NULL             ? "\"},"
		                                                    : "\",";
		const char *from = strstr(my_text, parts[i].key), *to = strstr(other_text, parts[i].key);
		struct slice a = {from, (size_t)(strstr(from + strlen(parts[i].key), end) - from)};
		struct slice b = {to, (size_t)(strstr(to + strlen(parts[i].key), end) - to)};

		expect_fault(1, 1, a, b, parts[i].words);
	}
	free(my_text);
	free(other_text);
}

static void
test_too_large(void **state)
{
	struct slice huge = {calloc(1, RECEIPT_MAX + 1), RECEIPT_MAX + 1};
	struct err err = {0};
	struct receipt r;

	(void)state;
	assert_non_null(huge.p);
	assert_int_equal(receipt_parse(huge, &r, &err), ERR_LIMIT);
	assert_non_null(strstr(err.message, "no receipt"));
	huge.n--;
	assert_int_equal(receipt_parse(huge, &r, &err), ERR_REFUSED);
	free((char *)huge.p);
}

/* Nothing is said of a receipt where the directory is not good, of whichever draw. */
static void
test_not_run_on_a_bad_directory(void **state)
{
	struct slice bytes;
	char *text = read_receipt(1, 1, &bytes);

	(void)state;
	for (size_t i = 0; i < dir.n; i++) {
		struct memory_file *f = &dir.files[i];

		f->bytes[f->len / 2] ^= 1;
		assert_int_equal(verify(bytes).state, CHECK_NOT_RUN);
		f->bytes[f->len / 2] ^= 1;
	}
	assert_int_equal(verify(bytes).state, CHECK_OK);
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_all_hold),
	    cmocka_unit_test(test_says_what_the_model_says),
	    cmocka_unit_test(test_every_byte_counts),
	    cmocka_unit_test(test_faults_are_named),
	    cmocka_unit_test(test_parts_of_another_target),
	    cmocka_unit_test(test_too_large),
	    cmocka_unit_test(test_not_run_on_a_bad_directory),
	};
	int failed;

	if (sodium_init() < 0)
		return 1;
	memory_dir_load(&dir, "receipts/public");
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	memory_dir_release(&dir);
	return failed;
}
