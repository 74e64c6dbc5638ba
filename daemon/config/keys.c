/* The table of every key of the INI, and the parser for each type of value. */

#include <stddef.h>

#include "config/values_private.h"
#include "core/base/array.h"

#define HOUR 3600
#define DAY 86400
#define G(field) offsetof(struct config, field)
#define W(field) offsetof(struct config_witness, field)
#define C(field) offsetof(struct config_cycle, field)

/* Section, key, type, default (NULL: must be given), least, most, words, field: one line a key, in the INI's order. */
const struct config_key config_keys[] = {
    {"service", "origin", CONFIG_ORIGIN, NULL, 1, 200, NULL, G(origin)},
    {"service", "operator", CONFIG_REASON, NULL, 1, 1024, NULL, G(operator)},
    {"service", "timezone", CONFIG_ZONE, "Asia/Shanghai", 1, 64, NULL, G(timezone)},
    {"service", "language", CONFIG_STRING, "zh_CN", 0, 0, "zh_CN|en", G(language)},
    {"service", "state_dir", CONFIG_PATH, "/var/lib/spotcheckd", 1, 900, NULL, G(state_dir)},
    {"service", "public_dir", CONFIG_PATH, "/var/lib/spotcheckd/public", 1, 900, NULL, G(public_dir)},
    {"service", "public_url", CONFIG_URL, "", 0, 900, NULL, G(public_url)},
    {"service", "public_ids", CONFIG_WORD, "plain", 0, 0, "plain|coded", G(public_ids)},
    {"service", "admin", CONFIG_EMAIL, NULL, 1, 254, NULL, G(admin)},
    {"service", "max_roster_age", CONFIG_DURATION, "0", 0, 3660L * DAY, NULL, G(max_roster_age)},
    {"service", "metrics_dir", CONFIG_PATH, "", 0, 900, NULL, G(metrics_dir)},
    {"calendar", "country", CONFIG_COUNTRY, "CN", 2, 2, NULL, G(country)},
    {"calendar", "files", CONFIG_FILES, "holidays/*", 0, 900, NULL, G(calendar_files)},
    {"calendar", "workweek", CONFIG_WORKWEEK, "mon tue wed thu fri", 0, 0, "mon|tue|wed|thu|fri|sat|sun", G(workweek)},
    {"calendar", "predict", CONFIG_YES, "yes", 0, 0, "no|yes", G(predict)},
    {"mail", "server", CONFIG_SERVER, "smtp://localhost:25", 1, 900, NULL, G(mail_server)},
    {"mail", "from", CONFIG_MAILBOX, NULL, 1, 900, NULL, G(mail_from)},
    {"mail", "user", CONFIG_REASON, "", 0, 254, NULL, G(mail_user)},
    {"mail", "password_file", CONFIG_PATH, "", 0, 900, NULL, G(mail_password_file)},
    {"mail", "allow_cleartext_password", CONFIG_YES, "no", 0, 0, "no|yes", G(mail_allow_cleartext)},
    {"mail", "ca_file", CONFIG_PATH, "", 0, 900, NULL, G(mail_ca_file)},
    {"mail", "retry_for", CONFIG_DURATION, "3d", HOUR, 30L * DAY, NULL, G(mail_retry_for)},
    {"mail", "keep", CONFIG_DURATION, "90d", 0, 3660L * DAY, NULL, G(mail_keep)},
    {"mail", "encrypt", CONFIG_WORD, "no", 0, 0, "no|if-known|required", G(mail_encrypt)},
    {"mail", "certificates", CONFIG_PATH, "certificates", 1, 900, NULL, G(mail_certificates)},
    {"witness", "key", CONFIG_VKEY, NULL, 1, 500, NULL, W(key)},
    {"witness", "url", CONFIG_URL, "", 0, 900, NULL, W(url)},
    {"beacon", "urls", CONFIG_URLS, "https://api.drand.sh https://drand.cloudflare.com", 2, 16, NULL, G(beacon_urls)},
    {"cycle", "title", CONFIG_REASON, NULL, 1, 1024, NULL, C(title)},
    {"cycle", "when", CONFIG_WORD, NULL, 0, 0,
        "after holiday|before holiday|during holiday|weekly|monthly|quarterly|yearly|manual", C(rule.when)},
    {"cycle", "holidays", CONFIG_NAMES, "any", 0, 100, NULL, C(rule.holidays)},
    {"cycle", "min_days", CONFIG_INT, "1", 1, 60, NULL, C(rule.min_days)},
    {"cycle", "day", CONFIG_DAY, "1st workday", 1, 366, "mon|tue|wed|thu|fri|sat|sun", C(rule.day)},
    {"cycle", "times", CONFIG_INT, "1", 1, 366, NULL, C(rule.times)},
    {"cycle", "time", CONFIG_TIMES, "09:00", 0, 0, NULL, C(rule.time_from_min)},
    {"cycle", "on_holiday", CONFIG_WORD, "next", 0, 0, "next|previous|skip|keep", C(rule.on_holiday)},
    {"cycle", "commit", CONFIG_DURATION_WORKDAYS, "24h", 60, 100L * DAY, NULL, C(rule.commit)},
    {"cycle", "window", CONFIG_WINDOW, "5 workdays", 1, 400, NULL, C(rule.window)},
    {"cycle", "visit_time", CONFIG_VISIT_TIMES, "09:00", 0, 0, NULL, C(rule.visit_times)},
    {"cycle", "spacing", CONFIG_DURATION, "3h", 0, (int64_t)SPACING_MAX * 60, NULL, C(spacing)},
    {"cycle", "same_unit", CONFIG_YES, "yes", 0, 0, "no|yes", C(same_unit)},
    {"cycle", "notice", CONFIG_NOTICE, "at draw", 60, 60L * DAY, NULL, C(rule.notice)},
    {"cycle", "keep_free", CONFIG_YES, "no", 0, 0, "no|yes", C(keep_free)},
    {"cycle", "embargo", CONFIG_INT, "30", 0, EMBARGO_DAYS_MAX, NULL, C(rule.embargo)},
    {"cycle", "targets", CONFIG_SCOPE, "", 0, SCOPE_CONDITIONS_MAX, NULL, C(targets)},
    {"cycle", "sample", CONFIG_SAMPLE, NULL, 0, CHOSEN_SEATS_MAX, NULL, C(sample)},
    {"cycle", "weight", CONFIG_WORD, "none", 0, 0, "none|column|risk", C(weight)},
    {"cycle", "rest", CONFIG_INT, "0", 0, 36600, NULL, C(rest)},
    {"cycle", "quiet", CONFIG_DURATION_DAYS, "0", 0, (int64_t)QUIET_DAYS_MAX *DAY, NULL, C(quiet)},
    {"cycle", "cover", CONFIG_INT, "0", 0, 36600, NULL, C(cover)},
    {"cycle", "reserve", CONFIG_INT, "2", 0, 1000, NULL, C(reserve)},
    {"cycle", "inspectors", CONFIG_INT_OR_ALL, "all", 1, 1 << 24, NULL, C(inspectors)},
    {"cycle", "team", CONFIG_TEAM, "any any", 1, TEAM_MAX, NULL, C(team)},
    {"cycle", "avoid", CONFIG_AVOID, "unit", 0, 0, "unit|area", C(avoid_unit)},
    {"cycle", "level_gap", CONFIG_GAP, "", -999, 999, NULL, C(level_gap)},
    {"cycle", "rotate", CONFIG_INT, "0", 0, 1000, NULL, C(rotate)},
    {"cycle", "max_load", CONFIG_INT, "0", 0, CHOSEN_SEATS_MAX, NULL, C(max_load)},
    {"cycle", "slack", CONFIG_INT, "1", 0, 1000, NULL, C(slack)},
    {"cycle", "matters", CONFIG_MATTERS, NULL, 1, 1000, NULL, C(matters)},
    {"cycle", "beacon", CONFIG_BEACON, "none", 0, 0, "none|public|drand|witness", C(beacon)},
    {"cycle", "beacon_label", CONFIG_REASON, "twenty ten-sided dice", 1, 1024, NULL, C(beacon_label)},
    {"cycle", "beacon_symbols", CONFIG_SYMBOLS, "0123456789", 2, SYMBOLS_MAX, NULL, C(beacon_symbols)},
    {"cycle", "beacon_count", CONFIG_INT, "20", 1, 1000, NULL, C(beacon_count)},
};

