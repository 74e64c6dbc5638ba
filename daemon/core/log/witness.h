#ifndef SPOTCHECK_CORE_LOG_WITNESS_H
#define SPOTCHECK_CORE_LOG_WITNESS_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/hash.h"
#include "core/base/slice.h"
#include "core/format/entry.h"
#include "core/format/note.h"

/*
 * The requests of a log to its witness, and the answers.  add-checkpoint is exactly that of C2SP tlog-witness.  The
 * request for a beacon (PROTOCOL 4) is our own, in the same style.
 */

#define WITNESS_PROOF_MAX 63
#define WITNESS_BODY_MAX ((size_t)256 << 10) /* bytes of a request; a longer one is refused unread */
#define WITNESS_SIZE_TYPE "text/x.tlog.size"

/* What a witness answers, as HTTP status codes. */
enum witness_answer {
	WITNESS_YES = 200,
	WITNESS_BAD_REQUEST = 400,
	WITNESS_NOT_SIGNED = 403, /* not by the log's key; of a beacon: not cosigned by this witness in time */
	WITNESS_UNKNOWN_LOG = 404,
	WITNESS_CONFLICT = 409, /* `old` is not the size that it cosigned last, or the root of that size is another */
	WITNESS_NO_PROOF = 422,
	WITNESS_TOO_EARLY = 425 /* a beacon before its draw_time */
};

/* What a witness knows of one log. */
struct witness_log {
	struct slice vkey;
	uint64_t size; /* of the checkpoint that it cosigned last; 0: none */
	struct hash root;
};

/* ---- add-checkpoint ---- */

/*
 *	old SIZE LF, base64(hash) LF …, LF, checkpoint
 */
struct witness_request {
	uint64_t old;
	struct hash proof[WITNESS_PROOF_MAX];
	size_t n_proof;
	struct slice bytes; /* of the checkpoint, a signed note */
	struct note note;
	struct checkpoint checkpoint;
};

/* ERR_REFUSED says what is wrong with it.  All points into `body`. */
int witness_request_parse(struct slice body, struct witness_request *ret, struct err *err);
void witness_request_write(uint64_t old, const struct hash *proof, size_t n_proof, struct slice note, struct buf *out);

/*
 * What a witness must answer that knows this of the log (NULL: nothing).  `err` (may be NULL) gets the reason of every
 * answer but WITNESS_YES.  After WITNESS_YES the witness first stores the checkpoint, and only then cosigns it.
 */
enum witness_answer
witness_judge(const struct witness_request *request, const struct witness_log *log, struct err *err);

/* ---- beacon ---- */

/*
 *	commit INDEX LF, base64(hash) LF …, LF, commit entry LF, LF, checkpoint
 *
 * The hashes are the RFC 6962 audit path.  The checkpoint bears the witness's own cosignature.
 */
struct witness_beacon_request {
	uint64_t index; /* of the entry in the log */
	struct hash path[WITNESS_PROOF_MAX];
	size_t n_path;
	struct slice entry;
	struct slice bytes; /* of the checkpoint */
	struct note note;
	struct checkpoint checkpoint;
};
int witness_beacon_parse(struct slice body, struct witness_beacon_request *ret, struct err *err);
void witness_beacon_write(uint64_t index, const struct hash *path, size_t n_path, struct slice entry, struct slice note,
    struct buf *out);

/*
 * Whether the witness of `vkey` gives its signature at `now`.  It does for a commitment that names it, that it cosigned
 * in time, and whose draw_time has come.  With WITNESS_YES alone, `ret_n` and `ret_hash` get the commitment's number
 * and hash.
 */
enum witness_answer witness_beacon_judge(const struct witness_beacon_request *request, const struct witness_log *log,
    struct slice vkey, int64_t now, uint64_t *ret_n, char ret_hash[static HASH_HEX + 1], struct err *err);

/* The same for a commitment that is known to be in the log and whose checkpoint is parsed, without the proof. */
enum witness_answer witness_beacon_allowed(const struct commit *commit, const struct note *note, struct slice vkey,
    int64_t now, struct err *err);

/* The signature over beacon_message as 128 hex digits and a NUL; empty where it cannot be made. */
#define WITNESS_SIGNATURE_HEX 129
void witness_beacon_sign(struct slice commit_hash, const uint8_t secret_key[static 64],
    char ret_hex[static WITNESS_SIGNATURE_HEX]);

#endif
