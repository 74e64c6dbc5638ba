#ifndef SPOTCHECK_TEST_OPERATOR_SCENE_H
#define SPOTCHECK_TEST_OPERATOR_SCENE_H

#include "support.h"

#include "config/config.h"
#include "core/log/report.h"
#include "ledger/operator.h"
#include "scratch.h"

/*
 * An office in a folder of its own: an INI, rosters, a state, a published directory, and a clock that the test sets.
 * Whatever goes wrong in here fails the test that asked.
 */
struct operator_scene {
	char dir[SCRATCH_PATH];
	char public[SCRATCH_PATH + 16];
	struct config config;
	struct calendar calendar; /* weekends, and no holiday */
	struct operator operator; /* operator.now is the clock */
	struct letters *letters;
	struct err err;
};

#define SCENE_NOW 1782090000 /* 2026-06-22 01:00:00 UTC, a Monday, 09:00 in Asia/Shanghai */

/* `cycles` are the INI's sections behind those that every office has.  The state is there, the log is not. */
void office_scene_open(struct operator_scene *scene, const char *cycles);
void office_scene_close(struct operator_scene *scene);

/* Another INI from now on. */
void office_scene_ini(struct operator_scene *scene, const char *cycles);

/* Imports a roster; "targets" and the like.  office_scene_rosters imports small ones of all kinds that draws need. */
void office_scene_import(struct operator_scene *scene, const char *kind, const char *csv);
void office_scene_rosters(struct operator_scene *scene);

/* The log begins. */
void office_scene_init(struct operator_scene *scene);

/*
 * Publishes, and checks the directory as of the scene's clock: how many checks failed; their words go to standard
 * error.
 */
uint64_t office_scene_verify(struct operator_scene *scene);

/* `rc` is 0, or the test fails with the scene's error. */
void office_scene_well(const struct operator_scene *scene, int rc);

/* `rc` is `code`, and the message holds `words`. */
void office_scene_refused(const struct operator_scene *scene, int rc, int code, const char *words);

/* One number of the state. */
int64_t office_scene_count(struct operator_scene *scene, const char *sql);

#endif
