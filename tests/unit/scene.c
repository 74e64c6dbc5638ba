/* Draws in memory, changed texts, and slow models of the protocol's rules. */

#include "scene.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#define EXAMPLE "example/draws/0001/"
/* Of the example's first draw: drand's round 1000, and what the log reveals. */
#define EXAMPLE_BEACON "fe290beca10872ef2fb164d2aa4442de4566183ec51c56ff3cd603d930e54fdd"
#define EXAMPLE_SECRET "9d606003a5d97180e57687eac833279cf71786571f50199eb80d796165d58820"
#define ZEROS "0000000000000000000000000000000000000000000000000000000000000000"

struct slice
slice_copy(struct slice s)
{
	char *copy = malloc(s.n == 0 ? 1 : s.n);

	assert_non_null(copy);
	if (s.n > 0)
		memcpy(copy, s.p, s.n);
	return (struct slice){copy, s.n};
}

void
slice_free(struct slice s)
{
	free((char *)s.p);
}

struct slice
slice_with(struct slice text, struct slice from, struct slice to)
{
	const char *at = memmem(text.p, text.n, from.p, from.n);
	size_t before, after;
	char *copy;

	if (at == NULL)
		fail_msg("\"%.*s\" does not stand in \"%.*s\"", SLICE_ARGS(from), SLICE_ARGS(text));
	before = (size_t)(at - text.p);
	after = text.n - before - from.n;
	if (memmem(at + 1, text.n - before - 1, from.p, from.n) != NULL)
		fail_msg("\"%.*s\" stands twice in \"%.*s\"", SLICE_ARGS(from), SLICE_ARGS(text));
	copy = malloc(before + to.n + after + 1);
	assert_non_null(copy);
	memcpy(copy, text.p, before);
	memcpy(copy + before, to.p, to.n);
	memcpy(copy + before + to.n, at + from.n, after);
	return (struct slice){copy, before + to.n + after};
}

void
slice_scribble(struct slice text, struct support_random *random, const char *likely)
{
	char *bytes = (char *)text.p;

	for (uint64_t n = 1 + support_random_below(random, 2); n > 0; n--)
		bytes[support_random_below(random, text.n)] = likely[support_random_below(random, strlen(likely))];
}

/* ---- objects ---- */

#define MEMBERS_MAX 24

struct member {
	size_t from, to; /* of "key":value in the text, without the commas */
};

/* The members of the object whose '{' stands at `at`. */
static size_t
members_of(const char *text, size_t at, struct member *ret)
{
	size_t n = 0;
	int depth = 0;
	bool in_string = false;

	ret[0].from = at + 1;
	for (size_t i = at + 1;; i++) {
		char c = text[i];

		assert_true(c != '\0');
		if (in_string) {
			i += c == '\\';
			in_string = c != '"';
			continue;
		}
		in_string = c == '"';
		if (depth == 0 && (c == ',' || c == '}')) {
			ret[n++].to = i;
			if (c == '}')
				return n;
			assert_true(n < MEMBERS_MAX);
			ret[n].from = i + 1;
		}
		depth += (c == '{' || c == '[') - (c == '}' || c == ']');
	}
}

/* The text with the object's members as `order` lists them. */
static struct slice
rearranged(const char *text, const struct member *m, size_t n, const size_t *order, size_t n_order)
{
	char *out = malloc(2 * strlen(text) + 2);
	size_t len = m[0].from, rest = strlen(text + m[n - 1].to);

	assert_non_null(out);
	memcpy(out, text, len);
	for (size_t i = 0; i < n_order; i++) {
		size_t bytes = m[order[i]].to - m[order[i]].from;

		if (i > 0)
			out[len++] = ',';
		memcpy(out + len, text + m[order[i]].from, bytes);
		len += bytes;
	}
	memcpy(out + len, text + m[n - 1].to, rest);
	return (struct slice){out, len + rest};
}

struct faults {
	void (*each)(void *ctx, struct slice changed, struct slice without);
	void *ctx;
};

static void
give(const struct faults *faults, struct slice changed, struct slice without)
{
	struct slice exact = slice_copy(changed);

	slice_free(changed);
	faults->each(faults->ctx, exact, without);
	slice_free(exact);
}

