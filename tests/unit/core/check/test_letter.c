/*
 * What a letter proves of its places: the example's hold against its directory, and say what was drawn and what it holds by
 * now; no byte of a line or a path may be another; one place and the last of a million; what is wrong is named, and what
 * is no letter refused.
 */
#include "memory_dir.h"
#include "scene.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/check/letter.h"
#include "core/check/verify.h"
#include "core/draw/place_line.h"
#include "core/format/merkle.h"
#include "core/format/places_letter.h"

#define PLACES 8

static struct memory_dir dir;
static struct scene scene;
static struct draw draw;
static struct merkle tree;
static struct slice vkey;

static size_t
chosen_of_place(size_t place)
{
	size_t i = 0;

	while (!draw.chosen[i].admitted || place-- > 0)
		i++;
	return i;
}

static void
put_proof(struct buf *out, size_t place)
{
	struct hash path[PLACE_PATH_MAX];
	struct buf line;

	buf_init(&line, 4096);
	place_line_write(&scene.input, &draw, place, chosen_of_place(place), &line);
	place_proof_put(out, place, buf_view(&line), path, merkle_audit_path(&tree, place, PLACES, path), PLACES);
	buf_release(&line);
}

/* The attachment for the places from `first` to `last`. */
static struct buf
attachment(size_t first, size_t last)
{
	struct buf out;

	buf_init(&out, PLACE_PROOFS_MAX);
	place_proofs_begin(&out, vkey, 1, scene.commit.origin);
	for (size_t place = first; place <= last; place++)
		put_proof(&out, place);
	place_proofs_end(&out);
	assert_false(out.failed);
	return out;
}

static struct buf
single(size_t place)
{
	struct buf out;

	buf_init(&out, PLACE_PROOFS_MAX);
	put_proof(&out, place);
	assert_false(out.failed);
	return out;
}

/* ---- against the directory ---- */

struct said {
	size_t n;
	enum check_state state;
	char detail[ERR_MESSAGE_BYTES]; /* of the first that is not ok, else of the last */
};

static void
on_check(void *ctx, uint64_t n, enum check check, enum check_state state, const char *detail)
{
	struct said *said = ctx;

	(void)n;
	if (check != CHECK_LETTER)
		return;
	if (said->n == 0 || said->state == CHECK_OK) {
		said->state = state;
		(void)snprintf(said->detail, sizeof said->detail, "%s", detail);
	}
	said->n++;
}

static struct said
verify(struct slice letter)
{
	struct published published = memory_dir_published(&dir, "");
	struct place_proofs proofs;
	struct verify_options options = {.letter = &proofs};
	struct said said = {.n = 0};
	struct report report = {.check = on_check, .ctx = &said};
	struct err err = {0};

	assert_int_equal(place_proofs_parse(letter, &proofs, &err), 0);
	assert_int_equal(verify_directory(&published, &options, &report, &err), 0);
	assert_int_equal(said.n, proofs.n);
	place_proofs_release(&proofs);
	return said;
}

static void
test_all_places_hold(void **state)
{
	struct buf letter = attachment(0, PLACES - 1);
	struct said said = verify(buf_view(&letter));

	(void)state;
	if (said.state != CHECK_OK)
		fail_msg("%s", said.detail);
	assert_int_equal(said.n, PLACES);
	buf_release(&letter);
	for (size_t place = 0; place < PLACES; place++) {
		char words[512], visit[SLOT_TEXT];
		size_t i = chosen_of_place(place);
		const uint32_t *team = &draw.team[i * draw.seats];

		slot_format(draw.chosen[i].visit, visit);
		visit[SLOT_DATE_TEXT] = ' ';
		(void)snprintf(words, sizeof words, "place %zu of draw 1: target %.*s on %s by %.*s", place,
		    SLICE_ARGS(target_id(&scene.roster.targets[draw.chosen[i].target])), visit,
		    SLICE_ARGS(inspector_id(&scene.roster.inspectors[draw.order[team[0]]])));
		letter = single(place);
		said = verify(buf_view(&letter));
		if (strstr(said.detail, words) != said.detail)
			fail_msg("%s", said.detail);
		assert_non_null(strstr(said.detail, ": in the public log since 20"));
		buf_release(&letter);
	}
}

