/* A new file that appears complete under its name, given by a keeper process with the rights of the beginning. */
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

#define KEEP 'k' /* the message that asks the keeper to give the name */

/* Where the file is to be. */
struct destination {
	int folder;
	char *name;
	char *unfinished; /* the name while it is being written */
};

static void
destination_release(struct destination *destination)
{
	if (destination->folder >= 0)
		(void)close(destination->folder);
	free(destination->name);
	free(destination->unfinished);
}

static int
report_errno(const char *path, struct err *err)
{
	return err_set(err, ERR_OUTSIDE, "%s: %s", path, strerror(errno));
}

static int
refuse_existing(const char *path, struct err *err)
{
	return err_set(err, ERR_REFUSED,
	    N_("%s is there already, and is not overwritten; give another name, or remove it"), path);
}

static int
find_destination(const char *path, struct destination *ret, struct err *err)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash == NULL ? path : slash + 1;
	char *folder = slash == NULL ? strdup(".") : strndup(path, slash == path ? 1 : (size_t)(slash - path));
	struct stat st;
	int rc = 0;

	*ret = (struct destination){.folder = folder == NULL ? -1 : open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC),
	    .name = strdup(name)};
	if (asprintf(&ret->unfinished, ".%s.new", name) < 0)
		ret->unfinished = NULL;
	if (folder == NULL || ret->name == NULL || ret->unfinished == NULL)
		rc = err_memory(err);
	else if (name[0] == '\0')
		rc = err_set(err, ERR_REFUSED, N_("%s is no name of a file"), path);
	else if (ret->folder < 0)
		rc = report_errno(path, err);
	else if (fstatat(ret->folder, name, &st, AT_SYMLINK_NOFOLLOW) == 0)
		rc = refuse_existing(path, err);
	else if (errno != ENOENT)
		rc = report_errno(path, err);
	free(folder);
	return rc;
}

/* ---- the unfinished file ---- */

/* Removes an unfinished file that no process has locked. */
static int
remove_unfinished(const struct destination *destination, const char *path, struct err *err)
{
	int fd = openat(destination->folder, destination->unfinished, O_WRONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	int rc = 0;

	if (fd < 0)
		return errno == ENOENT ? 0 : report_errno(path, err);
	if (flock(fd, LOCK_EX | LOCK_NB) != 0)
		rc = errno == EWOULDBLOCK
		    ? err_set(err, ERR_REFUSED, N_("%s is being written by another process"), path)
		    : report_errno(path, err);
	else if (unlinkat(destination->folder, destination->unfinished, 0) != 0 && errno != ENOENT)
		rc = report_errno(path, err);
	(void)close(fd);
	return rc;
}

static int
open_unfinished(const struct destination *destination, const char *path, int *ret_fd, struct err *err)
{
	int rc = remove_unfinished(destination, path, err);
	int fd = rc != 0 ? -1
	                 : openat(destination->folder, destination->unfinished,
	                       O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (rc != 0)
		return rc;
	if (fd < 0)
		return report_errno(path, err);
	if (fchmod(fd, 0600) != 0 || flock(fd, LOCK_EX | LOCK_NB) != 0) {
		rc = report_errno(path, err);
		(void)unlinkat(destination->folder, destination->unfinished, 0);
		(void)close(fd);
		return rc;
	}
	*ret_fd = fd;
	return 0;
}

/* ---- the keeper ---- */

/* Where the file system has no RENAME_NOREPLACE, a link and an unlink do the same. */
static bool
give_name(const struct destination *destination)
{
	if (renameat2(destination->folder, destination->unfinished, destination->folder, destination->name,
	        RENAME_NOREPLACE) == 0)
		return true;
	if (errno != EINVAL && errno != ENOSYS)
		return false;
	return linkat(destination->folder, destination->unfinished, destination->folder, destination->name, 0) == 0 &&
	    unlinkat(destination->folder, destination->unfinished, 0) == 0;
}

static void
keep_or_remove(const struct destination *destination, int channel)
{
	int fault = 0;
	char word = 0;

	if (file_read_up_to(channel, &word, 1) == 1 && word == KEEP) {
		fault = give_name(destination) && file_sync(destination->folder) == 0 ? 0 : errno;
		if (fault != 0)
			(void)unlinkat(destination->folder, destination->unfinished, 0);
		(void)file_write(channel, &fault, sizeof fault);
	} else {
		(void)unlinkat(destination->folder, destination->unfinished, 0);
	}
}

/* Signals that end the command must not end the keeper, which removes the unfinished file. */
static _Noreturn void
run_keeper(const struct destination *destination, int channel)
{
	static const int ignored[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE};

	for (size_t i = 0; i < ARRAY_LEN(ignored); i++)
		(void)signal(ignored[i], SIG_IGN);
	keep_or_remove(destination, channel);
	_exit(0);
}

/* ---- the writer ---- */

static int
begin_keeper(const struct destination *destination, struct new_file *file, struct err *err)
{
	int channel[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, channel) != 0)
		return report_errno(file->path, err);
	file->keeper = fork();
	if (file->keeper == 0) {
		(void)close(channel[0]);
		(void)close(file->fd); /* the lock is the writer's alone */
		run_keeper(destination, channel[1]);
	}
	(void)close(channel[1]);
	if (file->keeper < 0) {
		int rc = report_errno(file->path, err);

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
	struct destination destination;
	int rc = find_destination(path, &destination, err);

	if (rc == 0)
		rc = open_unfinished(&destination, path, &file.fd, err);
	if (rc == 0 && (rc = begin_keeper(&destination, &file, err)) != 0) {
		(void)unlinkat(destination.folder, destination.unfinished, 0);
		(void)close(file.fd);
	}
	destination_release(&destination);
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
		rc = report_errno(file->path, err);
	} else if (send(file->channel, &word, 1, MSG_NOSIGNAL) != 1 ||
	    file_read_up_to(file->channel, &fault, sizeof fault) != (ssize_t)sizeof fault) {
		rc = err_set(err, ERR_OUTSIDE, N_("%s cannot be given its name"), file->path);
	} else if (fault != 0) {
		errno = fault;
		rc = fault == EEXIST ? refuse_existing(file->path, err) : report_errno(file->path, err);
	}
	end_keeper(file);
	return rc;
}

void
new_file_drop(struct new_file *file)
{
	end_keeper(file);
}