static void
faults_of_member(const struct faults *faults, const char *text, const struct member *m, size_t n, size_t k)
{
	struct slice key = {text + m[k].from + 1, 0};
	size_t order[MEMBERS_MAX + 1], len = 0;
	struct slice renamed;

	key.n = (size_t)(strchr(key.p, '"') - key.p);
	for (size_t i = 0; i < n; i++)
		if (i != k)
			order[len++] = i;
	give(faults, rearranged(text, m, n, order, len), key);
	len = 0;
	for (size_t i = 0; i < n; i++) {
		order[len++] = i;
		if (i == k)
			order[len++] = i;
	}
	give(faults, rearranged(text, m, n, order, len), S(""));
	if (k + 1 < n) {
		for (size_t i = 0; i < n; i++)
			order[i] = i == k ? k + 1 : i == k + 1 ? k : i;
		give(faults, rearranged(text, m, n, order, n), S(""));
	}
	for (int i = 0; i < 2; i++) {
		renamed = slice_copy(slice_of(text));
		((char *)renamed.p)[m[k].from + 1] ^= i == 0 ? 0x20 : 0x03;
		give(faults, renamed, S(""));
	}
}

void
object_faults(const char *text, void (*each)(void *ctx, struct slice changed, struct slice without), void *ctx)
{
	struct faults faults = {each, ctx};

	for (size_t at = 0; text[at] != '\0'; at++)
		if (text[at] == '{') {
			struct member m[MEMBERS_MAX];
			size_t n = members_of(text, at, m);

			for (size_t k = 0; k < n; k++)
				faults_of_member(&faults, text, m, n, k);
		}
}

/* ---- scenes ---- */

void
model_hash(char ret_hex[static HASH_HEX + 1], size_t n, const char *const *parts)
{
	crypto_hash_sha256_state state;
	unsigned char hash[crypto_hash_sha256_BYTES];

	crypto_hash_sha256_init(&state);
	for (size_t i = 0; i < n; i++)
		crypto_hash_sha256_update(&state, (const unsigned char *)parts[i], strlen(parts[i]));
	crypto_hash_sha256_final(&state, hash);
	assert_non_null(sodium_bin2hex(ret_hex, HASH_HEX + 1, hash, sizeof hash));
}

static struct slice
keep(struct scene *scene, char *text, size_t len)
{
	assert_true(scene->n_texts < sizeof scene->texts / sizeof scene->texts[0]);
	scene->texts[scene->n_texts++] = text;
	return (struct slice){text, len};
}

static struct slice
read_file(struct scene *scene, const char *name)
{
	size_t len;
	char *text = support_read(name, &len);

	return keep(scene, text, len);
}

void
scene_example(struct scene *scene)
{
	struct err err = {0};
	struct slice commit, targets, inspectors, conflicts, away;

	*scene = (struct scene){0};
	commit = read_file(scene, EXAMPLE "commit.json");
	targets = read_file(scene, EXAMPLE "targets.csv");
	inspectors = read_file(scene, EXAMPLE "inspectors.csv");
	conflicts = read_file(scene, EXAMPLE "conflicts.csv");
	away = read_file(scene, EXAMPLE "away.csv");
	hash_hex(commit, scene->commit_hash);
	if (commit_parse(commit, &scene->commit, NULL, &err) != 0 ||
	    sealed_parse(read_file(scene, EXAMPLE "sealed.json"), &scene->sealed, &err) != 0 ||
	    roster_parse_targets(&scene->roster, targets, "targets.csv", scene->commit.date, NULL, &err) != 0 ||
	    roster_parse_inspectors(&scene->roster, inspectors, "inspectors.csv", NULL, &err) != 0 ||
	    roster_parse_conflicts(&scene->roster, conflicts, "conflicts.csv", &err) != 0 ||
	    roster_parse_away(&scene->roster, away, "away.csv", scene->sealed.slots, scene->sealed.n_slots, &err) != 0)
		fail_msg("%s", err.message);
	scene->input = (struct draw_input){.commit = &scene->commit,
	    .commit_hash = slice_of(scene->commit_hash),
	    .roster = &scene->roster,
	    .sealed = &scene->sealed,
	    .secret = S(EXAMPLE_SECRET),
	    .beacon = S(EXAMPLE_BEACON)};
}

