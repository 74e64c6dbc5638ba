/* What is overdue: reveals, draws that were not made when their time came, and what the INI calls for. */

#include "core/format/sealed.h"
#include "draws/draws.h"
#include "steps/steps_private.h"
#include "system/clock.h"

/* ---- a draw that comes late ---- */

/* The first moment at which a visit of this draw can be. */
static int
first_visit(const struct operator *operator, const struct draw_row *row, int64_t *ret, struct err *err)
{
	struct sealed sealed;
	struct buf bytes;
	int rc = draw_file_get(operator->store, row->n, "sealed.json", &bytes, err);

	if (rc == 0)
		rc = sealed_parse(buf_view(&bytes), &sealed, err);
	if (rc == 0) {
		*ret = clock_instant(slot_date(sealed.slots[0]), slot_minute(sealed.slots[0]) * 60, NULL);
		sealed_release(&sealed);
	}
	buf_release(&bytes);
	return rc;
}

/*
 * Makes a draw whose time has come, late or not.  Where the first possible visit is not after now, the draw is voided
 * instead, and its occurrence in the timetable may be committed for again.
 */
static int
draw_late(struct operator *operator, const struct draw_row *row, struct err *err)
{
	int64_t visit = INT64_MAX;
	int rc = first_visit(operator, row, &visit, err);

	if (rc != 0)
		return rc;
	/* A draw by the command `run` is made however late it is. */
	if (row->run || visit > operator->now)
		return step_draw(operator, row->n, NULL, err);
	return step_void_for(operator, row->n,
	    step_in_language(operator->config,
	        "the service was down at the time of the draw, and the first possible visit has passed",
	        "抽取时服务未运行，且首个可能的检查时刻已过"),
	    true, err);
}

/* ---- all that is overdue ---- */

/* 0 where another process did it meanwhile; else the fault `why`. */
static int
done_already(struct operator *operator, const struct draw_row *row, int rc, const struct err *why, struct err *err)
{
	struct draw_row now;

	if (rc == ERR_REFUSED && draws_find(operator->store, row->n, &now, NULL) == 0 &&
	    (now.outcome != row->outcome || now.revealed != row->revealed))
		return 0;
	return err_set(err, rc, "%s", why->message);
}

/* Takes the step of one draw that is overdue; *ret_any: there was one. */
static int
make_up_for_one(struct operator *operator, int64_t now, uint64_t except, bool *ret_any, struct err *err)
{
	struct err why = {.tr = err == NULL ? NULL : err->tr};
	struct draw_row row;
	int rc = draws_due_reveal(operator->store, now, &row, err);
	bool reveal = rc == 0;

	if (rc == ERR_ABSENT)
		rc = draws_due_draw(operator->store, now, except, &row, err);
	*ret_any = rc == 0;
	if (rc != 0)
		return rc == ERR_ABSENT ? 0 : rc;
	rc = reveal ? step_reveal(operator, row.n, &why) : draw_late(operator, &row, &why);
	return rc == 0 ? 0 : done_already(operator, &row, rc, &why, err);
}

int
step_overdue(struct operator *operator, uint64_t except, struct err *err)
{
	int64_t now = INT64_MIN;
	bool any = true;
	int rc = store_int(operator->store, "SELECT time FROM log_entry ORDER BY idx DESC LIMIT 1", &now, err);

	now = operator->now > now ? operator->now : now; /* the clock may be behind the log */
	while (rc == 0 && any)
		rc = make_up_for_one(operator, now, except, &any, err);
	if (rc == 0)
		rc = step_archive_daily(operator, err);
	return rc == 0 ? step_follow_ini(operator, err) : rc;
}
