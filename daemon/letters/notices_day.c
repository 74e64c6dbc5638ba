/* One letter to an inspector about a visit day: its time, its invitations, and what clashes. */
#include "letters/notices_writer.h"

#include <stdlib.h>

#include "core/format/place_proof.h"
#include "letters/notices_private.h"
#include "rosters/rosters.h"

#define CLASHES_MAX 64 /* in a letter; further ones are not named */

/* ---- clashes ---- */

static int64_t
notice_of(const struct notices_writer *w, int32_t day)
{
	return notices_time(w->operator, w->cycle, &w->d->sealed, day, w->time);
}

/* Another day is named only where the inspector hears of it by now: its own letter names this day in turn. */
static bool
is_told_of(const struct notices_writer *w, int32_t day, int32_t other)
{
	return other == day || notice_of(w, other) <= notice_of(w, day);
}

/* The appointments of the inspector that are closer than the rules ask, one of each pair on `day`; in their order. */
static size_t
find_clashes(const struct notices_writer *w, const struct notices_duties *duties, int32_t day,
    struct letter_clash ret[static CLASHES_MAX])
{
	slot_t spacing = (slot_t)w->d->commit.rules.spacing;
	size_t found = 0, n, m;

	for (size_t i = 0; i < duties->n; i += n) {
		const struct letter_visit *first = &duties->v[i], *second;

		n = letter_appointment(first, duties->n - i);
		for (size_t k = i + n; k < duties->n && duties->v[k].visit - first->visit < spacing; k += m) {
			int32_t a = slot_date(first->visit), b = slot_date(duties->v[k].visit);

			second = &duties->v[k];
			m = letter_appointment(second, duties->n - k);
			if (first->unit.n > 0 && slice_eq(first->unit, second->unit))
				continue;
			if ((a == day || b == day) && is_told_of(w, day, a) && is_told_of(w, day, b) &&
			    found < CLASHES_MAX)
				ret[found++] = (struct letter_clash){first, second, n, m};
		}
	}
	return found;
}

/* ---- invitations ---- */

static bool
has_slot(const struct outbox_slot *slots, size_t n, slot_t slot)
{
	for (size_t i = 0; i < n; i++)
		if (slots[i].slot == slot)
			return true;
	return false;
}

static bool
visits_at(const struct notices_duties *duties, slot_t slot)
{
	for (size_t i = 0; i < duties->n; i++)
		if (duties->v[i].visit == slot)
			return true;
	return false;
}

/*
 * The letter's invitations: they ask for the slots of its visits, and give back slots that an earlier letter about the
 * day asked for and at which the inspector has no visit any more.  `ret` has room for LETTER_SLOTS_MAX.
 */
static int
fill_slots(const struct notices_writer *w, const struct notices_day *day, struct outbox_slot *ret, size_t *ret_n,
    struct err *err)
{
	int64_t held[LETTER_SLOTS_MAX];
	size_t n_held = 0, n = 0;
	int rc = outbox_slots_held(w->operator->store, w->d->row.n, notices_inspector_id(w, day->self), day->day, held,
	    LETTER_SLOTS_MAX, &n_held, err);

	for (size_t i = 0; i < day->n_visits && day->kind != LETTER_CANCELLED && n < LETTER_SLOTS_MAX; i++)
		if (!has_slot(ret, n, day->visits[i].visit))
			ret[n++] = (struct outbox_slot){day->visits[i].visit, true};
	for (size_t i = 0; i < n_held && n < LETTER_SLOTS_MAX; i++)
		if (!visits_at(day->duties, held[i]))
			ret[n++] = (struct outbox_slot){held[i], false};
	*ret_n = n;
	return rc;
}

/* ---- the letter ---- */

static int
copy_email(void *ctx, const struct rosters_inspector *p)
{
	buf_slice(ctx, p->email);
	return 0;
}

