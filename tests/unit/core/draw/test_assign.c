/*
 * Teams against a model written straight from the four steps of PROTOCOL 7.  The model asks whether an assignment
 * exists, and knows two ways to answer: by trying every one, and by a maximum flow, found anew for every question.
 */
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/draw/assign.h"

#define TARGETS_MAX 160
#define INSPECTORS_MAX 64
#define SEATS_MAX (TARGETS_MAX * 4)
#define NO_LIMIT UINT64_MAX
#define TAGS 4 /* numbered from 1 */

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

/* ---- a problem, as the model sees it ---- */

struct world {
	size_t n_targets, n_inspectors, seats;
	bool lawful[TARGETS_MAX][INSPECTORS_MAX];
	uint8_t fits[INSPECTORS_MAX]; /* bit s: fits seat s, which is not `own` */
	uint8_t own;                  /* bit s: seat s is `own` */
	uint8_t needs[TARGETS_MAX];   /* 0: nothing; else the number of a tag */
	uint8_t tags[INSPECTORS_MAX]; /* bit n: has the tag n */
	uint64_t inspectors, max_load, slack;
	uint64_t salt; /* of the pairs */
	bool ties;     /* pairs differ in their last bytes only */
};

static struct hash
pair(const struct world *w, size_t t, size_t p)
{
	struct support_random r = {w->salt ^ (t << 32 | p)};
	struct hash h = {{0}};

	support_random_next(&r);
	for (size_t i = w->ties ? 24 : 0; i < HASH_BYTES; i++)
		h.b[i] = (uint8_t)support_random_next(&r);
	return h;
}

static void
pairs(const void *ctx, size_t t, const uint32_t *inspectors, size_t n, struct hash *ret)
{
	for (size_t i = 0; i < n; i++)
		ret[i] = pair(ctx, t, inspectors[i]);
}

static bool
may_sit(const struct world *w, size_t t, size_t s, size_t p)
{
	if (!w->lawful[t][p])
		return false;
	if ((w->own >> s & 1) != 0)
		return w->needs[t] == 0 || (w->tags[p] >> w->needs[t] & 1) != 0;
	return (w->fits[p] >> s & 1) != 0;
}

/* ---- the model ---- */

/* Whether the first `drawn` inspectors can be assigned to `targets` in agreement with `fixed`. */
struct question {
	const struct world *w;
	const bool *targets;
	size_t drawn;
	uint64_t limit;
	const uint32_t *fixed; /* [n_targets * seats]: ASSIGN_NOBODY where anybody will do */
};

typedef bool exists_fn(const struct question *q);

/* By trying: `team` holds those seats before `seat`. */
static bool
try_from(const struct question *q, size_t seat, uint32_t *team, uint64_t *load)
{
	const struct world *w = q->w;
	size_t t = seat / w->seats;

	if (t == w->n_targets)
		return true;
	if (!q->targets[t])
		return try_from(q, (t + 1) * w->seats, team, load);
	for (uint32_t p = 0; p < q->drawn; p++) {
		bool twice = false;

		for (size_t other = t * w->seats; other < seat; other++)
			twice = twice || team[other] == p;
		if (twice || !may_sit(w, t, seat % w->seats, p) || load[p] == q->limit ||
		    (q->fixed[seat] != ASSIGN_NOBODY && q->fixed[seat] != p))
			continue;
		team[seat] = p;
		load[p]++;
		if (try_from(q, seat + 1, team, load))
			return true;
		load[p]--;
	}
	return false;
}

static bool
exists_by_trying(const struct question *q)
{
	uint32_t team[SEATS_MAX];
	uint64_t load[INSPECTORS_MAX] = {0};

	return try_from(q, 0, team, load);
}

/* By a flow: source - inspector - inspector in a team - seat - sink. */
struct edge {
	size_t to, next;
	uint64_t room;
};

#define NODES_MAX (2 + INSPECTORS_MAX + TARGETS_MAX * INSPECTORS_MAX + SEATS_MAX)
#define EDGES_MAX (2 * (INSPECTORS_MAX + TARGETS_MAX * INSPECTORS_MAX * 5 + SEATS_MAX))
#define NO_EDGE SIZE_MAX

