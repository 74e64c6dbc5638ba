/* Takes the snapshot that a commitment fixes: checks rosters and rules, writes the files, fills the commitment. */
#include "draws/snapshot.h"

#include <sodium.h>
#include <stdlib.h>

#include "core/draw/draw.h"
#include "core/draw/history.h"
#include "draws/snapshot_codes.h"
#include "draws/snapshot_rows.h"
#include "draws/stored_draw.h"
#include "rosters/codes.h"
#include "rosters/rosters.h"
#include "system/clock.h"

enum { HEX_TARGETS, HEX_TARGETS_ROOT, HEX_INSPECTORS, HEX_INSPECTORS_ROOT, HEX_CONFLICTS, HEX_AWAY, HEX_SEALED };

void
snapshot_init(struct snapshot *s)
{
	*s = (struct snapshot){0};
	buf_init(&s->targets, DRAW_FILE_MAX);
	buf_init(&s->inspectors, DRAW_FILE_MAX);
	buf_init(&s->conflicts, DRAW_FILE_MAX);
	buf_init(&s->away, DRAW_FILE_MAX);
	buf_init(&s->sealed_bytes, DRAW_FILE_MAX);
}

void
snapshot_release(struct snapshot *s)
{
	if (s == NULL)
		return;
	commit_release(&s->commit);
	sealed_release(&s->sealed);
	roster_release(&s->roster);
	buf_release(&s->sealed_bytes);
	buf_release(&s->away);
	buf_release(&s->conflicts);
	buf_release(&s->inspectors);
	buf_release(&s->targets);
	snapshot_init(s);
}

/* ---- the first few names at fault, and how many there are, for a message ---- */

#define NAMES_SHOWN 8

struct name_list {
	struct slice names[NAMES_SHOWN];
	size_t n;
	char text[NAMES_SHOWN * (TEXT_MAX + 2) + 32];
};

static void
name_list_add(struct name_list *list, struct slice name)
{
	if (list->n < NAMES_SHOWN)
		list->names[list->n] = name;
	list->n++;
}

static bool
name_list_has(const struct name_list *list, struct slice name)
{
	for (size_t i = 0; i < list->n && i < NAMES_SHOWN; i++)
		if (slice_eq(list->names[i], name))
			return true;
	return false;
}

/* "T001, T004 … (12)" */
static const char *
name_list_text(struct name_list *list)
{
	struct buf out;

	buf_init(&out, sizeof list->text - 1);
	for (size_t i = 0; i < list->n && i < NAMES_SHOWN; i++) {
		buf_text(&out, i == 0 ? "" : ", ");
		buf_slice(&out, list->names[i].n > 0 ? list->names[i] : slice_of("\"\""));
	}
	if (list->n > NAMES_SHOWN)
		buf_format(&out, " \xE2\x80\xA6 (%zu)", list->n);
	memcpy(list->text, out.data == NULL ? "" : out.data, out.len);
	list->text[out.len] = '\0';
	buf_release(&out);
	return list->text;
}

/* ---- rules and strata ---- */

static struct rules
rules_of(const struct snapshot_want *want)
{
	const struct config_cycle *c = want->cycle;
	struct rules rules = {.avoid_area = c->avoid_area,
	    .avoid_unit = c->avoid_unit,
	    .has_level_gap = c->has_level_gap,
	    .level_gap = c->level_gap,
	    .cover_days = (uint64_t)c->cover,
	    .rest_days = (uint64_t)c->rest,
	    .inspectors = (uint64_t)c->inspectors,
	    .max_load = (uint64_t)c->max_load,
	    .quiet_days = (uint64_t)(c->quiet.n / DAY_S),
	    .same_unit = c->same_unit,
	    .spacing = (uint64_t)(c->spacing.n / 60),
	    .reserve = (uint64_t)c->reserve,
	    .rotate = (uint64_t)c->rotate,
	    .slack = (uint64_t)c->slack,
	    .timezone = slice_of(want->config->timezone)};

	for (size_t i = 0; i < c->team.n && i < TEAM_MAX; i++)
		rules.team[rules.seats++] = slice_of(c->team.items[i]);
	return rules;
}

