/* The public CSV files of a draw (PROTOCOL 2 and 3): read and checked row by row, and their Merkle roots. */
#include "core/format/roster.h"

#include <stdlib.h>

#include "core/base/parallel.h"
#include "core/format/merkle.h"

const char roster_targets_header[] = "id,class,unit,area,level,weight,since,last_drawn,drum,private";
const char roster_inspectors_header[] = "id,unit,area,level,tags,drum,private";
const char roster_conflicts_header[] = "inspector,scope,value,why";

static const char *const drum_names[] = {"in", "due", "carried", "rest", "excused"};
static const char *const scope_names[] = {"area", "target", "unit"};

const char *
drum_name(enum drum drum)
{
	return drum_names[drum];
}

const char *
scope_name(enum scope scope)
{
	return scope_names[scope];
}

static bool
name_index(struct slice text, const char *const *names, size_t n, size_t *ret_index)
{
	for (size_t i = 0; i < n; i++)
		if (slice_is(text, names[i])) {
			*ret_index = i;
			return true;
		}
	return false;
}

/*
 * The lines of a public CSV file (PROTOCOL 2), one after the other, and the fields of a line.
 */

struct lines {
	const char *file;
	struct slice rest;
	struct slice line, before; /* this data line and the one before it */
	struct slice fields;       /* of this line: what is still to be read */
	unsigned long number;      /* of this line, the header being 1 */
	size_t not_nfc;
};

static int
line_fault(const struct lines *lines, struct err *err, const char *column, const char *wrong)
{
	return err_set(err, ERR_REFUSED, N_("%s:%lu: %s: %s"), lines->file, lines->number, column,
	    err != NULL && err->tr != NULL ? err->tr(wrong) : wrong);
}

/* Checks the header and counts the rows before any memory is taken for them. */
static int
lines_begin(struct lines *lines, struct slice bytes, const char *file, const char *header, size_t *ret_rows,
    struct err *err)
{
	size_t rows = 0;

	*lines = (struct lines){.file = file, .rest = bytes, .number = 1};
	if (bytes.n == 0 || bytes.p[bytes.n - 1] != '\n')
		return err_set(err, ERR_REFUSED, N_("%s: it must end with a newline; it may have been cut short"),
		    file);
	if (!slice_is(slice_cut(&lines->rest, '\n'), header))
		return err_set(err, ERR_REFUSED, N_("%s:1: the header must be %s"), file, header);
	for (size_t at = bytes.n - lines->rest.n; at < bytes.n; rows++)
		at = (size_t)((const char *)memchr(bytes.p + at, '\n', bytes.n - at) - bytes.p) + 1;
	if (rows > ROSTER_ROWS_MAX)
		return err_set(err, ERR_LIMIT, N_("%s: it has %zu rows; at most 16777216 are allowed"), file, rows);
	*ret_rows = rows;
	return 0;
}

static int
lines_next(struct lines *lines, struct err *err)
{
	lines->before = lines->line;
	lines->line = slice_cut(&lines->rest, '\n');
	lines->fields = lines->line;
	lines->number++;
	if (lines->line.n > UINT32_MAX)
		return line_fault(lines, err, N_("line"), N_("it is too long"));
	if (lines->number > 2 && slice_cmp(lines->before, lines->line) >= 0)
		return line_fault(lines, err, N_("line"), N_("it does not come after the line before it, bytewise"));
	return 0;
}

/* The next field.  Where the line has none left, it is a text that no form allows. */
static struct slice
next_field(struct lines *lines)
{
	if (lines->fields.p == NULL)
		return (struct slice){"\n", 1};
	return slice_cut(&lines->fields, ',');
}

static int
lines_end_of_line(const struct lines *lines, struct err *err)
{
	if (lines->fields.p != NULL)
		return line_fault(lines, err, N_("line"), N_("it has more columns than the header"));
	return 0;
}

