/* The checks of one draw (PROTOCOL 10, `files` to `amendments`): runs them in their order and reports each. */
#include "core/check/draw_check.h"

#include <stdlib.h>

#include "core/base/array.h"
#include "core/base/json.h"
#include "core/log/beacon.h"

/* Each check_*() returns 0 where its check holds.  Its caller makes sure that what it reads is there. */

static int
check_drum_of_targets(const struct draw_context *x, const struct draw_case *c, struct err *err)
{
	for (size_t i = 0; i < c->roster.n_targets; i++) {
		const struct target *t = &c->roster.targets[i];
		enum drum due = drum_due(&x->commit->rules, x->commit->date, t->since, t->last_drawn);

		if (t->elsewhere != DATE_NONE)
			due = DRUM_REST;
		else if (t->drum == DRUM_CARRIED)
			continue;
		if (t->drum != due && t->drum != DRUM_EXCUSED)
			return err_set(err, ERR_REFUSED, N_("targets.csv: the drum of %.*s is %s, but it must be %s"),
			    SLICE_ARGS(target_id(t)), drum_name((enum drum)t->drum), drum_name(due));
	}
	return 0;
}

static size_t
count_slot_dates(const struct sealed *sealed)
{
	size_t n = 0;

	for (size_t i = 0; i < sealed->n_slots; i++)
		n += i == 0 || slot_date(sealed->slots[i]) != slot_date(sealed->slots[i - 1]);
	return n;
}

/* Who is away on the date of every slot takes no part; rows of away.csv are distinct dates of slots. */
static int
check_drum_of_inspectors(const struct draw_case *c, struct err *err)
{
	size_t dates = count_slot_dates(&c->sealed), row = 0;

	for (size_t i = 0; i < c->roster.n_inspectors; i++) {
		const struct inspector *p = &c->roster.inspectors[i];
		size_t away = 0;

		for (; row < c->roster.n_away && c->roster.away[row].inspector == i; row++)
			away++;
		if (p->drum != INSPECTOR_EXCUSED && (p->drum == INSPECTOR_AWAY) != (away == dates))
			return err_set(err, ERR_REFUSED,
			    N_("inspectors.csv: the drum of %.*s is %s, but away.csv names it with %zu of %zu dates"),
			    SLICE_ARGS(inspector_id(p)), inspector_drum_name((enum inspector_drum)p->drum), away,
			    dates);
	}
	return 0;
}

static int
check_drum(const struct draw_context *x, const struct draw_case *c, struct err *err)
{
	int rc = check_drum_of_targets(x, c, err);

	return rc == 0 ? check_drum_of_inspectors(c, err) : rc;
}

static int
check_strata_counts(const struct draw_context *x, const struct draw_case *c, struct err *err)
{
	size_t n = x->commit->n_strata;
	struct sealed_stratum *right = calloc(n + 1, sizeof *right);
	int rc = right == NULL ? err_memory(err) : strata_count(x->commit, &c->roster, right, err);

	if (rc == 0 && c->sealed.n_strata != n)
		rc = err_set(err, ERR_REFUSED, N_("sealed.json has other strata than the commitment"));
	for (size_t i = 0; rc == 0 && i < n; i++) {
		const struct sealed_stratum *said = &c->sealed.strata[i];

		if (!slice_eq(said->class, right[i].class))
			rc = err_set(err, ERR_REFUSED, N_("sealed.json has other strata than the commitment"));
		else if (said->drum != right[i].drum || said->slips != right[i].slips || said->take != right[i].take)
			rc = err_set(err, ERR_REFUSED,
			    N_("class \"%.*s\": drum, slips and take are %llu, %llu and %llu, sealed.json says "
			       "%llu, %llu and "
			       "%llu"),
			    SLICE_ARGS(said->class), (unsigned long long)right[i].drum,
			    (unsigned long long)right[i].slips, (unsigned long long)right[i].take,
			    (unsigned long long)said->drum, (unsigned long long)said->slips,
			    (unsigned long long)said->take);
	}
	free(right);
	return rc;
}

