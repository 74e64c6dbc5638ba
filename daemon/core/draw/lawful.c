/* The relations "lawful" and "fits" (PROTOCOL 7): for one pair, and as a table of bits for a whole draw. */
#include "core/draw/lawful.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/array.h"

/*
 * The table keeps, for each column of the targets by which an inspector can be barred (id, unit, area), who is barred
 * from which value.  A target's row has the inspectors whose level and given columns allow it, without those barred
 * from its id, its unit and its area.  Targets for which these four sets are the same have one shape, and share a row.
 */

#define WORD_BITS 64
#define BASES_BYTES (LAWFUL_CACHE_BYTES / 4)
#define ROWS_BYTES (LAWFUL_CACHE_BYTES - BASES_BYTES)
#define NOT_CHOSEN UINT32_MAX

enum { N_SCOPES = SCOPE_UNIT + 1, NEEDS = N_SCOPES, N_COLUMNS };

/* A scope's column, or NEEDS. */
static struct slice
target_column(const struct target *t, int column)
{
	switch (column) {
	case NEEDS:
		return target_needs(t);
	case SCOPE_AREA:
		return target_area(t);
	case SCOPE_UNIT:
		return target_unit(t);
	default:
		return target_id(t);
	}
}

/* Both values are given and differ. */
static bool
apart(struct slice a, struct slice b)
{
	return a.n > 0 && b.n > 0 && !slice_eq(a, b);
}

static bool
level_allows(const struct rules *rules, int level_t, int level_p)
{
	return level_t != LEVEL_NONE && level_p != LEVEL_NONE && level_p - level_t >= rules->level_gap;
}

