/* Values of the INI that are lists or words: workweek, holidays, team, avoid, matters, beacon. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/values_private.h"
#include "core/base/text.h"

/* ---- lists ---- */

bool
config_parse_country(struct config_value *v)
{
	if (v->text.n != 2 || v->text.p[0] < 'A' || v->text.p[0] > 'Z' || v->text.p[1] < 'A' || v->text.p[1] > 'Z')
		return config_refuse(v, N_("it must be a country's two letters such as CN"));
	return config_keep(v, config_field(v), v->text);
}

bool
config_parse_workweek(struct config_value *v)
{
	unsigned *field = config_field(v), days = 0;
	struct slice rest = v->text, word;

	while (config_next_word(&rest, &word)) {
		int day = config_word_index(word, v->key->words);

		if (day < 0)
			return config_refuse_word(v, word);
		if ((days & WORKWEEK_DAY(day)) != 0)
			return config_refuse(v, N_("a day stands in it twice"));
		days |= WORKWEEK_DAY(day);
	}
	if (days == 0)
		return config_refuse(v, N_("it must name at least one day, such as mon tue wed thu fri"));
	*field = days;
	return true;
}

bool
config_parse_names(struct config_value *v)
{
	struct text_list *list = config_field(v);
	struct slice rest = v->text, word;

	if (slice_is(v->text, "any"))
		return true;
	while (config_next_word(&rest, &word)) {
		if (word.n > 2 && word.p[0] == '"' && word.p[word.n - 1] == '"')
			word = (struct slice){word.p + 1, word.n - 2};
		if (slice_is(word, "any") || config_listed(list, word))
			return config_refuse(v, N_("it must be any alone, or names that differ"));
		if (!config_append(v, list, word))
			return false;
	}
	return list->n > 0 || config_refuse(v, N_("it must be any, or names of holidays"));
}

bool
config_parse_team(struct config_value *v)
{
	struct text_list *list = config_field(v);
	struct slice rest = v->text, word;

	while (config_next_word(&rest, &word)) {
		if (!text_is_id(word))
			return config_refuse(v,
			    N_("each seat is any, own or a tag: at most 32 of the characters A-Z a-z 0-9 . _ -"));
		if (!config_append(v, list, word))
			return false;
	}
	if (list->n < (size_t)v->key->min || list->n > (size_t)v->key->max)
		return config_refuse(v, N_("a team has 1 to 8 seats"));
	return true;
}

bool
config_parse_avoid(struct config_value *v)
{
	struct config_cycle *cycle = v->object;
	struct slice rest = v->text, word;
	bool found[2] = {false, false};

	while (config_next_word(&rest, &word)) {
		int index = config_word_index(word, v->key->words);

		if (index < 0)
			return config_refuse_word(v, word);
		if (found[index])
			return config_refuse(v, N_("a column stands in it twice"));
		found[index] = true;
	}
	cycle->avoid_unit = found[0];
	cycle->avoid_area = found[1];
	return true;
}

/* "leave duty office", or "2 of leave duty office". */
bool
config_parse_matters(struct config_value *v)
{
	struct config_cycle *cycle = v->object;
	struct slice rest = v->text, after = v->text, number, of, word;
	bool some = config_next_word(&after, &number) && config_next_word(&after, &of) && slice_is(of, "of");
	int64_t take = 0;

	if (some && !config_number(number, v->key->max, &take))
		return config_refuse(v, N_("a number must come before \"of\", such as 2 of leave duty office"));
	if (some)
		rest = after;
	while (config_next_word(&rest, &word)) {
		if (!text_is_id(word))
			return config_refuse(v,
			    N_("each matter is an id: at most 32 of the characters A-Z a-z 0-9 . _ -"));
		if (config_listed(&cycle->matters, word))
			return config_refuse(v, N_("a matter stands in it twice"));
		if (!config_append(v, &cycle->matters, word))
			return false;
	}
	if (cycle->matters.n == 0)
		return config_refuse(v, N_("it must name at least one matter"));
	if (some && (take < 1 || (size_t)take > cycle->matters.n))
		return config_refuse(v, N_("it takes none of the matters, or more than it lists"));
	cycle->matters_take = some ? take : (int64_t)cycle->matters.n;
	return true;
}

bool
config_parse_beacon(struct config_value *v)
{
	struct config_cycle *cycle = v->object;
	struct slice rest = v->text, word, name;
	int index;

	(void)config_next_word(&rest, &word);
	index = config_word_index(word, v->key->words);
	if (index < 0)
		return config_refuse_word(v, word);
	(void)config_next_word(&rest, &name);
	if ((index == SOURCE_WITNESS) != (name.n > 0) || config_next_word(&rest, &word))
		return config_refuse(v,
		    N_("it must be none, public, drand, or witness and the name of a [witness NAME]"));
	cycle->beacon = (enum source)index;
	return config_keep(v, &cycle->beacon_witness, name);
}

bool
config_parse_symbols(struct config_value *v)
{
	char before = ' ';

	for (size_t i = 0; i < v->text.n; i++) {
		if (v->text.p[i] <= before || v->text.p[i] > '~')
			return config_refuse(v,
			    N_("they must be different printable ASCII characters in ascending order, nothing "
			       "between"));
		before = v->text.p[i];
	}
	if (v->text.n < (size_t)v->key->min)
		return config_refuse(v, N_("there must be at least two symbols"));
	return config_keep(v, config_field(v), v->text);
}
