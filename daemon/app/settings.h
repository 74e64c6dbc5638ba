#ifndef SPOTCHECK_APP_SETTINGS_H
#define SPOTCHECK_APP_SETTINGS_H

#include "config/config.h"
#include "core/base/err.h"
#include "core/calendar/calendar.h"
#include "letters/make.h"

/* All that the administrator's files say, read together: they are taken as a whole or not at all. */
struct settings {
	struct config config;
	struct calendar calendar;
	int year; /* in which the calendar was read; it covers the next four */
	struct letters *letters;
};

/*
 * Every fault is told to `diag` with file and line.  ERR_REFUSED with faults told; ERR_MEMORY, ERR_OUTSIDE.  Release with
 * settings_release where it returned 0.  The zone of the process becomes the configuration's, and root the
 * owner of state_dir.
 */
int settings_read(const char *path, struct settings *ret_settings, struct diag *diag, struct err *err);
void settings_release(struct settings *settings); /* NULL is allowed */

#endif
