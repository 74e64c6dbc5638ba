/* The values of a draw's page: commitment, assurance, outcome and, once it is revealed, the result. */
#include "publish/draw_page.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/base/array.h"
#include "core/base/json.h"
#include "core/base/text.h"
#include "core/draw/amend.h"
#include "core/draw/record.h"
#include "core/format/roster.h"
#include "draws/assurance.h"
#include "draws/unkept.h"
#include "ledger/ledger.h"
#include "publish/odds_picture.h"
#include "publish/words.h"
#include "system/clock.h"

#define WORDS_BYTES 256

static const struct template_name time_names[] = {{"time", NULL}, {"reason", NULL}, {NULL, NULL}};
static const struct template_name counted_names[] = {{"drum", NULL}, {"take", NULL}, {NULL, NULL}};
static const struct template_name flag_names[] = {{NULL, NULL}};
static const struct template_name cosigned_names[] = {{"witnesses", NULL}, {"commit", NULL}, {"outcome", NULL},
    {NULL, NULL}};
static const struct template_name beacon_names[] = {{"words", NULL}, {NULL, NULL}};
static const struct template_name stratum_names[] = {{"class", NULL}, {"drum", NULL}, {"slips", NULL}, {"rule", NULL},
    {"take", NULL}, {NULL, NULL}};
static const struct template_name change_names[] = {{"name", NULL}, {"added", NULL}, {"altered", NULL},
    {"removed", NULL}, {NULL, NULL}};
static const struct template_name changed_names[] = {{"previous", NULL}, {"changes", change_names}, {NULL, NULL}};
static const struct template_name rule_names[] = {{"name", NULL}, {"value", NULL}, {NULL, NULL}};
static const struct template_name selected_names[] = {{"place", NULL}, {"id", NULL}, {"class", NULL}, {"date", NULL},
    {"team", NULL}, {"ticket", NULL}, {NULL, NULL}};
static const struct template_name ids_names[] = {{"ids", NULL}, {NULL, NULL}};
static const struct template_name unkept_names[] = {{"ids", NULL}, {"count", NULL}, {"visits", NULL}, {NULL, NULL}};
static const struct template_name reserve_names[] = {{"id", NULL}, {"class", NULL}, {"ticket", NULL}, {NULL, NULL}};
static const struct template_name reserved_names[] = {{"reserve", reserve_names}, {NULL, NULL}};
static const struct template_name amendment_names[] = {{"number", NULL}, {"place", NULL}, {"what", NULL}, {"out", NULL},
    {"in", NULL}, {"reason", NULL}, {NULL, NULL}};
static const struct template_name amended_names[] = {{"amendments", amendment_names}, {NULL, NULL}};
static const struct template_name roster_names[] = {{"id", NULL}, {"class", NULL}, {"unit", NULL}, {"area", NULL},
    {"weight", NULL}, {"part", NULL}, {NULL, NULL}};
static const struct template_name listed_names[] = {{"rows", NULL}, {"roster", roster_names}, {NULL, NULL}};
static const struct template_name picture_names[] = {{"picture", NULL}, {"words", NULL}, {NULL, NULL}};
static const struct template_name result_names[] = {{"chosen", NULL}, {"staffed", NULL}, {"people", NULL},
    {"matters", NULL}, {"selected", selected_names}, {"more", ids_names}, {"unstaffed", ids_names},
    {"unkept", unkept_names}, {"reserved", reserved_names}, {"amended", amended_names}, {"listed", listed_names},
    {"pictured", picture_names}, {NULL, NULL}};
static const struct template_name recorded_names[] = {{"record_hash", NULL}, {NULL, NULL}};
static const struct template_name seeded_names[] = {{"seed", NULL}, {"secret", NULL}, {NULL, NULL}};
static const struct template_name file_names[] = {{"name", NULL}, {NULL, NULL}};

