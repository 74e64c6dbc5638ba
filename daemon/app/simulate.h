#ifndef SPOTCHECK_APP_SIMULATE_H
#define SPOTCHECK_APP_SIMULATE_H

#include <stdint.h>

#include "app/settings.h"
#include "core/base/err.h"
#include "core/base/progress.h"

/*
 * The service under a virtual clock: it takes the same turns from one local date to another.  A scratch folder holds
 * its state, its published folder and its letters; all of them are labelled as a simulation.  Nothing outside of that
 * folder is written, with one exception: a real state of an older version is migrated when its rosters are read.  The
 * values of beacons are made up, and labelled so.
 */
struct simulation {
	struct settings *settings;       /* its configuration is changed: folders, names, beacons */
	int32_t from, to;                /* local dates, both included */
	const char *scratch;             /* a folder: it is made, or is there and empty */
	const struct progress *progress; /* may be NULL */
	struct diag *diag;               /* gets the faults in sample rosters and holiday files */
};

/* Runs it and prints the table of draws.  ERR_REFUSED (in `err`, or in `diag`), ERR_OUTSIDE, ERR_MEMORY. */
int simulate(const struct simulation *simulation, struct err *err);

#endif
