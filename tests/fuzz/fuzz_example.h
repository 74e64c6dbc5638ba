#ifndef SPOTCHECK_FUZZ_EXAMPLE_H
#define SPOTCHECK_FUZZ_EXAMPLE_H

#include "fuzz.h"

#include "core/draw/draw.h"

/* The example's first draw, computed once; it is never freed. */
struct fuzz_draw {
	struct commit commit;
	char commit_hash[HASH_HEX + 1];
	struct roster roster;
	struct sealed sealed;
	struct draw_input input;
	struct draw draw;
};

static inline const struct fuzz_draw *
fuzz_example_draw(void)
{
	static struct fuzz_draw d;
	struct slice commit;

	if (d.draw.chosen != NULL)
		return &d;
	commit = fuzz_example("draws/0001/commit.json");
	hash_hex(commit, d.commit_hash);
	FUZZ_CHECK(commit_parse(commit, &d.commit, NULL, NULL) == 0);
	FUZZ_CHECK(sealed_parse(fuzz_example("draws/0001/sealed.json"), &d.sealed, NULL) == 0);
	FUZZ_CHECK(roster_parse_targets(&d.roster, fuzz_example("draws/0001/targets.csv"), "t", d.commit.date, NULL,
	               NULL) == 0);
	FUZZ_CHECK(roster_parse_inspectors(&d.roster, fuzz_example("draws/0001/inspectors.csv"), "i", NULL, NULL) == 0);
	FUZZ_CHECK(roster_parse_conflicts(&d.roster, fuzz_example("draws/0001/conflicts.csv"), "c", NULL) == 0);
	d.input = (struct draw_input){.commit = &d.commit,
	    .commit_hash = slice_of(d.commit_hash),
	    .roster = &d.roster,
	    .sealed = &d.sealed,
	    .secret = slice_of("98d796c5c2efb29d74b651d1682bf0c48c294e40185dc44dfb240087d4dcf704"),
	    .beacon = slice_of("fe290beca10872ef2fb164d2aa4442de4566183ec51c56ff3cd603d930e54fdd")};
	FUZZ_CHECK(draw_compute(&d.input, &d.draw, NULL) == 0);
	return &d;
}

#endif
