/* The draw (PROTOCOL 5 to 7): seed and hashes, selection by ticket, inspectors, matters, teams. */
#include "core/draw/draw.h"

#include <stdlib.h>

#include "core/base/parallel.h"
#include "core/base/text.h"

void
chain_back(const char secret[static HASH_HEX], uint64_t links, char ret[static HASH_HEX + 1])
{
	char now[HASH_HEX + 1];

	memcpy(now, secret, HASH_HEX);
	now[HASH_HEX] = '\0';
	for (uint64_t i = 0; i < links; i++) {
		struct hash h = hash_of(now, HASH_HEX);

		text_to_hex(h.b, HASH_BYTES, now);
	}
	memcpy(ret, now, sizeof now);
}

void
draw_seed(struct slice secret, struct slice nonce, struct slice commit_hash, struct slice beacon,
    char ret_seed[static HASH_HEX + 1])
{
	struct hash_stream s;
	struct hash h;

	hash_begin(&s);
	hash_add(&s, secret.p, secret.n);
	hash_add(&s, nonce.p, nonce.n);
	hash_add(&s, commit_hash.p, commit_hash.n);
	hash_add(&s, beacon.p, beacon.n);
	h = hash_end(&s);
	text_to_hex(h.b, HASH_BYTES, ret_seed);
}

static int
hash_cmp(const struct hash *a, const struct hash *b)
{
	return memcmp(a->b, b->b, HASH_BYTES);
}

/* Appends to a message that follows the seed.  It always fits: ids have at most 32 bytes, and words are short. */
static void
append_to_message(struct hash_message *m, const char *text, size_t len)
{
	memcpy(m->text + m->len, text, len);
	m->len = (uint8_t)(m->len + len);
}

static struct hash_message
message_of(const char *kind, struct slice id)
{
	struct hash_message m = {.len = 0};

	append_to_message(&m, kind, strlen(kind));
	append_to_message(&m, id.p, id.n);
	return m;
}

static struct hash_message
slip_message(struct slice target, unsigned number)
{
	struct hash_message m = message_of("target/", target);
	char digits[4];
	size_t at = sizeof digits;

	do {
		digits[--at] = (char)('0' + number % 10);
		number /= 10;
	} while (number != 0);
	append_to_message(&m, "/", 1);
	append_to_message(&m, digits + at, sizeof digits - at);
	return m;
}

static struct hash_message
pair_message(struct slice target, struct slice inspector)
{
	struct hash_message m = message_of("pair/", target);

	append_to_message(&m, "/", 1);
	append_to_message(&m, inspector.p, inspector.n);
	return m;
}

static struct hash
hash_one(const struct hash_prefix *seed, struct hash_message m)
{
	struct hash h;

	hash_bulk(seed, &m, 1, &h);
	return h;
}

struct hash
draw_slip(const struct hash_prefix *seed, struct slice target, unsigned number)
{
	return hash_one(seed, slip_message(target, number));
}

struct hash
draw_pair(const struct hash_prefix *seed, struct slice target, struct slice inspector)
{
	return hash_one(seed, pair_message(target, inspector));
}

struct hash
draw_ticket(const struct hash_prefix *seed, struct slice target, unsigned weight)
{
	struct hash_message m[WEIGHT_MAX];
	struct hash slips[WEIGHT_MAX];
	size_t least = 0;

	m[0] = slip_message(target, 1);
	for (unsigned i = 1; i < weight; i++)
		m[i] = slip_message(target, i + 1);
	hash_bulk(seed, m, weight, slips);
	for (size_t i = 1; i < weight; i++)
		if (hash_cmp(&slips[i], &slips[least]) < 0)
			least = i;
	return slips[least];
}

/* floor(x * D / 2^64) with x the first 8 bytes of the hash, exactly: D is at most 400. */
int32_t
draw_visit_date(const struct hash_prefix *seed, struct slice target, const int32_t *dates, size_t n_dates)
{
	struct hash h = hash_one(seed, message_of("date/", target));
	uint64_t high = 0, low = 0;

	for (size_t i = 0; i < 4; i++) {
		high = high << 8 | h.b[i];
		low = low << 8 | h.b[4 + i];
	}
	return dates[(high * n_dates + (low * n_dates >> 32)) >> 32];
}

