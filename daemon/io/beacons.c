#include "io/beacons.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/beacon.h"
#include "core/merkle.h"
#include "core/text.h"
#include "core/witness.h"
#include "io/cosignatures.h"
#include "io/draws.h"
#include "io/http.h"
#include "io/ledger.h"
#include "io/witnesses.h"

#define FETCH_S 8
#define SOON 10  /* failures, at intervals of */
#define SOON_S 3
#define RELAYS_MAX 16 /* config_keys.c */
#define DRAWS_MAX 64  /* that wait at one time and are looked at in one call; the others next time */

/* A draw that waits, and its commitment. */
struct waiting {
	struct draw_row row;
	struct buf bytes;
	struct commit commit;
	bool has_commit;
	char hash[HASH_HEX + 1];
	uint64_t failures;
};

struct fetching {
	struct store *store;
	const struct config *config;
	int64_t now;
	struct beacons_report *report;
	const char *(*tr)(const char *text);
	struct err *err;
};

/* Every few seconds while it may come at any moment, then ever more seldom. */
static int64_t
pause_of(uint64_t failures)
{
	return failures <= SOON ? SOON_S : witnesses_pause(failures - SOON);
}

/* ---- in the state ---- */

int
beacons_value(struct store *store, uint64_t n, struct beacon_value *ret, struct err *err)
{
	struct query q;
	bool there;
	int rc;

	query_open(&q, store, "SELECT value, signature FROM draw_value WHERE n = ? AND value IS NOT NULL");
	query_put_int(&q, (int64_t)n);
	there = query_row(&q);
	if (there) {
		struct slice value = query_text(&q, 0), signature = query_text(&q, 1);

		there = value.n < sizeof ret->value && signature.n < sizeof ret->signature;
		(void)snprintf(ret->value, sizeof ret->value, "%.*s", SLICE_ARGS(value));
		(void)snprintf(ret->signature, sizeof ret->signature, "%.*s", SLICE_ARGS(signature));
	}
	rc = query_close(&q, err);
	return rc == 0 && !there ? ERR_ABSENT : rc;
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

static int
keep_value(struct store *store, uint64_t n, const struct beacon_value *value, int64_t now, struct err *err)
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

static int
keep_fault(struct fetching *f, struct waiting *w, const char *fault)
{
	struct query q;

	f->report->waiting++;
	if (w->failures == 0 && f->report->tell != NULL)
		f->report->tell(f->report->ctx, fault);
	query_open(&q, f->store,
	    "INSERT INTO draw_value (n, tried, failures, fault) VALUES (?1, ?2, 1, ?3)"
	    " ON CONFLICT (n) DO UPDATE SET tried = ?2, failures = failures + 1, fault = ?3 WHERE value IS NULL");
	query_put_int(&q, (int64_t)w->row.n);
	query_put_int(&q, f->now);
	query_put_string(&q, fault);
	query_run(&q);
	return query_close(&q, f->err);
}

/* ---- what is waited for ---- */

#define WAITING \
	"FROM draw LEFT JOIN draw_value v ON v.n = draw.n WHERE outcome IS NULL AND source IN ('drand', 'witness') AND v.value IS NULL"

static const struct config_witness *
witness_of(const struct config *config, struct slice vkey)
{
	for (size_t i = 0; i < config->n_witnesses; i++)
		if (slice_is(vkey, config->witnesses[i].key))
			return &config->witnesses[i];
	return NULL;
}

static int
read_waiting(struct store *store, uint64_t n, struct waiting *w, struct err *err)
{
	int64_t time;
	int rc;

	*w = (struct waiting){.failures = 0};
	if ((rc = draws_find(store, n, &w->row, err)) != 0 || (rc = ledger_entry(store, w->row.commit_entry, &w->bytes, err)) != 0 ||
	    (rc = commit_parse(buf_view(&w->bytes), &w->commit, &time, err)) != 0)
		return rc;
	w->has_commit = true;
	hash_hex(buf_view(&w->bytes), w->hash);
	return 0;
}

static void
waiting_release(struct waiting *w)
{
	if (w->has_commit)
		commit_release(&w->commit);
	buf_release(&w->bytes);
}

/* Their numbers, at most DRAWS_MAX; with `now` those that are due then alone. */
static int
list_waiting(struct store *store, int64_t now, uint64_t *ret, uint64_t *ret_failures, size_t *ret_n, struct err *err)
{
	struct query q;

	*ret_n = 0;
	query_open(&q, store, "SELECT draw.n, v.tried, coalesce(v.failures, 0) " WAITING " AND draw_time <= ? ORDER BY draw_time, draw.n");
	query_put_int(&q, now);
	while (*ret_n < DRAWS_MAX && query_row(&q)) {
		uint64_t failures = (uint64_t)query_int(&q, 2);

		if (failures > 0 && query_int(&q, 1) + pause_of(failures) > now)
			continue;
		ret[*ret_n] = (uint64_t)query_int(&q, 0);
		ret_failures[(*ret_n)++] = failures;
	}
	return query_close(&q, err);
}

/* A witness without an address is no errand of ours. */
static bool
can_fetch(const struct config *config, const struct commit *commit)
{
	const struct config_witness *w;

	if (commit->beacon.source == SOURCE_DRAND)
		return true;
	w = witness_of(config, commit->beacon.key);
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
		struct waiting w;

		if (at >= *ret_time)
			continue;
		rc = read_waiting(store, (uint64_t)query_int(&q, 0), &w, err);
		if (rc == 0 && can_fetch(config, &w.commit))
			*ret_time = at;
		waiting_release(&w);
	}
	closed = query_close(&q, rc == 0 ? err : NULL);
	return rc != 0 ? rc : closed;
}