static int
copy_strata(struct commit *commit, const struct config_cycle *cycle, struct err *err)
{
	commit->strata = calloc(cycle->n_sample + 1, sizeof *commit->strata);
	if (commit->strata == NULL)
		return err_memory(err);
	commit->n_strata = cycle->n_sample;
	for (size_t i = 0; i < cycle->n_sample; i++)
		commit->strata[i] = (struct stratum){.class = slice_of(cycle->sample[i].class),
		    .by_rate = cycle->sample[i].by_rate,
		    .amount = cycle->sample[i].amount};
	return 0;
}

/* ---- what must hold before a commitment ---- */

static int
check_age(struct store *store, const struct snapshot_want *want, enum roster_kind kind, const char *name,
    struct err *err)
{
	const struct duration *age = &want->config->max_roster_age;
	struct err why = {.tr = err != NULL ? err->tr : NULL};
	int64_t attested = 0;
	char date[DATE_TEXT];
	int rc = rosters_attested(store, kind, &attested, NULL, &why);

	if (rc == ERR_ABSENT && (kind == ROSTER_TARGETS || kind == ROSTER_INSPECTORS))
		return err_set(err, ERR_REFUSED, N_("there is no roster of %s yet: \"spotcheck import %s FILE\""), name,
		    name);
	if (rc == ERR_ABSENT || (rc == 0 && age->n == 0))
		return 0;
	if (rc != 0)
		return err_copy(err, &why);
	if (attested >= calendar_shift(want->calendar, clock_zone(), want->now, age, -1))
		return 0;
	text_from_date(clock_date(attested), date);
	return err_set(err, ERR_REFUSED,
	    N_("the roster of %s was last attested on %s, which is longer ago than max_roster_age "
	       "allows: import it anew, or \"spotcheck attest %s --by NAME\""),
	    name, date, name);
}

static int
check_ages(struct store *store, const struct snapshot_want *want, struct err *err)
{
	for (int kind = 0; kind < ROSTER_CONTACTS; kind++) {
		int rc = check_age(store, want, (enum roster_kind)kind, roster_columns[kind].kind, err);

		if (rc != 0)
			return rc;
	}
	return 0;
}

static int
check_classes(const struct snapshot *s, const struct config_cycle *cycle, struct err *err)
{
	struct name_list names = {.n = 0};

	for (size_t i = 0; i < s->roster.n_targets && names.n < NAMES_SHOWN; i++) {
		struct slice class = target_class(&s->roster.targets[i]);

		if ((commit_stratum(&s->commit, class) < 0 || slice_is(class, "*")) && !name_list_has(&names, class))
			name_list_add(&names, class);
	}
	if (names.n == 0)
		return 0;
	return err_set(err, ERR_REFUSED,
	    N_("[cycle %s] sample covers no targets of class %s: give them a rate, or all others one "
	       "as *:10%%"),
	    cycle->name, name_list_text(&names));
}

static int
check_levels(const struct snapshot *s, const struct config_cycle *cycle, struct err *err)
{
	struct name_list names = {.n = 0};

	for (size_t i = 0; i < s->roster.n_targets; i++)
		if (s->roster.targets[i].level == LEVEL_NONE && s->roster.targets[i].drum != DRUM_EXCUSED)
			name_list_add(&names, target_id(&s->roster.targets[i]));
	for (size_t i = 0; i < s->roster.n_inspectors; i++)
		if (s->roster.inspectors[i].level == LEVEL_NONE && s->roster.inspectors[i].drum == INSPECTOR_IN)
			name_list_add(&names, inspector_id(&s->roster.inspectors[i]));
	if (!cycle->has_level_gap || names.n == 0)
		return 0;
	return err_set(err, ERR_REFUSED, N_("[cycle %s] level_gap compares levels, and these have none: %s"),
	    cycle->name, name_list_text(&names));
}

