#ifndef SPOTCHECK_APP_NOTIFY_H
#define SPOTCHECK_APP_NOTIFY_H

#include <stdint.h>

/*
 * What the service manager is told (sd_notify(3)): a datagram to $NOTIFY_SOCKET, and nothing where there is none.
 */

/* "READY=1", "STATUS=next: …", "WATCHDOG=1" …; several lines are told at once.  Never waits. */
void notify_tell(const char *lines);

/* "STATUS=" and a text, without its line feeds. */
void notify_status(const char *text);

/* Seconds between signs of life that the manager wants (half of its patience); 0 where it wants none. */
double notify_watchdog_s(void);

#endif
