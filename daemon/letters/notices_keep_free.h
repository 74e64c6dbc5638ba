#ifndef SPOTCHECK_LETTERS_NOTICES_KEEP_FREE_H
#define SPOTCHECK_LETTERS_NOTICES_KEEP_FREE_H

#include "core/format/entry.h"
#include "core/format/sealed.h"
#include "draws/draws.h"
#include "ledger/operator.h"

/*
 * At a commitment, within its transaction: asks every inspector who takes part to keep the days of possible visits
 * free.  The letter names no target and nobody else.  `commit_hash` is in hex.
 */
int notices_keep_free(const struct operator *operator, const struct config_cycle *cycle, const struct commit *commit,
    const struct sealed *sealed, struct slice commit_hash, int64_t now, struct err *err);

/*
 * At a void: tells the inspectors who were asked to keep days free that these are free again, and cancels such letters
 * that have not been sent.  Nothing where nobody was asked.  `cycle` may be NULL.
 */
int notices_release(const struct operator *operator, const struct config_cycle *cycle, const struct draw_row *row,
    struct slice commit_hash, struct slice reason, int64_t now, struct err *err);

#endif