const struct template_name site_draw_names[] = {{"up", NULL}, {"other", NULL}, {"operator", NULL}, {"version", NULL},
    {"zone", NULL}, {"n", NULL}, {"title", NULL}, {"state", NULL}, {"class", NULL}, {"explained", flag_names},
    {"cosigned", cosigned_names}, {"beacon", beacon_names}, {"commit_time", NULL}, {"draw_time", NULL},
    {"drawn", time_names}, {"void", time_names}, {"sealed", time_names}, {"opened", time_names}, {"targets", NULL},
    {"inspectors", NULL}, {"excused_targets", NULL}, {"excused_inspectors", NULL}, {"counted", counted_names},
    {"strata", stratum_names}, {"changed", changed_names}, {"rules", rule_names}, {"result", result_names},
    {"commit_hash", NULL}, {"recorded", recorded_names}, {"seeded", seeded_names}, {"files", file_names}, {NULL, NULL}};

static void
put_time_row(struct template_row *values, const char *list, int64_t time, struct slice reason)
{
	struct template_row *row = template_put_row(values, list);

	site_put_time(row, "time", time);
	template_put(row, "reason", reason);
}

static void
put_empty_lists(struct template_row *values)
{
	static const char *const lists[] = {"explained", "cosigned", "beacon", "drawn", "void", "sealed", "opened",
	    "changed", "result", "recorded", "seeded", "files"};

	for (size_t i = 0; i < ARRAY_LEN(lists); i++)
		template_put_list(values, lists[i]);
}

/* ---- the commitment ---- */

static void
put_stratum(struct template_row *values, const struct stratum *s, const struct sealed_stratum *counts)
{
	struct template_row *row = template_put_row(values, "strata");
	char rule[WORDS_BYTES];

	if (s->by_rate)
		(void)snprintf(rule, sizeof rule, "%llu.%02llu%%", (unsigned long long)s->amount / 100,
		    (unsigned long long)s->amount % 100);
	else
		(void)snprintf(rule, sizeof rule, "%llu", (unsigned long long)s->amount);
	template_put(row, "class", s->class);
	template_put(row, "rule", slice_of(rule));
	if (counts == NULL) {
		template_put(row, "drum", slice_of("–"));
		template_put(row, "slips", slice_of("–"));
		template_put(row, "take", slice_of("–"));
		return;
	}
	template_put_uint(row, "drum", counts->drum);
	template_put_uint(row, "slips", counts->slips);
	template_put_uint(row, "take", counts->take);
}

/* What the drum holds is sealed until the reveal (`sealed` NULL). */
static void
put_stratum_rows(struct template_row *values, const struct commit *c, const struct sealed *sealed)
{
	struct template_row *counted;
	uint64_t drum = 0;

	template_put_list(values, "strata");
	template_put_list(values, "counted");
	for (size_t i = 0; i < c->n_strata; i++) {
		put_stratum(values, &c->strata[i], sealed == NULL ? NULL : &sealed->strata[i]);
		drum += sealed == NULL ? 0 : sealed->strata[i].drum;
	}
	if (sealed != NULL) {
		counted = template_put_row(values, "counted");
		template_put_uint(counted, "drum", drum);
		template_put_uint(counted, "take", sealed_chosen(sealed));
	}
	template_put_uint(values, "targets", c->targets.rows);
	template_put_uint(values, "inspectors", c->inspectors.rows);
	template_put_uint(values, "excused_targets", c->excused_targets);
	template_put_uint(values, "excused_inspectors", c->excused_inspectors);
}

static int
put_strata(struct store *store, const struct draw_row *row, const struct commit *c, struct template_row *values,
    struct err *err)
{
	struct sealed sealed;
	struct buf bytes;
	int rc;

	if (!row->revealed) {
		put_stratum_rows(values, c, NULL);
		return 0;
	}
	rc = draw_file_get(store, row->n, "sealed.json", &bytes, err);
	if (rc == 0)
		rc = sealed_parse(buf_view(&bytes), &sealed, err);
	if (rc == 0) {
		put_stratum_rows(values, c, &sealed);
		sealed_release(&sealed);
	}
	buf_release(&bytes);
	return rc;
}

static void
put_change(struct template_row *row, const char *name, uint64_t added, bool has_altered, uint64_t altered,
    uint64_t removed)
{
	struct template_row *change = template_put_row(row, "changes");

	template_put(change, "name", slice_of(name));
	template_put_uint(change, "added", added);
	if (has_altered)
		template_put_uint(change, "altered", altered);
	else
		template_put(change, "altered", slice_of("–"));
	template_put_uint(change, "removed", removed);
}