struct flow {
	struct edge edges[EDGES_MAX];
	size_t n_edges;
	size_t first[NODES_MAX];
	bool seen[NODES_MAX];
	size_t n_nodes;
};

static struct flow flow;

static void
flow_edge(size_t from, size_t to, uint64_t room)
{
	flow.edges[flow.n_edges] = (struct edge){to, flow.first[from], room};
	flow.first[from] = flow.n_edges++;
	flow.edges[flow.n_edges] = (struct edge){from, flow.first[to], 0};
	flow.first[to] = flow.n_edges++;
}

static bool
flow_push(size_t from, size_t to)
{
	if (from == to)
		return true;
	flow.seen[from] = true;
	for (size_t e = flow.first[from]; e != NO_EDGE; e = flow.edges[e].next)
		if (flow.edges[e].room > 0 && !flow.seen[flow.edges[e].to] && flow_push(flow.edges[e].to, to)) {
			flow.edges[e].room--;
			flow.edges[e ^ 1].room++;
			return true;
		}
	return false;
}

static size_t
flow_build(const struct question *q)
{
	const struct world *w = q->w;
	size_t inspector = 2;
	size_t in_team = inspector + w->n_inspectors;
	size_t seat = in_team + w->n_targets * w->n_inspectors;
	size_t wanted = 0;

	flow.n_edges = 0;
	flow.n_nodes = seat + w->n_targets * w->seats;
	for (size_t i = 0; i < flow.n_nodes; i++)
		flow.first[i] = NO_EDGE;
	for (size_t p = 0; p < q->drawn; p++)
		flow_edge(0, inspector + p, q->limit);
	for (size_t t = 0; t < w->n_targets; t++) {
		if (!q->targets[t])
			continue;
		for (size_t p = 0; p < q->drawn; p++)
			flow_edge(inspector + p, in_team + t * w->n_inspectors + p, 1);
		for (size_t s = 0; s < w->seats; s++, wanted++) {
			uint32_t fixed = q->fixed[t * w->seats + s];

			flow_edge(seat + t * w->seats + s, 1, 1);
			for (size_t p = 0; p < q->drawn; p++)
				if (may_sit(w, t, s, p) && (fixed == ASSIGN_NOBODY || fixed == p))
					flow_edge(in_team + t * w->n_inspectors + p, seat + t * w->seats + s, 1);
		}
	}
	return wanted;
}

static bool
exists_by_flow(const struct question *q)
{
	size_t wanted = flow_build(q);

	for (size_t i = 0; i < wanted; i++) {
		memset(flow.seen, 0, flow.n_nodes * sizeof flow.seen[0]);
		if (!flow_push(0, 1))
			return false;
	}
	return true;
}

struct model {
	bool admitted[TARGETS_MAX];
	uint32_t team[SEATS_MAX];
	uint64_t load[INSPECTORS_MAX];
	size_t n_admitted, n_drawn;
	uint64_t least, limit;
};

static uint64_t
highest(const struct world *w)
{
	return w->max_load == 0 ? NO_LIMIT : w->max_load;
}

static void
model_admit(const struct world *w, exists_fn *exists, struct model *m)
{
	struct question q = {w, m->admitted, w->n_inspectors, highest(w), m->team};

	for (size_t t = 0; t < w->n_targets; t++) {
		m->admitted[t] = true;
		m->admitted[t] = exists(&q);
		m->n_admitted += m->admitted[t];
	}
}

static void
model_limits(const struct world *w, exists_fn *exists, struct model *m)
{
	struct question q = {w, m->admitted, w->n_inspectors, highest(w), m->team};

	if (w->inspectors != 0 && w->inspectors < w->n_inspectors)
		q.drawn = (size_t)w->inspectors;
	while (!exists(&q))
		q.drawn++;
	m->n_drawn = q.drawn;
	if (m->n_admitted == 0)
		return;
	for (q.limit = 1; !exists(&q);)
		q.limit++;
	m->least = q.limit;
	m->limit = m->least + w->slack;
	if (m->limit > highest(w))
		m->limit = highest(w);
}

