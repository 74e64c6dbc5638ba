#ifndef SPOTCHECK_LETTERS_NOTICES_PRIVATE_H
#define SPOTCHECK_LETTERS_NOTICES_PRIVATE_H

#include "letters/letter.h"
#include "letters/notices.h"

/* What notices_day.c, notices_keep_free.c and notices_queue.c share. */

/* A letter's input, with what all letters of a draw have in common.  `cycle` NULL: the INI no longer has it. */
struct letter_input notices_about(const struct operator *operator, const struct config_cycle *cycle,
    struct slice cycle_name, uint64_t draw, int32_t date);

/*
 * When letters about the visit day `day` may be sent, by the cycle's rule: at the draw, or some time before the
 * day's first slot.  Never before `least`.
 */
int64_t notices_time(const struct operator *operator, const struct config_cycle *cycle, const struct sealed *sealed,
    int32_t day, int64_t least);

/*
 * Makes the letter and puts it into the outbox, to be sent from input->sent_at on.  A letter that cannot be made is
 * kept there as failed, with the reason.
 */
int notices_queue(const struct operator *operator, const struct letter_input *input, int64_t now, struct err *err);

#endif
