/* `receipt`: what one target may hold as proof of a draw that is open. */

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/desk.h"
#include "cli/draw_print.h"
#include "io/html.h"
#include "io/receipts.h"
#include "io/whole.h"

/* Opened while still root, as a backup is; it holds private things. */
static int
open_page(struct cli *cli, const char *path, int *ret_fd)
{
	*ret_fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (*ret_fd >= 0)
		return EXIT_DONE;
	if (errno == EEXIST)
		return cli_usage_error(_("%s is there already: a receipt overwrites nothing"), path);
	(void)err_set(&cli->err, ERR_OUTSIDE, "%s: %s", path, strerror(errno));
	return cli_fail(cli);
}

static int
write_page(struct cli *cli, const struct issued *issued, const char *path, int fd)
{
	struct buf page;
	int rc;

	buf_init(&page, HTML_PAGE_MAX);
	rc = receipt_page(cli->store, &cli->config, issued, &page, &cli->err);
	if (rc == 0 && !whole_write(fd, page.data, page.len))
		rc = err_set(&cli->err, ERR_OUTSIDE, "%s: %s", path, strerror(errno));
	buf_release(&page);
	return rc == 0 ? EXIT_DONE : cli_fail(cli);
}

static int
issue(struct cli *cli, uint64_t n, const char *target, const char *path, int fd)
{
	struct issued issued;
	int status = EXIT_DONE;

	if (receipt_issue(cli->store, n, slice_of(target), &cli->progress, &issued, &cli->err) != 0)
		status = cli_fail(cli);
	if (status == EXIT_DONE && path != NULL)
		status = write_page(cli, &issued, path, fd);
	if (status == EXIT_DONE) {
		(void)fwrite(issued.bytes.data, 1, issued.bytes.len, stdout);
		if (isatty(STDOUT_FILENO)) /* in a file nothing stands behind it */
			putchar('\n');
		status = print_end(cli);
	}
	issued_release(&issued);
	return status;
}

static int
run_receipt(struct cli *cli, int argc, char **argv)
{
	static const struct option options[] = {{"page", required_argument, NULL, 'p'}, {NULL, 0, NULL, 0}};
	const char *path = NULL;
	int option, status, fd = -1;
	uint64_t n = 0;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option != 'p')
			return cli_usage(cli);
		path = optarg;
	}
	if (optind + 2 != argc)
		return cli_usage(cli);
	if (!desk_number(argv[optind], &n))
		return cli_usage_error(_("\"%s\" is no number"), argv[optind]);
	/* The configuration first, so that a faulty one leaves no empty file. */
	if ((status = cli_config_alone(cli)) != EXIT_DONE ||
	    (path != NULL && (status = open_page(cli, path, &fd)) != EXIT_DONE))
		return status;
	status = cli_store(cli, 0);
	if (status == EXIT_DONE)
		status = issue(cli, n, argv[optind + 1], path, fd);
	if (fd >= 0 && close(fd) != 0 && status == EXIT_DONE) {
		(void)err_set(&cli->err, ERR_OUTSIDE, "%s: %s", path, strerror(errno));
		status = cli_fail(cli);
	}
	if (fd >= 0 && status != EXIT_DONE)
		(void)unlink(path);
	return status;
}

const struct command receipt_commands[] = {
	{"receipt", N_("N TARGET [--page FILE.html]"),
	    N_("proof for one target of an open draw: its row, its ticket, where the line was drawn; a page to print"), run_receipt},
	{.name = NULL},
};
