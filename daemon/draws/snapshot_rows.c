/* Writes the rosters in the state as the CSV files of a draw, public and private (PROTOCOL 3). */
#include "draws/snapshot_rows.h"

#include <sodium.h>
#include <stdlib.h>

#include "core/base/array.h"
#include "core/draw/draw.h"
#include "core/format/sealed.h"
#include "draws/draws.h"
#include "rosters/codes.h"
#include "rosters/rosters.h"

/* ---- private files ---- */

#define NONCES_AT_ONCE 256

struct private_file {
	struct draw_file file;
	struct codes codes; /* where there are some */
	bool coded;
	struct hash_stream header; /* hashed so far: the header and its LF, which each row's digest begins with */
	/* Nonces in bulk: a system call for each would cost more than the hashing. */
	uint8_t random[NONCES_AT_ONCE][NONCE_HEX / 2];
	size_t n_random;
};

/* One field, in quotes where RFC 4180 asks for them. */
static void
put_csv_field(struct buf *out, struct slice field)
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
	p->coded = want->coded && want->n != 0;
	if (p->coded)
		codes_open(&p->codes, want->store);
	if (rc != 0)
		return rc;
	buf_text(out, p->coded ? "id,nonce," ROWS_OWN_ID "," ROWS_OWN_UNIT "," ROWS_OWN_AREA : "id,nonce");
	for (size_t i = 0; i < columns.n; i++) {
		buf_byte(out, ',');
		put_csv_field(out, slice_of(columns.items[i]));
	}
	buf_byte(out, '\n');
	hash_begin(&p->header);
	hash_add(&p->header, out->data, out->failed ? 0 : out->len);
	rosters_names_release(&columns);
	return 0;
}

/* What a row's line holds. */
struct private_line {
	enum code_kind kind;
	struct slice id, unit, area; /* as the office calls them */
	const struct slice *fields;
	size_t n;
};

/* With codes the line begins with the code, and says what it stands for. */
static void
put_private_id(struct private_file *p, const struct private_line *line)
{
	buf_slice(&p->file.bytes, p->coded ? codes_code(&p->codes, line->kind, line->id) : line->id);
	buf_byte(&p->file.bytes, ',');
}

static void
put_private_own(struct private_file *p, const struct private_line *line)
{
	const struct slice own[] = {line->id, line->unit, line->area};

	for (size_t i = 0; p->coded && i < ARRAY_LEN(own); i++) {
		buf_byte(&p->file.bytes, ',');
		put_csv_field(&p->file.bytes, own[i]);
	}
}

/* Writes a row's line and puts its digest into the public file. */
static int
private_row(struct private_file *p, const struct private_line *line, struct buf *public, struct err *err)
{
	struct buf *out = &p->file.bytes;
	struct hash_stream s = p->header;
	struct hash digest;
	size_t line_at = out->len;

	if (p->n_random == 0) {
		randombytes_buf(p->random, sizeof p->random);
		p->n_random = NONCES_AT_ONCE;
	}
	put_private_id(p, line);
	buf_hex(out, p->random[--p->n_random], sizeof p->random[0]);
	put_private_own(p, line);
	for (size_t i = 0; i < line->n; i++) {
		buf_byte(out, ',');
		put_csv_field(out, line->fields[i]);
	}
	if (out->failed)
		return err_memory(err);
	hash_add(&s, out->data + line_at, out->len - line_at);
	digest = hash_end(&s);
	buf_hex(public, digest.b, sizeof digest.b);
	buf_byte(out, '\n');
	return draw_file_flush(&p->file, err);
}

static int
private_end(struct private_file *p, struct err *err)
{
	int rc = p->coded ? codes_close(&p->codes, err) : 0;

	return rc == 0 ? draw_file_end(&p->file, err) : rc;
}

static void
private_release(struct private_file *p)
{
	if (p->coded)
		(void)codes_close(&p->codes, NULL);
	sodium_memzero(p->random, sizeof p->random);
	draw_file_release(&p->file);
}

/* ---- a query over targets, read in step with the roster: both ascend by id ---- */

struct id_cursor {
	struct query q;
	bool there;
};