/* Who has the least pair of those still in `left`. */
static uint32_t
least_pair(const struct world *w, size_t t, const bool *left, size_t n)
{
	uint32_t least = ASSIGN_NOBODY;
	struct hash hash = {{0}};

	for (uint32_t p = 0; p < n; p++) {
		struct hash h = pair(w, t, p);

		if (left[p] && (least == ASSIGN_NOBODY || memcmp(h.b, hash.b, HASH_BYTES) < 0)) {
			least = p;
			hash = h;
		}
	}
	return least;
}

static void
model_seat(const struct world *w, exists_fn *exists, struct model *m, size_t seat)
{
	struct question q = {w, m->admitted, m->n_drawn, m->limit, m->team};
	size_t t = seat / w->seats;
	bool left[INSPECTORS_MAX];

	memset(left, 1, sizeof left);
	do {
		m->team[seat] = least_pair(w, t, left, m->n_drawn);
		assert_true(m->team[seat] != ASSIGN_NOBODY);
		left[m->team[seat]] = false;
	} while (!may_sit(w, t, seat % w->seats, m->team[seat]) || !exists(&q));
	m->load[m->team[seat]]++;
}

static void
model_solve(const struct world *w, exists_fn *exists, struct model *m)
{
	*m = (struct model){.n_admitted = 0};
	for (size_t seat = 0; seat < SEATS_MAX; seat++)
		m->team[seat] = ASSIGN_NOBODY;
	model_admit(w, exists, m);
	model_limits(w, exists, m);
	for (size_t seat = 0; seat < w->n_targets * w->seats; seat++)
		if (m->admitted[seat / w->seats])
			model_seat(w, exists, m, seat);
}

/* ---- the same problem for assign.c: targets alike are one unit, and who is not lawful has a conflict with it ---- */

struct rig {
	struct roster roster;
	struct rules rules;
	char target_lines[TARGETS_MAX][16], inspector_lines[INSPECTORS_MAX][24];
	uint32_t order[TARGETS_MAX + INSPECTORS_MAX];
	struct assign_problem problem;
};

/* The first target that is like this one. */
static size_t
unit_of(const struct world *w, size_t t)
{
	size_t first = 0;

	while (memcmp(w->lawful[first], w->lawful[t], sizeof w->lawful[t]) != 0)
		first++;
	return first;
}

static void
rig_targets(struct rig *rig, const struct world *w)
{
	struct roster *r = &rig->roster;

	r->n_targets = w->n_targets;
	r->targets = calloc(TARGETS_MAX, sizeof *r->targets);
	assert_non_null(r->targets);
	for (size_t t = 0; t < w->n_targets; t++) {
		char *line = rig->target_lines[t];

		snprintf(line, sizeof rig->target_lines[t], "T%03u,U%03u,n%u", (unsigned)t % 1000,
		    (unsigned)unit_of(w, t) % 1000, w->needs[t]);
		r->targets[t] = (struct target){.line = line,
		    .id_len = 4,
		    .unit_at = 5,
		    .unit_len = 4,
		    .needs_at = 10,
		    .needs_len = w->needs[t] == 0 ? 0 : 2,
		    .level = LEVEL_NONE};
	}
}

static void
rig_inspectors(struct rig *rig, const struct world *w)
{
	struct roster *r = &rig->roster;

	r->n_inspectors = w->n_inspectors;
	r->inspectors = calloc(INSPECTORS_MAX, sizeof *r->inspectors);
	r->conflicts = calloc((size_t)TARGETS_MAX * INSPECTORS_MAX, sizeof *r->conflicts);
	assert_true(r->inspectors != NULL && r->conflicts != NULL);
	for (size_t p = 0; p < w->n_inspectors; p++) {
		char *line = rig->inspector_lines[p];
		int len = snprintf(line, sizeof rig->inspector_lines[p], "P%03u,", (unsigned)p % 1000);

		for (unsigned tag = 1; tag <= TAGS; tag++)
			if ((w->tags[p] >> tag & 1) != 0)
				len += snprintf(line + len, sizeof rig->inspector_lines[p] - (size_t)len, "%sn%u",
				    len > 5 ? ";" : "", tag);
		r->inspectors[p] = (struct inspector){.line = line,
		    .id_len = 4,
		    .tags_at = 5,
		    .tags_len = (uint32_t)len - 5,
		    .level = LEVEL_NONE};
		for (size_t t = 0; t < w->n_targets; t++)
			if (!w->lawful[t][p] && unit_of(w, t) == t)
				r->conflicts[r->n_conflicts++] =
				    (struct conflict){.inspector = inspector_id(&r->inspectors[p]),
				        .value = target_unit(&r->targets[t]),
				        .scope = SCOPE_UNIT};
	}
}

