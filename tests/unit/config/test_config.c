/*
 * The configuration: what each key must not be, what the file must not be, and that every fault of a file is told with
 * its line.
 */
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config/keys.h"
#include "config/read.h"
#include "scratch.h"

static char dir[SCRATCH_PATH], ini[SCRATCH_PATH + 16];

static int
set_up(void **state)
{
	(void)state;
	if (!scratch_make(dir))
		return -1;
	(void)snprintf(ini, sizeof ini, "%s/s.ini", dir);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	return scratch_remove(dir);
}

/* ---- reading ---- */

/* What was told: "LINE: message\n" for each. */
static char told[16384];

static void
say(void *ctx, const char *file, unsigned long line, const char *message)
{
	size_t n = strlen(told);

	(void)ctx;
	assert_non_null(strstr(file, dir));
	(void)snprintf(told + n, sizeof told - n, "%lu: %s\n", line, message);
}

static int
read_ini(struct config *config)
{
	struct diag diag = {.say = say};
	int rc;

	told[0] = '\0';
	rc = config_read(ini, config, &diag);
	if ((rc == 0) != (diag.count == 0))
		fail_msg("status %d with %lu faults: %s", rc, diag.count, told);
	return rc;
}

static void
write_bytes(const void *bytes, size_t len)
{
	FILE *file = fopen(ini, "wb");

	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, len, file), len);
	assert_int_equal(fclose(file), 0);
}

static void
refused(const char *text, const char *expected)
{
	struct config config;

	write_bytes(text, strlen(text));
	assert_int_equal(read_ini(&config), ERR_REFUSED);
	if (strstr(told, expected) == NULL)
		fail_msg("expected \"%s\", told:\n%s\nof:\n%s", expected, told, text);
}

static void
accepted(const char *text, struct config *config)
{
	write_bytes(text, strlen(text));
	if (read_ini(config) != 0)
		fail_msg("told:\n%s\nof:\n%s", told, text);
}

/* ---- a least INI, with one key put in or changed ---- */

static const struct {
	const char *section, *key, *value;
} least[] = {
    {"service", "origin", "spotcheck.example.org"},
    {"service", "operator", "Office"},
    {"service", "admin", "ops@example.org"},
    {"calendar", NULL, NULL},
    {"mail", "from", "Office <spotcheck@example.org>"},
    {"beacon", NULL, NULL},
    {"witness w", "key", "w.example.org+b097821f+BNdamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea"},
    {"cycle a", "title", "Title"},
    {"cycle a", "when", "weekly"},
    {"cycle a", "sample", "10%"},
    {"cycle a", "matters", "leave duty"},
};

/* The text with `value` for a key (NULL: without it); `section` as in config_keys. */
static const char *
with(const char *section, const char *key, const char *value)
{
	static char text[8192];
	const char *open = "";
	size_t at = 0;

	for (size_t i = 0; i < sizeof least / sizeof least[0]; i++) {
		bool begins = strcmp(open, least[i].section) != 0;
		bool ours = section != NULL && key != NULL && strncmp(least[i].section, section, strlen(section)) == 0;

		if (begins)
			at += (size_t)snprintf(text + at, sizeof text - at, "[%s]\n", least[i].section);
		if (begins && ours && value != NULL)
			at += (size_t)snprintf(text + at, sizeof text - at, "%s = %s\n", key, value);
		if (least[i].key != NULL && !(ours && key != NULL && strcmp(least[i].key, key) == 0))
			at += (size_t)snprintf(text + at, sizeof text - at, "%s = %s\n", least[i].key, least[i].value);
		open = least[i].section;
	}
	return text;
}

/* ---- every key ---- */

