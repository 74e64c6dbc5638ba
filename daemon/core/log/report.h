#ifndef SPOTCHECK_CORE_LOG_REPORT_H
#define SPOTCHECK_CORE_LOG_REPORT_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/err.h"
#include "core/base/slice.h"

/* What a checker reports: the checks of PROTOCOL 10 in their order. */

enum check {
	CHECK_SIGNATURE,
	CHECK_TREE,
	CHECK_APPEND_ONLY,
	CHECK_SEQUENCE,
	CHECK_ORDER,
	CHECK_CHECKPOINTS,
	CHECK_FILES,
	CHECK_DRUM,
	CHECK_STRATA,
	CHECK_HISTORY,
	CHECK_CHAIN,
	CHECK_BEACON,
	CHECK_SEED,
	CHECK_SELECTION,
	CHECK_INSPECTORS,
	CHECK_TEAMS,
	CHECK_VISITS,
	CHECK_MATTERS,
	CHECK_RECORD,
	CHECK_AMENDMENTS,
	CHECK_RECEIPT, /* one that the caller holds; it comes after the checks of PROTOCOL 10 */
	CHECK_LETTER,  /* the same: a place that a letter names */
	CHECK_COUNT
};

enum check_state { CHECK_NOT_RUN, CHECK_OK, CHECK_FAILED, CHECK_SEALED };

const char *check_name(enum check check);             /* "append-only" */
const char *check_state_name(enum check_state state); /* "not run"; a message of the catalogue */

enum assurance {
	ASSURANCE_NONE,      /* a void without a beacon value */
	ASSURANCE_PENDING,   /* no outcome yet */
	ASSURANCE_PENDING_C, /* the same, and C at best */
	ASSURANCE_UNKNOWN,   /* a check failed: nothing is promised */
	ASSURANCE_C,
	ASSURANCE_B_IF, /* B if the witnesses named are independent */
	ASSURANCE_B,
	ASSURANCE_A_UNRUN_IF, /* all that A needs but the BLS signature, if the witnesses are independent */
	ASSURANCE_A_UNRUN     /* all that A needs, but the BLS signature was not run here */
};

const char *assurance_name(enum assurance assurance);  /* for programs: "B-if-independent" */
const char *assurance_words(enum assurance assurance); /* for people; a message of the catalogue */

struct assurance_facts {
	enum assurance assurance;
	const struct slice *keys;  /* [witnesses]: their verifier keys */
	const bool *both;          /* [witnesses]: cosigned both checkpoints in time */
	uint64_t witnesses;        /* in force at the commitment */
	uint64_t commit_cosigned;  /* of them in time for the commitment */
	uint64_t outcome_cosigned; /* and for the outcome */
	uint64_t independent;      /* how many the caller named as independent */
	uint64_t independent_both; /* of these, in force and cosigned both in time */
};

/* Where a checker's findings go.  `n` is the draw's number, 0 for the log.  Functions may be NULL. */
struct report {
	const char *(*tr)(const char *text);
	void (*check)(void *ctx, uint64_t n, enum check check, enum check_state state, const char *detail);
	void (*note)(void *ctx, uint64_t n, const char *message);
	void (*assurance)(void *ctx, uint64_t n, const struct assurance_facts *facts);
	void *ctx;
	uint64_t failures; /* checks that failed so far */
};

/* The check could not be run, and says nothing of what is checked: no memory, or a disk that fails.  The run ends. */
static inline bool
report_cannot_tell(int rc)
{
	return rc == ERR_MEMORY || rc == ERR_OUTSIDE;
}

void report_check(struct report *report, uint64_t n, enum check check, enum check_state state, const char *detail);
__attribute__((format(printf, 3, 4))) void report_note(struct report *report, uint64_t n, const char *format, ...);

#endif
