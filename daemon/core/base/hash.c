/* SHA-256 by libcrypto: whole, in pieces, for RFC 6962 trees, and in bulk behind a common prefix. */
#include "core/base/hash.h"

#include <assert.h>
#include <string.h>

#include <openssl/sha.h>

#include "core/base/text.h"

/*
 * OpenSSL 3 deprecates the calls that let a state be copied, but it has nothing else that is as fast for one block.
 * They neither allocate nor look for a provider, so they cannot fail.  Its one-shot SHA256() does both, and leaves its
 * output untouched where it fails.
 */
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

_Static_assert(sizeof(SHA256_CTX) <= sizeof(((struct hash_stream *)0)->state), "room for libcrypto's state");

#define BLOCK 64
#define LANES 32 /* messages padded before any is hashed: hashing a block right after writing it is slower */

struct hash
hash_of(const void *bytes, size_t len)
{
	SHA256_CTX c;
	struct hash h;

	SHA256_Init(&c);
	if (len > 0)
		SHA256_Update(&c, bytes, len);
	SHA256_Final(h.b, &c);
	return h;
}

struct hash
hash_of_slice(struct slice s)
{
	return hash_of(s.p, s.n);
}

void
hash_hex(struct slice s, char ret_hex[static HASH_HEX + 1])
{
	struct hash h = hash_of_slice(s);

	text_to_hex(h.b, HASH_BYTES, ret_hex);
}

struct hash
hash_leaf(struct slice leaf)
{
	SHA256_CTX c;
	struct hash h;

	SHA256_Init(&c);
	SHA256_Update(&c, "\0", 1);
	if (leaf.n > 0)
		SHA256_Update(&c, leaf.p, leaf.n);
	SHA256_Final(h.b, &c);
	return h;
}

struct hash
hash_node(const struct hash *left, const struct hash *right)
{
	uint8_t bytes[1 + 2 * HASH_BYTES] = {1};

	memcpy(bytes + 1, left->b, HASH_BYTES);
	memcpy(bytes + 1 + HASH_BYTES, right->b, HASH_BYTES);
	return hash_of(bytes, sizeof bytes);
}

void
hash_begin(struct hash_stream *stream)
{
	SHA256_CTX c;

	SHA256_Init(&c);
	memcpy(stream->state, &c, sizeof c);
}

void
hash_add(struct hash_stream *stream, const void *bytes, size_t len)
{
	SHA256_CTX c;

	memcpy(&c, stream->state, sizeof c);
	if (len > 0)
		SHA256_Update(&c, bytes, len);
	memcpy(stream->state, &c, sizeof c);
}

struct hash
hash_end(struct hash_stream *stream)
{
	SHA256_CTX c;
	struct hash h;

	memcpy(&c, stream->state, sizeof c);
	SHA256_Final(h.b, &c);
	return h;
}

void
hash_prefix(struct hash_prefix *ret_prefix, const char seed[static 64])
{
	SHA256_CTX c;

	SHA256_Init(&c);
	SHA256_Transform(&c, (const unsigned char *)seed);
	for (int i = 0; i < 8; i++)
		ret_prefix->h[i] = (uint32_t)c.h[i];
}

/* FIPS 180-4 5.1.1: a one bit, zeros, and the length in bits of prefix and message.  Returns how many blocks. */
static size_t
pad_message(const struct hash_message *m, uint8_t out[static 2 * BLOCK])
{
	size_t blocks = m->len <= 55 ? 1 : 2;
	unsigned bits = (BLOCK + m->len) * 8u;

	assert(m->len <= HASH_MESSAGE_MAX);
	memset(out, 0, blocks * BLOCK);
	memcpy(out, m->text, m->len);
	out[m->len] = 0x80;
	out[blocks * BLOCK - 2] = (uint8_t)(bits >> 8);
	out[blocks * BLOCK - 1] = (uint8_t)bits;
	return blocks;
}

static struct hash
hash_padded(const struct hash_prefix *prefix, const uint8_t *padded, size_t blocks)
{
	SHA256_CTX c;
	struct hash h;

	for (int i = 0; i < 8; i++)
		c.h[i] = prefix->h[i];
	for (size_t i = 0; i < blocks; i++)
		SHA256_Transform(&c, padded + i * BLOCK);
	for (size_t i = 0; i < 8; i++) {
		h.b[4 * i] = (uint8_t)(c.h[i] >> 24);
		h.b[4 * i + 1] = (uint8_t)(c.h[i] >> 16);
		h.b[4 * i + 2] = (uint8_t)(c.h[i] >> 8);
		h.b[4 * i + 3] = (uint8_t)c.h[i];
	}
	return h;
}

void
hash_bulk(const struct hash_prefix *prefix, const struct hash_message *messages, size_t n, struct hash *ret)
{
	uint8_t padded[LANES][2 * BLOCK];
	size_t blocks[LANES];

	for (size_t at = 0; at < n; at += LANES) {
		size_t lanes = n - at < LANES ? n - at : LANES;

		for (size_t i = 0; i < lanes; i++)
			blocks[i] = pad_message(&messages[at + i], padded[i]);
		for (size_t i = 0; i < lanes; i++)
			ret[at + i] = hash_padded(prefix, padded[i], blocks[i]);
	}
}
