#include "system/durable.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool off;

int
durable_sync(int fd)
{
	return off ? 0 : fsync(fd);
}

/* A folder may let us make something in it without letting us read it: then the whole file system is synced. */
static int
sync_file_system_of(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	int rc = fd < 0 ? -1 : syncfs(fd);

	if (fd >= 0)
		(void)close(fd);
	return rc;
}

/* The caller frees it. */
static char *
folder_of(const char *path)
{
	size_t len = strlen(path);

	while (len > 1 && path[len - 1] == '/')
		len--;
	while (len > 0 && path[len - 1] != '/')
		len--;
	while (len > 1 && path[len - 1] == '/')
		len--;
	return len == 0 ? strdup(".") : strndup(path, len);
}

int
durable_sync_folder_of(const char *path)
{
	char *folder = off ? NULL : folder_of(path);
	int fd, rc;

	if (off)
		return 0;
	if (folder == NULL)
		return -1;
	fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	free(folder);
	if (fd < 0)
		return errno == EACCES ? sync_file_system_of(path) : -1;
	rc = durable_sync(fd);
	(void)close(fd);
	return rc;
}

void
durable_off(void)
{
	off = true;
}
