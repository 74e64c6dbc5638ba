#include "draws/snapshot_rows.h"

#include <sodium.h>
#include <stdlib.h>

#include "core/draw/draw.h"
#include "core/format/sealed.h"
#include "draws/draws.h"
#include "rosters/rosters.h"

/* ---- private files ---- */

#define NONCES_AT_ONCE 256

struct private_file {
	struct draw_file file;
	struct hash_stream header; /* H of what stands before each line: the header and its LF */
	/* In bulk: one system call each would cost more than the hashing. */
	uint8_t random[NONCES_AT_ONCE][NONCE_HEX / 2];
	size_t n_random;
};

/* RFC 4180: in quotes where it must be. */
static void
put_field(struct buf *out, struct slice field)
{
	bool quoted = false;

	for (size_t i = 0; i < field.n && !quoted; i++)
		quoted = field.p[i] == ',' || field.p[i] == '"';
	if (!quoted) {
		buf_slice(out, field);
		return;
	}
	buf_byte(out, '"');
	for (size_t i = 0; i < field.n; i++) {
		if (field.p[i] == '"')
			buf_byte(out, '"');
		buf_byte(out, field.p[i]);
	}
	buf_byte(out, '"');
}

static int
private_begin(struct private_file *p, const struct rows_want *want, enum roster_kind kind, const char *name,
    struct err *err)
{
	struct rosters_names columns = {0};
	struct buf *out = &p->file.bytes;
	int rc = rosters_private_columns(want->store, kind, &columns, err);

	draw_file_begin(&p->file, want->n == 0 ? NULL : want->store, want->n, name);
	p->n_random = 0;
	if (rc != 0)
		return rc;
	buf_text(out, "id,nonce");
	for (size_t i = 0; i < columns.n; i++) {
		buf_byte(out, ',');
		put_field(out, slice_of(columns.items[i]));
	}
	buf_byte(out, '\n');
	hash_begin(&p->header);
	hash_add(&p->header, out->data, out->failed ? 0 : out->len);
	rosters_names_release(&columns);
	return 0;
}

/* Writes a row's line and puts its digest into the public file. */
static int
private_row(struct private_file *p, struct slice id, const struct slice *fields, size_t n, struct buf *public,
    struct err *err)
{
	struct buf *out = &p->file.bytes;
	struct hash_stream s = p->header;
	struct hash digest;
	size_t line_at = out->len;

	if (p->n_random == 0) {
		randombytes_buf(p->random, sizeof p->random);
		p->n_random = NONCES_AT_ONCE;
	}
	buf_slice(out, id);
	buf_byte(out, ',');
	buf_hex(out, p->random[--p->n_random], sizeof p->random[0]);
	for (size_t i = 0; i < n; i++) {
		buf_byte(out, ',');
		put_field(out, fields[i]);
	}
	if (out->failed)
		return err_memory(err);
	hash_add(&s, out->data + line_at, out->len - line_at);
	digest = hash_end(&s);
	buf_hex(public, digest.b, sizeof digest.b);
	buf_byte(out, '\n');
	return draw_file_flush(&p->file, err);
}

static void
private_release(struct private_file *p)
{
	sodium_memzero(p->random, sizeof p->random);
	draw_file_release(&p->file);
}

/* ---- what a cycle's draws so far say of a target: queries that run beside the roster, both ascending by id ---- */

struct beside {
	struct query q;
	bool there;
};

static void
beside_open(struct beside *b, struct store *store, const char *sql, const char *cycle)
{
	query_open(&b->q, store, sql);
	query_put_string(&b->q, cycle);
	b->there = query_row(&b->q);
}

/* Moves on to the row of this id; false where there is none. */
static bool
beside_is(struct beside *b, struct slice id)
{
	int order = -1;

	while (b->there && (order = slice_cmp(query_text(&b->q, 0), id)) < 0)
		b->there = query_row(&b->q);
	return b->there && order == 0;
}

/* The date of the latest draw that holds the target in a place. */
static const char sql_last_drawn[] = "SELECT p.target, d.date, max(d.n) FROM draw d JOIN draw_place p ON p.n = d.n"
                                     " WHERE d.cycle = ? AND p.target IS NOT NULL GROUP BY p.target ORDER BY p.target";

/* What the latest draw that was not voided chose, and no place holds. */
static const char sql_carried[] =
    "SELECT target FROM draw_left WHERE n = (SELECT max(n) FROM draw WHERE cycle = ? AND outcome = 'draw')"
    " ORDER BY target";

/* ---- targets.csv ---- */

struct targets_walk {
	const struct rows_want *want;
	struct private_file private;
	struct beside last_drawn, carried;
	uint64_t n, total; /* rows of the roster, for progress */
	struct buf *out;
	struct err *err;
};

static void
put_level(struct buf *out, int level)
{
	if (level != LEVEL_NONE)
		buf_uint(out, (uint64_t)level);
	buf_byte(out, ',');
}

