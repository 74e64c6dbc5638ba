#ifndef SPOTCHECK_WAKE_H
#define SPOTCHECK_WAKE_H

/*
 * Commands write the database and then wake the daemon with an empty datagram to state_dir/wake: nobody polls.
 */
#define WAKE_FILE "wake"

/* Never fails: where nobody listens, the daemon reads the state when it starts. */
void wake_daemon(const char *state_dir);

#endif
