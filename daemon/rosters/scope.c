/* Which targets a cycle draws from: conditions on known columns and on the user's own. */
#include "rosters/scope_private.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/array.h"
#include "core/base/text.h"
#include "rosters/cell.h"
#include "text/suggest.h"

void
scope_condition_release(struct scope_condition *condition)
{
	free(condition->column);
	for (size_t i = 0; i < condition->n_values; i++)
		free(condition->values[i]);
	free(condition->values);
	*condition = (struct scope_condition){.column = NULL};
}

/* ---- numbers and dates ---- */

#define WHOLE_MAX 999999999999
#define MILLION 1000000
#define DECIMALS 6

/* The digits behind the point, in millionths. */
static bool
parse_decimals(struct slice digits, uint64_t *ret)
{
	char padded[DECIMALS];

	if (digits.n == 0 || digits.n > DECIMALS)
		return false;
	memset(padded, '0', sizeof padded);
	memcpy(padded, digits.p, digits.n);
	*ret = 0;
	for (size_t i = 0; i < DECIMALS; i++) {
		if (padded[i] < '0' || padded[i] > '9')
			return false;
		*ret = *ret * 10 + (uint64_t)(padded[i] - '0');
	}
	return true;
}

static bool
parse_number(struct slice text, int64_t *ret)
{
	bool negative = text.n > 0 && text.p[0] == '-';
	struct slice decimals = negative ? (struct slice){text.p + 1, text.n - 1} : text;
	struct slice whole = slice_cut(&decimals, '.');
	uint64_t units, millionths = 0;

	if (!text_to_uint(whole, &units) || units > WHOLE_MAX ||
	    (decimals.p != NULL && !parse_decimals(decimals, &millionths)))
		return false;
	*ret = (int64_t)(units * MILLION + millionths);
	if (negative)
		*ret = -*ret;
	return true;
}

bool
scope_value_parse(struct slice text, struct scope_value *ret_value)
{
	int32_t day;

	if (cell_date(text, &day)) {
		*ret_value = (struct scope_value){true, day};
		return true;
	}
	ret_value->is_date = false;
	return parse_number(text, &ret_value->n);
}

/* ---- finding columns ---- */

/* The names by which a column of this roster may be meant; ends with NULL.  The caller frees the texts and the list. */
static char **
names_of_columns(const struct header *header)
{
	char **names = calloc(2 * header->n + 1, sizeof *names);
	size_t n = 0;

	for (size_t i = 0; names != NULL && i < header->n; i++) {
		const struct column *column = header->columns[i];

		names[n] = slice_dup(header->titles[i]);
		n += names[n] != NULL;
		if (column == NULL || slice_is(header->titles[i], column->name))
			continue;
		names[n] = slice_dup(slice_of(column->name));
		n += names[n] != NULL;
	}
	return names;
}

static int
refuse_no_column(const struct header *header, const char *name, struct err *err)
{
	char **names = names_of_columns(header);
	const char *meant;
	size_t n = 0;
	int rc;

	if (names == NULL)
		return err_memory(err);
	while (names[n] != NULL)
		n++;
	meant = suggest(slice_of(name), (const char *const *)names, n);
	if (meant != NULL)
		rc = err_set(err, ERR_REFUSED, N_("the roster of targets has no column \"%s\": did you mean \"%s\"?"),
		    name, meant);
	else
		rc = err_set(err, ERR_REFUSED, N_("the roster of targets has no column \"%s\""), name);
	for (size_t i = 0; i < n; i++)
		free(names[i]);
	free(names);
	return rc;
}

static int
find_column(const struct header *header, struct scope_filter *filter, struct err *err)
{
	struct slice title = slice_of(filter->condition->column);
	ptrdiff_t known = roster_column_find(ROSTER_TARGETS, title), private = -1;
	const struct column *column = known < 0 ? NULL : &roster_columns[ROSTER_TARGETS].column[known];

	if (column != NULL && column->use != COLUMN_PRIVATE)
		filter->stored = header_has(header, column) ? column : NULL;
	else
		private = header_find(header, column == NULL ? title : slice_of(column->name));
	if (filter->stored == NULL && private < 0)
		return refuse_no_column(header, filter->condition->column, err);
	filter->private = private < 0 ? 0 : (size_t)private;
	return 0;
}

static bool
holds_numbers(const struct column *column)
{
	return column != NULL && (column->type == COLUMN_LEVEL || column->type == COLUMN_WEIGHT);
}

static bool
holds_dates(const struct column *column)
{
	return column != NULL && column->type == COLUMN_SINCE;
}

/* A column of numbers or of dates is compared with such values only. */
static int
check_condition_values(const struct scope_filter *filter, struct err *err)
{
	const struct scope_condition *c = filter->condition;
	struct scope_value value;

	for (size_t i = 0; i < c->n_values && (holds_numbers(filter->stored) || holds_dates(filter->stored)); i++)
		if (!scope_value_parse(slice_of(c->values[i]), &value) || value.is_date != holds_dates(filter->stored))
			return err_set(err, ERR_REFUSED,
			    holds_dates(filter->stored)
			        ? N_("the column \"%s\" holds dates, and \"%s\" is none; write it as 2026-06-22")
			        : N_("the column \"%s\" holds numbers, and \"%s\" is none"),
			    c->column, c->values[i]);
	return 0;
}

