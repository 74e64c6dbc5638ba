/* `init`, and the steps of a draw one by one: `commit`, `draw`, `reveal`, `void`, `amend`; and `publish`. */

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/ceremony.h"
#include "cli/draw_print.h"
#include "cli/draw_session.h"
#include "cli/draw_values.h"
#include "core/base/text.h"
#include "draws/rehearsal.h"
#include "letters/letter.h"
#include "mail/outbox.h"
#include "publish/publish.h"
#include "steps/steps.h"

static int
print_draw_number(struct draw_session *session, uint64_t n)
{
	struct draw_row row;

	if (draws_find(session->cli->store, n, &row, &session->cli->err) != 0)
		return cli_fail(session->cli);
	return print_draw(session->cli, &row);
}

static int
parse_number_argument(const char *text, uint64_t *ret)
{
	return draw_session_number(text, ret) ? EXIT_DONE : cli_usage_error(_("\"%s\" is no number"), text);
}

/* ---- init ---- */

/* Shows the recovery code before step_init commits it, so that no code is in force that nobody has seen. */
static int
show_code(void *ctx, const char *code)
{
	const struct cli *cli = ctx;

	if (cli->json)
		printf("{\"recovery_code\":\"%s\"}\n", code);
	else
		printf(
		    _("Recovery code, shown this once; keep it on paper, away from this machine:\n\n    %s\n\n"
		      "Backups hold the secrets of sealed draws; they open with this code and with nothing else.\n\n"),
		    code);
	return fflush(stdout) == 0 ? 0 : -1;
}

static void
print_log_key(const struct draw_session *session)
{
	if (session->cli->json)
		return;
	printf(_("The log %s has begun. Whoever is to check it needs its verifier key:\n\n    %s\n\n"),
	    session->operator.key.name, session->operator.key.vkey);
	printf(_("It is published in %s.\n"), session->cli->config.public_dir);
}

/* After an interrupted init: its code is in force, and cannot be shown again. */
static void
print_repeated_init(const struct draw_session *session)
{
	if (session->cli->json)
		puts("{\"repeated\":true}");
	else
		puts(_("The log was begun before, and its recovery code shown then; nothing more is done."));
}

static int
run_init(struct cli *cli, int argc, char **argv)
{
	struct draw_session session = {.cli = cli, .unreported = step_init_wish()};
	int status, rc;

	(void)argv;
	if (argc != 1)
		return cli_usage(cli);
	status = cli_store(cli, STORE_CREATE);
	if (status != EXIT_DONE)
		return status;
	session.operator = (struct operator){.config = &cli->config, .store = cli->store, .now = cli->now};
	if (draw_session_find_unreported(&session, &session.unreported, &session.unreported.number) != EXIT_DONE)
		return EXIT_OUTSIDE;
	rc = session.unreported.number > 0 ? operator_key(&session.operator, &cli->err)
	                                   : step_init(&session.operator, show_code, cli, &cli->err);
	if (rc != 0) {
		key_wipe(&session.operator.key);
		return cli_fail(cli);
	}
	cli_set_done(cli, _("the log %s has begun"), session.operator.key.name);
	if (session.unreported.number > 0)
		print_repeated_init(&session);
	session.unreported.number = 1;
	print_log_key(&session);
	return draw_session_close(&session, print_end(cli));
}

/* Delivers the letters about days to keep free, if the draw has any. */
static int
deliver_keep_free(struct draw_session *session, uint64_t n)
{
	bool asked = false;

	if (outbox_has(session->cli->store, n, letter_kind_name(LETTER_KEEP_FREE), &asked, &session->cli->err) != 0)
		return cli_fail(session->cli);
	return asked ? draw_session_deliver(session) : EXIT_DONE;
}

/* ---- commit ---- */

/*
 * Sets `*n` to 0 if the interrupted command's draw is over: it was voided, or it was drawn and the command named no
 * time.  Then the command asks for a new draw.
 */
static int
ignore_closed(struct draw_session *session, const struct step_commit *want, uint64_t *n)
{
	struct draw_row row;

	if (*n == 0)
		return EXIT_DONE;
	if (draws_find(session->cli->store, *n, &row, &session->cli->err) != 0)
		return cli_fail(session->cli);
	if (row.outcome == OUTCOME_VOID || (row.outcome == OUTCOME_DRAW && want->draw_time == STEP_LEAD))
		*n = 0;
	return EXIT_DONE;
}