static void
rig_init(struct rig *rig, const struct world *w)
{
	*rig = (struct rig){.rules = {.seats = w->seats}};
	for (size_t s = 0; s < w->seats; s++)
		rig->rules.team[s] = slice_of((w->own >> s & 1) != 0 ? "own" : "any");
	rig_targets(rig, w);
	rig_inspectors(rig, w);
	for (uint32_t i = 0; i < TARGETS_MAX + INSPECTORS_MAX; i++)
		rig->order[i] = i;
	rig->problem = (struct assign_problem){.n_targets = w->n_targets,
	    .n_inspectors = w->n_inspectors,
	    .seats = w->seats,
	    .fits = w->fits,
	    .own = w->own,
	    .inspectors = w->inspectors,
	    .max_load = w->max_load,
	    .slack = w->slack,
	    .pairs = pairs,
	    .ctx = w};
	assert_int_equal(lawful_table_new(&rig->rules, &rig->roster, rig->order, w->n_targets, rig->order,
	                     w->n_inspectors, &rig->problem.lawful, NULL),
	    0);
}

static void
rig_release(struct rig *rig)
{
	lawful_table_free(rig->problem.lawful);
	free(rig->roster.targets);
	free(rig->roster.inspectors);
	free(rig->roster.conflicts);
}

/* ---- comparisons ---- */

static void
compare(const struct world *w, const struct assign_result *r, const struct model *m)
{
	assert_int_equal(r->n_admitted, m->n_admitted);
	assert_int_equal(r->n_drawn, m->n_drawn);
	assert_int_equal(r->least, m->least);
	assert_int_equal(r->limit, m->limit);
	for (size_t t = 0; t < w->n_targets; t++)
		assert_int_equal(r->admitted[t], m->admitted[t]);
	for (size_t seat = 0; seat < w->n_targets * w->seats; seat++)
		assert_int_equal(r->team[seat], m->team[seat]);
	for (size_t p = 0; p < w->n_inspectors; p++)
		assert_int_equal(r->load[p], m->load[p]);
}

/* The targets and seats are of the kind that is promised; returns how many seats there are. */
static size_t
check_why_targets(const struct world *w, const struct assign_result *r, size_t target, const struct assign_why *why)
{
	bool listed[TARGETS_MAX] = {false};
	size_t seats = 0;

	assert_true(why->n_targets >= 1 && why->targets[0] == target);
	assert_true(why->seat < w->seats && (why->seats[0] >> why->seat & 1) != 0);
	for (size_t i = 0; i < why->n_targets; i++) {
		assert_true(i == 0 || (why->targets[i] < target && r->admitted[why->targets[i]]));
		assert_false(listed[why->targets[i]]);
		listed[why->targets[i]] = true;
		assert_true(why->seats[i] != 0 && why->seats[i] >> w->seats == 0);
		seats += (size_t)__builtin_popcount(why->seats[i]);
	}
	return seats;
}

/* In how many of the teams somebody may take one of the seats. */
static size_t
teams_open_to(const struct world *w, const struct assign_why *why, size_t p)
{
	size_t teams = 0;

	for (size_t i = 0; i < why->n_targets; i++) {
		bool open = false;

		for (size_t s = 0; s < w->seats; s++)
			open |= (why->seats[i] >> s & 1) != 0 && may_sit(w, why->targets[i], s, p);
		teams += open;
	}
	return teams;
}

