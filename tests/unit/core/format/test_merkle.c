/*
 * The tree against a slow, obvious model, straight from RFC 6962 2.1; its published vectors; tiles by C2SP tlog-tiles.
 */
#include "support.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/base/text.h"
#include "core/format/merkle.h"
#include "core/format/note.h"

/* ---- the model: lists of leaves, cut at the largest power of two below their length ---- */

static struct hash
node_of(struct hash left, struct hash right)
{
	uint8_t bytes[1 + 2 * HASH_BYTES] = {1};

	memcpy(bytes + 1, left.b, HASH_BYTES);
	memcpy(bytes + 1 + HASH_BYTES, right.b, HASH_BYTES);
	return hash_of(bytes, sizeof bytes);
}

static size_t
largest_power_below(size_t n)
{
	size_t k = 1;

	while (k * 2 < n)
		k *= 2;
	return k;
}

/* MTH(D[n]) over leaf hashes */
static struct hash
model_root(const struct hash *d, size_t n)
{
	size_t k;

	if (n == 0)
		return hash_of("", 0);
	if (n == 1)
		return d[0];
	k = largest_power_below(n);
	return node_of(model_root(d, k), model_root(d + k, n - k));
}

/* PATH(m, D[n]) */
static size_t
model_path(size_t m, const struct hash *d, size_t n, struct hash *ret)
{
	size_t k, len;

	if (n == 1)
		return 0;
	k = largest_power_below(n);
	if (m < k) {
		len = model_path(m, d, k, ret);
		ret[len] = model_root(d + k, n - k);
	} else {
		len = model_path(m - k, d + k, n - k, ret);
		ret[len] = model_root(d, k);
	}
	return len + 1;
}

/* SUBPROOF(m, D[n], b) */
static size_t
model_proof(size_t m, const struct hash *d, size_t n, bool b, struct hash *ret)
{
	size_t k, len;

	if (m == n && b)
		return 0;
	if (m == n) {
		ret[0] = model_root(d, n);
		return 1;
	}
	k = largest_power_below(n);
	if (m <= k) {
		len = model_proof(m, d, k, b, ret);
		ret[len] = model_root(d + k, n - k);
	} else {
		len = model_proof(m - k, d + k, n - k, false, ret);
		ret[len] = model_root(d, k);
	}
	return len + 1;
}

/* ---- what the tests share ---- */

#define SMALL 130
#define LARGE 70000

static struct hash leaves[LARGE];
static struct merkle tree; /* of all of them */

static int
make_tree(void **state)
{
	(void)state;
	merkle_init(&tree);
	for (size_t i = 0; i < LARGE; i++) {
		char text[32];
		int len = snprintf(text, sizeof text, "leaf %zu", i);

		leaves[i] = hash_leaf((struct slice){text, (size_t)len});
		if (merkle_add(&tree, leaves[i], NULL) != 0)
			return -1;
	}
	return 0;
}

static int
free_tree(void **state)
{
	(void)state;
	merkle_release(&tree);
	merkle_release(&tree);
	merkle_release(NULL);
	return 0;
}

static bool
same_hash(struct hash a, struct hash b)
{
	return memcmp(a.b, b.b, HASH_BYTES) == 0;
}

static struct hash
streamed_root(const struct hash *d, size_t n)
{
	struct merkle_root m;

	merkle_root_begin(&m);
	for (size_t i = 0; i < n; i++)
		merkle_root_add(&m, d[i]);
	return merkle_root_end(&m);
}

static struct hash
hash_from_hex(const char *hex)
{
	struct hash h = {{0}};

	assert_true(text_from_hex(slice_of(hex), h.b, HASH_BYTES));
	return h;
}

/* ---- roots ---- */

