/* The visits of a draw that cannot be kept: gathers the places of a draw in memory, or of one in the state. */
#include "draws/unkept.h"

#include <stdlib.h>

static int
unkept_new(struct unkept *u, size_t n, const struct commit *commit, const struct sealed *sealed,
    const struct roster *roster, struct err *err)
{
	*u = (struct unkept){.places = calloc(n + 1, sizeof *u->places),
	    .team = calloc(n * commit->rules.seats + 1, sizeof *u->team),
	    .kept = calloc(n + 1, sizeof *u->kept)};
	u->input = (struct kept_input){.rules = &commit->rules,
	    .roster = roster,
	    .slots = sealed->slots,
	    .n_slots = sealed->n_slots,
	    .places = u->places};
	return u->places == NULL || u->team == NULL || u->kept == NULL ? err_memory(err) : 0;
}

static int
unkept_count(struct unkept *u, struct err *err)
{
	int rc = kept_find(&u->input, u->kept, &u->apart, err);

	for (size_t i = 0; rc == 0 && i < u->input.n_places; i++) {
		u->visits += u->places[i].target.n > 0;
		u->n += !u->kept[i];
	}
	return rc;
}

int
unkept_of_draw(const struct draw_input *input, const struct draw *draw, struct unkept *ret, struct err *err)
{
	const struct roster *roster = input->roster;
	size_t seats = draw->seats, n = 0;
	int rc = unkept_new(ret, draw->n_admitted, input->commit, input->sealed, roster, err);

	for (size_t i = 0; rc == 0 && i < draw->n_chosen; i++) {
		if (!draw->chosen[i].admitted)
			continue;
		for (size_t s = 0; s < seats; s++)
			ret->team[n * seats + s] =
			    inspector_id(&roster->inspectors[draw->order[draw->team[i * seats + s]]]);
		ret->places[n] = (struct kept_place){n, draw->chosen[i].visit,
		    target_id(&roster->targets[draw->chosen[i].target]), &ret->team[n * seats]};
		n++;
	}
	ret->input.n_places = n;
	return rc == 0 ? unkept_count(ret, err) : rc;
}

int
unkept_of_visits(const struct stored_draw *draw, const struct visits *visits, struct unkept *ret, struct err *err)
{
	size_t seats = visits->n_seats;
	int rc = unkept_new(ret, visits->n, &draw->commit, &draw->sealed, &draw->roster, err);

	for (size_t i = 0; rc == 0 && i < visits->n; i++) {
		for (size_t s = 0; s < seats; s++)
			ret->team[i * seats + s] = visits->v[i].seats[s].inspector;
		ret->places[i] = (struct kept_place){visits->v[i].place, visits->v[i].visit, visits->v[i].target,
		    &ret->team[i * seats]};
	}
	ret->input.n_places = visits->n;
	return rc == 0 ? unkept_count(ret, err) : rc;
}

void
unkept_release(struct unkept *u)
{
	if (u == NULL)
		return;
	free(u->places);
	free(u->team);
	free(u->kept);
	*u = (struct unkept){.n = 0};
}
