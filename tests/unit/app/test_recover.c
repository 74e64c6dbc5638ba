/*
 * Half a year in which the state is lost again and again, comes back as it was some while before, and is recovered
 * from what was published: in the end there is what there would have been without.
 *
 * SPOTCHECK_SEED repeats a run.
 */
#include "support.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/text.h"
#include "publish/publish.h"
#include "publish/reader.h"
#include "recovery/recover.h"
#include "year_scene.h"

#define KEYS "sample = 2\nmatters = duty\nteam = any\navoid =\nembargo = 0\n"

/* Opened at the draw: what is still sealed cannot be recovered. */
static const char cycles[] =
    "[cycle after]\ntitle = After\nwhen = after holiday\n" KEYS
    "[cycle before]\ntitle = Before\nwhen = before holiday\nday = 2nd workday\nwindow = 1 workday\n" KEYS
    "[cycle during]\ntitle = During\nwhen = during holiday\nday = 1st day\n" KEYS
    "[cycle quarter]\ntitle = Quarter\nwhen = quarterly\nday = 3rd workday\n" KEYS
    "[cycle month]\ntitle = Month\nwhen = monthly\nday = 10\n" KEYS
    "[cycle week]\ntitle = Week\nwhen = weekly\nday = 2nd workday\ncommit = 2h\n" KEYS;

static void
copy(const char *from, const char *to)
{
	char block[65536];
	int in = open(from, O_RDONLY | O_CLOEXEC), out = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	ssize_t n;

	assert_true(in >= 0 && out >= 0);
	while ((n = read(in, block, sizeof block)) > 0)
		assert_int_equal(write(out, block, (size_t)n), n);
	assert_int_equal(n, 0);
	(void)close(in);
	assert_int_equal(close(out), 0);
}

/* The state as a file; closing it has brought all into the one file. */
static void
keep_state(struct operator_scene *scene, const char *name)
{
	char db[SCRATCH_PATH + 32], kept[SCRATCH_PATH + 32];

	(void)snprintf(db, sizeof db, "%s/state/" STORE_FILE, scene->dir);
	(void)snprintf(kept, sizeof kept, "%s/%s", scene->dir, name);
	store_close(scene->operator.store);
	copy(db, kept);
	year_scene_reopen(scene);
}

static void
put_back(struct operator_scene *scene, const char *name)
{
	char db[SCRATCH_PATH + 32], kept[SCRATCH_PATH + 32];

	(void)snprintf(db, sizeof db, "%s/state/" STORE_FILE, scene->dir);
	(void)snprintf(kept, sizeof kept, "%s/%s", scene->dir, name);
	store_close(scene->operator.store);
	copy(kept, db);
	year_scene_reopen(scene);
}

/* Recovers from what was published, which is all that is left; the caller releases `ret`. */
static int
recover_now(struct operator_scene *scene, struct recovery *ret)
{
	struct folder folder;
	int rc;

	operator_scene_well(scene, folder_open(&folder, scene->public, &scene->err));
	rc = recover(&scene->operator, &folder.published, (struct slice){NULL, 0}, ret, &scene->err);
	folder_close(&folder);
	return rc;
}

struct losses {
	int64_t entries; /* of the backup; 0: there is none */
	unsigned recovered, refused;
};

static void
lose_sometimes(struct operator_scene *scene, struct losses *losses, struct support_random *random)
{
	struct recovery recovery;
	char sql[128];
	int64_t entries = operator_scene_count(scene, "SELECT count(*) FROM log_entry");
	bool lost;
	int rc;

	if (losses->entries == 0) {
		keep_state(scene, "backup");
		losses->entries = entries;
		return;
	}
	if (support_random_below(random, 6) != 0)
		return;
	(void)snprintf(sql, sizeof sql, "SELECT count(*) FROM draw WHERE commit_entry >= %lld AND reveal_entry IS NULL",
	    (long long)losses->entries);
	lost = operator_scene_count(scene, sql) > 0;
	keep_state(scene, "now");
	put_back(scene, "backup");
	rc = recover_now(scene, &recovery);
	if (entries == losses->entries) {
		assert_int_equal(rc, ERR_ABSENT);
	} else {
		operator_scene_well(scene, rc);
		assert_true(recovery.done != lost);
		assert_int_equal(recovery.to, entries);
		losses->recovered += recovery.done;
		losses->refused += !recovery.done;
	}
	if (entries == losses->entries || lost)
		assert_int_equal(operator_scene_count(scene, "SELECT count(*) FROM log_entry"), losses->entries);
	else
		losses->entries = 0; /* this one is known to be good */
	if (entries == losses->entries || lost)
		put_back(scene, "now");
	else
		operator_scene_well(scene,
		    publish_news(scene->operator.store, &scene->operator.key, &scene->config, &scene->err));
	recovery_release(&recovery);
}

static void
run(struct operator_scene *scene, int64_t end, struct support_random *random)
{
	struct losses losses = {0};

	while (scene->operator.now < end) {
		int64_t next = year_scene_turn(scene);

		assert_true(next > scene->operator.now);
		if (random != NULL)
			lose_sometimes(scene, &losses, random);
		scene->operator.now = next < end ? next : end;
	}
	if (random == NULL)
		return;
	print_message("%u times recovered, %u times refused\n", losses.recovered, losses.refused);
	assert_true(losses.recovered > 0 && losses.refused > 0);
}

static void
recovered_as_without(void **state)
{
	static struct operator_scene scene;
	struct support_random random;
	int64_t end = year_scene_midnight(2026) + 182 * DAY_S;
	char *want, *got;

	(void)state;
	support_random_begin(&random);
	year_scene_open(&scene, cycles, 2026, 2026);
	run(&scene, end, NULL);
	want = year_scene_history(&scene);
	operator_scene_close(&scene);

	year_scene_open(&scene, cycles, 2026, 2026);
	run(&scene, end, &random);
	got = year_scene_history(&scene);
	assert_string_equal(got, want);
	assert_int_equal(operator_scene_count(&scene, "SELECT count(*) FROM draw"),
	    operator_scene_count(&scene, "SELECT count(DISTINCT n) FROM plan_done"));
	assert_int_equal(operator_scene_verify(&scene), 0);
	operator_scene_close(&scene);
	free(want);
	free(got);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(recovered_as_without),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
