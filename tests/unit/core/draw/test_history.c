/*
 * What a cycle's draws leave for its next roster (PROTOCOL 3, 5, 10 `history`): last drawn, carried, rotation; and what
 * changed between two rosters (PROTOCOL 4 `changes`).  By hand.
 */
#include "scene.h"

#include <stdlib.h>

#include "core/draw/history.h"

static const char targets[] = "T1,A,,,,1,2020-01-01,,in\nT2,A,,,,1,2020-01-01,,in\nT3,A,,,,1,2020-01-01,,in\n"
                              "T4,A,,,,1,2020-01-01,,in\nT5,A,,,,1,2020-01-01,,in\nT6,A,,,,1,2020-01-01,,in\n";
static const char inspectors[] = "I1,,,,,in\nI2,,,,,in\nI3,,,,,in\nI4,,,,,in\n";

static void
begin(struct scene *scene, size_t seats)
{
	scene_rows(scene, targets, inspectors, "");
	scene_stratum(scene, "*", 6);
	scene->commit.rules.seats = seats;
	for (size_t s = 0; s < seats; s++)
		scene->commit.rules.team[s] = S("any");
}

/* Takes a draw in, after the first `n` of these amendments as the protocol gives them: a place, a seat or -1. */
static void
add(struct history *history, const struct scene *scene, const char *chosen, const char *reserve, int32_t date,
    const int (*amendments)[2], size_t n)
{
	struct draw draw;
	struct places p;
	struct err err = {0};

	scene_draw(scene, chosen, reserve, "I1 I2 I3 I4", 4, &draw);
	assert_int_equal(places_new(&scene->input, &draw, &p, &err), 0);
	for (size_t i = 0; i < n; i++) {
		struct amendment a = {0};
		bool of_target = amendments[i][1] < 0;

		if (places_propose(&p, of_target, (uint64_t)amendments[i][0],
		        of_target ? 0 : (uint64_t)amendments[i][1], &a, &err) != 0 ||
		    places_apply(&p, &a, &err) != 0)
			fail_msg("%s", err.message);
	}
	assert_int_equal(history_add(history, &p, date, &err), 0);
	places_release(&p);
	draw_release(&draw);
}

/* "T1=100 T2=" lists every target's date, in the roster's order; "" where never. */
static void
expect_last(const struct history *h, const char *ids, const int32_t *dates)
{
	struct slice rest = slice_of(ids), id;

	for (size_t i = 0; id = slice_cut(&rest, ' '), id.n > 0; i++)
		if (history_last_drawn(h, id) != dates[i])
			fail_msg("%.*s: %d instead of %d", SLICE_ARGS(id), (int)history_last_drawn(h, id),
			    (int)dates[i]);
}

/* Exactly these are carried. */
static void
expect_carried(const struct history *h, const char *ids)
{
	static const char *const all[] = {"T1", "T2", "T3", "T4", "T5", "T6"};

	for (size_t i = 0; i < 6; i++)
		if (history_is_carried(h, slice_of(all[i])) != (strstr(ids, all[i]) != NULL))
			fail_msg("%s: carried %d", all[i], history_is_carried(h, slice_of(all[i])));
}

static void
expect_rotation(const struct history *h, uint64_t rotate, const struct roster *roster, const char *lines)
{
	struct buf out;

	buf_init(&out, 4096);
	assert_int_equal(history_rotation(h, rotate, roster, &out, NULL), 0);
	buf_byte(&out, '\0');
	assert_string_equal(out.data, lines);
	buf_release(&out);
}

static void
test_no_history(void **state)
{
	struct scene scene;
	struct history h;

	(void)state;
	begin(&scene, 1);
	history_init(&h);
	assert_int_equal(history_last_drawn(&h, S("T1")), DATE_NONE);
	expect_carried(&h, "");
	expect_rotation(&h, 9, &scene.roster, "");
	history_release(&h);
	scene_release(&scene);
}

