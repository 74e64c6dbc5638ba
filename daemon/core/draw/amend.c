/* Amendments (PROTOCOL 9): read, written, proposed from the drawn order, and applied to the places of a draw. */
#include "core/draw/amend.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/base/json.h"

bool
amendment_reason_ok(bool of_target, struct slice reason)
{
	if (slice_is(reason, "other"))
		return true;
	if (of_target)
		return slice_is(reason, "closed") || slice_is(reason, "moved");
	return slice_is(reason, "recusal") || slice_is(reason, "unavailable");
}

int
amendment_parse(struct slice bytes, struct amendment *ret_amendment, struct err *err)
{
	struct amendment a = {0};
	struct json_reader r;
	bool good;

	json_open(&r, bytes);
	json_begin(&r, '{');
	json_key(&r, "amendment");
	a.amendment = json_uint(&r);
	json_key(&r, "in");
	a.in = json_plain(&r);
	json_key(&r, "n");
	a.n = json_uint(&r);
	json_key(&r, "nonce");
	a.nonce = json_plain(&r);
	json_key(&r, "out");
	a.out = json_plain(&r);
	json_key(&r, "place");
	a.place = json_uint(&r);
	json_key(&r, "reason");
	a.reason = json_plain(&r);
	a.of_target = !json_has_key(&r, "seat");
	if (!a.of_target)
		a.seat = json_uint(&r);
	json_key(&r, "type");
	good = slice_is(json_plain(&r), a.of_target ? "target" : "seat");
	json_key(&r, "v");
	good = good && json_uint(&r) == 2;
	json_end(&r, '}');
	good = good && json_done(&r) && a.amendment >= 1 && text_is_hex(a.nonce, NONCE_HEX) && text_is_id(a.out) &&
	    (a.in.n == 0 || text_is_id(a.in)) && amendment_reason_ok(a.of_target, a.reason);
	if (!good)
		return err_set(err, ERR_REFUSED, N_("an amendment has not the canonical form of section 9"));
	*ret_amendment = a;
	return 0;
}

void
amendment_write(const struct amendment *a, struct buf *out)
{
	buf_text(out, "{\"amendment\":");
	buf_uint(out, a->amendment);
	buf_text(out, ",\"in\":");
	json_put_string(out, a->in);
	buf_text(out, ",\"n\":");
	buf_uint(out, a->n);
	buf_text(out, ",\"nonce\":");
	json_put_string(out, a->nonce);
	buf_text(out, ",\"out\":");
	json_put_string(out, a->out);
	buf_text(out, ",\"place\":");
	buf_uint(out, a->place);
	buf_text(out, ",\"reason\":");
	json_put_string(out, a->reason);
	if (!a->of_target) {
		buf_text(out, ",\"seat\":");
		buf_uint(out, a->seat);
	}
	buf_text(out, a->of_target ? ",\"type\":\"target\",\"v\":2}" : ",\"type\":\"seat\",\"v\":2}");
}

void
amendments_hash(struct slice secret, uint64_t archive, const struct slice *sha256, size_t n,
    char ret_hex[static HASH_HEX + 1])
{
	char text[48];
	struct hash_stream s;
	struct hash h;

	hash_begin(&s);
	hash_add(&s, secret.p, secret.n);
	hash_add(&s, text, (size_t)snprintf(text, sizeof text, "amended/%llu/", (unsigned long long)archive));
	for (size_t i = 0; i < n; i++) {
		hash_add(&s, "/", i == 0 ? 0 : 1);
		hash_add(&s, sha256[i].p, sha256[i].n);
	}
	h = hash_end(&s);
	text_to_hex(h.b, HASH_BYTES, ret_hex);
}

int
places_new(const struct draw_input *input, const struct draw *draw, struct places *ret_places, struct err *err)
{
	struct places p = {.input = input, .draw = draw};
	size_t seats = draw->seats;

	p.v = calloc(draw->n_admitted + 1, sizeof *p.v);
	p.team = calloc(draw->n_admitted * seats + 1, sizeof *p.team);
	p.changes = calloc(draw->n_admitted * seats + 1, sizeof *p.changes);
	p.load = calloc(draw->n_in + 1, sizeof *p.load);
	p.placed = calloc(draw->n_reserve + 1, sizeof *p.placed);
	p.busy = calloc(draw->n_in + 1, sizeof *p.busy);
	if (p.v == NULL || p.team == NULL || p.changes == NULL || p.load == NULL || p.placed == NULL ||
	    p.busy == NULL) {
		places_release(&p);
		return err_memory(err);
	}
	for (size_t i = 0; i < draw->n_chosen; i++) {
		const struct chosen *c = &draw->chosen[i];

		if (!c->admitted)
			continue;
		p.v[p.n] = (struct place){.target = c->target, .stratum = c->stratum, .visit = c->visit};
		memcpy(&p.team[p.n * seats], &draw->team[i * seats], seats * sizeof *p.team);
		p.n++;
	}
	memcpy(p.load, draw->load, draw->n_in * sizeof *p.load);
	*ret_places = p;
	return 0;
}

