#ifndef SPOTCHECK_SYSTEM_SANDBOX_H
#define SPOTCHECK_SYSTEM_SANDBOX_H

#include <stddef.h>

#include "core/base/buf.h"
#include "core/base/err.h"

/*
 * Runs a library on untrusted bytes in a child process.  The child has no files, cannot start processes, and has limits
 * of memory and time, so that a failure does no harm outside.  Not while other threads run.
 */

struct sandbox_limits {
	int wall_ms; /* real time, then it is killed */
	unsigned cpu_s;
	size_t memory;    /* bytes on top of what the parent has */
	size_t max_bytes; /* of its answer */
};

/*
 * Runs `work` in a child and appends to `answer`, which is empty, what the child put into its `out`.  `work` returns
 * 0, or a negative number where memory is short.  ERR_REFUSED: the child failed, and the message says how.
 * ERR_OUTSIDE: the child could not be started or confined.
 */
int sandbox_run(const struct sandbox_limits *limits, int (*work)(void *ctx, struct buf *out), void *ctx,
    struct buf *answer, struct err *err);

#endif
