#ifndef SPOTCHECK_LETTERS_NOTICES_KEEP_FREE_H
#define SPOTCHECK_LETTERS_NOTICES_KEEP_FREE_H

#include "core/format/entry.h"
#include "core/format/sealed.h"
#include "draws/draws.h"
#include "ledger/operator.h"

/*
 * "Keep these days free": to every inspector who takes part, at the commitment, within its transaction.  Names no target
 * and nobody else.  `commit_hash` is in hex.
 */
int notices_keep_free(const struct operator *operator, const struct config_cycle *cycle, const struct commit *commit,
    const struct sealed *sealed, struct slice commit_hash, int64_t now, struct err *err);

/*
 * The draw was voided: who was asked to keep days free hears that they are free again, and what has not left yet is
 * cancelled; nothing where nobody was asked.  `cycle` may be NULL.
 */
int notices_release(const struct operator *operator, const struct config_cycle *cycle, const struct draw_row *row,
    struct slice commit_hash, struct slice reason, int64_t now, struct err *err);

#endif
