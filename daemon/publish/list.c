/* The state's list of the files that this log has published: in memory and in the table published_file. */

#include "publish/list.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FOLDER "published_dir"        /* in meta: the folder that the list is of */
#define WORK "publish_work"           /* in meta: the work folder of a publishing that has not ended */
#define ANNOUNCED "publish_announced" /* in meta: the files of that publishing are on the list */

/* ---- in memory ---- */

void
publish_list_release(struct publish_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		free(list->v[i].path);
	free(list->v);
	*list = (struct publish_list){0};
}

int
publish_list_add(struct publish_list *list, const struct publish_file *file, struct err *err)
{
	size_t cap = list->cap == 0 ? 64 : list->cap * 2;
	struct publish_file *more;
	char *path;

	if (list->n == list->cap) {
		more = reallocarray(list->v, cap, sizeof *more);
		if (more == NULL)
			return err_memory(err);
		list->v = more;
		list->cap = cap;
	}
	path = strdup(file->path);
	if (path == NULL)
		return err_memory(err);
	list->v[list->n] = *file;
	list->v[list->n++].path = path;
	return 0;
}

static int
compare_listed_paths(const void *a, const void *b)
{
	return strcmp(((const struct publish_file *)a)->path, ((const struct publish_file *)b)->path);
}

void
publish_list_sort(struct publish_list *list)
{
	if (list->n > 1)
		qsort(list->v, list->n, sizeof *list->v, compare_listed_paths);
}

