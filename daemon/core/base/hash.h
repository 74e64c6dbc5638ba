#ifndef SPOTCHECK_CORE_BASE_HASH_H
#define SPOTCHECK_CORE_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

#include "core/base/slice.h"

/*
 * SHA-256 (FIPS 180-4).  In core only hash.c includes a header of libcrypto.  Nothing here can fail.
 *
 * libcrypto and not libsodium, because it uses the CPU's SHA instructions.  Its SHA256_* calls are deprecated but are
 * the only ones that let a state after one block be copied cheaply, which is what makes a ticket cost one block.
 */

#define HASH_BYTES 32
#define HASH_HEX 64

struct hash {
	uint8_t b[HASH_BYTES];
};

struct hash hash_of(const void *bytes, size_t len);
struct hash hash_of_slice(struct slice s);

/* H(x) of PROTOCOL 2: 64 lowercase hex digits and a NUL. */
void hash_hex(struct slice s, char ret_hex[static HASH_HEX + 1]);

/* RFC 6962 2.1: SHA-256(0x00 || leaf) and SHA-256(0x01 || left || right). */
struct hash hash_leaf(struct slice leaf);
struct hash hash_node(const struct hash *left, const struct hash *right);

/* A hash in pieces; no memory is owned. */
struct hash_stream {
	_Alignas(8) unsigned char state[128];
};
void hash_begin(struct hash_stream *stream);
void hash_add(struct hash_stream *stream, const void *bytes, size_t len);
struct hash hash_end(struct hash_stream *stream);

/*
 * Bulk hashing: many short messages behind one prefix of exactly 64 bytes, the seed of a draw (PROTOCOL 6).
 * The prefix is hashed once; each message then costs one block (up to 55 bytes) or two.
 */
#define HASH_MESSAGE_MAX 119

struct hash_prefix {
	uint32_t h[8]; /* the state after the prefix's block */
};

struct hash_message {
	uint8_t len; /* 0 .. HASH_MESSAGE_MAX */
	char text[HASH_MESSAGE_MAX];
};

void hash_prefix(struct hash_prefix *ret_prefix, const char seed[static 64]);

/* ret[i] = SHA-256(prefix || messages[i]), i < n. */
void hash_bulk(const struct hash_prefix *prefix, const struct hash_message *messages, size_t n, struct hash *ret);

#endif