static const struct {
	const char *section, *key, *value, *expected;
} bad[] = {
    {"service", "origin", "two words", "without spaces"},
    {"service", "origin", "a+b", "without spaces"},
    {"service", "operator",
        "a\xE2\x80\x8B"
        "b",
        "cannot be seen"},
    {"service", "timezone", "Asia/Peking", "no such timezone"},
    {"service", "timezone", "../../../etc/passwd", "no such timezone"},
    {"service", "language", "zh_TW", "did you mean \"zh_CN\""},
    {"service", "language", "klingon", "one of zh_CN|en"},
    {"service", "state_dir", "/a\tb", "control"},
    {"service", "public_dir", "", "needs a value"},
    {"service", "public_dir", "/var/lib", "would lie in the published folder"},
    {"service", "public_url", "ftp://x", "https://"},
    {"service", "public_url", "https:///x", "https://"},
    {"service", "admin", "ops", "one mail address"},
    {"service", "admin", "a@b.org c@d.org", "one mail address"},
    {"service", "public_ids", "code", "\"coded\""},
    {"service", "max_roster_age", "35", "duration"},
    {"service", "max_roster_age", "5 workdays", "duration"},
    {"service", "max_roster_age", "9999d", "from 0d to 3660d"},
    {"service", "metrics_dir", "/a\x01", "control"},
    {"calendar", "country", "China", "two letters"},
    {"calendar", "files", "a\x7F", "control"},
    {"calendar", "workweek", "mon tue wen", "did you mean \"wed\""},
    {"calendar", "workweek", "mon mon", "twice"},
    {"calendar", "predict", "maybe", "yes or no"},
    {"mail", "server", "localhost:25", "begin with smtp://"},
    {"mail", "server", "smtp://", "a host"},
    {"mail", "server", "smtp://localhost:0", "a host"},
    {"mail", "server", "smtp://a b", "a host"},
    {"mail", "server", "maildir:", "needs a path"},
    {"mail", "from", "Office <nobody>", "a name and an address"},
    {"mail", "from", "a@b.org, c@d.org", "a name and an address"},
    {"mail", "user", "a\x02", "cannot be seen"},
    {"mail", "password_file", "a\x03", "control"},
    {"mail", "password_file", "/var/lib/spotcheckd/public/x", "would lie in the published folder"},
    {"mail", "allow_cleartext_password", "perhaps", "yes or no"},
    {"mail", "ca_file", "a\x03", "control"},
    {"mail", "retry_for", "1min", "from 1h to 30d"},
    {"mail", "keep", "4000d", "from 0d to 3660d"},
    {"mail", "encrypt", "yes", "one of no|if-known|required"},
    {"mail", "certificates", "", "needs a value"},
    {"witness", "key", "<verifier key>", "without < and >"},
    {"witness", "key", "x", "key"},
    {"witness", "key", "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", "log's key"},
    {"witness", "url", "witness.example.org", "https://"},
    {"beacon", "urls", "https://api.drand.sh", "two relays"},
    {"beacon", "urls", "https://a.org https://a.org", "different"},
    {"cycle", "title", "<title>", "without < and >"},
    {"cycle", "when", "after holidays", "did you mean \"after holiday\""},
    {"cycle", "holidays", "any qingming", "any alone"},
    {"cycle", "holidays", "qingming qingming", "names that differ"},
    {"cycle", "min_days", "0", "from 1 to 60"},
    {"cycle", "day", "2st", "1st workday"},
    {"cycle", "day", "0th workday", "1st workday"},
    {"cycle", "day", "15th day", "no such day"}, /* of a week */
    {"cycle", "times", "2", "needs day = random"},
    {"cycle", "time", "25:00", "09:00"},
    {"cycle", "time", "17:00-09:00", "end later"},
    {"cycle", "on_holiday", "nex", "did you mean \"next\""},
    {"cycle", "commit", "5", "duration"},
    {"cycle", "commit", "0min", "from 1min to 100d"},
    {"cycle", "commit", "999d", "from 1min to 100d"},
    {"cycle", "window", "5", "workdays or days"},
    {"cycle", "window", "401 days", "workdays or days"},
    {"cycle", "window", "0 days", "workdays or days"},
    {"cycle", "window", "40 workdays", "embargo"},
    {"cycle", "visit_time", "9", "09:00"},
    {"cycle", "visit_time", "9:60", "09:00"},
    {"cycle", "visit_time", "", "needs a value"},
    {"cycle", "visit_time", "14:00 09:00", "later than the one before"},
    {"cycle", "visit_time", "09:00 09:00", "later than the one before"},
    {"cycle", "visit_time", "09:00,14:00", "such as 09:00 14:00"},
    {"cycle", "visit_time", "09:00-16:00", "needs its step"},
    {"cycle", "visit_time", "09:00-16:00 every", "needs its step"},
    {"cycle", "visit_time", "09:00-16:00 every 60", "needs its step"},
    {"cycle", "visit_time", "09:00-16:00 each 60min", "needs its step"},
    {"cycle", "visit_time", "16:00-09:00 every 60min", "to a later one"},
    {"cycle", "visit_time", "09:00-24:00 every 60min", "to a later one"},
    {"cycle", "visit_time", "09:00-11:00 every 1h 11:00", "later than the one before"},
    {"cycle", "visit_time", "00:00-23:59 every 14min", "at most 96"},
    {"cycle", "visit_time", "00:00-23:59 every 15min\nwindow = 21 days", "96 times on 21 days are more than 2000"},
    {"cycle", "spacing", "180", "a duration such as"},
    {"cycle", "spacing", "8d", "from 0d to 7d"},
    {"cycle", "spacing", "1 workday", "a duration such as"},
    {"cycle", "same_unit", "maybe", "yes or no"},
    {"cycle", "notice", "later", "at draw"},
    {"cycle", "notice", "61d", "from 1min to 60d"},
    {"cycle", "keep_free", "1", "yes or no"},
    {"cycle", "embargo", "401", "from 0 to 400"},
    {"cycle", "embargo", "4", "visits go on for 5 days"},
    {"cycle", "embargo", "-1", "from 0 to 400"},
    {"cycle", "targets", "unit", "column=value"},
    {"cycle", "targets", "unit=", "a value is missing"},
    {"cycle", "targets", "=a", "column=value"},
    {"cycle", "targets", "unit=a|", "a value is missing"},
    {"cycle", "targets", "unit=\"a\"b", "a value is missing, or has a double quote"},
    {"cycle", "targets", "level>4", "column>=value"},
    {"cycle", "targets", "level >= 4", "without spaces"},
    {"cycle", "targets", "class>=B", "one number or one date"},
    {"cycle", "targets", "level>=4|5", "one number or one date"},
    {"cycle", "targets", "since<=2026-02-30", "one number or one date"},
    {"cycle", "targets", "unit=a unit=b", "write column=a|b"},
    {"cycle", "targets",
        "unit=a\xC2\xA0"
        "b",
        "cannot be seen"},
    {"cycle", "sample", "101%", "from 0% to 100%"},
    {"cycle", "sample", "100.01%", "from 0% to 100%"},
    {"cycle", "sample", "1.234%", "from 0% to 100%"},
    {"cycle", "sample", "0", "draw nobody"},
    {"cycle", "sample", "A:0% *:0", "draw nobody"},
    {"cycle", "sample", "A:1% A:2%", "twice"},
    {"cycle", "sample", "A:1% 5%", "*:5%"},
    {"cycle", "sample", "A:x", "amount"},
    {"cycle", "sample", ":5%", "class is a text"},
    {"cycle", "weight", "colum", "did you mean \"column\""},
    {"cycle", "rest", "x", "from 0"},
    {"cycle", "quiet", "14", "a duration such as"},
    {"cycle", "quiet", "36h", "whole days, such as 14d"},
    {"cycle", "quiet", "3651d", "from 0d to 3650d"},
    {"cycle", "cover", "01", "from 0"},
    {"cycle", "reserve", "1001", "from 0 to 1000"},
    {"cycle", "inspectors", "0", "from 1, or all"},
    {"cycle", "inspectors", "1", "needs at least as many"},
    {"cycle", "team", "a b c d e f g h i", "1 to 8 seats"},
    {"cycle", "team", "组长 any", "any, own or a tag"},
    {"cycle", "avoid", "unit class", "one of unit|area"},
    {"cycle", "avoid", "unit unit", "twice"},
    {"cycle", "level_gap", "1000", "from -999 to 999"},
    {"cycle", "level_gap", "one", "from -999 to 999"},
    {"cycle", "rotate", "1001", "from 0 to 1000"},
    {"cycle", "max_load", "-1", "from 0"},
    {"cycle", "slack", "", "needs a value"},
    {"cycle", "matters", "3 of leave duty", "more than it lists"},
    {"cycle", "matters", "0 of leave duty", "takes none"},
    {"cycle", "matters", "all of leave duty", "a number must come before"},
    {"cycle", "matters", "leave leave", "twice"},
    {"cycle", "matters", "离岗", "characters"},
    {"cycle", "beacon", "witness", "witness and the name"},
    {"cycle", "beacon", "witness other", "there is no section [witness other]"},
    {"cycle", "beacon", "drand x", "witness and the name"},
    {"cycle", "beacon", "drnad", "did you mean \"drand\""},
    {"cycle", "beacon_label", "a\x05", "cannot be seen"},
    {"cycle", "beacon_symbols", "0213", "ascending"},
    {"cycle", "beacon_symbols", "0", "at least two"},
    {"cycle", "beacon_count", "0", "from 1 to 1000"},
};

