/* Compares the published record with the computed draw: the checks `seed` to `record` (PROTOCOL 10). */

#include "core/base/json.h"
#include "core/check/draw_check.h"
#include "core/draw/place_line.h"

static struct slice
chosen_id(const struct draw_case *c, const struct chosen *chosen)
{
	return target_id(&c->roster.targets[chosen->target]);
}

static struct slice
ordered_id(const struct draw_case *c, uint32_t place)
{
	return inspector_id(&c->roster.inspectors[c->draw.order[place]]);
}

static bool
is_hash(struct slice hex, const struct hash *hash)
{
	char expected[HASH_HEX + 1];

	text_to_hex(hash->b, HASH_BYTES, expected);
	return slice_is(hex, expected);
}

static bool
is_class(struct slice escaped, struct slice class)
{
	char plain[2 * TEXT_MAX];

	return escaped.n <= sizeof plain && slice_eq((struct slice){plain, json_unescape(escaped, plain)}, class);
}

int
compare_seed(const struct draw_case *c, struct err *err)
{
	if (!slice_is(c->record.seed, c->draw.seed))
		return err_set(err, ERR_REFUSED, N_("the record says %.*s, the seed is %s"), SLICE_ARGS(c->record.seed),
		    c->draw.seed);
	return 0;
}

static int
compare_target(const struct draw_case *c, const struct chosen *chosen, const struct record_target *t, struct err *err)
{
	struct slice id = chosen_id(c, chosen);

	if (!slice_eq(t->id, id))
		return err_set(err, ERR_REFUSED, N_("the record says %.*s where %.*s was drawn"), SLICE_ARGS(t->id),
		    SLICE_ARGS(id));
	if (!is_hash(t->ticket, &chosen->ticket))
		return err_set(err, ERR_REFUSED, N_("the ticket of %.*s is not the one in the record"), SLICE_ARGS(id));
	if (!is_class(t->class, target_class(&c->roster.targets[chosen->target])))
		return err_set(err, ERR_REFUSED, N_("the class of %.*s is not the one in the record"), SLICE_ARGS(id));
	return 0;
}

/* The record must list each chosen target as the next selected or next unstaffed one.  `teams` checks which of them. */
int
compare_selection(const struct draw_case *c, struct err *err)
{
	const struct record *r = &c->record;
	size_t selected = 0, unstaffed = 0;
	int rc = 0;

	for (size_t i = 0; i < c->draw.n_chosen && rc == 0; i++) {
		struct slice id = chosen_id(c, &c->draw.chosen[i]);

		if (unstaffed < r->n_unstaffed && slice_eq(r->unstaffed[unstaffed], id))
			unstaffed++;
		else if (selected < r->n_selected)
			rc = compare_target(c, &c->draw.chosen[i], &r->selected[selected++], err);
		else
			rc = err_set(err, ERR_REFUSED, N_("%.*s was drawn, but is not in the record"), SLICE_ARGS(id));
	}
	if (rc == 0 && selected < r->n_selected)
		rc = err_set(err, ERR_REFUSED, N_("%.*s was not drawn, but is in the record"),
		    SLICE_ARGS(r->selected[selected].id));
	if (rc == 0 && unstaffed < r->n_unstaffed)
		rc = err_set(err, ERR_REFUSED, N_("%.*s was not drawn, but is in the record"),
		    SLICE_ARGS(r->unstaffed[unstaffed]));
	if (rc == 0 && r->n_reserve != c->draw.n_reserve)
		rc = err_set(err, ERR_REFUSED, N_("the reserve has %zu targets, the record says %zu"),
		    c->draw.n_reserve, r->n_reserve);
	for (size_t i = 0; rc == 0 && i < r->n_reserve; i++)
		rc = compare_target(c, &c->draw.reserve[i], &r->reserve[i], err);
	return rc;
}

int
compare_inspectors(const struct draw_case *c, struct err *err)
{
	const struct record *r = &c->record;

	if (r->n_inspectors != c->draw.n_drawn)
		return err_set(err, ERR_REFUSED, N_("%zu inspectors are drawn, the record says %zu"), c->draw.n_drawn,
		    r->n_inspectors);
	for (size_t i = 0; i < r->n_inspectors; i++) {
		struct slice id = ordered_id(c, (uint32_t)i);

		if (!slice_eq(r->inspectors[i].id, id))
			return err_set(err, ERR_REFUSED, N_("the record says %.*s where %.*s was drawn"),
			    SLICE_ARGS(r->inspectors[i].id), SLICE_ARGS(id));
		if (!is_hash(r->inspectors[i].ticket, &c->draw.order_tickets[i]))
			return err_set(err, ERR_REFUSED, N_("the ticket of %.*s is not the one in the record"),
			    SLICE_ARGS(id));
	}
	return 0;
}

static int
compare_team(const struct draw_case *c, size_t chosen, size_t selected, struct err *err)
{
	size_t seats = c->draw.seats;

	for (size_t s = 0; s < seats; s++) {
		struct slice id = ordered_id(c, c->draw.team[chosen * seats + s]);

		if (!slice_eq(c->record.team[selected * seats + s], id))
			return err_set(err, ERR_REFUSED,
			    N_("the record seats %.*s at %.*s, seat %zu, where %.*s must sit"),
			    SLICE_ARGS(c->record.team[selected * seats + s]),
			    SLICE_ARGS(c->record.selected[selected].id), s, SLICE_ARGS(id));
	}
	return 0;
}

