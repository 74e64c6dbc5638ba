/*
 * Which entries may follow which (PROTOCOL 4, 6, 9): the checks `sequence` and `order`, over logs that are made entry by
 * entry.
 */
#include "log_scene.h"

#include <stdio.h>
#include <stdlib.h>

#define DRAW_TIME (LOG_START + 1000)

static struct log_scene *scene;

static int
set_up(void **state)
{
	struct log_text text;
	struct entry a, b;

	(void)state;
	scene = malloc(sizeof *scene);
	assert_non_null(scene);
	log_scene_begin(scene, 1);
	a = log_cycle("a", SOURCE_PUBLIC, 0, &text);
	(void)log_scene_add(scene, &a);
	b = log_cycle("b", SOURCE_PUBLIC, 5, &text);
	(void)log_scene_add(scene, &b);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	log_scene_release(scene);
	free(scene);
	return 0;
}

/* What both checks say of the log: NULL, that they hold; else a part of what they must say. */
static void
expect(const char *sequence, const char *order)
{
	struct err wrong = {0}, disorder = {0};
	struct sequence s;

	assert_int_equal(sequence_read(&scene->log, &s, &wrong, &disorder), 0);
	if ((wrong.code != 0) != (sequence != NULL) || (sequence != NULL && strstr(wrong.message, sequence) == NULL))
		fail_msg("sequence: \"%s\" instead of \"%s\"", wrong.message, sequence == NULL ? "" : sequence);
	if ((disorder.code != 0) != (order != NULL) || (order != NULL && strstr(disorder.message, order) == NULL))
		fail_msg("order: \"%s\" instead of \"%s\"", disorder.message, order == NULL ? "" : order);
	assert_true(s.whole || sequence != NULL || order != NULL);
	assert_true(!s.whole || sequence == NULL);
	sequence_release(&s);
}

/* The same with this entry at the end, which is taken away again. */
static void
expect_with(const struct entry *entry, const char *sequence, const char *order)
{
	(void)log_scene_add(scene, entry);
	expect(sequence, order);
	log_scene_drop(scene);
}

static size_t
add_commit(const char *cycle, uint64_t n, uint64_t link, int64_t draw_time, int64_t reveal_time)
{
	struct entry e = log_commit(scene, cycle, SOURCE_PUBLIC, n, link, draw_time);

	e.commit.reveal_time = reveal_time;
	return log_scene_add(scene, &e);
}

static size_t
add_draw(size_t commit)
{
	struct entry e = log_draw(scene, commit);

	return log_scene_add(scene, &e);
}

static size_t
add_void(size_t commit)
{
	struct entry e = log_void(scene, commit);

	return log_scene_add(scene, &e);
}

static size_t
add_reveal(size_t commit, bool is_void)
{
	struct log_text text;
	struct entry e = log_reveal(scene, commit, is_void, &text);

	return log_scene_add(scene, &e);
}

/* An archive entry that names these draws. */
static size_t
add_archive(const uint64_t *open, size_t n)
{
	static const char zeros[] = "0000000000000000000000000000000000000000000000000000000000000000";
	struct open_draw draws[4];
	struct entry e = {.type = ENTRY_ARCHIVE};

	for (size_t i = 0; i < n; i++)
		draws[i] = (struct open_draw){open[i], S(zeros)};
	e.archive.root = S(zeros);
	e.archive.open = draws;
	e.archive.n_open = n;
	return log_scene_add(scene, &e);
}

static struct entry
amend(uint64_t n, uint64_t amendment)
{
	struct entry e = {.type = ENTRY_AMEND};

	e.amend.n = n;
	e.amend.amendment = amendment;
	e.amend.sha256 = S("0000000000000000000000000000000000000000000000000000000000000000");
	return e;
}

/* Made before the reveal, and counted first by this archive entry. */
static struct entry
amend_before(uint64_t n, uint64_t amendment, size_t archive)
{
	struct entry e = amend(n, amendment);

	e.amend.before_reveal = true;
	e.amend.archive = archive;
	return e;
}

/* ---- commitments ---- */

