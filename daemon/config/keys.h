#ifndef SPOTCHECK_CONFIG_KEYS_H
#define SPOTCHECK_CONFIG_KEYS_H

#include <stddef.h>
#include <stdint.h>

/* The keys of the INI, and what kind of value each has. */

enum config_type {
	CONFIG_ORIGIN,
	CONFIG_REASON, /* a text as PROTOCOL 2 has reasons, labels and operators */
	CONFIG_ZONE,
	CONFIG_WORD,   /* one of `words`; its index, as an int */
	CONFIG_STRING, /* one of `words`, as a text */
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
	CONFIG_NAMES, /* any (none), or a list of names */
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

/*
 * The table of all keys, in the INI's order, for those who hold it against the manual and the shipped file.
 * `default_text` is what an INI without the key means, NULL where it must be given.
 */
struct config_key {
	const char *section; /* "service", …; "witness" and "cycle" for [witness NAME] and [cycle NAME] */
	const char *name;
	enum config_type type;
	const char *default_text;
	int64_t min, max;  /* numbers, days and durations in seconds; bytes for texts */
	const char *words; /* the choices, '|' between them, in the enum's order; NULL for other types */
	size_t offset;     /* of the field in struct config, config_witness or config_cycle */
};

extern const struct config_key config_keys[];
extern const size_t config_n_keys;

#endif
