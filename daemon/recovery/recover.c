/* Brings a restored state up to the log that was published since, and begins new chains where secrets were lost. */

#include "recovery/recover.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/base/array.h"
#include "core/base/json.h"
#include "core/check/verify.h"
#include "core/draw/record.h"
#include "core/log/log.h"
#include "core/log/sequence.h"
#include "draws/plan.h"
#include "draws/write.h"
#include "ledger/cosignatures.h"
#include "ledger/ledger.h"
#include "ledger/policies.h"
#include "ledger/restored.h"
#include "letters/notices.h"
#include "steps/steps.h"
#include "system/clock.h"

struct recovering {
	struct operator *operator;
	const struct published *dir;
	struct slice earlier;
	struct log theirs;
	struct sequence story;
	struct ledger ours;
	struct recovery *ret;
	struct err *err;
};

bool
recover_is_lost(const struct recover_draw *draw)
{
	return draw->sealed && (draw->committed || draw->amended);
}

void
recovery_release(struct recovery *recovery)
{
	if (recovery == NULL)
		return;
	free(recovery->draws);
	*recovery = (struct recovery){0};
}

/* ---- checks of the publication ---- */

struct first_failure {
	const char *check;
	struct err why;
};

static void
keep_first_failure(void *ctx, uint64_t n, enum check check, enum check_state state, const char *detail)
{
	struct first_failure *first = ctx;

	(void)n;
	if (state != CHECK_FAILED || first->check != NULL)
		return;
	first->check = check_name(check);
	(void)err_set(&first->why, ERR_REFUSED, "%s", detail);
}

static int
verify_publication(struct recovering *r)
{
	struct verify_options options = {.key = slice_of(r->operator->key.vkey),
	    .since = r->earlier,
	    .progress = r->operator->progress};
	struct first_failure first = {.check = NULL};
	struct report report = {.tr = r->err->tr, .check = keep_first_failure, .ctx = &first};
	int rc = verify_directory(r->dir, &options, &report, r->err);

	if (rc != 0 || report.failures == 0)
		return rc;
	return err_set(r->err, ERR_REFUSED, N_("the publication does not hold, so nothing is taken from it: %s: %s"),
	    first.check, first.why.message);
}

static int
read_theirs(struct recovering *r)
{
	struct err order = {.tr = r->err->tr};
	int rc;

	rc = log_read_head(&r->theirs, r->dir, slice_of(r->operator->key.vkey), r->err);
	if (rc == 0)
		rc = log_read_tree(&r->theirs, r->dir, r->err);
	if (rc == 0)
		rc = log_check_signature(&r->theirs, r->err);
	if (rc == 0)
		rc = sequence_read(&r->theirs, &r->story, r->err, &order);
	if (rc != 0)
		return rc;
	return r->story.whole
	    ? 0
	    : err_set(r->err, ERR_REFUSED, N_("the publication changed while it was read: try again"));
}

static int
check_continues(struct recovering *r)
{
	uint64_t ours = ledger_size(&r->ours), theirs = r->theirs.n_entries;
	struct hash mine, other;

	if (theirs < ours)
		return err_set(r->err, ERR_ABSENT,
		    N_("nothing to recover: the state has more than was published, %llu entries of %llu"),
		    (unsigned long long)ours, (unsigned long long)theirs);
	mine = merkle_prefix_root(&r->ours.tree, ours);
	other = merkle_prefix_root(&r->theirs.tree, ours);
	if (memcmp(mine.b, other.b, HASH_BYTES) != 0)
		return err_set(r->err, ERR_REFUSED,
		    N_("the published log is no continuation of the state's: the two were signed by one key and differ "
		       "within the first "
		       "%llu entries. Find out why before anything is signed"),
		    (unsigned long long)ours);
	if (theirs == ours)
		return err_set(r->err, ERR_ABSENT, N_("nothing to recover: the state has all that was published"));
	return 0;
}

