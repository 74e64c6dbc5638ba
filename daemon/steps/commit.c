/* The commitment: rosters, rules and a link of the chain, fixed in public before the draw. */

#include <sodium.h>
#include <stdlib.h>

#include "core/log/cosigned.h"
#include "draws/draws.h"
#include "draws/plan.h"
#include "draws/snapshot.h"
#include "draws/write.h"
#include "ledger/ledger.h"
#include "letters/notices_keep_free.h"
#include "rosters/codes.h"
#include "rosters/rosters.h"
#include "steps/steps_private.h"
#include "system/clock.h"

/*
 * So that a mistyped year does not hold up the cycle: a draw, void or not, and those after it open at its reveal_time.
 */
#define LEAD_DAYS_MAX 400
#define COSIGNING_S 60 /* the least time that a witness is given for cosigning the commitment */

/* ---- when ---- */

static int
choose_draw_time(const struct operator *operator, const struct step_commit *want, int64_t time, int64_t *ret,
    struct err *err)
{
	int64_t draw_time = want->draw_time;
	char text[CLOCK_TEXT];

	if (want->run)
		draw_time = time;
	else if (want->draw_time == STEP_LEAD)
		draw_time = calendar_shift(operator->calendar, clock_zone(), time, &want->cycle->rule.commit, 1);
	if (draw_time < time)
		return err_set(err, ERR_REFUSED, N_("the draw cannot be before its commitment"));
	if (draw_time > time + (int64_t)LEAD_DAYS_MAX * DAY_S) {
		clock_text(draw_time, text);
		return err_set(err, ERR_REFUSED, N_("%s is more than %d days away"), text, LEAD_DAYS_MAX);
	}
	*ret = draw_time;
	return 0;
}

/* A witness gives its beacon only for a commitment that it cosigned in time: there must be time for that. */
static int
check_lead(const struct config_cycle *cycle, int64_t time, int64_t draw_time, struct err *err)
{
	if (cycle->beacon != SOURCE_WITNESS || draw_time >= time + COMMIT_LEAD_S + COSIGNING_S)
		return 0;
	return err_set(err, ERR_REFUSED,
	    N_("[cycle %s] a draw under beacon = witness must be %d minutes ahead at least, since that witness must "
	       "cosign the commitment %d "
	       "minutes before it"),
	    cycle->name, (COMMIT_LEAD_S + COSIGNING_S) / 60, COMMIT_LEAD_S / 60);
}

/* The latest of the draw's own, those of the cycle's draws, and those of the draws that it looks at (PROTOCOL 4). */
static int
reveal_time_of(struct store *store, const struct config_cycle *cycle, int64_t draw_time, int64_t *ret, struct err *err)
{
	int64_t own = draw_time + cycle->rule.embargo * DAY_S;
	struct query q;

	query_open(&q, store,
	    "SELECT max(?1, coalesce((SELECT max(reveal_time) FROM draw WHERE outcome = 'draw'"
	    " AND (cycle = ?2 OR (?3 > 0 AND ?4 - date < ?3))), ?1))");
	query_put_int(&q, own);
	query_put_string(&q, cycle->name);
	query_put_int(&q, cycle->quiet.n / DAY_S);
	query_put_int(&q, clock_date(draw_time));
	*ret = query_row(&q) ? query_int(&q, 0) : own;
	return query_close(&q, err);
}

/* ---- whether a commitment is lawful now ---- */

static int
check_no_open_commitment(struct store *store, const struct config_cycle *cycle, struct err *err)
{
	char text[CLOCK_TEXT];
	struct draw_row open;
	int rc = draws_open(store, cycle->name, &open, err);

	if (rc != 0)
		return rc == ERR_ABSENT ? 0 : rc;
	clock_text(open.draw_time, text);
	return err_set(err, ERR_REFUSED,
	    N_("draw %llu of cycle %s is committed and not drawn yet (its draw is at %s): a cycle has one "
	       "open commitment at a time"),
	    (unsigned long long)open.n, cycle->name, text);
}

static int
chain_to_use(struct store *store, const struct config_cycle *cycle, struct step_chain *ret_chain, struct err *err)
{
	char text[CLOCK_TEXT];
	struct draw_row sealed;
	int rc = step_chain(store, cycle->name, ret_chain, err);

	if (rc == ERR_ABSENT)
		return err_set(err, ERR_REFUSED, N_("cycle %s has no chain of secrets in the log"), cycle->name);
	if (rc != 0 || step_chain_serves(ret_chain, cycle))
		return rc;
	rc = draws_unrevealed(store, cycle->name, &sealed, err);
	if (rc == ERR_ABSENT) /* another process has just revealed the last of them */
		return err_set(err, ERR_NOT_YET, N_("cycle %s needs a new chain of secrets: try again"), cycle->name);
	if (rc != 0)
		return rc;
	clock_text(sealed.reveal_time, text);
	return err_set(err, ERR_NOT_YET,
	    N_("cycle %s needs a new chain of secrets, since the beacon or the embargo changed or the old "
	       "one is used up; it can begin once draw %llu is revealed, at %s"),
	    cycle->name, (unsigned long long)sealed.n, text);
}

/* ---- the step ---- */