/* Commits, unless an interrupted command has done so already. */
static int
commit_once(struct draw_session *session, const struct step_commit *want)
{
	struct cli *cli = session->cli;
	uint64_t n = 0;
	int status;

	session->unreported = step_commit_wish(want);
	status = draw_session_find_unreported(session, &session->unreported, &n);
	if (status == EXIT_DONE)
		status = ignore_closed(session, want, &n);
	if (status != EXIT_DONE)
		return status;
	if (n > 0)
		cli_set_done(cli, _("draw %llu is committed"), (unsigned long long)n);
	status = draw_session_catch_up(session, 0);
	if (status != EXIT_DONE)
		return status;
	if (n > 0 && !cli->json)
		printf(_("Draw %llu was committed by this command before; nothing more is done.\n"),
		    (unsigned long long)n);
	else if (n == 0 && step_commit(&session->operator, want, &n, &cli->err) != 0)
		return cli_fail(cli);
	session->unreported.number = n;
	return EXIT_DONE;
}

static int
commit_draw(struct draw_session *session, const struct config_cycle *cycle, const char *draw_at)
{
	struct step_commit want = {.cycle = cycle, .draw_time = STEP_LEAD, .reports = true};
	int status;

	if (draw_at != NULL && draw_time_parse(draw_at, &want.draw_time, &session->cli->err) != 0)
		return cli_fail(session->cli);
	status = commit_once(session, &want);
	if (status == EXIT_DONE)
		status = deliver_keep_free(session, session->unreported.number);
	return status == EXIT_DONE ? print_draw_number(session, session->unreported.number) : status;
}

static int
run_commit(struct cli *cli, int argc, char **argv)
{
	static const struct option options[] = {{"draw-at", required_argument, NULL, 'a'}, {NULL, 0, NULL, 0}};
	const struct config_cycle *cycle;
	const char *draw_at = NULL;
	struct draw_session session;
	int option, status;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option != 'a')
			return cli_usage(cli);
		draw_at = optarg;
	}
	if (optind + 1 != argc)
		return cli_usage(cli);
	status = draw_session_open(&session, cli, DRAW_SESSION_KEY | DRAW_SESSION_LETTERS);
	if (status == EXIT_DONE)
		status = (cycle = draw_session_cycle(&session, argv[optind])) == NULL
		    ? EXIT_USAGE
		    : commit_draw(&session, cycle, draw_at);
	return draw_session_close(&session, status);
}

/* ---- draw ---- */

static int
rehearse_draw(struct cli *cli, const char *name)
{
	const struct config_cycle *cycle = NULL;
	struct rehearsal r;
	struct draw_session session;
	int status = draw_session_open(&session, cli, 0);

	if (status == EXIT_DONE && (cycle = draw_session_cycle(&session, name)) == NULL)
		status = EXIT_USAGE;
	if (status != EXIT_DONE)
		return draw_session_close(&session, status);
	if (rehearsal_make(&r, &session.operator, cycle, &cli->err) != 0)
		status = cli_fail(cli);
	else
		status = print_rehearsal(cli, &r, &session.operator, cycle);
	rehearsal_release(&r);
	return draw_session_close(&session, status);
}

/* Whether the draw is drawn already: with this value, if one is given. */
static bool
is_drawn_with(struct draw_session *session, uint64_t n, const char *value)
{
	struct draw_row row;
	char *drawn_with = NULL;
	bool same;

	if (draws_find(session->cli->store, n, &row, NULL) != 0 || row.outcome != OUTCOME_DRAW)
		return false;
	if (value == NULL)
		return true;
	same = draws_beacon(session->cli->store, n, &drawn_with, NULL) == 0 && strcmp(value, drawn_with) == 0;
	free(drawn_with);
	return same;
}

static int
draw_with_value(struct draw_session *session, uint64_t n, const struct ceremony *ceremony)
{
	struct cli *cli = session->cli;
	bool repeated = is_drawn_with(session, n, ceremony->value);
	int status = repeated ? EXIT_DONE : ceremony_note(cli, n, ceremony);

	if (status != EXIT_DONE)
		return status;
	if (!repeated && step_draw(&session->operator, n, ceremony->value, &cli->err) != 0) {
		if (!is_drawn_with(session, n, ceremony->value)) /* unless the service has drawn it meanwhile */
			return cli_fail(cli);
		repeated = true;
	}
	cli_set_done(cli, _("draw %llu is drawn"), (unsigned long long)n);
	if (repeated && !cli->json)
		printf(_("Draw %llu is drawn already; nothing more is done.\n"), (unsigned long long)n);
	return draw_session_deliver(session);
}

