/* `outbox`: lists letters without their text, and retries or cancels one. */

#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "cli/draw_session.h"
#include "core/base/array.h"
#include "core/base/json.h"
#include "core/base/text.h"
#include "letters/letter.h"
#include "mail/outbox.h"
#include "steps/steps.h"
#include "system/clock.h"
#include "text/printable.h"
#include "text/table.h"

/* Translates the kind of a draw's letter; other kinds are shown as they are. */
static struct slice
kind_words(struct slice kind)
{
	for (unsigned i = 0; i < LETTER_KINDS; i++)
		if (slice_is(kind, letter_kind_name((enum letter_kind)i)))
			return slice_of(_(letter_kind_name((enum letter_kind)i)));
	return kind;
}

/* ---- list ---- */

struct letter_list {
	const struct cli *cli;
	struct table table;
};

static int
put_letter_row(void *ctx, const struct outbox_row *row)
{
	struct letter_list *list = ctx;
	struct table *t = &list->table;
	bool json = list->cli->json, waits = row->state == OUTBOX_QUEUED;
	const char *state = outbox_state_name(row->state);

	table_int(t, row->id);
	table_string(t, json ? state : _(state));
	table_int(t, (int64_t)row->draw);
	table_int(t, (int64_t)row->amendment);
	table_text(t, row->inspector);
	table_date(t, row->day == 0 ? DATE_NONE : row->day);
	table_text(t, json ? row->kind : kind_words(row->kind));
	table_text(t, row->recipient);
	table_int(t, (int64_t)row->attempts);
	table_time(t, waits ? row->next_at : row->changed);
	table_text(t, row->reply);
	return 0;
}

static int
list_letters(struct cli *cli)
{
	const struct table_column columns[] = {
	    {"id", _("ID"), true},
	    {"state", _("State"), false},
	    {"draw", _("Draw"), true},
	    {"amendment", _("Amendment"), true},
	    {"inspector", _("Inspector"), false},
	    {"day", _("Visit on"), false},
	    {"kind", _("Kind"), false},
	    {"recipient", _("To"), false},
	    {"attempts", _("Attempts"), true},
	    {"time", _("Sent, or next try"), false},
	    {"reply", _("Last reply"), false},
	};
	struct letter_list list = {.cli = cli};
	int status = EXIT_DONE;

	table_begin(&list.table, columns, ARRAY_LEN(columns));
	if (outbox_list(cli->store, put_letter_row, &list, &cli->err) != 0)
		status = cli_fail(cli);
	else if (!table_print(&list.table, cli->json, stdout))
		status = cli_output_failed(cli);
	table_release(&list.table);
	return status;
}

/* ---- show ---- */

struct shown_letter {
	struct cli *cli;
	struct table table; /* for people */
	struct buf json;    /* the letter, after its attempts */
	int64_t id;
};

static void
put_letter_text(struct buf *out, const char *key, struct slice value)
{
	struct buf clean;

	buf_init(&clean, out->max);
	plain_put(&clean, value);
	buf_format(out, ",\"%s\":", key);
	json_put_string(out, buf_view(&clean));
	out->failed |= clean.failed;
	buf_release(&clean);
}

static void
put_letter_time(struct buf *out, const char *key, int64_t time)
{
	char text[TIME_TEXT];

	text_from_time(time, text);
	put_letter_text(out, key, slice_of(text));
}