int
scope_resolve(const struct header *header, const struct scope_condition *conditions, size_t n,
    struct scope_filter ret_filters[static SCOPE_CONDITIONS_MAX], struct err *err)
{
	int rc = 0;

	if (n > SCOPE_CONDITIONS_MAX)
		return err_set(err, ERR_LIMIT, N_("these are too many conditions (at most 100)"));
	for (size_t i = 0; i < n && rc == 0; i++) {
		struct scope_filter *filter = &ret_filters[i];

		*filter = (struct scope_filter){.condition = &conditions[i]};
		rc = find_column(header, filter, err);
		if (rc == 0)
			rc = check_condition_values(filter, err);
		if (rc == 0 && conditions[i].test >= SCOPE_AT_LEAST &&
		    !scope_value_parse(slice_of(conditions[i].values[0]), &filter->bound))
			rc = err_set(err, ERR_REFUSED,
			    N_("\"%s\" is compared with \"%s\", which is no number and no date"), conditions[i].column,
			    conditions[i].values[0]);
	}
	return rc;
}

/* ---- one target ---- */

static struct slice
text_in_column(const struct scope_filter *filter, const struct header *header, const struct rosters_target *t)
{
	const struct {
		const char *name;
		struct slice text;
	} stored[] = {{"id", t->id}, {"class", t->class}, {"unit", t->unit}, {"area", t->area}, {"needs", t->needs}};

	if (filter->stored == NULL)
		return header->values[filter->private];
	for (size_t i = 0; i < ARRAY_LEN(stored); i++)
		if (strcmp(filter->stored->name, stored[i].name) == 0)
			return stored[i].text;
	return (struct slice){"", 0};
}

/*
 * The target's number or date in the column; `*ret_given` is false where it is empty.  ERR_REFUSED: the column is
 * compared with a number or a date, and the value is none.
 */
static int
value_in_column(const struct scope_filter *filter, const struct header *header, const struct rosters_target *t,
    struct scope_value *ret_value, bool *ret_given, struct err *err)
{
	struct slice text;

	*ret_given = true;
	if (holds_dates(filter->stored)) {
		*ret_value = (struct scope_value){true, t->since};
		return 0;
	}
	if (holds_numbers(filter->stored)) {
		int number = filter->stored->type == COLUMN_LEVEL ? t->level : t->weight;

		*ret_given = filter->stored->type != COLUMN_LEVEL || number != LEVEL_NONE;
		*ret_value = (struct scope_value){false, (int64_t)number * MILLION};
		return 0;
	}
	text = text_in_column(filter, header, t);
	*ret_given = text.n > 0;
	if (text.n == 0 || (scope_value_parse(text, ret_value) && ret_value->is_date == filter->bound.is_date))
		return 0;
	return err_set(err, ERR_REFUSED,
	    filter->bound.is_date ? N_("the column \"%s\" is compared with a date, and at %.*s it holds none")
	                          : N_("the column \"%s\" is compared with a number, and at %.*s it holds none"),
	    filter->condition->column, SLICE_ARGS(t->id));
}

static bool
is_one_of(const struct scope_filter *filter, const struct header *header, const struct rosters_target *t)
{
	const struct scope_condition *c = filter->condition;
	bool typed = holds_numbers(filter->stored) || holds_dates(filter->stored), given = true;
	struct slice text = text_in_column(filter, header, t);
	struct scope_value value = {false, 0}, wanted;

	if (typed)
		(void)value_in_column(filter, header, t, &value, &given, NULL);
	for (size_t i = 0; i < c->n_values && given; i++)
		if (typed ? scope_value_parse(slice_of(c->values[i]), &wanted) && wanted.n == value.n
		          : slice_is(text, c->values[i]))
			return true;
	return false;
}

static int
holds_one(const struct scope_filter *filter, const struct header *header, const struct rosters_target *t,
    bool *ret_holds, struct err *err)
{
	struct scope_value value;
	bool given;
	int rc;

	if (filter->condition->test == SCOPE_IS || filter->condition->test == SCOPE_IS_NOT) {
		*ret_holds = is_one_of(filter, header, t) == (filter->condition->test == SCOPE_IS);
		return 0;
	}
	rc = value_in_column(filter, header, t, &value, &given, err);
	if (rc == 0)
		*ret_holds = given &&
		    (filter->condition->test == SCOPE_AT_LEAST ? value.n >= filter->bound.n
		                                               : value.n <= filter->bound.n);
	return rc;
}

int
scope_holds(const struct scope_filter *filters, size_t n, const struct header *header, const struct rosters_target *t,
    bool *ret_holds, struct err *err)
{
	bool holds = true;
	int rc = 0;

	/* Those behind one that does not hold are not asked: "kind=village funds>=500" needs funds of villages only. */
	for (size_t i = 0; i < n && rc == 0 && holds; i++)
		rc = holds_one(&filters[i], header, t, &holds, err);
	if (rc == 0)
		*ret_holds = holds;
	return rc;
}
