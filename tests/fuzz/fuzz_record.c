/* The input is a record.json of the example's first draw: only the published bytes pass all comparisons. */
#include "fuzz_example.h"

#include "core/check/draw_check.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct fuzz_draw *d = fuzz_example_draw();
	struct draw_context x = {.commit = &d->commit, .commit_hash = d->commit_hash};
	struct draw_case c = {.roster = d->roster, .sealed = d->sealed, .input = d->input, .draw = d->draw};
	static struct slice published;
	bool equal;

	if (published.p == NULL)
		published = fuzz_example("draws/0001/record.json");
	c.record_json = (struct buf){.data = (char *)data, .len = size};
	equal = slice_eq(buf_view(&c.record_json), published);
	for (size_t seats = 1; seats <= TEAM_MAX; seats++) {
		struct record other;

		if (seats != d->draw.seats && record_parse(buf_view(&c.record_json), seats, &other, NULL) == 0)
			record_release(&other);
	}
	if (record_parse(buf_view(&c.record_json), d->draw.seats, &c.record, NULL) != 0) {
		FUZZ_CHECK(!equal);
		return 0;
	}
	if (!equal)
		FUZZ_CHECK(compare_record(&x, &c, NULL) != 0);
	else
		FUZZ_CHECK(compare_record(&x, &c, NULL) == 0 && compare_seed(&c, NULL) == 0 &&
		    compare_selection(&c, NULL) == 0 && compare_inspectors(&c, NULL) == 0 &&
		    compare_teams(&c, NULL) == 0 && compare_visits(&c, NULL) == 0 && compare_matters(&c, NULL) == 0);
	(void)compare_seed(&c, NULL); /* must not fault, whatever was read */
	(void)compare_selection(&c, NULL);
	(void)compare_inspectors(&c, NULL);
	(void)compare_teams(&c, NULL);
	(void)compare_visits(&c, NULL);
	(void)compare_matters(&c, NULL);
	record_release(&c.record);
	return 0;
}