static int
draw_and_reveal(struct cli *cli, const char *number, const char *value, const char *present)
{
	struct ceremony ceremony = {.value = NULL};
	struct draw_session session;
	uint64_t n = 0;
	int status = parse_number_argument(number, &n);

	if (status != EXIT_DONE)
		return status;
	status = draw_session_open(&session, cli, DRAW_SESSION_KEY | DRAW_SESSION_LETTERS);
	if (status == EXIT_DONE)
		status = draw_session_catch_up(&session, n);
	if (status == EXIT_DONE)
		status = ceremony_hold(cli, n, value, present, &ceremony);
	if (status == EXIT_DONE)
		status = draw_with_value(&session, n, &ceremony);
	if (status == EXIT_DONE)
		status = draw_session_catch_up(&session, 0); /* without an embargo its reveal is due at once */
	if (status == EXIT_DONE)
		status = print_draw_number(&session, n);
	ceremony_release(&ceremony);
	return draw_session_close(&session, status);
}

static int
run_draw_command(struct cli *cli, int argc, char **argv)
{
	static const struct option options[] = {{"value", required_argument, NULL, 'v'},
	    {"present", required_argument, NULL, 'p'}, {"dry-run", required_argument, NULL, 'd'}, {NULL, 0, NULL, 0}};
	const char *value = NULL, *present = NULL, *cycle = NULL;
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1)
		switch (option) {
		case 'v':
			value = optarg;
			break;
		case 'p':
			present = optarg;
			break;
		case 'd':
			cycle = optarg;
			break;
		default:
			return cli_usage(cli);
		}
	if (cycle != NULL)
		return optind == argc && value == NULL && present == NULL ? rehearse_draw(cli, cycle) : cli_usage(cli);
	return optind + 1 == argc ? draw_and_reveal(cli, argv[optind], value, present) : cli_usage(cli);
}

/* ---- reveal, void ---- */

/* A reveal that is possible is due: catching up may already do it. */
static int
reveal_draw(struct draw_session *session, uint64_t n)
{
	struct cli *cli = session->cli;
	struct draw_row row;
	bool repeated;
	int status;

	if (draws_find(cli->store, n, &row, &cli->err) != 0)
		return cli_fail(cli);
	repeated = row.revealed;
	status = draw_session_catch_up(session, 0);
	if (status != EXIT_DONE)
		return status;
	if (draws_find(cli->store, n, &row, &cli->err) != 0)
		return cli_fail(cli);
	if (!row.revealed && step_reveal(&session->operator, n, &cli->err) != 0)
		return cli_fail(cli);
	cli_set_done(cli, _("draw %llu is opened"), (unsigned long long)n);
	if (repeated && !cli->json)
		printf(_("Draw %llu is opened already; nothing more is done.\n"), (unsigned long long)n);
	return print_draw_number(session, n);
}

static int
run_reveal(struct cli *cli, int argc, char **argv)
{
	struct draw_session session;
	uint64_t n = 0;
	int status;

	if (argc != 2)
		return cli_usage(cli);
	status = parse_number_argument(argv[1], &n);
	if (status != EXIT_DONE)
		return status;
	status = draw_session_open(&session, cli, DRAW_SESSION_KEY | DRAW_SESSION_LETTERS);
	if (status == EXIT_DONE)
		status = reveal_draw(&session, n);
	return draw_session_close(&session, status);
}

