/* One turn: steps that are overdue, each cycle's commitment, publication, alarms, digest, and the next due time. */

#include "app/turn.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "admin/alarms.h"
#include "admin/causes.h"
#include "admin/digest.h"
#include "draws/draws.h"
#include "mail/outbox.h"
#include "mail/outbox_keep.h"
#include "publish/publish.h"
#include "steps/steps.h"
#include "system/clock.h"
#include "text/language.h"

#define CHECK_PAUSE_S 60 /* between two parts of the check of published files */

/* One cycle's part of a turn. */
struct cycle_turn {
	struct turn *turn;
	const struct config_cycle *cycle;
	int64_t next; /* when to look at the cycle again */
};

static void
keep_earlier(int64_t *next, int64_t time)
{
	if (time < *next)
		*next = time;
}

static void
report_event(const struct cycle_turn *p, enum turn_what what, const struct occurrence *o, uint64_t n,
    const char *message)
{
	struct turn_event event = {what, p->cycle, o, n, message};

	if (p->turn->on_event != NULL)
		p->turn->on_event(p->turn->ctx, &event);
}

/* ---- missed occurrences ---- */

static int
miss_occurrence(struct cycle_turn *p, const struct occurrence *o, const char *why, struct err *err)
{
	struct operator *operator = p->turn->operator;
	const char *words = err != NULL && err->tr != NULL ? err->tr(why) : why;
	int rc = store_begin(operator->store, err);

	if (rc == 0)
		rc = plan_settle(operator->store, p->cycle, o, operator->now, 0, words, err);
	if (rc == 0)
		rc = plan_fault(operator->store, p->cycle->name, NULL, operator->now, err);
	if (rc == 0)
		rc = store_commit(operator->store, err);
	store_rollback(operator->store);
	if (rc == 0)
		report_event(p, TURN_MISSED, o, 0, words);
	p->next = operator->now; /* for the occurrence after it */
	return rc;
}

/* A changed beacon or embargo needs a new chain; until the cycle has it, it commits nothing. */
static int
chain_serves(struct cycle_turn *p, bool *ret, struct err *err)
{
	struct step_chain chain;
	int rc = step_chain(p->turn->operator->store, p->cycle->name, &chain, err);

	*ret = rc == 0 && step_chain_serves(&chain, p->cycle);
	return rc == ERR_ABSENT ? 0 : rc;
}

/* ---- a commitment ---- */

/* The time between commitment and draw is kept in full, also for a commitment that is late. */
static int64_t
draw_time_with_lead(const struct occurrence *o, int64_t now)
{
	int64_t least = now + (o->draw_time - o->commit_time);

	return o->draw_time > least ? o->draw_time : least;
}

static int
note_refusal(struct cycle_turn *p, const struct occurrence *o, const struct err *why, struct err *err)
{
	struct operator *operator = p->turn->operator;
	int rc = plan_fault(operator->store, p->cycle->name, why->message, operator->now, err);

	p->next = operator->now + TURN_RETRY_S;
	if (rc == 0)
		report_event(p, TURN_REFUSED, o, 0, why->message);
	return rc;
}

static int
commit_occurrence(struct cycle_turn *p, const struct occurrence *o, struct err *err)
{
	struct operator *operator = p->turn->operator;
	struct step_commit want = {.cycle = p->cycle,
	    .occurrence = o,
	    .draw_time = draw_time_with_lead(o, operator->now)};
	struct err why = {.tr = err == NULL ? NULL : err->tr};
	uint64_t n = 0;
	int rc = step_commit(operator, &want, &n, &why);

	if ((rc == ERR_REFUSED && !operator->halted) || rc == ERR_NOT_YET || rc == ERR_LIMIT)
		return note_refusal(p, o, &why, err);
	if (rc != 0)
		return err_set(err, rc, "%s", why.message);
	rc = plan_fault(operator->store, p->cycle->name, NULL, operator->now, err);
	if (rc != 0)
		return rc;
	report_event(p, TURN_COMMITTED, o, n, NULL);
	p->next = operator->now; /* for the occurrence after it */
	return 0;
}

