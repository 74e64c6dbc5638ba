/* `import leave` of an iCalendar: turns an inspector's days off into the rows that a CSV file would have. */
#include "cli/leave_calendar.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "core/base/text.h"
#include "holidays/leave.h"
#include "system/clock.h"
#include "system/file.h"

static int
ignore_inspector(void *ctx, const struct rosters_inspector *inspector)
{
	(void)ctx;
	(void)inspector;
	return 0;
}

/* The caller frees `*ret_bytes`. */
static int
read_whole(int fd, const char *file, char **ret_bytes, size_t *ret_n, struct err *err)
{
	char *bytes = malloc(LEAVE_CALENDAR_BYTES + 1);
	ssize_t n = bytes == NULL ? 0 : file_read_up_to(fd, bytes, LEAVE_CALENDAR_BYTES + 1);
	int rc = 0;

	if (bytes == NULL)
		rc = err_memory(err);
	else if (n < 0)
		rc = err_set(err, ERR_REFUSED, "%s: %s", file, strerror(errno));
	else if ((size_t)n > LEAVE_CALENDAR_BYTES)
		rc = err_set(err, ERR_REFUSED, N_("%s is larger than 4 MiB"), file);
	if (rc != 0) {
		free(bytes);
		return rc;
	}
	*ret_bytes = bytes;
	*ret_n = (size_t)n;
	return 0;
}

static int
import_rows(struct cli *cli, struct slice rows, const struct rosters_import *import, struct rosters_counts *ret_counts)
{
	int fd = memfd_create("leave", MFD_CLOEXEC), rc;

	if (fd < 0 || !file_write(fd, rows.p, rows.n) || lseek(fd, 0, SEEK_SET) != 0)
		rc = err_set(&cli->err, ERR_OUTSIDE, "%s: %s", import->file, strerror(errno));
	else
		rc = rosters_import(cli->store, ROSTER_LEAVE, fd, import, &cli->diag, ret_counts, &cli->err);
	if (fd >= 0)
		(void)close(fd);
	return rc;
}

static int
import_spans(struct cli *cli, const char *inspector, const struct leave_span *spans, size_t n,
    const struct rosters_import *import, struct rosters_counts *ret_counts)
{
	struct buf rows;
	int rc;

	buf_init(&rows, (n + 1) * 128);
	buf_text(&rows, "inspector,from,to\n");
	for (size_t i = 0; i < n; i++) {
		char from[DATE_TEXT], to[DATE_TEXT];

		text_from_date(spans[i].from, from);
		text_from_date(spans[i].to, to);
		buf_format(&rows, "%s,%s,%s\n", inspector, from, to);
	}
	rc = rows.failed ? err_memory(&cli->err) : import_rows(cli, buf_view(&rows), import, ret_counts);
	buf_release(&rows);
	return rc;
}

int
leave_calendar_import(struct cli *cli, int fd, const char *inspector, const struct rosters_import *import,
    struct rosters_counts *ret_counts)
{
	struct leave_spans spans = {NULL, 0};
	char *bytes = NULL;
	size_t n_bytes = 0;
	int rc = rosters_find_inspector(cli->store, slice_of(inspector), cli->today, ignore_inspector, NULL, &cli->err);

	if (rc == 0)
		rc = read_whole(fd, import->file, &bytes, &n_bytes, &cli->err);
	if (rc == 0)
		rc = leave_calendar_read(import->file, bytes, n_bytes, cli->today, clock_zone(), &cli->diag, &spans,
		    &cli->err);
	if (rc == 0)
		rc = import_spans(cli, inspector, spans.v, spans.n, import, ret_counts);
	free(spans.v);
	return rc == 0 ? EXIT_DONE : cli_fail(cli);
}
