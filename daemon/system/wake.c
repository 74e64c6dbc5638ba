/* The socket by which commands wake the daemon. */
#include "system/wake.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

int
wake_listen(const char *state_dir, int *ret_fd, struct err *err)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	int len = snprintf(at.sun_path, sizeof at.sun_path, "%s/" WAKE_FILE, state_dir);
	int fd;

	if (len < 0 || (size_t)len >= sizeof at.sun_path)
		return err_set(err, ERR_OUTSIDE, N_("the path of state_dir %s is too long for a socket in it"),
		    state_dir);
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return err_set(err, ERR_OUTSIDE, "%s: %s", at.sun_path, strerror(errno));
	(void)unlink(at.sun_path); /* only the holder of the lock comes here */
	if (bind(fd, (const struct sockaddr *)&at, sizeof at) != 0 || chmod(at.sun_path, 0600) != 0) {
		(void)err_set(err, ERR_OUTSIDE, "%s: %s", at.sun_path, strerror(errno));
		(void)close(fd);
		return ERR_OUTSIDE;
	}
	*ret_fd = fd;
	return 0;
}

void
wake_drain(int fd)
{
	char byte;

	while (recv(fd, &byte, sizeof byte, MSG_DONTWAIT) >= 0)
		;
}

void
wake_daemon(const char *state_dir)
{
	struct sockaddr_un to = {.sun_family = AF_UNIX};
	int len = snprintf(to.sun_path, sizeof to.sun_path, "%s/" WAKE_FILE, state_dir);
	int fd;

	if (len < 0 || (size_t)len >= sizeof to.sun_path)
		return;
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return;
	/* No daemon, or a full queue: it reads the state when it starts, or is being woken already. */
	(void)sendto(fd, "", 0, MSG_NOSIGNAL, (const struct sockaddr *)&to, sizeof to);
	(void)close(fd);
}
