#ifndef SPOTCHECK_SYSTEM_PRIMITIVES_H
#define SPOTCHECK_SYSTEM_PRIMITIVES_H

#include "core/base/err.h"

/*
 * Initialises libsodium with its random numbers and runs the self-test.  main() calls it before anything else, and ends
 * the program where it fails (ERR_OUTSIDE).
 */
int primitives_begin(struct err *err);

#endif