/* ---- what happened since ---- */

static bool
came_since(const struct recovering *r, size_t entry)
{
	return entry != SEQUENCE_NONE && entry >= r->ret->from;
}

static const struct entry *
their_entry(const struct recovering *r, size_t index)
{
	return &r->theirs.entries[index].entry;
}

/* What the newest archive entry since the backup says of the draw; NULL: nothing. */
static const struct open_draw *
find_newest_open(const struct recovering *r, uint64_t n, uint64_t *ret_index)
{
	for (size_t i = r->theirs.n_entries; i-- > r->ret->from;) {
		const struct entry *e = their_entry(r, i);

		if (e->type != ENTRY_ARCHIVE)
			continue;
		*ret_index = i;
		for (size_t k = 0; k < e->archive.n_open; k++)
			if (e->archive.open[k].n == n)
				return &e->archive.open[k];
		return NULL;
	}
	return NULL;
}

/* Amendments of a sealed draw are only counted in the log, hidden: whether they are those that the state has. */
static int
has_hidden_amendments(struct recovering *r, const struct recover_draw *draw, bool *ret_has)
{
	uint64_t index = 0;
	const struct open_draw *open = draw->committed ? NULL : find_newest_open(r, draw->n, &index);
	char amended[HASH_HEX + 1];
	struct draw_row row;
	int rc;

	*ret_has = false;
	if (open == NULL)
		return 0;
	rc = draws_find(r->operator->store, draw->n, &row, r->err);
	if (rc == 0)
		rc = step_archive_amended(r->operator->store, &row, index, amended, r->err);
	*ret_has = rc == 0 && !slice_is(open->amended, amended);
	return rc;
}

static int
list_if_changed(struct recovering *r, size_t index)
{
	const struct draw_state *d = &r->story.draws[index];
	const struct commit *c = &their_entry(r, d->commit)->commit;
	struct recover_draw draw = {.n = index + 1,
	    .draw_time = c->draw_time,
	    .committed = came_since(r, d->commit),
	    .drawn = came_since(r, d->outcome),
	    .amended = d->n_amends > 0 && came_since(r, d->amends[d->n_amends - 1]),
	    .sealed = d->reveal == SEQUENCE_NONE};
	int rc = 0;

	(void)snprintf(draw.cycle, sizeof draw.cycle, "%.*s", SLICE_ARGS(c->cycle));
	if (draw.sealed)
		rc = has_hidden_amendments(r, &draw, &draw.amended);
	if (draw.committed || draw.drawn || draw.amended || came_since(r, d->reveal))
		r->ret->draws[r->ret->n_draws++] = draw;
	if (recover_is_lost(&draw))
		r->ret->done = false;
	return rc;
}

static int
list_draws_since(struct recovering *r)
{
	r->ret->from = ledger_size(&r->ours);
	r->ret->to = r->theirs.n_entries;
	r->ret->time = r->ours.last_time;
	r->ret->draws = calloc(r->story.n_draws + 1, sizeof *r->ret->draws);
	if (r->ret->draws == NULL)
		return err_memory(r->err);
	r->ret->done = true;
	for (size_t i = 0; i < r->story.n_draws; i++) {
		int rc = list_if_changed(r, i);

		if (rc != 0)
			return rc;
	}
	return 0;
}

/* ---- entries and checkpoints ---- */

static int
adopt_note(struct recovering *r, struct slice note, uint64_t *ret_size)
{
	int rc = ledger_adopt_checkpoint(&r->ours, note, ret_size, r->err);

	return rc != 0 ? rc : cosignatures_adopt(r->operator->store, *ret_size, note, r->err);
}

