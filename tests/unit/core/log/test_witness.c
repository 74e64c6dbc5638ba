/*
 * What a log and its witness say to each other: each situation has the status that C2SP tlog-witness gives it, and
 * whatever is done to a request, nothing but what the log signed is ever cosigned.
 */
#include "witness_scene.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/log/beacon.h"

#define STRANGER "stranger.example.org"
#define ERRORS 1000 /* bit errors in each request */

static struct witness_scene scene;

static int
set_up(void **state)
{
	(void)state;
	return witness_scene_make(&scene);
}

static int
tear_down(void **state)
{
	(void)state;
	witness_scene_release(&scene);
	return 0;
}

static struct witness_log
log_of(const struct merkle *m, uint64_t size)
{
	struct witness_log log = {.vkey = slice_of(scene.log_vkey), .size = size};

	if (size > 0)
		log.root = merkle_prefix_root(m, size);
	return log;
}

static enum witness_answer
judge(struct slice body, const struct witness_log *log)
{
	struct witness_request *r = malloc(sizeof *r);
	struct err err = {.code = 0};
	enum witness_answer answer;

	assert_non_null(r);
	answer = witness_request_parse(body, r, &err) == 0 ? witness_judge(r, log, &err) : WITNESS_BAD_REQUEST;
	assert_true((answer == WITNESS_YES) == (err.message[0] == '\0'));
	free(r);
	return answer;
}

/* ---- add-checkpoint ---- */

static void
test_requests_there_and_back(void **state)
{
	static const size_t lengths[] = {0, 1, 2, 62, 63};
	struct buf note = witness_scene_note(7, hash_of("7", 1), scene.log_secret);

	(void)state;
	for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
		struct witness_request *r = malloc(sizeof *r);
		struct hash proof[WITNESS_PROOF_MAX];
		struct buf body;

		assert_non_null(r);
		for (size_t j = 0; j < lengths[i]; j++)
			proof[j] = hash_of(&j, sizeof j);
		buf_init(&body, WITNESS_BODY_MAX);
		witness_request_write(i * 1000003, proof, lengths[i], buf_view(&note), &body);
		assert_int_equal(witness_request_parse(buf_view(&body), r, NULL), 0);
		assert_int_equal(r->old, i * 1000003);
		assert_int_equal(r->n_proof, lengths[i]);
		assert_memory_equal(r->proof, proof, lengths[i] * sizeof *proof);
		assert_true(slice_eq(r->bytes, buf_view(&note)));
		assert_true(slice_is(r->checkpoint.origin, WITNESS_ORIGIN));
		assert_int_equal(r->checkpoint.size, 7);
		buf_release(&body);
		free(r);
	}
	buf_release(&note);
}

/* The form, to the letter: `N` is a checkpoint that is in order, `H` a hash. */
static void
test_malformed_requests(void **state)
{
	static const char *const bodies[] = {"", "\n", "old", "old ", "old 0", "old 0\n", "old 0\n\n", "\nN", "N",
	    "0\n\nN", "old  0\n\nN", "old 0 \n\nN", " old 0\n\nN", "Old 0\n\nN", "commit 0\n\nN", "old\n\nN",
	    "old \n\nN", "old 00\n\nN", "old 01\n\nN", "old +1\n\nN", "old -1\n\nN", "old 0x1\n\nN", "old 1.0\n\nN",
	    "old 9007199254740992\n\nN", "old 99999999999999999999999\n\nN",
	    /* no empty line, or one too many */
	    "old 0\nN", "old 1\nH\nN", "old 0\n\n\nN", "old 1\nH\n\n\nN",
	    /* CRLF */
	    "old 0\r\n\r\nN", "old 0\r\n\nN", "old 0\n\r\nN", "old 1\nH\r\n\nN",
	    /* no hash: too short, too long, bits left over, another alphabet, not padded, spaces */
	    "old 1\nAAAA\n\nN", "old 1\nHAAA\n\nN", "old 1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB=\n\nN",
	    "old 1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA-A=\n\nN",
	    "old 1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n\nN", "old 1\n H\n\nN", "old 1\nH \n\nN",
	    "old 1\nH H\n\nN", "old 1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n\nN"};
	struct buf note = witness_scene_note(7, hash_of("7", 1), scene.log_secret);
	struct witness_log log = log_of(&scene.tree, 0);

	(void)state;
	for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
		struct buf body;
		struct slice exact;

		buf_init(&body, WITNESS_BODY_MAX);
		for (const char *c = bodies[i]; *c != '\0'; c++)
			if (*c == 'N')
				buf_slice(&body, buf_view(&note));
			else if (*c == 'H')
				buf_text(&body, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=");
			else
				buf_byte(&body, *c);
		exact = slice_copy(buf_view(&body));
		if (judge(exact, &log) != WITNESS_BAD_REQUEST)
			fail_msg("taken: %s", bodies[i]);
		slice_free(exact);
		buf_release(&body);
	}
	buf_release(&note);
}

