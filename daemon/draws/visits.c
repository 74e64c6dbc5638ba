/* The visits of a draw as amended: reads places and seats, and adds names from the private files. */
#include "draws/visits.h"

#include <stdlib.h>

#include "draws/draws.h"
#include "draws/snapshot_rows.h"

/* The first of two passes: it counts, so that ids get one buffer that never moves. */
static int
count_visits(struct store *store, uint64_t n, struct visits *v, struct err *err)
{
	struct query q;
	int rc;

	query_open(&q, store,
	    "SELECT count(DISTINCT place), count(*), coalesce(sum(length(inspector)), 0) +"
	    " (SELECT coalesce(sum(length(target)), 0) FROM draw_place WHERE n = ?1) FROM draw_seat WHERE n = ?1");
	query_put_int(&q, (int64_t)n);
	if (query_row(&q)) {
		size_t seats = (size_t)query_int(&q, 1);

		v->n = (size_t)query_int(&q, 0);
		v->n_seats = v->n == 0 ? 0 : seats / v->n;
		buf_init(&v->ids, (size_t)query_int(&q, 2) + 1);
		v->v = calloc(v->n + 1, sizeof *v->v);
		v->seats = calloc(seats + 1, sizeof *v->seats);
	}
	rc = query_close(&q, err);
	if (rc != 0)
		return rc;
	return v->v == NULL || v->seats == NULL ? err_memory(err) : 0;
}

/* Copies an id into the buffer, which has its full size already and does not move. */
static struct slice
copy_visit_id(struct buf *ids, struct slice id)
{
	size_t at = ids->len;

	buf_slice(ids, id);
	return id.n == 0 || ids->failed ? (struct slice){"", 0} : (struct slice){ids->data + at, id.n};
}

static int
read_visit_rows(struct store *store, uint64_t n, struct visits *v, struct err *err)
{
	size_t seats = 0, places = 0;
	struct query q;
	int rc;

	query_open(&q, store,
	    "SELECT p.place, p.visit, p.target, s.inspector FROM draw_place p"
	    " JOIN draw_seat s ON s.n = p.n AND s.place = p.place WHERE p.n = ? ORDER BY p.visit, p.place, s.seat");
	query_put_int(&q, (int64_t)n);
	while (query_row(&q) && seats < v->n * v->n_seats) {
		if (seats % v->n_seats == 0)
			v->v[places++] = (struct visit_row){.place = (uint64_t)query_int(&q, 0),
			    .visit = query_int(&q, 1),
			    .target = copy_visit_id(&v->ids, query_text(&q, 2)),
			    .seats = &v->seats[seats]};
		v->seats[seats++].inspector = copy_visit_id(&v->ids, query_text(&q, 3));
	}
	rc = query_close(&q, err);
	if (rc == 0 && (v->ids.failed || seats != v->n * v->n_seats))
		rc = err_memory(err);
	return rc;
}

/* ---- names ---- */

struct named {
	struct slice id;
	struct slice *own, *name; /* where they are to be set */
};

static int
compare_named(const void *a, const void *b)
{
	return slice_cmp(((const struct named *)a)->id, ((const struct named *)b)->id);
}

static int
read_names(struct store *store, uint64_t n, const char *file, struct named *named, size_t n_named,
    struct private_rows *rows, struct err *err)
{
	struct slice *ids = calloc(n_named + 1, sizeof *ids);
	size_t n_ids = 0, row = 0;
	int rc;

	if (ids == NULL)
		return err_memory(err);
	qsort(named, n_named, sizeof *named, compare_named);
	for (size_t i = 0; i < n_named; i++)
		if (n_ids == 0 || !slice_eq(ids[n_ids - 1], named[i].id))
			ids[n_ids++] = named[i].id;
	rc = private_rows_read(store, n, file, ids, n_ids, rows, err);
	for (size_t i = 0; rc == 0 && i < n_named; i++) {
		while (!slice_eq(ids[row], named[i].id))
			row++;
		*named[i].name = private_value(rows, row, "name");
		*named[i].own = private_value(rows, row, ROWS_OWN_ID);
		if (named[i].own->n == 0)
			*named[i].own = named[i].id;
	}
	free(ids);
	return rc;
}

static int
add_names(struct store *store, uint64_t n, struct visits *v, struct err *err)
{
	size_t n_targets = 0, n_inspectors = 0, seats = v->n * v->n_seats;
	struct named *targets = calloc(v->n + 1, sizeof *targets), *inspectors = calloc(seats + 1, sizeof *inspectors);
	int rc = targets == NULL || inspectors == NULL ? err_memory(err) : 0;

	for (size_t i = 0; rc == 0 && i < v->n; i++)
		if (v->v[i].target.n > 0)
			targets[n_targets++] = (struct named){v->v[i].target, &v->v[i].own, &v->v[i].name};
	for (size_t i = 0; rc == 0 && i < seats; i++)
		if (v->seats[i].inspector.n > 0)
			inspectors[n_inspectors++] =
			    (struct named){v->seats[i].inspector, &v->seats[i].own, &v->seats[i].name};
	if (rc == 0)
		rc = read_names(store, n, ROWS_TARGETS_PRIVATE, targets, n_targets, &v->targets, err);
	if (rc == 0)
		rc = read_names(store, n, ROWS_INSPECTORS_PRIVATE, inspectors, n_inspectors, &v->inspectors, err);
	free(targets);
	free(inspectors);
	return rc;
}

int
visits_read_ids(struct store *store, uint64_t n, struct visits *ret_visits, struct err *err)
{
	int rc;

	*ret_visits = (struct visits){.n = 0};
	rc = count_visits(store, n, ret_visits, err);
	if (rc != 0 || ret_visits->n == 0)
		return rc;
	/* All room at once: the slices point into it. */
	ret_visits->ids.data = malloc(ret_visits->ids.max);
	ret_visits->ids.cap = ret_visits->ids.data == NULL ? 0 : ret_visits->ids.max;
	return read_visit_rows(store, n, ret_visits, err);
}

int
visits_read(struct store *store, uint64_t n, struct visits *ret_visits, struct err *err)
{
	int rc = visits_read_ids(store, n, ret_visits, err);

	return rc == 0 && ret_visits->n > 0 ? add_names(store, n, ret_visits, err) : rc;
}

void
visits_release(struct visits *visits)
{
	if (visits == NULL)
		return;
	private_rows_release(&visits->inspectors);
	private_rows_release(&visits->targets);
	buf_release(&visits->ids);
	free(visits->seats);
	free(visits->v);
	*visits = (struct visits){.n = 0};
}

int
visits_unstaffed(struct store *store, uint64_t n, struct buf *out, size_t *ret_n, struct err *err)
{
	struct query q;
	int rc;

	*ret_n = 0;
	query_open(&q, store,
	    "SELECT coalesce(c.own, l.target) FROM draw_left l"
	    " LEFT JOIN public_id c ON c.kind = 'target' AND c.code = l.target"
	    " WHERE l.n = ? AND l.unstaffed = 1 ORDER BY 1");
	query_put_int(&q, (int64_t)n);
	while (query_row(&q)) {
		buf_slice(out, query_text(&q, 0));
		buf_byte(out, '\n');
		++*ret_n;
	}
	rc = query_close(&q, err);
	return rc == 0 && out->failed ? err_memory(err) : rc;
}