static void
test_commitments(void **state)
{
	struct entry e;

	(void)state;
	expect(NULL, NULL);
	e = log_commit(scene, "c", SOURCE_PUBLIC, 1, 1, DRAW_TIME);
	expect_with(&e, "no chain", NULL);
	e = log_commit(scene, "a", SOURCE_PUBLIC, 2, 1, DRAW_TIME);
	expect_with(&e, "number does not follow", NULL);
	e = log_commit(scene, "a", SOURCE_PUBLIC, 1, 2, DRAW_TIME);
	expect_with(&e, "next link", NULL);
	e = log_commit(scene, "a", SOURCE_NONE, 1, 1, DRAW_TIME);
	expect_with(&e, "source is not that of the chain", NULL);
	e = log_commit(scene, "a", SOURCE_PUBLIC, 1, 1, DRAW_TIME);
	e.commit.chain = 2;
	expect_with(&e, "newest chain", NULL);
	e = log_commit(scene, "a", SOURCE_PUBLIC, 1, 1, DRAW_TIME);
	e.commit.origin = S("log.example.com");
	expect_with(&e, "origin of another log", NULL);
	e = log_commit(scene, "a", SOURCE_PUBLIC, 1, 1, DRAW_TIME);
	e.time = DRAW_TIME;
	expect_with(&e, NULL, NULL);
	e.time++;
	expect_with(&e, NULL, "later than its draw_time");
	/* local dates are at most a day from UTC's */
	for (int days = -2; days <= 2; days++) {
		e = log_commit(scene, "a", SOURCE_PUBLIC, 1, 1, DRAW_TIME);
		e.commit.date += days;
		expect_with(&e, NULL, days == -2 || days == 2 ? "more than a day" : NULL);
	}
	e = log_commit(scene, "a", SOURCE_PUBLIC, 1, 1, DRAW_TIME);
	(void)log_scene_add(scene, &e);
	e = log_commit(scene, "a", SOURCE_PUBLIC, 2, 2, DRAW_TIME);
	expect_with(&e, "has no outcome yet", NULL);
	e = log_commit(scene, "b", SOURCE_PUBLIC, 2, 1, DRAW_TIME);
	e.commit.reveal_time += 5 * DAY_S;
	expect_with(&e, NULL, NULL); /* another cycle may have one open too */
	e = log_commit(scene, "b", SOURCE_PUBLIC, 1, 1, DRAW_TIME);
	expect_with(&e, "number does not follow", NULL);
}

static void
test_last_link(void **state)
{
	struct log_text text;
	struct entry e = log_cycle("c", SOURCE_PUBLIC, 0, &text);
	size_t commit;

	(void)state;
	e.cycle.length = 1;
	(void)log_scene_add(scene, &e);
	commit = add_commit("c", 1, 1, DRAW_TIME, DRAW_TIME);
	(void)add_draw(commit);
	e = log_commit(scene, "c", SOURCE_PUBLIC, 2, 2, DRAW_TIME + 5000);
	expect_with(&e, "next link", NULL);
}

/* ---- chains ---- */

static void
test_chains(void **state)
{
	struct log_text text, other;
	size_t commit;
	struct entry e, reveal;

	(void)state;
	e = log_cycle("a", SOURCE_PUBLIC, 0, &text);
	expect_with(&e, "chain's number", NULL);
	e.cycle.chain = 2;
	e.cycle.reason = S("the server was lost");
	expect_with(&e, "anchor is that of another", NULL);
	e = log_cycle("c", SOURCE_PUBLIC, 0, &text);
	MODEL_HASH(text.hex, "b/0"); /* of another cycle */
	expect_with(&e, "anchor is that of another", NULL);
	e = log_cycle("c", SOURCE_PUBLIC, 0, &text);
	e.cycle.chain = 2;
	e.cycle.reason = S("a reason");
	expect_with(&e, "chain's number", NULL);
	commit = add_commit("a", 1, 1, DRAW_TIME, DRAW_TIME);
	e = log_cycle("a", SOURCE_PUBLIC, 0, &text);
	e.cycle.chain = 2;
	e.cycle.reason = S("a reason");
	MODEL_HASH(text.hex, "a new one");
	expect_with(&e, "before every used link", NULL);
	(void)add_draw(commit);
	expect_with(&e, "before every used link", NULL);
	(void)add_reveal(commit, false);
	expect_with(&e, NULL, NULL);
	/* an anchor that was a secret; and a secret that is an anchor */
	MODEL_HASH(text.hex, "a/1");
	expect_with(&e, "secret that was revealed", NULL);
	MODEL_HASH(text.hex, "a new one");
	(void)log_scene_add(scene, &e);
	commit = add_commit("b", 2, 1, DRAW_TIME + 5000, DRAW_TIME + 5000 + 5 * DAY_S);
	(void)add_draw(commit);
	reveal = log_reveal(scene, commit, false, &other);
	expect_with(&reveal, NULL, NULL);
	MODEL_HASH(other.hex, "a new one");
	expect_with(&reveal, "secret is the anchor", NULL);
	/* from here on the cycle uses its new chain, from its first link */
	e = log_commit(scene, "a", SOURCE_PUBLIC, 3, 1, DRAW_TIME + 9000);
	expect_with(&e, "newest chain", NULL);
	e.commit.chain = 2;
	expect_with(&e, NULL, NULL);
	e.commit.link = 2;
	expect_with(&e, "next link", NULL);
}

