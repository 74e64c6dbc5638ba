/*
 * What a roster must say of earlier draws (PROTOCOL 3, 5, 10 `history`), of the cycle's and of those looked at; and on
 * which of them a draw stands (PROTOCOL 4).  The log is made entry by entry, the places by hand.
 */
#include "log_scene.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/check/draw_basis.h"

#define DRAW_TIME (LOG_START + 1000)
#define TODAY ((int32_t)(DRAW_TIME / DAY_S))
#define NOTES_BYTES 2048
#define ZEROS "0000000000000000000000000000000000000000000000000000000000000000"

/* Of the rows below. */
#define TARGETS 5
#define ROWS_BYTES 1024

struct world {
	struct log_scene *log;
	struct sequence sequence;
	struct scene places_of; /* the rosters of earlier draws */
	struct scene now;
	struct holds holds[4];
	struct cosigned earlier[4];
	struct cycle_past past;
	struct draw_context x;
	struct draw_case c;
};

static struct world w;

static const char earlier_targets[] =
    "T1,A,,,,1,2020-01-01,,in\nT2,A,,,,1,2020-01-01,,in\nT3,A,,,,1,2020-01-01,,in\nT4,A,,,,1,2020-01-01,,in\n"
    "T5,A,,,,1,2020-01-01,,in\n";
static const char inspectors[] = "I1,,,,,in\nI2,,,,,in\n";

static int
set_up(void **state)
{
	struct log_text text;
	struct entry e;

	(void)state;
	memset(&w, 0, sizeof w);
	w.log = malloc(sizeof *w.log);
	assert_non_null(w.log);
	log_scene_begin(w.log, 2);
	e = log_cycle("a", SOURCE_PUBLIC, 0, &text);
	(void)log_scene_add(w.log, &e);
	e = log_cycle("b", SOURCE_PUBLIC, 0, &text);
	(void)log_scene_add(w.log, &e);
	scene_rows(&w.places_of, earlier_targets, inspectors, "");
	scene_stratum(&w.places_of, "*", TARGETS);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	for (size_t i = 0; i < 4; i++)
		holds_release(&w.holds[i]);
	history_release(&w.past.history);
	sequence_release(&w.sequence);
	scene_release(&w.places_of);
	log_scene_release(w.log);
	free(w.log);
	return 0;
}

static size_t
add_commit(const char *cycle, uint64_t n, uint64_t link, int days, const struct rules *rules)
{
	struct entry e = log_commit(w.log, cycle, SOURCE_PUBLIC, n, link, DRAW_TIME + days * DAY_S);

	e.commit.rules.quiet_days = rules->quiet_days;
	e.commit.rules.rest_days = rules->rest_days;
	e.commit.rules.rotate = rules->rotate;
	e.commit.changes.targets_added = TARGETS;
	e.commit.changes.inspectors_added = 2;
	return log_scene_add(w.log, &e);
}

static void
add_outcome(size_t commit, bool is_void)
{
	struct entry e = is_void ? log_void(w.log, commit) : log_draw(w.log, commit);

	(void)log_scene_add(w.log, &e);
}

/* Draw n, whose places are these; one amendment that stands at entry `stands` (0: none) takes a target out of place 0. */
static void
add_places(uint64_t n, int days, const char *chosen, const char *reserve, size_t stands, bool of_the_cycle)
{
	struct amendment a = {0};
	struct draw draw;
	struct places p;

	w.places_of.commit.n = n;
	scene_draw(&w.places_of, chosen, reserve, "I1 I2", 2, &draw);
	assert_int_equal(places_new(&w.places_of.input, &draw, &p, NULL), 0);
	assert_int_equal(holds_new(&p, &w.holds[n - 1], NULL), 0);
	if (stands > 0) {
		assert_int_equal(places_propose(&p, true, 0, 0, &a, NULL), 0);
		assert_int_equal(places_apply(&p, &a, NULL), 0);
		assert_int_equal(holds_amend(&w.holds[n - 1], &p, 0, stands, NULL), 0);
	}
	holds_sort(&w.holds[n - 1]);
	if (of_the_cycle)
		assert_int_equal(history_add(&w.past.history, &p, TODAY + days, NULL), 0);
	places_release(&p);
	draw_release(&draw);
}

