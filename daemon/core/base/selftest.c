/* Runs each primitive on a published or known example. */
#include "core/base/selftest.h"

#include <sodium.h>
#include <stdbool.h>
#include <string.h>

#include "core/base/array.h"
#include "core/base/hash.h"
#include "core/base/text.h"

/* Bytes from a literal of hex digits.  A wrong number of digits makes the test fail. */
static bool
from_hex(const char *hex, uint8_t *ret_bytes, size_t len)
{
	return text_from_hex(slice_of(hex), ret_bytes, len);
}

static bool
is_hex(const uint8_t *bytes, size_t len, const char *hex)
{
	uint8_t right[crypto_sign_BYTES];

	return len <= sizeof right && from_hex(hex, right, len) && memcmp(bytes, right, len) == 0;
}

static bool
hash_is(struct hash h, const char *hex)
{
	return is_hex(h.b, sizeof h.b, hex);
}

/* ---- SHA-256 ---- */

/* FIPS 180-4's examples, of one block and of two. */
static bool
sha256_holds(void)
{
	static const char two[] = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
	struct hash_stream pieces;

	hash_begin(&pieces);
	hash_add(&pieces, two, 10);
	hash_add(&pieces, two + 10, sizeof two - 1 - 10);
	return hash_is(hash_of("abc", 3), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad") &&
	    hash_is(hash_end(&pieces), "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

/* A message that ends in the prefix's second block, and one that needs a third. */
static bool
sha256_bulk_holds(void)
{
	static const char seed[] = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
	static const struct hash_message messages[2] = {
	    {.len = 3, .text = "abc"},
	    {.len = 78, .text = "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz"},
	};
	struct hash_prefix prefix;
	struct hash h[2];

	hash_prefix(&prefix, seed);
	hash_bulk(&prefix, messages, 2, h);
	return hash_is(h[0], "91f66ca50e6cd4b33f217b02dbf63a6a96388940da39ca2d5fe76e1b18efe839") &&
	    hash_is(h[1], "9efff0e32b513a393efc8a782e3073c7008ca2bc20fdb288bd825f546ce4b8f8");
}

/* ---- signatures ---- */

/* RFC 8032 7.1, the second test; and a signature of something else is none. */
static bool
ed25519_holds(void)
{
	uint8_t seed[crypto_sign_SEEDBYTES], public[crypto_sign_PUBLICKEYBYTES], secret[crypto_sign_SECRETKEYBYTES];
	uint8_t signature[crypto_sign_BYTES];
	static const uint8_t message = 0x72, other = 0x73;

	return from_hex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb", seed, sizeof seed) &&
	    crypto_sign_seed_keypair(public, secret, seed) == 0 &&
	    is_hex(public, sizeof public, "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c") &&
	    crypto_sign_detached(signature, NULL, &message, 1, secret) == 0 &&
	    is_hex(signature, sizeof signature,
	        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
	        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00") &&
	    crypto_sign_verify_detached(signature, &message, 1, public) == 0 &&
	    crypto_sign_verify_detached(signature, &other, 1, public) != 0;
}

/* ---- what a backup is sealed with ---- */

/* RFC 7748 6.1: Alice's keys. */
#define ALICE_SECRET "77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a"
#define ALICE_PUBLIC "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a"

static bool
x25519_holds(void)
{
	uint8_t secret[crypto_scalarmult_SCALARBYTES], public[crypto_scalarmult_BYTES];

	return from_hex(ALICE_SECRET, secret, sizeof secret) && crypto_scalarmult_base(public, secret) == 0 &&
	    is_hex(public, sizeof public, ALICE_PUBLIC);
}

/* The bytes 0 to 31, sealed to Alice once; and with one bit changed. */
static bool
sealed_box_holds(void)
{
	uint8_t public[crypto_box_PUBLICKEYBYTES], secret[crypto_box_SECRETKEYBYTES];
	uint8_t sealed[crypto_box_SEALBYTES + 32], opened[32];

	if (!from_hex(ALICE_PUBLIC, public, sizeof public) || !from_hex(ALICE_SECRET, secret, sizeof secret) ||
	    !from_hex("271dbd6e3f9a788b50e5f14a9d6a4dbc2d7059a3cf348f9407c315575daa0540e28e8a869b76c8d0"
	              "9b0d0326d2298b89108443c9abac49413dec478af94bb02c5ea91bba462e2b5cce9ee0d6b5d07b71",
	        sealed, sizeof sealed))
		return false;
	if (crypto_box_seal_open(opened, sealed, sizeof sealed, public, secret) != 0 ||
	    !is_hex(opened, sizeof opened, "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"))
		return false;
	sealed[sizeof sealed - 1] ^= 1;
	return crypto_box_seal_open(opened, sealed, sizeof sealed, public, secret) != 0;
}

/* "abc" as a stream's only and last piece, under the key of the bytes 0 to 31; and with one bit changed. */
static bool
sealed_stream_holds(void)
{
	uint8_t key[crypto_secretstream_xchacha20poly1305_KEYBYTES];
	uint8_t header[crypto_secretstream_xchacha20poly1305_HEADERBYTES];
	uint8_t sealed[crypto_secretstream_xchacha20poly1305_ABYTES + 3], opened[3], tag = 0;
	crypto_secretstream_xchacha20poly1305_state state;

	if (!from_hex("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f", key, sizeof key) ||
	    !from_hex("ea2de1257b6a1ba6a65b27d7dfe3ec461685e689ef2dfe21", header, sizeof header) ||
	    !from_hex("131e4da2de221ad6e3f5b8b65a0127209801cbbb", sealed, sizeof sealed) ||
	    crypto_secretstream_xchacha20poly1305_init_pull(&state, header, key) != 0)
		return false;
	sealed[0] ^= 1;
	if (crypto_secretstream_xchacha20poly1305_pull(&state, opened, NULL, &tag, sealed, sizeof sealed, NULL, 0) == 0)
		return false;
	sealed[0] ^= 1;
	return crypto_secretstream_xchacha20poly1305_pull(&state, opened, NULL, &tag, sealed, sizeof sealed, NULL, 0) ==
	    0 &&
	    tag == crypto_secretstream_xchacha20poly1305_TAG_FINAL && memcmp(opened, "abc", sizeof opened) == 0;
}

/* ---- all of them ---- */

int
selftest(struct err *err)
{
	static const struct {
		const char *name;
		bool (*holds)(void);
	} primitives[] = {
	    {"SHA-256", sha256_holds},
	    {"SHA-256 in bulk", sha256_bulk_holds},
	    {"Ed25519", ed25519_holds},
	    {"X25519", x25519_holds},
	    {"XSalsa20-Poly1305", sealed_box_holds},
	    {"XChaCha20-Poly1305", sealed_stream_holds},
	};

	for (size_t i = 0; i < ARRAY_LEN(primitives); i++)
		if (!primitives[i].holds())
			return err_set(err, ERR_OUTSIDE,
			    N_("the self-test of %s fails: this machine or its libraries cannot be trusted, and "
			       "nothing was done"),
			    primitives[i].name);
	return 0;
}
