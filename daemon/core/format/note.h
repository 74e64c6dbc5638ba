#ifndef SPOTCHECK_CORE_FORMAT_NOTE_H
#define SPOTCHECK_CORE_FORMAT_NOTE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/hash.h"
#include "core/base/slice.h"

/*
 * Signed notes, checkpoints and cosignatures (C2SP signed-note, tlog-checkpoint, tlog-cosignature), with strict Ed25519
 * (libsodium: canonical S, no small-order keys).  The caller has called sodium_init().
 */

#define NOTE_MAX (1024 * 1024) /* bytes of a note */
#define NOTE_SIGNATURES_MAX 100
#define NOTE_NAME_MAX 256 /* bytes of a key's name */
#define NOTE_KEY_TEXT 512 /* bytes of a verifier key string with its NUL */

enum note_algorithm {
	NOTE_ED25519 = 0x01,       /* a log's signature */
	NOTE_COSIGNATURE_V1 = 0x04 /* a witness's */
};

/* A verifier key: name+<8 hex key id>+base64(algorithm || 32 bytes). */
struct note_key {
	struct slice name; /* points into the text that was parsed */
	uint8_t id[4];
	enum note_algorithm algorithm;
	uint8_t public_key[32];
};

/*
 * ERR_REFUSED: a name that note_name_ok refuses, a wrong key id, another algorithm, base64 that is not canonical.  A
 * key that is not a valid point is accepted here, but verifies nothing.
 */
int note_key_parse(struct slice text, struct note_key *ret_key, struct err *err);
void note_key_make(const char *name, enum note_algorithm algorithm, const uint8_t public_key[static 32],
    char ret_text[static NOTE_KEY_TEXT]);
/* 1 to NOTE_NAME_MAX bytes of UTF-8 without white space (Unicode's), control characters or '+'. */
bool note_name_ok(struct slice name);

struct note_signature {
	struct slice name;
	uint8_t id[4];
	uint8_t bytes[72]; /* 64, or 8 of time before them */
	size_t len; /* of the signature without the key id; 0: longer than `bytes`, which no known algorithm makes */
};

struct note {
	struct slice text; /* ends in LF; what is signed */
	size_t n_signatures;
	struct note_signature signatures[NOTE_SIGNATURES_MAX];
};

/*
 * Splits a note at its last empty line; it must be UTF-8 without control characters but LF (as Go's sumdb/note has it),
 * each signature's base64 canonical.  Signers' names may be of any length.  Points into `bytes`.
 */
int note_parse(struct slice bytes, struct note *ret_note, struct err *err);

struct checkpoint {
	struct slice origin;
	uint64_t size; /* below 2^53 */
	struct hash root;
};

/* A checkpoint's text: origin LF size LF base64(root) LF, no extension lines. */
int checkpoint_parse(struct slice text, struct checkpoint *ret_checkpoint, struct err *err);
void checkpoint_text(const struct checkpoint *checkpoint, struct buf *out);

enum note_verdict {
	NOTE_ABSENT, /* no line of this key */
	NOTE_FALSE,  /* a line of this key that does not verify */
	NOTE_TRUE
};

/*
 * The log's signature.  FALSE where any line with this key's name and id does not verify.  ABSENT for a key of the
 * other algorithm.
 */
enum note_verdict note_verify(const struct note *note, const struct note_key *key);

/*
 * A cosignature/v1; `ret_time` gets, with TRUE alone, the earliest time (seconds; any uint64_t) of the valid ones.
 * FALSE as above.  ABSENT also where there is no memory for a copy of the text, so that no witness is accused for that.
 */
enum note_verdict note_verify_cosignature(const struct note *note, const struct note_key *key, uint64_t *ret_time);

/*
 * Appends the line "— name base64 LF" for a text that ends in LF: the log's own signature, or a witness's at `time`.
 * `secret_key` is libsodium's 64 bytes; note_name_ok(name).  A note is the text, LF, and such lines.  Where it cannot
 * be signed, `out_line` has failed.
 */
void note_sign(struct slice text, const char *name, const uint8_t secret_key[static 64], struct buf *out_line);
void note_cosign(struct slice text, const char *name, const uint8_t secret_key[static 64], uint64_t time,
    struct buf *out_line);

#endif