/* Draw n is the one that is checked. */
static void
take_up(size_t n)
{
	struct err wrong = {0}, disorder = {0};

	sequence_release(&w.sequence);
	assert_int_equal(sequence_read(&w.log->log, &w.sequence, &wrong, &disorder), 0);
	assert_true(w.sequence.whole);
	w.x = (struct draw_context){.n = n,
	    .has_log = true,
	    .commit = &w.log->entries[w.sequence.draws[n - 1].commit].entry.commit,
	    .log = &w.log->log,
	    .sequence = &w.sequence,
	    .state = &w.sequence.draws[n - 1],
	    .holds = w.holds,
	    .earlier = w.earlier};
}

/* The roster now: of each target last_drawn and elsewhere, as days from today or NONE, and its drum. */
#define NONE 999
struct said {
	int last_drawn, elsewhere;
	const char *drum;
};

static void
put_day(struct buf *out, int days)
{
	char text[DATE_TEXT];

	if (days == NONE)
		return;
	text_from_date(TODAY + days, text);
	buf_text(out, text);
}

static void
make_roster(const struct said said[static TARGETS], const char *conflicts)
{
	struct buf rows;

	buf_init(&rows, ROWS_BYTES);
	for (int i = 0; i < TARGETS; i++) {
		buf_format(&rows, "T%d,A,,,,,1,2020-01-01,", i + 1);
		put_day(&rows, said[i].last_drawn);
		buf_byte(&rows, ',');
		put_day(&rows, said[i].elsewhere);
		buf_format(&rows, ",%s\n", said[i].drum);
	}
	buf_byte(&rows, '\0');
	assert_false(rows.failed);
	scene_rows(&w.now, rows.data, inspectors, conflicts);
	buf_release(&rows);
	w.c = (struct draw_case){.opened = true, .roster = w.now.roster};
	w.c.state[CHECK_FILES] = CHECK_OK;
}

static void
expect_history(const struct said said[static TARGETS], const char *conflicts, const char *wrong)
{
	struct err err = {0};
	int rc;

	make_roster(said, conflicts);
	rc = history_check(&w.x, &w.c, &w.past, &err);
	if (rc != (wrong == NULL ? 0 : ERR_REFUSED) || (wrong != NULL && strstr(err.message, wrong) == NULL))
		fail_msg("%d, \"%s\" instead of \"%s\"", rc, err.message, wrong == NULL ? "" : wrong);
	scene_release(&w.now);
}

static void
expect_with(const struct said said[static TARGETS], size_t target, struct said instead, const char *wrong)
{
	struct said changed[TARGETS];

	memcpy(changed, said, sizeof changed);
	changed[target - 1] = instead;
	expect_history(changed, "", wrong);
}

#define PLAIN                    \
	{                        \
		NONE, NONE, "in" \
	}

/* ---- elsewhere ---- */

/* A draw of b, looked at by the next of a: what its places hold rests, with the date; the unstaffed do not. */
static void
test_elsewhere(void **state)
{
	static const struct said right[TARGETS] = {{NONE, 0, "rest"}, {NONE, 0, "rest"}, PLAIN, PLAIN, PLAIN};
	struct err err = {0};

	(void)state;
	add_outcome(add_commit("b", 1, 1, 0, &(struct rules){0}), false);
	add_places(1, 0, "T1:I1 T2:I2 T3:-", "T4", 0, false);
	(void)add_commit("a", 2, 1, 3, &(struct rules){.quiet_days = 4});
	take_up(2);
	expect_history(right, "", NULL);
	expect_with(right, 1, (struct said)PLAIN, "elsewhere of T1 is \"\"");
	expect_with(right, 1, (struct said){NONE, 1, "rest"}, "elsewhere of T1");
	expect_with(right, 3, (struct said){NONE, 0, "rest"}, "elsewhere of T3");
	expect_with(right, 1, (struct said){NONE, NONE, "excused"}, "elsewhere of T1"); /* excused or not */
	expect_with(right, 1, (struct said){NONE, 0, "excused"}, "says excused.targets 0, the rosters say 1");
	/* not as long ago as quiet_days says */
	log_scene_drop(w.log);
	(void)add_commit("a", 2, 1, 3, &(struct rules){.quiet_days = 3});
	take_up(2);
	expect_history(right, "", "elsewhere of T1 is");
	expect_history((const struct said[TARGETS]){PLAIN, PLAIN, PLAIN, PLAIN, PLAIN}, "", NULL);
	/* a draw that could not be recomputed: nothing can be said */
	log_scene_drop(w.log);
	(void)add_commit("a", 2, 1, 3, &(struct rules){.quiet_days = 4});
	take_up(2);
	w.holds[0].sorted = false;
	make_roster(right, "");
	assert_int_equal(history_check(&w.x, &w.c, &w.past, &err), ERR_NOT_YET);
	scene_release(&w.now);
}