static void
id_cursor_open(struct id_cursor *b, const struct rows_want *want, const char *sql)
{
	query_open(&b->q, want->store, sql);
	query_put_int(&b->q, want->coded);
	query_put_string(&b->q, want->cycle->name);
}

static void
id_cursor_begin(struct id_cursor *b)
{
	b->there = query_row(&b->q);
}

/* Moves on to the row of this id; false: it has none.  Ids are asked for in ascending order. */
static bool
id_cursor_find(struct id_cursor *b, struct slice id)
{
	int order = -1;

	while (b->there && (order = slice_cmp(query_text(&b->q, 0), id)) < 0)
		b->there = query_row(&b->q);
	return b->there && order == 0;
}

/*
 * Draws hold the ids that were published.  The first parameter says which count: with codes (1) only what is a code, by
 * the id that it stands for; else (0) only what is none.  To the public those of the other kind are other targets.
 */
#define OWN(alias, column) "coalesce(" alias ".own, " column ")"
#define WITH_OWN(alias, kind, column) \
	" LEFT JOIN public_id " alias " ON " alias ".kind = '" kind "' AND " alias ".code = " column
#define COUNTS(alias) " (" alias ".own IS NOT NULL) = ?1"

/* The date of the latest draw that holds the target in a place. */
static const char sql_last_drawn[] =
    "SELECT " OWN("c", "p.target") " AS own, d.date, max(d.n) FROM draw d JOIN draw_place p ON p.n = d.n" WITH_OWN("c",
        "target", "p.target") " WHERE d.cycle = ?2 AND p.target IS NOT NULL AND" COUNTS("c") " GROUP BY 1 ORDER BY 1";

/* Visits that are owed: chosen and left unstaffed, or taken out, and held by no place of that or a later draw since. */
static const char sql_carried[] =
    "SELECT DISTINCT " OWN("c", "l.target") " FROM draw_left l JOIN draw d ON d.n = l.n" WITH_OWN("c", "target",
        "l.target") " WHERE d.cycle = ?2 AND" COUNTS("c") " AND NOT EXISTS (SELECT 1 FROM draw_place p JOIN draw e ON "
                                                          "e.n = p.n"
                                                          "  WHERE p.target = l.target AND e.cycle = d.cycle AND p.n "
                                                          ">= l.n)"
                                                          " ORDER BY 1";

/* The greatest date of the draws looked at that hold the target in a place (PROTOCOL 5). */
static const char sql_elsewhere[] =
    "SELECT " OWN("c", "p.target") ", max(d.date) FROM draw d JOIN draw_place p ON p.n = d.n" WITH_OWN("c", "target",
        "p.target") " WHERE d.cycle <> ?2 AND d.outcome = 'draw' AND p.target IS NOT NULL AND ?3 - d.date < ?4 "
                    "AND" COUNTS("c") " GROUP BY 1 ORDER BY 1";

/* Whose excuse, entered ahead, holds on every day of the window, though perhaps not on the day of the draw. */
static const char sql_excused[] = "SELECT DISTINCT who FROM excuse WHERE kind = 'targets' AND lifted IS NULL"
                                  " AND \"from\" <= ? AND until >= ? ORDER BY who";

/* ---- targets.csv ---- */

struct roster_walk {
	const struct rows_want *want;
	struct private_file private;
	struct id_cursor last_drawn, carried, elsewhere, excused;
	uint64_t n, total; /* rows of the roster, for progress */
	struct buf *out;
	struct err *err;
};

static void
put_level_field(struct buf *out, int level)
{
	if (level != LEVEL_NONE)
		buf_uint(out, (uint64_t)level);
	buf_byte(out, ',');
}

static void
put_date_field(struct buf *out, int32_t date)
{
	char text[DATE_TEXT];

	if (date != DATE_NONE) {
		text_from_date(date, text);
		buf_text(out, text);
	}
	buf_byte(out, ',');
}

static void
put_text_field(struct buf *out, struct slice text)
{
	buf_slice(out, text);
	buf_byte(out, ',');
}

