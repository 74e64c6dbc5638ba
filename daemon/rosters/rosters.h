#ifndef SPOTCHECK_ROSTERS_ROSTERS_H
#define SPOTCHECK_ROSTERS_ROSTERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "core/base/err.h"
#include "core/base/progress.h"
#include "core/base/slice.h"
#include "core/format/roster.h"
#include "rosters/columns.h"
#include "store/store.h"

/*
 * The rosters as they stand now: imported whole, undone, exported, attested, excused from, and read for a draw.
 * Functions that write take a transaction of their own where nothing else is said.  No function asks a clock.
 */

/* ---- in and out ---- */

struct rosters_counts {
	uint64_t rows, added, changed, removed;
	bool repeated; /* it stood before, and nothing was done: see rosters_import.reports */
};

struct rosters_import {
	const char *file;       /* for messages */
	const char *by;         /* who imports */
	int64_t now;            /* seconds since 1970, UTC */
	int32_t today;          /* the local date, as days since 1970 */
	unsigned replace_limit; /* per cent of the present rows that may vanish, 0 .. 100 */
	bool dry_run;           /* do all but keep it */
	bool assign_ids; /* rows without an id get the one of the present row of that name (and unit), or a new one */
	/*
	 * The command `import` reports it, and calls rosters_reported then.  Until it has, the same file, and the same undoing,
	 * stand as they are where they come again: an interrupted command may be called again.
	 */
	bool reports;
	const struct progress *progress; /* may be NULL */
};

/* The latest import of a kind has been reported. */
int rosters_reported(struct store *store, enum roster_kind kind, struct err *err);

#define ROSTERS_REPLACE_LIMIT 20

/*
 * Replaces a roster by a file, CSV in UTF-8 or GB18030, read from `fd` to its end (a file or a pipe).  Every fault is
 * told to `diag` with its line; where there is one, ERR_REFUSED, and nothing is changed.  An import attests.
 */
int rosters_import(struct store *store, enum roster_kind kind, int fd, const struct rosters_import *import,
    struct diag *diag, struct rosters_counts *ret_counts, struct err *err);

/*
 * Takes back the latest import of a kind, byte for byte, as an import of its own: undone twice, it stands again.  Of
 * `import` by, now, today and dry_run count.  ERR_ABSENT: there is none.  ERR_REFUSED: what stood before no longer fits
 * the other rosters.
 */
int rosters_undo(struct store *store, enum roster_kind kind, const struct rosters_import *import, struct diag *diag,
    struct rosters_counts *ret_counts, struct err *err);

/*
 * The same columns back, by id: CSV with BOM and CRLF, a leading = + - @ neutralised by an apostrophe, which an import
 * takes off again.  Of a kind never imported: a template, the header alone, in Chinese where `chinese`.
 */
int rosters_export_csv(struct store *store, enum roster_kind kind, bool chinese, FILE *out, struct err *err);

/* The same as an Excel workbook, every value a text.  ERR_LIMIT: more rows than a sheet can hold. */
int rosters_export_xlsx(struct store *store, enum roster_kind kind, bool chinese, FILE *out, struct err *err);

/* ---- who vouches, who is excused ---- */

/* "This roster is complete today."  ERR_REFUSED where nothing was ever imported. */
int rosters_attest(struct store *store, enum roster_kind kind, const char *by, int64_t now, struct err *err);

/*
 * When somebody last vouched for a kind, by an import or an attestation.  `ret_by` (may be NULL) is the caller's to
 * free. ERR_ABSENT: never.
 */
int rosters_attested(struct store *store, enum roster_kind kind, int64_t *ret_time, char **ret_by, struct err *err);

int rosters_count(struct store *store, enum roster_kind kind, uint64_t *ret_rows, struct err *err);

/*
 * Excuses a target or an inspector up to and with a date.  Refused: an id that does not stand in the roster, a date
 * that is over, a reason that is empty or no reason of PROTOCOL 2.  A second excuse takes the place of the first.
 */
