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
#include "rosters/scope.h"
#include "store/store.h"

/*
 * The present rosters: import, undo, export, attestations, excuses, and reading for a draw.  A roster is only imported
 * as a whole, but leave is added to.  Functions that write use a transaction of their own where nothing else is said.  None asks a clock.
 */

/* ---- in and out ---- */

struct rosters_counts {
	uint64_t rows, added, changed, removed;
	bool repeated; /* the import stood already and was not repeated: see rosters_import.reports */
};

struct rosters_import {
	const char *file;       /* for messages */
	const char *by;         /* name of whoever imports */
	int64_t now;            /* seconds since 1970, UTC */
	int32_t today;          /* the local date, as days since 1970 */
	unsigned replace_limit; /* per cent of the present rows that may vanish, 0 .. 100 */
	bool dry_run;           /* check and count, but change nothing */
	bool assign_ids; /* a row without an id gets that of the present row of its name (and unit), else a new one */
	/*
	 * A command reports the import to its user and then calls rosters_reported.  Until that call the same file, or
	 * the same undo, is not done a second time: an interrupted command may be called again.
	 */
	bool reports;
	const struct progress *progress; /* may be NULL */
};

/* Notes that the latest import of a kind has been reported. */
int rosters_reported(struct store *store, enum roster_kind kind, struct err *err);

#define ROSTERS_REPLACE_LIMIT 20

/*
 * Replaces a roster by a CSV file in UTF-8 or GB18030, read from `fd` (a file or a pipe) to its end.  Every fault goes
 * to `diag` with its line.  ERR_REFUSED after any fault, and nothing is changed.  An import is also an attestation.
 *
 * Of a kind whose imports add (struct columns), rows with a present key change that row, a row with an empty last day
 * takes it back, and all others stay.  Where the file lacks a column that the roster has, its rows have it empty.
 */
int rosters_import(struct store *store, enum roster_kind kind, int fd, const struct rosters_import *import,
    struct diag *diag, struct rosters_counts *ret_counts, struct err *err);

/*
 * Undoes the latest import of a kind: the rows before it come back byte for byte, as an import of its own.  A second
 * undo therefore undoes the first.  `file`, `assign_ids` and `replace_limit` of `import` do not count.  ERR_ABSENT:
 * there is no import.  ERR_REFUSED: the earlier rows no longer fit the other rosters.
 */
int rosters_undo(struct store *store, enum roster_kind kind, const struct rosters_import *import, struct diag *diag,
    struct rosters_counts *ret_counts, struct err *err);

/*
 * Writes the columns of the import, rows by key: CSV with BOM and CRLF.  An apostrophe neutralises a leading = + - @;
 * an import takes it off again.  Of a kind never imported it writes a template, the header alone, in Chinese where
 * `chinese`.
 */
struct rosters_export {
	enum roster_kind kind;
	bool codes; /* not a roster: the codes that were given (codes.h), as kind, own, code */
	bool chinese;
};
int rosters_export_csv(struct store *store, const struct rosters_export *what, FILE *out, struct err *err);

/* The same as an Excel workbook, every value a text.  ERR_LIMIT: a sheet cannot hold so many rows. */
int rosters_export_xlsx(struct store *store, const struct rosters_export *what, FILE *out, struct err *err);

/* ---- attestations and excuses ---- */

/* Records that `by` attests: "this roster is complete today".  ERR_REFUSED where nothing was ever imported. */
int rosters_attest(struct store *store, enum roster_kind kind, const char *by, int64_t now, struct err *err);

/*
 * When a kind was last attested, by an import or an attestation.  `ret_by` (may be NULL) is the caller's to free.
 * ERR_ABSENT: never.
 */
int rosters_attested(struct store *store, enum roster_kind kind, int64_t *ret_time, char **ret_by, struct err *err);

int rosters_count(struct store *store, enum roster_kind kind, uint64_t *ret_rows, struct err *err);

