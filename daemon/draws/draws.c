/* The table of draws and the files of each draw: queries for one, for the one that is due, for all. */
#include "draws/draws.h"

#include <stdlib.h>

#include "core/draw/draw.h"
#include "ledger/ledger.h"

#define SELECT_DRAW                                                                                               \
	"SELECT n, cycle, chain, link, date, draw_time, reveal_time, source, outcome, commit_entry, commit_size," \
	" outcome_entry, outcome_size, reveal_entry, record, run FROM draw "

static void
copy_text(struct slice text, char *ret_text, size_t size)
{
	size_t n = text.n < size ? text.n : size - 1;

	if (n > 0)
		memcpy(ret_text, text.p, n);
	ret_text[n] = '\0';
}

/* From when a draw may be revealed, as far as its own times go. */
#define REVEAL_FROM "CASE outcome WHEN 'void' THEN draw_time ELSE reveal_time END"

/*
 * The reveal of draw d has what it needs: under drand and a witness a void's has the value that the void has not, but for
 * one whose reason says that the beacon has none (PROTOCOL 4).  Entries are canonical JSON, so a text holds no bare quote.
 */
#define HAS_VALUE_D                                                                                                  \
	"(d.outcome = 'draw' OR d.source NOT IN ('drand', 'witness')"                                                \
	" OR EXISTS (SELECT 1 FROM draw_value v WHERE v.n = d.n AND v.value IS NOT NULL)"                            \
	" OR EXISTS (SELECT 1 FROM log_entry WHERE idx = d.outcome_entry AND (instr(bytes, CAST('\"beacon\":\"' AS " \
	"BLOB))"                                                                                                     \
	"  OR (d.source = 'witness' AND instr(bytes, CAST('\"reason\":\"beacon' AS BLOB))))))"

/*
 * Draw o must be revealed before draw d: an earlier link of the chain, or another cycle's draw on which d's rosters tell
 * (PROTOCOL 3, 5).
 */
#define BLOCKS_D                                                                                                      \
	"o.reveal_entry IS NULL AND ((o.cycle = d.cycle AND o.n < d.n) OR (o.cycle <> d.cycle AND o.outcome = 'draw'" \
	" AND o.outcome_entry < d.commit_entry AND d.quiet_days > 0 AND d.date - o.date < d.quiet_days))"

int64_t
draw_reveal_from(const struct draw_row *row)
{
	return row->outcome == OUTCOME_VOID ? row->draw_time : row->reveal_time;
}

static void
read_draw_row(struct query *q, struct draw_row *ret)
{
	struct draw_row row = {.n = (uint64_t)query_int(q, 0)};
	struct slice outcome = query_text(q, 8);

	copy_text(query_text(q, 1), row.cycle, sizeof row.cycle);
	row.chain = (uint64_t)query_int(q, 2);
	row.link = (uint64_t)query_int(q, 3);
	row.date = (int32_t)query_int(q, 4);
	row.draw_time = query_int(q, 5);
	row.reveal_time = query_int(q, 6);
	(void)source_parse(query_text(q, 7), &row.source);
	row.outcome = outcome.p == NULL ? OUTCOME_NONE : slice_is(outcome, "draw") ? OUTCOME_DRAW : OUTCOME_VOID;
	row.commit_entry = (uint64_t)query_int(q, 9);
	row.commit_size = (uint64_t)query_int(q, 10);
	row.outcome_entry = (uint64_t)query_int(q, 11);
	row.outcome_size = (uint64_t)query_int(q, 12);
	row.revealed = !query_is_null(q, 13);
	row.reveal_entry = (uint64_t)query_int(q, 13);
	copy_text(query_text(q, 14), row.record, sizeof row.record);
	row.run = query_int(q, 15) != 0;
	*ret = row;
}

/* Runs a query whose parameters are set, takes its first row and closes it.  ERR_ABSENT sets no err. */
static int
read_first_draw(struct query *q, struct draw_row *ret_row, struct err *err)
{
	bool there = query_row(q);
	int rc;

	if (there)
		read_draw_row(q, ret_row);
	rc = query_close(q, err);
	return rc == 0 && !there ? ERR_ABSENT : rc;
}

const char *
draw_state(const struct draw_row *row)
{
	if (row->revealed)
		return N_("opened");
	if (row->outcome == OUTCOME_NONE)
		return N_("committed");
	return row->outcome == OUTCOME_DRAW ? N_("drawn") : N_("voided");
}