/* The first conflict of an inspector, or where it would stand. */
static size_t
first_conflict(const struct roster *roster, struct slice inspector)
{
	size_t low = 0;
	size_t high = roster->n_conflicts;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (slice_cmp(roster->conflicts[middle].inspector, inspector) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

enum lawful
lawful_pair(const struct rules *rules, const struct roster *roster, const struct target *t, const struct inspector *p)
{
	struct slice id = inspector_id(p);

	if (rules->avoid_unit && !apart(target_unit(t), inspector_unit(p)))
		return UNLAWFUL_UNIT;
	if (rules->avoid_area && !apart(target_area(t), inspector_area(p)))
		return UNLAWFUL_AREA;
	if (rules->has_level_gap && !level_allows(rules, t->level, p->level))
		return UNLAWFUL_LEVEL;
	for (size_t i = first_conflict(roster, id); i < roster->n_conflicts; i++) {
		const struct conflict *c = &roster->conflicts[i];

		if (!slice_eq(c->inspector, id))
			break;
		if (slice_eq(c->value, target_column(t, (int)c->scope)))
			return UNLAWFUL_CONFLICT;
	}
	return LAWFUL;
}

bool
lawful_fits_seat(const struct rules *rules, const struct target *t, const struct inspector *p, size_t s)
{
	if (slice_is(rules->team[s], "any"))
		return true;
	if (slice_is(rules->team[s], "own"))
		return t->needs_len == 0 || inspector_has_tag(p, target_needs(t));
	return inspector_has_tag(p, rules->team[s]);
}

uint8_t
lawful_own_seats(const struct rules *rules)
{
	unsigned own = 0;

	for (size_t s = 0; s < rules->seats; s++)
		if (slice_is(rules->team[s], "own"))
			own |= 1U << s;
	return (uint8_t)own;
}

uint8_t
lawful_fits(const struct rules *rules, const struct inspector *p)
{
	unsigned fits = 0;

	for (size_t s = 0; s < rules->seats; s++)
		if (slice_is(rules->team[s], "any") || inspector_has_tag(p, rules->team[s]))
			fits |= 1U << s;
	return (uint8_t)fits;
}

/*
 * Who is barred from which value of one column of the targets.  Of the column `needs` it is who has that tag.
 */
struct bars {
	struct slice *values; /* of the table's targets: ascending, distinct, none empty */
	size_t n_values;
	uint32_t *start;  /* [n_values + 1]: where a value's inspectors begin in `barred` */
	uint32_t *barred; /* positions in the table's order; one may occur twice */
};

/* What determines a row. */
struct shape {
	uint32_t level;          /* index into prefix */
	uint32_t bar[N_COLUMNS]; /* 1 + index of the value; 0: nobody is barred; of NEEDS: the target needs nothing */
};

struct lawful_table {
	const struct rules *rules;
	const struct roster *roster;
	const uint32_t *targets, *inspectors;
	size_t n_targets, n_inspectors;
	bool own;     /* there is a seat `own`: each row is followed by the one of who fits it */
	size_t words; /* of a row */
	struct bars bars[N_COLUMNS];

	/*
	 * Inspectors whose own columns allow any target at all, highest level first: a target's level allows a prefix
	 * of them.  `prefix` holds the lengths that occur, ascending; every stride-th of them is kept as a row.
	 */
	uint32_t *ranked;
	size_t n_ranked;
	uint32_t above[LEVEL_MAX + 2]; /* how many have this level or more; all of them without a rule on levels */
	uint32_t *prefix;
	size_t n_prefix;
	size_t stride;
	uint64_t *bases;

	struct shape *shapes;
	uint32_t *shape_of; /* [n_targets] */
	size_t n_shapes;

	/* Each shape has one slot where its row can be.  With as many slots as shapes, no row is computed twice. */
	uint64_t *rows;
	uint32_t *cached; /* [n_slots]: 1 + the shape whose row is there; 0: none */
	size_t n_slots;
};

static int
by_text(const void *a, const void *b)
{
	return slice_cmp(*(const struct slice *)a, *(const struct slice *)b);
}

static const struct target *
table_target(const struct lawful_table *table, size_t t)
{
	return &table->roster->targets[table->targets[t]];
}

static const struct inspector *
table_inspector(const struct lawful_table *table, size_t p)
{
	return &table->roster->inspectors[table->inspectors[p]];
}

static bool
bars_values(const struct lawful_table *table, int column, struct bars *bars)
{
	size_t n = 0;

	bars->values = array_new(table->n_targets, sizeof *bars->values);
	if (bars->values == NULL)
		return false;
	for (size_t t = 0; t < table->n_targets; t++) {
		struct slice value = target_column(table_target(table, t), column);

		if (value.n > 0 && (column != NEEDS || table->own))
			bars->values[n++] = value;
	}
	qsort(bars->values, n, sizeof *bars->values, by_text);
	for (size_t i = 0; i < n; i++)
		if (i == 0 || !slice_eq(bars->values[i], bars->values[i - 1]))
			bars->values[bars->n_values++] = bars->values[i];
	bars->start = array_new(bars->n_values + 1, sizeof *bars->start);
	return bars->start != NULL;
}

/* 1 + the value's index; 0 where no target of the table has it. */
static uint32_t
bars_find(const struct bars *bars, struct slice value)
{
	const struct slice *found = NULL;

	assert(bars->values != NULL);
	if (value.n > 0)
		found = bsearch(&value, bars->values, bars->n_values, sizeof *bars->values, by_text);
	return found == NULL ? 0 : (uint32_t)(found - bars->values) + 1;
}

/* The first pass counts into `start[i]` how many are barred from value i.  The second pass stores the inspectors. */
static void
bar(struct lawful_table *table, int column, struct slice value, size_t inspector)
{
	struct bars *bars = &table->bars[column];
	uint32_t i = bars_find(bars, value);

	if (i == 0)
		return;
	if (bars->barred == NULL)
		bars->start[i - 1]++;
	else
		bars->barred[--bars->start[i - 1]] = (uint32_t)inspector;
}

/* `position` says where in the table's order each inspector of the roster stands. */
static void
bar_all(struct lawful_table *table, const uint32_t *position)
{
	const struct roster *roster = table->roster;
	size_t r = 0;

	for (size_t p = 0; p < table->n_inspectors; p++) {
		if (table->rules->avoid_unit)
			bar(table, SCOPE_UNIT, inspector_unit(table_inspector(table, p)), p);
		if (table->rules->avoid_area)
			bar(table, SCOPE_AREA, inspector_area(table_inspector(table, p)), p);
		for (struct slice tags = inspector_tags(table_inspector(table, p)); table->own && tags.n > 0;)
			bar(table, NEEDS, slice_cut(&tags, ';'), p);
	}
	/* Conflicts and inspectors ascend by the inspector's id, so one pass over both finds whose conflict each is. */
	for (size_t i = 0; i < roster->n_conflicts; i++) {
		const struct conflict *c = &roster->conflicts[i];

		while (r < roster->n_inspectors && slice_cmp(inspector_id(&roster->inspectors[r]), c->inspector) < 0)
			r++;
		if (r == roster->n_inspectors)
			break;
		if (position[r] != NOT_CHOSEN && slice_eq(inspector_id(&roster->inspectors[r]), c->inspector))
			bar(table, (int)c->scope, c->value, position[r]);
	}
}

/* Turns counts into ends.  The second pass moves each end down to its beginning. */
static bool
bars_open(struct bars *bars)
{
	uint32_t total = 0;

	assert(bars->start != NULL);
	for (size_t i = 0; i < bars->n_values; i++)
		total = bars->start[i] += total;
	bars->start[bars->n_values] = total;
	bars->barred = array_new(total, sizeof *bars->barred);
	return bars->barred != NULL;
}

static bool
table_bars(struct lawful_table *table)
{
	uint32_t *position = array_new(table->roster->n_inspectors, sizeof *position);
	bool ok = position != NULL;

	for (int column = 0; column < N_COLUMNS && ok; column++)
		ok = bars_values(table, column, &table->bars[column]);
	if (!ok)
		goto out;
	for (size_t r = 0; r < table->roster->n_inspectors; r++)
		position[r] = NOT_CHOSEN;
	for (size_t p = 0; p < table->n_inspectors; p++)
		position[table->inspectors[p]] = (uint32_t)p;
	bar_all(table, position);
	for (int column = 0; column < N_COLUMNS && ok; column++)
		ok = bars_open(&table->bars[column]);
	if (ok)
		bar_all(table, position);
out:
	free(position);
	return ok;
}

/* The inspector's own columns allow some target. */
static bool
eligible(const struct rules *rules, const struct inspector *p)
{
	return !(rules->avoid_unit && p->unit_len == 0) && !(rules->avoid_area && p->area_len == 0) &&
	    !(rules->has_level_gap && p->level == LEVEL_NONE);
}

/* Without a rule on levels all have the same rank. */
static size_t
level_rank(const struct rules *rules, const struct inspector *p)
{
	return rules->has_level_gap ? (size_t)p->level : 0;
}

static bool
table_rank(struct lawful_table *table)
{
	uint32_t next[LEVEL_MAX + 2] = {0};

	table->ranked = array_new(table->n_inspectors, sizeof *table->ranked);
	if (table->ranked == NULL)
		return false;
	for (size_t p = 0; p < table->n_inspectors; p++)
		if (eligible(table->rules, table_inspector(table, p)))
			table->above[level_rank(table->rules, table_inspector(table, p))]++;
	for (size_t level = LEVEL_MAX + 1; level-- > 0;) {
		next[level] = table->above[level + 1];
		table->above[level] += table->above[level + 1];
	}
	table->n_ranked = table->above[0];
	for (size_t p = 0; p < table->n_inspectors; p++)
		if (eligible(table->rules, table_inspector(table, p)))
			table->ranked[next[level_rank(table->rules, table_inspector(table, p))]++] = (uint32_t)p;
	return true;
}

/* How many of `ranked` the target's level and given columns allow. */
static uint32_t
prefix_of(const struct lawful_table *table, const struct target *t)
{
	const struct rules *rules = table->rules;
	int64_t least;

	if ((rules->avoid_unit && t->unit_len == 0) || (rules->avoid_area && t->area_len == 0))
		return 0;
	if (!rules->has_level_gap)
		return table->above[0];
	if (t->level == LEVEL_NONE)
		return 0;
	least = t->level + rules->level_gap;
	return least < 0 ? table->above[0] : least > LEVEL_MAX ? 0 : table->above[least];
}

static int
by_number(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a;
	uint32_t y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

static bool
table_prefixes(struct lawful_table *table)
{
	size_t n = 0;

	table->prefix = array_new(table->n_targets, sizeof *table->prefix);
	if (table->prefix == NULL)
		return false;
	for (size_t t = 0; t < table->n_targets; t++)
		table->prefix[t] = prefix_of(table, table_target(table, t));
	qsort(table->prefix, table->n_targets, sizeof *table->prefix, by_number);
	for (size_t t = 0; t < table->n_targets; t++)
		if (n == 0 || table->prefix[t] != table->prefix[n - 1])
			table->prefix[n++] = table->prefix[t];
	table->n_prefix = n;
	return true;
}

static void
set_ranked(const struct lawful_table *table, uint64_t *row, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++)
		row[table->ranked[i] / WORD_BITS] |= (uint64_t)1 << table->ranked[i] % WORD_BITS;
}

/* With that of the seat `own`. */
static size_t
row_words(const struct lawful_table *table)
{
	return table->own ? 2 * table->words : table->words;
}

/* How many rows fit into `bytes`; at least one. */
static size_t
rows_within(const struct lawful_table *table, size_t bytes)
{
	size_t rows = table->words == 0 ? bytes : bytes / (row_words(table) * sizeof(uint64_t));

	return rows == 0 ? 1 : rows;
}

static bool
table_bases(struct lawful_table *table)
{
	size_t room = rows_within(table, BASES_BYTES);
	size_t n_bases;
	size_t from = 0;

	table->stride = table->n_prefix == 0 ? 1 : (table->n_prefix + room - 1) / room;
	n_bases = (table->n_prefix + table->stride - 1) / table->stride;
	table->bases = array_new(n_bases * table->words, sizeof *table->bases);
	if (table->bases == NULL)
		return false;
	for (size_t i = 0; i < n_bases; i++) {
		uint64_t *base = table->bases + i * table->words;
		size_t to = table->prefix[i * table->stride];

		if (i > 0)
			memcpy(base, base - table->words, table->words * sizeof *base);
		set_ranked(table, base, from, to);
		from = to;
	}
	return true;
}

/* A shape with the target that has it, for sorting. */
struct shaped {
	struct shape shape;
	uint32_t target;
};

static struct shape
shape_of(const struct lawful_table *table, const struct target *t)
{
	uint32_t prefix = prefix_of(table, t);
	const uint32_t *found = bsearch(&prefix, table->prefix, table->n_prefix, sizeof prefix, by_number);
	struct shape shape;

	assert(found != NULL);
	shape.level = (uint32_t)(found - table->prefix);
	for (int column = 0; column < N_COLUMNS; column++) {
		const struct bars *bars = &table->bars[column];
		uint32_t i = bars_find(bars, target_column(t, column));
		bool matters = i > 0 && (column == NEEDS || bars->start[i] > bars->start[i - 1]);

		shape.bar[column] = matters ? i : 0;
	}
	return shape;
}

static int
by_shape(const void *a, const void *b)
{
	return memcmp(&((const struct shaped *)a)->shape, &((const struct shaped *)b)->shape, sizeof(struct shape));
}

static bool
table_shapes(struct lawful_table *table)
{
	struct shaped *all = array_new(table->n_targets, sizeof *all);
	bool ok = false;

	table->shapes = array_new(table->n_targets, sizeof *table->shapes);
	table->shape_of = array_new(table->n_targets, sizeof *table->shape_of);
	if (all == NULL || table->shapes == NULL || table->shape_of == NULL)
		goto out;
	for (size_t t = 0; t < table->n_targets; t++)
		all[t] = (struct shaped){shape_of(table, table_target(table, t)), (uint32_t)t};
	qsort(all, table->n_targets, sizeof *all, by_shape);
	for (size_t i = 0; i < table->n_targets; i++) {
		if (i == 0 || by_shape(&all[i], &all[i - 1]) != 0)
			table->shapes[table->n_shapes++] = all[i].shape;
		table->shape_of[all[i].target] = (uint32_t)table->n_shapes - 1;
	}
	ok = true;
out:
	free(all);
	return ok;
}

static bool
table_slots(struct lawful_table *table)
{
	size_t room = rows_within(table, ROWS_BYTES);

	table->n_slots = table->n_shapes < room ? table->n_shapes : room;
	table->rows = array_new(table->n_slots * row_words(table), sizeof *table->rows);
	table->cached = array_new(table->n_slots, sizeof *table->cached);
	return table->rows != NULL && table->cached != NULL;
}

int
lawful_table_new(const struct rules *rules, const struct roster *roster, const uint32_t *targets, size_t n_targets,
    const uint32_t *inspectors, size_t n_inspectors, struct lawful_table **ret_table, struct err *err)
{
	struct lawful_table *table = calloc(1, sizeof *table);

	if (table == NULL)
		return err_memory(err);
	table->rules = rules;
	table->roster = roster;
	table->targets = targets;
	table->n_targets = n_targets;
	table->inspectors = inspectors;
	table->n_inspectors = n_inspectors;
	table->words = (n_inspectors + WORD_BITS - 1) / WORD_BITS;
	table->own = lawful_own_seats(rules) != 0;
	if (!table_bars(table) || !table_rank(table) || !table_prefixes(table) || !table_bases(table) ||
	    !table_shapes(table) || !table_slots(table)) {
		lawful_table_free(table);
		return err_memory(err);
	}
	*ret_table = table;
	return 0;
}

void
lawful_table_free(struct lawful_table *table)
{
	if (table == NULL)
		return;
	for (int column = 0; column < N_COLUMNS; column++) {
		free(table->bars[column].values);
		free(table->bars[column].start);
		free(table->bars[column].barred);
	}
	free(table->ranked);
	free(table->prefix);
	free(table->bases);
	free(table->shapes);
	free(table->shape_of);
	free(table->rows);
	free(table->cached);
	free(table);
}

static void
compute_row(const struct lawful_table *table, const struct shape *shape, uint64_t *row)
{
	size_t base = shape->level / table->stride;

	memcpy(row, table->bases + base * table->words, table->words * sizeof *row);
	set_ranked(table, row, table->prefix[base * table->stride], table->prefix[shape->level]);
	for (int scope = 0; scope < N_SCOPES; scope++) {
		const struct bars *bars = &table->bars[scope];
		uint32_t i = shape->bar[scope];

		if (i == 0)
			continue;
		for (size_t b = bars->start[i - 1]; b < bars->start[i]; b++)
			row[bars->barred[b] / WORD_BITS] &= ~((uint64_t)1 << bars->barred[b] % WORD_BITS);
	}
}

/* Who fits a seat `own`: all where the target needs nothing. */
static void
compute_own_row(const struct lawful_table *table, const struct shape *shape, uint64_t *row)
{
	const struct bars *having = &table->bars[NEEDS];
	uint32_t i = shape->bar[NEEDS];

	memset(row, i == 0 ? 0xFF : 0, table->words * sizeof *row);
	for (size_t h = i == 0 ? 0 : having->start[i - 1]; i > 0 && h < having->start[i]; h++)
		row[having->barred[h] / WORD_BITS] |= (uint64_t)1 << having->barred[h] % WORD_BITS;
}

const uint64_t *
lawful_row(struct lawful_table *table, size_t t)
{
	uint32_t shape = table->shape_of[t];
	size_t slot = shape % table->n_slots;
	uint64_t *row = table->rows + slot * row_words(table);

	assert(t < table->n_targets);
	if (table->cached[slot] != shape + 1) {
		compute_row(table, &table->shapes[shape], row);
		if (table->own)
			compute_own_row(table, &table->shapes[shape], row + table->words);
		table->cached[slot] = shape + 1;
	}
	return row;
}

const uint64_t *
lawful_own_row(struct lawful_table *table, size_t t)
{
	assert(table->own);
	return lawful_row(table, t) + table->words;
}

uint32_t
lawful_shape(const struct lawful_table *table, size_t t)
{
	assert(t < table->n_targets);
	return table->shape_of[t];
}
