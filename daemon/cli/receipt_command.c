/* `receipt`: one target's proof of its part in an open draw. */

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/draw_print.h"
#include "cli/draw_session.h"
#include "publish/receipt.h"
#include "rosters/codes.h"
#include "system/file.h"
#include "system/new_file.h"
#include "text/html.h"

static int
write_receipt_page(struct cli *cli, const struct issued *issued, const struct new_file *file)
{
	struct buf page;
	int rc;

	buf_init(&page, HTML_PAGE_MAX);
	rc = receipt_page(cli->store, &cli->config, issued, &page, &cli->err);
	if (rc == 0 && !file_write(file->fd, page.data, page.len))
		rc = err_set(&cli->err, ERR_OUTSIDE, "%s: %s", file->path, strerror(errno));
	buf_release(&page);
	return rc == 0 ? EXIT_DONE : cli_fail(cli);
}

/* By the id that was published: of a draw with codes that is the target's code. */
static int
issue_receipt(struct cli *cli, uint64_t n, const char *target, struct issued *issued)
{
	struct err why = {.tr = cli->err.tr};
	struct slice code;
	struct codes codes;
	int rc = receipt_issue(cli->store, n, slice_of(target), &cli->progress, issued, &cli->err), closed;

	if (rc != ERR_ABSENT)
		return rc;
	codes_open(&codes, cli->store);
	code = codes_code(&codes, CODE_TARGET, slice_of(target));
	if (code.p != NULL) {
		issued_release(issued);
		rc = receipt_issue(cli->store, n, code, &cli->progress, issued, &why);
		if (rc != ERR_ABSENT)
			cli->err = why;
	}
	closed = codes_close(&codes, rc == 0 ? &cli->err : NULL);
	return rc != 0 ? rc : closed;
}

static int
print_receipt(struct cli *cli, uint64_t n, const char *target, struct new_file *file)
{
	struct issued issued;
	int status = EXIT_DONE;

	if (issue_receipt(cli, n, target, &issued) != 0)
		status = cli_fail(cli);
	if (status == EXIT_DONE && file != NULL)
		status = write_receipt_page(cli, &issued, file);
	if (status == EXIT_DONE) {
		(void)fwrite(issued.bytes.data, 1, issued.bytes.len, stdout);
		if (isatty(STDOUT_FILENO)) /* a file gets the receipt's bytes only */
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
	struct new_file file;
	int option, status;
	uint64_t n = 0;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option != 'p')
			return cli_usage(cli);
		path = optarg;
	}
	if (optind + 2 != argc)
		return cli_usage(cli);
	if (!draw_session_number(argv[optind], &n))
		return cli_usage_error(_("\"%s\" is no number"), argv[optind]);
	status = cli_config_alone(cli);
	if (status != EXIT_DONE)
		return status;
	/* Opened while still root, as a backup is. */
	if (path != NULL && new_file_open(path, &file, &cli->err) != 0)
		return cli_fail(cli);
	status = cli_store(cli, 0);
	if (status == EXIT_DONE)
		status = print_receipt(cli, n, argv[optind + 1], path == NULL ? NULL : &file);
	if (path != NULL && status != EXIT_DONE)
		new_file_drop(&file);
	else if (path != NULL && new_file_keep(&file, &cli->err) != 0)
		status = cli_fail(cli);
	return status;
}

const struct command receipt_commands[] = {
    {"receipt", N_("N TARGET [--page FILE.html]"),
        N_("proof for one target of an open draw: its row, its ticket, where the line was drawn; a page to print"),
        run_receipt},
    {.name = NULL},
};