/* The first file whose path is not less than `path`. */
static size_t
first_not_before(const struct publish_list *list, const char *path)
{
	size_t low = 0, high = list->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(list->v[middle].path, path) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

struct publish_file *
publish_list_find(const struct publish_list *list, const char *path)
{
	size_t at = first_not_before(list, path);

	return at < list->n && strcmp(list->v[at].path, path) == 0 ? &list->v[at] : NULL;
}

bool
publish_list_has_folder(const struct publish_list *list, const char *path)
{
	char below[PATH_MAX];
	int n = snprintf(below, sizeof below, "%s/", path);
	size_t at;

	if (n < 0 || (size_t)n >= sizeof below)
		return false;
	at = first_not_before(list, below);
	return at < list->n && strncmp(list->v[at].path, below, (size_t)n) == 0;
}

/* ---- in the state ---- */

static int
read_list_rows(struct store *store, struct publish_list *list, struct err *err)
{
	struct query q;
	int rc = 0, closed;

	query_open(&q, store, "SELECT path, size, mtime, digest, made_of FROM published_file ORDER BY path");
	while (rc == 0 && query_row(&q)) {
		struct publish_file file = {.path = slice_dup(query_text(&q, 0)),
		    .size = (uint64_t)query_int(&q, 1),
		    .mtime_ns = query_int(&q, 2)};
		struct slice digest = query_blob(&q, 3), made_of = query_text(&q, 4);

		if (digest.n == sizeof file.digest)
			memcpy(&file.digest, digest.p, digest.n);
		(void)snprintf(file.made_of, sizeof file.made_of, "%.*s", SLICE_ARGS(made_of));
		rc = file.path == NULL ? err_memory(err) : publish_list_add(list, &file, err);
		free(file.path);
	}
	closed = query_close(&q, rc == 0 ? err : NULL);
	return rc != 0 ? rc : closed;
}

static int
is_list_of(struct store *store, const char *dir, bool *ret_is, struct err *err)
{
	char *of = NULL;
	int rc = store_meta_get(store, FOLDER, &of, NULL);

	*ret_is = rc == 0 && strcmp(of, dir) == 0;
	free(of);
	return rc == 0 || rc == ERR_ABSENT ? 0 : store_error(store, err);
}

int
publish_list_read(struct store *store, const char *dir, struct publish_list *ret_list, bool *ret_of_dir,
    struct err *err)
{
	bool of_dir = false;
	int rc;

	*ret_list = (struct publish_list){0};
	rc = is_list_of(store, dir, &of_dir, err);
	if (rc == 0)
		rc = read_list_rows(store, ret_list, err);
	if (rc == 0)
		*ret_of_dir = of_dir;
	return rc;
}

static bool
is_same_file(const struct publish_file *a, const struct publish_file *b)
{
	return b != NULL && a->size == b->size && a->mtime_ns == b->mtime_ns &&
	    memcmp(&a->digest, &b->digest, sizeof a->digest) == 0 && strcmp(a->made_of, b->made_of) == 0;
}

/* Writes the rows that differ from those in the state. */
static int
write_list_rows(struct store *store, const struct publish_list *was, const struct publish_list *will, struct err *err)
{
	struct query q;

	query_open(&q, store,
	    "INSERT OR REPLACE INTO published_file (path, size, mtime, digest, made_of) VALUES (?, ?, ?, ?, ?)");
	for (size_t i = 0; i < will->n; i++) {
		const struct publish_file *file = &will->v[i];

		if (is_same_file(file, publish_list_find(was, file->path)))
			continue;
		query_put_string(&q, file->path);
		query_put_int(&q, (int64_t)file->size);
		query_put_int(&q, file->mtime_ns);
		query_put_blob(&q, &file->digest, sizeof file->digest);
		query_put_string(&q, file->made_of);
		if (!query_run(&q))
			break;
	}
	return query_close(&q, err);
}

static int
delete_list_rows(struct store *store, const struct publish_list *was, const struct publish_list *now, struct err *err)
{
	struct query q;

	query_open(&q, store, "DELETE FROM published_file WHERE path = ?");
	for (size_t i = 0; i < was->n; i++) {
		if (publish_list_find(now, was->v[i].path) != NULL)
			continue;
		query_put_string(&q, was->v[i].path);
		if (!query_run(&q))
			break;
	}
	return query_close(&q, err);
}

int
publish_list_announce(struct store *store, const char *dir, const struct publish_list *was,
    const struct publish_list *will, const char *work, struct err *err)
{
	int rc = store_begin(store, err);

	if (rc == 0 && was->n == 0)
		rc = store_exec(store, "DELETE FROM published_file", err);
	if (rc == 0)
		rc = store_meta_set(store, FOLDER, dir, err);
	if (rc == 0)
		rc = write_list_rows(store, was, will, err);
	if (rc == 0)
		rc = store_meta_set(store, WORK, work, err);
	if (rc == 0)
		rc = store_meta_set(store, ANNOUNCED, "1", err);
	if (rc == 0)
		rc = store_commit(store, err);
	store_rollback(store);
	return rc;
}

/* ---- a publishing under way ---- */

static int
forget_work(struct store *store, struct err *err)
{
	return store_exec(store, "DELETE FROM meta WHERE name IN ('" WORK "', '" ANNOUNCED "')", err);
}

int
publish_list_settle(struct store *store, const struct publish_list *was, const struct publish_list *now, bool over,
    struct err *err)
{
	int rc = store_begin(store, err);

	if (rc == 0)
		rc = write_list_rows(store, was, now, err);
	if (rc == 0)
		rc = delete_list_rows(store, was, now, err);
	if (rc == 0 && over)
		rc = forget_work(store, err);
	if (rc == 0)
		rc = store_commit(store, err);
	store_rollback(store);
	return rc;
}

int
publish_list_doubt(struct store *store, const char *path, struct err *err)
{
	struct query q;

	query_open(&q, store, "UPDATE published_file SET mtime = 1 WHERE path = ?");
	query_put_string(&q, path);
	(void)query_run(&q);
	return query_close(&q, err);
}

int
publish_work_get(struct store *store, char **ret_work, bool *ret_announced, struct err *err)
{
	char *announced = NULL;
	int rc = store_meta_get(store, WORK, ret_work, NULL);

	if (rc == ERR_ABSENT)
		*ret_work = NULL;
	else if (rc != 0)
		return store_error(store, err);
	*ret_announced = rc == 0 && store_meta_get(store, ANNOUNCED, &announced, NULL) == 0;
	free(announced);
	return 0;
}

int
publish_work_set(struct store *store, const char *work, struct err *err)
{
	return work == NULL ? forget_work(store, err) : store_meta_set(store, WORK, work, err);
}
