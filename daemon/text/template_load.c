#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "system/file.h"
#include "text/template.h"

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
	len = file_read_up_to(fd, bytes, TEMPLATE_MAX + 1);
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
