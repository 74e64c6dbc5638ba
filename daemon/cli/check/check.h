#ifndef SPOTCHECK_CLI_CHECK_CHECK_H
#define SPOTCHECK_CLI_CHECK_CHECK_H

#include "cli/command.h"
#include "text/table.h"

/* `check`: each part checks something and reports findings; nothing is changed.  command.c lists the parts. */

enum check_level {
	CHECK_FAULT,  /* a draw would be refused, or go wrong: the command's status is 1 */
	CHECK_HINT,   /* allowed, but perhaps not meant */
	CHECK_CLASS_A /* what is missing for draws of class A or B, and the command for it */
};

struct check {
	struct cli *cli; /* with its configuration */
	struct table table;
	unsigned long faults;
	bool has_calendar; /* after check_calendar: the holiday files have no fault */
};

/* One finding: `where` is a file, a roster or "[cycle NAME]". */
__attribute__((format(printf, 4, 5))) void
check_say(struct check *check, enum check_level level, const char *where, const char *format, ...);

/* The parts.  Each returns EXIT_DONE, or another exit status after printing why it could not check. */
int check_calendar(struct check *check);
int check_certificates(struct check *check);
int check_rosters(struct check *check);
int check_cycles(struct check *check);
int check_publication(struct check *check);
int check_outside(struct check *check);
int check_rehearsals(struct check *check);
int check_timetables(struct check *check);

#endif
