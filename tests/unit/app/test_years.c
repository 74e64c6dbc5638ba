/*
 * A year of turns, each first taken by a process that is killed somewhere in it, while the clock is set back and forth:
 * in the end there is what there would have been without.
 *
 * YEARS=10 in the environment makes it longer; SPOTCHECK_SEED repeats a run.
 */
#include "support.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "app/clock_jump.h"
#include "app/turn.h"
#include "core/base/text.h"
#include "year_scene.h"

#define KEYS "sample = 2\nmatters = duty\nteam = any\navoid =\n"

static const char cycles[] =
    "[cycle after]\ntitle = After\nwhen = after holiday\nembargo = 30\n" KEYS
    "[cycle before]\ntitle = Before\nwhen = before holiday\nday = 2nd workday\nwindow = 1 workday\nembargo = 30\n" KEYS
    "[cycle during]\ntitle = During\nwhen = during holiday\nday = 1st day\nembargo = 30\n" KEYS
    "[cycle quarter]\ntitle = Quarter\nwhen = quarterly\nday = 3rd workday\nembargo = 0\n" KEYS
    "[cycle month]\ntitle = Month\nwhen = monthly\nday = 10\nembargo = 60\nkeep_free = yes\n" KEYS;

/* No connection to the database may be open across the fork. */
static bool
take_and_be_killed(struct operator_scene *scene, struct support_random *random)
{
	struct timespec pause = {.tv_nsec = (long)support_random_below(random, 6000000)};
	int status = 0;
	pid_t pid;

	store_close(scene->operator.store);
	scene->operator.store = NULL;
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		struct turn turn = {.operator = &scene->operator};
		int64_t next;

		year_scene_reopen(scene);
		_exit(turn_take(&turn, &next, NULL) == 0 ? 0 : 1);
	}
	(void)nanosleep(&pause, NULL);
	(void)kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status) || WEXITSTATUS(status) == 0);
	year_scene_reopen(scene);
	return WIFSIGNALED(status);
}

/* A turn at a wrong time may do nothing that is not due at the true one.  Time goes by and the other clock runs on. */
static void
turn_the_clock(struct operator_scene *scene, struct clock_jump *jump, struct support_random *random)
{
	int64_t now = scene->operator.now, wrong = (int64_t)support_random_below(random, 80 * DAY_S) - 40 * DAY_S;

	scene->operator.now = now + wrong;
	if (clock_jump_ahead(jump, scene->operator.now, now) == 0)
		(void)year_scene_turn(scene);
	else
		assert_true(wrong >= CLOCK_JUMP_S);
	scene->operator.now = now;
	assert_int_equal(clock_jump_ahead(jump, now, now), 0);
}

static unsigned
run(struct operator_scene *scene, int64_t end, struct support_random *random)
{
	struct clock_jump jump;
	unsigned killed = 0;

	clock_jump_begin(&jump, scene->operator.now, scene->operator.now);
	while (scene->operator.now < end) {
		int64_t next;

		if (random != NULL) {
			killed += take_and_be_killed(scene, random);
			if (support_random_below(random, 4) == 0)
				turn_the_clock(scene, &jump, random);
		}
		next = year_scene_turn(scene);
		assert_true(next > scene->operator.now);
		scene->operator.now = next < end ? next : end;
	}
	return killed;
}

static void
killed_at_every_event_as_without(void **state)
{
	static struct operator_scene scene;
	int years = getenv("YEARS") == NULL ? 1 : (int)strtol(getenv("YEARS"), NULL, 10);
	int first = 2027 - years; /* up to the last year that is announced */
	struct support_random random;
	char *want, *got, folder[SCRATCH_PATH + 16];
	int64_t draws;
	unsigned killed;

	(void)state;
	support_random_begin(&random);
	year_scene_open(&scene, cycles, first, 2026);
	(void)run(&scene, year_scene_midnight(2027), NULL);
	want = year_scene_history(&scene);
	assert_int_equal(operator_scene_verify(&scene), 0);
	operator_scene_close(&scene);

	year_scene_open(&scene, cycles, first, 2026);
	killed = run(&scene, year_scene_midnight(2027), &random);
	got = year_scene_history(&scene);
	draws = operator_scene_count(&scene, "SELECT count(*) FROM draw");
	print_message("%u turns killed, %lld draws\n", killed, (long long)draws);
	assert_string_equal(got, want);
	assert_int_equal(draws, operator_scene_count(&scene, "SELECT count(DISTINCT n) FROM plan_done"));
	assert_int_equal(operator_scene_verify(&scene), 0);
	/* Every letter once: the maildir's names are those of the Message-IDs. */
	(void)snprintf(folder, sizeof folder, "%s/mail/new", scene.dir);
	assert_int_equal(scratch_count(folder),
	    operator_scene_count(&scene, "SELECT count(*) FROM outbox_letter WHERE state = 'sent'"));
	assert_int_equal(operator_scene_count(&scene, "SELECT count(*) FROM outbox_letter WHERE state <> 'sent'"), 0);
	operator_scene_close(&scene);
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
