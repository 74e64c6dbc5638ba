/*
 * Who may be sent where: each rule by itself, and the table of rows against one pair at a time.
 */
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/draw/lawful.h"

#define ZEROS "0000000000000000000000000000000000000000000000000000000000000000"
#define TEXT_BYTES_MAX (1 << 20)
#define DAY 20000 /* of the draw: after every `since` here */

static struct support_random random_numbers;

static size_t
below(size_t n)
{
	return (size_t)support_random_below(&random_numbers, n);
}

static void
seed_set(void)
{
	const char *text = getenv("SPOTCHECK_SEED");

	random_numbers.state = text == NULL ? 20240607 : strtoull(text, NULL, 10);
	print_message("SPOTCHECK_SEED=%llu\n", (unsigned long long)random_numbers.state);
}

/* A roster and the texts that it points into. */
struct fixture {
	struct roster roster;
	char *texts[3];
};

static void
fixture_init(struct fixture *f, struct buf *targets, struct buf *inspectors, struct buf *conflicts)
{
	struct err err = {0};

	*f = (struct fixture){.texts = {buf_steal(targets), buf_steal(inspectors), buf_steal(conflicts)}};
	for (size_t i = 0; i < 3; i++)
		assert_non_null(f->texts[i]);
	if (roster_parse_targets(&f->roster, slice_of(f->texts[0]), "targets", DAY, NULL, &err) < 0 ||
	    roster_parse_inspectors(&f->roster, slice_of(f->texts[1]), "inspectors", NULL, &err) < 0 ||
	    roster_parse_conflicts(&f->roster, slice_of(f->texts[2]), "conflicts", &err) < 0)
		fail_msg("%s", err.message);
}

static void
fixture_release(struct fixture *f)
{
	roster_release(&f->roster);
	for (size_t i = 0; i < 3; i++)
		free(f->texts[i]);
}

static void
needy_target_add(struct buf *text, const char *id, const char *unit, const char *area, const char *level,
    const char *needs)
{
	buf_format(text, "%s,A,%s,%s,%s,%s,1,2020-01-01,,,in," ZEROS "\n", id, unit, area, level, needs);
}

static void
target_add(struct buf *text, const char *id, const char *unit, const char *area, const char *level)
{
	needy_target_add(text, id, unit, area, level, "");
}

static void
inspector_add(struct buf *text, const char *id, const char *unit_area, const char *level, const char *tags)
{
	buf_format(text, "%s,%s,%s,%s,in," ZEROS "\n", id, unit_area, level, tags);
}

static void
text_begin(struct buf *text, const char *header)
{
	buf_init(text, TEXT_BYTES_MAX);
	buf_format(text, "%s\n", header);
}

/* The texts of a fixture while they are written. */
struct texts {
	struct buf targets, inspectors, conflicts;
};

static void
texts_begin(struct texts *texts)
{
	text_begin(&texts->targets, roster_targets_header);
	text_begin(&texts->inspectors, roster_inspectors_header);
	text_begin(&texts->conflicts, roster_conflicts_header);
}

