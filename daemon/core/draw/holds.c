/* Which targets a draw's places hold, from which entry of the log to which. */

#include "core/draw/holds.h"

#include <stdlib.h>
#include <string.h>

static void
put_hold(struct holds *holds, const struct places *places, size_t place, size_t from)
{
	struct slice id = target_id(&places->input->roster->targets[places->v[place].target]);
	struct hold *h = &holds->v[holds->n++];

	*h = (struct hold){.place = place, .from = from, .to = HOLD_NO_END};
	memcpy(h->target.text, id.p, id.n < ID_MAX ? id.n : ID_MAX);
}

int
holds_new(const struct places *places, struct holds *ret_holds, struct err *err)
{
	struct holds holds = {.v = calloc(places->n + 1, sizeof *holds.v)};

	if (holds.v == NULL)
		return err_memory(err);
	for (size_t i = 0; i < places->n; i++)
		put_hold(&holds, places, i, 0);
	*ret_holds = holds;
	return 0;
}

void
holds_release(struct holds *holds)
{
	free(holds->v);
	*holds = (struct holds){0};
}

int
holds_amend(struct holds *holds, const struct places *places, size_t place, size_t stands, struct err *err)
{
	struct hold *more = realloc(holds->v, (holds->n + 1) * sizeof *more);

	if (more == NULL)
		return err_memory(err);
	holds->v = more;
	for (size_t i = 0; i < holds->n; i++)
		if (holds->v[i].place == place && holds->v[i].to == HOLD_NO_END)
			holds->v[i].to = stands;
	if (places->v[place].target != AMEND_EMPTY)
		put_hold(holds, places, place, stands);
	return 0;
}

static int
compare_holds(const void *a, const void *b)
{
	return strcmp(((const struct hold *)a)->target.text, ((const struct hold *)b)->target.text);
}

void
holds_sort(struct holds *holds)
{
	qsort(holds->v, holds->n, sizeof *holds->v, compare_holds);
	holds->sorted = true;
}

bool
holds_has(const struct holds *holds, struct slice target, size_t commit)
{
	struct hold key = {.place = 0};
	const struct hold *found = NULL;

	memcpy(key.target.text, target.p, target.n < ID_MAX ? target.n : ID_MAX);
	if (holds->sorted && holds->n > 0)
		found = bsearch(&key, holds->v, holds->n, sizeof key, compare_holds);
	return found != NULL && found->from < commit && found->to > commit;
}