static int
adopt_log(struct recovering *r)
{
	uint64_t size = 0;
	int rc = 0;

	for (size_t i = (size_t)r->ret->from; rc == 0 && i < r->theirs.n_entries; i++)
		rc = ledger_adopt(&r->ours, their_entry(r, i)->time, r->theirs.entries[i].bytes, r->err);
	return rc != 0 ? rc : adopt_note(r, buf_view(&r->theirs.checkpoint_bytes), &size);
}

static int
read_published(struct recovering *r, uint64_t n, const char *name, size_t max, struct buf *ret_bytes)
{
	char path[DRAW_PATH_MAX];

	draw_path(n, name, path);
	buf_init(ret_bytes, max);
	return r->dir->read(r->dir->ctx, path, ret_bytes, r->err);
}

static int
adopt_checkpoint(struct recovering *r, uint64_t n, const char *name, uint64_t *ret_size)
{
	struct buf note;
	int rc = read_published(r, n, name, LEDGER_NOTE_MAX, &note);

	if (rc == 0)
		rc = adopt_note(r, buf_view(&note), ret_size);
	buf_release(&note);
	return rc;
}

/* ---- chains ---- */

/*
 * Stores a chain begun since.  Of it only the used links are known, all of them opened: so it is stored as a chain
 * that ends with the last of them, which has the same anchor.
 */
static int
adopt_chain(struct recovering *r, const struct entry *e)
{
	struct slice secret = e->cycle.anchor;
	uint64_t length = 0;
	struct query q;

	for (size_t i = 0; i < r->story.n_draws; i++) {
		const struct draw_state *d = &r->story.draws[i];
		const struct commit *c = &their_entry(r, d->commit)->commit;

		if (c->chain == e->cycle.chain && c->link > length && slice_eq(c->cycle, e->cycle.cycle)) {
			length = c->link;
			secret = their_entry(r, d->reveal)->reveal.secret;
		}
	}
	query_open(&q, r->operator->store,
	    "INSERT INTO chain (cycle, chain, length, embargo_days, source, secret) VALUES (?, ?, ?, ?, ?, ?)");
	query_put_text(&q, e->cycle.cycle);
	query_put_int(&q, (int64_t)e->cycle.chain);
	query_put_int(&q, (int64_t)length);
	query_put_int(&q, (int64_t)e->cycle.embargo_days);
	query_put_string(&q, source_name(e->cycle.source));
	query_put_text(&q, secret);
	query_run(&q);
	return query_close(&q, r->err);
}

/* Begins a new chain for each cycle that has a commitment since: only the lost state knew the links after it. */
static int
begin_chains(struct recovering *r)
{
	const struct config *config = r->operator->config;
	const char *reason =
	    step_in_language(config, "the state was lost, and recovered from an older one and this log",
	        "系统状态丢失，已由较早的备份和本日志恢复");
	int64_t time = ledger_time(&r->ours, r->operator->now);
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < config->n_cycles; i++) {
		const struct cycle_state *cycle = NULL;
		uint64_t before = ledger_size(&r->ours);

		for (size_t k = 0; k < r->story.n_cycles; k++)
			if (slice_is(r->story.cycles[k].name, config->cycles[i].name))
				cycle = &r->story.cycles[k];
		if (cycle == NULL || cycle->last == SEQUENCE_NONE || !came_since(r, r->story.draws[cycle->last].commit))
			continue;
		rc = step_chain_anew(r->operator, &r->ours, &config->cycles[i], reason, time, r->err);
		r->ret->chains += ledger_size(&r->ours) > before;
	}
	return rc;
}

/* ---- draws ---- */

static int
adopt_file(struct recovering *r, uint64_t n, const char *name)
{
	struct buf bytes;
	int rc = read_published(r, n, name, DRAW_FILE_MAX, &bytes);

	if (rc == 0)
		rc = draw_file_put(r->operator->store, n, name, buf_view(&bytes), r->err);
	buf_release(&bytes);
	return rc;
}

