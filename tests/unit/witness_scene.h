#ifndef SPOTCHECK_TEST_WITNESS_SCENE_H
#define SPOTCHECK_TEST_WITNESS_SCENE_H

#include "scene.h"

#include "core/format/merkle.h"
#include "core/log/cosigned.h"
#include "core/log/witness.h"

/*
 * A log of 300 entries, one of them a commitment whose beacon is a witness, and another of the same key that differs from
 * it from entry WITNESS_FORK on; with the requests that a witness gets of them.  Whatever goes wrong in here fails the test
 * that asked.
 */

#define WITNESS_LEAVES 300
#define WITNESS_FORK 250
#define WITNESS_COMMIT 41 /* the commitment's index */
#define WITNESS_ORIGIN "log.example.org"
#define WITNESS_NAME "court.example.org"
#define WITNESS_DRAW_TIME 1692806362 /* the commitment's */

struct witness_scene {
	uint8_t log_secret[64], other_secret[64] /* of nobody here */, secret[64] /* the witness's */;
	char log_vkey[NOTE_KEY_TEXT], vkey[NOTE_KEY_TEXT];
	struct merkle tree, forked;
	struct slice commit;
};
int witness_scene_make(struct witness_scene *scene); /* 0, or -1: no sodium */
void witness_scene_release(struct witness_scene *scene);

/* The example's first commitment, with this number and a beacon by the witness of this key; slice_free frees it. */
struct slice witness_scene_commit(const char *vkey, const char *n);

/* A checkpoint with the log's signature (`secret` NULL: with none); buf_release. */
struct buf witness_scene_note(uint64_t size, struct hash root, const uint8_t *secret);

/* Adds a cosignature to what ends in a note of this checkpoint. */
void witness_scene_cosign(struct buf *note, uint64_t size, struct hash root, const char *name, const uint8_t *secret,
    int64_t time);

/* A request from `old` to `size` with the proof of this tree; buf_release. */
struct buf
witness_scene_request(const struct witness_scene *scene, const struct merkle *tree, uint64_t old, uint64_t size);

/* A copy with one bit flipped, of the byte `*ret_at`; slice_free. */
struct slice witness_scene_flip(struct slice bytes, struct support_random *random, size_t *ret_at);

#endif