static int
check_weights(const struct snapshot *s, const struct config_cycle *cycle, struct err *err)
{
	if (cycle->weight != CYCLE_WEIGHT_RISK)
		return 0;
	for (size_t i = 0; i < s->roster.n_targets; i++)
		if (s->roster.targets[i].weight != 1)
			return 0;
	return err_set(err, ERR_REFUSED,
	    N_("[cycle %s] weight = risk, but all targets in the roster have the same weight: give its column weight, "
	       "or set weight = none"),
	    cycle->name);
}

static int
check_rosters(const struct snapshot *s, const struct snapshot_want *want, struct err *err)
{
	const struct config_cycle *cycle = want->cycle;
	int rc;

	if (s->roster.n_targets == 0)
		return err_set(err, ERR_REFUSED,
		    cycle->n_targets == 0 ? N_("[cycle %s] there are no targets to draw from")
		                          : N_("[cycle %s] no target passes \"targets =\""),
		    cycle->name);
	if (s->roster.n_inspectors == 0)
		return err_set(err, ERR_REFUSED, N_("[cycle %s] there are no inspectors to send"), cycle->name);
	rc = check_classes(s, cycle, err);
	if (rc == 0)
		rc = check_levels(s, cycle, err);
	if (rc == 0)
		rc = check_weights(s, cycle, err);
	return rc;
}

/* ---- sealed.json: the days of the visits, the matters ---- */

/* A festival that is only computed may move: whether the days around it are workdays is not known yet. */
static int
check_announced(const struct snapshot *s, const struct snapshot_want *want, struct err *err)
{
	int32_t last = slot_date(s->sealed.slots[s->sealed.n_slots - 1]);
	char date[DATE_TEXT];

	if (want->n == 0 || (want->cycle->rule.when != WHEN_DURING_HOLIDAY && !want->cycle->rule.window_workdays) ||
	    !calendar_provisional(want->calendar, s->commit.date, last))
		return 0;
	text_from_date(last, date);
	return err_set(err, ERR_NOT_YET,
	    N_("[cycle %s] the visits, up to %s, depend on computed festivals that are not announced yet, so nothing "
	       "is committed: put the year's holidays into [calendar] files"),
	    want->cycle->name, date);
}

static int
refuse_no_day(const struct snapshot *s, const struct config_cycle *cycle, struct err *err)
{
	char date[DATE_TEXT];

	if (cycle->rule.when != WHEN_DURING_HOLIDAY)
		return err_set(err, ERR_REFUSED, N_("[cycle %s] window has no day on which to visit"), cycle->name);
	text_from_date(s->commit.date, date);
	return err_set(err, ERR_REFUSED,
	    N_("[cycle %s] when = during holiday: %s is in no holiday, or is the last day of one, so no day is "
	       "left for visits"),
	    cycle->name, date);
}

/* Each day of the window at each of its times. */
static int
add_slots(struct sealed *sealed, const struct config_cycle *cycle, const int32_t *dates, size_t n, struct err *err)
{
	const struct visit_times *times = &cycle->rule.visit_times;

	if (n * times->n > SLOTS_MAX)
		return err_set(err, ERR_REFUSED,
		    N_("[cycle %s] visit_time: %zu times on %zu days are more than %d slots: take fewer times"),
		    cycle->name, times->n, n, SLOTS_MAX);
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < times->n; k++)
			sealed->slots[sealed->n_slots++] = slot_of(dates[i], times->min[k]);
	return 0;
}

