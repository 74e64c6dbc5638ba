/* The published directory: the layout of the protocol, the same bytes whenever it is made, never half of it. */

#include "support.h"

#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/hash.h"
#include "core/format/merkle.h"
#include "core/format/note.h"
#include "draws/draws.h"
#include "ledger/ledger.h"
#include "operator_scene.h"
#include "publish/list.h"
#include "publish/publish.h"
#include "steps/steps.h"

static const char cycles[] =
    "[cycle one]\ntitle = One\nwhen = manual\nembargo = 0\nsample = 10%\nteam = any any\nmatters = duty leave\n"
    "[cycle two]\ntitle = Two\nwhen = manual\nembargo = 30\nsample = 5%\nteam = any\nmatters = office\n";

static struct operator_scene scene;

static int
set_up(void **state)
{
	(void)state;
	operator_scene_open(&scene, cycles);
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

static uint64_t
draw_of(size_t cycle)
{
	struct step_commit want = {.cycle = &scene.config.cycles[cycle], .draw_time = scene.operator.now};
	uint64_t n = 0;

	operator_scene_well(&scene, step_commit(&scene.operator, &want, &n, &scene.err));
	operator_scene_well(&scene, step_draw(&scene.operator, n, NULL, &scene.err));
	operator_scene_well(&scene, step_overdue(&scene.operator, 0, &scene.err));
	return n;
}

static int
publish_with(bool fresh, bool in_place)
{
	struct publish_options options = {.fresh = fresh, .in_place = in_place, .pages = &scene.config};

	return publish(scene.operator.store, &scene.operator.key, scene.public, &options, &scene.err);
}

/* ---- a tree as one hash: names, modes and bytes, in order ---- */

#define FILES_MAX 2000

static struct {
	char *path;
	struct hash hash;
} files[FILES_MAX];
static size_t n_files;

static int
take_file(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	struct hash_stream s;
	char some[4096];
	FILE *file;
	size_t n;

	(void)ftw;
	assert_true(type == FTW_D || type == FTW_F);
	assert_int_equal(st->st_mode & 07777, type == FTW_D ? 0755 : 0644);
	if (type == FTW_D)
		return 0;
	assert_true(n_files < FILES_MAX);
	hash_begin(&s);
	file = fopen(path, "re");
	assert_non_null(file);
	while ((n = fread(some, 1, sizeof some, file)) > 0)
		hash_add(&s, some, n);
	(void)fclose(file);
	files[n_files].path = strdup(path + strlen(scene.public));
	files[n_files++].hash = hash_end(&s);
	return 0;
}

static int
compare_files(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static struct hash
tree_hash(void)
{
	struct hash_stream s;

	n_files = 0;
	assert_int_equal(nftw(scene.public, take_file, 16, FTW_PHYS), 0);
	qsort(files, n_files, sizeof files[0], compare_files);
	hash_begin(&s);
	for (size_t i = 0; i < n_files; i++) {
		hash_add(&s, files[i].path, strlen(files[i].path) + 1);
		hash_add(&s, files[i].hash.b, HASH_BYTES);
		free(files[i].path);
	}
	return hash_end(&s);
}

static bool
has(const char *name)
{
	char path[SCRATCH_PATH + 128];

	(void)snprintf(path, sizeof path, "%s/%s", scene.public, name);
	return access(path, F_OK) == 0;
}

/* Nothing but what was there before stands in the scene's folder. */
static void
no_leftovers(void)
{
	struct dirent *e;
	DIR *dir = opendir(scene.dir);

	assert_non_null(dir);
	while ((e = readdir(dir)) != NULL)
		assert_null(strstr(e->d_name, ".new"));
	(void)closedir(dir);
}

/* ---- what is there, and when ---- */

static void
test_layout(void **state)
{
	static const char *const sealed[] = {"targets.csv", "inspectors.csv", "conflicts.csv", "sealed.json",
	    "record.json", "amend-01.json"};
	struct step_amend amend = {.n = 2, .place = 0, .seat = 0, .reason = "other"};
	struct step_amended did;
	char name[64];

	(void)state;
	assert_int_equal(draw_of(0), 1);
	assert_int_equal(draw_of(1), 2);
	operator_scene_well(&scene, step_amend(&scene.operator, &amend, &did, &scene.err));
	assert_int_equal(operator_scene_verify(&scene), 0);
	assert_true(has("checkpoint") && has("vkey") && has("tile/0/000.p/8") && has("tile/entries/000.p/8"));
	for (int n = 1; n <= 2; n++) {
		(void)snprintf(name, sizeof name, "draws/%04d/outcome.checkpoint", n);
		assert_true(has(name));
	}
	for (size_t i = 0; i < sizeof sealed / sizeof sealed[0]; i++) {
		(void)snprintf(name, sizeof name, "draws/0001/%s", sealed[i]);
		assert_int_equal(has(name), strcmp(sealed[i], "amend-01.json") != 0);
		(void)snprintf(name, sizeof name, "draws/0002/%s", sealed[i]);
		assert_false(has(name));
	}
	scene.operator.now += 30 * DAY_S;
	operator_scene_well(&scene, step_overdue(&scene.operator, 0, &scene.err));
	assert_int_equal(operator_scene_verify(&scene), 0);
	assert_true(has("draws/0002/amend-01.json") && has("draws/0002/targets.csv"));
	assert_false(has("draws/0002/targets-private.csv"));
}

static void
test_the_same_bytes_whenever_it_is_made(void **state)
{
	struct hash usual, other;

	(void)state;
	for (int i = 0; i < 4; i++) {
		(void)draw_of(0);
		assert_int_equal(operator_scene_verify(&scene), 0); /* each draw published by itself */
	}
	usual = tree_hash();
	for (int how = 0; how < 4; how++) {
		operator_scene_well(&scene, publish_with((how & 1) != 0, (how & 2) != 0));
		other = tree_hash();
		assert_memory_equal(&usual, &other, sizeof usual);
	}
	assert_int_equal(scratch_remove(scene.public), 0);
	operator_scene_well(&scene, publish_with(false, false));
	other = tree_hash();
	assert_memory_equal(&usual, &other, sizeof usual);
	no_leftovers();
}

/* What somebody changed in our files is undone and reported. */
static void
test_mends(void **state)
{
	char path[SCRATCH_PATH + 64], first[PUBLISH_DAMAGE];
	struct hash before, after;
	uint64_t damaged = 0;

	(void)state;
	(void)draw_of(0);
	operator_scene_well(&scene, publish_with(false, false));
	before = tree_hash();
	for (int in_place = 0; in_place < 2; in_place++) {
		(void)snprintf(path, sizeof path, "%s/checkpoint", scene.public);
		scratch_write(path, "log.example.org\nnonsense\n");
		(void)snprintf(path, sizeof path, "%s/draws/0001/commit.json", scene.public);
		scratch_write(path, "{}");
		operator_scene_well(&scene, publish_with(true, in_place == 1));
		after = tree_hash();
		assert_memory_equal(&before, &after, sizeof before);
	}
	(void)snprintf(path, sizeof path, "%s/vkey", scene.public);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(symlink("/etc/passwd", path), 0);
	operator_scene_well(&scene, publish_with(false, false));
	after = tree_hash();
	assert_memory_equal(&before, &after, sizeof before);
	operator_scene_well(&scene, publish_damage(scene.operator.store, &damaged, first, &scene.err));
	assert_int_equal(damaged, 1);
	assert_string_equal(first, "vkey");
}

/* Flips one bit of a file and leaves its size and times as they were. */
static void
flip(const char *name)
{
	char path[SCRATCH_PATH + 64];
	struct timespec times[2];
	struct stat st;
	FILE *file;
	int c;

	(void)snprintf(path, sizeof path, "%s/%s", scene.public, name);
	assert_int_equal(stat(path, &st), 0);
	file = fopen(path, "r+e");
	assert_non_null(file);
	assert_int_equal(fseek(file, st.st_size / 2, SEEK_SET), 0);
	c = fgetc(file);
	assert_int_equal(fseek(file, st.st_size / 2, SEEK_SET), 0);
	assert_int_equal(fputc(c ^ 1, file), c ^ 1);
	assert_int_equal(fclose(file), 0);
	times[0] = st.st_atim;
	times[1] = st.st_mtim;
	assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

static uint64_t
damaged_files(void)
{
	char first[PUBLISH_DAMAGE];
	uint64_t damaged = 0;

	operator_scene_well(&scene, publish_damage(scene.operator.store, &damaged, first, &scene.err));
	return damaged;
}

/* A damaged bit, or a change with the old time put back: only the digest shows it. */
static void
test_a_flipped_bit_is_found_by_reading(void **state)
{
	static const char *const names[] = {"checkpoint", "index.html", "draws/0001/targets.csv", "draws/0001/zh.html",
	    "tile/entries/000.p/5", "verify.html"};
	struct hash before, after;
	bool over = false;

	(void)state;
	(void)draw_of(0);
	operator_scene_well(&scene, publish_with(false, false));
	before = tree_hash();
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		flip(names[i]);
		operator_scene_well(&scene, publish_with(true, i % 2 == 0));
		after = tree_hash();
		assert_memory_equal(&before, &after, sizeof before);
	}
	assert_int_equal(damaged_files(), 1);
	for (int32_t day = 1; day <= 2; day++) {
		flip("draws/0001/record.json");
		flip("index.html");
		operator_scene_well(&scene,
		    publish_look(scene.operator.store, &scene.operator.key, &scene.config, day, &over, &scene.err));
		assert_true(over);
		after = tree_hash();
		assert_memory_equal(&before, &after, sizeof before);
		assert_int_equal(damaged_files(), 2);
	}
	/* The same day's look is over; the next one finds nothing. */
	flip("index.html");
	operator_scene_well(&scene,
	    publish_look(scene.operator.store, &scene.operator.key, &scene.config, 2, &over, &scene.err));
	after = tree_hash();
	assert_memory_not_equal(&before, &after, sizeof before);
	operator_scene_well(&scene,
	    publish_look(scene.operator.store, &scene.operator.key, &scene.config, 3, &over, &scene.err));
	assert_int_equal(damaged_files(), 1);
	operator_scene_well(&scene,
	    publish_look(scene.operator.store, &scene.operator.key, &scene.config, 4, &over, &scene.err));
	assert_int_equal(damaged_files(), 0);
}

/* ---- crashes ---- */

static void
make_work(char ret_path[static SCRATCH_PATH + 64], const char *name)
{
	char path[SCRATCH_PATH + 128];

	(void)snprintf(ret_path, SCRATCH_PATH + 64, "%s/%s", scene.dir, name);
	assert_int_equal(mkdir(ret_path, 0755), 0);
	(void)snprintf(path, sizeof path, "%s/checkpoint", ret_path);
	scratch_write(path, "half");
}

static void
test_what_a_crash_leaves_goes(void **state)
{
	struct publish_list list = {0};
	bool of_dir = false;
	char path[SCRATCH_PATH + 64], file[SCRATCH_PATH + 128];
	struct hash before, after;

	(void)state;
	(void)draw_of(0);
	operator_scene_well(&scene, publish_with(false, false));
	before = tree_hash();
	operator_scene_well(&scene, publish_list_read(scene.operator.store, scene.public, &list, &of_dir, &scene.err));
	assert_true(of_dir && list.n > 0);
	/* A tree that was not finished. */
	make_work(path, ".public.new-1");
	operator_scene_well(&scene, publish_work_set(scene.operator.store, path, &scene.err));
	operator_scene_well(&scene, publish_news(scene.operator.store, &scene.operator.key, &scene.config, &scene.err));
	no_leftovers();
	after = tree_hash();
	assert_memory_equal(&before, &after, sizeof before);
	/* The old tree, where the two had been exchanged: what others had put into it comes back. */
	make_work(path, ".public.new-2");
	(void)snprintf(file, sizeof file, "%s/robots.txt", path);
	scratch_write(file, "User-agent: *\n");
	operator_scene_well(&scene,
	    publish_list_announce(scene.operator.store, scene.public, &list, &list, path, &scene.err));
	operator_scene_well(&scene, publish_news(scene.operator.store, &scene.operator.key, &scene.config, &scene.err));
	no_leftovers();
	(void)snprintf(path, sizeof path, "%s/robots.txt", scene.public);
	assert_int_equal(unlink(path), 0);
	/* Files that were being replaced one by one. */
	make_work(path, "public/.publishing-3");
	operator_scene_well(&scene,
	    publish_list_announce(scene.operator.store, scene.public, &list, &list, path, &scene.err));
	operator_scene_well(&scene, publish_with(false, true));
	after = tree_hash();
	assert_memory_equal(&before, &after, sizeof before);
	/* One of another folder, which is gone, is left alone. */
	operator_scene_well(&scene,
	    publish_work_set(scene.operator.store, "/nowhere/at-all/.public.new-4", &scene.err));
	operator_scene_well(&scene, publish_news(scene.operator.store, &scene.operator.key, &scene.config, &scene.err));
	assert_int_equal(damaged_files(), 0);
	publish_list_release(&list);
}

/* A folder of such a name that the state knows nothing of is somebody's. */
static void
test_a_folder_beside_is_not_ours_by_its_name(void **state)
{
	char path[SCRATCH_PATH + 64];

	(void)state;
	make_work(path, ".public.new");
	(void)draw_of(0);
	operator_scene_well(&scene, publish_with(false, false));
	operator_scene_well(&scene, publish_with(true, true));
	(void)snprintf(path, sizeof path, "%s/.public.new/checkpoint", scene.dir);
	assert_int_equal(access(path, F_OK), 0);
}

/* ---- whose folder it is ---- */

static void
test_keeps_off_other_folders(void **state)
{
	char path[SCRATCH_PATH + 64];

	(void)state;
	assert_int_equal(mkdir(scene.public, 0755), 0);
	(void)snprintf(path, sizeof path, "%s/thesis.odt", scene.public);
	scratch_write(path, "years of work");
	operator_scene_refused(&scene, publish_with(false, false), ERR_REFUSED, "something else");
	assert_int_equal(access(path, F_OK), 0);
	assert_int_equal(unlink(path), 0);
	(void)snprintf(path, sizeof path, "%s/checkpoint", scene.public);
	scratch_write(path, "other.example.org\n1\n\n");
	operator_scene_refused(&scene, publish_with(false, false), ERR_REFUSED, "something else");
	assert_int_equal(unlink(path), 0);
	(void)snprintf(path, sizeof path, "%s", scene.public);
	(void)snprintf(scene.public, sizeof scene.public, "%s", scene.dir);
	operator_scene_refused(&scene, publish_with(false, false), ERR_REFUSED, "holds the state");
	(void)snprintf(scene.public, sizeof scene.public, "%.500s", path);
	/* Once it is ours, what others put at its top stays. */
	operator_scene_well(&scene, publish_with(false, false));
	(void)snprintf(path, sizeof path, "%s/robots.txt", scene.public);
	scratch_write(path, "User-agent: *\n");
	(void)snprintf(path, sizeof path, "%s/.well-known", scene.public);
	assert_int_equal(mkdir(path, 0755), 0);
	(void)draw_of(0);
	operator_scene_well(&scene, publish_with(false, false));
	assert_true(has("robots.txt") && has(".well-known") && has("draws/0001/record.json"));
	operator_scene_well(&scene, publish_with(true, true));
	assert_true(has("robots.txt") && has(".well-known"));
	no_leftovers();
}

/* Within our folders too; and so is a folder of which we know nothing yet, where the checkpoint is ours. */
static void
test_leaves_others_alone_within_our_folders(void **state)
{
	static const char *const others[] = {"draws/0001/notes.txt", "tile/0/.000.p.swp", "draws/0001-old",
	    "archive2025"};
	char path[SCRATCH_PATH + 64];

	(void)state;
	(void)draw_of(0);
	operator_scene_well(&scene, publish_with(false, false));
	for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
		(void)snprintf(path, sizeof path, "%s/%s", scene.public, others[i]);
		scratch_write(path, "theirs");
	}
	for (int round = 0; round < 3; round++) {
		(void)draw_of(0);
		if (round == 2)
			operator_scene_well(&scene,
			    store_exec(scene.operator.store, "DELETE FROM published_file", &scene.err));
		operator_scene_well(&scene, publish_with(round == 1, false));
		for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
			assert_true(has(others[i]));
	}
	assert_true(has("draws/0004/record.json"));
	assert_int_equal(damaged_files(), 0);
}

static void
test_somebodys_file_where_ours_belongs(void **state)
{
	char path[SCRATCH_PATH + 64];

	(void)state;
	(void)draw_of(0);
	operator_scene_well(&scene, publish(scene.operator.store, &scene.operator.key, scene.public, NULL, &scene.err));
	(void)snprintf(path, sizeof path, "%s/index.html", scene.public);
	assert_int_equal(mkdir(path, 0755), 0);
	operator_scene_refused(&scene, publish_with(false, false), ERR_REFUSED, "move it away");
	assert_int_equal(rmdir(path), 0);
	operator_scene_well(&scene, publish_with(false, false));
	assert_true(has("index.html"));
}

static void
test_through_a_symbolic_link(void **state)
{
	char path[SCRATCH_PATH + 64], real[SCRATCH_PATH + 64];
	struct stat st;

	(void)state;
	(void)snprintf(real, sizeof real, "%s/elsewhere", scene.dir);
	(void)snprintf(path, sizeof path, "%s/link", scene.dir);
	assert_int_equal(mkdir(real, 0755), 0);
	assert_int_equal(symlink(real, path), 0);
	operator_scene_well(&scene, publish(scene.operator.store, &scene.operator.key, path, NULL, &scene.err));
	assert_int_equal(lstat(path, &st), 0);
	assert_true(S_ISLNK(st.st_mode));
	(void)snprintf(path, sizeof path, "%s/elsewhere/checkpoint", scene.dir);
	assert_int_equal(access(path, F_OK), 0);
}

/* ---- tiles ---- */

static void
test_older_tiles_must_be_right_too(void **state)
{
	static const char *const older[] = {"tile/0/000.p/5", "tile/entries/000.p/5"};
	/* foreign names are noted, and not read */
	static const char *const others[] = {"tile/0/stray", "tile/0/000.p/0", "tile/0/000.p/05", "tile/8/000.p/1",
	    "tile/stray", "tile/0/.000.p.new", "tile/0/005.p/3", "tile/0/000.p/200"};
	char path[SCRATCH_PATH + 64], aside[SCRATCH_PATH + 64];

	(void)state;
	(void)draw_of(0);
	(void)draw_of(0);
	assert_int_equal(operator_scene_verify(&scene), 0);
	(void)snprintf(aside, sizeof aside, "%s/aside", scene.dir);
	for (size_t i = 0; i < sizeof older / sizeof older[0]; i++) {
		(void)snprintf(path, sizeof path, "%s/%s", scene.public, older[i]);
		assert_int_equal(rename(path, aside), 0);
		assert_int_equal(operator_scene_verify(&scene), 0); /* it may be gone */
		scratch_write(path, "something else");
		assert_int_equal(operator_scene_verify(&scene), 1);
		assert_int_equal(rename(aside, path), 0);
	}
	for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
		(void)snprintf(path, sizeof path, "%s/tile/%s", scene.public, i == 3 ? "8" : "0/005.p");
		(void)mkdir(path, 0755);
		(void)snprintf(path, sizeof path, "%s/tile/8/000.p", scene.public);
		(void)mkdir(path, 0755);
		(void)snprintf(path, sizeof path, "%s/%s", scene.public, others[i]);
		scratch_write(path, "x");
		assert_int_equal(operator_scene_verify(&scene), 0);
		assert_int_equal(unlink(path), 0);
	}
}

