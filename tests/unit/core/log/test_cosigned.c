/*
 * Who cosigned what in time, and which class follows (PROTOCOL 4 "Assurance", 9, 10 `checkpoints`): over checkpoints
 * that the test's own witnesses sign.
 */
#include "log_scene.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/log/cosigned.h"

#define WITNESSES 4
#define DRAW_TIME (LOG_START + 100000)
#define COMMIT_DUE (DRAW_TIME - 600)
#define OUTCOME_DUE (DRAW_TIME + 86400)
#define TIME_LIMIT ((int64_t)1 << 53)
#define NO_COSIGNATURE INT64_MIN

/* Entry 1 is the cycle, 2 the commitment, 3 its outcome, 4 an archive entry. */
enum { COMMIT = 2, OUTCOME = 3, ARCHIVE = 4, SIZE = 5 };

static struct log_scene *scene;
static struct sequence sequence;

static void
begin(enum source source)
{
	struct err wrong = {0}, disorder = {0};
	struct log_text text;
	struct entry e;
	struct buf note;

	log_scene_begin(scene, WITNESSES);
	e = log_cycle("a", source, 1, &text);
	(void)log_scene_add(scene, &e);
	e = log_commit(scene, "a", source, 1, 1, DRAW_TIME);
	e.commit.reveal_time += DAY_S;
	(void)log_scene_add(scene, &e);
	e = log_draw(scene, COMMIT);
	(void)log_scene_add(scene, &e);
	e = (struct entry){.type = ENTRY_ARCHIVE};
	e.archive.root = S("0000000000000000000000000000000000000000000000000000000000000000");
	e.archive.open = &(struct open_draw){1, e.archive.root};
	e.archive.n_open = 1;
	(void)log_scene_add(scene, &e);
	assert_int_equal(sequence_read(&scene->log, &sequence, &wrong, &disorder), 0);
	assert_true(sequence.whole && disorder.code == 0);
	note = log_scene_checkpoint(scene, SIZE);
	log_scene_main(scene, &note);
}

static void
end(void)
{
	sequence_release(&sequence);
	log_scene_release(scene);
}

static int
set_up(void **state)
{
	(void)state;
	scene = malloc(sizeof *scene);
	assert_non_null(scene);
	begin(SOURCE_PUBLIC);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	end();
	free(scene);
	return 0;
}

/* A checkpoint of this size, cosigned by each witness at his time. */
static struct buf
note_of(uint64_t size, const int64_t *times, size_t n)
{
	struct buf note = log_scene_checkpoint(scene, size);

	for (size_t i = 0; i < n; i++)
		if (times[i] != NO_COSIGNATURE)
			log_scene_cosign(scene, size, i, times[i], &note);
	return note;
}

static void
put(const char *path, uint64_t size, const int64_t *times, size_t n)
{
	struct buf note = note_of(size, times, n);

	log_scene_put(scene, path, &note);
}

#define COMMIT_FILE "draws/0001/commit.checkpoint"
#define OUTCOME_FILE "draws/0001/outcome.checkpoint"

static const int64_t early[] = {COMMIT_DUE, COMMIT_DUE, COMMIT_DUE, COMMIT_DUE},
                     after[] = {OUTCOME_DUE, OUTCOME_DUE, OUTCOME_DUE, OUTCOME_DUE};

/* What cosigned_draw counts, with these witnesses named as independent. */
static int
count(const struct slice *named, size_t n, struct cosigned *ret, struct err *err)
{
	struct published dir = memory_dir_published(&scene->dir, "");
	const struct trusted trusted = {named, n};

	return cosigned_draw(&scene->log, &sequence, 0, &dir, &trusted, ret, err);
}

static struct cosigned
counted(const struct slice *named, size_t n)
{
	struct cosigned c;
	struct err err = {0};

	if (count(named, n, &c, &err) != 0)
		fail_msg("%s", err.message);
	return c;
}

static void
expect_refused(int code, const char *words)
{
	struct cosigned c;
	struct err err = {0};
	int rc = count(NULL, 0, &c, &err);

	if (rc != code || strstr(err.message, words) == NULL)
		fail_msg("%d, \"%s\" instead of %d, \"%s\"", rc, err.message, code, words);
	cosigned_release(&c);
}

/* ---- counting ---- */