/* The eight leaves that the certificate-transparency sources test with. */
static void
known_roots(void **state)
{
	static const struct slice data[8] = {
	    {"", 0},
	    {"\x00", 1},
	    {"\x10", 1},
	    {"\x20\x21", 2},
	    {"\x30\x31", 2},
	    {"\x40\x41\x42\x43", 4},
	    {"\x50\x51\x52\x53\x54\x55\x56\x57", 8},
	    {"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f", 16},
	};
	static const char *const roots[9] = {
	    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
	    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
	    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
	    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
	    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
	    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
	    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
	    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
	    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
	};
	struct merkle_root stream;
	struct merkle m;

	(void)state;
	merkle_init(&m);
	merkle_root_begin(&stream);
	for (size_t n = 0; n <= 8; n++) {
		assert_true(same_hash(merkle_prefix_root(&m, n), hash_from_hex(roots[n])));
		assert_true(same_hash(merkle_root_end(&stream), hash_from_hex(roots[n])));
		if (n < 8) {
			merkle_root_add(&stream, hash_leaf(data[n]));
			assert_int_equal(merkle_add(&m, hash_leaf(data[n]), NULL), 0);
		}
	}
	merkle_release(&m);
}

static void
roots_are_the_models(void **state)
{
	struct support_random random;

	(void)state;
	for (size_t n = 0; n <= SMALL; n++) {
		struct hash root = model_root(leaves, n);

		assert_true(same_hash(merkle_prefix_root(&tree, n), root));
		assert_true(same_hash(streamed_root(leaves, n), root));
	}
	support_random_begin(&random);
	for (int i = 0; i < 30; i++) {
		size_t n = support_random_below(&random, LARGE + 1);
		struct hash root = model_root(leaves, n);

		assert_true(same_hash(merkle_prefix_root(&tree, n), root));
		assert_true(same_hash(streamed_root(leaves, n), root));
	}
}

/* Leaves and whole subtrees, put in wherever the size allows it, give the same root. */
static void
subtrees_are_their_leaves(void **state)
{
	struct support_random random;

	(void)state;
	support_random_begin(&random);
	for (int i = 0; i < 200; i++) {
		size_t n = support_random_below(&random, 3000), at = 0;
		struct merkle_root m;

		merkle_root_begin(&m);
		while (at < n) {
			unsigned level = (unsigned)support_random_below(&random, 12);
			size_t width = (size_t)1 << level;

			if (at % width != 0 || at + width > n)
				continue;
			merkle_root_add_subtree(&m, model_root(leaves + at, width), level);
			at += width;
		}
		assert_int_equal(m.size, n);
		assert_true(same_hash(merkle_root_end(&m), merkle_prefix_root(&tree, n)));
	}
}

/* ---- proofs ---- */

static void
check_path(size_t index, size_t size, struct hash root)
{
	struct hash path[64], expected[64];
	size_t len = merkle_audit_path(&tree, index, size, path);

	assert_int_equal(len, model_path(index, leaves, size, expected));
	assert_memory_equal(path, expected, len * sizeof path[0]);
	assert_true(merkle_audit_holds(leaves[index], index, size, path, len, root));
}

static void
check_consistency(size_t old, size_t size, struct hash old_root, struct hash root)
{
	struct hash path[64], expected[64];
	size_t len = merkle_consistency(&tree, old, size, path);

	assert_int_equal(len, model_proof(old, leaves, size, true, expected));
	assert_memory_equal(path, expected, len * sizeof path[0]);
	assert_true(merkle_consistency_holds(old, old_root, size, root, path, len));
}

static void
proofs_are_the_models(void **state)
{
	struct support_random random;
	struct hash roots[SMALL + 1];

	(void)state;
	for (size_t n = 0; n <= SMALL; n++)
		roots[n] = model_root(leaves, n);
	for (size_t size = 1; size <= SMALL; size++)
		for (size_t i = 0; i < size; i++) {
			check_path(i, size, roots[size]);
			check_consistency(i + 1, size, roots[i + 1], roots[size]);
		}
	support_random_begin(&random);
	for (int i = 0; i < 30; i++) {
		size_t size = 1 + support_random_below(&random, 5000);
		size_t old = 1 + support_random_below(&random, size);

		check_path(old - 1, size, model_root(leaves, size));
		check_consistency(old, size, model_root(leaves, old), model_root(leaves, size));
	}
	check_path(LARGE - 1, LARGE, model_root(leaves, LARGE));
	check_consistency(65536, LARGE, model_root(leaves, 65536), model_root(leaves, LARGE));
	check_consistency(65535, LARGE, model_root(leaves, 65535), model_root(leaves, LARGE));
}

