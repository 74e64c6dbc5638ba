#ifndef SPOTCHECK_ADMIN_CAUSES_H
#define SPOTCHECK_ADMIN_CAUSES_H

#include "admin/alarms.h"
#include "config/config.h"
#include "core/base/err.h"
#include "core/calendar/calendar.h"
#include "store/store.h"

/*
 * What is wrong with the state as it stands: rosters that nobody vouched for in time, a year without holidays 60 days
 * ahead, commitments that were refused, draws and openings that are late, letters that could not be delivered.  `tr` is
 * the language of the words.
 */
int causes_find(struct store *store, const struct config *config, const struct calendar *calendar, int64_t now,
    const char *(*tr)(const char *text), struct alarms *ret_causes, struct err *err);

#endif