int
compare_teams(const struct draw_case *c, struct err *err)
{
	const struct record *r = &c->record;
	size_t selected = 0;
	int rc = 0;

	if (r->n_selected != c->draw.n_admitted)
		return err_set(err, ERR_REFUSED, N_("%zu targets can be staffed, the record says %zu"),
		    c->draw.n_admitted, r->n_selected);
	for (size_t i = 0; i < c->draw.n_chosen && rc == 0; i++) {
		struct slice id = chosen_id(c, &c->draw.chosen[i]);

		if (!c->draw.chosen[i].admitted)
			continue;
		if (!slice_eq(r->selected[selected].id, id))
			return err_set(err, ERR_REFUSED, N_("%.*s can be staffed, but the record leaves it out"),
			    SLICE_ARGS(id));
		rc = compare_team(c, i, selected++, err);
	}
	for (size_t i = 0; rc == 0 && i < r->n_inspectors && i < c->draw.n_drawn; i++)
		if (r->inspectors[i].load != c->draw.load[i])
			rc = err_set(err, ERR_REFUSED, N_("%.*s holds %llu seats, the record says %llu"),
			    SLICE_ARGS(ordered_id(c, (uint32_t)i)), (unsigned long long)c->draw.load[i],
			    (unsigned long long)r->inspectors[i].load);
	if (rc == 0 && (r->least != c->draw.least || r->limit != c->draw.limit))
		rc = err_set(err, ERR_REFUSED, N_("the load is least %llu, limit %llu; the record says %llu and %llu"),
		    (unsigned long long)c->draw.least, (unsigned long long)c->draw.limit, (unsigned long long)r->least,
		    (unsigned long long)r->limit);
	return rc;
}

/* The selected targets and their teams are those that were drawn. */
int
compare_visits(const struct draw_case *c, struct err *err)
{
	size_t selected = 0;

	for (size_t i = 0; i < c->draw.n_chosen; i++) {
		const struct chosen *chosen = &c->draw.chosen[i];
		char right[SLOT_TEXT], said[SLOT_TEXT];

		if (!chosen->admitted)
			continue;
		if (c->record.selected[selected++].visit == chosen->visit)
			continue;
		slot_format(chosen->visit, right);
		slot_format(c->record.selected[selected - 1].visit, said);
		return err_set(err, ERR_REFUSED, N_("%.*s is to be visited at %s, the record says %s"),
		    SLICE_ARGS(chosen_id(c, chosen)), right, said);
	}
	return 0;
}

int
compare_matters(const struct draw_case *c, struct err *err)
{
	const struct record *r = &c->record;

	if (r->n_matters != c->draw.n_matters)
		return err_set(err, ERR_REFUSED, N_("%zu matters are drawn, the record says %zu"), c->draw.n_matters,
		    r->n_matters);
	for (size_t i = 0; i < r->n_matters; i++) {
		struct slice id = c->sealed.matters[c->draw.matters[i]];

		if (!slice_eq(r->matters[i], id))
			return err_set(err, ERR_REFUSED, N_("the record says %.*s where %.*s was drawn"),
			    SLICE_ARGS(r->matters[i]), SLICE_ARGS(id));
	}
	return 0;
}

static int
compare_entries(const struct draw_context *x, const struct draw_case *c, struct err *err)
{
	char hex[HASH_HEX + 1];

	hash_hex(buf_view(&c->record_json), hex);
	if (!slice_is(x->outcome->draw.record, hex))
		return err_set(err, ERR_REFUSED, N_("its hash is %s, but the draw's entry says %.*s"), hex,
		    SLICE_ARGS(x->outcome->draw.record));
	if (!slice_is(x->reveal->reveal.record, hex))
		return err_set(err, ERR_REFUSED, N_("its hash is %s, but the reveal's entry says %.*s"), hex,
		    SLICE_ARGS(x->reveal->reveal.record));
	if (place_lines_root(&c->input, &c->draw, hex, err) != 0)
		return ERR_MEMORY;
	if (!slice_is(x->outcome->draw.places, hex))
		return err_set(err, ERR_REFUSED, N_("the root over its places is %s, but the draw's entry says %.*s"),
		    hex, SLICE_ARGS(x->outcome->draw.places));
	return 0;
}

static size_t
first_difference(struct slice a, struct slice b)
{
	size_t i = 0;

	while (i < a.n && i < b.n && a.p[i] == b.p[i])
		i++;
	return i;
}

int
compare_record(const struct draw_context *x, const struct draw_case *c, struct err *err)
{
	struct slice said = buf_view(&c->record_json);
	struct buf right;
	int rc = 0;

	buf_init(&right, SIZE_MAX / 2);
	record_write(&c->input, &c->draw, &right);
	if (right.failed)
		rc = err_memory(err);
	else if (!slice_eq(said, buf_view(&right)))
		rc = err_set(err, ERR_REFUSED,
		    N_("it is not the canonical form of what was recomputed: it differs at byte %zu"),
		    first_difference(said, buf_view(&right)));
	buf_release(&right);
	if (rc == 0 && x->has_log)
		rc = compare_entries(x, c, err);
	return rc;
}
