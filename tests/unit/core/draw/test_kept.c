/* Which visits can be kept, against what the draw itself marks, over random draws; and what the words say. */
#include "scene.h"

#include <stdlib.h>

#include "core/draw/kept.h"

#define ROUNDS 300
#define TARGETS 24
#define INSPECTORS 7

static void
put_rows(struct support_random *random, struct buf *targets, struct buf *inspectors)
{
	for (int i = 0; i < TARGETS; i++) {
		int unit = (int)support_random_below(random, 8);

		buf_format(targets, "T%02d,A,", i);
		if (unit > 0)
			buf_format(targets, "U%d", unit);
		buf_text(targets, ",,,1,2020-01-01,,in\n");
	}
	for (int i = 0; i < INSPECTORS; i++)
		buf_format(inspectors, "P%d,,,,,in\n", i);
	buf_byte(targets, '\0');
	buf_byte(inspectors, '\0');
}

/* In order of inspectors and days, as a parser leaves them. */
static void
put_away(struct support_random *random, struct scene *scene)
{
	scene->roster.away = calloc(INSPECTORS * 5, sizeof *scene->roster.away);
	assert_non_null(scene->roster.away);
	for (uint32_t p = 0; p < INSPECTORS; p++)
		for (int32_t day = 0; day < 5; day++)
			if (support_random_below(random, 4) == 0)
				scene->roster.away[scene->roster.n_away++] = (struct away){p, SCENE_DATE + day};
}

static size_t
gather(const struct scene *scene, const struct draw *d, struct kept_place *places, struct slice *team, bool *want)
{
	size_t n = 0;

	for (size_t i = 0; i < d->n_chosen; i++) {
		if (!d->chosen[i].admitted)
			continue;
		for (size_t s = 0; s < d->seats; s++)
			team[n * d->seats + s] =
			    inspector_id(&scene->roster.inspectors[d->order[d->team[i * d->seats + s]]]);
		want[n] = d->chosen[i].kept;
		places[n] = (struct kept_place){n, d->chosen[i].visit,
		    target_id(&scene->roster.targets[d->chosen[i].target]), &team[n * d->seats]};
		n++;
	}
	return n;
}

static void
test_as_the_draw_marks_them(void **state)
{
	struct support_random random;
	size_t unkept = 0, all = 0;

	(void)state;
	support_random_begin(&random);
	for (int round = 0; round < ROUNDS; round++) {
		struct buf targets, inspectors;
		struct kept_place places[TARGETS];
		struct slice team[TARGETS];
		bool want[TARGETS], got[TARGETS];
		struct scene scene;
		struct draw draw;
		struct err err = {0};
		struct kept_input input;

		buf_init(&targets, 10000);
		buf_init(&inspectors, 10000);
		put_rows(&random, &targets, &inspectors);
		scene_rows(&scene, targets.data, inspectors.data, "");
		scene_stratum(&scene, "A", 12);
		put_away(&random, &scene);
		scene.commit.rules.spacing = support_random_below(&random, 5) * 1440;
		scene.commit.rules.same_unit = round % 2 == 0;
		input = (struct kept_input){&scene.commit.rules, &scene.roster, scene.sealed.slots,
		    scene.sealed.n_slots, places, 0};
		if (draw_compute(&scene.input, &draw, &err) != 0)
			fail_msg("%s", err.message);
		input.n_places = gather(&scene, &draw, places, team, want);
		assert_int_equal(kept_find(&input, got, NULL, &err), 0);
		for (size_t i = 0; i < input.n_places; i++) {
			struct buf text;

			assert_int_equal(got[i], want[i]);
			buf_init(&text, 1000);
			kept_explain(&input, i, NULL, &text);
			assert_true(want[i] || memmem(text.data, text.len, "P", 1) != NULL);
			buf_release(&text);
			unkept += !want[i];
			all++;
		}
		draw_release(&draw);
		scene_release(&scene);
		buf_release(&targets);
		buf_release(&inspectors);
	}
	print_message("%zu of %zu visits cannot be kept\n", unkept, all);
	assert_true(unkept > all / 20 && unkept < all);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_as_the_draw_marks_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
