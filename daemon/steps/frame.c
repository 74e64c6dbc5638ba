/* What every step begins and ends with. */

#include "ledger/ledger.h"
#include "steps/steps_private.h"

int
step_begin(struct office *office, struct ledger *ret_log, int64_t *ret_time, struct err *err)
{
	int rc = 0;

	if (office->ask != NULL && !office->asked)
		rc = office->ask(office, err);
	office->asked = rc == 0;
	office->halted = rc == ERR_REFUSED;
	if (rc != 0 || (rc = store_begin(office->store, err)) != 0)
		return rc;
	rc = ledger_open(office->store, &office->key, ret_log, err);
	if (rc != 0)
		store_rollback(office->store);
	else
		*ret_time = ledger_time(ret_log, office->now);
	return rc;
}

int
step_end(struct office *office, struct ledger *log, int rc, struct err *err)
{
	if (rc == 0 && ledger_size(log) > log->sealed)
		rc = ledger_seal(log, err);
	if (rc == 0)
		rc = store_commit(office->store, err);
	store_rollback(office->store);
	ledger_release(log);
	return rc;
}

void
step_tell(const struct office *office, enum entry_type type, uint64_t n, const char *cycle)
{
	if (office->told != NULL)
		office->told(office->ctx, type, n, cycle);
}

const char *
step_in_language(const struct config *config, const char *english, const char *chinese)
{
	return strcmp(config->language, "zh_CN") == 0 ? chinese : english;
}
