#ifndef SPOTCHECK_LEDGER_POLICIES_H
#define SPOTCHECK_LEDGER_POLICIES_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/format/entry.h"
#include "store/store.h"

/* Who the witnesses are (PROTOCOL 4): the genesis names them, and each later policy entry names them anew. */

/* Records that entry `index` of the log is the genesis or a policy; within the transaction that appends it. */
int policies_add(struct store *store, uint64_t index, struct err *err);

/*
 * The verifier keys in force at an entry; `witnesses` points into `entry`.  Release with policy_release, also after a
 * failure.
 */
struct policy {
	struct buf bytes;
	struct entry entry;
	const struct slice *witnesses;
	size_t n;
	bool parsed;
};
int policy_at(struct store *store, uint64_t index, struct policy *ret_policy, struct err *err);
int policy_newest(struct store *store, struct policy *ret_policy, struct err *err);
void policy_release(struct policy *policy); /* NULL is allowed */

bool policy_has(const struct policy *policy, const char *vkey);

#endif
