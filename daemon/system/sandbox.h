#ifndef SPOTCHECK_SYSTEM_SANDBOX_H
#define SPOTCHECK_SYSTEM_SANDBOX_H

#include <stddef.h>

#include "core/base/buf.h"
#include "core/base/err.h"

/*
 * Work that a library does on somebody else's bytes, in a child of its own: it has no files, may start nothing, and is
 * held to limits of memory and time, so that whatever goes wrong in there ends there.  Not while other threads run.
 */

struct sandbox_limits {
	int wall_ms; /* then it is killed */
	unsigned cpu_s;
	size_t memory;    /* bytes on top of what the parent has */
	size_t max_bytes; /* of what it says */
};

/*
 * Runs `work` in a child and puts into `said`, which is empty, what the child put into its `out`.  `work` returns 0, or
 * a negative number where there is no memory.  ERR_REFUSED: it came to no good end, and the message says how;
 * ERR_OUTSIDE: there is no child; ERR_MEMORY: here.
 */
int sandbox_run(const struct sandbox_limits *limits, int (*work)(void *ctx, struct buf *out), void *ctx,
    struct buf *said, struct err *err);

#endif