static void
changed_paths_are_refused(size_t index, size_t size)
{
	struct hash path[65], root = merkle_prefix_root(&tree, size), wrong = root;
	size_t len = merkle_audit_path(&tree, index, size, path);

	for (size_t bit = 0; bit < len * 256; bit += 37) {
		path[bit / 256].b[bit / 8 % 32] ^= (uint8_t)(1u << bit % 8);
		assert_false(merkle_audit_holds(leaves[index], index, size, path, len, root));
		path[bit / 256].b[bit / 8 % 32] ^= (uint8_t)(1u << bit % 8);
	}
	for (size_t other = 0; other < size + 2; other++)
		if (other != index)
			assert_false(merkle_audit_holds(leaves[index], other, size, path, len, root));
	assert_false(merkle_audit_holds(leaves[index], index, 4 * size, path, len, root));
	path[len] = root;
	assert_false(merkle_audit_holds(leaves[index], index, size, path, len + 1, root));
	if (len > 0) {
		assert_false(merkle_audit_holds(leaves[index], index, size, path, len - 1, root));
		assert_false(merkle_audit_holds(leaves[index], index, size, path + 1, len - 1, root));
	}
	assert_false(merkle_audit_holds(leaves[index + 1], index, size, path, len, root));
	wrong.b[31] ^= 1;
	assert_false(merkle_audit_holds(leaves[index], index, size, path, len, wrong));
}

static void
changed_consistency_is_refused(size_t old, size_t size)
{
	struct hash path[65], old_root = merkle_prefix_root(&tree, old), root = merkle_prefix_root(&tree, size);
	struct hash wrong_old = old_root, wrong = root;
	size_t len = merkle_consistency(&tree, old, size, path);

	for (size_t bit = 0; bit < len * 256; bit += 37) {
		path[bit / 256].b[bit / 8 % 32] ^= (uint8_t)(1u << bit % 8);
		assert_false(merkle_consistency_holds(old, old_root, size, root, path, len));
		path[bit / 256].b[bit / 8 % 32] ^= (uint8_t)(1u << bit % 8);
	}
	wrong_old.b[0] ^= 0x80;
	assert_false(merkle_consistency_holds(old, wrong_old, size, root, path, len));
	wrong.b[31] ^= 1;
	assert_false(merkle_consistency_holds(old, old_root, size, wrong, path, len));
	assert_false(merkle_consistency_holds(old, old_root, 4 * size, root, path, len));
	path[len] = root;
	assert_false(merkle_consistency_holds(old, old_root, size, root, path, len + 1));
	if (len > 0) {
		assert_false(merkle_consistency_holds(old, old_root, size, root, path, len - 1));
		assert_false(merkle_consistency_holds(old, old_root, size, root, path + 1, len - 1));
		assert_false(merkle_consistency_holds(old, old_root, size, root, path, 0));
		assert_false(merkle_consistency_holds(size, root, old, old_root, path, len));
	}
}

static void
verifiers_refuse_changes(void **state)
{
	(void)state;
	for (size_t size = 1; size <= 35; size++)
		for (size_t i = 0; i < size; i++) {
			changed_paths_are_refused(i, size);
			changed_consistency_is_refused(i + 1, size);
		}
}

/* Numbers from outside may be anything. */
static void
verifiers_bear_any_numbers(void **state)
{
	static const uint64_t numbers[] = {0, 1, 2, 3, 255, (uint64_t)1 << 53, (uint64_t)1 << 63, UINT64_MAX - 1,
	    UINT64_MAX};
	size_t n = sizeof numbers / sizeof numbers[0];
	struct hash root = merkle_prefix_root(&tree, 64);

	(void)state;
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < n; j++)
			for (size_t len = 2; len <= 130; len += 64) {
				uint64_t a = numbers[i], b = numbers[j];

				assert_false(merkle_audit_holds(leaves[0], a, b, leaves, len, root));
				assert_false(merkle_consistency_holds(a, leaves[0], b, root, leaves, len));
			}
}