static void
put_roster_changes(struct template_row *values, const struct changes *c, bool chinese)
{
	struct template_row *row;

	if (c->previous == 0)
		return;
	row = template_put_row(values, "changed");
	template_put_uint(row, "previous", c->previous);
	template_put_list(row, "changes");
	put_change(row, chinese ? "检查对象" : "targets", c->targets_added, true, c->targets_changed,
	    c->targets_removed);
	put_change(row, chinese ? "检查人员" : "inspectors", c->inspectors_added, true, c->inspectors_changed,
	    c->inspectors_removed);
	put_change(row, chinese ? "回避关系" : "conflicts", c->conflicts_added, false, 0, c->conflicts_removed);
}

static void
put_rule(struct template_row *values, const char *name, struct slice value)
{
	struct template_row *row = template_put_row(values, "rules");

	template_put(row, "name", slice_of(name));
	template_put(row, "value", value);
}

static void
put_number_rule(struct template_row *values, const char *name, uint64_t n, bool shown)
{
	char text[32];

	if (!shown)
		return;
	(void)snprintf(text, sizeof text, "%llu", (unsigned long long)n);
	put_rule(values, name, slice_of(text));
}

static void
put_rule_rows(struct template_row *values, const struct rules *r, bool chinese)
{
	char team[WORDS_BYTES * 4] = "", gap[32];
	size_t len = 0;

	template_put_list(values, "rules");
	for (size_t s = 0; s < r->seats && len < sizeof team - 64; s++)
		len += (size_t)snprintf(team + len, sizeof team - len, "%s%.*s", s == 0 ? "" : ", ",
		    (int)(r->team[s].n > 32 ? 32 : r->team[s].n), r->team[s].p);
	put_rule(values, chinese ? "每组席位" : "Seats of a team", slice_of(team));
	if (r->avoid_unit || r->avoid_area)
		put_rule(values, chinese ? "必须不同" : "Must differ",
		    slice_of(r->avoid_unit && r->avoid_area ? chinese ? "单位、区域" : "unit, area"
		            : r->avoid_unit                 ? chinese ? "单位" : "unit"
		            : chinese                       ? "区域"
		                                            : "area"));
	if (r->has_level_gap) {
		(void)snprintf(gap, sizeof gap, "%lld", (long long)r->level_gap);
		put_rule(values, chinese ? "检查人员级别至少高出" : "Inspector above target by at least",
		    slice_of(gap));
	}
	put_number_rule(values, chinese ? "抽取检查人员" : "Inspectors drawn", r->inspectors, r->inspectors > 0);
	put_number_rule(values, chinese ? "每人最多承担" : "Visits of an inspector, at most", r->max_load,
	    r->max_load > 0);
	put_number_rule(values, chinese ? "搭配不重复的抽取次数" : "No pair again for so many draws", r->rotate,
	    r->rotate > 0);
	put_number_rule(values, chinese ? "抽中后休息天数" : "A target rests for so many days", r->rest_days,
	    r->rest_days > 0);
	put_number_rule(values, chinese ? "多少天未抽中即优先" : "First after so many days without a draw",
	    r->cover_days, r->cover_days > 0);
	put_number_rule(values, chinese ? "每类候补" : "Reserve of each class", r->reserve, true);
}

/* ---- outcome and reveal, from their log entries ---- */

static int
put_outcome_entry(struct store *store, const struct draw_row *row, struct template_row *values, struct err *err)
{
	char reason[2 * TEXT_REASON_MAX];
	struct entry e;
	struct buf bytes;
	size_t n = 0;
	int rc;

	if (row->outcome == OUTCOME_NONE)
		return 0;
	rc = ledger_entry(store, row->outcome_entry, &bytes, err);
	if (rc == 0)
		rc = entry_parse(buf_view(&bytes), &e, err);
	if (rc == 0) {
		if (row->outcome == OUTCOME_VOID && e.void_.reason.n <= sizeof reason)
			n = json_unescape(e.void_.reason, reason);
		put_time_row(values, row->outcome == OUTCOME_VOID ? "void" : "drawn", e.time,
		    (struct slice){reason, n});
		if (row->outcome == OUTCOME_DRAW)
			template_put(template_put_row(values, "recorded"), "record_hash", slice_of(row->record));
		entry_release(&e);
	}
	buf_release(&bytes);
	return rc;
}

