#ifndef SPOTCHECK_CLI_DRAW_PRINT_H
#define SPOTCHECK_CLI_DRAW_PRINT_H

#include <stdbool.h>

#include "cli/command.h"
#include "core/draw/draw.h"
#include "core/log/report.h"
#include "draws/draws.h"
#include "draws/rehearsal.h"

/* What the commands on draws print.  Each returns an exit status; faults are told. */

/* What is known of a draw without naming anybody: its number, times, state and class; the same after each step. */
int print_draw(struct cli *cli, const struct draw_row *row);

/* Who visits whom when, whom nobody visits, and all of print_draw: what a sealed draw keeps secret. */
int print_visits(struct cli *cli, const struct draw_row *row);

/* What a draw on today's rosters would come to, and why somewhere nobody could go. */
int print_rehearsal(struct cli *cli, const struct rehearsal *r);

/* After printing: EXIT_DONE, or what it means that standard output failed. */
int print_end(struct cli *cli);

#endif