static int
set_slots(struct snapshot *s, const struct snapshot_want *want, struct err *err)
{
	const struct config_cycle *cycle = want->cycle;
	int32_t *dates = calloc(SLOTS_MAX, sizeof *dates), last;
	size_t n = dates == NULL ? 0 : schedule_visits(want->calendar, &cycle->rule, s->commit.date, dates, SLOTS_MAX);
	char date[DATE_TEXT];
	int rc = 0;

	s->sealed.slots = calloc(SLOTS_MAX, sizeof *s->sealed.slots);
	if (dates == NULL || s->sealed.slots == NULL)
		rc = err_memory(err);
	else if (n == 0)
		rc = refuse_no_day(s, cycle, err);
	if (rc == 0)
		rc = add_slots(&s->sealed, cycle, dates, n, err);
	free(dates);
	if (rc == 0)
		rc = check_announced(s, want, err);
	if (rc != 0)
		return rc;
	last = slot_date(s->sealed.slots[s->sealed.n_slots - 1]);
	if (cycle->rule.embargo == 0 || last <= clock_date(want->draw_time + cycle->rule.embargo * DAY_S))
		return 0;
	text_from_date(last, date);
	return err_set(err, ERR_REFUSED,
	    N_("[cycle %s] embargo = %lld opens the record before the last possible visit, on %s"), cycle->name,
	    (long long)cycle->rule.embargo, date);
}

static int
compare_matter_ids(const void *a, const void *b)
{
	return slice_cmp(*(const struct slice *)a, *(const struct slice *)b);
}

static int
mark_known_matter(void *ctx, const struct rosters_matter *matter)
{
	struct sealed *sealed = ctx;

	/* Known matters move to the front; until all are read `take` counts them. */
	for (size_t i = sealed->take; i < sealed->n_matters; i++)
		if (slice_eq(sealed->matters[i], matter->id)) {
			struct slice known = sealed->matters[i];

			sealed->matters[i] = sealed->matters[sealed->take];
			sealed->matters[sealed->take++] = known;
		}
	return 0;
}

static int
set_matters(struct snapshot *s, struct store *store, const struct config_cycle *cycle, struct err *err)
{
	struct sealed *sealed = &s->sealed;
	int rc;

	sealed->matters = calloc(cycle->matters.n + 1, sizeof *sealed->matters);
	if (sealed->matters == NULL)
		return err_memory(err);
	for (size_t i = 0; i < cycle->matters.n; i++)
		sealed->matters[sealed->n_matters++] = slice_of(cycle->matters.items[i]);
	rc = rosters_each_matter(store, mark_known_matter, sealed, err);
	if (rc == 0 && sealed->take < sealed->n_matters)
		rc = err_set(err, ERR_REFUSED,
		    N_("[cycle %s] matters names \"%.*s\", which does not stand in the roster of matters: "
		       "\"spotcheck import matters FILE\""),
		    cycle->name, SLICE_ARGS(sealed->matters[sealed->take]));
	qsort(sealed->matters, sealed->n_matters, sizeof *sealed->matters, compare_matter_ids);
	sealed->take = (uint64_t)cycle->matters_take;
	return rc;
}

static int
write_sealed_file(struct snapshot *s, struct err *err)
{
	uint8_t nonce[NONCE_HEX / 2];

	randombytes_buf(nonce, sizeof nonce);
	text_to_hex(nonce, sizeof nonce, s->nonce);
	hash_hex(buf_view(&s->conflicts), s->hex[HEX_CONFLICTS]);
	s->sealed.nonce = slice_of(s->nonce);
	hash_hex(buf_view(&s->away), s->hex[HEX_AWAY]);
	s->sealed.conflicts = (struct sealed_file){s->roster.n_conflicts, slice_of(s->hex[HEX_CONFLICTS])};
	s->sealed.away = (struct sealed_file){s->roster.n_away, slice_of(s->hex[HEX_AWAY])};
	sealed_write(&s->sealed, &s->sealed_bytes);
	if (s->sealed_bytes.failed)
		return err_memory(err);
	hash_hex(buf_view(&s->sealed_bytes), s->hex[HEX_SEALED]);
	s->commit.sealed = slice_of(s->hex[HEX_SEALED]);
	return 0;
}

/* ---- the files ---- */

static int
parse_targets(struct snapshot *s, struct err *err)
{
	return roster_parse_targets(&s->roster, buf_view(&s->targets), "targets.csv", s->commit.date, NULL, err);
}