static int
put_reveal_entry(struct store *store, const struct draw_row *row, struct template_row *values, struct err *err)
{
	struct entry e;
	struct buf bytes;
	int rc;

	if (!row->revealed) {
		if (row->outcome != OUTCOME_VOID)
			put_time_row(values, "sealed", draw_reveal_from(row), slice_of(""));
		return 0;
	}
	rc = ledger_entry(store, row->reveal_entry, &bytes, err);
	if (rc == 0)
		rc = entry_parse(buf_view(&bytes), &e, err);
	if (rc == 0) {
		put_time_row(values, "opened", e.time, slice_of(""));
		entry_release(&e);
	}
	buf_release(&bytes);
	return rc;
}

/* ---- the result of a revealed draw ---- */

struct result {
	struct store *store;
	const struct draw_row *row;
	bool chinese;
	struct roster roster; /* targets only; empty: too many to list */
	struct buf record_bytes, target_bytes;
	struct record record;
	bool has_record;
};

static void
result_release(struct result *r)
{
	if (r->has_record)
		record_release(&r->record);
	roster_release(&r->roster);
	buf_release(&r->target_bytes);
	buf_release(&r->record_bytes);
}

static int
result_read(struct result *r, const struct commit *commit, struct err *err)
{
	int rc = draw_file_get(r->store, r->row->n, "record.json", &r->record_bytes, err);

	if (rc == 0)
		rc = record_parse(buf_view(&r->record_bytes), commit->rules.seats, &r->record, err);
	r->has_record = rc == 0;
	if (rc != 0 || commit->targets.rows > SITE_ROWS_MAX)
		return rc;
	rc = draw_file_get(r->store, r->row->n, "targets.csv", &r->target_bytes, err);
	if (rc == 0)
		rc = roster_parse_targets(&r->roster, buf_view(&r->target_bytes), "targets.csv", commit->date, NULL,
		    err);
	return rc;
}

static void
put_target_class(const struct result *r, struct template_row *row, struct slice id)
{
	ptrdiff_t at = roster_find_target(&r->roster, id);

	template_put(row, "class", at < 0 ? slice_of("") : target_class(&r->roster.targets[at]));
}

static void
put_id_list(struct template_row *row, const char *name, const struct slice *ids, size_t n)
{
	struct buf text;

	buf_init(&text, (size_t)1 << 20);
	for (size_t i = 0; i < n && i < SITE_ROWS_MAX; i++) {
		buf_text(&text, i == 0 ? "" : ", ");
		buf_slice(&text, ids[i].n == 0 ? slice_of("–") : ids[i]);
	}
	template_put(row, name, text.failed ? slice_of("…") : buf_view(&text));
	buf_release(&text);
}

static void
put_selected_rows(const struct result *r, struct template_row *result, size_t seats)
{
	template_put_list(result, "selected");
	for (size_t i = 0; i < r->record.n_selected && i < SITE_ROWS_MAX; i++) {
		const struct record_target *t = &r->record.selected[i];
		struct template_row *row = template_put_row(result, "selected");
		char visit[SLOT_TEXT];

		slot_format(t->visit, visit);
		visit[10] = ' ';
		template_put_uint(row, "place", i);
		template_put(row, "id", t->id);
		put_target_class(r, row, t->id);
		template_put(row, "date", slice_of(visit));
		put_id_list(row, "team", &r->record.team[i * seats], seats);
		template_put(row, "ticket", t->ticket);
	}
}