static void
every_key_refuses_what_it_must_not_be(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		refused(with(bad[i].section, bad[i].key, bad[i].value), bad[i].expected);
}

static void
no_key_is_left_out_here(void **state)
{
	(void)state;
	for (size_t k = 0; k < config_n_keys; k++) {
		bool found = false;

		for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
			found = found ||
			    (strcmp(bad[i].section, config_keys[k].section) == 0 &&
			        strcmp(bad[i].key, config_keys[k].name) == 0);
		if (!found)
			fail_msg("no test says what %s in [%s] must not be", config_keys[k].name,
			    config_keys[k].section);
	}
}

static void
a_required_key_is_missed(void **state)
{
	char expected[64];

	(void)state;
	for (size_t k = 0; k < config_n_keys; k++) {
		struct config config;

		(void)snprintf(expected, sizeof expected, "lacks the key \"%s\"", config_keys[k].name);
		if (config_keys[k].default_text == NULL) {
			refused(with(config_keys[k].section, config_keys[k].name, NULL), expected);
		} else {
			accepted(with(config_keys[k].section, config_keys[k].name, NULL), &config);
			config_release(&config);
		}
	}
}

/* ---- what values mean ---- */

static void
defaults_are_as_documented(void **state)
{
	struct config c;
	const struct config_cycle *a;

	(void)state;
	accepted(with(NULL, NULL, NULL), &c);
	assert_string_equal(c.timezone, "Asia/Shanghai");
	assert_string_equal(c.language, "zh_CN");
	assert_string_equal(c.state_dir, "/var/lib/spotcheckd");
	assert_string_equal(c.public_url, "");
	assert_int_equal(c.workweek, 31);
	assert_true(c.predict);
	assert_int_equal(c.mail_scheme, MAIL_SMTP);
	assert_string_equal(c.mail_host, "localhost");
	assert_int_equal(c.mail_port, 25);
	assert_string_equal(c.mail_from_name, "Office");
	assert_string_equal(c.mail_from, "spotcheck@example.org");
	assert_int_equal(c.mail_retry_for.n, 3 * 86400);
	assert_int_equal(c.mail_keep.n, 90 * 86400);
	assert_int_equal(c.beacon_urls.n, 2);
	a = config_cycle(&c, "a");
	assert_non_null(a);
	assert_null(config_cycle(&c, "A"));
	assert_non_null(config_witness(&c, "w"));
	assert_int_equal(a->rule.day, DAY_NTH_WORKDAY);
	assert_int_equal(a->rule.day_n, 1);
	assert_int_equal(a->rule.time_from_min, 540);
	assert_int_equal(a->rule.time_to_min, 540);
	assert_int_equal(a->rule.commit.n, 86400);
	assert_int_equal(a->rule.window, 5);
	assert_int_equal(a->rule.visit_times.n, 1);
	assert_int_equal(a->rule.visit_times.min[0], 540);
	assert_true(a->rule.window_workdays);
	assert_int_equal(a->spacing.n, 3 * 3600);
	assert_true(a->same_unit);
	assert_int_equal(a->quiet.n, 0);
	assert_true(a->rule.notice_at_draw);
	assert_int_equal(a->rule.embargo, 30);
	assert_int_equal(a->n_sample, 1);
	assert_string_equal(a->sample[0].class, "*");
	assert_int_equal(a->sample[0].amount, 1000);
	assert_true(a->sample[0].by_rate);
	assert_int_equal(a->inspectors, 0);
	assert_int_equal(a->team.n, 2);
	assert_string_equal(a->team.items[1], "any");
	assert_true(a->avoid_unit);
	assert_false(a->avoid_area);
	assert_false(a->has_level_gap);
	assert_int_equal(a->matters_take, 2);
	assert_int_equal(a->beacon, SOURCE_NONE);
	assert_int_equal(a->beacon_count, 20);
	config_release(&c);
}

