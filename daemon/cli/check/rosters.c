/* `check`: the rosters, and each cycle's rules against them. */

#include <stdlib.h>
#include <string.h>

#include "cli/check/check.h"
#include "core/base/text.h"
#include "ledger/operator.h"
#include "rosters/rosters.h"

#define WHERE_MAX 64

/* ---- rosters ---- */

static int
open_store(struct check *check)
{
	struct cli *cli = check->cli;
	int rc;

	if (cli->store != NULL)
		return 0;
	rc = store_open(cli->config.state_dir, 0, &cli->store, &cli->err);
	if (rc == ERR_ABSENT) {
		check_say(check, CHECK_FAULT, cli->config.state_dir, "%s", cli->err.message);
		return 0;
	}
	return rc;
}

static int
check_kind(struct check *check, enum roster_kind kind)
{
	struct cli *cli = check->cli;
	const struct duration *age = &cli->config.max_roster_age;
	const char *name = roster_columns[kind].kind;
	int64_t attested = 0;
	uint64_t rows = 0;
	char date[DATE_TEXT];
	int rc;

	rc = rosters_count(cli->store, kind, &rows, &cli->err);
	if (rc != 0)
		return rc;
	if (rows == 0) {
		if (kind == ROSTER_TARGETS || kind == ROSTER_INSPECTORS || kind == ROSTER_MATTERS)
			check_say(check, CHECK_FAULT, name, _("the roster is empty: \"spotcheck import %s FILE\""),
			    name);
		return 0;
	}
	rc = rosters_attested(cli->store, kind, &attested, NULL, &cli->err);
	if (rc != 0)
		return rc == ERR_ABSENT ? 0 : rc;
	text_from_date((int32_t)(attested / DAY_S), date);
	if (age->n > 0 && cli->now - attested > age->n && (kind == ROSTER_TARGETS || kind == ROSTER_INSPECTORS))
		check_say(check, CHECK_FAULT, name,
		    _("it was last attested on %s, longer ago than max_roster_age allows: \"spotcheck attest %s\""),
		    date, name);
	return 0;
}

/* Reports a state that may not sign: it is older than what was published, or restored and not compared yet. */
static int
check_may_sign(struct check *check)
{
	struct cli *cli = check->cli;
	struct operator operator = {.config = &cli->config, .store = cli->store, .now = cli->now};
	struct err why = {.tr = cli->err.tr};
	int rc = cli->store == NULL ? ERR_ABSENT : operator_open(&operator, &why);

	key_wipe(&operator.key);
	if (rc == 0 || rc == ERR_ABSENT)
		return 0;
	check_say(check, CHECK_FAULT, cli->config.state_dir, "%s", why.message);
	return 0;
}

int
check_rosters(struct check *check)
{
	int rc = open_store(check);

	if (rc == 0)
		rc = check_may_sign(check);
	for (int kind = 0; kind < ROSTER_KINDS && rc == 0 && check->cli->store != NULL; kind++)
		rc = check_kind(check, (enum roster_kind)kind);
	return rc == 0 ? EXIT_DONE : cli_fail(check->cli);
}

/* ---- one cycle ---- */

struct class_count {
	char name[TEXT_MAX + 1];
	uint64_t n;
};

/* A tag that targets need where the team has a seat `own`. */
struct need_count {
	char tag[ID_MAX + 1];
	uint64_t targets, inspectors;
};

struct cycle_check {
	struct check *check;
	const struct config_cycle *cycle;
	char where[WHERE_MAX];
	uint64_t targets, no_unit, no_area, no_level;
	struct class_count *classes;
	size_t n_classes;
	struct need_count *needs;
	size_t n_needs, own_seats;
	uint64_t inspectors, inspectors_no_unit, inspectors_no_area, inspectors_no_level;
	uint64_t fits[TEAM_MAX];
	bool *matters; /* one for each of cycle->matters: it is in the roster */
};

static int
count_class(struct cycle_check *c, struct slice class)
{
	struct class_count *grown;

	for (size_t i = 0; i < c->n_classes; i++) {
		if (slice_is(class, c->classes[i].name)) {
			c->classes[i].n++;
			return 0;
		}
	}
	grown = reallocarray(c->classes, c->n_classes + 1, sizeof *grown);
	if (grown == NULL)
		return err_memory(&c->check->cli->err);
	c->classes = grown;
	grown += c->n_classes++;
	(void)snprintf(grown->name, sizeof grown->name, "%.*s", (int)class.n, class.n == 0 ? "" : class.p);
	grown->n = 1;
	return 0;
}

static int
count_need(struct cycle_check *c, struct slice tag)
{
	struct need_count *grown;

	if (c->own_seats == 0 || tag.n == 0)
		return 0;
	for (size_t i = 0; i < c->n_needs; i++) {
		if (slice_is(tag, c->needs[i].tag)) {
			c->needs[i].targets++;
			return 0;
		}
	}
	grown = reallocarray(c->needs, c->n_needs + 1, sizeof *grown);
	if (grown == NULL)
		return err_memory(&c->check->cli->err);
	c->needs = grown;
	grown += c->n_needs++;
	*grown = (struct need_count){.targets = 1};
	(void)snprintf(grown->tag, sizeof grown->tag, "%.*s", SLICE_ARGS(tag));
	return 0;
}

