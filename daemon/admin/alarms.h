#ifndef SPOTCHECK_ADMIN_ALARMS_H
#define SPOTCHECK_ADMIN_ALARMS_H

#include <stdint.h>

#include "config/config.h"
#include "core/base/err.h"
#include "store/store.h"

/*
 * What the administrator must see to.  An alarm is raised once, with a letter, when its cause is first seen.  It stays
 * until the cause is gone; only then can it be raised again.  No alarm names a target.
 */

#define ALARM_KEY 64
#define ALARM_TEXT 512
#define ALARMS_MAX 128 /* causes at one time; each further one overwrites the last */

struct alarm {
	char key[ALARM_KEY];   /* identifies the cause: "roster-targets" */
	char text[ALARM_TEXT]; /* in words */
};

struct alarms {
	struct alarm v[ALARMS_MAX];
	size_t n;
};

/* Adds a cause.  `key` and `text` are cut to fit, the text at the end of a character. */
__attribute__((format(printf, 3, 4))) void alarms_add(struct alarms *alarms, const char *key, const char *format, ...);

/*
 * Brings the alarms in the state up to date with the present causes, in a transaction of its own.  A new cause is kept
 * and a letter about it queued; an alarm without a cause is deleted.  `report` gets each of both, after the commit;
 * it may be NULL.
 */
int alarms_update(struct store *store, const struct config *config, const struct alarms *causes, int64_t now,
    void (*report)(void *ctx, const char *text, bool raised), void *ctx, struct err *err);

/* The alarms in the state, oldest first.  `visit` returns 0 to go on. */
int alarms_each(struct store *store, int (*visit)(void *ctx, const struct alarm *alarm, int64_t since), void *ctx,
    struct err *err);

#endif