/* Ten minutes before draw_time, a day after it: at that second still, and not one later. */
static void
test_in_time(void **state)
{
	static const int64_t commits[] = {COMMIT_DUE - 1, COMMIT_DUE, COMMIT_DUE + 1, NO_COSIGNATURE},
	                     outcomes[] = {OUTCOME_DUE + 1, OUTCOME_DUE, OUTCOME_DUE - 1, OUTCOME_DUE};
	struct cosigned c;

	(void)state;
	put(COMMIT_FILE, 3, commits, WITNESSES);
	put(OUTCOME_FILE, 4, outcomes, WITNESSES);
	c = counted(NULL, 0);
	assert_true(c.witnesses == 4 && c.commit_in_time == 2 && c.outcome_in_time == 3 && c.outcome_before_draw == 0);
	assert_true(!c.both[0] && c.both[1] && !c.both[2] && !c.both[3]);
	assert_int_equal(c.cosigned_size, 4);
	assert_true(c.independent == 0 && c.independent_both == 0);
	cosigned_release(&c);
	assert_null(c.both);
}

/* Of several by one witness the earliest counts; where they stand is no matter. */
static void
test_the_earliest(void **state)
{
	struct buf note = log_scene_checkpoint(scene, 3);
	struct cosigned c;

	(void)state;
	log_scene_cosign(scene, 3, 0, OUTCOME_DUE, &note);
	log_scene_cosign(scene, 3, 0, COMMIT_DUE, &note);
	log_scene_cosign(scene, 3, 1, COMMIT_DUE, &note);
	log_scene_cosign(scene, 3, 1, TIME_LIMIT - 1, &note);
	log_scene_put(scene, COMMIT_FILE, &note);
	put(OUTCOME_FILE, 4, after, WITNESSES);
	c = counted(NULL, 0);
	assert_true(c.commit_in_time == 2 && c.both[0] && c.both[1]);
	cosigned_release(&c);
}

/* Times end below 2^53: what is later is no cosignature but a false one; just below it is true, and late. */
static void
test_the_end_of_time(void **state)
{
	static const int64_t last[] = {TIME_LIMIT - 1, COMMIT_DUE, COMMIT_DUE, NO_COSIGNATURE};
	static const int64_t over[] = {TIME_LIMIT, COMMIT_DUE, COMMIT_DUE, NO_COSIGNATURE};
	static const int64_t zero[] = {0, 0, 0, NO_COSIGNATURE};
	struct cosigned c;

	(void)state;
	put(OUTCOME_FILE, 4, after, WITNESSES);
	put(COMMIT_FILE, 3, last, WITNESSES);
	c = counted(NULL, 0);
	assert_int_equal(c.commit_in_time, 2);
	cosigned_release(&c);
	put(COMMIT_FILE, 3, over, WITNESSES);
	expect_refused(ERR_REFUSED, "the cosignature of w0.example.org");
	put(COMMIT_FILE, 3, zero, WITNESSES);
	c = counted(NULL, 0);
	assert_int_equal(c.commit_in_time, 3);
	cosigned_release(&c);
}

/* What a void needs to show that it came before the draw: strictly before draw_time. */
static void
test_outcomes_before_the_draw(void **state)
{
	static const int64_t times[] = {DRAW_TIME - 1, DRAW_TIME, DRAW_TIME - 86400, NO_COSIGNATURE};
	struct cosigned c;

	(void)state;
	put(COMMIT_FILE, 3, early, WITNESSES);
	put(OUTCOME_FILE, 4, times, WITNESSES);
	c = counted(NULL, 0);
	assert_true(c.outcome_before_draw == 2 && c.outcome_in_time == 3);
	cosigned_release(&c);
}

static void
test_the_beacons_witness(void **state)
{
	static const int64_t in_time[] = {COMMIT_DUE, NO_COSIGNATURE, NO_COSIGNATURE, NO_COSIGNATURE},
	                     late[] = {COMMIT_DUE + 1, COMMIT_DUE, COMMIT_DUE, COMMIT_DUE};
	struct cosigned c;

	(void)state;
	end();
	begin(SOURCE_WITNESS); /* whose key is that of the first */
	put(OUTCOME_FILE, 4, after, WITNESSES);
	put(COMMIT_FILE, 3, in_time, WITNESSES);
	c = counted(NULL, 0);
	assert_true(c.beacon_key_in_time);
	cosigned_release(&c);
	put(COMMIT_FILE, 3, late, WITNESSES);
	c = counted(NULL, 0);
	assert_true(!c.beacon_key_in_time && c.commit_in_time == 3);
	cosigned_release(&c);
	put(COMMIT_FILE, 3, late, 0);
	c = counted(NULL, 0);
	assert_false(c.beacon_key_in_time);
	cosigned_release(&c);
}

/* ---- what checkpoints must be ---- */

