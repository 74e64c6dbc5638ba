/*
 * RFC 6962 2.1, in its words: MTH is the hash of a list of leaves, PATH and PROOF cut the list at the largest power of
 * two below its length.  Verifiers after RFC 9162 2.1.3.2 and 2.1.4.2; tiles after C2SP tlog-tiles.
 */
#include "core/format/merkle.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define TILE_HEIGHT 8
#define TILE_LEVELS 8

static bool
same_hash(const struct hash *a, const struct hash *b)
{
	return memcmp(a->b, b->b, HASH_BYTES) == 0;
}

/* The largest power of two below n; n > 1. */
static uint64_t
split_point(uint64_t n)
{
	return (uint64_t)1 << (63 - __builtin_clzll(n - 1));
}

void
merkle_root_begin(struct merkle_root *m)
{
	m->size = 0;
}

/* stack[l] is a complete subtree of 2^l leaves where bit l of size is set.  A new subtree adds 2^level to size. */
void
merkle_root_add_subtree(struct merkle_root *m, struct hash root, unsigned level)
{
	unsigned at = level;

	assert((m->size & (((uint64_t)1 << level) - 1)) == 0);
	for (; m->size >> at & 1; at++)
		root = hash_node(&m->stack[at], &root);
	m->stack[at] = root;
	m->size += (uint64_t)1 << level;
}

void
merkle_root_add(struct merkle_root *m, struct hash leaf)
{
	merkle_root_add_subtree(m, leaf, 0);
}

struct hash
merkle_root_end(const struct merkle_root *m)
{
	struct hash root = {{0}};
	bool any = false;

	if (m->size == 0)
		return hash_of("", 0);
	for (size_t level = 0; level < 64; level++) {
		if ((m->size >> level & 1) == 0)
			continue;
		root = any ? hash_node(&m->stack[level], &root) : m->stack[level];
		any = true;
	}
	return root;
}

void
merkle_init(struct merkle *m)
{
	*m = (struct merkle){.size = 0};
}

void
merkle_release(struct merkle *m)
{
	if (m == NULL)
		return;
	for (size_t level = 0; level < 64; level++)
		free(m->levels[level]);
	merkle_init(m);
}

/* Room for a hash at `index` of a level. */
static bool
level_room(struct merkle *m, size_t level, uint64_t index)
{
	size_t cap = m->caps[level];
	struct hash *hashes;

	if (index < cap)
		return true;
	if (cap > SIZE_MAX / sizeof *hashes / 2)
		return false;
	cap = cap == 0 ? 16 : cap * 2;
	hashes = realloc(m->levels[level], cap * sizeof *hashes);
	if (hashes == NULL)
		return false;
	m->levels[level] = hashes;
	m->caps[level] = cap;
	return true;
}

/* A leaf completes a subtree on each level up to the number of ones at the end of size. */
int
merkle_add(struct merkle *m, struct hash leaf, struct err *err)
{
	size_t top = 0;

	while (m->size >> top & 1)
		top++;
	for (size_t level = 0; level <= top; level++)
		if (!level_room(m, level, m->size >> level))
			return err_memory(err);

	m->levels[0][m->size] = leaf;
	for (size_t level = 1; level <= top; level++) {
		uint64_t index = m->size >> level;
		const struct hash *below = m->levels[level - 1] + 2 * index;

		m->levels[level][index] = hash_node(&below[0], &below[1]);
	}
	m->size++;
	return 0;
}

/*
 * MTH of the n > 0 leaves from `start` on, a list to which the RFC's cuts lead.  So `start` is a multiple of a power of
 * two >= n, and the list consists of the complete subtrees that the bits of n name, the largest first.
 */
static struct hash
list_hash(const struct merkle *m, uint64_t start, uint64_t n)
{
	struct hash hash = {{0}};
	bool any = false;

	for (size_t level = 0; level < 64; level++) {
		const struct hash *subtree;

		if ((n >> level & 1) == 0)
			continue;
		subtree = &m->levels[level][((start + n) >> level) - 1];
		hash = any ? hash_node(subtree, &hash) : *subtree;
		any = true;
	}
	return hash;
}

