#ifndef SPOTCHECK_APP_SERVICE_H
#define SPOTCHECK_APP_SERVICE_H

#include "app/settings.h"
#include "core/base/err.h"

/*
 * The service: one loop, which waits for the next moment at which something is due, for commands (wake.h) and for
 * signals, and has a worker take each turn and the mailer send what a server is to take (child.h).
 *
 *	SIGHUP	reads the configuration, the holidays and the letters again; a fault keeps what was in force, and is said
 *	SIGTERM, SIGINT	ends at once
 *
 * `settings` are as read, and become the service's: it releases them.  Returns 0 after a signal to end; ERR_REFUSED:
 * another service holds the state directory; ERR_OUTSIDE.
 */
int service_run(const char *config_path, struct settings *settings, struct err *err);

#endif
