/*
 * `recover`: continues an older state with what was published since, or prints what is missing.  A restored state that
 * has all of it may sign again.
 */

#include <getopt.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/draw_print.h"
#include "cli/draw_session.h"
#include "draws/access.h"
#include "ledger/ledger.h"
#include "ledger/publication.h"
#include "ledger/restored.h"
#include "publish/reader.h"
#include "recovery/recover.h"
#include "system/clock.h"

/* ---- messages ---- */

static int
report_lost_draws(struct cli *cli, const struct recovery *r)
{
	char time[CLOCK_TEXT];

	cli_clear_line();
	for (size_t i = 0; i < r->n_draws; i++) {
		const struct recover_draw *d = &r->draws[i];

		if (!recover_is_lost(d))
			continue;
		clock_text(d->draw_time, time);
		(void)fprintf(stderr,
		    d->committed ? _("spotcheck: draw %llu (%s, its draw %s) was committed after the backup and is not "
		                     "opened: its rosters "
		                     "and sealed.json are lost\n")
		                 : _("spotcheck: draw %llu (%s, its draw %s) was amended after the backup and is not "
		                     "opened: the amendment is "
		                     "lost\n"),
		    (unsigned long long)d->n, d->cycle, time);
	}
	(void)err_set(&cli->err, ERR_REFUSED,
	    N_("nothing was changed: a log with a draw that can never be opened fails every check. A newer backup "
	       "would do, or a newer "
	       "copy of the publication, in which these are opened (--published DIR). Where there is none, this log "
	       "has ended: keep it "
	       "published, say so, and begin another one with a new origin and state_dir"));
	return cli_fail(cli);
}

static void
print_recovered_draw(const struct recover_draw *d)
{
	unsigned long long n = d->n;

	if (d->committed)
		printf(_("Draw %llu: the private columns of its rosters are lost; whoever asks for a row's proof "
		         "cannot have it.\n"),
		    n);
	if (d->letters)
		printf(_("Draw %llu: its letters were written anew, since nobody knows which have left; some may come "
		         "twice.\n"),
		    n);
	else if (d->ahead)
		printf(_("Draw %llu: visits are still to come, and what letters have left is lost: ask the inspectors "
		         "(\"spotcheck show "
		         "%llu\").\n"),
		    n, n);
}

static void
print_recovered(const struct recovery *r)
{
	unsigned long long entries = r->to - r->from, chains = r->chains;
	char time[CLOCK_TEXT];

	clock_text(r->time, time);
	printf(ngettext("The state ended on %s; %llu entry of the log was taken over from what was published.\n",
	           "The state ended on %s; %llu entries of the log were taken over from what was published.\n",
	           entries),
	    time, entries);
	if (r->chains > 0)
		printf(ngettext("%llu new chain of secrets was begun, since those begun or used meanwhile are lost.\n",
		           "%llu new chains of secrets were begun, since those begun or used meanwhile are lost.\n",
		           chains),
		    chains);
	printf("%s", _("Rosters, excuses and attestations are those of the backup: import what has changed since.\n"));
	for (size_t i = 0; i < r->n_draws; i++)
		print_recovered_draw(&r->draws[i]);
}

static void
print_recovery_json(const struct recovery *r)
{
	static const char *const words[] = {"false", "true"};

	printf("{\"chains\":%llu,\"draws\":[", (unsigned long long)r->chains);
	for (size_t i = 0; i < r->n_draws; i++) {
		const struct recover_draw *d = &r->draws[i];

		printf("%s{\"amended\":%s,\"committed\":%s,\"cycle\":\"%s\",\"drawn\":%s,\"letters\":%s,\"lost\":%s,"
		       "\"n\":%llu}",
		    i == 0 ? "" : ",", words[d->amended], words[d->committed], d->cycle, words[d->drawn],
		    words[d->letters], words[recover_is_lost(d)], (unsigned long long)d->n);
	}
	printf("],\"from\":%llu,\"recovered\":%s,\"to\":%llu}\n", (unsigned long long)r->from, words[r->done],
	    (unsigned long long)r->to);
}

/* ---- from what was published ---- */