/* ---- outcomes ---- */

static void
test_outcomes(void **state)
{
	size_t commit = add_commit("a", 1, 1, DRAW_TIME, DRAW_TIME), other;
	struct entry e;

	(void)state;
	other = add_commit("b", 2, 1, DRAW_TIME, DRAW_TIME + 5 * DAY_S);
	e = log_draw(scene, commit);
	expect_with(&e, NULL, NULL);
	e.time = DRAW_TIME - 1;
	expect_with(&e, NULL, "earlier than its draw_time");
	e = log_draw(scene, commit);
	e.draw.commit = slice_of(scene->entries[other].hash);
	expect_with(&e, "hash is not that", NULL);
	e.draw.n = 3;
	expect_with(&e, "no commitment of this number", NULL);
	e.draw.n = 2;
	expect_with(&e, NULL, NULL);
	e = log_void(scene, commit);
	e.time = DRAW_TIME - 1; /* a void may come at any time */
	expect_with(&e, NULL, NULL);
	e.time = scene->now;
	expect_with(&e, NULL, NULL);
	e.time = scene->now - 1;
	expect_with(&e, NULL, "before that of the entry before");
	e.time = 0;
	e.void_.commit = slice_of(scene->entries[other].hash);
	expect_with(&e, "hash is not that", NULL);
	(void)add_draw(commit);
	e = log_draw(scene, commit);
	expect_with(&e, "outcome already", NULL);
	e = log_void(scene, commit);
	expect_with(&e, "outcome already", NULL);
	(void)add_void(other);
	e = log_void(scene, other);
	expect_with(&e, "outcome already", NULL);
}

/* ---- reveal_time ---- */

static void
expect_reveal_time(struct entry commit, int64_t right)
{
	static const char wrong[] = "reveal_time is not the latest";

	for (int off = -1; off <= 1; off++) {
		commit.commit.reveal_time = right + off;
		expect_with(&commit, NULL, off == 0 ? NULL : wrong);
	}
}

static void
test_reveal_time_of_the_embargo(void **state)
{
	struct log_text text;
	struct entry e;
	size_t commit;

	(void)state;
	e = log_commit(scene, "b", SOURCE_PUBLIC, 1, 1, DRAW_TIME);
	expect_reveal_time(e, DRAW_TIME + 5 * DAY_S);
	e = log_commit(scene, "a", SOURCE_PUBLIC, 1, 1, DRAW_TIME);
	expect_reveal_time(e, DRAW_TIME);
	/* a void's reveal_time, five days later, is no matter to a new chain without an embargo */
	commit = add_commit("b", 1, 1, DRAW_TIME, DRAW_TIME + 5 * DAY_S);
	(void)add_void(commit);
	(void)add_reveal(commit, true);
	e = log_cycle("b", SOURCE_PUBLIC, 0, &text);
	e.cycle.chain = 2;
	e.cycle.reason = S("a reason");
	MODEL_HASH(text.hex, "a new one");
	(void)log_scene_add(scene, &e);
	e = log_commit(scene, "b", SOURCE_PUBLIC, 2, 1, DRAW_TIME + 5000);
	e.commit.chain = 2;
	expect_reveal_time(e, DRAW_TIME + 5000);
}

/*
 * Of the cycle's draws before it: one that had to wait for what it looked at keeps those after it waiting, though these
 * look at nothing.  A void does not.
 */
