#ifndef SPOTCHECK_APP_JOURNAL_H
#define SPOTCHECK_APP_JOURNAL_H

#include <stdint.h>

/*
 * The service's log: to journald with fields of its own where systemd runs us (journald's native protocol), else a line
 * on standard error.  No line names a drawn target.
 */

/* syslog(3)'s levels, as journald has them. */
enum journal_level { JOURNAL_ERR = 3, JOURNAL_WARNING = 4, JOURNAL_NOTICE = 5, JOURNAL_INFO = 6, JOURNAL_DEBUG = 7 };

/* What a line is about; the fields SPOTCHECK_DRAW and SPOTCHECK_CYCLE. */
struct journal_about {
	uint64_t draw;     /* 0: none */
	const char *cycle; /* NULL or "": none */
};

/* `about` may be NULL.  The message is translated already. */
__attribute__((format(printf, 3, 4))) void
journal_say(enum journal_level level, const struct journal_about *about, const char *format, ...);

#endif
