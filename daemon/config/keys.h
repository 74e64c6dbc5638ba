#ifndef SPOTCHECK_CONFIG_KEYS_H
#define SPOTCHECK_CONFIG_KEYS_H

#include <stddef.h>
#include <stdint.h>

/* The keys of the INI, and the type of value that each has. */

enum config_type {
	CONFIG_ORIGIN,
	CONFIG_REASON, /* one line of text: a reason, label or operator of PROTOCOL 2 */
	CONFIG_ZONE,
	CONFIG_WORD,   /* one of `words`, stored as its index, an int */
	CONFIG_STRING, /* one of `words`, stored as a text */
	CONFIG_PATH,
	CONFIG_URL,
	CONFIG_EMAIL,
	CONFIG_DURATION,
	CONFIG_DURATION_WORKDAYS, /* a duration, or workdays */
	CONFIG_DURATION_DAYS,     /* a duration of whole days */
	CONFIG_YES,
	CONFIG_COUNTRY,
	CONFIG_FILES,
	CONFIG_WORKWEEK,
	CONFIG_SERVER,
	CONFIG_MAILBOX,
	CONFIG_VKEY,
	CONFIG_URLS,
	CONFIG_NAMES, /* a list of names, or any: stored as an empty list */
	CONFIG_INT,
	CONFIG_DAY,
	CONFIG_TIMES,
	CONFIG_VISIT_TIMES,
	CONFIG_WINDOW,
	CONFIG_NOTICE,
	CONFIG_SCOPE,
	CONFIG_SAMPLE,
	CONFIG_INT_OR_ALL, /* a number, or all: stored as 0 */
	CONFIG_TEAM,
	CONFIG_AVOID,
	CONFIG_GAP,
	CONFIG_MATTERS,
	CONFIG_BEACON,
	CONFIG_SYMBOLS,
	CONFIG_TYPES
};

#define CONFIG_KEYS_MAX 96 /* most keys that the table can have */

/*
 * The table of all keys, in the INI's order.  scripts/check_manual.py compares it with the manual and the shipped
 * file.  `default_text` is the value where the INI lacks the key, NULL where the key must be given.
 */
struct config_key {
	const char *section; /* "service" …; "witness" for [witness NAME], "cycle" for [cycle NAME] */
	const char *name;
	enum config_type type;
	const char *default_text;
	int64_t min, max;  /* numbers, days and durations in seconds; bytes for texts */
	const char *words; /* the choices in the enum's order, '|' between them; NULL for other types */
	size_t offset;     /* of the field in struct config, config_witness or config_cycle */
};

extern const struct config_key config_keys[];
extern const size_t config_n_keys;

#endif
