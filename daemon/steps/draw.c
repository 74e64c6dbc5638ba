/* The draw itself: computed from what was committed to, and stored with its entry, record and letters. */

#include <stdlib.h>

#include "core/draw/place_line.h"
#include "core/draw/record.h"
#include "draws/write.h"
#include "ledger/ledger.h"
#include "letters/notices.h"
#include "remote/beacons.h"
#include "steps/steps_private.h"
#include "system/clock.h"

static int
may_draw(const struct draw_row *row, int64_t time, struct err *err)
{
	char text[CLOCK_TEXT];

	if (row->outcome == OUTCOME_DRAW)
		return err_set(err, ERR_REFUSED, N_("draw %llu is drawn already"), (unsigned long long)row->n);
	if (row->outcome == OUTCOME_VOID)
		return err_set(err, ERR_REFUSED, N_("draw %llu was voided"), (unsigned long long)row->n);
	if (time >= row->draw_time)
		return 0;
	clock_text(row->draw_time, text);
	return err_set(err, ERR_NOT_YET, N_("not yet possible: the draw is at %s"), text);
}

/* ---- the step ---- */

static int
append_draw(struct ledger *log, const struct stored_draw *d, const char *signature, int64_t time, struct err *err)
{
	struct entry e = {.type = ENTRY_DRAW, .time = time};
	char places[HASH_HEX + 1];
	struct buf beacon;
	int rc = place_lines_root(&d->input, &d->draw, places, err);

	if (rc != 0)
		return rc;
	buf_init(&beacon, ENTRY_MAX);
	ledger_escape(&beacon, slice_of(d->beacon));
	e.draw.beacon = beacon.len > 0 ? buf_view(&beacon) : (struct slice){"", 0};
	e.draw.commit = slice_of(d->commit_hash);
	e.draw.record = slice_of(d->row.record);
	e.draw.places = slice_of(places);
	e.draw.n = d->row.n;
	if (signature[0] != '\0')
		e.draw.signature = slice_of(signature);
	rc = beacon.failed ? err_memory(err) : ledger_append(log, &e, NULL, err);
	buf_release(&beacon);
	return rc;
}

/* All that the draw leaves behind, in the one transaction. */
static int
store_outcome(struct operator *operator, struct stored_draw *d, const char *signature, struct slice record,
    struct err *err)
{
	struct store *store = operator->store;
	struct draw_row row;
	struct ledger log;
	int64_t time = 0;
	int rc = step_begin(operator, &log, &time, err);

	if (rc != 0)
		return rc;
	/* Another process may have made the draw while this one computed. */
	rc = draws_find(store, d->row.n, &row, err);
	if (rc == 0)
		rc = may_draw(&row, time, err);
	if (rc == 0)
		rc = append_draw(&log, d, signature, time, err);
	if (rc == 0)
		rc = stored_draw_write(d, store, record, ledger_size(&log) - 1, ledger_size(&log), err);
	if (rc == 0)
		rc = notices_draw(operator, d, NOTICES_ALL_DAYS, time, err);
	return step_end(operator, &log, rc, err);
}

/* The value that drand or a witness gave; left as it is where the source is another. */
static int
value_from_outside(struct operator *operator, const struct stored_draw *d, struct beacon_value *ret, struct err *err)
{
	char fault[BEACON_FAULT];
	int rc;

	if (d->row.source != SOURCE_DRAND && d->row.source != SOURCE_WITNESS)
		return 0;
	rc = beacons_value(operator->store, d->row.n, ret, err);
	if (rc != ERR_ABSENT)
		return rc;
	rc = beacons_fault(operator->store, d->row.n, fault, err);
	if (rc != 0)
		return rc;
	return err_set(err, ERR_NOT_YET, N_("draw %llu waits for the value of its beacon, %s%s%s"),
	    (unsigned long long)d->row.n, source_name(d->row.source), fault[0] == '\0' ? "" : ": ", fault);
}

int
step_draw(struct operator *operator, uint64_t n, const char *value, struct err *err)
{
	struct beacon_value outside = {.value = ""};
	struct stored_draw d;
	struct buf record;
	int64_t time = INT64_MIN;
	int rc;

	stored_draw_init(&d);
	buf_init(&record, DRAW_FILE_MAX);
	rc = store_int(operator->store, "SELECT time FROM log_entry ORDER BY idx DESC LIMIT 1", &time, err);
	if (rc == 0)
		rc = draws_find(operator->store, n, &d.row, err);
	if (rc == 0)
		rc = may_draw(&d.row, operator->now > time ? operator->now : time, err);
	if (rc == 0)
		rc = stored_draw_load(&d, operator->store, n, err);
	if (rc == 0)
		rc = step_check_value(&d.commit.beacon, value, err);
	if (rc == 0)
		rc = value_from_outside(operator, &d, &outside, err);
	if (rc == 0)
		rc = stored_draw_compute(&d, operator->store, value == NULL ? outside.value : value, operator->progress,
		    err);
	if (rc != 0)
		goto out;
	record_write(&d.input, &d.draw, &record);
	if (record.failed) {
		rc = err_memory(err);
		goto out;
	}
	hash_hex(buf_view(&record), d.row.record);
	rc = store_outcome(operator, &d, outside.signature, buf_view(&record), err);
	if (rc == 0)
		step_tell_entry(operator, ENTRY_DRAW, n, d.row.cycle);
out:
	buf_release(&record);
	stored_draw_release(&d);
	return rc;
}
