#ifndef SPOTCHECK_CORE_FORMAT_PLACE_PROOF_H
#define SPOTCHECK_CORE_FORMAT_PLACE_PROOF_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/hash.h"
#include "core/base/slice.h"
#include "core/format/entry.h"
#include "core/format/slot.h"

/*
 * What a letter carries of its reader's places: their lines (PROTOCOL 8), each with its audit path (RFC 6962 2.1.1) in
 * the tree that the draw's entry commits to.  The attachment is canonical JSON:
 *
 *	{"key":"<the log's verifier key>","n":7,"origin":"…","places":[PROOF,…],"type":"places","v":2}
 *
 * and PROOF {"index":0,"line":"<the place's line>","path":["<hex>",…],"size":13}, which may also stand by itself.
 */

#define PLACE_PATH_MAX 64
#define PLACE_LINE_MAX 1024                /* bytes of a line, of a team of eight */
#define PLACE_PROOFS_MAX ((size_t)1 << 20) /* bytes of a file */

struct place_proof {
	struct slice key, origin; /* of the log; p NULL for a PROOF by itself */
	uint64_t n;               /* the draw; 0 for a PROOF by itself */
	uint64_t index, size;
	struct slice line;
	size_t path, path_len; /* from proofs->hashes[path] on */
};

struct place_proofs {
	struct place_proof *v;
	size_t n;
	/* private: */
	struct hash *hashes;
	size_t n_hashes;
	char *text; /* the slices point into it */
};

/* Appends the attachment: begin, each proof, end.  The caller checks out->failed. */
void place_proofs_begin(struct buf *out, struct slice key, uint64_t n, struct slice origin);
void place_proof_put(struct buf *out, uint64_t index, struct slice line, const struct hash *path, size_t path_len,
    uint64_t size);
void place_proofs_end(struct buf *out);

/*
 * Reads a file of such documents or single PROOFs, one a line; space around a line and empty lines do not count.
 * ERR_REFUSED says what would be right; ERR_LIMIT: larger than PLACE_PROOFS_MAX; ERR_MEMORY.
 */
int place_proofs_parse(struct slice bytes, struct place_proofs *ret_proofs, struct err *err);
void place_proofs_release(struct place_proofs *proofs); /* NULL is allowed */

/* Whether the proof's path leads from its line to `root`, hex. */
bool place_proof_leads_to(const struct place_proofs *proofs, const struct place_proof *proof, struct slice root);

/* What a place's line says; slices point into it. */
struct place_line {
	uint64_t n, place;
	struct slice nonce, target, team[TEAM_MAX];
	size_t seats;
	slot_t visit;
};

/* ERR_REFUSED: it is not the canonical line of a place. */
int place_line_parse(struct slice line, struct place_line *ret_line, struct err *err);

#endif