static void
samples_are_sorted_with_the_rest_last(void **state)
{
	struct config c;
	const struct config_cycle *a;

	(void)state;
	accepted(with("cycle", "sample", "*:5.25% D:100% \"B 2\":12 A:0.5%"), &c);
	a = config_cycle(&c, "a");
	assert_int_equal(a->n_sample, 4);
	assert_string_equal(a->sample[0].class, "A");
	assert_int_equal(a->sample[0].amount, 50);
	assert_string_equal(a->sample[1].class, "B 2");
	assert_int_equal(a->sample[1].amount, 12);
	assert_false(a->sample[1].by_rate);
	assert_string_equal(a->sample[2].class, "D");
	assert_int_equal(a->sample[2].amount, 10000);
	assert_string_equal(a->sample[3].class, "*");
	assert_int_equal(a->sample[3].amount, 525);
	config_release(&c);
}

static void
small_grammars(void **state)
{
	struct config c;

	(void)state;
	accepted(with("cycle", "matters", "1 of leave duty"), &c);
	assert_int_equal(config_cycle(&c, "a")->matters_take, 1);
	assert_int_equal(config_cycle(&c, "a")->matters.n, 2);
	config_release(&c);
	accepted(with("cycle", "notice", "1 workday"), &c);
	assert_true(config_cycle(&c, "a")->rule.notice.workdays);
	config_release(&c);
	accepted(with("cycle", "quiet", "48h"), &c);
	assert_int_equal(config_cycle(&c, "a")->quiet.n, 2 * 86400);
	config_release(&c);
	accepted(with("cycle", "spacing", "10080min\nsame_unit = no"), &c);
	assert_int_equal(config_cycle(&c, "a")->spacing.n, 7 * 86400);
	assert_false(config_cycle(&c, "a")->same_unit);
	config_release(&c);
	accepted(with("cycle", "team", "own any lead"), &c);
	assert_string_equal(config_cycle(&c, "a")->team.items[0], "own");
	config_release(&c);
	accepted(with("cycle", "window", "7 days"), &c);
	assert_false(config_cycle(&c, "a")->rule.window_workdays);
	config_release(&c);
	accepted(with("cycle", "time", "9:00-17:30"), &c);
	assert_int_equal(config_cycle(&c, "a")->rule.time_to_min, 1050);
	config_release(&c);
	accepted(with("cycle", "day", "last workday"), &c);
	assert_int_equal(config_cycle(&c, "a")->rule.day, DAY_LAST_WORKDAY);
	config_release(&c);
	accepted(with("cycle", "beacon", "witness w"), &c);
	assert_string_equal(config_cycle(&c, "a")->beacon_witness, "w");
	config_release(&c);
	accepted(with("mail", "server", "maildir:mail"), &c);
	assert_non_null(strstr(c.maildir, dir));
	config_release(&c);
	accepted(with("mail", "server", "smtps://[::1]:4465"), &c);
	assert_string_equal(c.mail_host, "[::1]");
	assert_int_equal(c.mail_port, 4465);
	config_release(&c);
	accepted(with("service", "public_url", "https://a.example.org/x"), &c);
	assert_string_equal(c.public_url, "https://a.example.org/x/");
	config_release(&c);
}