/* Scenario: three draws; the later date counts, and what was left unstaffed stays owed until a place holds it. */
static void
test_two_draws(void **state)
{
	struct scene scene;
	struct history h;

	(void)state;
	begin(&scene, 1);
	history_init(&h);
	add(&h, &scene, "T5:I1 T2:I2 T3:-", "T6", 100, NULL, 0);
	expect_last(&h, "T1 T2 T3 T4 T5 T6", (const int32_t[]){DATE_NONE, 100, DATE_NONE, DATE_NONE, 100, DATE_NONE});
	expect_carried(&h, "T3");
	add(&h, &scene, "T1:I3 T2:I2 T4:-", "T6", 200, NULL, 0);
	expect_last(&h, "T1 T2 T3 T4 T5 T6", (const int32_t[]){200, 200, DATE_NONE, DATE_NONE, 100, DATE_NONE});
	expect_carried(&h, "T3 T4"); /* the later draw did not choose T3: excused or not, its visit is owed */
	assert_int_equal(history_carried_by(&h, S("T3")), 1);
	assert_int_equal(history_carried_by(&h, S("T1")), 0);
	assert_int_equal(h.n_last, 3); /* T1, T2, T5, each once */
	expect_rotation(&h, 0, &scene.roster, "");
	expect_rotation(&h, 1, &scene.roster, "I2,target,T2,rotation\nI3,target,T1,rotation\n");
	expect_rotation(&h, 2, &scene.roster, "I1,target,T5,rotation\nI2,target,T2,rotation\nI3,target,T1,rotation\n");
	expect_rotation(&h, 9007199254740991, &scene.roster,
	    "I1,target,T5,rotation\nI2,target,T2,rotation\nI3,target,T1,rotation\n");
	add(&h, &scene, "", "", 300, NULL, 0); /* a draw that chose nothing counts among the last */
	expect_carried(&h, "T3 T4");
	expect_rotation(&h, 1, &scene.roster, "");
	expect_rotation(&h, 2, &scene.roster, "I2,target,T2,rotation\nI3,target,T1,rotation\n");
	expect_last(&h, "T1 T5", (const int32_t[]){200, 100});
	history_release(&h);
	scene_release(&scene);
}

/* Scenario: owed, and drawn at last; owed again by a later draw; never owed twice. */
static void
test_owed_until_held(void **state)
{
	static const int closed[][2] = {{0, -1}};
	struct scene scene;
	struct history h;

	(void)state;
	begin(&scene, 1);
	history_init(&h);
	scene.commit.n = 3;
	add(&h, &scene, "T1:- T2:I1 T3:-", "", 100, NULL, 0);
	expect_carried(&h, "T1 T3");
	scene.commit.n = 5;
	add(&h, &scene, "T1:- T3:I2", "", 200, NULL, 0); /* chosen again in vain; T3 is visited */
	expect_carried(&h, "T1");
	assert_int_equal(history_carried_by(&h, S("T1")), 5);
	assert_int_equal(h.n_carried, 1);
	scene.commit.n = 8;
	add(&h, &scene, "T2:I1", "T1", 300, closed, 1); /* T1 takes the place of T2, by an amendment */
	expect_carried(&h, "T2");
	assert_int_equal(history_carried_by(&h, S("T2")), 8);
	expect_last(&h, "T1 T2 T3", (const int32_t[]){300, 100, 200});
	history_release(&h);
	scene_release(&scene);
}

/* Scenario: a target taken out of its place is carried, and was not drawn; what came in for it was. */
static void
test_amended_places(void **state)
{
	static const int closed[][2] = {{0, -1}, {0, -1}, {1, -1}};
	struct scene scene;
	struct history h;

	(void)state;
	begin(&scene, 1);
	history_init(&h);
	add(&h, &scene, "T1:I1 T2:I2 T3:-", "T6 T5", 100, closed, 1);
	expect_last(&h, "T1 T2 T3 T4 T5 T6", (const int32_t[]){DATE_NONE, 100, DATE_NONE, DATE_NONE, DATE_NONE, 100});
	expect_carried(&h, "T1 T3");
	expect_rotation(&h, 1, &scene.roster, "I1,target,T6,rotation\nI2,target,T2,rotation\n");
	/* a reserve that came in and went out again is carried too; one that never came in is not */
	add(&h, &scene, "T1:I1 T2:I2 T3:-", "T6 T5", 200, closed, 2);
	expect_last(&h, "T1 T2 T3 T4 T5 T6", (const int32_t[]){DATE_NONE, 100 + 100, DATE_NONE, DATE_NONE, 200, 100});
	expect_carried(&h, "T1 T3 T6");
	assert_int_equal(h.n_carried, 3);
	/* a place left empty: nothing was drawn there, and its team met nobody */
	add(&h, &scene, "T1:I1 T2:I2 T3:-", "T6 T5", 300, closed, 3);
	expect_last(&h, "T1 T2 T3 T4 T5 T6", (const int32_t[]){DATE_NONE, 200, DATE_NONE, DATE_NONE, 300, 100});
	expect_carried(&h, "T1 T2 T3 T6");
	expect_rotation(&h, 1, &scene.roster, "I1,target,T5,rotation\n");
	history_release(&h);
	scene_release(&scene);
}

