#ifndef SPOTCHECK_WITNESS_STATE_H
#define SPOTCHECK_WITNESS_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/err.h"
#include "core/base/hash.h"
#include "core/base/slice.h"
#include "core/format/note.h"
#include "core/log/witness.h"

/*
 * What a witness remembers: for each log the checkpoint that it cosigned last, and the beacons that it gave.  It is a
 * text file.  Before anything is signed it is replaced as a whole and synced; while it is open, other processes cannot
 * open it.
 *
 *	spotcheck-witness/v1
 *	log VKEY
 *	operator TEXT                (where it is known)
 *	checkpoint SIZE BASE64(root)
 *	signature HEX                (the log's own, over that checkpoint: it proves a fork later)
 *	beacon N HASH                (in ascending order of N)
 *	sum HASH                     (the last line: H of all before it)
 */

/* A beacon that was given. */
struct witness_given {
	uint64_t n;              /* of the draw */
	char hash[HASH_HEX + 1]; /* of the commitment */
};

/* A log that the witness knows. */
struct witness_known {
	char *vkey;
	char *operator; /* "" where it is not known */
	uint64_t size;  /* 0: nothing cosigned yet */
	struct hash root;
	uint8_t signature[64];
	bool has_signature;
	struct witness_given *given; /* by n */
	size_t n_given;
};

struct witness_file {
	char *path;
	int lock;
	struct witness_known *logs;
	size_t n;
};

/*
 * Opens and locks it.  ERR_NOT_YET: another process has had it for five seconds.  A file that does not exist is an
 * empty one.  ERR_REFUSED: it is no such file, and is left alone.  ERR_OUTSIDE: also for a symbolic link, since a state
 * has one name.
 */
int witness_file_open(const char *path, struct witness_file *ret_file, struct err *err);

/* 0: it is on the disk under its name.  After an error the file is the old one or the new one, never half of it. */
int witness_file_save(const struct witness_file *file, struct err *err);
void witness_file_close(struct witness_file *file); /* NULL is allowed */

/* The log of this name; NULL: none. */
struct witness_known *witness_file_find(const struct witness_file *file, struct slice origin);

/*
 * Adds a log, or finds it.  ERR_REFUSED: there is one of this name with another key, or (where the operator is known)
 * another log of the same operator, who could then draw in both and choose.
 */
int witness_file_add(struct witness_file *file, struct slice vkey, struct slice operator,
    struct witness_known **ret_known, struct err *err);

/* For core/log/witness.h; points into `known`. */
struct witness_log witness_file_view(const struct witness_known *known);

/* Notes that the beacon of draw `n` is given for the commitment `hash`.  ERR_REFUSED: it was given for another one. */
int witness_file_give(struct witness_known *known, uint64_t n, const char *hash, struct err *err);

/* Notes this checkpoint as the one cosigned last.  The caller has checked that the log signed it. */
void witness_file_take(struct witness_known *known, const struct note *note, const struct checkpoint *checkpoint);

/*
 * Keeps the proof that the log is forked: in PATH.fork-ID-SIZE the checkpoint that contradicts what was cosigned, in
 * PATH.cosigned-ID-SIZE what was cosigned, both signed by the log; ID is that of its key, 8 hex digits.  A file that
 * exists is never overwritten, none is left half written, and a log has at most 16 of each kind.
 */
void witness_file_keep_fork(const struct witness_file *file, const struct witness_known *known, uint64_t size,
    struct slice note);

#endif
