/* `setup`: asks for the necessary settings, writes the INI and imports the first rosters. */

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/setup_ini.h"
#include "config/read.h"
#include "core/base/array.h"
#include "rosters/rosters.h"
#include "system/clock.h"
#include "system/user.h"

#define SERVICE_USER "spotcheckd"

/* The questions.  Each is an option too; if that is given, the question is not asked. */
enum answer {
	A_ORIGIN,
	A_OPERATOR,
	A_ADMIN,
	A_FROM,
	A_LANGUAGE,
	A_STATE_DIR,
	A_SERVER,
	A_TARGETS,
	A_INSPECTORS,
	A_CONFLICTS,
	A_MATTERS,
	A_CONTACTS,
	ANSWERS
};

#define UNFINISHED "setup_unfinished" /* in meta, until the INI is in its place */

struct setup {
	struct cli *cli;
	const char *data; /* the folder of the shipped files */
	bool sample;
	char *answers[ANSWERS]; /* owned; NULL: not given */
	char *public_dir;
	char *new_path; /* where the INI is written first */
	struct buf template, content;
	bool replaces;           /* the present INI is the shipped one, unchanged */
	int files[ROSTER_KINDS]; /* descriptors, opened while still root; -1: none */
	char *paths[ROSTER_KINDS];
};

static const struct option options[] = {
    {"origin", required_argument, NULL, A_ORIGIN},
    {"operator", required_argument, NULL, A_OPERATOR},
    {"admin", required_argument, NULL, A_ADMIN},
    {"from", required_argument, NULL, A_FROM},
    {"language", required_argument, NULL, A_LANGUAGE},
    {"state-dir", required_argument, NULL, A_STATE_DIR},
    {"server", required_argument, NULL, A_SERVER},
    {"targets", required_argument, NULL, A_TARGETS},
    {"inspectors", required_argument, NULL, A_INSPECTORS},
    {"conflicts", required_argument, NULL, A_CONFLICTS},
    {"matters", required_argument, NULL, A_MATTERS},
    {"contacts", required_argument, NULL, A_CONTACTS},
    {"sample", no_argument, NULL, 's'},
    {"data", required_argument, NULL, 'd'},
    {NULL, 0, NULL, 0},
};

/* ---- asking ---- */

static int
fail_memory(struct setup *s)
{
	(void)err_memory(&s->cli->err);
	return cli_fail(s->cli);
}

/* Gets one answer: asks at a terminal; without one takes the default, or fails if there is none. */
static int
require_answer(struct setup *s, enum answer a, const char *question, const char *otherwise)
{
	if (s->answers[a] != NULL)
		return EXIT_DONE;
	if (isatty(STDIN_FILENO)) {
		do {
			free(s->answers[a]);
			s->answers[a] = cli_ask(question, otherwise);
		} while (s->answers[a] != NULL && s->answers[a][0] == '\0' && otherwise == NULL);
		if (s->answers[a] == NULL)
			return cli_usage_error(_("the dialogue was broken off: nothing is changed"));
		return EXIT_DONE;
	}
	if (otherwise == NULL)
		return cli_usage_error(_("--%s is missing, and there is no terminal to ask at"), options[a].name);
	s->answers[a] = strdup(otherwise);
	return s->answers[a] == NULL ? fail_memory(s) : EXIT_DONE;
}

static const char *
default_language(void)
{
	const char *locale = setlocale(LC_MESSAGES, NULL);

	return locale != NULL && strncmp(locale, "en", 2) == 0 ? "en" : "zh_CN";
}

static int
ask_service(struct setup *s)
{
	char *server = NULL;
	int status;

	status = require_answer(s, A_ORIGIN, _("Name of the log, a domain name of yours"), NULL);
	if (status == EXIT_DONE)
		status = require_answer(s, A_OPERATOR, _("Who answers for the draws"), NULL);
	if (status == EXIT_DONE)
		status = require_answer(s, A_ADMIN, _("Mail address for alarms"), NULL);
	if (status == EXIT_DONE)
		status = require_answer(s, A_FROM, _("Sender of letters"), s->answers[A_ADMIN]);
	if (status == EXIT_DONE)
		status =
		    require_answer(s, A_LANGUAGE, _("Language of letters and pages, zh_CN or en"), default_language());
	if (status == EXIT_DONE)
		status = require_answer(s, A_STATE_DIR, _("Where the state lives"), "/var/lib/spotcheckd");
	if (status != EXIT_DONE)
		return status;
	if (asprintf(&server, "maildir:%s/mail", s->answers[A_STATE_DIR]) < 0)
		return fail_memory(s);
	status = require_answer(s, A_SERVER,
	    _("Mail server, such as smtp://localhost:25; a maildir: only keeps letters"), server);
	free(server);
	if (status == EXIT_DONE && asprintf(&s->public_dir, "%s/public", s->answers[A_STATE_DIR]) < 0)
		return fail_memory(s);
	return status;
}

