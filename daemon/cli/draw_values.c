/* Parses the values of --draw-at and --value. */

#include "cli/draw_values.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/format/entry.h"
#include "system/clock.h"

/* "09:00" or "09:00:30" as a second of the day; -1 where it is none. */
static int32_t
parse_time_of_day(struct slice text)
{
	int32_t part[3] = {0}, limit[3] = {24, 60, 60};
	size_t n = 0;

	while (text.p != NULL && n < 3) {
		struct slice digits = slice_cut(&text, ':');

		if (digits.n != 2 || digits.p[0] < '0' || digits.p[0] > '9' || digits.p[1] < '0' || digits.p[1] > '9')
			return -1;
		part[n] = (digits.p[0] - '0') * 10 + (digits.p[1] - '0');
		if (part[n] >= limit[n])
			return -1;
		n++;
	}
	return text.p == NULL && n >= 2 ? part[0] * 3600 + part[1] * 60 + part[2] : -1;
}

int
draw_time_parse(const char *text, int64_t *ret_time, struct err *err)
{
	struct slice rest = slice_of(text);
	bool utc = rest.n > 0 && rest.p[rest.n - 1] == 'Z';
	enum zone_how how = ZONE_ONCE;
	int32_t date = 0, second = -1;
	int64_t time;

	rest.n -= utc;
	if (rest.n > 11 && (rest.p[10] == ' ' || rest.p[10] == 'T') && text_to_date((struct slice){rest.p, 10}, &date))
		second = parse_time_of_day((struct slice){rest.p + 11, rest.n - 11});
	if (second < 0)
		return err_set(err, ERR_REFUSED,
		    N_("\"%s\" is no time: write \"2026-06-22 09:00\", or 2026-06-22T01:00Z for UTC"), text);
	time = utc ? (int64_t)date * DAY_S + second : clock_instant(date, second, &how);
	if (how == ZONE_SKIPPED)
		return err_set(err, ERR_REFUSED, N_("there is no \"%s\": the clocks are put forward then"), text);
	if (how == ZONE_TWICE)
		return err_set(err, ERR_REFUSED,
		    N_("there are two of \"%s\", since the clocks are put back: write it in UTC, "
		       "2026-06-22T01:00Z"),
		    text);
	*ret_time = time;
	return 0;
}

static int
read_value_file(const char *path, struct buf *out, struct err *err)
{
	FILE *file = fopen(path, "re");
	size_t n = 1;

	if (file == NULL)
		return err_set(err, ERR_REFUSED, "%s: %s", path, strerror(errno));
	while (n > 0 && !out->failed) {
		char some[4096];

		n = fread(some, 1, sizeof some, file);
		buf_put(out, some, n);
	}
	if (ferror(file))
		n = 1;
	(void)fclose(file);
	if (n > 0)
		return err_set(err, ERR_REFUSED, N_("%s cannot be read, or is too long for a value"), path);
	return 0;
}

int
draw_value_read(const char *argument, char **ret_value, struct err *err)
{
	struct buf bytes;
	char *value;
	int rc = 0;

	buf_init(&bytes, ENTRY_MAX);
	if (argument[0] == '@')
		rc = read_value_file(argument + 1, &bytes, err);
	else
		buf_text(&bytes, argument);
	if (rc == 0 && bytes.len > 0 && bytes.data[bytes.len - 1] == '\n')
		bytes.len--;
	if (rc == 0 && bytes.len > 0 && bytes.data[bytes.len - 1] == '\r')
		bytes.len--;
	if (rc == 0 && bytes.len > 0 && memchr(bytes.data, '\0', bytes.len) != NULL)
		rc = err_set(err, ERR_REFUSED, N_("%s holds a NUL byte: it is no value"), argument + 1);
	value = rc == 0 ? buf_steal(&bytes) : NULL;
	if (rc == 0 && value == NULL)
		rc = err_memory(err);
	buf_release(&bytes);
	if (rc == 0)
		*ret_value = value;
	return rc;
}