static int
check_chain(const struct draw_context *x, const struct draw_case *c, struct err *err)
{
	char anchor[HASH_HEX + 1];

	chain_back(c->secret.p, x->commit->link, anchor);
	if (!slice_is(x->state->anchor, anchor))
		return err_set(err, ERR_REFUSED, N_("hashed %llu times the secret gives %s, but the anchor is %.*s"),
		    (unsigned long long)x->commit->link, anchor, SLICE_ARGS(x->state->anchor));
	return 0;
}

/* A void's value: its own, or the one that its reveal brings; p NULL where there is none. */
static struct slice
void_value_of(const struct draw_context *x)
{
	if (x->outcome->void_.beacon.p != NULL || x->reveal == NULL)
		return x->outcome->void_.beacon;
	return x->reveal->reveal.beacon;
}

/* Takes the secret and the beacon's value from the log, or from the record where there is only a folder. */
static int
find_secret_and_beacon(const struct draw_context *x, struct draw_case *c, struct err *err)
{
	struct slice escaped = {"", 0};

	if (!x->has_log && c->has_record) {
		c->secret = c->record.secret;
		escaped = c->record.beacon;
	} else if (x->reveal != NULL) {
		c->secret = x->reveal->reveal.secret;
		escaped = c->is_void ? void_value_of(x) : x->outcome->draw.beacon;
	}
	c->beacon = malloc(escaped.n + 1);
	if (c->beacon == NULL)
		return err_memory(err);
	c->input = (struct draw_input){.commit = x->commit,
	    .commit_hash = slice_of(x->commit_hash),
	    .roster = &c->roster,
	    .sealed = &c->sealed,
	    .secret = c->secret,
	    .beacon = {c->beacon, json_unescape(escaped, c->beacon)},
	    .progress = x->progress,
	    .threads = x->threads};
	return 0;
}

static bool
value_is_known(const struct draw_context *x, const struct draw_case *c)
{
	return !c->is_void || void_value_of(x).p != NULL || x->commit->beacon.source == SOURCE_NONE;
}

static int
compute_draw(struct draw_case *c, struct err *err)
{
	int rc = draw_compute(&c->input, &c->draw, err);

	c->has_draw = rc == 0;
	return rc;
}

static int
apply_amendment(const struct draw_context *x, struct draw_case *c, size_t index, struct err *err)
{
	struct slice bytes = buf_view(&c->amendments[index]);
	struct amendment a = {0};
	char hex[HASH_HEX + 1];
	int rc;

	if (x->has_log) {
		const struct entry *e = &x->log->entries[x->state->amends[index]].entry;

		hash_hex(bytes, hex);
		if (!slice_is(e->amend.sha256, hex))
			return err_set(err, ERR_REFUSED, N_("its hash is %s, but the log says %.*s"), hex,
			    SLICE_ARGS(e->amend.sha256));
	}
	rc = amendment_parse(bytes, &a, err);
	if (rc == 0 && (a.amendment != index + 1 || a.n != x->commit->n))
		rc = err_set(err, ERR_REFUSED, N_("it is amendment %llu of draw %llu"), (unsigned long long)a.amendment,
		    (unsigned long long)a.n);
	if (rc == 0)
		rc = places_apply(&c->places, &a, err);
	if (rc == 0 && a.of_target)
		rc = holds_amend(&c->holds, &c->places, (size_t)a.place,
		    x->has_log ? sequence_amendment_stands(x->log, x->state->amends[index]) : index, err);
	return rc;
}

