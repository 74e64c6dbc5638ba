#ifndef SPOTCHECK_DRAWS_ASSURANCE_H
#define SPOTCHECK_DRAWS_ASSURANCE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/err.h"
#include "core/log/report.h"
#include "draws/draws.h"
#include "store/store.h"

/* What the cosignatures of witnesses give a draw: its published checkpoints, and its class (PROTOCOL 4). */

/*
 * The size of the checkpoint that is published as a draw's commit.checkpoint or outcome.checkpoint: of those that hold
 * the entry, the one that most witnesses cosigned in time; of several such the smallest.
 */
int draw_assurance_commit_size(struct store *store, const struct draw_row *row, uint64_t *ret_size, struct err *err);
int draw_assurance_outcome_size(struct store *store, const struct draw_row *row, uint64_t *ret_size, struct err *err);

/*
 * The same of the archive entry at index `entry` of time `time`, whose witnesses have a day (PROTOCOL 9).  0: no witness
 * cosigned any that holds it.
 */
int archive_assurance_size(struct store *store, uint64_t entry, int64_t time, uint64_t *ret_size, struct err *err);

/* A draw's class by what is known now, and how many witnesses it rests on. */
struct draw_assurance {
	enum assurance assurance;
	uint64_t witnesses, commit_in_time, outcome_in_time;
	bool beacon_key_in_time; /* the beacon is a witness, and it cosigned the commitment in time */
};
int draw_assurance_read(struct store *store, const struct draw_row *row, struct draw_assurance *ret, struct err *err);

#endif