static struct letter_input
begin_letter(const struct notices_writer *w, const struct notices_day *day)
{
	const struct sealed *sealed = &w->d->sealed;
	struct letter_input input =
	    notices_about(w->operator, w->cycle, slice_of(w->d->row.cycle), w->d->row.n, w->d->row.date);

	input.kind = day->kind;
	input.amendment = w->amendment;
	input.day = day->day;
	input.commit_hash = slice_of(w->commit_hash);
	input.record_hash = slice_of(w->d->row.record);
	input.inspector_id = notices_inspector_id(w, day->self);
	input.inspector_name = notices_inspector_text(w, day->self, "name");
	input.inspector_email = notices_inspector_text(w, day->self, "email");
	input.language = notices_inspector_text(w, day->self, "language");
	input.draw_time = w->d->row.draw_time;
	input.window_first = slot_date(sealed->slots[0]);
	input.window_last = slot_date(sealed->slots[sealed->n_slots - 1]);
	input.told_by = notices_time(w->operator, w->cycle, sealed, input.window_last, w->d->row.draw_time);
	input.sent_at = day->kind == LETTER_CANCELLED ? w->time : notice_of(w, day->day);
	input.visits = day->visits;
	input.n_visits = day->n_visits;
	return input;
}

/* Uses the address that the roster has now, if there is one: it may have been corrected since the commitment. */
static int
address_letter(const struct notices_writer *w, struct letter_input *input, struct buf *email, struct err *err)
{
	struct err why = {.tr = err != NULL ? err->tr : NULL};
	int rc =
	    rosters_find_inspector(w->operator->store, input->inspector_id, w->d->row.date, copy_email, email, &why);

	if (rc != 0 && rc != ERR_ABSENT)
		return err_copy(err, &why);
	if (email->failed)
		return err_memory(err);
	if (email->len > 0)
		input->inspector_email = buf_view(email);
	return 0;
}

/* A matter that the roster no longer has is named by its id.  The caller frees it.  NULL: no memory. */
static struct letter_matter *
make_matters(const struct notices_writer *w)
{
	size_t n = w->d->draw.n_matters;
	struct letter_matter *matters = calloc(n + 1, sizeof *matters);

	for (size_t i = 0; matters != NULL && i < n; i++) {
		const struct matter_text *t = &w->matters[i];
		struct slice id = w->d->sealed.matters[w->d->draw.matters[i]];

		matters[i] = (struct letter_matter){.id = id, .name = id};
		if (t->name != NULL)
			matters[i] = (struct letter_matter){id, slice_of(t->name), slice_of(t->legal_basis),
			    t->questions, t->n_questions};
	}
	return matters;
}

/* The attachment that proves the places of the letter's visits; none where it tells of no visit to make. */
static int
put_places(const struct notices_writer *w, const struct notices_day *day, struct buf *out, struct err *err)
{
	if (day->kind == LETTER_CANCELLED || day->n_visits == 0)
		return 0;
	place_proofs_begin(out, slice_of(w->operator->key.vkey), w->d->row.n, slice_of(w->operator->config->origin));
	for (size_t i = 0; i < day->n_visits; i++)
		drawn_place_prove(&w->drawn, day->visits[i].place, out);
	place_proofs_end(out);
	if (out->no_memory)
		return err_memory(err);
	return out->failed ? err_set(err, ERR_LIMIT, N_("the proof of the places is larger than %zu bytes"), out->max)
	                   : 0;
}

int
notices_day_queue(const struct notices_writer *w, const struct notices_day *day, struct err *err)
{
	struct letter_input input = begin_letter(w, day);
	struct letter_matter *matters = make_matters(w);
	struct letter_clash clashes[CLASHES_MAX];
	struct outbox_slot slots[LETTER_SLOTS_MAX];
	struct buf email, places;
	int rc = matters == NULL ? err_memory(err) : 0;

	buf_init(&email, 1024);
	buf_init(&places, PLACE_PROOFS_MAX);
	input.matters = matters;
	input.n_matters = w->d->draw.n_matters;
	input.clashes = clashes;
	input.n_clashes = day->kind == LETTER_CANCELLED ? 0 : find_clashes(w, day->duties, day->day, clashes);
	input.slots = slots;
	if (rc == 0)
		rc = fill_slots(w, day, slots, &input.n_slots, err);
	if (rc == 0)
		rc = address_letter(w, &input, &email, err);
	if (rc == 0)
		rc = put_places(w, day, &places, err);
	input.places = buf_view(&places);
	if (rc == 0)
		rc = notices_queue(w->operator, &input, w->time, err);
	buf_release(&places);
	buf_release(&email);
	free(matters);
	return rc;
}
