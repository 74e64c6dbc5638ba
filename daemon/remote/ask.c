/* Asks witnesses for cosignatures and sources of beacons for values, and halts signing where a witness is ahead. */

#include "remote/ask.h"

#include "ledger/ledger.h"
#include "remote/beacons.h"
#include "remote/witnesses.h"

static int
ask_witnesses_due(struct store *store, const struct config *config, int64_t now, bool all, struct ask_report *report,
    struct err *err)
{
	struct witnesses_report witnesses = {.tell = report->tell, .ctx = report->ctx};
	uint64_t size = 0;
	int rc = witnesses_ask(store, config, now, all, &witnesses, err);

	if (rc == 0)
		rc = ledger_sealed_size(store, &size, err);
	report->ahead = witnesses.ahead != NULL;
	return rc != 0 ? rc : witnesses_check(&witnesses, size, err);
}

int
ask_witnesses(struct store *store, const struct config *config, int64_t now, struct ask_report *report, struct err *err)
{
	return ask_witnesses_due(store, config, now, true, report, err);
}

int
ask_before_signing(struct operator *operator, struct err *err)
{
	struct ask_report report = {.tell = NULL};

	return ask_witnesses(operator->store, operator->config, operator->now, &report, err);
}

int
ask_due(struct store *store, const struct config *config, int64_t now, struct ask_report *report, struct err *err)
{
	struct beacons_report beacons = {.tell = report->tell, .ctx = report->ctx};
	int rc = ask_witnesses_due(store, config, now, false, report, err);

	if (rc == 0)
		rc = beacons_fetch(store, config, now, &beacons, err);
	return rc;
}
