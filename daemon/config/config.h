#ifndef SPOTCHECK_CONFIG_CONFIG_H
#define SPOTCHECK_CONFIG_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/err.h"
#include "core/calendar/schedule.h"
#include "core/format/entry.h"
#include "rosters/scope.h"

/*
 * The content of spotcheckd.ini.  config_read (read.h) reads and checks it as a whole.
 *
 * All texts are owned by the struct config and NUL-terminated.  A text that is not given is "", never NULL.  Paths are
 * absolute, or begin with the folder in the path that config_read was given.
 */

enum mail_scheme { MAIL_SMTP, MAIL_STARTTLS, MAIL_SMTPS, MAIL_MAILDIR };
enum public_ids { IDS_PLAIN, IDS_CODED };
enum mail_encrypt { ENCRYPT_NO, ENCRYPT_IF_KNOWN, ENCRYPT_REQUIRED };

enum cycle_weight { CYCLE_WEIGHT_NONE, CYCLE_WEIGHT_COLUMN, CYCLE_WEIGHT_RISK };

/* One amount of `sample`; the same forms as a commitment's strata (PROTOCOL 6). */
struct config_stratum {
	char *class;     /* "*": all classes that have no stratum of their own */
	bool by_rate;    /* per_10000, not count */
	uint64_t amount; /* the count, or the rate in 1/10000 */
};

struct config_witness {
	char *name;
	char *key;          /* a valid verifier key of algorithm 0x04 */
	char *url;          /* "" where cosignatures are carried by hand */
	unsigned long line; /* of its section's header */
};

struct config_cycle {
	char *name;
	unsigned long line; /* of its section's header */
	char *title;
	struct schedule_rule rule; /* when it draws */
	bool keep_free;
	struct scope_condition *targets; /* those that meet all conditions take part */
	size_t n_targets;
	struct config_stratum *sample; /* by class, none twice, "*" last, as in a commitment */
	size_t n_sample;
	enum cycle_weight weight;
	int64_t rest, cover;     /* days; 0: off */
	struct duration quiet;   /* what another cycle drew within so long rests here; whole days; n 0: off */
	struct duration spacing; /* between an inspector's visits; whole minutes; n 0: off */
	bool same_unit;          /* a unit's posts are visited together */
	int64_t reserve;
	int64_t inspectors;    /* 0: all */
	struct text_list team; /* 1 .. TEAM_MAX words: a tag, "own" or "any" */
	bool avoid_unit, avoid_area;
	bool has_level_gap;
	int64_t level_gap;
	int64_t rotate;
	int64_t max_load;
	int64_t slack;
	struct text_list matters; /* ids in the INI's order, none twice */
	int64_t matters_take;     /* 1 .. matters.n; 0 where there are none */
	enum source beacon;
	char *beacon_witness; /* the NAME of its section; "" unless SOURCE_WITNESS */
	char *beacon_label;
	char *beacon_symbols; /* ascending */
	int64_t beacon_count;
};

struct config {
	char *path; /* as given to config_read */
	char *dir;  /* the folder in `path`, "." where it has none */

	char *origin;
	char *operator;
	char *timezone;
	char *language; /* zh_CN or en */
	char *state_dir;
	char *public_dir;
	char *public_url; /* ends in '/', or is "" */
	enum public_ids public_ids;
	char *admin;
	struct duration max_roster_age; /* n 0: off */
	char *metrics_dir;

	char *country;
	struct text_list calendar_files; /* patterns for glob(3), absolute like paths */
	unsigned workweek;               /* WORKWEEK_DAY bits */
	bool predict;

	enum mail_scheme mail_scheme;
	char *mail_server; /* as in the INI; "" for a maildir */
	char *mail_host;   /* "" for a maildir */
	int64_t mail_port; /* 25, 587 or 465 where the INI names none */
	char *maildir;     /* a path; "" unless MAIL_MAILDIR */
	char *mail_from_name;
	char *mail_from;
	char *mail_user;
	char *mail_password_file;
	bool mail_allow_cleartext; /* the password, over smtp:// to another machine */
	char *mail_ca_file;
	struct duration mail_retry_for; /* never workdays */
	struct duration mail_keep;      /* never workdays; n 0: for ever */
	enum mail_encrypt mail_encrypt;
	char *mail_certificates;

	struct config_witness *witnesses; /* in the INI's order */
	size_t n_witnesses;
	struct text_list beacon_urls;
	struct config_cycle *cycles; /* in the INI's order */
	size_t n_cycles;
};

void config_release(struct config *config); /* NULL is allowed */

/* The cycle of this name, or NULL. */
const struct config_cycle *config_cycle(const struct config *config, const char *name);
bool config_has_timetable(const struct config *config); /* some cycle is not manual */
/* The witness of this name, or NULL. */
const struct config_witness *config_witness(const struct config *config, const char *name);

#endif
