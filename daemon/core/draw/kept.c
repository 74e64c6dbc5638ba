/* Which visits can be kept, and why the others cannot. */
#include "core/draw/kept.h"

#include <stdlib.h>

#include "core/draw/visits.h"

/* Somebody's visit. */
struct kept_seat {
	ptrdiff_t inspector; /* index into the roster */
	slot_t visit;
	struct slice unit;
	size_t i; /* index into places */
};

static int
compare_kept_seats(const void *a, const void *b)
{
	const struct kept_seat *x = a, *y = b;

	if (x->inspector != y->inspector)
		return x->inspector < y->inspector ? -1 : 1;
	return (x->visit > y->visit) - (x->visit < y->visit);
}

static struct slice
unit_of_target(const struct kept_input *in, struct slice target)
{
	ptrdiff_t at = roster_find_target(in->roster, target);

	return at < 0 ? (struct slice){"", 0} : target_unit(&in->roster->targets[at]);
}

static bool
leave_time(const struct kept_input *in, slot_t a, struct slice unit_a, slot_t b, struct slice unit_b)
{
	bool one_unit = unit_a.n > 0 && slice_eq(unit_a, unit_b);

	return visits_leave_time(in->rules->spacing, a, one_unit ? 0 : 1, b, one_unit ? 0 : 2);
}

/* All seats that are held, by inspector and time. */
static int
list_seats(const struct kept_input *in, struct kept_seat **ret, size_t *ret_n, struct err *err)
{
	size_t seats = in->rules->seats, n = 0;
	struct kept_seat *v = calloc(in->n_places * seats + 1, sizeof *v);

	if (v == NULL)
		return err_memory(err);
	for (size_t i = 0; i < in->n_places; i++) {
		const struct kept_place *place = &in->places[i];
		struct slice unit = unit_of_target(in, place->target);

		for (size_t s = 0; place->target.n > 0 && s < seats; s++) {
			if (place->team[s].n == 0)
				continue;
			v[n] = (struct kept_seat){roster_find_inspector(in->roster, place->team[s]), place->visit, unit,
			    i};
			if (v[n++].inspector >= 0)
				continue;
			free(v);
			return err_set(err, ERR_REFUSED, N_("the inspector %.*s is not in the draw's roster"),
			    SLICE_ARGS(place->team[s]));
		}
	}
	qsort(v, n, sizeof *v, compare_kept_seats);
	*ret = v;
	*ret_n = n;
	return 0;
}

/* Looks back over the inspector's visits that are close. */
static void
mark_close(const struct kept_input *in, const struct kept_seat *v, size_t at, bool *kept)
{
	for (size_t k = at; k-- > 0 && v[k].inspector == v[at].inspector;) {
		size_t a = v[k].i, b = v[at].i;

		if ((uint64_t)(v[at].visit - v[k].visit) >= in->rules->spacing)
			return;
		if (!leave_time(in, v[k].visit, v[k].unit, v[at].visit, v[at].unit))
			kept[in->places[a].place > in->places[b].place ? a : b] = false;
	}
}

struct unit_visit {
	struct slice unit;
	slot_t visit;
};

static int
compare_kept_units(const void *a, const void *b)
{
	const struct unit_visit *x = a, *y = b;
	int by = slice_cmp(x->unit, y->unit);

	return by != 0 ? by : (x->visit > y->visit) - (x->visit < y->visit);
}

static int
count_units_apart(const struct kept_input *in, size_t *ret, struct err *err)
{
	struct unit_visit *v = calloc(in->n_places + 1, sizeof *v);
	size_t n = 0, last = SIZE_MAX;

	if (v == NULL)
		return err_memory(err);
	for (size_t i = 0; i < in->n_places; i++) {
		v[n] = (struct unit_visit){unit_of_target(in, in->places[i].target), in->places[i].visit};
		n += v[n].unit.n > 0;
	}
	qsort(v, n, sizeof *v, compare_kept_units);
	*ret = 0;
	for (size_t i = 1; i < n; i++)
		if (slice_eq(v[i].unit, v[i - 1].unit) && v[i].visit != v[i - 1].visit) {
			*ret += last == SIZE_MAX || !slice_eq(v[last].unit, v[i].unit);
			last = i;
		}
	free(v);
	return 0;
}

int
kept_find(const struct kept_input *in, bool *ret_kept, size_t *ret_apart, struct err *err)
{
	struct kept_seat *v = NULL;
	size_t n = 0;
	int rc = list_seats(in, &v, &n, err);

	if (rc == 0 && ret_apart != NULL)
		rc = count_units_apart(in, ret_apart, err);
	for (size_t i = 0; rc == 0 && i < in->n_places; i++)
		ret_kept[i] = true;
	for (size_t i = 0; rc == 0 && i < n; i++) {
		if (roster_is_away(in->roster, (size_t)v[i].inspector, slot_date(v[i].visit)))
			ret_kept[v[i].i] = false;
		mark_close(in, v, i, ret_kept);
	}
	free(v);
	return rc;
}

/* ---- why ---- */

static bool
sits_at(const struct kept_input *in, const struct kept_place *place, struct slice inspector)
{
	for (size_t s = 0; s < in->rules->seats; s++)
		if (slice_eq(place->team[s], inspector))
			return true;
	return false;
}

/* Whether another visit of the inspector, at an earlier place, is too close to that slot. */
static bool
is_taken(const struct kept_input *in, const struct kept_place *place, struct slice inspector, slot_t slot)
{
	struct slice unit = unit_of_target(in, place->target);

	for (size_t i = 0; i < in->n_places; i++) {
		const struct kept_place *other = &in->places[i];

		if (other->place < place->place && other->target.n > 0 && sits_at(in, other, inspector) &&
		    !leave_time(in, other->visit, unit_of_target(in, other->target), slot, unit))
			return true;
	}
	return false;
}

static const char *
kept_phrase(const char *(*tr)(const char *text), const char *text)
{
	return tr != NULL ? tr(text) : text;
}

static void
explain_member(const struct kept_input *in, const struct kept_place *place, struct slice id,
    const char *(*tr)(const char *text), bool *first, struct buf *out)
{
	ptrdiff_t inspector = roster_find_inspector(in->roster, id);
	size_t away = 0, taken = 0;

	for (size_t s = 0; inspector >= 0 && s < in->n_slots; s++) {
		if (roster_is_away(in->roster, (size_t)inspector, slot_date(in->slots[s])))
			away++;
		else
			taken += is_taken(in, place, id, in->slots[s]);
	}
	if (away > 0) {
		buf_text(out, *first ? "" : "; ");
		buf_format(out, kept_phrase(tr, N_("%.*s is away at %zu of %zu slots")), SLICE_ARGS(id), away,
		    in->n_slots);
		*first = false;
	}
	if (taken > 0) {
		buf_text(out, *first ? "" : "; ");
		buf_format(out, kept_phrase(tr, N_("%.*s has another visit at or close to %zu of %zu slots")),
		    SLICE_ARGS(id), taken, in->n_slots);
		*first = false;
	}
}

void
kept_explain(const struct kept_input *in, size_t i, const char *(*tr)(const char *text), struct buf *out)
{
	const struct kept_place *place = &in->places[i];
	char slot[SLOT_TEXT];
	bool first = true;

	slot_format(place->visit, slot);
	slot[SLOT_DATE_TEXT] = ' ';
	buf_slice(out, place->target);
	buf_format(out, ", %s: ", slot);
	for (size_t s = 0; s < in->rules->seats; s++)
		explain_member(in, place, place->team[s], tr, &first, out);
}
