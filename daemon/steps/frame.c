/* How every step begins and ends: witnesses, transaction, log, signature, and the call that reports the entry. */

#include "ledger/ledger.h"
#include "steps/steps_private.h"

int
step_begin(struct operator *operator, struct ledger *ret_log, int64_t *ret_time, struct err *err)
{
	int rc = 0;

	if (operator->ask != NULL && !operator->asked)
		rc = operator->ask(operator, err);
	operator->asked = rc == 0;
	operator->halted = rc == ERR_REFUSED;
	if (rc == 0)
		rc = store_begin(operator->store, err);
	if (rc != 0)
		return rc;
	rc = ledger_open(operator->store, &operator->key, ret_log, err);
	if (rc != 0)
		store_rollback(operator->store);
	else
		*ret_time = ledger_time(ret_log, operator->now);
	return rc;
}

int
step_end(struct operator *operator, struct ledger *log, int rc, struct err *err)
{
	if (rc == 0 && ledger_size(log) > log->sealed)
		rc = ledger_seal(log, err);
	if (rc == 0)
		rc = store_commit(operator->store, err);
	store_rollback(operator->store);
	ledger_release(log);
	return rc;
}

void
step_tell_entry(const struct operator *operator, enum entry_type type, uint64_t n, const char *cycle)
{
	if (operator->told != NULL)
		operator->told(operator->ctx, type, n, cycle);
}

const char *
step_in_language(const struct config *config, const char *english, const char *chinese)
{
	return strcmp(config->language, "zh_CN") == 0 ? chinese : english;
}