static int
put_letter_json(void *ctx, const struct outbox_row *row)
{
	struct buf *out = &((struct shown_letter *)ctx)->json;
	char day[DATE_TEXT];

	put_letter_time(out, "changed", row->changed);
	put_letter_time(out, "created", row->created);
	text_from_date(row->day, day);
	if (row->day != 0)
		put_letter_text(out, "day", slice_of(day));
	if (row->digest.n > 0)
		put_letter_text(out, "digest", row->digest);
	buf_format(out, ",\"draw\":%llu", (unsigned long long)row->draw);
	put_letter_time(out, "give_up", row->give_up);
	buf_format(out, ",\"id\":%lld", (long long)row->id);
	put_letter_text(out, "inspector", row->inspector);
	put_letter_text(out, "kind", row->kind);
	put_letter_text(out, "message_id", row->message_id);
	put_letter_time(out, "next", row->next_at);
	put_letter_time(out, "not_before", row->not_before);
	put_letter_text(out, "recipient", row->recipient);
	if (row->removed != 0)
		put_letter_time(out, "removed", row->removed);
	put_letter_text(out, "sender", row->sender);
	buf_format(out, ",\"size\":%zu", row->message_len);
	put_letter_text(out, "state", slice_of(outbox_state_name(row->state)));
	put_letter_text(out, "subject", row->subject);
	buf_text(out, "}\n");
	return 0;
}

static int
put_amendment_json(void *ctx, const struct outbox_row *row)
{
	struct shown_letter *letter = ctx;

	buf_format(&letter->json, "{\"amendment\":%llu,\"attempts\":[", (unsigned long long)row->amendment);
	return 0;
}

static int
put_attempt_json(void *ctx, const struct outbox_attempt *attempt)
{
	struct buf *out = &((struct shown_letter *)ctx)->json;
	char time[TIME_TEXT];

	text_from_time(attempt->at, time);
	buf_format(out, "%s{\"at\":\"%s\"", out->data[out->len - 1] == '}' ? "," : "", time);
	put_letter_text(out, "reply", attempt->reply);
	put_letter_text(out, "result", slice_of(outbox_state_name(attempt->result)));
	buf_byte(out, '}');
	return 0;
}

/* Canonical JSON wants its keys in order, so the attempts come second. */
static int
print_letter_json(struct shown_letter *letter)
{
	struct cli *cli = letter->cli;

	if (outbox_get(cli->store, letter->id, put_amendment_json, letter, &cli->err) != 0 ||
	    outbox_attempts(cli->store, letter->id, put_attempt_json, letter, &cli->err) != 0)
		return cli_fail(cli);
	buf_byte(&letter->json, ']');
	if (outbox_get(cli->store, letter->id, put_letter_json, letter, &cli->err) != 0)
		return cli_fail(cli);
	if (letter->json.failed || fwrite(letter->json.data, 1, letter->json.len, stdout) != letter->json.len)
		return cli_output_failed(cli);
	return EXIT_DONE;
}

static int
put_letter_cells(void *ctx, const struct outbox_row *row)
{
	struct table *t = &((struct shown_letter *)ctx)->table;

	table_int(t, row->id);
	table_string(t, _(outbox_state_name(row->state)));
	table_time(t, row->changed);
	table_int(t, (int64_t)row->draw);
	table_int(t, (int64_t)row->amendment);
	table_text(t, row->inspector);
	table_date(t, row->day == 0 ? DATE_NONE : row->day);
	table_text(t, kind_words(row->kind));
	table_text(t, row->sender);
	table_text(t, row->recipient);
	table_text(t, row->subject);
	table_text(t, row->message_id);
	if (row->removed == 0)
		table_int(t, (int64_t)row->message_len);
	else
		table_string(t, "");
	table_text(t, row->digest);
	table_time(t, row->created);
	table_time(t, row->not_before);
	if (row->state == OUTBOX_QUEUED) {
		table_time(t, row->next_at);
		table_time(t, row->give_up);
	}
	return 0;
}

/* Prints how long the text was kept; mail.keep may have changed since. */
static int
say_removed(void *ctx, const struct outbox_row *row)
{
	long long days = (row->removed - row->changed) / 86400;
	char date[DATE_TEXT];

	(void)ctx;
	if (row->removed == 0)
		return 0;
	text_from_date(clock_date(row->removed), date);
	printf(ngettext("Its text was removed on %s, %lld day after it was done (mail.keep); above is the SHA-256 of "
	                "what it was.\n",
	           "Its text was removed on %s, %lld days after it was done (mail.keep); above is the SHA-256 of what "
	           "it was.\n",
	           (unsigned long)days),
	    date, days);
	return 0;
}