/* A text of PROTOCOL 2; its place in the line goes to `ret_at` and `ret_len`. */
static int
text_field(struct lines *lines, const char *column, uint16_t *ret_at, uint8_t *ret_len, struct err *err)
{
	struct slice text = next_field(lines);
	enum text_fault wrong = text_check(text, NULL);

	if (wrong != TEXT_OK)
		return line_fault(lines, err, column, text_fault_words(wrong));
	if (!text_is_nfc(text))
		lines->not_nfc++;
	*ret_at = text.n == 0 ? 0 : (uint16_t)(text.p - lines->line.p);
	*ret_len = (uint8_t)text.n;
	return 0;
}

static int
id_field(struct lines *lines, uint8_t *ret_len, struct err *err)
{
	struct slice id = next_field(lines), before = lines->before;

	if (!text_is_id(id))
		return line_fault(lines, err, "id", N_("it must be 1 to 32 of A-Z a-z 0-9 . _ -"));
	if (lines->number > 2 && slice_eq(slice_cut(&before, ','), id))
		return line_fault(lines, err, "id", N_("it stands in the file twice"));
	*ret_len = (uint8_t)id.n;
	return 0;
}

static int
level_field(struct lines *lines, int16_t *ret_level, struct err *err)
{
	struct slice text = next_field(lines);
	uint64_t level;

	*ret_level = LEVEL_NONE;
	if (text.n == 0)
		return 0;
	if (!text_to_uint(text, &level) || level > LEVEL_MAX)
		return line_fault(lines, err, "level", N_("it must be 0 to 999, or empty"));
	*ret_level = (int16_t)level;
	return 0;
}

static int
private_field(struct lines *lines, struct err *err)
{
	if (!text_is_hex(next_field(lines), HASH_HEX))
		return line_fault(lines, err, "private", N_("it must be 64 hexadecimal digits in lower case"));
	return lines_end_of_line(lines, err);
}

static int
weight_field(struct lines *lines, uint8_t *ret_weight, struct err *err)
{
	uint64_t weight;

	if (!text_to_uint(next_field(lines), &weight) || weight < 1 || weight > WEIGHT_MAX)
		return line_fault(lines, err, "weight", N_("it must be 1 to 100"));
	*ret_weight = (uint8_t)weight;
	return 0;
}

static int
dates_fields(struct lines *lines, int32_t date, struct target *t, struct err *err)
{
	struct slice since = next_field(lines), last = next_field(lines);

	if (!text_to_date(since, &t->since) || memcmp(since.p + 4, "-01-01", 6) != 0)
		return line_fault(lines, err, "since", N_("it must be 1 January of a year, as 2026-01-01"));
	if (t->since > date)
		return line_fault(lines, err, "since", N_("it must not be after the date of the draw"));
	t->last_drawn = DATE_NONE;
	if (last.n > 0 && !text_to_date(last, &t->last_drawn))
		return line_fault(lines, err, "last_drawn", N_("it must be a date as 2026-06-22, or empty"));
	return 0;
}

static int
parse_target(struct lines *lines, int32_t date, struct target *t, struct err *err)
{
	size_t drum;
	int rc = id_field(lines, &t->id_len, err);

	t->line = lines->line.p;
	t->line_len = (uint32_t)lines->line.n;
	if (rc == 0)
		rc = text_field(lines, "class", &t->class_at, &t->class_len, err);
	if (rc == 0)
		rc = text_field(lines, "unit", &t->unit_at, &t->unit_len, err);
	if (rc == 0)
		rc = text_field(lines, "area", &t->area_at, &t->area_len, err);
	if (rc == 0)
		rc = level_field(lines, &t->level, err);
	if (rc == 0)
		rc = weight_field(lines, &t->weight, err);
	if (rc == 0)
		rc = dates_fields(lines, date, t, err);
	if (rc != 0)
		return rc;
	if (!name_index(next_field(lines), drum_names, 5, &drum))
		return line_fault(lines, err, "drum", N_("it must be in, due, carried, rest or excused"));
	t->drum = (uint8_t)drum;
	return private_field(lines, err);
}

