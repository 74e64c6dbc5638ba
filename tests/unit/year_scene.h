#ifndef SPOTCHECK_TEST_YEAR_SCENE_H
#define SPOTCHECK_TEST_YEAR_SCENE_H

#include "operator_scene.h"

/*
 * An operator under a timetable: cycles around the holidays of China, and turns of the service when they are due.
 */

int64_t year_scene_midnight(int year); /* 1 January, 00:00 */

/* Opens the scene, its log begun on 1 January of `first_year`; the calendar covers one year more on both sides. */
void year_scene_open(struct operator_scene *scene, const char *cycles, int first_year, int last_year);

/* Takes one turn now, and returns when the next one is due. */
int64_t year_scene_turn(struct operator_scene *scene);

/* Opens the state again, after it was closed or replaced. */
void year_scene_reopen(struct operator_scene *scene);

/* A text that says all that was drawn, for what and when; the caller frees it. */
char *year_scene_history(struct operator_scene *scene);

#endif
