/* An operator's INI, rosters, state and published directory in a folder of the test's own. */

#include "operator_scene.h"

#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config/read.h"
#include "core/check/verify.h"
#include "letters/make.h"
#include "publish/publish.h"
#include "publish/reader.h"
#include "rosters/rosters.h"
#include "steps/steps.h"
#include "system/clock.h"

static void
say(void *ctx, const char *file, unsigned long line, const char *message)
{
	(void)ctx;
	print_error("%s:%lu: %s\n", file, line, message);
}

void
operator_scene_well(const struct operator_scene *scene, int rc)
{
	if (rc != 0)
		fail_msg("%d: %s", rc, scene->err.message);
}

void
operator_scene_refused(const struct operator_scene *scene, int rc, int code, const char *words)
{
	if (rc != code || strstr(scene->err.message, words) == NULL)
		fail_msg("%d instead of %d, or no \"%s\" in: %s", rc, code, words, scene->err.message);
}

void
operator_scene_ini(struct operator_scene *scene, const char *cycles)
{
	struct diag diag = {.say = say};
	char path[SCRATCH_PATH + 16];
	char *text = NULL;

	(void)snprintf(path, sizeof path, "%s/ini", scene->dir);
	assert_true(asprintf(&text,
	                "[service]\norigin = log.example.org\noperator = The \"office\"\ntimezone = Asia/Shanghai\n"
	                "language = en\nadmin = ops@example.org\nstate_dir = %s/state\npublic_dir = %s\n"
	                "[mail]\nserver = maildir:%s/mail\nfrom = Office <office@example.org>\n%s",
	                scene->dir, scene->public, scene->dir, cycles) > 0);
	scratch_write(path, text);
	free(text);
	config_release(&scene->config);
	assert_int_equal(config_read(path, &scene->config, &diag), 0);
}

/* Templates of no more than a line. */
static void
write_letters(struct operator_scene *scene)
{
	static const char *const languages[] = {"en", "zh_CN"};
	struct diag diag = {.say = say};
	char path[SCRATCH_PATH + 64];

	(void)snprintf(path, sizeof path, "%s/letters", scene->dir);
	assert_int_equal(mkdir(path, 0700), 0);
	for (size_t l = 0; l < 2; l++) {
		(void)snprintf(path, sizeof path, "%s/letters/%s", scene->dir, languages[l]);
		assert_int_equal(mkdir(path, 0700), 0);
		for (unsigned kind = 0; kind < LETTER_KINDS; kind++) {
			(void)snprintf(path, sizeof path, "%s/letters/%s/%s.txt", scene->dir, languages[l],
			    letter_kind_name((enum letter_kind)kind));
			scratch_write(path,
			    "Subject: {{draw}}\n\n{{#appointments}}\n{{#visits}}\n{{date}} {{target_id}} "
			    "{{target_name}}\n{{/visits}}\n{{/appointments}}\n{{#clashes}}\nclash\n{{/"
			    "clashes}}\n{{log_key}}\n");
		}
	}
	(void)snprintf(path, sizeof path, "%s/letters", scene->dir);
	assert_int_equal(letters_load(path, NULL, &diag, &scene->letters), 0);
}

void
operator_scene_open(struct operator_scene *scene, const char *cycles)
{
	char state[SCRATCH_PATH + 16];

	*scene = (struct operator_scene){.err = {.code = 0}};
	assert_true(sodium_init() >= 0);
	assert_true(scratch_make(scene->dir));
	(void)snprintf(state, sizeof state, "%s/state", scene->dir);
	(void)snprintf(scene->public, sizeof scene->public, "%s/public", scene->dir);
	operator_scene_ini(scene, cycles);
	operator_scene_well(scene, clock_set_zone(scene->config.timezone, &scene->err));
	write_letters(scene);
	operator_scene_well(scene, calendar_begin(&scene->calendar, scene->config.workweek, &scene->err));
	operator_scene_well(scene,
	    calendar_finish(&scene->calendar, clock_date(SCENE_NOW) - 800, clock_date(SCENE_NOW) + 2000, &scene->err));
	scene->operator = (struct operator){.config = &scene->config,
	    .calendar = &scene->calendar,
	    .letters = scene->letters,
	    .now = SCENE_NOW};
	operator_scene_well(scene, store_open(state, STORE_CREATE, &scene->operator.store, &scene->err));
}