static void
test_reveal_time_of_the_cycle(void **state)
{
	int64_t first = DRAW_TIME + 5 * DAY_S;
	size_t commit;
	struct entry e;

	(void)state;
	(void)add_draw(add_commit("b", 1, 1, DRAW_TIME, first));
	e = log_commit(scene, "a", SOURCE_PUBLIC, 2, 1, DRAW_TIME + 3000);
	e.commit.rules.quiet_days = 30;
	e.commit.reveal_time = first;
	commit = log_scene_add(scene, &e);
	(void)add_draw(commit);
	e = log_commit(scene, "a", SOURCE_PUBLIC, 3, 2, DRAW_TIME + DAY_S);
	expect_reveal_time(e, first);
	log_scene_drop(scene);
	(void)add_void(commit);
	e = log_commit(scene, "a", SOURCE_PUBLIC, 3, 2, DRAW_TIME + DAY_S);
	expect_reveal_time(e, DRAW_TIME + DAY_S);
}

/* Of the draws that it looks at: of other cycles, drawn before it, less than quiet_days earlier. */
static void
test_reveal_time_of_draws_looked_at(void **state)
{
	int64_t first = DRAW_TIME + 5 * DAY_S, second = DRAW_TIME + 2 * DAY_S;
	size_t commit = add_commit("b", 1, 1, DRAW_TIME, first);
	struct entry e;

	(void)state;
	e = log_commit(scene, "a", SOURCE_PUBLIC, 2, 1, second);
	e.commit.rules.quiet_days = 3;
	expect_reveal_time(e, second); /* it is not drawn yet */
	(void)add_draw(commit);
	e.commit.rules.quiet_days = 0;
	expect_reveal_time(e, second);
	for (uint64_t quiet = 1; quiet <= 2; quiet++) { /* two days earlier: not less than two */
		e.commit.rules.quiet_days = quiet;
		expect_reveal_time(e, second);
	}
	e.commit.rules.quiet_days = 3;
	expect_reveal_time(e, first);
	e.commit.rules.quiet_days = QUIET_DAYS_MAX;
	expect_reveal_time(e, first);
	e.commit.date -= 1; /* it is dates that count */
	e.commit.rules.quiet_days = 2;
	expect_reveal_time(e, first);
}

static void
test_reveal_time_of_a_void_of_another(void **state)
{
	size_t commit = add_commit("b", 1, 1, DRAW_TIME, DRAW_TIME + 5 * DAY_S);
	struct entry e;

	(void)state;
	(void)add_void(commit);
	e = log_commit(scene, "a", SOURCE_PUBLIC, 2, 1, DRAW_TIME + DAY_S);
	e.commit.rules.quiet_days = 30;
	expect_reveal_time(e, DRAW_TIME + DAY_S);
}

static void
test_looks_at(void **state)
{
	struct err wrong = {0}, disorder = {0};
	struct sequence s;
	struct entry e;
	size_t second;

	(void)state;
	(void)add_draw(add_commit("b", 1, 1, DRAW_TIME, DRAW_TIME + 5 * DAY_S));
	second = add_commit("b", 2, 2, DRAW_TIME + DAY_S, DRAW_TIME + 6 * DAY_S);
	e = log_commit(scene, "a", SOURCE_PUBLIC, 3, 1, DRAW_TIME + 2 * DAY_S);
	e.commit.rules.quiet_days = 10;
	e.commit.reveal_time = DRAW_TIME + 5 * DAY_S;
	(void)log_scene_add(scene, &e);
	(void)add_draw(second); /* after that commitment */
	assert_int_equal(sequence_read(&scene->log, &s, &wrong, &disorder), 0);
	assert_true(s.whole && wrong.code == 0 && disorder.code == 0);
	assert_true(sequence_looks_at(&scene->log, &s, 2, 0));
	assert_false(sequence_looks_at(&scene->log, &s, 2, 1)); /* drawn after */
	assert_false(sequence_looks_at(&scene->log, &s, 2, 2));
	assert_false(sequence_looks_at(&scene->log, &s, 1, 0)); /* of its own cycle */
	assert_false(sequence_looks_at(&scene->log, &s, 0, 2));
	sequence_release(&s);
}

/* ---- reveals ---- */

