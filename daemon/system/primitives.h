#ifndef SPOTCHECK_SYSTEM_PRIMITIVES_H
#define SPOTCHECK_SYSTEM_PRIMITIVES_H

#include "core/base/err.h"

/*
 * For main(), before anything else is done: libsodium is ready, its random numbers too, and the self-test holds.
 * ERR_OUTSIDE: the program ends.
 */
int primitives_begin(struct err *err);

#endif
