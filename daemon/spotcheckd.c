/* spotcheckd: the service, in the foreground. */

#include <getopt.h>
#include <libintl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/simulate.h"
#include "core/text.h"
#include "io/calendar_load.h"
#include "io/clock.h"
#include "io/language.h"
#include "io/letters.h"
#include "io/user.h"

enum { EXIT_DONE = 0, EXIT_USAGE = 2, EXIT_OUTSIDE = 3 };

struct arguments {
	const char *config_path;
	bool check;
	const char *from, *to, *scratch; /* of --simulate */
};

static void
say_fault(void *ctx, const char *file, unsigned long line, const char *message)
{
	(void)ctx;
	if (line == 0)
		(void)fprintf(stderr, "%s: %s\n", file, message);
	else
		(void)fprintf(stderr, "%s:%lu: %s\n", file, line, message);
}

static int
fail(const struct err *err)
{
	(void)fprintf(stderr, "spotcheckd: %s\n", err->message);
	return err->code == ERR_MEMORY || err->code == ERR_OUTSIDE ? EXIT_OUTSIDE : EXIT_USAGE;
}

static int
usage(void)
{
	(void)fprintf(stderr, "%s spotcheckd [-c FILE] [--check] [--simulate FROM TO --scratch DIR]\n", gettext("usage:"));
	return EXIT_USAGE;
}

static int
help(void)
{
	printf("%s spotcheckd [-c FILE] [--check] [--simulate FROM TO --scratch DIR]\n", gettext("usage:"));
	printf(gettext("  -c FILE    the configuration, %s by default\n"), CONF_FILE);
	puts(gettext("  --check    read the configuration, holidays and letters, say what is wrong, and end"));
	puts(gettext("  --simulate FROM TO --scratch DIR    run from one date to another in a moment, in a new folder"));
	return fflush(stdout) == 0 ? EXIT_DONE : EXIT_OUTSIDE;
}

/* ---- --check ---- */

static int
check(const struct config *config, struct diag *diag, struct err *err)
{
	int year = text_year_of(clock_date(clock_now()));
	struct calendar calendar = {0};
	struct letters *letters = NULL;
	char *folder = NULL;
	int rc = asprintf(&folder, "%s/letters", config->dir) < 0 ? err_memory(err) : 0, letters_rc;

	if (rc != 0)
		return fail(err);
	letters_rc = letters_load(folder, DATA_DIR "/letters", diag, &letters);
	rc = calendar_load(config, year - 1, year + 4, &calendar, diag, NULL, err);
	calendar_release(&calendar);
	letters_free(letters);
	free(folder);
	if (rc == 0 && letters_rc == 0)
		return EXIT_DONE;
	return rc == ERR_REFUSED || rc == 0 ? EXIT_USAGE : fail(err);
}

/* ---- --simulate ---- */

/* Rewrites one line of a terminal. */
static void
tell_progress(void *ctx, const char *what, size_t done, size_t total)
{
	size_t *last = ctx, percent = done >= total ? 100 : done * 100 / total;

	if (strcmp(what, "simulated") != 0 || percent == *last)
		return;
	*last = percent;
	(void)fprintf(stderr, "\r\033[K%s %zu%%%s", gettext(what), percent, percent == 100 ? "\r\033[K" : "");
}

static int
run_simulation(const struct arguments *arguments, struct config *config, struct diag *diag, struct err *err)
{
	size_t last = 0;
	struct progress progress = {.tell = tell_progress, .ctx = &last};
	struct simulation want = {.config = config, .scratch = arguments->scratch, .diag = diag};
	int rc;

	if (!text_to_date(slice_of(arguments->from), &want.from) || !text_to_date(slice_of(arguments->to), &want.to) ||
	    want.to < want.from || (int64_t)want.to - want.from > 36600) {
		(void)err_set(err, ERR_REFUSED,
		    N_("--simulate %s %s: two dates such as 2026-01-01 2026-12-31, at most 100 years apart"),
		    arguments->from, arguments->to);
		return fail(err);
	}
	if (isatty(STDERR_FILENO))
		want.progress = &progress;
	rc = simulate(&want, err);
	if (rc == 0)
		return fflush(stdout) == 0 ? EXIT_DONE : EXIT_OUTSIDE;
	return diag->count > 0 && rc == ERR_REFUSED ? EXIT_USAGE : fail(err);
}

/* ---- arguments ---- */

static int
parse(int argc, char **argv, struct arguments *ret)
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
	/* TO stands behind FROM, wherever the other options are. */
	if (ret->from != NULL && optind < argc)
		ret->to = argv[optind++];
	if (optind != argc || (ret->from == NULL) != (ret->scratch == NULL) || (ret->from != NULL && ret->to == NULL) ||
	    (ret->check && ret->from != NULL))
		return usage();
	return EXIT_DONE;
}

int
main(int argc, char **argv)
{
	struct err err = {.tr = language_text};
	struct diag diag = {.tr = language_text, .say = say_fault};
	struct arguments arguments;
	struct config config;
	int status, rc;

	language_begin();
	if ((status = parse(argc, argv, &arguments)) != EXIT_DONE)
		return status;
	rc = config_read(arguments.config_path, &config, &diag);
	if (rc != 0)
		return rc == ERR_MEMORY ? EXIT_OUTSIDE : EXIT_USAGE; /* the faults are told */
	if (clock_set_zone(config.timezone, &err) != 0 || user_become_owner(config.state_dir, &err) != 0)
		status = fail(&err);
	else if (arguments.check)
		status = check(&config, &diag, &err);
	else if (arguments.from != NULL)
		status = run_simulation(&arguments, &config, &diag, &err);
	else
		status = fail((err_set(&err, ERR_REFUSED,
		    N_("this version checks (--check) and simulates (--simulate FROM TO --scratch DIR); it does not serve yet")),
		    &err));
	config_release(&config);
	return status;
}
