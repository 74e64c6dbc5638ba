#ifndef SPOTCHECK_CORE_LOG_COSIGNED_H
#define SPOTCHECK_CORE_LOG_COSIGNED_H

#include <stdbool.h>
#include <stdint.h>

#include "core/log/log.h"
#include "core/log/published.h"
#include "core/log/report.h"
#include "core/log/sequence.h"

/*
 * Checkpoints and who cosigned them (PROTOCOL 4 "Assurance", 10 `checkpoints`).
 */

#define COMMIT_LEAD_S 600     /* a commitment must be cosigned at least this long before draw_time */
#define OUTCOME_DELAY_S 86400 /* an outcome must be cosigned at most this long after draw_time */

struct cosigned {
	uint64_t witnesses;           /* in force at the commitment */
	uint64_t commit_in_time;      /* of them, those that cosigned the commitment in time */
	uint64_t outcome_in_time;     /* the same for the outcome */
	uint64_t outcome_before_draw; /* cosigned outcome.checkpoint before draw_time */
	uint64_t independent;         /* of the witnesses, those that the caller named */
	bool beacon_key_in_time;      /* the witness that is the beacon cosigned the commitment in time */
	uint64_t cosigned_size;       /* of the largest checkpoint that a witness cosigned */
	int64_t newest;               /* time of a cosignature, INT64_MIN where none */
};

struct trusted {
	const struct slice *keys; /* the witnesses that the caller takes as independent */
	size_t n;
};

/* The main checkpoint's cosignatures; ERR_REFUSED where one of a witness in force is false. */
int cosigned_main(const struct log *log, const struct sequence *sequence, struct cosigned *ret, struct err *err);

/*
 * Reads commit.checkpoint and outcome.checkpoint of draw `index` (n - 1).  ERR_REFUSED where one does not hold what it
 * must, or bears a false cosignature of a witness in force; ERR_ABSENT where one is missing.  `ret` then has what was
 * counted before.
 */
int cosigned_draw(const struct log *log, const struct sequence *sequence, size_t index, const struct published *dir,
    const struct trusted *trusted, struct cosigned *ret, struct err *err);

static inline bool
cosigned_majority(uint64_t k, uint64_t n)
{
	return k > n / 2;
}

/* The class that a draw has if its beacon's value and signature hold.  `outcome` NULL: pending. */
enum assurance cosigned_assurance(const struct cosigned *cosigned, enum source source, const struct entry *outcome);

/* Writes "draws/0007/NAME", or "draws/0007" where `name` is "". */
#define DRAW_PATH_MAX 128
void draw_path(uint64_t n, const char *name, char ret_path[static DRAW_PATH_MAX]);

#endif
