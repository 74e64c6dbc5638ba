/* Delivers messages into a maildir, each once: the file name follows from the Message-ID. */
#include "mail/maildir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/hash.h"
#include "core/base/text.h"
#include "system/file.h"

/*
 * As https://cr.yp.to/proto/maildir.html, but a file name is made of the Message-ID and not of time, process and host:
 * so a second attempt finds what the first delivered.
 */

#define NAME_DIGITS 40
#define NAME_END ".spotcheck"
#define NAME_LEN (NAME_DIGITS + sizeof NAME_END - 1)

_Static_assert(NAME_LEN < MAILDIR_NAME_BYTES, "a name and its NUL fit");

struct maildir {
	char *path;
	int dir, fresh, cur, tmp; /* the folder, new/, cur/, tmp/ */
	char (*names)
	    [MAILDIR_NAME_BYTES]; /* of our messages: those found at opening, ascending; then those delivered since */
	size_t n;
	size_t cap;
	size_t n_sorted;
};

void
maildir_name(struct slice message_id, char ret_name[static MAILDIR_NAME_BYTES])
{
	char digits[HASH_HEX + 1];

	hash_hex(message_id, digits);
	(void)snprintf(ret_name, MAILDIR_NAME_BYTES, "%.*s" NAME_END, NAME_DIGITS, digits);
}

static int
set_folder_err(const struct maildir *maildir, const char *part, struct err *err)
{
	return err_set(err, ERR_OUTSIDE, "%s%s%s: %s", maildir->path, *part == '\0' ? "" : "/", part, strerror(errno));
}

/* ---- opening ---- */

