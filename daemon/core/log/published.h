#ifndef SPOTCHECK_CORE_LOG_PUBLISHED_H
#define SPOTCHECK_CORE_LOG_PUBLISHED_H

#include <stdbool.h>

#include "core/base/buf.h"
#include "core/base/err.h"

/*
 * A published directory (PROTOCOL 4), or one draw's folder, as the checker sees it.  Core opens no files: the caller
 * provides these two functions, over a file system, an archive or a test's memory.
 */
struct published {
	/*
	 * Appends the file `path` (relative, '/' between names) to `out`, whose max bounds it.  ERR_ABSENT: there is
	 * none; ERR_LIMIT: it is larger than out->max; ERR_REFUSED: it is not a regular file; ERR_OUTSIDE: it cannot be
	 * read.
	 */
	int (*read)(void *ctx, const char *path, struct buf *out, struct err *err);
	/* Calls `each` for every name in the folder `path` ("" is the top).  ERR_ABSENT, ERR_OUTSIDE. */
	int (*list)(void *ctx, const char *path, void (*each)(void *arg, const char *name, bool is_file), void *arg,
	    struct err *err);
	void *ctx;
};

#endif
