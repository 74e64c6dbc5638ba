/* `status`: what the service has done, what is due, and what its draws need from witnesses and beacons. */

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "admin/status.h"
#include "cli/command.h"
#include "cli/draw_print.h"
#include "core/base/array.h"
#include "core/log/cosigned.h"
#include "draws/assurance.h"
#include "draws/away.h"
#include "draws/draws.h"
#include "ledger/operator.h"
#include "remote/beacons.h"
#include "remote/witnesses.h"
#include "system/clock.h"
#include "text/language.h"
#include "text/printable.h"
#include "text/table.h"

/* What draws need from witnesses and beacons: counted first, printed in a second pass. */
struct needs {
	struct cli *cli;
	bool prints;
	uint64_t witnesses, newest; /* how many; how many have cosigned the newest checkpoint */
	uint64_t values;            /* draws that wait for their beacon's value */
	uint64_t short_of;          /* draws that lack cosignatures which could still come in time */
	int rc;
};

/* ---- witnesses ---- */

static void
report_witness(struct needs *o, const struct config_witness *witness)
{
	struct witness_state state;
	char since[CLOCK_TEXT];

	if (o->rc == 0)
		o->rc = witness_state(o->cli->store, witness, &state, &o->cli->err);
	if (o->rc != 0)
		return;
	o->witnesses++;
	o->newest += state.newest;
	if (!o->prints)
		return;
	if (state.ahead > 0) {
		plain_say(stdout, _("Witness %s: %s. Nothing is signed.\n"), witness->name, state.fault);
	} else if (state.newest) {
		printf(_("Witness %s: has cosigned all there is.\n"), witness->name);
	} else if (witness->url[0] == '\0') {
		printf(_("Witness %s: by hand, \"spotcheck cosign DIR --key FILE\" there, \"spotcheck cosignature add "
		         "FILE\" here.\n"),
		    witness->name);
	} else if (state.failures > 0) {
		clock_text(state.since, since);
		plain_say(stdout, _("Witness %s: since %s: %s.\n"), witness->name, since, state.fault);
	} else {
		printf(_("Witness %s: has not been asked yet.\n"), witness->name);
	}
}

/* ---- draws ---- */

/* Whether the draw's beacon is a witness that has not cosigned the commitment in time. */
static bool
lacks_beacon_key(const struct draw_row *row, const struct draw_assurance *c)
{
	return row->source == SOURCE_WITNESS && !c->beacon_key_in_time;
}

static void
print_commit_needs(const struct draw_row *row, const struct draw_assurance *c)
{
	char until[CLOCK_TEXT];

	clock_text(row->draw_time - COMMIT_LEAD_S, until);
	printf(
	    _("Draw %llu: the commitment is cosigned by %llu of %llu witnesses; more than half must do so until %s.\n"),
	    (unsigned long long)row->n, (unsigned long long)c->commit_in_time, (unsigned long long)c->witnesses, until);
	if (lacks_beacon_key(row, c))
		printf(
		    _("Draw %llu: one of them must be the witness that is its beacon; otherwise it gives no value.\n"),
		    (unsigned long long)row->n);
}

static void
print_outcome_needs(const struct draw_row *row, const struct draw_assurance *c)
{
	char until[CLOCK_TEXT];

	clock_text(row->draw_time + OUTCOME_DELAY_S, until);
	printf(_("Draw %llu: the outcome is cosigned by %llu of %llu witnesses; more than half must do so until %s.\n"),
	    (unsigned long long)row->n, (unsigned long long)c->outcome_in_time, (unsigned long long)c->witnesses,
	    until);
}

static void
print_value_needs(struct needs *o, const struct draw_row *row, const struct draw_assurance *c)
{
	char fault[BEACON_FAULT] = "";

	(void)beacons_fault(o->cli->store, row->n, fault, NULL);
	if (lacks_beacon_key(row, c))
		printf(_("Draw %llu: its beacon will never come, since that witness did not cosign the commitment in "
		         "time: \"spotcheck void %llu "
		         "--reason 'beacon: …'\".\n"),
		    (unsigned long long)row->n, (unsigned long long)row->n);
	else if (row->source == SOURCE_PUBLIC)
		printf(_("Draw %llu: its value is to be made in public now, then \"spotcheck draw %llu\".\n"),
		    (unsigned long long)row->n, (unsigned long long)row->n);
	else if (fault[0] != '\0' || row->source == SOURCE_DRAND)
		printf(_("Draw %llu: waits for the value of its beacon, %s%s%s.\n"), (unsigned long long)row->n,
		    source_name(row->source), fault[0] == '\0' ? "" : ": ", fault);
	else
		printf(_("Draw %llu: its beacon is to be carried, \"spotcheck cosign DIR --key FILE --beacon %llu\" "
		         "there, \"spotcheck cosignature add "
		         "FILE\" here.\n"),
		    (unsigned long long)row->n, (unsigned long long)row->n);
}

static int
report_draw_needs(void *ctx, const struct draw_row *row)
{
	struct needs *o = ctx;
	struct draw_assurance c;
	int64_t now = o->cli->now;

	if (row->outcome != OUTCOME_NONE && now > row->draw_time + OUTCOME_DELAY_S)
		return 0;
	o->rc = draw_assurance_read(o->cli->store, row, &c, &o->cli->err);
	if (o->rc != 0)
		return o->rc;
	if (row->outcome == OUTCOME_NONE && now <= row->draw_time - COMMIT_LEAD_S && c.witnesses > 0 &&
	    (!cosigned_majority(c.commit_in_time, c.witnesses) || lacks_beacon_key(row, &c))) {
		o->short_of++;
		if (o->prints)
			print_commit_needs(row, &c);
	}
	if (row->outcome == OUTCOME_DRAW && row->source != SOURCE_NONE && c.witnesses > 0 &&
	    !cosigned_majority(c.outcome_in_time, c.witnesses)) {
		o->short_of++;
		if (o->prints)
			print_outcome_needs(row, &c);
	}
	if (row->outcome == OUTCOME_NONE && now >= row->draw_time && row->source != SOURCE_NONE) {
		o->values++;
		if (o->prints)
			print_value_needs(o, row, &c);
	}
	return 0;
}