/* A tree never has a larger one in it, whatever is claimed of the roots. */
static void
prefixes_are_not_larger(void **state)
{
	(void)state;
	for (uint64_t size = 0; size < 20; size++)
		for (uint64_t old = size + 1; old < 40; old++) {
			const struct hash path[3] = {leaves[0], leaves[0], leaves[0]};

			for (size_t len = 0; len <= 3; len++)
				assert_false(merkle_consistency_holds(old, leaves[0], size, leaves[0], path, len));
		}
}

static void
empty_tree_is_a_prefix(void **state)
{
	struct hash empty = hash_of("", 0), root = merkle_prefix_root(&tree, 5);

	(void)state;
	assert_true(merkle_consistency_holds(0, empty, 5, root, NULL, 0));
	assert_true(merkle_consistency_holds(0, empty, 0, empty, NULL, 0));
	assert_false(merkle_consistency_holds(0, root, 5, root, NULL, 0));
	assert_false(merkle_consistency_holds(0, empty, 5, root, leaves, 1));
	assert_false(merkle_audit_holds(leaves[0], 0, 0, NULL, 0, empty));
}

/* ---- tiles ---- */

static void
check_tile_path(struct tile tile, const char *expected)
{
	char path[TILE_PATH_MAX];

	tile_path(tile, path);
	assert_string_equal(path, expected);
}

static void
tile_paths(void **state)
{
	(void)state;
	check_tile_path((struct tile){0, 0, 256}, "tile/0/000");
	check_tile_path((struct tile){0, 0, 1}, "tile/0/000.p/1");
	check_tile_path((struct tile){0, 273, 112}, "tile/0/273.p/112");
	check_tile_path((struct tile){1, 999, 17}, "tile/1/999.p/17");
	check_tile_path((struct tile){3, 1000, 256}, "tile/3/x001/000");
	check_tile_path((struct tile){0, 1234067, 256}, "tile/0/x001/x234/067");
	check_tile_path((struct tile){-1, 1234067, 255}, "tile/entries/x001/x234/067.p/255");
	check_tile_path((struct tile){7, UINT64_MAX, 255}, "tile/7/x018/x446/x744/x073/x709/x551/615.p/255");
	check_tile_path((struct tile){-1, UINT64_MAX, 255}, "tile/entries/x018/x446/x744/x073/x709/x551/615.p/255");
}

#define SEEN_MAX 1000

struct seen {
	char paths[SEEN_MAX][TILE_PATH_MAX];
	size_t n, stop_at;
};

static int
see(void *ctx, struct tile tile)
{
	struct seen *seen = ctx;

	assert_true(seen->n < SEEN_MAX);
	assert_true(tile.width >= 1 && tile.width <= TILE_WIDTH);
	tile_path(tile, seen->paths[seen->n++]);
	return seen->n == seen->stop_at ? 42 : 0;
}

static struct seen seen;

static void
check_tiles(uint64_t size, const char *const *expected, size_t n)
{
	seen = (struct seen){.n = 0};
	assert_int_equal(tile_each(size, see, &seen), 0);
	assert_int_equal(seen.n, n);
	for (size_t i = 0; i < n; i++)
		assert_string_equal(seen.paths[i], expected[i]);
}

static void
tiles_of_small_trees(void **state)
{
	static const char *const of_1[] = {"tile/0/000.p/1", "tile/entries/000.p/1"};
	static const char *const of_256[] = {"tile/0/000", "tile/1/000.p/1", "tile/entries/000"};
	static const char *const of_511[] = {"tile/0/000", "tile/0/001.p/255", "tile/1/000.p/1", "tile/entries/000",
	    "tile/entries/001.p/255"};

	(void)state;
	check_tiles(0, NULL, 0);
	check_tiles(1, of_1, 2);
	check_tiles(256, of_256, 3);
	check_tiles(511, of_511, 5);
}

static void
tiles_of_70000(void **state)
{
	(void)state;
	seen = (struct seen){.n = 0};
	assert_int_equal(tile_each(LARGE, see, &seen), 0);
	assert_int_equal(seen.n, 274 + 2 + 1 + 274);
	assert_string_equal(seen.paths[0], "tile/0/000");
	assert_string_equal(seen.paths[272], "tile/0/272");
	assert_string_equal(seen.paths[273], "tile/0/273.p/112");
	assert_string_equal(seen.paths[274], "tile/1/000");
	assert_string_equal(seen.paths[275], "tile/1/001.p/17");
	assert_string_equal(seen.paths[276], "tile/2/000.p/1");
	assert_string_equal(seen.paths[277], "tile/entries/000");
	assert_string_equal(seen.paths[550], "tile/entries/273.p/112");

	seen = (struct seen){.stop_at = 275};
	assert_int_equal(tile_each(LARGE, see, &seen), 42);
	assert_int_equal(seen.n, 275);
}

