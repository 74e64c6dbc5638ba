/*
 * Turns of the service under a clock that the test sets: nothing is lost, done twice or done too early, whatever the
 * clock, the calendar and the rosters do meanwhile.
 */
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "admin/digest.h"
#include "app/turn.h"
#include "core/base/text.h"
#include "core/calendar/calendar_cn.h"
#include "draws/agenda.h"
#include "draws/draws.h"
#include "operator_scene.h"
#include "steps/steps.h"
#include "system/clock.h"

#define KEYS "embargo = 30\nsample = 3\nmatters = duty\nteam = any\navoid =\n"
#define AFTER "[cycle after]\ntitle = After\nwhen = after holiday\n" KEYS
#define RANDOM "[cycle random]\ntitle = Random\nwhen = monthly\nday = random\ntimes = 3\ntime = 09:00-17:00\n" KEYS
#define WEEKLY "[cycle weekly]\ntitle = Weekly\nwhen = weekly\nday = wed\n" KEYS

static struct operator_scene scene;
static struct turn turn;
static unsigned told[3];
static char last_message[ERR_MESSAGE_BYTES];

static int64_t
at(const char *text) /* "2026-06-22 09:00", in Asia/Shanghai */
{
	int32_t date;

	assert_true(text_to_date((struct slice){text, 10}, &date));
	return clock_instant(date,
	    ((text[11] - '0') * 10 + text[12] - '0') * 3600 + ((text[14] - '0') * 10 + text[15] - '0') * 60, NULL);
}

static int32_t
day(const char *text)
{
	int32_t date;

	assert_true(text_to_date((struct slice){text, 10}, &date));
	return date;
}

/* Days off that a later notice names ("2027-01-01 元旦") come on top of China's. */
static void
calendar_with(const char *const *days)
{
	size_t source;

	calendar_release(&scene.calendar);
	assert_int_equal(calendar_begin(&scene.calendar, scene.config.workweek, NULL), 0);
	assert_int_equal(calendar_cn_add(&scene.calendar, NULL), 0);
	assert_int_equal(calendar_source(&scene.calendar, "notice", &source, NULL), 0);
	for (; days != NULL && *days != NULL; days++)
		assert_int_equal(calendar_add(&scene.calendar, source, day(*days), true, slice_of(*days + 11), NULL),
		    0);
	assert_int_equal(calendar_cn_predict(&scene.calendar, 2024, 2029, NULL), 0);
	assert_int_equal(calendar_finish(&scene.calendar, day("2024-01-01"), day("2029-12-31"), NULL), 0);
}

static void
tell(void *ctx, const struct turn_event *event)
{
	(void)ctx;
	told[event->what]++;
	(void)snprintf(last_message, sizeof last_message, "%s", event->message == NULL ? "" : event->message);
}

static void
open_operator(const char *cycles, const char *now, bool rosters)
{
	operator_scene_open(&scene, cycles);
	calendar_with(NULL);
	scene.operator.now = at(now);
	if (rosters)
		operator_scene_rosters(&scene);
	operator_scene_init(&scene);
	turn = (struct turn){.operator = &scene.operator, .on_event = tell};
	memset(told, 0, sizeof told);
	last_message[0] = '\0';
}

static int64_t
take(const char *now)
{
	int64_t next = 0;

	if (now != NULL)
		scene.operator.now = at(now);
	operator_scene_well(&scene, turn_take(&turn, &next, &scene.err));
	assert_true(next > scene.operator.now);
	return next;
}

/*
 * And the next one is due then (NULL: never), unless Monday's digest, the archive's entry of the day or the day's look at
 * the publication comes before.
 */
static void
takes(const char *now, const char *next)
{
	int64_t got = take(now), want = next == NULL ? INT64_MAX : at(next), digest = digest_next(scene.operator.now),
	        archive = INT64_MAX;
	int64_t look = clock_instant(clock_date(scene.operator.now) + 1, TURN_LOOK_SECOND, NULL);

	operator_scene_well(&scene, step_archive_next(&scene.operator, &archive, &scene.err));
	want = want < digest ? want : digest;
	want = want < archive ? want : archive;
	assert_int_equal(got, want < look ? want : look);
}

/* Turn by turn, as the service does it. */
static void
run_to(const char *to)
{
	while (scene.operator.now < at(to)) {
		int64_t next = take(NULL);

		scene.operator.now = next < at(to) ? next : at(to);
	}
}