static enum drum
drum_of(const struct roster_walk *w, const struct rosters_target *t, int32_t since, int32_t last_drawn, bool carried,
    bool elsewhere, bool excused)
{
	if (t->excused || excused)
		return DRUM_EXCUSED;
	if (elsewhere)
		return DRUM_REST;
	return carried ? DRUM_CARRIED : drum_due(w->want->rules, w->want->date, since, last_drawn);
}

static int
put_target_row(void *ctx, const struct rosters_target *t)
{
	struct roster_walk *w = ctx;
	struct buf *out = w->out;
	int32_t since = text_date_of(text_year_of(t->since), 1, 1);
	int32_t last_drawn =
	    id_cursor_find(&w->last_drawn, t->id) ? (int32_t)query_int(&w->last_drawn.q, 1) : DATE_NONE;
	bool carried = id_cursor_find(&w->carried, t->id);
	bool quiet = w->want->rules->quiet_days > 0 && id_cursor_find(&w->elsewhere, t->id);
	bool excused = id_cursor_find(&w->excused, t->id);
	int32_t elsewhere = quiet ? (int32_t)query_int(&w->elsewhere.q, 1) : DATE_NONE;
	int rc;

	if (w->n++ % 65536 == 0)
		progress_tell(w->want->progress, N_("rosters"), (size_t)w->n, (size_t)w->total);
	put_text_field(out, t->id);
	put_text_field(out, t->class);
	put_text_field(out, t->unit);
	put_text_field(out, t->area);
	put_level_field(out, t->level);
	put_text_field(out, t->needs);
	buf_uint(out, w->want->cycle->weight == CYCLE_WEIGHT_NONE ? 1 : (uint64_t)t->weight);
	buf_byte(out, ',');
	put_date_field(out, since);
	put_date_field(out, last_drawn);
	put_date_field(out, elsewhere);
	put_text_field(out, slice_of(drum_name(drum_of(w, t, since, last_drawn, carried, quiet, excused))));
	rc = private_row(&w->private,
	    &(struct private_line){CODE_TARGET, t->id, t->unit, t->area, t->private, t->n_private}, out, w->err);
	buf_byte(out, '\n');
	return rc;
}

/* Closes the queries, ends the private file, and returns the first failure; `rc` is that of the walk. */
static int
end_roster_walk(int rc, struct roster_walk *w, struct err *err)
{
	int last_drawn = query_close(&w->last_drawn.q, rc == 0 ? err : NULL);
	int carried, elsewhere, excused;

	rc = rc != 0 ? rc : last_drawn;
	carried = query_close(&w->carried.q, rc == 0 ? err : NULL);
	rc = rc != 0 ? rc : carried;
	elsewhere = query_close(&w->elsewhere.q, rc == 0 ? err : NULL);
	rc = rc != 0 ? rc : elsewhere;
	excused = query_close(&w->excused.q, rc == 0 ? err : NULL);
	rc = rc != 0 ? rc : excused;
	if (rc == 0)
		rc = private_end(&w->private, err);
	if (rc == 0 && w->out->failed)
		rc = err_memory(err);
	private_release(&w->private);
	return rc;
}

static void
open_elsewhere(struct roster_walk *w)
{
	struct id_cursor *c = &w->elsewhere;

	id_cursor_open(c, w->want, sql_elsewhere);
	query_put_int(&c->q, w->want->date);
	query_put_int(&c->q, (int64_t)w->want->rules->quiet_days);
	id_cursor_begin(c);
}

static void
open_excused(struct roster_walk *w)
{
	const struct rows_want *want = w->want;
	struct id_cursor *c = &w->excused;

	query_open(&c->q, want->store, sql_excused);
	query_put_int(&c->q, slot_date(want->slots[0]));
	query_put_int(&c->q, slot_date(want->slots[want->n_slots - 1]));
	id_cursor_begin(c);
}

