/* Executes a helper program with its task on standard input, and reads the task there. */

#include "app/program.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "app/journal.h"
#include "system/file.h"
#include "text/language.h"

#define _(text) language_text(text)

static void
find_program(const char *name, char ret_path[static PATH_MAX])
{
	char self[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
	char *slash;

	self[n > 0 ? n : 0] = '\0';
	slash = strrchr(self, '/');
	if (slash != NULL) {
		*slash = '\0';
		if (snprintf(ret_path, PATH_MAX, "%.*s/%.30s", PATH_MAX - 32, self, name) < PATH_MAX &&
		    access(ret_path, X_OK) == 0)
			return;
	}
	(void)snprintf(ret_path, PATH_MAX, "%s/%.30s", LIBEXEC_DIR, name);
}

int
program_exec(const char *name, bool (*write)(int fd, const void *task), const void *task, int pipe)
{
	char path[PATH_MAX], first[32];
	char *const argv[] = {first, NULL};
	int fd = memfd_create("task", MFD_CLOEXEC);

	(void)snprintf(first, sizeof first, "%s", name);
	find_program(name, path);
	if (fd >= 0 && write(fd, task) && lseek(fd, 0, SEEK_SET) == 0 && dup2(fd, STDIN_FILENO) >= 0 &&
	    dup2(pipe, STDOUT_FILENO) >= 0)
		(void)execv(path, argv);
	journal_say(JOURNAL_ERR, NULL, _("%s cannot be started: %s"), path, strerror(errno));
	return 3;
}

char *
program_read_task(int fd, size_t max, size_t *ret_len)
{
	char *bytes = malloc(max);
	ssize_t n = bytes == NULL ? 0 : file_read_up_to(fd, bytes, max);

	if (n > 0 && bytes[n - 1] == '\0') {
		*ret_len = (size_t)n;
		return bytes;
	}
	free(bytes);
	return NULL;
}

char *
program_next_text(char **at, const char *end)
{
	char *text = *at;

	if (text >= end)
		return NULL;
	*at += strlen(text) + 1; /* the last byte is a NUL */
	return text;
}

bool
program_write_text(int fd, const char *text)
{
	return file_write(fd, text, strlen(text) + 1);
}
