#ifndef SPOTCHECK_CONFIG_CHECK_PRIVATE_H
#define SPOTCHECK_CONFIG_CHECK_PRIVATE_H

#include "config/config.h"
#include "config/keys.h"

/* The line of each key of one section, by index in config_keys; 0 where the key is not given. */
struct config_key_lines {
	unsigned long at[CONFIG_KEYS_MAX];
	bool faulty; /* one of the section's values was refused: its values are not compared */
};

struct config_lines {
	struct config_key_lines general; /* of the sections without a name */
	struct config_key_lines *cycles; /* same order as config->cycles */
};

/* Checks values against each other; faults go to diag. */
void config_check(const struct config *config, const struct config_lines *lines, struct diag *diag);

#endif