static int
write_roster_files(struct snapshot *s, struct store *store, const struct snapshot_want *want, struct err *err)
{
	struct away_days away;
	struct rows_want rows = {.store = store,
	    .cycle = want->cycle,
	    .rules = &s->commit.rules,
	    .date = s->commit.date,
	    .slots = s->sealed.slots,
	    .n_slots = s->sealed.n_slots,
	    .away = &away,
	    .coded = want->config->public_ids == IDS_CODED,
	    .n = want->n,
	    .progress = want->progress};
	/* What is opened at once must not tell of the visits of draws that are still sealed. */
	bool booked = want->cycle->rule.embargo > 0;
	int rc = away_days_read(store, rows.slots, rows.n_slots, booked, &away, err);

	if (rc == 0)
		rc = rows_targets(&rows, &s->targets, err);
	if (rc == 0)
		rc = rows_inspectors(&rows, &s->inspectors, err);
	if (rc == 0)
		rc = parse_targets(s, err);
	if (rc == 0)
		rc = roster_parse_inspectors(&s->roster, buf_view(&s->inspectors), "inspectors.csv", NULL, err);
	if (rc == 0)
		rc = rows_conflicts(&rows, &s->roster, &s->conflicts, err);
	if (rc == 0)
		rc = roster_parse_conflicts(&s->roster, buf_view(&s->conflicts), "conflicts.csv", err);
	if (rc == 0)
		rc = rows_away(&rows, &s->roster, &s->away, err);
	if (rc == 0)
		rc = roster_parse_away(&s->roster, buf_view(&s->away), "away.csv", s->sealed.slots, s->sealed.n_slots,
		    err);
	away_days_release(&away);
	return rc;
}

/* The rosters once more, of files that have codes now. */
static int
parse_again(struct snapshot *s, struct err *err)
{
	int rc;

	roster_release(&s->roster);
	rc = parse_targets(s, err);
	if (rc == 0)
		rc = roster_parse_inspectors(&s->roster, buf_view(&s->inspectors), "inspectors.csv", NULL, err);
	if (rc == 0)
		rc = roster_parse_conflicts(&s->roster, buf_view(&s->conflicts), "conflicts.csv", err);
	if (rc == 0)
		rc = roster_parse_away(&s->roster, buf_view(&s->away), "away.csv", s->sealed.slots, s->sealed.n_slots,
		    err);
	return rc;
}

/* From here on everything is called as it is published.  A rehearsal goes on with the office's own names. */
static int
publish_codes(struct snapshot *s, struct store *store, const struct snapshot_want *want, struct err *err)
{
	struct snapshot_files files = {&s->targets, &s->inspectors, &s->conflicts, &s->away};
	int rc;

	if (want->n == 0 || want->config->public_ids != IDS_CODED)
		return 0;
	rc = snapshot_put_codes(store, &files, err);
	return rc == 0 ? parse_again(s, err) : rc;
}

static struct file_commitment
commit_file(const struct buf *bytes, char sha256[static HASH_HEX + 1], char root[static HASH_HEX + 1])
{
	size_t rows = 0;
	struct hash h = roster_root(buf_view(bytes), &rows);

	text_to_hex(h.b, HASH_BYTES, root);
	hash_hex(buf_view(bytes), sha256);
	return (struct file_commitment){.root = slice_of(root), .sha256 = slice_of(sha256), .rows = rows};
}

static void
commit_files(struct snapshot *s)
{
	s->commit.targets = commit_file(&s->targets, s->hex[HEX_TARGETS], s->hex[HEX_TARGETS_ROOT]);
	s->commit.inspectors = commit_file(&s->inspectors, s->hex[HEX_INSPECTORS], s->hex[HEX_INSPECTORS_ROOT]);
	for (size_t i = 0; i < s->roster.n_targets; i++)
		s->commit.excused_targets += s->roster.targets[i].drum == DRUM_EXCUSED;
	for (size_t i = 0; i < s->roster.n_inspectors; i++)
		s->commit.excused_inspectors += s->roster.inspectors[i].drum == INSPECTOR_EXCUSED;
}

