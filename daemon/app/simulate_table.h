#ifndef SPOTCHECK_APP_SIMULATE_TABLE_H
#define SPOTCHECK_APP_SIMULATE_TABLE_H

#include "app/turn.h"
#include "core/base/buf.h"
#include "core/base/err.h"

/* What a simulation prints: a table of its draws, and the occurrences that were missed or committed late. */
struct simulate_table {
	struct buf troubles; /* a line for each missed occurrence and each refused commitment */
	uint64_t missed;
	char last_refused[ERR_MESSAGE_BYTES]; /* the same refusal is noted once */
};

void simulate_table_begin(struct simulate_table *table);
void simulate_table_release(struct simulate_table *table);

/* For turn.on_event; `ctx` is the table. */
void simulate_table_note(void *ctx, const struct turn_event *event);

int simulate_table_print(struct simulate_table *table, const struct operator *operator, const char *scratch,
    struct err *err);

#endif