/* The times of day of visits, as "540 840 ". */
static void
visit_times_are(const char *value, const char *expected)
{
	char got[1024] = "";
	struct config c;
	const struct visit_times *times;

	accepted(with("cycle", "visit_time", value), &c);
	times = &config_cycle(&c, "a")->rule.visit_times;
	for (size_t i = 0; i < times->n; i++)
		(void)snprintf(got + strlen(got), sizeof got - strlen(got), "%d ", (int)times->min[i]);
	assert_string_equal(got, expected);
	config_release(&c);
}

static void
visits_have_one_time_a_day_or_several(void **state)
{
	(void)state;
	visit_times_are("9:00", "540 ");
	visit_times_are("09:00 14:00", "540 840 ");
	visit_times_are("09:00-16:00 every 60min", "540 600 660 720 780 840 900 960 ");
	visit_times_are("09:00-16:00 every 3h", "540 720 900 ");
	visit_times_are("09:00-11:00 every 60min  14:00-16:00 every 2h 20:00", "540 600 660 840 960 1200 ");
	visit_times_are("22:00-23:59 every 1d", "1320 ");
}

static void
scopes_are_conditions(void **state)
{
	struct config c;
	const struct scope_condition *t;

	(void)state;
	accepted(with("cycle", "targets",
	             "单位=财政局|\"Unit B\"|\"a|b\" 类别!=D 集体资金>=500 \"任职 时间\"<=2026-01-31 remark=a=b"),
	    &c);
	assert_int_equal(config_cycle(&c, "a")->n_targets, 5);
	t = config_cycle(&c, "a")->targets;
	assert_string_equal(t[0].column, "单位");
	assert_int_equal(t[0].test, SCOPE_IS);
	assert_int_equal(t[0].n_values, 3);
	assert_string_equal(t[0].values[0], "财政局");
	assert_string_equal(t[0].values[1], "Unit B");
	assert_string_equal(t[0].values[2], "a|b");
	assert_int_equal(t[1].test, SCOPE_IS_NOT);
	assert_string_equal(t[1].values[0], "D");
	assert_int_equal(t[2].test, SCOPE_AT_LEAST);
	assert_string_equal(t[2].column, "集体资金");
	assert_int_equal(t[3].test, SCOPE_AT_MOST);
	assert_string_equal(t[3].column, "任职 时间");
	assert_string_equal(t[4].values[0], "a=b");
	config_release(&c);
	accepted(with("cycle", "targets", "level>=2 level<=4 unit!=a unit!=b"), &c);
	assert_int_equal(config_cycle(&c, "a")->n_targets, 4);
	config_release(&c);
}