const size_t config_n_keys = ARRAY_LEN(config_keys);

_Static_assert(ARRAY_LEN(config_keys) <= CONFIG_KEYS_MAX, "a line number for each key");

/* ---- which parser ---- */

static bool (*const parsers[CONFIG_TYPES])(struct config_value *v) = {
    [CONFIG_ORIGIN] = config_parse_origin,
    [CONFIG_REASON] = config_parse_reason,
    [CONFIG_ZONE] = config_parse_zone,
    [CONFIG_WORD] = config_parse_word,
    [CONFIG_STRING] = config_parse_string,
    [CONFIG_PATH] = config_parse_path,
    [CONFIG_URL] = config_parse_url,
    [CONFIG_EMAIL] = config_parse_email,
    [CONFIG_DURATION] = config_parse_duration,
    [CONFIG_DURATION_WORKDAYS] = config_parse_duration,
    [CONFIG_DURATION_DAYS] = config_parse_duration,
    [CONFIG_YES] = config_parse_yes,
    [CONFIG_COUNTRY] = config_parse_country,
    [CONFIG_FILES] = config_parse_files,
    [CONFIG_WORKWEEK] = config_parse_workweek,
    [CONFIG_SERVER] = config_parse_server,
    [CONFIG_MAILBOX] = config_parse_mailbox,
    [CONFIG_VKEY] = config_parse_vkey,
    [CONFIG_URLS] = config_parse_urls,
    [CONFIG_NAMES] = config_parse_names,
    [CONFIG_INT] = config_parse_int,
    [CONFIG_DAY] = config_parse_day,
    [CONFIG_TIMES] = config_parse_times,
    [CONFIG_VISIT_TIMES] = config_parse_visit_times,
    [CONFIG_WINDOW] = config_parse_window,
    [CONFIG_NOTICE] = config_parse_notice,
    [CONFIG_SCOPE] = config_parse_scope,
    [CONFIG_SAMPLE] = config_parse_sample,
    [CONFIG_INT_OR_ALL] = config_parse_int_or_all,
    [CONFIG_TEAM] = config_parse_team,
    [CONFIG_AVOID] = config_parse_avoid,
    [CONFIG_GAP] = config_parse_gap,
    [CONFIG_MATTERS] = config_parse_matters,
    [CONFIG_BEACON] = config_parse_beacon,
    [CONFIG_SYMBOLS] = config_parse_symbols,
};

/* A value such as <name>, which the sample file leaves to be filled in. */
static bool
is_placeholder(const struct config_value *v)
{
	return v->text.n > 1 && v->text.p[0] == '<' && v->text.p[v->text.n - 1] == '>' &&
	    v->key->type != CONFIG_MAILBOX;
}

/* Whether an empty value has a meaning for this key. */
static bool
may_be_empty(const struct config_key *key)
{
	return (key->default_text != NULL && key->default_text[0] == '\0') || key->type == CONFIG_AVOID ||
	    key->type == CONFIG_FILES;
}

void
config_value_set(struct config_value *v)
{
	if (is_placeholder(v))
		(void)config_refuse(v, N_("put your own value in its place, without < and >"));
	else if (v->text.n == 0 && !may_be_empty(v->key))
		(void)config_refuse(v, N_("it needs a value"));
	else
		(void)parsers[v->key->type](v);
}
