/* The archive's entry: before each commitment and each reveal, and every day. */

#include <stdlib.h>

#include "archive/lines.h"
#include "core/draw/amend.h"
#include "draws/draws.h"
#include "ledger/ledger.h"
#include "steps/steps_private.h"
#include "system/clock.h"

/* The SHA-256 of a draw's amendments so far, each 64 hex digits. */
struct digests {
	char (*hex)[HASH_HEX + 1];
	struct slice *v;
	size_t n;
};

static void
release_digests(struct digests *d)
{
	free(d->hex);
	free(d->v);
}

static int
read_digests(struct store *store, uint64_t n, struct digests *ret, struct err *err)
{
	int64_t count = 0;
	struct query q;
	int rc;

	*ret = (struct digests){.n = 0};
	query_open(&q, store, "SELECT count(*) FROM draw_amendment WHERE n = ?");
	query_put_int(&q, (int64_t)n);
	if (query_row(&q))
		count = query_int(&q, 0);
	rc = query_close(&q, err);
	ret->hex = calloc((size_t)count + 1, sizeof *ret->hex);
	ret->v = calloc((size_t)count + 1, sizeof *ret->v);
	if (rc != 0 || ret->hex == NULL || ret->v == NULL)
		return rc != 0 ? rc : err_memory(err);
	query_open(&q, store, "SELECT bytes FROM draw_amendment WHERE n = ? ORDER BY amendment");
	query_put_int(&q, (int64_t)n);
	while (query_row(&q) && ret->n < (size_t)count) {
		hash_hex(query_blob(&q, 0), ret->hex[ret->n]);
		ret->v[ret->n] = slice_of(ret->hex[ret->n]);
		ret->n++;
	}
	return query_close(&q, err);
}

/* The draws that are drawn and not revealed. */
struct open_draws {
	struct store *store;
	uint64_t index; /* that the entry will have */
	struct open_draw *v;
	char (*amended)[HASH_HEX + 1];
	size_t n, cap;
	struct err *err;
};

int
step_archive_amended(struct store *store, const struct draw_row *row, uint64_t index, char ret_hex[static HASH_HEX + 1],
    struct err *err)
{
	char secret[HASH_HEX + 1];
	struct digests digests = {.n = 0};
	int rc = draws_secret(store, row, secret, err);

	if (rc == 0)
		rc = read_digests(store, row->n, &digests, err);
	if (rc == 0)
		amendments_hash(slice_of(secret), index, digests.v, digests.n, ret_hex);
	release_digests(&digests);
	return rc;
}

static int
add_open_draw(struct open_draws *open, const struct draw_row *row)
{
	int rc = step_archive_amended(open->store, row, open->index, open->amended[open->n], open->err);

	if (rc == 0) {
		open->v[open->n] = (struct open_draw){row->n, slice_of(open->amended[open->n])};
		open->n++;
	}
	return rc;
}

static int
visit_open_draw(void *ctx, const struct draw_row *row)
{
	struct open_draws *open = ctx;

	if (row->outcome != OUTCOME_DRAW || row->revealed || open->n == open->cap)
		return 0;
	return add_open_draw(open, row);
}

static int
find_open_draws(struct open_draws *open)
{
	int64_t n = 0;
	int rc = store_int(open->store, "SELECT count(*) FROM draw WHERE outcome = 'draw' AND reveal_entry IS NULL", &n,
	    open->err);

	open->cap = (size_t)n;
	open->v = calloc((size_t)n + 1, sizeof *open->v);
	open->amended = calloc((size_t)n + 1, sizeof *open->amended);
	if (rc != 0 || open->v == NULL || open->amended == NULL)
		return rc != 0 ? rc : err_memory(open->err);
	return draws_each(open->store, visit_open_draw, open, open->err);
}

/* The amendments that this entry is the first to count stand at it. */
static int
mark_counted(struct store *store, uint64_t entry, struct err *err)
{
	struct query q;

	query_open(&q, store,
	    "UPDATE draw_amendment SET archive = ? WHERE archive IS NULL AND entry IS NULL"
	    " AND n IN (SELECT n FROM draw WHERE reveal_entry IS NULL)");
	query_put_int(&q, (int64_t)entry);
	query_run(&q);
	return query_close(&q, err);
}

int
step_archive_adopt(struct store *store, uint64_t entry, struct err *err)
{
	int rc = archive_lines_held(store, entry, err);

	return rc == 0 ? mark_counted(store, entry, err) : rc;
}

int
step_archive_append(struct operator *operator, struct ledger *log, int64_t time, struct err *err)
{
	struct open_draws open = {.store = operator->store, .index = ledger_size(log), .err = err};
	struct entry e = {.type = ENTRY_ARCHIVE, .time = time};
	char root[HASH_HEX + 1];
	int rc = archive_lines_ready(operator->store, time, err);

	if (rc == 0)
		rc = archive_lines_root(operator->store, root, err);
	if (rc == 0)
		rc = find_open_draws(&open);
	if (rc == 0) {
		e.archive.root = slice_of(root);
		e.archive.open = open.v;
		e.archive.n_open = open.n;
		rc = ledger_append(log, &e, NULL, err);
	}
	if (rc == 0)
		rc = step_archive_adopt(operator->store, open.index, err);
	free(open.v);
	free(open.amended);
	return rc;
}

/* ---- every day ---- */

int64_t
step_archive_due(const struct operator *operator, int64_t after)
{
	int32_t day = clock_date(after);
	int64_t due = clock_instant(day, STEP_ARCHIVE_SECOND, NULL);

	(void)operator;
	return due > after ? due : clock_instant(day + 1, STEP_ARCHIVE_SECOND, NULL);
}

static int
newest_archive_time(struct store *store, int64_t *ret, struct err *err)
{
	return store_int(store,
	    "SELECT coalesce(max(time), 0) FROM log_entry WHERE idx = (SELECT max(entry) FROM archive_entry)", ret,
	    err);
}

int
step_archive_next(const struct operator *operator, int64_t *ret_time, struct err *err)
{
	int64_t newest = 0;
	int rc = newest_archive_time(operator->store, &newest, err);

	if (rc == 0 && newest == 0)
		rc = store_int(operator->store, "SELECT coalesce(min(time), 0) FROM log_entry", &newest, err);
	*ret_time = newest == 0 ? INT64_MAX : step_archive_due(operator, newest);
	return rc;
}

int
step_archive_daily(struct operator *operator, struct err *err)
{
	int64_t time = 0, due = INT64_MAX;
	struct ledger log;
	int rc = step_archive_next(operator, &due, err);

	if (rc != 0 || operator->now < due)
		return rc;
	rc = step_begin(operator, &log, &time, err);
	if (rc != 0)
		return rc;
	rc = step_archive_next(operator, &due, err); /* another process may have been quicker */
	if (rc == 0 && operator->now >= due)
		rc = step_archive_append(operator, &log, time, err);
	return step_end(operator, &log, rc, err);
}