static void
test_reveals(void **state)
{
	size_t first = add_commit("b", 1, 1, DRAW_TIME, DRAW_TIME + 5 * DAY_S), second;
	struct log_text text;
	struct entry e;

	(void)state;
	e = log_reveal(scene, first, false, &text);
	expect_with(&e, NULL, "before its draw or void");
	(void)add_draw(first);
	e = log_reveal(scene, first, false, &text);
	expect_with(&e, NULL, NULL);
	e.time--;
	expect_with(&e, NULL, "before reveal_time");
	e.time++;
	e.reveal.n = 2;
	expect_with(&e, "no commitment of this number", NULL);
	second = add_commit("b", 2, 2, DRAW_TIME + 100, DRAW_TIME + 5 * DAY_S + 100);
	(void)add_draw(second);
	e = log_reveal(scene, second, false, &text);
	expect_with(&e, "earlier commitment of the cycle", NULL);
	(void)add_reveal(first, false);
	e = log_reveal(scene, first, false, &text);
	expect_with(&e, "revealed already", NULL);
	e = log_reveal(scene, second, false, &text);
	expect_with(&e, NULL, NULL);
}

/* A void waits for its draw_time, not for its reveal_time; it names no record. */
static void
test_reveals_of_voids(void **state)
{
	size_t commit = add_commit("b", 1, 1, DRAW_TIME, DRAW_TIME + 5 * DAY_S);
	struct log_text text;
	struct entry e;

	(void)state;
	(void)add_void(commit);
	e = log_reveal(scene, commit, true, &text);
	assert_true(e.time == DRAW_TIME);
	expect_with(&e, NULL, NULL);
	e.time--;
	expect_with(&e, NULL, "a void is revealed before its draw_time");
	e = log_reveal(scene, commit, false, &text);
	e.time = DRAW_TIME;
	expect_with(&e, "names a record", NULL);
}

/* What is looked at opens first, for a void too; a void that could be looked at keeps nobody waiting. */
static void
test_reveals_wait_for_what_they_look_at(void **state)
{
	int64_t first = DRAW_TIME + 5 * DAY_S;
	struct log_text text;
	size_t seen, commit;
	struct entry e;

	(void)state;
	seen = add_commit("b", 1, 1, DRAW_TIME, first);
	(void)add_draw(seen);
	e = log_commit(scene, "a", SOURCE_PUBLIC, 2, 1, DRAW_TIME + 3000);
	e.commit.rules.quiet_days = 30;
	e.commit.reveal_time = first;
	commit = log_scene_add(scene, &e);
	for (int is_void = 0; is_void < 2; is_void++) {
		(void)(is_void == 1 ? add_void(commit) : add_draw(commit));
		e = log_reveal(scene, commit, is_void == 1, &text);
		expect_with(&e, "that it looks at is not revealed", NULL);
		(void)add_reveal(seen, false);
		e = log_reveal(scene, commit, is_void == 1, &text);
		expect_with(&e, NULL, NULL);
		log_scene_drop(scene);
		log_scene_drop(scene);
	}
}

/* ---- archive entries ---- */

static void
test_archives(void **state)
{
	size_t first, second, third;

	(void)state;
	(void)add_archive(NULL, 0);
	expect(NULL, NULL);
	first = add_commit("b", 1, 1, DRAW_TIME, DRAW_TIME + 5 * DAY_S);
	second = add_commit("a", 2, 1, DRAW_TIME, DRAW_TIME);
	(void)add_archive(NULL, 0); /* committed, not drawn */
	expect(NULL, NULL);
	(void)add_archive((const uint64_t[]){1}, 1);
	expect("not open", NULL);
	log_scene_drop(scene);
	(void)add_draw(second);
	(void)add_archive(NULL, 0);
	expect("leaves out a draw", NULL);
	log_scene_drop(scene);
	(void)add_archive((const uint64_t[]){2}, 1);
	expect(NULL, NULL);
	(void)add_draw(first);
	for (uint64_t n = 1; n <= 2; n++) {
		(void)add_archive(&n, 1);
		expect("leaves out a draw", NULL);
		log_scene_drop(scene);
	}
	(void)add_archive((const uint64_t[]){1, 2, 3}, 3);
	expect("not open", NULL);
	log_scene_drop(scene);
	(void)add_archive((const uint64_t[]){1, 2}, 2);
	expect(NULL, NULL);
	(void)add_reveal(second, false);
	(void)add_archive((const uint64_t[]){1, 2}, 2);
	expect("not open", NULL);
	log_scene_drop(scene);
	third = add_commit("a", 3, 2, DRAW_TIME + 9000, DRAW_TIME + 9000);
	(void)add_void(third); /* is never open */
	(void)add_archive((const uint64_t[]){1}, 1);
	expect(NULL, NULL);
	(void)add_reveal(first, false);
	(void)add_archive(NULL, 0);
	expect(NULL, NULL);
}

