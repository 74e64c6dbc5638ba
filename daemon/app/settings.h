#ifndef SPOTCHECK_APP_SETTINGS_H
#define SPOTCHECK_APP_SETTINGS_H

#include "config/config.h"
#include "core/base/err.h"
#include "core/calendar/calendar.h"
#include "letters/make.h"

/* All that the service reads from the administrator's files: all of it is taken, or nothing. */
struct settings {
	struct config config;
	struct calendar calendar;
	int year; /* the year in which the calendar was read; it covers the four after it */
	struct letters *letters;
};

/*
 * Reads the INI at `path`, the letters and the calendar; the caller releases `*ret_settings` with settings_release.
 * `diag` gets each fault with file and line.  The process takes the configuration's time zone, and root becomes the
 * owner of state_dir.  ERR_REFUSED, ERR_MEMORY, ERR_OUTSIDE.
 */
int settings_read(const char *path, struct settings *ret_settings, struct diag *diag, struct err *err);
void settings_release(struct settings *settings); /* NULL is allowed */

#endif
