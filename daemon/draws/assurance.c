/* The assurance class of a draw: counts which witnesses cosigned its checkpoints in time (PROTOCOL 4). */
#include "draws/assurance.h"

#include "core/log/cosigned.h"
#include "ledger/ledger.h"
#include "ledger/policies.h"

/* ---- which checkpoint ---- */

struct tally {
	uint64_t size, n;
	bool beacon_key;
};

/* The first checkpoint from `least` on that has any cosignature, in time or not; where none has, `*ret_size` stays. */
static int
first_cosigned(struct store *store, uint64_t least, uint64_t *ret_size, struct err *err)
{
	struct query q;

	query_open(&q, store, "SELECT min(size) FROM cosignature WHERE size >= ?");
	query_put_int(&q, (int64_t)least);
	if (query_row(&q) && !query_is_null(&q, 0))
		*ret_size = (uint64_t)query_int(&q, 0);
	return query_close(&q, err);
}

/*
 * Of the checkpoints of at least `least` entries the one that most of the policy's witnesses cosigned by `until`.  One
 * that `beacon_key` (p NULL: none) cosigned is preferred to any number of others.
 */
static int
best_cosigned(struct store *store, const struct policy *policy, uint64_t least, int64_t until, struct slice beacon_key,
    struct tally *ret, struct err *err)
{
	struct tally at = {.size = least};
	struct query q;
	int rc;

	*ret = at;
	query_open(&q, store, "SELECT size, vkey FROM cosignature WHERE size >= ? AND time <= ? ORDER BY size");
	query_put_int(&q, (int64_t)least);
	query_put_int(&q, until);
	while (query_row(&q)) {
		struct slice vkey = query_text(&q, 1);

		if ((uint64_t)query_int(&q, 0) != at.size)
			at = (struct tally){.size = (uint64_t)query_int(&q, 0)};
		for (size_t i = 0; i < policy->n; i++)
			at.n += slice_eq(policy->witnesses[i], vkey);
		at.beacon_key |= beacon_key.p != NULL && slice_eq(beacon_key, vkey);
		if (at.beacon_key > ret->beacon_key || (at.beacon_key == ret->beacon_key && at.n > ret->n))
			*ret = at;
	}
	rc = query_close(&q, err);
	if (rc != 0 || ret->n > 0)
		return rc;
	return first_cosigned(store, least, &ret->size, err);
}

static int
best_commit_checkpoint(struct store *store, const struct draw_row *row, const struct policy *policy, struct tally *ret,
    struct err *err)
{
	struct entry e = {0};
	struct buf bytes;
	struct slice key = {NULL, 0};
	int rc = 0;

	buf_init(&bytes, ENTRY_MAX);
	if (row->source == SOURCE_WITNESS) {
		rc = ledger_entry(store, row->commit_entry, &bytes, err);
		if (rc == 0)
			rc = entry_parse(buf_view(&bytes), &e, err);
		if (rc == 0)
			key = e.commit.beacon.key;
	}
	if (rc == 0)
		rc = best_cosigned(store, policy, row->commit_size, row->draw_time - COMMIT_LEAD_S, key, ret, err);
	if (key.p != NULL)
		entry_release(&e);
	buf_release(&bytes);
	return rc;
}

static int
best_outcome_checkpoint(struct store *store, const struct draw_row *row, const struct policy *policy, struct tally *ret,
    struct err *err)
{
	return best_cosigned(store, policy, row->outcome_size, row->draw_time + OUTCOME_DELAY_S,
	    (struct slice){NULL, 0}, ret, err);
}

int
draw_assurance_commit_size(struct store *store, const struct draw_row *row, uint64_t *ret_size, struct err *err)
{
	struct policy policy;
	struct tally tally;
	int rc = policy_at(store, row->commit_entry, &policy, err);

	if (rc == 0)
		rc = best_commit_checkpoint(store, row, &policy, &tally, err);
	if (rc == 0)
		*ret_size = tally.size;
	policy_release(&policy);
	return rc;
}

