#ifndef SPOTCHECK_TEST_SCENE_H
#define SPOTCHECK_TEST_SCENE_H

#include "support.h"

#include "core/draw/draw.h"

/*
 * For tests of core: texts with one thing changed, and a draw's files in memory, either of the published example or
 * made of short rows.  A fault in one of these functions fails the test that calls it.
 */

/* A literal as a slice; it may hold NULs. */
#define S(literal) ((struct slice){(literal), sizeof(literal) - 1})

/* A copy in a block of exactly its length, so that a sanitizer sees a read past its end; slice_free frees it. */
struct slice slice_copy(struct slice s);
void slice_free(struct slice s);

/* `text` with `from`, which it must hold exactly once, replaced by `to`; slice_free frees it. */
struct slice slice_with(struct slice text, struct slice from, struct slice to);

/* Replaces one or two bytes, at random, by bytes of `likely`. */
void slice_scribble(struct slice text, struct support_random *random, const char *likely);

/*
 * Calls `each` with faulty copies of canonical JSON: in every object, however deep, each key is left out, is there
 * twice, stands behind the next one, and has another letter.  `without` is the key that was left out, else empty.
 */
void object_faults(const char *text, void (*each)(void *ctx, struct slice changed, struct slice without), void *ctx);

/* H(parts joined): 64 digits and a NUL.  By libsodium, so that a model shares no code with what is tested. */
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
	struct stratum strata[8]; /* room for the strata of a commitment that the test makes */
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

/* Rows of away.csv, as above; each date is that of one of the scene's slots. */
void scene_away(struct scene *scene, const char *rows);

/* Adds a stratum with this count; its drum, slips and take follow from the roster. */
void scene_stratum(struct scene *scene, const char *class, uint64_t count);

void scene_release(struct scene *scene);

/*
 * A draw made by hand: `chosen` as "T1:I1,I2 T2:-" (each with its team, or unstaffed), `reserve` as "T3 T4", `order` as
 * "I1 I2 I3", of which the first `drawn` are drawn.  The scene has its strata already.  Release with draw_release.
 */
void scene_draw(const struct scene *scene, const char *chosen, const char *reserve, const char *order, size_t drawn,
    struct draw *ret_draw);

/* Slow models of PROTOCOL 7: whether the inspector is lawful for the target, and whether it fits a seat that visits it. */
bool model_lawful(const struct scene *scene, uint32_t target, uint32_t inspector);
bool model_fits(const struct scene *scene, uint32_t target, uint32_t inspector, size_t seat);

/* start(t) of PROTOCOL 6: an index into the slots. */
size_t model_start(const struct scene *scene, const char *seed, uint32_t target);

/* The index of a target in the roster, which must have it. */
uint32_t scene_target(const struct scene *scene, const char *id);

#endif