static void
test_at_most_63_hashes(void **state)
{
	struct buf note = witness_scene_note(7, hash_of("7", 1), scene.log_secret), body;
	struct witness_log log = log_of(&scene.tree, 3);
	struct hash proof[64] = {{{0}}};

	(void)state;
	buf_init(&body, WITNESS_BODY_MAX);
	witness_request_write(3, proof, 64, buf_view(&note), &body);
	assert_int_equal(judge(buf_view(&body), &log), WITNESS_BAD_REQUEST);
	buf_clear(&body);
	witness_request_write(3, proof, 63, buf_view(&note), &body);
	assert_int_equal(judge(buf_view(&body), &log), WITNESS_NO_PROOF);
	buf_release(&body);
	buf_release(&note);
}

/* With any length cut off its end. */
static void
test_cut_requests(void **state)
{
	struct buf body = witness_scene_request(&scene, &scene.tree, 5, 9);
	struct witness_log log = log_of(&scene.tree, 5);

	(void)state;
	assert_int_equal(judge(buf_view(&body), &log), WITNESS_YES);
	for (size_t n = 0; n < body.len; n++) {
		struct slice cut = slice_copy((struct slice){body.data, n});

		assert_int_equal(judge(cut, &log), WITNESS_BAD_REQUEST);
		slice_free(cut);
	}
	buf_release(&body);
}

/*
 * A checkpoint of `size` with the root of `root_of` in this tree, asked for from `old`, by a witness that knows
 * `known`.
 */
