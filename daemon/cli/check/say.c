/* Adds one finding of `check` to its table. */

#include <stdarg.h>
#include <stdio.h>

#include "cli/check/check.h"

static const char *
level_name(enum check_level level, bool json)
{
	switch (level) {
	case CHECK_FAULT:
		return json ? "fault" : _("wrong");
	case CHECK_HINT:
		return json ? "hint" : _("hint");
	default:
		return json ? "class A" : _("for class A, B");
	}
}

void
check_say(struct check *check, enum check_level level, const char *where, const char *format, ...)
{
	char message[ERR_MESSAGE_BYTES];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(message, sizeof message, format, args);
	va_end(args);
	table_string(&check->table, level_name(level, check->cli->json));
	table_string(&check->table, where);
	table_string(&check->table, message);
	check->faults += level == CHECK_FAULT;
}