enum drum
drum_due(const struct rules *rules, int32_t date, int32_t since, int32_t last_drawn)
{
	int64_t days = (int64_t)date - (last_drawn != DATE_NONE ? last_drawn : since);

	if (last_drawn != DATE_NONE && rules->rest_days > 0 && days < (int64_t)rules->rest_days)
		return DRUM_REST;
	if (rules->cover_days > 0 && days >= (int64_t)rules->cover_days)
		return DRUM_DUE;
	return DRUM_IN;
}

int
strata_count(const struct commit *commit, const struct roster *roster, struct stratum *ret, struct err *err)
{
	for (size_t i = 0; i < commit->n_strata; i++) {
		ret[i] = commit->strata[i];
		ret[i].drum = ret[i].slips = 0;
	}
	for (size_t i = 0; i < roster->n_targets; i++) {
		const struct target *t = &roster->targets[i];
		ptrdiff_t s = commit_stratum(commit, target_class(t));

		if (slice_is(target_class(t), "*"))
			return err_set(err, ERR_REFUSED, N_("target %.*s has the class *"), SLICE_ARGS(target_id(t)));
		if (s < 0)
			return err_set(err, ERR_REFUSED, N_("no stratum covers target %.*s, whose class is \"%.*s\""),
			    SLICE_ARGS(target_id(t)), SLICE_ARGS(target_class(t)));
		if (drum_takes_part((enum drum)t->drum)) {
			ret[s].drum++;
			ret[s].slips += t->weight;
		}
	}
	for (size_t i = 0; i < commit->n_strata; i++)
		ret[i].take = stratum_take(&ret[i], ret[i].drum);
	return 0;
}

/*
 * Selection: in each stratum the first take + reserve targets by ticket, `carried` and `due` ones before `in` ones.
 * Each stratum has a bounded heap with the last of its order on top.  So a roster of any size takes one pass, and what
 * is not selected is never sorted.
 */

struct slot {
	struct chosen c;
	bool late; /* drum `in`: after those that are carried or due */
};

struct heap {
	struct slot *v;
	size_t n, cap;
};

static int
slot_cmp(const struct slot *a, const struct slot *b)
{
	if (a->late != b->late)
		return a->late ? 1 : -1;
	return hash_cmp(&a->c.ticket, &b->c.ticket);
}

static int
compare_slots(const void *a, const void *b)
{
	return slot_cmp(a, b);
}

static void
heap_sink(struct heap *h, size_t at)
{
	for (size_t child; (child = 2 * at + 1) < h->n; at = child) {
		struct slot swap = h->v[at];

		if (child + 1 < h->n && slot_cmp(&h->v[child], &h->v[child + 1]) < 0)
			child++;
		if (slot_cmp(&swap, &h->v[child]) >= 0)
			return;
		h->v[at] = h->v[child];
		h->v[child] = swap;
	}
}

static void
heap_offer(struct heap *h, const struct slot *slot)
{
	size_t at = h->n;

	if (h->cap == 0)
		return;
	if (h->n == h->cap) {
		if (slot_cmp(slot, &h->v[0]) < 0) {
			h->v[0] = *slot;
			heap_sink(h, 0);
		}
		return;
	}
	h->v[h->n++] = *slot;
	while (at > 0 && slot_cmp(&h->v[(at - 1) / 2], &h->v[at]) < 0) {
		struct slot swap = h->v[at];

		h->v[at] = h->v[(at - 1) / 2];
		h->v[(at - 1) / 2] = swap;
		at = (at - 1) / 2;
	}
}

static void
heaps_free(struct heap *heaps, size_t n)
{
	for (size_t i = 0; heaps != NULL && i < n; i++)
		free(heaps[i].v);
	free(heaps);
}

/* A heap for each stratum, with room for no more than take part in it. */
static struct heap *
heaps_new(const struct commit *commit, const struct stratum *counted)
{
	size_t n = commit->n_strata;
	struct heap *heaps = calloc(n + 1, sizeof *heaps);

	for (size_t i = 0; heaps != NULL && i < n; i++) {
		uint64_t drum = counted[i].drum, take = commit->strata[i].take;

		heaps[i].cap = (size_t)(commit->rules.reserve < drum - take ? take + commit->rules.reserve : drum);
		heaps[i].v = malloc((heaps[i].cap + 1) * sizeof *heaps[i].v);
		if (heaps[i].v == NULL) {
			heaps_free(heaps, n);
			return NULL;
		}
	}
	return heaps;
}

