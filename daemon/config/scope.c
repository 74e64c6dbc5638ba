/* The INI's `targets`: which targets take part, as conditions on columns of their roster. */
#include <stdlib.h>
#include <string.h>

#include "config/values_private.h"
#include "core/base/array.h"
#include "core/base/text.h"

/* Where the first of `wanted` stands outside of double quotes; text.n where none does. */
static size_t
find_unquoted(struct slice text, const char *wanted)
{
	bool quoted = false;

	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '"')
			quoted = !quoted;
		else if (!quoted && strchr(wanted, text.p[i]) != NULL)
			return i;
	}
	return text.n;
}

/* Takes the double quotes off.  False where one is left within, or nothing is. */
static bool
unquote(struct slice *text)
{
	if (text->n >= 2 && text->p[0] == '"' && text->p[text->n - 1] == '"')
		*text = (struct slice){text->p + 1, text->n - 2};
	return text->n > 0 && memchr(text->p, '"', text->n) == NULL;
}

/* Splits `column>=value` at its sign.  False where there is none. */
static bool
split_condition(struct slice word, struct slice *ret_column, enum scope_test *ret_test, struct slice *ret_values)
{
	static const struct {
		const char *sign;
		enum scope_test test;
	} signs[] = {{"!=", SCOPE_IS_NOT}, {">=", SCOPE_AT_LEAST}, {"<=", SCOPE_AT_MOST}, {"=", SCOPE_IS}};
	size_t at = find_unquoted(word, "!<>=");

	for (size_t i = 0; i < ARRAY_LEN(signs); i++) {
		size_t n = strlen(signs[i].sign);

		if (word.n - at < n || memcmp(word.p + at, signs[i].sign, n) != 0)
			continue;
		*ret_column = (struct slice){word.p, at};
		*ret_test = signs[i].test;
		*ret_values = (struct slice){word.p + at + n, word.n - at - n};
		return true;
	}
	return false;
}

static bool
add_scope_value(struct config_value *v, struct scope_condition *condition, struct slice value)
{
	char **values;

	if (!unquote(&value))
		return config_refuse(v,
		    N_("a value is missing, or has a double quote within: write column=a|b, and \"a b\" with spaces"));
	if (text_check_reason(value) != TEXT_OK || !text_is_nfc(value))
		return config_refuse(v, N_("it holds a character that cannot be seen or is reserved"));
	values = reallocarray(condition->values, condition->n_values + 1, sizeof *values);
	if (values == NULL) {
		v->no_memory = true;
		return false;
	}
	condition->values = values;
	values[condition->n_values] = NULL;
	if (!config_keep(v, &values[condition->n_values], value))
		return false;
	condition->n_values++;
	return true;
}

static bool
add_scope_values(struct config_value *v, struct scope_condition *condition, struct slice values)
{
	struct scope_value compared;

	for (;;) {
		size_t end = find_unquoted(values, "|");

		if (!add_scope_value(v, condition, (struct slice){values.p, end}))
			return false;
		if (end == values.n)
			break;
		values = (struct slice){values.p + end + 1, values.n - end - 1};
	}
	if (condition->test == SCOPE_IS || condition->test == SCOPE_IS_NOT)
		return true;
	return (condition->n_values == 1 && scope_value_parse(slice_of(condition->values[0]), &compared)) ||
	    config_refuse(v, N_("after >= and <= there is one number or one date, such as 500 or 2026-06-22"));
}

/* All conditions must hold, so a column that is to be one thing and another as well would let nobody in. */
static bool
check_not_twice(struct config_value *v, const struct config_cycle *cycle)
{
	const struct scope_condition *last = &cycle->targets[cycle->n_targets - 1];

	for (const struct scope_condition *c = cycle->targets; c < last; c++)
		if (c->test == SCOPE_IS && last->test == SCOPE_IS && strcmp(c->column, last->column) == 0)
			return config_refuse(v,
			    N_("a column stands in it twice with =, and all conditions must hold: write column=a|b"));
	return true;
}

static bool
add_condition(struct config_value *v, struct slice word)
{
	struct config_cycle *cycle = v->object;
	struct scope_condition *grown, *condition;
	struct slice column, values;
	enum scope_test test;

	if (!split_condition(word, &column, &test, &values) || !unquote(&column))
		return config_refuse(v,
		    N_("a condition is column=value, column!=value, column>=value or column<=value, without spaces"));
	if (text_check(column, NULL) != TEXT_OK || !text_is_nfc(column))
		return config_refuse(v, N_("it holds a character that cannot be seen or is reserved"));
	if (cycle->n_targets == SCOPE_CONDITIONS_MAX)
		return config_refuse(v, N_("these are too many conditions (at most 100)"));
	grown = reallocarray(cycle->targets, cycle->n_targets + 1, sizeof *grown);
	if (grown == NULL) {
		v->no_memory = true;
		return false;
	}
	cycle->targets = grown;
	condition = &grown[cycle->n_targets++];
	*condition = (struct scope_condition){.test = test};
	return config_keep(v, &condition->column, column) && add_scope_values(v, condition, values) &&
	    check_not_twice(v, cycle);
}

bool
config_parse_scope(struct config_value *v)
{
	struct slice rest = v->text, word;

	while (config_next_word(&rest, &word))
		if (!add_condition(v, word))
			return false;
	return true;
}
