#ifndef SPOTCHECK_TEST_SCENE_H
#define SPOTCHECK_TEST_SCENE_H

#include "support.h"

#include "core/draw/draw.h"

/*
 * What the tests of core share: texts with one thing changed, and a draw's files in memory, either the published
 * example's or made of short rows.  Whatever goes wrong in here fails the test that asked.
 */

/* A literal as a slice; it may hold NULs. */
#define S(literal) ((struct slice){(literal), sizeof(literal) - 1})

/* A copy in memory of exactly its length, so that a sanitizer sees a read past its end; slice_free frees it. */
struct slice slice_copy(struct slice s);
void slice_free(struct slice s);

/* `text` with `from`, which must stand there exactly once, replaced; slice_free frees it. */
struct slice slice_with(struct slice text, struct slice from, struct slice to);

/* One or two of its bytes become others, of `likely`. */
void slice_scribble(struct slice text, struct support_random *random, const char *likely);

/*
 * Of canonical JSON, every object in turn, however deep, with each of its keys left out, twice, behind the next one,
 * and written with another letter.  `without` is the key that was left out, else empty.
 */
void object_faults(const char *text, void (*each)(void *ctx, struct slice changed, struct slice without), void *ctx);

/* H(parts joined) by libsodium, so that a model shares no line with what it is held against: 64 digits and a NUL. */
void model_hash(char ret_hex[static HASH_HEX + 1], size_t n, const char *const *parts);
#define MODEL_HASH(ret, ...) \
	model_hash((ret), sizeof((const char *[]){__VA_ARGS__}) / sizeof(char *), (const char *[]){__VA_ARGS__})

/* A draw's input and all that it points into. */
struct scene {
	struct roster roster;
	struct commit commit;
	struct sealed sealed;
	struct draw_input input;
	char commit_hash[HASH_HEX + 1];
	char *texts[8]; /* freed with the scene */
	size_t n_texts;
	struct stratum strata[8]; /* room for the commitment's, where the test makes it */
	struct sealed_stratum sealed_strata[8];
	slot_t slots[16];
	struct slice matters[8];
};

/* Draw 1 of tests/vectors/example, with its beacon value and secret. */
void scene_example(struct scene *scene);

#define SCENE_DATE 20626 /* 2026-06-22, the draw's date in a scene of rows */

/*
 * Rosters of rows as in PROTOCOL 3 but without the header and the column `private`, each row ending in LF, ascending.
 * A target's row may leave out `needs` and `elsewhere`.  The commitment has the rules' zeros, one seat for `any`, and no
 * strata: scene_stratum adds them.  The slots are at 09:00 on the five days from SCENE_DATE on.
 */
void scene_rows(struct scene *scene, const char *targets, const char *inspectors, const char *conflicts);

/* Adds a stratum with this count; its drum, slips and take follow from the roster. */
void scene_stratum(struct scene *scene, const char *class, uint64_t count);

void scene_release(struct scene *scene);

/*
 * A draw made by hand: `chosen` as "T1:I1,I2 T2:-" (each with its team, or unstaffed), `reserve` as "T3 T4", `order` as
 * "I1 I2 I3", of which the first `drawn` are drawn.  The strata must be there.  Release with draw_release.
 */
void scene_draw(const struct scene *scene, const char *chosen, const char *reserve, const char *order, size_t drawn,
    struct draw *ret_draw);

/* PROTOCOL 7, said the slow way: the inspector is lawful for the target; fits the seat. */
bool model_lawful(const struct scene *scene, uint32_t target, uint32_t inspector);
bool model_fits(const struct scene *scene, uint32_t inspector, size_t seat);

/* Index into the roster; the id must be there. */
uint32_t scene_target(const struct scene *scene, const char *id);

#endif