struct hash
merkle_prefix_root(const struct merkle *m, uint64_t size)
{
	assert(size <= m->size);
	return size == 0 ? hash_of("", 0) : list_hash(m, 0, size);
}

/* PATH(index, D[start:start+n]); as deep as n has bits. */
static size_t
audit_path(const struct merkle *m, uint64_t index, uint64_t start, uint64_t n, struct hash *ret_path)
{
	uint64_t k;
	size_t len;

	if (n == 1)
		return 0;
	k = split_point(n);
	if (index < k) {
		len = audit_path(m, index, start, k, ret_path);
		ret_path[len] = list_hash(m, start + k, n - k);
	} else {
		len = audit_path(m, index - k, start + k, n - k, ret_path);
		ret_path[len] = list_hash(m, start, k);
	}
	return len + 1;
}

size_t
merkle_audit_path(const struct merkle *m, uint64_t index, uint64_t size, struct hash ret_path[static 64])
{
	assert(index < size && size <= m->size);
	return audit_path(m, index, 0, size, ret_path);
}

/* SUBPROOF(old, D[start:start+n], known): `known` while the old list is one whose hash the verifier has. */
static size_t
subproof(const struct merkle *m, uint64_t old, uint64_t start, uint64_t n, bool known, struct hash *ret_path)
{
	uint64_t k;
	size_t len;

	if (old == n) {
		if (known)
			return 0;
		ret_path[0] = list_hash(m, start, n);
		return 1;
	}
	k = split_point(n);
	if (old <= k) {
		len = subproof(m, old, start, k, known, ret_path);
		ret_path[len] = list_hash(m, start + k, n - k);
	} else {
		len = subproof(m, old - k, start + k, n - k, false, ret_path);
		ret_path[len] = list_hash(m, start, k);
	}
	return len + 1;
}

size_t
merkle_consistency(const struct merkle *m, uint64_t old, uint64_t size, struct hash ret_path[static 64])
{
	assert(old >= 1 && old <= size && size <= m->size);
	return subproof(m, old, 0, size, true, ret_path);
}

/* RFC 9162's "right-shift both equally until ...": past the levels at which the node has nothing on its right. */
static void
skip_levels(uint64_t *fn, uint64_t *sn)
{
	while ((*fn & 1) == 0 && *fn != 0) {
		*fn >>= 1;
		*sn >>= 1;
	}
}

bool
merkle_audit_holds(struct hash leaf, uint64_t index, uint64_t size, const struct hash *path, size_t path_len,
    struct hash root)
{
	uint64_t fn = index, sn = size - 1;
	struct hash r = leaf;

	if (index >= size)
		return false;
	for (size_t i = 0; i < path_len; i++) {
		if (sn == 0)
			return false;
		if ((fn & 1) != 0 || fn == sn) {
			r = hash_node(&path[i], &r);
			skip_levels(&fn, &sn);
		} else {
			r = hash_node(&r, &path[i]);
		}
		fn >>= 1;
		sn >>= 1;
	}
	return sn == 0 && same_hash(&r, &root);
}

/* RFC 9162 2.1.4.2 from its step 5 on: `start` is a node of both trees, at the level of fn and sn. */
static bool
climb_both(uint64_t fn, uint64_t sn, const struct hash *start, const struct hash *path, size_t path_len,
    const struct hash *old_root, const struct hash *root)
{
	struct hash fr = *start, sr = *start;

	for (size_t i = 0; i < path_len; i++) {
		if (sn == 0)
			return false;
		if ((fn & 1) != 0 || fn == sn) {
			fr = hash_node(&path[i], &fr);
			sr = hash_node(&path[i], &sr);
			skip_levels(&fn, &sn);
		} else {
			sr = hash_node(&sr, &path[i]);
		}
		fn >>= 1;
		sn >>= 1;
	}
	return sn == 0 && same_hash(&fr, old_root) && same_hash(&sr, root);
}

