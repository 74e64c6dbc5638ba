/* Which letters a draw and its amendments call for, and what each inspector is told. */
#include "letters/notices.h"

#include <stdio.h>
#include <stdlib.h>

#include "draws/private_rows.h"
#include "draws/snapshot_rows.h"
#include "letters/notices_private.h"
#include "rosters/rosters.h"
#include "system/clock.h"

/* Rows of a roster: their indices, ascending, and their private rows in the same order. */
struct roster_rows {
	uint32_t *index;
	size_t n;
	struct private_rows rows;
};

/* A seat that an inspector has. */
struct holding {
	uint32_t inspector; /* index into draw->order */
	uint32_t place;
	uint32_t seat;
};

/* A visit as it is, or as it was before the amendment. */
struct visit {
	uint32_t target; /* roster index */
	slot_t visit;
	const uint32_t *team; /* [seats]: indices into draw->order, or AMEND_EMPTY */
	uint32_t seat;
};

struct matter_text {
	char *name, *legal_basis;
	struct slice *questions; /* each allocated by itself */
	size_t n_questions;
};

struct writer {
	const struct operator *operator;
	const struct config_cycle *cycle; /* NULL: the INI no longer has it */
	const struct stored_draw *d;
	int64_t time;
	uint64_t amendment;
	char commit_hash[HASH_HEX + 1];
	bool kept_free; /* inspectors were asked to keep days free */
	struct roster_rows targets, inspectors;
	struct holding *holdings; /* by inspector, then by place */
	size_t n_holdings;
	struct matter_text *matters; /* in the order drawn */
};

/* ---- reading what the letters need ---- */

