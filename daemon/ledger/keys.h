#ifndef SPOTCHECK_LEDGER_KEYS_H
#define SPOTCHECK_LEDGER_KEYS_H

#include <stdint.h>

#include "core/base/err.h"
#include "core/base/slice.h"
#include "core/format/note.h"

/*
 * Signing keys, each in a file of its own, and the recovery key, whose secret half is stored nowhere.
 *
 * A key file is one line in the form of Go's sumdb/note, which other tools of transparency logs read too:
 *
 *	PRIVATE+KEY+<name>+<8 hex key id>+<base64(algorithm || 32 bytes of seed)>
 */

#define KEYS_LOG "keys/log.key" /* below state_dir */
#define KEY_ID_HEX 8

struct signing_key {
	char name[NOTE_NAME_MAX + 1];
	enum note_algorithm algorithm;
	uint8_t secret[64]; /* libsodium's: seed and public key */
	char id[KEY_ID_HEX + 1];
	char vkey[NOTE_KEY_TEXT]; /* the verifier key string */
};

/* A new random key.  ERR_REFUSED: the name cannot stand in a note. */
int key_make(const char *name, enum note_algorithm algorithm, struct signing_key *ret_key, struct err *err);

/*
 * Reads a key file.  ERR_ABSENT: there is none; ERR_REFUSED: others may read it, or it is damaged; ERR_OUTSIDE.
 * Wipe the key with key_wipe after use.
 */
int key_read(const char *path, struct signing_key *ret_key, struct err *err);

/* Writes a new file (mode 0600) and syncs it to disk.  ERR_REFUSED: the file exists; ERR_OUTSIDE, ERR_MEMORY. */
int key_write(const char *path, const struct signing_key *key, struct err *err);

/* Removes the file that a killed key_write left next to `path`.  key_write does so too. */
int key_remove_unfinished(const char *path, struct err *err);

void key_wipe(struct signing_key *key); /* NULL is allowed */

/* A secret of its own for another purpose, which follows from the key and the purpose's name alone. */
void key_derive(const struct signing_key *key, const char *purpose, uint8_t ret_secret[static 32]);

/*
 * The recovery key: an X25519 pair.  The public half (64 hex digits) stays in the state, the secret half is shown once,
 * as a code that people can copy: 14 groups of 4 letters and digits in Crockford's base32, which has no I, L, O and U.
 * The last 24 bits are a check: a wrong character is noticed.
 */
#define RECOVERY_CODE 70 /* bytes with the NUL */
#define RECOVERY_PUBLIC 65

int recovery_make(char ret_public[static RECOVERY_PUBLIC], char ret_code[static RECOVERY_CODE], struct err *err);

/* Reads a code: case, spaces and hyphens do not matter, O is 0, I and L are 1.  ERR_REFUSED: it is no code. */
int recovery_parse(struct slice code, uint8_t ret_secret[static 32], char ret_public[static RECOVERY_PUBLIC],
    struct err *err);

#endif