int
draws_find(struct store *store, uint64_t n, struct draw_row *ret_row, struct err *err)
{
	struct query q;
	int rc;

	query_open(&q, store, SELECT_DRAW "WHERE n = ?");
	query_put_int(&q, (int64_t)n);
	rc = read_first_draw(&q, ret_row, err);
	if (rc == ERR_ABSENT)
		err_set(err, rc, N_("there is no draw %llu"), (unsigned long long)n);
	return rc;
}

static int
find_draw_of_cycle(struct store *store, const char *sql, const char *cycle, struct draw_row *ret_row, struct err *err)
{
	struct query q;

	query_open(&q, store, sql);
	query_put_string(&q, cycle);
	return read_first_draw(&q, ret_row, err);
}

int
draws_open(struct store *store, const char *cycle, struct draw_row *ret_row, struct err *err)
{
	return find_draw_of_cycle(store, SELECT_DRAW "WHERE cycle = ? AND outcome IS NULL", cycle, ret_row, err);
}

int
draws_latest(struct store *store, const char *cycle, struct draw_row *ret_row, struct err *err)
{
	return find_draw_of_cycle(store, SELECT_DRAW "WHERE cycle = ? ORDER BY n DESC LIMIT 1", cycle, ret_row, err);
}

int
draws_latest_drawn(struct store *store, const char *cycle, struct draw_row *ret_row, struct err *err)
{
	return find_draw_of_cycle(store, SELECT_DRAW "WHERE cycle = ? AND outcome = 'draw' ORDER BY n DESC LIMIT 1",
	    cycle, ret_row, err);
}

int
draws_unrevealed(struct store *store, const char *cycle, struct draw_row *ret_row, struct err *err)
{
	return find_draw_of_cycle(store, SELECT_DRAW "WHERE cycle = ? AND reveal_entry IS NULL ORDER BY n LIMIT 1",
	    cycle, ret_row, err);
}

int
draws_run(struct store *store, const char *cycle, struct draw_row *ret_row, struct err *err)
{
	return find_draw_of_cycle(store, SELECT_DRAW "WHERE cycle = ? AND run = 1 ORDER BY n LIMIT 1", cycle, ret_row,
	    err);
}

int
draws_blocking(struct store *store, const struct draw_row *row, struct draw_row *ret_row, struct err *err)
{
	struct query q;

	query_open(&q, store,
	    SELECT_DRAW "AS o WHERE EXISTS (SELECT 1 FROM draw d WHERE d.n = ? AND " BLOCKS_D ")"
	                " ORDER BY cycle <> ?, n LIMIT 1");
	query_put_int(&q, (int64_t)row->n);
	query_put_string(&q, row->cycle);
	return read_first_draw(&q, ret_row, err);
}

int
draws_due_reveal(struct store *store, int64_t now, struct draw_row *ret_row, struct err *err)
{
	struct query q;

	query_open(&q, store,
	    SELECT_DRAW "AS d WHERE outcome IS NOT NULL AND reveal_entry IS NULL AND " REVEAL_FROM
	                " <= ? AND " HAS_VALUE_D " AND NOT EXISTS (SELECT 1 FROM draw o WHERE " BLOCKS_D
	                ") ORDER BY reveal_time, n LIMIT 1");
	query_put_int(&q, now);
	return read_first_draw(&q, ret_row, err);
}

int
draws_due_draw(struct store *store, int64_t now, uint64_t except, struct draw_row *ret_row, struct err *err)
{
	struct query q;

	query_open(&q, store,
	    SELECT_DRAW "WHERE outcome IS NULL AND draw_time <= ? AND n <> ? AND (source = 'none'"
	                " OR EXISTS (SELECT 1 FROM draw_value v WHERE v.n = draw.n AND v.value IS NOT NULL))"
	                " ORDER BY draw_time, n LIMIT 1");
	query_put_int(&q, now);
	query_put_int(&q, (int64_t)except);
	return read_first_draw(&q, ret_row, err);
}

int
draws_commit_time(struct store *store, const struct draw_row *row, int64_t *ret_time, struct err *err)
{
	struct query q;

	query_open(&q, store, "SELECT time FROM log_entry WHERE idx = ?");
	query_put_int(&q, (int64_t)row->commit_entry);
	if (query_row(&q))
		*ret_time = query_int(&q, 0);
	return query_close(&q, err);
}

