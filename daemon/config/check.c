/* Checks the INI for values that are valid each by itself and wrong together. */
#include <arpa/inet.h>
#include <limits.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "config/check_private.h"
#include "core/base/array.h"
#include "core/format/sealed.h"

struct checker {
	const struct config *config;
	const struct config_lines *lines;
	struct diag *diag;
};

static size_t
key_index(const char *section, const char *name)
{
	size_t i = 0;

	while (i + 1 < config_n_keys &&
	    (strcmp(config_keys[i].section, section) != 0 || strcmp(config_keys[i].name, name) != 0))
		i++;
	return i;
}

/* The line of a cycle's key, or the cycle's own line where the key is left out. */
static unsigned long
cycle_line(const struct checker *c, const struct config_cycle *cycle, const char *name)
{
	unsigned long line = c->lines->cycles[cycle - c->config->cycles].at[key_index("cycle", name)];

	return line != 0 ? line : cycle->line;
}

/* ---- one cycle ---- */

static int64_t
period_days(enum schedule_when when)
{
	switch (when) {
	case WHEN_WEEKLY:
		return 7;
	case WHEN_MONTHLY:
		return 31;
	case WHEN_QUARTERLY:
		return 92;
	default:
		return 366;
	}
}

static void
check_day(const struct checker *c, const struct config_cycle *cycle)
{
	bool open_ended = cycle->rule.when == WHEN_AFTER_HOLIDAY || cycle->rule.when == WHEN_BEFORE_HOLIDAY;
	bool counted = cycle->rule.day == DAY_NTH || cycle->rule.day == DAY_NTH_WORKDAY;
	unsigned long line = cycle_line(c, cycle, "day");

	if (cycle->rule.when == WHEN_MANUAL)
		return;
	if (open_ended &&
	    (cycle->rule.day == DAY_RANDOM || cycle->rule.day == DAY_LAST || cycle->rule.day == DAY_LAST_WORKDAY))
		diag_add(c->diag, c->config->path, line,
		    N_("[cycle %s] day: before or after a holiday there is no last day and no random one; take a "
		       "counted day or a weekday"),
		    cycle->name);
	if (cycle->rule.when == WHEN_DURING_HOLIDAY &&
	    (cycle->rule.day == DAY_NTH_WORKDAY || cycle->rule.day == DAY_LAST_WORKDAY))
		diag_add(c->diag, c->config->path, line,
		    N_("[cycle %s] day: no day of a holiday is a workday; take 1st day, a weekday or random"),
		    cycle->name);
	if (cycle->rule.when == WHEN_DURING_HOLIDAY && cycle->rule.day == DAY_LAST)
		diag_add(c->diag, c->config->path, line,
		    N_("[cycle %s] day: a holiday's last day leaves none for visits; take 1st day, a weekday or "
		       "random"),
		    cycle->name);
	if (counted && cycle->rule.day_n > period_days(cycle->rule.when))
		diag_add(c->diag, c->config->path, line,
		    N_("[cycle %s] day: the period has no such day (at most %lld)"), cycle->name,
		    (long long)period_days(cycle->rule.when));
	if (cycle->rule.times > 1 && cycle->rule.day != DAY_RANDOM)
		diag_add(c->diag, c->config->path, cycle_line(c, cycle, "times"),
		    N_("[cycle %s] times: more than one draw in a period needs day = random"), cycle->name);
	else if (cycle->rule.times > period_days(cycle->rule.when))
		diag_add(c->diag, c->config->path, cycle_line(c, cycle, "times"),
		    N_("[cycle %s] times: the period has fewer days"), cycle->name);
}

/* The fewest days from a draw to the end of its visits. */
static int64_t
window_days(const struct checker *c, const struct config_cycle *cycle)
{
	int64_t week = 0;

	for (unsigned day = 0; day < 7; day++)
		week += (c->config->workweek >> day) & 1;
	if (!cycle->rule.window_workdays || week == 0)
		return cycle->rule.window;
	return cycle->rule.window + (cycle->rule.window - 1) / week * (7 - week);
}

static void
check_embargo(const struct checker *c, const struct config_cycle *cycle)
{
	int64_t least = cycle->rule.when == WHEN_DURING_HOLIDAY ? 1 : window_days(c, cycle);

	if (cycle->rule.embargo != 0 && cycle->rule.embargo < least)
		diag_add(c->diag, c->config->path, cycle_line(c, cycle, "embargo"),
		    N_("[cycle %s] embargo: visits go on for %lld days or more, and nothing may be opened before; or "
		       "0: at once"),
		    cycle->name, (long long)least);
}

/* A holiday's days are counted when it is drawn in (draws/snapshot.c). */
static void
check_slots(const struct checker *c, const struct config_cycle *cycle)
{
	int64_t slots = cycle->rule.window * (int64_t)cycle->rule.visit_times.n;

	if (cycle->rule.when != WHEN_DURING_HOLIDAY && slots > SLOTS_MAX)
		diag_add(c->diag, c->config->path, cycle_line(c, cycle, "visit_time"),
		    N_("[cycle %s] visit_time: %zu times on %lld days are more than %d slots; take fewer times, or a "
		       "shorter window"),
		    cycle->name, cycle->rule.visit_times.n, (long long)cycle->rule.window, SLOTS_MAX);
}