static void
put_reserve_rows(const struct result *r, struct template_row *result)
{
	struct template_row *reserved;

	if (r->record.n_reserve == 0)
		return;
	reserved = template_put_row(result, "reserved");
	template_put_list(reserved, "reserve");
	for (size_t i = 0; i < r->record.n_reserve && i < SITE_ROWS_MAX; i++) {
		struct template_row *row = template_put_row(reserved, "reserve");

		template_put(row, "id", r->record.reserve[i].id);
		put_target_class(r, row, r->record.reserve[i].id);
		template_put(row, "ticket", r->record.reserve[i].ticket);
	}
}

static struct slice
reason_words(struct slice reason, bool chinese)
{
	static const char *const words[][2] = {{"recusal", "回避"}, {"unavailable", "不能到场"}, {"closed", "已关闭"},
	    {"moved", "已搬迁"}, {"other", "其他"}};

	for (size_t i = 0; chinese && i < ARRAY_LEN(words); i++)
		if (slice_is(reason, words[i][0]))
			return slice_of(words[i][1]);
	return reason;
}

static void
put_amendment(struct template_row *amended, const struct amendment *a, bool chinese)
{
	struct template_row *row = template_put_row(amended, "amendments");
	char seat[WORDS_BYTES];

	(void)snprintf(seat, sizeof seat, chinese ? "席位 %llu" : "seat %llu", (unsigned long long)a->seat);
	template_put_uint(row, "number", a->amendment);
	template_put_uint(row, "place", a->place);
	template_put(row, "what", slice_of(a->of_target ? chinese ? "对象" : "target" : seat));
	template_put(row, "out", a->out);
	template_put(row, "in", a->in.n == 0 ? slice_of(chinese ? "无人接替" : "nobody") : a->in);
	template_put(row, "reason", reason_words(a->reason, chinese));
}

static int
put_amendment_rows(const struct result *r, struct template_row *result, struct err *err)
{
	struct template_row *amended = NULL;
	struct query q;
	int rc = 0, closed;

	query_open(&q, r->store, "SELECT bytes FROM draw_amendment WHERE n = ? ORDER BY amendment");
	query_put_int(&q, (int64_t)r->row->n);
	while (rc == 0 && query_row(&q)) {
		struct amendment a;

		if (amended == NULL) {
			amended = template_put_row(result, "amended");
			template_put_list(amended, "amendments");
		}
		rc = amendment_parse(query_blob(&q, 0), &a, err);
		if (rc == 0)
			put_amendment(amended, &a, r->chinese);
	}
	closed = query_close(&q, rc == 0 ? err : NULL);
	return rc != 0 ? rc : closed;
}

static const char *
part_words(enum drum drum, bool chinese)
{
	static const char *const words[] = {[DRUM_IN] = "参加",
	    [DRUM_DUE] = "参加，优先（久未抽中）",
	    [DRUM_CARRIED] = "参加，优先（上次未能检查）",
	    [DRUM_REST] = "休息",
	    [DRUM_EXCUSED] = "豁免"};

	return chinese ? words[drum] : drum_name(drum);
}

static void
put_roster_rows(const struct result *r, struct template_row *result)
{
	struct template_row *listed;

	if (r->roster.n_targets == 0)
		return;
	listed = template_put_row(result, "listed");
	template_put_uint(listed, "rows", r->roster.n_targets);
	template_put_list(listed, "roster");
	for (size_t i = 0; i < r->roster.n_targets; i++) {
		const struct target *t = &r->roster.targets[i];
		struct template_row *row = template_put_row(listed, "roster");

		template_put(row, "id", target_id(t));
		template_put(row, "class", target_class(t));
		template_put(row, "unit", target_unit(t));
		template_put(row, "area", target_area(t));
		template_put_uint(row, "weight", t->weight);
		template_put(row, "part", slice_of(part_words((enum drum)t->drum, r->chinese)));
	}
}

/* The picture of each target's chance. */
static int
put_picture(struct store *store, const struct draw_row *row, bool chinese, struct template_row *result, struct err *err)
{
	struct template_row *pictured = template_put_row(result, "pictured");
	struct site_odds odds;
	struct buf words;
	int rc = site_odds_read(store, row, &odds, err);

	buf_init(&words, (size_t)1 << 20);
	if (rc == 0) {
		site_odds_words(&odds, chinese, &words);
		template_put(pictured, "picture", slice_of(site_odds_name(chinese)));
		template_put(pictured, "words", buf_view(&words));
		rc = words.failed ? err_memory(err) : 0;
	}
	buf_release(&words);
	site_odds_release(&odds);
	return rc;
}

