#ifndef SPOTCHECK_CLI_DRAW_PRINT_H
#define SPOTCHECK_CLI_DRAW_PRINT_H

#include <stdbool.h>

#include "cli/command.h"
#include "core/draw/draw.h"
#include "core/log/report.h"
#include "draws/draws.h"
#include "draws/rehearsal.h"

/* What the commands on draws print.  Each function returns an exit status; faults are printed. */

/* Prints a draw without names: its number, times, state and class. */
int print_draw(struct cli *cli, const struct draw_row *row);

/* Prints print_draw's facts, who visits whom when, and which targets have no team: a sealed draw's secrets. */
int print_visits(struct cli *cli, const struct draw_row *row);

/* Prints the result of a draw on today's rosters, and why targets have no team. */
int print_rehearsal(struct cli *cli, const struct rehearsal *r, const struct operator *operator,
    const struct config_cycle *cycle);

/* Flushes standard output: EXIT_DONE, or cli_output_failed. */
int print_end(struct cli *cli);

#endif
