#ifndef SPOTCHECK_APP_CHILD_H
#define SPOTCHECK_APP_CHILD_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/*
 * Work in a process of its own: the loop stays responsive, keeps none of the work's memory, and survives its crash.
 * The child does not outlive the loop's process.
 */

/*
 * Forks.  The child has default signal handlers, ignores SIGPIPE, and exits with what `work` returns.  What `work`
 * writes to its pipe the caller reads from `*ret_pipe`, which it closes.  Returns the child's pid; -1 and errno on
 * failure.
 */
pid_t child_begin(int (*work)(const void *task, int pipe), const void *task, int *ret_pipe);

#endif