/* Each archive entry between the draw and its reveal counts the amendments that stand by then. */
static int
check_counted(const struct draw_context *x, const struct draw_case *c, struct err *err)
{
	const struct sequence *s = x->sequence;
	struct slice *sha256 = calloc(x->state->n_amends + 1, sizeof *sha256);
	size_t counted = 0;
	int rc = sha256 == NULL ? err_memory(err) : 0;

	for (size_t i = 0; rc == 0 && i < x->state->n_amends; i++)
		sha256[i] = x->log->entries[x->state->amends[i]].entry.amend.sha256;
	for (size_t i = 0; rc == 0 && i < s->n_archives && s->archives[i] < x->state->reveal; i++) {
		const struct entry *e = &x->log->entries[s->archives[i]].entry;
		struct slice said = {"", 0};
		char right[HASH_HEX + 1];

		if (s->archives[i] < x->state->outcome)
			continue;
		while (counted < x->state->n_amends &&
		    sequence_amendment_stands(x->log, x->state->amends[counted]) <= s->archives[i])
			counted++;
		for (size_t k = 0; k < e->archive.n_open; k++)
			if (e->archive.open[k].n == x->n)
				said = e->archive.open[k].amended;
		amendments_hash(c->secret, s->archives[i], sha256, counted, right);
		if (!slice_is(said, right))
			rc = err_set(err, ERR_REFUSED,
			    N_("archive entry %zu counts other amendments than the %zu that stand by then"),
			    s->archives[i], counted);
	}
	free(sha256);
	return rc;
}

static bool
is_archive_between(const struct draw_context *x, uint64_t index)
{
	return index > x->state->outcome && index < x->state->reveal &&
	    x->log->entries[index].entry.type == ENTRY_ARCHIVE;
}

/* Where each amendment says that it stands: at an archive entry between draw and reveal, and behind the one before it. */
static int
check_standing(const struct draw_context *x, struct err *err)
{
	size_t before = 0;

	for (size_t i = 0; i < x->state->n_amends; i++) {
		const struct entry *e = &x->log->entries[x->state->amends[i]].entry;
		size_t stands = sequence_amendment_stands(x->log, x->state->amends[i]);

		if (e->amend.before_reveal && !is_archive_between(x, e->amend.archive))
			return err_set(err, ERR_REFUSED,
			    N_("amendment %zu names no archive entry between the draw and its reveal"), i + 1);
		if (stands < before)
			return err_set(err, ERR_REFUSED, N_("amendment %zu stands before the one before it"), i + 1);
		before = stands;
	}
	return 0;
}

static int
check_amendments(const struct draw_context *x, struct draw_case *c, struct err *err)
{
	int rc = x->has_log ? check_standing(x, err) : 0;

	if (rc == 0)
		rc = places_new(&c->input, &c->draw, &c->places, err);
	if (rc == 0)
		rc = holds_new(&c->places, &c->holds, err);
	for (size_t i = 0; rc == 0 && i < c->n_amendments; i++) {
		struct err why = {.tr = err->tr};

		rc = apply_amendment(x, c, i, &why);
		if (rc != 0)
			err_set(err, rc, N_("amendment %zu: %s"), i + 1, why.message);
	}
	if (rc == 0)
		holds_sort(&c->holds);
	c->has_places = rc == 0;
	return rc == 0 && x->has_log ? check_counted(x, c, err) : rc;
}

static int
check_late_amendment(const struct draw_context *x, struct err *err)
{
	if (x->state != NULL && x->state->amended_late)
		return err_set(err, ERR_REFUSED, N_("an amendment stands after the cycle's next commitment"));
	return 0;
}

/* --- one check after the other ------------------------------------------------------------------------------- */

struct run {
	const struct draw_context *x;
	struct draw_case *c;
	struct report *report;
	struct err *err; /* filled where the run ends: no memory, or a disk that fails */
	int rc;
};

static void
report_state(struct run *r, enum check check, enum check_state state, const char *detail)
{
	r->c->state[check] = state;
	report_check(r->report, r->x->n, check, state, detail);
}

static const char *
translated_reason(const struct run *r, const char *message)
{
	return r->report->tr != NULL ? r->report->tr(message) : message;
}

/* Reports what a check's function returned.  An error that says nothing about the draw ends the run instead. */
static void
report_verdict(struct run *r, enum check check, int rc, const struct err *why)
{
	if (report_cannot_tell(rc)) {
		r->rc = err_copy(r->err, why);
		r->c->state[check] = CHECK_NOT_RUN;
		return;
	}
	report_state(r, check, rc == 0 ? CHECK_OK : CHECK_FAILED, rc == 0 ? "" : why->message);
}