static void
a_weak_public_beacon_is_refused(void **state)
{
	char text[8192];
	struct config c;

	(void)state;
	(void)snprintf(text, sizeof text, "%sbeacon = public\nbeacon_symbols = 123456\nbeacon_count = 24\n",
	    with(NULL, NULL, NULL));
	refused(text, "2^64");
	(void)snprintf(text, sizeof text, "%sbeacon = public\nbeacon_symbols = 123456\nbeacon_count = 25\n",
	    with(NULL, NULL, NULL));
	accepted(text, &c);
	config_release(&c);
	(void)snprintf(text, sizeof text, "%sbeacon = drand\ncommit = 10min\n", with(NULL, NULL, NULL));
	refused(text, "leave 15min or more");
}

static void
after_a_holiday_there_is_no_last_day(void **state)
{
	char text[8192];

	(void)state;
	(void)snprintf(text, sizeof text, "%sday = random\n", with("cycle", "when", "after holiday"));
	refused(text, "no last day and no random one");
	(void)snprintf(text, sizeof text, "%sday = random\ntimes = 9\n", with(NULL, NULL, NULL));
	refused(text, "fewer days");
}

/* ---- the file ---- */

static void
sections(void **state)
{
	char text[8192];

	(void)state;
	refused("[serivce]\norigin = x\n", "1: there is no section [serivce]: did you mean [service]?");
	refused("[archive of things]\n", "there are service, calendar");
	refused("[office]\nx = 1\n", "comes with the archive");
	refused("[cycle]\n", "cycle needs a name");
	refused("[cycle two words]\n", "cycle needs a name");
	refused("[cycle 周]\n", "cycle needs a name");
	refused("[service] # here\norigin = x\n", "1: a section is written [name]");
	refused("[service\norigin = x\n", "1: a section is written [name]");
	refused("origin = x\n", "1: a key before the first [section]");
	(void)snprintf(text, sizeof text, "%s[service]\norigin = other\n", with(NULL, NULL, NULL));
	refused(text, "[service] stands on line 1 already");
	(void)snprintf(text, sizeof text, "%s[cycle A]\ntitle = x\nwhen = weekly\nsample = 1\nmatters = x\n",
	    with(NULL, NULL, NULL));
	refused(text, "has a cycle of this name already");
	(void)snprintf(text, sizeof text, "%s[witness W]\nkey = %s\n", with(NULL, NULL, NULL), least[6].value);
	refused(text, "has a witness of this name already");
	(void)snprintf(text, sizeof text, "%s[witness v]\nkey = %s\n", with(NULL, NULL, NULL), least[6].value);
	refused(text, "witness w has the same key");
}

