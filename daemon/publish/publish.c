/* Publishes the log: puts tiles, draws, pages and checkpoint into a tree, and checks the folder every day. */
#include "publish/publish.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/array.h"
#include "core/format/merkle.h"
#include "core/format/note.h"
#include "draws/assurance.h"
#include "draws/draws.h"
#include "ledger/cosignatures.h"
#include "ledger/ledger.h"
#include "ledger/operator.h"
#include "ledger/publication.h"
#include "ledger/restored.h"
#include "publish/pages.h"
#include "publish/place.h"
#include "publish/tree.h"
#include "system/file.h"

#define LOCK_FILE "publish.lock"
#define PUBLISHED "published_serial"           /* in meta: the serial of the cosignatures published last */
#define DAMAGED "published_damaged"            /* in meta: the damage mended since the last check without damage */
#define CHECKED_DAY "published_looked_day"     /* in meta: the day of the check that is under way or was last */
#define CHECKED_AFTER "published_looked_after" /* in meta: the last file that it has checked */
#define CHECKED_BAD "published_looked_bad"     /* in meta: it has found damage */
#define CHECK_BYTES ((uint64_t)64 << 20)       /* read in one call */
#define CHECK_FILE_BYTES 4096                  /* added for each file, for the cost of opening it */
#define NAME_MAX_BYTES 160                     /* of a path in the tree, with the NUL */

struct publication_work {
	struct store *store;
	struct ledger log;
	struct tree tree;
	struct site *site; /* NULL: no pages */
	struct err *err;
};

/* ---- tiles ---- */

static int
read_bundle(struct publication_work *p, struct tile tile, struct buf *out, struct err *err)
{
	struct query q;
	int rc;

	query_open(&q, p->store, "SELECT bytes FROM log_entry WHERE idx >= ? AND idx < ? ORDER BY idx");
	query_put_int(&q, (int64_t)(tile.number * TILE_WIDTH));
	query_put_int(&q, (int64_t)(tile.number * TILE_WIDTH) + tile.width);
	while (query_row(&q)) {
		struct slice bytes = query_blob(&q, 0);

		buf_byte(out, (char)(bytes.n >> 8));
		buf_byte(out, (char)(bytes.n & 0xFF));
		buf_slice(out, bytes);
	}
	rc = query_close(&q, err);
	if (rc != 0)
		return rc;
	return out->failed ? err_memory(err) : 0;
}

static int
put_bundle(struct publication_work *p, struct tile tile, const char *path)
{
	struct buf bytes;
	int rc;

	buf_init(&bytes, (size_t)TILE_WIDTH * (ENTRY_MAX + 2));
	rc = read_bundle(p, tile, &bytes, p->err);
	if (rc == 0)
		rc = tree_put(&p->tree, path, buf_view(&bytes), p->err);
	buf_release(&bytes);
	return rc;
}

static int
put_tile(struct publication_work *p, struct tile tile)
{
	struct hash hashes[TILE_WIDTH];
	char path[TILE_PATH_MAX];

	tile_path(tile, path);
	if (tile.level < 0)
		return put_bundle(p, tile, path);
	tile_hashes(&p->log.tree, tile, hashes);
	return tree_put(&p->tree, path, (struct slice){(const char *)hashes, (size_t)tile.width * sizeof hashes[0]},
	    p->err);
}

static int
put_full_tile(void *ctx, struct tile tile)
{
	return tile.width == TILE_WIDTH ? put_tile(ctx, tile) : 0;
}

#define LEVELS 7 /* 256^7 leaves are more than a log of 2^53 can have */

/* The partial tiles in which a tree of `size` ends, one at each level, unless they are full by now. */
static int
put_partial_tiles(struct publication_work *p, uint64_t size, bool put[static LEVELS][TILE_WIDTH])
{
	for (int level = 0; level < LEVELS; level++) {
		uint64_t number = size >> (8 * (level + 1));
		int width = (int)(size >> (8 * level) & 0xFF), rc;

		if (width == 0 || put[level][width] || number != ledger_size(&p->log) >> (8 * (level + 1)))
			continue;
		put[level][width] = true;
		rc = put_tile(p, (struct tile){level, number, width});
		if (rc == 0 && level == 0)
			rc = put_tile(p, (struct tile){-1, number, width});
		if (rc != 0)
			return rc;
	}
	return 0;
}