/* Scenario: teams as amended; a seat that stays empty leaves the place held. */
static void
test_amended_teams(void **state)
{
	static const int ill[][2] = {{0, 0}, {0, 1}, {0, 1}, {0, 0}, {0, 0}};
	struct scene scene;
	struct history h;

	(void)state;
	begin(&scene, 2);
	history_init(&h);
	add(&h, &scene, "T1:I1,I2", "", 100, NULL, 0);
	expect_rotation(&h, 1, &scene.roster, "I1,target,T1,rotation\nI2,target,T1,rotation\n");
	/* of four, two sit and two come in for one each: then nobody is left, and all have gone out of the place */
	add(&h, &scene, "T1:I1,I2", "", 200, ill, 2);
	expect_rotation(&h, 1, &scene.roster, "I3,target,T1,rotation\nI4,target,T1,rotation\n");
	expect_rotation(&h, 2, &scene.roster,
	    "I1,target,T1,rotation\nI2,target,T1,rotation\n"
	    "I3,target,T1,rotation\nI4,target,T1,rotation\n");
	add(&h, &scene, "T1:I1,I2", "", 300, ill, 4);
	expect_rotation(&h, 1, &scene.roster, "");
	expect_last(&h, "T1", (const int32_t[]){300});
	expect_carried(&h, "");
	history_release(&h);
	scene_release(&scene);
}

/* The pairs of whom both are still in the rosters, each once; ids of all lengths. */
static void
test_rotation_in_a_later_roster(void **state)
{
	struct scene scene, later;
	struct history h;

	(void)state;
	begin(&scene, 1);
	scene_rows(&later, "T1,A,,,,1,2020-01-01,,in\nT3,A,,,,1,2020-01-01,,excused\n", "I1,,,,,excused\nI2,,,,,in\n",
	    "");
	history_init(&h);
	add(&h, &scene, "T1:I1 T2:I2 T3:I3", "", 100, NULL, 0);
	add(&h, &scene, "T1:I1 T3:I2 T4:I1", "", 200, NULL, 0);
	expect_rotation(&h, 2, &later.roster, "I1,target,T1,rotation\nI2,target,T3,rotation\n");
	expect_rotation(&h, 1, &later.roster, "I1,target,T1,rotation\nI2,target,T3,rotation\n");
	history_release(&h);
	scene_release(&scene);
	scene_release(&later);
}

#define LONG_ID "0123456789abcdef0123456789ABCDE"

/* Lines sort as lines: an id that is another's beginning stands before it. */
static void
test_order_of_rotation(void **state)
{
	struct scene scene;
	struct history h;
	struct draw draw;
	struct places p;

	(void)state;
	scene_rows(&scene,
	    LONG_ID "F,A,,,,1,2020-01-01,,in\n" LONG_ID "f,A,,,,1,2020-01-01,,in\n"
	            "T,A,,,,1,2020-01-01,,in\nT-,A,,,,1,2020-01-01,,in\nT0,A,,,,1,2020-01-01,,in\n",
	    "I,,,,,in\nI.,,,,,in\nI1,,,,,in\n", "");
	scene_stratum(&scene, "*", 6);
	history_init(&h);
	scene_draw(&scene, "T0:I T-:I T:I " LONG_ID "f:I. " LONG_ID "F:I1", "", "I1 I. I", 3, &draw);
	assert_int_equal(places_new(&scene.input, &draw, &p, NULL), 0);
	assert_int_equal(history_add(&h, &p, 100, NULL), 0);
	expect_rotation(&h, 1, &scene.roster,
	    "I,target,T,rotation\nI,target,T-,rotation\nI,target,T0,rotation\n"
	    "I.,target," LONG_ID "f,rotation\nI1,target," LONG_ID "F,rotation\n");
	assert_int_equal(history_last_drawn(&h, S(LONG_ID "f")), 100);
	assert_int_equal(history_last_drawn(&h, S(LONG_ID "g")), DATE_NONE);
	assert_int_equal(history_last_drawn(&h, S(LONG_ID)), DATE_NONE);
	assert_int_equal(history_last_drawn(&h, S("T")), 100);
	places_release(&p);
	draw_release(&draw);
	history_release(&h);
	scene_release(&scene);
}

