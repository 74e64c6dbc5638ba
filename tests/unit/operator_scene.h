#ifndef SPOTCHECK_TEST_OPERATOR_SCENE_H
#define SPOTCHECK_TEST_OPERATOR_SCENE_H

#include "support.h"

#include "config/config.h"
#include "core/log/report.h"
#include "ledger/operator.h"
#include "scratch.h"

/*
 * An operator in a folder of its own: an INI, rosters, a state, a published directory, and a clock that the test sets.
 * A fault in one of these functions fails the test that calls it.
 */
struct operator_scene {
	char dir[SCRATCH_PATH];
	char public[SCRATCH_PATH + 16];
	struct config config;
	struct calendar calendar; /* weekends, and no holiday */
	struct operator operator; /* operator.now is the test's clock */
	struct letters *letters;
	struct err err;
};

#define SCENE_NOW 1782090000 /* 2026-06-22 01:00:00 UTC, a Monday, 09:00 in Asia/Shanghai */

/* Makes the INI, with `cycles` behind the sections that all scenes have, and the state; there is no log yet. */
void operator_scene_open(struct operator_scene *scene, const char *cycles);
void operator_scene_close(struct operator_scene *scene);

/* Replaces the INI, from now on. */
void operator_scene_ini(struct operator_scene *scene, const char *cycles);

/* Imports one roster; `kind` is "targets" and the like.  operator_scene_rosters imports a small one of each kind. */
void operator_scene_import(struct operator_scene *scene, const char *kind, const char *csv);
void operator_scene_rosters(struct operator_scene *scene);

/* Begins the log, as `init` does. */
void operator_scene_init(struct operator_scene *scene);

/*
 * Publishes, and checks the published directory as of the scene's clock.  Returns how many checks failed; what they say
 * goes to standard error.
 */
uint64_t operator_scene_verify(struct operator_scene *scene);

/* Fails the test, with the scene's error, unless `rc` is 0. */
void operator_scene_well(const struct operator_scene *scene, int rc);

/* Fails the test unless `rc` is `code` and the message of the scene's error holds `words`. */
void operator_scene_refused(const struct operator_scene *scene, int rc, int code, const char *words);

/* The number that a query of the state gives. */
int64_t operator_scene_count(struct operator_scene *scene, const char *sql);

#endif