static void
test_what_is_answered(void **state)
{
	static const struct {
		const char *what;
		uint64_t known, old, size, root_of;
		int proof; /* 0: none, 1: the right one, 2: one hash more, 3: one hash less */
		enum { OURS, FOREIGN, UNSIGNED } signer;
		enum witness_answer want;
	} cases[] = {
	    {"the first checkpoint", 0, 0, 5, 5, 0, OURS, WITNESS_YES},
	    {"the first checkpoint with a proof", 0, 0, 5, 5, 2, OURS, WITNESS_NO_PROOF},
	    {"the empty log", 0, 0, 0, 0, 0, OURS, WITNESS_YES},
	    {"an empty log with entries' root", 0, 0, 0, 5, 0, OURS, WITNESS_NO_PROOF},
	    {"the next", 5, 5, 9, 9, 1, OURS, WITNESS_YES},
	    {"the same again", 5, 5, 5, 5, 0, OURS, WITNESS_YES},
	    {"the same with a proof", 5, 5, 5, 5, 2, OURS, WITNESS_NO_PROOF},
	    {"no proof", 5, 5, 9, 9, 0, OURS, WITNESS_NO_PROOF},
	    {"a hash too many", 5, 5, 9, 9, 2, OURS, WITNESS_NO_PROOF},
	    {"a hash too few", 5, 5, 9, 9, 3, OURS, WITNESS_NO_PROOF},
	    {"another root", 5, 5, 9, 8, 1, OURS, WITNESS_NO_PROOF},
	    {"another root of the same size", 5, 5, 5, 4, 0, OURS, WITNESS_CONFLICT},
	    {"from before the last", 5, 4, 9, 9, 1, OURS, WITNESS_CONFLICT},
	    {"from after the last", 5, 6, 9, 9, 1, OURS, WITNESS_CONFLICT},
	    {"from nothing", 5, 0, 9, 9, 0, OURS, WITNESS_CONFLICT},
	    {"shorter, and said so", 9, 5, 5, 5, 0, OURS, WITNESS_CONFLICT},
	    {"backwards", 9, 9, 5, 5, 0, OURS, WITNESS_BAD_REQUEST},
	    {"the old size above, though nothing is known", 0, 6, 5, 5, 0, OURS, WITNESS_BAD_REQUEST},
	    {"another's signature", 5, 5, 9, 9, 1, FOREIGN, WITNESS_NOT_SIGNED},
	    {"another's signature, backwards: who asks comes first", 9, 9, 5, 5, 0, FOREIGN, WITNESS_NOT_SIGNED},
	    {"a witness's signature alone", 5, 5, 9, 9, 1, UNSIGNED, WITNESS_NOT_SIGNED},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct hash root = merkle_prefix_root(&scene.tree, cases[i].root_of), proof[66] = {{{0}}};
		const uint8_t *const secrets[] = {scene.log_secret, scene.other_secret, NULL};
		struct buf note = witness_scene_note(cases[i].size, root, secrets[cases[i].signer]), body;
		struct witness_log log = log_of(&scene.tree, cases[i].known);
		bool onwards = 0 < cases[i].old && cases[i].old < cases[i].size;
		size_t n = onwards ? merkle_consistency(&scene.tree, cases[i].old, cases[i].size, proof) : 0;

		if (cases[i].signer == UNSIGNED)
			witness_scene_cosign(&note, cases[i].size, root, WITNESS_NAME, scene.secret, WITNESS_DRAW_TIME);
		n = cases[i].proof == 0 ? 0 : cases[i].proof == 1 ? n : cases[i].proof == 2 ? n + 1 : n - 1;
		buf_init(&body, WITNESS_BODY_MAX);
		witness_request_write(cases[i].old, proof, n, buf_view(&note), &body);
		if (judge(buf_view(&body), &log) != cases[i].want)
			fail_msg("%s: %d instead of %d", cases[i].what, (int)judge(buf_view(&body), &log),
			    (int)cases[i].want);
		assert_int_equal(judge(buf_view(&body), NULL), WITNESS_UNKNOWN_LOG);
		buf_release(&body);
		buf_release(&note);
	}
}

/*
 * A log that is known by another name or by the key of a witness is not this one; nor does another's key sign for it.
 */
static void
test_the_key_is_the_log_s(void **state)
{
	struct buf body = witness_scene_request(&scene, &scene.tree, 0, 5);
	char vkey[NOTE_KEY_TEXT];
	struct hash root = merkle_prefix_root(&scene.tree, 5);
	struct buf note = witness_scene_note(5, root, NULL), foreign;
	struct witness_log log = {.size = 0};

	(void)state;
	note_key_make("another.example.org", NOTE_ED25519, scene.log_secret + 32, vkey);
	log.vkey = slice_of(vkey);
	assert_int_equal(judge(buf_view(&body), &log), WITNESS_NOT_SIGNED);
	buf_init(&foreign, WITNESS_BODY_MAX);
	buf_text(&foreign, "old 0\n\n");
	buf_slice(&foreign, buf_view(&note));
	note_sign((struct slice){note.data, note.len - 1}, "another.example.org", scene.log_secret, &foreign);
	assert_int_equal(judge(buf_view(&foreign), &log), WITNESS_NOT_SIGNED);
	buf_release(&foreign);
	buf_release(&note);
	note_key_make(WITNESS_ORIGIN, NOTE_COSIGNATURE_V1, scene.log_secret + 32, vkey);
	log.vkey = slice_of(vkey);
	assert_int_equal(judge(buf_view(&body), &log), WITNESS_NOT_SIGNED);
	log.vkey = slice_of("damaged");
	assert_int_equal(judge(buf_view(&body), &log), WITNESS_NOT_SIGNED);
	buf_release(&body);
}

