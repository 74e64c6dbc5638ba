#ifndef SPOTCHECK_CLI_VERDICT_H
#define SPOTCHECK_CLI_VERDICT_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "core/log/report.h"

/*
 * What a checker found, for people and for programs.  For people a block for the log and for each draw: checks that have
 * nothing to say stand together on a line, each of the others on a line of its own.  For programs canonical JSON:
 * {"checks":[{"check","detail","draw","state"}…],"classes":[{"class","commit_cosigned","draw",…}…],
 *  "failed":N,"notes":[{"draw","note"}…]}, where draw 0 is the log.
 */
struct verdict {
	struct report report; /* hand &verdict->report to the checker */
	bool json;
	bool any;         /* something was said of this draw */
	uint64_t n;       /* the draw that is being told of */
	struct buf plain; /* names of checks that hold, to stand on one line */
	enum check_state plain_state;
	const char *first_failed;
	uint64_t first_failed_draw;
	struct buf checks, notes, classes; /* JSON */
};

void verdict_begin(struct verdict *verdict, bool json, const char *(*tr)(const char *text));

/*
 * Prints what is left and a last line that says yes or no.  `sealed_until` (NULL: not so): nothing to replay yet.
 * Returns the exit status.
 */
int verdict_end(struct verdict *verdict, const int64_t *sealed_until);
void verdict_release(struct verdict *verdict);

#endif
