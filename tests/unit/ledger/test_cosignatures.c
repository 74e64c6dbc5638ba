/*
 * Cosignatures in the state: what is taken and what is not, which checkpoint they make the one that is published,
 * against a slow model, and what class they give a draw, against the checker.
 */

#include "scene.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/check/verify.h"
#include "core/log/cosigned.h"
#include "core/log/witness.h"
#include "draws/assurance.h"
#include "ledger/cosignatures.h"
#include "ledger/ledger.h"
#include "operator_scene.h"
#include "publish/publish.h"
#include "publish/reader.h"
#include "remote/beacons.h"
#include "steps/steps.h"

#define WITNESSES 3
#define STRANGER 3
#define DRAW_TIME (SCENE_NOW + 7200)
#define ROUNDS 150

enum { BY_WITNESS, BY_DRAND, BY_NOBODY, FILLER };

static const char cycles[] =
    "[cycle witness]\ntitle = W\nwhen = manual\nembargo = 0\nsample = 3\nteam = any\nmatters = duty\nbeacon = witness "
    "one\n"
    "[cycle drand]\ntitle = D\nwhen = manual\nembargo = 0\nsample = 3\nteam = any\nmatters = duty\nbeacon = drand\n"
    "[cycle nobody]\ntitle = N\nwhen = manual\nembargo = 0\nsample = 3\nteam = any\nmatters = duty\nbeacon = none\n"
    "[cycle filler]\ntitle = F\nwhen = manual\nembargo = 0\nsample = 3\nteam = any\nmatters = duty\nbeacon = none\n";

static struct operator_scene scene;
static struct signing_key keys[WITNESSES + 1]; /* the last is a stranger's */

/* The first `n` of the witnesses are in force from now on. */
static void
configure(size_t n)
{
	static const char *const names[] = {"one", "two", "three", "four"};
	char ini[sizeof cycles + 2048];
	size_t at = 0;

	for (size_t i = 0; i < n; i++)
		at += (size_t)snprintf(ini + at, sizeof ini - at, "[witness %s]\nkey = %s\n", names[i], keys[i].vkey);
	(void)snprintf(ini + at, sizeof ini - at, "%s", cycles);
	operator_scene_ini(&scene, ini);
}

static int
set_up(void **state)
{
	(void)state;
	operator_scene_open(&scene, "");
	for (size_t i = 0; i <= WITNESSES; i++) {
		char name[32];

		(void)snprintf(name, sizeof name, "w%zu.example.org", i);
		operator_scene_well(&scene, key_make(name, NOTE_COSIGNATURE_V1, &keys[i], &scene.err));
	}
	configure(WITNESSES);
	operator_scene_rosters(&scene);
	operator_scene_init(&scene);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	operator_scene_close(&scene);
	return 0;
}

/* ---- the log ---- */

static uint64_t
commit(size_t cycle, int64_t draw_time)
{
	struct step_commit want = {.cycle = &scene.config.cycles[cycle], .draw_time = draw_time};
	uint64_t n = 0;

	operator_scene_well(&scene, step_commit(&scene.operator, &want, &n, &scene.err));
	return n;
}

static struct draw_row
row_of(uint64_t n)
{
	struct draw_row row;

	operator_scene_well(&scene, draws_find(scene.operator.store, n, &row, &scene.err));
	return row;
}

static uint64_t
newest_size(void)
{
	uint64_t size = 0;

	operator_scene_well(&scene, ledger_sealed_size(scene.operator.store, &size, &scene.err));
	return size;
}

/* Appends to the log until it has each of these sizes; sizes[0] it has already. */
static void
grow(uint64_t *sizes, size_t n)
{
	sizes[0] = newest_size();
	for (size_t i = 1; i < n; i++) {
		uint64_t draw = commit(FILLER, scene.operator.now);

		operator_scene_well(&scene, step_draw(&scene.operator, draw, NULL, &scene.err));
		operator_scene_well(&scene, step_reveal(&scene.operator, draw, &scene.err));
		sizes[i] = newest_size();
		assert_true(sizes[i] > sizes[i - 1]);
	}
}