/* Of two draws of b the later date counts; an amendment counts from where it stands. */
static void
test_elsewhere_as_amended(void **state)
{
	struct open_draw open[] = {{1, S(ZEROS)}, {2, S(ZEROS)}};
	struct entry archive = {.type = ENTRY_ARCHIVE};
	size_t stands;

	(void)state;
	add_outcome(add_commit("b", 1, 1, 0, &(struct rules){0}), false);
	add_outcome(add_commit("b", 2, 2, 1, &(struct rules){0}), false);
	stands = w.log->log.n_entries; /* of an archive entry */
	archive.archive.root = S(ZEROS);
	archive.archive.open = open;
	archive.archive.n_open = 2;
	(void)log_scene_add(w.log, &archive);
	add_places(1, 0, "T1:I1 T2:I2", "", 0, false);
	add_places(2, 1, "T3:I1 T1:I2", "T4", stands, false); /* T4 for T3 */
	(void)add_commit("a", 3, 1, 3, &(struct rules){.quiet_days = 30});
	take_up(3);
	expect_history((const struct said[TARGETS]){{NONE, 1, "rest"}, {NONE, 0, "rest"}, PLAIN, {NONE, 1, "rest"},
	                   PLAIN},
	    "", NULL);
	/* one that stands after the commitment is not seen by it */
	holds_release(&w.holds[1]);
	add_places(2, 1, "T3:I1 T1:I2", "T4", w.log->log.n_entries, false);
	expect_history((const struct said[TARGETS]){{NONE, 1, "rest"}, {NONE, 0, "rest"}, {NONE, 1, "rest"}, PLAIN,
	                   PLAIN},
	    "", NULL);
}

/* ---- what is owed ---- */

/* A visit that is owed stays owed, through a void and an excuse; elsewhere rests it; nobody else is carried. */
static void
test_owed(void **state)
{
	static const struct said right[TARGETS] = {{0, NONE, "in"}, PLAIN, {NONE, NONE, "carried"}, PLAIN, PLAIN};
	struct said rests[TARGETS];
	struct entry e;

	(void)state;
	add_outcome(add_commit("a", 1, 1, 0, &(struct rules){0}), false);
	add_places(1, 0, "T1:I1 T3:-", "", 0, true);
	add_outcome(add_commit("a", 2, 2, 1, &(struct rules){0}), true);
	(void)add_commit("a", 3, 3, 2, &(struct rules){0});
	take_up(3);
	expect_history(right, "", NULL);
	expect_with(right, 3, (struct said)PLAIN, "T3 must be carried");
	expect_with(right, 3, (struct said){NONE, NONE, "due"}, "T3 must be carried");
	expect_with(right, 2, (struct said){NONE, NONE, "carried"}, "T2 is carried, but no draw owes it");
	expect_with(right, 1, (struct said)PLAIN, "last_drawn of T1 is \"\"");
	expect_with(right, 1, (struct said){1, NONE, "in"}, "last_drawn of T1");
	expect_with(right, 3, (struct said){0, NONE, "carried"}, "last_drawn of T3");
	/* excused it is not carried, and the draws say the same afterwards */
	log_scene_drop(w.log);
	e = log_commit(w.log, "a", SOURCE_PUBLIC, 3, 3, DRAW_TIME + 2 * DAY_S);
	e.commit.changes.targets_added = TARGETS;
	e.commit.changes.inspectors_added = 2;
	e.commit.excused_targets = 1;
	(void)log_scene_add(w.log, &e);
	take_up(3);
	expect_with(right, 3, (struct said){NONE, NONE, "excused"}, NULL);
	/* where another cycle's draw holds it, it rests first */
	log_scene_drop(w.log);
	add_outcome(add_commit("b", 3, 1, 2, &(struct rules){0}), false);
	add_places(3, 2, "T3:I2", "", 0, false);
	(void)add_commit("a", 4, 3, 3, &(struct rules){.quiet_days = 30});
	take_up(4);
	memcpy(rests, right, sizeof rests);
	rests[2] = (struct said){NONE, 2, "rest"};
	expect_history(rests, "", NULL);
	expect_with(rests, 3, (struct said){NONE, 2, "carried"},
	    NULL); /* that it must rest is what the check `drum` says */
}

