/* The input is one of the public CSV files; conflicts are checked against the example's rosters. */
#include "fuzz.h"

#include "core/format/roster.h"

#define DATE 19592 /* of the example's first draw */

static void
check_rows(const struct roster *r, struct slice bytes)
{
	size_t rows = 0;

	(void)roster_root(bytes, &rows);
	FUZZ_CHECK(rows == r->n_targets || rows == r->n_inspectors);
	for (size_t i = 0; i < r->n_targets; i++) {
		const struct target *t = &r->targets[i];

		FUZZ_CHECK(roster_find_target(r, target_id(t)) == (ptrdiff_t)i);
		FUZZ_CHECK(t->weight >= 1 && t->weight <= WEIGHT_MAX && t->since <= DATE);
		FUZZ_CHECK(text_check(target_class(t), NULL) == TEXT_OK && text_check(target_area(t), NULL) == TEXT_OK);
	}
	for (size_t i = 0; i < r->n_inspectors; i++) {
		FUZZ_CHECK(roster_find_inspector(r, inspector_id(&r->inspectors[i])) == (ptrdiff_t)i);
		FUZZ_CHECK(!inspector_has_tag(&r->inspectors[i], slice_of("any")));
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct roster example;
	struct slice bytes = {(const char *)data, size};
	struct roster r = {0};
	size_t not_nfc = 0;

	if (example.targets == NULL) {
		struct slice targets = fuzz_example("draws/0001/targets.csv");
		struct slice inspectors = fuzz_example("draws/0001/inspectors.csv");

		FUZZ_CHECK(roster_parse_targets(&example, targets, "t", DATE, NULL, NULL) == 0);
		FUZZ_CHECK(roster_parse_inspectors(&example, inspectors, "i", NULL, NULL) == 0);
	}
	if (roster_parse_targets(&r, bytes, "targets.csv", DATE, &not_nfc, NULL) == 0 ||
	    roster_parse_inspectors(&r, bytes, "inspectors.csv", &not_nfc, NULL) == 0)
		check_rows(&r, bytes);
	roster_release(&r);
	if (roster_parse_conflicts(&example, bytes, "conflicts.csv", NULL) == 0)
		for (size_t i = 0; i < example.n_conflicts; i++)
			FUZZ_CHECK(roster_find_inspector(&example, example.conflicts[i].inspector) >= 0);
	free(example.conflicts);
	example.conflicts = NULL;
	return 0;
}
