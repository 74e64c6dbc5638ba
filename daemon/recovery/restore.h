#ifndef SPOTCHECK_RECOVERY_RESTORE_H
#define SPOTCHECK_RECOVERY_RESTORE_H

#include <stdbool.h>

#include "config/config.h"
#include "core/base/err.h"
#include "core/base/hash.h"
#include "core/base/slice.h"
#include "core/format/note.h"
#include "ledger/keys.h"

/*
 * The state from a backup (backup.h), where there is none, in three steps: whose log it is, before the recovery code is asked for;
 * the state into its place; and, once it was told, an end to what could be taken up again.  Killed at any moment, the same three
 * steps finish it.
 *
 * Until all of it has proved good, nothing is there but state_dir/.restore, which holds what was unpacked.
 */

struct restore {
	const struct config *config;
	const char *published; /* a copy of the publication, beside public_dir; NULL: none */
	int fd;                /* of the backup */
	int lock;
	bool made;     /* the state directory, by us */
	bool in_place; /* an attempt that was killed has put all into its place */
	char vkey[NOTE_KEY_TEXT];
	char recovery[RECOVERY_PUBLIC];
	char id[HASH_HEX + 1]; /* of the backup: hash of its beginning, in which is its stream's key, sealed */
	struct note_key key;   /* points into vkey */
	uint8_t sealed_key[80], header[24];
};

/*
 * ERR_REFUSED: this is no backup, or an old one; it is not of the log that `key` (a verifier key; NULL: any), config->origin,
 * config->public_dir or `published` name, or that the key in state_dir is of; there is a state already.  Close it with
 * restore_end, after a failure too.
 */
int restore_begin(int fd, const struct config *config, const char *published, const char *key,
    struct restore *ret_restore, struct err *err);

/*
 * ERR_REFUSED: the code is wrong or another backup's, or the file is damaged or not signed by the key that it names.  The state
 * bears the mark of restored.h, unless there is a publication of its key and it has all of that.
 */
int restore_take(struct restore *restore, struct slice code, struct err *err);

/* `done`: it was told that the state is there. */
void restore_end(struct restore *restore, bool done);

#endif