static int
count_target_in_scope(void *ctx, const struct rosters_target *t)
{
	struct cycle_check *c = ctx;

	c->targets++;
	c->no_unit += t->unit.n == 0;
	c->no_area += t->area.n == 0;
	c->no_level += t->level == LEVEL_NONE;
	return count_class(c, t->class) != 0 ? ERR_MEMORY : count_need(c, t->needs);
}

static bool
has_tag(struct slice tags, const char *tag)
{
	while (tags.p != NULL)
		if (slice_is(slice_cut(&tags, ';'), tag))
			return true;
	return false;
}

static bool
seat_asks_tag(const struct config_cycle *cycle, size_t seat)
{
	return strcmp(cycle->team.items[seat], "any") != 0 && strcmp(cycle->team.items[seat], "own") != 0;
}

static int
count_inspector(void *ctx, const struct rosters_inspector *p)
{
	struct cycle_check *c = ctx;

	if (p->excused)
		return 0;
	c->inspectors++;
	c->inspectors_no_unit += p->unit.n == 0;
	c->inspectors_no_area += p->area.n == 0;
	c->inspectors_no_level += p->level == LEVEL_NONE;
	for (size_t s = 0; s < c->cycle->team.n; s++)
		c->fits[s] += !seat_asks_tag(c->cycle, s) || has_tag(p->tags, c->cycle->team.items[s]);
	for (size_t i = 0; i < c->n_needs; i++)
		c->needs[i].inspectors += has_tag(p->tags, c->needs[i].tag);
	return 0;
}

static int
note_matter(void *ctx, const struct rosters_matter *matter)
{
	struct cycle_check *c = ctx;

	for (size_t i = 0; i < c->cycle->matters.n; i++)
		if (slice_is(matter->id, c->cycle->matters.items[i]))
			c->matters[i] = true;
	return 0;
}

/* Each class of targets must have an amount; each amount should have targets. */
static void
say_classes(struct cycle_check *c)
{
	const struct config_cycle *cycle = c->cycle;
	bool rest = cycle->n_sample > 0 && strcmp(cycle->sample[cycle->n_sample - 1].class, "*") == 0;

	for (size_t i = 0; i < c->n_classes; i++) {
		bool covered = rest;

		for (size_t j = 0; j < cycle->n_sample; j++)
			covered = covered || strcmp(cycle->sample[j].class, c->classes[i].name) == 0;
		if (!covered)
			check_say(c->check, CHECK_FAULT, c->where,
			    _("sample has no amount for class \"%s\" (%llu targets), and none for *"),
			    c->classes[i].name, (unsigned long long)c->classes[i].n);
	}
	for (size_t j = 0; j < cycle->n_sample; j++) {
		bool there = strcmp(cycle->sample[j].class, "*") == 0;

		for (size_t i = 0; i < c->n_classes; i++)
			there = there || strcmp(cycle->sample[j].class, c->classes[i].name) == 0;
		if (!there)
			check_say(c->check, CHECK_HINT, c->where, _("sample: no target has class \"%s\""),
			    cycle->sample[j].class);
	}
}

/* Reports empty values in a column that a rule compares: they make a pair unlawful. */
static void
say_empty(struct cycle_check *c, bool rule, const char *key, const char *column, uint64_t targets, uint64_t inspectors)
{
	if (!rule || c->targets == 0)
		return;
	if (targets > 0)
		check_say(c->check, targets == c->targets ? CHECK_FAULT : CHECK_HINT, c->where,
		    _("%s: %llu targets have no %s, and nobody can be sent to them"), key, (unsigned long long)targets,
		    column);
	if (inspectors > 0)
		check_say(c->check, inspectors == c->inspectors ? CHECK_FAULT : CHECK_HINT, c->where,
		    _("%s: %llu inspectors have no %s, and can be sent nowhere"), key, (unsigned long long)inspectors,
		    column);
}

static void
say_team(struct cycle_check *c)
{
	const struct config_cycle *cycle = c->cycle;

	if (c->inspectors < cycle->team.n)
		check_say(c->check, CHECK_FAULT, c->where, _("team: there are %llu inspectors for %zu seats"),
		    (unsigned long long)c->inspectors, cycle->team.n);
	for (size_t s = 0; s < cycle->team.n; s++)
		if (c->fits[s] == 0 && c->inspectors > 0)
			check_say(c->check, CHECK_FAULT, c->where, _("team: no inspector has the tag \"%s\""),
			    cycle->team.items[s]);
	for (size_t i = 0; i < cycle->matters.n; i++)
		if (!c->matters[i])
			check_say(c->check, CHECK_FAULT, c->where,
			    _("matters: \"%s\" does not stand in the roster of matters"), cycle->matters.items[i]);
}