static int
run_void_command(struct cli *cli, int argc, char **argv)
{
	static const struct option options[] = {{"reason", required_argument, NULL, 'r'}, {NULL, 0, NULL, 0}};
	const char *reason = NULL;
	struct draw_row row;
	struct draw_session session;
	uint64_t n = 0;
	bool repeated = false;
	int option, status;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option != 'r')
			return cli_usage(cli);
		reason = optarg;
	}
	if (optind + 1 != argc || reason == NULL)
		return cli_usage(cli);
	status = parse_number_argument(argv[optind], &n);
	if (status != EXIT_DONE)
		return status;
	status = draw_session_open(&session, cli, DRAW_SESSION_KEY | DRAW_SESSION_LETTERS);
	if (status == EXIT_DONE)
		status = draw_session_catch_up(&session, n);
	if (status == EXIT_DONE)
		repeated = draws_find(cli->store, n, &row, NULL) == 0 && row.outcome == OUTCOME_VOID;
	if (status == EXIT_DONE && step_void(&session.operator, n, reason, &cli->err) != 0)
		status = cli_fail(cli);
	else if (status == EXIT_DONE)
		cli_set_done(cli, _("draw %llu is voided"), (unsigned long long)n);
	if (status == EXIT_DONE && repeated && !cli->json)
		printf(_("Draw %llu is voided already, for this reason; nothing more is done.\n"),
		    (unsigned long long)n);
	if (status == EXIT_DONE)
		status = draw_session_catch_up(&session, 0); /* its reveal may be due at once */
	if (status == EXIT_DONE)
		status = deliver_keep_free(&session, n);
	if (status == EXIT_DONE)
		status = print_draw_number(&session, n);
	return draw_session_close(&session, status);
}

/* ---- amend ---- */

static void
print_amended_now(const struct step_amend *want, const struct step_amended *did)
{
	unsigned long long place = want->place, seat = want->seat, number = did->amendment;

	if (want->of_target && did->in[0] != '\0')
		printf(_("Amendment %llu: %s takes place %llu instead of %s.\n"), number, did->in, place, did->out);
	else if (want->of_target)
		printf(_("Amendment %llu: no reserve can take place %llu, which %s leaves empty.\n"), number, place,
		    did->out);
	else if (did->in[0] != '\0')
		printf(_("Amendment %llu: %s takes seat %llu of place %llu instead of %s.\n"), number, did->in, seat,
		    place, did->out);
	else
		printf(_("Amendment %llu: nobody can take seat %llu of place %llu, which %s leaves empty.\n"), number,
		    seat, place, did->out);
}

static void
print_amended_before(const struct step_amend *want, const struct step_amended *did)
{
	unsigned long long place = want->place, seat = want->seat, number = did->amendment;

	if (want->of_target && did->in[0] != '\0')
		printf(_("Amendment %llu already gave place %llu to %s instead of %s; nothing more is done.\n"), number,
		    place, did->in, did->out);
	else if (want->of_target)
		printf(
		    _("Amendment %llu already took %s out of place %llu, which stays empty; nothing more is done.\n"),
		    number, did->out, place);
	else if (did->in[0] != '\0')
		printf(_("Amendment %llu already gave seat %llu of place %llu to %s instead of %s; nothing more is "
		         "done.\n"),
		    number, seat, place, did->in, did->out);
	else
		printf(_("Amendment %llu already took %s out of seat %llu of place %llu, which stays empty; nothing "
		         "more is done.\n"),
		    number, did->out, seat, place);
	if (did->in[0] != '\0')
		printf(_("If %s is to leave as well, say so with --out %s.\n"), did->in, did->in);
}

static int
print_amended(struct cli *cli, const struct step_amend *want, const struct step_amended *did)
{
	if (cli->json)
		printf("{\"amendment\":%llu,\"in\":\"%s\",\"n\":%llu,\"out\":\"%s\",\"repeated\":%s}\n",
		    (unsigned long long)did->amendment, did->in, (unsigned long long)want->n, did->out,
		    did->repeated ? "true" : "false");
	else if (did->repeated)
		print_amended_before(want, did);
	else
		print_amended_now(want, did);
	return print_end(cli);
}

/* Reads which amendments the draw has before this command, and whether an interrupted command made the last one. */
static int
find_earlier_amendment(struct cli *cli, struct step_amend *want)
{
	struct unreported wish = step_amend_wish(want);
	uint64_t number = 0;
	int rc = step_amend_seen(cli->store, want->n, &want->seen, &cli->err);

	if (rc == 0 && want->out == NULL)
		rc = unreported_find(cli->store, &wish, &number, &cli->err);
	if (rc != 0 && rc != ERR_ABSENT)
		return cli_fail(cli);
	if (number > 0) {
		want->seen = number - 1; /* another process may report it before this one takes it up */
		cli_set_done(cli, _("amendment %llu is made"), (unsigned long long)number);
	}
	return EXIT_DONE;
}

