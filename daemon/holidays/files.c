/* Finds the holiday files that the patterns match, and reads each once. */
#include "holidays/files.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>

#include "holidays/file.h"
#include "system/file.h"

struct reading {
	struct calendar *calendar;
	int32_t first, last;
	struct diag *faults, *hints;
	struct err *err;
	char **paths; /* in the order of reading; owned */
	size_t n_paths, cap_paths;
};

/* ---- which files ---- */

/*
 * For cannot_list, to which glob(3) passes no context.  Without it a folder that cannot be read would look empty.
 */
static _Thread_local struct diag *glob_faults;

static int
cannot_list(const char *path, int error)
{
	if (error != ENOENT && error != ENOTDIR && glob_faults != NULL)
		diag_add(glob_faults, path, 0, N_("the folder cannot be read: %s"), strerror(error));
	return 0;
}

/* Backup copies of editors and hidden files are skipped. */
static bool
is_passed_over(const char *path)
{
	const char *slash = strrchr(path, '/'), *name = slash == NULL ? path : slash + 1;
	size_t n = strlen(name);

	return n == 0 || name[0] == '.' || name[n - 1] == '~';
}

/* Removes a path that an earlier pattern matched: it is read at its later place. */
static void
drop_path(struct reading *r, const char *path)
{
	for (size_t i = 0; i < r->n_paths; i++) {
		if (strcmp(r->paths[i], path) != 0)
			continue;
		free(r->paths[i]);
		memmove(r->paths + i, r->paths + i + 1, (r->n_paths - i - 1) * sizeof *r->paths);
		r->n_paths--;
		return;
	}
}

static int
add_path(struct reading *r, const char *path)
{
	drop_path(r, path);
	if (r->n_paths == r->cap_paths) {
		char **grown = reallocarray(r->paths, r->cap_paths + 64, sizeof *grown);

		if (grown == NULL)
			return err_memory(r->err);
		r->paths = grown;
		r->cap_paths += 64;
	}
	r->paths[r->n_paths] = strdup(path);
	if (r->paths[r->n_paths] == NULL)
		return err_memory(r->err);
	r->n_paths++;
	return 0;
}

/* Bytewise: the order of glob(3) depends on the locale. */
static int
compare_path_bytes(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int
add_pattern(struct reading *r, const char *pattern)
{
	glob_t found = {0};
	int rc = 0, status;

	glob_faults = r->faults;
	status = glob(pattern, GLOB_NOSORT, cannot_list, &found);
	glob_faults = NULL;
	if (status != 0 && status != GLOB_NOMATCH)
		rc = err_memory(r->err);
	if (rc == 0 && found.gl_pathc > 0)
		qsort(found.gl_pathv, found.gl_pathc, sizeof *found.gl_pathv, compare_path_bytes);
	for (size_t i = 0; i < found.gl_pathc && rc == 0; i++) {
		if (is_passed_over(found.gl_pathv[i]))
			continue;
		rc = add_path(r, found.gl_pathv[i]);
		if (rc != 0 || r->n_paths <= CALENDAR_FILES_MAX)
			continue;
		diag_add(r->faults, pattern, 0, N_("there are more than %d holiday files"), CALENDAR_FILES_MAX);
		free(r->paths[--r->n_paths]);
		break;
	}
	globfree(&found);
	return rc;
}

/* ---- one file ---- */

static int
report_unread_holidays(const struct reading *r, const char *path, int rc)
{
	if (rc == ERR_MEMORY)
		return err_memory(r->err);
	if (rc == ERR_LIMIT)
		diag_add(r->faults, path, 0, N_("the file is larger than 4 MiB"));
	else if (errno == 0)
		diag_add(r->faults, path, 0, N_("it is no regular file"));
	else
		diag_add(r->faults, path, 0, N_("it cannot be read: %s"), strerror(errno));
	return 0;
}

/* `*ret_bytes` stays NULL where a fault was reported. */
static int
load_holiday_file(const struct reading *r, const char *path, char **ret_bytes, size_t *ret_n)
{
	struct buf all;
	int rc;

	buf_init(&all, CALENDAR_FILE_BYTES + 1); /* the NUL at its end */
	rc = file_read(AT_FDCWD, path, FILE_FOLLOW_LINKS, CALENDAR_FILE_BYTES, &all, NULL);
	if (rc != 0) {
		rc = report_unread_holidays(r, path, rc);
	} else {
		*ret_n = all.len;
		*ret_bytes = buf_steal(&all);
		rc = *ret_bytes == NULL ? err_memory(r->err) : 0;
	}
	buf_release(&all);
	return rc;
}

static int
read_days(struct calendar_file *f, struct err *err)
{
	static int (*const readers[])(struct calendar_file * f, struct err * err) = {
	    [CALENDAR_CSV] = calendar_csv_read,
	    [CALENDAR_JSON] = calendar_json_read,
	    [CALENDAR_ICS] = calendar_ics_read,
	};
	enum calendar_format format;
	int rc = calendar_text(f, &format, err);

	if (rc != 0 || f->faults.count > 0)
		return rc;
	rc = readers[format](f, err);
	return rc == 0 && !calendar_file_is_full(f) ? calendar_file_check(f, err) : rc;
}

static int
read_holiday_file(struct reading *r, const char *path)
{
	struct calendar_file f;
	char *bytes = NULL;
	size_t n = 0;
	int rc = load_holiday_file(r, path, &bytes, &n);

	if (rc != 0 || bytes == NULL)
		return rc;
	calendar_file_begin(&f, path, bytes, n, r->faults, r->hints);
	f.first = r->first;
	f.last = r->last;
	rc = read_days(&f, r->err);
	if (rc == 0 && f.faults.count == 0)
		rc = calendar_file_give(&f, r->calendar, r->err);
	calendar_file_release(&f);
	return rc;
}

int
calendar_files_read(struct calendar *calendar, const struct text_list *patterns, int32_t first, int32_t last,
    struct diag *faults, struct diag *hints, struct err *err)
{
	struct reading r = {
	    .calendar = calendar,
	    .first = first,
	    .last = last,
	    .faults = faults,
	    .hints = hints,
	    .err = err,
	};
	unsigned long before = faults->count;
	int rc = 0;

	for (size_t i = 0; i < patterns->n && rc == 0; i++)
		rc = add_pattern(&r, patterns->items[i]);
	for (size_t i = 0; i < r.n_paths && rc == 0; i++)
		rc = read_holiday_file(&r, r.paths[i]);
	for (size_t i = 0; i < r.n_paths; i++)
		free(r.paths[i]);
	free(r.paths);
	if (rc == 0 && faults->count != before)
		rc = err_set(err, ERR_REFUSED, N_("a holiday file has errors"));
	return rc;
}
