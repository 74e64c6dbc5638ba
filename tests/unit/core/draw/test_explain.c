/* Why a target stays unstaffed, in words: a seat that nobody may take, too few for a team, and more names than are told. */
#include "scene.h"

#include <stdio.h>

#include "core/draw/explain.h"

static void
expect_words(const struct scene *scene, const char *target, const char *right)
{
	struct draw draw;
	struct buf words;
	bool found = false;

	assert_int_equal(draw_compute(&scene->input, &draw, NULL), 0);
	for (size_t i = 0; i < draw.n_chosen; i++) {
		if (draw.chosen[i].target != scene_target(scene, target))
			continue;
		found = true;
		assert_false(draw.chosen[i].admitted);
		buf_init(&words, 4096);
		assert_int_equal(explain_unstaffed(&scene->input, &draw, i, NULL, &words, NULL), 0);
		buf_byte(&words, '\0');
		assert_string_equal(words.data, right);
		buf_release(&words);
	}
	assert_true(found);
	draw_release(&draw);
}

/* Of a seat `own` it is the tag that the target needs which is missing, whatever else the others have. */
static void
test_a_seat_for_what_it_needs(void **state)
{
	struct scene scene;

	(void)state;
	scene_rows(&scene, "T1,A,u,,,fire,1,2020-01-01,,,in\n",
	    "I1,v,,,lead,in\nI2,u,,,fire,in\nI3,w,,,fire,in\nI4,w,,,,in\nI5,w,,,fire,away\nI6,w,,,fire,excused\n",
	    "I3,unit,u,declared\n");
	scene_stratum(&scene, "*", 1);
	scene.commit.rules.avoid_unit = true;
	scene.commit.rules.team[0] = S("own");
	expect_words(&scene, "T1",
	    "T1: none of 4 inspectors may take the seat \"own\"; 2 lack its tag; 1 are of the target's unit, or one of "
	    "the two is unknown; 1 have a conflict of interest");
	scene.commit.rules.team[0] = S("gas");
	expect_words(&scene, "T1", "T1: none of 4 inspectors may take the seat \"gas\"; 4 lack its tag");
	scene_release(&scene);
}

/* Two posts need the one who knows about fire, and he may go to one of them. */
static void
test_too_few(void **state)
{
	struct scene scene;
	struct draw draw;
	bool second_stays;

	(void)state;
	scene_rows(&scene, "T1,A,,,,fire,1,2020-01-01,,,in\nT2,A,,,,fire,1,2020-01-01,,,in\n",
	    "I1,,,,fire,in\nI2,,,,,in\nI3,,,,,in\n", "");
	scene_stratum(&scene, "*", 2);
	scene.commit.rules.team[0] = S("any");
	scene.commit.rules.team[1] = S("own");
	scene.commit.rules.seats = 2;
	scene.commit.rules.max_load = 1;
	assert_int_equal(draw_compute(&scene.input, &draw, NULL), 0);
	assert_int_equal(draw.n_admitted, 1);
	second_stays = draw.chosen[1].target == scene_target(&scene, "T2"); /* the later ticket */
	expect_words(&scene, second_stays ? "T2" : "T1",
	    second_stays ? "T2, T1: only one inspector could visit here, I1, who may take 1 seats each"
	                 : "T1, T2: only one inspector could visit here, I1, who may take 1 seats each");
	draw_release(&draw);
	scene_release(&scene);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_a_seat_for_what_it_needs),
	    cmocka_unit_test(test_too_few),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
