#ifndef SPOTCHECK_CORE_CHECK_DRAW_CHECK_H
#define SPOTCHECK_CORE_CHECK_DRAW_CHECK_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/progress.h"
#include "core/draw/amend.h"
#include "core/draw/draw.h"
#include "core/draw/history.h"
#include "core/draw/holds.h"
#include "core/draw/record.h"
#include "core/log/cosigned.h"
#include "core/log/log.h"
#include "core/log/published.h"
#include "core/log/report.h"

/*
 * The checks of one draw (PROTOCOL 10, from `files` on).  They read its folder and, where there is one, the log.
 */

/* What the log says of a draw; without a log (a single folder) all but commit_bytes is empty. */
struct draw_context {
	const struct published *dir;
	char folder[DRAW_PATH_MAX]; /* "draws/0007/" or "" */
	uint64_t n;                 /* for the report */
	bool has_log;
	struct slice commit_bytes;
	const char *commit_hash;
	const struct commit *commit;
	const struct entry *outcome; /* NULL: none yet */
	const struct entry *reveal;  /* NULL: sealed */
	const struct log *log;
	const struct sequence *sequence;
	const struct draw_state *state;
	const struct holds *holds; /* [n - 1]: of the draws before this one */
	const struct cosigned *cosigned;
	const struct cosigned *earlier; /* [n - 1]: of the draws before this one */
	bool cosigned_ok;               /* the check `checkpoints` holds */
	const struct progress *progress;
	unsigned threads;
};

/* What was found in the folder and recomputed from it. */
struct draw_case {
	bool opened; /* the files that the reveal publishes are there */
	bool is_void;
	struct buf commit_json, targets_csv, inspectors_csv, conflicts_csv, away_csv, sealed_json, record_json;
	size_t foreign_names; /* in the folder, and not the protocol's */
	struct roster roster;
	struct sealed sealed;
	size_t not_nfc;
	struct record record;
	bool has_record, has_draw;
	struct slice secret;
	char *beacon; /* the value, unescaped; input.beacon points into it */
	struct draw_input input;
	struct draw draw;
	struct places places;
	bool has_places; /* all amendments were applied */
	struct holds holds;
	struct buf *amendments;
	size_t n_amendments;
	enum check_state state[CHECK_COUNT];
};

/* What a cycle's earlier draws leave for the check `history`; one for each cycle. */
struct cycle_past {
	struct history history;
	bool broken; /* an earlier draw could not be recomputed */
	bool has_before;
	struct buf before_files[4]; /* CSV files of the cycle's previous commitment; `before` points into them */
	struct roster before;
};

/*
 * Runs the checks from `files` to `amendments` in their order and reports each.  `past` is NULL for a single folder,
 * whose history is not known.  Release `c` with draw_case_release.  ERR_MEMORY, or ERR_OUTSIDE where a file cannot be
 * read.
 */
int draw_check_all(const struct draw_context *x, struct cycle_past *past, struct draw_case *c, struct report *report,
    struct err *err);
void draw_case_release(struct draw_case *c);

/* After the checks: adds the draw to its cycle's past, which takes over the rosters of `c`.  ERR_MEMORY only. */
int cycle_past_add(struct cycle_past *past, const struct draw_context *x, struct draw_case *c, struct err *err);
void cycle_past_release(struct cycle_past *past);

/* In draw_files.c: the check `files`.  ERR_MEMORY and ERR_OUTSIDE: it could not be run.  Any other error: it failed. */
int draw_files_check(const struct draw_context *x, struct draw_case *c, struct err *err);

/*
 * In draw_compare.c: each compares one part of the published record with the computed draw.  compare_visits stands on
 * compare_selection and compare_teams: without these it must not be asked.
 */
int compare_seed(const struct draw_case *c, struct err *err);
int compare_selection(const struct draw_case *c, struct err *err);
int compare_inspectors(const struct draw_case *c, struct err *err);
int compare_teams(const struct draw_case *c, struct err *err);
int compare_visits(const struct draw_case *c, struct err *err);
int compare_matters(const struct draw_case *c, struct err *err);
int compare_record(const struct draw_context *x, const struct draw_case *c, struct err *err);

/* In draw_history.c: the check `history`.  ERR_NOT_YET: an earlier draw that it needs could not be recomputed. */
int
history_check(const struct draw_context *x, const struct draw_case *c, const struct cycle_past *past, struct err *err);

#endif