/* A beacon's value, as drand or the witness would give it; then the draw. */
static void
draw(uint64_t n)
{
	struct draw_row row = row_of(n);
	char signature[WITNESS_SIGNATURE_HEX], hash[HASH_HEX + 1], sql[512];
	uint8_t point[48] = {0x81, 7};
	struct buf bytes;
	uint64_t which = 0;

	operator_scene_well(&scene, ledger_entry(scene.operator.store, row.commit_entry, &bytes, &scene.err));
	hash_hex(buf_view(&bytes), hash);
	if (row.source == SOURCE_WITNESS) {
		witness_beacon_sign(slice_of(hash), keys[0].secret, signature);
		operator_scene_well(&scene,
		    beacons_add(scene.operator.store, slice_of(signature), scene.operator.now, &which, &scene.err));
		assert_int_equal(which, n);
	} else if (row.source == SOURCE_DRAND) {
		hash_hex((struct slice){(const char *)point, sizeof point}, hash);
		text_to_hex(point, sizeof point, signature);
		(void)snprintf(sql, sizeof sql,
		    "INSERT INTO draw_value (n, value, signature, tried) VALUES (%llu, '%s', '%s', 0)",
		    (unsigned long long)n, hash, signature);
		operator_scene_well(&scene, store_exec(scene.operator.store, sql, &scene.err));
	}
	operator_scene_well(&scene, step_draw(&scene.operator, n, NULL, &scene.err));
	buf_release(&bytes);
}

/* ---- cosignatures ---- */

/* The line that this witness signs at `time`; buf_release. */
static struct buf
line_of(size_t who, uint64_t size, int64_t time)
{
	struct note *note = malloc(sizeof *note);
	struct buf bytes, line;

	assert_non_null(note);
	operator_scene_well(&scene, ledger_checkpoint(scene.operator.store, size, &bytes, &scene.err));
	operator_scene_well(&scene, note_parse(buf_view(&bytes), note, &scene.err));
	buf_init(&line, LEDGER_NOTE_MAX);
	note_cosign(note->text, keys[who].name, keys[who].secret, (uint64_t)time, &line);
	assert_false(line.failed);
	buf_release(&bytes);
	free(note);
	return line;
}

/* By the clock of now. */
static int
add_line(size_t who, uint64_t size, struct slice line)
{
	int64_t now = scene.operator.now;

	return cosignatures_add(scene.operator.store, size, keys[who].vkey, line, now - WITNESS_CLOCK_S,
	    now + WITNESS_CLOCK_S, &scene.err);
}

/* Whenever that was. */
static void
add(size_t who, uint64_t size, int64_t time)
{
	struct buf line = line_of(who, size, time);

	operator_scene_well(&scene,
	    cosignatures_add(scene.operator.store, size, keys[who].vkey, buf_view(&line), INT64_MIN, INT64_MAX,
	        &scene.err));
	buf_release(&line);
}

static int64_t
kept(void)
{
	return operator_scene_count(&scene, "SELECT count(*) FROM cosignature");
}

static int64_t
serial(void)
{
	int64_t value = -1;

	operator_scene_well(&scene, cosignatures_serial(scene.operator.store, &value, &scene.err));
	return value;
}

/* ---- what is taken ---- */

