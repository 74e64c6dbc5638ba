/* An operator's state that lives through years: turns, reopening, and what was drawn. */

#include "year_scene.h"

#include <stdio.h>

#include "app/turn.h"
#include "core/base/text.h"
#include "core/calendar/calendar_cn.h"
#include "rosters/copy.h"
#include "system/clock.h"

int64_t
year_scene_midnight(int year)
{
	return clock_instant(text_date_of(year, 1, 1), 0, NULL);
}

void
year_scene_open(struct operator_scene *scene, const char *cycles, int first_year, int last_year)
{
	operator_scene_open(scene, cycles);
	calendar_release(&scene->calendar);
	assert_int_equal(calendar_begin(&scene->calendar, scene->config.workweek, NULL), 0);
	assert_int_equal(calendar_cn_add(&scene->calendar, NULL), 0);
	assert_int_equal(calendar_finish(&scene->calendar, text_date_of(first_year - 1, 1, 1),
	                     text_date_of(last_year + 2, 12, 31), NULL),
	    0);
	operator_scene_rosters(scene);
	operator_scene_well(scene,
	    rosters_set_back(scene->operator.store, text_date_of(first_year, 1, 1), text_date_of(first_year, 1, 1),
	        &scene->err));
	scene->operator.now = year_scene_midnight(first_year);
	operator_scene_init(scene);
}

int64_t
year_scene_turn(struct operator_scene *scene)
{
	struct turn turn = {.operator = &scene->operator};
	int64_t next = 0;

	operator_scene_well(scene, turn_take(&turn, &next, &scene->err));
	return next;
}

void
year_scene_reopen(struct operator_scene *scene)
{
	char state[SCRATCH_PATH + 16];

	(void)snprintf(state, sizeof state, "%s/state", scene->dir);
	operator_scene_well(scene, store_open(state, 0, &scene->operator.store, &scene->err));
}

char *
year_scene_history(struct operator_scene *scene)
{
	struct buf out;
	struct query q;

	buf_init(&out, (size_t)1 << 24);
	query_open(&q, scene->operator.store,
	    "SELECT DISTINCT d.cycle, title, draw_time, outcome, reveal_entry IS NOT NULL FROM draw d"
	    " JOIN plan_done p ON p.n = d.n ORDER BY draw_time, d.cycle");
	while (query_row(&q)) {
		buf_slice(&out, query_text(&q, 0));
		buf_byte(&out, ' ');
		buf_slice(&out, query_text(&q, 1));
		buf_format(&out, " %lld ", (long long)query_int(&q, 2));
		buf_slice(&out, query_text(&q, 3));
		buf_format(&out, " %d\n", (int)query_int(&q, 4));
	}
	operator_scene_well(scene, query_close(&q, &scene->err));
	return buf_steal(&out);
}