static bool
has_files(const struct setup *s)
{
	return s->answers[A_TARGETS] != NULL || s->answers[A_INSPECTORS] != NULL || s->answers[A_CONFLICTS] != NULL ||
	    s->answers[A_MATTERS] != NULL || s->answers[A_CONTACTS] != NULL;
}

static int
ask_rosters(struct setup *s)
{
	char *answer;
	int status;

	if (s->sample && has_files(s))
		return cli_usage_error(_("either --sample or files of your own"));
	if (!s->sample && !has_files(s) && isatty(STDIN_FILENO)) {
		answer = cli_ask(_("Import the fictional sample district (y), or files of your own (n)"), "y");
		s->sample = answer == NULL || answer[0] == 'y' || answer[0] == 'Y';
		free(answer);
	}
	if (s->sample)
		return EXIT_DONE;
	status = require_answer(s, A_TARGETS, _("File of the targets"), NULL);
	if (status != EXIT_DONE)
		return status;
	return require_answer(s, A_INSPECTORS, _("File of the inspectors"), NULL);
}

/* ---- files ---- */

static const enum answer file_answers[ROSTER_KINDS] = {
    [ROSTER_TARGETS] = A_TARGETS,
    [ROSTER_INSPECTORS] = A_INSPECTORS,
    [ROSTER_CONFLICTS] = A_CONFLICTS,
    [ROSTER_MATTERS] = A_MATTERS,
    [ROSTER_CONTACTS] = A_CONTACTS,
};

/* Opens all files before anything is written, while still root: the state's owner may not be able to read them. */
static int
open_files(struct setup *s)
{
	for (size_t kind = 0; kind < ROSTER_KINDS; kind++) {
		const char *own = s->answers[file_answers[kind]];

		/* What comes bit by bit is imported later. */
		if (roster_columns[kind].adds)
			continue;
		if (own != NULL)
			s->paths[kind] = strdup(own);
		else if (!s->sample && kind != ROSTER_MATTERS)
			continue;
		else if (asprintf(&s->paths[kind], "%s/sample/%s.csv", s->data, roster_columns[kind].kind) < 0)
			s->paths[kind] = NULL;
		if (s->paths[kind] == NULL)
			return fail_memory(s);
		s->files[kind] = open(s->paths[kind], O_RDONLY | O_CLOEXEC);
		if (s->files[kind] < 0)
			return cli_usage_error("%s: %s", s->paths[kind], strerror(errno));
	}
	return EXIT_DONE;
}

/* Refuses to overwrite an INI, unless it is the shipped one, unchanged. */
static int
check_ini_place(struct setup *s)
{
	struct cli *cli = s->cli;
	struct buf present;
	char *path = NULL;
	int rc;

	if (asprintf(&path, "%s/spotcheckd.ini", s->data) < 0)
		return fail_memory(s);
	rc = setup_read(path, &s->template, &cli->err);
	free(path);
	if (rc != 0)
		return cli_fail(cli);
	buf_init(&present, SETUP_INI_MAX);
	rc = setup_read(cli->config_path, &present, &cli->err);
	s->replaces = rc == 0 && slice_eq(buf_view(&present), buf_view(&s->template));
	buf_release(&present);
	if (rc == ERR_ABSENT || s->replaces)
		return EXIT_DONE;
	if (rc != 0)
		return cli_fail(cli);
	return cli_usage_error(_("%s is there already: edit it, or name another file with -c"), cli->config_path);
}

static int
make_content(struct setup *s)
{
	const struct setup_value values[] = {
	    {"service", "origin", s->answers[A_ORIGIN]},
	    {"service", "operator", s->answers[A_OPERATOR]},
	    {"service", "language", s->answers[A_LANGUAGE]},
	    {"service", "state_dir", s->answers[A_STATE_DIR]},
	    {"service", "public_dir", s->public_dir},
	    {"service", "admin", s->answers[A_ADMIN]},
	    {"mail", "server", s->answers[A_SERVER]},
	    {"mail", "from", s->answers[A_FROM]},
	};

	if (setup_substitute(buf_view(&s->template), values, ARRAY_LEN(values), &s->content, &s->cli->err) != 0)
		return cli_fail(s->cli);
	return EXIT_DONE;
}

/* Makes the INI's folder, if only its last part is missing. */
static void
make_folder(const char *path)
{
	char *folder = strdup(path);
	char *slash = folder == NULL ? NULL : strrchr(folder, '/');

	if (slash != NULL && slash != folder) {
		*slash = '\0';
		(void)mkdir(folder, 0755);
	}
	free(folder);
}

