/* Loads a draw from the state, checks its files against the commitment, and computes it again. */
#include "draws/stored_draw.h"

#include <stdlib.h>

#include "ledger/ledger.h"

void
stored_draw_init(struct stored_draw *d)
{
	*d = (struct stored_draw){0};
}

void
stored_draw_release(struct stored_draw *d)
{
	if (d == NULL)
		return;
	places_release(&d->places);
	draw_release(&d->draw);
	free(d->beacon);
	if (d->has_sealed)
		sealed_release(&d->sealed);
	roster_release(&d->roster);
	if (d->has_commit)
		commit_release(&d->commit);
	buf_release(&d->sealed_bytes);
	buf_release(&d->conflicts);
	buf_release(&d->away);
	buf_release(&d->inspectors);
	buf_release(&d->targets);
	buf_release(&d->commit_bytes);
	stored_draw_init(d);
}

static int
parse_stored_files(struct stored_draw *d, struct err *err)
{
	struct slice targets = buf_view(&d->targets);
	int64_t time = 0;
	int rc;

	rc = commit_parse(buf_view(&d->commit_bytes), &d->commit, &time, err);
	if (rc != 0)
		return rc;
	d->has_commit = true;
	hash_hex(buf_view(&d->commit_bytes), d->commit_hash);
	rc = sealed_parse(buf_view(&d->sealed_bytes), &d->sealed, err);
	if (rc != 0)
		return rc;
	d->has_sealed = true;
	rc = roster_parse_targets(&d->roster, targets, "targets.csv", d->commit.date, NULL, err);
	if (rc == 0)
		rc = roster_parse_inspectors(&d->roster, buf_view(&d->inspectors), "inspectors.csv", NULL, err);
	if (rc == 0)
		rc = roster_parse_conflicts(&d->roster, buf_view(&d->conflicts), "conflicts.csv", err);
	if (rc == 0)
		rc = roster_parse_away(&d->roster, buf_view(&d->away), "away.csv", d->sealed.slots, d->sealed.n_slots,
		    err);
	return rc;
}

static bool
hashes_to(const struct buf *bytes, struct slice sha256)
{
	char hex[HASH_HEX + 1];

	hash_hex(buf_view(bytes), hex);
	return slice_is(sha256, hex);
}

static bool
is_as_committed(const struct stored_draw *d)
{
	return hashes_to(&d->targets, d->commit.targets.sha256) &&
	    hashes_to(&d->inspectors, d->commit.inspectors.sha256) && hashes_to(&d->sealed_bytes, d->commit.sealed) &&
	    hashes_to(&d->conflicts, d->sealed.conflicts.sha256) && hashes_to(&d->away, d->sealed.away.sha256);
}

int
stored_draw_load(struct stored_draw *d, struct store *store, uint64_t n, struct err *err)
{
	struct err why = {.tr = err != NULL ? err->tr : NULL};
	int rc;

	rc = draws_find(store, n, &d->row, err);
	if (rc == 0)
		rc = ledger_entry(store, d->row.commit_entry, &d->commit_bytes, err);
	if (rc == 0)
		rc = draw_file_get(store, n, "targets.csv", &d->targets, err);
	if (rc == 0)
		rc = draw_file_get(store, n, "inspectors.csv", &d->inspectors, err);
	if (rc == 0)
		rc = draw_file_get(store, n, "conflicts.csv", &d->conflicts, err);
	if (rc == 0)
		rc = draw_file_get(store, n, "away.csv", &d->away, err);
	if (rc == 0)
		rc = draw_file_get(store, n, "sealed.json", &d->sealed_bytes, err);
	if (rc != 0)
		return rc;
	rc = parse_stored_files(d, &why);
	if (rc == ERR_MEMORY)
		return err_memory(err);
	if (rc == 0 && is_as_committed(d))
		return 0;
	return err_set(err, ERR_OUTSIDE,
	    N_("the files of draw %llu in the state are not what was committed: restore the state "
	       "from a backup%s%s"),
	    (unsigned long long)n, rc == 0 ? "" : ": ", rc == 0 ? "" : why.message);
}

int
stored_draw_compute(struct stored_draw *d, struct store *store, const char *beacon, const struct progress *progress,
    struct err *err)
{
	int rc = draws_secret(store, &d->row, d->secret, err);

	if (rc != 0)
		return rc;
	d->beacon = strdup(beacon);
	if (d->beacon == NULL)
		return err_memory(err);
	d->input = (struct draw_input){.commit = &d->commit,
	    .commit_hash = slice_of(d->commit_hash),
	    .roster = &d->roster,
	    .sealed = &d->sealed,
	    .secret = slice_of(d->secret),
	    .beacon = slice_of(d->beacon),
	    .progress = progress};
	rc = draw_compute(&d->input, &d->draw, err);
	if (rc != 0)
		return rc;
	return places_new(&d->input, &d->draw, &d->places, err);
}

static int
apply_amendments(struct stored_draw *d, struct store *store, struct err *err)
{
	struct amendment amendment;
	struct query q;
	int rc = 0, closed;

	query_open(&q, store, "SELECT bytes FROM draw_amendment WHERE n = ? ORDER BY amendment");
	query_put_int(&q, (int64_t)d->row.n);
	while (rc == 0 && query_row(&q)) {
		rc = amendment_parse(query_blob(&q, 0), &amendment, err);
		if (rc == 0)
			rc = places_apply(&d->places, &amendment, err);
		d->amendments++;
	}
	closed = query_close(&q, rc == 0 ? err : NULL);
	return rc != 0 ? rc : closed;
}

int
stored_draw_again(struct stored_draw *d, struct store *store, const struct progress *progress, struct err *err)
{
	char *beacon = NULL;
	int rc = draws_beacon(store, d->row.n, &beacon, err);

	if (rc == 0)
		rc = stored_draw_compute(d, store, beacon, progress, err);
	if (rc == 0)
		rc = apply_amendments(d, store, err);
	free(beacon);
	return rc;
}