/* Commits an occurrence whose commitment is due, unless a draw, a chain or a recent refusal stands in the way. */
static int
try_commitment(struct cycle_turn *p, const struct occurrence *o, struct err *err)
{
	struct operator *operator = p->turn->operator;
	int64_t tried = INT64_MIN;
	struct draw_row open;
	bool serves = false;
	int rc = draws_open(operator->store, p->cycle->name, &open, err);

	if (rc == 0) { /* the cycle's last draw comes first; when a public value for it arrives is not known */
		p->next = open.draw_time > operator->now ? open.draw_time : operator->now + TURN_RETRY_S;
		return 0;
	}
	if (rc == ERR_ABSENT)
		rc = chain_serves(p, &serves, err);
	if (rc != 0)
		return rc;
	if (!serves)
		return miss_occurrence(p, o,
		    N_("the beacon or the embargo was changed, and the new chain waits for the old one's openings"),
		    err);
	if (p->cycle->rule.when == WHEN_DURING_HOLIDAY && clock_date(draw_time_with_lead(o, operator->now)) >= o->last)
		return miss_occurrence(p, o, N_("the holiday is over"), err);
	rc = plan_tried(operator->store, p->cycle->name, &tried, NULL, err);
	if (rc != 0)
		return rc;
	if (tried <= operator->now && tried > operator->now - TURN_RETRY_S) {
		p->next = tried + TURN_RETRY_S;
		return 0;
	}
	return commit_occurrence(p, o, err);
}

/* ---- a cycle ---- */

static int
take_cycle_turn(struct cycle_turn *p, struct err *err)
{
	struct operator *operator = p->turn->operator;
	struct plan_next next = {.look = INT64_MAX};
	struct plan plan;
	int rc = plan_open(&plan, operator->store, p->cycle, operator->calendar, operator->now, true, err);

	if (rc == 0)
		rc = plan_next(&plan, &next, err);
	for (size_t i = 0; rc == 0 && i < next.n_missed; i++)
		rc = miss_occurrence(p, &next.missed[i], N_("the next one was due before this one could be committed"),
		    err);
	p->next = next.look;
	if (rc == 0 && next.any && next.next.commit_time <= operator->now)
		rc = try_commitment(p, &next.next, err);
	else if (rc == 0 && next.any)
		keep_earlier(&p->next, next.next.commit_time);
	keep_earlier(&p->next, next.look);
	plan_next_release(&next);
	plan_close(&plan);
	return rc;
}

static int
take_cycles(struct turn *turn, int64_t *next, struct err *err)
{
	const struct config *config = turn->operator->config;

	for (size_t i = 0; i < config->n_cycles; i++) {
		struct cycle_turn p = {.turn = turn, .cycle = &config->cycles[i], .next = INT64_MAX};
		int rc;

		do {
			rc = take_cycle_turn(&p, err);
		} while (rc == 0 && p.next <= turn->operator->now);
		if (rc != 0)
			return rc;
		keep_earlier(next, p.next);
	}
	return 0;
}

/* ---- what is due next ---- */

static int
find_next(const struct turn *turn, int64_t *next, struct err *err)
{
	struct operator *operator = turn->operator;
	int64_t draws = INT64_MAX, letters = INT64_MAX, archive = INT64_MAX;
	int rc = draws_next(operator->store, operator->now, &draws, err);

	if (rc == 0)
		rc = step_archive_next(operator, &archive, err);
	if (rc == 0)
		rc = outbox_next(operator->store, &letters, err);
	/* What is still due after this turn waits for something else: it is looked at again after TURN_RETRY_S. */
	keep_earlier(next, draws > operator->now ? draws : operator->now + TURN_RETRY_S);
	keep_earlier(next, archive > operator->now ? archive : operator->now + TURN_RETRY_S);
	keep_earlier(next, letters > operator->now ? letters : operator->now + TURN_RETRY_S);
	keep_earlier(next, digest_next(operator->now));
	return rc;
}

