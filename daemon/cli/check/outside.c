/* `check`: what is missing for class A or B: witnesses, beacons, and the commands that add them. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/check/check.h"
#include "remote/http.h"
#include "remote/witnesses.h"
#include "system/clock.h"

#define RELAY_S 6
#define RELAY_BEHIND_S 60 /* the age of a round that every relay must have */
#define RELAYS_MAX 16

/* ---- witnesses ---- */

static void
say_witness_count(struct check *check, size_t n)
{
	if (n == 0)
		check_say(check, CHECK_CLASS_A, "[witness NAME]",
		    _("there is no witness: ask offices outside this one, better three, to run \"spotcheck keygen NAME "
		      "FILE\", and put the key that "
		      "each of them prints into a section of its own"));
	else if (n < 3)
		check_say(check, CHECK_CLASS_A, "[witness NAME]",
		    ngettext("the only witness must sign every draw in time; with three, one may fail",
		        "both witnesses must sign every draw in time; with three, one may fail", n));
}

static void
say_witness(struct check *check, const struct config_witness *witness)
{
	struct witness_state state = {.asked = false};
	char where[256], since[CLOCK_TEXT];

	(void)snprintf(where, sizeof where, "[witness %s]", witness->name);
	if (witness->url[0] == '\0') {
		check_say(check, CHECK_CLASS_A, where,
		    _("without url what it signs is carried: there \"spotcheck cosign DIR --key FILE\" on a copy of "
		      "the published directory, here "
		      "\"spotcheck cosignature add FILE\", ten minutes before each draw or earlier and within a day "
		      "after it"));
		return;
	}
	if (check->cli->store == NULL || witness_state(check->cli->store, witness, &state, NULL) != 0 || !state.asked)
		return;
	if (state.ahead > 0) {
		check_say(check, CHECK_FAULT, where, _("%s: nothing is signed until that is settled"), state.fault);
	} else if (state.failures > 0) {
		clock_text(state.since, since);
		check_say(check, CHECK_HINT, where, _("it has cosigned nothing since %s: %s"), since, state.fault);
	}
}

/* ---- beacons ---- */

static bool
has_source(const struct config *config, enum source source)
{
	for (size_t i = 0; i < config->n_cycles; i++)
		if (config->cycles[i].beacon == source)
			return true;
	return false;
}

/* One finding for all cycles without a beacon. */
static int
say_no_beacon(struct check *check)
{
	const struct config *config = &check->cli->config;
	struct buf names;
	int rc = 0;

	buf_init(&names, 65536);
	for (size_t i = 0; i < config->n_cycles; i++)
		if (config->cycles[i].beacon == SOURCE_NONE)
			buf_format(&names, "%s%s", names.len == 0 ? "" : ", ", config->cycles[i].name);
	buf_byte(&names, '\0');
	if (names.failed)
		rc = err_memory(&check->cli->err);
	else if (names.len > 1)
		check_say(check, CHECK_CLASS_A, "[cycle NAME]",
		    _("with beacon = none everybody must trust this office. With internet: beacon = drand, for class "
		      "A; without: beacon = witness "
		      "NAME, or public for dice thrown before witnesses, for class B. It is so in: %s"),
		    names.data);
	buf_release(&names);
	return rc;
}

static void
say_carried_beacon(struct check *check, const struct config_cycle *cycle)
{
	const struct config_witness *witness = config_witness(&check->cli->config, cycle->beacon_witness);
	char where[256];

	if (cycle->beacon != SOURCE_WITNESS || witness == NULL || witness->url[0] != '\0')
		return;
	(void)snprintf(where, sizeof where, "[cycle %s]", cycle->name);
	check_say(check, CHECK_CLASS_A, where,
	    _("at the time of each draw its beacon is carried too: there \"spotcheck cosign DIR --key FILE --beacon "
	      "N\", here \"spotcheck cosignature "
	      "add FILE\""));
}

/* Asks every relay for a past round. */
static int
try_relays(struct check *check)
{
	const struct text_list *urls = &check->cli->config.beacon_urls;
	unsigned long long round = drand_round(check->cli->now - RELAY_BEHIND_S);
	struct http_request http[RELAYS_MAX] = {{.url = NULL}};
	char(*paths)[1024] = calloc(RELAYS_MAX, sizeof *paths);
	size_t good = 0;
	int rc = paths == NULL ? err_memory(&check->cli->err) : 0;

	for (size_t i = 0; rc == 0 && i < urls->n; i++) {
		(void)snprintf(paths[i], sizeof paths[i], "%.800s/%s/public/%llu", urls->items[i], drand_quicknet,
		    round);
		http[i].url = paths[i];
	}
	if (rc == 0)
		rc = http_all(http, urls->n, RELAY_S, &check->cli->err);
	for (size_t i = 0; rc == 0 && i < urls->n; i++) {
		good += http[i].status == 200;
		if (http[i].status == 0)
			check_say(check, CHECK_HINT, "[beacon]", _("%s does not answer: %s"), urls->items[i],
			    http[i].fault);
		else if (http[i].status != 200)
			check_say(check, CHECK_HINT, "[beacon]", _("%s answers with the HTTP status %ld"),
			    urls->items[i], http[i].status);
	}
	for (size_t i = 0; i < urls->n; i++)
		http_release(&http[i]);
	free(paths);
	if (rc == 0 && (good < 2 || good <= urls->n / 2))
		check_say(check, CHECK_CLASS_A, "[beacon]",
		    _("more than half of the relays, and two at least, must say the same: now nothing could be drawn "
		      "under drand"));
	else if (rc == 0 && urls->n == 2)
		check_say(check, CHECK_HINT, "[beacon]",
		    _("urls: with two relays both must answer; with three, one may fail"));
	return rc;
}

int
check_outside(struct check *check)
{
	const struct config *config = &check->cli->config;
	int rc;

	if (config->n_cycles == 0)
		return EXIT_DONE;
	say_witness_count(check, config->n_witnesses);
	for (size_t i = 0; i < config->n_witnesses; i++)
		say_witness(check, &config->witnesses[i]);
	rc = say_no_beacon(check);
	for (size_t i = 0; i < config->n_cycles; i++)
		say_carried_beacon(check, &config->cycles[i]);
	if (rc == 0 && has_source(config, SOURCE_DRAND))
		rc = try_relays(check);
	return rc == 0 ? EXIT_DONE : cli_fail(check->cli);
}