/* Goal: each rule by itself forbids what PROTOCOL 7 says, and nothing else. */
static void
test_rules(void **state)
{
	static const struct {
		const char *name;
		bool unit, area, level;
		int64_t gap;
		const char *p; /* inspector of the table below */
		enum lawful expected;
	} cases[] = {
	    {"no rule", false, false, false, 0, "same", LAWFUL},
	    {"same unit", true, false, false, 0, "same", UNLAWFUL_UNIT},
	    {"same area", false, true, false, 0, "same", UNLAWFUL_AREA},
	    {"unit goes first", true, true, false, 0, "same", UNLAWFUL_UNIT},
	    {"other unit and area", true, true, false, 0, "other", LAWFUL},
	    {"unit not given", true, false, false, 0, "bare", UNLAWFUL_UNIT},
	    {"area not given", false, true, false, 0, "bare", UNLAWFUL_AREA},
	    {"level not given", false, false, true, -999, "bare", UNLAWFUL_LEVEL},
	    {"level not given, no rule", false, false, false, 0, "bare", LAWFUL},
	    {"level equal, gap 0", false, false, true, 0, "same", LAWFUL},
	    {"level equal, gap 1", false, false, true, 1, "same", UNLAWFUL_LEVEL},
	    {"level one below, gap 0", false, false, true, 0, "other", UNLAWFUL_LEVEL},
	    {"level one below, gap -1", false, false, true, -1, "other", LAWFUL},
	    {"huge gap", false, false, true, INTEGER_LIMIT - 1, "same", UNLAWFUL_LEVEL},
	    {"huge negative gap", false, false, true, 1 - INTEGER_LIMIT, "other", LAWFUL},
	    {"conflict with target", false, false, false, 0, "c-target", UNLAWFUL_CONFLICT},
	    {"conflict with unit", false, false, false, 0, "c-unit", UNLAWFUL_CONFLICT},
	    {"conflict with area", false, false, false, 0, "c-area", UNLAWFUL_CONFLICT},
	    {"conflict with another target", false, false, false, 0, "d-target", LAWFUL},
	    {"the unit's name as an area", false, false, false, 0, "e-area", LAWFUL},
	};
	struct texts texts;
	struct fixture f;

	(void)state;
	texts_begin(&texts);
	target_add(&texts.targets, "t1", "u1", "a1", "5");
	target_add(&texts.targets, "t2", "u2", "u1", "5");
	inspector_add(&texts.inspectors, "bare", ",", "", "");
	inspector_add(&texts.inspectors, "c-area", "u9,a9", "5", "");
	inspector_add(&texts.inspectors, "c-target", "u9,a9", "5", "");
	inspector_add(&texts.inspectors, "c-unit", "u9,a9", "5", "");
	inspector_add(&texts.inspectors, "d-target", "u9,a9", "5", "");
	inspector_add(&texts.inspectors, "e-area", "u9,a9", "5", "");
	inspector_add(&texts.inspectors, "other", "u9,a9", "4", "");
	inspector_add(&texts.inspectors, "same", "u1,a1", "5", "");
	buf_text(&texts.conflicts,
	    "c-area,area,a1,declared\nc-target,target,t1,rotation\nc-unit,unit,u1,declared\n"
	    "d-target,target,t2,declared\ne-area,area,u1,declared\n");
	fixture_init(&f, &texts.targets, &texts.inspectors, &texts.conflicts);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct rules rules = {.avoid_unit = cases[i].unit,
		    .avoid_area = cases[i].area,
		    .has_level_gap = cases[i].level,
		    .level_gap = cases[i].gap};
		ptrdiff_t p = roster_find_inspector(&f.roster, slice_of(cases[i].p));
		enum lawful found;

		assert_true(p >= 0);
		found = lawful_pair(&rules, &f.roster, &f.roster.targets[0], &f.roster.inspectors[p]);
		if (found != cases[i].expected)
			fail_msg("%s: %d", cases[i].name, (int)found);
	}
	fixture_release(&f);
}

/* Goal: a seat that asks for `any` fits everybody, one that asks for a tag those who have just that tag. */
static void
test_fits(void **state)
{
	struct rules rules = {.team = {slice_of("senior"), slice_of("any"), slice_of("sen"), slice_of("x")},
	    .seats = 4};
	struct texts texts;
	struct fixture f;

	(void)state;
	texts_begin(&texts);
	inspector_add(&texts.inspectors, "a", ",", "", "");
	inspector_add(&texts.inspectors, "b", ",", "", "senior");
	inspector_add(&texts.inspectors, "c", ",", "", "sen;x");
	fixture_init(&f, &texts.targets, &texts.inspectors, &texts.conflicts);
	assert_int_equal(lawful_fits(&rules, &f.roster.inspectors[0]), 1 << 1);
	assert_int_equal(lawful_fits(&rules, &f.roster.inspectors[1]), 1 << 0 | 1 << 1);
	assert_int_equal(lawful_fits(&rules, &f.roster.inspectors[2]), 1 << 1 | 1 << 2 | 1 << 3);
	fixture_release(&f);
}

