#ifndef SPOTCHECK_ADMIN_CAUSES_H
#define SPOTCHECK_ADMIN_CAUSES_H

#include "admin/alarms.h"
#include "config/config.h"
#include "core/base/err.h"
#include "core/calendar/calendar.h"
#include "store/store.h"

/*
 * What is wrong at `now`: rosters that were not attested in time, a year without holidays 60 days ahead, commitments
 * that were refused, draws and openings that are late, witnesses that do not cosign, published files that were damaged,
 * letters that could not be delivered.  `tr` translates the texts.
 */
int causes_find(struct store *store, const struct config *config, const struct calendar *calendar, int64_t now,
    const char *(*tr)(const char *text), struct alarms *ret_causes, struct err *err);

#endif
