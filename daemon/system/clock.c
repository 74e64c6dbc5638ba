/* The current time, and the local zone of the process. */
#include "system/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "core/base/buf.h"
#include "core/base/slice.h"
#include "core/base/text.h"
#include "core/calendar/zone.h"
#include "system/file.h"

#define ZONE_DIR "/usr/share/zoneinfo"

static struct zone here;

static bool
zone_path(struct slice name, char *ret_path, size_t size)
{
	int len;

	if (!text_is_zone(name))
		return false;
	len = snprintf(ret_path, size, ZONE_DIR "/%.*s", SLICE_ARGS(name));
	return len > 0 && (size_t)len < size;
}

bool
clock_zone_exists(const char *name)
{
	char path[128];
	struct stat st;

	return zone_path(slice_of(name), path, sizeof path) && stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

static void
set_zone(const struct zone *zone)
{
	zone_release(&here);
	here = *zone;
}

int
clock_set_zone_file(struct slice bytes, struct err *err)
{
	struct zone zone;
	int rc = zone_parse(bytes, &zone, err);

	if (rc == 0)
		set_zone(&zone);
	return rc;
}

static int
cannot_read_zone(const char *path, const struct err *why, struct err *err)
{
	if (why->code == ERR_ABSENT || errno == ENOTDIR)
		return err_set(err, ERR_REFUSED, "%s: %s", path, strerror(errno));
	if (why->code == ERR_LIMIT)
		return err_set(err, ERR_REFUSED, N_("%s is no time zone file"), path);
	return err_set(err, ERR_OUTSIDE, "%s", why->message);
}

int
clock_read_zone(struct slice name, struct zone *ret_zone, struct err *err)
{
	struct err why = {.tr = err != NULL ? err->tr : NULL};
	char path[128];
	struct buf bytes;
	int rc;

	if (!zone_path(name, path, sizeof path))
		return err_set(err, ERR_REFUSED, N_("there is no time zone \"%.*s\""), SLICE_ARGS(name));
	buf_init(&bytes, ZONE_FILE_MAX);
	rc = file_read(AT_FDCWD, path, FILE_FOLLOW_LINKS, ZONE_FILE_MAX, &bytes, &why);
	if (rc == 0)
		rc = zone_parse(buf_view(&bytes), ret_zone, err);
	else
		rc = rc == ERR_MEMORY ? err_memory(err) : cannot_read_zone(path, &why, err);
	buf_release(&bytes);
	return rc;
}

int
clock_set_zone(const char *name, struct err *err)
{
	struct zone zone;
	int rc = clock_read_zone(slice_of(name), &zone, err);

	if (rc == 0)
		set_zone(&zone);
	return rc;
}

const struct zone *
clock_zone(void)
{
	return &here;
}

int64_t
clock_now(void)
{
	struct timespec now = {0};

	(void)clock_gettime(CLOCK_REALTIME, &now);
	return now.tv_sec;
}

int32_t
clock_local(int64_t time, int32_t *ret_second)
{
	return zone_local(&here, time, ret_second);
}

int32_t
clock_date(int64_t time)
{
	return clock_local(time, NULL);
}

void
clock_text(int64_t time, char ret_text[static CLOCK_TEXT])
{
	char date[DATE_TEXT], seconds[8] = "";
	int32_t second = 0;

	text_from_date(clock_local(time, &second), date);
	if (second % 60 != 0)
		(void)snprintf(seconds, sizeof seconds, ":%02d", second % 60);
	(void)snprintf(ret_text, CLOCK_TEXT, "%s %02d:%02d%s", date, second / 3600 % 24, second / 60 % 60, seconds);
}

int64_t
clock_instant(int32_t date, int32_t second, enum zone_how *ret_how)
{
	return zone_instant(&here, date, second, ret_how);
}
