/* Beacons: the form and strength of what a commitment names, and whether a value follows from its signature. */
#include "core/log/beacon.h"

#include <sodium.h>

#include "core/base/hash.h"
#include "core/base/json.h"

#define DRAND_POINT 48

int
beacon_check_form(const struct commit *commit, const struct witnesses *witnesses, struct err *err)
{
	const struct beacon *b = &commit->beacon;
	char symbols[2 * SYMBOLS_MAX];
	uint64_t round;

	switch (b->source) {
	case SOURCE_NONE:
		return 0;
	case SOURCE_PUBLIC:
		if (!beacon_strong(json_unescape(b->symbols, symbols), b->count))
			return err_set(err, ERR_REFUSED, N_("the public value has fewer than 2^64 outcomes"));
		return 0;
	case SOURCE_DRAND:
		round = drand_round(commit->draw_time);
		if (round == 0)
			round = 1; /* at least */
		if (b->round != round)
			return err_set(err, ERR_REFUSED, N_("the round is %llu, but draw_time gives %llu"),
			    (unsigned long long)b->round, (unsigned long long)round);
		return 0;
	case SOURCE_WITNESS:
		for (size_t i = 0; witnesses != NULL && i < witnesses->n; i++)
			if (slice_eq(witnesses->keys[i], b->key))
				return 0;
		if (witnesses != NULL)
			return err_set(err, ERR_REFUSED, N_("the beacon's key is not that of a witness in force"));
		return 0;
	}
	return 0;
}

size_t
beacon_message(struct slice commit_hash, char ret_message[static BEACON_MESSAGE_MAX])
{
	static const char head[] = "spotcheck-beacon/v1\n";
	size_t len = sizeof head - 1;

	memcpy(ret_message, head, len);
	memcpy(ret_message + len, commit_hash.p, HASH_HEX);
	ret_message[len + HASH_HEX] = '\n';
	return len + HASH_HEX + 1;
}

/* A public value must be exactly `count` of `symbols`, with nothing between them. */
static int
check_public(const struct beacon *b, struct slice value, struct err *err)
{
	char symbols[2 * SYMBOLS_MAX];
	size_t n_symbols = json_unescape(b->symbols, symbols), n = 0;

	for (size_t i = 0; i < value.n; i++, n++) {
		if (value.p[i] == '\\')
			i++;
		if (i >= value.n || memchr(symbols, value.p[i], n_symbols) == NULL)
			return err_set(err, ERR_REFUSED, N_("the public value holds what is not one of its symbols"));
	}
	if (n != b->count)
		return err_set(err, ERR_REFUSED, N_("the public value has %zu symbols, not %llu"), n,
		    (unsigned long long)b->count);
	return 0;
}

int
beacon_check_value_form(const struct commit *commit, struct slice value, struct err *err)
{
	switch (commit->beacon.source) {
	case SOURCE_NONE:
		if (value.n > 0)
			return err_set(err, ERR_REFUSED, N_("there is a beacon value, though the source is none"));
		return 0;
	case SOURCE_PUBLIC:
		return check_public(&commit->beacon, value, err);
	case SOURCE_DRAND:
	case SOURCE_WITNESS:
		if (!text_is_hex(value, HASH_HEX))
			return err_set(err, ERR_REFUSED, N_("the beacon value is not a hash"));
		return 0;
	}
	return 0;
}

static bool
value_is_hash_of(struct slice value, const uint8_t *bytes, size_t len)
{
	char hex[HASH_HEX + 1];

	hash_hex((struct slice){(const char *)bytes, len}, hex);
	return slice_is(value, hex);
}

/* Compressed, not the point at infinity, x below the field's prime (BLS12-381). */
static bool
point_is_canonical(const uint8_t point[static DRAND_POINT])
{
	static const uint8_t prime[DRAND_POINT] = {0x1a, 0x01, 0x11, 0xea, 0x39, 0x7f, 0xe6, 0x9a, 0x4b, 0x1b, 0xa7,
	    0xb6, 0x43, 0x4b, 0xac, 0xd7, 0x64, 0x77, 0x4b, 0x84, 0xf3, 0x85, 0x12, 0xbf, 0x67, 0x30, 0xd2, 0xa0, 0xf6,
	    0xb0, 0xf6, 0x24, 0x1e, 0xab, 0xff, 0xfe, 0xb1, 0x53, 0xff, 0xff, 0xb9, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xaa,
	    0xab};
	uint8_t x[DRAND_POINT];

	memcpy(x, point, sizeof x);
	x[0] &= 0x1F;
	return (point[0] & 0xC0) == 0x80 && memcmp(x, prime, sizeof x) < 0;
}

