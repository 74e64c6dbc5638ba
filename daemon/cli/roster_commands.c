/* `import`, `export`, `attest`, `excuse`: the rosters. */

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <locale.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/leave_calendar.h"
#include "core/base/array.h"
#include "core/base/text.h"
#include "draws/access.h"
#include "ledger/operator.h"
#include "rosters/cell.h"
#include "rosters/codes.h"
#include "rosters/rosters.h"
#include "text/printable.h"
#include "text/suggest.h"
#include "text/table.h"

/* ---- shared by them ---- */

static const char *const later_kinds[] = {"risks", "duties", "filings", "dutylist", "publications", "results"};

/* Returns an exit status; for an unknown kind it prints which there are. */
static int
parse_kind(const char *text, enum roster_kind *ret_kind)
{
	const char *words[ROSTER_KINDS], *meant;

	if (roster_kind_parse(slice_of(text), ret_kind))
		return EXIT_DONE;
	for (size_t i = 0; i < ARRAY_LEN(later_kinds); i++)
		if (strcmp(text, later_kinds[i]) == 0)
			return cli_usage_error(_("%s come with the archive, which this version does not have"), text);
	for (size_t i = 0; i < ROSTER_KINDS; i++)
		words[i] = roster_columns[i].kind;
	meant = suggest(slice_of(text), words, ROSTER_KINDS);
	if (meant != NULL)
		return cli_usage_error(_("there is no kind of roster \"%s\": did you mean \"%s\"?"), text, meant);
	return cli_usage_error(_("there is no kind of roster \"%s\": there are targets, inspectors, conflicts, "
	                         "matters, contacts and leave"),
	    text);
}

/* The name must be one printable line, since the history keeps it. */
static int
check_by(const char *by)
{
	if (by != NULL && by[0] != '\0' && text_check_reason(slice_of(by)) == TEXT_OK)
		return EXIT_DONE;
	return cli_usage_error(_("--by needs a name, in one line without characters that cannot be seen"));
}

static bool
is_chinese_locale(void)
{
	const char *locale = setlocale(LC_MESSAGES, NULL);

	return locale != NULL && strncmp(locale, "zh", 2) == 0;
}

/* ---- import ---- */

struct import_options {
	enum roster_kind kind;
	const char *path;      /* NULL with undo */
	const char *inspector; /* whose calendar the file is; NULL: it is no calendar */
	bool undo;
	struct rosters_import import;
};

static bool
parse_percent(const char *text, unsigned *ret)
{
	struct slice digits = slice_of(text);
	uint64_t value;

	if (digits.n > 0 && digits.p[digits.n - 1] == '%')
		digits.n--;
	if (!text_to_uint(digits, &value) || value > 100)
		return false;
	*ret = (unsigned)value;
	return true;
}

/* A calendar does not say reliably whose it is: its events name whoever called them. */
static int
check_inspector_option(const struct import_options *w)
{
	size_t n = w->path == NULL ? 0 : strlen(w->path);

	if (w->inspector != NULL && (w->kind != ROSTER_LEAVE || w->undo))
		return cli_usage_error(_("--inspector is for the file of \"import leave\""));
	if (w->kind == ROSTER_LEAVE && w->inspector == NULL && n > 4 && strcasecmp(w->path + n - 4, ".ics") == 0)
		return cli_usage_error(
		    _("an iCalendar is the calendar of one inspector: say whose with --inspector ID"));
	return EXIT_DONE;
}