static bool
check_holds(const struct run *r, enum check check)
{
	return r->c->state[check] == CHECK_OK;
}

static void
run_files(struct run *r)
{
	struct err why = {.tr = r->report->tr};
	int rc = draw_files_check(r->x, r->c, &why);

	if (rc == 0 && r->c->opened && !r->c->is_void) {
		/* the check `record` reports one that is not canonical; here it only counts as absent */
		int parsed = record_parse(buf_view(&r->c->record_json), r->x->commit->rules.seats, &r->c->record, NULL);

		r->c->has_record = parsed == 0;
		rc = parsed == ERR_MEMORY ? err_memory(&why) : 0;
	}
	report_verdict(r, CHECK_FILES, rc, &why);
	if (r->c->not_nfc > 0)
		report_note(r->report, r->x->n, N_("%zu texts of the rosters are not in normalisation form C"),
		    r->c->not_nfc);
}

/* Runs a check that needs only the folder's files.  It is `sealed` until the files are revealed. */
static void
run_content(struct run *r, enum check check,
    int (*function)(const struct draw_context *, const struct draw_case *, struct err *))
{
	struct err why = {.tr = r->report->tr};

	if (!r->c->opened)
		report_state(r, check, CHECK_SEALED, "");
	else if (!check_holds(r, CHECK_FILES))
		report_state(r, check, CHECK_NOT_RUN, translated_reason(r, N_("the files have failed")));
	else
		report_verdict(r, check, function(r->x, r->c, &why), &why);
}

#define NOT_JUDGED 1 /* no error's code: they are negative */

/* The log holds `changes.previous`.  The rest of what this check reads is in the revealed files. */
static void
run_history(struct run *r, const struct cycle_past *past)
{
	const struct draw_state *state = r->x->state;
	struct err why = {.tr = r->report->tr};
	int rc = NOT_JUDGED;

	if (past == NULL) {
		report_state(r, CHECK_HISTORY, CHECK_NOT_RUN,
		    translated_reason(r, N_("a single folder does not hold the cycle's earlier draws")));
		return;
	}
	if (r->x->commit->changes.previous != (state->previous == SEQUENCE_NONE ? 0 : state->previous + 1))
		report_state(r, CHECK_HISTORY, CHECK_FAILED,
		    translated_reason(r, N_("changes.previous is not the cycle's previous commitment")));
	else if (!r->c->opened)
		report_state(r, CHECK_HISTORY, CHECK_SEALED, "");
	else if (!check_holds(r, CHECK_FILES))
		report_state(r, CHECK_HISTORY, CHECK_NOT_RUN, translated_reason(r, N_("the files have failed")));
	else if (past->broken)
		report_state(r, CHECK_HISTORY, CHECK_NOT_RUN,
		    translated_reason(r, N_("an earlier draw of the cycle could not be recomputed")));
	else
		rc = history_check(r->x, r->c, past, &why);
	if (rc == ERR_NOT_YET)
		report_state(r, CHECK_HISTORY, CHECK_NOT_RUN, why.message);
	else if (rc <= 0)
		report_verdict(r, CHECK_HISTORY, rc, &why);
}

static void
run_chain(struct run *r)
{
	struct err why = {.tr = r->report->tr};

	if (!r->x->has_log && r->c->opened)
		report_state(r, CHECK_CHAIN, CHECK_NOT_RUN,
		    translated_reason(r, N_("a single folder does not hold the chain's anchor")));
	else if (r->x->reveal == NULL)
		report_state(r, CHECK_CHAIN, CHECK_SEALED, "");
	else
		report_verdict(r, CHECK_CHAIN, check_chain(r->x, r->c, &why), &why);
}

static void
note_void_value(struct run *r, enum void_value value)
{
	if (value == VOID_UNPROVEN)
		report_note(r->report, r->x->n, N_("the void says that the beacon failed; nothing proves it"));
	if (value == VOID_WITHHELD)
		report_note(r->report, r->x->n, N_("the void has no value; one may have been thrown and withheld"));
}

