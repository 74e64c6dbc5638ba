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
 * Commands, and what the program prepares for them.  A command family is a source that exports
 *
 *	const struct command draw_commands[] = { {…}, {.name = NULL} };
 *
 * which is declared below and listed in command.c.
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
	const struct command *command; /* the command that runs */
	char **arguments;              /* the command's; [0] is its name */
	struct config config;          /* after cli_config */
	bool has_config;
	bool is_owner;            /* after cli_config: the process has the state's owner and the INI's time zone */
	struct calendar calendar; /* after cli_calendar */
	bool has_calendar;
	struct store *store; /* after cli_store */
	int64_t now;         /* when the program began, UTC */
	int32_t today;       /* the local date of `now`; after cli_config */
	struct err err;      /* tr is set; functions that can fail get &cli->err */
	char done[256];      /* what the command has done already, in words; a later fault's message begins with it */
	struct diag diag;    /* prints FILE:LINE: message on standard error */
	struct progress progress; /* shown on a terminal only */
};

/* main() without its process-wide parts; `argv` is main's.  Returns the exit status. */
int command_main(struct cli *cli, int argc, char **argv);

/*
 * Reads the configuration, takes its time zone and becomes the owner of state_dir.  Returns EXIT_DONE, or another exit
 * status after printing the faults.
 */
int cli_config(struct cli *cli);

/* Reads the configuration only; the process keeps its user.  Returns an exit status. */
int cli_config_alone(struct cli *cli);

/*
 * Root becomes the owner of `state_dir`; for any other user than the owner it is an error.  Does nothing where there is
 * no state.  Returns an exit status.
 */
int cli_become_owner(struct cli *cli, const char *state_dir);

/* Does cli_config, then opens the store (STORE_* flags).  Returns an exit status. */
int cli_store(struct cli *cli, unsigned flags);

/* Reads the calendar of the years around today, or of those given.  Returns an exit status; faults are printed. */
int cli_calendar(struct cli *cli);
int cli_calendar_of(struct cli *cli, int first_year, int last_year);

/* Clears the progress line on the terminal. */
void cli_clear_line(void);

/* Sets cli->done: "draw 3 is committed". */
__attribute__((format(printf, 2, 3))) void cli_set_done(struct cli *cli, const char *format, ...);

/* Prints cli->done and cli->err as one line; returns the exit status for err's code. */
int cli_fail(struct cli *cli);

/* The same, for a standard output that could not be written. */
int cli_output_failed(struct cli *cli);

/* Prints "spotcheck: " and the message on standard error; returns EXIT_USAGE. */
__attribute__((format(printf, 1, 2))) int cli_usage_error(const char *format, ...);

/*
 * Prints "usage: spotcheck import …" on standard error; returns EXIT_USAGE.  If getopt refused an option, which shows
 * in optopt, the line names it first.
 */
#define CLI_NO_OPTION_REFUSED (-2) /* optopt's value before a command runs */
int cli_usage(const struct cli *cli);

/*
 * Asks at the terminal.  Returns the line without trailing spaces; for an empty line, `otherwise` if that is not NULL.
 * The caller frees it.  NULL: end of input.
 */
char *cli_ask(const char *question, const char *otherwise);

/* The user's name: `given` (--by) if not NULL, else SUDO_USER, else the login name.  Never NULL. */
const char *cli_by(const char *given);

/* Wakes the service, since the database has changed. */
void cli_wake(const struct cli *cli);

#endif
