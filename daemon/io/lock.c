#include "io/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

int
lock_take(const char *state_dir, const char *name, int *ret_fd, struct err *err)
{
	char *path = NULL;
	int fd, rc = 0;

	if (asprintf(&path, "%s/%s", state_dir, name) < 0)
		return err_memory(err);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	while (fd >= 0 && flock(fd, LOCK_EX) != 0)
		if (errno != EINTR) {
			(void)close(fd);
			fd = -1;
		}
	if (fd < 0)
		rc = err_set(err, ERR_OUTSIDE, "%s: %s", path, strerror(errno));
	else
		*ret_fd = fd;
	free(path);
	return rc;
}
