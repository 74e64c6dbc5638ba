#ifndef SPOTCHECK_LEDGER_PUBLICATION_H
#define SPOTCHECK_LEDGER_PUBLICATION_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/format/note.h"

/* Whose publication a folder holds, by its files checkpoint and vkey alone. */

enum publication_kind {
	PUBLICATION_NONE,    /* there is no such folder, or no file or folder of a publication in it */
	PUBLICATION_OURS,    /* the checkpoint is signed by the key */
	PUBLICATION_DAMAGED, /* not another key's, but the checkpoint is missing, malformed or falsely signed */
	PUBLICATION_OTHER    /* of another key */
};

struct publication {
	enum publication_kind kind;
	char key[NOTE_KEY_TEXT];      /* OTHER: its verifier key; name and id of the signer where there is no vkey */
	struct buf note;              /* the checkpoint's bytes */
	struct checkpoint checkpoint; /* OURS: points into the note */
};

/*
 * Compares what is in `dir` with the verifier key `vkey`; NULL: no key is ours.  ERR_OUTSIDE: a file is there and
 * cannot be read, so nothing is known.  Release with publication_release, after a failure too.
 */
int publication_read(const char *dir, const char *vkey, struct publication *ret, struct err *err);
void publication_release(struct publication *publication);

/*
 * Whether the tiles in `dir` hold more than `size` entries.  It looks at file names alone: no checkpoint is needed.
 */
bool publication_is_longer(const char *dir, uint64_t size);

/* Whether there are any tiles of entries. */
bool publication_has_tiles(const char *dir);

/* Whether there is a folder of draw `n`. */
bool publication_has_draw(const char *dir, uint64_t n);

/* There is no such folder, or nothing in it. */
bool publication_is_empty(const char *dir);

/* ERR_REFUSED: the state is within `dir`, whose content is to be public. */
int publication_holds_no_state(const char *dir, const char *state_dir, struct err *err);

/*
 * To be called before a log begins.  ERR_REFUSED: `dir` holds a publication by any key, or other files, or the state.
 */
int publication_may_begin(const char *dir, const char *state_dir, struct err *err);

#endif