int
rows_targets(const struct rows_want *want, struct buf *out, struct err *err)
{
	struct roster_walk w = {.want = want, .out = out, .err = err};
	int rc = private_begin(&w.private, want, ROSTER_TARGETS, ROWS_TARGETS_PRIVATE, err);

	buf_text(out, roster_targets_header);
	buf_byte(out, '\n');
	if (rc == 0)
		rc = rosters_count(want->store, ROSTER_TARGETS, &w.total, err);
	if (rc == 0) {
		id_cursor_open(&w.last_drawn, want, sql_last_drawn);
		id_cursor_begin(&w.last_drawn);
		id_cursor_open(&w.carried, want, sql_carried);
		id_cursor_begin(&w.carried);
		open_elsewhere(&w);
		open_excused(&w);
		rc = rosters_each_target(want->store, want->cycle->targets, want->cycle->n_targets, want->date,
		    put_target_row, &w, err);
	}
	progress_tell(want->progress, N_("rosters"), (size_t)w.total, (size_t)w.total);
	return end_roster_walk(rc, &w, err);
}

/* ---- inspectors.csv ---- */

static enum inspector_drum
inspector_drum_of(const struct roster_walk *w, const struct rosters_inspector *p)
{
	if (p->excused)
		return INSPECTOR_EXCUSED;
	return away_on_all(w->want->away, p->id) ? INSPECTOR_AWAY : INSPECTOR_IN;
}

static int
put_inspector_row(void *ctx, const struct rosters_inspector *p)
{
	struct roster_walk *w = ctx;
	struct buf *out = w->out;
	int rc;

	put_text_field(out, p->id);
	put_text_field(out, p->unit);
	put_text_field(out, p->area);
	put_level_field(out, p->level);
	put_text_field(out, p->tags);
	put_text_field(out, slice_of(inspector_drum_name(inspector_drum_of(w, p))));
	rc = private_row(&w->private,
	    &(struct private_line){CODE_INSPECTOR, p->id, p->unit, p->area, p->private, p->n_private}, out, w->err);
	buf_byte(out, '\n');
	return rc;
}

int
rows_inspectors(const struct rows_want *want, struct buf *out, struct err *err)
{
	struct roster_walk w = {.want = want, .out = out, .err = err};
	int rc = private_begin(&w.private, want, ROSTER_INSPECTORS, ROWS_INSPECTORS_PRIVATE, err);

	buf_text(out, roster_inspectors_header);
	buf_byte(out, '\n');
	if (rc == 0)
		rc = rosters_each_inspector(want->store, want->date, put_inspector_row, &w, err);
	return end_roster_walk(rc, &w, err);
}

/* ---- conflicts.csv ---- */

struct conflict_lines {
	struct buf bytes; /* lines with their LF */
	size_t n;
};

static int
compare_slices(const void *a, const void *b)
{
	return slice_cmp(*(const struct slice *)a, *(const struct slice *)b);
}

int
rows_put_sorted(const struct buf *lines, size_t n, struct buf *out, struct err *err)
{
	struct slice *v = malloc((n + 1) * sizeof *v), rest = buf_view(lines);

	if (v == NULL)
		return err_memory(err);
	for (size_t i = 0; i < n; i++)
		v[i] = slice_cut(&rest, '\n');
	qsort(v, n, sizeof *v, compare_slices);
	for (size_t i = 0; i < n; i++) {
		if (i > 0 && slice_eq(v[i - 1], v[i]))
			continue;
		buf_slice(out, v[i]);
		buf_byte(out, '\n');
	}
	free(v);
	return out->failed ? err_memory(err) : 0;
}

/*
 * The values of a column of targets.csv, sorted, each once: a conflict with a value that is not there concerns nobody.
 * Read when the first conflict needs them.
 */
struct column_values {
	struct slice *v;
	size_t n;
};

static int
read_column_values(const struct roster *roster, struct slice (*column)(const struct target *t),
    struct column_values *ret, struct err *err)
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
column_has(const struct column_values *values, struct slice value)
{
	return value.n > 0 && bsearch(&value, values->v, values->n, sizeof value, compare_slices) != NULL;
}

struct conflicts_walk {
	const struct roster *roster;
	struct column_values units, areas;
	struct conflict_lines lines;
	struct err *err;
};

