#ifndef SPOTCHECK_TEST_YEAR_SCENE_H
#define SPOTCHECK_TEST_YEAR_SCENE_H

#include "operator_scene.h"

/*
 * An office under a timetable: five cycles around the holidays of China, and turns that are taken when they are due.
 */

int64_t year_scene_midnight(int year); /* 1 January, 00:00 */

/* With the log begun at the first of January of `first_year`; the calendar covers a year more on both sides. */
void year_scene_open(struct operator_scene *scene, const char *cycles, int first_year, int last_year);

/* One turn, now; when the next one is due. */
int64_t year_scene_turn(struct operator_scene *scene);

/* The state is opened anew: after it was closed, or exchanged. */
void year_scene_reopen(struct operator_scene *scene);

/* One text of all that was drawn, for what and when; the caller frees it. */
char *year_scene_history(struct operator_scene *scene);

#endif
