/* The places of a draw as they were drawn, and the proofs of them. */
#include "draws/drawn_places.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/array.h"
#include "core/draw/place_line.h"
#include "core/format/place_proof.h"

int
drawn_places_open(const struct stored_draw *d, struct drawn_places *ret, struct err *err)
{
	const struct draw *draw = &d->draw;

	ret->d = d;
	ret->chosen = array_new(draw->n_chosen, sizeof *ret->chosen);
	if (ret->chosen == NULL)
		return err_memory(err);
	for (size_t i = 0; i < draw->n_chosen; i++)
		if (draw->chosen[i].admitted)
			ret->chosen[ret->n++] = (uint32_t)i;
	return place_lines_tree(&d->input, draw, &ret->tree, err);
}

void
drawn_places_release(struct drawn_places *places)
{
	merkle_release(&places->tree);
	free(places->chosen);
	*places = (struct drawn_places){.n = 0};
}

void
drawn_place_prove(const struct drawn_places *places, size_t place, struct buf *out)
{
	struct hash path[PLACE_PATH_MAX];
	size_t n = merkle_audit_path(&places->tree, place, places->n, path);
	struct buf line;

	buf_init(&line, PLACE_LINE_MAX);
	place_line_write(&places->d->input, &places->d->draw, place, places->chosen[place], &line);
	place_proof_put(out, place, buf_view(&line), path, n, places->n);
	out->failed |= line.failed;
	out->no_memory |= line.no_memory;
	buf_release(&line);
}

uint32_t
drawn_place_target(const struct drawn_places *places, size_t place)
{
	return places->d->draw.chosen[places->chosen[place]].target;
}

const uint32_t *
drawn_place_team(const struct drawn_places *places, size_t place)
{
	return &places->d->draw.team[places->chosen[place] * places->d->draw.seats];
}

bool
drawn_place_is_amended(const struct drawn_places *places, size_t place)
{
	size_t seats = places->d->draw.seats;

	return places->d->places.v[place].target != drawn_place_target(places, place) ||
	    memcmp(&places->d->places.team[place * seats], drawn_place_team(places, place), seats * sizeof(uint32_t)) !=
	    0;
}