/* ---- changes ---- */

static void
expect_changes(const char *const before[3], const char *const now[3], const struct changes *right)
{
	struct scene a, b;
	struct changes c;

	scene_rows(&b, now[0], now[1], now[2]);
	memset(&c, 0x5A, sizeof c);
	c.previous = 7; /* the caller's */
	if (before != NULL) {
		scene_rows(&a, before[0], before[1], before[2]);
		roster_changes(&a.roster, &b.roster, &c);
		scene_release(&a);
	} else {
		roster_changes(NULL, &b.roster, &c);
	}
	assert_int_equal(c.conflicts_added, right->conflicts_added);
	assert_int_equal(c.conflicts_removed, right->conflicts_removed);
	assert_int_equal(c.inspectors_added, right->inspectors_added);
	assert_int_equal(c.inspectors_changed, right->inspectors_changed);
	assert_int_equal(c.inspectors_removed, right->inspectors_removed);
	assert_int_equal(c.targets_added, right->targets_added);
	assert_int_equal(c.targets_changed, right->targets_changed);
	assert_int_equal(c.targets_removed, right->targets_removed);
	assert_int_equal(c.previous, 7);
	scene_release(&b);
}

#define T1 "T1,A,unit,area,3,5,2020-01-01,2025-01-01,in\n"
#define T2 "T2,B,unit,area,,1,2021-01-01,,due\n"
#define I1 "I1,unit,area,3,fire;lead,in\n"
#define I2 "I2,,,,,in\n"
#define C1 "I1,target,T1,declared\n"

