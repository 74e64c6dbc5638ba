#ifndef SPOTCHECK_CLI_CHECK_CHECK_H
#define SPOTCHECK_CLI_CHECK_CHECK_H

#include "cli/command.h"
#include "text/table.h"

/*
 * `check`: each part looks at something and says what it finds; nothing is changed.  A part is a function in the list
 * in command.c.
 */

enum check_level {
	CHECK_FAULT,  /* a draw would be refused, or go wrong: the command's status is 1 */
	CHECK_HINT,   /* lawful, and perhaps not meant */
	CHECK_CLASS_A /* what is missing for draws of class A or B, and the command for it */
};

struct check {
	struct cli *cli; /* with its configuration */
	struct table table;
	unsigned long faults;
	bool has_calendar; /* after check_calendar, where the holiday files are good */
};

/* One finding: `where` is a file, a roster or "[cycle NAME]". */
__attribute__((format(printf, 4, 5))) void
check_say(struct check *check, enum check_level level, const char *where, const char *format, ...);

/* Parts; 0, or an exit status where the looking itself failed (told). */
int check_calendar(struct check *check);
int check_certificates(struct check *check);
int check_rosters(struct check *check);
int check_cycles(struct check *check);
int check_outside(struct check *check);
int check_timetables(struct check *check);

#endif