/* Also the partial tiles of older checkpoints, so that they can still be checked; until those tiles are full. */
static int
put_tiles(struct publication_work *p)
{
	static const char sizes[] = "SELECT size FROM log_checkpoint ORDER BY size";
	bool put[LEVELS][TILE_WIDTH] = {{false}};
	struct query q;
	int rc = tile_each(ledger_size(&p->log), put_full_tile, p), closed;

	query_open(&q, p->store, sizes);
	while (rc == 0 && query_row(&q))
		rc = put_partial_tiles(p, (uint64_t)query_int(&q, 0), put);
	closed = query_close(&q, rc == 0 ? p->err : NULL);
	return rc != 0 ? rc : closed;
}

/* ---- draws ---- */

static int
put_checkpoint(struct publication_work *p, uint64_t size, const char *path)
{
	struct buf note;
	int rc = cosignatures_note(p->store, size, &note, p->err);

	if (rc == 0)
		rc = tree_put(&p->tree, path, buf_view(&note), p->err);
	buf_release(&note);
	return rc;
}

static void
draw_path(uint64_t n, const char *name, char ret_path[static NAME_MAX_BYTES])
{
	(void)snprintf(ret_path, NAME_MAX_BYTES, "draws/%04llu/%s", (unsigned long long)n, name);
}

static int
put_commitment_files(struct publication_work *p, const struct draw_row *row)
{
	char path[NAME_MAX_BYTES];
	struct buf bytes;
	uint64_t size = 0;
	int rc = ledger_entry(p->store, row->commit_entry, &bytes, p->err);

	draw_path(row->n, "commit.json", path);
	if (rc == 0)
		rc = tree_put(&p->tree, path, buf_view(&bytes), p->err);
	buf_release(&bytes);
	draw_path(row->n, "commit.checkpoint", path);
	if (rc == 0)
		rc = draw_assurance_commit_size(p->store, row, &size, p->err);
	if (rc == 0)
		rc = put_checkpoint(p, size, path);
	if (rc != 0 || row->outcome == OUTCOME_NONE)
		return rc;
	draw_path(row->n, "outcome.checkpoint", path);
	rc = draw_assurance_outcome_size(p->store, row, &size, p->err);
	return rc == 0 ? put_checkpoint(p, size, path) : rc;
}

struct file_copy {
	struct store *store;
	uint64_t n;
	const char *name;
	struct tree_file *file;
	struct err *err;
};

static int
copy_part(void *ctx, struct slice part)
{
	struct file_copy *c = ctx;

	return tree_file_write(c->file, part, c->err);
}

static int
copy_file(void *ctx, struct tree_file *file, struct err *err)
{
	struct file_copy *c = ctx;

	c->file = file;
	c->err = err;
	return draw_file_each(c->store, c->n, c->name, copy_part, c, err);
}

struct draw_folder {
	struct publication_work *p;
	uint64_t n;
};

/* The files of a draw in the state, without the private ones: public from the reveal on. */
static int
put_draw_file(void *ctx, const char *name, uint64_t size)
{
	static const char *const public[] = {"targets.csv", "inspectors.csv", "conflicts.csv", "away.csv",
	    "sealed.json", "record.json"};
	struct draw_folder *f = ctx;
	struct file_copy c = {.store = f->p->store, .n = f->n, .name = name};
	char path[NAME_MAX_BYTES];

	for (size_t i = 0; i < ARRAY_LEN(public); i++)
		if (strcmp(name, public[i]) == 0) {
			draw_path(f->n, public[i], path);
			return tree_put_large(&f->p->tree, path, size, copy_file, &c, f->p->err);
		}
	return 0;
}

static int
put_amendment_files(struct publication_work *p, uint64_t n)
{
	char path[NAME_MAX_BYTES], name[40];
	struct query q;
	int rc = 0, closed;

	query_open(&q, p->store, "SELECT amendment, bytes FROM draw_amendment WHERE n = ? ORDER BY amendment");
	query_put_int(&q, (int64_t)n);
	while (rc == 0 && query_row(&q)) {
		(void)snprintf(name, sizeof name, "amend-%02lld.json", (long long)query_int(&q, 0));
		draw_path(n, name, path);
		rc = tree_put(&p->tree, path, query_blob(&q, 1), p->err);
	}
	closed = query_close(&q, rc == 0 ? p->err : NULL);
	return rc != 0 ? rc : closed;
}