static struct draw_row
draw(uint64_t n)
{
	struct draw_row row = {.n = 0};

	operator_scene_well(&scene, draws_find(scene.operator.store, n, &row, &scene.err));
	return row;
}

static int64_t
count(const char *sql)
{
	return operator_scene_count(&scene, sql);
}

static void
close_operator(void)
{
	assert_int_equal(operator_scene_verify(&scene), 0);
	operator_scene_close(&scene);
}

/* ---- */

static void
a_commitment_a_draw_and_an_opening_in_time(void **state)
{
	(void)state;
	open_operator(AFTER, "2026-04-01 12:00", true);
	takes(NULL, "2026-04-06 09:00");
	takes("2026-04-06 08:59", "2026-04-06 09:00");
	assert_int_equal(count("SELECT count(*) FROM draw"), 0);
	takes("2026-04-06 09:00", "2026-04-07 09:00");
	assert_int_equal(draw(1).draw_time, at("2026-04-07 09:00"));
	/* The next ones are Labour Day's. */
	takes("2026-04-07 09:00", "2026-05-05 09:00");
	assert_int_equal(draw(1).outcome, OUTCOME_DRAW);
	takes("2026-05-05 09:00", "2026-05-06 09:00");
	takes("2026-05-06 09:00", "2026-05-07 09:00");
	assert_false(draw(1).revealed);
	(void)take("2026-05-07 09:00");
	assert_true(draw(1).revealed);
	assert_int_equal(told[TURN_COMMITTED], 2);
	assert_int_equal(told[TURN_MISSED] + told[TURN_REFUSED], 0);
	close_operator();
}

static void
a_turn_too_many_does_nothing(void **state)
{
	int64_t entries;

	(void)state;
	open_operator(AFTER WEEKLY, "2026-04-01 12:00", true);
	run_to("2026-04-08 10:00");
	entries = count("SELECT count(*) FROM log_entry");
	for (int i = 0; i < 5; i++)
		(void)take(NULL);
	/* And a clock that is put back, by an hour or a month. */
	scene.operator.now -= 3600;
	(void)take(NULL);
	scene.operator.now -= 30 * DAY_S;
	(void)take(NULL);
	assert_int_equal(count("SELECT count(*) FROM log_entry"), entries);
	scene.operator.now = at("2026-04-08 10:00");
	(void)take(NULL);
	assert_int_equal(count("SELECT count(*) FROM log_entry"), entries);
	close_operator();
}

static void
down_at_commit_time_the_commitment_has_its_full_lead(void **state)
{
	(void)state;
	open_operator(AFTER, "2026-04-01 12:00", true);
	(void)take(NULL);
	(void)take("2026-04-06 21:00"); /* twelve hours late */
	assert_int_equal(draw(1).draw_time, at("2026-04-07 21:00"));
	(void)take("2026-04-08 08:59"); /* and late again: the draw comes on the way up */
	assert_int_equal(draw(1).outcome, OUTCOME_DRAW);
	close_operator();
}

static void
down_over_a_possible_visit_the_draw_is_voided_and_committed_anew(void **state)
{
	(void)state;
	open_operator(AFTER, "2026-04-01 12:00", true);
	(void)take(NULL);
	(void)take("2026-04-06 09:00");
	(void)take("2026-04-08 09:00"); /* the draw was to be on the 7th, visits from the 8th on at nine */
	assert_int_equal(draw(1).outcome, OUTCOME_VOID);
	assert_int_equal(draw(2).outcome, OUTCOME_NONE);
	assert_int_equal(draw(2).draw_time, at("2026-04-09 09:00"));
	assert_int_equal(count("SELECT count(*) FROM plan_done"), 1);
	(void)take("2026-04-09 09:00");
	assert_int_equal(draw(2).outcome, OUTCOME_DRAW);
	run_to("2026-05-20 09:00");
	assert_true(draw(1).revealed && draw(2).revealed);
	close_operator();
}

static void
of_several_that_are_due_the_last_is_made_up_for(void **state)
{
	(void)state;
	open_operator(WEEKLY, "2026-05-11 12:00", true);
	(void)take(NULL);
	(void)take("2026-06-10 12:00"); /* down for four Wednesdays and this one */
	assert_int_equal(told[TURN_MISSED], 4);
	assert_int_equal(count("SELECT count(*) FROM plan_done WHERE n IS NULL"), 4);
	assert_int_equal(count("SELECT count(*) FROM draw"), 1);
	assert_int_equal(draw(1).draw_time, at("2026-06-11 12:00"));
	close_operator();
}

