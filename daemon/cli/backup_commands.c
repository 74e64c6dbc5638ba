/* `backup` and `restore`: the whole state in one file, sealed to the recovery code. */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/draw_print.h"
#include "io/backup.h"

/* Opened while still root: what is written there is sealed, and the state's owner may have no place there. */
static int
open_new(struct cli *cli, const char *path, int *ret_fd)
{
	*ret_fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (*ret_fd >= 0)
		return EXIT_DONE;
	if (errno == EEXIST)
		return cli_usage_error(_("%s is there already: a backup overwrites nothing"), path);
	(void)err_set(&cli->err, ERR_OUTSIDE, "%s: %s", path, strerror(errno));
	return cli_fail(cli);
}

static int
run_backup(struct cli *cli, int argc, char **argv)
{
	int fd = -1, status;

	if (argc != 2)
		return cli_usage(cli);
	/* The configuration first, so that a faulty one leaves no empty file. */
	if ((status = cli_config_alone(cli)) != EXIT_DONE || (status = open_new(cli, argv[1], &fd)) != EXIT_DONE)
		return status;
	status = cli_store(cli, 0);
	if (status == EXIT_DONE && backup_write(cli->store, fd, &cli->err) != 0)
		status = cli_fail(cli);
	if (status != EXIT_DONE) {
		/* What is left where neither can be done is sealed, and no backup. */
		if (ftruncate(fd, 0) != 0 || unlink(argv[1]) != 0)
			cli_clear_line();
	} else if (!cli->json) {
		printf(_("The state is saved in %s; it opens with the recovery code alone.\n"), argv[1]);
	}
	(void)close(fd);
	return status == EXIT_DONE ? print_end(cli) : status;
}

/* A line from the keyboard or a pipe; the caller frees it. */
static char *
ask_code(void)
{
	char *line = NULL;
	size_t cap = 0;

	if (isatty(STDIN_FILENO)) {
		printf("%s", _("Recovery code: "));
		(void)fflush(stdout);
	}
	if (getline(&line, &cap, stdin) < 0) {
		free(line);
		return NULL;
	}
	return line;
}

static int
restore(struct cli *cli, int fd)
{
	char *code = ask_code();
	int rc;

	if (code == NULL)
		return cli_usage_error(_("the recovery code is read from standard input, and there is none"));
	rc = backup_restore(fd, slice_of(code), cli->config.state_dir, &cli->err);
	explicit_bzero(code, strlen(code));
	free(code);
	if (rc != 0)
		return cli_fail(cli);
	if (!cli->json)
		printf(_("The state is back in %s. What was published since the backup is noticed before anything is signed.\n"),
		    cli->config.state_dir);
	return print_end(cli);
}

static int
run_restore(struct cli *cli, int argc, char **argv)
{
	int fd, status;

	if (argc != 2)
		return cli_usage(cli);
	fd = open(argv[1], O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		(void)err_set(&cli->err, ERR_REFUSED, "%s: %s", argv[1], strerror(errno));
		return cli_fail(cli);
	}
	status = cli_config(cli);
	if (status == EXIT_DONE)
		status = restore(cli, fd);
	(void)close(fd);
	return status;
}

const struct command backup_commands[] = {
	{"backup", N_("FILE"), N_("the whole state of a running service in one file, sealed to the recovery code"), run_backup},
	{"restore", N_("FILE"), N_("the state from a backup and the recovery code, where there is none"), run_restore},
	{.name = NULL},
};