static int
put_draw_folder(void *ctx, const struct draw_row *row)
{
	struct publication_work *p = ctx;
	struct draw_folder folder = {p, row->n};
	int rc = put_commitment_files(p, row);

	if (rc == 0 && p->site != NULL)
		rc = site_put_draw(p->site, &p->tree, row, p->err);
	if (rc != 0 || !row->revealed)
		return rc;
	rc = draw_file_list(p->store, row->n, put_draw_file, &folder, p->err);
	return rc == 0 ? put_amendment_files(p, row->n) : rc;
}

/* ---- the archive's entries ---- */

static int
put_archive_checkpoint(struct publication_work *p, uint64_t entry, int64_t time)
{
	char path[NAME_MAX_BYTES];
	uint64_t size = 0;
	int rc = archive_assurance_size(p->store, entry, time, &size, p->err);

	(void)snprintf(path, sizeof path, "archive/%04llu.checkpoint", (unsigned long long)entry);
	return rc == 0 && size > 0 ? put_checkpoint(p, size, path) : rc;
}

static int
put_archive_checkpoints(struct publication_work *p)
{
	struct query q;
	int rc = 0, closed;

	query_open(&q, p->store, "SELECT entry, time FROM archive_entry JOIN log_entry ON idx = entry ORDER BY entry");
	while (rc == 0 && query_row(&q))
		rc = put_archive_checkpoint(p, (uint64_t)query_int(&q, 0), query_int(&q, 1));
	closed = query_close(&q, rc == 0 ? p->err : NULL);
	return rc != 0 ? rc : closed;
}

/* ---- the publication ---- */

static int
put_site_index(struct publication_work *p)
{
	struct site_log log = {.vkey = p->log.key->vkey,
	    .key_id = p->log.key->id,
	    .entries = ledger_size(&p->log),
	    .root = merkle_prefix_root(&p->log.tree, ledger_size(&p->log))};

	return p->site == NULL ? 0 : site_put_index(p->site, &p->tree, &log, p->err);
}

static int
put_publication(struct publication_work *p)
{
	struct buf vkey;
	int rc;

	buf_init(&vkey, NOTE_KEY_TEXT + 1);
	buf_text(&vkey, p->log.key->vkey);
	buf_byte(&vkey, '\n');
	rc = vkey.failed ? err_memory(p->err) : put_tiles(p);
	if (rc == 0)
		rc = draws_each(p->store, put_draw_folder, p, p->err);
	if (rc == 0)
		rc = put_archive_checkpoints(p);
	if (rc == 0)
		rc = tree_put(&p->tree, "vkey", buf_view(&vkey), p->err);
	if (rc == 0)
		rc = put_site_index(p);
	if (rc == 0)
		rc = put_checkpoint(p, ledger_size(&p->log), "checkpoint");
	buf_release(&vkey);
	return rc;
}

/* Reads everything in one transaction, that is one view of the state, of committed data only. */
static int
put_state_view(struct publication_work *p, const struct signing_key *key, const struct publish_options *options)
{
	int rc = store_exec(p->store, "BEGIN", p->err);

	if (rc != 0)
		return rc;
	rc = ledger_open(p->store, key, &p->log, p->err);
	if (rc == 0) {
		if (options->pages != NULL)
			rc = site_open(p->store, options->pages, &p->site, p->err);
		if (rc == 0)
			rc = put_publication(p);
		ledger_release(&p->log);
	}
	site_close(p->site);
	p->site = NULL;
	store_rollback(p->store);
	return rc;
}

/* Records found damage for the alarm, which stays until a complete check finds none. */
static int
record_damage(struct publication_work *p)
{
	char text[192];

	if (p->tree.n_damaged == 0)
		return 0;
	(void)snprintf(text, sizeof text, "%llu %s", (unsigned long long)p->tree.n_damaged, p->tree.damaged);
	return store_meta_set(p->store, DAMAGED, text, p->err);
}