/* Several threads hash tickets into this table; one thread offers them to the heaps, in the roster's order. */
struct tickets {
	const struct target *targets;
	const struct hash_prefix *prefix;
	struct hash *v; /* of targets[0], … */
};

static void
hash_tickets(void *ctx, size_t piece, size_t from, size_t to)
{
	struct tickets *tickets = ctx;

	(void)piece;
	for (size_t i = from; i < to; i++)
		if (drum_takes_part((enum drum)tickets->targets[i].drum))
			tickets->v[i] =
			    draw_ticket(tickets->prefix, target_id(&tickets->targets[i]), tickets->targets[i].weight);
}

static void
offer_targets(const struct draw_input *input, size_t first, const struct tickets *tickets, size_t n, struct heap *heaps)
{
	for (size_t i = 0; i < n; i++) {
		const struct target *t = &tickets->targets[i];
		ptrdiff_t stratum = commit_stratum(input->commit, target_class(t));
		struct slot slot = {.c = {.ticket = tickets->v[i],
		                        .target = (uint32_t)(first + i),
		                        .stratum = (uint32_t)stratum},
		    .late = t->drum == DRUM_IN};

		if (drum_takes_part((enum drum)t->drum))
			heap_offer(&heaps[stratum], &slot);
	}
}

/* Works on some rows at a time, so that the table of tickets stays small however long the roster is. */
static int
offer_roster(const struct draw_input *input, const struct hash_prefix *prefix, struct heap *heaps, struct err *err)
{
	size_t total = input->roster->n_targets;
	unsigned threads = input->threads < 1       ? 1
	    : input->threads > PARALLEL_THREADS_MAX ? PARALLEL_THREADS_MAX
	                                            : input->threads;
	size_t stride = PARALLEL_PIECE * threads;
	size_t room = total < stride ? total : stride;
	struct tickets tickets = {NULL, prefix, malloc((room + 1) * sizeof *tickets.v)};

	if (tickets.v == NULL)
		return err_memory(err);
	for (size_t at = 0; at < total; at += stride) {
		size_t n = total - at < stride ? total - at : stride;

		progress_tell(input->progress, N_("tickets"), at, total);
		tickets.targets = input->roster->targets + at;
		parallel_for(threads, n, hash_tickets, &tickets);
		offer_targets(input, at, &tickets, n, heaps);
	}
	progress_tell(input->progress, N_("tickets"), total, total);
	free(tickets.v);
	return 0;
}

static int
compare_chosen(const void *a, const void *b)
{
	return hash_cmp(&((const struct chosen *)a)->ticket, &((const struct chosen *)b)->ticket);
}

/* Sorts each heap: its first `take` targets are chosen, the others are its reserve. */
static int
take_from_heaps(const struct draw_input *input, struct heap *heaps, struct draw *d, struct err *err)
{
	size_t n = input->commit->n_strata, chosen = 0, reserve = 0;

	for (size_t i = 0; i < n; i++) {
		chosen += (size_t)input->commit->strata[i].take;
		reserve += heaps[i].n - (size_t)input->commit->strata[i].take;
	}
	d->chosen = calloc(chosen + 1, sizeof *d->chosen);
	d->reserve = calloc(reserve + 1, sizeof *d->reserve);
	if (d->chosen == NULL || d->reserve == NULL)
		return err_memory(err);
	for (size_t i = 0; i < n; i++) {
		qsort(heaps[i].v, heaps[i].n, sizeof *heaps[i].v, compare_slots);
		for (size_t k = 0; k < heaps[i].n; k++) {
			struct chosen *c = &heaps[i].v[k].c;
			struct slice id = target_id(&input->roster->targets[c->target]);

			c->date = draw_visit_date(&d->prefix, id, input->sealed->dates, input->sealed->n_dates);
			if (k < input->commit->strata[i].take)
				d->chosen[d->n_chosen++] = *c;
			else
				d->reserve[d->n_reserve++] = *c;
		}
	}
	qsort(d->chosen, d->n_chosen, sizeof *d->chosen, compare_chosen);
	return 0;
}

