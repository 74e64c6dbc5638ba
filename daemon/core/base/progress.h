#ifndef SPOTCHECK_CORE_BASE_PROGRESS_H
#define SPOTCHECK_CORE_BASE_PROGRESS_H

#include <stddef.h>

/* How long work reports its progress.  `tell` may be NULL; `what` is a message of the catalogue. */
struct progress {
	void (*tell)(void *ctx, const char *what, size_t done, size_t total);
	void *ctx;
};

static inline void
progress_tell(const struct progress *progress, const char *what, size_t done, size_t total)
{
	if (progress != NULL && progress->tell != NULL)
		progress->tell(progress->ctx, what, done, total);
}

#endif
