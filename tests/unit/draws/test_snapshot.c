/* What a commitment fixes: the slots of its visits, and what the INI and the rosters put into its files. */

#include "support.h"

#include <stdio.h>
#include <string.h>

#include "draws/snapshot.h"
#include "operator_scene.h"

#define CYCLE(keys) \
	"[cycle plain]\ntitle = Plain\nwhen = manual\nsample = 20%\nmatters = 1 of leave duty\nembargo = 60\n" keys

static struct operator_scene scene;
static struct snapshot snapshot;

static int
set_up(void **state)
{
	(void)state;
	operator_scene_open(&scene, CYCLE());
	operator_scene_rosters(&scene);
	snapshot_init(&snapshot);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	snapshot_release(&snapshot);
	operator_scene_close(&scene);
	return 0;
}

/* Takes the snapshot of a rehearsal with this INI. */
static int
take(const char *ini)
{
	struct snapshot_want want = {.config = &scene.config,
	    .calendar = &scene.calendar,
	    .draw_time = SCENE_NOW,
	    .now = SCENE_NOW};

	operator_scene_ini(&scene, ini);
	want.cycle = &scene.config.cycles[0];
	snapshot_release(&snapshot);
	return snapshot_take(&snapshot, scene.operator.store, &want, &scene.err);
}

static void
slots_are(const char *ini, const char *expected)
{
	char got[4096] = "", slot[SLOT_TEXT];

	operator_scene_well(&scene, take(ini));
	for (size_t i = 0; i < snapshot.sealed.n_slots; i++) {
		slot_format(snapshot.sealed.slots[i], slot);
		(void)snprintf(got + strlen(got), sizeof got - strlen(got), "%s ", slot + strlen("2026-"));
	}
	assert_string_equal(got, expected);
}

static void
each_day_of_the_window_has_each_time(void **state)
{
	(void)state;
	slots_are(CYCLE("window = 2 workdays\n"), "06-23T09:00 06-24T09:00 ");
	slots_are(CYCLE("window = 2 workdays\nvisit_time = 09:00 14:00\n"),
	    "06-23T09:00 06-23T14:00 06-24T09:00 06-24T14:00 ");
	/* The weekend of the 27th is left out of workdays, and counts as days. */
	slots_are(CYCLE("window = 5 workdays\nvisit_time = 08:30\n"),
	    "06-23T08:30 06-24T08:30 06-25T08:30 06-26T08:30 06-29T08:30 ");
	slots_are(CYCLE("window = 5 days\nvisit_time = 22:00-23:00 every 1h\n"),
	    "06-23T22:00 06-23T23:00 06-24T22:00 06-24T23:00 06-25T22:00 06-25T23:00 06-26T22:00 06-26T23:00 "
	    "06-27T22:00 06-27T23:00 ");
}

static void
there_are_2000_slots_at_most(void **state)
{
	(void)state;
	operator_scene_well(&scene, take(CYCLE("window = 50 days\nvisit_time = 00:00-19:30 every 30min\n")));
	assert_int_equal(snapshot.sealed.n_slots, 2000);
}

static void
the_ini_sets_the_rules_of_visits(void **state)
{
	const struct rules *rules = &snapshot.commit.rules;

	(void)state;
	operator_scene_well(&scene, take(CYCLE()));
	assert_int_equal(rules->spacing, 180);
	assert_true(rules->same_unit);
	assert_int_equal(rules->quiet_days, 0);
	operator_scene_well(&scene, take(CYCLE("spacing = 0\nsame_unit = no\nquiet = 14d\n")));
	assert_int_equal(rules->spacing, 0);
	assert_false(rules->same_unit);
	assert_int_equal(rules->quiet_days, 14);
}

static void
what_targets_need_is_published(void **state)
{
	(void)state;
	operator_scene_import(&scene, "conflicts", "inspector,scope,value\n");
	operator_scene_import(&scene, "targets",
	    "编号,名称,所需,级别\nT1,One,finance,4\nT2,Two,,3\nT3,Three,construction,\n");
	operator_scene_well(&scene, take(CYCLE("team = own any\navoid =\n")));
	assert_int_equal(snapshot.roster.n_targets, 3);
	assert_true(slice_is(target_needs(&snapshot.roster.targets[0]), "finance"));
	assert_int_equal(target_needs(&snapshot.roster.targets[1]).n, 0);
	assert_true(slice_is(target_needs(&snapshot.roster.targets[2]), "construction"));
	assert_true(slice_is(snapshot.commit.rules.team[0], "own"));
	assert_true(slice_is(snapshot.commit.rules.team[1], "any"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(each_day_of_the_window_has_each_time, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(the_ini_sets_the_rules_of_visits, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(what_targets_need_is_published, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(there_are_2000_slots_at_most, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
