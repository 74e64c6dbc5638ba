/* Apart from ask.c: the service, which must know when, carries none of the libraries that asking takes. */

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