/* A target's `since` must be what it was in the commitment before. */
static int
check_since_unchanged(const struct roster *before, const struct roster *now, struct err *err)
{
	size_t k = 0;

	for (size_t i = 0; i < now->n_targets; i++) {
		const struct target *t = &now->targets[i];

		while (k < before->n_targets && slice_cmp(target_id(&before->targets[k]), target_id(t)) < 0)
			k++;
		if (k < before->n_targets && slice_eq(target_id(&before->targets[k]), target_id(t)) &&
		    before->targets[k].since != t->since)
			return err_set(err, ERR_REFUSED,
			    N_("the year in which target %.*s entered the roster differs from the commitment "
			       "before: its \"since\" cannot change"),
			    SLICE_ARGS(target_id(t)));
	}
	return 0;
}

/* What changed since the cycle's previous commitment, which may have been voided. */
static int
set_changes(struct snapshot *s, struct store *store, const struct config_cycle *cycle, struct err *err)
{
	struct draw_row before;
	struct stored_draw previous;
	int rc = draws_latest(store, cycle->name, &before, err);

	if (rc == ERR_ABSENT) {
		roster_changes(NULL, &s->roster, &s->commit.changes);
		return 0;
	}
	if (rc != 0)
		return rc;
	stored_draw_init(&previous);
	rc = stored_draw_load(&previous, store, before.n, err);
	if (rc == 0)
		rc = check_since_unchanged(&previous.roster, &s->roster, err);
	if (rc == 0) {
		s->commit.changes.previous = before.n;
		roster_changes(&previous.roster, &s->roster, &s->commit.changes);
	}
	stored_draw_release(&previous);
	return rc;
}

static int
count_strata(struct snapshot *s, struct err *err)
{
	s->sealed.strata = calloc(s->commit.n_strata + 1, sizeof *s->sealed.strata);
	if (s->sealed.strata == NULL)
		return err_memory(err);
	s->sealed.n_strata = s->commit.n_strata;
	return strata_count(&s->commit, &s->roster, s->sealed.strata, err);
}

int
snapshot_take(struct snapshot *s, struct store *store, const struct snapshot_want *want, struct err *err)
{
	int rc;

	s->commit.n = want->n;
	s->commit.cycle = slice_of(want->cycle->name);
	s->commit.draw_time = want->draw_time;
	s->commit.origin = slice_of(want->config->origin);
	s->commit.date = clock_date(want->draw_time);
	s->commit.rules = rules_of(want);
	rc = check_ages(store, want, err);
	if (rc == 0 && want->codes_key != NULL)
		rc = codes_give(store, want->codes_key, err);
	if (rc == 0)
		rc = copy_strata(&s->commit, want->cycle, err);
	if (rc == 0)
		rc = set_slots(s, want, err);
	if (rc == 0)
		rc = set_matters(s, store, want->cycle, err);
	if (rc == 0)
		rc = write_roster_files(s, store, want, err);
	if (rc == 0)
		rc = check_rosters(s, want, err);
	if (rc == 0)
		rc = publish_codes(s, store, want, err);
	if (rc == 0)
		rc = count_strata(s, err);
	if (rc != 0)
		return rc;
	commit_files(s);
	/* A rehearsal has no codes to compare with those of the commitment before. */
	if (want->n > 0 || want->config->public_ids == IDS_PLAIN)
		rc = set_changes(s, store, want->cycle, err);
	return rc == 0 ? write_sealed_file(s, err) : rc;
}

int
snapshot_keep(const struct snapshot *s, struct store *store, struct err *err)
{
	uint64_t n = s->commit.n;
	int rc;

	rc = draw_file_put(store, n, "targets.csv", buf_view(&s->targets), err);
	if (rc == 0)
		rc = draw_file_put(store, n, "inspectors.csv", buf_view(&s->inspectors), err);
	if (rc == 0)
		rc = draw_file_put(store, n, "conflicts.csv", buf_view(&s->conflicts), err);
	if (rc == 0)
		rc = draw_file_put(store, n, "away.csv", buf_view(&s->away), err);
	if (rc == 0)
		rc = draw_file_put(store, n, "sealed.json", buf_view(&s->sealed_bytes), err);
	return rc;
}
