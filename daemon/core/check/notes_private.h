#ifndef SPOTCHECK_CORE_CHECK_NOTES_PRIVATE_H
#define SPOTCHECK_CORE_CHECK_NOTES_PRIVATE_H

#include "core/check/draw_check.h"
#include "core/check/verify.h"

/* Notes on what is lawful but worth knowing (PROTOCOL 10, "noted"). */

/* draw_notes.c: on one draw.  `past` is what was before it; NULL: a single folder. */
void note_draw(const struct draw_context *x, const struct draw_case *c, const struct cycle_past *past,
    const struct verify_options *options, struct report *report);

/* log_notes.c: on the whole log. */
struct log_notes {
	const struct log *log;
	const struct sequence *sequence;
	uint64_t cosigned_size; /* of the largest checkpoint that a witness cosigned */
	int64_t reached;        /* by the witnesses, or COSIGNED_NEVER */
	const struct cycle_past *pasts;
	const bool *archive_in_time; /* [n_archives] */
	uint64_t foreign_names;
	const struct verify_options *options;
};
void note_log(const struct log_notes *n, struct report *report);

#endif
