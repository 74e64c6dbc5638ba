#ifndef SPOTCHECK_LETTERS_NOTICES_PRIVATE_H
#define SPOTCHECK_LETTERS_NOTICES_PRIVATE_H

#include "letters/letter.h"
#include "letters/notices.h"

/* What the files of notices share. */

/* What every letter of a draw says, whoever it is for.  `cycle` may be NULL, where the INI has it no longer. */
struct letter_input notices_about(const struct operator *operator, const struct config_cycle *cycle,
    struct slice cycle_name, uint64_t draw, int32_t date);

/*
 * When a letter may leave of which the first visit is on `day`: as the cycle has it, at the draw or so long before the visit;
 * not before `least`.
 */
int64_t notices_time(const struct operator *operator, const struct config_cycle *cycle, int32_t day, int64_t least);

/*
 * Makes the letter and puts it into the outbox, to be sent from input->sent_at on; one that cannot be made is kept there as
 * failed, with the reason.
 */
int notices_queue(const struct operator *operator, const struct letter_input *input, int64_t now, struct err *err);

#endif