/* A whole CSV file of rows. */
static struct slice
csv_of(struct scene *scene, const char *header, const char *rows, const char *private)
{
	struct slice rest = slice_of(rows);
	struct buf text;
	size_t len;
	char *whole;

	buf_init(&text, (size_t)1 << 26);
	buf_text(&text, header);
	buf_byte(&text, '\n');
	while (rest.n > 0) {
		buf_slice(&text, slice_cut(&rest, '\n'));
		buf_text(&text, private);
		buf_byte(&text, '\n');
	}
	len = text.len;
	whole = buf_steal(&text);
	assert_non_null(whole);
	return keep(scene, whole, len);
}

#define SHORT_COMMAS 8 /* of a row without the columns needs and elsewhere */

/* A whole targets.csv: the columns `needs` and `elsewhere` are put between, empty where the rows have none. */
static struct slice
targets_of(struct scene *scene, const char *rows)
{
	struct slice rest = slice_of(rows), fields;
	struct buf with;
	char *text;
	size_t len;

	buf_init(&with, (size_t)1 << 26);
	while (rest.n > 0) {
		struct slice row = slice_cut(&rest, '\n');
		size_t column = 0, commas = 0;

		for (size_t i = 0; i < row.n; i++)
			commas += row.p[i] == ',';
		for (fields = row; fields.p != NULL; column++) {
			buf_slice(&with, slice_cut(&fields, ','));
			if (commas == SHORT_COMMAS && (column == 4 || column == 7))
				buf_byte(&with, ','); /* needs, elsewhere */
			buf_text(&with, fields.p == NULL ? "" : ",");
		}
		buf_byte(&with, '\n');
	}
	buf_byte(&with, '\0');
	len = with.len;
	text = buf_steal(&with);
	assert_non_null(text);
	return csv_of(scene, roster_targets_header, (const char *)keep(scene, text, len).p, "," ZEROS);
}

void
scene_rows(struct scene *scene, const char *targets, const char *inspectors, const char *conflicts)
{
	struct slice targets_csv, inspectors_csv, conflicts_csv;
	struct err err = {0};

	*scene = (struct scene){0};
	targets_csv = targets_of(scene, targets);
	inspectors_csv = csv_of(scene, roster_inspectors_header, inspectors, "," ZEROS);
	conflicts_csv = csv_of(scene, roster_conflicts_header, conflicts, "");
	if (roster_parse_targets(&scene->roster, targets_csv, "targets.csv", SCENE_DATE, NULL, &err) != 0 ||
	    roster_parse_inspectors(&scene->roster, inspectors_csv, "inspectors.csv", NULL, &err) != 0 ||
	    roster_parse_conflicts(&scene->roster, conflicts_csv, "conflicts.csv", &err) != 0)
		fail_msg("%s", err.message);
	scene->commit.date = SCENE_DATE;
	scene->commit.n = 1;
	scene->commit.rules.team[0] = S("any");
	scene->commit.rules.seats = 1;
	scene->commit.strata = scene->strata;
	for (int i = 0; i < 5; i++)
		scene->slots[scene->sealed.n_slots++] = slot_of(SCENE_DATE + i, 540);
	scene->sealed.slots = scene->slots;
	scene->sealed.strata = scene->sealed_strata;
	scene->sealed.matters = scene->matters;
	MODEL_HASH(scene->commit_hash, "a commitment");
	scene->input = (struct draw_input){.commit = &scene->commit,
	    .commit_hash = slice_of(scene->commit_hash),
	    .roster = &scene->roster,
	    .sealed = &scene->sealed,
	    .secret = S("a secret"),
	    .beacon = S("a value")};
}

void
scene_away(struct scene *scene, const char *rows)
{
	struct slice csv = csv_of(scene, roster_away_header, rows, "");
	struct err err = {0};

	if (roster_parse_away(&scene->roster, csv, "away.csv", scene->sealed.slots, scene->sealed.n_slots, &err) != 0)
		fail_msg("%s", err.message);
}

