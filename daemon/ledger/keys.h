#ifndef SPOTCHECK_LEDGER_KEYS_H
#define SPOTCHECK_LEDGER_KEYS_H

#include <stdint.h>

#include "core/base/err.h"
#include "core/base/slice.h"
#include "core/format/note.h"

/*
 * Keys that sign, in files of their own, and the recovery key, whose secret half no machine keeps.
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
 * The file's key.  ERR_ABSENT: there is none; ERR_REFUSED: others may read it, or it is damaged; ERR_OUTSIDE.
 * Forget it with key_wipe.
 */
int key_read(const char *path, struct signing_key *ret_key, struct err *err);

/* Writes a file (0600) that must not exist: ERR_REFUSED where it does.  When this returns 0 it is on the disk. */
int key_write(const char *path, const struct signing_key *key, struct err *err);

/* Removes what a key_write that was killed has left beside: key_write does so itself. */
int key_remove_unfinished(const char *path, struct err *err);

void key_wipe(struct signing_key *key); /* NULL is allowed */

/*
 * The recovery key: an X25519 pair.  The public half (64 hex digits) stays in the state, the secret half is shown once,
 * as a code that people can copy: 14 groups of 4 letters and digits (Crockford's base32, in which I, L, O and U do not
 * occur), the last 24 bits of which tell a slip of the pen.
 */
#define RECOVERY_CODE 70 /* bytes with the NUL */
#define RECOVERY_PUBLIC 65

int recovery_make(char ret_public[static RECOVERY_PUBLIC], char ret_code[static RECOVERY_CODE], struct err *err);

/* Reads a code in any case, with any spaces or hyphens, O for 0, I or L for 1.  ERR_REFUSED: it cannot be right. */
int recovery_parse(struct slice code, uint8_t ret_secret[static 32], char ret_public[static RECOVERY_PUBLIC],
    struct err *err);

#endif
