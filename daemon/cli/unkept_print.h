#ifndef SPOTCHECK_CLI_UNKEPT_PRINT_H
#define SPOTCHECK_CLI_UNKEPT_PRINT_H

#include "cli/command.h"
#include "core/base/buf.h"
#include "draws/rehearsal.h"
#include "draws/unkept.h"

/* "2 of 13 visits cannot be kept:", and of the first few why; nothing where all can.  Returns an exit status. */
int print_unkept(struct cli *cli, const struct unkept *unkept);

/* The ids of the targets whose visits cannot be kept, each after a separator but the first. */
void put_unkept_targets(const struct unkept *unkept, const char *separator, struct buf *out);

/* What each change of a rehearsal would come to.  Nothing is tried where all visits can be kept. */
struct remedies {
	size_t unkept; /* without a change */
	struct rehearsal_remedy v[REHEARSAL_CHANGES];
};
int remedies_find(const struct rehearsal *r, const struct operator *operator, const struct config_cycle *cycle,
    struct remedies *ret, struct err *err);

/* "What would help: visits at 12:00 as well (then 0 of them), one more inspector (1)", or that nothing of it would. */
void put_remedies(const struct remedies *remedies, struct buf *out);

/* For programs: "slot inspector", those that help. */
void put_remedy_names(const struct remedies *remedies, struct buf *out);

#endif