/* Goal: a seat that asks for `own` fits who has the tag that the target needs, and everybody where it needs none. */
static void
test_fits_own(void **state)
{
	struct rules rules = {.team = {slice_of("own"), slice_of("sen"), slice_of("any"), slice_of("own")}, .seats = 4};
	static const unsigned right[3][3] = {
	    /* a: no tag, b: sen, c: senior;x */
	    {1 << 0 | 1 << 2 | 1 << 3, 0xf, 1 << 0 | 1 << 2 | 1 << 3}, /* needs nothing */
	    {1 << 2, 0xf, 1 << 2},                                     /* sen */
	    {1 << 2, 1 << 1 | 1 << 2, 1 << 0 | 1 << 2 | 1 << 3},       /* x */
	};
	struct texts texts;
	struct fixture f;

	(void)state;
	texts_begin(&texts);
	needy_target_add(&texts.targets, "t1", "", "", "", "");
	needy_target_add(&texts.targets, "t2", "", "", "", "sen");
	needy_target_add(&texts.targets, "t3", "", "", "", "x");
	inspector_add(&texts.inspectors, "a", ",", "", "");
	inspector_add(&texts.inspectors, "b", ",", "", "sen");
	inspector_add(&texts.inspectors, "c", ",", "", "senior;x");
	fixture_init(&f, &texts.targets, &texts.inspectors, &texts.conflicts);
	assert_int_equal(lawful_own_seats(&rules), 1 << 0 | 1 << 3);
	assert_int_equal(lawful_fits(&rules, &f.roster.inspectors[0]), 1 << 2);
	assert_int_equal(lawful_fits(&rules, &f.roster.inspectors[1]), 1 << 1 | 1 << 2);
	for (size_t t = 0; t < 3; t++)
		for (size_t p = 0; p < 3; p++)
			for (size_t s = 0; s < 4; s++)
				assert_int_equal(lawful_fits_seat(&rules, &f.roster.targets[t], &f.roster.inspectors[p],
				                     s),
				    right[t][p] >> s & 1);
	/* fitting is not lawful, and what a target needs bars nobody from it */
	for (size_t t = 0; t < 3; t++)
		assert_int_equal(lawful_pair(&rules, &f.roster, &f.roster.targets[t], &f.roster.inspectors[0]), LAWFUL);
	rules.seats = 1;
	assert_int_equal(lawful_own_seats(&rules), 1 << 0);
	rules.team[0] = slice_of("owner");
	assert_int_equal(lawful_own_seats(&rules), 0);
	fixture_release(&f);
}

static int
by_string(const void *a, const void *b)
{
	return strcmp(a, b);
}

static const char *const units[] = {"", "u0", "u1", "u2", "u3", "u4", "u5", "u6"};
static const char *const areas[] = {"", "a0", "a1", "a2", "a3", "a4", "a5", "a6"};

static const char *const needs[] = {"", "", "fire", "lead", "nobody-has-it"};
static const char *const tag_lists[] = {"", "fire", "fire;lead", "lead", "a;fire;leader", "fir"};

/* Conflicts must name values that occur: ids do, and the first targets make every unit and area occur. */
static void
random_conflicts(struct buf *text, size_t n_targets, size_t n_inspectors, size_t n)
{
	char(*lines)[64] = calloc(n + 1, sizeof *lines);

	assert_non_null(lines);
	for (size_t i = 0; i < n; i++) {
		size_t p = below(n_inspectors);
		size_t kind = below(3);

		if (kind == 0)
			snprintf(lines[i], sizeof *lines, "i%04zu,target,t%04zu,rotation", p, below(n_targets));
		else if (kind == 1)
			snprintf(lines[i], sizeof *lines, "i%04zu,unit,%s,declared", p, units[1 + below(7)]);
		else
			snprintf(lines[i], sizeof *lines, "i%04zu,area,%s,declared", p, areas[1 + below(7)]);
	}
	qsort(lines, n, sizeof *lines, by_string);
	for (size_t i = 0; i < n; i++)
		if (i == 0 || strcmp(lines[i], lines[i - 1]) != 0)
			buf_format(text, "%s\n", lines[i]);
	free(lines);
}

