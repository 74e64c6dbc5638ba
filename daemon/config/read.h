#ifndef SPOTCHECK_CONFIG_READ_H
#define SPOTCHECK_CONFIG_READ_H

#include "config/config.h"
#include "core/base/err.h"

/*
 * Reads and checks the INI.  Every fault goes to `diag` (not NULL) with its line; a file that cannot be opened is a
 * fault with line 0.  ERR_REFUSED after faults, ERR_MEMORY; then there is nothing to release.
 */
int config_read(const char *path, struct config *ret_config, struct diag *diag);

#endif