static int
write_tree(struct publication_work *p, const struct signing_key *key, const struct tree_options *place,
    const struct publish_options *options)
{
	int rc = tree_begin(&p->tree, p->store, place, p->err);

	if (rc == 0)
		rc = put_state_view(p, key, options);
	if (rc == 0)
		rc = tree_end(&p->tree, p->err);
	if (rc == 0)
		rc = record_damage(p);
	tree_release(&p->tree);
	return rc;
}

/* ---- whose folder it is ---- */

static int
refuse_folder(const char *public_dir, const char *origin, struct err *err)
{
	return err_set(err, ERR_REFUSED,
	    N_("public_dir = %s holds something else than the publication of %s: give it a folder of its "
	       "own"),
	    public_dir, origin);
}

/* Whether the state has published there before. */
static int
has_published(struct store *store, const char *public_dir, bool *ret_has, struct err *err)
{
	struct publish_list list = {0};
	char *real = realpath(public_dir, NULL);
	bool of_dir = false;
	int rc = real == NULL ? 0 : publish_list_read(store, real, &list, &of_dir, err);

	*ret_has = of_dir && list.n > 0;
	publish_list_release(&list);
	free(real);
	return rc;
}

/* Whether the state may lack published entries: it was restored and not compared, or is known to be older. */
static int
may_be_older(struct store *store, bool *ret_may, struct err *err)
{
	int rc = restored_is_marked(store, ret_may, err);

	if (rc != 0 || *ret_may)
		return rc;
	rc = operator_check_expected(store, err);
	*ret_may = rc == ERR_REFUSED;
	return rc == ERR_REFUSED ? 0 : rc;
}

/* Whether the folder's tiles and draws show the published log's length, and the state has all of it. */
static int
is_not_longer(struct store *store, const char *public_dir, uint64_t size, bool *ret_no_more, struct err *err)
{
	int64_t draws = 0;
	int rc = store_int(store, "SELECT coalesce(max(n), 0) FROM draw", &draws, err);

	*ret_no_more = rc == 0 && publication_has_tiles(public_dir) && !publication_is_longer(public_dir, size) &&
	    !publication_has_draw(public_dir, (uint64_t)draws + 1);
	return rc;
}

/* A damaged publication may be mended if the state has published there and has everything that was published. */
static int
may_mend(struct store *store, const char *public_dir, uint64_t size, bool *ret_may, struct err *err)
{
	bool has = false, older = false;
	int rc = has_published(store, public_dir, &has, err);

	*ret_may = false;
	if (rc == 0 && has)
		rc = may_be_older(store, &older, err);
	return rc == 0 && has && !older ? is_not_longer(store, public_dir, size, ret_may, err) : rc;
}

/* ERR_REFUSED: the folder has the state, another log's publication, or only other files. */
static int
check_public_folder(struct store *store, const struct signing_key *key, const char *public_dir, uint64_t size,
    bool *ret_ours, struct err *err)
{
	struct publication there;
	bool may = false;
	int rc;

	rc = publication_holds_no_state(public_dir, store_dir(store), err);
	if (rc != 0)
		return rc;
	rc = publication_read(public_dir, key->vkey, &there, err);
	*ret_ours = there.kind == PUBLICATION_OURS;
	if (rc == 0 && there.kind != PUBLICATION_OURS)
		rc = may_mend(store, public_dir, size, &may, err);
	if (there.kind == PUBLICATION_NONE)
		may = may || publication_is_empty(public_dir);
	if (rc == 0 && (there.kind == PUBLICATION_OTHER || (there.kind != PUBLICATION_OURS && !may)))
		rc = refuse_folder(public_dir, key->name, err);
	publication_release(&there);
	return rc;
}

static int
publish_locked(struct store *store, const struct signing_key *key, const char *public_dir,
    const struct publish_options *options, struct err *err)
{
	struct publication_work p = {.store = store, .err = err};
	struct tree_options place = {.public_dir = public_dir, .in_place = options->in_place, .fresh = options->fresh};
	uint64_t size = 0;
	int rc = ledger_sealed_size(store, &size, err);

	if (rc == 0 && size == 0)
		rc = err_set(err, ERR_ABSENT, N_("there is no log yet: \"spotcheck init\" begins it"));
	if (rc == 0)
		rc = check_public_folder(store, key, public_dir, size, &place.ours, err);
	if (rc == 0)
		rc = write_tree(&p, key, &place, options);
	if (rc == ERR_NOT_YET) {
		place.in_place = true;
		rc = write_tree(&p, key, &place, options);
	}
	return rc;
}

