/*
 * Signed notes after C2SP signed-note.  What a note is, is as strict as in Go's golang.org/x/mod/sumdb/note.  base64 is
 * stricter: only the canonical form passes, so that no byte of a note can change unnoticed.
 */
#include "core/format/note.h"

#include <assert.h>
#include <sodium.h>
#include <stdio.h>

#include "core/base/text.h"

#define B64 sodium_base64_VARIANT_ORIGINAL
#define PUBLIC_KEY_BYTES 32
#define SIGNATURE_BYTES 64
#define TIME_BYTES 8
#define KEY_BASE64 44 /* characters for an algorithm and a public key, or for a root */
#define COSIGNED_MAX (NOTE_MAX + 64)

static const char dash[] = "— "; /* U+2014 and a space, before each signature */

_Static_assert(crypto_sign_PUBLICKEYBYTES == PUBLIC_KEY_BYTES, "Ed25519");
_Static_assert(crypto_sign_BYTES == SIGNATURE_BYTES, "Ed25519");

/* ---- base64 ---- */

/* Characters read at a time; each piece but the last stands for PIECE_BYTES bytes. */
#define PIECE_CHARS 256
#define PIECE_BYTES 192

/* Reads at most PIECE_CHARS of canonical, padded base64. */
static bool
piece_read(struct slice text, uint8_t ret_bytes[static PIECE_BYTES], size_t *ret_len)
{
	char again[PIECE_CHARS + 1];

	if (sodium_base642bin(ret_bytes, PIECE_BYTES, text.p, text.n, NULL, ret_len, NULL, B64) != 0)
		return false;
	sodium_bin2base64(again, sizeof again, ret_bytes, *ret_len, B64);
	return slice_is(text, again);
}

/* Reads canonical base64 of any length: the first `max` bytes are kept, `ret_len` gets how many there are. */
static bool
base64_read(struct slice text, uint8_t *ret_bytes, size_t max, size_t *ret_len)
{
	size_t kept = 0;

	*ret_len = 0;
	while (text.n > 0) {
		struct slice piece = {text.p, text.n < PIECE_CHARS ? text.n : PIECE_CHARS};
		uint8_t bytes[PIECE_BYTES];
		size_t len, keep;

		text.p += piece.n;
		text.n -= piece.n;
		if (!piece_read(piece, bytes, &len) || (text.n > 0 && len < PIECE_BYTES))
			return false;
		keep = len < max - kept ? len : max - kept;
		memcpy(ret_bytes + kept, bytes, keep);
		kept += keep;
		*ret_len += len;
	}
	return true;
}

/* Reads canonical base64 of exactly `len` bytes. */
static bool
base64_read_exactly(struct slice text, uint8_t *ret_bytes, size_t len)
{
	size_t got;

	return base64_read(text, ret_bytes, len, &got) && got == len;
}

/* ---- names and keys ---- */

