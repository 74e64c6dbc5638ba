#ifndef SPOTCHECK_DRAWS_SNAPSHOT_ROWS_H
#define SPOTCHECK_DRAWS_SNAPSHOT_ROWS_H

#include <stdint.h>

#include "config/config.h"
#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/progress.h"
#include "core/format/entry.h"
#include "core/format/roster.h"
#include "core/format/slot.h"
#include "draws/away.h"
#include "store/store.h"

/*
 * The rosters as the CSV files of a draw (PROTOCOL 3), each row with its drum value (PROTOCOL 5).  The public ones name
 * everything as the office does; snapshot_codes.h puts the codes in.  The private ones have the codes already.
 */

struct rows_want {
	struct store *store;
	const struct config_cycle *cycle;
	const struct rules *rules;
	int32_t date;        /* of the draw */
	const slot_t *slots; /* ascending; their dates are the draw's window */
	size_t n_slots;
	const struct away_days *away;    /* on these dates */
	bool coded;                      /* what is published are codes, so earlier draws hold codes */
	uint64_t n;                      /* the draw's number; 0: a rehearsal, which keeps no private files */
	const struct progress *progress; /* may be NULL */
};

/* Append the whole file to `out`, and write the private one to the state.  ERR_REFUSED, ERR_OUTSIDE, ERR_MEMORY. */
int rows_targets(const struct rows_want *want, struct buf *out, struct err *err);
int rows_inspectors(const struct rows_want *want, struct buf *out, struct err *err);

/* Appends conflicts.csv to `out`; `roster` has targets and inspectors parsed. */
int rows_conflicts(const struct rows_want *want, const struct roster *roster, struct buf *out, struct err *err);

/* Appends away.csv; `roster` has inspectors parsed.  The days of who is excused stay private. */
int rows_away(const struct rows_want *want, const struct roster *roster, struct buf *out, struct err *err);

/* Appends n lines, each with its LF, in bytewise order and each once. */
int rows_put_sorted(const struct buf *lines, size_t n, struct buf *out, struct err *err);

/* Columns of the private files where the ids are codes: what the office calls the row, its unit and its area. */
#define ROWS_OWN_ID "uncoded_id"
#define ROWS_OWN_UNIT "uncoded_unit"
#define ROWS_OWN_AREA "uncoded_area"

#define ROWS_TARGETS_PRIVATE "targets-private.csv"
#define ROWS_INSPECTORS_PRIVATE "inspectors-private.csv"

#endif