static void
what_was_due_before_the_log_began_is_not_its_business(void **state)
{
	(void)state;
	open_operator(AFTER, "2026-04-06 12:00", true); /* the commitment was due at nine */
	takes(NULL, "2026-05-05 09:00");
	assert_int_equal(count("SELECT count(*) FROM draw"), 0);
	close_operator();
}

/* Seen in a simulated decade: a clock that was behind at the first turn made weeks before it the service's business. */
static void
a_clock_behind_the_log_at_the_first_turn(void **state)
{
	(void)state;
	open_operator(AFTER, "2026-04-06 12:00", true); /* Qingming's commitment was due at nine */
	(void)take("2026-03-01 12:00");
	(void)take("2026-04-06 12:00");
	assert_int_equal(count("SELECT count(*) FROM draw"), 0);
	close_operator();
}

static void
nothing_is_committed_from_a_provisional_day_and_what_was_planned_moves(void **state)
{
	static const char *const notice[] = {"2027-01-01 元旦", "2027-01-04 元旦", NULL};
	static const char *const spring[] = {"2027-01-01 元旦", "2027-01-04 元旦", "2027-02-05 春节", "2027-02-08 春节",
	    "2027-02-09 春节", "2027-02-10 春节", "2027-02-11 春节", "2027-02-12 春节", NULL};

	(void)state;
	open_operator(AFTER, "2026-10-20 12:00", true);
	takes(NULL, NULL); /* all that is known is computed */
	(void)take("2027-01-03 09:00");
	assert_int_equal(count("SELECT count(*) FROM draw"), 0);
	assert_int_equal(told[TURN_MISSED], 0);
	/* The notice comes: Monday is off too, and the year's other holidays are still computed. */
	calendar_with(notice);
	takes("2027-01-03 12:00", "2027-01-04 09:00");
	(void)take("2027-01-04 09:00");
	assert_int_equal(draw(1).draw_time, at("2027-01-05 09:00"));
	calendar_with(spring);
	run_to("2027-02-14 12:00");
	assert_int_equal(draw(2).draw_time, at("2027-02-15 09:00"));
	close_operator();
}

/* A notice amended after the commitment: the same holiday is not done a second time. */
static void
a_holiday_that_grows_is_the_same_holiday(void **state)
{
	static const char *const longer[] = {"2026-04-03 清明节", "2026-04-07 清明节", NULL};

	(void)state;
	open_operator(AFTER, "2026-04-01 12:00", true);
	(void)take(NULL);
	(void)take("2026-04-06 09:00");
	calendar_with(longer);
	run_to("2026-04-20 12:00");
	assert_int_equal(count("SELECT count(*) FROM draw"), 1);
	assert_int_equal(draw(1).draw_time, at("2026-04-07 09:00"));
	close_operator();
}

static void
two_holidays_that_grow_together_are_done_if_one_is(void **state)
{
	static const char *const bridge[] = {"2026-09-28 中秋节", "2026-09-29 中秋节", "2026-09-30 中秋节", NULL};

	(void)state;
	open_operator(AFTER, "2026-09-20 12:00", true);
	run_to("2026-09-27 12:00"); /* mid-autumn's is committed for the 28th */
	assert_int_equal(count("SELECT count(*) FROM draw"), 1);
	calendar_with(bridge);
	run_to("2026-10-20 12:00");
	assert_int_equal(count("SELECT count(*) FROM draw"), 1);
	close_operator();
}

/* Seen in a simulated decade: the second of two holidays of one name, nine days apart, was taken for the first. */
static void
two_holidays_of_one_name_near_each_other_are_two(void **state)
{
	static const char *const both[] = {"2026-07-07 节", "2026-07-16 节", NULL};

	(void)state;
	open_operator(AFTER, "2026-07-01 12:00", true);
	calendar_with(both);
	run_to("2026-07-20 12:00");
	assert_int_equal(count("SELECT count(*) FROM draw"), 2);
	close_operator();
}

/* ---- what is random ---- */

static void
random_days_are_kept_and_each_period_has_its_share(void **state)
{
	(void)state;
	open_operator(RANDOM, "2026-02-20 12:00", true);
	(void)take(NULL);
	assert_int_equal(count("SELECT count(*) FROM plan_secret WHERE key > 20515"), 1); /* of March; May's is far */
	run_to("2026-09-01 00:00");
	for (int month = 3; month <= 8; month++) {
		char sql[256];

		(void)snprintf(sql, sizeof sql,
		    "SELECT count(*) FROM plan_done WHERE n IS NOT NULL AND key = unixepoch('2026-%02d-01') / 86400",
		    month);
		if (count(sql) != 3)
			fail_msg("month %d: %lld draws", month, (long long)count(sql));
	}
	close_operator();
}

