#ifndef SPOTCHECK_DRAWS_DRAWS_H
#define SPOTCHECK_DRAWS_DRAWS_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/hash.h"
#include "core/base/text.h"
#include "core/format/entry.h"
#include "store/store.h"

/* The draws in the state: one row each, and the files that belong to them. */

enum draw_outcome { OUTCOME_NONE, OUTCOME_DRAW, OUTCOME_VOID };

struct draw_row {
	uint64_t n;
	char cycle[ID_MAX + 1];
	uint64_t chain, link;
	int32_t date;
	int64_t draw_time, reveal_time;
	enum source source;
	enum draw_outcome outcome;
	bool revealed;
	bool run;                             /* the command `run` began it and has not finished */
	uint64_t commit_entry, commit_size;   /* in the log; the size of commit.checkpoint */
	uint64_t outcome_entry, outcome_size; /* where there is an outcome */
	uint64_t reveal_entry;                /* where revealed */
	char record[HASH_HEX + 1];            /* H(record.json), "" where there is none */
};

/* How far it has come: "committed", "drawn", "voided" or "opened"; in the catalogue. */
const char *draw_state(const struct draw_row *row);

/* ERR_ABSENT: there is no such draw. */
int draws_find(struct store *store, uint64_t n, struct draw_row *ret_row, struct err *err);

/*
 * The cycle's open commitment, its latest commitment, its latest draw that was not voided.  ERR_ABSENT sets no err.
 */
int draws_open(struct store *store, const char *cycle, struct draw_row *ret_row, struct err *err);
int draws_latest(struct store *store, const char *cycle, struct draw_row *ret_row, struct err *err);
int draws_latest_drawn(struct store *store, const char *cycle, struct draw_row *ret_row, struct err *err);

/* The cycle's first commitment that is not revealed; the cycle's unfinished `run`.  ERR_ABSENT sets no err. */
int draws_unrevealed(struct store *store, const char *cycle, struct draw_row *ret_row, struct err *err);
int draws_run(struct store *store, const char *cycle, struct draw_row *ret_row, struct err *err);

/*
 * The next step that is due at `now`: a reveal, where every earlier draw of its cycle is revealed; a draw that needs no
 * value from outside, or whose value is there, other than `except` (0: none).  ERR_ABSENT sets no err.
 */
int draws_due_reveal(struct store *store, int64_t now, struct draw_row *ret_row, struct err *err);
int draws_due_draw(struct store *store, int64_t now, uint64_t except, struct draw_row *ret_row, struct err *err);

/*
 * When the next draw or reveal is due; INT64_MAX: none is.  A draw whose value from outside is still missing counts
 * only while its time is after `now`.
 */
int draws_next(struct store *store, int64_t now, int64_t *ret_time, struct err *err);

/* From when the draw may be revealed by its own times: a void's secret opens at its draw time. */
int64_t draw_reveal_from(const struct draw_row *row);

/* The first draw that must be revealed before this one: of its own cycle, or of another.  ERR_ABSENT sets no err. */
int draws_blocking(struct store *store, const struct draw_row *row, struct draw_row *ret_row, struct err *err);

/* Of the open commitments with a public beacon the one that is drawn first.  ERR_ABSENT sets no err. */
int draws_first_public(struct store *store, struct draw_row *ret_row, struct err *err);

/* All, by number.  `visit` returns 0 to go on; anything else ends the walk and is returned. */
int draws_each(struct store *store, int (*visit)(void *ctx, const struct draw_row *row), void *ctx, struct err *err);

/*
 * The beacon value of a draw as text, and the one given to a `run` that has not drawn yet ("" where none was given).
 * The caller frees it.
 */
int draws_beacon(struct store *store, uint64_t n, char **ret_value, struct err *err);
int draws_run_value(struct store *store, uint64_t n, char **ret_value, struct err *err);

/* When the commitment was made. */
int draws_commit_time(struct store *store, const struct draw_row *row, int64_t *ret_time, struct err *err);

/* The secret of a draw's link: 64 hex digits and a NUL. */
int
draws_secret(struct store *store, const struct draw_row *row, char ret_secret[static HASH_HEX + 1], struct err *err);

/* The hash of the commitment's log entry, in hex: what later entries name it by. */
int
draws_commit_hash(struct store *store, const struct draw_row *row, char ret_hash[static HASH_HEX + 1], struct err *err);

/* Marks the command `run` as finished. */
int draws_run_done(struct store *store, uint64_t n, struct err *err);

/* ---- files, kept in parts, since one may be larger than a database value ---- */

#define DRAW_FILE_PART ((size_t)4 << 20)
#define DRAW_FILE_MAX ((size_t)1 << 36) /* bytes: the bound of a buffer for a file */

/* Writes a file part by part: append to `bytes`, call draw_file_flush now and then, and draw_file_end once. */
struct draw_file {
	struct store *store; /* NULL: a rehearsal, which writes nothing */
	uint64_t n;
	const char *name;
	int64_t part;
	struct buf bytes;
};
void draw_file_begin(struct draw_file *file, struct store *store, uint64_t n, const char *name);
int draw_file_flush(struct draw_file *file, struct err *err); /* writes whole parts */
int draw_file_end(struct draw_file *file, struct err *err);   /* writes what is left */
void draw_file_release(struct draw_file *file);               /* NULL is allowed */

int draw_file_put(struct store *store, uint64_t n, const char *name, struct slice bytes, struct err *err);

/* The whole file; ERR_ABSENT: there is none.  The caller releases the buffer, after a failure too. */
int draw_file_get(struct store *store, uint64_t n, const char *name, struct buf *ret_bytes, struct err *err);

/* The file part by part.  `visit` returns 0 to go on; anything else ends the walk and is returned. */
int draw_file_each(struct store *store, uint64_t n, const char *name, int (*visit)(void *ctx, struct slice part),
    void *ctx, struct err *err);

/* Names and sizes of a draw's files. */
int draw_file_list(struct store *store, uint64_t n, int (*visit)(void *ctx, const char *name, uint64_t size), void *ctx,
    struct err *err);

#endif
