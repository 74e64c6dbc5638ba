#ifndef SPOTCHECK_TEST_WITNESS_SCENE_H
#define SPOTCHECK_TEST_WITNESS_SCENE_H

#include "scene.h"

#include "core/format/merkle.h"
#include "core/log/cosigned.h"
#include "core/log/witness.h"

/*
 * A log of 300 entries, one of them a commitment whose beacon is a witness; a fork of it, which differs from entry
 * WITNESS_FORK on; and the requests about both that a witness gets.  A fault in one of these functions fails the test
 * that calls it.
 */

#define WITNESS_LEAVES 300
#define WITNESS_FORK 250
#define WITNESS_COMMIT 41 /* the commitment's index */
#define WITNESS_ORIGIN "log.example.org"
#define WITNESS_NAME "court.example.org"
#define WITNESS_DRAW_TIME 1692806362 /* the commitment's */

struct witness_scene {
	uint8_t log_secret[64];
	uint8_t other_secret[64]; /* of a key that neither the log nor the witness has */
	uint8_t secret[64];       /* the witness's */
	char log_vkey[NOTE_KEY_TEXT], vkey[NOTE_KEY_TEXT];
	struct merkle tree, forked;
	struct slice commit;
};
int witness_scene_make(struct witness_scene *scene); /* 0, or -1: no sodium */
void witness_scene_release(struct witness_scene *scene);

/* The example's first commitment, with this number and a beacon by the witness of this key; slice_free frees it. */
struct slice witness_scene_commit(const char *vkey, const char *n);

/* A checkpoint signed with `secret` (NULL: not signed); released with buf_release. */
struct buf witness_scene_note(uint64_t size, struct hash root, const uint8_t *secret);

/* Appends a cosignature of this checkpoint to `note`, which ends with its signed note. */
void witness_scene_cosign(struct buf *note, uint64_t size, struct hash root, const char *name, const uint8_t *secret,
    int64_t time);

/* A request from `old` to `size` with the proof of this tree; released with buf_release. */
struct buf
witness_scene_request(const struct witness_scene *scene, const struct merkle *tree, uint64_t old, uint64_t size);

/* A copy with one bit flipped, in byte `*ret_at`; slice_free frees it. */
struct slice witness_scene_flip(struct slice bytes, struct support_random *random, size_t *ret_at);

#endif