static int
compare_indices(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

static int
compare_holdings(const void *a, const void *b)
{
	const struct holding *x = a, *y = b;

	if (x->inspector != y->inspector)
		return x->inspector < y->inspector ? -1 : 1;
	return (x->place > y->place) - (x->place < y->place);
}

static void
sort_distinct(struct roster_rows *rows)
{
	size_t n = 0;

	qsort(rows->index, rows->n, sizeof *rows->index, compare_indices);
	for (size_t i = 0; i < rows->n; i++)
		if (n == 0 || rows->index[n - 1] != rows->index[i])
			rows->index[n++] = rows->index[i];
	rows->n = n;
}

static void
add_team(struct writer *w, const uint32_t *team)
{
	for (size_t s = 0; s < w->d->draw.seats; s++)
		if (team[s] != AMEND_EMPTY)
			w->inspectors.index[w->inspectors.n++] = w->d->draw.order[team[s]];
}

/* Collects the roster rows that the letters may name, and which inspector has which seat. */
static int
collect_roster_rows(struct writer *w, const struct places_before *before, struct err *err)
{
	const struct places *p = &w->d->places;
	size_t seats = w->d->draw.seats;

	w->targets.index = malloc((p->n + 2) * sizeof *w->targets.index);
	w->inspectors.index = malloc((p->n + 2) * seats * sizeof *w->inspectors.index);
	w->holdings = malloc((p->n + 1) * seats * sizeof *w->holdings);
	if (w->targets.index == NULL || w->inspectors.index == NULL || w->holdings == NULL)
		return err_memory(err);
	for (size_t i = 0; i < p->n; i++) {
		if (p->v[i].target == AMEND_EMPTY)
			continue;
		w->targets.index[w->targets.n++] = p->v[i].target;
		add_team(w, &p->team[i * seats]);
		for (size_t s = 0; s < seats; s++)
			if (p->team[i * seats + s] != AMEND_EMPTY)
				w->holdings[w->n_holdings++] =
				    (struct holding){p->team[i * seats + s], (uint32_t)i, (uint32_t)s};
	}
	if (before != NULL) {
		w->targets.index[w->targets.n++] = before->target;
		add_team(w, before->team);
	}
	qsort(w->holdings, w->n_holdings, sizeof *w->holdings, compare_holdings);
	sort_distinct(&w->targets);
	sort_distinct(&w->inspectors);
	return 0;
}

/* The roster ascends by id, so the ids of ascending indices ascend, as private_rows_read asks. */
static int
read_private_rows(struct writer *w, struct roster_rows *roster, bool of_targets, struct err *err)
{
	struct slice *ids = malloc((roster->n + 1) * sizeof *ids);
	int rc;

	if (ids == NULL)
		return err_memory(err);
	for (size_t i = 0; i < roster->n; i++)
		ids[i] = of_targets ? target_id(&w->d->roster.targets[roster->index[i]])
		                    : inspector_id(&w->d->roster.inspectors[roster->index[i]]);
	rc = private_rows_read(w->operator->store, w->d->row.n,
	    of_targets ? ROWS_TARGETS_PRIVATE : ROWS_INSPECTORS_PRIVATE, ids, roster->n, &roster->rows, err);
	free(ids);
	return rc;
}

static struct slice
private_text(const struct roster_rows *roster, uint32_t index, const char *column)
{
	const uint32_t *at = bsearch(&index, roster->index, roster->n, sizeof index, compare_indices);

	return at == NULL ? (struct slice){"", 0} : private_value(&roster->rows, (size_t)(at - roster->index), column);
}

static int
copy_matter(const struct rosters_matter *m, struct matter_text *t)
{
	t->name = slice_dup(m->name);
	t->legal_basis = slice_dup(m->legal_basis);
	t->questions = calloc(m->n_questions + 1, sizeof *t->questions);
	if (t->name == NULL || t->legal_basis == NULL || t->questions == NULL)
		return ERR_MEMORY;
	for (; t->n_questions < m->n_questions; t->n_questions++) {
		char *question = slice_dup(m->questions[t->n_questions]);

		if (question == NULL)
			return ERR_MEMORY;
		t->questions[t->n_questions] = slice_of(question);
	}
	return 0;
}

static void
matter_release(struct matter_text *t)
{
	for (size_t i = 0; i < t->n_questions; i++)
		free((char *)t->questions[i].p);
	free(t->questions);
	free(t->legal_basis);
	free(t->name);
}

static int
copy_drawn_matter(void *ctx, const struct rosters_matter *m)
{
	struct writer *w = ctx;

	for (size_t i = 0; i < w->d->draw.n_matters; i++)
		if (slice_eq(m->id, w->d->sealed.matters[w->d->draw.matters[i]]) && w->matters[i].name == NULL)
			return copy_matter(m, &w->matters[i]);
	return 0;
}

/* The texts in the roster of matters as it is now; a matter that is no longer there has no text. */
static int
read_matter_texts(struct writer *w, struct err *err)
{
	int rc;

	w->matters = calloc(w->d->draw.n_matters + 1, sizeof *w->matters);
	if (w->matters == NULL)
		return err_memory(err);
	rc = rosters_each_matter(w->operator->store, copy_drawn_matter, w, err);
	return rc == ERR_MEMORY ? err_memory(err) : rc;
}

static void
writer_release(struct writer *w)
{
	for (size_t i = 0; w->matters != NULL && i < w->d->draw.n_matters; i++)
		matter_release(&w->matters[i]);
	free(w->matters);
	free(w->holdings);
	private_rows_release(&w->inspectors.rows);
	private_rows_release(&w->targets.rows);
	free(w->inspectors.index);
	free(w->targets.index);
}

static int
writer_open(struct writer *w, const struct operator *operator, const struct stored_draw *d,
    const struct places_before *before, struct err *err)
{
	int rc;

	w->operator = operator;
	w->cycle = config_cycle(operator->config, d->row.cycle);
	w->d = d;
	rc = draws_commit_hash(operator->store, &d->row, w->commit_hash, err);
	if (rc == 0)
		rc = outbox_has(operator->store, d->row.n, letter_kind_name(LETTER_KEEP_FREE), &w->kept_free, err);
	if (rc == 0)
		rc = collect_roster_rows(w, before, err);
	if (rc == 0)
		rc = read_private_rows(w, &w->targets, true, err);
	if (rc == 0)
		rc = read_private_rows(w, &w->inspectors, false, err);
	if (rc == 0)
		rc = read_matter_texts(w, err);
	return rc;
}

/* ---- one letter ---- */

static const struct inspector *
inspector_of(const struct writer *w, uint32_t at)
{
	return &w->d->roster.inspectors[w->d->draw.order[at]];
}

static size_t
fill_colleagues(const struct writer *w, uint32_t self, const uint32_t *team, struct letter_colleague *ret)
{
	size_t n = 0;

	for (size_t s = 0; s < w->d->draw.seats; s++) {
		uint32_t index;

		if (team[s] == AMEND_EMPTY || team[s] == self)
			continue;
		index = w->d->draw.order[team[s]];
		ret[n++] = (struct letter_colleague){.id = inspector_id(&w->d->roster.inspectors[index]),
		    .name = private_text(&w->inspectors, index, "name"),
		    .phone = private_text(&w->inspectors, index, "phone")};
	}
	return n;
}

/* What the seat asks of its inspector: of a seat `own` the tag that the target needs. */
static struct slice
seat_words(const struct writer *w, const struct visit *v)
{
	struct slice seat = w->d->commit.rules.team[v->seat], needs = target_needs(&w->d->roster.targets[v->target]);

	if (!slice_is(seat, "own"))
		return seat;
	return needs.n > 0 ? needs : slice_of("any");
}

static struct letter_visit
make_visit(const struct writer *w, uint32_t self, const struct visit *v, struct letter_colleague *colleagues)
{
	const struct target *t = &w->d->roster.targets[v->target];

	struct letter_visit visit = {.visit = v->visit,
	    .date = slot_date(v->visit),
	    .target_id = target_id(t),
	    .target_name = private_text(&w->targets, v->target, "name"),
	    .unit = target_unit(t),
	    .area = target_area(t),
	    .post = private_text(&w->targets, v->target, "post"),
	    .address = private_text(&w->targets, v->target, "address"),
	    .phone = private_text(&w->targets, v->target, "phone"),
	    .seat = seat_words(w, v),
	    .colleagues = colleagues,
	    .n_colleagues = fill_colleagues(w, self, v->team, colleagues)};
	char text[SLOT_TEXT];

	slot_format(v->visit, text);
	memcpy(visit.time, text + SLOT_TEXT - 6, sizeof visit.time);
	return visit;
}

/* When the letter may be sent: by the rule of the cycle, counted from its first day of visits. */
static int64_t
letter_notice_time(const struct writer *w, const struct visit *visits, size_t n)
{
	int32_t first = INT32_MAX;

	for (size_t i = 0; i < n; i++)
		first = slot_date(visits[i].visit) < first ? slot_date(visits[i].visit) : first;
	return n == 0 ? w->time : notices_time(w->operator, w->cycle, &w->d->sealed, first, w->time);
}

static int
copy_email(void *ctx, const struct rosters_inspector *p)
{
	buf_slice(ctx, p->email);
	return 0;
}

static struct letter_input
begin_letter(const struct writer *w, enum letter_kind kind, uint32_t self)
{
	uint32_t index = w->d->draw.order[self];
	struct letter_input input =
	    notices_about(w->operator, w->cycle, slice_of(w->d->row.cycle), w->d->row.n, w->d->row.date);

	input.kind = kind;
	input.amendment = w->amendment;
	input.commit_hash = slice_of(w->commit_hash);
	input.record_hash = slice_of(w->d->row.record);
	input.inspector_id = inspector_id(inspector_of(w, self));
	input.inspector_name = private_text(&w->inspectors, index, "name");
	input.inspector_email = private_text(&w->inspectors, index, "email");
	input.language = private_text(&w->inspectors, index, "language");
	input.draw_time = w->d->row.draw_time;
	input.kept_free = w->kept_free;
	return input;
}

/* Uses the address that the roster has now, if there is one: it may have been corrected since the commitment. */
static int
address_letter(const struct writer *w, struct letter_input *input, struct buf *email, struct err *err)
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

/* The seats that an inspector has now: returns how many; `*ret_first` is the first in holdings[]. */
static size_t
find_holdings(const struct writer *w, uint32_t self, size_t *ret_first)
{
	size_t low = 0, high = w->n_holdings, n = 0;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (w->holdings[middle].inspector < self)
			low = middle + 1;
		else
			high = middle;
	}
	while (low + n < w->n_holdings && w->holdings[low + n].inspector == self)
		n++;
	*ret_first = low;
	return n;
}

