#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/template.h"

/* Reads at most `size` bytes; negative with errno set. */
static ssize_t
read_all(int fd, char *bytes, size_t size)
{
	size_t len = 0;

	while (len < size) {
		ssize_t n = read(fd, bytes + len, size - len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		if (n == 0)
			break;
		len += (size_t)n;
	}
	return (ssize_t)len;
}

static int
refuse(struct diag *diag, const char *path, int error)
{
	diag_add(diag, path, 0, N_("it cannot be read: %s"), strerror(error));
	return ERR_REFUSED;
}

int
template_load(const char *path, const struct template_name *names, struct diag *diag, struct template **ret_template)
{
	/* A pipe must not make the program wait before it is known to be one. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	char *bytes = NULL;
	struct stat st;
	ssize_t len;
	int rc;

	if (fd < 0)
		return errno == ENOENT ? ERR_ABSENT : refuse(diag, path, errno);
	if (fstat(fd, &st) != 0) {
		rc = refuse(diag, path, errno);
		goto out;
	}
	if (!S_ISREG(st.st_mode)) {
		diag_add(diag, path, 0, N_("it is no regular file"));
		rc = ERR_REFUSED;
		goto out;
	}
	bytes = malloc(TEMPLATE_MAX + 1);
	if (bytes == NULL) {
		rc = ERR_MEMORY;
		goto out;
	}
	len = read_all(fd, bytes, TEMPLATE_MAX + 1);
	rc = len < 0 ? refuse(diag, path, errno)
	             : template_parse((struct slice){bytes, (size_t)len}, path, names, diag, ret_template);
out:
	free(bytes);
	(void)close(fd);
	return rc;
}

int
template_check(const char *path, const struct template_name *names, struct diag *diag)
{
	struct template *template = NULL;
	int rc = template_load(path, names, diag, &template);

	template_free(template);
	return rc;
}
