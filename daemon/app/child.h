#ifndef SPOTCHECK_APP_CHILD_H
#define SPOTCHECK_APP_CHILD_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/*
 * Work in a process of its own, so that the loop answers whatever the work takes, keeps none of its memory, and survives
 * it.  It does not outlive the loop's process.
 */

/*
 * Forks.  The child has the usual signals but SIGPIPE, which it ignores, and ends with what `work` returns; what `work`
 * writes to the pipe is read from `*ret_pipe`, up to its end.  -1 and errno where there can be no process.
 */
pid_t child_begin(int (*work)(const void *task, int pipe), const void *task, int *ret_pipe);

#endif