bool
merkle_consistency_holds(uint64_t old, struct hash old_root, uint64_t size, struct hash root, const struct hash *path,
    size_t path_len)
{
	uint64_t fn, sn;

	if (old > size)
		return false;
	if (old == size)
		return path_len == 0 && same_hash(&old_root, &root);
	if (old == 0) {
		struct hash empty = hash_of("", 0);

		return path_len == 0 && same_hash(&old_root, &empty);
	}
	if (path_len == 0)
		return false;
	fn = old - 1;
	sn = size - 1;
	for (; (fn & 1) != 0; fn >>= 1)
		sn >>= 1;
	/* An old tree that is one complete subtree is its own first node; the proof leaves it out. */
	if ((old & (old - 1)) == 0)
		return climb_both(fn, sn, &old_root, path, path_len, &old_root, &root);
	return climb_both(fn, sn, &path[0], path + 1, path_len - 1, &old_root, &root);
}

/* Appends to a path, which has room for the longest one. */
static char *
put_path_text(char *at, const char *text)
{
	size_t len = strlen(text);

	memcpy(at, text, len);
	return at + len;
}

static char *
put_digits(char *at, unsigned value, int digits)
{
	for (int i = digits - 1; i >= 0; i--) {
		at[i] = (char)('0' + value % 10);
		value /= 10;
	}
	return at + digits;
}

/* Groups of three digits, with an x before each but the last: 1234067 is x001/x234/067. */
static char *
put_tile_number(char *at, uint64_t number)
{
	unsigned groups[7];
	int n = 0;

	do {
		groups[n++] = (unsigned)(number % 1000);
		number /= 1000;
	} while (number > 0);
	while (n-- > 0) {
		if (n > 0)
			*at++ = 'x';
		at = put_digits(at, groups[n], 3);
		if (n > 0)
			*at++ = '/';
	}
	return at;
}

void
tile_path(struct tile tile, char ret_path[static TILE_PATH_MAX])
{
	char *at = ret_path;

	assert(tile.level >= -1 && tile.level < TILE_LEVELS && tile.width >= 1 && tile.width <= TILE_WIDTH);
	at = put_path_text(at, "tile/");
	if (tile.level < 0)
		at = put_path_text(at, "entries");
	else
		at = put_digits(at, (unsigned)tile.level, 1);
	*at++ = '/';
	at = put_tile_number(at, tile.number);
	if (tile.width < TILE_WIDTH) {
		at = put_path_text(at, ".p/");
		at = put_digits(at, (unsigned)tile.width, tile.width >= 100 ? 3 : tile.width >= 10 ? 2 : 1);
	}
	*at = '\0';
}

/* The tiles of one level, of which there are n hashes (or entries). */
static int
level_each(int level, uint64_t n, int (*visit)(void *ctx, struct tile tile), void *ctx)
{
	uint64_t full = n / TILE_WIDTH;
	int partial = (int)(n % TILE_WIDTH);
	int rc = 0;

	for (uint64_t number = 0; number < full && rc == 0; number++)
		rc = visit(ctx, (struct tile){level, number, TILE_WIDTH});
	if (rc == 0 && partial > 0)
		rc = visit(ctx, (struct tile){level, full, partial});
	return rc;
}

int
tile_each(uint64_t size, int (*visit)(void *ctx, struct tile tile), void *ctx)
{
	for (int level = 0; level < TILE_LEVELS; level++) {
		int rc = level_each(level, size >> (level * TILE_HEIGHT), visit, ctx);

		if (rc != 0)
			return rc;
	}
	return level_each(-1, size, visit, ctx);
}

void
tile_hashes(const struct merkle *m, struct tile tile, struct hash *ret)
{
	const struct hash *hashes;

	assert(tile.level >= 0 && tile.level < TILE_LEVELS && tile.width >= 1 && tile.width <= TILE_WIDTH);
	assert(tile.number * TILE_WIDTH + (uint64_t)tile.width <= m->size >> (tile.level * TILE_HEIGHT));
	hashes = m->levels[tile.level * TILE_HEIGHT] + tile.number * TILE_WIDTH;
	memcpy(ret, hashes, (size_t)tile.width * sizeof *ret);
}