/* Real proofs of all kinds hold; with one hash changed, none does. */
static void
test_proofs(void **state)
{
	struct support_random random;
	unsigned changed = 0;

	(void)state;
	support_random_begin(&random);
	for (unsigned i = 0; i < 2000; i++) {
		uint64_t size = i < 50 ? i / 10 : support_random_below(&random, WITNESS_LEAVES + 1);
		uint64_t old = support_random_below(&random, size + 1);
		struct buf body = witness_scene_request(&scene, &scene.tree, old, size);
		struct witness_log log = log_of(&scene.tree, old), fork = log_of(&scene.tree, old);
		struct witness_request *r = malloc(sizeof *r);

		assert_non_null(r);
		if (judge(buf_view(&body), &log) != WITNESS_YES)
			fail_msg("%llu to %llu: refused", (unsigned long long)old, (unsigned long long)size);
		assert_int_equal(witness_request_parse(buf_view(&body), r, NULL), 0);
		if (r->n_proof > 0) {
			r->proof[support_random_below(&random, r->n_proof)]
			    .b[support_random_below(&random, HASH_BYTES)] ^=
			    (uint8_t)(1u << support_random_below(&random, 8));
			assert_int_equal(witness_judge(r, &log, NULL), WITNESS_NO_PROOF);
			changed++;
		}
		fork.root.b[support_random_below(&random, HASH_BYTES)] ^= 1;
		if (old > 0)
			assert_int_equal(judge(buf_view(&body), &fork),
			    old == size ? WITNESS_CONFLICT : WITNESS_NO_PROOF);
		free(r);
		buf_release(&body);
	}
	assert_true(changed > 1000);
}

/* A witness of one log cosigns no checkpoint of its fork that covers the entries in which they differ. */
static void
test_a_fork(void **state)
{
	struct witness_log log = log_of(&scene.tree, WITNESS_LEAVES), before = log_of(&scene.tree, WITNESS_FORK);
	struct buf same = witness_scene_request(&scene, &scene.forked, WITNESS_LEAVES, WITNESS_LEAVES);
	struct buf next = witness_scene_request(&scene, &scene.forked, WITNESS_FORK, WITNESS_LEAVES);

	(void)state;
	assert_int_equal(judge(buf_view(&same), &log), WITNESS_CONFLICT);
	assert_int_equal(judge(buf_view(&next), &log), WITNESS_CONFLICT);
	assert_int_equal(judge(buf_view(&next), &before), WITNESS_YES); /* it cannot know better */
	buf_release(&same);
	buf_release(&next);
}

/*
 * A flipped bit may stand in the line of a key that nobody here knows, whose meaning is nobody's: that alone may
 * still be taken, and then it is the same checkpoint, from the same size.
 */
static void
test_bit_errors_in_add_checkpoint(void **state)
{
	struct hash root = merkle_prefix_root(&scene.tree, 211);
	struct buf body = witness_scene_request(&scene, &scene.tree, 37, 211),
	           note = witness_scene_note(211, root, NULL);
	struct witness_log log = log_of(&scene.tree, 37);
	struct witness_request *r = malloc(sizeof *r);
	struct support_random random;
	size_t end = body.len;
	unsigned taken = 0;

	(void)state;
	assert_non_null(r);
	support_random_begin(&random);
	witness_scene_cosign(&body, 211, root, STRANGER, scene.other_secret, WITNESS_DRAW_TIME);
	for (unsigned i = 0; i < ERRORS; i++) {
		size_t at;
		struct slice changed = witness_scene_flip(buf_view(&body), &random, &at);

		if (judge(changed, &log) == WITNESS_YES) {
			assert_int_equal(witness_request_parse(changed, r, NULL), 0);
			assert_true(slice_eq(r->note.text, (struct slice){note.data, note.len - 1}));
			assert_int_equal(r->old, 37);
			assert_true(at >= end); /* in the stranger's line */
			taken++;
		}
		slice_free(changed);
	}
	assert_true(taken < ERRORS / 2);
	free(r);
	buf_release(&note);
	buf_release(&body);
}

/* ---- beacon ---- */

struct beacon_case {
	uint64_t index, size;
	struct slice entry;
	int64_t cosigned; /* when; 0: not at all */
	bool by_stranger;
	const uint8_t *secret; /* of the log */
};