void
operator_scene_close(struct operator_scene *scene)
{
	store_close(scene->operator.store);
	letters_free(scene->letters);
	calendar_release(&scene->calendar);
	config_release(&scene->config);
	assert_int_equal(scratch_remove(scene->dir), 0);
}

void
operator_scene_import(struct operator_scene *scene, const char *kind, const char *csv)
{
	struct rosters_import how = {.file = kind,
	    .by = "test",
	    .now = scene->operator.now,
	    .today = clock_date(scene->operator.now),
	    .replace_limit = 100};
	struct rosters_counts counts;
	struct diag diag = {.say = say};
	char path[SCRATCH_PATH + 16];
	enum roster_kind which;
	int fd, rc;

	assert_true(roster_kind_parse(slice_of(kind), &which));
	(void)snprintf(path, sizeof path, "%s/csv", scene->dir);
	scratch_write(path, csv);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	rc = rosters_import(scene->operator.store, which, fd, &how, &diag, &counts, &scene->err);
	(void)close(fd);
	operator_scene_well(scene, rc);
}

void
operator_scene_rosters(struct operator_scene *scene)
{
	char csv[8192];
	size_t at = 0;

	at += (size_t)snprintf(csv, sizeof csv, "id,name,class,unit,area,level,weight,since,address\n");
	for (int i = 0; i < 40; i++)
		at += (size_t)snprintf(csv + at, sizeof csv - at,
		    "T%02d,Target %d,%c,U%d,R%d,%d,%d,%d-05-0%d,\"Road %d, \"\"east\"\"\"\n", i, i, "ABC"[i % 3], i % 7,
		    i % 4, 1 + i % 3, 1 + i % 5, 2020 + i % 6, 1 + i % 9, i);
	operator_scene_import(scene, "targets", csv);
	at = (size_t)snprintf(csv, sizeof csv, "id,name,email,unit,area,level,tags,phone\n");
	for (int i = 0; i < 12; i++)
		at += (size_t)snprintf(csv + at, sizeof csv - at,
		    "I%02d,Inspector %d,i%d@example.org,U%d,R%d,%d,%s,000-%d\n", i, i, i, i % 7, i % 4, 3 + i % 2,
		    i % 3 == 0 ? "lead" : "", i);
	operator_scene_import(scene, "inspectors", csv);
	operator_scene_import(scene, "conflicts",
	    "inspector,scope,value,reason\nI01,target,T01,x\nI02,unit,U3,y\nI03,area,R1,z\n");
	operator_scene_import(scene, "matters",
	    "id,name,checklist\nduty,Duty,one | two\nleave,Leave,three\noffice,Office,four\n");
}

static int
seen(void *ctx, const char *code)
{
	(void)ctx;
	return code[0] != '\0' ? 0 : -1;
}

void
operator_scene_init(struct operator_scene *scene)
{
	operator_scene_well(scene, step_init(&scene->operator, seen, NULL, &scene->err));
}

/* ---- the checker ---- */

static void
tell_check(void *ctx, uint64_t n, enum check check, enum check_state state, const char *detail)
{
	(void)ctx;
	if (state == CHECK_FAILED)
		print_error("draw %llu: %s: %s\n", (unsigned long long)n, check_name(check), detail);
}

uint64_t
operator_scene_verify(struct operator_scene *scene)
{
	struct verify_options options = {.has_at = true, .at = scene->operator.now};
	struct report report = {.check = tell_check};
	struct folder folder;

	operator_scene_well(scene,
	    publish_news(scene->operator.store, &scene->operator.key, &scene->config, &scene->err));
	operator_scene_well(scene, folder_open(&folder, scene->public, &scene->err));
	operator_scene_well(scene, verify_directory(&folder.published, &options, &report, &scene->err));
	folder_close(&folder);
	return report.failures;
}

int64_t
operator_scene_count(struct operator_scene *scene, const char *sql)
{
	int64_t value = -1;

	operator_scene_well(scene, store_int(scene->operator.store, sql, &value, &scene->err));
	return value;
}
