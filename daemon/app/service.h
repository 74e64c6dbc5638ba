#ifndef SPOTCHECK_APP_SERVICE_H
#define SPOTCHECK_APP_SERVICE_H

#include "app/settings.h"
#include "core/base/err.h"

/*
 * The service: one loop, which waits for the next due time, for commands (system/wake.h) and for signals.  It runs each
 * turn, the mailer and the asker in child processes (child.h).
 *
 *	SIGHUP	reads the configuration, the holidays and the letters again; a fault is logged, and the old ones stay
 *	SIGTERM, SIGINT	ends at once
 *
 * The service takes over `settings` and releases them.  Returns 0 after a signal to end.  ERR_REFUSED: there is no
 * state directory, another service has locked it, or the first turn was refused; ERR_OUTSIDE.
 */
int service_run(const char *config_path, struct settings *settings, struct err *err);

#endif