static void
test_a_true_one_is_taken_once(void **state)
{
	static const int64_t clocks[] = {0, WITNESS_CLOCK_S, -WITNESS_CLOCK_S};
	uint64_t size = newest_size();
	struct buf note;

	(void)state;
	for (size_t i = 0; i < WITNESSES; i++) {
		struct buf line = line_of(i, size, scene.operator.now + clocks[i]);

		assert_false(cosignatures_has(scene.operator.store, size, keys[i].vkey));
		operator_scene_well(&scene, add_line(i, size, buf_view(&line)));
		operator_scene_well(&scene, add_line(i, size, buf_view(&line)));
		assert_true(cosignatures_has(scene.operator.store, size, keys[i].vkey));
		assert_int_equal(kept(), i + 1);
		assert_int_equal(serial(), i + 1);
		buf_release(&line);
	}
	/* The checkpoint with all of them is one that is in order. */
	operator_scene_well(&scene, cosignatures_note(scene.operator.store, size, &note, &scene.err));
	for (size_t i = 0; i <= WITNESSES; i++) {
		struct note *parsed = malloc(sizeof *parsed);
		struct note_key key;
		uint64_t time = 0;

		assert_non_null(parsed);
		operator_scene_well(&scene, note_parse(buf_view(&note), parsed, &scene.err));
		operator_scene_well(&scene, note_key_parse(slice_of(keys[i].vkey), &key, &scene.err));
		assert_int_equal(note_verify_cosignature(parsed, &key, &time), i == STRANGER ? NOTE_ABSENT : NOTE_TRUE);
		free(parsed);
	}
	buf_release(&note);
}

static void
refused(size_t who, uint64_t size, struct slice line, const char *words)
{
	operator_scene_refused(&scene, add_line(who, size, line), ERR_REFUSED, words);
	assert_int_equal(kept(), 0);
	assert_int_equal(serial(), 0);
}

static void
test_nothing_else_is_taken(void **state)
{
	static const int64_t wrong[] = {WITNESS_CLOCK_S + 1, -WITNESS_CLOCK_S - 1, 86400, -86400,
	    10 * (int64_t)INT32_MAX};
	uint64_t before = newest_size(), size;
	struct buf line, changed;

	(void)state;
	(void)commit(BY_NOBODY, DRAW_TIME);
	size = newest_size();
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		line = line_of(0, size, scene.operator.now + wrong[i]);
		refused(0, size, buf_view(&line), "the clock of the witness");
		buf_release(&line);
	}
	line = line_of(0, size, -1); /* the latest time that there is: it is false whatever was signed */
	refused(0, size, buf_view(&line), "is false");
	buf_release(&line);
	line = line_of(STRANGER, size, scene.operator.now);
	refused(0, size, buf_view(&line), "no cosignature by the key");
	buf_release(&line);
	line = line_of(0, before, scene.operator.now);
	refused(0, size, buf_view(&line), "is false");
	assert_int_equal(add_line(0, size + 1, buf_view(&line)), ERR_ABSENT);
	buf_release(&line);

	/* Not one line, or more than one. */
	line = line_of(0, size, scene.operator.now);
	refused(0, size, (struct slice){line.data, line.len - 1}, "no cosignature by the key");
	refused(0, size, (struct slice){"", 0}, "no cosignature by the key");
	refused(0, size, (struct slice){"\n", 1}, "no cosignature by the key");
	buf_init(&changed, LEDGER_NOTE_MAX);
	buf_slice(&changed, buf_view(&line));
	buf_slice(&changed, buf_view(&line));
	refused(0, size, buf_view(&changed), "no cosignature by the key");
	buf_clear(&changed);
	buf_byte(&changed, '\n');
	buf_slice(&changed, buf_view(&line));
	refused(0, size, buf_view(&changed), "no cosignature by the key");
	/* With any one bit flipped. */
	for (size_t i = 0; i < 8 * line.len; i++) {
		buf_clear(&changed);
		buf_slice(&changed, buf_view(&line));
		changed.data[i / 8] ^= (char)(1 << i % 8);
		refused(0, size, buf_view(&changed), "");
	}
	buf_release(&changed);
	operator_scene_well(&scene, add_line(0, size, buf_view(&line)));
	buf_release(&line);
}

/* ---- by hand ---- */

static uint64_t taken;

static int
add_any(struct slice bytes)
{
	return cosignatures_add_any(scene.operator.store, bytes, scene.operator.now, &taken, &scene.err);
}