/*
 * Hall's condition: whoever may take one of the seats is listed and nobody else, and they are one short, a full one
 * counting for max_load seats and any other for one in each team.
 */
static void
check_why(const struct world *w, const struct assign_problem *problem, const struct assign_result *r, size_t target)
{
	struct assign_why why;
	bool listed[INSPECTORS_MAX] = {false};
	size_t capacity = 0;
	size_t seats;

	assert_int_equal(assign_why(problem, r, target, &why, NULL), 0);
	seats = check_why_targets(w, r, target, &why);
	for (size_t i = 0; i < why.n_inspectors; i++) {
		size_t p = why.inspectors[i];

		assert_false(listed[p]);
		listed[p] = true;
		assert_true(i >= why.n_full || w->max_load > 0);
		capacity += i < why.n_full ? (size_t)w->max_load : teams_open_to(w, &why, p);
	}
	for (size_t p = 0; p < w->n_inspectors; p++)
		assert_int_equal(listed[p], teams_open_to(w, &why, p) > 0);
	assert_int_equal(seats, capacity + 1);
	assign_why_release(&why);
}

/* Solves by assign.c, checks every explanation, and gives the result to `check`. */
static void
with_result(const struct world *w, void (*check)(const struct world *w, const struct assign_result *r))
{
	struct assign_result r;
	struct rig rig;

	rig_init(&rig, w);
	assert_int_equal(assign_solve(&rig.problem, &r, NULL), 0);
	check(w, &r);
	for (size_t t = 0; t < w->n_targets; t++)
		if (!r.admitted[t])
			check_why(w, &rig.problem, &r, t);
	assign_release(&r);
	rig_release(&rig);
}

static void
check_by_trying(const struct world *w, const struct assign_result *r)
{
	struct model m;

	model_solve(w, exists_by_trying, &m);
	compare(w, r, &m);
}

static void
check_by_flow(const struct world *w, const struct assign_result *r)
{
	struct model m;

	model_solve(w, exists_by_flow, &m);
	compare(w, r, &m);
}

/* ---- random problems ---- */

/* Who may be sent where, in one of several patterns: sparse, dense, by rank, in blocks (strict or not), few each. */
static void
random_lawful(struct world *w)
{
	size_t pattern = below(6);
	size_t percent = below(11) * 10;
	size_t groups = 2 + below(w->n_inspectors / 3 + 4);

	for (size_t t = 0; t < w->n_targets; t++) {
		size_t level = below(groups);

		for (size_t p = 0; p < w->n_inspectors; p++) {
			bool chance = below(100) < percent;
			bool one_in_ten = below(10) == 0;

			switch (pattern) {
			case 0:
				w->lawful[t][p] = chance;
				break;
			case 1:
				w->lawful[t][p] = !one_in_ten;
				break;
			case 2:
				w->lawful[t][p] = p % groups >= level;
				break;
			case 3:
				w->lawful[t][p] = p % groups == level || one_in_ten;
				break;
			case 4:
				w->lawful[t][p] = p % groups == level;
				break;
			default:
				w->lawful[t][p] = below(w->n_inspectors) < 2;
			}
		}
	}
}

/* A few sorts of targets only, so that many are alike. */
static void
make_alike(struct world *w)
{
	size_t sorts = 1 + below(4);

	for (size_t t = sorts; t < w->n_targets; t++)
		memcpy(w->lawful[t], w->lawful[below(sorts)], sizeof w->lawful[t]);
}

static void
random_fits(struct world *w)
{
	for (size_t s = 0; s < w->seats; s++) {
		size_t percent = below(2) == 0 ? 100 : 20 + below(5) * 20; /* any, or a tag */

		for (size_t p = 0; p < w->n_inspectors; p++)
			if (below(100) < percent)
				w->fits[p] |= (uint8_t)(1U << s);
	}
}

