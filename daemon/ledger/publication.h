#ifndef SPOTCHECK_LEDGER_PUBLICATION_H
#define SPOTCHECK_LEDGER_PUBLICATION_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/format/note.h"

/* Whose publication a folder holds, by its checkpoint and vkey alone. */

enum publication_kind {
	PUBLICATION_NONE,    /* there is no such folder, or nothing in it that a publication has */
	PUBLICATION_OURS,    /* the checkpoint is signed by the key */
	PUBLICATION_DAMAGED, /* of nobody else, but its checkpoint is missing, or is none, or its signature is false */
	PUBLICATION_OTHER    /* of another key */
};

struct publication {
	enum publication_kind kind;
	char key[NOTE_KEY_TEXT];      /* OTHER: its verifier key, or name and id of its signer where there is no vkey */
	struct buf note;              /* the checkpoint's bytes, as they are */
	struct checkpoint checkpoint; /* OURS: points into the note */
};

/*
 * Holds what stands in `dir` against the verifier key `vkey`; NULL: no key is ours.  ERR_OUTSIDE: a file is there and
 * cannot be read, so nothing is known.  Release with publication_release, after a failure too.
 */
int publication_read(const char *dir, const char *vkey, struct publication *ret, struct err *err);
void publication_release(struct publication *publication);

/*
 * Whether the log's tiles in `dir` go beyond its first `size` entries: known without a checkpoint, by the names of files.
 */
bool publication_is_longer(const char *dir, uint64_t size);

/* Whether there are tiles of entries at all, so that their end is known. */
bool publication_has_tiles(const char *dir);

/* Whether there is a folder of draw `n`. */
bool publication_has_draw(const char *dir, uint64_t n);

/* There is no such folder, or nothing in it. */
bool publication_is_empty(const char *dir);

/* ERR_REFUSED: the state stands in `dir`, which is to be published. */
int publication_holds_no_state(const char *dir, const char *state_dir, struct err *err);

/*
 * Before a log begins: ERR_REFUSED where `dir` holds a publication, whosever it is, other files, or the state.
 */
int publication_may_begin(const char *dir, const char *state_dir, struct err *err);

#endif