static bool
has_day(const struct outbox_day *days, size_t n, int32_t day)
{
	for (size_t i = 0; i < n; i++)
		if (days[i].day == day)
			return true;
	return false;
}

/* Whether the inspector has a visit on that day now. */
static bool
visits_on(const struct writer *w, uint32_t self, int32_t day)
{
	size_t first, n = find_holdings(w, self, &first);

	for (size_t i = 0; i < n; i++)
		if (slot_date(w->d->places.v[w->holdings[first + i].place].visit) == day)
			return true;
	return false;
}

static int
compare_calendar_days(const void *a, const void *b)
{
	const struct outbox_day *x = a, *y = b;

	return (x->day > y->day) - (x->day < y->day);
}

/*
 * The letter's invitations: they ask for the days of its visits, and give back days that an earlier letter asked for
 * and on which the inspector has no visit any more.  `ret` has room for LETTER_DAYS_MAX.
 */
static int
fill_calendar_days(const struct writer *w, enum letter_kind kind, uint32_t self, const struct visit *visits,
    size_t n_visits, struct outbox_day *ret, size_t *ret_n, struct err *err)
{
	int32_t held[LETTER_DAYS_MAX];
	size_t n_held = 0, n = 0;
	int rc = outbox_days_held(w->operator->store, w->d->row.n, inspector_id(inspector_of(w, self)), held,
	    LETTER_DAYS_MAX, &n_held, err);

	for (size_t i = 0; i < n_visits && kind != LETTER_CANCELLED && n < LETTER_DAYS_MAX; i++)
		if (!has_day(ret, n, slot_date(visits[i].visit)))
			ret[n++] = (struct outbox_day){slot_date(visits[i].visit), true};
	qsort(ret, n, sizeof *ret, compare_calendar_days);
	for (size_t i = 0; i < n_held && n < LETTER_DAYS_MAX; i++)
		if (!has_day(ret, n, held[i]) && !visits_on(w, self, held[i]))
			ret[n++] = (struct outbox_day){held[i], false};
	*ret_n = n;
	return rc;
}