/* ---- amendments ---- */

/* Entries 3 commit, 4 draw, 5 and 6 archive. */
static size_t
begin_amendments(void)
{
	size_t commit = add_commit("b", 1, 1, DRAW_TIME, DRAW_TIME + 5 * DAY_S);

	(void)add_draw(commit);
	(void)add_archive((const uint64_t[]){1}, 1);
	(void)add_archive((const uint64_t[]){1}, 1);
	assert_int_equal(scene->log.n_entries, 7);
	return commit;
}

static void
test_amendments(void **state)
{
	size_t commit = begin_amendments();
	struct entry e = amend(1, 1);

	(void)state;
	expect_with(&e, "told before the reveal", NULL);
	(void)add_reveal(commit, false);
	expect_with(&e, NULL, NULL);
	e = amend(2, 1);
	expect_with(&e, "no commitment of this number", NULL);
	e = amend(1, 2);
	expect_with(&e, "number does not follow", NULL);
	/* which archive entry it names is the check amendments' to judge, and so is the order in which they were made */
	e = amend_before(1, 1, 9007199254740991);
	expect_with(&e, NULL, NULL);
	e = amend_before(1, 1, 6);
	(void)log_scene_add(scene, &e);
	e = amend_before(1, 2, 6);
	expect_with(&e, NULL, NULL);
	e = amend_before(1, 2, 5);
	expect_with(&e, NULL, NULL);
	/* those made before the reveal follow it directly; one after it may come at any time */
	(void)add_archive(NULL, 0);
	e = amend_before(1, 2, 6);
	expect_with(&e, "does not follow it directly", NULL);
	e = amend(1, 2);
	(void)log_scene_add(scene, &e);
	expect(NULL, NULL);
	e = amend_before(1, 3, 6);
	expect_with(&e, "does not follow it directly", NULL);
}

/* One made after the reveal, though it follows directly, leaves no room for one made before. */
static void
test_amendments_after_and_before(void **state)
{
	size_t commit = begin_amendments();
	struct entry e;

	(void)state;
	(void)add_reveal(commit, false);
	e = amend(1, 1);
	(void)log_scene_add(scene, &e);
	e = amend_before(1, 2, 6);
	expect_with(&e, NULL, NULL); /* the check amendments finds that it stands before the one before it */
}

static void
test_amendments_of_what_is_not_drawn(void **state)
{
	size_t commit = add_commit("a", 1, 1, DRAW_TIME, DRAW_TIME);
	struct entry e = amend(1, 1);

	(void)state;
	expect_with(&e, "not drawn", NULL);
	(void)add_void(commit);
	expect_with(&e, "not drawn", NULL);
	(void)add_reveal(commit, true);
	expect_with(&e, "not drawn", NULL);
}

/* None stands after the cycle's next commitment; what was made before it may be told after. */
static void
test_amendments_and_the_next_commitment(void **state)
{
	struct err wrong = {0}, disorder = {0};
	size_t commit = begin_amendments(), archive = 6, next;
	struct sequence s;
	struct entry e;

	(void)state;
	next = add_commit("b", 2, 2, DRAW_TIME + 900, DRAW_TIME + 5 * DAY_S + 900);
	(void)add_archive((const uint64_t[]){1}, 1);
	(void)add_reveal(commit, false);
	e = amend_before(1, 1, archive);
	assert_true(archive < next);
	(void)log_scene_add(scene, &e);
	assert_int_equal(sequence_read(&scene->log, &s, &wrong, &disorder), 0);
	assert_true(s.whole && s.draws[0].n_amends == 1 && !s.draws[0].amended_late);
	assert_int_equal(sequence_amendment_stands(&scene->log, s.draws[0].amends[0]), archive);
	sequence_release(&s);
	log_scene_drop(scene);
	e = amend_before(1, 1, next + 1); /* counted only after the commitment */
	(void)log_scene_add(scene, &e);
	assert_int_equal(sequence_read(&scene->log, &s, &wrong, &disorder), 0);
	assert_true(s.whole && s.draws[0].amended_late);
	sequence_release(&s);
	log_scene_drop(scene);
	e = amend(1, 1);
	(void)log_scene_add(scene, &e);
	assert_int_equal(sequence_read(&scene->log, &s, &wrong, &disorder), 0);
	assert_true(s.draws[0].amended_late);
	assert_int_equal(sequence_amendment_stands(&scene->log, s.draws[0].amends[0]), scene->log.n_entries - 1);
	sequence_release(&s);
}

