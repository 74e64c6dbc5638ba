/* spotcheck: the command for administrators and auditors. */

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/command.h"
#include "io/clock.h"

static const char *
translate(const char *text)
{
	return gettext(text);
}

/* FILE:LINE: message, one line each. */
static void
say_fault(void *ctx, const char *file, unsigned long line, const char *message)
{
	(void)ctx;
	cli_clear_line();
	if (line == 0)
		(void)fprintf(stderr, "%s: %s\n", file, message);
	else
		(void)fprintf(stderr, "%s:%lu: %s\n", file, line, message);
}

/* Rewrites one line of a terminal, at most a hundred times a step, and not for what is done in a moment. */
static void
tell_progress(void *ctx, const char *what, size_t done, size_t total)
{
	static const char *last_what;
	static size_t last = (size_t)-1;
	const int64_t *began = ctx;
	size_t percent = done >= total ? 100 : (size_t)((double)done / (double)total * 100);

	if ((what == last_what && percent == last) || clock_now() - *began < 2)
		return;
	last_what = what;
	last = percent;
	(void)fprintf(stderr, "\r\033[K%s %zu%%", gettext(what), percent);
	if (done >= total)
		(void)fputs("\r\033[K", stderr);
}

/* What the environment asks for, whether this machine has that locale or not. */
static const char *
wanted_locale(void)
{
	static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		const char *value = getenv(names[i]);

		if (value != NULL && value[0] != '\0')
			return value;
	}
	return "";
}

/* A fresh Debian has generated no locale but C.UTF-8; our catalogue needs none. */
static void
begin_language(void)
{
	const char *catalogues = secure_getenv("TEXTDOMAINDIR"); /* of a build that is not installed */

	if (setlocale(LC_ALL, "") == NULL && strncmp(wanted_locale(), "zh", 2) == 0) {
		(void)setlocale(LC_ALL, "C.UTF-8");
		(void)setenv("LANGUAGE", "zh_CN", 1);
	}
	(void)bindtextdomain("spotcheckd", catalogues != NULL ? catalogues : LOCALE_DIR);
	(void)bind_textdomain_codeset("spotcheckd", "UTF-8");
	(void)textdomain("spotcheckd");
}

int
main(int argc, char **argv)
{
	struct cli cli = {
		.config_path = CONF_FILE,
		.now = clock_now(),
		.err = {.tr = translate},
		.diag = {.tr = translate, .say = say_fault},
	};
	int status;

	begin_language();
	if (isatty(STDERR_FILENO))
		cli.progress = (struct progress){.tell = tell_progress, .ctx = &cli.now};
	status = command_main(&cli, argc, argv);
	store_close(cli.store);
	if (cli.has_config)
		config_release(&cli.config);
	if (fflush(stdout) != 0 && status == EXIT_DONE) {
		perror("spotcheck");
		status = EXIT_OUTSIDE;
	}
	return status;
}
