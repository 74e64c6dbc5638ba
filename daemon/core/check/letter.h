#ifndef SPOTCHECK_CORE_CHECK_LETTER_H
#define SPOTCHECK_CORE_CHECK_LETTER_H

#include <stdbool.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/check/draw_check.h"
#include "core/format/place_proof.h"
#include "core/log/log.h"
#include "core/log/report.h"
#include "core/log/sequence.h"

/*
 * A letter held against a published directory: each of its places against what the draw's entry commits to, before the
 * reveal as well, and after it against the draw itself.
 */

struct letter_place {
	struct place_line line; /* n is 0 where it cannot be read */
	struct err why;         /* what is wrong; code 0 nothing */
	bool differs;           /* from the draw, as the record has it */
	struct buf now;         /* what the place holds by amendments; empty: what was drawn, or not known yet */
};

struct letter_check {
	const struct place_proofs *proofs; /* the caller's */
	struct letter_place *places;       /* [proofs->n] */
};

/* `tr` may be NULL.  ERR_MEMORY.  Release with letter_check_release, after a failure too. */
int letter_check_begin(const struct place_proofs *proofs, const char *(*tr)(const char *text),
    struct letter_check *ret_check, struct err *err);
void letter_check_release(struct letter_check *check); /* NULL is allowed */

/* Compares the letter's places of this draw with it, while it is in memory.  Does nothing where it is not open. */
int letter_check_compare(struct letter_check *check, const struct draw_context *x, const struct draw_case *c,
    struct err *err);

/* Reports each place by CHECK_LETTER, ok or failed, of a directory that holds.  ERR_MEMORY. */
int letter_check_report(struct letter_check *check, const struct log *log, const struct sequence *sequence,
    struct report *report, struct err *err);

/* Reports each place as not run: the directory itself does not hold. */
void letter_check_skip(const struct letter_check *check, struct report *report);

/*
 * One place against the log's entry of its draw: ERR_REFUSED says what differs.  `entry` NULL: the log has no outcome of
 * that draw.
 */
int letter_place_check(const struct place_proofs *proofs, const struct place_proof *proof,
    const struct place_line *line, const struct entry *entry, struct err *err);

#endif