static int
select_targets(const struct draw_input *input, struct draw *d, struct err *err)
{
	size_t n = input->commit->n_strata;
	struct stratum *counted = calloc(n + 1, sizeof *counted);
	struct heap *heaps = NULL;
	int rc = counted == NULL ? err_memory(err) : strata_count(input->commit, input->roster, counted, err);

	for (size_t i = 0; rc == 0 && i < n; i++)
		if (input->commit->strata[i].take > counted[i].drum)
			rc = err_set(err, ERR_REFUSED,
			    N_("the stratum \"%.*s\" takes more targets than take part in it"),
			    SLICE_ARGS(counted[i].class));
	if (rc == 0) {
		heaps = heaps_new(input->commit, counted);
		if (heaps == NULL)
			rc = err_memory(err);
	}
	if (rc == 0)
		rc = offer_roster(input, &d->prefix, heaps, err);
	if (rc == 0)
		rc = take_from_heaps(input, heaps, d, err);
	heaps_free(heaps, n);
	free(counted);
	return rc;
}

struct ranked {
	struct hash rank;
	uint32_t index;
};

static int
compare_ranked(const void *a, const void *b)
{
	return hash_cmp(&((const struct ranked *)a)->rank, &((const struct ranked *)b)->rank);
}

/* The `in` inspectors in inspector() order. */
static int
order_inspectors(const struct draw_input *input, struct draw *d, struct err *err)
{
	const struct roster *roster = input->roster;
	struct ranked *ranked = malloc((roster->n_inspectors + 1) * sizeof *ranked);

	d->order = malloc((roster->n_inspectors + 1) * sizeof *d->order);
	d->order_tickets = malloc((roster->n_inspectors + 1) * sizeof *d->order_tickets);
	if (ranked == NULL || d->order == NULL || d->order_tickets == NULL) {
		free(ranked);
		return err_memory(err);
	}
	for (size_t i = 0; i < roster->n_inspectors; i++)
		if (roster->inspectors[i].in)
			ranked[d->n_in++] =
			    (struct ranked){hash_one(&d->prefix,
			                        message_of("inspector/", inspector_id(&roster->inspectors[i]))),
			        (uint32_t)i};
	qsort(ranked, d->n_in, sizeof *ranked, compare_ranked);
	for (size_t i = 0; i < d->n_in; i++) {
		d->order[i] = ranked[i].index;
		d->order_tickets[i] = ranked[i].rank;
	}
	free(ranked);
	return 0;
}

/* The `take` matters with the least matter(). */
static int
draw_matters(const struct draw_input *input, struct draw *d, struct err *err)
{
	size_t n = input->sealed->n_matters;
	struct ranked *ranked = malloc((n + 1) * sizeof *ranked);

	d->matters = malloc((n + 1) * sizeof *d->matters);
	if (ranked == NULL || d->matters == NULL) {
		free(ranked);
		return err_memory(err);
	}
	for (size_t i = 0; i < n; i++)
		ranked[i] = (struct ranked){hash_one(&d->prefix, message_of("matter/", input->sealed->matters[i])),
		    (uint32_t)i};
	qsort(ranked, n, sizeof *ranked, compare_ranked);
	d->n_matters = (size_t)input->sealed->take;
	for (size_t i = 0; i < d->n_matters; i++)
		d->matters[i] = ranked[i].index;
	free(ranked);
	return 0;
}

struct pairs_ctx {
	const struct draw_input *input;
	const struct draw *draw;
};

#define PAIRS_AT_ONCE 64

static void
hash_pairs(const void *ctx, size_t t, const uint32_t *inspectors, size_t n, struct hash *ret)
{
	const struct draw *d = ((const struct pairs_ctx *)ctx)->draw;
	const struct roster *roster = ((const struct pairs_ctx *)ctx)->input->roster;
	struct hash_message head = message_of("pair/", target_id(&roster->targets[d->chosen[t].target]));
	struct hash_message m[PAIRS_AT_ONCE];

	append_to_message(&head, "/", 1);
	for (size_t at = 0; at < n; at += PAIRS_AT_ONCE) {
		size_t some = n - at < PAIRS_AT_ONCE ? n - at : PAIRS_AT_ONCE;

		for (size_t i = 0; i < some; i++) {
			struct slice id = inspector_id(&roster->inspectors[d->order[inspectors[at + i]]]);

			m[i].len = head.len;
			memcpy(m[i].text, head.text, head.len);
			append_to_message(&m[i], id.p, id.n);
		}
		hash_bulk(&d->prefix, m, some, ret + at);
	}
}

/* What a problem points to.  The table keeps pointing to `targets`. */
struct problem_parts {
	uint32_t *targets;
	uint8_t *fits;
	struct lawful_table *table;
};

static void
problem_release(struct problem_parts *parts)
{
	lawful_table_free(parts->table);
	free(parts->fits);
	free(parts->targets);
}