/* The command `run` made it, with this value: that command needs both to go on where it was interrupted. */
static int
mark_as_run(struct store *store, uint64_t n, const char *value, struct err *err)
{
	struct query q;

	query_open(&q, store, "UPDATE draw SET run = 1, run_value = ? WHERE n = ?");
	query_put_string(&q, value);
	query_put_int(&q, (int64_t)n);
	query_run(&q);
	return query_close(&q, err);
}

struct unreported
step_commit_wish(const struct step_commit *want)
{
	char time[TIME_TEXT] = "";

	if (want->draw_time != STEP_LEAD)
		text_from_time(want->draw_time, time);
	return unreported_of("commit", time, "%s", want->cycle->name);
}

static int
keep_commit_unreported(struct store *store, const struct step_commit *want, uint64_t n, struct err *err)
{
	struct unreported unreported = step_commit_wish(want);

	unreported.number = n;
	return unreported_keep(store, &unreported, err);
}

/* All that a commitment leaves behind, in the one transaction. */
static int
store_commitment(struct operator *operator, struct ledger *log, const struct step_commit *want, const struct entry *e,
    const struct snapshot *snapshot, struct err *err)
{
	const struct commit *commit = &e->commit;
	struct store *store = operator->store;
	char hash[HASH_HEX + 1];
	int rc = step_archive_append(operator, log, e->time, err);

	if (rc == 0)
		rc = ledger_append(log, e, hash, err);
	if (rc == 0)
		rc = stored_draw_write_commit(store, commit, ledger_size(log) - 1, ledger_size(log), err);
	if (rc == 0 && want->run)
		rc = mark_as_run(store, commit->n, want->value, err);
	if (rc == 0)
		rc = snapshot_keep(snapshot, store, err);
	if (rc == 0 && want->cycle->keep_free && !want->run)
		rc = notices_keep_free(operator, want->cycle, commit, &snapshot->sealed, slice_of(hash), e->time, err);
	if (rc == 0 && want->reports)
		rc = keep_commit_unreported(store, want, commit->n, err);
	if (rc == 0 && want->occurrence != NULL)
		rc = plan_settle(store, want->cycle, want->occurrence, e->time, commit->n, NULL, err);
	return rc == 0 ? rosters_fix_since(store, err) : rc;
}

static int
commit_now(struct operator *operator, struct ledger *log, const struct step_commit *want, int64_t time,
    struct snapshot *snapshot, struct buf *text, struct err *err)
{
	struct snapshot_want of = {.config = operator->config,
	    .calendar = operator->calendar,
	    .cycle = want->cycle,
	    .now = time,
	    .progress = operator->progress};
	struct entry e = {.type = ENTRY_COMMIT, .time = time};
	uint8_t codes_key[CODES_KEY];
	int64_t reveal_time = 0;
	struct step_chain chain = {0};
	struct beacon beacon = {.source = SOURCE_NONE};
	int64_t n = 0;
	int rc;

	rc = check_no_open_commitment(operator->store, want->cycle, err);
	if (rc == 0)
		rc = chain_to_use(operator->store, want->cycle, &chain, err);
	if (rc == 0)
		rc = choose_draw_time(operator, want, time, &of.draw_time, err);
	if (rc == 0)
		rc = check_lead(want->cycle, time, of.draw_time, err);
	if (rc == 0)
		rc = step_beacon(operator->config, want->cycle, of.draw_time, text, &beacon, err);
	if (rc == 0)
		rc = reveal_time_of(operator->store, want->cycle, of.draw_time, &reveal_time, err);
	if (rc == 0)
		rc = store_int(operator->store, "SELECT coalesce(max(n), 0) FROM draw", &n, err);
	of.n = (uint64_t)n + 1;
	if (operator->config->public_ids == IDS_CODED) {
		operator_codes_key(operator, codes_key);
		of.codes_key = codes_key;
	}
	if (rc == 0)
		rc = snapshot_take(snapshot, operator->store, &of, err);
	sodium_memzero(codes_key, sizeof codes_key);
	if (rc != 0)
		return rc;
	snapshot->commit.beacon = beacon;
	snapshot->commit.chain = chain.chain;
	snapshot->commit.link = chain.used + 1;
	snapshot->commit.reveal_time = reveal_time;
	e.commit = snapshot->commit;
	return store_commitment(operator, log, want, &e, snapshot, err);
}

int
step_commit(struct operator *operator, const struct step_commit *want, uint64_t *ret_n, struct err *err)
{
	struct snapshot snapshot;
	struct buf text;
	struct ledger log;
	int64_t time = 0;
	int rc = step_begin(operator, &log, &time, err);

	if (rc != 0)
		return rc;
	snapshot_init(&snapshot);
	buf_init(&text, 2 * (TEXT_REASON_MAX + SYMBOLS_MAX));
	rc = commit_now(operator, &log, want, time, &snapshot, &text, err);
	rc = step_end(operator, &log, rc, err);
	if (rc == 0) {
		*ret_n = snapshot.commit.n;
		step_tell_entry(operator, ENTRY_COMMIT, snapshot.commit.n, want->cycle->name);
	}
	buf_release(&text);
	snapshot_release(&snapshot);
	return rc;
}