/* Writes the INI to new_path and reads it like any command. */
static int
write_new_ini(struct setup *s)
{
	struct cli *cli = s->cli;
	int rc;

	if (asprintf(&s->new_path, "%s.new", cli->config_path) < 0) {
		s->new_path = NULL;
		return fail_memory(s);
	}
	make_folder(cli->config_path);
	(void)unlink(s->new_path);
	if (setup_write(s->new_path, buf_view(&s->content), &cli->err) != 0)
		return cli_fail(cli);
	rc = config_read(s->new_path, &cli->config, &cli->diag);
	cli->has_config = rc == 0;
	return rc == 0 ? EXIT_DONE : rc == ERR_MEMORY ? EXIT_OUTSIDE : EXIT_USAGE;
}

/* ---- the state ---- */

/* Makes the state directory.  Root gives it to the service's user, if there is one. */
static int
make_state(struct setup *s)
{
	const char *dir = s->cli->config.state_dir;
	struct user service;

	if (mkdir(dir, 0700) != 0) {
		if (errno == EEXIST)
			return EXIT_DONE;
		(void)err_set(&s->cli->err, ERR_OUTSIDE, N_("the state directory %s cannot be made: %s"), dir,
		    strerror(errno));
		return cli_fail(s->cli);
	}
	if (geteuid() == 0 && user_named(SERVICE_USER, &service) && chown(dir, service.uid, service.gid) != 0) {
		(void)err_set(&s->cli->err, ERR_OUTSIDE, "%s: %s", dir, strerror(errno));
		return cli_fail(s->cli);
	}
	return EXIT_DONE;
}

static struct rosters_import
import_options_for(const struct setup *s, size_t kind)
{
	return (struct rosters_import){
	    .file = s->paths[kind],
	    .by = cli_by(NULL),
	    .now = s->cli->now,
	    .today = s->cli->today,
	    .replace_limit = 100,
	    .progress = &s->cli->progress,
	};
}

/* Refuses a state with rosters, unless an interrupted setup has imported them. */
static int
check_empty(struct setup *s)
{
	struct cli *cli = s->cli;
	int64_t unfinished = 0;

	if (store_meta_get_int(cli->store, UNFINISHED, &unfinished, NULL) == 0)
		return EXIT_DONE;
	for (size_t kind = 0; kind < ROSTER_KINDS; kind++) {
		uint64_t rows = 0;

		if (rosters_count(cli->store, (enum roster_kind)kind, &rows, &cli->err) != 0)
			return cli_fail(cli);
		if (rows > 0)
			return cli_usage_error(_("%s holds rosters already: write the configuration by hand"),
			    cli->config.state_dir);
	}
	return EXIT_DONE;
}

/* Imports all rosters or none: after a fault the imports before it are undone. */
static int
import_rosters(struct setup *s)
{
	struct cli *cli = s->cli;
	struct rosters_counts counts;
	int status = EXIT_DONE;
	size_t kind;

	for (kind = 0; kind < ROSTER_KINDS && status == EXIT_DONE; kind++) {
		struct rosters_import import = import_options_for(s, kind);

		if (s->files[kind] < 0)
			continue;
		if (rosters_import(cli->store, (enum roster_kind)kind, s->files[kind], &import, &cli->diag, &counts,
		        &cli->err) != 0)
			status = cli_fail(cli);
		else
			printf(_("%s: %llu rows\n"), roster_columns[kind].kind, (unsigned long long)counts.rows);
	}
	if (status == EXIT_DONE)
		return status;
	for (kind--; kind-- > 0;) {
		struct rosters_import import = import_options_for(s, kind);

		if (s->files[kind] >= 0)
			(void)rosters_undo(cli->store, (enum roster_kind)kind, &import, &cli->diag, &counts, NULL);
	}
	return status;
}

static int
fill_state(struct setup *s)
{
	struct cli *cli = s->cli;
	int status;

	if (clock_set_zone(cli->config.timezone, &cli->err) != 0)
		return cli_fail(cli);
	cli->today = clock_date(cli->now);
	status = cli_become_owner(cli, cli->config.state_dir);
	if (status != EXIT_DONE)
		return status;
	if (store_open(cli->config.state_dir, STORE_CREATE, &cli->store, &cli->err) != 0)
		return cli_fail(cli);
	status = check_empty(s);
	if (status == EXIT_DONE && store_meta_set_int(cli->store, UNFINISHED, 1, &cli->err) != 0)
		return cli_fail(cli);
	return status == EXIT_DONE ? import_rosters(s) : status;
}

