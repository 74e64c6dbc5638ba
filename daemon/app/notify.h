#ifndef SPOTCHECK_APP_NOTIFY_H
#define SPOTCHECK_APP_NOTIFY_H

#include <stdint.h>

/* Datagrams to the service manager, at $NOTIFY_SOCKET (sd_notify(3)); without that variable nothing is sent. */

/* "READY=1", "STATUS=next: …", "WATCHDOG=1" …; several lines may go in one datagram.  Never blocks. */
void notify_tell(const char *lines);

/* Sends "STATUS=" and `text`; line feeds in it become spaces. */
void notify_status(const char *text);

/* Seconds between two WATCHDOG=1: half of $WATCHDOG_USEC; 0 where the manager wants none. */
double notify_watchdog_s(void);

#endif