struct rosters_excuse {
	struct slice id;
	int32_t until;
	const char *reason;
	const char *by;
	int64_t now;
	int32_t today;
};
int rosters_excuse(struct store *store, enum roster_kind kind, const struct rosters_excuse *excuse, struct err *err);
int rosters_lift(struct store *store, enum roster_kind kind, const struct rosters_excuse *excuse, struct err *err);

struct rosters_excused {
	enum roster_kind kind;
	struct slice id, reason, by;
	int32_t until;
};
/* Those that hold on a date, targets first, by id. */
int rosters_each_excuse(struct store *store, int32_t on_date,
    int (*visit)(void *ctx, const struct rosters_excused *excused), void *ctx, struct err *err);

/* ---- reading, for the snapshot of a draw ---- */

/*
 * Names of a roster's private columns in its own order, `name` first: what stands in targets-private.csv after
 * "id,nonce,". Known columns have their English names.  Release with rosters_names_release.
 */
struct rosters_names {
	char **items;
	size_t n;
};
int
rosters_private_columns(struct store *store, enum roster_kind kind, struct rosters_names *ret_names, struct err *err);
void rosters_names_release(struct rosters_names *names);

/* Rows come in ascending order of their keys; what they point at stands during the call. */
struct rosters_target {
	struct slice id, class, unit, area;
	struct slice name;
	int level;  /* LEVEL_NONE where empty */
	int weight; /* 1 .. WEIGHT_MAX */
	int32_t since;
	bool excused;                /* on the date asked for */
	const struct slice *private; /* n_private values, as rosters_private_columns names them; no line breaks */
	size_t n_private;
};

/*
 * Those that pass the filters: of each column named, one of its values.  A filter on a column that the roster does not
 * have is ERR_REFUSED.  `visit` returns 0 to go on; anything else ends the walk and is returned.
 */
int rosters_each_target(struct store *store, const struct column_filter *filters, size_t n_filters, int32_t on_date,
    int (*visit)(void *ctx, const struct rosters_target *target), void *ctx, struct err *err);

struct rosters_inspector {
	struct slice id, unit, area, tags;  /* tags sorted, distinct, joined by ';' */
	struct slice name, email, language; /* language may be empty */
	int level;
	bool excused;
	const struct slice *private;
	size_t n_private;
};
int rosters_each_inspector(struct store *store, int32_t on_date,
    int (*visit)(void *ctx, const struct rosters_inspector *inspector), void *ctx, struct err *err);

/* Declared conflicts, ascending as lines of conflicts.csv do. */
struct rosters_conflict {
	struct slice inspector, value, reason;
	enum scope scope;
};
int rosters_each_conflict(struct store *store, int (*visit)(void *ctx, const struct rosters_conflict *conflict),
    void *ctx, struct err *err);

#define ROSTERS_QUESTIONS_MAX 200

struct rosters_matter {
	struct slice id, name, legal_basis;
	struct slice checklist;        /* as it stands in the file */
	const struct slice *questions; /* the checklist split at '|', spaces around cut, empty ones left out */
	size_t n_questions;
};
int rosters_each_matter(struct store *store, int (*visit)(void *ctx, const struct rosters_matter *matter), void *ctx,
    struct err *err);

struct rosters_contact {
	struct slice target, name, email;
	int level; /* 1 or 2 */
};
int rosters_each_contact(struct store *store, int (*visit)(void *ctx, const struct rosters_contact *contact), void *ctx,
    struct err *err);

/* One row by id: ERR_ABSENT where there is none, else what `visit` returns. */
int rosters_find_target(struct store *store, struct slice id, int32_t on_date,
    int (*visit)(void *ctx, const struct rosters_target *target), void *ctx, struct err *err);
int rosters_find_inspector(struct store *store, struct slice id, int32_t on_date,
    int (*visit)(void *ctx, const struct rosters_inspector *inspector), void *ctx, struct err *err);

/*
 * A commitment was made on these rosters: from now on no import changes any present target's `since`, not even one that
 * takes the target out and a later one that brings it back.  Within the caller's transaction, the commitment's own.
 */
int rosters_fix_since(struct store *store, struct err *err);

#endif
