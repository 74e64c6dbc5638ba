#include "system/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

static int
take(const char *state_dir, const char *name, int how, int *ret_fd, struct err *err)
{
	char *path = NULL;
	int fd, rc = 0;

	if (asprintf(&path, "%s/%s", state_dir, name) < 0)
		return err_memory(err);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	while (fd >= 0 && flock(fd, how) != 0)
		if (errno != EINTR) {
			rc = errno == EWOULDBLOCK ? ERR_NOT_YET : 0;
			(void)close(fd);
			fd = -1;
		}
	if (fd < 0 && rc == 0)
		rc = err_set(err, ERR_OUTSIDE, "%s: %s", path, strerror(errno));
	else if (fd >= 0)
		*ret_fd = fd;
	free(path);
	return rc;
}

int
lock_take(const char *state_dir, const char *name, int *ret_fd, struct err *err)
{
	return take(state_dir, name, LOCK_EX, ret_fd, err);
}

int
lock_try(const char *state_dir, const char *name, int *ret_fd, struct err *err)
{
	return take(state_dir, name, LOCK_EX | LOCK_NB, ret_fd, err);
}