static void
test_checkpoints_of_a_draw(void **state)
{
	struct buf note;
	struct cosigned c;

	(void)state;
	put(OUTCOME_FILE, 4, after, WITNESSES);
	expect_refused(ERR_ABSENT, "missing");
	put(COMMIT_FILE, 2, early, WITNESSES);
	expect_refused(ERR_REFUSED, "does not hold entry 2");
	put(COMMIT_FILE, 5, early, WITNESSES); /* a later one may serve */
	c = counted(NULL, 0);
	assert_true(c.commit_in_time == 4 && c.cosigned_size == 5);
	cosigned_release(&c);
	put(COMMIT_FILE, 3, early, WITNESSES);
	put(OUTCOME_FILE, 3, after, WITNESSES);
	expect_refused(ERR_REFUSED, "does not hold entry 3");
	memory_dir_drop(&scene->dir, OUTCOME_FILE);
	expect_refused(ERR_ABSENT, "missing");
	/* cosigned, but not signed by the log; signed, but cosigned for another tree */
	note = log_scene_checkpoint(scene, 4);
	note.data[note.len - 8] = note.data[note.len - 8] == 'A' ? 'B' : 'A';
	log_scene_put(scene, OUTCOME_FILE, &note);
	expect_refused(ERR_REFUSED, "not signed by the log's key");
	note = log_scene_checkpoint(scene, 4);
	log_scene_cosign(scene, 3, 2, OUTCOME_DUE, &note);
	log_scene_put(scene, OUTCOME_FILE, &note);
	expect_refused(ERR_REFUSED, "the cosignature of w2.example.org");
	/* of who is no witness it is not looked at */
	note = log_scene_checkpoint(scene, 4);
	log_scene_cosign(scene, 3, 5, OUTCOME_DUE, &note);
	log_scene_put(scene, OUTCOME_FILE, &note);
	c = counted(NULL, 0);
	assert_int_equal(c.outcome_in_time, 0);
	cosigned_release(&c);
}

/* ---- who is named as independent ---- */

static void
expect_named(const struct slice *named, size_t n, uint64_t independent, uint64_t both)
{
	struct cosigned c = counted(named, n);

	if (c.independent != independent || c.independent_both != both)
		fail_msg("%d and %d instead of %d and %d", (int)c.independent, (int)c.independent_both,
		    (int)independent, (int)both);
	cosigned_release(&c);
}

/* Each counts once, however often and by whatever key of his name he is named. */
static void
test_named_witnesses(void **state)
{
	static const int64_t times[] = {COMMIT_DUE, COMMIT_DUE, COMMIT_DUE + 1, COMMIT_DUE};
	const struct slice *k = scene->keys;
	char key_of_name[NOTE_KEY_TEXT], name_of_key[NOTE_KEY_TEXT];

	(void)state;
	put(COMMIT_FILE, 3, times, WITNESSES);
	put(OUTCOME_FILE, 4, after, 3); /* so 0 and 1 cosigned both in time */
	expect_named((struct slice[]){k[0], k[1], k[2], k[3]}, 4, 4, 2);
	expect_named((struct slice[]){k[0], k[1]}, 2, 2, 2);
	expect_named((struct slice[]){k[0], k[0], k[0], k[2]}, 4, 2, 1); /* one named twice counts once */
	expect_named((struct slice[]){k[0], k[4], k[5]}, 3, 3, 1);       /* who is not in force has not cosigned */
	expect_named((struct slice[]){k[4]}, 1, 1, 0);
	note_key_make("w0.example.org", NOTE_COSIGNATURE_V1, scene->witness_secrets[5] + 32, key_of_name);
	note_key_make("w9.example.org", NOTE_COSIGNATURE_V1, scene->witness_secrets[0] + 32, name_of_key);
	expect_named((struct slice[]){k[0], slice_of(key_of_name), slice_of(name_of_key)}, 3, 1, 1);
	expect_named((struct slice[]){slice_of(key_of_name)}, 1, 1, 0);
	expect_named(NULL, 0, 0, 0);
}

/* ---- classes ---- */

