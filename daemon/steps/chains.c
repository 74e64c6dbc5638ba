/* The entries that the INI calls for: the genesis, a policy where the witnesses changed, a chain where one is due. */

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/draw/draw.h"
#include "draws/draws.h"
#include "system/file.h"
#include "ledger/ledger.h"
#include "ledger/policies.h"
#include "ledger/publication.h"
#include "steps/steps.h"

#define CHAIN_LENGTH 1024

const char *
step_in_language(const struct config *config, const char *english, const char *chinese)
{
	return strcmp(config->language, "zh_CN") == 0 ? chinese : english;
}

static int
compare_strings(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The verifier keys of the INI's witnesses, sorted; the array is the caller's. */
static const char **
witness_keys(const struct config *config)
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
add_policy(struct office *office, struct ledger *log, const char **keys, int64_t time, struct err *err)
{
	size_t n = office->config->n_witnesses;
	struct entry e = {.type = ENTRY_POLICY, .time = time};
	struct slice *witnesses = calloc(n + 1, sizeof *witnesses);
	uint64_t index = ledger_size(log);
	const char *reason;
	int rc;

	if (witnesses == NULL)
		return err_memory(err);
	for (size_t i = 0; i < n; i++)
		witnesses[i] = slice_of(keys[i]);
	reason = step_in_language(office->config, "the operator changed the list of witnesses",
	    "组织单位变更了见证人名单");
	e.policy.reason = slice_of(reason);
	e.policy.witnesses = witnesses;
	e.policy.n_witnesses = n;
	rc = ledger_append(log, &e, NULL, err);
	if (rc == 0)
		rc = policies_add(office->store, index, err);
	free(witnesses);
	return rc;
}

/* `log` NULL: only whether there is one to append, which `ret_any` gets. */
static int
missing_policy(struct office *office, struct ledger *log, int64_t time, bool *ret_any, struct err *err)
{
	const char **keys = witness_keys(office->config);
	struct policy policy;
	int rc;

	if (keys == NULL)
		return err_memory(err);
	rc = policy_newest(office->store, &policy, err);
	if (rc == 0 && !same_witnesses(&policy, keys, office->config->n_witnesses)) {
		*ret_any = true;
		if (log != NULL)
			rc = add_policy(office, log, keys, time, err);
	}
	policy_release(&policy);
	free(keys);
	return rc;
}

/* ---- chains ---- */

static int
add_chain(struct office *office, struct ledger *log, const struct config_cycle *cycle, uint64_t chain,
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
		query_open(&q, office->store,
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
	struct query q;
	bool there;
	int rc;

	query_open(&q, store,
	    "SELECT chain, length, used, embargo_days, source FROM chain WHERE cycle = ?"
	    " ORDER BY chain DESC LIMIT 1");
	query_put_string(&q, cycle);
	there = query_row(&q);
	if (there) {
		ret_chain->chain = (uint64_t)query_int(&q, 0);
		ret_chain->length = (uint64_t)query_int(&q, 1);
		ret_chain->used = (uint64_t)query_int(&q, 2);
		ret_chain->embargo_days = query_int(&q, 3);
		(void)source_parse(query_text(&q, 4), &ret_chain->source);
	}
	rc = query_close(&q, err);
	return rc == 0 && !there ? ERR_ABSENT : rc;
}

bool
step_chain_serves(const struct step_chain *chain, const struct config_cycle *cycle)
{
	return chain->used < chain->length && chain->embargo_days == cycle->rule.embargo && chain->source == cycle->beacon;
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
step_chain_anew(struct office *office, struct ledger *log, const struct config_cycle *cycle, const char *reason,
    int64_t time, struct err *err)
{
	struct step_chain chain;
	struct draw_row sealed;
	int rc = draws_unrevealed(office->store, cycle->name, &sealed, err);

	if (rc != ERR_ABSENT)
		return rc;
	rc = step_chain(office->store, cycle->name, &chain, err);
	return rc != 0 ? rc : add_chain(office, log, cycle, chain.chain + 1, reason, time, err);
}

/* A first chain, or a new one once every used link of the one before is revealed; `log` NULL as above. */
static int
missing_chain(struct office *office, struct ledger *log, const struct config_cycle *cycle, int64_t time, bool *ret_any,
    struct err *err)
{
	struct step_chain chain = {.chain = 0};
	struct draw_row sealed;
	int rc = step_chain(office->store, cycle->name, &chain, err);

	if (rc != 0 && rc != ERR_ABSENT)
		return rc;
	if (rc == 0 && (step_chain_serves(&chain, cycle) ||
	    (rc = draws_unrevealed(office->store, cycle->name, &sealed, err)) != ERR_ABSENT))
		return rc;
	*ret_any = true;
	if (log == NULL)
		return 0;
	return add_chain(office, log, cycle, chain.chain + 1, chain.chain == 0 ? "" : chain_reason(office->config, &chain), time,
	    err);
}

static int
missing(struct office *office, struct ledger *log, int64_t time, bool *ret_any, struct err *err)
{
	int rc = missing_policy(office, log, time, ret_any, err);

	for (size_t i = 0; rc == 0 && i < office->config->n_cycles; i++)
		rc = missing_chain(office, log, &office->config->cycles[i], time, ret_any, err);
	return rc;
}

/*
 * Looked at first without a transaction: most turns find nothing, and then no witness need be asked.  A damaged log is seen
 * all the same.
 */
int
step_ini(struct office *office, struct err *err)
{
	struct ledger log;
	int64_t time = 0;
	bool any = false;
	int rc = ledger_open(office->store, &office->key, &log, err);

	if (rc != 0)
		return rc;
	ledger_release(&log);
	if ((rc = missing(office, NULL, 0, &any, err)) != 0 || !any)
		return rc;
	any = false;
	if ((rc = step_begin(office, &log, &time, err)) != 0)
		return rc;
	rc = missing(office, &log, time, &any, err);
	rc = step_end(office, &log, rc, err);
	if (rc == 0 && any)
		step_tell(office, ENTRY_POLICY, 0, "");
	return rc;
}

/* ---- the beginning ---- */

static int
add_genesis(struct office *office, struct ledger *log, int64_t time, struct err *err)
{
	const struct config *config = office->config;
	const char **keys = witness_keys(config);
	struct slice *witnesses = calloc(config->n_witnesses + 1, sizeof *witnesses);
	struct entry e = {.type = ENTRY_GENESIS, .time = time};
	struct buf operator;
	int rc;

	buf_init(&operator, ENTRY_MAX);
	ledger_escape(&operator, slice_of(config->operator));
	if (keys == NULL || witnesses == NULL || operator.failed) {
		rc = err_memory(err);
		goto out;
	}
	for (size_t i = 0; i < config->n_witnesses; i++)
		witnesses[i] = slice_of(keys[i]);
	e.genesis.key = slice_of(office->key.vkey);
	e.genesis.operator = buf_view(&operator);
	e.genesis.origin = slice_of(office->key.name);
	e.genesis.witnesses = witnesses;
	e.genesis.n_witnesses = config->n_witnesses;
	rc = ledger_append(log, &e, NULL, err);
	if (rc == 0)
		rc = policies_add(office->store, 0, err);
out:
	buf_release(&operator);
	free(witnesses);
	free(keys);
	return rc;
}

/* Synced also where it is there: who made it may have been killed before that. */
static int
make_key_folder(const char *path, struct err *err)
{
	char *folder = strndup(path, (size_t)(strrchr(path, '/') - path));
	int rc = folder == NULL ? err_memory(err) : 0;

	if (rc == 0 && ((mkdir(folder, 0700) != 0 && errno != EEXIST) || file_sync_folder_of(folder) != 0))
		rc = err_set(err, ERR_OUTSIDE, N_("%s cannot be made: %s"), folder, strerror(errno));
	free(folder);
	return rc;
}

/* The key of an init that did not come to its end is used, not replaced. */
static int
make_or_read_key(struct office *office, const char *path, struct err *err)
{
	int rc = make_key_folder(path, err);

	if (rc == 0)
		rc = key_remove_unfinished(path, err);
	if (rc != 0)
		return rc;
	rc = key_read(path, &office->key, NULL);
	if (rc == ERR_ABSENT) {
		rc = key_make(office->config->origin, NOTE_ED25519, &office->key, err);
		return rc != 0 ? rc : key_write(path, &office->key, err);
	}
	if (rc != 0)
		return key_read(path, &office->key, err);
	if (strcmp(office->key.name, office->config->origin) != 0 || office->key.algorithm != NOTE_ED25519)
		return err_set(err, ERR_REFUSED, N_("%s is the key of %s, not of origin = %s"), path, office->key.name,
		    office->config->origin);
	if (file_sync_folder_of(path) != 0)
		return err_set(err, ERR_OUTSIDE, "%s: %s", path, strerror(errno));
	return 0;
}

static int
begin_log(struct office *office, struct ledger *log, const char *public, int64_t time, struct err *err)
{
	struct unreported wish = step_init_wish();
	int rc;

	if (ledger_size(log) > 0)
		return err_set(err, ERR_REFUSED, N_("there is a log already: nothing was changed"));
	if ((rc = add_genesis(office, log, time, err)) != 0)
		return rc;
	for (size_t i = 0; i < office->config->n_cycles; i++)
		if ((rc = add_chain(office, log, &office->config->cycles[i], 1, "", time, err)) != 0)
			return rc;
	if ((rc = store_meta_set(office->store, "recovery_key", public, err)) != 0)
		return rc;
	wish.number = 1;
	return unreported_keep(office->store, &wish, err);
}

struct unreported
step_init_wish(void)
{
	return unreported_of("init", "", "log");
}

int
step_init(struct office *office, int (*show)(void *ctx, const char *code), void *ctx, struct err *err)
{
	char public[RECOVERY_PUBLIC], code[RECOVERY_CODE];
	char *path = office_key_path(office->store);
	struct ledger log;
	int64_t time = 0;
	uint64_t size = 0;
	int rc;

	if (path == NULL)
		return err_memory(err);
	rc = ledger_sealed_size(office->store, &size, err);
	if (rc == 0 && size > 0)
		rc = err_set(err, ERR_REFUSED, N_("there is a log already: nothing was changed"));
	if (rc == 0)
		rc = publication_may_begin(office->config->public_dir, store_dir(office->store), err);
	if (rc == 0)
		rc = make_or_read_key(office, path, err);
	if (rc == 0)
		rc = recovery_make(public, code, err);
	if (rc == 0)
		rc = step_begin(office, &log, &time, err);
	if (rc == 0) {
		rc = begin_log(office, &log, public, time, err);
		if (rc == 0 && show(ctx, code) != 0)
			rc = err_set(err, ERR_OUTSIDE, N_("the recovery code could not be shown: nothing was begun"));
		rc = step_end(office, &log, rc, err);
	}
	sodium_memzero(code, sizeof code);
	free(path);
	return rc;
}
