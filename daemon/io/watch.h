#ifndef SPOTCHECK_WATCH_H
#define SPOTCHECK_WATCH_H

#include "core/calendar.h"
#include "core/err.h"
#include "io/alarms.h"
#include "io/config.h"
#include "io/store.h"

/*
 * What is wrong with the state as it stands: rosters that nobody vouched for in time, a year without holidays 60 days
 * ahead, commitments that were refused, draws and openings that are late, letters that could not be delivered.  `tr` is
 * the language of the words.
 */
int watch_state(struct store *store, const struct config *config, const struct calendar *calendar, int64_t now,
    const char *(*tr)(const char *text), struct alarms *ret_causes, struct err *err);

#endif