static bool
has_tile(int level, uint64_t number, int width)
{
	char path[TILE_PATH_MAX];

	tile_path((struct tile){level, number, width}, path);
	return has(path);
}

/* Each checkpoint that was published keeps its partial tiles until they are full. */
static void
test_older_checkpoints_find_their_tiles(void **state)
{
	struct entry e = {.type = ENTRY_POLICY};

	(void)state;
	e.policy.reason = slice_of("x");
	for (int64_t size = operator_scene_count(&scene, "SELECT count(*) FROM log_entry"); size < 530;) {
		struct ledger log;
		int64_t at;

		operator_scene_well(&scene, step_begin(&scene.operator, &log, &at, &scene.err));
		for (int i = 0; i < 7; i++, size++) {
			e.time = at;
			operator_scene_well(&scene, ledger_append(&log, &e, NULL, &scene.err));
		}
		operator_scene_well(&scene, step_end(&scene.operator, &log, 0, &scene.err));
		operator_scene_well(&scene, publish_with(false, size % 2 == 0));
		assert_true(has_tile(-1, (uint64_t)size / 256, (int)(size % 256)) || size % 256 == 0);
	}
	/* 3 entries to begin with, then 7 at a time: the last sizes are … 514, 521, 528, 535. */
	assert_true(has_tile(0, 0, 256) && has_tile(0, 1, 256) && has_tile(-1, 1, 256));
	assert_true(
	    has_tile(0, 2, 2) && has_tile(0, 2, 9) && has_tile(0, 2, 16) && has_tile(0, 2, 23) && has_tile(-1, 2, 9));
	assert_false(has_tile(0, 2, 3) || has_tile(0, 1, 5) || has_tile(0, 0, 3));
	assert_true(has_tile(1, 0, 1) && has_tile(1, 0, 2));
	assert_int_equal(operator_scene_verify(&scene), 0);
}