int
roster_parse_targets(struct roster *roster, struct slice bytes, const char *file, int32_t date, size_t *ret_not_nfc,
    struct err *err)
{
	struct lines lines;
	struct target *targets;
	size_t rows;
	int rc = lines_begin(&lines, bytes, file, roster_targets_header, &rows, err);

	if (rc != 0)
		return rc;
	targets = calloc(rows + 1, sizeof *targets);
	if (targets == NULL)
		return err_memory(err);
	for (size_t i = 0; i < rows && rc == 0; i++) {
		rc = lines_next(&lines, err);
		if (rc == 0)
			rc = parse_target(&lines, date, &targets[i], err);
	}
	if (rc != 0) {
		free(targets);
		return rc;
	}
	roster->targets = targets;
	roster->n_targets = rows;
	if (ret_not_nfc != NULL)
		*ret_not_nfc += lines.not_nfc;
	return 0;
}

/* Distinct, sorted, joined by ';'. */
static int
tags_field(struct lines *lines, struct inspector *p, struct err *err)
{
	struct slice tags = next_field(lines), before = {NULL, 0};

	p->tags_at = tags.n == 0 ? 0 : (uint16_t)(tags.p - lines->line.p);
	p->tags_len = (uint32_t)tags.n;
	if (tags.n == 0)
		return 0;
	while (tags.p != NULL) {
		struct slice tag = slice_cut(&tags, ';');

		if (!text_is_tag(tag))
			return line_fault(lines, err, "tags",
			    N_("a tag must be 1 to 32 of A-Z a-z 0-9 . _ - and not any"));
		if (before.p != NULL && slice_cmp(before, tag) >= 0)
			return line_fault(lines, err, "tags", N_("they must be distinct and sorted"));
		before = tag;
	}
	return 0;
}

static int
parse_inspector(struct lines *lines, struct inspector *p, struct err *err)
{
	struct slice drum;
	int rc = id_field(lines, &p->id_len, err);

	p->line = lines->line.p;
	p->line_len = (uint32_t)lines->line.n;
	if (rc == 0)
		rc = text_field(lines, "unit", &p->unit_at, &p->unit_len, err);
	if (rc == 0)
		rc = text_field(lines, "area", &p->area_at, &p->area_len, err);
	if (rc == 0)
		rc = level_field(lines, &p->level, err);
	if (rc == 0)
		rc = tags_field(lines, p, err);
	if (rc != 0)
		return rc;
	drum = next_field(lines);
	p->in = slice_is(drum, "in");
	if (!p->in && !slice_is(drum, "excused"))
		return line_fault(lines, err, "drum", N_("it must be in or excused"));
	return private_field(lines, err);
}

int
roster_parse_inspectors(struct roster *roster, struct slice bytes, const char *file, size_t *ret_not_nfc,
    struct err *err)
{
	struct lines lines;
	struct inspector *inspectors;
	size_t rows;
	int rc = lines_begin(&lines, bytes, file, roster_inspectors_header, &rows, err);

	if (rc != 0)
		return rc;
	inspectors = calloc(rows + 1, sizeof *inspectors);
	if (inspectors == NULL)
		return err_memory(err);
	for (size_t i = 0; i < rows && rc == 0; i++) {
		rc = lines_next(&lines, err);
		if (rc == 0)
			rc = parse_inspector(&lines, &inspectors[i], err);
	}
	if (rc != 0) {
		free(inspectors);
		return rc;
	}
	roster->inspectors = inspectors;
	roster->n_inspectors = rows;
	if (ret_not_nfc != NULL)
		*ret_not_nfc += lines.not_nfc;
	return 0;
}

