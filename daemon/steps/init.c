/* How a log begins: its key, the genesis, each cycle's first chain, and the recovery code. */

#include <errno.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "ledger/ledger.h"
#include "ledger/policies.h"
#include "ledger/publication.h"
#include "steps/steps_private.h"
#include "system/file.h"

static int
add_genesis(struct operator *operator, struct ledger *log, int64_t time, struct err *err)
{
	const struct config *config = operator->config;
	const char **keys = step_witness_keys(config);
	struct slice *witnesses = calloc(config->n_witnesses + 1, sizeof *witnesses);
	struct entry e = {.type = ENTRY_GENESIS, .time = time};
	struct buf escaped;
	int rc;

	buf_init(&escaped, ENTRY_MAX);
	ledger_escape(&escaped, slice_of(config->operator));
	if (keys == NULL || witnesses == NULL || escaped.failed) {
		rc = err_memory(err);
		goto out;
	}
	for (size_t i = 0; i < config->n_witnesses; i++)
		witnesses[i] = slice_of(keys[i]);
	e.genesis.key = slice_of(operator->key.vkey);
	e.genesis.operator = buf_view(&escaped);
	e.genesis.origin = slice_of(operator->key.name);
	e.genesis.witnesses = witnesses;
	e.genesis.n_witnesses = config->n_witnesses;
	rc = ledger_append(log, &e, NULL, err);
	if (rc == 0)
		rc = policies_add(operator->store, 0, err);
out:
	buf_release(&escaped);
	free(witnesses);
	free(keys);
	return rc;
}

/* Synced also where it exists: the process that made it may have been killed before it synced. */
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

/* The key of an init that was interrupted is used, not replaced. */
static int
make_or_read_key(struct operator *operator, const char *path, struct err *err)
{
	struct err why = {.tr = err == NULL ? NULL : err->tr};
	int rc = make_key_folder(path, err);

	if (rc == 0)
		rc = key_remove_unfinished(path, err);
	if (rc != 0)
		return rc;
	rc = key_read(path, &operator->key, &why);
	if (rc == ERR_ABSENT) {
		rc = key_make(operator->config->origin, NOTE_ED25519, &operator->key, err);
		return rc != 0 ? rc : key_write(path, &operator->key, err);
	}
	if (rc != 0)
		return err_copy(err, &why);
	if (strcmp(operator->key.name, operator->config->origin) != 0 || operator->key.algorithm != NOTE_ED25519)
		return err_set(err, ERR_REFUSED, N_("%s is the key of %s, not of origin = %s"), path,
		    operator->key.name, operator->config->origin);
	if (file_sync_folder_of(path) != 0)
		return err_set(err, ERR_OUTSIDE, "%s: %s", path, strerror(errno));
	return 0;
}

static int
append_first_entries(struct operator *operator, struct ledger *log, const char *public, int64_t time, struct err *err)
{
	struct unreported unreported = step_init_wish();
	int rc;

	if (ledger_size(log) > 0)
		return err_set(err, ERR_REFUSED, N_("there is a log already: nothing was changed"));
	rc = add_genesis(operator, log, time, err);
	for (size_t i = 0; rc == 0 && i < operator->config->n_cycles; i++)
		rc = step_chain_add(operator, log, &operator->config->cycles[i], 1, "", time, err);
	if (rc == 0)
		rc = store_meta_set(operator->store, "recovery_key", public, err);
	unreported.number = 1;
	return rc == 0 ? unreported_keep(operator->store, &unreported, err) : rc;
}

struct unreported
step_init_wish(void)
{
	return unreported_of("init", "", "log");
}

int
step_init(struct operator *operator, int (*show)(void *ctx, const char *code), void *ctx, struct err *err)
{
	char public[RECOVERY_PUBLIC], code[RECOVERY_CODE];
	char *path = operator_key_path(operator->store);
	struct ledger log;
	int64_t time = 0;
	uint64_t size = 0;
	int rc;

	if (path == NULL)
		return err_memory(err);
	rc = ledger_sealed_size(operator->store, &size, err);
	if (rc == 0 && size > 0)
		rc = err_set(err, ERR_REFUSED, N_("there is a log already: nothing was changed"));
	if (rc == 0)
		rc = publication_may_begin(operator->config->public_dir, store_dir(operator->store), err);
	if (rc == 0)
		rc = make_or_read_key(operator, path, err);
	if (rc == 0)
		rc = recovery_make(public, code, err);
	if (rc == 0)
		rc = step_begin(operator, &log, &time, err);
	if (rc == 0) {
		rc = append_first_entries(operator, &log, public, time, err);
		if (rc == 0 && show(ctx, code) != 0)
			rc = err_set(err, ERR_OUTSIDE, N_("the recovery code could not be shown: nothing was begun"));
		rc = step_end(operator, &log, rc, err);
	}
	sodium_memzero(code, sizeof code);
	free(path);
	return rc;
}