static void
put_date(struct buf *out, int32_t date)
{
	char text[DATE_TEXT];

	if (date != DATE_NONE) {
		text_from_date(date, text);
		buf_text(out, text);
	}
	buf_byte(out, ',');
}

static void
put_text(struct buf *out, struct slice text)
{
	buf_slice(out, text);
	buf_byte(out, ',');
}

static enum drum
drum_of(const struct targets_walk *w, const struct rosters_target *t, int32_t since, int32_t last_drawn, bool carried)
{
	if (t->excused)
		return DRUM_EXCUSED;
	return carried ? DRUM_CARRIED : drum_due(w->want->rules, w->want->date, since, last_drawn);
}

static int
put_target(void *ctx, const struct rosters_target *t)
{
	struct targets_walk *w = ctx;
	struct buf *out = w->out;
	int32_t since = text_date_of(text_year_of(t->since), 1, 1);
	int32_t last_drawn = beside_is(&w->last_drawn, t->id) ? (int32_t)query_int(&w->last_drawn.q, 1) : DATE_NONE;
	bool carried = beside_is(&w->carried, t->id);
	int rc;

	if (w->n++ % 65536 == 0)
		progress_tell(w->want->progress, N_("rosters"), (size_t)w->n, (size_t)w->total);
	put_text(out, t->id);
	put_text(out, t->class);
	put_text(out, t->unit);
	put_text(out, t->area);
	put_level(out, t->level);
	buf_uint(out, w->want->cycle->weight == CYCLE_WEIGHT_NONE ? 1 : (uint64_t)t->weight);
	buf_byte(out, ',');
	put_date(out, since);
	put_date(out, last_drawn);
	put_text(out, slice_of(drum_name(drum_of(w, t, since, last_drawn, carried))));
	rc = private_row(&w->private, t->id, t->private, t->n_private, out, w->err);
	buf_byte(out, '\n');
	return rc;
}

/* How it went: the walk, the queries beside it, the private file, the public one; the first fault is told. */
static int
walk_end(int rc, struct targets_walk *w, struct err *err)
{
	int last_drawn = query_close(&w->last_drawn.q, rc == 0 ? err : NULL);
	int carried;

	rc = rc != 0 ? rc : last_drawn;
	carried = query_close(&w->carried.q, rc == 0 ? err : NULL);
	rc = rc != 0 ? rc : carried;
	if (rc == 0)
		rc = draw_file_end(&w->private.file, err);
	if (rc == 0 && w->out->failed)
		rc = err_memory(err);
	private_release(&w->private);
	return rc;
}

int
rows_targets(const struct rows_want *want, struct buf *out, struct err *err)
{
	struct targets_walk w = {.want = want, .out = out, .err = err};
	int rc = private_begin(&w.private, want, ROSTER_TARGETS, ROWS_TARGETS_PRIVATE, err);

	buf_text(out, roster_targets_header);
	buf_byte(out, '\n');
	if (rc == 0)
		rc = rosters_count(want->store, ROSTER_TARGETS, &w.total, err);
	if (rc == 0) {
		beside_open(&w.last_drawn, want->store, sql_last_drawn, want->cycle->name);
		beside_open(&w.carried, want->store, sql_carried, want->cycle->name);
		rc = rosters_each_target(want->store, want->cycle->targets, want->cycle->n_targets, want->date,
		    put_target, &w, err);
	}
	progress_tell(want->progress, N_("rosters"), (size_t)w.total, (size_t)w.total);
	return walk_end(rc, &w, err);
}

/* ---- inspectors.csv ---- */

static int
put_inspector(void *ctx, const struct rosters_inspector *p)
{
	struct targets_walk *w = ctx;
	struct buf *out = w->out;
	int rc;

	put_text(out, p->id);
	put_text(out, p->unit);
	put_text(out, p->area);
	put_level(out, p->level);
	put_text(out, p->tags);
	buf_text(out, p->excused ? "excused," : "in,");
	rc = private_row(&w->private, p->id, p->private, p->n_private, out, w->err);
	buf_byte(out, '\n');
	return rc;
}

int
rows_inspectors(const struct rows_want *want, struct buf *out, struct err *err)
{
	struct targets_walk w = {.want = want, .out = out, .err = err};
	int rc = private_begin(&w.private, want, ROSTER_INSPECTORS, ROWS_INSPECTORS_PRIVATE, err);

	buf_text(out, roster_inspectors_header);
	buf_byte(out, '\n');
	if (rc == 0)
		rc = rosters_each_inspector(want->store, want->date, put_inspector, &w, err);
	return walk_end(rc, &w, err);
}

/* ---- conflicts.csv ---- */

struct lines {
	struct buf bytes; /* lines with their LF */
	size_t n;
};

static int
compare_slices(const void *a, const void *b)
{
	return slice_cmp(*(const struct slice *)a, *(const struct slice *)b);
}

