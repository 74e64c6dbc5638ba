/* A published directory that is held in memory, for tests that change bytes of it. */

#include "memory_dir.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static void
load_file(struct memory_dir *dir, const char *root, const char *name, size_t len)
{
	struct memory_file *f = &dir->files[dir->n++];
	char full[1024];
	FILE *in;

	assert_true(dir->n <= sizeof dir->files / sizeof dir->files[0]);
	(void)snprintf(full, sizeof full, "%s/%s/%s", VECTORS, root, name);
	(void)snprintf(f->path, sizeof f->path, "%.120s", name);
	f->len = len;
	f->bytes = malloc(len + 1);
	in = fopen(full, "rb");
	assert_non_null(f->bytes);
	assert_non_null(in);
	assert_int_equal(fread(f->bytes, 1, len, in), len);
	(void)fclose(in);
}

static void
load(struct memory_dir *dir, const char *root, const char *path)
{
	char full[1024];
	DIR *folder;
	struct dirent *entry;

	(void)snprintf(full, sizeof full, "%s/%s/%s", VECTORS, root, path);
	folder = opendir(full);
	assert_non_null(folder);
	while ((entry = readdir(folder)) != NULL) {
		char name[400];
		struct stat st;

		if (entry->d_name[0] == '.')
			continue;
		(void)snprintf(name, sizeof name, "%s%s%s", path, *path == '\0' ? "" : "/", entry->d_name);
		(void)snprintf(full, sizeof full, "%s/%s/%.300s", VECTORS, root, name);
		assert_int_equal(stat(full, &st), 0);
		if (S_ISDIR(st.st_mode))
			load(dir, root, name);
		else
			load_file(dir, root, name, (size_t)st.st_size);
	}
	(void)closedir(folder);
}

void
memory_dir_load(struct memory_dir *dir, const char *name)
{
	load(dir, name, "");
}

void
memory_dir_release(struct memory_dir *dir)
{
	for (size_t i = 0; i < dir->n; i++)
		free(dir->files[i].bytes);
	dir->n = 0;
}

void
memory_dir_drop(struct memory_dir *dir, const char *path)
{
	for (size_t i = 0; i < dir->n; i++)
		if (strcmp(dir->files[i].path, path) == 0) {
			free(dir->files[i].bytes);
			dir->files[i--] = dir->files[--dir->n];
		}
}

void
memory_dir_put(struct memory_dir *dir, const char *path, struct slice bytes)
{
	struct memory_file *f;

	memory_dir_drop(dir, path);
	assert_true(dir->n < sizeof dir->files / sizeof dir->files[0]);
	f = &dir->files[dir->n++];
	assert_true(strlen(path) < sizeof f->path);
	(void)snprintf(f->path, sizeof f->path, "%s", path);
	f->len = bytes.n;
	f->bytes = malloc(bytes.n + 1);
	assert_non_null(f->bytes);
	memcpy(f->bytes, bytes.p, bytes.n);
}

static int
read_file(void *ctx, const char *path, struct buf *out, struct err *err)
{
	const struct memory_dir *dir = ctx;
	char full[512];

	(void)snprintf(full, sizeof full, "%s%s", dir->prefix, path);
	for (size_t i = 0; i < dir->n; i++)
		if (strcmp(dir->files[i].path, full) == 0) {
			if (dir->files[i].len > out->max)
				return err_set(err, ERR_LIMIT, "%s: large", path);
			buf_put(out, dir->files[i].bytes, dir->files[i].len);
			return 0;
		}
	return err_set(err, ERR_ABSENT, "%s: missing", path);
}

/* A file before this one stands in the folder of this path. */
static bool
folder_was_named(const struct memory_dir *dir, size_t file, const char *path, size_t len)
{
	for (size_t i = 0; i < file; i++)
		if (strncmp(dir->files[i].path, path, len) == 0 && dir->files[i].path[len] == '/')
			return true;
	return false;
}

static int
list_files(void *ctx, const char *path, void (*each)(void *arg, const char *name, bool is_file), void *arg,
    struct err *err)
{
	const struct memory_dir *dir = ctx;
	char full[512];
	size_t len;
	bool any = false;

	(void)snprintf(full, sizeof full, "%s%s%s", dir->prefix, path,
	    *path == '\0' || *dir->prefix != '\0' ? "" : "/");
	len = strlen(full);
	for (size_t i = 0; i < dir->n; i++) {
		char name[128];
		char *slash;

		if (strncmp(dir->files[i].path, full, len) != 0)
			continue;
		(void)snprintf(name, sizeof name, "%s", dir->files[i].path + len);
		slash = strchr(name, '/');
		if (slash != NULL)
			*slash = '\0';
		if (slash == NULL || !folder_was_named(dir, i, dir->files[i].path, len + strlen(name)))
			each(arg, name, slash == NULL);
		any = true;
	}
	return any ? 0 : err_set(err, ERR_ABSENT, "%s: missing", path);
}

struct published
memory_dir_published(struct memory_dir *dir, const char *prefix)
{
	dir->prefix = prefix;
	return (struct published){read_file, list_files, dir};
}
