/* Writes the service's state as Prometheus metrics into a file. */

#include "admin/metrics.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/buf.h"

#define TEXT_BYTES 8192

static void
put_metric(struct buf *out, const char *name, const char *type, const char *help, uint64_t value)
{
	buf_format(out, "# HELP %s %s\n# TYPE %s %s\n%s %llu\n", name, help, name, type, name,
	    (unsigned long long)value);
}

static void
write_text(struct buf *out, const struct status *s, int64_t now)
{
	put_metric(out, "spotcheckd_log_entries", "counter", "Entries of the log.", s->entries);
	put_metric(out, "spotcheckd_draws", "counter", "Commitments made so far.", s->draws);
	put_metric(out, "spotcheckd_draws_open", "gauge", "Committed, and neither drawn nor voided.", s->open);
	put_metric(out, "spotcheckd_draws_sealed", "gauge", "Drawn or voided, and not opened yet.", s->sealed);
	put_metric(out, "spotcheckd_late", "gauge", "What should have happened already.", s->late);
	put_metric(out, "spotcheckd_letters_queued", "gauge", "Letters that wait to leave.", s->queued);
	put_metric(out, "spotcheckd_letters_failed", "gauge", "Letters that could not be delivered.", s->failed);
	put_metric(out, "spotcheckd_letters_unknown", "gauge", "Letters that may have been delivered.", s->unknown);
	put_metric(out, "spotcheckd_last_turn_seconds", "gauge", "When the service last looked, since 1970.",
	    (uint64_t)now);
}

/* The file is readable by everybody, since the collector is another user.  -1 and errno where it cannot be written. */
static int
replace_metrics_file(const char *path, const char *beside, struct slice text)
{
	int fd = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
	int rc = -1;

	if (fd < 0)
		return -1;
	if (fchmod(fd, 0644) == 0 && write(fd, text.p, text.n) == (ssize_t)text.n)
		rc = 0;
	if (close(fd) != 0 || (rc == 0 && rename(beside, path) != 0))
		rc = -1;
	if (rc != 0) {
		int why = errno;

		(void)unlink(beside);
		errno = why;
	}
	return rc;
}

int
metrics_write(const char *dir, const struct status *status, int64_t now, struct err *err)
{
	char *path = NULL, *beside = NULL;
	struct buf text;
	int rc = 0;

	buf_init(&text, TEXT_BYTES);
	write_text(&text, status, now);
	if (text.failed || asprintf(&path, "%s/spotcheckd.prom", dir) < 0 ||
	    asprintf(&beside, "%s/.spotcheckd.prom.new", dir) < 0)
		rc = err_memory(err);
	else if (replace_metrics_file(path, beside, buf_view(&text)) != 0)
		rc = err_set(err, ERR_OUTSIDE, N_("%s cannot be written: %s"), path, strerror(errno));
	free(beside);
	free(path);
	buf_release(&text);
	return rc;
}
