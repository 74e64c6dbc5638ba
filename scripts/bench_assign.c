/*
 * How long it takes to compute teams (PROTOCOL 7), for easy and for hard districts.  A case's name as argument runs
 * only that case.
 *
 *	make && cc -std=c17 -D_GNU_SOURCE -O2 -Idaemon -o build/bench_assign scripts/bench_assign.c \
 *	    build/gcc/libspotcheck-core.a -lcrypto -lutf8proc -lpthread && build/bench_assign
 *
 * "table" is the time for finding out who is lawful for which target, "pairs" for hashing pair(t, p), "search" for
 * all else.  "visits" is what it takes then to give each place one of 40 slots (goal: under 5 % of the teams' time).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/base/hash.h"
#include "core/draw/assign.h"
#include "core/draw/visits.h"

struct bench {
	const char *name;
	size_t n_targets, n_inspectors, seats;
	uint64_t inspectors, max_load, slack;
	size_t areas;       /* nobody inspects the own area; 0: no rule */
	size_t levels;      /* nobody inspects a higher level; 0: no rule */
	size_t per_million; /* of all pairs are conflicts, at random */
	size_t tag_percent; /* of the inspectors fit seat 0; 0: all */
	/* More conflicts, with targets, or with their units if there are any; may be NULL. */
	bool (*forbidden)(const struct bench *b, size_t t, size_t p);
	size_t units;
};

static uint64_t random_state = 1;