/* Keeps the `since` of each target as the commitment has it: once committed it never changes. */
static int
adopt_since(struct recovering *r, const struct stored_draw *d)
{
	struct query q;

	query_open(&q, r->operator->store, "INSERT OR IGNORE INTO target_since (target, since) VALUES (?, ?)");
	for (size_t i = 0; i < d->roster.n_targets; i++) {
		query_put_text(&q, target_id(&d->roster.targets[i]));
		query_put_int(&q, d->roster.targets[i].since);
		if (!query_run(&q))
			break;
	}
	return query_close(&q, r->err);
}

/* Marks the occurrence of the timetable that was committed for, so that it is not committed for again. */
static int
mark_occurrence(struct recovering *r, const struct commit *c)
{
	const struct config *config = r->operator->config;
	const struct config_cycle *cycle = NULL;
	struct schedule_list list = {0};
	struct plan plan;
	int rc;

	for (size_t i = 0; i < config->n_cycles; i++)
		if (slice_is(c->cycle, config->cycles[i].name))
			cycle = &config->cycles[i];
	if (cycle == NULL)
		return 0;
	rc = plan_open(&plan, r->operator->store, cycle, r->operator->calendar, r->operator->now, false, r->err);
	if (rc == 0)
		rc = plan_list(&plan, c->date, c->date, &list, r->err);
	for (size_t i = 0; rc == 0 && i < list.n; i++) {
		struct occurrence o = list.v[i];

		if (o.date != c->date && !(o.open && o.first <= c->date && c->date <= o.last))
			continue;
		o.date = c->date;
		rc = plan_settle(r->operator->store, cycle, &o, r->operator->now, c->n, NULL, r->err);
		break;
	}
	schedule_list_release(&list);
	plan_close(&plan);
	return rc;
}

static int
adopt_commit(struct recovering *r, size_t index, const struct commit *c)
{
	static const char *const files[] = {"targets.csv", "inspectors.csv", "conflicts.csv", "away.csv",
	    "sealed.json"};
	uint64_t size = 0;
	struct stored_draw d;
	int rc = adopt_checkpoint(r, c->n, "commit.checkpoint", &size);

	if (rc == 0)
		rc = stored_draw_write_commit(r->operator->store, c, index, size, r->err);
	for (size_t i = 0; rc == 0 && i < ARRAY_LEN(files); i++)
		rc = adopt_file(r, c->n, files[i]);
	if (rc != 0)
		return rc;
	stored_draw_init(&d);
	rc = stored_draw_load(&d, r->operator->store, c->n, r->err);
	if (rc == 0)
		rc = adopt_since(r, &d);
	stored_draw_release(&d);
	return rc != 0 ? rc : mark_occurrence(r, c);
}

/* Computes the draw from the files that the state has; the record must be the published one. */
static int
adopt_draw(struct recovering *r, size_t index, const struct entry *e)
{
	char beacon[ENTRY_MAX];
	uint64_t size = 0;
	struct buf record;
	struct stored_draw d;
	int rc = adopt_checkpoint(r, e->draw.n, "outcome.checkpoint", &size);

	if (rc != 0)
		return rc;
	stored_draw_init(&d);
	buf_init(&record, DRAW_FILE_MAX);
	beacon[json_unescape(e->draw.beacon, beacon)] = '\0';
	rc = stored_draw_load(&d, r->operator->store, e->draw.n, r->err);
	if (rc == 0)
		rc = stored_draw_compute(&d, r->operator->store, beacon, r->operator->progress, r->err);
	if (rc != 0)
		goto out;
	record_write(&d.input, &d.draw, &record);
	hash_hex(buf_view(&record), d.row.record);
	if (record.failed)
		rc = err_memory(r->err);
	else if (!slice_is(e->draw.record, d.row.record))
		rc = err_set(r->err, ERR_REFUSED,
		    N_("draw %llu comes out otherwise than it was published: nothing was changed"),
		    (unsigned long long)e->draw.n);
	else
		rc = stored_draw_write(&d, r->operator->store, buf_view(&record), index, size, r->err);
out:
	buf_release(&record);
	stored_draw_release(&d);
	return rc;
}