static void
test_classes(void **state)
{
	static const struct {
		const char *name;
		enum source source;
		uint64_t witnesses, commit, outcome, independent, both;
		enum assurance right;
	} cases[] = {
	    {"no witness", SOURCE_DRAND, 0, 0, 0, 0, 0, ASSURANCE_C},
	    {"no witness, though some are named", SOURCE_DRAND, 0, 0, 0, 2, 0, ASSURANCE_C},
	    {"no source", SOURCE_NONE, 3, 3, 3, 3, 3, ASSURANCE_C},
	    {"half", SOURCE_DRAND, 4, 2, 4, 0, 0, ASSURANCE_C},
	    {"half of the outcome", SOURCE_DRAND, 4, 4, 2, 0, 0, ASSURANCE_C},
	    {"half, and all that are named", SOURCE_DRAND, 4, 2, 4, 1, 1, ASSURANCE_C},
	    {"more than half", SOURCE_DRAND, 4, 3, 3, 0, 0, ASSURANCE_A_UNRUN_IF},
	    {"two of three", SOURCE_PUBLIC, 3, 2, 2, 0, 0, ASSURANCE_B_IF},
	    {"one of one", SOURCE_WITNESS, 1, 1, 1, 0, 0, ASSURANCE_B_IF},
	    {"half of those named", SOURCE_DRAND, 3, 3, 3, 2, 1, ASSURANCE_A_UNRUN_IF},
	    {"more than half of those named", SOURCE_DRAND, 3, 3, 3, 3, 2, ASSURANCE_A_UNRUN},
	    {"one named", SOURCE_PUBLIC, 3, 3, 3, 1, 1, ASSURANCE_B},
	    {"one named, who did not", SOURCE_WITNESS, 3, 3, 3, 1, 0, ASSURANCE_B_IF},
	    {"more named than in force", SOURCE_WITNESS, 2, 2, 2, 5, 2, ASSURANCE_B_IF},
	};
	const struct entry draw = {.type = ENTRY_DRAW};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		const struct cosigned c = {.witnesses = cases[i].witnesses,
		    .commit_in_time = cases[i].commit,
		    .outcome_in_time = cases[i].outcome,
		    .independent = cases[i].independent,
		    .independent_both = cases[i].both};
		enum assurance found = cosigned_assurance(&c, cases[i].source, &draw, NULL);

		if (found != cases[i].right)
			fail_msg("%s: %s", cases[i].name, assurance_name(found));
	}
}

/* Before the outcome it is pending, and C at best without witnesses or a source. */
static void
test_pending(void **state)
{
	static const enum source sources[] = {SOURCE_DRAND, SOURCE_PUBLIC, SOURCE_WITNESS, SOURCE_NONE};

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct cosigned c = {.witnesses = 3, .commit_in_time = 3};

		assert_int_equal(cosigned_assurance(&c, sources[i], NULL, NULL),
		    sources[i] == SOURCE_NONE ? ASSURANCE_PENDING_C : ASSURANCE_PENDING);
		c.witnesses = c.commit_in_time = 0;
		assert_int_equal(cosigned_assurance(&c, sources[i], NULL, NULL), ASSURANCE_PENDING_C);
	}
}

/* A void has a class by its value, its own or that of its reveal; without one it has none. */
static void
test_classes_of_voids(void **state)
{
	const struct cosigned c = {.witnesses = 3, .commit_in_time = 3, .outcome_in_time = 3};
	struct entry empty = {.type = ENTRY_VOID}, with = {.type = ENTRY_VOID}, reveal = {.type = ENTRY_REVEAL},
	             bringing = {.type = ENTRY_REVEAL};

	(void)state;
	with.void_.beacon = S("value");
	bringing.reveal.beacon = S("value");
	assert_int_equal(cosigned_assurance(&c, SOURCE_DRAND, &empty, NULL), ASSURANCE_NONE);
	assert_int_equal(cosigned_assurance(&c, SOURCE_DRAND, &empty, &reveal), ASSURANCE_NONE);
	assert_int_equal(cosigned_assurance(&c, SOURCE_DRAND, &empty, &bringing), ASSURANCE_A_UNRUN_IF);
	assert_int_equal(cosigned_assurance(&c, SOURCE_DRAND, &with, NULL), ASSURANCE_A_UNRUN_IF);
	assert_int_equal(cosigned_assurance(&c, SOURCE_PUBLIC, &with, &reveal), ASSURANCE_B_IF);
	assert_int_equal(cosigned_assurance(&c, SOURCE_NONE, &empty, NULL), ASSURANCE_NONE);
}

/* ---- the main checkpoint ---- */

static void
expect_reached(const int64_t *times, size_t n, int64_t right)
{
	struct buf note = note_of(SIZE, times, n);
	struct witnesses in_force = {scene->keys, n};
	int64_t reached;

	log_scene_main(scene, &note);
	assert_int_equal(cosigned_reached(&scene->log, &in_force, &reached, NULL), 0);
	assert_true(reached == right);
}

