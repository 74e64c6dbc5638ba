/* `backup` and `restore`: the whole state in one file, sealed to the recovery code. */

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/draw_print.h"
#include "io/backup.h"
#include "io/office.h"

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

/* The state may be older than what was published meanwhile: better heard now than when something is to be drawn. */
static int
say_age(struct cli *cli, const char *published)
{
	struct office office = {.config = &cli->config, .now = cli->now};
	struct buf note;
	uint64_t size = 0;
	int status = cli_store(cli, 0);
	int rc;

	if (status != EXIT_DONE)
		return status;
	office.store = cli->store;
	if ((rc = office_key(&office, &cli->err)) == 0 &&
	    (rc = office_compare(&office, cli->config.public_dir, &cli->err)) == 0 && published != NULL &&
	    (rc = office_compare(&office, published, &cli->err)) == ERR_REFUSED) {
		/* It is not at hand when something is to be signed. */
		office_published(&office, published, &note, &size);
		buf_release(&note);
		if (office_expect(&office, size, NULL) != 0)
			rc = err_set(&cli->err, ERR_OUTSIDE, N_("the database cannot be written"));
	}
	key_wipe(&office.key);
	if (rc != 0 && rc != ERR_REFUSED)
		return cli_fail(cli);
	if (!cli->json)
		printf("%s\n", rc == 0 ? _("It has all that was published.") : cli->err.message);
	return EXIT_DONE;
}

static int
restore(struct cli *cli, int fd, const char *published)
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
		printf(_("The state is back in %s.\n"), cli->config.state_dir);
	rc = say_age(cli, published);
	return rc == EXIT_DONE ? print_end(cli) : rc;
}

static int
run_restore(struct cli *cli, int argc, char **argv)
{
	static const struct option options[] = {{"published", required_argument, NULL, 'p'}, {NULL, 0, NULL, 0}};
	const char *published = NULL;
	int fd, option, status;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option != 'p')
			return cli_usage(cli);
		published = optarg;
	}
	if (optind + 1 != argc)
		return cli_usage(cli);
	fd = open(argv[optind], O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		(void)err_set(&cli->err, ERR_REFUSED, "%s: %s", argv[optind], strerror(errno));
		return cli_fail(cli);
	}
	status = cli_config(cli);
	if (status == EXIT_DONE)
		status = restore(cli, fd, published);
	(void)close(fd);
	return status;
}

const struct command backup_commands[] = {
	{"backup", N_("FILE"), N_("the whole state of a running service in one file, sealed to the recovery code"), run_backup},
	{"restore", N_("FILE [--published DIR]"), N_("the state from a backup and the recovery code, where there is none"), run_restore},
	{.name = NULL},
};
