#ifndef SPOTCHECK_CORE_CHECK_VERIFY_H
#define SPOTCHECK_CORE_CHECK_VERIFY_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/err.h"
#include "core/base/progress.h"
#include "core/format/place_proof.h"
#include "core/log/cosigned.h"
#include "core/log/published.h"
#include "core/log/report.h"

/*
 * The checker (PROTOCOL 10): a whole published directory, or one draw's folder.  Needs no state, no configuration, no
 * network; the caller has called sodium_init().
 */

struct verify_options {
	struct slice key;       /* the log's verifier key that the caller trusts; p NULL: the directory's own */
	struct trusted trusted; /* witnesses that the caller takes as independent */
	struct slice since;     /* an earlier checkpoint's bytes; p NULL: none */
	struct slice receipt;   /* one to be checked against the directory; p NULL: none */
	const struct place_proofs *letter; /* what a letter carries of its reader's places; NULL: none */
	bool has_at;
	int64_t at; /* the time at which overdue outcomes and reveals are judged; else the newest time in the log */
	bool has_now;
	int64_t now; /* only for a note on what is overdue at this time */
	/* The local date of a time in an IANA zone, by the caller's data; false where it knows no such zone.  May be NULL. */
	bool (*local_date)(void *ctx, struct slice zone, int64_t time, int32_t *ret_date);
	void *zones; /* its ctx */
	const struct progress *progress;
	unsigned threads; /* 0 and 1: only the caller's */
};

/* Reports every check; report->failures says how many failed.  ERR_MEMORY, or ERR_OUTSIDE where a disk fails. */
int verify_directory(const struct published *dir, const struct verify_options *options, struct report *report,
    struct err *err);

/*
 * Checks one draw's folder, whose files `dir` names without a path.  `ret_sealed` (may be NULL): the files that the
 * reveal publishes are not there yet.  `ret_reveal_time` (may be NULL) gets the time of the reveal.  Errors as above.
 */
int replay_folder(const struct published *dir, const struct progress *progress, unsigned threads, struct report *report,
    bool *ret_sealed, int64_t *ret_reveal_time, struct err *err);

#endif