/* What targets need must be held by enough inspectors for the seats `own` of one team. */
static void
say_needs(struct cycle_check *c)
{
	for (size_t i = 0; i < c->n_needs; i++) {
		const struct need_count *need = &c->needs[i];
		unsigned long long targets = need->targets, inspectors = need->inspectors;

		if (inspectors == 0)
			check_say(c->check, CHECK_FAULT, c->where,
			    _("team: %llu targets need \"%s\", which no inspector has as a tag"), targets, need->tag);
		else if (inspectors < c->own_seats)
			check_say(c->check, CHECK_FAULT, c->where,
			    _("team: %llu targets need \"%s\" for %zu seats, and only %llu inspectors have it"),
			    targets, need->tag, c->own_seats, inspectors);
		else if (inspectors == c->own_seats)
			check_say(c->check, CHECK_HINT, c->where,
			    _("team: who goes to the %llu targets that need \"%s\" is known beforehand: nobody else "
			      "has "
			      "it"),
			    targets, need->tag);
	}
}

static int
check_cycle_rosters(struct cycle_check *c)
{
	struct cli *cli = c->check->cli;
	const struct config_cycle *cycle = c->cycle;
	int rc = rosters_each_target(cli->store, cycle->targets, cycle->n_targets, cli->today, count_target_in_scope, c,
	    &cli->err);

	if (rc == ERR_REFUSED) { /* the scope names a column that the roster lacks */
		check_say(c->check, CHECK_FAULT, c->where, "targets: %s", cli->err.message);
		rc = 0;
	} else if (rc == 0 && c->targets == 0) {
		check_say(c->check, CHECK_FAULT, c->where, _("targets: nobody is in the scope"));
	}
	if (rc == 0)
		rc = rosters_each_inspector(cli->store, cli->today, count_inspector, c, &cli->err);
	if (rc == 0)
		rc = rosters_each_matter(cli->store, note_matter, c, &cli->err);
	if (rc != 0)
		return rc;
	say_classes(c);
	say_empty(c, cycle->avoid_unit, "avoid = unit", "unit", c->no_unit, c->inspectors_no_unit);
	say_empty(c, cycle->avoid_area, "avoid = area", "area", c->no_area, c->inspectors_no_area);
	say_empty(c, cycle->has_level_gap, "level_gap", "level", c->no_level, c->inspectors_no_level);
	say_team(c);
	say_needs(c);
	return 0;
}

/* What `quiet` means for this INI: without another cycle nothing, with embargo = 0 a later opening. */
static void
say_quiet(struct cycle_check *c)
{
	if (c->cycle->quiet.n == 0)
		return;
	if (c->check->cli->config.n_cycles == 1)
		check_say(c->check, CHECK_HINT, c->where, _("quiet: there is no other cycle, so nothing rests by it"));
	else if (c->cycle->rule.embargo == 0)
		check_say(c->check, CHECK_HINT, c->where,
		    _("quiet: a draw is opened only when those of other cycles that it looks at are, in spite of "
		      "embargo "
		      "= 0"));
}

/* Visits of one inspector that must be further apart than the window is long cannot both be kept. */
static void
say_spacing(struct cycle_check *c)
{
	const struct schedule_rule *rule = &c->cycle->rule;
	const struct visit_times *times = &rule->visit_times;
	int64_t span = (rule->window - 1) * DAY_S + (times->min[times->n - 1] - times->min[0]) * (int64_t)60;

	if (rule->when != WHEN_DURING_HOLIDAY && (!rule->window_workdays || rule->window == 1) &&
	    c->cycle->max_load != 1 && c->cycle->spacing.n > span)
		check_say(c->check, CHECK_HINT, c->where,
		    _("spacing: the window is shorter, so an inspector with visits to two units cannot keep both"));
}

static int
check_cycle(struct check *check, const struct config_cycle *cycle)
{
	struct cycle_check c = {.check = check, .cycle = cycle};
	int rc = 0;

	(void)snprintf(c.where, sizeof c.where, "[cycle %s]", cycle->name);
	for (size_t s = 0; s < cycle->team.n; s++)
		c.own_seats += strcmp(cycle->team.items[s], "own") == 0;
	c.matters = calloc(cycle->matters.n + 1, sizeof *c.matters);
	if (c.matters == NULL)
		rc = err_memory(&check->cli->err);
	if (rc == 0 && check->cli->store != NULL)
		rc = check_cycle_rosters(&c);
	if (cycle->rule.embargo == 0 && cycle->rule.when != WHEN_MANUAL)
		check_say(check, CHECK_HINT, c.where,
		    _("embargo = 0: who is visited, and when, is public before the visits"));
	say_quiet(&c);
	say_spacing(&c);
	free(c.needs);
	free(c.classes);
	free(c.matters);
	return rc;
}

int
check_cycles(struct check *check)
{
	const struct config *config = &check->cli->config;
	int rc = 0;

	if (config->n_cycles == 0)
		check_say(check, CHECK_FAULT, config->path, _("there is no [cycle NAME], so nothing is ever drawn"));
	for (size_t i = 0; i < config->n_cycles && rc == 0; i++)
		rc = check_cycle(check, &config->cycles[i]);
	return rc == 0 ? EXIT_DONE : cli_fail(check->cli);
}
