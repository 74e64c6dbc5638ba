#ifndef SPOTCHECK_ADMIN_METRICS_H
#define SPOTCHECK_ADMIN_METRICS_H

#include <stdint.h>

#include "admin/status.h"
#include "core/base/err.h"

/*
 * Writes DIR/spotcheckd.prom for node_exporter's textfile collector, in the Prometheus text format.  The old file is
 * replaced by a rename.  ERR_OUTSIDE, ERR_MEMORY.
 */
int metrics_write(const char *dir, const struct status *status, int64_t now, struct err *err);

#endif
