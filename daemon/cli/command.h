#ifndef SPOTCHECK_CLI_COMMAND_H
#define SPOTCHECK_CLI_COMMAND_H

#include <libintl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/config.h"
#include "core/base/err.h"
#include "core/base/progress.h"
#include "core/calendar/calendar.h"
#include "store/store.h"

/*
 * xgettext keywords: _  N_  ngettext:1,2  err_set:3  diag_add:4
 *
 * What a command is, and what it finds ready.  A command family is a file that exports
 *
 *	const struct command draw_commands[] = { {…}, {.name = NULL} };
 *
 * and stands in the list of families in command.c; nothing else needs to know of it.
 */

#define _(text) gettext(text)

enum { EXIT_DONE = 0, EXIT_NO = 1, EXIT_USAGE = 2, EXIT_OUTSIDE = 3 };

struct cli;

struct command {
	const char *name;
	const char *usage; /* N_("KIND FILE|- [--dry-run]"): what follows the name */
	const char *help;  /* N_("…"): one line */
	/* argv[0] is the command's name; getopt_long may be used from optind = 1.  Returns an exit status. */
	int (*run)(struct cli *cli, int argc, char **argv);
};

extern const struct command roster_commands[];
extern const struct command setup_commands[];
extern const struct command check_commands[];
extern const struct command calendar_commands[];
extern const struct command schedule_commands[];
extern const struct command odds_commands[];
extern const struct command draw_commands[];
extern const struct command run_commands[];
extern const struct command show_commands[];
extern const struct command status_commands[];
extern const struct command outbox_commands[];
extern const struct command mail_commands[];
extern const struct command backup_commands[];
extern const struct command recover_commands[];
extern const struct command receipt_commands[];
extern const struct command verify_commands[];
extern const struct command witness_commands[];

struct cli {
	const char *config_path;
	bool json;
	const struct command *command; /* the one that runs */
	char **arguments;              /* its own, [0] its name */
	struct config config;          /* after cli_config */
	bool has_config;
	bool is_owner;            /* after cli_config: of the state, and in the configuration's zone */
	struct calendar calendar; /* after cli_calendar */
	bool has_calendar;
	struct store *store;      /* after cli_store */
	int64_t now;              /* when the program began, UTC */
	int32_t today;            /* the local date of it; after cli_config */
	struct err err;           /* tr is set: hand &cli->err to what can fail */
	char stands[256];         /* what the command has done for good, in words: a fault that follows says so too */
	struct diag diag;         /* prints FILE:LINE: message on standard error */
	struct progress progress; /* tells only a terminal */
};

/* main() without its process-wide parts: `argv` as main has it.  Returns the exit status. */
int command_main(struct cli *cli, int argc, char **argv);

/* Reads the configuration, becomes the owner of state_dir, takes the zone.  0, or an exit status: faults are told. */
int cli_config(struct cli *cli);

/* Reads the configuration alone: still as whoever began.  0, or an exit status. */
int cli_config_alone(struct cli *cli);

/* Root becomes the state's owner, others are told to use sudo; nothing where there is no state.  0, or a status. */
int cli_become_owner(struct cli *cli, const char *state_dir);

/* The same as cli_config, then opens the store (STORE_* flags). */
int cli_store(struct cli *cli, unsigned flags);

/*
 * Reads the calendar of the years around today, or of those given.  0, or an exit status: faults of holiday files are
 * told.
 */
int cli_calendar(struct cli *cli);
int cli_calendar_of(struct cli *cli, int first_year, int last_year);

/* Wipes a line of progress off the terminal, before a message takes its place. */
void cli_clear_line(void);

/* What the command has done for good: "draw 3 is committed". */
__attribute__((format(printf, 2, 3))) void cli_stands(struct cli *cli, const char *format, ...);

/* Prints cli->err as one line, behind what stands, and returns the exit status that belongs to its code. */
int cli_fail(struct cli *cli);

/* One line on standard error, behind "spotcheck: "; returns EXIT_USAGE. */
__attribute__((format(printf, 1, 2))) int cli_usage_error(const char *format, ...);

/*
 * "usage: spotcheck import …" on standard error, behind the option that getopt refused, which sets optopt only then; returns
 * EXIT_USAGE.
 */
#define CLI_NO_OPTION_REFUSED (-2) /* in optopt, before a command runs */
int cli_usage(const struct cli *cli);

/*
 * Asks at the terminal: the line without spaces at its end, which the caller frees; an empty one becomes `otherwise`, where that
 * is not NULL.  NULL: the keyboard has ended.
 */
char *cli_ask(const char *question, const char *otherwise);

/* Who is at the keyboard: `given` (--by) if not NULL, else SUDO_USER, else the login name.  Never NULL. */
const char *cli_by(const char *given);

/* Tells the daemon that the database has news. */
void cli_wake(const struct cli *cli);

#endif
