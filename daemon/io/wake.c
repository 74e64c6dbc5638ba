#include "io/wake.h"

#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

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
	/* Nobody there, or a full queue: either way the daemon looks, or will. */
	(void)sendto(fd, "", 0, MSG_NOSIGNAL, (const struct sockaddr *)&to, sizeof to);
	(void)close(fd);
}
