#ifndef SPOTCHECK_CORE_BASE_SLICE_MAP_H
#define SPOTCHECK_CORE_BASE_SLICE_MAP_H

#include <stddef.h>
#include <stdint.h>

#include "core/base/slice.h"

/*
 * A map from texts, which others keep, to numbers.  SHA-256 is its hash, so that nobody can choose texts that collide.
 */
struct slice_map {
	struct slice_map_slot {
		struct slice key; /* p NULL: free */
		size_t value;
	} * slots;
	size_t n, cap;
};

#define SLICE_MAP_NONE SIZE_MAX

void slice_map_release(struct slice_map *map);                            /* {0} is an empty map */
size_t slice_map_get(const struct slice_map *map, struct slice key);      /* SLICE_MAP_NONE where absent */
int slice_map_put(struct slice_map *map, struct slice key, size_t value); /* replaces; ERR_MEMORY */

#endif