/* After the INI is in its place: the state is no longer unfinished. */
static int
mark_finished(struct setup *s)
{
	struct cli *cli = s->cli;
	int status = cli_become_owner(cli, cli->config.state_dir);

	if (status != EXIT_DONE)
		return status;
	if (store_open(cli->config.state_dir, 0, &cli->store, &cli->err) != 0 ||
	    store_exec(cli->store, "DELETE FROM meta WHERE name = '" UNFINISHED "'", &cli->err) != 0)
		return cli_fail(cli);
	return EXIT_DONE;
}

/*
 * Runs `work` in a child, which becomes the state's owner for good; this process keeps its user, to put the INI in
 * place.
 */
static int
run_in_child(struct setup *s, int (*work)(struct setup *s))
{
	pid_t child;
	int status = 0;

	(void)fflush(stdout);
	child = fork();
	if (child < 0) {
		(void)err_set(&s->cli->err, ERR_OUTSIDE, "fork: %s", strerror(errno));
		return cli_fail(s->cli);
	}
	if (child == 0) {
		status = work(s);
		store_close(s->cli->store);
		(void)fflush(stdout);
		_exit(status);
	}
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	return WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_OUTSIDE;
}

static int
move_ini_into_place(struct setup *s)
{
	const char *path = s->cli->config_path;
	unsigned how = s->replaces ? 0 : RENAME_NOREPLACE;
	bool ok = s->new_path != NULL && renameat2(AT_FDCWD, s->new_path, AT_FDCWD, path, how) == 0;

	/* The file system does not support RENAME_NOREPLACE. */
	if (!ok && s->new_path != NULL && errno == EINVAL)
		ok = link(s->new_path, path) == 0;
	if (ok)
		return EXIT_DONE;
	(void)err_set(&s->cli->err, ERR_OUTSIDE, N_("%s cannot be written: %s"), path, strerror(errno));
	return cli_fail(s->cli);
}

/* ---- the command ---- */

static int
parse_setup_options(struct setup *s, int argc, char **argv)
{
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == 's') {
			s->sample = true;
		} else if (option == 'd') {
			s->data = optarg;
		} else if (option >= 0 && option < ANSWERS && optarg != NULL) {
			free(s->answers[option]);
			s->answers[option] = strdup(optarg);
			if (s->answers[option] == NULL)
				return fail_memory(s);
		} else {
			return cli_usage(s->cli);
		}
	}
	return optind == argc ? EXIT_DONE : cli_usage(s->cli);
}

static int
run_setup_steps(struct setup *s, int argc, char **argv)
{
	int status = parse_setup_options(s, argc, argv);

	if (status == EXIT_DONE)
		status = check_ini_place(s);
	if (status == EXIT_DONE)
		status = ask_service(s);
	if (status == EXIT_DONE)
		status = ask_rosters(s);
	if (status == EXIT_DONE)
		status = open_files(s);
	if (status == EXIT_DONE)
		status = make_content(s);
	if (status == EXIT_DONE)
		status = write_new_ini(s);
	if (status == EXIT_DONE)
		status = make_state(s);
	if (status == EXIT_DONE)
		status = run_in_child(s, fill_state);
	if (status == EXIT_DONE)
		status = move_ini_into_place(s);
	if (status == EXIT_DONE)
		status = run_in_child(s, mark_finished);
	return status;
}

static int
run_setup(struct cli *cli, int argc, char **argv)
{
	struct setup s = {.cli = cli, .data = DATA_DIR};
	int status;

	for (size_t i = 0; i < ROSTER_KINDS; i++)
		s.files[i] = -1;
	buf_init(&s.template, SETUP_INI_MAX);
	buf_init(&s.content, SETUP_INI_MAX);
	status = run_setup_steps(&s, argc, argv);
	if (s.new_path != NULL)
		(void)unlink(s.new_path);
	if (status == EXIT_DONE)
		printf(_("%s is written.  Next: \"spotcheck check\", then \"spotcheck init\".\n"), cli->config_path);
	for (size_t i = 0; i < ROSTER_KINDS; i++) {
		if (s.files[i] >= 0)
			(void)close(s.files[i]);
		free(s.paths[i]);
	}
	for (size_t i = 0; i < ANSWERS; i++)
		free(s.answers[i]);
	free(s.public_dir);
	free(s.new_path);
	buf_release(&s.template);
	buf_release(&s.content);
	return status;
}

const struct command setup_commands[] = {
    {"setup",
        N_("[--origin NAME] [--operator TEXT] [--admin ADDRESS] [--from ADDRESS] [--language zh_CN|en] [--state-dir "
           "DIR] "
           "[--server maildir:DIR] [--sample | --targets FILE --inspectors FILE [--conflicts FILE] [--matters FILE] "
           "[--contacts FILE]] [--data DIR]"),
        N_("asks the few things that must be known, writes the configuration and imports the first rosters; flags "
           "answer beforehand"),
        run_setup},
    {.name = NULL},
};
