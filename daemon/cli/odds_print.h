#ifndef SPOTCHECK_CLI_ODDS_PRINT_H
#define SPOTCHECK_CLI_ODDS_PRINT_H

#include <stdbool.h>

#include "cli/command.h"
#include "core/draw/odds.h"
#include "draws/rehearsal.h"

/* Prints a cycle's odds in three forms.  In JSON and CSV, chances are integers in parts per million. */
struct odds_report {
	struct cli *cli;
	const struct rehearsal *rehearsal;
	const struct odds *odds;
	const char *seed;
	bool all; /* for people: all rows of each table, not only the first ten */
};

/* Each returns an exit status. */
int odds_print_people(const struct odds_report *report);
int odds_print_json(const struct odds_report *report);
int odds_print_csv(const struct odds_report *report);

#endif