/* ---- witnesses ---- */

static void
test_policies(void **state)
{
	struct entry e = {.type = ENTRY_POLICY};
	struct err wrong = {0}, disorder = {0};
	struct sequence s;

	(void)state;
	e.policy.reason = S("a reason");
	e.policy.witnesses = scene->keys + 1;
	e.policy.n_witnesses = 2;
	(void)log_scene_add(scene, &e);
	assert_int_equal(sequence_read(&scene->log, &s, &wrong, &disorder), 0);
	assert_true(s.whole);
	for (uint64_t size = 1; size <= 4; size++)
		assert_int_equal(sequence_witnesses(&s, size).n, size < 4 ? 1 : 2);
	assert_true(slice_eq(sequence_witnesses(&s, 4).keys[0], scene->keys[1]));
	sequence_release(&s);
	e.policy.n_witnesses = 0;
	expect_with(&e, NULL, NULL);
}

static void
test_genesis_once(void **state)
{
	struct entry e = {.type = ENTRY_GENESIS};

	(void)state;
	e.genesis.origin = S(LOG_ORIGIN);
	e.genesis.operator = S("another");
	e.genesis.key = slice_of(scene->vkey);
	expect_with(&e, "genesis stands once", NULL);
}

/* ---- overdue ---- */

static void
expect_overdue(int64_t at, const char *right)
{
	struct err wrong = {0}, disorder = {0}, late = {0};
	struct sequence s;
	int rc;

	assert_int_equal(sequence_read(&scene->log, &s, &wrong, &disorder), 0);
	rc = sequence_overdue(&scene->log, &s, at, &late);
	if (rc != (right == NULL ? 0 : ERR_REFUSED) || (right != NULL && strstr(late.message, right) == NULL))
		fail_msg("\"%s\" instead of \"%s\"", late.message, right == NULL ? "" : right);
	sequence_release(&s);
}

/* A day after draw_time and reveal_time, not at it; a void's reveal as well. */
static void
test_overdue(void **state)
{
	int64_t reveal_time = DRAW_TIME + 5 * DAY_S;
	size_t commit = add_commit("b", 1, 1, DRAW_TIME, reveal_time);

	(void)state;
	expect_overdue(DRAW_TIME + DAY_S, NULL);
	expect_overdue(DRAW_TIME + DAY_S + 1, "no outcome");
	(void)add_void(commit);
	expect_overdue(DRAW_TIME + DAY_S + 1, NULL);
	expect_overdue(reveal_time + DAY_S, NULL);
	expect_overdue(reveal_time + DAY_S + 1, "not revealed");
	(void)add_reveal(commit, true);
	expect_overdue(reveal_time + 99 * DAY_S, NULL);
	commit = add_commit("b", 2, 2, DRAW_TIME + 9000, reveal_time + 9000);
	(void)add_draw(commit);
	expect_overdue(reveal_time + 9000 + DAY_S, NULL);
	expect_overdue(reveal_time + 9000 + DAY_S + 1, "commitment 2 is not revealed");
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(test_commitments),
	    TEST(test_last_link),
	    TEST(test_chains),
	    TEST(test_outcomes),
	    TEST(test_reveal_time_of_the_embargo),
	    TEST(test_reveal_time_of_the_cycle),
	    TEST(test_reveal_time_of_draws_looked_at),
	    TEST(test_reveal_time_of_a_void_of_another),
	    TEST(test_looks_at),
	    TEST(test_reveals),
	    TEST(test_reveals_of_voids),
	    TEST(test_reveals_wait_for_what_they_look_at),
	    TEST(test_archives),
	    TEST(test_amendments),
	    TEST(test_amendments_after_and_before),
	    TEST(test_amendments_of_what_is_not_drawn),
	    TEST(test_amendments_and_the_next_commitment),
	    TEST(test_policies),
	    TEST(test_genesis_once),
	    TEST(test_overdue),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
