/* Writes what commitment, outcome, reveal and amendment change in the tables of draws. */
#include "draws/write.h"

#include "draws/draws.h"

/* ---- the commitment ---- */

static int
insert_draw(struct store *store, const struct commit *c, uint64_t entry, uint64_t size, struct err *err)
{
	struct query q;

	query_open(&q, store,
	    "INSERT INTO draw (n, cycle, chain, link, date, draw_time, reveal_time, source, commit_entry, commit_size,"
	    " quiet_days) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
	query_put_int(&q, (int64_t)c->n);
	query_put_text(&q, c->cycle);
	query_put_int(&q, (int64_t)c->chain);
	query_put_int(&q, (int64_t)c->link);
	query_put_int(&q, c->date);
	query_put_int(&q, c->draw_time);
	query_put_int(&q, c->reveal_time);
	query_put_string(&q, source_name(c->beacon.source));
	query_put_int(&q, (int64_t)entry);
	query_put_int(&q, (int64_t)size);
	query_put_int(&q, (int64_t)c->rules.quiet_days);
	query_run(&q);
	return query_close(&q, err);
}

static int
mark_link_used(struct store *store, const struct commit *c, struct err *err)
{
	struct query q;

	query_open(&q, store, "UPDATE chain SET used = ? WHERE cycle = ? AND chain = ?");
	query_put_int(&q, (int64_t)c->link);
	query_put_text(&q, c->cycle);
	query_put_int(&q, (int64_t)c->chain);
	query_run(&q);
	return query_close(&q, err);
}

int
stored_draw_write_commit(struct store *store, const struct commit *commit, uint64_t entry, uint64_t size,
    struct err *err)
{
	int rc = insert_draw(store, commit, entry, size, err);

	return rc != 0 ? rc : mark_link_used(store, commit, err);
}

/* ---- the outcome ---- */

static int
insert_places(struct store *store, const struct stored_draw *d, struct err *err)
{
	struct query q;

	query_open(&q, store, "INSERT INTO draw_place (n, place, target, visit) VALUES (?, ?, ?, ?)");
	for (size_t i = 0; i < d->places.n; i++) {
		query_put_int(&q, (int64_t)d->row.n);
		query_put_int(&q, (int64_t)i);
		query_put_text(&q, target_id(&d->roster.targets[d->places.v[i].target]));
		query_put_int(&q, d->places.v[i].visit);
		if (!query_run(&q))
			break;
	}
	return query_close(&q, err);
}

static int
insert_seats(struct store *store, const struct stored_draw *d, struct err *err)
{
	size_t seats = d->draw.seats;
	struct query q;

	query_open(&q, store, "INSERT INTO draw_seat (n, place, seat, inspector) VALUES (?, ?, ?, ?)");
	for (size_t i = 0; i < d->places.n * seats; i++) {
		query_put_int(&q, (int64_t)d->row.n);
		query_put_int(&q, (int64_t)(i / seats));
		query_put_int(&q, (int64_t)(i % seats));
		query_put_text(&q, inspector_id(&d->roster.inspectors[d->draw.order[d->places.team[i]]]));
		if (!query_run(&q))
			break;
	}
	return query_close(&q, err);
}

static int
insert_unstaffed(struct store *store, const struct stored_draw *d, struct err *err)
{
	struct query q;

	query_open(&q, store, "INSERT INTO draw_left (n, target, unstaffed) VALUES (?, ?, 1)");
	for (size_t i = 0; i < d->draw.n_chosen; i++) {
		if (d->draw.chosen[i].admitted)
			continue;
		query_put_int(&q, (int64_t)d->row.n);
		query_put_text(&q, target_id(&d->roster.targets[d->draw.chosen[i].target]));
		if (!query_run(&q))
			break;
	}
	return query_close(&q, err);
}

static int
write_outcome(struct store *store, const struct stored_draw *d, uint64_t entry, uint64_t size, struct err *err)
{
	struct query q;

	query_open(&q, store,
	    "UPDATE draw SET outcome = 'draw', outcome_entry = ?, outcome_size = ?, beacon = ?, record = ?"
	    " WHERE n = ?");
	query_put_int(&q, (int64_t)entry);
	query_put_int(&q, (int64_t)size);
	query_put_string(&q, d->beacon);
	query_put_string(&q, d->row.record);
	query_put_int(&q, (int64_t)d->row.n);
	query_run(&q);
	return query_close(&q, err);
}

int
stored_draw_write(const struct stored_draw *d, struct store *store, struct slice record, uint64_t entry, uint64_t size,
    struct err *err)
{
	int rc;

	rc = write_outcome(store, d, entry, size, err);
	if (rc == 0)
		rc = draw_file_put(store, d->row.n, "record.json", record, err);
	if (rc == 0)
		rc = insert_places(store, d, err);
	if (rc == 0)
		rc = insert_seats(store, d, err);
	if (rc == 0)
		rc = insert_unstaffed(store, d, err);
	return rc;
}

int
stored_draw_write_void(struct store *store, uint64_t n, uint64_t entry, uint64_t size, struct err *err)
{
	struct query q;

	query_open(&q, store,
	    "UPDATE draw SET outcome = 'void', outcome_entry = ?, outcome_size = ?, run = 0 WHERE n = ?");
	query_put_int(&q, (int64_t)entry);
	query_put_int(&q, (int64_t)size);
	query_put_int(&q, (int64_t)n);
	query_run(&q);
	return query_close(&q, err);
}

int
stored_draw_write_reveal(struct store *store, uint64_t n, uint64_t entry, struct err *err)
{
	struct query q;

	query_open(&q, store, "UPDATE draw SET reveal_entry = ? WHERE n = ?");
	query_put_int(&q, (int64_t)entry);
	query_put_int(&q, (int64_t)n);
	query_run(&q);
	return query_close(&q, err);
}

/* ---- amendments ---- */

static int
insert_amendment(struct store *store, const struct amendment *a, uint64_t entry, struct err *err)
{
	struct buf bytes;
	struct query q;
	int rc;

	buf_init(&bytes, ENTRY_MAX);
	amendment_write(a, &bytes);
	if (bytes.failed) {
		buf_release(&bytes);
		return err_memory(err);
	}
	query_open(&q, store, "INSERT INTO draw_amendment (n, amendment, entry, bytes) VALUES (?, ?, ?, ?)");
	query_put_int(&q, (int64_t)a->n);
	query_put_int(&q, (int64_t)a->amendment);
	if (entry == WRITE_NO_ENTRY)
		query_put_null(&q);
	else
		query_put_int(&q, (int64_t)entry);
	query_put_blob(&q, bytes.data, bytes.len);
	query_run(&q);
	rc = query_close(&q, err);
	buf_release(&bytes);
	return rc;
}

static void
put_or_null(struct query *q, struct slice id)
{
	if (id.n > 0)
		query_put_text(q, id);
	else
		query_put_null(q);
}

static int
update_seat(struct store *store, const struct amendment *a, struct err *err)
{
	struct query q;

	query_open(&q, store, "UPDATE draw_seat SET inspector = ? WHERE n = ? AND place = ? AND seat = ?");
	put_or_null(&q, a->in);
	query_put_int(&q, (int64_t)a->n);
	query_put_int(&q, (int64_t)a->place);
	query_put_int(&q, (int64_t)a->seat);
	query_run(&q);
	return query_close(&q, err);
}

static int
update_place(struct store *store, const struct amendment *a, struct err *err)
{
	struct query q;
	int rc;

	query_open(&q, store, "UPDATE draw_place SET target = ? WHERE n = ? AND place = ?");
	put_or_null(&q, a->in);
	query_put_int(&q, (int64_t)a->n);
	query_put_int(&q, (int64_t)a->place);
	query_run(&q);
	rc = query_close(&q, err);
	if (rc != 0)
		return rc;
	query_open(&q, store, "INSERT INTO draw_left (n, target, unstaffed) VALUES (?, ?, 0)");
	query_put_int(&q, (int64_t)a->n);
	query_put_text(&q, a->out);
	query_run(&q);
	return query_close(&q, err);
}

int
stored_draw_write_amendment(struct stored_draw *d, struct store *store, const struct amendment *amendment,
    uint64_t entry, struct err *err)
{
	int rc = insert_amendment(store, amendment, entry, err);

	if (rc == 0)
		rc = places_apply(&d->places, amendment, err);
	if (rc != 0)
		return rc;
	d->amendments++;
	return amendment->of_target ? update_place(store, amendment, err) : update_seat(store, amendment, err);
}

static int
set_amendment(struct store *store, const char *sql, uint64_t n, uint64_t amendment, uint64_t entry, struct err *err)
{
	struct query q;

	query_open(&q, store, sql);
	query_put_int(&q, (int64_t)entry);
	query_put_int(&q, (int64_t)n);
	query_put_int(&q, (int64_t)amendment);
	query_run(&q);
	return query_close(&q, err);
}

int
stored_draw_write_told(struct store *store, uint64_t n, uint64_t amendment, uint64_t entry, struct err *err)
{
	return set_amendment(store, "UPDATE draw_amendment SET entry = ? WHERE n = ? AND amendment = ?", n, amendment,
	    entry, err);
}

int
stored_draw_write_counted(struct store *store, uint64_t n, uint64_t amendment, uint64_t archive, struct err *err)
{
	return set_amendment(store, "UPDATE draw_amendment SET archive = ? WHERE n = ? AND amendment = ?", n, amendment,
	    archive, err);
}