/* Whether this is the signature that the commitment names; `ret` gets it with its value.  A longer one is of another scheme. */
static int
check_signature(const struct waiting *w, struct slice hex, struct beacon_value *ret, struct err *err)
{
	uint8_t bytes[4 * BEACON_SIGNATURE_HEX];
	size_t len = hex.n / 2;

	if (len > sizeof bytes || hex.n == 0 || !text_from_hex(hex, bytes, len) || hex.n % 2 != 0)
		return err_set(err, ERR_REFUSED, N_("the signature is not written in lowercase hex digits"));
	hash_hex((struct slice){(const char *)bytes, len}, ret->value);
	(void)snprintf(ret->signature, sizeof ret->signature, "%.*s", (int)hex.n, hex.p);
	return beacon_check_value(&w->commit, slice_of(w->hash), slice_of(ret->value), hex, err);
}

/* ---- drand ---- */

/* One relay's answer.  The round is what was asked for, the randomness the hash of the signature. */
static int
read_round(const struct waiting *w, const struct http_request *http, struct beacon_value *ret, struct err *err)
{
	json_error_t where;
	json_t *root, *randomness, *signature, *round;
	int rc;

	if (http->status == 0)
		return err_set(err, ERR_OUTSIDE, N_("no answer: %s"), http->fault);
	if (http->status == 404 || http->status == 425)
		return err_set(err, ERR_NOT_YET, N_("it does not have round %llu yet"), (unsigned long long)w->commit.beacon.round);
	if (http->status != 200)
		return err_set(err, ERR_OUTSIDE, N_("it answers with the HTTP status %ld"), http->status);
	root = json_loadb(http->reply.data == NULL ? "" : http->reply.data, http->reply.len, JSON_REJECT_DUPLICATES, &where);
	round = json_object_get(root, "round");
	signature = json_object_get(root, "signature");
	randomness = json_object_get(root, "randomness");
	if (!json_is_integer(round) || !json_is_string(signature) || !json_is_string(randomness))
		rc = err_set(err, ERR_REFUSED, N_("its answer is no round of drand"));
	else if (json_integer_value(round) < 0 || (uint64_t)json_integer_value(round) != w->commit.beacon.round)
		rc = err_set(err, ERR_REFUSED, N_("it answers with round %lld instead of %llu"), (long long)json_integer_value(round),
		    (unsigned long long)w->commit.beacon.round);
	else
		rc = check_signature(w, (struct slice){json_string_value(signature), json_string_length(signature)}, ret, err);
	if (rc == 0 && strcmp(json_string_value(randomness), ret->value) != 0)
		rc = err_set(err, ERR_REFUSED, N_("the beacon value is not the hash of the signature"));
	json_decref(root);
	return rc;
}