static int
parse_import(const struct cli *cli, int argc, char **argv, struct import_options *w)
{
	static const struct option options[] = {
	    {"dry-run", no_argument, NULL, 'd'},
	    {"replace-limit", required_argument, NULL, 'r'},
	    {"by", required_argument, NULL, 'b'},
	    {"assign-ids", no_argument, NULL, 'a'},
	    {"undo", no_argument, NULL, 'u'},
	    {"inspector", required_argument, NULL, 'i'},
	    {NULL, 0, NULL, 0},
	};
	int option, status;

	*w = (struct import_options){
	    .import = {.by = cli_by(NULL), .replace_limit = ROSTERS_REPLACE_LIMIT, .reports = true}};
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (option) {
		case 'd':
			w->import.dry_run = true;
			break;
		case 'r':
			if (!parse_percent(optarg, &w->import.replace_limit))
				return cli_usage_error(
				    _("--replace-limit is a whole number of per cent from 0 to 100"));
			break;
		case 'b':
			w->import.by = optarg;
			break;
		case 'a':
			w->import.assign_ids = true;
			break;
		case 'u':
			w->undo = true;
			break;
		case 'i':
			w->inspector = optarg;
			break;
		default:
			return cli_usage(cli);
		}
	}
	if (argc - optind != (w->undo ? 1 : 2))
		return cli_usage(cli);
	w->path = w->undo ? NULL : argv[optind + 1];
	status = parse_kind(argv[optind], &w->kind);
	if (status == EXIT_DONE)
		status = check_inspector_option(w);
	return status != EXIT_DONE ? status : check_by(w->import.by);
}

static int
print_counts(const struct cli *cli, const struct import_options *w, const struct rosters_counts *counts)
{
	const struct table_column columns[] = {
	    {"kind", _("roster"), false}, {"rows", _("rows"), true}, {"added", _("added"), true},
	    {"changed", _("changed"), true}, {"removed", _("removed"), true}, {"dry_run", _("dry run"), false},
	    {"repeated", NULL, false}, /* people get a sentence */
	};
	struct table table;
	bool ok;

	table_begin(&table, columns, ARRAY_LEN(columns));
	table_string(&table, roster_columns[w->kind].kind);
	table_int(&table, (int64_t)counts->rows);
	table_int(&table, (int64_t)counts->added);
	table_int(&table, (int64_t)counts->changed);
	table_int(&table, (int64_t)counts->removed);
	table_flag(&table, w->import.dry_run);
	table_flag(&table, counts->repeated);
	ok = cli->json ? table_print_record(&table, true, stdout) : table_print(&table, false, stdout);
	table_release(&table);
	return ok ? EXIT_DONE : EXIT_OUTSIDE;
}

/* Lists the private columns, since a misspelt header makes one. */
static void
print_private_columns(struct cli *cli, const struct import_options *w)
{
	struct rosters_names names;
	const char *before = _("kept as private columns: ");

	if (cli->json || w->import.dry_run || rosters_private_columns(cli->store, w->kind, &names, &cli->err) != 0)
		return;
	for (size_t i = 0; i < names.n; i++) {
		if (roster_column_find(w->kind, slice_of(names.items[i])) >= 0)
			continue;
		plain_clean(names.items[i]);
		printf("%s%s", before, names.items[i]);
		before = ", ";
	}
	if (before[0] == ',')
		putchar('\n');
	rosters_names_release(&names);
}

/* Root has become the state's owner, who may not be able to read root's files. */
static int
report_open_failure(struct cli *cli, const char *path)
{
	int error = errno;

	if (error == EACCES)
		(void)err_set(&cli->err, ERR_REFUSED,
		    N_("%s cannot be read by the owner of the state; hand it over as \"- < %s\""), path, path);
	else
		(void)err_set(&cli->err, ERR_REFUSED, "%s: %s", path, strerror(error));
	return cli_fail(cli);
}

static int
import_file(struct cli *cli, const char *path, struct import_options *w, struct rosters_counts *counts)
{
	bool from_stdin = strcmp(path, "-") == 0;
	int fd = from_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC), status = EXIT_DONE;

	if (fd < 0)
		return report_open_failure(cli, path);
	w->import.file = from_stdin ? _("standard input") : path;
	if (w->inspector != NULL)
		status = leave_calendar_import(cli, fd, w->inspector, &w->import, counts);
	else if (rosters_import(cli->store, w->kind, fd, &w->import, &cli->diag, counts, &cli->err) != 0)
		status = cli_fail(cli);
	if (!from_stdin)
		(void)close(fd);
	return status;
}