/* Asking for one day after the other, without --unsealed, gives away nothing. */
static void
a_sealed_day_cannot_be_asked_for(void **state)
{
	(void)state;
	open_operator(RANDOM, "2026-02-20 12:00", true);
	(void)take(NULL);
	for (int32_t date = day("2026-03-01"); date <= day("2026-03-31"); date++) {
		struct agenda_want want = {.store = scene.operator.store,
		    .config = &scene.config,
		    .calendar = &scene.calendar,
		    .now = scene.operator.now,
		    .from = date,
		    .to = date};
		struct agenda agenda;

		operator_scene_well(&scene, agenda_read(&want, &agenda, &scene.err));
		assert_int_equal(agenda.n, 3);
		for (size_t i = 0; i < agenda.n; i++) {
			assert_true(agenda.v[i].sealed);
			assert_int_equal(agenda.v[i].order, at("2026-03-01 00:00"));
		}
		agenda_release(&agenda);
	}
	close_operator();
}

static void
another_state_has_other_random_days(void **state)
{
	int64_t first, sum[2] = {0, 0};

	(void)state;
	for (int i = 0; i < 2; i++) {
		open_operator(RANDOM, "2026-02-20 12:00", true);
		run_to("2026-06-01 00:00");
		first = count("SELECT sum(draw_time % 1000003) FROM draw WHERE draw_time > 1772294400");
		sum[i] = first;
		close_operator();
	}
	assert_int_not_equal(sum[0], sum[1]);
}

/* The days of a month that turn into holidays are replaced; those that were drawn count. */
static void
a_calendar_that_changes_in_mid_month_gives_no_draw_too_many(void **state)
{
	static const char *const off[] = {"2026-08-03 节", "2026-08-05 节", "2026-08-07 节", "2026-08-11 节",
	    "2026-08-13 节", "2026-08-17 节", "2026-08-19 节", "2026-08-21 节", "2026-08-24 节", "2026-08-26 节",
	    "2026-08-28 节", NULL};

	(void)state;
	open_operator(RANDOM, "2026-06-20 12:00", true);
	run_to("2026-08-12 00:00");
	calendar_with(off);
	run_to("2026-09-01 00:00");
	assert_in_range(count("SELECT count(*) FROM plan_done WHERE n IS NOT NULL AND key = 20666"), 1,
	    3); /* 1 August */
	close_operator();
}

/* ---- what stands in the way ---- */

static void
what_is_refused_is_tried_again_and_told_once_an_hour(void **state)
{
	(void)state;
	open_operator(AFTER, "2026-04-01 12:00", false);
	(void)take(NULL);
	takes("2026-04-06 09:00", "2026-04-06 10:00");
	assert_int_equal(told[TURN_REFUSED], 1);
	assert_non_null(strstr(last_message, "no roster of targets"));
	(void)take("2026-04-06 09:30");
	assert_int_equal(told[TURN_REFUSED], 1);
	operator_scene_rosters(&scene);
	(void)take("2026-04-06 10:00");
	assert_int_equal(told[TURN_COMMITTED], 1);
	assert_int_equal(draw(1).draw_time, at("2026-04-07 10:00"));
	assert_int_equal(count("SELECT count(*) FROM plan_cycle WHERE fault IS NOT NULL"), 0);
	close_operator();
}

/* One letter when it is first seen, however often it is seen again; and another when it comes back. */
static void
one_alarm_not_a_hundred(void **state)
{
	(void)state;
	open_operator(AFTER, "2026-04-01 12:00", false);
	(void)take(NULL);
	for (int hour = 10; hour < 20; hour++) {
		char now[] = "2026-04-06 00:00";

		(void)snprintf(now + 11, 6, "%02d:00", hour);
		(void)take(now);
	}
	assert_int_equal(count("SELECT count(*) FROM alarm"), 1);
	assert_int_equal(count("SELECT count(*) FROM outbox_letter WHERE kind = 'alarm' AND state = 'sent'"), 1);
	operator_scene_rosters(&scene);
	(void)take("2026-04-06 20:00");
	assert_int_equal(count("SELECT count(*) FROM alarm"), 0);
	/* Sixty days before a year that nobody has announced. */
	(void)take("2026-11-01 12:00");
	assert_int_equal(count("SELECT count(*) FROM alarm WHERE key = 'calendar-2027'"), 0);
	(void)take("2026-11-02 12:00");
	(void)take("2026-11-03 12:00");
	assert_int_equal(count("SELECT count(*) FROM alarm WHERE key = 'calendar-2027'"), 1);
	assert_int_equal(count(
	                     "SELECT count(*) FROM outbox_letter WHERE kind = 'alarm' AND inspector = 'calendar-2027'"),
	    1);
	close_operator();
}