int
publish(struct store *store, const struct signing_key *key, const char *public_dir,
    const struct publish_options *options, struct err *err)
{
	static const struct publish_options usual = {.fresh = false};
	int lock = -1, rc;

	rc = file_lock(store_dir(store), LOCK_FILE, &lock, err);
	if (rc != 0)
		return rc;
	rc = publish_locked(store, key, public_dir, options == NULL ? &usual : options, err);
	(void)close(lock);
	return rc;
}

/* ---- only where there is something new ---- */

static int
was_cut_short(struct store *store, bool *ret_was, struct err *err)
{
	char *work = NULL;
	bool announced;
	int rc = publish_work_get(store, &work, &announced, err);

	*ret_was = work != NULL;
	free(work);
	return rc;
}

static int
is_published(struct store *store, const struct signing_key *key, const char *public_dir, uint64_t size, bool *ret_is,
    struct err *err)
{
	struct publication there;
	struct buf newest = {0};
	int rc = publication_read(public_dir, key->vkey, &there, err);

	if (rc == 0)
		rc = cosignatures_note(store, size, &newest, err);
	if (rc == 0)
		*ret_is = slice_eq(buf_view(&there.note), buf_view(&newest));
	buf_release(&newest);
	publication_release(&there);
	return rc;
}

int
publish_news(struct store *store, const struct signing_key *key, const struct config *config, struct err *err)
{
	struct publish_options options = {.pages = config};
	struct err why = {.tr = err == NULL ? NULL : err->tr};
	int64_t serial = 0, published_serial = 0;
	bool published = false, cut_short = false;
	uint64_t size = 0;
	int rc = ledger_sealed_size(store, &size, err);

	if (rc != 0 || size == 0)
		return rc;
	(void)store_meta_get_int(store, PUBLISHED, &published_serial, NULL);
	rc = cosignatures_serial(store, &serial, err);
	if (rc == 0)
		rc = is_published(store, key, config->public_dir, size, &published, err);
	if (rc == 0)
		rc = was_cut_short(store, &cut_short, err);
	published = published && serial == published_serial;
	if (rc != 0 || (published && !cut_short))
		return rc;
	/* With all published already only leftovers remain: what cannot be removed now is tried again next time. */
	rc = publish(store, key, config->public_dir, &options, &why);
	if (published && (rc == ERR_OUTSIDE || rc == ERR_REFUSED))
		return 0;
	if (rc != 0)
		return err_set(err, rc, "%s", why.message);
	return serial != published_serial ? store_meta_set_int(store, PUBLISHED, serial, err) : 0;
}

int
publish_mend(struct store *store, const struct signing_key *key, const struct config *config, struct err *err)
{
	struct publish_options options = {.pages = config};
	struct publication there;
	bool may = false;
	uint64_t size = 0;
	int rc = publication_read(config->public_dir, key->vkey, &there, err);

	if (rc == 0 && there.kind == PUBLICATION_DAMAGED) {
		rc = ledger_sealed_size(store, &size, err);
		if (rc == 0)
			rc = may_mend(store, config->public_dir, size, &may, err);
	}
	publication_release(&there);
	return rc == 0 && may ? publish(store, key, config->public_dir, &options, err) : rc;
}

/* ---- the daily check of all files ---- */

/* Checks files after `*after`, up to CHECK_BYTES, and moves `*after` on; NULL: the last file was checked. */
static int
check_next_files(struct store *store, const struct publish_list *list, int root, char **after, bool *ret_bad,
    struct err *err)
{
	uint64_t bytes = 0;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < list->n; i++) {
		const struct publish_file *file = &list->v[i];

		if (*after != NULL && strcmp(file->path, *after) <= 0)
			continue;
		if (bytes > CHECK_BYTES) {
			free(*after);
			*after = strdup(list->v[i - 1].path);
			return *after == NULL ? err_memory(err) : 0;
		}
		bytes += file->size + CHECK_FILE_BYTES;
		if (file->mtime_ns == 0 || place_holds(root, file, true))
			continue;
		*ret_bad = true;
		rc = publish_list_doubt(store, file->path, err);
	}
	free(*after);
	*after = NULL;
	return rc;
}

