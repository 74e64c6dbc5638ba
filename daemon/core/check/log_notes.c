/* What is lawful but worth knowing of the whole log (PROTOCOL 10, "noted"). */

#include "core/check/notes_private.h"

#define OVERLAP_CYCLES_MAX 64

static void
note_counts(const struct log *log, const struct sequence *s, struct report *report)
{
	size_t voids = 0, late = 0;

	for (size_t i = 0; i < s->n_draws; i++) {
		const struct entry *outcome =
		    s->draws[i].outcome == SEQUENCE_NONE ? NULL : &log->entries[s->draws[i].outcome].entry;

		voids += outcome != NULL && outcome->type == ENTRY_VOID;
		late += outcome != NULL &&
		    outcome->time > log->entries[s->draws[i].commit].entry.commit.draw_time + OUTCOME_DELAY_S;
	}
	if (voids > 0)
		report_note(report, 0, N_("%zu of %zu commitments were voided"), voids, s->n_draws);
	if (late > 0)
		report_note(report, 0, N_("%zu of %zu commitments had a late outcome"), late, s->n_draws);
}

static size_t
shared_targets(const struct roster *a, const struct roster *b)
{
	size_t shared = 0;

	for (size_t i = 0, k = 0; i < a->n_targets && k < b->n_targets;) {
		int order = slice_cmp(target_id(&a->targets[i]), target_id(&b->targets[k]));

		shared += order == 0;
		i += order <= 0;
		k += order >= 0;
	}
	return shared;
}

static void
note_overlaps(const struct sequence *s, const struct cycle_past *pasts, struct report *report)
{
	size_t n = s->n_cycles < OVERLAP_CYCLES_MAX ? s->n_cycles : OVERLAP_CYCLES_MAX;

	for (size_t i = 0; i < n; i++)
		for (size_t k = i + 1; k < n; k++) {
			size_t shared = shared_targets(&pasts[i].before, &pasts[k].before);

			if (shared > 0)
				report_note(report, 0, N_("the cycles %.*s and %.*s share %zu targets"),
				    SLICE_ARGS(s->cycles[i].name), SLICE_ARGS(s->cycles[k].name), shared);
		}
}

/* ---- witnesses ---- */

static struct slice
name_of_key(struct slice key)
{
	return slice_cut(&key, '+');
}

static bool
is_named(struct witnesses w, struct slice key)
{
	for (size_t i = 0; i < w.n; i++)
		if (slice_eq(w.keys[i], key))
			return true;
	return false;
}

static void
note_policies(const struct sequence *s, struct report *report)
{
	for (size_t i = 1; i < s->n_policies; i++) {
		struct witnesses before = s->policies[i - 1].witnesses, now = s->policies[i].witnesses;

		report_note(report, 0, N_("entry %zu changes the list of witnesses"), s->policies[i].entry);
		for (size_t k = 0; k < now.n; k++)
			if (!is_named(before, now.keys[k]))
				report_note(report, 0, N_("new witness: %.*s"), SLICE_ARGS(name_of_key(now.keys[k])));
		for (size_t k = 0; k < before.n; k++)
			if (!is_named(now, before.keys[k]))
				report_note(report, 0, N_("no longer a witness: %.*s"),
				    SLICE_ARGS(name_of_key(before.keys[k])));
	}
}

/* ---- archive entries ---- */

static int64_t
day_of(int64_t time)
{
	return time / DAY_S - (time % DAY_S < 0);
}

/* Days after the draw's and before the reveal's on which there is no archive entry. */
static uint64_t
days_without(const struct log *log, const struct sequence *s, const struct draw_state *d)
{
	int64_t from = day_of(log->entries[d->outcome].entry.time), to = day_of(log->entries[d->reveal].entry.time);
	uint64_t days = to > from + 1 ? (uint64_t)(to - from - 1) : 0;
	int64_t counted = from;

	for (size_t i = 0; i < s->n_archives && days > 0; i++) {
		int64_t day = day_of(log->entries[s->archives[i]].entry.time);

		if (s->archives[i] > d->outcome && s->archives[i] < d->reveal && day > counted && day < to) {
			counted = day;
			days--;
		}
	}
	return days;
}

static void
note_archive(const struct log_notes *n, struct report *report)
{
	const struct log_entry *entries = n->log->entries;
	uint64_t unpreceded = 0;

	if (n->sequence->n_archives == 0)
		return;
	for (size_t i = 1; i < n->log->n_entries; i++)
		unpreceded += (entries[i].entry.type == ENTRY_COMMIT || entries[i].entry.type == ENTRY_REVEAL) &&
		    entries[i - 1].entry.type != ENTRY_ARCHIVE;
	if (unpreceded > 0)
		report_note(report, 0, N_("%llu commitments and reveals follow no archive entry directly"),
		    (unsigned long long)unpreceded);
	for (size_t i = 0; i < n->sequence->n_draws; i++) {
		const struct draw_state *d = &n->sequence->draws[i];
		size_t of = 0, in_time = 0;
		uint64_t days;

		if (d->is_void || d->reveal == SEQUENCE_NONE)
			continue;
		days = days_without(n->log, n->sequence, d);
		if (days > 0)
			report_note(report, i + 1, N_("%llu days between draw and reveal have no archive entry"),
			    (unsigned long long)days);
		for (size_t k = 0; k < n->sequence->n_archives; k++)
			if (n->sequence->archives[k] > d->outcome && n->sequence->archives[k] < d->reveal) {
				of++;
				in_time += n->archive_in_time[k];
			}
		if (of > 0)
			report_note(report, i + 1,
			    N_("of the %zu archive entries between draw and reveal, %zu were cosigned in time"), of,
			    in_time);
	}
}

/* ---- as of when ---- */

static void
note_age(const struct log_notes *n, struct report *report)
{
	int64_t newest = sequence_newest(n->log);
	struct err why = {.tr = report->tr};
	char text[TIME_TEXT];

	newest = n->reached > newest ? n->reached : newest;
	text_from_time(newest, text);
	report_note(report, 0, N_("this copy is as of %s"), text);
	if (n->options->has_now && !n->options->has_at &&
	    sequence_overdue(n->log, n->sequence, n->options->now, &why) != 0)
		report_note(report, 0, N_("overdue by now: %s; this copy is %lld days old"), why.message,
		    (long long)((n->options->now - newest) / DAY_S));
}

void
note_log(const struct log_notes *n, struct report *report)
{
	const struct sequence *s = n->sequence;

	note_counts(n->log, s, report);
	note_policies(s, report);
	if (n->cosigned_size < n->log->checkpoint.size && s->policies[s->n_policies - 1].witnesses.n > 0)
		report_note(report, 0, N_("%llu entries stand after the last cosigned checkpoint"),
		    (unsigned long long)(n->log->checkpoint.size - n->cosigned_size));
	note_archive(n, report);
	note_overlaps(s, n->pasts, report);
	if (n->foreign_names > 0)
		report_note(report, 0, N_("%llu names in the directory are not the protocol's; they were not read"),
		    (unsigned long long)n->foreign_names);
	note_age(n, report);
}