static void
put_unkept(const struct unkept *u, struct template_row *result)
{
	struct template_row *row;
	struct slice *ids;
	size_t n = 0;

	if (u->n == 0)
		return;
	row = template_put_row(result, "unkept");
	ids = calloc(u->n, sizeof *ids);
	for (size_t i = 0; ids != NULL && i < u->input.n_places; i++)
		if (!u->kept[i])
			ids[n++] = u->places[i].target;
	put_id_list(row, "ids", ids, n);
	template_put_uint(row, "count", u->n);
	template_put_uint(row, "visits", u->visits);
	free(ids);
}

/* Which visits cannot be kept, as amended: the rosters say who is away, and of which unit a target is. */
static int
put_unkept_visits(struct store *store, const struct draw_row *row, struct template_row *result, struct err *err)
{
	struct visits visits = {.n = 0};
	struct unkept unkept = {.n = 0};
	struct stored_draw d;
	int rc;

	stored_draw_init(&d);
	rc = stored_draw_load(&d, store, row->n, err);
	if (rc == 0)
		rc = visits_read_ids(store, row->n, &visits, err);
	if (rc == 0)
		rc = unkept_of_visits(&d, &visits, &unkept, err);
	if (rc == 0)
		put_unkept(&unkept, result);
	unkept_release(&unkept);
	visits_release(&visits);
	stored_draw_release(&d);
	return rc;
}

static int
put_result(struct store *store, const struct draw_row *row, const struct commit *commit, bool chinese,
    struct template_row *values, struct err *err)
{
	static const char *const lists[] = {"more", "unstaffed", "unkept", "reserved", "amended", "listed", "pictured"};
	struct result r = {.store = store, .row = row, .chinese = chinese};
	struct template_row *result, *seeded;
	int rc = result_read(&r, commit, err);

	if (rc != 0) {
		result_release(&r);
		return rc;
	}
	result = template_put_row(values, "result");
	for (size_t i = 0; i < ARRAY_LEN(lists); i++)
		template_put_list(result, lists[i]);
	template_put_uint(result, "chosen", r.record.n_selected + r.record.n_unstaffed);
	template_put_uint(result, "staffed", r.record.n_selected);
	template_put_uint(result, "people", r.record.n_inspectors);
	put_id_list(result, "matters", r.record.matters, r.record.n_matters);
	put_selected_rows(&r, result, commit->rules.seats);
	if (r.record.n_selected > SITE_ROWS_MAX)
		template_put(template_put_row(result, "more"), "ids", slice_of("record.json"));
	if (r.record.n_unstaffed > 0)
		put_id_list(template_put_row(result, "unstaffed"), "ids", r.record.unstaffed, r.record.n_unstaffed);
	put_reserve_rows(&r, result);
	put_roster_rows(&r, result);
	rc = put_amendment_rows(&r, result, err);
	if (rc == 0)
		rc = put_unkept_visits(store, row, result, err);
	if (rc == 0)
		rc = put_picture(store, row, chinese, result, err);
	seeded = template_put_row(values, "seeded");
	template_put(seeded, "seed", r.record.seed);
	template_put(seeded, "secret", r.record.secret);
	result_release(&r);
	return rc;
}

/* ---- files ---- */

static void
put_file_name(struct template_row *values, const char *name)
{
	template_put(template_put_row(values, "files"), "name", slice_of(name));
}

static void
put_files(const struct draw_row *row, struct template_row *values)
{
	static const char *const opened[] = {"targets.csv", "inspectors.csv", "conflicts.csv", "away.csv",
	    "sealed.json"};

	put_file_name(values, "commit.json");
	put_file_name(values, "commit.checkpoint");
	if (row->outcome != OUTCOME_NONE)
		put_file_name(values, "outcome.checkpoint");
	for (size_t i = 0; row->revealed && i < ARRAY_LEN(opened); i++)
		put_file_name(values, opened[i]);
	if (row->revealed && row->outcome == OUTCOME_DRAW)
		put_file_name(values, "record.json");
}

