/* Writes one line of the service's log, to journald's socket or to standard error. */

#include "app/journal.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "text/printable.h"

#define SOCKET_PATH "/run/systemd/journal/socket"
#define MESSAGE_BYTES 2048

/* JOURNAL_STREAM holds the device and inode of the journal's stream (systemd.exec(5)). */
static bool
stderr_is_journal(void)
{
	const char *stream = secure_getenv("JOURNAL_STREAM");
	struct stat st;
	char stderr_stream[64];

	if (stream == NULL || fstat(STDERR_FILENO, &st) != 0)
		return false;
	(void)snprintf(stderr_stream, sizeof stderr_stream, "%ju:%ju", (uintmax_t)st.st_dev, (uintmax_t)st.st_ino);
	return strcmp(stderr_stream, stream) == 0;
}

/* Sends FIELD=value lines to journald; no value contains a line feed.  False where it was not sent. */
static bool
send_fields(enum journal_level level, const struct journal_about *about, const char *message)
{
	struct sockaddr_un to = {.sun_family = AF_UNIX, .sun_path = SOCKET_PATH};
	char fields[MESSAGE_BYTES + 512];
	int len = snprintf(fields, sizeof fields, "PRIORITY=%d\nSYSLOG_IDENTIFIER=spotcheckd\nMESSAGE=%s\n", (int)level,
	    message);
	int fd;
	bool sent;

	if (about != NULL && about->draw != 0 && len > 0 && (size_t)len < sizeof fields)
		len += snprintf(fields + len, sizeof fields - (size_t)len, "SPOTCHECK_DRAW=%llu\n",
		    (unsigned long long)about->draw);
	if (about != NULL && about->cycle != NULL && about->cycle[0] != '\0' && len > 0 && (size_t)len < sizeof fields)
		len += snprintf(fields + len, sizeof fields - (size_t)len, "SPOTCHECK_CYCLE=%s\n", about->cycle);
	if (len <= 0 || (size_t)len >= sizeof fields)
		return false;
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return false;
	sent = sendto(fd, fields, (size_t)len, MSG_NOSIGNAL, (const struct sockaddr *)&to, sizeof to) == len;
	(void)close(fd);
	return sent;
}

void
journal_say(enum journal_level level, const struct journal_about *about, const char *format, ...)
{
	bool journal = stderr_is_journal();
	char message[MESSAGE_BYTES];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(message, sizeof message, format, args);
	va_end(args);
	plain_clean(message);
	if (journal && send_fields(level, about, message))
		return;
	if (journal)
		(void)fprintf(stderr, "<%d>%s\n", (int)level, message);
	else
		(void)fprintf(stderr, "spotcheckd: %s\n", message);
}
