/* spotcheckd: the service, in the foreground. */

#include <getopt.h>
#include <libintl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/service.h"
#include "app/settings.h"
#include "app/simulate.h"
#include "core/base/text.h"
#include "system/primitives.h"
#include "text/language.h"
#include "text/printable.h"

enum { EXIT_DONE = 0, EXIT_USAGE = 2, EXIT_OUTSIDE = 3 };

struct arguments {
	const char *config_path;
	bool check;
	const char *from, *to, *scratch; /* of --simulate */
};

static void
print_fault(void *ctx, const char *file, unsigned long line, const char *message)
{
	(void)ctx;
	if (line == 0)
		plain_say(stderr, "%s: %s", file, message);
	else
		plain_say(stderr, "%s:%lu: %s", file, line, message);
}

static int
fail_with(const struct err *err)
{
	plain_say(stderr, "spotcheckd: %s", err->message);
	return err->code == ERR_MEMORY || err->code == ERR_OUTSIDE ? EXIT_OUTSIDE : EXIT_USAGE;
}

static int
usage(void)
{
	(void)fprintf(stderr, "%s spotcheckd [-c FILE] [--check] [--simulate FROM TO --scratch DIR]\n",
	    gettext("usage:"));
	return EXIT_USAGE;
}

static int
help(void)
{
	printf("%s spotcheckd [-c FILE] [--check] [--simulate FROM TO --scratch DIR]\n", gettext("usage:"));
	printf(gettext("  -c FILE    the configuration, %s by default\n"), CONF_FILE);
	puts(gettext("  --check    read the configuration, holidays and letters, say what is wrong, and end"));
	puts(
	    gettext("  --simulate FROM TO --scratch DIR    run from one date to another in a moment, in a new folder"));
	puts(gettext("  --help     this"));
	puts(gettext("  --version"));
	return fflush(stdout) == 0 ? EXIT_DONE : EXIT_OUTSIDE;
}

/* ---- --simulate ---- */

/* Rewrites one line of the terminal at each percent. */
static void
show_simulation_progress(void *ctx, const char *what, size_t done, size_t total)
{
	size_t *last = ctx, percent = done >= total ? 100 : done * 100 / total;

	if (strcmp(what, "simulated") != 0 || percent == *last)
		return;
	*last = percent;
	(void)fprintf(stderr, "\r\033[K%s %zu%%%s", gettext(what), percent, percent == 100 ? "\r\033[K" : "");
}

static int
run_simulation(const struct arguments *arguments, struct settings *settings, struct diag *diag, struct err *err)
{
	size_t last = 0;
	struct progress progress = {.tell = show_simulation_progress, .ctx = &last};
	struct simulation want = {.settings = settings, .scratch = arguments->scratch, .diag = diag};
	int rc;

	if (!text_to_date(slice_of(arguments->from), &want.from) || !text_to_date(slice_of(arguments->to), &want.to) ||
	    want.to < want.from || (int64_t)want.to - want.from > 36600) {
		(void)err_set(err, ERR_REFUSED,
		    N_("--simulate %s %s: two dates such as 2026-01-01 2026-12-31, at most 100 years apart"),
		    arguments->from, arguments->to);
		return fail_with(err);
	}
	if (isatty(STDERR_FILENO))
		want.progress = &progress;
	rc = simulate(&want, err);
	if (rc == 0)
		return fflush(stdout) == 0 ? EXIT_DONE : EXIT_OUTSIDE;
	return diag->count > 0 && rc == ERR_REFUSED ? EXIT_USAGE : fail_with(err);
}

/* ---- arguments ---- */

static int
parse_arguments(int argc, char **argv, struct arguments *ret)
{
	static const struct option options[] = {
	    {"check", no_argument, NULL, 'k'},
	    {"simulate", required_argument, NULL, 's'},
	    {"scratch", required_argument, NULL, 'd'},
	    {"help", no_argument, NULL, 'h'},
	    {"version", no_argument, NULL, 'v'},
	    {NULL, 0, NULL, 0},
	};
	int option;

	*ret = (struct arguments){.config_path = CONF_FILE};
	opterr = 0;
	while ((option = getopt_long(argc, argv, "c:", options, NULL)) != -1) {
		switch (option) {
		case 'c':
			ret->config_path = optarg;
			break;
		case 'k':
			ret->check = true;
			break;
		case 's':
			ret->from = optarg;
			break;
		case 'd':
			ret->scratch = optarg;
			break;
		case 'h':
			exit(help());
		case 'v':
			puts("spotcheckd " VERSION);
			exit(fflush(stdout) == 0 ? EXIT_DONE : EXIT_OUTSIDE);
		default:
			return usage();
		}
	}
	/* TO is the first argument that is no option. */
	if (ret->from != NULL && optind < argc)
		ret->to = argv[optind++];
	if (optind != argc || (ret->from == NULL) != (ret->scratch == NULL) || (ret->from != NULL && ret->to == NULL) ||
	    (ret->check && ret->from != NULL))
		return usage();
	return EXIT_DONE;
}

static int
run_service(const struct arguments *arguments)
{
	struct err err = {.tr = language_text};
	struct diag diag = {.tr = language_text, .say = print_fault};
	struct settings settings;
	int status, rc = settings_read(arguments->config_path, &settings, &diag, &err);

	if (rc != 0)
		return diag.count > 0 && rc == ERR_REFUSED ? EXIT_USAGE : fail_with(&err);
	if (!arguments->check && arguments->from == NULL) /* service_run releases the settings */
		return service_run(arguments->config_path, &settings, &err) == 0 ? EXIT_DONE : fail_with(&err);
	status = arguments->check ? EXIT_DONE : run_simulation(arguments, &settings, &diag, &err);
	settings_release(&settings);
	return status;
}

int
main(int argc, char **argv)
{
	struct err err = {.tr = language_text};
	struct arguments arguments;
	int status;

	language_begin();
	if (primitives_begin(&err) != 0)
		return fail_with(&err);
	status = parse_arguments(argc, argv, &arguments);
	return status == EXIT_DONE ? run_service(&arguments) : status;
}