/* How many of the relays say the same as relay `i`. */
static size_t
agreement(const struct beacon_value *values, const bool *good, size_t n, size_t i)
{
	size_t same = 0;

	for (size_t j = 0; j < n; j++)
		same += good[j] && strcmp(values[i].signature, values[j].signature) == 0;
	return same;
}

static int
fetch_rounds(struct fetching *f, const struct waiting *w, struct beacon_value *values, bool *good, char *ret_fault)
{
	const struct text_list *urls = &f->config->beacon_urls;
	struct http_request http[RELAYS_MAX] = {{.url = NULL}};
	char (*paths)[1024] = calloc(RELAYS_MAX, sizeof *paths);
	int rc = paths == NULL ? err_memory(f->err) : 0;

	for (size_t i = 0; rc == 0 && i < urls->n; i++) {
		size_t len = strlen(urls->items[i]);

		(void)snprintf(paths[i], sizeof paths[i], "%.*s/%s/public/%llu", (int)(len - (urls->items[i][len - 1] == '/')),
		    urls->items[i], drand_quicknet, (unsigned long long)w->commit.beacon.round);
		http[i].url = paths[i];
	}
	if (rc == 0)
		rc = http_all(http, urls->n, FETCH_S, f->err);
	for (size_t i = 0; rc == 0 && i < urls->n; i++) {
		struct err why = {.tr = f->tr};
		size_t used = strlen(ret_fault);

		good[i] = read_round(w, &http[i], &values[i], &why) == 0;
		if (!good[i])
			(void)snprintf(ret_fault + used, BEACON_FAULT - used, "%s%.100s: %.120s", used == 0 ? "" : "; ", urls->items[i], why.message);
	}
	for (size_t i = 0; i < urls->n; i++)
		http_release(&http[i]);
	free(paths);
	return rc;
}

static int
fetch_drand(struct fetching *f, const struct waiting *w, struct beacon_value *ret, char *ret_fault)
{
	struct beacon_value values[RELAYS_MAX] = {{.value = ""}};
	bool good[RELAYS_MAX] = {false};
	size_t n = f->config->beacon_urls.n;
	bool any = false;
	int rc = fetch_rounds(f, w, values, good, ret_fault);

	for (size_t i = 0; rc == 0 && i < n; i++) {
		size_t same = good[i] ? agreement(values, good, n, i) : 0;

		any |= good[i];
		if (same >= 2 && same > n / 2) {
			*ret = values[i];
			for (size_t j = 0; j < n; j++)
				if (good[j] && strcmp(values[j].signature, ret->signature) != 0 && f->report->tell != NULL)
					f->report->tell(f->report->ctx, f->tr(N_("a relay of drand contradicts the others")));
			return 0;
		}
	}
	if (rc == 0 && any && ret_fault[0] == '\0')
		(void)snprintf(ret_fault, BEACON_FAULT, "%s", f->tr(N_("the relays of drand contradict each other")));
	return rc;
}

/* ---- a witness ---- */

/* The commitment, its path, and the checkpoint that bears the witness's own cosignature. */
static int
write_request(struct fetching *f, const struct waiting *w, struct buf *out)
{
	struct hash path[64];
	struct merkle tree;
	struct buf note = {0};
	uint64_t size = 0;
	int64_t last = 0;
	int rc;

	merkle_init(&tree);
	if ((rc = ledger_tree(f->store, &tree, &last, f->err)) == 0 &&
	    (rc = cosignatures_commit_size(f->store, &w->row, &size, f->err)) == 0 &&
	    (rc = cosignatures_note(f->store, size, &note, f->err)) == 0) {
		size_t n = merkle_audit_path(&tree, w->row.commit_entry, size, path);

		witness_beacon_write(w->row.commit_entry, path, n, buf_view(&w->bytes), buf_view(&note), out);
		rc = out->failed ? err_memory(f->err) : 0;
		buf_release(&note);
	}
	merkle_release(&tree);
	return rc;
}

