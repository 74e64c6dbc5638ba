/* A draw that comes late, because nobody was there when its time came. */

#include <stdlib.h>

#include "core/format/sealed.h"
#include "system/clock.h"
#include "draws/draws.h"
#include "steps/steps.h"

#define USUAL_VISIT_MIN (9 * 60) /* of a cycle that the INI has no longer */

/* The first moment at which the draw could send somebody. */
static int
first_visit(const struct office *office, const struct draw_row *row, int64_t *ret, struct err *err)
{
	const struct config_cycle *cycle = config_cycle(office->config, row->cycle);
	int32_t minute = cycle != NULL ? cycle->rule.visit_time_min : USUAL_VISIT_MIN;
	struct sealed sealed;
	struct buf bytes;
	int rc = draw_file_get(office->store, row->n, "sealed.json", &bytes, err);

	if (rc == 0)
		rc = sealed_parse(buf_view(&bytes), &sealed, err);
	if (rc == 0) {
		*ret = clock_instant(sealed.dates[0], minute * 60, NULL);
		sealed_release(&sealed);
	}
	buf_release(&bytes);
	return rc;
}

int
step_draw_late(struct office *office, const struct draw_row *row, struct err *err)
{
	int64_t visit = INT64_MAX;
	char *reason = NULL;
	int rc = step_called_off(office->store, row->n, &reason, err);

	if (rc == 0 && reason != NULL) {
		rc = step_void_for(office, row->n, reason, false, err);
		free(reason);
		return rc;
	}
	if (rc != 0 || (rc = first_visit(office, row, &visit, err)) != 0)
		return rc;
	/* What the command `run` began is its own to finish, however late. */
	if (row->run || visit > office->now)
		return step_draw(office, row->n, NULL, err);
	return step_void_for(office, row->n,
	    step_in_language(office->config, "the service was down at the time of the draw, and a possible visit date has passed",
	        "抽取时服务未运行，且已有可能的检查日期过去"),
	    true, err);
}