static int
read_letter_state(void *ctx, const struct outbox_row *row)
{
	*(enum outbox_state *)ctx = row->state;
	return 0;
}

static int
print_letter(struct shown_letter *letter)
{
	const struct table_column columns[] = {
	    {"id", _("ID"), true},
	    {"state", _("State"), false},
	    {"changed", _("Since"), false},
	    {"draw", _("Draw"), true},
	    {"amendment", _("Amendment"), true},
	    {"inspector", _("Inspector"), false},
	    {"day", _("Visit on"), false},
	    {"kind", _("Kind"), false},
	    {"sender", _("From"), false},
	    {"recipient", _("To"), false},
	    {"subject", _("Subject"), false},
	    {"message_id", "Message-ID", false},
	    {"size", _("Bytes"), true},
	    {"sha256", "SHA-256", false},
	    {"created", _("Written"), false},
	    {"not_before", _("Not before"), false},
	    {"next", _("Next try"), false}, /* these two: only for queued letters */
	    {"give_up", _("Given up"), false},
	};
	struct cli *cli = letter->cli;
	enum outbox_state state = OUTBOX_QUEUED;
	size_t n = ARRAY_LEN(columns);
	int status = EXIT_DONE;

	if (outbox_get(cli->store, letter->id, read_letter_state, &state, &cli->err) != 0)
		return cli_fail(cli);
	table_begin(&letter->table, columns, state == OUTBOX_QUEUED ? n : n - 2);
	if (outbox_get(cli->store, letter->id, put_letter_cells, letter, &cli->err) != 0)
		status = cli_fail(cli);
	else if (!table_print_record(&letter->table, false, stdout))
		status = cli_output_failed(cli);
	else if (outbox_get(cli->store, letter->id, say_removed, NULL, &cli->err) != 0)
		status = cli_fail(cli);
	table_release(&letter->table);
	return status;
}

static int
put_attempt_row(void *ctx, const struct outbox_attempt *attempt)
{
	struct table *t = &((struct shown_letter *)ctx)->table;

	table_time(t, attempt->at);
	table_string(t, _(outbox_state_name(attempt->result)));
	table_text(t, attempt->reply);
	return 0;
}

static int
print_attempts(struct shown_letter *letter)
{
	const struct table_column columns[] = {
	    {"at", _("Attempt"), false},
	    {"result", _("Result"), false},
	    {"reply", _("Reply"), false},
	};
	struct cli *cli = letter->cli;
	int status = EXIT_DONE;

	table_begin(&letter->table, columns, ARRAY_LEN(columns));
	if (outbox_attempts(cli->store, letter->id, put_attempt_row, letter, &cli->err) != 0)
		status = cli_fail(cli);
	else if (letter->table.n_cells > 0 && (putchar('\n') == EOF || !table_print(&letter->table, false, stdout)))
		status = cli_output_failed(cli);
	table_release(&letter->table);
	return status;
}

static int
show_letter(struct cli *cli, int64_t id)
{
	struct shown_letter letter = {.cli = cli, .id = id};
	int status;

	buf_init(&letter.json, 16 * 1024 * 1024);
	if (cli->json) {
		status = print_letter_json(&letter);
	} else {
		status = print_letter(&letter);
		if (status == EXIT_DONE)
			status = print_attempts(&letter);
	}
	buf_release(&letter.json);
	return status;
}

/* ---- retry, cancel ---- */

/* Reports why the maildir could not take the letter. */
static int
report_failure(void *ctx, const struct outbox_row *row)
{
	struct cli *cli = ctx;

	if (row->state == OUTBOX_SENT || row->not_before > cli->now) /* or it is not due yet */
		return 0;
	return err_set(&cli->err, ERR_OUTSIDE, N_("letter %lld: %.*s"), (long long)row->id, SLICE_ARGS(row->reply));
}