/* Alarms come last: what this turn has done is no cause any more. */
static int
update_alarms(const struct turn *turn, struct err *err)
{
	struct operator *operator = turn->operator;
	struct alarms *causes = calloc(1, sizeof *causes);
	int rc = causes == NULL ? err_memory(err)
	                        : causes_find(operator->store, operator->config, operator->calendar, operator->now,
	                              language_text, causes, err);

	if (rc == 0 && turn->barred != NULL)
		alarms_add(causes, "state", "%s", turn->barred);
	if (rc == 0 && turn->unmended[0] != '\0')
		alarms_add(causes, "unmended", "%s", turn->unmended);
	if (rc == 0)
		rc = alarms_update(operator->store, operator->config, causes, operator->now, turn->on_alarm, turn->ctx,
		    err);
	free(causes);
	return rc;
}

static int
publish_pending(const struct turn *turn, struct err *err)
{
	struct operator *operator = turn->operator;
	struct err why = {.tr = err == NULL ? NULL : err->tr};
	int rc = turn->unpublished ? 0 : publish_news(operator->store, &operator->key, operator->config, &why);

	/* ERR_REFUSED: a file stands in the way.  It can be moved away, so this is tried again, as for ERR_OUTSIDE. */
	return rc == 0 ? 0 : err_set(err, rc == ERR_REFUSED ? ERR_OUTSIDE : rc, "%s", why.message);
}

/* All steps that need a signature, and their publication. */
static int
take_signed_steps(struct turn *turn, int64_t *next, struct err *err)
{
	struct operator *operator = turn->operator;
	struct err why = {.tr = err == NULL ? NULL : err->tr};
	int rc;

	turn->halted[0] = '\0';
	if (turn->barred != NULL) {
		(void)snprintf(turn->halted, sizeof turn->halted, "%s", turn->barred);
		*next = operator->now + TURN_HALTED_S;
		return 0;
	}
	rc = step_overdue(operator, 0, &why);
	if (rc == 0)
		rc = publish_pending(turn, &why);
	if (rc == 0)
		rc = take_cycles(turn, next, &why);
	if (rc == ERR_REFUSED && operator->halted) {
		memcpy(turn->halted, why.message, sizeof turn->halted);
		*next = operator->now + TURN_HALTED_S;
		rc = 0;
	}
	return rc != 0 ? err_set(err, rc, "%s", why.message) : publish_pending(turn, err);
}

/* Checks all published files once a day, a part of them in each turn. */
static int
check_published_part(struct turn *turn, int64_t *next, struct err *err)
{
	struct operator *operator = turn->operator;
	struct err why = {.tr = err == NULL ? NULL : err->tr};
	int32_t today = clock_date(operator->now);
	bool checked_all = false;
	int rc;

	turn->unmended[0] = '\0';
	if (turn->unpublished || turn->barred != NULL)
		return 0;
	rc = publish_look(operator->store, &operator->key, operator->config, today, &checked_all, &why);
	if (rc == ERR_REFUSED || rc == ERR_OUTSIDE) { /* what is new is published already: the turn goes on */
		memcpy(turn->unmended, why.message, sizeof turn->unmended);
		keep_earlier(next, operator->now + TURN_HALTED_S);
		return 0;
	}
	if (rc != 0)
		return err_set(err, rc, "%s", why.message);
	keep_earlier(next,
	    checked_all ? clock_instant(today + 1, TURN_LOOK_SECOND, NULL) : operator->now + CHECK_PAUSE_S);
	return 0;
}

int
turn_take(struct turn *turn, int64_t *ret_next, struct err *err)
{
	struct operator *operator = turn->operator;
	const struct config *config = operator->config;
	int64_t next = INT64_MAX, texts = INT64_MAX;
	int rc = take_signed_steps(turn, &next, err);

	if (rc == 0)
		rc = check_published_part(turn, &next, err);
	if (rc == 0)
		rc = update_alarms(turn, err);
	if (rc != 0)
		return rc;
	/* A digest vouches for the log, so a state that may not sign writes none. */
	if (turn->barred == NULL)
		rc = digest_queue(operator, err);
	if (rc == 0 && config->mail_scheme == MAIL_MAILDIR)
		rc = outbox_deliver_maildir(operator->store, config->maildir, operator->now, NULL, err);
	if (rc == 0 || rc == ERR_NOT_YET)
		rc = outbox_keep(operator->store, config->mail_keep.n, operator->now, &texts, err);
	keep_earlier(&next, texts);
	if (rc == 0)
		rc = find_next(turn, &next, err);
	if (rc == 0)
		*ret_next = next;
	return rc;
}