static int
check_drand(struct slice value, struct slice signature, struct err *err)
{
	uint8_t point[DRAND_POINT];

	if (!text_from_hex(signature, point, sizeof point))
		return err_set(err, ERR_REFUSED, N_("there is no drand signature of 48 bytes"));
	if (!point_is_canonical(point))
		return err_set(err, ERR_REFUSED, N_("the drand signature is not a canonical compressed point"));
	if (!value_is_hash_of(value, point, sizeof point))
		return err_set(err, ERR_REFUSED, N_("the beacon value is not the hash of the signature"));
	return 0;
}

static int
check_witness(const struct beacon *b, struct slice commit_hash, struct slice value, struct slice signature,
    struct err *err)
{
	uint8_t bytes[crypto_sign_BYTES];
	char message[BEACON_MESSAGE_MAX];
	size_t len = beacon_message(commit_hash, message);
	struct note_key key;

	if (!text_from_hex(signature, bytes, sizeof bytes))
		return err_set(err, ERR_REFUSED, N_("there is no witness's signature of 64 bytes"));
	if (!value_is_hash_of(value, bytes, sizeof bytes))
		return err_set(err, ERR_REFUSED, N_("the beacon value is not the hash of the signature"));
	if (note_key_parse(b->key, &key, err) != 0)
		return ERR_REFUSED;
	if (crypto_sign_verify_detached(bytes, (const uint8_t *)message, len, key.public_key) != 0)
		return err_set(err, ERR_REFUSED, N_("the witness's signature over the commitment is false"));
	return 0;
}

int
beacon_check_value(const struct commit *commit, struct slice commit_hash, struct slice value, struct slice signature,
    struct err *err)
{
	int rc = beacon_check_value_form(commit, value, err);

	if (rc != 0)
		return rc;
	switch (commit->beacon.source) {
	case SOURCE_NONE:
	case SOURCE_PUBLIC:
		if (signature.p != NULL)
			return err_set(err, ERR_REFUSED, N_("there is a signature, though the source has none"));
		return 0;
	case SOURCE_DRAND:
		return check_drand(value, signature, err);
	case SOURCE_WITNESS:
		return check_witness(&commit->beacon, commit_hash, value, signature, err);
	}
	return 0;
}

static int
check_void_of_public(const struct commit *commit, const struct entry *outcome, bool in_time, enum void_value *ret,
    struct err *err)
{
	if (outcome->void_.signature.p != NULL)
		return err_set(err, ERR_REFUSED, N_("there is a signature, though the source has none"));
	*ret = in_time ? VOID_IN_TIME : VOID_WITHHELD;
	if (outcome->void_.beacon.p == NULL)
		return 0;
	*ret = VOID_VALUE;
	return check_public(&commit->beacon, outcome->void_.beacon, err);
}

/* Under drand and witness. */
static int
check_void_of_signature(const struct commit *commit, struct slice commit_hash, const struct entry *outcome,
    const struct entry *reveal, bool in_time, enum void_value *ret, struct err *err)
{
	bool with_void = outcome->void_.beacon.p != NULL,
	     with_reveal = reveal != NULL && reveal->reveal.beacon.p != NULL;
	struct slice reason = outcome->void_.reason;
	bool failed = commit->beacon.source == SOURCE_WITNESS && reason.n >= 6 && memcmp(reason.p, "beacon", 6) == 0;

	if (with_void && with_reveal)
		return err_set(err, ERR_REFUSED, N_("the void and its reveal both have the beacon's value"));
	*ret = VOID_VALUE;
	if (with_void)
		return beacon_check_value(commit, commit_hash, outcome->void_.beacon, outcome->void_.signature, err);
	if (with_reveal)
		return beacon_check_value(commit, commit_hash, reveal->reveal.beacon, reveal->reveal.signature, err);
	*ret = in_time ? VOID_IN_TIME : failed ? VOID_UNPROVEN : VOID_PENDING;
	if (in_time || failed || reveal == NULL)
		return 0;
	return err_set(err, ERR_REFUSED,
	    N_("neither the void nor its reveal has the beacon's value, and its witnesses do not show that it came "
	       "before "
	       "draw_time"));
}

int
beacon_check_void(const struct commit *commit, struct slice commit_hash, const struct entry *outcome,
    const struct entry *reveal, const struct cosigned *cosigned, enum void_value *ret_value, struct err *err)
{
	bool in_time = cosigned_majority(cosigned->outcome_before_draw, cosigned->witnesses);
	enum source source = commit->beacon.source;

	if (source == SOURCE_DRAND || source == SOURCE_WITNESS)
		return check_void_of_signature(commit, commit_hash, outcome, reveal, in_time, ret_value, err);
	if (reveal != NULL && reveal->reveal.beacon.p != NULL)
		return err_set(err, ERR_REFUSED, N_("the reveal has a beacon's value, though its source gives none"));
	if (source == SOURCE_PUBLIC)
		return check_void_of_public(commit, outcome, in_time, ret_value, err);
	*ret_value = VOID_NO_SOURCE;
	if (outcome->void_.beacon.p != NULL)
		return err_set(err, ERR_REFUSED, N_("the void has a beacon value, though its source gives none"));
	return 0;
}