static int
queue_inspector_letter(const struct writer *w, enum letter_kind kind, uint32_t self, const struct visit *visits,
    size_t n, struct err *err)
{
	size_t seats = w->d->draw.seats, n_matters = w->d->draw.n_matters;
	struct letter_visit *v = calloc(n + 1, sizeof *v);
	struct letter_colleague *colleagues = calloc(n * seats + 1, sizeof *colleagues);
	struct letter_matter *matters = calloc(n_matters + 1, sizeof *matters);
	struct letter_input input = begin_letter(w, kind, self);
	struct outbox_day days[LETTER_DAYS_MAX];
	struct buf email;
	int rc = 0;

	buf_init(&email, 1024);
	if (v == NULL || colleagues == NULL || matters == NULL) {
		rc = err_memory(err);
		goto out;
	}
	for (size_t i = 0; i < n; i++)
		v[i] = make_visit(w, self, &visits[i], &colleagues[i * seats]);
	for (size_t i = 0; i < n_matters; i++) {
		const struct matter_text *t = &w->matters[i];
		struct slice id = w->d->sealed.matters[w->d->draw.matters[i]];

		matters[i] = (struct letter_matter){.id = id, .name = id};
		if (t->name != NULL)
			matters[i] = (struct letter_matter){id, slice_of(t->name), slice_of(t->legal_basis),
			    t->questions, t->n_questions};
	}
	input.visits = v;
	input.n_visits = n;
	input.matters = matters;
	input.n_matters = n_matters;
	input.window_first = slot_date(w->d->sealed.slots[0]);
	input.window_last = slot_date(w->d->sealed.slots[w->d->sealed.n_slots - 1]);
	input.told_by = notices_time(w->operator, w->cycle, &w->d->sealed, input.window_last, w->d->row.draw_time);
	input.sent_at = kind == LETTER_CANCELLED ? w->time : letter_notice_time(w, visits, n);
	input.days = days;
	rc = fill_calendar_days(w, kind, self, visits, n, days, &input.n_days, err);
	if (rc == 0)
		rc = address_letter(w, &input, &email, err);
	if (rc == 0)
		rc = notices_queue(w->operator, &input, w->time, err);
out:
	buf_release(&email);
	free(matters);
	free(colleagues);
	free(v);
	return rc;
}

/* A letter with all visits that an inspector has now; none where there are no visits and no earlier letter. */
static int
queue_current_list(const struct writer *w, enum letter_kind kind, uint32_t self, struct err *err)
{
	const struct places *p = &w->d->places;
	size_t first, n = find_holdings(w, self, &first);
	struct visit *visits = calloc(n + 1, sizeof *visits);
	int rc = 0;

	if (visits == NULL)
		return err_memory(err);
	for (size_t i = 0; i < n; i++) {
		const struct holding *h = &w->holdings[first + i];

		visits[i] = (struct visit){p->v[h->place].target, p->v[h->place].visit,
		    &p->team[h->place * w->d->draw.seats], h->seat};
	}
	if (n > 0 || kind == LETTER_UPDATED)
		rc = queue_inspector_letter(w, kind, self, visits, n, err);
	free(visits);
	return rc;
}