/* A whole note, as somebody may have brought it on a stick; buf_release. */
static struct buf
whole_note(uint64_t size)
{
	struct buf note;

	operator_scene_well(&scene, ledger_checkpoint(scene.operator.store, size, &note, &scene.err));
	for (size_t i = 0; i < WITNESSES; i++) {
		struct buf line = line_of(i, size, scene.operator.now + (int64_t)i);

		buf_slice(&note, buf_view(&line));
		buf_release(&line);
	}
	return note;
}

static void
test_by_hand(void **state)
{
	uint64_t before = newest_size(), size;
	struct buf note, line;

	(void)state;
	(void)commit(BY_NOBODY, DRAW_TIME);
	size = newest_size();
	scene.operator.now += 3 * 86400; /* it was on its way for days */
	line = line_of(1, before, SCENE_NOW + 86400);
	operator_scene_well(&scene, add_any(buf_view(&line)));
	assert_int_equal(taken, 1);
	assert_true(cosignatures_has(scene.operator.store, before, keys[1].vkey));
	operator_scene_well(&scene, add_any(buf_view(&line)));
	assert_int_equal(taken, 0);
	buf_release(&line);
	note = whole_note(size);
	operator_scene_well(&scene, add_any(buf_view(&note)));
	assert_int_equal(taken, WITNESSES);
	assert_int_equal(kept(), WITNESSES + 1);
	buf_release(&note);
}

static void
test_by_hand_refused(void **state)
{
	static const int64_t wrong[] = {86400, -86400, WITNESS_CLOCK_S + 1, -WITNESS_CLOCK_S - 1};
	uint64_t size = newest_size();
	struct buf line;

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		line = line_of(0, size, scene.operator.now + wrong[i]);
		operator_scene_refused(&scene, add_any(buf_view(&line)), ERR_REFUSED, "the clock of the witness");
		buf_release(&line);
	}
	line = line_of(STRANGER, size, scene.operator.now);
	operator_scene_refused(&scene, add_any(buf_view(&line)), ERR_REFUSED, "no cosignature by a witness in force");
	buf_release(&line);
	line = line_of(0, size, scene.operator.now);
	for (size_t i = 0; i < 8 * line.len; i++) {
		line.data[i / 8] ^= (char)(1 << i % 8);
		operator_scene_refused(&scene, add_any(buf_view(&line)), ERR_REFUSED, "");
		line.data[i / 8] ^= (char)(1 << i % 8);
	}
	buf_release(&line);
	operator_scene_refused(&scene, add_any(slice_of("hello\n")), ERR_REFUSED, "no cosignature in it");
	operator_scene_refused(&scene, add_any((struct slice){"", 0}), ERR_REFUSED, "no cosignature in it");
	assert_int_equal(kept(), 0);
	assert_int_equal(serial(), 0);
}

/* ---- of a published checkpoint ---- */

static void
test_adopt(void **state)
{
	uint64_t size = newest_size();
	struct buf note = whole_note(size), line;

	(void)state;
	line = line_of(STRANGER, size, scene.operator.now);
	buf_slice(&note, buf_view(&line));
	buf_release(&line);
	/* The second witness's is damaged, where it alone is signed; the third has left since. */
	line = line_of(1, size, scene.operator.now + 1);
	note.data[(char *)memmem(note.data, note.len, line.data, line.len) - note.data + (ptrdiff_t)line.len - 20] ^= 1;
	buf_release(&line);
	configure(2);
	operator_scene_well(&scene, step_overdue(&scene.operator, 0, &scene.err));
	operator_scene_well(&scene, store_begin(scene.operator.store, &scene.err));
	operator_scene_well(&scene, cosignatures_adopt(scene.operator.store, size, buf_view(&note), &scene.err));
	operator_scene_well(&scene, store_commit(scene.operator.store, &scene.err));
	assert_int_equal(kept(), 2);
	assert_true(cosignatures_has(scene.operator.store, size, keys[0].vkey));
	assert_true(cosignatures_has(scene.operator.store, size, keys[2].vkey));
	assert_int_equal(operator_scene_verify(&scene), 0);
	buf_release(&note);
}

