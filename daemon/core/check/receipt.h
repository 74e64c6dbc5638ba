#ifndef SPOTCHECK_CORE_CHECK_RECEIPT_H
#define SPOTCHECK_CORE_CHECK_RECEIPT_H

#include <stdint.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/hash.h"
#include "core/base/slice.h"
#include "core/draw/draw.h"
#include "core/format/place_proof.h"

/*
 * A receipt is one target's proof of one revealed draw.  It names no other target.  It holds the target's row with the
 * audit path to the committed root, its private part, its ticket, the last tickets drawn in its stratum, the outcome
 * that follows from these, and the place that the draw's entry committed to.  Its form is canonical JSON, which spotcheck(1) describes.
 */

#define RECEIPT_MAX ((size_t)1 << 20) /* bytes */
#define RECEIPT_PATH_MAX 64

enum receipt_outcome {
	RECEIPT_NONE, /* not drawn, or not in the drum */
	RECEIPT_RESERVE,
	RECEIPT_SELECTED,
	RECEIPT_UNSTAFFED /* drawn, and no lawful team was left */
};

struct receipt {
	struct slice key, origin; /* of the log */
	struct slice commit;      /* H(commit entry), hex */
	uint64_t n;
	struct slice public_header, public_row; /* of targets.csv */
	struct slice private_header, private_row;
	uint64_t index, rows; /* the row's index in targets.csv, from 0; how many rows there are */
	struct hash path[RECEIPT_PATH_MAX];
	size_t path_len;
	struct slice seed;
	char ticket[HASH_HEX + 1]; /* "" where it was not in the drum */
	struct slice class;        /* of its stratum */
	uint64_t drum, take;       /* of the stratum */
	char due[HASH_HEX + 1];    /* the last ticket drawn among carried and due targets, which come first; "": none */
	char in[HASH_HEX + 1];     /* the last ticket drawn among the others; "": none */
	enum receipt_outcome outcome;
	uint64_t reserve;   /* its number in the stratum's reserve, from 1; 0: not in it */
	struct slice place; /* where it was selected: its place's PROOF (core/format/place_proof.h); else empty */
	char *text;         /* owned: the slices of a parsed receipt point into it */
};

/*
 * Fills in what a draw says of roster->targets[index]: all but the log's name and key, the private part, the path and
 * the place.
 * The slices point into `input` and `draw`.
 */
void receipt_of(const struct draw_input *input, const struct draw *draw, size_t index, struct receipt *ret_receipt);

/* Fills in the audit path of receipt->index (RFC 6962 2.1.1).  ERR_MEMORY. */
int receipt_add_path(const struct roster *roster, struct receipt *receipt, struct err *err);

/* Fills in the place of a selected target, from `proof`, which is empty and stays the caller's.  ERR_MEMORY. */
int receipt_add_place(const struct draw_input *input, const struct draw *draw, struct receipt *receipt,
    struct buf *proof, struct err *err);

/* What the place's line says, which points into `ret_proofs`: release that.  ERR_ABSENT: the receipt has none. */
int receipt_place(const struct receipt *receipt, struct place_proofs *ret_proofs, struct place_line *ret_line,
    struct err *err);

/* Appends the canonical bytes; the caller checks out->failed. */
void receipt_write(const struct receipt *receipt, struct buf *out);

/* ERR_REFUSED: it is not a receipt.  ERR_LIMIT: longer than RECEIPT_MAX.  ERR_MEMORY.  Release with receipt_release. */
int receipt_parse(struct slice bytes, struct receipt *ret_receipt, struct err *err);
void receipt_release(struct receipt *receipt); /* NULL is allowed */

/*
 * Compares a receipt with a draw that has been checked: everything in it but the log's name and key.  ERR_REFUSED says
 * what differs.
 */
int
receipt_check(const struct receipt *receipt, const struct draw_input *input, const struct draw *draw, struct err *err);

struct slice receipt_id(const struct receipt *receipt);   /* the target */
struct slice receipt_drum(const struct receipt *receipt); /* the word in its row */
struct slice receipt_weight(const struct receipt *receipt);

/* Appends "T5 was in the drum and was not drawn", translated by `tr` (may be NULL).  The caller checks out->failed. */
void receipt_words(const struct receipt *receipt, const char *(*tr)(const char *text), struct buf *out);

#endif