/* The example's amendments changed some of its places. */
static void
test_amended_places(void **state)
{
	struct buf letter;
	size_t amended = 0;

	(void)state;
	for (size_t place = 0; place < PLACES; place++) {
		struct said said;

		letter = single(place);
		said = verify(buf_view(&letter));
		assert_int_equal(said.state, CHECK_OK);
		amended += strstr(said.detail, "; amended since: ") != NULL;
		buf_release(&letter);
	}
	assert_true(amended > 0 && amended < PLACES);
}

/* Whatever is changed, the letter is refused, or does not hold. */
static void
test_every_byte_counts(void **state)
{
	struct buf letter = attachment(1, 2);
	struct entry entry = {.type = ENTRY_DRAW};
	char root[HASH_HEX + 1];

	(void)state;
	assert_int_equal(place_lines_root(&scene.input, &draw, root, NULL), 0);
	entry.draw.places = slice_of(root);
	for (size_t at = 0; at < letter.len; at++)
		for (int bit = 0; bit < 8; bit++) {
			struct place_proofs proofs;
			bool holds = true;

			letter.data[at] ^= (char)(1 << bit);
			if (place_proofs_parse(buf_view(&letter), &proofs, NULL) == 0) {
				for (size_t i = 0; i < proofs.n; i++) {
					struct place_line line;

					holds = holds && slice_eq(proofs.v[i].key, vkey) &&
					    slice_eq(proofs.v[i].origin, scene.commit.origin) &&
					    place_line_parse(proofs.v[i].line, &line, NULL) == 0 &&
					    letter_place_check(&proofs, &proofs.v[i], &line, &entry, NULL) == 0;
				}
				if (holds)
					fail_msg("byte %zu, bit %d", at, bit);
				place_proofs_release(&proofs);
			}
			letter.data[at] ^= (char)(1 << bit);
		}
	buf_release(&letter);
}

static void
expect_no(struct slice letter, struct slice from, struct slice to, const char *words)
{
	struct slice changed = slice_with(letter, from, to);
	struct said said = verify(changed);

	if (said.state != CHECK_FAILED || strstr(said.detail, words) == NULL)
		fail_msg("%.*s: not \"%s\", but \"%s\"", SLICE_ARGS(to), words, said.detail);
	slice_free(changed);
}

static void
test_faults_are_named(void **state)
{
	struct buf letter = attachment(3, 3), one = single(0);
	struct slice it = buf_view(&letter);

	(void)state;
	expect_no(it, S("\"origin\":\""), S("\"origin\":\"x"), "it is of another log: x");
	expect_no(it, S(",\"n\":1,"), S(",\"n\":2,"), "the letter is of draw 2, the line of draw 1");
	expect_no(it, S("{\\\"n\\\":1,"), S("{\\\"n\\\":2,"), "the letter is of draw 1, the line of draw 2");
	expect_no(it, S("\"index\":3,"), S("\"index\":4,"), "the proof is for place 4, the line for place 3");
	expect_no(it, S("\"size\":8"), S("\"size\":9"), "place 3 of draw 1: the path does not lead to what the log");
	expect_no(it, S("\\\"place\\\":3,"), S("\\\"place\\\":3, "), "its line is not the canonical line of a place");
	expect_no(it, S("\\\"visit\\\":\\\"2"), S("\\\"visit\\\":\\\"3"), "place 3 of draw 1: the path");
	it = buf_view(&one);
	expect_no(it, S("{\\\"n\\\":1,"), S("{\\\"n\\\":2,"), "it is of draw 2, which was voided");
	expect_no(it, S("{\\\"n\\\":1,"), S("{\\\"n\\\":3,"), "place 0 of draw 3: the path");
	expect_no(it, S("{\\\"n\\\":1,"), S("{\\\"n\\\":99,"), "it is of draw 99, which is not in this directory");
	expect_no(it, S("{\\\"n\\\":1,"), S("{\\\"n\\\":0,"), "its line is not the canonical line of a place");
	buf_release(&letter);
	buf_release(&one);
}

