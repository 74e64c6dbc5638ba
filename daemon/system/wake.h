#ifndef SPOTCHECK_SYSTEM_WAKE_H
#define SPOTCHECK_SYSTEM_WAKE_H

#include "core/base/err.h"

/*
 * Commands write the database and then wake the daemon with an empty datagram to state_dir/wake: nobody polls.
 */

#define WAKE_FILE "wake"

/*
 * The daemon's end: a socket at state_dir/wake (0600), which takes the place of one that a crash left behind.  Reading it
 * never waits.  The caller closes it.  ERR_OUTSIDE.
 */
int wake_listen(const char *state_dir, int *ret_fd, struct err *err);

/* Takes off all that was said. */
void wake_drain(int fd);

/* Never fails: where nobody listens, the daemon reads the state when it starts. */
void wake_daemon(const char *state_dir);

#endif