static void
random_level(char ret[static 32])
{
	if (below(6) == 0)
		ret[0] = '\0';
	else
		snprintf(ret, 32, "%zu", below(4) == 0 ? below(1000) : below(6));
}

static void
random_fixture(struct fixture *f)
{
	size_t n_targets = 8 + below(40);
	size_t n_inspectors = 1 + below(150);
	char id[32], level[32], unit_area[32];
	struct texts texts;

	texts_begin(&texts);
	for (size_t t = 0; t < n_targets; t++) {
		snprintf(id, sizeof id, "t%04zu", t);
		random_level(level);
		needy_target_add(&texts.targets, id, units[t < 8 ? t : below(8)], areas[t < 8 ? t : below(8)], level,
		    needs[below(5)]);
	}
	for (size_t p = 0; p < n_inspectors; p++) {
		snprintf(id, sizeof id, "i%04zu", p);
		snprintf(unit_area, sizeof unit_area, "%s,%s", units[below(8)], areas[below(8)]);
		random_level(level);
		inspector_add(&texts.inspectors, id, unit_area, level, tag_lists[below(6)]);
	}
	random_conflicts(&texts.conflicts, n_targets, n_inspectors, below(60));
	fixture_init(f, &texts.targets, &texts.inspectors, &texts.conflicts);
}

/* A choice from 0 .. n-1, in any order. */
static size_t
random_choice(size_t n, uint32_t *ret)
{
	size_t chosen = below(n + 1);

	for (size_t i = 0; i < n; i++)
		ret[i] = (uint32_t)i;
	for (size_t i = n; i > 1; i--) {
		size_t j = below(i);
		uint32_t t = ret[i - 1];

		ret[i - 1] = ret[j];
		ret[j] = t;
	}
	return chosen;
}

static void
compare_row(const struct rules *rules, const struct roster *roster, const struct target *t, const uint32_t *inspectors,
    size_t n, const uint64_t *row)
{
	for (size_t p = 0; p < (n + 63) / 64 * 64; p++) {
		bool expected = p < n && lawful_pair(rules, roster, t, &roster->inspectors[inspectors[p]]) == LAWFUL;

		assert_int_equal(row[p / 64] >> p % 64 & 1, expected);
	}
}

static void
compare_own_row(const struct roster *roster, const struct target *t, const uint32_t *inspectors, size_t n,
    const uint64_t *row)
{
	for (size_t p = 0; p < n; p++) {
		bool fits =
		    target_needs(t).n == 0 || inspector_has_tag(&roster->inspectors[inspectors[p]], target_needs(t));

		assert_int_equal(row[p / 64] >> p % 64 & 1, fits);
	}
}

/*
 * Goal: the rows of the table say what lawful_pair says, whatever the rules, the choice and the order; and with a seat
 * `own` they say who has what the target needs.
 */