int
draws_next(struct store *store, int64_t now, int64_t *ret_time, struct err *err)
{
	struct query q;

	*ret_time = INT64_MAX;
	query_open(&q, store,
	    "SELECT min(draw_time) FROM draw WHERE outcome IS NULL AND (source = 'none' OR draw_time > ?"
	    " OR EXISTS (SELECT 1 FROM draw_value v WHERE v.n = draw.n AND v.value IS NOT NULL))"
	    " UNION ALL SELECT min(" REVEAL_FROM ") FROM draw d WHERE reveal_entry IS NULL AND outcome IS NOT NULL"
	    " AND " HAS_VALUE_D " AND NOT EXISTS (SELECT 1 FROM draw o WHERE " BLOCKS_D ")");
	query_put_int(&q, now);
	while (query_row(&q))
		if (!query_is_null(&q, 0) && query_int(&q, 0) < *ret_time)
			*ret_time = query_int(&q, 0);
	return query_close(&q, err);
}

int
draws_first_public(struct store *store, struct draw_row *ret_row, struct err *err)
{
	struct query q;

	query_open(&q, store, SELECT_DRAW "WHERE outcome IS NULL AND source = 'public' ORDER BY draw_time, n LIMIT 1");
	return read_first_draw(&q, ret_row, err);
}

int
draws_each(struct store *store, int (*visit)(void *ctx, const struct draw_row *row), void *ctx, struct err *err)
{
	struct draw_row row;
	struct query q;
	int rc = 0, closed;

	query_open(&q, store, SELECT_DRAW "ORDER BY n");
	while (rc == 0 && query_row(&q)) {
		read_draw_row(&q, &row);
		rc = visit(ctx, &row);
	}
	closed = query_close(&q, rc == 0 ? err : NULL);
	return rc != 0 ? rc : closed;
}

static int
get_draw_text(struct store *store, const char *sql, uint64_t n, char **ret_value, struct err *err)
{
	struct buf value;
	struct query q;
	int rc;

	buf_init(&value, ENTRY_MAX);
	query_open(&q, store, sql);
	query_put_int(&q, (int64_t)n);
	if (query_row(&q))
		buf_slice(&value, query_text(&q, 0));
	rc = query_close(&q, err);
	if (rc == 0) {
		*ret_value = buf_steal(&value);
		rc = *ret_value != NULL ? 0 : err_memory(err);
	}
	buf_release(&value);
	return rc;
}

int
draws_beacon(struct store *store, uint64_t n, char **ret_value, struct err *err)
{
	return get_draw_text(store, "SELECT beacon FROM draw WHERE n = ?", n, ret_value, err);
}

int
draws_run_value(struct store *store, uint64_t n, char **ret_value, struct err *err)
{
	return get_draw_text(store, "SELECT run_value FROM draw WHERE n = ?", n, ret_value, err);
}

int
draws_secret(struct store *store, const struct draw_row *row, char ret_secret[static HASH_HEX + 1], struct err *err)
{
	struct query q;
	bool there;
	int rc;

	query_open(&q, store, "SELECT secret, length FROM chain WHERE cycle = ? AND chain = ?");
	query_put_string(&q, row->cycle);
	query_put_int(&q, (int64_t)row->chain);
	there = query_row(&q) && query_text(&q, 0).n == HASH_HEX && (uint64_t)query_int(&q, 1) >= row->link;
	if (there)
		chain_back(query_text(&q, 0).p, (uint64_t)query_int(&q, 1) - row->link, ret_secret);
	rc = query_close(&q, err);
	if (rc == 0 && !there)
		rc = err_set(err, ERR_OUTSIDE,
		    N_("the state has lost the secret of draw %llu: restore it from a backup"),
		    (unsigned long long)row->n);
	return rc;
}

int
draws_commit_hash(struct store *store, const struct draw_row *row, char ret_hash[static HASH_HEX + 1], struct err *err)
{
	struct buf bytes;
	int rc;

	buf_init(&bytes, ENTRY_MAX);
	rc = ledger_entry(store, row->commit_entry, &bytes, err);
	if (rc == 0)
		hash_hex(buf_view(&bytes), ret_hash);
	buf_release(&bytes);
	return rc;
}

int
draws_run_done(struct store *store, uint64_t n, struct err *err)
{
	struct query q;

	query_open(&q, store, "UPDATE draw SET run = 0 WHERE n = ?");
	query_put_int(&q, (int64_t)n);
	query_run(&q);
	return query_close(&q, err);
}

/* ---- files ---- */

void
draw_file_begin(struct draw_file *file, struct store *store, uint64_t n, const char *name)
{
	*file = (struct draw_file){.store = store, .n = n, .name = name};
	buf_init(&file->bytes, DRAW_FILE_MAX);
}

static int
put_file_part(struct draw_file *file, const char *bytes, size_t len, struct err *err)
{
	struct query q;

	if (file->store == NULL)
		return 0;
	query_open(&q, file->store, "INSERT INTO draw_file (n, name, part, bytes) VALUES (?, ?, ?, ?)");
	query_put_int(&q, (int64_t)file->n);
	query_put_string(&q, file->name);
	query_put_int(&q, file->part++);
	query_put_blob(&q, bytes, len);
	query_run(&q);
	return query_close(&q, err);
}