/*
 * Excuses a target or an inspector from a date until a date, both inclusive.  Several may stand, but no day has two.
 * The very same excuse again changes nothing.  ERR_REFUSED: the roster lacks the id, another excuse holds on one of the
 * days, the last day is over or before the first, or the reason is empty or none of PROTOCOL 2.
 */
struct rosters_excuse {
	struct slice id;
	int32_t from; /* DATE_NONE: today; to lift: whichever there is */
	int32_t until;
	const char *reason; /* to lift it may be NULL */
	const char *by;
	int64_t now;
	int32_t today;
};
int rosters_excuse(struct store *store, enum roster_kind kind, const struct rosters_excuse *excuse, struct err *err);

/* Lifts the excuse that begins on `from` and is not over.  ERR_REFUSED: there is none; several, and no `from`. */
int rosters_lift(struct store *store, enum roster_kind kind, const struct rosters_excuse *excuse, struct err *err);

struct rosters_excused {
	enum roster_kind kind;
	struct slice id, reason, by;
	int32_t from, until;
};
/* Excuses that hold on a date or later, targets first, by id and date.  `visit` as in rosters_each_target. */
int rosters_each_excuse(struct store *store, int32_t on_date,
    int (*visit)(void *ctx, const struct rosters_excused *excused), void *ctx, struct err *err);

/* ---- reading, for the snapshot of a draw ---- */

/*
 * Names of a roster's private columns, `name` first and the others in the file's order: the columns of
 * targets-private.csv after "id,nonce,".  Known columns have their English names.  Release with rosters_names_release.
 */
struct rosters_names {
	char **items;
	size_t n;
};
int
rosters_private_columns(struct store *store, enum roster_kind kind, struct rosters_names *ret_names, struct err *err);
void rosters_names_release(struct rosters_names *names);

/* Rows are visited in ascending order of their keys.  Slices in them are valid during the call of `visit`. */
struct rosters_target {
	struct slice id, class, unit, area;
	struct slice name;
	struct slice needs; /* the tag that a seat `own` asks for, or empty */
	int level;          /* LEVEL_NONE where empty */
	int weight;         /* 1 .. WEIGHT_MAX */
	int32_t since;
	bool excused;                /* on the date asked for */
	const struct slice *private; /* n_private values in the order of rosters_private_columns; no line breaks */
	size_t n_private;
};

/*
 * Targets that meet all n conditions.  ERR_REFUSED: the roster lacks a condition's column, or what a condition compares
 * is no number or no date.  `visit` returns 0 to go on; anything else ends the walk and is returned.
 */
int rosters_each_target(struct store *store, const struct scope_condition *conditions, size_t n, int32_t on_date,
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

/* Declared conflicts, in the order of the lines of conflicts.csv. */
struct rosters_conflict {
	struct slice inspector, value, reason;
	enum scope scope;
};
int rosters_each_conflict(struct store *store, int (*visit)(void *ctx, const struct rosters_conflict *conflict),
    void *ctx, struct err *err);

#define ROSTERS_QUESTIONS_MAX 200

struct rosters_matter {
	struct slice id, name, legal_basis;
	struct slice checklist;        /* as the file has it */
	const struct slice *questions; /* the checklist split at '|' and trimmed, without empty ones */
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

/* Visits the row with this id.  ERR_ABSENT where there is none, else what `visit` returns. */
int rosters_find_target(struct store *store, struct slice id, int32_t on_date,
    int (*visit)(void *ctx, const struct rosters_target *target), void *ctx, struct err *err);
int rosters_find_inspector(struct store *store, struct slice id, int32_t on_date,
    int (*visit)(void *ctx, const struct rosters_inspector *inspector), void *ctx, struct err *err);

/*
 * Fixes every present target's `since` for ever, for a commitment on these rosters: no later import changes it, even if
 * the target is removed and added again.  Within the caller's transaction, which is the commitment's.
 */
int rosters_fix_since(struct store *store, struct err *err);

#endif