void
places_release(struct places *places)
{
	if (places == NULL)
		return;
	free(places->v);
	free(places->team);
	free(places->changes);
	free(places->load);
	free(places->placed);
	free(places->removed);
	free(places->busy);
	*places = (struct places){0};
}

static const struct inspector *
inspector_at(const struct places *p, uint32_t index)
{
	return &p->input->roster->inspectors[p->draw->order[index]];
}

static const struct target *
target_at(const struct places *p, uint32_t index)
{
	return &p->input->roster->targets[index];
}

static bool
in_team(const struct places *p, size_t place, uint32_t inspector)
{
	for (size_t s = 0; s < p->draw->seats; s++)
		if (p->team[place * p->draw->seats + s] == inspector)
			return true;
	return false;
}

static bool
was_removed(const struct places *p, size_t place, uint32_t inspector)
{
	for (size_t i = 0; i < p->n_removed; i++)
		if (p->removed[i].place == place && p->removed[i].inspector == inspector)
			return true;
	return false;
}

static bool
lawful_at(const struct places *p, uint32_t inspector, uint32_t target)
{
	return lawful_pair(&p->input->commit->rules, p->input->roster, target_at(p, target),
	           inspector_at(p, inspector)) == LAWFUL;
}

static bool
may_take_seat(const struct places *p, size_t place, size_t seat, uint32_t inspector)
{
	const struct rules *rules = &p->input->commit->rules;
	uint32_t target = p->v[place].target;

	return lawful_fits_seat(rules, target_at(p, target), inspector_at(p, inspector), seat) &&
	    (rules->max_load == 0 || p->load[inspector] < rules->max_load) && !in_team(p, place, inspector) &&
	    !was_removed(p, place, inspector) && lawful_at(p, inspector, target);
}

/* Both hold a target, and these are of one unit. */
static bool
in_one_unit(const struct places *p, size_t a, size_t b)
{
	struct slice unit = target_unit(target_at(p, p->v[a].target));

	return unit.n > 0 && slice_eq(unit, target_unit(target_at(p, p->v[b].target)));
}

/* Marks who is away on the day of the place's visit, or has another visit too close to it. */
static void
mark_busy(const struct places *p, size_t place)
{
	uint64_t spacing = p->input->commit->rules.spacing;
	slot_t visit = p->v[place].visit;

	for (size_t i = 0; i < p->draw->n_in; i++)
		p->busy[i] = roster_is_away(p->input->roster, p->draw->order[i], slot_date(visit));
	for (size_t i = 0; i < p->n; i++) {
		slot_t other = p->v[i].visit;

		if (i == place || p->v[i].target == AMEND_EMPTY || in_one_unit(p, i, place) ||
		    (uint64_t)(other < visit ? visit - other : other - visit) >= spacing)
			continue;
		for (size_t s = 0; s < p->draw->seats; s++) {
			uint32_t holder = p->team[i * p->draw->seats + s];

			if (holder != AMEND_EMPTY)
				p->busy[holder] = true;
		}
	}
}

/* Of the inspectors [from, to) of the drawn order, the one with the least pair() who may take the seat; busy ones or not. */
static uint32_t
least_pair(const struct places *p, size_t place, size_t seat, bool busy, size_t from, size_t to)
{
	struct slice target = target_id(target_at(p, p->v[place].target));
	uint32_t best = AMEND_EMPTY;
	struct hash least;

	for (size_t i = from; i < to; i++) {
		struct hash pair;

		if (p->busy[i] != busy || !may_take_seat(p, place, seat, (uint32_t)i))
			continue;
		pair = draw_pair(&p->draw->prefix, target, inspector_id(inspector_at(p, (uint32_t)i)));
		if (best == AMEND_EMPTY || memcmp(pair.b, least.b, HASH_BYTES) < 0) {
			best = (uint32_t)i;
			least = pair;
		}
	}
	return best;
}

uint32_t
places_next_inspector(const struct places *p, size_t place, size_t seat)
{
	uint32_t next = AMEND_EMPTY;

	if (p->changes[place * p->draw->seats + seat] >= 2)
		return AMEND_EMPTY;
	mark_busy(p, place);
	for (int busy = 0; busy <= 1 && next == AMEND_EMPTY; busy++) {
		next = least_pair(p, place, seat, busy != 0, 0, p->draw->n_drawn);
		if (next == AMEND_EMPTY)
			next = least_pair(p, place, seat, busy != 0, p->draw->n_drawn, p->draw->n_in);
	}
	return next;
}

#define NO_SEAT SIZE_MAX

