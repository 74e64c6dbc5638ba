/*
 * SHA-256 by libcrypto, whole, in pieces and in bulk behind a prefix, against libsodium's.
 */
#include "scene.h"

#include <sodium.h>
#include <stdlib.h>

#include "core/base/hash.h"
#include "core/base/text.h"

static struct support_random random_numbers;

static size_t
below(size_t n)
{
	return (size_t)support_random_below(&random_numbers, n);
}

static void
fill(void *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		((uint8_t *)bytes)[i] = (uint8_t)support_random_next(&random_numbers);
}

static void
expect(const struct hash *h, const void *bytes, size_t len)
{
	uint8_t right[crypto_hash_sha256_BYTES];

	crypto_hash_sha256(right, bytes, len);
	assert_memory_equal(h->b, right, sizeof right);
}

/* FIPS 180-4's own examples, and a million times "a". */
static void
test_published_vectors(void **state)
{
	char hex[HASH_HEX + 1], *many = malloc(1000000);

	(void)state;
	assert_non_null(many);
	memset(many, 'a', 1000000);
	hash_hex((struct slice){NULL, 0}, hex);
	assert_string_equal(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	hash_hex(S("abc"), hex);
	assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	hash_hex(S("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"), hex);
	assert_string_equal(hex, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
	hash_hex((struct slice){many, 1000000}, hex);
	assert_string_equal(hex, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
	free(many);
}

static void
test_whole_and_in_pieces(void **state)
{
	(void)state;
	for (int round = 0; round < 3000; round++) {
		size_t len = below(300), at = 0;
		uint8_t *bytes = malloc(len + 1);
		struct hash_stream stream, copy;
		struct hash h;

		assert_non_null(bytes);
		fill(bytes, len);
		h = hash_of(bytes, len);
		expect(&h, bytes, len);
		hash_begin(&stream);
		while (at < len) {
			size_t piece = below(len - at + 1);

			hash_add(&stream, bytes + at, piece); /* also of no bytes */
			at += piece;
		}
		copy = stream; /* the state owns nothing */
		hash_add(&stream, "more", 4);
		h = hash_end(&copy);
		expect(&h, bytes, len);
		free(bytes);
	}
}

static void
test_leaf_and_node(void **state)
{
	(void)state;
	for (size_t len = 0; len < 200; len++) {
		uint8_t bytes[1 + 200] = {0};
		struct hash h;

		fill(bytes + 1, len);
		h = hash_leaf((struct slice){(const char *)bytes + 1, len});
		expect(&h, bytes, 1 + len);
	}
	for (int round = 0; round < 100; round++) {
		struct hash left, right, h;
		uint8_t bytes[1 + 2 * HASH_BYTES] = {1};

		fill(&left, sizeof left);
		fill(&right, sizeof right);
		memcpy(bytes + 1, left.b, HASH_BYTES);
		memcpy(bytes + 1 + HASH_BYTES, right.b, HASH_BYTES);
		h = hash_node(&left, &right);
		expect(&h, bytes, sizeof bytes);
	}
}

/* A batch as `lengths` has it, behind a random prefix; nothing is written after its end. */
static void
check_batch(const size_t *lengths, size_t n)
{
	struct hash_message *messages = malloc((n + 1) * sizeof *messages);
	struct hash *hashes = malloc((n + 1) * sizeof *hashes), sentinel;
	struct hash_prefix prefix;
	char seed[64];

	assert_non_null(messages);
	assert_non_null(hashes);
	fill(seed, sizeof seed);
	fill(messages, (n + 1) * sizeof *messages); /* what lies behind a message must not count */
	fill(&sentinel, sizeof sentinel);
	hashes[n] = sentinel;
	for (size_t i = 0; i < n; i++)
		messages[i].len = (uint8_t)lengths[i];
	hash_prefix(&prefix, seed);
	hash_bulk(&prefix, messages, n, hashes);
	for (size_t i = 0; i < n; i++) {
		uint8_t whole[64 + HASH_MESSAGE_MAX];

		memcpy(whole, seed, 64);
		memcpy(whole + 64, messages[i].text, lengths[i]);
		expect(&hashes[i], whole, 64 + lengths[i]);
	}
	assert_memory_equal(&hashes[n], &sentinel, sizeof sentinel);
	free(messages);
	free(hashes);
}

static void
test_bulk_every_length(void **state)
{
	(void)state;
	for (size_t len = 0; len <= HASH_MESSAGE_MAX; len++)
		check_batch(&len, 1);
}

/* Batches of any size, and those around the sizes in which blocks may be grouped. */
static void
test_bulk_random_batches(void **state)
{
	(void)state;
	for (int round = 0; round < 1500; round++) {
		static const size_t edges[] = {0, 1, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 128,
		    129};
		size_t n = round % 2 == 0 ? edges[below(sizeof edges / sizeof edges[0])] : below(150);
		size_t lengths[150];

		for (size_t i = 0; i < n; i++)
			lengths[i] = round % 3 == 0 ? 50 + below(12) : below(HASH_MESSAGE_MAX + 1);
		check_batch(lengths, n);
	}
}

static int
set_up(void **state)
{
	(void)state;
	support_random_begin(&random_numbers);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_published_vectors),
	    cmocka_unit_test(test_whole_and_in_pieces),
	    cmocka_unit_test(test_leaf_and_node),
	    cmocka_unit_test(test_bulk_every_length),
	    cmocka_unit_test(test_bulk_random_batches),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
