/* Asks witnesses for cosignatures of the newest checkpoint: C2SP tlog-witness, the log's side. */

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "core/log/witness.h"
#include "ledger/cosignatures.h"
#include "ledger/ledger.h"
#include "remote/http.h"
#include "remote/witnesses_private.h"
#include "text/printable.h"

#define ASK_S 10 /* for all witnesses at once */

/* One witness, the request to it and its answer. */
struct asking {
	const struct config_witness *witness;
	uint64_t size; /* of the checkpoint that it cosigned last, as far as is known */
	uint64_t failures;
	bool resized;   /* it named the size that it cosigned last, and is asked once more from there */
	bool over;      /* it is asked no more */
	uint64_t ahead; /* entries of the longer, or other, log that it has seen; 0: none */
	char url[1024];
	struct buf body;
	struct http_request http;
	char fault[WITNESS_FAULT];
};

struct round {
	struct store *store;
	int64_t now;
	struct merkle tree;
	uint64_t size; /* of the newest checkpoint */
	struct buf note;
	struct asking *asks;
	size_t n;
	struct witnesses_report *report;
	struct err *err;
};

/* Keeps what came of asking this witness, in a transaction of its own. */
static int
keep_result(struct round *r, const struct asking *a)
{
	bool failed = a->fault[0] != '\0';
	struct query q;

	query_open(&q, r->store,
	    "INSERT INTO witness (vkey, size, tried, tried_size, failures, since, fault, ahead) VALUES (?1, ?2, ?3, "
	    "?4, ?5, ?6, ?7, ?8)"
	    " ON CONFLICT (vkey) DO UPDATE SET size = ?2, tried = ?3, tried_size = ?4, failures = iif(?5 = 0, 0, "
	    "failures + 1),"
	    " since = iif(?5 = 0, NULL, coalesce(since, ?6)), fault = ?7, ahead = ?8");
	query_put_string(&q, a->witness->key);
	query_put_int(&q, (int64_t)a->size);
	query_put_int(&q, r->now);
	query_put_int(&q, (int64_t)r->size);
	query_put_int(&q, failed);
	if (failed)
		query_put_int(&q, r->now);
	else
		query_put_null(&q);
	query_put_string(&q, failed ? a->fault : NULL);
	if (a->ahead > 0)
		query_put_int(&q, (int64_t)a->ahead);
	else
		query_put_null(&q);
	query_run(&q);
	return query_close(&q, r->err);
}

/* ---- asking ---- */

/* Writes the request: the size it cosigned last, the consistency proof, the checkpoint. */
static bool
write_body(const struct round *r, struct asking *a)
{
	struct hash proof[64];
	size_t n = a->size == 0 || a->size >= r->size ? 0 : merkle_consistency(&r->tree, a->size, r->size, proof);

	buf_clear(&a->body);
	witness_request_write(a->size, proof, n, buf_view(&r->note), &a->body);
	a->http = (struct http_request){.url = a->url, .body = buf_view(&a->body)};
	return !a->body.failed;
}

static int
send_requests(struct round *r)
{
	struct http_request *requests = calloc(r->n + 1, sizeof *requests);
	size_t *which = calloc(r->n + 1, sizeof *which), n = 0;
	int rc = requests == NULL || which == NULL ? err_memory(r->err) : 0;

	for (size_t i = 0; rc == 0 && i < r->n; i++) {
		if (r->asks[i].over)
			continue;
		if (!write_body(r, &r->asks[i]))
			rc = err_memory(r->err);
		which[n] = i;
		requests[n++] = r->asks[i].http;
	}
	if (rc == 0 && n > 0)
		rc = http_all(requests, n, ASK_S, r->err);
	for (size_t i = 0; requests != NULL && which != NULL && i < n; i++)
		r->asks[which[i]].http = requests[i];
	free(which);
	free(requests);
	return rc;
}

/* ---- answers ---- */

__attribute__((format(printf, 3, 4))) static void
set_fault(const struct round *r, struct asking *a, const char *format, ...)
{
	struct err why = {.tr = r->err == NULL ? NULL : r->err->tr};
	va_list args;

	va_start(args, format);
	(void)vsnprintf(a->fault, sizeof a->fault, why.tr == NULL ? format : why.tr(format), args);
	va_end(args);
	plain_clean(a->fault);
	a->over = true;
}

/* Ignores lines of other keys; the first valid one of this witness is kept. */
static int
read_cosignature(struct round *r, struct asking *a)
{
	struct slice rest = buf_view(&a->http.reply);
	struct err why = {.tr = r->err == NULL ? NULL : r->err->tr};
	int rc = ERR_REFUSED;

	(void)err_set(&why, ERR_REFUSED, N_("its answer holds no cosignature"));
	while (rc == ERR_REFUSED && rest.n > 0) {
		struct slice line = slice_cut(&rest, '\n');

		if (rest.p == NULL)
			break;
		line.n++;
		rc = cosignatures_add(r->store, r->size, a->witness->key, line, r->now - WITNESS_CLOCK_S,
		    r->now + WITNESS_CLOCK_S, &why);
	}
	if (rc == ERR_REFUSED) {
		set_fault(r, a, "%s", why.message);
		return 0;
	}
	if (rc != 0)
		return err_set(r->err, rc, "%s", why.message);
	a->over = true;
	a->size = r->size;
	return 0;
}

/* Whether another process has meanwhile brought the log to this size. */
static bool
log_has_grown(const struct round *r, uint64_t size)
{
	uint64_t now = 0;

	return ledger_sealed_size(r->store, &now, NULL) == 0 && now >= size;
}