/* Unicode's White_Space, as Go's unicode.IsSpace has it. */
static bool
is_space(uint32_t c)
{
	return (c >= 0x09 && c <= 0x0D) || c == 0x20 || c == 0x85 || c == 0xA0 || c == 0x1680 ||
	    (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000;
}

static bool
is_well_formed_name(struct slice name)
{
	if (name.n == 0)
		return false;
	while (name.n > 0) {
		uint32_t c;
		size_t len = text_next(name, &c);

		if (len == 0 || c < 0x20 || c == '+' || is_space(c))
			return false;
		name.p += len;
		name.n -= len;
	}
	return true;
}

bool
note_name_ok(struct slice name)
{
	return name.n <= NOTE_NAME_MAX && is_well_formed_name(name);
}

/* The first four bytes of SHA-256(name || LF || algorithm || public key). */
static void
compute_key_id(struct slice name, enum note_algorithm algorithm, const uint8_t public_key[static 32],
    uint8_t ret_id[static 4])
{
	const uint8_t between[2] = {'\n', (uint8_t)algorithm};
	struct hash_stream stream;
	struct hash hash;

	hash_begin(&stream);
	hash_add(&stream, name.p, name.n);
	hash_add(&stream, between, sizeof between);
	hash_add(&stream, public_key, PUBLIC_KEY_BYTES);
	hash = hash_end(&stream);
	memcpy(ret_id, hash.b, 4);
}

int
note_key_parse(struct slice text, struct note_key *ret_key, struct err *err)
{
	struct slice rest = text;
	struct slice name = slice_cut(&rest, '+');
	struct slice id_hex = slice_cut(&rest, '+');
	uint8_t bytes[1 + PUBLIC_KEY_BYTES], id[4], right_id[4];

	if (!note_name_ok(name) || !text_from_hex(id_hex, id, sizeof id) ||
	    !base64_read_exactly(rest, bytes, sizeof bytes))
		return err_set(err, ERR_REFUSED,
		    N_("\"%.*s\" is not a verifier key: one is "
		       "name+<8 hex digits>+<base64 of 33 bytes>"),
		    SLICE_ARGS(text));
	if (bytes[0] != NOTE_ED25519 && bytes[0] != NOTE_COSIGNATURE_V1)
		return err_set(err, ERR_REFUSED,
		    N_("the key of \"%.*s\" is of kind %d: only Ed25519 (1) and "
		       "cosignature/v1 (4) are known"),
		    SLICE_ARGS(name), bytes[0]);
	compute_key_id(name, bytes[0], bytes + 1, right_id);
	if (memcmp(id, right_id, sizeof id) != 0)
		return err_set(err, ERR_REFUSED, N_("the key of \"%.*s\" does not have the id that it names: %.*s"),
		    SLICE_ARGS(name), SLICE_ARGS(id_hex));

	ret_key->name = name;
	ret_key->algorithm = bytes[0];
	memcpy(ret_key->id, id, sizeof id);
	memcpy(ret_key->public_key, bytes + 1, PUBLIC_KEY_BYTES);
	return 0;
}

void
note_key_make(const char *name, enum note_algorithm algorithm, const uint8_t public_key[static 32],
    char ret_text[static NOTE_KEY_TEXT])
{
	size_t len = strlen(name);
	uint8_t id[4], bytes[1 + PUBLIC_KEY_BYTES];

	_Static_assert(NOTE_NAME_MAX + 1 + 8 + 1 + KEY_BASE64 + 1 <= NOTE_KEY_TEXT, "room for the longest key");
	assert(note_name_ok(slice_of(name)));
	compute_key_id(slice_of(name), algorithm, public_key, id);
	bytes[0] = (uint8_t)algorithm;
	memcpy(bytes + 1, public_key, PUBLIC_KEY_BYTES);

	memcpy(ret_text, name, len);
	ret_text[len++] = '+';
	text_to_hex(id, sizeof id, ret_text + len);
	len += 2 * sizeof id;
	ret_text[len++] = '+';
	sodium_bin2base64(ret_text + len, NOTE_KEY_TEXT - len, bytes, sizeof bytes, B64);
}

/* ---- notes ---- */

/* UTF-8 without control characters below U+0020 but LF. */
static bool
is_note_text(struct slice text)
{
	while (text.n > 0) {
		uint32_t c;
		size_t len = text_next(text, &c);

		if (len == 0 || (c < 0x20 && c != '\n'))
			return false;
		text.p += len;
		text.n -= len;
	}
	return true;
}

/* Reads one line of a signature, without its LF. */
static int
signature_parse(struct slice line, struct note_signature *ret_signature, struct err *err)
{
	size_t dash_len = sizeof dash - 1, len;
	uint8_t bytes[sizeof ret_signature->id + sizeof ret_signature->bytes];
	struct slice name;

	if (line.n < dash_len || memcmp(line.p, dash, dash_len) != 0)
		return err_set(err, ERR_REFUSED,
		    N_("a signed note: below the empty line each line must begin with "
		       "\"— \""));
	line.p += dash_len;
	line.n -= dash_len;
	name = slice_cut(&line, ' ');
	if (!is_well_formed_name(name))
		return err_set(err, ERR_REFUSED, N_("a signed note: a signature has no proper name before it"));
	if (!base64_read(line, bytes, sizeof bytes, &len) || len <= sizeof ret_signature->id)
		return err_set(err, ERR_REFUSED,
		    N_("a signed note: what \"%.*s\" signed is not the base64 of a "
		       "key id and a signature"),
		    SLICE_ARGS(name));

	*ret_signature = (struct note_signature){.name = name};
	memcpy(ret_signature->id, bytes, sizeof ret_signature->id);
	if (len <= sizeof bytes) {
		ret_signature->len = len - sizeof ret_signature->id;
		memcpy(ret_signature->bytes, bytes + sizeof ret_signature->id, ret_signature->len);
	}
	return 0;
}

/* The text ends where the last empty line begins; 0 where there is no empty line. */
static size_t
text_length(struct slice bytes)
{
	for (size_t n = bytes.n; n >= 2; n--)
		if (bytes.p[n - 1] == '\n' && bytes.p[n - 2] == '\n')
			return n - 1;
	return 0;
}

int
note_parse(struct slice bytes, struct note *ret_note, struct err *err)
{
	struct note note = {.n_signatures = 0};
	struct slice rest;

	if (bytes.n > NOTE_MAX)
		return err_set(err, ERR_LIMIT, N_("a signed note has at most %d bytes, this has more"), NOTE_MAX);
	if (!is_note_text(bytes))
		return err_set(err, ERR_REFUSED, N_("a signed note must be UTF-8 without control characters"));
	note.text = (struct slice){bytes.p, text_length(bytes)};
	if (note.text.n == 0)
		return err_set(err, ERR_REFUSED, N_("a signed note must have an empty line before its signatures"));
	rest = (struct slice){bytes.p + note.text.n + 1, bytes.n - note.text.n - 1};
	if (rest.n == 0 || rest.p[rest.n - 1] != '\n')
		return err_set(err, ERR_REFUSED,
		    N_("a signed note must end with a signature and a newline; this may "
		       "have been cut short"));

	while (rest.n > 0) {
		struct slice line = slice_cut(&rest, '\n');
		int rc;

		if (note.n_signatures == NOTE_SIGNATURES_MAX)
			return err_set(err, ERR_LIMIT, N_("a signed note has at most %d signatures, this has more"),
			    NOTE_SIGNATURES_MAX);
		rc = signature_parse(line, &note.signatures[note.n_signatures], err);
		if (rc != 0)
			return rc;
		note.n_signatures++;
	}
	*ret_note = note;
	return 0;
}

/* ---- checkpoints ---- */

int
checkpoint_parse(struct slice text, struct checkpoint *ret_checkpoint, struct err *err)
{
	struct slice rest = text;
	struct slice origin = slice_cut(&rest, '\n');
	struct slice size = slice_cut(&rest, '\n');
	struct slice root = slice_cut(&rest, '\n');
	struct checkpoint c = {.origin = origin};

	/* slice_cut leaves p NULL where there was no LF to cut at. */
	if (origin.n == 0 || rest.p == NULL)
		return err_set(err, ERR_REFUSED, N_("a checkpoint has three lines: its log's name, a size, a root"));
	if (rest.n != 0)
		return err_set(err, ERR_REFUSED, N_("a checkpoint has no lines after its root; this one has"));
	if (!text_to_uint(size, &c.size))
		return err_set(err, ERR_REFUSED,
		    N_("a checkpoint's size must be a number below 2^53 without leading "
		       "zeros, not \"%.*s\""),
		    SLICE_ARGS(size));
	if (!base64_read_exactly(root, c.root.b, HASH_BYTES))
		return err_set(err, ERR_REFUSED, N_("a checkpoint's root must be the base64 of 32 bytes, not \"%.*s\""),
		    SLICE_ARGS(root));
	*ret_checkpoint = c;
	return 0;
}

void
checkpoint_text(const struct checkpoint *checkpoint, struct buf *out)
{
	char root[KEY_BASE64 + 1];

	sodium_bin2base64(root, sizeof root, checkpoint->root.b, HASH_BYTES, B64);
	buf_slice(out, checkpoint->origin);
	buf_byte(out, '\n');
	buf_uint(out, checkpoint->size);
	buf_byte(out, '\n');
	buf_text(out, root);
	buf_byte(out, '\n');
}

/* ---- signing and verifying ---- */

static bool
verifies(const uint8_t signature[static 64], struct slice message, const struct note_key *key)
{
	const unsigned char *bytes = (const unsigned char *)message.p;

	return crypto_sign_verify_detached(signature, bytes, message.n, key->public_key) == 0;
}

static bool
is_signature_of(const struct note_signature *signature, const struct note_key *key)
{
	return memcmp(signature->id, key->id, sizeof key->id) == 0 && slice_eq(signature->name, key->name);
}

enum note_verdict
note_verify(const struct note *note, const struct note_key *key)
{
	enum note_verdict verdict = NOTE_ABSENT;

	if (key->algorithm != NOTE_ED25519)
		return NOTE_ABSENT;
	for (size_t i = 0; i < note->n_signatures; i++) {
		const struct note_signature *signature = &note->signatures[i];

		if (!is_signature_of(signature, key))
			continue;
		if (signature->len != SIGNATURE_BYTES || !verifies(signature->bytes, note->text, key))
			return NOTE_FALSE;
		verdict = NOTE_TRUE;
	}
	return verdict;
}

static uint64_t
read_be64(const uint8_t bytes[static TIME_BYTES])
{
	uint64_t value = 0;

	for (size_t i = 0; i < TIME_BYTES; i++)
		value = value << 8 | bytes[i];
	return value;
}

/* What a witness signs at `time`. */
static void
put_cosigned(struct buf *out, uint64_t time, struct slice text)
{
	buf_text(out, "cosignature/v1\ntime ");
	buf_uint(out, time);
	buf_byte(out, '\n');
	buf_slice(out, text);
}

#define COSIGNED_SMALL 4096 /* bytes, more than any checkpoint has; a longer note is copied to allocated memory */

static enum note_verdict
cosignature_verdict(struct slice text, const struct note_signature *signature, const struct note_key *key,
    uint64_t time)
{
	enum note_verdict verdict = NOTE_ABSENT;
	char small[COSIGNED_SMALL];
	struct slice whole;
	struct buf message;
	int n;

	if (text.n <= sizeof small - 64) {
		n = snprintf(small, sizeof small, "cosignature/v1\ntime %llu\n", (unsigned long long)time);
		memcpy(small + n, text.p, text.n);
		whole = (struct slice){small, (size_t)n + text.n};
		return verifies(signature->bytes + TIME_BYTES, whole, key) ? NOTE_TRUE : NOTE_FALSE;
	}
	buf_init(&message, COSIGNED_MAX);
	put_cosigned(&message, time, text);
	if (!message.failed)
		verdict = verifies(signature->bytes + TIME_BYTES, buf_view(&message), key) ? NOTE_TRUE : NOTE_FALSE;
	buf_release(&message);
	return verdict;
}

enum note_verdict
note_verify_cosignature(const struct note *note, const struct note_key *key, uint64_t *ret_time)
{
	uint64_t earliest = UINT64_MAX;
	bool any = false;

	if (key->algorithm != NOTE_COSIGNATURE_V1)
		return NOTE_ABSENT;
	for (size_t i = 0; i < note->n_signatures; i++) {
		const struct note_signature *signature = &note->signatures[i];
		enum note_verdict verdict;
		uint64_t time;

		if (!is_signature_of(signature, key))
			continue;
		if (signature->len != TIME_BYTES + SIGNATURE_BYTES)
			return NOTE_FALSE;
		time = read_be64(signature->bytes);
		verdict = cosignature_verdict(note->text, signature, key, time);
		if (verdict != NOTE_TRUE)
			return verdict;
		earliest = time < earliest ? time : earliest;
		any = true;
	}
	if (!any)
		return NOTE_ABSENT;
	*ret_time = earliest;
	return NOTE_TRUE;
}

/* "— name base64(id || signature)" LF; the signature has len <= 72 bytes. */
static void
put_signature_line(struct buf *out, const char *name, enum note_algorithm algorithm,
    const uint8_t secret_key[static 64], const uint8_t *signature, size_t len)
{
	uint8_t bytes[4 + TIME_BYTES + SIGNATURE_BYTES];
	char text[sodium_base64_ENCODED_LEN(sizeof bytes, B64)];

	assert(note_name_ok(slice_of(name)) && len <= sizeof bytes - 4);
	/* libsodium's secret key ends with the public one. */
	compute_key_id(slice_of(name), algorithm, secret_key + 32, bytes);
	memcpy(bytes + 4, signature, len);
	sodium_bin2base64(text, sizeof text, bytes, 4 + len, B64);
	buf_text(out, dash);
	buf_text(out, name);
	buf_byte(out, ' ');
	buf_text(out, text);
	buf_byte(out, '\n');
}

void
note_sign(struct slice text, const char *name, const uint8_t secret_key[static 64], struct buf *out_line)
{
	uint8_t signature[SIGNATURE_BYTES];

	if (crypto_sign_detached(signature, NULL, (const unsigned char *)text.p, text.n, secret_key) != 0)
		out_line->failed = true;
	else
		put_signature_line(out_line, name, NOTE_ED25519, secret_key, signature, sizeof signature);
}

void
note_cosign(struct slice text, const char *name, const uint8_t secret_key[static 64], uint64_t time,
    struct buf *out_line)
{
	uint8_t signature[TIME_BYTES + SIGNATURE_BYTES];
	struct buf message;

	buf_init(&message, COSIGNED_MAX);
	put_cosigned(&message, time, text);
	for (size_t i = 0; i < TIME_BYTES; i++)
		signature[i] = (uint8_t)(time >> (8 * (TIME_BYTES - 1 - i)));
	if (message.failed ||
	    crypto_sign_detached(signature + TIME_BYTES, NULL, (const unsigned char *)message.data, message.len,
	        secret_key) != 0)
		out_line->failed = true;
	else
		put_signature_line(out_line, name, NOTE_COSIGNATURE_V1, secret_key, signature, sizeof signature);
	buf_release(&message);
}
