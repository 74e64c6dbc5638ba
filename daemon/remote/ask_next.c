/*
 * When something is to be asked next.  Apart from ask.c, so that the service can call it without libcurl and jansson.
 */

#include "remote/ask.h"
#include "remote/beacons.h"
#include "remote/witnesses.h"

int
ask_next(struct store *store, const struct config *config, int64_t *ret_time, struct err *err)
{
	int64_t witnesses = INT64_MAX, beacons = INT64_MAX;
	int rc = witnesses_next(store, config, &witnesses, err);

	if (rc == 0)
		rc = beacons_next(store, config, &beacons, err);
	if (rc == 0)
		*ret_time = witnesses < beacons ? witnesses : beacons;
	return rc;
}
