#ifndef SPOTCHECK_STEPS_STEPS_PRIVATE_H
#define SPOTCHECK_STEPS_STEPS_PRIVATE_H

#include "steps/steps.h"

/* What the files of the steps share. */

/* To whoever wants to hear of it (operator->told): what was just committed. */
void step_tell(const struct operator *operator, enum entry_type type, uint64_t n, const char *cycle);

/* step_void, which with `anew` opens the draw's place in the timetable again. */
int step_void_for(struct operator *operator, uint64_t n, const char *reason, bool anew, struct err *err);

/* A policy and chains, where the INI calls for them. */
int step_ini(struct operator *operator, struct err *err);

/* The verifier keys of the INI's witnesses, sorted; the array is the caller's.  NULL: no memory. */
const char **step_witness_keys(const struct config *config);

/* Begins the cycle's chain of that number, within the caller's transaction. */
int step_chain_add(struct operator *operator, struct ledger *log, const struct config_cycle *cycle, uint64_t chain,
    const char *reason, int64_t time, struct err *err);

#endif