static int
adopt_void(struct recovering *r, size_t index, const struct entry *e)
{
	uint64_t size = 0;
	int rc = adopt_checkpoint(r, e->void_.n, "outcome.checkpoint", &size);

	return rc != 0 ? rc : stored_draw_write_void(r->operator->store, e->void_.n, index, size, r->err);
}

/* Whether the state has made the amendment itself; then it must be the published one. */
static int
find_amendment(struct recovering *r, const struct entry *e, bool *ret_has)
{
	char hash[HASH_HEX + 1];
	bool same = true;
	struct query q;
	int rc;

	*ret_has = false;
	query_open(&q, r->operator->store, "SELECT bytes FROM draw_amendment WHERE n = ? AND amendment = ?");
	query_put_int(&q, (int64_t)e->amend.n);
	query_put_int(&q, (int64_t)e->amend.amendment);
	if (query_row(&q)) {
		*ret_has = true;
		hash_hex(query_blob(&q, 0), hash);
		same = slice_is(e->amend.sha256, hash);
	}
	rc = query_close(&q, r->err);
	if (rc != 0 || same)
		return rc;
	return err_set(r->err, ERR_REFUSED,
	    N_("amendment %llu of draw %llu is another in the state than in the publication: nothing was changed"),
	    (unsigned long long)e->amend.amendment, (unsigned long long)e->amend.n);
}

static int
read_amendment(struct recovering *r, const struct entry *e, struct buf *bytes, struct amendment *ret)
{
	char name[40], hash[HASH_HEX + 1];
	int rc;

	(void)snprintf(name, sizeof name, "amend-%02llu.json", (unsigned long long)e->amend.amendment);
	rc = read_published(r, e->amend.n, name, ENTRY_MAX, bytes);
	if (rc == 0)
		rc = amendment_parse(buf_view(bytes), ret, r->err);
	hash_hex(buf_view(bytes), hash);
	if (rc == 0 && !slice_is(e->amend.sha256, hash))
		rc = err_set(r->err, ERR_REFUSED, N_("the publication changed while it was read: try again"));
	return rc;
}

static int
write_amendment(struct recovering *r, size_t index, const struct entry *e)
{
	struct amendment amendment;
	struct buf bytes;
	struct stored_draw d;
	int rc = read_amendment(r, e, &bytes, &amendment);

	stored_draw_init(&d);
	if (rc == 0)
		rc = stored_draw_load(&d, r->operator->store, e->amend.n, r->err);
	if (rc == 0)
		rc = stored_draw_again(&d, r->operator->store, r->operator->progress, r->err);
	if (rc == 0)
		rc = stored_draw_write_amendment(&d, r->operator->store, &amendment, index, r->err);
	stored_draw_release(&d);
	buf_release(&bytes);
	return rc;
}

/* One that was made before the reveal is perhaps in the state, and only the telling of it is new. */
static int
adopt_amendment(struct recovering *r, size_t index, const struct entry *e)
{
	bool has;
	int rc = find_amendment(r, e, &has);

	if (rc == 0)
		rc = has ? stored_draw_write_told(r->operator->store, e->amend.n, e->amend.amendment, index, r->err)
		         : write_amendment(r, index, e);
	if (rc == 0 && e->amend.before_reveal)
		rc = stored_draw_write_counted(r->operator->store, e->amend.n, e->amend.amendment, e->amend.archive,
		    r->err);
	return rc;
}

