/* Who is away on the dates of a draw's slots: from leave, from excuses, and from what sealed draws have booked. */

#include "support.h"

#include <stdio.h>
#include <string.h>

#include "draws/away.h"
#include "scratch.h"

#define DAY 20626 /* 2026-06-22 */

static char dir[SCRATCH_PATH];
static struct store *store;
static struct err err;

/* Foreign keys are checked at the commit, which these tests never reach. */
static int
set_up(void **state)
{
	(void)state;
	return scratch_make(dir) && store_open(dir, STORE_CREATE, &store, &err) == 0 && store_begin(store, &err) == 0 &&
	        store_exec(store, "PRAGMA defer_foreign_keys = ON", &err) == 0
	    ? 0
	    : -1;
}

static int
tear_down(void **state)
{
	(void)state;
	store_close(store);
	return scratch_remove(dir);
}

static void
sql(const char *text)
{
	if (store_exec(store, text, &err) != 0)
		fail_msg("%s", err.message);
}

/* Two slots on DAY, one on DAY + 1, none on DAY + 2, one on DAY + 3. */
static const slot_t slots[] = {DAY * SLOT_DAY + 540, DAY *SLOT_DAY + 840, (DAY + 1) * SLOT_DAY + 540,
    (DAY + 3) * SLOT_DAY + 540};

/* "I1+0 I1+3 ", days after DAY; who is away on all has a "!". */
static const char *
away(bool booked)
{
	static char text[512];
	struct away_days days;

	text[0] = '\0';
	assert_int_equal(away_days_read(store, slots, 4, booked, &days, &err), 0);
	assert_int_equal(days.dates, 3);
	for (size_t i = 0; i < days.n; i++)
		(void)snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s+%d ", days.v[i].id,
		    away_on_all(&days, slice_of(days.v[i].id)) ? "!" : "", (int)(days.v[i].date - DAY));
	assert_false(away_on_all(&days, slice_of("I0")));
	away_days_release(&days);
	return text;
}

static void
only_dates_of_slots_count(void **state)
{
	(void)state;
	assert_string_equal(away(true), "");
	sql("INSERT INTO leave (inspector, \"from\", \"to\", private) VALUES ('I1', 20000, 20625, '{}'),"
	    " ('I1', 20626, 20626, '{}'), ('I2', 20628, 20628, '{}'), ('I3', 20600, 20700, '{}'),"
	    " ('I4', 20630, 20640, '{}'), ('I10', 20629, 20629, '{}')");
	assert_string_equal(away(true), "I1+0 I10+3 I3!+0 I3!+1 I3!+3 ");
}

static void
leave_and_excuses_are_joined(void **state)
{
	(void)state;
	sql("INSERT INTO leave (inspector, \"from\", \"to\", private) VALUES ('I1', 20626, 20627, '{}'),"
	    " ('I1', 20627, 20628, '{}');"
	    "INSERT INTO excuse (kind, who, \"from\", until, reason, by, time, lifted) VALUES"
	    " ('inspectors', 'I1', 20629, 20640, 'x', 'x', 0, NULL), ('inspectors', 'I2', 20627, 20627, 'x', 'x', 0, "
	    "NULL),"
	    " ('inspectors', 'I2', 20626, 20626, 'x', 'x', 0, 1), ('targets', 'T1', 20626, 20640, 'x', 'x', 0, NULL)");
	assert_string_equal(away(true), "I1!+0 I1!+1 I1!+3 I2+1 ");
}

static void
draw(int n, const char *outcome, const char *reveal)
{
	char text[512];

	(void)snprintf(text, sizeof text,
	    "INSERT INTO draw (n, cycle, chain, link, date, draw_time, reveal_time, source, commit_entry, commit_size,"
	    " outcome, outcome_entry, outcome_size, reveal_entry, beacon, record)"
	    " VALUES (%d, 'c', 1, %d, 20620, 0, 0, 'none', 0, 0, '%s', 0, 0, %s, %s)",
	    n, n, outcome, reveal, strcmp(outcome, "draw") == 0 ? "'', 'r'" : "NULL, NULL");
	sql(text);
}

static void
sealed_visits_are_booked(void **state)
{
	(void)state;
	draw(1, "draw", "NULL");
	draw(2, "draw", "7");
	draw(3, "void", "NULL");
	sql("INSERT INTO draw_place (n, place, target, visit) VALUES (1, 0, 'T1', 20627 * 1440 + 1439),"
	    " (1, 1, 'T2', 20630 * 1440), (1, 2, NULL, 20626 * 1440), (2, 0, 'T3', 20626 * 1440),"
	    " (1, 3, 'T4', 20626 * 1440 - 1), (1, 4, 'T5', 20627 * 1440);"
	    "INSERT INTO draw_seat (n, place, seat, inspector) VALUES (1, 0, 0, 'I1'), (1, 0, 1, NULL), (1, 1, 0, "
	    "'I2'),"
	    " (1, 2, 0, 'I3'), (2, 0, 0, 'I4'), (1, 3, 0, 'I5'), (1, 4, 0, 'I1')");
	assert_string_equal(away(true), "I1+1 ");
	assert_string_equal(away(false), "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(only_dates_of_slots_count, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(leave_and_excuses_are_joined, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(sealed_visits_are_booked, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