/* Each hash of a tile above level 0 is the root of the tile below it. */
static int
check_hashes(void *ctx, struct tile tile)
{
	struct hash hashes[TILE_WIDTH], below[TILE_WIDTH];

	if (tile.level < 0)
		return 0;
	++*(size_t *)ctx;
	tile_hashes(&tree, tile, hashes);
	for (int i = 0; i < tile.width; i++) {
		uint64_t number = tile.number * TILE_WIDTH + (uint64_t)i;

		if (tile.level == 0) {
			assert_true(same_hash(hashes[i], leaves[number]));
			continue;
		}
		tile_hashes(&tree, (struct tile){tile.level - 1, number, TILE_WIDTH}, below);
		assert_true(same_hash(hashes[i], model_root(below, TILE_WIDTH)));
	}
	return 0;
}

static void
tile_hashes_fit_together(void **state)
{
	size_t tiles = 0;

	(void)state;
	assert_int_equal(tile_each(LARGE, check_hashes, &tiles), 0);
	assert_int_equal(tiles, 277);
}

#define EXAMPLE_SIZE 22

/* The example log: its entries give its tile, and its tile the root of its checkpoint. */
static void
example_log(void **state)
{
	size_t note_len, tile_len, bundle_len, at = 0;
	char *note_bytes = support_read("example/checkpoint", &note_len);
	char *tile_bytes = support_read("example/tile/0/000.p/22", &tile_len);
	char *bundle = support_read("example/tile/entries/000.p/22", &bundle_len);
	static struct note note;
	struct checkpoint checkpoint;
	struct merkle m;
	struct hash hashes[EXAMPLE_SIZE];

	(void)state;
	assert_int_equal(note_parse((struct slice){note_bytes, note_len}, &note, NULL), 0);
	assert_int_equal(checkpoint_parse(note.text, &checkpoint, NULL), 0);
	assert_int_equal(checkpoint.size, EXAMPLE_SIZE);
	merkle_init(&m);
	for (int i = 0; i < EXAMPLE_SIZE; i++) {
		size_t len;

		assert_true(bundle_len - at >= 2);
		len = (size_t)(unsigned char)bundle[at] << 8 | (unsigned char)bundle[at + 1];
		at += 2;
		assert_true(bundle_len - at >= len);
		assert_int_equal(merkle_add(&m, hash_leaf((struct slice){bundle + at, len}), NULL), 0);
		at += len;
	}
	assert_int_equal(at, bundle_len);
	tile_hashes(&m, (struct tile){0, 0, EXAMPLE_SIZE}, hashes);
	assert_int_equal(tile_len, sizeof hashes);
	assert_memory_equal(tile_bytes, hashes, sizeof hashes);
	assert_true(same_hash(merkle_prefix_root(&m, EXAMPLE_SIZE), checkpoint.root));
	merkle_release(&m);
	free(note_bytes);
	free(tile_bytes);
	free(bundle);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(known_roots),
	    cmocka_unit_test(roots_are_the_models),
	    cmocka_unit_test(subtrees_are_their_leaves),
	    cmocka_unit_test(proofs_are_the_models),
	    cmocka_unit_test(verifiers_refuse_changes),
	    cmocka_unit_test(verifiers_bear_any_numbers),
	    cmocka_unit_test(prefixes_are_not_larger),
	    cmocka_unit_test(empty_tree_is_a_prefix),
	    cmocka_unit_test(tile_paths),
	    cmocka_unit_test(tiles_of_small_trees),
	    cmocka_unit_test(tiles_of_70000),
	    cmocka_unit_test(tile_hashes_fit_together),
	    cmocka_unit_test(example_log),
	};

	return cmocka_run_group_tests(tests, make_tree, free_tree);
}