static void
test_not_run_on_a_bad_directory(void **state)
{
	struct buf letter = single(0);

	(void)state;
	for (size_t i = 0; i < dir.n; i++) {
		struct memory_file *f = &dir.files[i];

		f->bytes[f->len / 2] ^= 1;
		assert_int_equal(verify(buf_view(&letter)).state, CHECK_NOT_RUN);
		f->bytes[f->len / 2] ^= 1;
	}
	assert_int_equal(verify(buf_view(&letter)).state, CHECK_OK);
	buf_release(&letter);
}

/* ---- sizes ---- */

static void
holds_at(uint64_t size, uint64_t index)
{
	struct hash path[PLACE_PATH_MAX], root;
	struct merkle many;
	struct place_proofs proofs;
	struct place_line line;
	struct entry entry = {.type = ENTRY_DRAW};
	struct err err = {0};
	char text[256], hex[HASH_HEX + 1];
	struct buf out;

	(void)snprintf(text, sizeof text,
	    "{\"n\":7,\"nonce\":\"%032d\",\"place\":%llu,\"target\":\"T1\",\"team\":[\"I1\"],\"visit\":\"2026-06-23T09:"
	    "00\"}",
	    7, (unsigned long long)index);
	merkle_init(&many);
	for (uint64_t i = 0; i < size; i++)
		assert_int_equal(merkle_add(&many, i == index ? hash_leaf(slice_of(text)) : (struct hash){{1}}, NULL),
		    0);
	root = merkle_prefix_root(&many, size);
	text_to_hex(root.b, HASH_BYTES, hex);
	entry.draw.places = slice_of(hex);
	buf_init(&out, PLACE_PROOFS_MAX);
	place_proof_put(&out, index, slice_of(text), path, merkle_audit_path(&many, index, size, path), size);
	assert_int_equal(place_proofs_parse(buf_view(&out), &proofs, &err), 0);
	assert_int_equal(proofs.n, 1);
	assert_int_equal(place_line_parse(proofs.v[0].line, &line, &err), 0);
	assert_int_equal(letter_place_check(&proofs, &proofs.v[0], &line, &entry, &err), 0);
	assert_int_equal(letter_place_check(&proofs, &proofs.v[0], &line, NULL, &err), ERR_REFUSED);
	assert_string_equal(err.message, "it is of draw 7, which is not drawn yet");
	place_proofs_release(&proofs);
	buf_release(&out);
	merkle_release(&many);
}

static void
test_one_place_and_the_last_of_a_million(void **state)
{
	(void)state;
	holds_at(1, 0);
	holds_at(CHOSEN_SEATS_MAX, CHOSEN_SEATS_MAX - 1);
	holds_at(CHOSEN_SEATS_MAX - 1, 524288);
}

/* ---- what a file may be ---- */

static int
parsed(struct slice text)
{
	struct place_proofs proofs = {.n = 0};
	struct err err = {0};
	struct slice copy = slice_copy(text);
	int rc = place_proofs_parse(copy, &proofs, &err), n = (int)proofs.n;

	place_proofs_release(&proofs);
	slice_free(copy);
	assert_true(rc == 0 || err.message[0] != '\0');
	return rc == 0 ? n : rc;
}

static void
refuse_fault(void *ctx, struct slice changed, struct slice without)
{
	(void)ctx;
	(void)without;
	assert_int_equal(parsed(changed), ERR_REFUSED);
}