/* Sorted, distinct. */
static int
put_sorted(const struct lines *lines, struct buf *out, struct err *err)
{
	struct slice *v = malloc((lines->n + 1) * sizeof *v), rest = buf_view(&lines->bytes);

	if (v == NULL)
		return err_memory(err);
	for (size_t i = 0; i < lines->n; i++)
		v[i] = slice_cut(&rest, '\n');
	qsort(v, lines->n, sizeof *v, compare_slices);
	for (size_t i = 0; i < lines->n; i++) {
		if (i > 0 && slice_eq(v[i - 1], v[i]))
			continue;
		buf_slice(out, v[i]);
		buf_byte(out, '\n');
	}
	free(v);
	return out->failed ? err_memory(err) : 0;
}

/*
 * The values of a column of targets.csv, sorted, to ask which conflicts still concern somebody; made once it is asked.
 */
struct values {
	struct slice *v;
	size_t n;
};

static int
values_of(const struct roster *roster, struct slice (*column)(const struct target *t), struct values *ret,
    struct err *err)
{
	size_t n = 0;

	ret->v = malloc((roster->n_targets + 1) * sizeof *ret->v);
	if (ret->v == NULL)
		return err_memory(err);
	for (size_t i = 0; i < roster->n_targets; i++)
		ret->v[n++] = column(&roster->targets[i]);
	qsort(ret->v, n, sizeof *ret->v, compare_slices);
	for (size_t i = 0; i < n; i++)
		if (ret->n == 0 || !slice_eq(ret->v[ret->n - 1], ret->v[i]))
			ret->v[ret->n++] = ret->v[i];
	return 0;
}

static bool
values_have(const struct values *values, struct slice value)
{
	return value.n > 0 && bsearch(&value, values->v, values->n, sizeof value, compare_slices) != NULL;
}

struct conflicts_walk {
	const struct roster *roster;
	struct values units, areas;
	struct lines lines;
	struct err *err;
};

static void
add_line(struct lines *lines, struct slice inspector, enum scope scope, struct slice value, const char *why)
{
	put_text(&lines->bytes, inspector);
	put_text(&lines->bytes, slice_of(scope_name(scope)));
	put_text(&lines->bytes, value);
	buf_text(&lines->bytes, why);
	buf_byte(&lines->bytes, '\n');
	lines->n++;
}

/* Declared conflicts whose inspector and value stand in the draw's rosters. */
static int
add_declared(void *ctx, const struct rosters_conflict *c)
{
	struct conflicts_walk *w = ctx;
	struct values *values = c->scope == SCOPE_UNIT ? &w->units : &w->areas;
	bool stands = roster_find_inspector(w->roster, c->inspector) >= 0;
	int rc = 0;

	if (stands && c->scope == SCOPE_TARGET) {
		stands = roster_find_target(w->roster, c->value) >= 0;
	} else if (stands) {
		if (values->v == NULL)
			rc = values_of(w->roster, c->scope == SCOPE_UNIT ? target_unit : target_area, values, w->err);
		stands = rc == 0 && values_have(values, c->value);
	}
	if (stands)
		add_line(&w->lines, c->inspector, c->scope, c->value, "declared");
	return rc;
}

/* Pairs of the last `rotate` draws, as amended. */
static int
add_rotation(const struct rows_want *want, struct conflicts_walk *w, struct err *err)
{
	struct query q;

	query_open(&q, want->store,
	    "SELECT DISTINCT s.inspector, p.target FROM draw_place p JOIN draw_seat s USING (n, place)"
	    " WHERE n IN (SELECT n FROM draw WHERE cycle = ? AND outcome = 'draw' ORDER BY n DESC LIMIT ?)"
	    " AND s.inspector IS NOT NULL AND p.target IS NOT NULL");
	query_put_string(&q, want->cycle->name);
	query_put_int(&q, (int64_t)want->rules->rotate);
	while (query_row(&q)) {
		struct slice inspector = query_text(&q, 0), target = query_text(&q, 1);

		if (roster_find_inspector(w->roster, inspector) >= 0 && roster_find_target(w->roster, target) >= 0)
			add_line(&w->lines, inspector, SCOPE_TARGET, target, "rotation");
	}
	return query_close(&q, err);
}

int
rows_conflicts(const struct rows_want *want, const struct roster *roster, struct buf *out, struct err *err)
{
	struct conflicts_walk w = {.roster = roster, .err = err};
	int rc;

	buf_init(&w.lines.bytes, DRAW_FILE_MAX);
	if ((rc = rosters_each_conflict(want->store, add_declared, &w, err)) != 0 ||
	    (rc = add_rotation(want, &w, err)) != 0)
		goto out;
	buf_text(out, roster_conflicts_header);
	buf_byte(out, '\n');
	rc = w.lines.bytes.failed ? err_memory(err) : put_sorted(&w.lines, out, err);
out:
	free(w.units.v);
	free(w.areas.v);
	buf_release(&w.lines.bytes);
	return rc;
}