static int
print_import(struct cli *cli, const struct import_options *w, const struct rosters_counts *counts)
{
	int status;

	if (counts->repeated && !cli->json)
		puts(w->undo ? _("The latest import was undone by this command before; nothing more is done.")
		             : _("This very file was imported by this command before; nothing more is done."));
	status = print_counts(cli, w, counts);
	print_private_columns(cli, w);
	if (status == EXIT_DONE && fflush(stdout) == 0 && !ferror(stdout))
		return EXIT_DONE;
	return cli_output_failed(cli);
}

static int
report_import(struct cli *cli, const struct import_options *w, const struct rosters_counts *counts)
{
	int status;

	cli_set_done(cli, w->undo ? _("the latest import of %s is undone") : _("the import of %s is done"),
	    roster_columns[w->kind].kind);
	cli_wake(cli);
	status = print_import(cli, w, counts);
	if (status != EXIT_DONE)
		return status;
	return rosters_reported(cli->store, w->kind, &cli->err) == 0 ? EXIT_DONE : cli_fail(cli);
}

static int
run_import(struct cli *cli, int argc, char **argv)
{
	struct rosters_counts counts = {0};
	struct import_options w;
	int status = parse_import(cli, argc, argv, &w);

	/* A first import may come before `init`: then it creates the state. */
	if (status == EXIT_DONE)
		status = cli_store(cli, w.undo ? 0 : STORE_CREATE);
	if (status != EXIT_DONE)
		return status;
	w.import.now = cli->now;
	w.import.today = cli->today;
	w.import.progress = &cli->progress;
	if (w.path != NULL)
		status = import_file(cli, w.path, &w, &counts);
	else if (rosters_undo(cli->store, w.kind, &w.import, &cli->diag, &counts, &cli->err) != 0)
		status = cli_fail(cli);
	if (status != EXIT_DONE)
		return status;
	return w.import.dry_run ? print_import(cli, &w, &counts) : report_import(cli, &w, &counts);
}

/* ---- export ---- */

/* Gives the codes that are still to be given, and logs who sees what they stand for. */
static int
prepare_codes(struct cli *cli)
{
	struct access_note note = {.time = cli->now, .by = cli_by(NULL), .what = "export", .reason = "codes"};
	struct operator operator = {.config = &cli->config, .store = cli->store, .now = cli->now};
	uint8_t key[CODES_KEY];
	bool any = false;
	int rc = codes_any(cli->store, &any, &cli->err);

	if (rc == 0 && cli->config.public_ids == IDS_PLAIN && !any)
		rc = err_set(&cli->err, ERR_REFUSED,
		    N_("there are no codes: ids are published as they are, since [service] public_ids is plain"));
	if (rc == 0 && cli->config.public_ids == IDS_CODED)
		rc = operator_key(&operator, &cli->err);
	if (rc == 0)
		rc = store_begin(cli->store, &cli->err);
	if (rc == 0 && cli->config.public_ids == IDS_CODED) {
		operator_codes_key(&operator, key);
		rc = codes_give(cli->store, key, &cli->err);
		sodium_memzero(key, sizeof key);
	}
	if (rc == 0)
		rc = access_write(cli->store, &note, &cli->err);
	if (rc == 0)
		rc = store_commit(cli->store, &cli->err);
	store_rollback(cli->store);
	key_wipe(&operator.key);
	return rc == 0 ? EXIT_DONE : cli_fail(cli);
}

