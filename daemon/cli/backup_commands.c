/* `backup` and `restore`: the whole state in one file, encrypted to the recovery code. */

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/draw_print.h"
#include "ledger/operator.h"
#include "recovery/backup.h"
#include "recovery/restore.h"
#include "system/new_file.h"

/* ---- backup ---- */

static int
write_backup(struct cli *cli, struct new_file *file)
{
	int status = cli_store(cli, STORE_FULL_DISK);

	if (status == EXIT_DONE && backup_write(cli->store, file->fd, &cli->err) != 0)
		status = cli_fail(cli);
	if (status != EXIT_DONE) {
		new_file_drop(file);
		return status;
	}
	return new_file_keep(file, &cli->err) == 0 ? EXIT_DONE : cli_fail(cli);
}

static int
run_backup(struct cli *cli, int argc, char **argv)
{
	struct new_file file;
	int status;

	if (argc != 2)
		return cli_usage(cli);
	status = cli_config_alone(cli);
	if (status != EXIT_DONE)
		return status;
	/* Opened while still root, since the state's owner may not be able to write there. */
	if (new_file_open(argv[1], &file, &cli->err) != 0)
		return cli_fail(cli);
	status = write_backup(cli, &file);
	if (status == EXIT_DONE && !cli->json)
		printf(_("The state is saved in %s; it opens with the recovery code alone.\n"), argv[1]);
	return status == EXIT_DONE ? print_end(cli) : status;
}

/* ---- restore ---- */

/* Reads a line from standard input; the caller frees it.  NULL: end of input. */
static char *
read_recovery_code(void)
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

/* Says whether the restored state is as new as what was published, or why that is not known. */
static int
compare_with_published(struct cli *cli, const char *published)
{
	struct operator operator = {.config = &cli->config, .now = cli->now};
	int rc, status = cli_store(cli, 0);

	if (status != EXIT_DONE)
		return status;
	operator.store = cli->store;
	rc = operator_open(&operator, &cli->err);
	key_wipe(&operator.key);
	if (rc != 0 && !operator.halted)
		return cli_fail(cli);
	if (cli->json)
		return EXIT_DONE;
	if (rc != 0)
		printf("%s\n", cli->err.message);
	else
		printf(_("It has all that was published in %s.\n"),
		    published == NULL ? cli->config.public_dir : published);
	return EXIT_DONE;
}

/* The user sees whose log it is before typing the code. */
static int
restore_state(struct cli *cli, struct restore *restore)
{
	char *code = NULL;
	int rc;

	if (!cli->json) {
		printf(_("Backup of the log with the verifier key:\n\n    %s\n\n"), restore->vkey);
		(void)fflush(stdout);
	}
	if (!restore->in_place && (code = read_recovery_code()) == NULL)
		return cli_usage_error(_("the recovery code is read from standard input, and there is none"));
	rc = restore_take(restore, slice_of(code == NULL ? "" : code), &cli->err);
	if (code != NULL)
		explicit_bzero(code, strlen(code));
	free(code);
	if (rc != 0)
		return cli_fail(cli);
	if (!cli->json)
		printf(_("The state is back in %s.\n"), cli->config.state_dir);
	return EXIT_DONE;
}

static int
restore_from(struct cli *cli, int fd, const char *published, const char *key)
{
	struct restore restore;
	int status = EXIT_DONE;

	if (restore_begin(fd, &cli->config, published, key, &restore, &cli->err) != 0)
		status = cli_fail(cli);
	if (status == EXIT_DONE)
		status = restore_state(cli, &restore);
	if (status == EXIT_DONE)
		status = compare_with_published(cli, published);
	if (status == EXIT_DONE && cli->json)
		printf("{\"key\":\"%s\",\"signs\":%s}\n", restore.vkey, cli->err.code == 0 ? "true" : "false");
	if (status == EXIT_DONE)
		status = print_end(cli);
	restore_end(&restore, status == EXIT_DONE);
	return status;
}

static int
run_restore(struct cli *cli, int argc, char **argv)
{
	static const struct option options[] = {{"published", required_argument, NULL, 'p'},
	    {"key", required_argument, NULL, 'k'}, {NULL, 0, NULL, 0}};
	const char *published = NULL, *key = NULL;
	int fd, option, status;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == 'p')
			published = optarg;
		else if (option == 'k')
			key = optarg;
		else
			return cli_usage(cli);
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
		status = restore_from(cli, fd, published, key);
	(void)close(fd);
	return status;
}

const struct command backup_commands[] = {
    {"backup", N_("FILE"), N_("the whole state of a running service in one file, sealed to the recovery code"),
        run_backup},
    {"restore", N_("FILE [--published DIR] [--key KEY]"),
        N_("the state from a backup and the recovery code, where there is none"), run_restore},
    {.name = NULL},
};
