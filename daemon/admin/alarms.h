#ifndef SPOTCHECK_ADMIN_ALARMS_H
#define SPOTCHECK_ADMIN_ALARMS_H

#include <stdint.h>

#include "config/config.h"
#include "core/base/err.h"
#include "store/store.h"

/*
 * What somebody must look after.  An alarm is raised once, when its cause is first seen, by a letter to the
 * administrator; it stands until the cause is gone, and only then can it be raised again.  None names a target.
 */

#define ALARM_KEY 64
#define ALARM_TEXT 512
#define ALARMS_MAX 128 /* causes at one time; what is more is counted by the last */

struct alarm {
	char key[ALARM_KEY];   /* what the cause is known by: "roster-targets" */
	char text[ALARM_TEXT]; /* in words */
};

struct alarms {
	struct alarm v[ALARMS_MAX];
	size_t n;
};

/* One cause more; `key` and `text` are cut to what fits, the text at a character's end. */
__attribute__((format(printf, 3, 4))) void alarms_add(struct alarms *alarms, const char *key, const char *format, ...);

/*
 * The causes of now, in a transaction of its own: new ones are kept, queued as letters and told as raised, those that
 * are gone are told as over.  `tell` may be NULL.
 */
int alarms_settle(struct store *store, const struct config *config, const struct alarms *causes, int64_t now,
    void (*tell)(void *ctx, const char *text, bool raised), void *ctx, struct err *err);

/* Those that stand, oldest first.  `visit` returns 0 to go on. */
int alarms_each(struct store *store, int (*visit)(void *ctx, const struct alarm *alarm, int64_t since), void *ctx,
    struct err *err);

#endif
