/* Values of beacons in the state: which draws wait for one, when it is asked for next, what was got or why not. */

#include "remote/beacons_private.h"

#include <stdio.h>
#include <string.h>

#include "core/base/text.h"
#include "core/log/beacon.h"
#include "ledger/ledger.h"
#include "remote/witnesses.h"

#define QUICK_TRIES 10  /* the first ones, since the value may come at any moment */
#define QUICK_PAUSE_S 3 /* between them; then as witnesses_pause */

static int64_t
pause_of(uint64_t failures)
{
	return failures <= QUICK_TRIES ? QUICK_PAUSE_S : witnesses_pause(failures - QUICK_TRIES);
}

/* ---- in the state ---- */

int
beacons_value(struct store *store, uint64_t n, struct beacon_value *ret, struct err *err)
{
	struct beacon_value found;
	struct query q;
	bool there;
	int rc;

	query_open(&q, store, "SELECT value, signature FROM draw_value WHERE n = ? AND value IS NOT NULL");
	query_put_int(&q, (int64_t)n);
	there = query_row(&q);
	if (there) {
		struct slice value = query_text(&q, 0), signature = query_text(&q, 1);

		there = value.n < sizeof found.value && signature.n < sizeof found.signature;
		(void)snprintf(found.value, sizeof found.value, "%.*s", SLICE_ARGS(value));
		(void)snprintf(found.signature, sizeof found.signature, "%.*s", SLICE_ARGS(signature));
	}
	rc = query_close(&q, err);
	if (rc == 0 && !there)
		rc = ERR_ABSENT;
	if (rc == 0)
		*ret = found;
	return rc;
}

int
beacons_fault(struct store *store, uint64_t n, char ret_fault[static BEACON_FAULT], struct err *err)
{
	struct query q;

	ret_fault[0] = '\0';
	query_open(&q, store, "SELECT fault FROM draw_value WHERE n = ? AND fault IS NOT NULL");
	query_put_int(&q, (int64_t)n);
	if (query_row(&q)) {
		struct slice fault = query_text(&q, 0);

		(void)snprintf(ret_fault, BEACON_FAULT, "%.*s", (int)fault.n, fault.n == 0 ? "" : fault.p);
	}
	return query_close(&q, err);
}

int
beacon_keep_value(struct store *store, uint64_t n, const struct beacon_value *value, int64_t now, struct err *err)
{
	struct query q;

	query_open(&q, store,
	    "INSERT INTO draw_value (n, value, signature, tried) VALUES (?1, ?2, ?3, ?4)"
	    " ON CONFLICT (n) DO UPDATE SET value = ?2, signature = ?3, tried = ?4, fault = NULL WHERE value IS NULL");
	query_put_int(&q, (int64_t)n);
	query_put_string(&q, value->value);
	query_put_string(&q, value->signature);
	query_put_int(&q, now);
	query_run(&q);
	return query_close(&q, err);
}

/* ---- draws that wait for a value ---- */

#define WAITING                                                                                             \
	"FROM draw LEFT JOIN draw_value v ON v.n = draw.n WHERE (outcome IS NULL OR (outcome = 'void' AND " \
	"reveal_entry IS NULL)) AND source IN ('drand', 'witness') AND v.value IS NULL"

const struct config_witness *
beacon_witness(const struct config *config, struct slice vkey)
{
	for (size_t i = 0; i < config->n_witnesses; i++)
		if (slice_is(vkey, config->witnesses[i].key))
			return &config->witnesses[i];
	return NULL;
}

int
beacon_waiting_read(struct store *store, uint64_t n, struct beacon_waiting *w, struct err *err)
{
	int64_t time;
	int rc;

	*w = (struct beacon_waiting){.failures = 0};
	rc = draws_find(store, n, &w->row, err);
	if (rc == 0)
		rc = ledger_entry(store, w->row.commit_entry, &w->bytes, err);
	if (rc == 0)
		rc = commit_parse(buf_view(&w->bytes), &w->commit, &time, err);
	if (rc != 0)
		return rc;
	w->has_commit = true;
	hash_hex(buf_view(&w->bytes), w->hash);
	return 0;
}

void
beacon_waiting_release(struct beacon_waiting *w)
{
	if (w->has_commit)
		commit_release(&w->commit);
	buf_release(&w->bytes);
}

