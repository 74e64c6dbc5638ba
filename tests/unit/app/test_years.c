/*
 * A year of turns, each first taken by a process that is killed somewhere in it, while the clock is set back and forth:
 * in the end there is what there would have been without.
 *
 * YEARS=10 in the environment makes it longer; SEED repeats a run.
 */
#include "support.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "app/turn.h"
#include "core/calendar_cn.h"
#include "core/text.h"
#include "io/clock.h"
#include "io/office_scene.h"
#include "io/rosters_copy.h"

#define KEYS "sample = 2\nmatters = duty\nteam = any\navoid =\n"

static const char cycles[] =
    "[cycle after]\ntitle = After\nwhen = after holiday\nembargo = 30\n" KEYS
    "[cycle before]\ntitle = Before\nwhen = before holiday\nday = 2nd workday\nwindow = 1 workday\nembargo = 30\n" KEYS
    "[cycle during]\ntitle = During\nwhen = during holiday\nday = 1st day\nembargo = 30\n" KEYS
    "[cycle quarter]\ntitle = Quarter\nwhen = quarterly\nday = 3rd workday\nembargo = 0\n" KEYS
    "[cycle month]\ntitle = Month\nwhen = monthly\nday = 10\nembargo = 60\nkeep_free = yes\n" KEYS;

static int64_t
midnight(int year)
{
	return clock_instant(text_date_of(year, 1, 1), 0, NULL);
}

static void
open_office(struct office_scene *scene, int first_year, int last_year)
{
	office_scene_open(scene, cycles);
	calendar_release(&scene->calendar);
	assert_int_equal(calendar_begin(&scene->calendar, scene->config.workweek, NULL), 0);
	assert_int_equal(calendar_cn_add(&scene->calendar, NULL), 0);
	assert_int_equal(calendar_finish(&scene->calendar, text_date_of(first_year - 1, 1, 1),
	    text_date_of(last_year + 2, 12, 31), NULL), 0);
	office_scene_rosters(scene);
	office_scene_well(scene, rosters_set_back(scene->office.store, text_date_of(first_year, 1, 1), &scene->err));
	scene->office.now = midnight(first_year);
	office_scene_init(scene);
}

static int64_t
take(struct office_scene *scene)
{
	struct turn turn = {.office = &scene->office};
	int64_t next = 0;

	office_scene_well(scene, turn_take(&turn, &next, &scene->err));
	return next;
}

static void
reopen(struct office_scene *scene)
{
	char state[SCRATCH_PATH + 16];

	(void)snprintf(state, sizeof state, "%s/state", scene->dir);
	office_scene_well(scene, store_open(state, 0, &scene->office.store, &scene->err));
}

/* No connection to the database crosses the fork. */
static bool
take_and_be_killed(struct office_scene *scene, struct support_random *random)
{
	struct timespec pause = {.tv_nsec = (long)support_random_below(random, 6000000)};
	int status = 0;
	pid_t pid;

	store_close(scene->office.store);
	scene->office.store = NULL;
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		struct turn turn = {.office = &scene->office};
		int64_t next;

		reopen(scene);
		_exit(turn_take(&turn, &next, NULL) == 0 ? 0 : 1);
	}
	(void)nanosleep(&pause, NULL);
	(void)kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status) || WEXITSTATUS(status) == 0);
	reopen(scene);
	return WIFSIGNALED(status);
}

/* Some turns at wrong times, none of which may do what is not due at the true one. */
static void
turn_the_clock(struct office_scene *scene, struct support_random *random)
{
	int64_t now = scene->office.now;

	scene->office.now = now - (int64_t)support_random_below(random, 40 * DAY_S);
	(void)take(scene);
	scene->office.now = now;
}

static unsigned
run(struct office_scene *scene, int64_t end, struct support_random *random)
{
	unsigned killed = 0;

	while (scene->office.now < end) {
		int64_t next;

		if (random != NULL) {
			killed += take_and_be_killed(scene, random);
			if (support_random_below(random, 4) == 0)
				turn_the_clock(scene, random);
		}
		next = take(scene);
		assert_true(next > scene->office.now);
		scene->office.now = next < end ? next : end;
	}
	return killed;
}

/* One text of all that was drawn, for whom and when. */
static char *
history(struct office_scene *scene)
{
	struct buf out;
	struct query q;

	buf_init(&out, (size_t)1 << 24);
	query_open(&q, scene->office.store,
	    "SELECT DISTINCT d.cycle, title, draw_time, outcome, reveal_entry IS NOT NULL FROM draw d"
	    " JOIN plan_done p ON p.n = d.n ORDER BY draw_time, d.cycle");
	while (query_row(&q)) {
		buf_slice(&out, query_text(&q, 0));
		buf_byte(&out, ' ');
		buf_slice(&out, query_text(&q, 1));
		buf_format(&out, " %lld ", (long long)query_int(&q, 2));
		buf_slice(&out, query_text(&q, 3));
		buf_format(&out, " %d\n", (int)query_int(&q, 4));
	}
	office_scene_well(scene, query_close(&q, &scene->err));
	return buf_steal(&out);
}

static void
killed_at_every_event_as_without(void **state)
{
	static struct office_scene scene;
	int years = getenv("YEARS") == NULL ? 1 : (int)strtol(getenv("YEARS"), NULL, 10);
	int first = 2027 - years; /* up to the last year that is announced */
	struct support_random random;
	char *want, *got, folder[SCRATCH_PATH + 16];
	int64_t draws;
	unsigned killed;

	(void)state;
	support_random_begin(&random);
	open_office(&scene, first, 2026);
	(void)run(&scene, midnight(2027), NULL);
	want = history(&scene);
	assert_int_equal(office_scene_verify(&scene), 0);
	office_scene_close(&scene);

	open_office(&scene, first, 2026);
	killed = run(&scene, midnight(2027), &random);
	got = history(&scene);
	draws = office_scene_count(&scene, "SELECT count(*) FROM draw");
	print_message("%u turns killed, %lld draws\n", killed, (long long)draws);
	assert_string_equal(got, want);
	assert_int_equal(draws, office_scene_count(&scene, "SELECT count(DISTINCT n) FROM plan_done"));
	assert_int_equal(office_scene_verify(&scene), 0);
	/* Every letter once: the maildir's names are those of the Message-IDs. */
	(void)snprintf(folder, sizeof folder, "%s/mail/new", scene.dir);
	assert_int_equal(scratch_count(folder),
	    office_scene_count(&scene, "SELECT count(*) FROM outbox_letter WHERE state = 'sent'"));
	assert_int_equal(office_scene_count(&scene, "SELECT count(*) FROM outbox_letter WHERE state <> 'sent'"), 0);
	office_scene_close(&scene);
	free(want);
	free(got);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(killed_at_every_event_as_without),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