int
notices_draw(const struct operator *operator, const struct stored_draw *d, int64_t time, struct err *err)
{
	struct writer w = {.time = time};
	int rc = writer_open(&w, operator, d, NULL, err);

	for (size_t i = 0; rc == 0 && i < w.n_holdings; i++)
		if (i == 0 || w.holdings[i].inspector != w.holdings[i - 1].inspector) {
			progress_tell(operator->progress, N_("letters"), i, w.n_holdings);
			rc = queue_current_list(&w, LETTER_ASSIGNMENT, w.holdings[i].inspector, err);
		}
	if (rc == 0)
		progress_tell(operator->progress, N_("letters"), w.n_holdings, w.n_holdings);
	writer_release(&w);
	return rc;
}

/* ---- amendments ---- */

static int
withdraw_letters(const struct writer *w, uint32_t self, struct outbox_withdrawn *ret, struct err *err)
{
	return outbox_withdraw(w->operator->store, w->d->row.n, inspector_id(inspector_of(w, self)), w->time, ret, err);
}

/*
 * For an inspector who no longer has a seat at the place.  If all earlier letters were sent, this one says which visit
 * is cancelled.  If one was sent and a later one had to be withdrawn, this one has the complete list, even an empty
 * one.
 */
static int
notify_leaver(const struct writer *w, uint32_t self, const struct visit *gone, struct err *err)
{
	struct outbox_withdrawn before = {0};
	int rc = withdraw_letters(w, self, &before, err);

	if (rc != 0)
		return rc;
	if (!before.told)
		return queue_current_list(w, LETTER_ASSIGNMENT, self, err);
	if (before.withdrawn > 0)
		return queue_current_list(w, LETTER_UPDATED, self, err);
	return queue_inspector_letter(w, LETTER_CANCELLED, self, gone, 1, err);
}

/* For an inspector at the place: one who joins, or whose colleague or target has changed. */
static int
notify_member(const struct writer *w, uint32_t self, struct err *err)
{
	struct outbox_withdrawn before = {0};
	int rc = withdraw_letters(w, self, &before, err);

	return rc != 0 ? rc : queue_current_list(w, before.told ? LETTER_UPDATED : LETTER_ASSIGNMENT, self, err);
}

static bool
has_seat_at(const struct writer *w, size_t place, uint32_t self)
{
	const struct places *p = &w->d->places;

	for (size_t s = 0; s < w->d->draw.seats; s++)
		if (p->v[place].target != AMEND_EMPTY && p->team[place * w->d->draw.seats + s] == self)
			return true;
	return false;
}

int
notices_amend(const struct operator *operator, const struct stored_draw *d, const struct notices_change *change,
    int64_t time, struct err *err)
{
	const struct places_before *before = &change->before;
	struct writer w = {.time = time, .amendment = change->amendment};
	int rc = writer_open(&w, operator, d, before, err);

	for (size_t s = 0; rc == 0 && s < d->draw.seats; s++) {
		struct visit gone = {before->target, before->visit, before->team, (uint32_t)s};

		if (before->team[s] != AMEND_EMPTY && !has_seat_at(&w, change->place, before->team[s]))
			rc = notify_leaver(&w, before->team[s], &gone, err);
	}
	for (size_t s = 0; rc == 0 && s < d->draw.seats; s++) {
		uint32_t self = d->places.team[change->place * d->draw.seats + s];

		if (self != AMEND_EMPTY && d->places.v[change->place].target != AMEND_EMPTY)
			rc = notify_member(&w, self, err);
	}
	writer_release(&w);
	return rc;
}

/* ---- a letter that could not be made ---- */

int
notices_again(const struct operator *operator, const struct stored_draw *d, const struct outbox_key *key, int64_t time,
    struct err *err)
{
	struct writer w = {.time = time, .amendment = key->amendment};
	enum letter_kind kind =
	    strcmp(key->kind, letter_kind_name(LETTER_ASSIGNMENT)) == 0 ? LETTER_ASSIGNMENT : LETTER_UPDATED;
	int rc = writer_open(&w, operator, d, NULL, err);

	for (uint32_t i = 0; rc == 0 && i < d->draw.n_in; i++)
		if (slice_is(inspector_id(inspector_of(&w, i)), key->inspector)) {
			rc = queue_current_list(&w, kind, i, err);
			break;
		}
	writer_release(&w);
	return rc;
}
