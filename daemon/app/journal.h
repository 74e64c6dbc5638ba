#ifndef SPOTCHECK_APP_JOURNAL_H
#define SPOTCHECK_APP_JOURNAL_H

#include <stdint.h>

/*
 * The service's log.  Under systemd a message goes to journald with fields of its own, by journald's native protocol;
 * else it is a line on standard error.  No message names a drawn target.
 */

/* syslog(3)'s levels, which journald uses too. */
enum journal_level { JOURNAL_ERR = 3, JOURNAL_WARNING = 4, JOURNAL_NOTICE = 5, JOURNAL_INFO = 6, JOURNAL_DEBUG = 7 };

/* What a message is about: the fields SPOTCHECK_DRAW and SPOTCHECK_CYCLE. */
struct journal_about {
	uint64_t draw;     /* 0: none */
	const char *cycle; /* NULL or "": none */
};

/* `about` may be NULL.  `format` is translated already. */
__attribute__((format(printf, 3, 4))) void
journal_say(enum journal_level level, const struct journal_about *about, const char *format, ...);

#endif
