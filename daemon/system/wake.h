#ifndef SPOTCHECK_SYSTEM_WAKE_H
#define SPOTCHECK_SYSTEM_WAKE_H

#include "core/base/err.h"

/*
 * Commands write the database and then wake the daemon with an empty datagram to state_dir/wake.  So it need not poll.
 */

#define WAKE_FILE "wake"

/*
 * Opens the daemon's end: a socket at state_dir/wake (0600), which replaces one that a crash left behind.  Reading it
 * never waits.  The caller closes it.  ERR_OUTSIDE.
 */
int wake_listen(const char *state_dir, int *ret_fd, struct err *err);

/* Reads all datagrams that have arrived. */
void wake_drain(int fd);

/* Wakes the daemon.  It cannot fail: a daemon that is not running reads the state when it starts. */
void wake_daemon(const char *state_dir);

#endif