static void
test_rows(void **state)
{
	(void)state;
	seed_set();
	for (int round = 0; round < 600; round++) {
		struct rules rules = {.avoid_unit = below(2) == 0,
		    .avoid_area = below(2) == 0,
		    .has_level_gap = below(2) == 0,
		    .level_gap = (int64_t)below(7) - 3,
		    .team = {slice_of("any"), slice_of("own")},
		    .seats = 1 + below(2)};
		bool own = rules.seats == 2;
		struct fixture f;
		struct lawful_table *table;
		uint32_t targets[64], inspectors[256];
		size_t n_targets, n_inspectors;

		random_fixture(&f);
		n_targets = random_choice(f.roster.n_targets, targets);
		n_inspectors = random_choice(f.roster.n_inspectors, inspectors);
		assert_int_equal(lawful_table_new(&rules, &f.roster, targets, n_targets, inspectors, n_inspectors,
		                     &table, NULL),
		    0);
		for (size_t i = 0; i < 2 * n_targets; i++) {
			size_t t = i < n_targets ? i : below(n_targets);

			compare_row(&rules, &f.roster, &f.roster.targets[targets[t]], inspectors, n_inspectors,
			    lawful_row(table, t));
			if (own)
				compare_own_row(&f.roster, &f.roster.targets[targets[t]], inspectors, n_inspectors,
				    lawful_own_row(table, t));
		}
		lawful_table_free(table);
		fixture_release(&f);
	}
}

/*
 * Goal: rows that do not all fit into the cache, of many levels and with inspectors of their own, are still right when
 * they come back.  400,000 inspectors make a row of 50 kB: the cache holds some 4,000 of them, and 1,300 bases.
 */
static void
test_cache(void **state)
{
	enum { N_INSPECTORS = 400000, N_TARGETS = 6000 };
	struct rules rules = {.has_level_gap = true, .level_gap = 1};
	struct roster roster = {.n_targets = N_TARGETS, .n_inspectors = N_INSPECTORS, .n_conflicts = N_TARGETS};
	char(*ids)[16] = calloc(N_INSPECTORS + N_TARGETS, sizeof *ids);
	uint32_t *order = calloc(N_INSPECTORS, sizeof *order);
	struct lawful_table *table;

	(void)state;
	roster.targets = calloc(N_TARGETS, sizeof *roster.targets);
	roster.inspectors = calloc(N_INSPECTORS, sizeof *roster.inspectors);
	roster.conflicts = calloc(N_TARGETS, sizeof *roster.conflicts);
	assert_true(ids != NULL && order != NULL && roster.targets != NULL && roster.inspectors != NULL &&
	    roster.conflicts != NULL);
	for (size_t p = 0; p < N_INSPECTORS; p++) {
		snprintf(ids[p], sizeof ids[p], "i%06zu", p);
		roster.inspectors[p] =
		    (struct inspector){.line = ids[p], .id_len = 7, .level = (int16_t)(p * 7919 % 1000)};
		order[p] = (uint32_t)p;
	}
	for (size_t t = 0; t < N_TARGETS; t++) {
		char *id = ids[N_INSPECTORS + t];

		snprintf(id, sizeof ids[0], "t%06zu", t);
		roster.targets[t] = (struct target){.line = id, .id_len = 7, .level = (int16_t)(t % 1000)};
		roster.conflicts[t] = (struct conflict){.inspector = inspector_id(&roster.inspectors[t * 60]),
		    .value = {id, 7},
		    .scope = SCOPE_TARGET};
	}
	assert_int_equal(lawful_table_new(&rules, &roster, order, N_TARGETS, order, N_INSPECTORS, &table, NULL), 0);
	for (size_t i = 0; i < 12000; i++) {
		size_t t = i * 4999 % N_TARGETS;
		const uint64_t *row = lawful_row(table, t);

		for (size_t p = i % 997; p < N_INSPECTORS; p += 99991)
			assert_int_equal(row[p / 64] >> p % 64 & 1,
			    lawful_pair(&rules, &roster, &roster.targets[t], &roster.inspectors[p]) == LAWFUL);
		assert_int_equal(row[t * 60 / 64] >> t * 60 % 64 & 1, 0);
	}
	lawful_table_free(table);
	free(roster.targets);
	free(roster.inspectors);
	free(roster.conflicts);
	free(order);
	free(ids);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_rules),
	    cmocka_unit_test(test_fits),
	    cmocka_unit_test(test_fits_own),
	    cmocka_unit_test(test_rows),
	    cmocka_unit_test(test_cache),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
