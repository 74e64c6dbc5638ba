/* Sends state and watchdog datagrams to systemd. */

#include "app/notify.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "text/printable.h"

#define STATUS_BYTES 1024

void
notify_tell(const char *lines)
{
	const char *path = secure_getenv("NOTIFY_SOCKET");
	struct sockaddr_un to = {.sun_family = AF_UNIX};
	size_t len = path == NULL ? 0 : strlen(path);
	int fd;

	/* A leading '@' stands for the NUL of an abstract socket name. */
	if (len < 2 || len >= sizeof to.sun_path || (path[0] != '/' && path[0] != '@'))
		return;
	memcpy(to.sun_path, path, len);
	if (path[0] == '@')
		to.sun_path[0] = '\0';
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return;
	(void)sendto(fd, lines, strlen(lines), MSG_NOSIGNAL, (const struct sockaddr *)&to,
	    (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len));
	(void)close(fd);
}

void
notify_status(const char *text)
{
	char line[STATUS_BYTES];

	(void)snprintf(line, sizeof line, "STATUS=%s", text);
	plain_clean(line);
	notify_tell(line);
}

double
notify_watchdog_s(void)
{
	const char *text = secure_getenv("WATCHDOG_USEC"), *pid = secure_getenv("WATCHDOG_PID");
	char *end = NULL;
	long long usec = text == NULL ? 0 : strtoll(text, &end, 10);

	if (usec <= 0 || end == NULL || *end != '\0')
		return 0;
	if (pid != NULL && strtoll(pid, &end, 10) != (long long)getpid())
		return 0;
	return (double)usec / 2e6;
}