/* Makes the folder, if it is missing, and syncs its parent. */
static int
make_maildir_folder(const struct maildir *maildir, int at, const char *name, const char *part, struct err *err)
{
	char *path, *slash;
	int rc = 0, parent;

	if (mkdirat(at, name, 0700) != 0)
		return errno == EEXIST ? 0 : set_folder_err(maildir, part, err);
	path = strdup(name);
	if (path == NULL)
		return err_memory(err);
	for (size_t len = strlen(path); len > 1 && path[len - 1] == '/'; len--)
		path[len - 1] = '\0';
	slash = strrchr(path, '/');
	if (slash != NULL)
		slash[slash == path] = '\0';
	parent = openat(at, slash == NULL ? "." : path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (parent < 0 || file_sync(parent) != 0)
		rc = set_folder_err(maildir, part, err);
	if (parent >= 0)
		(void)close(parent);
	free(path);
	return rc;
}

static int
open_maildir_folder(const struct maildir *maildir, int at, const char *name, const char *part, int *ret_fd,
    struct err *err)
{
	int rc = make_maildir_folder(maildir, at, name, part, err);

	if (rc != 0)
		return rc;
	*ret_fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return *ret_fd < 0 ? set_folder_err(maildir, part, err) : 0;
}

/*
 * One process delivers at a time.  On a file system without such locks only the file names keep a message from being
 * delivered twice.
 */
static int
lock_maildir(const struct maildir *maildir, bool *ret_locked, struct err *err)
{
	if (flock(maildir->tmp, LOCK_EX | LOCK_NB) == 0) {
		*ret_locked = true;
		return 0;
	}
	if (errno == EWOULDBLOCK)
		return err_set(err, ERR_NOT_YET, N_("%s: another process is delivering there"), maildir->path);
	*ret_locked = false;
	return 0;
}

/* Our names are 40 hex digits and the ending; then flags may follow, or in tmp/ a process number. */
static bool
is_our_message(const char *name)
{
	return strlen(name) >= NAME_LEN && text_is_hex((struct slice){name, NAME_DIGITS}, NAME_DIGITS) &&
	    memcmp(name + NAME_DIGITS, NAME_END, sizeof NAME_END - 1) == 0 &&
	    (name[NAME_LEN] == '\0' || name[NAME_LEN] == ':' || name[NAME_LEN] == '-' || name[NAME_LEN] == ',' ||
	        name[NAME_LEN] == ';');
}

static int
add_message_name(struct maildir *maildir, const char *name, struct err *err)
{
	if (maildir->n == maildir->cap) {
		size_t cap = maildir->cap == 0 ? 64 : maildir->cap * 2;
		void *names = reallocarray(maildir->names, cap, MAILDIR_NAME_BYTES);

		if (names == NULL)
			return err_memory(err);
		maildir->names = names;
		maildir->cap = cap;
	}
	(void)snprintf(maildir->names[maildir->n++], MAILDIR_NAME_BYTES, "%.*s", (int)NAME_LEN, name);
	return 0;
}

static int
each_our_message(struct maildir *maildir, int fd, const char *part,
    int (*each)(struct maildir *maildir, const char *name, struct err *err), struct err *err)
{
	int copy = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = copy < 0 ? NULL : fdopendir(copy);
	struct dirent *entry;
	int rc = 0;

	if (dir == NULL) {
		rc = set_folder_err(maildir, part, err);
		if (copy >= 0)
			(void)close(copy);
		return rc;
	}
	for (errno = 0; rc == 0 && (entry = readdir(dir)) != NULL; errno = 0)
		if (is_our_message(entry->d_name))
			rc = each(maildir, entry->d_name, err);
	if (rc == 0 && errno != 0)
		rc = set_folder_err(maildir, part, err);
	(void)closedir(dir);
	return rc;
}

static int
remove_unfinished_message(struct maildir *maildir, const char *name, struct err *err)
{
	return unlinkat(maildir->tmp, name, 0) != 0 && errno != ENOENT ? set_folder_err(maildir, "tmp", err) : 0;
}

static int
compare_message_names(const void *a, const void *b)
{
	return strcmp(a, b);
}

/* new/ before cur/: a mail reader moves messages from new/ to cur/, so none is missed. */
static int
read_message_names(struct maildir *maildir, struct err *err)
{
	int rc = each_our_message(maildir, maildir->fresh, "new", add_message_name, err);

	if (rc == 0)
		rc = each_our_message(maildir, maildir->cur, "cur", add_message_name, err);
	if (rc != 0)
		return rc;
	if (maildir->n > 0)
		qsort(maildir->names, maildir->n, MAILDIR_NAME_BYTES, compare_message_names);
	maildir->n_sorted = maildir->n;
	return 0;
}

int
maildir_open(const char *path, struct maildir **ret_maildir, struct err *err)
{
	struct maildir *maildir = calloc(1, sizeof *maildir);
	bool locked = false;
	int rc;

	if (maildir == NULL)
		return err_memory(err);
	maildir->dir = maildir->fresh = maildir->cur = maildir->tmp = -1;
	maildir->path = strdup(path);
	rc = maildir->path == NULL ? err_memory(err) : 0;
	if (rc == 0)
		rc = open_maildir_folder(maildir, AT_FDCWD, path, "", &maildir->dir, err);
	if (rc == 0)
		rc = open_maildir_folder(maildir, maildir->dir, "tmp", "tmp", &maildir->tmp, err);
	if (rc == 0)
		rc = open_maildir_folder(maildir, maildir->dir, "new", "new", &maildir->fresh, err);
	if (rc == 0)
		rc = open_maildir_folder(maildir, maildir->dir, "cur", "cur", &maildir->cur, err);
	if (rc == 0)
		rc = lock_maildir(maildir, &locked, err);
	if (rc == 0 && locked)
		rc = each_our_message(maildir, maildir->tmp, "tmp", remove_unfinished_message, err);
	if (rc == 0)
		rc = read_message_names(maildir, err);
	if (rc == 0) {
		*ret_maildir = maildir;
		maildir = NULL;
	}
	maildir_close(maildir);
	return rc;
}

static void
close_fd(int fd)
{
	if (fd >= 0)
		(void)close(fd);
}

void
maildir_close(struct maildir *maildir)
{
	if (maildir == NULL)
		return;
	close_fd(maildir->tmp);
	close_fd(maildir->cur);
	close_fd(maildir->fresh);
	close_fd(maildir->dir);
	free(maildir->names);
	free(maildir->path);
	free(maildir);
}

/* ---- delivering ---- */

static bool
has_message_name(const struct maildir *maildir, const char *name)
{
	if (maildir->n_sorted > 0 &&
	    bsearch(name, maildir->names, maildir->n_sorted, MAILDIR_NAME_BYTES, compare_message_names) != NULL)
		return true;
	for (size_t i = maildir->n_sorted; i < maildir->n; i++)
		if (strcmp(name, maildir->names[i]) == 0)
			return true;
	return false;
}

static int
write_message_file(struct maildir *maildir, const char *name, struct slice message, struct err *err)
{
	char tmp_name[MAILDIR_NAME_BYTES + 24];
	int fd, rc = 0;

	(void)snprintf(tmp_name, sizeof tmp_name, "%s-%ld", name, (long)getpid());
	fd = openat(maildir->tmp, tmp_name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return set_folder_err(maildir, "tmp", err);
	if (!file_write(fd, message.p, message.n) || file_sync(fd) != 0)
		rc = set_folder_err(maildir, "tmp", err);
	if (close(fd) != 0 && rc == 0) /* some file systems report a full quota only here */
		rc = set_folder_err(maildir, "tmp", err);
	if (rc == 0 && renameat(maildir->tmp, tmp_name, maildir->fresh, name) != 0)
		rc = set_folder_err(maildir, "new", err);
	if (rc != 0)
		(void)unlinkat(maildir->tmp, tmp_name, 0);
	return rc;
}

int
maildir_deliver(struct maildir *maildir, struct slice message_id, struct slice message, bool *ret_was_there,
    struct err *err)
{
	char name[MAILDIR_NAME_BYTES];
	bool was_there;
	int rc;

	maildir_name(message_id, name);
	was_there = has_message_name(maildir, name);
	if (!was_there) {
		rc = add_message_name(maildir, name, err);
		if (rc != 0)
			return rc;
		rc = write_message_file(maildir, name, message, err);
		if (rc != 0) {
			maildir->n--;
			return rc;
		}
	}
	/* Synced also where it was there: an earlier attempt may have crashed between rename and sync. */
	if (file_sync(maildir->fresh) != 0)
		return set_folder_err(maildir, "new", err);
	if (ret_was_there != NULL)
		*ret_was_there = was_there;
	return 0;
}
