/* Finds the witness policy in force at an entry of the log: the table `policy` lists the entries that set one. */
#include "ledger/policies.h"

#include "ledger/ledger.h"

int
policies_add(struct store *store, uint64_t index, struct err *err)
{
	struct query q;

	query_open(&q, store, "INSERT INTO policy (entry) VALUES (?)");
	query_put_int(&q, (int64_t)index);
	query_run(&q);
	return query_close(&q, err);
}

int
policy_at(struct store *store, uint64_t index, struct policy *ret, struct err *err)
{
	struct query q;
	int64_t entry = 0;
	int rc;

	*ret = (struct policy){.parsed = false};
	query_open(&q, store, "SELECT max(entry) FROM policy WHERE entry <= ?");
	query_put_int(&q, (int64_t)index);
	if (query_row(&q))
		entry = query_int(&q, 0);
	rc = query_close(&q, err);
	if (rc == 0)
		rc = ledger_entry(store, (uint64_t)entry, &ret->bytes, err);
	if (rc == 0)
		rc = entry_parse(buf_view(&ret->bytes), &ret->entry, err);
	if (rc != 0)
		return rc;
	ret->parsed = true;
	if (ret->entry.type == ENTRY_GENESIS) {
		ret->witnesses = ret->entry.genesis.witnesses;
		ret->n = ret->entry.genesis.n_witnesses;
	} else if (ret->entry.type == ENTRY_POLICY) {
		ret->witnesses = ret->entry.policy.witnesses;
		ret->n = ret->entry.policy.n_witnesses;
	}
	return 0;
}

int
policy_newest(struct store *store, struct policy *ret, struct err *err)
{
	return policy_at(store, INT64_MAX, ret, err);
}

void
policy_release(struct policy *policy)
{
	if (policy == NULL)
		return;
	if (policy->parsed)
		entry_release(&policy->entry);
	buf_release(&policy->bytes);
}

bool
policy_has(const struct policy *policy, const char *vkey)
{
	for (size_t i = 0; i < policy->n; i++)
		if (slice_is(policy->witnesses[i], vkey))
			return true;
	return false;
}