static void
test_forms(void **state)
{
	struct buf letter = attachment(0, 2), one = single(5), both, out;
	struct slice huge = {calloc(1, PLACE_PROOFS_MAX + 1), PLACE_PROOFS_MAX + 1};

	(void)state;
	assert_non_null(huge.p);
	buf_init(&both, PLACE_PROOFS_MAX);
	buf_text(&both, "\r\n  ");
	buf_slice(&both, buf_view(&one));
	buf_text(&both, "\t\r\n\n");
	buf_slice(&both, buf_view(&letter));
	buf_text(&both, "\n");
	assert_int_equal(parsed(buf_view(&both)), 4);
	for (size_t n = 0; n < letter.len; n++)
		assert_int_equal(parsed((struct slice){letter.data, n}), ERR_REFUSED);
	letter.data[letter.len] = '\0';
	object_faults(letter.data, refuse_fault, NULL);
	buf_init(&out, 4096);
	place_proofs_begin(&out, vkey, 1, scene.commit.origin);
	place_proofs_end(&out);
	assert_int_equal(parsed(buf_view(&out)), ERR_REFUSED);
	assert_int_equal(parsed(S("")), ERR_REFUSED);
	assert_int_equal(parsed(S("{}")), ERR_REFUSED);
	assert_int_equal(parsed(S("null")), ERR_REFUSED);
	assert_int_equal(parsed(huge), ERR_LIMIT);
	buf_release(&out);
	buf_release(&both);
	buf_release(&one);
	buf_release(&letter);
	free((char *)huge.p);
}

/* ---- a saved letter ---- */

#define HEAD                                                                                                          \
	"From: a\r\nContent-Type: multipart/mixed; boundary=\"=_1\"\r\n\r\n--=_1\r\nContent-Type: text/plain\r\n\r\n" \
	"see places-1.json\r\n--=_1\r\n"

static bool
found(struct slice letter, const char *bytes)
{
	struct buf out;
	bool is;

	buf_init(&out, PLACE_PROOFS_MAX);
	assert_true(places_letter_is(letter));
	is = places_letter_find(letter, &out);
	assert_false(out.failed);
	assert_true(!is || slice_is(buf_view(&out), bytes));
	buf_release(&out);
	return is;
}

static void
test_a_saved_letter(void **state)
{
	(void)state;
	assert_true(found(S(HEAD "Content-Disposition: attachment;\r\n filename=\"places-0001-I1-20260623.json\"\r\n"
	                         "content-transfer-encoding: base64\r\n\r\neyJp\r\nIjox\r\nfQ==\r\n\r\n--=_1--\r\n"),
	    "{\"i\":1}"));
	assert_true(found(S("--b\nContent-Transfer-Encoding: base64\nX: places-1.json\n\neyJpIjoxfQ=="), "{\"i\":1}"));
	assert_false(
	    found(S(HEAD "Content-Disposition: attachment; filename=\"places-1.json\"\r\n\r\n{}\r\n--=_1--"), ""));
	assert_false(found(S(HEAD "Content-Disposition: attachment; filename=\"places-1.csv\"\r\n"
	                          "Content-Transfer-Encoding: base64\r\n\r\neyJpIjoxfQ==\r\n"),
	    ""));
	assert_false(found(S("--b\nContent-Transfer-Encoding: base64\nX: places-1.json\n\n*"), ""));
	assert_false(found(S("--b\nContent-Transfer-Encoding: base64\nX: places-1.json\n"), ""));
	assert_false(found(S("x"), ""));
	assert_false(places_letter_is(S(" \r\n{")));
	assert_false(places_letter_is(S("")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_all_places_hold),
	    cmocka_unit_test(test_amended_places),
	    cmocka_unit_test(test_every_byte_counts),
	    cmocka_unit_test(test_faults_are_named),
	    cmocka_unit_test(test_not_run_on_a_bad_directory),
	    cmocka_unit_test(test_one_place_and_the_last_of_a_million),
	    cmocka_unit_test(test_forms),
	    cmocka_unit_test(test_a_saved_letter),
	};
	char *text;
	int failed;

	if (sodium_init() < 0)
		return 1;
	memory_dir_load(&dir, "example");
	text = support_read("example/vkey", &vkey.n);
	vkey = (struct slice){text, vkey.n - 1};
	scene_example(&scene);
	if (draw_compute(&scene.input, &draw, NULL) != 0 || place_lines_tree(&scene.input, &draw, &tree, NULL) != 0)
		return 1;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	merkle_release(&tree);
	draw_release(&draw);
	scene_release(&scene);
	memory_dir_release(&dir);
	free(text);
	return failed;
}