/* Ninety days after they have left; what they were is known for ever. */
static void
texts_of_letters_go_in_time(void **state)
{
	int64_t letters, next;

	(void)state;
	open_operator(WEEKLY, "2026-06-01 12:00", true);
	run_to("2026-06-04 12:00");
	letters = count("SELECT count(*) FROM outbox_letter WHERE draw = 1 AND state = 'sent'");
	assert_true(letters > 0);
	operator_scene_ini(&scene, "[cycle by-hand]\ntitle = By hand\nwhen = manual\n" KEYS);
	run_to("2026-08-30 12:00");
	assert_int_equal(count("SELECT count(*) FROM outbox_message JOIN outbox_letter ON id = letter WHERE draw = 1"),
	    letters);
	run_to("2026-09-03 12:00");
	assert_int_equal(count("SELECT count(*) FROM outbox_message JOIN outbox_letter ON id = letter WHERE draw = 1"),
	    0);
	assert_int_equal(count("SELECT count(*) FROM outbox_letter WHERE draw = 1 AND removed > changed + 89 * 86400 "
	                       "AND digest <> ''"),
	    letters);
	next = take(NULL);
	assert_true(next > scene.operator.now + 3600); /* a text that has gone makes nothing due */
	assert_int_equal(operator_scene_verify(&scene), 0);
	close_operator();
}

/* From the change on the cycle commits nothing until all used links of the old chain are revealed. */
static void
a_changed_embargo_skips_until_a_new_chain_may_begin(void **state)
{
	(void)state;
	open_operator(WEEKLY, "2026-06-01 12:00", true);
	run_to("2026-06-04 12:00");
	assert_int_equal(count("SELECT count(*) FROM draw"), 1);
	operator_scene_ini(&scene,
	    "[cycle weekly]\ntitle = Weekly\nwhen = weekly\nday = wed\nembargo = 20\nsample = 3\n"
	    "matters = duty\nteam = any\navoid =\n");
	run_to("2026-07-16 12:00");
	/* Opened on 3 July; the Wednesdays of 10 and 17 and 24 June and 1 July are skipped. */
	assert_int_equal(told[TURN_MISSED], 4);
	assert_int_equal(count("SELECT count(*) FROM chain"), 2);
	assert_int_equal(draw(2).draw_time, at("2026-07-08 09:00"));
	assert_int_equal(draw(2).chain, 2);
	close_operator();
}

static void
a_commitment_by_hand_is_waited_for(void **state)
{
	struct step_commit want = {.draw_time = 0};
	uint64_t n = 0;

	(void)state;
	open_operator(WEEKLY, "2026-06-01 12:00", true);
	(void)take(NULL);
	want.cycle = &scene.config.cycles[0];
	want.draw_time = at("2026-06-02 18:00");
	operator_scene_well(&scene, step_commit(&scene.operator, &want, &n, &scene.err));
	takes("2026-06-02 09:00", "2026-06-02 18:00");
	(void)take("2026-06-02 18:00");
	assert_int_equal(draw(1).outcome, OUTCOME_DRAW);
	assert_int_equal(draw(2).draw_time, at("2026-06-03 18:00")); /* nine hours late, with its full lead */
	close_operator();
}

/* ---- the guard ---- */

static int
somebody_saw_more(struct operator *operator, struct err *err)
{
	(void)operator;
	return err_set(err, ERR_REFUSED, "a witness has seen more");
}

/* Nothing is signed or counted as refused or missed; what needs no signature goes on. Afterwards all is made up for. */
static void
under_the_guard_nothing_is_signed_and_nothing_is_lost(void **state)
{
	int64_t entries, next;

	(void)state;
	open_operator(WEEKLY, "2026-06-01 12:00", true);
	(void)take(NULL);
	entries = count("SELECT count(*) FROM log_entry");
	scene.operator.ask = somebody_saw_more;
	scene.operator.asked = false;
	next = take("2026-06-02 10:00"); /* a commitment is due */
	assert_string_equal(turn.halted, "a witness has seen more");
	assert_int_equal(next, scene.operator.now + TURN_HALTED_S);
	assert_int_equal(count("SELECT count(*) FROM log_entry"), entries);
	assert_int_equal(told[TURN_REFUSED] + told[TURN_MISSED], 0);
	scene.operator.ask = NULL;
	(void)take("2026-06-02 10:05");
	assert_string_equal(turn.halted, "");
	assert_int_equal(count("SELECT count(*) FROM draw"), 1);
	close_operator();
}

