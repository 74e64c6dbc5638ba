/* The value of a public draw: asked at the terminal, shown and confirmed; and the note of who was present. */

#include "cli/ceremony.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/draw_values.h"
#include "core/base/json.h"
#include "core/base/text.h"
#include "core/format/entry.h"
#include "ledger/ledger.h"
#include "steps/steps.h"

#define GROUP_SYMBOLS 5   /* symbols without a gap */
#define GROUPS_PER_LINE 4 /* groups on a line */

void
ceremony_release(struct ceremony *ceremony)
{
	if (ceremony == NULL)
		return;
	free(ceremony->value);
	free(ceremony->present);
	*ceremony = (struct ceremony){.value = NULL};
}

/* Prints the value in full-width characters, in groups, so that people can compare it with the dice on the table. */
static void
show_large(const char *value)
{
	size_t n = strlen(value);

	(void)putchar('\n');
	for (size_t i = 0; i < n; i++) {
		unsigned wide =
		    (unsigned)(unsigned char)value[i] + 0xFEE0; /* the full-width form of a printable ASCII character */

		printf("%s%c%c%c",
		    i % (GROUP_SYMBOLS * GROUPS_PER_LINE) == 0 ? "\n    "
		        : i % GROUP_SYMBOLS == 0               ? "    "
		                                               : " ",
		    (char)(0xE0 | wide >> 12), (char)(0x80 | (wide >> 6 & 0x3F)), (char)(0x80 | (wide & 0x3F)));
	}
	(void)puts("\n");
}

static int
check_ceremony_value(struct cli *cli, const struct beacon *beacon, const char *value)
{
	return step_check_value(beacon, value, &cli->err) == 0 ? EXIT_DONE : cli_fail(cli);
}

static int
refuse_ceremony(struct cli *cli, const char *message)
{
	(void)err_set(&cli->err, ERR_REFUSED, "%s", message);
	return cli_fail(cli);
}

/* Has the value typed twice, against typing errors; a given one is typed once more. */
static int
type_value(struct cli *cli, uint64_t n, const struct beacon *beacon, struct ceremony *c)
{
	char label[TEXT_REASON_MAX], symbols[2 * SYMBOLS_MAX];
	size_t label_len = json_unescape(beacon->label, label), n_symbols = json_unescape(beacon->symbols, symbols);
	char *again;
	int status;

	if (c->value == NULL) {
		printf(_("Draw %llu takes its value from %.*s: %llu of %.*s, in the order thrown.\n"),
		    (unsigned long long)n, (int)label_len, label, (unsigned long long)beacon->count, (int)n_symbols,
		    symbols);
		c->value = cli_ask(_("What was thrown"), NULL);
		if (c->value == NULL)
			return refuse_ceremony(cli, _("no value was given: nothing is drawn"));
		status = check_ceremony_value(cli, beacon, c->value);
		if (status != EXIT_DONE)
			return status;
	}
	again = cli_ask(_("The same again"), NULL);
	status = again == NULL || strcmp(again, c->value) != 0
	    ? refuse_ceremony(cli, _("it is not the same: nothing is drawn"))
	    : EXIT_DONE;
	free(again);
	return status;
}

static int
confirm_value(struct cli *cli, struct ceremony *c)
{
	char *answer;
	bool yes;

	if (c->present[0] == '\0') {
		free(c->present);
		if ((c->present = cli_ask(_("Who is present, by post"), NULL)) == NULL)
			return refuse_ceremony(cli, _("nobody agreed to it: nothing is drawn"));
	}
	answer = cli_ask(_("Is this what was thrown? It cannot be changed afterwards (yes, no)"), "no");
	yes = answer != NULL && (strcmp(answer, "yes") == 0 || strcmp(answer, _("yes")) == 0);
	free(answer);
	return yes ? EXIT_DONE : refuse_ceremony(cli, _("nobody agreed to it: nothing is drawn"));
}

static int
ask_and_confirm(struct cli *cli, uint64_t n, const struct beacon *beacon, bool from_file, struct ceremony *c)
{
	bool at_terminal = isatty(STDIN_FILENO) && !cli->json;
	int status = c->value == NULL ? EXIT_DONE : check_ceremony_value(cli, beacon, c->value);

	if (status != EXIT_DONE || (c->value == NULL && !at_terminal))
		return status; /* step_draw refuses it for want of a value */
	if (at_terminal && !from_file)
		status = type_value(cli, n, beacon, c);
	if (status == EXIT_DONE && !cli->json)
		show_large(c->value);
	return status == EXIT_DONE && at_terminal ? confirm_value(cli, c) : status;
}

int
ceremony_hold(struct cli *cli, uint64_t n, const char *value, const char *present, struct ceremony *ret)
{
	struct commit commit;
	struct draw_row row;
	struct buf bytes;
	int64_t time;
	int status = EXIT_DONE;

	*ret = (struct ceremony){.present = strdup(present == NULL ? "" : present)};
	if (ret->present == NULL || (value != NULL && draw_value_read(value, &ret->value, &cli->err) != 0))
		return ret->present == NULL ? EXIT_OUTSIDE : cli_fail(cli);
	if (text_check_reason(slice_of(ret->present)) != TEXT_OK)
		return cli_usage_error(_("--present has more than 1024 bytes, or characters that cannot be shown"));
	if (draws_find(cli->store, n, &row, NULL) != 0 || row.source != SOURCE_PUBLIC || row.outcome != OUTCOME_NONE ||
	    cli->now < row.draw_time)
		return EXIT_DONE;
	if (ledger_entry(cli->store, row.commit_entry, &bytes, &cli->err) != 0)
		return cli_fail(cli);
	if (commit_parse(buf_view(&bytes), &commit, &time, &cli->err) != 0) {
		status = cli_fail(cli);
	} else {
		status = ask_and_confirm(cli, n, &commit.beacon, value != NULL && value[0] == '@', ret);
		commit_release(&commit);
	}
	buf_release(&bytes);
	return status;
}

int
ceremony_note(struct cli *cli, uint64_t n, const struct ceremony *c)
{
	struct query q;

	if (c->present[0] == '\0')
		return EXIT_DONE;
	query_open(&q, cli->store, "INSERT OR REPLACE INTO draw_ceremony (n, time, by, present) VALUES (?, ?, ?, ?)");
	query_put_int(&q, (int64_t)n);
	query_put_int(&q, cli->now);
	query_put_string(&q, cli_by(NULL));
	query_put_string(&q, c->present);
	query_run(&q);
	return query_close(&q, &cli->err) == 0 ? EXIT_DONE : cli_fail(cli);
}

char *
ceremony_present(struct cli *cli, uint64_t n)
{
	char *present = NULL;
	struct query q;

	query_open(&q, cli->store, "SELECT present FROM draw_ceremony WHERE n = ?");
	query_put_int(&q, (int64_t)n);
	if (query_row(&q))
		present = slice_dup(query_text(&q, 0));
	(void)query_close(&q, NULL);
	return present;
}