static const struct beacon_case good = {.index = WITNESS_COMMIT,
    .size = 211,
    .cosigned = WITNESS_DRAW_TIME - COMMIT_LEAD_S,
    .secret = scene.log_secret};

static struct buf
beacon_request(struct beacon_case c)
{
	struct hash path[64], root = merkle_prefix_root(&scene.tree, c.size);
	size_t n = merkle_audit_path(&scene.tree, WITNESS_COMMIT, c.size, path);
	struct buf note = witness_scene_note(c.size, root, c.secret), body;

	if (c.cosigned != 0)
		witness_scene_cosign(&note, c.size, root, c.by_stranger ? STRANGER : WITNESS_NAME,
		    c.by_stranger ? scene.other_secret : scene.secret, c.cosigned);
	buf_init(&body, WITNESS_BODY_MAX);
	witness_beacon_write(c.index, path, n, c.entry.p == NULL ? scene.commit : c.entry, buf_view(&note), &body);
	assert_false(body.failed);
	buf_release(&note);
	return body;
}

/* The number and hash are set only with a yes. */
static enum witness_answer
judge_beacon(struct slice body, const struct witness_log *log, const char *vkey, int64_t now)
{
	struct witness_beacon_request *r = malloc(sizeof *r);
	char hash[HASH_HEX + 1] = "", want[HASH_HEX + 1];
	struct err err = {.code = 0};
	enum witness_answer answer;
	uint64_t n = 0;

	assert_non_null(r);
	answer = witness_beacon_parse(body, r, &err) != 0
	    ? WITNESS_BAD_REQUEST
	    : witness_beacon_judge(r, log, slice_of(vkey), now, &n, hash, &err);
	hash_hex(scene.commit, want);
	assert_int_equal(n, answer == WITNESS_YES ? 1 : 0);
	assert_string_equal(hash, answer == WITNESS_YES ? want : "");
	assert_true((answer == WITNESS_YES) == (err.message[0] == '\0'));
	free(r);
	return answer;
}

static void
check_beacon(struct beacon_case c, int64_t now, enum witness_answer want)
{
	struct buf body = beacon_request(c);
	struct witness_log log = log_of(&scene.tree, 211);

	assert_int_equal(judge_beacon(buf_view(&body), &log, scene.vkey, now), want);
	assert_int_equal(judge_beacon(buf_view(&body), NULL, scene.vkey, now), WITNESS_UNKNOWN_LOG);
	buf_release(&body);
}

static void
test_what_a_beacon_answers(void **state)
{
	struct beacon_case c = good;
	struct buf body = beacon_request(good);
	struct witness_log log = log_of(&scene.tree, 211);
	uint32_t leaf = WITNESS_COMMIT + 1;
	char other[NOTE_KEY_TEXT];

	(void)state;
	check_beacon(good, WITNESS_DRAW_TIME, WITNESS_YES);
	check_beacon(good, WITNESS_DRAW_TIME + 400 * (int64_t)DAY_S, WITNESS_YES);
	check_beacon(good, WITNESS_DRAW_TIME - 1, WITNESS_TOO_EARLY);
	check_beacon(good, INT64_MIN, WITNESS_TOO_EARLY);
	/* Not cosigned in time, not at all, by another; the beacon of another. */
	c.cosigned++;
	check_beacon(c, WITNESS_DRAW_TIME, WITNESS_NOT_SIGNED);
	check_beacon(c, WITNESS_DRAW_TIME - 1, WITNESS_NOT_SIGNED);
	c.cosigned = -1; /* as an unsigned number, the latest that there is */
	check_beacon(c, WITNESS_DRAW_TIME, WITNESS_NOT_SIGNED);
	c.cosigned = 0;
	check_beacon(c, WITNESS_DRAW_TIME, WITNESS_NOT_SIGNED);
	c = good;
	c.by_stranger = true;
	check_beacon(c, WITNESS_DRAW_TIME, WITNESS_NOT_SIGNED);
	note_key_make(STRANGER, NOTE_COSIGNATURE_V1, scene.other_secret + 32, other);
	witness_scene_cosign(&body, 211, merkle_prefix_root(&scene.tree, 211), STRANGER, scene.other_secret,
	    good.cosigned);
	assert_int_equal(judge_beacon(buf_view(&body), &log, scene.vkey, WITNESS_DRAW_TIME), WITNESS_YES);
	assert_int_equal(judge_beacon(buf_view(&body), &log, other, WITNESS_DRAW_TIME), WITNESS_NOT_SIGNED);
	/* Signed by another log. */
	c = good;
	c.secret = scene.other_secret;
	check_beacon(c, WITNESS_DRAW_TIME, WITNESS_NOT_SIGNED);
	/* Another place, another tree, another entry. */
	c = good;
	c.index = WITNESS_COMMIT - 1;
	check_beacon(c, WITNESS_DRAW_TIME, WITNESS_NO_PROOF);
	c.index = 211;
	check_beacon(c, WITNESS_DRAW_TIME, WITNESS_NO_PROOF);
	c = good;
	c.entry = slice_with(scene.commit, S("\"n\":1,"), S("\"n\":2,"));
	check_beacon(c, WITNESS_DRAW_TIME, WITNESS_NO_PROOF);
	slice_free(c.entry);
	/* A leaf that is no commitment. */
	c = good;
	c.index = WITNESS_COMMIT + 1;
	c.entry = (struct slice){(const char *)&leaf, sizeof leaf};
	check_beacon(c, WITNESS_DRAW_TIME, WITNESS_NO_PROOF);
	buf_release(&body);
}

