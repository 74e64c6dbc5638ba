#include "system/new_file.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/array.h"
#include "system/file.h"

#define KEEP 'k'

/* Where it is to be. */
struct place {
	int folder;
	char *name, *beside;
};

static void
place_release(struct place *place)
{
	if (place->folder >= 0)
		(void)close(place->folder);
	free(place->name);
	free(place->beside);
}

static int
fail(const char *path, struct err *err)
{
	return err_set(err, ERR_OUTSIDE, "%s: %s", path, strerror(errno));
}

static int
there_already(const char *path, struct err *err)
{
	return err_set(err, ERR_REFUSED,
	    N_("%s is there already, and is not overwritten; give another name, or remove it"), path);
}

static int
find_place(const char *path, struct place *ret, struct err *err)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash == NULL ? path : slash + 1;
	char *folder = slash == NULL ? strdup(".") : strndup(path, slash == path ? 1 : (size_t)(slash - path));
	struct stat st;
	int rc = 0;

	*ret = (struct place){.folder = folder == NULL ? -1 : open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC),
	    .name = strdup(name)};
	if (asprintf(&ret->beside, ".%s.new", name) < 0)
		ret->beside = NULL;
	if (folder == NULL || ret->name == NULL || ret->beside == NULL)
		rc = err_memory(err);
	else if (name[0] == '\0')
		rc = err_set(err, ERR_REFUSED, N_("%s is no name of a file"), path);
	else if (ret->folder < 0)
		rc = fail(path, err);
	else if (fstatat(ret->folder, name, &st, AT_SYMLINK_NOFOLLOW) == 0)
		rc = there_already(path, err);
	else if (errno != ENOENT)
		rc = fail(path, err);
	free(folder);
	return rc;
}

/* ---- beside ---- */

/* What is there belongs to nobody where nobody holds its lock. */
static int
remove_unfinished(const struct place *place, const char *path, struct err *err)
{
	int fd = openat(place->folder, place->beside, O_WRONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	int rc = 0;

	if (fd < 0)
		return errno == ENOENT ? 0 : fail(path, err);
	if (flock(fd, LOCK_EX | LOCK_NB) != 0)
		rc = errno == EWOULDBLOCK
		    ? err_set(err, ERR_REFUSED, N_("%s is being written by another process"), path)
		    : fail(path, err);
	else if (unlinkat(place->folder, place->beside, 0) != 0 && errno != ENOENT)
		rc = fail(path, err);
	(void)close(fd);
	return rc;
}

static int
open_beside(const struct place *place, const char *path, int *ret_fd, struct err *err)
{
	int rc = remove_unfinished(place, path, err);
	int fd = rc != 0
	    ? -1
	    : openat(place->folder, place->beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (rc != 0)
		return rc;
	if (fd < 0)
		return fail(path, err);
	if (fchmod(fd, 0600) != 0 || flock(fd, LOCK_EX | LOCK_NB) != 0) {
		rc = fail(path, err);
		(void)unlinkat(place->folder, place->beside, 0);
		(void)close(fd);
		return rc;
	}
	*ret_fd = fd;
	return 0;
}

/* ---- the keeper ---- */

/* A file system that cannot rename without replacing can link, most often. */
static bool
give_name(const struct place *place)
{
	if (renameat2(place->folder, place->beside, place->folder, place->name, RENAME_NOREPLACE) == 0)
		return true;
	if (errno != EINVAL && errno != ENOSYS)
		return false;
	return linkat(place->folder, place->beside, place->folder, place->name, 0) == 0 &&
	    unlinkat(place->folder, place->beside, 0) == 0;
}

static void
keep_or_remove(const struct place *place, int channel)
{
	int fault = 0;
	char word = 0;

	if (file_read_up_to(channel, &word, 1) == 1 && word == KEEP) {
		fault = give_name(place) && file_sync(place->folder) == 0 ? 0 : errno;
		if (fault != 0)
			(void)unlinkat(place->folder, place->beside, 0);
		(void)file_write(channel, &fault, sizeof fault);
	} else {
		(void)unlinkat(place->folder, place->beside, 0);
	}
}

/* Whoever breaks the command off does not break off the tidying. */
static _Noreturn void
keeper(const struct place *place, int channel)
{
	static const int ignored[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE};

	for (size_t i = 0; i < ARRAY_LEN(ignored); i++)
		(void)signal(ignored[i], SIG_IGN);
	keep_or_remove(place, channel);
	_exit(0);
}

/* ---- the writer ---- */

static int
begin_keeper(const struct place *place, struct new_file *file, struct err *err)
{
	int channel[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, channel) != 0)
		return fail(file->path, err);
	file->keeper = fork();
	if (file->keeper == 0) {
		(void)close(channel[0]);
		(void)close(file->fd); /* the lock is the writer's alone */
		keeper(place, channel[1]);
	}
	(void)close(channel[1]);
	if (file->keeper < 0) {
		int rc = fail(file->path, err);

		(void)close(channel[0]);
		return rc;
	}
	file->channel = channel[0];
	return 0;
}

int
new_file_open(const char *path, struct new_file *ret_file, struct err *err)
{
	struct new_file file = {.fd = -1, .channel = -1, .path = path};
	struct place place;
	int rc = find_place(path, &place, err);

	if (rc == 0)
		rc = open_beside(&place, path, &file.fd, err);
	if (rc == 0 && (rc = begin_keeper(&place, &file, err)) != 0) {
		(void)unlinkat(place.folder, place.beside, 0);
		(void)close(file.fd);
	}
	place_release(&place);
	if (rc == 0)
		*ret_file = file;
	return rc;
}

static void
end_keeper(struct new_file *file)
{
	(void)close(file->channel);
	while (waitpid(file->keeper, NULL, 0) < 0 && errno == EINTR)
		;
	(void)close(file->fd);
}

int
new_file_keep(struct new_file *file, struct err *err)
{
	int fault = 0, rc = 0;
	char word = KEEP;

	if (file_sync(file->fd) != 0) {
		rc = fail(file->path, err);
	} else if (send(file->channel, &word, 1, MSG_NOSIGNAL) != 1 ||
	    file_read_up_to(file->channel, &fault, sizeof fault) != (ssize_t)sizeof fault) {
		rc = err_set(err, ERR_OUTSIDE, N_("%s cannot be given its name"), file->path);
	} else if (fault != 0) {
		errno = fault;
		rc = fault == EEXIST ? there_already(file->path, err) : fail(file->path, err);
	}
	end_keeper(file);
	return rc;
}

void
new_file_drop(struct new_file *file)
{
	end_keeper(file);
}