int
draw_assurance_outcome_size(struct store *store, const struct draw_row *row, uint64_t *ret_size, struct err *err)
{
	struct policy policy;
	struct tally tally;
	int rc = policy_at(store, row->commit_entry, &policy, err);

	if (rc == 0)
		rc = best_outcome_checkpoint(store, row, &policy, &tally, err);
	if (rc == 0)
		*ret_size = tally.size;
	policy_release(&policy);
	return rc;
}

/* ---- the archive's entries ---- */

#define ARCHIVE_IN_TIME_S 86400

static int
has_cosignature(struct store *store, uint64_t least, bool *ret_has, struct err *err)
{
	uint64_t size = 0;
	int rc = first_cosigned(store, least, &size, err);

	*ret_has = size != 0;
	return rc;
}

static int
best_archive_checkpoint(struct store *store, uint64_t entry, int64_t time, struct tally *ret, struct err *err)
{
	struct policy policy;
	int rc = policy_at(store, entry, &policy, err);

	if (rc == 0)
		rc = best_cosigned(store, &policy, entry + 1, time + ARCHIVE_IN_TIME_S, (struct slice){NULL, 0}, ret,
		    err);
	policy_release(&policy);
	return rc;
}

int
archive_assurance_size(struct store *store, uint64_t entry, int64_t time, uint64_t *ret_size, struct err *err)
{
	struct tally tally = {.size = 0};
	bool has = false;
	int rc = has_cosignature(store, entry + 1, &has, err);

	if (rc == 0 && has)
		rc = best_archive_checkpoint(store, entry, time, &tally, err);
	*ret_size = tally.size;
	return rc;
}

/* ---- the class ---- */

static int
read_reveal_entry(struct store *store, const struct draw_row *row, struct buf *bytes, struct entry *ret,
    struct err *err)
{
	int rc = ledger_entry(store, row->reveal_entry, bytes, err);

	return rc == 0 ? entry_parse(buf_view(bytes), ret, err) : rc;
}

static int
read_assurance(struct store *store, const struct draw_row *row, const struct cosigned *cosigned, enum assurance *ret,
    struct err *err)
{
	struct entry e = {0}, reveal = {0};
	struct buf bytes, reveal_bytes;
	int rc;

	if (row->outcome == OUTCOME_NONE) {
		*ret = cosigned_assurance(cosigned, row->source, NULL, NULL);
		return 0;
	}
	buf_init(&reveal_bytes, ENTRY_MAX);
	rc = ledger_entry(store, row->outcome_entry, &bytes, err);
	if (rc != 0)
		return rc;
	rc = entry_parse(buf_view(&bytes), &e, err);
	if (rc == 0 && row->revealed)
		rc = read_reveal_entry(store, row, &reveal_bytes, &reveal, err);
	if (rc == 0)
		*ret = cosigned_assurance(cosigned, row->source, &e, row->revealed ? &reveal : NULL);
	entry_release(&reveal);
	entry_release(&e);
	buf_release(&reveal_bytes);
	buf_release(&bytes);
	return rc;
}

int
draw_assurance_read(struct store *store, const struct draw_row *row, struct draw_assurance *ret, struct err *err)
{
	struct tally commit = {0}, outcome = {0};
	struct cosigned cosigned = {0};
	struct policy policy;
	int rc = policy_at(store, row->commit_entry, &policy, err);

	if (rc == 0)
		rc = best_commit_checkpoint(store, row, &policy, &commit, err);
	if (rc == 0 && row->outcome != OUTCOME_NONE)
		rc = best_outcome_checkpoint(store, row, &policy, &outcome, err);
	if (rc == 0) {
		cosigned.witnesses = policy.n;
		cosigned.commit_in_time = commit.n;
		cosigned.outcome_in_time = outcome.n;
		cosigned.beacon_key_in_time = commit.beacon_key;
		*ret = (struct draw_assurance){.witnesses = policy.n,
		    .commit_in_time = commit.n,
		    .outcome_in_time = outcome.n,
		    .beacon_key_in_time = commit.beacon_key};
		rc = read_assurance(store, row, &cosigned, &ret->assurance, err);
	}
	policy_release(&policy);
	return rc;
}