/* The cosigned tree holds it, and it is no commitment, or one with another beacon. */
static void
test_entries_without_this_beacon(void **state)
{
	size_t len;
	char *drand = support_read("example/draws/0001/commit.json", &len);
	const struct slice entries[] = {S("{}"), S(""), S("no JSON"), {drand, len}};
	struct witness_log log = log_of(&scene.tree, 1);

	(void)state;
	for (size_t i = 0; i < sizeof entries / sizeof entries[0]; i++) {
		struct buf note = witness_scene_note(1, hash_leaf(entries[i]), scene.log_secret), body;

		witness_scene_cosign(&note, 1, hash_leaf(entries[i]), WITNESS_NAME, scene.secret,
		    WITNESS_DRAW_TIME - COMMIT_LEAD_S);
		buf_init(&body, WITNESS_BODY_MAX);
		witness_beacon_write(0, NULL, 0, entries[i], buf_view(&note), &body);
		assert_int_equal(judge_beacon(buf_view(&body), &log, scene.vkey, WITNESS_DRAW_TIME),
		    i == 3 ? WITNESS_NOT_SIGNED : WITNESS_BAD_REQUEST);
		buf_release(&body);
		buf_release(&note);
	}
	free(drand);
}

static void
test_beacon_requests_there_and_back(void **state)
{
	struct buf body = beacon_request(good);
	struct witness_beacon_request *r = malloc(sizeof *r);
	struct hash path[64];
	size_t n = merkle_audit_path(&scene.tree, WITNESS_COMMIT, 211, path);

	(void)state;
	assert_non_null(r);
	assert_int_equal(witness_beacon_parse(buf_view(&body), r, NULL), 0);
	assert_int_equal(r->index, WITNESS_COMMIT);
	assert_int_equal(r->n_path, n);
	assert_memory_equal(r->path, path, n * sizeof *path);
	assert_true(slice_eq(r->entry, scene.commit));
	assert_int_equal(r->checkpoint.size, 211);
	free(r);
	buf_release(&body);
}

