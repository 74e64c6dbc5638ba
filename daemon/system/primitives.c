/* What every main does first: initialises libsodium and runs the self-test of the primitives. */
#include "system/primitives.h"

#include <sodium.h>

#include "core/base/selftest.h"

int
primitives_begin(struct err *err)
{
	if (sodium_init() < 0)
		return err_set(err, ERR_OUTSIDE, N_("the system gives no random numbers"));
	return selftest(err);
}