/* ---- which checkpoint is published ---- */

#define SIZES 5

struct given {
	uint64_t size;
	size_t who;
	int64_t time;
};

/*
 * PROTOCOL 4 and cosignatures.h, said the slow way: `first` (or STRANGER) comes before numbers, and whatever
 * cosignature there is before none.
 */
static uint64_t
model_size(const struct given *given, size_t n, const uint64_t *sizes, uint64_t least, int64_t until, size_t first)
{
	uint64_t best = least, best_votes = 0;

	for (size_t s = 0; s < SIZES; s++) {
		uint64_t votes = 0;

		for (size_t i = 0; i < n; i++)
			if (given[i].size == sizes[s] && sizes[s] >= least && given[i].time <= until &&
			    given[i].who != STRANGER)
				votes += given[i].who == first ? 1000 : 1;
		if (votes > best_votes) {
			best = sizes[s];
			best_votes = votes;
		}
	}
	for (size_t s = 0; s < SIZES && best_votes == 0; s++)
		for (size_t i = 0; i < n; i++)
			if (given[i].size == sizes[s] && sizes[s] >= least)
				return sizes[s];
	return best;
}

/* Some cosignatures, most of them close to the last moment that counts. */
static size_t
give_some(struct support_random *random, const uint64_t *sizes, int64_t until, struct given *ret)
{
	static const int64_t about[] = {-3000, -1, 0, 0, 1, 3000};
	size_t n = 0;

	operator_scene_well(&scene, store_exec(scene.operator.store, "DELETE FROM cosignature", &scene.err));
	for (uint64_t left = support_random_below(random, 12); left > 0; left--) {
		struct given g = {.size = sizes[support_random_below(random, SIZES)],
		    .who = support_random_below(random, WITNESSES + 1),
		    .time = until + about[support_random_below(random, sizeof about / sizeof about[0])]};

		if (cosignatures_has(scene.operator.store, g.size, keys[g.who].vkey))
			continue;
		add(g.who, g.size, g.time);
		ret[n++] = g;
	}
	return n;
}

static void
test_which_is_published(void **state)
{
	struct draw_row witness, nobody;
	struct support_random random;
	struct given given[16];
	uint64_t sizes[SIZES], size = 0;
	bool differs = false;

	(void)state;
	support_random_begin(&random);
	grow(sizes, 2); /* the first of them are before the commitments */
	witness = row_of(commit(BY_WITNESS, DRAW_TIME));
	nobody = row_of(commit(BY_NOBODY, DRAW_TIME));
	grow(sizes + 2, SIZES - 2);
	for (int i = 0; i < ROUNDS; i++) {
		size_t n = give_some(&random, sizes, DRAW_TIME - COMMIT_LEAD_S, given);
		uint64_t by_witness;

		operator_scene_well(&scene,
		    draw_assurance_commit_size(scene.operator.store, &witness, &by_witness, &scene.err));
		assert_int_equal(by_witness,
		    model_size(given, n, sizes, witness.commit_size, DRAW_TIME - COMMIT_LEAD_S, 0));
		operator_scene_well(&scene,
		    draw_assurance_commit_size(scene.operator.store, &nobody, &size, &scene.err));
		assert_int_equal(size,
		    model_size(given, n, sizes, nobody.commit_size, DRAW_TIME - COMMIT_LEAD_S, STRANGER));
		differs |= by_witness > size;
	}
	assert_true(differs); /* the beacon's key has counted for more than numbers */

	/* Its outcome, with a day. */
	scene.operator.now = DRAW_TIME;
	draw(nobody.n);
	nobody = row_of(nobody.n);
	grow(sizes + 2, SIZES - 2);
	for (int i = 0; i < ROUNDS; i++) {
		size_t n = give_some(&random, sizes, DRAW_TIME + OUTCOME_DELAY_S, given);

		operator_scene_well(&scene,
		    draw_assurance_outcome_size(scene.operator.store, &nobody, &size, &scene.err));
		assert_int_equal(size,
		    model_size(given, n, sizes, nobody.outcome_size, DRAW_TIME + OUTCOME_DELAY_S, STRANGER));
	}
}