/* With a maildir, delivers what is due now; does nothing while another process does that. */
static int
deliver_due_letters(struct cli *cli, int64_t id)
{
	int rc;

	if (cli->config.mail_scheme != MAIL_MAILDIR)
		return EXIT_DONE;
	rc = outbox_deliver_maildir(cli->store, cli->config.maildir, cli->now, NULL, &cli->err);
	if (rc == ERR_NOT_YET)
		return EXIT_DONE;
	if (rc == 0)
		rc = outbox_get(cli->store, id, report_failure, cli, &cli->err);
	return rc == 0 ? EXIT_DONE : cli_fail(cli);
}

/* Makes a letter again that could not be made, because of its address or a certificate. */
static int
make_letter_again(struct cli *cli, int64_t id)
{
	struct draw_session session;
	int status = draw_session_open(&session, cli, DRAW_SESSION_KEY | DRAW_SESSION_LETTERS);

	if (status == EXIT_DONE && step_letter_again(&session.operator, id, &cli->err) != 0)
		status = cli_fail(cli);
	return draw_session_close(&session, status);
}

static int
run_retry(struct cli *cli, int64_t id)
{
	enum outbox_state state = OUTBOX_QUEUED;
	struct outbox_key key;
	bool faulty = false;
	int status;

	if (outbox_fault(cli->store, id, &key, &faulty, &cli->err) != 0 ||
	    outbox_get(cli->store, id, read_letter_state, &state, &cli->err) != 0)
		return cli_fail(cli);
	if (faulty && key.draw > 0)
		status = make_letter_again(cli, id);
	else if (state == OUTBOX_SENDING && cli->config.mail_scheme == MAIL_MAILDIR)
		status = EXIT_DONE; /* its delivery was interrupted or is still running: delivering finds out */
	else if (outbox_retry(cli->store, id, cli_by(NULL), cli->now, cli->config.mail_retry_for.n, &cli->err) != 0)
		status = cli_fail(cli);
	else
		status = EXIT_DONE;
	if (status == EXIT_DONE)
		status = deliver_due_letters(cli, id);
	cli_wake(cli);
	return status;
}

static int
run_cancel(struct cli *cli, int64_t id)
{
	if (outbox_cancel(cli->store, id, cli_by(NULL), cli->now, &cli->err) != 0)
		return cli_fail(cli);
	cli_set_done(cli, _("letter %lld is cancelled"), (long long)id);
	cli_wake(cli);
	return EXIT_DONE;
}

static int
run_outbox(struct cli *cli, int argc, char **argv)
{
	const char *verb = argc < 2 ? "list" : argv[1];
	int (*with_id)(struct cli * cli, int64_t id) = strcmp(verb, "show") == 0 ? show_letter
	    : strcmp(verb, "retry") == 0                                         ? run_retry
	    : strcmp(verb, "cancel") == 0                                        ? run_cancel
	                                                                         : NULL;
	uint64_t id = 0;
	int status;

	if (with_id == NULL ? argc > 2 || strcmp(verb, "list") != 0 : argc != 3)
		return cli_usage(cli);
	if (with_id != NULL && !text_to_uint(slice_of(argv[2]), &id))
		return cli_usage_error(_("\"%s\" is no letter's number; \"outbox list\" shows them"), argv[2]);
	status = cli_store(cli, 0);
	if (status != EXIT_DONE)
		return status;
	return with_id == NULL ? list_letters(cli) : with_id(cli, (int64_t)id);
}

const struct command outbox_commands[] = {
    {"outbox", N_("[list | show ID | retry ID | cancel ID]"), N_("letters: what waits, what has left, what has failed"),
        run_outbox},
    {.name = NULL},
};