/* HTTP 409: it has cosigned a checkpoint of another size, or of this size with another root. */
static void
read_conflict(const struct round *r, struct asking *a)
{
	struct slice text = buf_view(&a->http.reply);
	uint64_t size = 0;
	size_t type_len = strlen(WITNESS_SIZE_TYPE);
	bool is_size = strncasecmp(a->http.type, WITNESS_SIZE_TYPE, type_len) == 0 &&
	    (a->http.type[type_len] == '\0' || a->http.type[type_len] == ';');

	text.n -= text.n > 0 && text.p[text.n - 1] == '\n';
	if (is_size && text_to_uint(text, &size) && size <= r->size && size != a->size && !a->resized) {
		a->resized = true; /* an earlier answer of its was lost: it is asked again from there */
		a->size = size;
	} else if (is_size && size > r->size && log_has_grown(r, size)) {
		a->over = true; /* another process has sent it a newer checkpoint */
	} else if (is_size && size > r->size) {
		a->ahead = size;
		set_fault(r, a, N_("it has seen a longer log of this key: %llu entries, and here are %llu"),
		    (unsigned long long)size, (unsigned long long)r->size);
	} else if (a->size == r->size || size == r->size) {
		a->ahead = r->size;
		set_fault(r, a, N_("it has seen another log of this key with as many entries, %llu"),
		    (unsigned long long)r->size);
	} else {
		set_fault(r, a, N_("it contradicts itself about what it cosigned last"));
	}
}

static int
read_cosignatures_answer(struct round *r, struct asking *a)
{
	switch (a->http.status) {
	case WITNESS_YES:
		return read_cosignature(r, a);
	case WITNESS_CONFLICT:
		read_conflict(r, a);
		return 0;
	case WITNESS_NO_PROOF:
		a->ahead = a->size;
		if (a->size == 0) /* nothing has to be proved from size 0 */
			set_fault(r, a, N_("it contradicts itself about what it cosigned last"));
		else
			set_fault(r, a, N_("it has seen another log of this key: its first %llu entries are not these"),
			    (unsigned long long)a->size);
		return 0;
	case WITNESS_UNKNOWN_LOG:
		set_fault(r, a, N_("it does not know this log: its operator has to be given the log's verifier key"));
		return 0;
	case WITNESS_NOT_SIGNED:
		set_fault(r, a, N_("it knows this log by another key"));
		return 0;
	case 0:
		set_fault(r, a, N_("no answer: %s"), a->http.fault);
		return 0;
	default:
		set_fault(r, a, N_("it answers with the HTTP status %ld"), a->http.status);
		return 0;
	}
}

static int
exchange_with_all(struct round *r)
{
	int rc = 0;

	/* The second time for those that named the size to go on from. */
	for (int turn = 0; rc == 0 && turn < 2; turn++) {
		rc = send_requests(r);
		for (size_t i = 0; i < r->n; i++) {
			if (rc == 0 && !r->asks[i].over)
				rc = read_cosignatures_answer(r, &r->asks[i]);
			http_release(&r->asks[i].http);
			r->asks[i].http = (struct http_request){.url = NULL};
		}
	}
	return rc;
}

/* ---- the round ---- */

static int
report_results(struct round *r)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < r->n; i++) {
		struct asking *a = &r->asks[i];
		char message[WITNESS_FAULT + 128];

		if (!a->over)
			set_fault(r, a, N_("it answers with the HTTP status %ld"), a->http.status);
		if (a->ahead > 0 && r->report->ahead == NULL) {
			r->report->ahead = a->witness->name;
			r->report->ahead_size = a->ahead;
		}
		(void)snprintf(message, sizeof message, "[witness %s] %s", a->witness->name, a->fault);
		if (a->fault[0] != '\0' && a->failures == 0 && r->report->tell != NULL)
			r->report->tell(r->report->ctx, message);
		rc = keep_result(r, a);
	}
	return rc;
}

static int
choose_witnesses(struct round *r, const struct config *config, bool all)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < config->n_witnesses; i++) {
		const struct config_witness *w = &config->witnesses[i];
		struct asking *a = &r->asks[r->n];
		struct witness_row known;

		if (w->url[0] == '\0' || (!all && cosignatures_has(r->store, r->size, w->key)))
			continue;
		rc = witness_row_read(r->store, w->key, &known, r->err);
		if (rc != 0 || (!all && witness_row_due(&known, r->size) > r->now))
			continue;
		*a = (struct asking){.witness = w,
		    .size = known.size < r->size ? known.size : r->size,
		    .failures = known.failures};
		(void)snprintf(a->url, sizeof a->url, "%sadd-checkpoint", w->url);
		buf_init(&a->body, WITNESS_BODY_MAX);
		r->n++;
	}
	return rc;
}

int
witnesses_ask(struct store *store, const struct config *config, int64_t now, bool all, struct witnesses_report *report,
    struct err *err)
{
	struct round r = {.store = store, .now = now, .report = report, .err = err};
	int64_t last = 0;
	int rc = ledger_sealed_size(store, &r.size, err);

	if (rc != 0 || r.size == 0 || config->n_witnesses == 0)
		return rc;
	merkle_init(&r.tree);
	r.asks = calloc(config->n_witnesses, sizeof *r.asks);
	rc = r.asks == NULL ? err_memory(err) : choose_witnesses(&r, config, all);
	if (rc == 0 && r.n > 0) {
		rc = ledger_checkpoint(store, r.size, &r.note, err);
		if (rc == 0)
			rc = ledger_tree(store, &r.tree, &last, err);
		if (rc == 0)
			rc = exchange_with_all(&r);
		if (rc == 0)
			rc = report_results(&r);
	}
	for (size_t i = 0; i < r.n; i++)
		buf_release(&r.asks[i].body);
	free(r.asks);
	buf_release(&r.note);
	merkle_release(&r.tree);
	return rc;
}