/* ---- assurance and beacon ---- */

static int
put_assurance(struct store *store, const struct draw_row *row, bool chinese, struct template_row *values,
    struct err *err)
{
	struct draw_assurance assurance;
	struct template_row *cosigned;
	int rc = draw_assurance_read(store, row, &assurance, err);

	if (rc != 0)
		return rc;
	template_put(values, "class", slice_of(site_class(assurance.assurance, chinese)));
	if (row->outcome == OUTCOME_DRAW && assurance.assurance == ASSURANCE_C)
		(void)template_put_row(values, "explained");
	if (assurance.witnesses == 0)
		return 0;
	cosigned = template_put_row(values, "cosigned");
	template_put_uint(cosigned, "witnesses", assurance.witnesses);
	template_put_uint(cosigned, "commit", assurance.commit_in_time);
	template_put_uint(cosigned, "outcome", assurance.outcome_in_time);
	return 0;
}

/* What the beacon is, in words; nothing for a draw without one. */
static void
put_beacon_words(struct template_row *values, const struct beacon *beacon, bool chinese)
{
	char words[TEXT_REASON_MAX + 256], label[TEXT_REASON_MAX];
	struct note_key key = {.name = {"", 0}};

	switch (beacon->source) {
	case SOURCE_NONE:
		return;
	case SOURCE_PUBLIC:
		(void)snprintf(words, sizeof words, chinese ? "当众产生：%.*s" : "made in public: %.*s",
		    (int)json_unescape(beacon->label, label), label);
		break;
	case SOURCE_DRAND:
		(void)snprintf(words, sizeof words,
		    chinese ? "drand quicknet 第 %llu 轮" : "drand quicknet, round %llu",
		    (unsigned long long)beacon->round);
		break;
	case SOURCE_WITNESS:
		(void)note_key_parse(beacon->key, &key, NULL);
		(void)snprintf(words, sizeof words,
		    chinese ? "见证人 %.*s 的签名" : "the signature of the witness %.*s", SLICE_ARGS(key.name));
		break;
	}
	template_put(template_put_row(values, "beacon"), "words", slice_of(words));
}

/* ---- all values ---- */

static int
put_commitment(struct store *store, const struct draw_row *row, bool chinese, struct template_row *values,
    struct err *err)
{
	struct entry e;
	struct buf bytes;
	char hash[HASH_HEX + 1];
	int rc = ledger_entry(store, row->commit_entry, &bytes, err);

	if (rc == 0)
		rc = entry_parse(buf_view(&bytes), &e, err);
	if (rc != 0)
		goto out;
	hash_hex(buf_view(&bytes), hash);
	template_put(values, "commit_hash", slice_of(hash));
	site_put_time(values, "commit_time", e.time);
	rc = put_strata(store, row, &e.commit, values, err);
	put_roster_changes(values, &e.commit.changes, chinese);
	put_rule_rows(values, &e.commit.rules, chinese);
	put_beacon_words(values, &e.commit.beacon, chinese);
	if (rc == 0 && row->revealed && row->outcome == OUTCOME_DRAW)
		rc = put_result(store, row, &e.commit, chinese, values, err);
	entry_release(&e);
out:
	buf_release(&bytes);
	return rc;
}

int
site_draw_values(struct store *store, const struct config *config, const struct draw_row *row, bool chinese,
    struct template_row *values, struct err *err)
{
	int rc;

	put_empty_lists(values);
	template_put_uint(values, "n", row->n);
	template_put(values, "title", site_title(config, row->cycle));
	template_put(values, "operator", slice_of(config->operator));
	template_put(values, "state", slice_of(site_state(row, chinese)));
	site_put_time(values, "draw_time", row->draw_time);
	put_files(row, values);
	rc = put_assurance(store, row, chinese, values, err);
	if (rc == 0)
		rc = put_commitment(store, row, chinese, values, err);
	if (rc == 0)
		rc = put_outcome_entry(store, row, values, err);
	if (rc == 0)
		rc = put_reveal_entry(store, row, values, err);
	return rc;
}
