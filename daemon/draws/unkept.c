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
unkept_of_draw(const struct draw_input *input, const struct draw *draw, struct unkept *u, struct err *err)
{
	const struct roster *roster = input->roster;
	size_t seats = draw->seats, n = 0;
	int rc = unkept_new(u, draw->n_admitted, input->commit, input->sealed, roster, err);

	for (size_t i = 0; rc == 0 && i < draw->n_chosen; i++) {
		if (!draw->chosen[i].admitted)
			continue;
		for (size_t s = 0; s < seats; s++)
			u->team[n * seats + s] =
			    inspector_id(&roster->inspectors[draw->order[draw->team[i * seats + s]]]);
		u->places[n] = (struct kept_place){n, draw->chosen[i].visit,
		    target_id(&roster->targets[draw->chosen[i].target]), &u->team[n * seats]};
		n++;
	}
	u->input.n_places = n;
	return rc == 0 ? unkept_count(u, err) : rc;
}

int
unkept_of_visits(const struct stored_draw *draw, const struct visits *v, struct unkept *u, struct err *err)
{
	size_t seats = v->n_seats;
	int rc = unkept_new(u, v->n, &draw->commit, &draw->sealed, &draw->roster, err);

	for (size_t i = 0; rc == 0 && i < v->n; i++) {
		for (size_t s = 0; s < seats; s++)
			u->team[i * seats + s] = v->v[i].seats[s].inspector;
		u->places[i] = (struct kept_place){v->v[i].place, v->v[i].visit, v->v[i].target, &u->team[i * seats]};
	}
	u->input.n_places = v->n;
	return rc == 0 ? unkept_count(u, err) : rc;
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
