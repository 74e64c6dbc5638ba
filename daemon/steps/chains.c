/* The entries that the INI calls for: a policy where the witnesses changed, a chain where one is due. */

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "core/draw/draw.h"
#include "draws/draws.h"
#include "ledger/ledger.h"
#include "ledger/policies.h"
#include "steps/steps_private.h"

#define CHAIN_LENGTH 1024 /* links: as many draws before the next chain */

static int
compare_strings(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

const char **
step_witness_keys(const struct config *config)
{
	const char **keys = malloc((config->n_witnesses + 1) * sizeof *keys);

	for (size_t i = 0; keys != NULL && i < config->n_witnesses; i++)
		keys[i] = config->witnesses[i].key;
	if (keys != NULL)
		qsort(keys, config->n_witnesses, sizeof *keys, compare_strings);
	return keys;
}

static bool
same_witnesses(const struct policy *policy, const char **keys, size_t n)
{
	if (policy->n != n)
		return false;
	for (size_t i = 0; i < n; i++)
		if (!slice_is(policy->witnesses[i], keys[i]))
			return false;
	return true;
}

static int
add_policy(struct operator *operator, struct ledger *log, const char **keys, int64_t time, struct err *err)
{
	size_t n = operator->config->n_witnesses;
	struct entry e = {.type = ENTRY_POLICY, .time = time};
	struct slice *witnesses = calloc(n + 1, sizeof *witnesses);
	uint64_t index = ledger_size(log);
	const char *reason;
	int rc;

	if (witnesses == NULL)
		return err_memory(err);
	for (size_t i = 0; i < n; i++)
		witnesses[i] = slice_of(keys[i]);
	reason = step_in_language(operator->config, "the operator changed the list of witnesses",
	    "组织单位变更了见证人名单");
	e.policy.reason = slice_of(reason);
	e.policy.witnesses = witnesses;
	e.policy.n_witnesses = n;
	rc = ledger_append(log, &e, NULL, err);
	if (rc == 0)
		rc = policies_add(operator->store, index, err);
	free(witnesses);
	return rc;
}

/* Sets *ret_any where there is one to append, and appends it unless `log` is NULL. */
static int
add_policy_if_changed(struct operator *operator, struct ledger *log, int64_t time, bool *ret_any, struct err *err)
{
	const char **keys = step_witness_keys(operator->config);
	struct policy policy;
	int rc;

	if (keys == NULL)
		return err_memory(err);
	rc = policy_newest(operator->store, &policy, err);
	if (rc == 0 && !same_witnesses(&policy, keys, operator->config->n_witnesses)) {
		*ret_any = true;
		if (log != NULL)
			rc = add_policy(operator, log, keys, time, err);
	}
	policy_release(&policy);
	free(keys);
	return rc;
}

/* ---- chains ---- */

int
step_chain_add(struct operator *operator, struct ledger *log, const struct config_cycle *cycle, uint64_t chain,
    const char *reason, int64_t time, struct err *err)
{
	struct entry e = {.type = ENTRY_CYCLE, .time = time};
	char secret[HASH_HEX + 1], anchor[HASH_HEX + 1];
	uint8_t random[HASH_BYTES];
	struct query q;
	int rc;

	randombytes_buf(random, sizeof random);
	text_to_hex(random, sizeof random, secret);
	chain_back(secret, CHAIN_LENGTH, anchor);
	e.cycle.anchor = slice_of(anchor);
	e.cycle.cycle = slice_of(cycle->name);
	e.cycle.reason = slice_of(reason);
	e.cycle.chain = chain;
	e.cycle.embargo_days = (uint64_t)cycle->rule.embargo;
	e.cycle.length = CHAIN_LENGTH;
	e.cycle.source = cycle->beacon;
	rc = ledger_append(log, &e, NULL, err);
	if (rc == 0) {
		query_open(&q, operator->store,
		    "INSERT INTO chain (cycle, chain, length, embargo_days, source, secret)"
		    " VALUES (?, ?, ?, ?, ?, ?)");
		query_put_string(&q, cycle->name);
		query_put_int(&q, (int64_t)chain);
		query_put_int(&q, CHAIN_LENGTH);
		query_put_int(&q, cycle->rule.embargo);
		query_put_string(&q, source_name(cycle->beacon));
		query_put_string(&q, secret);
		query_run(&q);
		rc = query_close(&q, err);
	}
	sodium_memzero(random, sizeof random);
	sodium_memzero(secret, sizeof secret);
	return rc;
}

int
step_chain(struct store *store, const char *cycle, struct step_chain *ret_chain, struct err *err)
{
	struct step_chain chain = {.chain = 0};
	struct query q;
	bool there;
	int rc;

	query_open(&q, store,
	    "SELECT chain, length, used, embargo_days, source FROM chain WHERE cycle = ?"
	    " ORDER BY chain DESC LIMIT 1");
	query_put_string(&q, cycle);
	there = query_row(&q);
	if (there) {
		chain.chain = (uint64_t)query_int(&q, 0);
		chain.length = (uint64_t)query_int(&q, 1);
		chain.used = (uint64_t)query_int(&q, 2);
		chain.embargo_days = query_int(&q, 3);
		(void)source_parse(query_text(&q, 4), &chain.source);
	}
	rc = query_close(&q, err);
	if (rc == 0 && !there)
		rc = ERR_ABSENT;
	if (rc == 0)
		*ret_chain = chain;
	return rc;
}

bool
step_chain_serves(const struct step_chain *chain, const struct config_cycle *cycle)
{
	return chain->used < chain->length && chain->embargo_days == cycle->rule.embargo &&
	    chain->source == cycle->beacon;
}

static const char *
chain_reason(const struct config *config, const struct step_chain *chain)
{
	if (chain->used == chain->length)
		return step_in_language(config, "the chain before is used up", "上一链已用尽");
	return step_in_language(config, "the operator changed the beacon or the embargo of this cycle",
	    "组织单位变更了本周期的随机源或保密期");
}

int
step_chain_anew(struct operator *operator, struct ledger *log, const struct config_cycle *cycle, const char *reason,
    int64_t time, struct err *err)
{
	struct step_chain chain;
	struct draw_row sealed;
	int rc = draws_unrevealed(operator->store, cycle->name, &sealed, err);

	if (rc != ERR_ABSENT)
		return rc;
	rc = step_chain(operator->store, cycle->name, &chain, err);
	return rc != 0 ? rc : step_chain_add(operator, log, cycle, chain.chain + 1, reason, time, err);
}

/*
 * A first chain, or a new one once every used link of the chain before is revealed.  Sets *ret_any where there is one
 * to append, and appends it unless `log` is NULL.
 */
static int
add_chain_if_missing(struct operator *operator, struct ledger *log, const struct config_cycle *cycle, int64_t time,
    bool *ret_any, struct err *err)
{
	struct step_chain chain = {.chain = 0};
	struct draw_row sealed;
	int rc = step_chain(operator->store, cycle->name, &chain, err);

	if (rc != 0 && rc != ERR_ABSENT)
		return rc;
	if (rc == 0 && step_chain_serves(&chain, cycle))
		return 0;
	if (rc == 0)
		rc = draws_unrevealed(operator->store, cycle->name, &sealed, err);
	if (rc != ERR_ABSENT)
		return rc;
	*ret_any = true;
	if (log == NULL)
		return 0;
	return step_chain_add(operator, log, cycle, chain.chain + 1,
	    chain.chain == 0 ? "" : chain_reason(operator->config, &chain), time, err);
}

static int
add_ini_entries(struct operator *operator, struct ledger *log, int64_t time, bool *ret_any, struct err *err)
{
	int rc = add_policy_if_changed(operator, log, time, ret_any, err);

	for (size_t i = 0; rc == 0 && i < operator->config->n_cycles; i++)
		rc = add_chain_if_missing(operator, log, &operator->config->cycles[i], time, ret_any, err);
	return rc;
}

/*
 * Looks without a transaction first: mostly there is nothing to append, and then no witness is asked.  The log is
 * opened each time, so that a damaged one is noticed.
 */
int
step_follow_ini(struct operator *operator, struct err *err)
{
	struct ledger log;
	int64_t time = 0;
	bool any = false;
	int rc = ledger_open(operator->store, &operator->key, &log, err);

	if (rc != 0)
		return rc;
	ledger_release(&log);
	rc = add_ini_entries(operator, NULL, 0, &any, err);
	if (rc != 0 || !any)
		return rc;
	any = false;
	rc = step_begin(operator, &log, &time, err);
	if (rc != 0)
		return rc;
	rc = add_ini_entries(operator, &log, time, &any, err);
	rc = step_end(operator, &log, rc, err);
	if (rc == 0 && any)
		step_tell_entry(operator, ENTRY_POLICY, 0, "");
	return rc;
}