/* Some seats ask for what each target needs; targets that are alike may need different things. */
static void
random_own(struct world *w)
{
	size_t percent = 20 + below(5) * 20;

	for (size_t s = 0; s < w->seats; s++)
		if (below(2) == 0)
			w->own |= (uint8_t)(1U << s);
	for (size_t t = 0; t < w->n_targets; t++)
		w->needs[t] = (uint8_t)below(TAGS + 1);
	for (size_t p = 0; p < w->n_inspectors; p++) {
		w->fits[p] &= (uint8_t)~w->own;
		for (unsigned tag = 1; tag <= TAGS; tag++)
			if (below(100) < percent)
				w->tags[p] |= (uint8_t)(1U << tag);
	}
}

static void
random_world(struct world *w, size_t n_targets, size_t n_inspectors, size_t seats)
{
	*w = (struct world){.n_targets = n_targets, .n_inspectors = n_inspectors, .seats = seats};
	random_lawful(w);
	if (below(2) == 0)
		make_alike(w);
	random_fits(w);
	if (below(2) == 0)
		random_own(w);
	w->inspectors = below(3) == 0 ? 0 : below(n_inspectors + 3);
	w->max_load = below(4);
	w->slack = below(3);
	w->salt = support_random_next(&random_numbers);
	w->ties = below(8) == 0;
}

/* Enough people, more or less: limits bind now and then, and sometimes many targets stay unstaffed. */
static uint64_t
random_max_load(const struct world *w)
{
	size_t mean = w->n_targets * w->seats / w->n_inspectors;

	switch (below(4)) {
	case 0:
		return 0;
	case 1:
		return 1 + mean / (1 + below(3));
	default:
		return mean + below(4);
	}
}

static struct world world; /* too large for the stack */

/* Goal: small problems of every shape, none and nobody included, have just the result that trying everything finds. */
static void
test_small(void **state)
{
	(void)state;
	seed_set();
	for (int i = 0; i < 20000; i++) {
		size_t seats = 1 + below(3);

		random_world(&world, below(8 / seats + 1), below(6), seats);
		if (below(50) == 0)
			memset(world.lawful, 0, sizeof world.lawful);
		with_result(&world, check_by_trying);
	}
}

/* Goal: the same for problems large enough that parts form and split, by maximum flows. */
static void
test_middle(void **state)
{
	(void)state;
	seed_set();
	for (int i = 0; i < 400; i++) {
		size_t seats = 1 + below(4);

		random_world(&world, 1 + below(50 / seats), 1 + below(16), seats);
		world.max_load = random_max_load(&world);
		with_result(&world, check_by_flow);
	}
}

/* Goal: the two ways of the model agree, so that neither is wrong alone. */
static void
test_models(void **state)
{
	static struct model a, b;

	(void)state;
	seed_set();
	for (int i = 0; i < 1000; i++) {
		size_t seats = 1 + below(3);

		random_world(&world, below(8 / seats + 1), below(6), seats);
		model_solve(&world, exists_by_trying, &a);
		model_solve(&world, exists_by_flow, &b);
		assert_memory_equal(&a, &b, sizeof a);
	}
}

/* ---- larger problems: what must hold of any result ---- */

static void
check_teams(const struct world *w, const struct assign_result *r)
{
	uint64_t load[INSPECTORS_MAX] = {0};

	for (size_t seat = 0; seat < w->n_targets * w->seats; seat++) {
		size_t t = seat / w->seats;
		uint32_t p = r->team[seat];

		assert_int_equal(p == ASSIGN_NOBODY, !r->admitted[t]);
		if (p == ASSIGN_NOBODY)
			continue;
		assert_true(p < r->n_drawn && may_sit(w, t, seat % w->seats, p));
		for (size_t other = t * w->seats; other < seat; other++)
			assert_true(r->team[other] != p);
		load[p]++;
	}
	for (size_t p = 0; p < w->n_inspectors; p++)
		assert_true(r->load[p] == load[p] && load[p] <= r->limit);
	assert_true(w->max_load == 0 || r->limit <= w->max_load);
}