void
scene_stratum(struct scene *scene, const char *class, uint64_t count)
{
	struct commit *c = &scene->commit;
	struct stratum *s = &scene->strata[c->n_strata];
	struct sealed_stratum *sealed = &scene->sealed_strata[c->n_strata];
	bool star = strcmp(class, "*") == 0;

	assert_true(c->n_strata < sizeof scene->strata / sizeof scene->strata[0]);
	*s = (struct stratum){.class = slice_of(class), .amount = count};
	*sealed = (struct sealed_stratum){.class = slice_of(class)};
	for (size_t i = 0; i < scene->roster.n_targets; i++) {
		const struct target *t = &scene->roster.targets[i];
		bool covered = slice_is(target_class(t), class);

		if (star) {
			covered = true;
			for (size_t k = 0; k < c->n_strata; k++)
				covered &= !slice_eq(target_class(t), scene->strata[k].class);
		}
		if (covered && t->drum != DRUM_REST && t->drum != DRUM_EXCUSED) {
			sealed->drum++;
			sealed->slips += t->weight;
		}
	}
	sealed->take = sealed->drum < count ? sealed->drum : count;
	scene->sealed.n_strata = ++c->n_strata;
}

void
scene_release(struct scene *scene)
{
	roster_release(&scene->roster);
	if (scene->commit.strata != scene->strata)
		commit_release(&scene->commit);
	if (scene->sealed.matters != scene->matters)
		sealed_release(&scene->sealed);
	for (size_t i = 0; i < scene->n_texts; i++)
		free(scene->texts[i]);
	*scene = (struct scene){0};
}

uint32_t
scene_target(const struct scene *scene, const char *id)
{
	for (size_t i = 0; i < scene->roster.n_targets; i++)
		if (slice_is(target_id(&scene->roster.targets[i]), id))
			return (uint32_t)i;
	fail_msg("no target %s", id);
	return 0;
}

/* The next word of a list between blanks; n 0 at the end. */
static struct slice
next_word(struct slice *rest)
{
	return slice_cut(rest, ' ');
}

static struct chosen
chosen_of(const struct scene *scene, const struct draw *draw, struct slice id)
{
	ptrdiff_t target = roster_find_target(&scene->roster, id);
	struct chosen c = {.target = (uint32_t)target};
	ptrdiff_t stratum;

	assert_true(target >= 0);
	stratum = commit_stratum(&scene->commit, target_class(&scene->roster.targets[target]));
	assert_true(stratum >= 0);
	c.stratum = (uint32_t)stratum;
	c.ticket = draw_ticket(&draw->prefix, id, scene->roster.targets[target].weight);
	c.visit = scene->sealed.slots[draw_start(draw->seed, &scene->commit.rules, &scene->roster.targets[target],
	    scene->sealed.n_slots)];
	c.kept = true;
	return c;
}

static uint32_t
place_in_order(const struct scene *scene, const struct draw *draw, struct slice id)
{
	for (size_t i = 0; i < draw->n_in; i++)
		if (slice_eq(inspector_id(&scene->roster.inspectors[draw->order[i]]), id))
			return (uint32_t)i;
	fail_msg("%.*s is not in the order", SLICE_ARGS(id));
	return 0;
}

#define DRAW_MAX 64 /* of each kind */

void
scene_draw(const struct scene *scene, const char *chosen, const char *reserve, const char *order, size_t drawn,
    struct draw *ret)
{
	struct slice rest = slice_of(order), word;

