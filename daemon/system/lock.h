#ifndef SPOTCHECK_SYSTEM_LOCK_H
#define SPOTCHECK_SYSTEM_LOCK_H

#include "core/base/err.h"

/*
 * A lock between processes: a file below state_dir, which the kernel lets go of when its holder ends, however that is.
 * Waits until it is free.  Closing `ret_fd` gives it back.  ERR_OUTSIDE.
 */
int lock_take(const char *state_dir, const char *name, int *ret_fd, struct err *err);

/* The same without waiting: ERR_NOT_YET where another process holds it, with nothing said. */
int lock_try(const char *state_dir, const char *name, int *ret_fd, struct err *err);

#endif
