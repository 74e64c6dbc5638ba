/* What the state knows of each witness, and when it is to be asked again. */

#include "remote/witnesses_private.h"

#include <stdio.h>
#include <string.h>

#include "ledger/cosignatures.h"
#include "ledger/ledger.h"

#define PAUSE_S 15
#define DOUBLED_MAX 6

int64_t
witnesses_pause(uint64_t failures)
{
	int64_t pause = PAUSE_S << (failures > DOUBLED_MAX ? DOUBLED_MAX : failures - (failures > 0));

	return pause < 900 ? pause : 900;
}

/* ---- what is known of a witness ---- */

int
witness_row_read(struct store *store, const char *vkey, struct witness_row *ret, struct err *err)
{
	struct query q;

	*ret = (struct witness_row){.asked = false};
	query_open(&q, store,
	    "SELECT size, tried, tried_size, failures, since, fault, ahead FROM witness WHERE vkey = ?");
	query_put_string(&q, vkey);
	if (query_row(&q)) {
		struct slice fault = query_text(&q, 5);

		ret->asked = true;
		ret->size = (uint64_t)query_int(&q, 0);
		ret->tried = query_int(&q, 1);
		ret->tried_size = (uint64_t)query_int(&q, 2);
		ret->failures = (uint64_t)query_int(&q, 3);
		ret->since = query_int(&q, 4);
		ret->ahead = (uint64_t)query_int(&q, 6);
		(void)snprintf(ret->fault, sizeof ret->fault, "%.*s", (int)fault.n, fault.n == 0 ? "" : fault.p);
	}
	return query_close(&q, err);
}

int
witness_state(struct store *store, const struct config_witness *witness, struct witness_state *ret, struct err *err)
{
	struct witness_row known;
	uint64_t size = 0;
	int rc = witness_row_read(store, witness->key, &known, err);

	if (rc == 0)
		rc = ledger_sealed_size(store, &size, err);
	if (rc != 0)
		return rc;
	*ret = (struct witness_state){.asked = known.asked,
	    .newest = cosignatures_has(store, size, witness->key),
	    .failures = known.failures,
	    .since = known.since,
	    .ahead = known.ahead};
	memcpy(ret->fault, known.fault, sizeof ret->fault);
	return 0;
}

/* A checkpoint that it was not asked about yet is due at once; what failed is due after a pause. */
int64_t
witness_row_due(const struct witness_row *known, uint64_t size)
{
	if (!known->asked || known->tried_size != size || known->failures == 0)
		return INT64_MIN;
	return known->tried + witnesses_pause(known->failures);
}

int
witnesses_next(struct store *store, const struct config *config, int64_t *ret_time, struct err *err)
{
	int64_t next = INT64_MAX;
	uint64_t size = 0;
	int rc = ledger_sealed_size(store, &size, err);

	for (size_t i = 0; rc == 0 && size > 0 && i < config->n_witnesses; i++) {
		const struct config_witness *w = &config->witnesses[i];
		struct witness_row known;
		int64_t at;

		if (w->url[0] == '\0' || cosignatures_has(store, size, w->key))
			continue;
		rc = witness_row_read(store, w->key, &known, err);
		at = rc == 0 ? witness_row_due(&known, size) : next;
		next = at < next ? at : next;
	}
	if (rc == 0)
		*ret_time = next;
	return rc;
}

int
witnesses_check(const struct witnesses_report *report, uint64_t size, struct err *err)
{
	if (report->ahead == NULL)
		return 0;
	return err_set(err, ERR_REFUSED,
	    N_("the witness %s has seen another state of this log than the one here, of %llu entries, and here are "
	       "%llu: this is an old "
	       "copy, and nothing is signed. Restore a newer backup, or let \"spotcheck recover --published DIR\" go "
	       "on from what "
	       "was published; if it is the witness that is wrong, take it out of the configuration"),
	    report->ahead, (unsigned long long)report->ahead_size, (unsigned long long)size);
}