/* An unstaffed target could not have been admitted; fewer inspectors or a lower limit would not have done. */
static void
check_steps(const struct world *w, const struct assign_result *r)
{
	static uint32_t nobody[SEATS_MAX];
	bool before[TARGETS_MAX] = {false};
	struct question q = {w, before, w->n_inspectors, highest(w), nobody};

	memset(nobody, 0xff, sizeof nobody);
	for (size_t t = 0; t < w->n_targets; t++) {
		before[t] = true;
		assert_true(r->admitted[t] || !exists_by_flow(&q));
		before[t] = r->admitted[t];
	}
	q.drawn = r->n_drawn - 1;
	assert_true(w->inspectors == 0 || r->n_drawn <= w->inspectors || !exists_by_flow(&q));
	q.drawn = r->n_drawn;
	q.limit = r->least - 1;
	assert_true(r->n_admitted == 0 || !exists_by_flow(&q));
}

/* Nobody with a lesser pair could have had some of the seats, those before being as they are. */
static void
check_some_seats(const struct world *w, const struct assign_result *r)
{
	static uint32_t fixed[SEATS_MAX];
	struct question q = {w, r->admitted, r->n_drawn, r->limit, fixed};

	for (int i = 0; i < 4 && r->n_admitted > 0; i++) {
		size_t seat = below(w->n_targets * w->seats);
		size_t t = seat / w->seats;
		struct hash taken;

		if (!r->admitted[t])
			continue;
		memset(fixed, 0xff, sizeof fixed);
		memcpy(fixed, r->team, seat * sizeof *fixed);
		taken = pair(w, t, r->team[seat]);
		for (uint32_t p = 0; p < r->n_drawn; p++) {
			struct hash h = pair(w, t, p);

			fixed[seat] = p;
			if (may_sit(w, t, seat % w->seats, p) && memcmp(h.b, taken.b, HASH_BYTES) < 0)
				assert_false(exists_by_flow(&q));
		}
	}
}

static void
check_properties(const struct world *w, const struct assign_result *r)
{
	check_teams(w, r);
	check_steps(w, r);
	check_some_seats(w, r);
}

/* Goal: on larger problems every step's result holds by itself. */
static void
test_large(void **state)
{
	(void)state;
	seed_set();
	for (int i = 0; i < 60; i++) {
		random_world(&world, TARGETS_MAX - below(60), INSPECTORS_MAX - below(30), 1 + below(4));
		world.max_load = random_max_load(&world);
		with_result(&world, check_properties);
	}
}

/*
 * Goal: groups of people for whom there are too many targets, so that most targets fail after some of their seats could
 * still be filled; more groups than are remembered at a time, some with an outsider.
 */
static void
test_crowded(void **state)
{
	(void)state;
	seed_set();
	for (int i = 0; i < 100; i++) {
		size_t seats = 2 + below(3);
		size_t groups = 2 + below(12);
		bool outsiders = below(2) == 0;

		random_world(&world, TARGETS_MAX - below(60), INSPECTORS_MAX - below(10), seats);
		for (size_t t = 0; t < world.n_targets; t++) {
			size_t group = below(groups);

			for (size_t p = 0; p < world.n_inspectors; p++)
				world.lawful[t][p] = p % groups == group || (outsiders && below(200) == 0);
		}
		for (size_t p = 0, all = below(3); p < world.n_inspectors && all > 0; p++)
			world.fits[p] = (uint8_t)~world.own;
		world.max_load = 1 + below(5);
		with_result(&world, check_properties);
	}
}

/* ---- by hand ---- */

static struct world *
plain_world(size_t n_targets, size_t n_inspectors, size_t seats)
{
	world = (struct world){.n_targets = n_targets, .n_inspectors = n_inspectors, .seats = seats, .salt = 1};
	memset(world.lawful, 1, sizeof world.lawful);
	memset(world.fits, 0xff, sizeof world.fits);
	return &world;
}

static void
check_nothing(const struct world *w, const struct assign_result *r)
{
	assert_int_equal(r->n_admitted, 0);
	assert_int_equal(r->n_drawn, w->inspectors == 0 ? w->n_inspectors : w->inspectors);
	assert_int_equal(r->least, 0);
	assert_int_equal(r->limit, 0);
}

