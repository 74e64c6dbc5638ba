/* Fetches the values of beacons that are due, from drand's relays and from witnesses. */

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "core/format/merkle.h"
#include "core/log/witness.h"
#include "draws/assurance.h"
#include "ledger/cosignatures.h"
#include "ledger/ledger.h"
#include "remote/beacons_private.h"
#include "remote/http.h"
#include "text/printable.h"

#define FETCH_S 8
#define RELAYS_MAX 16 /* as many as the INI may name (config/keys.c) */

struct fetching {
	struct store *store;
	const struct config *config;
	int64_t now;
	struct beacons_report *report;
	const char *(*tr)(const char *text);
	struct err *err;
};

static int
keep_fault(struct fetching *f, struct beacon_waiting *w, char *fault)
{
	struct query q;

	plain_clean(fault);
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

/* ---- drand ---- */

/* Reads one relay's answer: its round must be the one asked for, its randomness the hash of its signature. */
static int
read_relay_answer(const struct beacon_waiting *w, const struct http_request *http, struct beacon_value *ret,
    struct err *err)
{
	json_error_t where;
	json_t *root, *randomness, *signature, *round;
	int rc;

	if (http->status == 0)
		return err_set(err, ERR_OUTSIDE, N_("no answer: %s"), http->fault);
	if (http->status == 404 || http->status == 425)
		return err_set(err, ERR_NOT_YET, N_("it does not have round %llu yet"),
		    (unsigned long long)w->commit.beacon.round);
	if (http->status != 200)
		return err_set(err, ERR_OUTSIDE, N_("it answers with the HTTP status %ld"), http->status);
	root = json_loadb(http->reply.data == NULL ? "" : http->reply.data, http->reply.len, JSON_REJECT_DUPLICATES,
	    &where);
	round = json_object_get(root, "round");
	signature = json_object_get(root, "signature");
	randomness = json_object_get(root, "randomness");
	if (!json_is_integer(round) || !json_is_string(signature) || !json_is_string(randomness))
		rc = err_set(err, ERR_REFUSED, N_("its answer is no round of drand"));
	else if (json_integer_value(round) < 0 || (uint64_t)json_integer_value(round) != w->commit.beacon.round)
		rc = err_set(err, ERR_REFUSED, N_("it answers with round %lld instead of %llu"),
		    (long long)json_integer_value(round), (unsigned long long)w->commit.beacon.round);
	else
		rc = beacon_check_signature(w,
		    (struct slice){json_string_value(signature), json_string_length(signature)}, ret, err);
	if (rc == 0 && strcmp(json_string_value(randomness), ret->value) != 0)
		rc = err_set(err, ERR_REFUSED, N_("the beacon value is not the hash of the signature"));
	json_decref(root);
	return rc;
}

/* How many relays gave the signature that relay `i` gave, itself included. */
static size_t
count_agreeing(const struct beacon_value *values, const bool *good, size_t n, size_t i)
{
	size_t same = 0;

	for (size_t j = 0; j < n; j++)
		same += good[j] && strcmp(values[i].signature, values[j].signature) == 0;
	return same;
}

static int
fetch_rounds(struct fetching *f, const struct beacon_waiting *w, struct beacon_value *values, bool *good,
    char *ret_fault)
{
	const struct text_list *urls = &f->config->beacon_urls;
	struct http_request http[RELAYS_MAX] = {{.url = NULL}};
	char(*paths)[1024] = calloc(RELAYS_MAX, sizeof *paths);
	int rc = paths == NULL ? err_memory(f->err) : 0;

	for (size_t i = 0; rc == 0 && i < urls->n; i++) {
		size_t len = strlen(urls->items[i]);

		(void)snprintf(paths[i], sizeof paths[i], "%.*s/%s/public/%llu",
		    (int)(len - (urls->items[i][len - 1] == '/')), urls->items[i], drand_quicknet,
		    (unsigned long long)w->commit.beacon.round);
		http[i].url = paths[i];
	}
	if (rc == 0)
		rc = http_all(http, urls->n, FETCH_S, f->err);
	for (size_t i = 0; rc == 0 && i < urls->n; i++) {
		struct err why = {.tr = f->tr};
		size_t used = strlen(ret_fault);

		good[i] = read_relay_answer(w, &http[i], &values[i], &why) == 0;
		if (!good[i])
			(void)snprintf(ret_fault + used, BEACON_FAULT - used, "%s%.100s: %.120s", used == 0 ? "" : "; ",
			    urls->items[i], why.message);
	}
	for (size_t i = 0; i < urls->n; i++)
		http_release(&http[i]);
	free(paths);
	return rc;
}

/* Reports a relay that gave another signature than the one that was taken. */
static void
report_relays_differ(const struct fetching *f, const char *url)
{
	struct err words = {.tr = f->tr};

	(void)err_set(&words, ERR_REFUSED, N_("the relay %s of drand contradicts the others"), url);
	f->report->tell(f->report->ctx, words.message);
}

static int
fetch_drand(struct fetching *f, const struct beacon_waiting *w, struct beacon_value *ret, char *ret_fault)
{
	struct beacon_value values[RELAYS_MAX] = {{.value = ""}};
	bool good[RELAYS_MAX] = {false};
	size_t n = f->config->beacon_urls.n;
	bool any = false;
	int rc = fetch_rounds(f, w, values, good, ret_fault);

	for (size_t i = 0; rc == 0 && i < n; i++) {
		size_t same = good[i] ? count_agreeing(values, good, n, i) : 0;

		any |= good[i];
		if (same >= 2 && same > n / 2) {
			*ret = values[i];
			for (size_t j = 0; j < n; j++)
				if (good[j] && strcmp(values[j].signature, ret->signature) != 0 &&
				    f->report->tell != NULL)
					report_relays_differ(f, f->config->beacon_urls.items[j]);
			return 0;
		}
	}
	if (rc == 0 && any && ret_fault[0] == '\0')
		(void)snprintf(ret_fault, BEACON_FAULT, "%s", f->tr(N_("the relays of drand contradict each other")));
	return rc;
}

/* ---- a witness ---- */

/* Writes the request: the commitment, its audit path, and the checkpoint with the cosignatures that it has. */
static int
write_request(struct fetching *f, const struct beacon_waiting *w, struct buf *out)
{
	struct hash path[64];
	struct merkle tree;
	struct buf note = {0};
	uint64_t size = 0;
	int64_t last = 0;
	int rc;

	merkle_init(&tree);
	/* First the size, then the tree: it only grows meanwhile, so that it covers the size. */
	rc = draw_assurance_commit_size(f->store, &w->row, &size, f->err);
	if (rc == 0)
		rc = ledger_tree(f->store, &tree, &last, f->err);
	if (rc == 0)
		rc = cosignatures_note(f->store, size, &note, f->err);
	if (rc == 0) {
		size_t n = merkle_audit_path(&tree, w->row.commit_entry, size, path);

		witness_beacon_write(w->row.commit_entry, path, n, buf_view(&w->bytes), buf_view(&note), out);
		rc = out->failed ? err_memory(f->err) : 0;
		buf_release(&note);
	}
	merkle_release(&tree);
	return rc;
}

/* Fills `err` with what a witness's HTTP status means (core/log/witness.h). */
static int
describe_refusal(const struct http_request *http, struct err *err)
{
	switch (http->status) {
	case 0:
		return err_set(err, ERR_OUTSIDE, N_("no answer: %s"), http->fault);
	case WITNESS_NOT_SIGNED:
		return err_set(err, ERR_OUTSIDE,
		    N_("it gives no beacon for this draw, because it did not cosign the commitment in time: void the "
		       "draw with a reason that begins "
		       "with the word beacon"));
	case WITNESS_UNKNOWN_LOG:
		return err_set(err, ERR_OUTSIDE,
		    N_("it does not know this log: its operator has to be given the log's verifier key"));
	case WITNESS_TOO_EARLY:
		return err_set(err, ERR_NOT_YET, N_("by its clock it is too early for the beacon"));
	default:
		return err_set(err, ERR_OUTSIDE, N_("it answers with the HTTP status %ld"), http->status);
	}
}

static void
read_witness_answer(struct fetching *f, const struct beacon_waiting *w, const struct http_request *http,
    struct beacon_value *ret, char *ret_fault)
{
	struct slice reply = buf_view(&http->reply), first = slice_cut(&reply, '\n');
	struct err why = {.tr = f->tr};

	if (http->status == 200 && beacon_check_signature(w, first, ret, &why) == 0)
		return;
	ret->value[0] = '\0';
	if (http->status != 200)
		(void)describe_refusal(http, &why);
	(void)snprintf(ret_fault, BEACON_FAULT, "%.200s: %.280s", http->url, why.message);
}

static int
fetch_witness(struct fetching *f, const struct beacon_waiting *w, struct beacon_value *ret, char *ret_fault)
{
	const struct config_witness *witness = beacon_witness(f->config, w->commit.beacon.key);
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
		read_witness_answer(f, w, &http, ret, ret_fault);
	http_release(&http);
	buf_release(&body);
	return rc;
}

/* ---- all that is due ---- */

static int
fetch_one(struct fetching *f, struct beacon_waiting *w)
{
	struct beacon_value value = {.value = ""};
	char fault[BEACON_FAULT] = "";
	int rc;

	if (!beacon_can_fetch(f->config, &w->commit))
		return 0;
	if (w->commit.beacon.source == SOURCE_DRAND)
		rc = fetch_drand(f, w, &value, fault);
	else
		rc = fetch_witness(f, w, &value, fault);
	if (rc != 0)
		return rc;
	if (value.value[0] == '\0')
		return keep_fault(f, w, fault);
	return beacon_keep_value(f->store, w->row.n, &value, f->now, f->err);
}

static const char *
untranslated(const char *text)
{
	return text;
}

int
beacons_fetch(struct store *store, const struct config *config, int64_t now, struct beacons_report *report,
    struct err *err)
{
	struct fetching f = {store, config, now, report, err != NULL && err->tr != NULL ? err->tr : untranslated, err};
	uint64_t numbers[BEACONS_AT_ONCE], failures[BEACONS_AT_ONCE];
	size_t n = 0;
	int rc = beacon_waiting_list(store, now, numbers, failures, &n, err);

	for (size_t i = 0; rc == 0 && i < n; i++) {
		struct beacon_waiting w;

		rc = beacon_waiting_read(store, numbers[i], &w, err);
		w.failures = failures[i];
		if (rc == 0)
			rc = fetch_one(&f, &w);
		beacon_waiting_release(&w);
	}
	return rc;
}