int
draw_file_flush(struct draw_file *file, struct err *err)
{
	size_t at = 0;
	int rc = file->bytes.failed ? err_memory(err) : 0;

	for (; rc == 0 && file->bytes.len - at >= DRAW_FILE_PART; at += DRAW_FILE_PART)
		rc = put_file_part(file, file->bytes.data + at, DRAW_FILE_PART, err);
	if (at > 0) {
		memmove(file->bytes.data, file->bytes.data + at, file->bytes.len - at);
		file->bytes.len -= at;
	}
	return rc;
}

int
draw_file_end(struct draw_file *file, struct err *err)
{
	int rc = draw_file_flush(file, err);

	if (rc == 0 && (file->bytes.len > 0 || file->part == 0))
		rc = put_file_part(file, file->bytes.data, file->bytes.len, err);
	buf_clear(&file->bytes);
	return rc;
}

void
draw_file_release(struct draw_file *file)
{
	if (file != NULL)
		buf_release(&file->bytes);
}

/* Writes from the caller's bytes without a copy: a file may be large. */
int
draw_file_put(struct store *store, uint64_t n, const char *name, struct slice bytes, struct err *err)
{
	struct draw_file file = {.store = store, .n = n, .name = name};
	int rc = 0;

	do {
		size_t len = bytes.n < DRAW_FILE_PART ? bytes.n : DRAW_FILE_PART;

		rc = put_file_part(&file, bytes.p, len, err);
		bytes.p += len;
		bytes.n -= len;
	} while (rc == 0 && bytes.n > 0);
	return rc;
}

int
draw_file_each(struct store *store, uint64_t n, const char *name, int (*visit)(void *ctx, struct slice part), void *ctx,
    struct err *err)
{
	bool any = false;
	struct query q;
	int rc = 0, closed;

	query_open(&q, store, "SELECT bytes FROM draw_file WHERE n = ? AND name = ? ORDER BY part");
	query_put_int(&q, (int64_t)n);
	query_put_string(&q, name);
	while (rc == 0 && query_row(&q)) {
		rc = visit(ctx, query_blob(&q, 0));
		any = true;
	}
	closed = query_close(&q, rc == 0 ? err : NULL);
	if (rc == 0 && closed == 0 && !any)
		rc = err_set(err, ERR_ABSENT, N_("the state has no %s of draw %llu"), name, (unsigned long long)n);
	return rc != 0 ? rc : closed;
}

static int
append_file_part(void *ctx, struct slice part)
{
	buf_slice(ctx, part);
	return ((struct buf *)ctx)->failed ? ERR_MEMORY : 0;
}

static int
draw_file_size(struct store *store, uint64_t n, const char *name, size_t *ret_size, struct err *err)
{
	struct query q;

	query_open(&q, store, "SELECT coalesce(sum(length(bytes)), 0) FROM draw_file WHERE n = ? AND name = ?");
	query_put_int(&q, (int64_t)n);
	query_put_string(&q, name);
	if (query_row(&q))
		*ret_size = (size_t)query_int(&q, 0);
	return query_close(&q, err);
}

/* One allocation of the right size: a buffer that doubles would take twice the memory for a large file. */
int
draw_file_get(struct store *store, uint64_t n, const char *name, struct buf *ret_bytes, struct err *err)
{
	size_t size = 0;
	int rc;

	buf_init(ret_bytes, 0);
	rc = draw_file_size(store, n, name, &size, err);
	if (rc != 0)
		return rc;
	ret_bytes->data = malloc(size + 1);
	if (ret_bytes->data == NULL)
		return err_memory(err);
	ret_bytes->cap = ret_bytes->max = size;
	rc = draw_file_each(store, n, name, append_file_part, ret_bytes, err);
	return rc == ERR_MEMORY ? err_memory(err) : rc;
}

int
draw_file_list(struct store *store, uint64_t n, int (*visit)(void *ctx, const char *name, uint64_t size), void *ctx,
    struct err *err)
{
	struct query q;
	int rc = 0, closed;

	query_open(&q, store, "SELECT name, sum(length(bytes)) FROM draw_file WHERE n = ? GROUP BY name ORDER BY name");
	query_put_int(&q, (int64_t)n);
	while (rc == 0 && query_row(&q))
		rc = visit(ctx, query_text(&q, 0).p, (uint64_t)query_int(&q, 1));
	closed = query_close(&q, rc == 0 ? err : NULL);
	return rc != 0 ? rc : closed;
}