static void
read_signature(struct fetching *f, const struct waiting *w, const struct http_request *http, struct beacon_value *ret,
    char *ret_fault)
{
	struct slice reply = buf_view(&http->reply), first = slice_cut(&reply, '\n');
	struct err why = {.tr = f->tr};

	if (http->status == 200 && check_signature(w, first, ret, &why) == 0)
		return;
	ret->value[0] = '\0';
	if (http->status == 0)
		(void)err_set(&why, ERR_OUTSIDE, N_("no answer: %s"), http->fault);
	else if (http->status != 200)
		(void)err_set(&why, ERR_OUTSIDE, N_("it answers with the HTTP status %ld"), http->status);
	(void)snprintf(ret_fault, BEACON_FAULT, "%.200s: %.280s", http->url, why.message);
}

static int
fetch_witness(struct fetching *f, const struct waiting *w, struct beacon_value *ret, char *ret_fault)
{
	const struct config_witness *witness = witness_of(f->config, w->commit.beacon.key);
	struct http_request http = {.url = NULL};
	char url[1024];
	struct buf body;
	int rc;

	buf_init(&body, WITNESS_BODY_MAX);
	(void)snprintf(url, sizeof url, "%sspotcheck-beacon", witness->url);
	rc = write_request(f, w, &body);
	http.url = url;
	http.body = buf_view(&body);
	if (rc == 0)
		rc = http_all(&http, 1, FETCH_S, f->err);
	if (rc == 0)
		read_signature(f, w, &http, ret, ret_fault);
	http_release(&http);
	buf_release(&body);
	return rc;
}

/* ---- the whole ---- */

static int
fetch_one(struct fetching *f, struct waiting *w)
{
	struct beacon_value value = {.value = ""};
	char fault[BEACON_FAULT] = "";
	int rc;

	if (!can_fetch(f->config, &w->commit)) {
		f->report->waiting++;
		return 0;
	}
	if (w->commit.beacon.source == SOURCE_DRAND)
		rc = fetch_drand(f, w, &value, fault);
	else
		rc = fetch_witness(f, w, &value, fault);
	if (rc != 0)
		return rc;
	if (value.value[0] == '\0')
		return keep_fault(f, w, fault);
	f->report->got++;
	return keep_value(f->store, w->row.n, &value, f->now, f->err);
}

static const char *
untranslated(const char *text)
{
	return text;
}

int
beacons_fetch(struct store *store, const struct config *config, int64_t now, struct beacons_report *report, struct err *err)
{
	struct fetching f = {store, config, now, report, err != NULL && err->tr != NULL ? err->tr : untranslated, err};
	uint64_t numbers[DRAWS_MAX], failures[DRAWS_MAX];
	size_t n = 0;
	int rc = list_waiting(store, now, numbers, failures, &n, err);

	for (size_t i = 0; rc == 0 && i < n; i++) {
		struct waiting w;

		rc = read_waiting(store, numbers[i], &w, err);
		w.failures = failures[i];
		if (rc == 0)
			rc = fetch_one(&f, &w);
		waiting_release(&w);
	}
	return rc;
}

int
beacons_add(struct store *store, struct slice hex, int64_t now, uint64_t *ret_n, struct err *err)
{
	uint64_t numbers[DRAWS_MAX];
	size_t n = 0;
	struct query q;
	int rc;

	query_open(&q, store, "SELECT draw.n " WAITING " AND source = 'witness' ORDER BY draw.n");
	while (n < DRAWS_MAX && query_row(&q))
		numbers[n++] = (uint64_t)query_int(&q, 0);
	rc = query_close(&q, err);
	for (size_t i = 0; rc == 0 && i < n; i++) {
		struct beacon_value value;
		struct waiting w;
		bool fits;

		rc = read_waiting(store, numbers[i], &w, err);
		fits = rc == 0 && check_signature(&w, hex, &value, NULL) == 0;
		waiting_release(&w);
		if (fits) {
			*ret_n = numbers[i];
			if (now < w.row.draw_time)
				return err_set(err, ERR_REFUSED, N_("this signature was given before the time of draw %llu: it is not taken"),
				    (unsigned long long)numbers[i]);
			return keep_value(store, numbers[i], &value, now, err);
		}
	}
	return rc != 0 ? rc : err_set(err, ERR_REFUSED, N_("no draw waits for this signature: it is another witness's, or over another commitment"));
}