static int
report_needs(struct needs *o)
{
	for (size_t i = 0; i < o->cli->config.n_witnesses; i++)
		report_witness(o, &o->cli->config.witnesses[i]);
	return o->rc != 0 ? o->rc : draws_each(o->cli->store, report_draw_needs, o, &o->cli->err);
}

/* ---- whether the state may sign ---- */

/* Why the state may not sign, in operator_open's words; "" where it may, or where there is no log yet. */
static int
read_barred(struct cli *cli, char ret_words[static ERR_MESSAGE_BYTES])
{
	struct operator operator = {.config = &cli->config, .store = cli->store, .now = cli->now};
	struct err why = {.tr = cli->err.tr};
	int rc = operator_open(&operator, &why);

	key_wipe(&operator.key);
	ret_words[0] = '\0';
	if (rc == ERR_ABSENT)
		return 0;
	if (rc != 0 && !operator.halted)
		return err_set(&cli->err, rc, "%s", why.message);
	if (rc != 0)
		memcpy(ret_words, why.message, ERR_MESSAGE_BYTES);
	return 0;
}

/* ---- who is away ---- */

#define AWAY_NAMED 8 /* inspectors that are named; the rest is counted */

/* "I003, I007 … (12)": who has leave or is excused today. */
static int
read_away_today(struct cli *cli, struct buf *out)
{
	slot_t today = slot_of(cli->today, 0);
	struct away_days away;
	int rc = away_days_read(cli->store, &today, 1, false, &away, &cli->err);

	for (size_t i = 0; rc == 0 && i < away.n && i < AWAY_NAMED; i++)
		buf_format(out, "%s%s", i == 0 ? "" : ", ", away.v[i].id);
	if (rc == 0 && away.n > AWAY_NAMED)
		buf_format(out, " … (%zu)", away.n);
	away_days_release(&away);
	return rc == 0 && out->failed ? err_memory(&cli->err) : rc;
}

/* ---- the command ---- */

static int
print_status(struct cli *cli, const struct status *s)
{
	char barred[ERR_MESSAGE_BYTES];
	const struct table_column columns[] = {
	    {"log", _("Log"), false},
	    {"entries", _("Entries in the log"), true},
	    {"draws", _("Draws"), true},
	    {"open", _("Committed, not drawn"), true},
	    {"sealed", _("Drawn or voided, not opened yet"), true},
	    {"late", _("Late"), true},
	    {"queued", _("Letters waiting"), true},
	    {"failed", _("Letters failed"), true},
	    {"unknown", _("Letters that may have left"), true},
	    {"away_today", _("Inspectors away today"), false},
	    {"witnesses", NULL, true},
	    {"witnesses_newest", NULL, true},
	    {"draws_short_of_cosignatures", NULL, true},
	    {"draws_waiting_for_value", NULL, true},
	    {"next", NULL, false},
	    {"signs_nothing", NULL, false},
	};
	struct needs o = {.cli = cli, .prints = false};
	char next[256];
	struct table t;
	struct buf away;
	bool good;

	buf_init(&away, 1024);
	if (read_barred(cli, barred) != 0 || report_needs(&o) != 0 || read_away_today(cli, &away) != 0) {
		buf_release(&away);
		return cli_fail(cli);
	}
	status_next(s, language_text, next, sizeof next);
	table_begin(&t, columns, ARRAY_LEN(columns));
	table_string(&t, cli->config.origin);
	table_int(&t, (int64_t)s->entries);
	table_int(&t, (int64_t)s->draws);
	table_int(&t, (int64_t)s->open);
	table_int(&t, (int64_t)s->sealed);
	table_int(&t, (int64_t)s->late);
	table_int(&t, (int64_t)s->queued);
	table_int(&t, (int64_t)s->failed);
	table_int(&t, (int64_t)s->unknown);
	table_text(&t, buf_view(&away));
	buf_release(&away);
	table_int(&t, (int64_t)o.witnesses);
	table_int(&t, (int64_t)o.newest);
	table_int(&t, (int64_t)o.short_of);
	table_int(&t, (int64_t)o.values);
	table_string(&t, next);
	table_string(&t, barred);
	good = table_print_record(&t, cli->json, stdout);
	table_release(&t);
	if (good && !cli->json) {
		o = (struct needs){.cli = cli, .prints = true};
		if (report_needs(&o) != 0)
			return cli_fail(cli);
		printf("%s: %s\n", _("next"), next);
		if (barred[0] != '\0')
			printf(_("Nothing is signed: %s\n"), barred);
	}
	return print_end(cli);
}

static int
run_status(struct cli *cli, int argc, char **argv)
{
	struct status s;
	int status;

	(void)argv;
	if (argc != 1)
		return cli_usage(cli);
	status = cli_store(cli, 0);
	if (status == EXIT_DONE)
		status = cli_calendar(cli);
	if (status != EXIT_DONE)
		return status;
	if (status_read(cli->store, &cli->config, &cli->calendar, cli->now, &s, &cli->err) != 0)
		return cli_fail(cli);
	return print_status(cli, &s);
}

const struct command status_commands[] = {
    {"status", "",
        N_("the state of the service: what is open, what is late, what is needed from outside, what is next"),
        run_status},
    {.name = NULL},
};
