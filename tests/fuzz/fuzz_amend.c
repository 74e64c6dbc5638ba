/* The input is an amendment, applied to the example's first draw: where it is applied, the loads still add up. */
#include "fuzz_example.h"

#include "core/draw/amend.h"

static void
check_loads(const struct places *p)
{
	uint64_t held = 0, load = 0;

	for (size_t i = 0; i < p->n; i++)
		for (size_t s = 0; s < p->draw->seats; s++)
			held += p->v[i].target != AMEND_EMPTY && p->team[i * p->draw->seats + s] != AMEND_EMPTY;
	for (size_t i = 0; i < p->draw->n_in; i++)
		load += p->load[i];
	FUZZ_CHECK(held == load);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct fuzz_draw *d = fuzz_example_draw();
	struct slice text = {(const char *)data, size};
	struct amendment a, due = {0};
	struct places p;
	struct buf out;

	if (amendment_parse(text, &a, NULL) != 0)
		return 0;
	buf_init(&out, 2 * size + 64);
	amendment_write(&a, &out);
	FUZZ_CHECK(!out.failed && slice_eq(buf_view(&out), text));
	buf_release(&out);
	FUZZ_CHECK(places_new(&d->input, &d->draw, &p, NULL) == 0);
	(void)places_apply(&p, &a, NULL);
	check_loads(&p);
	for (int i = 0; i < 4; i++) { /* as often as the protocol lets it change */
		if (places_propose(&p, a.of_target, a.place, a.seat, &due, NULL) == 0)
			FUZZ_CHECK(places_apply(&p, &due, NULL) == 0);
		check_loads(&p);
	}
	places_release(&p);
	return 0;
}