/* splitmix64 (Steele, Lea, Flood 2014) */
static uint64_t
random_next(void)
{
	uint64_t z = random_state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

static size_t
below(size_t n)
{
	return (size_t)(random_next() % n);
}

static double
seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* ---- a district ---- */

#define LINE_BYTES 22

struct district {
	struct roster roster;
	struct rules rules;
	char (*lines)[LINE_BYTES];
	uint32_t *order;
	uint8_t *fits;
	struct hash_prefix prefix;
	double pairs_s; /* seconds spent so far */
};

static void *
array(size_t n, size_t size)
{
	void *p = calloc(n + 1, size);

	if (p == NULL) {
		fputs("no memory\n", stderr);
		exit(1);
	}
	return p;
}

static bool
is_forbidden(const struct bench *b, size_t t, size_t p)
{
	return (b->per_million > 0 && below(1000000) < b->per_million) ||
	    (b->forbidden != NULL && b->forbidden(b, t, p));
}

static void
district_conflicts(struct district *d, const struct bench *b)
{
	struct roster *r = &d->roster;
	size_t room = 1024;
	size_t n = b->units == 0 ? b->n_targets : b->units;

	r->conflicts = array(room, sizeof *r->conflicts);
	if (b->per_million == 0 && b->forbidden == NULL)
		return;
	for (size_t p = 0; p < b->n_inspectors; p++)
		for (size_t t = 0; t < n; t++) {
			if (!is_forbidden(b, t, p))
				continue;
			if (r->n_conflicts == room) {
				room *= 2;
				r->conflicts = realloc(r->conflicts, room * sizeof *r->conflicts);
				if (r->conflicts == NULL)
					exit(1);
			}
			r->conflicts[r->n_conflicts++] = (struct conflict){.inspector = inspector_id(&r->inspectors[p]),
			    .value = b->units == 0 ? target_id(&r->targets[t]) : target_unit(&r->targets[t]),
			    .scope = b->units == 0 ? SCOPE_TARGET : SCOPE_UNIT};
		}
}

/* A line that holds an id, a unit and an area. */
static void
make_line(char line[static LINE_BYTES], char kind, size_t number, size_t unit, size_t area)
{
	char text[64];

	snprintf(text, sizeof text, "%c%06zu,%06zu,%06zu ", kind, number % 1000000, unit % 1000000, area % 1000000);
	memcpy(line, text, LINE_BYTES);
}

static void
district_init(struct district *d, const struct bench *b)
{
	struct roster *r = &d->roster;
	size_t areas = b->areas == 0 ? 1 : b->areas;

	*d =
	    (struct district){.rules = {.seats = b->seats, .avoid_area = b->areas > 0, .has_level_gap = b->levels > 0}};
	r->n_targets = b->n_targets;
	r->n_inspectors = b->n_inspectors;
	r->targets = array(b->n_targets, sizeof *r->targets);
	r->inspectors = array(b->n_inspectors, sizeof *r->inspectors);
	d->lines = array(b->n_targets + b->n_inspectors, sizeof *d->lines);
	d->fits = array(b->n_inspectors, 1);
	d->order = array(b->n_targets + b->n_inspectors, sizeof *d->order);
	for (size_t t = 0; t < b->n_targets; t++) {
		char *line = d->lines[t];

		make_line(line, 'T', t, b->units == 0 ? 0 : t % b->units, below(areas));
		r->targets[t] = (struct target){.line = line,
		    .id_len = 7,
		    .unit_at = 8,
		    .unit_len = 6,
		    .area_at = 15,
		    .area_len = 6};
		r->targets[t].level = (int16_t)(b->levels == 0 ? 0 : below(b->levels));
	}
	for (size_t p = 0; p < b->n_inspectors; p++) {
		char *line = d->lines[b->n_targets + p];

		make_line(line, 'P', p, 0, below(areas));
		r->inspectors[p] = (struct inspector){.line = line, .id_len = 7, .area_at = 15, .area_len = 6};
		r->inspectors[p].level = (int16_t)(b->levels == 0 ? 0 : below(b->levels));
		d->fits[p] = (uint8_t)(b->tag_percent == 0 || below(100) < b->tag_percent ? 0xff : 0xfe);
	}
	for (uint32_t i = 0; i < b->n_targets + b->n_inspectors; i++)
		d->order[i] = i;
	district_conflicts(d, b);
	hash_prefix(&d->prefix, "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef");
}

static void
district_release(struct district *d)
{
	free(d->roster.targets);
	free(d->roster.inspectors);
	free(d->roster.conflicts);
	free(d->lines);
	free(d->order);
	free(d->fits);
}

static void
pairs(const void *ctx, size_t t, const uint32_t *inspectors, size_t n, struct hash *ret)
{
	struct district *d = *(struct district *const *)ctx;
	struct hash_message messages[64];
	double begun = seconds();

	for (size_t at = 0; at < n; at += 64) {
		size_t some = n - at < 64 ? n - at : 64;

		for (size_t i = 0; i < some; i++) {
			struct hash_message *m = &messages[i];

			memcpy(m->text, "pair/", 5);
			memcpy(m->text + 5, d->roster.targets[t].line, 7);
			m->text[12] = '/';
			memcpy(m->text + 13, d->roster.inspectors[inspectors[at + i]].line, 7);
			m->len = 20;
		}
		hash_bulk(&d->prefix, messages, some, ret + at);
	}
	d->pairs_s += seconds() - begun;
}

/* ---- visits: 40 slots, four a day ---- */

#define SLOTS 40
#define SLOTS_A_DAY 4
#define BETWEEN 180 /* minutes between a day's slots */
#define UNIT_TARGETS 20

/* Every tenth day of every inspector, by his number. */
static bool
is_away(const void *ctx, uint32_t inspector, int32_t date)
{
	(void)ctx;
	return (inspector + (uint32_t)date) % 10 == 0;
}

/* Prints how long the visits of these teams take, and as a part of the teams' own time. */
static void
time_visits(const struct assign_problem *problem, const struct assign_result *r, uint64_t spacing, double teams_s)
{
	size_t n = problem->n_targets, unkept = 0;
	slot_t slots[SLOTS];
	uint32_t *start = array(n, sizeof *start), *unit = array(n, sizeof *unit);
	struct visit *visits = array(n, sizeof *visits);
	struct visits_problem p = {.slots = slots,
	    .n_slots = SLOTS,
	    .spacing = spacing,
	    .seats = problem->seats,
	    .n_places = n,
	    .start = start,
	    .unit = unit,
	    .team = r->team,
	    .n_inspectors = problem->n_inspectors,
	    .is_away = is_away};
	double begun;

	for (size_t i = 0; i < SLOTS; i++)
		slots[i] = slot_of((int32_t)(i / SLOTS_A_DAY), 480 + (int)(i % SLOTS_A_DAY) * BETWEEN);
	for (size_t i = 0; i < n; i++) {
		unit[i] = (uint32_t)below(n / UNIT_TARGETS + 1);
		start[i] = (uint32_t)((size_t)unit[i] * 7919 % SLOTS);
	}
	begun = seconds();
	if (visits_find(&p, visits, NULL) != 0)
		exit(1);
	begun = seconds() - begun;
	for (size_t i = 0; i < n; i++)
		unkept += !visits[i].kept;
	printf("%-28s   visits %4llu min apart: %.4f s, %.2f %% of the teams' time; %zu cannot be kept\n", "",
	    (unsigned long long)spacing, begun, 100 * begun / teams_s, unkept);
	free(start);
	free(unit);
	free(visits);
}

/* Explains the last of the targets that stay unstaffed. */
static void
explain(const struct assign_problem *problem, const struct assign_result *r)
{
	struct assign_why why;
	double begun = seconds();
	size_t t = problem->n_targets;

	do
		t--;
	while (r->admitted[t]);
	if (assign_why(problem, r, t, &why, NULL) < 0)
		exit(1);
	printf("%-28s   why: %.3f s, %zu targets, %zu inspectors, %zu of them full\n", "", seconds() - begun,
	    why.n_targets, why.n_inspectors, why.n_full);
	assign_why_release(&why);
}

static void
run(const struct bench *b)
{
	struct district d;
	struct district *ctx = &d;
	struct assign_problem problem;
	struct assign_result r;
	double begun, table_s, solve_s;

	district_init(&d, b);
	problem = (struct assign_problem){.n_targets = b->n_targets,
	    .n_inspectors = b->n_inspectors,
	    .seats = b->seats,
	    .fits = d.fits,
	    .inspectors = b->inspectors,
	    .max_load = b->max_load,
	    .slack = b->slack,
	    .pairs = pairs,
	    .ctx = &ctx};
	begun = seconds();
	if (lawful_table_new(&d.rules, &d.roster, d.order, b->n_targets, d.order, b->n_inspectors, &problem.lawful,
	        NULL) < 0)
		exit(1);
	table_s = seconds() - begun;
	begun = seconds();
	if (assign_solve(&problem, &r, NULL) < 0)
		exit(1);
	solve_s = seconds() - begun;
	printf("%-28s %7.3f s: table %6.3f, pairs %7.3f, search %7.3f; %zu of %zu admitted, k' %zu, load %llu/%llu\n",
	    b->name, table_s + solve_s, table_s, d.pairs_s, solve_s - d.pairs_s, r.n_admitted, b->n_targets, r.n_drawn,
	    (unsigned long long)r.least, (unsigned long long)r.limit);
	if (r.n_admitted < b->n_targets) {
		explain(&problem, &r);
	} else {
		time_visits(&problem, &r, BETWEEN, table_s + solve_s);
		time_visits(&problem, &r, SLOT_DAY, table_s + solve_s);
	}
	fflush(stdout);
	assign_release(&r);
	lawful_table_free(problem.lawful);
	district_release(&d);
}

/* ---- the cases ---- */

/* The first half of the inspectors may go to the first half of the targets only; the others to all. */
static bool
one_way(const struct bench *b, size_t t, size_t p)
{
	return p < b->n_inspectors / 2 && t >= b->n_targets / 2;
}

/* The same, with ten steps. */
static bool
ten_steps(const struct bench *b, size_t t, size_t p)
{
	return p * 10 / b->n_inspectors < t * 10 / b->n_targets;
}

/* Each inspector may go to one in forty of the targets only, neighbours of each other: long chains, few choices. */
static bool
window(const struct bench *b, size_t t, size_t p)
{
	size_t at = t * b->n_inspectors / b->n_targets;
	size_t distance = at > p ? at - p : p - at;

	return distance > b->n_inspectors / 80 && distance < b->n_inspectors - b->n_inspectors / 80;
}

/* About four inspectors each. */
static bool
sparse(const struct bench *b, size_t t, size_t p)
{
	(void)t;
	(void)p;
	return below(b->n_inspectors) >= 4;
}

/* Sixteen districts that share no inspectors. */
static bool
apart(const struct bench *b, size_t t, size_t p)
{
	(void)b;
	return t % 16 != p % 16;
}

/* Two inspectors for each target or unit, one of them also for the next. */
static bool
chain(const struct bench *b, size_t t, size_t p)
{
	(void)b;
	return p != t && p != t + 1;
}

static const struct bench benches[] = {
    {"small", 1000, 200, 2, .slack = 1, .areas = 20},
    {"large", 10000, 2000, 2, .slack = 1, .areas = 20},
    {"large, conflicts", 10000, 2000, 2, .slack = 1, .per_million = 50000},
    {"large, drawn 1500", 10000, 2000, 2, .inspectors = 1500, .slack = 1, .areas = 20},
    {"k' far above k", 10000, 2000, 2, .inspectors = 10, .max_load = 12, .slack = 1, .areas = 20},
    {"tight", 10000, 2000, 2, .max_load = 10, .areas = 20},
    {"tight, conflicts", 10000, 2000, 2, .max_load = 10, .per_million = 50000},
    {"tight, half forbidden", 10000, 2000, 2, .max_load = 10, .per_million = 500000},
    {"tight, levels", 10000, 2000, 2, .max_load = 10, .levels = 20},
    {"levels", 10000, 2000, 2, .slack = 0, .levels = 20},
    {"exhausted at seat 1", 10000, 2000, 2, .max_load = 5, .slack = 1, .areas = 20},
    {"exhausted at seat 2", 10000, 1999, 2, .max_load = 5, .slack = 1, .areas = 20},
    {"exhausted at seat 3", 10000, 2000, 3, .max_load = 4, .slack = 1, .areas = 20},
    {"exhausted, conflicts", 10000, 1999, 2, .max_load = 5, .slack = 1, .per_million = 50000},
    {"exhausted, levels", 10000, 1999, 2, .max_load = 5, .slack = 1, .levels = 20},
    {"exhausted, 16 apart", 10000, 2000, 2, .max_load = 5, .slack = 1, .forbidden = apart},
    {"rare tag", 10000, 2000, 2, .slack = 1, .areas = 20, .tag_percent = 1},
    {"rare tag, tight", 10000, 2000, 2, .slack = 0, .areas = 20, .tag_percent = 1},
    {"rare tag, exhausted", 10000, 2000, 2, .max_load = 20, .slack = 1, .areas = 20, .tag_percent = 1},
    {"max_load 1", 10000, 2000, 2, .max_load = 1, .areas = 20},
    {"max_load 1, tight", 1000, 2000, 2, .max_load = 1, .areas = 20},
    {"max_load 1, large", 10000, 20000, 2, .max_load = 1, .areas = 20},
    {"one way, tight", 10000, 2000, 2, .max_load = 10, .forbidden = one_way},
    {"ten steps, tight", 10000, 2000, 2, .max_load = 10, .forbidden = ten_steps},
    {"window", 3000, 600, 2, .slack = 0, .forbidden = window},
    {"window, tight", 3000, 600, 2, .max_load = 10, .forbidden = window},
    {"sparse", 3000, 1000, 1, .slack = 0, .forbidden = sparse},
    {"sparse, max_load 3", 3000, 1000, 1, .max_load = 3, .forbidden = sparse},
    {"sparse, max_load 3, 2 seats", 3000, 1000, 2, .max_load = 3, .forbidden = sparse},
    {"chain", 2000, 2001, 1, .max_load = 1, .forbidden = chain},
    {"chain of units", 10000, 2001, 1, .slack = 0, .forbidden = chain, .units = 2000},
    {"chain of units, tight", 10005, 2001, 1, .max_load = 5, .forbidden = chain, .units = 2000},
    {"chain of units, 100,000", 100000, 2001, 1, .slack = 0, .forbidden = chain, .units = 2000},
    {"sparse units, 100,000", 100000, 2000, 1, .slack = 0, .forbidden = sparse, .units = 2000},
    {"sparse units, 100,000 x 2", 100000, 2000, 2, .slack = 0, .forbidden = sparse, .units = 2000},
    {"thousand levels, tight", 10000, 2000, 2, .max_load = 10, .levels = 1000},
    {"100,000 levels, tight", 100000, 200, 1, .max_load = 500, .levels = 1000},
    {"100,000 targets", 100000, 200, 1, .slack = 0, .areas = 20},
    {"100,000, 2000 inspectors", 100000, 2000, 1, .slack = 0, .areas = 20},
    {"100,000, conflicts", 100000, 200, 1, .slack = 0, .per_million = 50000},
    {"100,000, half", 100000, 200, 1, .max_load = 250, .slack = 0, .per_million = 50000},
    {"100,000, one way", 100000, 200, 1, .max_load = 500, .slack = 0, .forbidden = one_way},
    {"1,000,000 seats", 125000, 200, 8, .slack = 0, .areas = 20},
    {"1,000,000 seats, levels", 500000, 200, 2, .max_load = 5000, .levels = 1000},
    {"1,000,000 targets, levels", 1000000, 200, 1, .max_load = 5000, .levels = 1000},
    {"1,000,000 seats, exhausted", 125000, 199, 8, .max_load = 3333, .slack = 0, .areas = 20},
    {"100,000 inspectors", 1000, 100000, 2, .slack = 0, .areas = 20},
};

int
main(int argc, char **argv)
{
	for (size_t i = 0; i < sizeof benches / sizeof benches[0]; i++)
		if (argc < 2 || strcmp(argv[1], benches[i].name) == 0)
			run(&benches[i]);
	return 0;
}
