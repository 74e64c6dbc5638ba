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

#define LOOK_PAUSE_S 60 /* between two parts of that */

/* What one cycle's part of the turn finds. */
struct part {
	struct turn *turn;
	const struct config_cycle *cycle;
	int64_t next; /* when to look at the cycle again */
};

static void
earlier(int64_t *next, int64_t time)
{
	if (time < *next)
		*next = time;
}

static void
tell(const struct part *p, enum turn_what what, const struct occurrence *o, uint64_t n, const char *message)
{
	struct turn_event event = {what, p->cycle, o, n, message};

	if (p->turn->tell != NULL)
		p->turn->tell(p->turn->ctx, &event);
}

/* ---- what nothing will come of ---- */

static int
miss(struct part *p, const struct occurrence *o, const char *why, struct err *err)
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
		tell(p, TURN_MISSED, o, 0, words);
	p->next = operator->now; /* and what comes after it */
	return rc;
}

/* A change of beacon or embargo waits for a new chain, and the cycle commits nothing until then. */
static int
chain_serves(struct part *p, bool *ret, struct err *err)
{
	struct step_chain chain;
	int rc = step_chain(p->turn->operator->store, p->cycle->name, &chain, err);

	*ret = rc == 0 && step_chain_serves(&chain, p->cycle);
	return rc == ERR_ABSENT ? 0 : rc;
}

/* ---- a commitment ---- */

/* With its full lead, however late it is. */
static int64_t
draw_time(const struct occurrence *o, int64_t now)
{
	int64_t least = now + (o->draw_time - o->commit_time);

	return o->draw_time > least ? o->draw_time : least;
}

static int
refused(struct part *p, const struct occurrence *o, const struct err *why, struct err *err)
{
	struct operator *operator = p->turn->operator;
	int rc = plan_fault(operator->store, p->cycle->name, why->message, operator->now, err);

	p->next = operator->now + TURN_RETRY_S;
	if (rc == 0)
		tell(p, TURN_REFUSED, o, 0, why->message);
	return rc;
}

static int
commit(struct part *p, const struct occurrence *o, struct err *err)
{
	struct operator *operator = p->turn->operator;
	struct step_commit want = {.cycle = p->cycle, .occurrence = o, .draw_time = draw_time(o, operator->now)};
	struct err why = {.tr = err == NULL ? NULL : err->tr};
	uint64_t n = 0;
	int rc = step_commit(operator, &want, &n, &why);

	if ((rc == ERR_REFUSED && !operator->halted) || rc == ERR_NOT_YET || rc == ERR_LIMIT)
		return refused(p, o, &why, err);
	if (rc != 0)
		return err_set(err, rc, "%s", why.message);
	if ((rc = plan_fault(operator->store, p->cycle->name, NULL, operator->now, err)) != 0)
		return rc;
	tell(p, TURN_COMMITTED, o, n, NULL);
	p->next = operator->now; /* and what comes after it */
	return 0;
}

/* The occurrence's commitment is due: may it be made? */
static int
try(struct part *p, const struct occurrence *o, struct err *err)
{
	struct operator *operator = p->turn->operator;
	int64_t tried = INT64_MIN;
	struct draw_row open;
	bool serves = false;
	int rc = draws_open(operator->store, p->cycle->name, &open, err);

	if (rc == 0) { /* the draw before comes first; one that needs a value comes when it comes */
		p->next = open.draw_time > operator->now ? open.draw_time : operator->now + TURN_RETRY_S;
		return 0;
	}
	if (rc != ERR_ABSENT || (rc = chain_serves(p, &serves, err)) != 0)
		return rc;
	if (!serves)
		return miss(p, o,
		    N_("the beacon or the embargo was changed, and the new chain waits for the old one's openings"),
		    err);
	if (p->cycle->rule.when == WHEN_DURING_HOLIDAY && clock_date(draw_time(o, operator->now)) >= o->last)
		return miss(p, o, N_("the holiday is over"), err);
	if ((rc = plan_tried(operator->store, p->cycle->name, &tried, NULL, err)) != 0)
		return rc;
	if (tried <= operator->now && tried > operator->now - TURN_RETRY_S) {
		p->next = tried + TURN_RETRY_S;
		return 0;
	}
	return commit(p, o, err);
}

/* ---- a cycle ---- */

static int
take_cycle(struct part *p, struct err *err)
{
	struct operator *operator = p->turn->operator;
	struct plan_next next = {.look = INT64_MAX};
	struct plan plan;
	int rc = plan_open(&plan, operator->store, p->cycle, operator->calendar, operator->now, true, err);

	if (rc == 0)
		rc = plan_next(&plan, &next, err);
	for (size_t i = 0; rc == 0 && i < next.n_missed; i++)
		rc = miss(p, &next.missed[i], N_("the next one was due before this one could be committed"), err);
	p->next = next.look;
	if (rc == 0 && next.any && next.next.commit_time <= operator->now)
		rc = try(p, &next.next, err);
	else if (rc == 0 && next.any)
		earlier(&p->next, next.next.commit_time);
	earlier(&p->next, next.look);
	plan_next_release(&next);
	plan_close(&plan);
	return rc;
}

