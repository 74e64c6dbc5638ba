#ifndef SPOTCHECK_CLI_ODDS_PRINT_H
#define SPOTCHECK_CLI_ODDS_PRINT_H

#include <stdbool.h>

#include "cli/command.h"
#include "core/draw/odds.h"
#include "draws/rehearsal.h"

/* The odds of a cycle in three forms; each returns an exit status.  Chances for programs are integers, so many per million. */
struct odds_report {
	struct cli *cli;
	const struct rehearsal *rehearsal;
	const struct odds *odds;
	const char *seed;
	bool all; /* for people: not only the first of each table */
};

int odds_print_people(const struct odds_report *report);
int odds_print_json(const struct odds_report *report);
int odds_print_csv(const struct odds_report *report);

#endif