static void
check_beacon(const struct checker *c, const struct config_cycle *cycle)
{
	unsigned long line = cycle_line(c, cycle, "beacon");

	if (cycle->beacon == SOURCE_WITNESS && config_witness(c->config, cycle->beacon_witness) == NULL)
		diag_add(c->diag, c->config->path, line, N_("[cycle %s] beacon: there is no section [witness %s]"),
		    cycle->name, cycle->beacon_witness);
	if (cycle->beacon == SOURCE_PUBLIC &&
	    !beacon_strong(strlen(cycle->beacon_symbols), (uint64_t)cycle->beacon_count))
		diag_add(c->diag, c->config->path, line,
		    N_("[cycle %s] beacon: the throws must leave 2^64 outcomes or more, as 20 of ten symbols or 25 of "
		       "six do"),
		    cycle->name);
	if (cycle->beacon != SOURCE_NONE && !cycle->rule.commit.workdays && cycle->rule.commit.n < 15 * 60)
		diag_add(c->diag, c->config->path, cycle_line(c, cycle, "commit"),
		    N_("[cycle %s] commit: witnesses must sign ten minutes before the draw, so leave 15min or more"),
		    cycle->name);
}

static void
check_team(const struct checker *c, const struct config_cycle *cycle)
{
	if (cycle->inspectors != 0 && (size_t)cycle->inspectors < cycle->team.n)
		diag_add(c->diag, c->config->path, cycle_line(c, cycle, "inspectors"),
		    N_("[cycle %s] inspectors: a team of %zu seats needs at least as many"), cycle->name,
		    cycle->team.n);
}

/* ---- all sections ---- */

/* Names must differ by more than letter case, which some file systems, and people, overlook. */
static void
check_names(const struct checker *c)
{
	const struct config *config = c->config;

	for (size_t i = 0; i < config->n_cycles; i++)
		for (size_t j = 0; j < i; j++)
			if (strcasecmp(config->cycles[i].name, config->cycles[j].name) == 0)
				diag_add(c->diag, config->path, config->cycles[i].line,
				    N_("[cycle %s]: line %lu has a cycle of this name already, letter case aside"),
				    config->cycles[i].name, config->cycles[j].line);
	for (size_t i = 0; i < config->n_witnesses; i++) {
		for (size_t j = 0; j < i; j++) {
			const struct config_witness *a = &config->witnesses[i], *b = &config->witnesses[j];

			if (strcasecmp(a->name, b->name) == 0)
				diag_add(c->diag, config->path, a->line,
				    N_("[witness %s]: line %lu has a witness of this name already, letter case aside"),
				    a->name, b->line);
			else if (a->key != NULL && b->key != NULL && strcmp(a->key, b->key) == 0)
				diag_add(c->diag, config->path, a->line,
				    N_("[witness %s]: witness %s has the same key"), a->name, b->name);
		}
	}
}

/* Path a is b, or lies in it. */
static bool
path_is_within(const char *a, const char *b)
{
	size_t n = strlen(b);

	while (n > 1 && b[n - 1] == '/')
		n--;
	return strncmp(a, b, n) == 0 && (a[n] == '\0' || a[n] == '/');
}

/* The published folder is public: nothing private may lie in it. */
static void
check_places(const struct checker *c)
{
	const struct config *config = c->config;
	const struct {
		const char *section, *key, *path;
	} private[] = {
	    {"service", "state_dir", config->state_dir},
	    {"mail", "server", config->maildir},
	    {"mail", "password_file", config->mail_password_file},
	    {"mail", "certificates", config->mail_certificates},
	};

	for (size_t i = 0; i < ARRAY_LEN(private); i++)
		if (private[i].path != NULL && config->public_dir != NULL && private[i].path[0] != '\0' &&
		    path_is_within(private[i].path, config->public_dir))
			diag_add(c->diag, config->path,
			    c->lines->general.at[key_index(private[i].section, private[i].key)],
			    N_("%s: %s would lie in the published folder %s"), private[i].key, private[i].path,
			    config->public_dir);
}

/* Mail to this machine crosses no network. */
static bool
is_this_machine(const char *host)
{
	struct in6_addr six;
	struct in_addr four;
	char text[INET6_ADDRSTRLEN];

	if (strcasecmp(host, "localhost") == 0)
		return true;
	if (inet_pton(AF_INET, host, &four) == 1)
		return ntohl(four.s_addr) >> 24 == 127;
	(void)snprintf(text, sizeof text, "%s", host[0] == '[' ? host + 1 : host);
	text[strcspn(text, "]")] = '\0';
	return inet_pton(AF_INET6, text, &six) == 1 && IN6_IS_ADDR_LOOPBACK(&six);
}

/* A password in the clear could be read on the network. */
static void
check_password(const struct checker *c)
{
	const struct config *config = c->config;

	if (config->mail_scheme != MAIL_SMTP || config->mail_host == NULL || config->mail_host[0] == '\0' ||
	    config->mail_user == NULL || config->mail_user[0] == '\0' || config->mail_allow_cleartext ||
	    is_this_machine(config->mail_host))
		return;
	diag_add(c->diag, config->path, c->lines->general.at[key_index("mail", "user")],
	    N_("user: smtp:// would send the password to %s in the clear: take smtp+starttls:// or smtps://, or say "
	       "allow_cleartext_password = yes"),
	    config->mail_host);
}

void
config_check(const struct config *config, const struct config_lines *lines, struct diag *diag)
{
	struct checker c = {config, lines, diag};

	check_names(&c);
	check_places(&c);
	check_password(&c);
	for (size_t i = 0; i < config->n_cycles; i++) {
		const struct config_cycle *cycle = &config->cycles[i];

		if (lines->cycles[i].faulty)
			continue;
		check_day(&c, cycle);
		check_embargo(&c, cycle);
		check_slots(&c, cycle);
		check_beacon(&c, cycle);
		check_team(&c, cycle);
	}
}
