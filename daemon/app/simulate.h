#ifndef SPOTCHECK_APP_SIMULATE_H
#define SPOTCHECK_APP_SIMULATE_H

#include <stdint.h>

#include "app/settings.h"
#include "core/base/err.h"
#include "core/base/progress.h"

/*
 * The service under a virtual clock: the same turns, from one local date to another, in a scratch folder that holds its
 * state, its published directory and its letters.  Everything in it is labelled as a simulation; nothing outside of it
 * is written, but that a real state of an older version is brought up to date when its rosters are read.  Beacons that
 * the simulation cannot ask are made up, and say so.
 */
struct simulation {
	struct settings *settings;       /* the configuration in it is changed: places, names, beacons */
	int32_t from, to;                /* local dates, both included */
	const char *scratch;             /* made; or an empty folder */
	const struct progress *progress; /* may be NULL */
	struct diag *diag;               /* faults of rosters */
};

/* Runs it and prints the table of draws.  ERR_REFUSED (said, or told to diag), ERR_OUTSIDE, ERR_MEMORY. */
int simulate(const struct simulation *simulation, struct err *err);

#endif
