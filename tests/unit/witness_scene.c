/* A log, its fork, and signed requests to a witness. */

#include "witness_scene.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

static void
make_key(const char *name, enum note_algorithm algorithm, uint8_t first, uint8_t *secret, char *vkey)
{
	uint8_t seed[32] = {first}, public[32];

	(void)crypto_sign_seed_keypair(public, secret, seed);
	note_key_make(name, algorithm, public, vkey);
}

struct slice
witness_scene_commit(const char *vkey, const char *n)
{
	size_t len;
	char *example = support_read("example/draws/0001/commit.json", &len), *beacon = NULL, *number = NULL;
	struct slice by, commit;

	assert_true(asprintf(&beacon, "{\"key\":\"%s\",\"source\":\"witness\"}", vkey) > 0 &&
	    asprintf(&number, ",\"n\":%s,", n) > 0);
	by = slice_with((struct slice){example, len},
	    S("{\"chain\":\"52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971\",\"round\":1000,"
	      "\"source\":\"drand\"}"),
	    slice_of(beacon));
	commit = slice_with(by, S(",\"n\":1,"), slice_of(number));
	slice_free(by);
	free(number);
	free(beacon);
	free(example);
	return commit;
}

int
witness_scene_make(struct witness_scene *scene)
{
	char ignored[NOTE_KEY_TEXT];

	if (sodium_init() < 0)
		return -1;
	make_key(WITNESS_ORIGIN, NOTE_ED25519, 1, scene->log_secret, scene->log_vkey);
	make_key(WITNESS_ORIGIN, NOTE_ED25519, 2, scene->other_secret, ignored);
	make_key(WITNESS_NAME, NOTE_COSIGNATURE_V1, 3, scene->secret, scene->vkey);
	scene->commit = witness_scene_commit(scene->vkey, "1");
	merkle_init(&scene->tree);
	merkle_init(&scene->forked);
	for (uint32_t i = 0; i < WITNESS_LEAVES; i++) {
		struct hash leaf = i == WITNESS_COMMIT ? hash_leaf(scene->commit) : hash_of(&i, sizeof i);

		assert_int_equal(merkle_add(&scene->tree, leaf, NULL), 0);
		assert_int_equal(merkle_add(&scene->forked, i < WITNESS_FORK ? leaf : hash_node(&leaf, &leaf), NULL),
		    0);
	}
	return 0;
}

void
witness_scene_release(struct witness_scene *scene)
{
	merkle_release(&scene->tree);
	merkle_release(&scene->forked);
	slice_free(scene->commit);
}

static struct buf
text_of(uint64_t size, struct hash root)
{
	struct checkpoint checkpoint = {slice_of(WITNESS_ORIGIN), size, root};
	struct buf text;

	buf_init(&text, 1024);
	checkpoint_text(&checkpoint, &text);
	assert_false(text.failed);
	return text;
}

struct buf
witness_scene_note(uint64_t size, struct hash root, const uint8_t *secret)
{
	struct buf text = text_of(size, root), note;

	buf_init(&note, WITNESS_BODY_MAX);
	buf_slice(&note, buf_view(&text));
	buf_byte(&note, '\n');
	if (secret != NULL)
		note_sign(buf_view(&text), WITNESS_ORIGIN, secret, &note);
	assert_false(note.failed);
	buf_release(&text);
	return note;
}

void
witness_scene_cosign(struct buf *note, uint64_t size, struct hash root, const char *name, const uint8_t *secret,
    int64_t time)
{
	struct buf text = text_of(size, root);

	note_cosign(buf_view(&text), name, secret, (uint64_t)time, note);
	assert_false(note->failed);
	buf_release(&text);
}

struct buf
witness_scene_request(const struct witness_scene *scene, const struct merkle *tree, uint64_t old, uint64_t size)
{
	struct buf note = witness_scene_note(size, merkle_prefix_root(tree, size), scene->log_secret), body;
	struct hash proof[64];
	size_t n = old == 0 || old >= size ? 0 : merkle_consistency(tree, old, size, proof);

	buf_init(&body, WITNESS_BODY_MAX);
	witness_request_write(old, proof, n, buf_view(&note), &body);
	assert_false(body.failed);
	buf_release(&note);
	return body;
}

struct slice
witness_scene_flip(struct slice bytes, struct support_random *random, size_t *ret_at)
{
	struct slice copy = slice_copy(bytes);

	*ret_at = (size_t)support_random_below(random, copy.n);
	((char *)(uintptr_t)copy.p)[*ret_at] ^= (char)(1 << support_random_below(random, 8));
	return copy;
}