static void
keys(void **state)
{
	(void)state;
	refused(with("cycle", "smaple", "1"), "12: [cycle] has no key \"smaple\": did you mean \"sample\"?");
	refused(with("cycle", "timezone", "UTC"), "it belongs in [service]");
	refused(with("cycle", "quite_another_thing", "UTC"), "has no key");
	refused(with("service", "origin", "a\norigin = b"), "3: origin stands on line 2 already");
}

static void
lines(void **state)
{
	char text[8192], line[1200];

	(void)state;
	refused("[service]\n  origin = x\n", "2: the line is indented");
	refused("[service]\norigin\n", "2: this is no \"key = value\"");
	refused("[service]\norigin: x\n", "2: this is no \"key = value\"");
	refused("[service]\norigin: x = y\n", "2: the first = must follow");
	refused("[service]\n= y\n", "2: the first = must follow");
	refused("[service]\norigin = \xE8\xB4\n", "2: the line is not UTF-8");
	memset(line, 'x', sizeof line);
	line[1001] = '\0';
	(void)snprintf(text, sizeof text, "[service]\n%s\n", line);
	refused(text, "2: the line is longer than 1000 bytes");
}

static void
long_lines_are_read_whole(void **state)
{
	char name[301];
	struct config c;

	(void)state;
	memset(name, 'x', sizeof name - 1);
	name[300] = '\0';
	accepted(with("service", "operator", name), &c);
	assert_string_equal(c.operator, name);
	config_release(&c);
}

static void
nul_bytes(void **state)
{
	static const char text[] = "[service]\norigin = a\0b\n";
	struct config config;

	(void)state;
	write_bytes(text, sizeof text - 1);
	assert_int_equal(read_ini(&config), ERR_REFUSED);
	assert_non_null(strstr(told, "2: the line holds a NUL byte"));
}

static void
values_keep_semicolons_and_take_no_comments(void **state)
{
	struct config c;

	(void)state;
	accepted(with("service", "operator", "a ; b # c"), &c);
	assert_string_equal(c.operator, "a ; b # c");
	config_release(&c);
}

static void
byte_order_mark_and_crlf(void **state)
{
	char text[8192];
	const char *from = with(NULL, NULL, NULL);
	size_t at = 3;
	struct config c;

	(void)state;
	memcpy(text, "\xEF\xBB\xBF", 3);
	for (; *from != '\0'; from++) {
		if (*from == '\n')
			text[at++] = '\r';
		text[at++] = *from;
	}
	text[at] = '\0';
	accepted(text, &c);
	assert_string_equal(c.operator, "Office");
	config_release(&c);
}

