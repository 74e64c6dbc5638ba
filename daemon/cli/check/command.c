/* `check`: runs all parts and prints what they found; and the part that checks letters. */

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/check/check.h"
#include "core/base/array.h"
#include "letters/make.h"

/* ---- letters ---- */

struct template_faults {
	struct check *check;
	struct err last; /* for the one of a template that cannot be read, after which nothing more is checked */
};

/* A fault of a template, with its line. */
static void
say_template_fault(void *ctx, const char *file, unsigned long line, const char *message)
{
	struct template_faults *faults = ctx;
	char where[512];

	(void)snprintf(where, sizeof where, "%s:%lu", file, line);
	(void)err_set(&faults->last, ERR_OUTSIDE, "%s: %s", line == 0 ? file : where, message);
	check_say(faults->check, CHECK_FAULT, line == 0 ? file : where, "%s", message);
}

static int
check_letters(struct check *check)
{
	struct template_faults faults = {.check = check};
	struct diag diag = {.tr = check->cli->diag.tr, .say = say_template_fault, .ctx = &faults};
	struct letters *letters = NULL;
	char *folder = NULL;
	int rc;

	if (asprintf(&folder, "%s/letters", check->cli->config.dir) < 0)
		rc = ERR_MEMORY;
	else
		rc = letters_load(folder, DATA_DIR "/letters", &diag, &letters);
	free(folder);
	letters_free(letters);
	if (rc != ERR_MEMORY && rc != ERR_OUTSIDE)
		return EXIT_DONE;
	if (rc == ERR_MEMORY)
		(void)err_memory(&check->cli->err);
	else
		check->cli->err = faults.last;
	return cli_fail(check->cli);
}

/* ---- the command ---- */

static int (*const parts[])(struct check *check) = {
    check_letters,
    check_calendar,
    check_rosters, /* also opens the state, if there is one */
    check_certificates,
    check_cycles,
    check_rehearsals,
    check_timetables,
    check_outside,
    check_publication,
};

static int
print_findings(struct check *check)
{
	const struct cli *cli = check->cli;
	bool ok;

	if (check->table.n_cells == 0 && !cli->json)
		ok = puts(_("Nothing is wrong.")) >= 0;
	else
		ok = table_print(&check->table, cli->json, stdout);
	if (!ok)
		return cli_output_failed(check->cli);
	return check->faults > 0 ? EXIT_NO : EXIT_DONE;
}

static int
run_check(struct cli *cli, int argc, char **argv)
{
	const struct table_column columns[] = {{"level", "", false}, {"where", _("where"), false},
	    {"what", _("what"), false}};
	struct check check = {.cli = cli};
	int status = EXIT_DONE;

	(void)argv;
	if (argc != 1)
		return cli_usage(cli);
	status = cli_config(cli);
	if (status != EXIT_DONE)
		return status;
	table_begin(&check.table, columns, ARRAY_LEN(columns));
	for (size_t i = 0; i < ARRAY_LEN(parts) && status == EXIT_DONE; i++)
		status = parts[i](&check);
	if (status == EXIT_DONE)
		status = print_findings(&check);
	table_release(&check.table);
	return status;
}

const struct command check_commands[] = {
    {"check", "",
        N_("says what is wrong with configuration, rosters and letters, and what is missing for class A or B; changes "
           "nothing"),
        run_check},
    {.name = NULL},
};
