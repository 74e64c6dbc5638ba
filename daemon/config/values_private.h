#ifndef SPOTCHECK_CONFIG_VALUES_PRIVATE_H
#define SPOTCHECK_CONFIG_VALUES_PRIVATE_H

#include <stdbool.h>

#include "config/config.h"
#include "config/keys.h"
#include "core/base/err.h"
#include "core/base/slice.h"

/* One value of the INI, from its text to its field. */
struct config_value {
	struct config *config;
	void *object; /* the struct config, config_cycle or config_witness that has the field */
	const struct config_key *key;
	struct slice text;
	const char *file;
	unsigned long line;
	struct diag *diag;
	bool no_memory;
};

/* Parses and stores a value.  After a fault, reported to v->diag, the INI is refused as a whole.  In keys.c. */
void config_value_set(struct config_value *v);

/* ---- a parser for each type: false where a fault was reported or memory is short ---- */

bool config_parse_origin(struct config_value *v);
bool config_parse_reason(struct config_value *v);
bool config_parse_zone(struct config_value *v);
bool config_parse_word(struct config_value *v);
bool config_parse_string(struct config_value *v);
bool config_parse_yes(struct config_value *v);
bool config_parse_path(struct config_value *v);
bool config_parse_files(struct config_value *v);
bool config_parse_url(struct config_value *v);
bool config_parse_urls(struct config_value *v);
bool config_parse_email(struct config_value *v);
bool config_parse_mailbox(struct config_value *v);
bool config_parse_server(struct config_value *v);
bool config_parse_vkey(struct config_value *v);
bool config_parse_int(struct config_value *v);
bool config_parse_int_or_all(struct config_value *v);
bool config_parse_gap(struct config_value *v);
bool config_parse_duration(struct config_value *v);
bool config_parse_notice(struct config_value *v);
bool config_parse_window(struct config_value *v);
bool config_parse_visit_times(struct config_value *v);
bool config_parse_times(struct config_value *v);
bool config_parse_country(struct config_value *v);
bool config_parse_workweek(struct config_value *v);
bool config_parse_names(struct config_value *v);
bool config_parse_team(struct config_value *v);
bool config_parse_avoid(struct config_value *v);
bool config_parse_matters(struct config_value *v);
bool config_parse_beacon(struct config_value *v);
bool config_parse_symbols(struct config_value *v);
bool config_parse_scope(struct config_value *v);
bool config_parse_sample(struct config_value *v);
bool config_parse_day(struct config_value *v);

/* ---- what they share ---- */

/* Reports "key = value: `should`" to v->diag.  `should` is a message of the catalogue.  Returns false. */
bool config_refuse(const struct config_value *v, const char *should);

/* The index of a word in "a|b|c", or -1. */
int config_word_index(struct slice word, const char *words);
/* Reports that it must be one of the key's words, or which of them was probably meant.  Returns false. */
bool config_refuse_word(const struct config_value *v, struct slice word);
/* Reports the range of the key's numbers.  Returns false. */
bool config_refuse_range(const struct config_value *v);
/* Whether the list has the word. */
bool config_listed(const struct text_list *list, struct slice word);
/* The next word of a list, split at spaces outside of double quotes.  False at the end. */
bool config_next_word(struct slice *rest, struct slice *ret_word);
/* The field at the key's offset. */
void *config_field(const struct config_value *v);
/* Replaces an owned text by a NUL-terminated copy of `text`.  False, with v->no_memory set, where memory is short. */
bool config_keep(struct config_value *v, char **field, struct slice text);
bool config_append(struct config_value *v, struct text_list *list, struct slice text);
/* Reads a decimal number of digits only, at most `max`.  False where it is none. */
bool config_number(struct slice text, int64_t max, int64_t *ret_value);

#endif