static int
check_outcome_beacon(struct run *r, struct err *why)
{
	const struct draw_context *x = r->x;
	enum void_value value = VOID_VALUE;
	int rc;

	if (x->outcome->type == ENTRY_VOID)
		rc = beacon_check_void(x->commit, slice_of(x->commit_hash), x->outcome, x->reveal, x->cosigned, &value,
		    why);
	else
		rc = beacon_check_value(x->commit, slice_of(x->commit_hash), x->outcome->draw.beacon,
		    x->outcome->draw.signature, why);
	if (rc == 0 && x->outcome->type == ENTRY_DRAW && x->reveal != NULL && x->reveal->reveal.beacon.p != NULL)
		rc = err_set(why, ERR_REFUSED, N_("the reveal of a draw has a beacon's value once more"));
	if (rc == 0 && value == VOID_VALUE && x->commit->beacon.source == SOURCE_WITNESS &&
	    !x->cosigned->beacon_key_in_time)
		rc = err_set(why, ERR_REFUSED, N_("the beacon's witness did not cosign the commitment in time"));
	if (rc == 0)
		note_void_value(r, value);
	return rc;
}

static bool
needs_bls(const struct draw_context *x)
{
	return x->commit->beacon.source == SOURCE_DRAND &&
	    (x->outcome == NULL || x->outcome->type == ENTRY_DRAW || void_value_of(x).p != NULL);
}

static void
run_beacon(struct run *r)
{
	const struct draw_context *x = r->x;
	struct err why = {.tr = r->report->tr};
	int rc = beacon_check_form(x->commit, x->has_log ? &x->state->witnesses : NULL, &why);

	if (rc == 0 && x->outcome != NULL)
		rc = check_outcome_beacon(r, &why);
	else if (rc == 0 && !x->has_log && r->c->has_record)
		rc = beacon_check_value_form(x->commit, r->c->record.beacon, &why);
	if (rc != 0)
		report_state(r, CHECK_BEACON, CHECK_FAILED, why.message);
	else if (!x->has_log && r->c->opened && x->commit->beacon.source >= SOURCE_DRAND)
		report_state(r, CHECK_BEACON, CHECK_NOT_RUN,
		    translated_reason(r, N_("form and round hold; the signature stands in the log")));
	else if (x->outcome == NULL && !r->c->opened)
		report_state(r, CHECK_BEACON, CHECK_SEALED, "");
	else if (needs_bls(x))
		report_state(r, CHECK_BEACON, CHECK_NOT_RUN,
		    translated_reason(r,
		        N_("round and value hold; the BLS signature is not run here, verify.html runs it")));
	else
		report_state(r, CHECK_BEACON, CHECK_OK, "");
}

static const struct {
	enum check check;
	int (*compare)(const struct draw_case *c, struct err *err);
} comparisons[] = {
    {CHECK_SEED, compare_seed},
    {CHECK_SELECTION, compare_selection},
    {CHECK_INSPECTORS, compare_inspectors},
    {CHECK_TEAMS, compare_teams},
    {CHECK_VISITS, compare_visits},
    {CHECK_MATTERS, compare_matters},
};

#define N_COMPARISONS ARRAY_LEN(comparisons)

/* The checks from `seed` to `matters` share one recomputation.  Where it fails, each of them reports why. */
static void
report_comparisons(struct run *r, enum check_state state, const char *why)
{
	for (size_t i = 0; i < N_COMPARISONS; i++)
		report_state(r, comparisons[i].check, state, why);
}

/* Every comparison needs the right seed.  Teams also need the right selection, and visits the right teams. */
static bool
prerequisites_hold(const struct run *r, enum check check)
{
	if (check == CHECK_SEED)
		return true;
	if (check == CHECK_VISITS && !check_holds(r, CHECK_TEAMS))
		return false;
	if (check == CHECK_VISITS || check == CHECK_TEAMS)
		return check_holds(r, CHECK_SEED) && check_holds(r, CHECK_SELECTION);
	return check_holds(r, CHECK_SEED);
}