static int
parse_conflict(struct lines *lines, const struct roster *roster, struct conflict *c, struct err *err)
{
	struct slice scope, why;
	enum text_fault wrong;
	size_t index;

	c->line = lines->line;
	c->inspector = next_field(lines);
	scope = next_field(lines);
	c->value = next_field(lines);
	why = next_field(lines);
	if (!text_is_id(c->inspector) || roster_find_inspector(roster, c->inspector) < 0)
		return line_fault(lines, err, "inspector", N_("there is no such inspector in inspectors.csv"));
	if (!name_index(scope, scope_names, 3, &index))
		return line_fault(lines, err, "scope", N_("it must be target, unit or area"));
	c->scope = (enum scope)index;
	wrong = text_check(c->value, NULL);
	if (wrong != TEXT_OK)
		return line_fault(lines, err, "value", text_fault_words(wrong));
	if (c->value.n == 0)
		return line_fault(lines, err, "value", N_("it is empty"));
	if (c->scope == SCOPE_TARGET && roster_find_target(roster, c->value) < 0)
		return line_fault(lines, err, "value", N_("there is no such target in targets.csv"));
	c->rotation = slice_is(why, "rotation");
	if (!c->rotation && !slice_is(why, "declared"))
		return line_fault(lines, err, "why", N_("it must be declared or rotation"));
	if (c->rotation && c->scope != SCOPE_TARGET)
		return line_fault(lines, err, "why", N_("rotation goes with the scope target"));
	return lines_end_of_line(lines, err);
}

struct used_value {
	struct slice value;
	unsigned long line;
	bool found;
};

static int
compare_used(const void *a, const void *b)
{
	return slice_cmp(((const struct used_value *)a)->value, ((const struct used_value *)b)->value);
}

/* Every value of this scope must occur in that column of the targets.  One pass over the targets finds them all. */
static int
check_values_exist(const struct roster *roster, const struct conflict *conflicts, size_t n, enum scope scope,
    const char *file, struct err *err)
{
	struct used_value *used = calloc(n + 1, sizeof *used);
	size_t n_used = 0, distinct = 0;
	int rc = 0;

	if (used == NULL)
		return err_memory(err);
	for (size_t i = 0; i < n; i++)
		if (conflicts[i].scope == scope)
			used[n_used++] = (struct used_value){conflicts[i].value, i + 2, false};
	qsort(used, n_used, sizeof *used, compare_used);
	for (size_t i = 0; i < n_used; i++)
		if (i == 0 || !slice_eq(used[distinct - 1].value, used[i].value))
			used[distinct++] = used[i];
	for (size_t i = 0; distinct > 0 && i < roster->n_targets; i++) {
		const struct target *t = &roster->targets[i];
		struct used_value key = {.value = scope == SCOPE_UNIT ? target_unit(t) : target_area(t)};
		struct used_value *hit = bsearch(&key, used, distinct, sizeof *used, compare_used);

		if (hit != NULL)
			hit->found = true;
	}
	for (size_t i = 0; i < distinct && rc == 0; i++)
		if (!used[i].found)
			rc = err_set(err, ERR_REFUSED, N_("%s:%lu: value: no target has this %s: %.*s"), file,
			    used[i].line, scope_name(scope), SLICE_ARGS(used[i].value));
	free(used);
	return rc;
}

int
roster_parse_conflicts(struct roster *roster, struct slice bytes, const char *file, struct err *err)
{
	struct lines lines;
	struct conflict *conflicts;
	size_t rows;
	int rc = lines_begin(&lines, bytes, file, roster_conflicts_header, &rows, err);

	if (rc != 0)
		return rc;
	conflicts = calloc(rows + 1, sizeof *conflicts);
	if (conflicts == NULL)
		return err_memory(err);
	for (size_t i = 0; i < rows && rc == 0; i++) {
		rc = lines_next(&lines, err);
		if (rc == 0)
			rc = parse_conflict(&lines, roster, &conflicts[i], err);
	}
	if (rc == 0)
		rc = check_values_exist(roster, conflicts, rows, SCOPE_UNIT, file, err);
	if (rc == 0)
		rc = check_values_exist(roster, conflicts, rows, SCOPE_AREA, file, err);
	if (rc != 0) {
		free(conflicts);
		return rc;
	}
	roster->conflicts = conflicts;
	roster->n_conflicts = rows;
	return 0;
}