int
beacon_waiting_list(struct store *store, int64_t now, uint64_t ret[static BEACONS_AT_ONCE],
    uint64_t ret_failures[static BEACONS_AT_ONCE], size_t *ret_n, struct err *err)
{
	struct query q;

	*ret_n = 0;
	query_open(&q, store,
	    "SELECT draw.n, v.tried, coalesce(v.failures, 0) " WAITING
	    " AND draw_time <= ? ORDER BY draw_time, draw.n");
	query_put_int(&q, now);
	while (*ret_n < BEACONS_AT_ONCE && query_row(&q)) {
		uint64_t failures = (uint64_t)query_int(&q, 2);

		if (failures > 0 && query_int(&q, 1) + pause_of(failures) > now)
			continue;
		ret[*ret_n] = (uint64_t)query_int(&q, 0);
		ret_failures[(*ret_n)++] = failures;
	}
	return query_close(&q, err);
}

bool
beacon_can_fetch(const struct config *config, const struct commit *commit)
{
	const struct config_witness *w;

	if (commit->beacon.source == SOURCE_DRAND)
		return true;
	w = beacon_witness(config, commit->beacon.key);
	return w != NULL && w->url[0] != '\0';
}

int
beacons_next(struct store *store, const struct config *config, int64_t *ret_time, struct err *err)
{
	struct query q;
	int rc = 0, closed;

	*ret_time = INT64_MAX;
	query_open(&q, store, "SELECT draw.n, draw_time, v.tried, coalesce(v.failures, 0) " WAITING);
	while (rc == 0 && query_row(&q)) {
		uint64_t failures = (uint64_t)query_int(&q, 3);
		int64_t at = failures == 0 ? query_int(&q, 1) : query_int(&q, 2) + pause_of(failures);
		struct beacon_waiting w;

		if (at >= *ret_time)
			continue;
		rc = beacon_waiting_read(store, (uint64_t)query_int(&q, 0), &w, err);
		if (rc == 0 && beacon_can_fetch(config, &w.commit))
			*ret_time = at;
		beacon_waiting_release(&w);
	}
	closed = query_close(&q, rc == 0 ? err : NULL);
	return rc != 0 ? rc : closed;
}

int
beacon_check_signature(const struct beacon_waiting *w, struct slice hex, struct beacon_value *ret, struct err *err)
{
	uint8_t bytes[4 * BEACON_SIGNATURE_HEX];
	size_t len = hex.n / 2;

	if (len > sizeof bytes || hex.n == 0 || !text_from_hex(hex, bytes, len) || hex.n % 2 != 0)
		return err_set(err, ERR_REFUSED, N_("the signature is not written in lowercase hex digits"));
	hash_hex((struct slice){(const char *)bytes, len}, ret->value);
	(void)snprintf(ret->signature, sizeof ret->signature, "%.*s", (int)hex.n, hex.p);
	return beacon_check_value(&w->commit, slice_of(w->hash), slice_of(ret->value), hex, err);
}

int
beacons_add(struct store *store, struct slice hex, int64_t now, uint64_t *ret_n, struct err *err)
{
	uint64_t numbers[BEACONS_AT_ONCE];
	size_t n = 0;
	struct query q;
	int rc;

	query_open(&q, store, "SELECT draw.n " WAITING " AND source = 'witness' ORDER BY draw.n");
	while (n < BEACONS_AT_ONCE && query_row(&q))
		numbers[n++] = (uint64_t)query_int(&q, 0);
	rc = query_close(&q, err);
	for (size_t i = 0; rc == 0 && i < n; i++) {
		struct beacon_value value;
		struct beacon_waiting w;
		bool fits;

		rc = beacon_waiting_read(store, numbers[i], &w, err);
		fits = rc == 0 && beacon_check_signature(&w, hex, &value, NULL) == 0;
		beacon_waiting_release(&w);
		if (fits) {
			*ret_n = numbers[i];
			if (now < w.row.draw_time)
				return err_set(err, ERR_REFUSED,
				    N_("this signature was given before the time of draw %llu: it is not taken"),
				    (unsigned long long)numbers[i]);
			return beacon_keep_value(store, numbers[i], &value, now, err);
		}
	}
	return rc != 0
	    ? rc
	    : err_set(err, ERR_REFUSED,
	          N_("no draw waits for this signature: it is another witness's, or over another commitment"));
}