/* ---- the log does not sign what it would contradict ---- */

static void
test_a_damaged_log_signs_nothing(void **state)
{
	struct hash before, after;

	(void)state;
	(void)draw_of(0);
	operator_scene_well(&scene, publish_with(false, false));
	before = tree_hash();
	operator_scene_well(&scene,
	    store_exec(scene.operator.store, "UPDATE log_entry SET leaf = zeroblob(32) WHERE idx = 1", &scene.err));
	operator_scene_refused(&scene, step_overdue(&scene.operator, 0, &scene.err), ERR_REFUSED,
	    "does not fit its own last checkpoint");
	operator_scene_refused(&scene, publish_with(true, false), ERR_REFUSED, "does not fit its own last checkpoint");
	after = tree_hash();
	assert_memory_equal(&before, &after, sizeof before);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_layout, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_the_same_bytes_whenever_it_is_made, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_mends, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_what_a_crash_leaves_goes, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_a_flipped_bit_is_found_by_reading, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_a_folder_beside_is_not_ours_by_its_name, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_keeps_off_other_folders, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_leaves_others_alone_within_our_folders, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_somebodys_file_where_ours_belongs, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_through_a_symbolic_link, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_older_checkpoints_find_their_tiles, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_older_tiles_must_be_right_too, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_a_damaged_log_signs_nothing, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
