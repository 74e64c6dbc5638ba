#ifndef SPOTCHECK_APP_SIMULATE_TABLE_H
#define SPOTCHECK_APP_SIMULATE_TABLE_H

#include "app/turn.h"
#include "core/base/buf.h"
#include "core/base/err.h"

/* What a simulation prints: a line for each draw, and what came of nothing. */
struct simulate_table {
	struct buf troubles; /* a line for each occurrence that nothing came of */
	uint64_t missed;
	char last_refused[ERR_MESSAGE_BYTES]; /* is not told again and again */
};

void simulate_table_begin(struct simulate_table *table);
void simulate_table_release(struct simulate_table *table);

/* turn.tell; `ctx` is the table. */
void simulate_table_tell(void *ctx, const struct turn_event *event);

int simulate_table_print(struct simulate_table *table, const struct operator *operator, const char *scratch,
    struct err *err);

#endif
