#ifndef SPOTCHECK_REMOTE_WITNESSES_PRIVATE_H
#define SPOTCHECK_REMOTE_WITNESSES_PRIVATE_H

#include "remote/witnesses.h"

/* What witnesses.c, which reads the state, and witnesses_ask.c, which asks over the network, share. */

/* What the state has of a witness; zeroed where it was never asked. */
struct witness_row {
	bool asked;
	uint64_t size, tried_size, failures, ahead;
	int64_t tried, since;
	char fault[WITNESS_FAULT];
};
int witness_row_read(struct store *store, const char *vkey, struct witness_row *ret, struct err *err);

/* When it is to be asked for a cosignature of the checkpoint of `size`; INT64_MIN: now. */
int64_t witness_row_due(const struct witness_row *known, uint64_t size);

#endif
