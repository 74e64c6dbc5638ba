#include "scene.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define EXAMPLE "example/draws/0001/"
/* Of the example's first draw: drand's round 1000, and what the log reveals. */
#define EXAMPLE_BEACON "fe290beca10872ef2fb164d2aa4442de4566183ec51c56ff3cd603d930e54fdd"
#define EXAMPLE_SECRET "98d796c5c2efb29d74b651d1682bf0c48c294e40185dc44dfb240087d4dcf704"
#define ZEROS "0000000000000000000000000000000000000000000000000000000000000000"

void
scene_random(struct support_random *random)
{
	const char *seed = getenv("SPOTCHECK_SEED");

	random->state = seed != NULL ? strtoull(seed, NULL, 10) : (uint64_t)time(NULL);
	print_message("SPOTCHECK_SEED=%" PRIu64 "\n", random->state);
}

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
	struct slice commit, conflicts;

	*scene = (struct scene){0};
	commit = read_file(scene, EXAMPLE "commit.json");
	conflicts = read_file(scene, EXAMPLE "conflicts.csv");
	hash_hex(commit, scene->commit_hash);
	if (commit_parse(commit, &scene->commit, NULL, &err) != 0 ||
	    sealed_parse(read_file(scene, EXAMPLE "sealed.json"), &scene->sealed, &err) != 0 ||
	    roster_parse_targets(&scene->roster, read_file(scene, EXAMPLE "targets.csv"), "targets.csv", scene->commit.date,
	        NULL, &err) != 0 ||
	    roster_parse_inspectors(&scene->roster, read_file(scene, EXAMPLE "inspectors.csv"), "inspectors.csv", NULL,
	        &err) != 0 ||
	    roster_parse_conflicts(&scene->roster, conflicts, "conflicts.csv", &err) != 0)
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

	buf_init(&text, 1 << 20);
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

void
scene_rows(struct scene *scene, const char *targets, const char *inspectors, const char *conflicts)
{
	struct err err = {0};

	*scene = (struct scene){0};
	if (roster_parse_targets(&scene->roster, csv_of(scene, roster_targets_header, targets, "," ZEROS), "targets.csv",
	        SCENE_DATE, NULL, &err) != 0 ||
	    roster_parse_inspectors(&scene->roster, csv_of(scene, roster_inspectors_header, inspectors, "," ZEROS),
	        "inspectors.csv", NULL, &err) != 0 ||
	    roster_parse_conflicts(&scene->roster, csv_of(scene, roster_conflicts_header, conflicts, ""), "conflicts.csv",
	        &err) != 0)
		fail_msg("%s", err.message);
	scene->commit.date = SCENE_DATE;
	scene->commit.n = 1;
	scene->commit.rules.team[0] = S("any");
	scene->commit.rules.seats = 1;
	scene->commit.strata = scene->strata;
	for (int i = 0; i < 5; i++)
		scene->sealed.dates[scene->sealed.n_dates++] = SCENE_DATE + i;
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
scene_stratum(struct scene *scene, const char *class, uint64_t count)
{
	struct commit *c = &scene->commit;
	struct stratum *s = &scene->strata[c->n_strata];
	bool star = strcmp(class, "*") == 0;

	assert_true(c->n_strata < sizeof scene->strata / sizeof scene->strata[0]);
	*s = (struct stratum){.class = slice_of(class), .amount = count};
	for (size_t i = 0; i < scene->roster.n_targets; i++) {
		const struct target *t = &scene->roster.targets[i];
		bool covered = slice_is(target_class(t), class);

		if (star) {
			covered = true;
			for (size_t k = 0; k < c->n_strata; k++)
				covered &= !slice_eq(target_class(t), scene->strata[k].class);
		}
		if (covered && t->drum != DRUM_REST && t->drum != DRUM_EXCUSED) {
			s->drum++;
			s->slips += t->weight;
		}
	}
	s->take = s->drum < count ? s->drum : count;
	c->n_strata++;
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

uint32_t
scene_inspector(const struct scene *scene, const char *id)
{
	for (size_t i = 0; i < scene->roster.n_inspectors; i++)
		if (slice_is(inspector_id(&scene->roster.inspectors[i]), id))
			return (uint32_t)i;
	fail_msg("no inspector %s", id);
	return 0;
}
