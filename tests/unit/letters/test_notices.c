/*
 * When inspectors hear of what: a visit day at one moment for all who visit on it, by letters about that day alone, before
 * and after amendments; and that the letters name what clashes.
 */
#include "support.h"

#include <stdio.h>
#include <string.h>

#include "draws/draws.h"
#include "mail/outbox.h"
#include "operator_scene.h"
#include "steps/steps.h"
#include "system/clock.h"

#define DAY 86400
#define MONDAY 20626 /* 2026-06-22, the draw's day, and a workday as all but weekends are here */

/* Seats of the places as they are now, with the visit day. */
#define SEATS                                                                                                     \
	"(SELECT n, place, inspector, visit / 1440 AS day, visit FROM draw_seat JOIN draw_place USING (n, place)" \
	" WHERE inspector IS NOT NULL AND target IS NOT NULL)"

/* Letters that stand, and tell what there is to visit. */
#define STANDING "(SELECT * FROM outbox_letter WHERE state <> 'cancelled' AND kind IN ('assignment', 'updated'))"

static const char ini[] =
    "[cycle plain]\ntitle = Plain\nwhen = manual\nwindow = 5 workdays\nvisit_time = 09:00 14:00\nembargo = 30\n"
    "sample = 20\nweight = column\nreserve = 2\nteam = any any any\navoid =\nmax_load = 0\nmatters = leave\n"
    "beacon = none\nspacing = %s\nnotice = %s\n";

static struct operator_scene scene;

static uint64_t
drawn(const char *spacing, const char *notice)
{
	struct step_commit want = {.draw_time = SCENE_NOW};
	char text[sizeof ini + 64];
	uint64_t n = 0;

	(void)snprintf(text, sizeof text, ini, spacing, notice);
	operator_scene_open(&scene, text);
	operator_scene_rosters(&scene);
	operator_scene_init(&scene);
	want.cycle = &scene.config.cycles[0];
	operator_scene_well(&scene, step_commit(&scene.operator, &want, &n, &scene.err));
	operator_scene_well(&scene, step_draw(&scene.operator, n, NULL, &scene.err));
	return n;
}

static void
amend(uint64_t n, uint64_t place, uint64_t seat)
{
	struct step_amend want = {.n = n, .place = place, .seat = seat, .reason = "unavailable"};
	struct step_amended did;

	operator_scene_well(&scene, step_amend(&scene.operator, &want, &did, &scene.err));
}

static void
deliver(int64_t now)
{
	char mail[SCRATCH_PATH + 16];
	struct outbox_tally tally;

	(void)snprintf(mail, sizeof mail, "%s/mail", scene.dir);
	scene.operator.now = now;
	operator_scene_well(&scene, outbox_deliver_maildir(scene.operator.store, mail, now, &tally, &scene.err));
}

static int64_t
count(const char *sql)
{
	return operator_scene_count(&scene, sql);
}

/* The notice of each day: 09:00 of the workday before, but not before the draw. */
static int64_t
notice_of(int32_t day)
{
	int32_t before = day - 1;

	while ((before - MONDAY) % 7 >= 5)
		before--;
	return clock_instant(before, 9 * 3600, NULL);
}

static void
all_hear_at_once(void)
{
	struct query q;
	int days = 0;

	/* Each who has a seat on a day has a letter about that day, and nobody has one about another. */
	assert_int_equal(count("SELECT count(*) FROM (SELECT n, inspector, day FROM " SEATS
	                       " EXCEPT SELECT draw, inspector, day FROM " STANDING ")"),
	    0);
	assert_int_equal(count("SELECT count(*) FROM (SELECT draw, inspector, day FROM " STANDING
	                       " WHERE state <> 'sent' EXCEPT SELECT n, inspector, day FROM " SEATS ")"),
	    0);
	query_open(&q, scene.operator.store,
	    "SELECT day, min(not_before), max(not_before) FROM " STANDING " GROUP BY day ORDER BY day");
	for (; query_row(&q); days++) {
		assert_int_equal(query_int(&q, 1), notice_of((int32_t)query_int(&q, 0)));
		assert_int_equal(query_int(&q, 2), query_int(&q, 1));
	}
	operator_scene_well(&scene, query_close(&q, &scene.err));
	assert_true(days >= 3);
}

static void
test_a_team_hears_at_the_same_time(void **state)
{
	uint64_t n = drawn("3h", "1 workday");

	(void)state;
	assert_true(count("SELECT count(*) FROM (SELECT inspector FROM " SEATS
	                  " GROUP BY inspector HAVING count(DISTINCT day) > 2)") > 0);
	all_hear_at_once();
	for (uint64_t place = 0; place < 6; place++) { /* nobody was told yet, so everything still waits */
		amend(n, place, place % 3);
		all_hear_at_once();
	}
	assert_int_equal(count("SELECT count(*) FROM outbox_letter WHERE kind <> 'assignment'"), 0);
	operator_scene_close(&scene);
}