static void
no_file(void **state)
{
	struct config config;
	char *large = calloc(1, (1 << 20) + 1);

	(void)state;
	(void)unlink(ini);
	assert_int_equal(read_ini(&config), ERR_REFUSED);
	assert_non_null(strstr(told, "0: No such file"));
	assert_int_equal(mkdir(ini, 0700), 0);
	assert_int_equal(read_ini(&config), ERR_REFUSED);
	assert_non_null(strstr(told, "no regular file"));
	assert_int_equal(rmdir(ini), 0);
	assert_int_equal(mkfifo(ini, 0600), 0);
	assert_int_equal(read_ini(&config), ERR_REFUSED);
	assert_non_null(strstr(told, "no regular file"));
	assert_int_equal(unlink(ini), 0);
	assert_non_null(large);
	memset(large, '\n', (1 << 20) + 1);
	write_bytes(large, (1 << 20) + 1);
	free(large);
	assert_int_equal(read_ini(&config), ERR_REFUSED);
	assert_non_null(strstr(told, "larger than 1 MiB"));
	write_bytes("", 0);
	assert_int_equal(read_ini(&config), ERR_REFUSED);
}

/* The password leaves this machine over TLS alone, or where the INI says that it may go without. */
static void
a_password_in_the_clear_is_refused(void **state)
{
	static const char *const good[] = {"smtp://localhost", "smtp://LocalHost:25", "smtp://127.0.0.1:2525",
	    "smtp://127.9.8.7", "smtp://[::1]:25", "smtps://mail.example.org", "smtp+starttls://mail.example.org",
	    "maildir:mail"};
	static const char *const wrong[] = {"smtp://mail.example.org", "smtp://127.0.0.1.example.org",
	    "smtp://localhost.example.org", "smtp://10.0.0.1:25", "smtp://128.0.0.1", "smtp://[::2]",
	    "smtp://[2001:db8::1]:25", "smtp://127.1"};
	struct config config;
	char value[256];

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
		(void)snprintf(value, sizeof value, "spot\nserver = %s", good[i]);
		accepted(with("mail", "user", value), &config);
		config_release(&config);
	}
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		(void)snprintf(value, sizeof value, "spot\nserver = %s", wrong[i]);
		refused(with("mail", "user", value), ": user: smtp:// would send the password to");
		(void)snprintf(value, sizeof value, "spot\nallow_cleartext_password = yes\nserver = %s", wrong[i]);
		accepted(with("mail", "user", value), &config);
		config_release(&config);
		accepted(with("mail", "server", wrong[i]), &config); /* no login, no password */
		config_release(&config);
	}
}

static void
all_faults_are_told(void **state)
{
	(void)state;
	refused("[service]\norigin = a b\nadmin = x\nfoo\n[mail]\nfrom = y\n[cycle a]\nsample = 101%\n", "2: origin");
	assert_non_null(strstr(told, "3: admin"));
	assert_non_null(strstr(told, "4: this is no"));
	assert_non_null(strstr(told, "6: from"));
	assert_non_null(strstr(told, "8: sample"));
	assert_non_null(strstr(told, "1: [service] lacks the key \"operator\""));
	assert_non_null(strstr(told, "7: [cycle a] lacks the key \"title\""));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_key_refuses_what_it_must_not_be),
	    cmocka_unit_test(no_key_is_left_out_here),
	    cmocka_unit_test(a_required_key_is_missed),
	    cmocka_unit_test(defaults_are_as_documented),
	    cmocka_unit_test(samples_are_sorted_with_the_rest_last),
	    cmocka_unit_test(small_grammars),
	    cmocka_unit_test(visits_have_one_time_a_day_or_several),
	    cmocka_unit_test(scopes_are_conditions),
	    cmocka_unit_test(a_weak_public_beacon_is_refused),
	    cmocka_unit_test(after_a_holiday_there_is_no_last_day),
	    cmocka_unit_test(sections),
	    cmocka_unit_test(keys),
	    cmocka_unit_test(lines),
	    cmocka_unit_test(long_lines_are_read_whole),
	    cmocka_unit_test(nul_bytes),
	    cmocka_unit_test(values_keep_semicolons_and_take_no_comments),
	    cmocka_unit_test(byte_order_mark_and_crlf),
	    cmocka_unit_test(no_file),
	    cmocka_unit_test(a_password_in_the_clear_is_refused),
	    cmocka_unit_test(all_faults_are_told),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
