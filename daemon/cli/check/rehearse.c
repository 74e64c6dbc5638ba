/* `check`: rehearses each cycle's draw, and reports visits that could not be kept. */

#include <stdio.h>

#include "cli/check/check.h"
#include "cli/unkept_print.h"
#include "ledger/operator.h"
#include "text/language.h"

#define WHERE_MAX 64
#define DRAWS 19 /* after the first; fewer where they take long */
#define WORDS_MAX ((size_t)1 << 16)

/* "T005, 2026-06-24 09:00: I007 is away at 3 of 5 slots. What would help: …" */
static int
put_example(struct check *check, const struct rehearsal *r, const struct operator *operator,
    const struct config_cycle *cycle, struct buf *out)
{
	struct err *err = &check->cli->err;
	struct remedies remedies;
	struct unkept unkept;
	size_t first = 0;
	int rc = unkept_of_draw(&r->input, &r->draw, &unkept, err);

	if (rc == 0)
		rc = remedies_find(r, operator, cycle, &remedies, err);
	if (rc == 0 && unkept.n > 0) {
		while (unkept.kept[first])
			first++;
		kept_explain(&unkept.input, first, language_text, out);
		buf_text(out, ". ");
		put_remedies(&remedies, out);
	}
	unkept_release(&unkept);
	return rc;
}

static int
say_unkept(struct check *check, const char *where, const struct rehearsal_sum *sum, struct buf *example)
{
	if (example->failed)
		return err_memory(&check->cli->err);
	check_say(check, CHECK_HINT, where, _("of %zu visits in %zu rehearsals %zu cannot be kept, such as %.*s"),
	    sum->visits, sum->draws, sum->unkept, SLICE_ARGS(buf_view(example)));
	return 0;
}

/* What makes the rehearsal itself impossible is what the other parts report. */
static int
rehearse_cycle(struct check *check, const struct config_cycle *cycle)
{
	struct cli *cli = check->cli;
	const struct operator operator = {.config = &cli->config,
	    .calendar = &cli->calendar,
	    .store = cli->store,
	    .now = cli->now,
	    .progress = &cli->progress};
	struct err refused = {.tr = cli->err.tr};
	struct rehearsal_sum sum = {0};
	struct rehearsal r;
	struct buf example;
	char where[WHERE_MAX];
	int rc = rehearsal_make(&r, &operator, cycle, &refused);

	buf_init(&example, WORDS_MAX);
	if (rc == 0)
		rc = rehearsal_again(&r, DRAWS, &sum, &refused);
	if (rc != 0)
		rc = rc == ERR_MEMORY ? err_copy(&cli->err, &refused) : 0;
	if (rc == 0 && sum.unkept > 0)
		rc = put_example(check, &r, &operator, cycle, &example);
	(void)snprintf(where, sizeof where, "[cycle %s]", cycle->name);
	if (rc == 0 && sum.unkept > 0)
		rc = say_unkept(check, where, &sum, &example);
	buf_release(&example);
	rehearsal_release(&r);
	return rc;
}

int
check_rehearsals(struct check *check)
{
	const struct config *config = &check->cli->config;
	int rc = 0;

	for (size_t i = 0; check->has_calendar && check->cli->store != NULL && rc == 0 && i < config->n_cycles; i++)
		rc = rehearse_cycle(check, &config->cycles[i]);
	return rc == 0 ? EXIT_DONE : cli_fail(check->cli);
}