static int
recover_from(struct draw_session *session, const char *path, struct slice earlier)
{
	struct cli *cli = session->cli;
	struct recovery recovery = {0};
	struct folder folder;
	int status;

	if (folder_open(&folder, path, &cli->err) != 0)
		return cli_fail(cli);
	if (recover(&session->operator, &folder.published, earlier, &recovery, &cli->err) != 0) {
		status = cli_fail(cli);
	} else {
		if (cli->json)
			print_recovery_json(&recovery);
		else if (recovery.done)
			print_recovered(&recovery);
		status = recovery.done ? print_end(cli) : report_lost_draws(cli, &recovery);
	}
	recovery_release(&recovery);
	folder_close(&folder);
	return status;
}

/* ---- the publication in public_dir ---- */

/*
 * Compares the state with public_dir.  A damaged one must not hold more than `known` entries, those of state and copy.
 */
static int
check_public_dir(struct draw_session *session, uint64_t known, bool *ret_damaged)
{
	struct cli *cli = session->cli;
	const char *public_dir = cli->config.public_dir;
	struct publication there;
	int rc = publication_read(public_dir, session->operator.key.vkey, &there, &cli->err);

	*ret_damaged = there.kind == PUBLICATION_DAMAGED;
	if (rc == 0 && there.kind == PUBLICATION_OTHER)
		rc = operator_compare(&session->operator, public_dir, &cli->err);
	else if (rc == 0 && *ret_damaged && publication_is_longer(public_dir, known))
		rc = err_set(&cli->err, ERR_REFUSED,
		    N_("the checkpoint of the publication in %s is missing or damaged, and its tiles show a longer log "
		       "than both the state and the copy: "
		       "nothing was changed. Find a newer copy"),
		    public_dir);
	publication_release(&there);
	return rc;
}

/* Lets a restored state sign again that has all entries of both publications. */
static int
clear_restored_mark(struct draw_session *session, const char *published, bool damaged)
{
	struct cli *cli = session->cli;
	const char *public_dir = cli->config.public_dir;
	int rc = damaged && published != NULL ? 0 : operator_compare(&session->operator, public_dir, &cli->err);

	if (rc == 0)
		rc = operator_check_expected(cli->store, &cli->err);
	if (rc == 0 && published != NULL)
		rc = operator_compare(&session->operator, published, &cli->err);
	if (rc == 0)
		rc = restored_clear(cli->store, &cli->err);
	if (rc != 0)
		return cli_fail(cli);
	if (!cli->json)
		printf(_("The state has all that was published in %s, and signs again.\n"),
		    published == NULL ? public_dir : published);
	return print_end(cli);
}

static int
recover_longer(struct draw_session *session, const char *published, const struct buf notes[static 2],
    const uint64_t sizes[static 2])
{
	const struct slice none = {NULL, 0};

	if (sizes[1] > sizes[0])
		return recover_from(session, published, sizes[0] == 0 ? none : buf_view(&notes[0]));
	return recover_from(session, session->cli->config.public_dir, published == NULL ? none : buf_view(&notes[1]));
}

/* Recovers from the longer of two publications, which must continue the other; or lets the state sign again. */
static int
recover_or_clear_mark(struct draw_session *session, const char *published)
{
	struct cli *cli = session->cli;
	const char *public_dir = cli->config.public_dir;
	struct buf notes[2];
	uint64_t sizes[2], ours = 0;
	bool marked = false, damaged = false;
	int status;

	operator_published(&session->operator, public_dir, &notes[0], &sizes[0]);
	operator_published(&session->operator, published == NULL ? public_dir : published, &notes[1], &sizes[1]);
	if (restored_is_marked(cli->store, &marked, &cli->err) != 0 ||
	    ledger_sealed_size(cli->store, &ours, &cli->err) != 0)
		status = cli_fail(cli);
	else if (published != NULL && sizes[1] == 0)
		status = cli_usage_error(_("%s is no publication of this log"), published);
	else if (sizes[0] == 0 && sizes[1] == 0)
		status = cli_usage_error(_("%s is no publication of this log: --published DIR names another copy"),
		    public_dir);
	else if (check_public_dir(session, ours > sizes[1] ? ours : sizes[1], &damaged) != 0)
		status = cli_fail(cli);
	else if (marked && sizes[0] <= ours && sizes[1] <= ours)
		status = clear_restored_mark(session, published, damaged);
	else
		status = recover_longer(session, published, notes, sizes);
	buf_release(&notes[0]);
	buf_release(&notes[1]);
	return status;
}

/* ---- without a publication ---- */