static void
run_comparisons(struct run *r)
{
	for (size_t i = 0; i < N_COMPARISONS; i++) {
		struct err why = {.tr = r->report->tr};

		if (prerequisites_hold(r, comparisons[i].check))
			report_verdict(r, comparisons[i].check, comparisons[i].compare(r->c, &why), &why);
		else
			report_state(r, comparisons[i].check, CHECK_NOT_RUN,
			    translated_reason(r, N_("a check that it stands on has failed")));
	}
}

static void
run_record(struct run *r)
{
	struct draw_case *c = r->c;
	struct err why = {.tr = r->report->tr};

	if (!c->has_record)
		report_verdict(r, CHECK_RECORD,
		    record_parse(buf_view(&c->record_json), r->x->commit->rules.seats, &c->record, &why), &why);
	else if (!c->has_draw)
		report_state(r, CHECK_RECORD, CHECK_NOT_RUN,
		    translated_reason(r, N_("a check that it stands on has failed")));
	else
		report_verdict(r, CHECK_RECORD, compare_record(r->x, c, &why), &why);
}

/* Recomputes the draw.  Where that is impossible, reports why for each comparison and returns false. */
static bool
recompute_draw(struct run *r)
{
	struct err why = {.tr = r->report->tr};
	int rc;

	if (!check_holds(r, CHECK_FILES) || !check_holds(r, CHECK_STRATA) || r->c->secret.p == NULL) {
		report_comparisons(r, CHECK_NOT_RUN, translated_reason(r, N_("a check that it stands on has failed")));
		return false;
	}
	rc = compute_draw(r->c, &why);
	if (rc == ERR_MEMORY)
		r->rc = err_memory(r->err);
	if (rc != 0)
		report_comparisons(r, CHECK_NOT_RUN, why.message);
	return rc == 0;
}

static void
run_amendments(struct run *r)
{
	struct draw_case *c = r->c;
	struct err why = {.tr = r->report->tr};
	int rc = check_late_amendment(r->x, &why);

	if (rc != 0)
		report_state(r, CHECK_AMENDMENTS, CHECK_FAILED, why.message);
	else if (!c->opened)
		report_state(r, CHECK_AMENDMENTS, CHECK_SEALED, "");
	else if (c->is_void)
		report_state(r, CHECK_AMENDMENTS, CHECK_OK, "");
	else if (!c->has_draw)
		report_state(r, CHECK_AMENDMENTS, CHECK_NOT_RUN,
		    translated_reason(r, N_("a check that it stands on has failed")));
	else
		report_verdict(r, CHECK_AMENDMENTS, check_amendments(r->x, c, &why), &why);
}

/* Notes how many targets the voided draw would have chosen, and the ids of the first few. */
static void
note_avoided(struct run *r)
{
	const struct draw_case *c = r->c;
	struct buf names;

	buf_init(&names, 4096);
	for (size_t i = 0; i < c->draw.n_chosen && i < 12; i++) {
		buf_text(&names, i == 0 ? "" : " ");
		buf_slice(&names, target_id(&c->roster.targets[c->draw.chosen[i].target]));
	}
	if (c->draw.n_chosen > 12)
		buf_text(&names, " …");
	buf_byte(&names, '\0');
	report_note(r->report, r->x->n, N_("the draw that this void avoided would have chosen %zu: %s"),
	    c->draw.n_chosen, names.failed ? "" : names.data);
	buf_release(&names);
}

/*
 * A void draws nothing.  Where it came after draw_time, or has a beacon value, what the draw would have chosen is
 * computed and noted.
 */
static void
report_void(struct run *r)
{
	struct err why = {.tr = r->report->tr};
	int rc;

	for (size_t i = 0; i < N_COMPARISONS; i++)
		report_state(r, comparisons[i].check, CHECK_NOT_RUN, translated_reason(r, N_("a void has no record")));
	report_state(r, CHECK_RECORD, CHECK_NOT_RUN, translated_reason(r, N_("a void has no record")));
	if (r->x->outcome->time <= r->x->commit->draw_time && void_value_of(r->x).p == NULL)
		return;
	if (!check_holds(r, CHECK_FILES) || !check_holds(r, CHECK_STRATA) || !value_is_known(r->x, r->c))
		return;
	rc = compute_draw(r->c, &why);
	if (rc == ERR_MEMORY)
		r->rc = err_memory(r->err);
	if (rc == 0)
		note_avoided(r);
}