	*ret = (struct draw){.n_drawn = drawn, .seats = scene->commit.rules.seats};
	draw_seed(scene->input.secret, scene->sealed.nonce, scene->input.commit_hash, scene->input.beacon, ret->seed);
	hash_prefix(&ret->prefix, ret->seed);
	ret->chosen = calloc(DRAW_MAX, sizeof *ret->chosen);
	ret->reserve = calloc(DRAW_MAX, sizeof *ret->reserve);
	ret->order = calloc(DRAW_MAX, sizeof *ret->order);
	ret->order_tickets = calloc(DRAW_MAX, sizeof *ret->order_tickets);
	ret->team = malloc(DRAW_MAX * TEAM_MAX * sizeof *ret->team);
	ret->load = calloc(DRAW_MAX, sizeof *ret->load);
	assert_true(ret->chosen != NULL && ret->reserve != NULL && ret->order != NULL && ret->order_tickets != NULL);
	assert_true(ret->team != NULL && ret->load != NULL);
	while (word = next_word(&rest), word.n > 0) {
		ptrdiff_t index = roster_find_inspector(&scene->roster, word);

		assert_true(index >= 0);
		ret->order[ret->n_in++] = (uint32_t)index;
	}
	rest = slice_of(chosen);
	while (word = next_word(&rest), word.n > 0) {
		struct chosen *c = &ret->chosen[ret->n_chosen];

		*c = chosen_of(scene, ret, slice_cut(&word, ':'));
		c->admitted = !slice_is(word, "-");
		ret->n_admitted += c->admitted;
		for (size_t s = 0; s < ret->seats; s++) {
			uint32_t place = ASSIGN_NOBODY;

			if (c->admitted)
				place = place_in_order(scene, ret, slice_cut(&word, ','));
			ret->team[ret->n_chosen * ret->seats + s] = place;
			if (place != ASSIGN_NOBODY)
				ret->load[place]++;
		}
		ret->n_chosen++;
	}
	rest = slice_of(reserve);
	while (word = next_word(&rest), word.n > 0)
		ret->reserve[ret->n_reserve++] = chosen_of(scene, ret, word);
	assert_true(ret->n_chosen <= DRAW_MAX && ret->n_reserve <= DRAW_MAX && ret->n_in <= DRAW_MAX);
}

bool
model_lawful(const struct scene *scene, uint32_t target, uint32_t inspector)
{
	const struct rules *rules = &scene->commit.rules;
	const struct target *t = &scene->roster.targets[target];
	const struct inspector *p = &scene->roster.inspectors[inspector];

	if (rules->avoid_unit &&
	    (target_unit(t).n == 0 || inspector_unit(p).n == 0 || slice_eq(target_unit(t), inspector_unit(p))))
		return false;
	if (rules->avoid_area &&
	    (target_area(t).n == 0 || inspector_area(p).n == 0 || slice_eq(target_area(t), inspector_area(p))))
		return false;
	if (rules->has_level_gap &&
	    (t->level == LEVEL_NONE || p->level == LEVEL_NONE || p->level - t->level < rules->level_gap))
		return false;
	for (size_t i = 0; i < scene->roster.n_conflicts; i++) {
		const struct conflict *c = &scene->roster.conflicts[i];
		struct slice of_target = c->scope == SCOPE_TARGET ? target_id(t)
		    : c->scope == SCOPE_UNIT                      ? target_unit(t)
		                                                  : target_area(t);

		if (slice_eq(c->inspector, inspector_id(p)) && slice_eq(c->value, of_target))
			return false;
	}
	return true;
}

bool
model_fits(const struct scene *scene, uint32_t target, uint32_t inspector, size_t seat)
{
	struct slice requirement = scene->commit.rules.team[seat];
	struct slice needs = target_needs(&scene->roster.targets[target]);
	struct slice tags = inspector_tags(&scene->roster.inspectors[inspector]);
	struct slice tag = slice_is(requirement, "own") ? needs : requirement;

	if (slice_is(requirement, "any") || (slice_is(requirement, "own") && needs.n == 0))
		return true;
	while (tags.n > 0)
		if (slice_eq(slice_cut(&tags, ';'), tag))
			return true;
	return false;
}

__extension__ typedef unsigned __int128 wide;

size_t
model_start(const struct scene *scene, const char *seed, uint32_t target)
{
	const struct target *t = &scene->roster.targets[target];
	bool with_unit = scene->commit.rules.same_unit && target_unit(t).n > 0;
	struct slice of = with_unit ? target_unit(t) : target_id(t);
	char hex[HASH_HEX + 1], first[17], name[TEXT_MAX + 1];

	memcpy(name, of.p, of.n);
	name[of.n] = '\0';
	MODEL_HASH(hex, seed, with_unit ? "visit/unit/" : "visit/target/", name);
	memcpy(first, hex, 16);
	first[16] = '\0';
	return (size_t)((wide)strtoull(first, NULL, 16) * scene->sealed.n_slots >> 64);
}