static void
test_malformed_beacon_requests(void **state)
{
	struct buf body = beacon_request(good);
	struct witness_log log = log_of(&scene.tree, 211);
	static const struct {
		struct slice from, to;
	} changes[] = {{S("commit 41\n"), S("commit 041\n")}, {S("commit 41\n"), S("old 41\n")},
	    {S("commit 41\n"), S("commit 41\r\n")}, {S("}\n\n" WITNESS_ORIGIN), S("}\n" WITNESS_ORIGIN)},
	    {S("}\n\n" WITNESS_ORIGIN), S("}\r\n\r\n" WITNESS_ORIGIN)},
	    {S("}\n\n" WITNESS_ORIGIN), S("}\n\n\n" WITNESS_ORIGIN)}, {S("=\n\n{"), S("=\n{")},
	    {S("=\n\n{"), S("=\n\n\n{")}};

	(void)state;
	for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
		struct slice changed = slice_with(buf_view(&body), changes[i].from, changes[i].to);

		if (judge_beacon(changed, &log, scene.vkey, WITNESS_DRAW_TIME) != WITNESS_BAD_REQUEST)
			fail_msg("change %zu is taken", i);
		slice_free(changed);
	}
	/* Without its last line, the witness's own, it is a request, and refused. */
	for (size_t n = 0; n < body.len; n++) {
		struct slice cut = slice_copy((struct slice){body.data, n});
		enum witness_answer answer = judge_beacon(cut, &log, scene.vkey, WITNESS_DRAW_TIME);

		assert_true(
		    answer == WITNESS_BAD_REQUEST || (answer == WITNESS_NOT_SIGNED && body.data[n - 1] == '\n'));
		slice_free(cut);
	}
	buf_release(&body);
}

/* As in add-checkpoint; judge_beacon has seen that a yes is for this commitment. */
static void
test_bit_errors_in_beacon(void **state)
{
	struct buf body = beacon_request(good);
	struct witness_log log = log_of(&scene.tree, 211);
	struct support_random random;
	size_t end = body.len;

	(void)state;
	support_random_begin(&random);
	witness_scene_cosign(&body, 211, merkle_prefix_root(&scene.tree, 211), STRANGER, scene.other_secret,
	    WITNESS_DRAW_TIME);
	for (unsigned i = 0; i < ERRORS; i++) {
		size_t at;
		struct slice changed = witness_scene_flip(buf_view(&body), &random, &at);

		if (judge_beacon(changed, &log, scene.vkey, WITNESS_DRAW_TIME) == WITNESS_YES)
			assert_true(at >= end); /* in the stranger's line */
		slice_free(changed);
	}
	buf_release(&body);
}

/* What is signed is what a checker of draws verifies. */
static void
test_the_signature_is_the_beacon_s(void **state)
{
	char hash[HASH_HEX + 1], signature[WITNESS_SIGNATURE_HEX], value[HASH_HEX + 1];
	uint8_t bytes[64];
	struct commit commit;
	int64_t time;

	(void)state;
	hash_hex(scene.commit, hash);
	witness_beacon_sign(slice_of(hash), scene.secret, signature);
	assert_true(text_from_hex(slice_of(signature), bytes, sizeof bytes));
	hash_hex((struct slice){(const char *)bytes, sizeof bytes}, value);
	assert_int_equal(commit_parse(scene.commit, &commit, &time, NULL), 0);
	assert_int_equal(beacon_check_value(&commit, slice_of(hash), slice_of(value), slice_of(signature), NULL), 0);
	hash[0] = hash[0] == '0' ? '1' : '0';
	assert_int_equal(beacon_check_value(&commit, slice_of(hash), slice_of(value), slice_of(signature), NULL),
	    ERR_REFUSED);
	commit_release(&commit);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_requests_there_and_back),
	    cmocka_unit_test(test_malformed_requests),
	    cmocka_unit_test(test_at_most_63_hashes),
	    cmocka_unit_test(test_cut_requests),
	    cmocka_unit_test(test_what_is_answered),
	    cmocka_unit_test(test_the_key_is_the_log_s),
	    cmocka_unit_test(test_proofs),
	    cmocka_unit_test(test_a_fork),
	    cmocka_unit_test(test_bit_errors_in_add_checkpoint),
	    cmocka_unit_test(test_what_a_beacon_answers),
	    cmocka_unit_test(test_entries_without_this_beacon),
	    cmocka_unit_test(test_beacon_requests_there_and_back),
	    cmocka_unit_test(test_malformed_beacon_requests),
	    cmocka_unit_test(test_bit_errors_in_beacon),
	    cmocka_unit_test(test_the_signature_is_the_beacon_s),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