static void
add_conflict_line(struct conflict_lines *lines, struct slice inspector, enum scope scope, struct slice value,
    const char *why)
{
	put_text_field(&lines->bytes, inspector);
	put_text_field(&lines->bytes, slice_of(scope_name(scope)));
	put_text_field(&lines->bytes, value);
	buf_text(&lines->bytes, why);
	buf_byte(&lines->bytes, '\n');
	lines->n++;
}

/* A declared conflict, if the draw's rosters have both its inspector and its value. */
static int
add_declared_conflict(void *ctx, const struct rosters_conflict *c)
{
	struct conflicts_walk *w = ctx;
	struct column_values *values = c->scope == SCOPE_UNIT ? &w->units : &w->areas;
	bool concerned = roster_find_inspector(w->roster, c->inspector) >= 0;
	int rc = 0;

	if (concerned && c->scope == SCOPE_TARGET) {
		concerned = roster_find_target(w->roster, c->value) >= 0;
	} else if (concerned) {
		if (values->v == NULL)
			rc = read_column_values(w->roster, c->scope == SCOPE_UNIT ? target_unit : target_area, values,
			    w->err);
		concerned = rc == 0 && column_has(values, c->value);
	}
	if (concerned)
		add_conflict_line(&w->lines, c->inspector, c->scope, c->value, "declared");
	return rc;
}

/* The pairs of inspector and target of the last `rotate` draws, as amended. */
static int
add_rotation_conflicts(const struct rows_want *want, struct conflicts_walk *w, struct err *err)
{
	struct query q;

	query_open(&q, want->store,
	    "SELECT DISTINCT " OWN("i", "s.inspector") ", " OWN("c",
	        "p.target") " FROM draw_place p JOIN draw_seat s USING (n, place)" WITH_OWN("i", "inspector",
	        "s.inspector") WITH_OWN("c", "target",
	        "p.target") " WHERE n IN (SELECT n FROM draw WHERE cycle = ?2 AND outcome = 'draw' ORDER BY n DESC "
	                    "LIMIT ?3)"
	                    " AND s.inspector IS NOT NULL AND p.target IS NOT NULL AND" COUNTS("i") " AND" COUNTS("c"));
	query_put_int(&q, want->coded);
	query_put_string(&q, want->cycle->name);
	query_put_int(&q, (int64_t)want->rules->rotate);
	while (query_row(&q)) {
		struct slice inspector = query_text(&q, 0), target = query_text(&q, 1);

		if (roster_find_inspector(w->roster, inspector) >= 0 && roster_find_target(w->roster, target) >= 0)
			add_conflict_line(&w->lines, inspector, SCOPE_TARGET, target, "rotation");
	}
	return query_close(&q, err);
}

int
rows_conflicts(const struct rows_want *want, const struct roster *roster, struct buf *out, struct err *err)
{
	struct conflicts_walk w = {.roster = roster, .err = err};
	int rc;

	buf_init(&w.lines.bytes, DRAW_FILE_MAX);
	rc = rosters_each_conflict(want->store, add_declared_conflict, &w, err);
	if (rc == 0)
		rc = add_rotation_conflicts(want, &w, err);
	if (rc == 0) {
		buf_text(out, roster_conflicts_header);
		buf_byte(out, '\n');
		rc = w.lines.bytes.failed ? err_memory(err) : rows_put_sorted(&w.lines.bytes, w.lines.n, out, err);
	}
	free(w.units.v);
	free(w.areas.v);
	buf_release(&w.lines.bytes);
	return rc;
}

/* ---- away.csv ---- */

int
rows_away(const struct rows_want *want, const struct roster *roster, struct buf *out, struct err *err)
{
	buf_text(out, roster_away_header);
	buf_byte(out, '\n');
	for (size_t i = 0; i < want->away->n; i++) {
		const struct away_day *day = &want->away->v[i];
		ptrdiff_t inspector = roster_find_inspector(roster, slice_of(day->id));
		char date[DATE_TEXT];

		if (inspector < 0 || roster->inspectors[inspector].drum == INSPECTOR_EXCUSED)
			continue;
		text_from_date(day->date, date);
		put_text_field(out, slice_of(day->id));
		buf_text(out, date);
		buf_byte(out, '\n');
	}
	return out->failed ? err_memory(err) : 0;
}
