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
 * Restores the state from a backup (backup.h), where there is none, in three steps.  restore_begin finds out whose log
 * it is, before the recovery code is asked for.  restore_take puts the state into its place.  restore_end, once the
 * user was told, removes what an interrupted restore is continued from.  After a kill at any moment, the same three
 * steps finish it.
 *
 * Until all of it has proved good, the state directory has nothing but .restore, which holds what was unpacked.
 */

struct restore {
	const struct config *config;
	const char *published; /* a copy of the publication, beside public_dir; NULL: none */
	int fd;                /* of the backup */
	int lock;
	bool made;     /* restore_begin has made the state directory */
	bool in_place; /* the state is in its place, perhaps by an earlier restore that was killed */
	char vkey[NOTE_KEY_TEXT];
	char recovery[RECOVERY_PUBLIC];
	char id[HASH_HEX + 1]; /* of the backup: hash of its beginning, which holds its sealed stream key */
	struct note_key key;   /* points into vkey */
	uint8_t sealed_key[80], header[24];
};

/*
 * ERR_REFUSED: this is no backup, or one of an earlier version; there is a state already; or the log is not the one
 * that `key` (a verifier key; NULL: any), config->origin, config->public_dir, `published` or the key in state_dir
 * names.  Close with restore_end, after a failure too.
 */
int restore_begin(int fd, const struct config *config, const char *published, const char *key,
    struct restore *ret_restore, struct err *err);

/*
 * ERR_REFUSED: the code is wrong or another backup's, or the file is damaged or not signed by the key that it
 * names.  The state gets the mark of ledger/restored.h, unless there is a publication of its key and the state has all
 * of that.
 */
int restore_take(struct restore *restore, struct slice code, struct err *err);

/* `done`: the user was told that the state is there. */
void restore_end(struct restore *restore, bool done);

#endif
