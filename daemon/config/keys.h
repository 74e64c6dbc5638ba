#ifndef SPOTCHECK_CONFIG_KEYS_H
#define SPOTCHECK_CONFIG_KEYS_H

#include <stdbool.h>

#include "core/base/err.h"
#include "core/base/slice.h"
#include "config/config.h"

/*
 * What config.c, which reads lines, config_values.c, which reads values, and config_check.c, which holds values against
 * each other, share.  Nobody else includes this.
 */

enum config_type {
	CONFIG_ORIGIN,
	CONFIG_REASON,  /* a text as PROTOCOL 2 has reasons, labels and operators */
	CONFIG_ZONE,
	CONFIG_WORD,    /* one of `words`; its index, as an int */
	CONFIG_STRING,  /* one of `words`, as a text */
	CONFIG_PATH,
	CONFIG_URL,
	CONFIG_EMAIL,
	CONFIG_DURATION,
	CONFIG_DURATION_WORKDAYS, /* the same, or workdays */
	CONFIG_YES,
	CONFIG_COUNTRY,
	CONFIG_FILES,
	CONFIG_WORKWEEK,
	CONFIG_SERVER,
	CONFIG_MAILBOX,
	CONFIG_VKEY,
	CONFIG_URLS,
	CONFIG_NAMES,   /* any (none), or a list of names */
	CONFIG_INT,
	CONFIG_DAY,
	CONFIG_TIMES,
	CONFIG_TIME,
	CONFIG_WINDOW,
	CONFIG_NOTICE,
	CONFIG_SCOPE,
	CONFIG_SAMPLE,
	CONFIG_INT_OR_ALL, /* all is 0 */
	CONFIG_TEAM,
	CONFIG_AVOID,
	CONFIG_GAP,
	CONFIG_MATTERS,
	CONFIG_BEACON,
	CONFIG_SYMBOLS,
	CONFIG_TYPES
};

#define CONFIG_KEYS_MAX 96 /* room for one line number a key */

/* One value on its way into its field. */
struct config_value {
	struct config *config;
	void *object; /* the struct config, config_cycle or config_witness that the key's offset counts in */
	const struct config_key *key;
	struct slice text;
	const char *file;
	unsigned long line;
	struct diag *diag;
	bool no_memory;
};

/* Parses and stores a value; a fault is told to v->diag, and the field stays as it was. */
void config_value_set(struct config_value *v);

/* "key = value: `should`" to v->diag; `should` is a message of the catalogue.  Returns false. */
bool config_refuse(const struct config_value *v, const char *should);

/* Parsers that stand in other files.  False where a fault was told or memory is short. */
bool config_parse_int(struct config_value *v);
bool config_parse_int_or_all(struct config_value *v);
bool config_parse_gap(struct config_value *v);
bool config_parse_duration(struct config_value *v);
bool config_parse_notice(struct config_value *v);
bool config_parse_window(struct config_value *v);
bool config_parse_time(struct config_value *v);
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

/* Index of a word among "a|b|c", or -1. */
int config_word_index(struct slice word, const char *words);
/* "it must be one of the key's words", or the one that was meant, where that can be told.  Returns false. */
bool config_refuse_word(const struct config_value *v, struct slice word);
/* "it must be a whole number from … to …".  Returns false. */
bool config_refuse_range(const struct config_value *v);
bool config_listed(const struct text_list *list, struct slice word);
/* The next word of a list, split at spaces outside double quotes; false at the end. */
bool config_next_word(struct slice *rest, struct slice *ret_word);
/* The field at the key's offset. */
void *config_field(const struct config_value *v);
/* A NUL-terminated copy in place of an owned text; false, and v->no_memory, where there is no memory. */
bool config_keep(struct config_value *v, char **field, struct slice text);
bool config_append(struct config_value *v, struct text_list *list, struct slice text);
/* Digits alone, at most max; false where they are not. */
bool config_number(struct slice text, int64_t max, int64_t *ret_value);

/* Where one section's keys stand, by index in config_keys; 0 where a key is not given. */
struct config_key_lines {
	unsigned long at[CONFIG_KEYS_MAX];
	bool faulty; /* one of the section's values was refused: they are not held against each other */
};

struct config_lines {
	struct config_key_lines general; /* of [service] to [beacon] */
	struct config_key_lines *cycles; /* as config->cycles */
};

/* Holds values against each other; faults go to diag. */
void config_check(const struct config *config, const struct config_lines *lines, struct diag *diag);

#endif
