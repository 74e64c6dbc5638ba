#ifndef SPOTCHECK_CORE_BASE_SELFTEST_H
#define SPOTCHECK_CORE_BASE_SELFTEST_H

#include "core/base/err.h"

/*
 * Every primitive that a log, a draw or a backup rests on, held to a published or known answer: SHA-256 whole, in
 * pieces and in bulk, Ed25519, X25519, sealed boxes and sealed streams.  A fraction of a millisecond.
 *
 * ERR_OUTSIDE names the first that gives another answer.  This machine or its libraries cannot be trusted then, and the
 * caller must stop.  The caller has called sodium_init().
 */
int selftest(struct err *err);

#endif