/* Whether the target is lawful for the place's team, but for the one in the seat `without`. */
static bool
team_lawful(const struct places *p, size_t place, uint32_t target, size_t without)
{
	for (size_t s = 0; s < p->draw->seats; s++) {
		uint32_t inspector = p->team[place * p->draw->seats + s];

		if (s != without && inspector != AMEND_EMPTY && !lawful_at(p, inspector, target))
			return false;
	}
	return true;
}

static uint32_t
next_target_without(const struct places *p, size_t place, size_t seat)
{
	for (size_t i = 0; i < p->draw->n_reserve; i++)
		if (p->draw->reserve[i].stratum == p->v[place].stratum && !p->placed[i] &&
		    team_lawful(p, place, p->draw->reserve[i].target, seat))
			return (uint32_t)i;
	return AMEND_EMPTY;
}

uint32_t
places_next_target(const struct places *p, size_t place)
{
	return next_target_without(p, place, NO_SEAT);
}

size_t
places_reserves_left(const struct places *p, size_t place)
{
	size_t n = 0;

	for (size_t i = 0; i < p->draw->n_reserve; i++)
		n += p->draw->reserve[i].stratum == p->v[place].stratum && !p->placed[i];
	return n;
}

size_t
places_barring_seat(const struct places *p, size_t place)
{
	size_t s = 0;

	while (s < p->draw->seats && next_target_without(p, place, s) == AMEND_EMPTY)
		s++;
	return s;
}

int
places_propose(const struct places *p, bool of_target, uint64_t place, uint64_t seat, struct amendment *ret_amendment,
    struct err *err)
{
	uint32_t holder, next;

	if (place >= p->n)
		return err_set(err, ERR_REFUSED, N_("there is no such place in this draw"));
	if (p->v[place].target == AMEND_EMPTY)
		return err_set(err, ERR_REFUSED, N_("the place is empty, for good"));
	if (of_target) {
		next = places_next_target(p, place);
		ret_amendment->of_target = true;
		ret_amendment->place = place;
		ret_amendment->out = target_id(target_at(p, p->v[place].target));
		ret_amendment->in = (struct slice){"", 0};
		if (next != AMEND_EMPTY)
			ret_amendment->in = target_id(target_at(p, p->draw->reserve[next].target));
		return 0;
	}
	if (seat >= p->draw->seats)
		return err_set(err, ERR_REFUSED, N_("there is no such seat in a team of this draw"));
	holder = p->team[place * p->draw->seats + seat];
	if (holder == AMEND_EMPTY)
		return err_set(err, ERR_REFUSED, N_("the seat is empty, for good"));
	next = places_next_inspector(p, place, seat);
	ret_amendment->of_target = false;
	ret_amendment->place = place;
	ret_amendment->seat = seat;
	ret_amendment->out = inspector_id(inspector_at(p, holder));
	ret_amendment->in = (struct slice){"", 0};
	if (next != AMEND_EMPTY)
		ret_amendment->in = inspector_id(inspector_at(p, next));
	return 0;
}

static int
apply_seat(struct places *p, size_t place, size_t seat, struct err *err)
{
	size_t at = place * p->draw->seats + seat;
	uint32_t next = places_next_inspector(p, place, seat);
	struct removal *more = realloc(p->removed, (p->n_removed + 1) * sizeof *more);

	if (more == NULL)
		return err_memory(err);
	p->removed = more;
	p->removed[p->n_removed++] = (struct removal){(uint32_t)place, p->team[at]};
	p->load[p->team[at]]--;
	p->team[at] = next;
	p->changes[at]++;
	if (next != AMEND_EMPTY)
		p->load[next]++;
	return 0;
}

static void
apply_target(struct places *p, size_t place)
{
	uint32_t next = places_next_target(p, place);

	if (next != AMEND_EMPTY) {
		p->placed[next] = true;
		p->v[place].target = p->draw->reserve[next].target;
		return;
	}
	p->v[place].target = AMEND_EMPTY; /* its seats no longer count as load */
	for (size_t s = 0; s < p->draw->seats; s++) {
		uint32_t holder = p->team[place * p->draw->seats + s];

		if (holder != AMEND_EMPTY)
			p->load[holder]--;
	}
}

int
places_apply(struct places *p, const struct amendment *a, struct err *err)
{
	struct amendment due = {0};
	int rc = places_propose(p, a->of_target, a->place, a->seat, &due, err);

	if (rc != 0)
		return rc;
	if (!slice_eq(a->out, due.out))
		return err_set(err, ERR_REFUSED, N_("\"%.*s\" is not what the place or seat holds now, which is %.*s"),
		    SLICE_ARGS(a->out), SLICE_ARGS(due.out));
	if (!slice_eq(a->in, due.in))
		return err_set(err, ERR_REFUSED,
		    N_("\"%.*s\" is not who comes next in the drawn order, which is \"%.*s\""), SLICE_ARGS(a->in),
		    SLICE_ARGS(due.in));
	if (!a->of_target)
		return apply_seat(p, a->place, a->seat, err);
	apply_target(p, a->place);
	return 0;
}