/* ---- classes ---- */

static enum assurance
class_of(uint64_t n)
{
	struct draw_row row = row_of(n);
	struct draw_assurance class;

	operator_scene_well(&scene, draw_assurance_read(scene.operator.store, &row, &class, &scene.err));
	assert_int_equal(class.witnesses, WITNESSES);
	return class.assurance;
}

static void
test_classes(void **state)
{
	static const struct {
		size_t cycle, commit_cosigners, outcome_cosigners;
		int64_t commit_late, outcome_late; /* s after the last moment */
		enum assurance want;
	} cases[] = {
	    {BY_DRAND, 2, 2, 0, 0, ASSURANCE_A_UNRUN_IF},
	    {BY_DRAND, 3, 3, -100, -100, ASSURANCE_A_UNRUN_IF},
	    {BY_DRAND, 1, 2, 0, 0, ASSURANCE_C},
	    {BY_DRAND, 2, 1, 0, 0, ASSURANCE_C},
	    {BY_DRAND, 0, 0, 0, 0, ASSURANCE_C},
	    {BY_DRAND, 3, 3, 1, 0, ASSURANCE_C},
	    {BY_DRAND, 3, 3, 0, 1, ASSURANCE_C},
	    {BY_WITNESS, 2, 2, 0, 0, ASSURANCE_B_IF},
	    {BY_WITNESS, 3, 1, 0, 0, ASSURANCE_C},
	    {BY_WITNESS, 3, 3, 1, 0, ASSURANCE_C},
	    {BY_NOBODY, 3, 3, 0, 0, ASSURANCE_C},
	};
	int64_t draw_time = DRAW_TIME;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++, draw_time += 7200) {
		uint64_t n = commit(cases[i].cycle, draw_time);

		for (size_t who = 0; who < cases[i].commit_cosigners; who++)
			add(who, row_of(n).commit_size, draw_time - COMMIT_LEAD_S + cases[i].commit_late);
		add(STRANGER, row_of(n).commit_size, draw_time - COMMIT_LEAD_S);
		assert_int_equal(class_of(n), cases[i].cycle == BY_NOBODY ? ASSURANCE_PENDING_C : ASSURANCE_PENDING);
		scene.operator.now = draw_time;
		draw(n);
		assert_int_equal(class_of(n), ASSURANCE_C);
		for (size_t who = 0; who < cases[i].outcome_cosigners; who++)
			add(who, row_of(n).outcome_size, draw_time + OUTCOME_DELAY_S + cases[i].outcome_late);
		if (class_of(n) != cases[i].want)
			fail_msg("case %zu: %s instead of %s", i, assurance_name(class_of(n)),
			    assurance_name(cases[i].want));
		operator_scene_well(&scene, step_reveal(&scene.operator, n, &scene.err));
	}
}

/* A void that bears no value has none. */
static void
test_class_of_a_void(void **state)
{
	uint64_t n = commit(BY_NOBODY, DRAW_TIME);

	(void)state;
	operator_scene_well(&scene, step_void(&scene.operator, n, "test", &scene.err));
	assert_int_equal(class_of(n), ASSURANCE_NONE);
}

/* The witnesses of a draw are those of its commitment, whoever comes after. */
static void
test_a_change_of_witnesses(void **state)
{
	uint64_t n;

	(void)state;
	configure(2);
	operator_scene_well(&scene, step_overdue(&scene.operator, 0, &scene.err));
	n = commit(BY_NOBODY, DRAW_TIME);
	configure(WITNESSES);
	operator_scene_well(&scene, step_overdue(&scene.operator, 0, &scene.err));
	for (size_t who = 0; who < WITNESSES; who++)
		add(who, row_of(n).commit_size, SCENE_NOW);
	{
		struct draw_row row = row_of(n);
		struct draw_assurance class;

		operator_scene_well(&scene, draw_assurance_read(scene.operator.store, &row, &class, &scene.err));
		assert_int_equal(class.witnesses, 2);
		assert_int_equal(class.commit_in_time, 2);
	}
	assert_int_equal(operator_scene_verify(&scene), 0);
}

