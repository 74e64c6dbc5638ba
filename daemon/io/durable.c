#include "io/durable.h"

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

void
durable_off(void)
{
	off = true;
}

int
durable_sync_folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *folder = slash == NULL ? strdup(".") : strndup(path, slash == path ? 1 : (size_t)(slash - path));
	int fd = folder == NULL ? -1 : open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int rc = fd < 0 ? -1 : durable_sync(fd);

	if (fd >= 0)
		(void)close(fd);
	free(folder);
	return rc;
}