/* Logs who vouches that nothing was published, and lets the state sign again, in one transaction. */
static int
log_without_publication(struct draw_session *session, const char *by, const char *reason)
{
	struct cli *cli = session->cli;
	struct access_note note = {.time = cli->now,
	    .by = by,
	    .what = "recover --without-publication",
	    .reason = reason};
	int rc = store_begin(cli->store, &cli->err);

	if (rc == 0)
		rc = access_write(cli->store, &note, &cli->err);
	if (rc == 0)
		rc = restored_clear(cli->store, &cli->err);
	if (rc == 0)
		rc = store_commit(cli->store, &cli->err);
	store_rollback(cli->store);
	return rc;
}

static int
recover_without(struct draw_session *session, const char *by, const char *reason)
{
	struct cli *cli = session->cli;
	bool marked = false;
	struct buf note;
	uint64_t size = 0;

	if (restored_is_marked(cli->store, &marked, &cli->err) != 0)
		return cli_fail(cli);
	if (!marked)
		return cli_usage_error(_("nothing to recover: the state waits for no publication"));
	operator_published(&session->operator, cli->config.public_dir, &note, &size);
	buf_release(&note);
	if (size > 0)
		return cli_usage_error(_("there is a publication of this log in %s: \"spotcheck recover\" compares it"),
		    cli->config.public_dir);
	/* A publication that is damaged or another log's is refused too, and so is a state known to lack entries. */
	if (operator_compare(&session->operator, cli->config.public_dir, &cli->err) != 0 ||
	    operator_check_expected(cli->store, &cli->err) != 0)
		return cli_fail(cli);
	if (log_without_publication(session, by, reason) != 0)
		return cli_fail(cli);
	if (!cli->json)
		printf(
		    _("The state signs again, on the word of %s that nothing was published since; that is logged.\n"),
		    by);
	return print_end(cli);
}

/* What is wrong with the options of --without-publication; NULL: nothing. */
static const char *
without_publication_fault(const char *published, const char *by, const char *reason)
{
	if (published != NULL)
		return _("--published and --without-publication exclude each other");
	if (by == NULL || reason == NULL || by[0] == '\0' || reason[0] == '\0')
		return _("--without-publication needs a name and a reason, which are logged: --by NAME --reason TEXT");
	return NULL;
}

/* ---- the command ---- */

struct recover_options {
	const char *published, *by, *reason;
	bool without;
};

static bool
read_options(int argc, char **argv, struct recover_options *ret)
{
	static const struct option options[] = {{"published", required_argument, NULL, 'p'},
	    {"without-publication", no_argument, NULL, 'w'}, {"by", required_argument, NULL, 'b'},
	    {"reason", required_argument, NULL, 'r'}, {NULL, 0, NULL, 0}};
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == 'p')
			ret->published = optarg;
		else if (option == 'w')
			ret->without = true;
		else if (option == 'b')
			ret->by = optarg;
		else if (option == 'r')
			ret->reason = optarg;
		else
			return false;
	}
	return optind == argc && (ret->without || (ret->by == NULL && ret->reason == NULL));
}

static int
run_recover(struct cli *cli, int argc, char **argv)
{
	struct recover_options want = {.published = NULL};
	const char *fault;
	struct draw_session session;
	int status;

	if (!read_options(argc, argv, &want))
		return cli_usage(cli);
	if (want.without && (fault = without_publication_fault(want.published, want.by, want.reason)) != NULL)
		return cli_usage_error("%s", fault);
	if (sodium_init() < 0) {
		(void)err_set(&cli->err, ERR_OUTSIDE, N_("libsodium cannot be started"));
		return cli_fail(cli);
	}
	status = draw_session_open(&session, cli, DRAW_SESSION_LETTERS);
	if (status == EXIT_DONE && operator_key(&session.operator, &cli->err) != 0)
		status = cli_fail(cli);
	if (status == EXIT_DONE)
		status = want.without ? recover_without(&session, want.by, want.reason)
		                      : recover_or_clear_mark(&session, want.published);
	/* A state that lacks published entries must not publish. */
	if (status == EXIT_DONE)
		status = draw_session_deliver(&session);
	else
		session.unpublished = true;
	return draw_session_close(&session, status);
}

const struct command recover_commands[] = {
    {"recover", N_("[--published DIR | --without-publication --by NAME --reason TEXT]"),
        N_("go on from the published log with a state that is older, or that came from a backup"), run_recover},
    {.name = NULL},
};