static void
run_recomputation(struct run *r)
{
	if (!r->c->opened) {
		report_comparisons(r, CHECK_SEALED, "");
		report_state(r, CHECK_RECORD, CHECK_SEALED, "");
		return;
	}
	if (r->c->is_void) {
		report_void(r);
		return;
	}
	if (recompute_draw(r)) {
		if (r->c->has_record)
			run_comparisons(r);
		else
			report_comparisons(r, CHECK_NOT_RUN, translated_reason(r, N_("the record cannot be read")));
	}
	if (!check_holds(r, CHECK_FILES))
		report_state(r, CHECK_RECORD, CHECK_NOT_RUN, translated_reason(r, N_("the files have failed")));
	else
		run_record(r);
}

int
draw_check_all(const struct draw_context *x, struct cycle_past *past, struct draw_case *c, struct report *report,
    struct err *err)
{
	struct run r = {.x = x, .c = c, .report = report, .err = err};

	*c = (struct draw_case){0};
	run_files(&r);
	if (r.rc == 0 && find_secret_and_beacon(x, c, err) != 0)
		r.rc = ERR_MEMORY;
	if (r.rc != 0)
		return r.rc;
	run_content(&r, CHECK_DRUM, check_drum);
	run_content(&r, CHECK_STRATA, check_strata_counts);
	run_history(&r, past);
	run_chain(&r);
	run_beacon(&r);
	run_recomputation(&r);
	run_amendments(&r);
	return r.rc;
}

void
draw_case_release(struct draw_case *c)
{
	if (c == NULL)
		return;
	holds_release(&c->holds);
	places_release(&c->places);
	draw_release(&c->draw);
	record_release(&c->record);
	sealed_release(&c->sealed);
	roster_release(&c->roster);
	for (size_t i = 0; c->amendments != NULL && i < c->n_amendments; i++)
		buf_release(&c->amendments[i]);
	free(c->amendments);
	free(c->beacon);
	buf_release(&c->commit_json);
	buf_release(&c->targets_csv);
	buf_release(&c->inspectors_csv);
	buf_release(&c->conflicts_csv);
	buf_release(&c->away_csv);
	buf_release(&c->sealed_json);
	buf_release(&c->record_json);
	*c = (struct draw_case){0};
}

int
cycle_past_add(struct cycle_past *past, const struct draw_context *x, struct draw_case *c, struct err *err)
{
	if (!c->opened || c->state[CHECK_FILES] != CHECK_OK) {
		past->broken = true;
		return 0;
	}
	if (!c->is_void) {
		if (!c->has_places)
			past->broken = true;
		else if (history_add(&past->history, &c->places, x->commit->date, err) != 0)
			return ERR_MEMORY;
	}
	roster_release(&past->before);
	for (size_t i = 0; i < ARRAY_LEN(past->before_files); i++)
		buf_release(&past->before_files[i]);
	past->before = c->roster;
	past->before_files[0] = c->targets_csv;
	past->before_files[1] = c->inspectors_csv;
	past->before_files[2] = c->conflicts_csv;
	past->before_files[3] = c->away_csv;
	past->has_before = true;
	c->roster = (struct roster){0};
	buf_init(&c->targets_csv, 0);
	buf_init(&c->inspectors_csv, 0);
	buf_init(&c->conflicts_csv, 0);
	buf_init(&c->away_csv, 0);
	return 0;
}

void
cycle_past_release(struct cycle_past *past)
{
	if (past == NULL)
		return;
	history_release(&past->history);
	roster_release(&past->before);
	for (size_t i = 0; i < ARRAY_LEN(past->before_files); i++)
		buf_release(&past->before_files[i]);
	*past = (struct cycle_past){0};
}