static int
adopt_entry(struct recovering *r, size_t index)
{
	const struct entry *e = their_entry(r, index);

	switch (e->type) {
	case ENTRY_POLICY:
		return policies_add(r->operator->store, index, r->err);
	case ENTRY_CYCLE:
		return adopt_chain(r, e);
	case ENTRY_COMMIT:
		return adopt_commit(r, index, &e->commit);
	case ENTRY_DRAW:
		return adopt_draw(r, index, e);
	case ENTRY_VOID:
		return adopt_void(r, index, e);
	case ENTRY_REVEAL:
		return stored_draw_write_reveal(r->operator->store, e->reveal.n, index, r->err);
	case ENTRY_AMEND:
		return adopt_amendment(r, index, e);
	case ENTRY_ARCHIVE:
		return step_archive_adopt(r->operator->store, index, r->err);
	default:
		return 0; /* the genesis is the state's own */
	}
}

/* ---- letters ---- */

/*
 * Nobody knows whether the lost state has sent its letters.  Where a visit may still come, and this state has the
 * names and addresses, the letters about these days are written again: twice is better than not at all.
 */
static int
write_letters(struct recovering *r, struct recover_draw *draw, int64_t time)
{
	struct stored_draw d;
	int rc;

	stored_draw_init(&d);
	rc = stored_draw_load(&d, r->operator->store, draw->n, r->err);
	if (rc == 0 && d.row.outcome == OUTCOME_DRAW) {
		draw->ahead = slot_date(d.sealed.slots[d.sealed.n_slots - 1]) >= clock_date(r->operator->now);
		draw->letters = draw->ahead && draw->drawn && !draw->committed;
		if (draw->letters)
			rc = stored_draw_again(&d, r->operator->store, r->operator->progress, r->err);
		if (draw->letters && rc == 0)
			rc = notices_draw(r->operator, &d, clock_date(r->operator->now), time, r->err);
	}
	stored_draw_release(&d);
	return rc;
}

/* ---- all of it, in one transaction ---- */

static int
adopt_entries(struct recovering *r)
{
	int64_t time;
	int rc = adopt_log(r);

	for (size_t i = (size_t)r->ret->from; rc == 0 && i < r->theirs.n_entries; i++) {
		progress_tell(r->operator->progress, N_("recovering"), i - r->ret->from,
		    r->theirs.n_entries - r->ret->from);
		rc = adopt_entry(r, i);
	}
	if (rc == 0)
		rc = store_exec(r->operator->store,
		    "UPDATE target SET since = s.since FROM target_since s WHERE s.target = target.id AND s.since <> "
		    "target.since",
		    r->err);
	time = ledger_time(&r->ours, r->operator->now);
	for (size_t i = 0; rc == 0 && i < r->ret->n_draws; i++)
		rc = write_letters(r, &r->ret->draws[i], time);
	if (rc == 0)
		rc = begin_chains(r);
	return rc != 0 ? rc : restored_clear(r->operator->store, r->err);
}

static int
recover_in_transaction(struct recovering *r)
{
	int rc = check_continues(r);

	if (rc == 0)
		rc = list_draws_since(r);
	if (rc != 0 || !r->ret->done)
		return rc;
	rc = adopt_entries(r);
	if (rc != 0)
		r->ret->done = false;
	return rc;
}

int
recover(struct operator *operator, const struct published *dir, struct slice earlier, struct recovery *ret_recovery,
    struct err *err)
{
	struct recovering r = {.operator = operator, .dir = dir, .earlier = earlier, .ret = ret_recovery, .err = err};
	int64_t time;
	int rc;

	*ret_recovery = (struct recovery){0};
	rc = verify_publication(&r);
	if (rc == 0)
		rc = read_theirs(&r);
	if (rc == 0)
		rc = step_begin(operator, &r.ours, &time, err);
	if (rc == 0) {
		rc = recover_in_transaction(&r);
		if (rc == 0 && !ret_recovery->done) {
			store_rollback(operator->store);
			ledger_release(&r.ours);
		} else {
			rc = step_end(operator, &r.ours, rc, err);
		}
	}
	sequence_release(&r.story);
	log_release(&r.theirs);
	return rc;
}