/* ---- rotation ---- */

static void
test_rotation(void **state)
{
	static const struct said right[TARGETS] = {{0, NONE, "in"}, PLAIN, PLAIN, PLAIN, PLAIN};

	(void)state;
	add_outcome(add_commit("a", 1, 1, 0, &(struct rules){0}), false);
	add_places(1, 0, "T1:I1", "", 0, true);
	add_outcome(add_commit("a", 2, 2, 1, &(struct rules){0}), true); /* a void does not count among the last */
	(void)add_commit("a", 3, 3, 2, &(struct rules){.rotate = 1});
	take_up(3);
	expect_history(right, "I1,target,T1,rotation\n", NULL);
	expect_history(right, "", "\"I1,target,T1,rotation\" is missing");
	expect_history(right, "I1,target,T1,rotation\nI2,target,T1,rotation\n",
	    "\"I2,target,T1,rotation\" follows from no draw");
	log_scene_drop(w.log);
	(void)add_commit("a", 3, 3, 2, &(struct rules){.rotate = 0});
	take_up(3);
	expect_history(right, "", NULL);
	expect_history(right, "I1,target,T1,rotation\n", "follows from no draw");
}

/* ---- on what it stands ---- */

static void
on_note(void *ctx, uint64_t n, const char *message)
{
	char *notes = ctx;
	static const char words[] = "it stands on draw ";
	size_t len = strlen(notes);

	(void)n;
	assert_int_equal(strncmp(message, words, sizeof words - 1), 0);
	(void)snprintf(notes + len, NOTES_BYTES - len, "%lu ", strtoul(message + sizeof words - 1, NULL, 10));
}

/* The draws that are named, "1 2 ". */
static void
expect_basis(const struct said *said, const char *conflicts, const enum assurance *classes, enum assurance own,
    const char *right)
{
	char notes[NOTES_BYTES] = "";
	struct report report = {.note = on_note, .ctx = notes};

	if (said != NULL)
		make_roster(said, conflicts);
	else
		w.c = (struct draw_case){.opened = false}; /* sealed */
	assert_int_equal(note_basis(&w.x, &w.c, &w.past, classes, own, &report, NULL), 0);
	assert_string_equal(notes, right);
	if (said != NULL)
		scene_release(&w.now);
}