static int
run_export(struct cli *cli, int argc, char **argv)
{
	static const struct option options[] = {{"format", required_argument, NULL, 'f'}, {NULL, 0, NULL, 0}};
	struct rosters_export what = {.chinese = is_chinese_locale()};
	const char *format = "csv";
	int option, status = EXIT_DONE, rc;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option != 'f')
			return cli_usage(cli);
		format = optarg;
	}
	if (argc - optind != 1)
		return cli_usage(cli);
	if (strcmp(format, "csv") != 0 && strcmp(format, "xlsx") != 0)
		return cli_usage_error(_("--format is csv or xlsx"));
	if (strcmp(format, "xlsx") == 0 && isatty(STDOUT_FILENO))
		return cli_usage_error(_("a workbook is not for a terminal: say where, as in \"> %s.xlsx\""),
		    argv[optind]);
	what.codes = strcmp(argv[optind], "codes") == 0;
	if (!what.codes)
		status = parse_kind(argv[optind], &what.kind);
	if (status == EXIT_DONE)
		status = cli_store(cli, 0);
	if (status == EXIT_DONE && what.codes)
		status = prepare_codes(cli);
	if (status != EXIT_DONE)
		return status;
	rc = strcmp(format, "csv") == 0 ? rosters_export_csv(cli->store, &what, stdout, &cli->err)
	                                : rosters_export_xlsx(cli->store, &what, stdout, &cli->err);
	return rc == 0 ? EXIT_DONE : cli_fail(cli);
}

/* ---- attest ---- */

static int
run_attest(struct cli *cli, int argc, char **argv)
{
	static const struct option options[] = {{"by", required_argument, NULL, 'b'}, {NULL, 0, NULL, 0}};
	const char *by = cli_by(NULL);
	enum roster_kind kind;
	uint64_t rows = 0;
	int option, status;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option != 'b')
			return cli_usage(cli);
		by = optarg;
	}
	if (argc - optind != 1)
		return cli_usage(cli);
	status = parse_kind(argv[optind], &kind);
	if (status == EXIT_DONE)
		status = check_by(by);
	if (status == EXIT_DONE)
		status = cli_store(cli, 0);
	if (status != EXIT_DONE)
		return status;
	if (rosters_attest(cli->store, kind, by, cli->now, &cli->err) != 0)
		return cli_fail(cli);
	cli_set_done(cli, _("the attestation of %s is done"), roster_columns[kind].kind);
	if (rosters_count(cli->store, kind, &rows, &cli->err) != 0)
		return cli_fail(cli);
	cli_wake(cli);
	if (!cli->json)
		printf(_("%s: %llu rows, attested by %s\n"), roster_columns[kind].kind, (unsigned long long)rows, by);
	return EXIT_DONE;
}

/* ---- excuse ---- */

static int
put_excuse_row(void *ctx, const struct rosters_excused *excused)
{
	struct table *table = ctx;

	table_string(table, excused->kind == ROSTER_TARGETS ? "target" : "inspector");
	table_text(table, excused->id);
	table_date(table, excused->from);
	table_date(table, excused->until);
	table_text(table, excused->reason);
	table_text(table, excused->by);
	return 0;
}

static int
list_excuses(struct cli *cli)
{
	const struct table_column columns[] = {
	    {"kind", _("kind"), false},
	    {"id", _("id"), false},
	    {"from", _("from"), false},
	    {"until", _("until"), false},
	    {"reason", _("reason"), false},
	    {"by", _("by"), false},
	};
	struct table table;
	int status = cli_store(cli, 0);

	if (status != EXIT_DONE)
		return status;
	table_begin(&table, columns, ARRAY_LEN(columns));
	if (rosters_each_excuse(cli->store, cli->today, put_excuse_row, &table, &cli->err) != 0)
		status = cli_fail(cli);
	else if (!table_print(&table, cli->json, stdout))
		status = cli_output_failed(cli);
	table_release(&table);
	return status;
}

struct excuse_options {
	struct rosters_excuse excuse;
	enum roster_kind kind;
	const char *from, *until;
	bool lift;
};