/* Goal: with nothing admitted k' is k, and least and limit are 0. */
static void
test_nothing(void **state)
{
	struct world *w = plain_world(0, 5, 2);

	(void)state;
	w->slack = 1;
	with_result(w, check_nothing);
	w->inspectors = 3;
	with_result(w, check_nothing);
	w->n_targets = 4;
	memset(w->lawful, 0, sizeof w->lawful);
	with_result(w, check_nothing);
	w = plain_world(4, 1, 2); /* one person is no team of two */
	with_result(w, check_nothing);
	w = plain_world(4, 0, 2);
	with_result(w, check_nothing);
}

static void
check_huge(const struct world *w, const struct assign_result *r)
{
	(void)w;
	assert_int_equal(r->n_admitted, 6);
	assert_int_equal(r->n_drawn, 4);
	assert_int_equal(r->least, 3);
	assert_int_equal(r->limit, ((uint64_t)1 << 53) + 2);
}

/* Goal: of two reasons the plainer is given: not that one person fits two seats, but that nobody fits the third. */
static void
test_why(void **state)
{
	struct world *w = plain_world(3, 1, 3);
	struct assign_result r;
	struct assign_why why;
	struct rig rig;

	(void)state;
	w->fits[0] = 1 << 0 | 1 << 1;
	rig_init(&rig, w);
	assert_int_equal(assign_solve(&rig.problem, &r, NULL), 0);
	assert_int_equal(assign_why(&rig.problem, &r, 1, &why, NULL), 0);
	assert_int_equal(why.n_targets, 1);
	assert_int_equal(why.targets[0], 1);
	assert_int_equal(why.seats[0], 1 << 2);
	assert_int_equal(why.seat, 2);
	assert_int_equal(why.n_inspectors, 0);
	assign_why_release(&why);
	assign_release(&r);
	rig_release(&rig);
}

/* Goal: a seat `own` asks for what the target needs, one that needs nothing takes anybody, and the reason is told. */
static void
test_own(void **state)
{
	struct world *w = plain_world(4, 2, 2);
	struct assign_result r;
	struct assign_why why;
	struct rig rig;

	(void)state;
	w->own = 1 << 1;
	memset(w->fits, 1, sizeof w->fits);
	w->tags[1] = 1 << 2;
	w->needs[1] = 2;
	w->needs[2] = 3;
	rig_init(&rig, w);
	assert_int_equal(assign_solve(&rig.problem, &r, NULL), 0);
	assert_true(r.admitted[0] && r.admitted[1] && !r.admitted[2] && r.admitted[3]);
	assert_true(r.team[2] == 0 && r.team[3] == 1); /* target 1: only inspector 1 has its tag */
	assert_int_equal(assign_why(&rig.problem, &r, 2, &why, NULL), 0);
	assert_true(why.n_targets == 1 && why.targets[0] == 2 && why.seats[0] == 1 << 1 && why.seat == 1);
	assert_int_equal(why.n_inspectors, 0);
	assign_why_release(&why);
	assign_release(&r);
	rig_release(&rig);
	/* nothing of the others' needs binds them: with one more who has the tag, all are visited */
	w->n_inspectors = 3;
	w->tags[2] = 1 << 3;
	rig_init(&rig, w);
	assert_int_equal(assign_solve(&rig.problem, &r, NULL), 0);
	assert_int_equal(r.n_admitted, 4);
	assert_int_equal(r.team[5], 2);
	assign_release(&r);
	rig_release(&rig);
}

/* Goal: numbers as large as the protocol allows do no harm, and the limit is told as it is defined. */
static void
test_huge(void **state)
{
	struct world *w = plain_world(6, 4, 2);

	(void)state;
	w->inspectors = w->slack = ((uint64_t)1 << 53) - 1;
	with_result(w, check_huge);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_nothing),
	    cmocka_unit_test(test_huge),
	    cmocka_unit_test(test_why),
	    cmocka_unit_test(test_own),
	    cmocka_unit_test(test_models),
	    cmocka_unit_test(test_small),
	    cmocka_unit_test(test_middle),
	    cmocka_unit_test(test_large),
	    cmocka_unit_test(test_crowded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
