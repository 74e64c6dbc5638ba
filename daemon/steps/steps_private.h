#ifndef SPOTCHECK_STEPS_STEPS_PRIVATE_H
#define SPOTCHECK_STEPS_STEPS_PRIVATE_H

#include "steps/steps.h"

/* What the files of the steps share. */

/* Calls operator->told, if set, with what was just committed. */
void step_tell_entry(const struct operator *operator, enum entry_type type, uint64_t n, const char *cycle);

/*
 * Appends the void; ERR_NOT_YET where it needs a value that has not arrived.  `reopen`: the draw's occurrence in the
 * timetable may be committed for again.
 */
int step_void_for(struct operator *operator, uint64_t n, const char *reason, bool reopen, struct err *err);

/* Appends a policy and chains, where the INI calls for them. */
int step_follow_ini(struct operator *operator, struct err *err);

/* The verifier keys of the INI's witnesses, sorted; the caller frees the array, not the keys.  NULL: no memory. */
const char **step_witness_keys(const struct config *config);

/* Begins the cycle's chain of that number, within the caller's transaction. */
int step_chain_add(struct operator *operator, struct ledger *log, const struct config_cycle *cycle, uint64_t chain,
    const char *reason, int64_t time, struct err *err);

/* ---- the archive's entry (archive.c) ---- */

struct ledger;

#define STEP_ARCHIVE_SECOND (22 * 3600) /* second of the local day at which the day's entry is due */

/* Appends an archive entry, within the caller's transaction: right before a commitment or a reveal. */
int step_archive_append(struct operator *operator, struct ledger *log, int64_t time, struct err *err);

/* Appends the day's entry, if it is due. */
int step_archive_daily(struct operator *operator, struct err *err);

/* The first due time after that of an entry. */
int64_t step_archive_due(const struct operator *operator, int64_t after);

#endif