static int
amend_draw(struct draw_session *session, struct step_amend *want)
{
	struct cli *cli = session->cli;
	struct step_amended did;
	int status = draw_session_catch_up(session, 0), said;

	if (status != EXIT_DONE)
		return status;
	if (step_amend(&session->operator, want, &did, &cli->err) != 0)
		return cli_fail(cli);
	cli_set_done(cli, _("amendment %llu is made"), (unsigned long long)did.amendment);
	session->unreported = step_amend_wish(want);
	session->unreported.number = did.amendment;
	status = draw_session_deliver(session);
	said = print_amended(cli, want, &did); /* also where letters could not be delivered */
	return status == EXIT_DONE ? said : status;
}

static int
run_amend(struct cli *cli, int argc, char **argv)
{
	static const struct option options[] = {{"reason", required_argument, NULL, 'r'},
	    {"out", required_argument, NULL, 'o'}, {"leave-empty", no_argument, NULL, 'e'}, {NULL, 0, NULL, 0}};
	struct step_amend want = {.reports = true};
	struct draw_session session;
	int option, status;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == 'r')
			want.reason = optarg;
		else if (option == 'o')
			want.out = optarg;
		else if (option == 'e')
			want.leave_empty = true;
		else
			return cli_usage(cli);
	}
	if (optind + 3 != argc || want.reason == NULL)
		return cli_usage(cli);
	want.of_target = strcmp(argv[optind + 2], "target") == 0;
	if (want.leave_empty && !want.of_target)
		return cli_usage_error(
		    _("--leave-empty is for a place's target; a seat that nobody can take stays empty"));
	status = parse_number_argument(argv[optind], &want.n);
	if (status == EXIT_DONE)
		status = parse_number_argument(argv[optind + 1], &want.place);
	if (status == EXIT_DONE && !want.of_target)
		status = parse_number_argument(argv[optind + 2], &want.seat);
	if (status == EXIT_DONE)
		status = cli_store(cli, 0);
	/* Before the session opens, which takes time: another process may run the same command. */
	if (status == EXIT_DONE)
		status = find_earlier_amendment(cli, &want);
	if (status != EXIT_DONE)
		return status;
	status = draw_session_open(&session, cli, DRAW_SESSION_KEY | DRAW_SESSION_LETTERS);
	return draw_session_close(&session, status == EXIT_DONE ? amend_draw(&session, &want) : status);
}

/* ---- publish ---- */

static int
run_publish(struct cli *cli, int argc, char **argv)
{
	struct publish_options anew = {.fresh = true, .pages = &cli->config};
	struct draw_session session;
	int status;

	(void)argv;
	if (argc != 1)
		return cli_usage(cli);
	status = draw_session_open(&session, cli, DRAW_SESSION_KEY | DRAW_SESSION_MEND);
	if (status == EXIT_DONE &&
	    publish(cli->store, &session.operator.key, cli->config.public_dir, &anew, &cli->err) != 0) {
		status = cli_fail(cli);
		session.unpublished = true; /* closing does not try again */
	}
	if (status == EXIT_DONE && !cli->json)
		printf(_("Published anew in %s.\n"), cli->config.public_dir);
	return draw_session_close(&session, status == EXIT_DONE ? print_end(cli) : status);
}

const struct command draw_commands[] = {
    {"init", "", N_("begin: keys, the log, each cycle's chain of secrets; print the recovery code, once"), run_init},
    {"commit", N_("CYCLE [--draw-at TIME]"), N_("freeze the rosters and publish the commitment to a draw"), run_commit},
    {"draw", N_("N [--value TEXT|@FILE] [--present TEXT] | --dry-run CYCLE"),
        N_("draw what was committed, or try on today's rosters, which changes nothing"), run_draw_command},
    {"reveal", N_("N"), N_("open a draw to everybody, once its time has come"), run_reveal},
    {"void", N_("N --reason TEXT"), N_("call a committed draw off, in public"), run_void_command},
    {"amend", N_("N PLACE SEAT|target --reason REASON [--out ID] [--leave-empty]"),
        N_("give a seat or a place to the next one in the drawn order"), run_amend},
    {"publish", "", N_("rebuild the published directory from the state"), run_publish},
    {.name = NULL},
};
