/* A hash table with linear probing, at most half full, from slices to numbers. */
#include "core/base/slice_map.h"

#include <stdlib.h>

#include "core/base/err.h"
#include "core/base/hash.h"

void
slice_map_release(struct slice_map *map)
{
	if (map == NULL)
		return;
	free(map->slots);
	*map = (struct slice_map){0};
}

/* The slot of the key, or the free one where it would go.  There is always a free one. */
static size_t
find_slot(const struct slice_map *map, struct slice key)
{
	struct hash h = hash_of_slice(key);
	size_t at;

	memcpy(&at, h.b, sizeof at);
	for (at &= map->cap - 1; map->slots[at].key.p != NULL && !slice_eq(map->slots[at].key, key);)
		at = (at + 1) & (map->cap - 1);
	return at;
}

size_t
slice_map_get(const struct slice_map *map, struct slice key)
{
	size_t at;

	if (map->cap == 0)
		return SLICE_MAP_NONE;
	at = find_slot(map, key);
	return map->slots[at].key.p == NULL ? SLICE_MAP_NONE : map->slots[at].value;
}

static int
grow_map(struct slice_map *map)
{
	struct slice_map bigger = {.cap = map->cap == 0 ? 64 : map->cap * 2};

	bigger.slots = calloc(bigger.cap, sizeof *bigger.slots);
	if (bigger.slots == NULL)
		return ERR_MEMORY;
	for (size_t i = 0; i < map->cap; i++)
		if (map->slots[i].key.p != NULL)
			bigger.slots[find_slot(&bigger, map->slots[i].key)] = map->slots[i];
	bigger.n = map->n;
	free(map->slots);
	*map = bigger;
	return 0;
}

int
slice_map_put(struct slice_map *map, struct slice key, size_t value)
{
	size_t at;

	if (2 * (map->n + 1) > map->cap && grow_map(map) != 0)
		return ERR_MEMORY;
	at = find_slot(map, key);
	map->n += map->slots[at].key.p == NULL;
	map->slots[at] = (struct slice_map_slot){key, value};
	return 0;
}