/* The time that more than half reach: of three the second latest, of four the third. */
static void
test_time_reached(void **state)
{
	(void)state;
	expect_reached(NULL, 0, COSIGNED_NEVER);
	expect_reached((int64_t[]){100}, 1, 100);
	expect_reached((int64_t[]){100, 300}, 2, 100);
	expect_reached((int64_t[]){100, 300, 200}, 3, 200);
	expect_reached((int64_t[]){400, 100, 300, 200}, 4, 200);
	expect_reached((int64_t[]){NO_COSIGNATURE}, 1, COSIGNED_NEVER);
	expect_reached((int64_t[]){100, NO_COSIGNATURE}, 2, COSIGNED_NEVER);
	expect_reached((int64_t[]){100, NO_COSIGNATURE, 200}, 3, 100);
	expect_reached((int64_t[]){100, NO_COSIGNATURE, NO_COSIGNATURE, 300}, 4, COSIGNED_NEVER);
	expect_reached((int64_t[]){TIME_LIMIT - 1, 5, NO_COSIGNATURE}, 3, 5); /* one who is far ahead leads nobody */
	expect_reached((int64_t[]){TIME_LIMIT, 5, 6}, 3, 5);                  /* a false one counts for nothing */
}

static void
test_main_checkpoint(void **state)
{
	struct buf note = note_of(SIZE, early, 0);
	struct err err = {0};
	bool cosigned;

	(void)state;
	log_scene_main(scene, &note);
	assert_int_equal(cosigned_main(&scene->log, &sequence, &cosigned, &err), 0);
	assert_false(cosigned);
	note = note_of(SIZE, early, 2);
	log_scene_main(scene, &note);
	assert_int_equal(cosigned_main(&scene->log, &sequence, &cosigned, &err), 0);
	assert_true(cosigned);
	note = note_of(SIZE, early, 2);
	log_scene_cosign(scene, SIZE - 1, 3, COMMIT_DUE, &note);
	log_scene_main(scene, &note);
	assert_int_equal(cosigned_main(&scene->log, &sequence, &cosigned, &err), ERR_REFUSED);
	assert_non_null(strstr(err.message, "w3.example.org"));
	note = note_of(SIZE, early, 1);
	log_scene_cosign(scene, SIZE - 1, 5, COMMIT_DUE, &note); /* a stranger's */
	log_scene_main(scene, &note);
	assert_int_equal(cosigned_main(&scene->log, &sequence, &cosigned, &err), 0);
}

/* ---- checkpoints of archive entries ---- */

static int
count_archive(bool *in_time, uint64_t *size, struct err *err)
{
	struct published dir = memory_dir_published(&scene->dir, "");

	return cosigned_archive(&scene->log, &sequence, ARCHIVE, &dir, in_time, size, err);
}

static void
test_archive_checkpoints(void **state)
{
	int64_t due = scene->entries[ARCHIVE].entry.time + 86400;
	const int64_t two[] = {due, due, NO_COSIGNATURE, NO_COSIGNATURE}, three[] = {due, due, due, NO_COSIGNATURE},
	              late[] = {due, due, due + 1, due + 1}, over[] = {due, due, due, TIME_LIMIT};
	struct err err = {0};
	uint64_t size = 77;
	bool in_time = true;

	(void)state;
	assert_int_equal(count_archive(&in_time, &size, &err), ERR_ABSENT); /* it may be missing */
	assert_true(!in_time && size == 0);
	put("archive/0004.checkpoint", SIZE, two, WITNESSES);
	assert_int_equal(count_archive(&in_time, &size, &err), 0);
	assert_true(!in_time && size == SIZE);
	put("archive/0004.checkpoint", SIZE, three, WITNESSES);
	assert_int_equal(count_archive(&in_time, &size, &err), 0);
	assert_true(in_time);
	put("archive/0004.checkpoint", SIZE, late, WITNESSES);
	assert_int_equal(count_archive(&in_time, &size, &err), 0);
	assert_false(in_time);
	put("archive/0004.checkpoint", SIZE, over, WITNESSES);
	assert_int_equal(count_archive(&in_time, &size, &err), ERR_REFUSED);
	assert_true(!in_time && strstr(err.message, "archive/0004.checkpoint") != NULL);
	put("archive/0004.checkpoint", SIZE - 1, three, WITNESSES);
	assert_int_equal(count_archive(&in_time, &size, &err), ERR_REFUSED);
	assert_false(in_time);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(test_in_time),
	    TEST(test_the_earliest),
	    TEST(test_the_end_of_time),
	    TEST(test_outcomes_before_the_draw),
	    TEST(test_the_beacons_witness),
	    TEST(test_checkpoints_of_a_draw),
	    TEST(test_named_witnesses),
	    cmocka_unit_test(test_classes),
	    cmocka_unit_test(test_pending),
	    cmocka_unit_test(test_classes_of_voids),
	    TEST(test_time_reached),
	    TEST(test_main_checkpoint),
	    TEST(test_archive_checkpoints),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
