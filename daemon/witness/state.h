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
 * What a witness remembers: for each log the checkpoint that it cosigned last, and the beacons that it gave.  A text file,
 * replaced as a whole and on the disk before anything is signed; while it is open, nobody else has it.
 *
 *	spotcheck-witness/v1
 *	log VKEY
 *	operator TEXT                (where it is known)
 *	checkpoint SIZE BASE64(root)
 *	signature HEX                (the log's own, over that checkpoint: what proves a fork later)
 *	beacon N HASH                (in ascending order of N)
 *	sum HASH                     (the last line: H of all before it)
 */

struct witness_given {
	uint64_t n;
	char hash[HASH_HEX + 1]; /* of the commitment */
};

struct witness_known {
	char *vkey;
	char *operator; /* "" where it is not known */
	uint64_t size;  /* 0: nothing cosigned yet */
	struct hash root;
	uint8_t signature[64];
	bool has_signature;
	struct witness_given *given;
	size_t n_given;
};

struct witness_file {
	char *path;
	int lock;
	struct witness_known *logs;
	size_t n;
};

/*
 * Waits for whoever has it, but some seconds only: ERR_NOT_YET.  A file that is not there is an empty one.  ERR_REFUSED: it is
 * no such file, and is left alone.  ERR_OUTSIDE: also for a symbolic link, since a state is to have one name.
 */
int witness_file_open(const char *path, struct witness_file *ret_file, struct err *err);
int witness_file_save(const struct witness_file *file, struct err *err);
void witness_file_close(struct witness_file *file); /* NULL is allowed */

/* The log of this name; NULL: none. */
struct witness_known *witness_file_find(const struct witness_file *file, struct slice origin);

/*
 * A log is taken on.  ERR_REFUSED: there is one of this name with another key, or (where the operator is known) another log
 * of the same operator, who could then draw in two.
 */
int witness_file_add(struct witness_file *file, struct slice vkey, struct slice operator,
    struct witness_known **ret_known, struct err *err);

/* For core/witness.h; points into `known`. */
struct witness_log witness_file_view(const struct witness_known *known);

/* Draw `n` of the log has the commitment `hash`: ERR_REFUSED where the beacon was given for another one. */
int witness_file_give(struct witness_known *known, uint64_t n, const char *hash, struct err *err);

/* This checkpoint is what is cosigned last from now on; it was found to be signed by the log. */
void witness_file_take(struct witness_known *known, const struct note *note, const struct checkpoint *checkpoint);

/*
 * Keeps the proof that the log is forked: the checkpoint that contradicts what was cosigned in PATH.fork-ID-SIZE, and what was
 * cosigned in PATH.cosigned-ID-SIZE, both signed by the log; ID is that of its key, 8 hex digits.  Neither is ever overwritten,
 * each is there whole or not at all, and there are at most 16 of a log.
 */
void witness_file_keep_fork(const struct witness_file *file, const struct witness_known *known, uint64_t size,
    struct slice note);

#endif
