/*
 * The lines of places (PROTOCOL 8): the example's tree, which another program made; each line by hand; that a line is
 * found by its path and tells nothing of another.
 */
#include "scene.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/draw/place_line.h"

/* `places` of the example's first draw entry. */
#define EXAMPLE_PLACES "7df23fec73ff7abcda81fcdbaae22b4efc0dd76a14a737e3a324de197cbfd9fe"

static struct buf
line_of(const struct scene *scene, const struct draw *draw, size_t place, size_t chosen)
{
	struct buf line;

	buf_init(&line, 4096);
	place_line_write(&scene->input, draw, place, chosen, &line);
	assert_false(line.failed);
	return line;
}

static void
test_the_example(void **state)
{
	struct scene scene;
	struct draw draw;
	struct merkle tree;
	char hex[HASH_HEX + 1];
	size_t place = 0;

	(void)state;
	scene_example(&scene);
	assert_int_equal(draw_compute(&scene.input, &draw, NULL), 0);
	assert_int_equal(place_lines_root(&scene.input, &draw, hex, NULL), 0);
	assert_string_equal(hex, EXAMPLE_PLACES);
	assert_int_equal(place_lines_tree(&scene.input, &draw, &tree, NULL), 0);
	assert_int_equal(tree.size, 8);
	for (size_t i = 0; i < draw.n_chosen; i++) {
		struct hash path[64], root = merkle_prefix_root(&tree, 8);
		struct buf line;
		size_t n;

		if (!draw.chosen[i].admitted)
			continue;
		line = line_of(&scene, &draw, place, i);
		n = merkle_audit_path(&tree, place, 8, path);
		assert_true(merkle_audit_holds(hash_leaf(buf_view(&line)), place, 8, path, n, root));
		assert_false(merkle_audit_holds(hash_leaf(buf_view(&line)), place ^ 1, 8, path, n, root));
		buf_release(&line);
		place++;
	}
	merkle_release(&tree);
	draw_release(&draw);
	scene_release(&scene);
}

/* The nonce is of the place's number, not of its target: who knows one line cannot guess another. */
static void
test_a_line(void **state)
{
	struct scene scene;
	struct draw draw;
	struct buf line;
	char nonce[HASH_HEX + 1], right[512];

	(void)state;
	scene_rows(&scene, "T1,A,,,,1,2020-01-01,,in\nT2,A,,,,1,2020-01-01,,in\nT3,A,,,,1,2020-01-01,,in\n",
	    "I1,,,,,in\nI2,,,,,in\nI3,,,,,in\n", "");
	scene_stratum(&scene, "*", 3);
	scene.commit.n = 42;
	scene.commit.rules.team[1] = S("any");
	scene.commit.rules.seats = 2;
	scene_draw(&scene, "T3:I2,I1 T1:- T2:I1,I3", "", "I1 I2 I3", 3, &draw);
	draw.chosen[2].visit = slot_of(SCENE_DATE + 1, 870);
	line = line_of(&scene, &draw, 1, 2);
	MODEL_HASH(nonce, "a secret", "place/1");
	(void)snprintf(right, sizeof right,
	    "{\"n\":42,\"nonce\":\"%.32s\",\"place\":1,\"target\":\"T2\",\"team\":[\"I1\",\"I3\"],"
	    "\"visit\":\"2026-06-23T14:30\"}",
	    nonce);
	assert_true(slice_is(buf_view(&line), right));
	buf_release(&line);
	draw_release(&draw);
	scene_release(&scene);
}

/* The unstaffed have no place; without any place it is the hash of the empty tree; every field of a line counts. */
static void
test_trees(void **state)
{
	struct scene scene;
	struct draw draw;
	struct merkle tree;
	char hex[HASH_HEX + 1], empty[HASH_HEX + 1], other[HASH_HEX + 1];

	(void)state;
	scene_rows(&scene, "T1,A,,,,1,2020-01-01,,in\nT2,A,,,,1,2020-01-01,,in\n", "I1,,,,,in\nI2,,,,,in\n", "");
	scene_stratum(&scene, "*", 2);
	scene_draw(&scene, "T1:- T2:-", "", "I1 I2", 2, &draw);
	assert_int_equal(place_lines_root(&scene.input, &draw, hex, NULL), 0);
	MODEL_HASH(empty, "");
	assert_string_equal(hex, empty);
	draw_release(&draw);
	scene_draw(&scene, "T1:- T2:I2", "", "I1 I2", 2, &draw);
	assert_int_equal(place_lines_tree(&scene.input, &draw, &tree, NULL), 0);
	assert_int_equal(tree.size, 1);
	merkle_release(&tree);
	assert_int_equal(place_lines_root(&scene.input, &draw, hex, NULL), 0);
	draw.chosen[1].visit++;
	assert_int_equal(place_lines_root(&scene.input, &draw, other, NULL), 0);
	assert_string_not_equal(hex, other);
	draw.chosen[1].visit--;
	scene.input.secret = S("another secret");
	assert_int_equal(place_lines_root(&scene.input, &draw, other, NULL), 0);
	assert_string_not_equal(hex, other);
	draw_release(&draw);
	scene_release(&scene);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_the_example),
	    cmocka_unit_test(test_a_line),
	    cmocka_unit_test(test_trees),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
