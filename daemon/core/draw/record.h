#ifndef SPOTCHECK_CORE_DRAW_RECORD_H
#define SPOTCHECK_CORE_DRAW_RECORD_H

#include <stdint.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/draw/draw.h"

/* record.json (PROTOCOL 8). */

/* Appends the canonical bytes of a computed draw; the caller checks out->failed. */
void record_write(const struct draw_input *input, const struct draw *draw, struct buf *out);

struct record_target {
	struct slice class; /* escaped */
	struct slice id, ticket;
	int32_t date; /* DATE_NONE in the reserve */
};

struct record_inspector {
	struct slice id, ticket;
	uint64_t load;
};

/* A published record; slices point into its bytes. */
struct record {
	struct slice beacon; /* escaped */
	struct slice commit, secret, seed;
	uint64_t n, least, limit;
	struct record_inspector *inspectors;
	size_t n_inspectors;
	struct slice *matters;
	size_t n_matters;
	struct record_target *reserve;
	size_t n_reserve;
	struct record_target *selected;
	size_t n_selected;
	struct slice *team; /* [n_selected * seats] */
	struct slice *unstaffed;
	size_t n_unstaffed;
};

/* `seats` is the team's size.  ERR_REFUSED: not the canonical form.  ERR_MEMORY.  Release with record_release. */
int record_parse(struct slice bytes, size_t seats, struct record *ret_record, struct err *err);
void record_release(struct record *record);

#endif