/* A change of one day leaves the letters about the others alone, those that were sent and those that wait. */
static void
test_an_amendment_touches_one_day(void **state)
{
	uint64_t n = drawn("3h", "1 workday");
	int64_t day, place, told;

	(void)state;
	deliver(notice_of(MONDAY + 2));
	told = count("SELECT count(*) FROM outbox_letter WHERE state = 'sent'");
	assert_true(told > 0 && count("SELECT count(*) FROM outbox_letter WHERE state = 'queued'") > 0);
	place = count("SELECT place FROM " SEATS " ORDER BY day, place LIMIT 1"); /* of a day that was told */
	day = count("SELECT day FROM " SEATS " ORDER BY day, place LIMIT 1");
	amend(n, (uint64_t)place, 0);
	assert_int_equal(count("SELECT max(day) FROM outbox_letter WHERE amendment = 1"), day);
	assert_int_equal(count("SELECT min(day) FROM outbox_letter WHERE amendment = 1"), day);
	assert_int_equal(count("SELECT count(*) FROM outbox_letter WHERE amendment = 1 AND kind = 'cancelled'"), 1);
	assert_int_equal(count("SELECT count(*) FROM outbox_letter WHERE amendment = 1 AND not_before <> "
	                       "(SELECT max(changed) FROM outbox_letter WHERE amendment = 1)"),
	    0); /* these leave at once */
	assert_int_equal(count("SELECT count(*) FROM outbox_letter WHERE state = 'cancelled'"), 0);

	place = count("SELECT place FROM " SEATS " ORDER BY day DESC, place LIMIT 1"); /* of a day that waits */
	amend(n, (uint64_t)place, 0);
	assert_int_equal(count("SELECT count(*) FROM outbox_letter WHERE amendment = 2 AND kind <> 'assignment'"), 0);
	assert_int_equal(count("SELECT count(*) FROM outbox_letter WHERE amendment = 2 AND state <> 'queued'"), 0);
	assert_int_equal(count("SELECT count(*) FROM outbox_letter WHERE state = 'sent'"), told);
	operator_scene_close(&scene);
}

/* Where all is told at the draw, an inspector has a letter for each day, in one conversation. */
static void
test_days_are_one_conversation(void **state)
{
	(void)drawn("3h", "at draw");

	(void)state;
	assert_int_equal(count("SELECT count(*) FROM (SELECT DISTINCT inspector, day FROM " SEATS ")"),
	    count("SELECT count(*) FROM outbox_letter"));
	assert_int_equal(count("SELECT count(*) FROM outbox_letter WHERE not_before <> 1782090000"), 0);
	assert_int_equal(count("SELECT count(*) FROM outbox_letter a JOIN outbox_message ON letter = a.id, "
	                       " (SELECT inspector, min(id) AS id FROM outbox_letter GROUP BY inspector) f JOIN "
	                       "outbox_letter b ON b.id = f.id"
	                       " WHERE f.inspector = a.inspector AND a.id <> f.id"
	                       " AND instr(CAST(message AS TEXT), 'In-Reply-To: ' || b.message_id) = 0"),
	    0);
	operator_scene_close(&scene);
}

/* Appointments of an inspector on `day`, closer than four hours to another of theirs that is told by then. */
static void
clashes_are_named(bool at_draw)
{
	struct query q;
	int named = 0;

	query_open(&q, scene.operator.store,
	    "SELECT l.day, instr(CAST(message AS TEXT), 'clash') > 0, EXISTS ("
	    "  SELECT 1 FROM " SEATS " a JOIN " SEATS " b USING (n, inspector)"
	    "  JOIN draw_place p ON p.n = a.n AND p.place = a.place JOIN draw_place o ON o.n = b.n AND o.place = "
	    "b.place"
	    "  WHERE a.inspector = l.inspector AND a.place <> b.place AND a.day = l.day AND abs(a.visit - b.visit) < "
	    "7200"
	    "  AND substr(p.target, 2) % 7 <> substr(o.target, 2) % 7 AND (?1 OR b.day <= a.day))"
	    " FROM " STANDING " l JOIN outbox_message ON letter = id");
	query_put_int(&q, at_draw);
	while (query_row(&q)) {
		assert_int_equal(query_int(&q, 1), query_int(&q, 2));
		named += query_int(&q, 1) != 0;
	}
	operator_scene_well(&scene, query_close(&q, &scene.err));
	assert_true(named > 0);
}

/* So many visits within five days cannot all be five days apart: letters name them, but no day that is not told yet. */
static void
test_clashes_are_named(void **state)
{
	(void)state;
	(void)drawn("5d", "at draw");
	clashes_are_named(true);
	operator_scene_close(&scene);
	(void)drawn("5d", "1 workday");
	clashes_are_named(false);
	operator_scene_close(&scene);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_a_team_hears_at_the_same_time),
	    cmocka_unit_test(test_an_amendment_touches_one_day),
	    cmocka_unit_test(test_days_are_one_conversation),
	    cmocka_unit_test(test_clashes_are_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