void
roster_release(struct roster *roster)
{
	if (roster == NULL)
		return;
	free(roster->targets);
	free(roster->inspectors);
	free(roster->conflicts);
	*roster = (struct roster){0};
}

bool
inspector_has_tag(const struct inspector *p, struct slice tag)
{
	struct slice tags = inspector_tags(p);

	while (tags.n > 0)
		if (slice_eq(slice_cut(&tags, ';'), tag))
			return true;
	return false;
}

/* The index of the row with this id, among n rows that ascend by id; -1 where there is none. */
static ptrdiff_t
find_by_id(const void *rows, size_t n, struct slice (*id_of)(const void *rows, size_t index), struct slice id)
{
	size_t low = 0, high = n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = slice_cmp(id_of(rows, middle), id);

		if (order == 0)
			return (ptrdiff_t)middle;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return -1;
}

static struct slice
id_of_target(const void *rows, size_t index)
{
	return target_id((const struct target *)rows + index);
}

static struct slice
id_of_inspector(const void *rows, size_t index)
{
	return inspector_id((const struct inspector *)rows + index);
}

ptrdiff_t
roster_find_target(const struct roster *roster, struct slice id)
{
	return find_by_id(roster->targets, roster->n_targets, id_of_target, id);
}

ptrdiff_t
roster_find_inspector(const struct roster *roster, struct slice id)
{
	return find_by_id(roster->inspectors, roster->n_inspectors, id_of_inspector, id);
}

struct hash
roster_root(struct slice bytes, size_t *ret_rows)
{
	struct merkle_root m;

	merkle_root_begin(&m);
	(void)slice_cut(&bytes, '\n');
	while (bytes.n > 0)
		merkle_root_add(&m, hash_leaf(slice_cut(&bytes, '\n')));
	*ret_rows = (size_t)m.size;
	return merkle_root_end(&m);
}

/* A piece of the parallel work is a complete subtree; only the last may be shorter. */
#define PIECE_LEVEL 16
_Static_assert(PARALLEL_PIECE == (size_t)1 << PIECE_LEVEL, "a piece is a subtree");

struct pieces {
	const struct target *targets;
	struct merkle_root *roots;
};

static void
root_of_piece(void *ctx, size_t piece, size_t from, size_t to)
{
	struct pieces *p = ctx;

	merkle_root_begin(&p->roots[piece]);
	for (size_t i = from; i < to; i++)
		merkle_root_add(&p->roots[piece],
		    hash_leaf((struct slice){p->targets[i].line, p->targets[i].line_len}));
}

int
roster_targets_root(const struct roster *roster, unsigned threads, struct hash *ret_root, struct err *err)
{
	size_t whole = roster->n_targets / PARALLEL_PIECE;
	struct pieces p = {roster->targets, malloc((whole + 1) * sizeof *p.roots)};
	struct merkle_root m;

	if (p.roots == NULL)
		return err_memory(err);
	merkle_root_begin(&p.roots[whole]);
	parallel_for(threads, roster->n_targets, root_of_piece, &p);
	merkle_root_begin(&m);
	for (size_t i = 0; i < whole; i++)
		merkle_root_add_subtree(&m, merkle_root_end(&p.roots[i]), PIECE_LEVEL);
	for (unsigned level = PIECE_LEVEL; level-- > 0;) /* the larger subtrees of the rest come first */
		if ((p.roots[whole].size >> level & 1) != 0)
			merkle_root_add_subtree(&m, p.roots[whole].stack[level], level);
	*ret_root = merkle_root_end(&m);
	free(p.roots);
	return 0;
}
