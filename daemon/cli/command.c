/* The program's own options, the choice of the command, and --help. */

#include "cli/command.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "core/base/array.h"
#include "text/suggest.h"

/* All families, in the order in which --help lists them. */
static const struct command *const families[] = {
    setup_commands,
    check_commands,
    roster_commands,
    calendar_commands,
    schedule_commands,
    odds_commands,
    draw_commands,
    run_commands,
    show_commands,
    status_commands,
    outbox_commands,
    mail_commands,
    backup_commands,
    recover_commands,
    receipt_commands,
    verify_commands,
    witness_commands,
};

#define COMMANDS_MAX 128

static const struct command *
find_command(const char *name)
{
	for (size_t f = 0; f < ARRAY_LEN(families); f++)
		for (const struct command *c = families[f]; c->name != NULL; c++)
			if (strcmp(c->name, name) == 0)
				return c;
	return NULL;
}

static int
unknown_command(const char *name)
{
	const char *words[COMMANDS_MAX] = {NULL}, *meant;
	size_t n = 0;

	for (size_t f = 0; f < ARRAY_LEN(families); f++)
		for (const struct command *c = families[f]; c->name != NULL && n < COMMANDS_MAX; c++)
			words[n++] = c->name;
	meant = suggest(slice_of(name), words, n);
	if (meant != NULL)
		return cli_usage_error(_("there is no command \"%s\": did you mean \"%s\"?"), name, meant);
	return cli_usage_error(_("there is no command \"%s\": \"spotcheck --help\" lists them"), name);
}

/* ---- help ---- */

static int
print_help(void)
{
	puts(_("usage: spotcheck [-c FILE] [--json] COMMAND …"));
	puts(_("Random inspections that everybody can check."));
	for (size_t f = 0; f < ARRAY_LEN(families); f++) {
		putchar('\n');
		for (const struct command *c = families[f]; c->name != NULL; c++)
			printf("  %s%s%s\n      %s\n", c->name, c->usage[0] == '\0' ? "" : " ",
			    c->usage[0] == '\0' ? "" : _(c->usage), _(c->help));
	}
	putchar('\n');
	printf(_("  -c FILE    the configuration, %s by default\n"), CONF_FILE);
	puts(_("  --json     lists as canonical JSON"));
	puts(_("  --help     this, or with a command what that one does"));
	puts(_("  --version"));
	return fflush(stdout) == 0 ? EXIT_DONE : EXIT_OUTSIDE;
}

static int
print_command_help(const struct command *c)
{
	printf("%s spotcheck %s%s%s\n%s\n", _("usage:"), c->name, c->usage[0] == '\0' ? "" : " ",
	    c->usage[0] == '\0' ? "" : _(c->usage), _(c->help));
	return fflush(stdout) == 0 ? EXIT_DONE : EXIT_OUTSIDE;
}

/* ---- options ---- */

/* Takes --json and --help out of the command's arguments, up to a "--". */
static int
take_options_after_command(struct cli *cli, int argc, char **argv, bool *ret_help)
{
	int kept = 1, i = 1;

	for (; i < argc && strcmp(argv[i], "--") != 0; i++) {
		if (strcmp(argv[i], "--json") == 0)
			cli->json = true;
		else if (strcmp(argv[i], "--help") == 0)
			*ret_help = true;
		else
			argv[kept++] = argv[i];
	}
	while (i < argc)
		argv[kept++] = argv[i++];
	argv[kept] = NULL;
	return kept;
}

static int
run_command(struct cli *cli, int argc, char **argv)
{
	bool help = false;

	cli->command = find_command(argv[0]);
	if (cli->command == NULL)
		return unknown_command(argv[0]);
	argc = take_options_after_command(cli, argc, argv, &help);
	if (help)
		return print_command_help(cli->command);
	/* getopt remembers the '+' of command_main until it is reset. */
	optind = 0;
	(void)getopt(1, argv, "");
	optind = 0; /* resets getopt: options may follow arguments again */
	optopt = CLI_NO_OPTION_REFUSED;
	cli->arguments = argv;
	return cli->command->run(cli, argc, argv);
}

int
command_main(struct cli *cli, int argc, char **argv)
{
	static const struct option options[] = {
	    {"json", no_argument, NULL, 'j'},
	    {"help", no_argument, NULL, 'h'},
	    {"version", no_argument, NULL, 'v'},
	    {NULL, 0, NULL, 0},
	};
	int option;

	opterr = 0; /* getopt prints nothing: our own line is in the user's language */
	optind = 1;
	while ((option = getopt_long(argc, argv, "+c:", options, NULL)) != -1) {
		switch (option) {
		case 'c':
			cli->config_path = optarg;
			break;
		case 'j':
			cli->json = true;
			break;
		case 'h':
			return print_help();
		case 'v':
			puts("spotcheck " VERSION);
			return fflush(stdout) == 0 ? EXIT_DONE : EXIT_OUTSIDE;
		default:
			return cli_usage_error(
			    _("there is no such option: usage: spotcheck [-c FILE] [--json] COMMAND …"));
		}
	}
	if (optind >= argc)
		return cli_usage_error(_("a command is missing: \"spotcheck --help\" lists them"));
	return run_command(cli, argc - optind, argv + optind);
}
