/* Reads what the letters of a draw need: roster rows, texts of matters, and the visits of an inspector. */
#include "letters/notices_writer.h"

#include <stdlib.h>

#include "draws/snapshot_rows.h"
#include "rosters/rosters.h"

/* ---- rows and texts ---- */

static int
compare_indices(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

static int
compare_holders(const void *a, const void *b)
{
	const struct holding *x = a, *y = b;

	return (x->inspector > y->inspector) - (x->inspector < y->inspector);
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
add_team(struct notices_writer *w, const uint32_t *team)
{
	for (size_t s = 0; s < w->d->draw.seats; s++)
		if (team[s] != AMEND_EMPTY)
			w->inspectors.index[w->inspectors.n++] = w->d->draw.order[team[s]];
}

/* The row of the place's target, and those of its team, which may have empty seats. */
static void
add_place(struct notices_writer *w, uint32_t target, const uint32_t *team)
{
	w->targets.index[w->targets.n++] = target;
	add_team(w, team);
}

static void
add_holdings(struct notices_writer *w, uint32_t place)
{
	const uint32_t *team = w->d->places.team + place * w->d->draw.seats;

	for (size_t s = 0; s < w->d->draw.seats; s++)
		if (team[s] != AMEND_EMPTY)
			w->holdings[w->n_holdings++] = (struct holding){team[s], place, (uint32_t)s};
}

/* Collects the roster rows that the letters may name, and which inspector has which seat. */
static int
collect_roster_rows(struct notices_writer *w, const struct places_before *before, struct err *err)
{
	const struct places *p = &w->d->places;
	size_t seats = w->d->draw.seats;

	w->targets.index = malloc((2 * p->n + 2) * sizeof *w->targets.index);
	w->inspectors.index = malloc((2 * p->n + 2) * seats * sizeof *w->inspectors.index);
	w->holdings = malloc((p->n + 1) * seats * sizeof *w->holdings);
	if (w->targets.index == NULL || w->inspectors.index == NULL || w->holdings == NULL)
		return err_memory(err);
	for (size_t i = 0; i < p->n; i++) {
		add_place(w, drawn_place_target(&w->drawn, i), drawn_place_team(&w->drawn, i));
		if (p->v[i].target == AMEND_EMPTY)
			continue;
		add_place(w, p->v[i].target, &p->team[i * seats]);
		add_holdings(w, (uint32_t)i);
	}
	if (before != NULL)
		add_place(w, before->target, before->team);
	qsort(w->holdings, w->n_holdings, sizeof *w->holdings, compare_holders);
	sort_distinct(&w->targets);
	sort_distinct(&w->inspectors);
	return 0;
}

/* The roster ascends by id, so the ids of ascending indices ascend, as private_rows_read asks. */
static int
read_private_rows(struct notices_writer *w, struct roster_rows *roster, bool of_targets, struct err *err)
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

/* What the office calls what is published as `text`: that is another only where codes are published. */
static struct slice
own_text(const struct roster_rows *roster, uint32_t index, const char *column, struct slice text)
{
	struct slice own = private_text(roster, index, column);

	return own.n > 0 ? own : text;
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
release_matter_text(struct matter_text *t)
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
	struct notices_writer *w = ctx;

	for (size_t i = 0; i < w->d->draw.n_matters; i++)
		if (slice_eq(m->id, w->d->sealed.matters[w->d->draw.matters[i]]) && w->matters[i].name == NULL)
			return copy_matter(m, &w->matters[i]);
	return 0;
}

/* The texts in the roster of matters as it is now; a matter that is no longer there has no text. */
static int
read_matter_texts(struct notices_writer *w, struct err *err)
{
	int rc;

	w->matters = calloc(w->d->draw.n_matters + 1, sizeof *w->matters);
	if (w->matters == NULL)
		return err_memory(err);
	rc = rosters_each_matter(w->operator->store, copy_drawn_matter, w, err);
	return rc == ERR_MEMORY ? err_memory(err) : rc;
}

void
notices_writer_release(struct notices_writer *w)
{
	for (size_t i = 0; w->matters != NULL && i < w->d->draw.n_matters; i++)
		release_matter_text(&w->matters[i]);
	free(w->matters);
	free(w->holdings);
	drawn_places_release(&w->drawn);
	private_rows_release(&w->inspectors.rows);
	private_rows_release(&w->targets.rows);
	free(w->inspectors.index);
	free(w->targets.index);
}

int
notices_writer_open(struct notices_writer *w, const struct operator *operator, const struct stored_draw *d,
    const struct places_before *before, struct err *err)
{
	int rc;

	w->operator = operator;
	w->cycle = config_cycle(operator->config, d->row.cycle);
	w->d = d;
	rc = draws_commit_hash(operator->store, &d->row, w->commit_hash, err);
	if (rc == 0)
		rc = drawn_places_open(d, &w->drawn, err);
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

/* ---- visits ---- */

struct slice
notices_inspector_id(const struct notices_writer *w, uint32_t self)
{
	uint32_t index = w->d->draw.order[self];

	return own_text(&w->inspectors, index, ROWS_OWN_ID, inspector_id(&w->d->roster.inspectors[index]));
}

struct slice
notices_inspector_text(const struct notices_writer *w, uint32_t self, const char *column)
{
	return private_text(&w->inspectors, w->d->draw.order[self], column);
}

static size_t
fill_colleagues(const struct notices_writer *w, uint32_t self, const uint32_t *team, struct letter_colleague *ret)
{
	size_t n = 0;

	for (size_t s = 0; s < w->d->draw.seats; s++) {
		if (team[s] == AMEND_EMPTY || team[s] == self)
			continue;
		ret[n++] = (struct letter_colleague){.id = notices_inspector_id(w, team[s]),
		    .name = notices_inspector_text(w, team[s], "name"),
		    .phone = notices_inspector_text(w, team[s], "phone")};
	}
	return n;
}

/* What the seat asks of its inspector: of a seat `own` the tag that the target needs. */
static struct slice
seat_words(const struct notices_writer *w, const struct notices_seat *v)
{
	struct slice seat = w->d->commit.rules.team[v->seat], needs = target_needs(&w->d->roster.targets[v->target]);

	if (!slice_is(seat, "own"))
		return seat;
	return needs.n > 0 ? needs : slice_of("any");
}

struct letter_visit
notices_visit(const struct notices_writer *w, uint32_t self, const struct notices_seat *v,
    struct letter_colleague *colleagues)
{
	const struct target *t = &w->d->roster.targets[v->target];

	return (struct letter_visit){.visit = v->visit,
	    .target_id = own_text(&w->targets, v->target, ROWS_OWN_ID, target_id(t)),
	    .target_name = private_text(&w->targets, v->target, "name"),
	    .unit = own_text(&w->targets, v->target, ROWS_OWN_UNIT, target_unit(t)),
	    .area = own_text(&w->targets, v->target, ROWS_OWN_AREA, target_area(t)),
	    .post = private_text(&w->targets, v->target, "post"),
	    .address = private_text(&w->targets, v->target, "address"),
	    .phone = private_text(&w->targets, v->target, "phone"),
	    .seat = seat_words(w, v),
	    .colleagues = colleagues,
	    .n_colleagues = fill_colleagues(w, self, v->team, colleagues)};
}

/* The seats that an inspector has now: returns how many; `*ret_first` is the first in holdings[]. */
static size_t
find_holdings(const struct notices_writer *w, uint32_t self, size_t *ret_first)
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

/* What the private row calls somebody, and what is published as `text`. */
static struct letter_name
drawn_name(const struct roster_rows *roster, uint32_t index, struct slice text)
{
	struct slice own = own_text(roster, index, ROWS_OWN_ID, text);

	return (struct letter_name){own, slice_eq(own, text) ? (struct slice){"", 0} : text};
}

/* The visit's place as it was drawn.  `team` has room for all seats, and stays the caller's. */
static void
fill_drawn(const struct notices_writer *w, size_t place, struct letter_name *team, struct letter_visit *visit)
{
	const struct roster *roster = &w->d->roster;
	const uint32_t *drawn = drawn_place_team(&w->drawn, place);
	uint32_t target = drawn_place_target(&w->drawn, place);

	visit->place = place;
	visit->amended = drawn_place_is_amended(&w->drawn, place);
	visit->drawn_target = drawn_name(&w->targets, target, target_id(&roster->targets[target]));
	visit->drawn_team = team;
	for (size_t s = 0; s < w->d->draw.seats; s++) {
		uint32_t index = w->d->draw.order[drawn[s]];

		team[visit->n_drawn_team++] =
		    drawn_name(&w->inspectors, index, inspector_id(&roster->inspectors[index]));
	}
}

int
notices_duties_read(const struct notices_writer *w, uint32_t self, struct notices_duties *ret, struct err *err)
{
	const struct places *p = &w->d->places;
	size_t seats = w->d->draw.seats, first, n = find_holdings(w, self, &first);
	struct notices_duties duties = {.v = calloc(n + 1, sizeof *duties.v),
	    .colleagues = calloc(n * seats + 1, sizeof *duties.colleagues),
	    .drawn_teams = calloc(n * seats + 1, sizeof *duties.drawn_teams),
	    .n = n};

	if (duties.v == NULL || duties.colleagues == NULL || duties.drawn_teams == NULL) {
		notices_duties_release(&duties);
		return err_memory(err);
	}
	for (size_t i = 0; i < n; i++) {
		const struct holding *h = &w->holdings[first + i];
		struct notices_seat seat = {p->v[h->place].target, p->v[h->place].visit, &p->team[h->place * seats],
		    h->seat};

		duties.v[i] = notices_visit(w, self, &seat, &duties.colleagues[i * seats]);
		fill_drawn(w, h->place, &duties.drawn_teams[i * seats], &duties.v[i]);
	}
	letter_visits_sort(duties.v, n);
	*ret = duties;
	return 0;
}

void
notices_duties_release(struct notices_duties *duties)
{
	free(duties->v);
	free(duties->colleagues);
	free(duties->drawn_teams);
	*duties = (struct notices_duties){.n = 0};
}