static int
check_excuse_words(struct excuse_options *e)
{
	if (!e->lift && (e->until == NULL || e->excuse.reason == NULL))
		return cli_usage_error(_("an excuse needs --until DATE and --reason TEXT"));
	if (e->from != NULL && !cell_date(slice_of(e->from), &e->excuse.from))
		return cli_usage_error(_("--from %s: a date is written 2026-06-22, and must exist"), e->from);
	if (e->until != NULL && !cell_date(slice_of(e->until), &e->excuse.until))
		return cli_usage_error(_("--until %s: a date is written 2026-06-22, and must exist"), e->until);
	return check_by(e->excuse.by);
}

static int
parse_excuse(const struct cli *cli, int argc, char **argv, struct excuse_options *e)
{
	static const struct option options[] = {
	    {"from", required_argument, NULL, 'f'},
	    {"until", required_argument, NULL, 'u'},
	    {"reason", required_argument, NULL, 'r'},
	    {"by", required_argument, NULL, 'b'},
	    {"lift", no_argument, NULL, 'l'},
	    {NULL, 0, NULL, 0},
	};
	int option;

	*e = (struct excuse_options){.excuse = {.by = cli_by(NULL), .from = DATE_NONE}};
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (option) {
		case 'f':
			e->from = optarg;
			break;
		case 'u':
			e->until = optarg;
			break;
		case 'r':
			e->excuse.reason = optarg;
			break;
		case 'b':
			e->excuse.by = optarg;
			break;
		case 'l':
			e->lift = true;
			break;
		default:
			return cli_usage(cli);
		}
	}
	if (argc - optind != 2)
		return cli_usage(cli);
	if (strcmp(argv[optind], "target") == 0)
		e->kind = ROSTER_TARGETS;
	else if (strcmp(argv[optind], "inspector") == 0)
		e->kind = ROSTER_INSPECTORS;
	else
		return cli_usage_error(_("only a target or an inspector can be excused, not \"%s\""), argv[optind]);
	e->excuse.id = slice_of(argv[optind + 1]);
	return check_excuse_words(e);
}

static int
run_excuse(struct cli *cli, int argc, char **argv)
{
	struct excuse_options e;
	int status, rc;

	if (argc == 1)
		return list_excuses(cli);
	status = parse_excuse(cli, argc, argv, &e);
	if (status == EXIT_DONE)
		status = cli_store(cli, 0);
	if (status != EXIT_DONE)
		return status;
	e.excuse.now = cli->now;
	e.excuse.today = cli->today;
	rc = e.lift ? rosters_lift(cli->store, e.kind, &e.excuse, &cli->err)
	            : rosters_excuse(cli->store, e.kind, &e.excuse, &cli->err);
	if (rc != 0)
		return cli_fail(cli);
	cli_set_done(cli, e.lift ? _("%s is no longer excused") : _("%s is excused"), e.excuse.id.p);
	cli_wake(cli);
	if (!cli->json)
		printf(e.lift ? _("%s is no longer excused\n") : _("%s is excused\n"), e.excuse.id.p);
	return EXIT_DONE;
}

const struct command roster_commands[] = {
    {"import",
        N_("KIND FILE|- [--dry-run] [--replace-limit PCT] [--by NAME] [--assign-ids] [--inspector ID] | KIND --undo"),
        N_("replaces a roster (targets, inspectors, conflicts, matters, contacts) by a CSV file, or adds to the leave; "
           "--undo takes the latest import back"),
        run_import},
    {"export", N_("KIND|codes [--format csv|xlsx]"),
        N_("writes a roster to standard output, of an empty one a template; or what published codes stand for"),
        run_export},
    {"attest", N_("KIND [--by NAME]"), N_("says that a roster is complete today"), run_attest},
    {"excuse",
        N_("target|inspector ID [--from DATE] --until DATE --reason TEXT [--by NAME] | target|inspector ID --lift "
           "[--from DATE]"),
        N_("keeps a target or an inspector out of draws from a date to a date; without arguments it lists who is "
           "excused"),
        run_excuse},
    {.name = NULL},
};
