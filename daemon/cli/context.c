/*
 * What the program prepares for commands: configuration, user, time zone, store, calendar; and how errors are printed.
 */

#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/command.h"
#include "config/read.h"
#include "core/base/text.h"
#include "holidays/load.h"
#include "system/clock.h"
#include "system/user.h"
#include "system/wake.h"
#include "text/printable.h"

/* ---- messages ---- */

void
cli_clear_line(void)
{
	if (isatty(STDERR_FILENO))
		(void)fputs("\r\033[K", stderr);
}

void
cli_set_done(struct cli *cli, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	(void)vsnprintf(cli->done, sizeof cli->done, format, args);
	va_end(args);
}

int
cli_fail(struct cli *cli)
{
	cli_clear_line();
	if (cli->done[0] == '\0')
		plain_say(stderr, "spotcheck: %s", cli->err.message);
	else
		plain_say(stderr, _("spotcheck: %s; %s"), cli->done, cli->err.message);
	switch (cli->err.code) {
	case ERR_MEMORY:
	case ERR_OUTSIDE:
		return EXIT_OUTSIDE;
	default:
		return EXIT_USAGE;
	}
}

int
cli_output_failed(struct cli *cli)
{
	(void)err_set(&cli->err, ERR_OUTSIDE, N_("the output cannot be written"));
	return cli_fail(cli);
}

int
cli_usage_error(const char *format, ...)
{
	char words[PLAIN_LINE];
	va_list args;

	cli_clear_line();
	va_start(args, format);
	(void)vsnprintf(words, sizeof words, format, args);
	va_end(args);
	plain_say(stderr, "spotcheck: %s", words);
	return EXIT_USAGE;
}

int
cli_usage(const struct cli *cli)
{
	const struct command *c = cli->command;

	if (optopt != CLI_NO_OPTION_REFUSED && optind > 1) {
		plain_clean(cli->arguments[optind - 1]);
		(void)fprintf(stderr, _("spotcheck: %s is no option of %s, or lacks its value; "),
		    cli->arguments[optind - 1], c->name);
	}
	(void)fprintf(stderr, "%s spotcheck %s%s%s\n", _("usage:"), c->name, c->usage[0] == '\0' ? "" : " ",
	    c->usage[0] == '\0' ? "" : _(c->usage));
	return EXIT_USAGE;
}

char *
cli_ask(const char *question, const char *otherwise)
{
	char *line = NULL;
	size_t cap = 0;
	ssize_t n;

	if (otherwise != NULL)
		printf("%s [%s]: ", question, otherwise);
	else
		printf("%s: ", question);
	(void)fflush(stdout);
	n = getline(&line, &cap, stdin);
	while (n > 0 && (line[n - 1] == '\n' || line[n - 1] == '\r' || line[n - 1] == ' '))
		line[--n] = '\0';
	if (n < 0 || (n == 0 && otherwise != NULL)) {
		free(line);
		return n < 0 || otherwise == NULL ? NULL : strdup(otherwise);
	}
	return line;
}

/* ---- the user ---- */

/* The name is found before root becomes the state's owner, and kept. */
const char *
cli_by(const char *given)
{
	static char name[256];
	const char *sudo = getenv("SUDO_USER");
	struct user login = {.name = "unknown"};

	if (given != NULL)
		return given;
	if (name[0] == '\0') {
		bool fits = sudo != NULL && sudo[0] != '\0' && strlen(sudo) < sizeof name &&
		    text_check_reason(slice_of(sudo)) == TEXT_OK;

		(void)user_of(getuid(), &login);
		(void)snprintf(name, sizeof name, "%s", fits ? sudo : login.name);
	}
	return name;
}

int
cli_become_owner(struct cli *cli, const char *state_dir)
{
	(void)cli_by(NULL);
	return user_become_owner(state_dir, &cli->err) == 0 ? EXIT_DONE : cli_fail(cli);
}

/* ---- configuration, store ---- */

static int
apply_config(struct cli *cli)
{
	if (clock_set_zone(cli->config.timezone, &cli->err) != 0)
		return cli_fail(cli);
	cli->now = clock_now();
	cli->today = clock_date(cli->now);
	return cli_become_owner(cli, cli->config.state_dir);
}

int
cli_config_alone(struct cli *cli)
{
	int rc;

	if (cli->has_config)
		return EXIT_DONE;
	rc = config_read(cli->config_path, &cli->config, &cli->diag);
	if (rc != 0)
		return rc == ERR_MEMORY ? EXIT_OUTSIDE : EXIT_USAGE; /* the faults are printed */
	cli->has_config = true;
	return EXIT_DONE;
}

int
cli_config(struct cli *cli)
{
	int status;

	if (cli->is_owner)
		return EXIT_DONE;
	status = cli_config_alone(cli);
	if (status == EXIT_DONE)
		status = apply_config(cli);
	cli->is_owner = status == EXIT_DONE;
	return status;
}

int
cli_store(struct cli *cli, unsigned flags)
{
	int status = cli_config(cli);

	if (status != EXIT_DONE || cli->store != NULL)
		return status;
	return store_open(cli->config.state_dir, flags, &cli->store, &cli->err) == 0 ? EXIT_DONE : cli_fail(cli);
}

int
cli_calendar_of(struct cli *cli, int first_year, int last_year)
{
	int rc, status = cli_config(cli);

	if (status != EXIT_DONE || cli->has_calendar)
		return status;
	cli->has_calendar = true;
	rc = calendar_load(&cli->config, first_year, last_year, &cli->calendar, &cli->diag, NULL, &cli->err);
	if (rc == ERR_REFUSED)
		return EXIT_USAGE; /* its faults are printed */
	return rc == 0 ? EXIT_DONE : cli_fail(cli);
}

/* A draw is at most 400 days ahead, and its visits follow within 400 workdays. */
int
cli_calendar(struct cli *cli)
{
	int status = cli_config(cli);
	int year = status == EXIT_DONE ? text_year_of(cli->today) : 0;

	return status == EXIT_DONE ? cli_calendar_of(cli, year - 1, year + 4) : status;
}

void
cli_wake(const struct cli *cli)
{
	wake_daemon(cli->config.state_dir);
}