/* ---- the checker says the same ---- */

struct checked {
	enum assurance assurance;
	uint64_t commit_cosigned, outcome_cosigned;
};
static struct checked checked[4];

static void
on_assurance(void *ctx, uint64_t n, const struct assurance_facts *facts)
{
	(void)ctx;
	if (n < sizeof checked / sizeof checked[0])
		checked[n] = (struct checked){facts->assurance, facts->commit_cosigned, facts->outcome_cosigned};
}

static void
verify(void)
{
	struct verify_options options = {.has_at = true, .at = scene.operator.now};
	struct report report = {.assurance = on_assurance};
	struct folder folder;

	operator_scene_well(&scene, publish_news(scene.operator.store, &scene.operator.key, &scene.config, &scene.err));
	operator_scene_well(&scene, folder_open(&folder, scene.public, &scene.err));
	operator_scene_well(&scene, verify_directory(&folder.published, &options, &report, &scene.err));
	folder_close(&folder);
}

/*
 * Whatever was cosigned when.  A draw whose beacon is a witness that did not cosign the commitment in time is one that
 * the checker fails.
 */
static void
test_the_checker_agrees(void **state)
{
	static const int64_t about[] = {-3000, 0, 1};
	struct support_random random;
	unsigned good = 0;
	uint64_t n[3];

	(void)state;
	support_random_begin(&random);
	for (size_t cycle = BY_WITNESS; cycle <= BY_NOBODY; cycle++)
		n[cycle] = commit(cycle, DRAW_TIME);
	scene.operator.now = DRAW_TIME;
	for (size_t cycle = BY_WITNESS; cycle <= BY_NOBODY; cycle++)
		draw(n[cycle]);
	for (int i = 0; i < 60; i++) {
		operator_scene_well(&scene, store_exec(scene.operator.store, "DELETE FROM cosignature", &scene.err));
		add(STRANGER, newest_size(), SCENE_NOW); /* so that there is news */
		for (uint64_t left = support_random_below(&random, 30); left > 0; left--) {
			struct draw_row row = row_of(n[support_random_below(&random, 3)]);
			int64_t time = about[support_random_below(&random, 3)];
			size_t who = support_random_below(&random, WITNESSES);

			if (support_random_below(&random, 2) == 0)
				add(who, row.commit_size, DRAW_TIME - COMMIT_LEAD_S + time);
			else
				add(who, row.outcome_size, DRAW_TIME + OUTCOME_DELAY_S + time);
		}
		verify();
		for (size_t cycle = BY_WITNESS; cycle <= BY_NOBODY; cycle++) {
			struct draw_row row = row_of(n[cycle]);
			struct draw_assurance class;

			operator_scene_well(&scene,
			    draw_assurance_read(scene.operator.store, &row, &class, &scene.err));
			assert_int_equal(checked[row.n].commit_cosigned, class.commit_in_time);
			assert_int_equal(checked[row.n].outcome_cosigned, class.outcome_in_time);
			if (cycle == BY_WITNESS && !class.beacon_key_in_time)
				assert_int_equal(checked[row.n].assurance, ASSURANCE_UNKNOWN);
			else
				assert_int_equal(checked[row.n].assurance, class.assurance);
			good += class.assurance == ASSURANCE_A_UNRUN_IF;
		}
	}
	assert_true(good > 0);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
	    TEST(test_a_true_one_is_taken_once),
	    TEST(test_nothing_else_is_taken),
	    TEST(test_by_hand),
	    TEST(test_by_hand_refused),
	    TEST(test_adopt),
	    TEST(test_which_is_published),
	    TEST(test_classes),
	    TEST(test_class_of_a_void),
	    TEST(test_a_change_of_witnesses),
	    TEST(test_the_checker_agrees),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