static void
test_changes_by_column(void **state)
{
	static const char *const before[3] = {T1 T2, I1 I2, C1};
	static const struct {
		const char *target, *inspector;
		uint64_t targets, inspectors;
	} cases[] = {
	    {T1, I1, 0, 0},
	    {"T1,B,unit,area,3,5,2020-01-01,2025-01-01,in\n", "I1,other,area,3,fire;lead,in\n", 1, 1},
	    {"T1,A,other,area,3,5,2020-01-01,2025-01-01,in\n", "I1,unit,other,3,fire;lead,in\n", 1, 1},
	    {"T1,A,unit,other,3,5,2020-01-01,2025-01-01,in\n", "I1,unit,area,4,fire;lead,in\n", 1, 1},
	    {"T1,A,unit,area,4,5,2020-01-01,2025-01-01,in\n", "I1,unit,area,,fire;lead,in\n", 1, 1},
	    {"T1,A,unit,area,,5,2020-01-01,2025-01-01,in\n", "I1,unit,area,3,fire,in\n", 1, 1},
	    {"T1,A,unit,area,3,6,2020-01-01,2025-01-01,in\n", "I1,unit,area,3,,in\n", 1, 1},
	    {"T1,A,unit,area,3,5,2021-01-01,2025-01-01,in\n", "I1,,area,3,fire;lead,in\n", 1, 1},
	    {"T1,,other,,9,1,2021-01-01,,rest\n", "I1,,,,,excused\n", 1, 1},
	    {"T1,A,unit,area,3,fire,5,2020-01-01,2025-01-01,,in\n", "I1,unit,area,3,fire;leader,in\n", 1, 1},
	    /* last_drawn, elsewhere, drum (and private) are no changes */
	    {"T1,A,unit,area,3,,5,2020-01-01,2025-01-01,2026-06-01,rest\n", "I1,unit,area,3,fire;lead,away\n", 0, 0},
	    {"T1,A,unit,area,3,5,2020-01-01,2025-02-01,in\n", "I1,unit,area,3,fire;lead,excused\n", 0, 0},
	    {"T1,A,unit,area,3,5,2020-01-01,,excused\n", I1, 0, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct buf t, p;
		const char *now[3];

		buf_init(&t, 1024);
		buf_init(&p, 1024);
		buf_format(&t, "%s" T2, cases[i].target);
		buf_format(&p, "%s" I2, cases[i].inspector);
		buf_byte(&t, '\0');
		buf_byte(&p, '\0');
		now[0] = t.data;
		now[1] = p.data;
		now[2] = C1;
		expect_changes(before, now,
		    &(struct changes){.targets_changed = cases[i].targets, .inspectors_changed = cases[i].inspectors});
		buf_release(&t);
		buf_release(&p);
	}
}

static void
test_rows_that_come_and_go(void **state)
{
	static const char *const one[3] = {T1 T2, I1 I2, C1};
	static const char *const none[3] = {"", "", ""};
	static const char *const two[3] = {"T0,,,,,1,2020-01-01,,in\n" T2 "T3,,,,,1,2020-01-01,,in\n",
	    "I0,,,,,in\n" I2 "I3,,,,,in\nI4,,,,,in\n", "I2,target,T2,declared\nI4,target,T0,declared\n"};

	(void)state;
	expect_changes(one, one, &(struct changes){0});
	expect_changes(NULL, one, &(struct changes){.targets_added = 2, .inspectors_added = 2, .conflicts_added = 1});
	expect_changes(NULL, none, &(struct changes){0});
	expect_changes(none, none, &(struct changes){0});
	expect_changes(none, one, &(struct changes){.targets_added = 2, .inspectors_added = 2, .conflicts_added = 1});
	expect_changes(one, none,
	    &(struct changes){.targets_removed = 2, .inspectors_removed = 2, .conflicts_removed = 1});
	expect_changes(one, two,
	    &(struct changes){.targets_added = 2,
	        .targets_removed = 1,
	        .inspectors_added = 3,
	        .inspectors_removed = 1,
	        .conflicts_added = 2,
	        .conflicts_removed = 1});
	expect_changes(two, one,
	    &(struct changes){.targets_added = 1,
	        .targets_removed = 2,
	        .inspectors_added = 1,
	        .inspectors_removed = 3,
	        .conflicts_added = 1,
	        .conflicts_removed = 2});
}

/* Rows that say `rotation` are counted on neither side; one that becomes declared is added. */
static void
test_rotation_rows_are_no_changes(void **state)
{
	static const char *const declared[3] = {T1 T2, I1 I2, "I1,target,T1,declared\n"};
	static const char *const rotation[3] = {T1 T2, I1 I2, "I1,target,T1,rotation\nI1,target,T2,rotation\n"};
	static const char *const both[3] = {T1 T2, I1 I2,
	    "I1,target,T1,declared\nI1,target,T1,rotation\nI2,area,area,declared\nI2,unit,unit,declared\n"};
	static const char *const wider[3] = {T1 T2, I1 I2, "I1,unit,unit,declared\n"};

	(void)state;
	expect_changes(declared, rotation, &(struct changes){.conflicts_removed = 1});
	expect_changes(rotation, declared, &(struct changes){.conflicts_added = 1});
	expect_changes(rotation, both, &(struct changes){.conflicts_added = 3});
	expect_changes(both, rotation, &(struct changes){.conflicts_removed = 3});
	expect_changes(declared, both, &(struct changes){.conflicts_added = 2});
	expect_changes(NULL, rotation, &(struct changes){.targets_added = 2, .inspectors_added = 2});
	expect_changes(declared, wider, &(struct changes){.conflicts_added = 1, .conflicts_removed = 1});
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_no_history),
	    cmocka_unit_test(test_two_draws),
	    cmocka_unit_test(test_owed_until_held),
	    cmocka_unit_test(test_amended_places),
	    cmocka_unit_test(test_amended_teams),
	    cmocka_unit_test(test_rotation_in_a_later_roster),
	    cmocka_unit_test(test_order_of_rotation),
	    cmocka_unit_test(test_changes_by_column),
	    cmocka_unit_test(test_rows_that_come_and_go),
	    cmocka_unit_test(test_rotation_rows_are_no_changes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
