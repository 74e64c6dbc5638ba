#include <errno.h>
#include <grp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/user.h"
#include "core/text.h"
#include "io/clock.h"
#include "io/wake.h"

/*
 * What commands find ready: configuration, the right user, the zone, the store; and how they say what went wrong.
 */

/* ---- saying so ---- */

void
cli_clear_line(void)
{
	if (isatty(STDERR_FILENO))
		(void)fputs("\r\033[K", stderr);
}

int
cli_fail(struct cli *cli)
{
	cli_clear_line();
	(void)fprintf(stderr, "spotcheck: %s\n", cli->err.message);
	switch (cli->err.code) {
	case ERR_MEMORY:
	case ERR_OUTSIDE:
		return EXIT_OUTSIDE;
	default:
		return EXIT_USAGE;
	}
}

int
cli_usage_error(const char *format, ...)
{
	va_list args;

	cli_clear_line();
	(void)fputs("spotcheck: ", stderr);
	va_start(args, format);
	(void)vfprintf(stderr, format, args);
	va_end(args);
	(void)fputc('\n', stderr);
	return EXIT_USAGE;
}

/* ---- who ---- */

/* Asked before root becomes somebody else, kept for after. */
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

/* Root becomes the owner for good; anybody else is the owner or has no business here. */
static int
become(struct cli *cli, uid_t uid, const char *dir)
{
	struct user owner = {.name = "?"};
	bool known = user_of(uid, &owner);

	(void)cli_by(NULL);
	if (geteuid() == uid)
		return EXIT_DONE;
	if (geteuid() != 0)
		return cli_usage_error(_("the state directory %s belongs to %s: use sudo"), dir, owner.name);
	if (!known)
		return cli_usage_error(_("the state directory %s belongs to no user that this system knows"), dir);
	if (initgroups(owner.name, owner.gid) == 0 && setgid(owner.gid) == 0 && setuid(uid) == 0 && setuid(0) != 0)
		return EXIT_DONE;
	(void)err_set(&cli->err, ERR_OUTSIDE, N_("root cannot become %s: %s"), owner.name, strerror(errno));
	return cli_fail(cli);
}

int
cli_become_owner(struct cli *cli, const char *state_dir)
{
	struct stat st;

	/* What is not there yet belongs to nobody: whoever opens the state will say so. */
	return stat(state_dir, &st) != 0 ? EXIT_DONE : become(cli, st.st_uid, state_dir);
}

/* ---- configuration, store ---- */

static int
take_config(struct cli *cli)
{
	if (clock_set_zone(cli->config.timezone, &cli->err) != 0)
		return cli_fail(cli);
	cli->now = clock_now();
	cli->today = clock_date(cli->now);
	return cli_become_owner(cli, cli->config.state_dir);
}

int
cli_config(struct cli *cli)
{
	int rc;

	if (cli->has_config)
		return EXIT_DONE;
	rc = config_read(cli->config_path, &cli->config, &cli->diag);
	if (rc != 0)
		return rc == ERR_MEMORY ? EXIT_OUTSIDE : EXIT_USAGE; /* the faults are told */
	cli->has_config = true;
	return take_config(cli);
}

int
cli_store(struct cli *cli, unsigned flags)
{
	int status = cli_config(cli);

	if (status != EXIT_DONE || cli->store != NULL)
		return status;
	return store_open(cli->config.state_dir, flags, &cli->store, &cli->err) == 0 ? EXIT_DONE : cli_fail(cli);
}

void
cli_wake(const struct cli *cli)
{
	wake_daemon(cli->config.state_dir);
}