/* A damaged log is not the guard's fault to report; it was once taken for a refused signature. */
static void
a_damaged_log_is_not_the_guards(void **state)
{
	int64_t next = 0;

	(void)state;
	open_operator(WEEKLY, "2026-06-01 12:00", true);
	(void)take(NULL);
	scene.operator.ask = somebody_saw_more;
	scene.operator.asked = false;
	operator_scene_well(&scene,
	    store_exec(scene.operator.store, "UPDATE log_entry SET leaf = zeroblob(32) WHERE idx = 0", &scene.err));
	operator_scene_refused(&scene, turn_take(&turn, &next, &scene.err), ERR_REFUSED,
	    "does not fit its own last checkpoint");
	assert_string_equal(turn.halted, "");
	close_operator();
}

/*
 * A state that may not sign, a restored one say: nothing is signed, published or missed, an alarm says why, and then
 * all is made up for.
 */
static void
a_state_that_may_not_sign_is_an_alarm(void **state)
{
	int64_t entries, next;

	(void)state;
	open_operator(WEEKLY, "2026-06-01 12:00", true);
	(void)take(NULL);
	entries = count("SELECT count(*) FROM log_entry");
	turn.barred = "it was compared with nothing";
	next = take("2026-06-02 10:00"); /* a commitment is due */
	assert_string_equal(turn.halted, "it was compared with nothing");
	assert_int_equal(next, scene.operator.now + TURN_HALTED_S);
	assert_int_equal(count("SELECT count(*) FROM log_entry"), entries);
	assert_int_equal(told[TURN_REFUSED] + told[TURN_MISSED], 0);
	assert_int_equal(count("SELECT count(*) FROM alarm WHERE key = 'state'"), 1);
	turn.barred = NULL;
	(void)take("2026-06-02 10:05");
	assert_string_equal(turn.halted, "");
	assert_int_equal(count("SELECT count(*) FROM draw"), 1);
	assert_int_equal(count("SELECT count(*) FROM alarm WHERE key = 'state'"), 0);
	close_operator();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_commitment_a_draw_and_an_opening_in_time),
	    cmocka_unit_test(a_turn_too_many_does_nothing),
	    cmocka_unit_test(down_at_commit_time_the_commitment_has_its_full_lead),
	    cmocka_unit_test(down_over_a_possible_visit_the_draw_is_voided_and_committed_anew),
	    cmocka_unit_test(of_several_that_are_due_the_last_is_made_up_for),
	    cmocka_unit_test(what_was_due_before_the_log_began_is_not_its_business),
	    cmocka_unit_test(a_clock_behind_the_log_at_the_first_turn),
	    cmocka_unit_test(nothing_is_committed_from_a_provisional_day_and_what_was_planned_moves),
	    cmocka_unit_test(a_holiday_that_grows_is_the_same_holiday),
	    cmocka_unit_test(two_holidays_that_grow_together_are_done_if_one_is),
	    cmocka_unit_test(two_holidays_of_one_name_near_each_other_are_two),
	    cmocka_unit_test(random_days_are_kept_and_each_period_has_its_share),
	    cmocka_unit_test(a_sealed_day_cannot_be_asked_for),
	    cmocka_unit_test(another_state_has_other_random_days),
	    cmocka_unit_test(a_calendar_that_changes_in_mid_month_gives_no_draw_too_many),
	    cmocka_unit_test(what_is_refused_is_tried_again_and_told_once_an_hour),
	    cmocka_unit_test(one_alarm_not_a_hundred),
	    cmocka_unit_test(texts_of_letters_go_in_time),
	    cmocka_unit_test(a_changed_embargo_skips_until_a_new_chain_may_begin),
	    cmocka_unit_test(a_commitment_by_hand_is_waited_for),
	    cmocka_unit_test(under_the_guard_nothing_is_signed_and_nothing_is_lost),
	    cmocka_unit_test(a_damaged_log_is_not_the_guards),
	    cmocka_unit_test(a_state_that_may_not_sign_is_an_alarm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
