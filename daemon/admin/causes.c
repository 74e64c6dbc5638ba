/* Looks through the state for what the administrator must see to; each cause found is one alarm. */

#include "admin/causes.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/base/text.h"
#include "draws/draws.h"
#include "draws/plan.h"
#include "holidays/load.h"
#include "mail/outbox.h"
#include "publish/publish.h"
#include "remote/beacons.h"
#include "remote/witnesses.h"
#include "rosters/rosters.h"
#include "system/clock.h"

#define LATE_S 3600      /* how long something that waits for others may be overdue */
#define CALENDAR_DAYS 60 /* how long before a year begins its holidays must be known */

struct causes {
	struct store *store;
	const struct config *config;
	const struct calendar *calendar;
	int64_t now;
	const char *(*tr)(const char *text);
	struct alarms *causes;
};

static int
causes_rosters(const struct causes *w, struct err *err)
{
	const struct duration *age = &w->config->max_roster_age;
	char key[ALARM_KEY], date[DATE_TEXT];

	for (int kind = 0; age->n > 0 && kind < ROSTER_CONTACTS; kind++) {
		const char *name = roster_columns[kind].kind;
		int64_t attested = 0;
		int rc = rosters_attested(w->store, (enum roster_kind)kind, &attested, NULL, err);

		if (rc != 0 && rc != ERR_ABSENT)
			return rc;
		if (rc == ERR_ABSENT || attested >= calendar_shift(w->calendar, clock_zone(), w->now, age, -1))
			continue;
		text_from_date(clock_date(attested), date);
		(void)snprintf(key, sizeof key, "roster-%s", name);
		alarms_add(w->causes, key,
		    w->tr(N_("the roster of %s was last attested on %s, longer ago than "
		             "max_roster_age allows: nothing is committed on it")),
		    name, date);
	}
	return 0;
}

static void
causes_calendar(const struct causes *w)
{
	int year = text_year_of(clock_date(w->now)), last = text_year_of(clock_date(w->now) + CALENDAR_DAYS);
	char key[ALARM_KEY];

	for (; config_has_timetable(w->config) && year <= last; year++) {
		if (calendar_announced(w->config, w->calendar, year))
			continue;
		(void)snprintf(key, sizeof key, "calendar-%d", year);
		alarms_add(w->causes, key,
		    w->tr(N_("the holidays of %d are not known, and nothing is committed from computed "
		             "ones: put the notice into [calendar] files")),
		    year);
	}
}

static int
causes_cycles(const struct causes *w, struct err *err)
{
	char key[ALARM_KEY];

	for (size_t i = 0; i < w->config->n_cycles; i++) {
		const char *cycle = w->config->cycles[i].name;
		int64_t tried;
		char *fault;
		int rc = plan_tried(w->store, cycle, &tried, &fault, err);

		if (rc != 0)
			return rc;
		if (fault != NULL) {
			(void)snprintf(key, sizeof key, "commit-%s", cycle);
			alarms_add(w->causes, key, w->tr(N_("[cycle %s] its next draw cannot be committed: %s")), cycle,
			    fault);
		}
		free(fault);
	}
	return 0;
}

/* A draw that waits for its public value, or a draw that was not opened in time. */
static int
causes_draw(void *ctx, const struct draw_row *row)
{
	const struct causes *w = ctx;
	char key[ALARM_KEY], fault[BEACON_FAULT] = "";
	struct draw_row first;

	if (row->revealed)
		return 0;
	if (row->outcome == OUTCOME_NONE && row->draw_time < w->now - LATE_S) {
		(void)snprintf(key, sizeof key, "draw-%llu", (unsigned long long)row->n);
		(void)beacons_fault(w->store, row->n, fault, NULL);
		alarms_add(w->causes, key, w->tr(N_("draw %llu (%s) is late: it waits for its value%s%s")),
		    (unsigned long long)row->n, row->cycle, fault[0] == '\0' ? "" : ": ", fault);
	} else if (row->outcome != OUTCOME_NONE && draw_reveal_from(row) < w->now - LATE_S &&
	    draws_blocking(w->store, row, &first, NULL) == ERR_ABSENT) {
		(void)snprintf(key, sizeof key, "reveal-%llu", (unsigned long long)row->n);
		alarms_add(w->causes, key, w->tr(N_("draw %llu (%s) should have been opened")),
		    (unsigned long long)row->n, row->cycle);
	}
	return 0;
}

/* A witness that has not answered for LATE_S, or that knows a longer log than ours. */
static int
causes_witnesses(const struct causes *w, struct err *err)
{
	char key[ALARM_KEY];

	for (size_t i = 0; i < w->config->n_witnesses; i++) {
		const struct config_witness *witness = &w->config->witnesses[i];
		struct witness_state state;
		int rc = witness_state(w->store, witness, &state, err);

		if (rc != 0)
			return rc;
		if (state.ahead == 0 && (state.failures == 0 || state.since > w->now - LATE_S))
			continue;
		(void)snprintf(key, sizeof key, "witness-%.40s", witness->name);
		alarms_add(w->causes, key, w->tr(N_("[witness %s] cosigns nothing: %s")), witness->name, state.fault);
	}
	return 0;
}

/* One alarm for all letters: a mail server that is down fails every one. */
static int
causes_letters(const struct causes *w, struct err *err)
{
	uint64_t given_up = 0;
	int rc = outbox_given_up(w->store, &given_up, err);

	if (rc == 0 && given_up > 0)
		alarms_add(w->causes, "letters", "%s",
		    w->tr(N_("letters could not be delivered: \"spotcheck outbox list\" says which and why")));
	return rc;
}

static int
causes_published(const struct causes *w, struct err *err)
{
	char first[PUBLISH_DAMAGE];
	uint64_t files = 0;
	int rc = publish_damage(w->store, &files, first, err);

	if (rc == 0 && files > 0)
		alarms_add(w->causes, "published",
		    w->tr(N_("published files were changed or damaged by somebody else, and have been written anew: %s "
		             "(%llu in all)")),
		    first, (unsigned long long)files);
	return rc;
}

int
causes_find(struct store *store, const struct config *config, const struct calendar *calendar, int64_t now,
    const char *(*tr)(const char *text), struct alarms *ret_causes, struct err *err)
{
	struct causes w = {store, config, calendar, now, tr, ret_causes};
	int rc;

	ret_causes->n = 0;
	causes_calendar(&w);
	rc = causes_rosters(&w, err);
	if (rc == 0)
		rc = causes_cycles(&w, err);
	if (rc == 0)
		rc = draws_each(store, causes_draw, &w, err);
	if (rc == 0)
		rc = causes_witnesses(&w, err);
	if (rc == 0)
		rc = causes_published(&w, err);
	if (rc == 0)
		rc = causes_letters(&w, err);
	return rc;
}
