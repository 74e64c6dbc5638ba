#ifndef SPOTCHECK_CONFIG_READ_H
#define SPOTCHECK_CONFIG_READ_H

#include "config/config.h"
#include "core/base/err.h"

/*
 * Reads and checks; `diag` (not NULL) is told every fault, each with its line.  Returns 0, or ERR_REFUSED with faults
 * told and nothing to release.  A file that cannot be opened at all is a fault too (line 0).
 */
int config_read(const char *path, struct config *ret_config, struct diag *diag);

#endif
