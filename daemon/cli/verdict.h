#ifndef SPOTCHECK_CLI_VERDICT_H
#define SPOTCHECK_CLI_VERDICT_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "core/log/report.h"

/*
 * Prints what a checker found.  People get a block for the log and for each draw: checks without details share a line,
 * the others have a line each.  Programs get canonical JSON:
 * {"checks":[{"check","detail","draw","state"}…],"classes":[{"class","commit_cosigned","draw",…}…],
 * "failed":N,"notes":[{"draw","note"}…]}, where draw 0 is the log.
 */
struct verdict {
	struct report report; /* the checker gets &verdict->report */
	bool json;
	bool any;        /* a block has begun */
	uint64_t n;      /* the draw whose block it is */
	struct buf line; /* names of checks in the state line_state, to be printed on one line */
	enum check_state line_state;
	const char *first_failed;
	uint64_t first_failed_draw;
	struct buf checks, notes, classes; /* JSON */
};

void verdict_begin(struct verdict *verdict, bool json, const char *(*tr)(const char *text));

/*
 * Prints what is left, and a last line with yes or no.  `sealed_until`: the draw is sealed until then, and was not
 * replayed; NULL: it is open.  Returns the exit status.
 */
int verdict_end(struct verdict *verdict, const int64_t *sealed_until);
void verdict_release(struct verdict *verdict);

#endif
