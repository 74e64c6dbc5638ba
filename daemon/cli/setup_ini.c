/* Reads the shipped INI, puts values into its lines, and writes the new file. */

#include "cli/setup_ini.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "core/base/text.h"

#define VALUES_MAX 32

int
setup_read(const char *path, struct buf *out, struct err *err)
{
	char bytes[4096];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = 0;

	buf_clear(out);
	if (fd < 0)
		return err_set(err, errno == ENOENT ? ERR_ABSENT : ERR_OUTSIDE, "%s: %s", path, strerror(errno));
	while ((n = read(fd, bytes, sizeof bytes)) > 0)
		buf_put(out, bytes, (size_t)n);
	(void)close(fd);
	if (n < 0 || out->failed)
		return err_set(err, ERR_OUTSIDE, N_("%s cannot be read"), path);
	return 0;
}

/* The key of the line "key = …" or "#key = …"; empty where the line has none. */
static struct slice
ini_key_of(struct slice line)
{
	size_t n = 0;

	if (line.n > 0 && line.p[0] == '#') {
		line.p++;
		line.n--;
	}
	while (n < line.n && ((line.p[n] >= 'a' && line.p[n] <= 'z') || line.p[n] == '_'))
		n++;
	for (size_t i = n; i < line.n; i++) {
		if (line.p[i] == '=')
			return (struct slice){line.p, n};
		if (line.p[i] != ' ')
			break;
	}
	return (struct slice){"", 0};
}

/* The index of the value that replaces the line; n: none. */
static size_t
match_value(struct slice section, struct slice line, const struct setup_value *values, size_t n, const bool *done)
{
	struct slice key = ini_key_of(line);
	size_t i = 0;

	while (i < n &&
	    (done[i] || values[i].value == NULL || !slice_is(section, values[i].section) ||
	        !slice_is(key, values[i].key)))
		i++;
	return i;
}

static int
check_values(const struct setup_value *values, size_t n, struct err *err)
{
	for (size_t i = 0; i < n; i++)
		if (values[i].value != NULL && text_check_reason(slice_of(values[i].value)) != TEXT_OK)
			return err_set(err, ERR_REFUSED,
			    N_("%s must be one line of text without characters that cannot be seen"), values[i].key);
	return 0;
}

int
setup_substitute(struct slice template, const struct setup_value *values, size_t n, struct buf *out, struct err *err)
{
	struct slice rest = template, section = {"", 0};
	bool done[VALUES_MAX] = {false};
	int rc = check_values(values, n, err);

	if (rc != 0)
		return rc;
	while (rest.n > 0) {
		struct slice line = slice_cut(&rest, '\n');
		size_t i;

		/* Keys in a section that is commented out are left alone. */
		if (line.n > 1 && (line.p[0] == '[' || (line.p[0] == '#' && line.p[1] == '[')))
			section = line.p[0] == '[' ? (struct slice){line.p + 1, line.n - 2} : (struct slice){"", 0};
		i = match_value(section, line, values, n, done);
		if (i < n) {
			buf_text(out, values[i].key);
			buf_text(out, " = ");
			buf_text(out, values[i].value);
			done[i] = true;
		} else {
			buf_slice(out, line);
		}
		buf_byte(out, '\n');
	}
	for (size_t i = 0; i < n; i++)
		if (values[i].value != NULL && !done[i])
			return err_set(err, ERR_OUTSIDE, N_("the shipped configuration has no line for %s in [%s]"),
			    values[i].key, values[i].section);
	return out->failed ? err_memory(err) : 0;
}

int
setup_write(const char *path, struct slice content, struct err *err)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644);
	bool ok = fd >= 0;
	ssize_t n;

	while (ok && content.n > 0) {
		n = write(fd, content.p, content.n);
		ok = n > 0 || (n < 0 && errno == EINTR);
		content.p += n > 0 ? n : 0;
		content.n -= n > 0 ? (size_t)n : 0;
	}
	ok = ok && fsync(fd) == 0;
	if (fd >= 0)
		(void)close(fd);
	return ok ? 0 : err_set(err, ERR_OUTSIDE, N_("%s cannot be written: %s"), path, strerror(errno));
}