static int
problem_new(const struct draw_input *input, const struct draw *d, struct pairs_ctx *ctx, struct assign_problem *ret,
    struct problem_parts *parts, struct err *err)
{
	const struct rules *rules = &input->commit->rules;

	*parts = (struct problem_parts){0};
	parts->targets = malloc((d->n_chosen + 1) * sizeof *parts->targets);
	parts->fits = malloc(d->n_in + 1);
	if (parts->targets == NULL || parts->fits == NULL)
		return err_memory(err);
	for (size_t i = 0; i < d->n_chosen; i++)
		parts->targets[i] = d->chosen[i].target;
	for (size_t i = 0; i < d->n_in; i++)
		parts->fits[i] = lawful_fits(rules, &input->roster->inspectors[d->order[i]]);
	*ctx = (struct pairs_ctx){input, d};
	*ret = (struct assign_problem){.n_targets = d->n_chosen,
	    .n_inspectors = d->n_in,
	    .seats = rules->seats,
	    .fits = parts->fits,
	    .inspectors = rules->inspectors,
	    .max_load = rules->max_load,
	    .slack = rules->slack,
	    .pairs = hash_pairs,
	    .ctx = ctx,
	    .progress = input->progress};
	return lawful_table_new(rules, input->roster, parts->targets, d->n_chosen, d->order, d->n_in, &parts->table,
	    err);
}

static int
seat_teams(const struct draw_input *input, struct draw *d, struct err *err)
{
	struct assign_problem problem;
	struct assign_result result = {0};
	struct problem_parts parts;
	struct pairs_ctx ctx;
	int rc = problem_new(input, d, &ctx, &problem, &parts, err);

	if (rc == 0) {
		problem.lawful = parts.table;
		rc = assign_solve(&problem, &result, err);
	}
	if (rc == 0) {
		for (size_t i = 0; i < d->n_chosen; i++)
			d->chosen[i].admitted = result.admitted[i];
		d->seats = problem.seats;
		d->team = result.team;
		d->load = result.load;
		result.team = NULL; /* the draw owns them now */
		result.load = NULL;
		d->n_drawn = result.n_drawn;
		d->n_admitted = result.n_admitted;
		d->least = result.least;
		d->limit = result.limit;
		assign_release(&result);
	}
	problem_release(&parts);
	return rc;
}

int
draw_compute(const struct draw_input *input, struct draw *ret_draw, struct err *err)
{
	struct slice nonce = input->sealed->nonce;
	struct draw d = {0};
	int rc;

	draw_seed(input->secret, nonce, input->commit_hash, input->beacon, d.seed);
	hash_prefix(&d.prefix, d.seed);
	rc = select_targets(input, &d, err);
	if (rc == 0)
		rc = order_inspectors(input, &d, err);
	if (rc == 0)
		rc = draw_matters(input, &d, err);
	if (rc == 0)
		rc = seat_teams(input, &d, err);
	if (rc != 0)
		draw_release(&d);
	else
		*ret_draw = d;
	return rc;
}

void
draw_release(struct draw *draw)
{
	if (draw == NULL)
		return;
	free(draw->chosen);
	free(draw->reserve);
	free(draw->order);
	free(draw->order_tickets);
	free(draw->team);
	free(draw->load);
	free(draw->matters);
	*draw = (struct draw){0};
}

int
draw_why(const struct draw_input *input, const struct draw *draw, size_t chosen, struct assign_why *ret_why,
    struct err *err)
{
	bool *admitted = malloc(draw->n_chosen + 1);
	struct assign_problem problem;
	struct problem_parts parts = {0};
	struct pairs_ctx ctx;
	int rc = admitted == NULL ? err_memory(err) : problem_new(input, draw, &ctx, &problem, &parts, err);

	if (rc == 0) {
		struct assign_result result = {.admitted = admitted,
		    .team = draw->team,
		    .load = draw->load,
		    .n_admitted = draw->n_admitted,
		    .n_drawn = draw->n_drawn,
		    .least = draw->least,
		    .limit = draw->limit};

		for (size_t i = 0; i < draw->n_chosen; i++)
			admitted[i] = draw->chosen[i].admitted;
		problem.lawful = parts.table;
		rc = assign_why(&problem, &result, chosen, ret_why, err);
	}
	problem_release(&parts);
	free(admitted);
	return rc;
}
