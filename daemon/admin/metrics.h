#ifndef SPOTCHECK_ADMIN_METRICS_H
#define SPOTCHECK_ADMIN_METRICS_H

#include <stdint.h>

#include "admin/status.h"
#include "core/base/err.h"

/*
 * spotcheckd.prom in a folder that node_exporter's textfile collector reads: the Prometheus text format, written beside and
 * put in place in one step.  ERR_OUTSIDE, ERR_MEMORY.
 */
int metrics_write(const char *dir, const struct status *status, int64_t now, struct err *err);

#endif
