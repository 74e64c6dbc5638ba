/* What the parsers of values share: refusing, storing, splitting words. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/values_private.h"
#include "core/base/array.h"
#include "core/base/text.h"
#include "text/suggest.h"

void *
config_field(const struct config_value *v)
{
	return (char *)v->object + v->key->offset;
}

bool
config_refuse(const struct config_value *v, const char *should)
{
	const char *words = v->diag->tr != NULL ? v->diag->tr(should) : should;

	diag_add(v->diag, v->file, v->line, N_("%s = %.*s: %s"), v->key->name, SLICE_ARGS(v->text), words);
	return false;
}

bool
config_keep(struct config_value *v, char **field, struct slice text)
{
	char *copy = slice_dup(text);

	if (copy == NULL) {
		v->no_memory = true;
		return false;
	}
	free(*field);
	*field = copy;
	return true;
}

bool
config_append(struct config_value *v, struct text_list *list, struct slice text)
{
	char **items = reallocarray(list->items, list->n + 1, sizeof *items);

	if (items == NULL) {
		v->no_memory = true;
		return false;
	}
	list->items = items;
	items[list->n] = NULL;
	if (!config_keep(v, &items[list->n], text))
		return false;
	list->n++;
	return true;
}

bool
config_number(struct slice text, int64_t max, int64_t *ret_value)
{
	uint64_t value;

	if (!text_to_uint(text, &value) || value > (uint64_t)max)
		return false;
	*ret_value = (int64_t)value;
	return true;
}

bool
config_next_word(struct slice *rest, struct slice *ret_word)
{
	bool quoted = false;
	size_t n = 0;

	while (rest->n > 0 && (rest->p[0] == ' ' || rest->p[0] == '\t')) {
		rest->p++;
		rest->n--;
	}
	while (n < rest->n && (quoted || (rest->p[n] != ' ' && rest->p[n] != '\t'))) {
		if (rest->p[n] == '"')
			quoted = !quoted;
		n++;
	}
	*ret_word = (struct slice){rest->p, n};
	rest->p += n;
	rest->n -= n;
	return n > 0;
}

int
config_word_index(struct slice word, const char *words)
{
	struct slice rest = slice_of(words);

	for (int i = 0; rest.p != NULL; i++)
		if (slice_eq(slice_cut(&rest, '|'), word))
			return i;
	return -1;
}

bool
config_refuse_word(const struct config_value *v, struct slice word)
{
	const char *choices[16];
	char copy[256], *rest = copy;
	const char *meant;
	size_t n = 0;

	(void)snprintf(copy, sizeof copy, "%s", v->key->words);
	while (rest != NULL && n < ARRAY_LEN(choices))
		choices[n++] = strsep(&rest, "|");
	meant = suggest(word, choices, n);
	if (meant != NULL)
		diag_add(v->diag, v->file, v->line, N_("%s = %.*s: did you mean \"%s\"?"), v->key->name,
		    SLICE_ARGS(v->text), meant);
	else
		diag_add(v->diag, v->file, v->line, N_("%s = %.*s: it must be one of %s"), v->key->name,
		    SLICE_ARGS(v->text), v->key->words);
	return false;
}

bool
config_refuse_range(const struct config_value *v)
{
	diag_add(v->diag, v->file, v->line, N_("%s = %.*s: it must be a whole number from %lld to %lld"), v->key->name,
	    SLICE_ARGS(v->text), (long long)v->key->min, (long long)v->key->max);
	return false;
}

bool
config_listed(const struct text_list *list, struct slice word)
{
	for (size_t i = 0; i < list->n; i++)
		if (slice_is(word, list->items[i]))
			return true;
	return false;
}
