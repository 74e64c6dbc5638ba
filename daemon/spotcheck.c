/* spotcheck: the command for administrators and auditors. */

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/command.h"
#include "system/clock.h"
#include "system/primitives.h"
#include "text/language.h"
#include "text/printable.h"

/* Prints FILE:LINE: message, after the progress line is cleared. */
static void
print_fault_over_progress(void *ctx, const char *file, unsigned long line, const char *message)
{
	(void)ctx;
	cli_clear_line();
	if (line == 0)
		plain_say(stderr, "%s: %s", file, message);
	else
		plain_say(stderr, "%s:%lu: %s", file, line, message);
}

/* Rewrites one line of the terminal at each percent, from two seconds after the command's start on. */
static void
show_step_progress(void *ctx, const char *what, size_t done, size_t total)
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

int
main(int argc, char **argv)
{
	struct cli cli = {
	    .config_path = CONF_FILE,
	    .now = clock_now(),
	    .err = {.tr = language_text},
	    .diag = {.tr = language_text, .say = print_fault_over_progress},
	};
	int status;

	language_begin();
	if (primitives_begin(&cli.err) != 0)
		return cli_fail(&cli);
	if (isatty(STDERR_FILENO))
		cli.progress = (struct progress){.tell = show_step_progress, .ctx = &cli.now};
	status = command_main(&cli, argc, argv);
	store_close(cli.store);
	if (cli.has_calendar)
		calendar_release(&cli.calendar);
	if (cli.has_config)
		config_release(&cli.config);
	if ((fflush(stdout) != 0 || ferror(stdout)) && status == EXIT_DONE) {
		(void)err_set(&cli.err, ERR_OUTSIDE, N_("standard output cannot be written"));
		status = cli_fail(&cli);
	}
	return status;
}
