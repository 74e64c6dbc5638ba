#ifndef SPOTCHECK_CONFIG_CHECK_PRIVATE_H
#define SPOTCHECK_CONFIG_CHECK_PRIVATE_H

#include "config/config.h"
#include "config/keys.h"

/* Where one section's keys stand, by index in config_keys; 0 where a key is not given. */
struct config_key_lines {
	unsigned long at[CONFIG_KEYS_MAX];
	bool faulty; /* one of the section's values was refused: they are not held against each other */
};

struct config_lines {
	struct config_key_lines general; /* of [service] to [beacon] */
	struct config_key_lines *cycles; /* as config->cycles */
};

/* Holds values against each other; faults go to diag. */
void config_check(const struct config *config, const struct config_lines *lines, struct diag *diag);

#endif
