#ifndef SPOTCHECK_OFFICE_H
#define SPOTCHECK_OFFICE_H

#include <stdint.h>

#include "core/calendar.h"
#include "core/entry.h"
#include "core/err.h"
#include "core/progress.h"
#include "io/config.h"
#include "io/keys.h"
#include "io/letters.h"
#include "io/store.h"

/* What every step of a draw stands on. */
struct office {
	const struct config *config;
	const struct calendar *calendar; /* of the years around now; NULL where no step asks it */
	struct store *store;
	struct signing_key key;
	const struct letters *letters; /* NULL where no step writes letters */
	int64_t now;
	const struct progress *progress; /* may be NULL */
	/* Told of each entry once its transaction stands; may be NULL.  `n` is 0 for what belongs to no draw. */
	void (*told)(void *ctx, enum entry_type type, uint64_t n, const char *cycle);
	void *ctx;
};

#endif