static void
test_stands_on_rows(void **state)
{
	static const struct said plain[TARGETS] = {PLAIN, PLAIN, PLAIN, PLAIN, PLAIN},
	                         drawn[TARGETS] = {{0, NONE, "rest"}, PLAIN, PLAIN, PLAIN, PLAIN},
	                         owed[TARGETS] = {PLAIN, PLAIN, {NONE, NONE, "carried"}, PLAIN, PLAIN},
	                         seen[TARGETS] = {PLAIN, {NONE, 1, "rest"}, PLAIN, PLAIN, PLAIN};
	static const enum assurance low[] = {ASSURANCE_C, ASSURANCE_C}, even[] = {ASSURANCE_B, ASSURANCE_B_IF},
	                            failed[] = {ASSURANCE_UNKNOWN, ASSURANCE_UNKNOWN};

	(void)state;
	add_outcome(add_commit("a", 1, 1, 0, &(struct rules){0}), false);
	add_places(1, 0, "T1:I1 T3:-", "", 0, true);
	add_outcome(add_commit("b", 2, 1, 1, &(struct rules){0}), false);
	add_places(2, 1, "T2:I1", "", 0, false);
	(void)add_commit("a", 3, 2, 5, &(struct rules){.rest_days = 6, .quiet_days = 10, .rotate = 1});
	take_up(3);
	expect_basis(plain, "", low, ASSURANCE_B, "");
	expect_basis(drawn, "", low, ASSURANCE_B, "1 ");
	expect_basis(owed, "", low, ASSURANCE_B, "1 ");
	expect_basis(seen, "", low, ASSURANCE_B, "2 ");
	expect_basis(plain, "I1,target,T1,rotation\n", low, ASSURANCE_B, "1 ");
	expect_basis(drawn, "", low, ASSURANCE_A_UNRUN_IF, "1 ");
	/* only where it is lower than its own; what failed, and what is pending, promises nothing */
	expect_basis(drawn, "", low, ASSURANCE_C, "");
	expect_basis(drawn, "", even, ASSURANCE_B, "");
	expect_basis(drawn, "", even, ASSURANCE_A_UNRUN, "1 ");
	expect_basis(drawn, "", failed, ASSURANCE_C, "1 ");
	expect_basis(drawn, "", low, ASSURANCE_UNKNOWN, "");
	expect_basis(drawn, "", low, ASSURANCE_PENDING, "");
	/* drawn longer ago than it rests: that decides nothing any more */
	log_scene_drop(w.log);
	(void)add_commit("a", 3, 2, 5, &(struct rules){.rest_days = 5});
	take_up(3);
	expect_basis(drawn, "", low, ASSURANCE_B, "");
}

/* Voids without a value since the cycle's draw before, unless its witnesses saw them before draw_time. */
static void
test_stands_on_voids(void **state)
{
	static const enum assurance classes[] = {ASSURANCE_NONE, ASSURANCE_B, ASSURANCE_NONE, ASSURANCE_NONE},
	                            valued[] = {ASSURANCE_NONE, ASSURANCE_B, ASSURANCE_B, ASSURANCE_B};
	static const struct said plain[TARGETS] = {PLAIN, PLAIN, PLAIN, PLAIN, PLAIN};

	(void)state;
	add_outcome(add_commit("a", 1, 1, 0, &(struct rules){0}), true);
	add_outcome(add_commit("a", 2, 2, 1, &(struct rules){0}), false);
	add_outcome(add_commit("a", 3, 3, 2, &(struct rules){0}), true);
	add_outcome(add_commit("a", 4, 4, 3, &(struct rules){0}), true);
	for (size_t i = 0; i < 4; i++)
		w.earlier[i].witnesses = 2;
	(void)add_commit("a", 5, 5, 4, &(struct rules){0});
	take_up(5);
	expect_basis(plain, "", classes, ASSURANCE_B, "3 4 "); /* the first is before the cycle's draw */
	expect_basis(NULL, "", classes, ASSURANCE_B, "3 4 ");  /* the log alone says so, before the reveal */
	expect_basis(plain, "", valued, ASSURANCE_B, "");
	w.earlier[2].outcome_before_draw = 2;
	w.earlier[3].outcome_before_draw = 1; /* half is not more than half */
	expect_basis(plain, "", classes, ASSURANCE_B, "4 ");
	take_up(2);
	expect_basis(NULL, "", classes, ASSURANCE_B, "1 "); /* with no draw before it, of all voids */
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(test_elsewhere),
	    TEST(test_elsewhere_as_amended),
	    TEST(test_owed),
	    TEST(test_rotation),
	    TEST(test_stands_on_rows),
	    TEST(test_stands_on_voids),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