static int
take_cycles(struct turn *turn, int64_t *next, struct err *err)
{
	const struct config *config = turn->operator->config;

	for (size_t i = 0; i < config->n_cycles; i++) {
		struct part p = {.turn = turn, .cycle = &config->cycles[i], .next = INT64_MAX};
		int rc;

		do {
			rc = take_cycle(&p, err);
		} while (rc == 0 && p.next <= turn->operator->now);
		if (rc != 0)
			return rc;
		earlier(next, p.next);
	}
	return 0;
}

/* ---- what is due next ---- */

static int
find_next(const struct turn *turn, int64_t *next, struct err *err)
{
	struct operator *operator = turn->operator;
	int64_t draws = INT64_MAX, letters = INT64_MAX;
	int rc = draws_next(operator->store, operator->now, &draws, err);

	if (rc == 0)
		rc = outbox_next(operator->store, &letters, err);
	/* What stays due though it was its turn waits for something else. */
	earlier(next, draws > operator->now ? draws : operator->now + TURN_RETRY_S);
	earlier(next, letters > operator->now ? letters : operator->now + TURN_RETRY_S);
	earlier(next, digest_next(operator->now));
	return rc;
}

/* What somebody must look after, once all that could be done is. */
static int
settle_alarms(const struct turn *turn, struct err *err)
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
		rc = alarms_settle(operator->store, operator->config, causes, operator->now, turn->alarm, turn->ctx,
		    err);
	free(causes);
	return rc;
}

static int
show(const struct turn *turn, struct err *err)
{
	struct operator *operator = turn->operator;
	struct err why = {.tr = err == NULL ? NULL : err->tr};
	int rc = turn->unpublished ? 0 : publish_news(operator->store, &operator->key, operator->config, &why);

	/* What stands in the way can be moved away, and until then it is tried again. */
	return rc == 0 ? 0 : err_set(err, rc == ERR_REFUSED ? ERR_OUTSIDE : rc, "%s", why.message);
}

/* All that may want a signature, and its publication. */
static int
take_signed(struct turn *turn, int64_t *next, struct err *err)
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
	if ((rc = step_overdue(operator, 0, &why)) == 0 && (rc = show(turn, &why)) == 0)
		rc = take_cycles(turn, next, &why);
	if (rc == ERR_REFUSED && operator->halted) {
		memcpy(turn->halted, why.message, sizeof turn->halted);
		*next = operator->now + TURN_HALTED_S;
		rc = 0;
	}
	return rc != 0 ? err_set(err, rc, "%s", why.message) : show(turn, err);
}

/* Once a day all that is published is looked at, a part at a turn. */
static int
look_at_published(struct turn *turn, int64_t *next, struct err *err)
{
	struct operator *operator = turn->operator;
	struct err why = {.tr = err == NULL ? NULL : err->tr};
	int32_t today = clock_date(operator->now);
	bool over = false;
	int rc;

	turn->unmended[0] = '\0';
	if (turn->unpublished || turn->barred != NULL)
		return 0;
	rc = publish_look(operator->store, &operator->key, operator->config, today, &over, &why);
	if (rc == ERR_REFUSED || rc == ERR_OUTSIDE) { /* all news is published: no reason to stop */
		memcpy(turn->unmended, why.message, sizeof turn->unmended);
		earlier(next, operator->now + TURN_HALTED_S);
		return 0;
	}
	if (rc != 0)
		return err_set(err, rc, "%s", why.message);
	earlier(next, over ? clock_instant(today + 1, TURN_LOOK_SECOND, NULL) : operator->now + LOOK_PAUSE_S);
	return 0;
}

int
turn_take(struct turn *turn, int64_t *ret_next, struct err *err)
{
	struct operator *operator = turn->operator;
	const struct config *config = operator->config;
	int64_t next = INT64_MAX, texts = INT64_MAX;
	int rc;

	if ((rc = take_signed(turn, &next, err)) != 0 || (rc = look_at_published(turn, &next, err)) != 0 ||
	    (rc = settle_alarms(turn, err)) != 0)
		return rc;
	/* A digest vouches for the log. */
	if (turn->barred == NULL)
		rc = digest_take(operator, err);
	if (rc == 0 && config->mail_scheme == MAIL_MAILDIR)
		rc = outbox_deliver_maildir(operator->store, config->maildir, operator->now, NULL, err);
	if (rc == 0 || rc == ERR_NOT_YET)
		rc = outbox_keep(operator->store, config->mail_keep.n, operator->now, &texts, err);
	earlier(&next, texts);
	if (rc == 0)
		rc = find_next(turn, &next, err);
	if (rc == 0)
		*ret_next = next;
	return rc;
}