static int
check_some_files(struct store *store, const char *public_dir, char **after, bool *ret_bad, struct err *err)
{
	char *real = realpath(public_dir, NULL);
	struct publish_list list = {0};
	int root = real == NULL ? -1 : open(real, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool of_dir = false;
	int rc = root < 0 ? 0 : publish_list_read(store, real, &list, &of_dir, err);

	if (rc == 0 && of_dir)
		rc = check_next_files(store, &list, root, after, ret_bad, err);
	publish_list_release(&list);
	if (root >= 0)
		(void)close(root);
	free(real);
	return rc;
}

/* The last file that the check of `day` has come to; a new day begins a new check. */
static int
read_check_round(struct store *store, int32_t day, char **ret_after, bool *ret_over, struct err *err)
{
	int64_t of = INT64_MIN;
	int rc = store_meta_get_int(store, CHECKED_DAY, &of, NULL);

	*ret_after = NULL;
	if (rc == 0 && of == day) {
		rc = store_meta_get(store, CHECKED_AFTER, ret_after, NULL);
		*ret_over = rc == ERR_ABSENT;
	} else {
		*ret_over = false;
	}
	return rc == 0 || rc == ERR_ABSENT ? 0 : store_error(store, err);
}

static int
write_check_round(struct store *store, int32_t day, const char *after, struct err *err)
{
	int rc = store_meta_set_int(store, CHECKED_DAY, day, err);

	if (rc != 0)
		return rc;
	return after == NULL ? store_exec(store, "DELETE FROM meta WHERE name = '" CHECKED_AFTER "'", err)
	                     : store_meta_set(store, CHECKED_AFTER, after, err);
}

/* Goes on with the check.  A complete one without damage clears the record of damage. */
static int
continue_check(struct store *store, const char *public_dir, int32_t day, char **after, bool *ret_bad, struct err *err)
{
	bool from_the_first = *after == NULL;
	int rc = from_the_first ? store_exec(store, "DELETE FROM meta WHERE name = '" CHECKED_BAD "'", err) : 0;

	if (rc == 0)
		rc = check_some_files(store, public_dir, after, ret_bad, err);
	if (rc == 0 && *ret_bad)
		rc = store_meta_set(store, CHECKED_BAD, "1", err);
	if (rc == 0)
		rc = write_check_round(store, day, *after, err);
	if (rc == 0 && *after == NULL)
		rc = store_exec(store,
		    "DELETE FROM meta WHERE name = '" DAMAGED "' AND NOT EXISTS"
		    " (SELECT 1 FROM meta WHERE name = '" CHECKED_BAD "')",
		    err);
	return rc;
}

int
publish_look(struct store *store, const struct signing_key *key, const struct config *config, int32_t day,
    bool *ret_over, struct err *err)
{
	struct publish_options options = {.pages = config};
	char *after = NULL;
	bool bad = false;
	int rc = read_check_round(store, day, &after, ret_over, err);

	if (rc != 0 || *ret_over)
		return rc;
	rc = continue_check(store, config->public_dir, day, &after, &bad, err);
	*ret_over = after == NULL;
	free(after);
	if (rc == 0 && bad) {
		rc = publish(store, key, config->public_dir, &options, err);
		if (rc != 0) /* not mended: the check begins again */
			(void)store_exec(store, "DELETE FROM meta WHERE name = '" CHECKED_DAY "'", NULL);
	}
	return rc;
}

int
publish_damage(struct store *store, uint64_t *ret_files, char ret_first[static PUBLISH_DAMAGE], struct err *err)
{
	char *text = NULL, *path;
	int rc = store_meta_get(store, DAMAGED, &text, NULL);

	*ret_files = 0;
	ret_first[0] = '\0';
	if (rc != 0)
		return rc == ERR_ABSENT ? 0 : store_error(store, err);
	*ret_files = strtoull(text, &path, 10);
	(void)snprintf(ret_first, PUBLISH_DAMAGE, "%s", *path == ' ' ? path + 1 : "");
	free(text);
	return 0;
}
