/* Local time: offsets of several zones, times that a clock skips or doubles, damaged zone files. */

#include "support.h"

#include <stdio.h>
#include <string.h>

#include "core/base/text.h"
#include "core/calendar/zone.h"
#include "system/clock.h"

#define S slice_of

static int64_t
utc(const char *text)
{
	int64_t time = 0;

	assert_true(text_to_time(S(text), &time));
	return time;
}

static int32_t
day(const char *text)
{
	int32_t date = 0;

	assert_true(text_to_date(S(text), &date));
	return date;
}

/* The values are Python's zoneinfo's. */
static void
test_offsets(void **state)
{
	static const struct {
		const char *zone, *utc, *local;
	} table[] = {
	    {"Asia/Shanghai", "2026-06-22T01:00:00Z", "2026-06-22 09:00"},
	    {"Asia/Shanghai", "1988-07-01T00:00:00Z", "1988-07-01 09:00"}, /* summer time was tried */
	    {"Asia/Shanghai", "1890-01-01T00:00:00Z", "1890-01-01 08:05:43"},
	    {"Asia/Kathmandu", "2026-06-22T18:15:00Z", "2026-06-23 00:00"},
	    {"Europe/Berlin", "2026-03-29T00:59:59Z", "2026-03-29 01:59:59"},
	    {"Europe/Berlin", "2026-03-29T01:00:00Z", "2026-03-29 03:00"},
	    {"Europe/Berlin", "2055-07-01T00:00:00Z",
	        "2055-07-01 02:00"}, /* past any table: the rule at the file's end */
	    {"America/New_York", "2071-11-01T06:30:00Z", "2071-11-01 01:30"},
	    {"Australia/Lord_Howe", "2060-01-01T00:00:00Z", "2060-01-01 11:00"},
	    {"Australia/Lord_Howe", "2060-07-01T00:00:00Z", "2060-07-01 10:30"},
	    {"America/Nuuk", "2050-06-01T00:00:00Z", "2050-05-31 23:00"},
	    {"Europe/Dublin", "2026-01-01T00:00:00Z",
	        "2026-01-01 00:00"}, /* its winter time is the negative summer time */
	    {"Pacific/Apia", "2011-12-30T09:59:59Z", "2011-12-29 23:59:59"},
	    {"Pacific/Apia", "2011-12-30T10:00:00Z", "2011-12-31 00:00"}, /* a day that never was */
	    {"UTC", "1969-12-31T23:59:59Z", "1969-12-31 23:59:59"},
	};
	char text[CLOCK_TEXT];

	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
		assert_int_equal(clock_set_zone(table[i].zone, NULL), 0);
		clock_text(utc(table[i].utc), text);
		assert_string_equal(text, table[i].local);
	}
}

static void
test_instants(void **state)
{
	enum zone_how how;

	(void)state;
	assert_int_equal(clock_set_zone("Europe/Berlin", NULL), 0);
	assert_int_equal(clock_instant(day("2026-06-22"), 9 * 3600, &how), utc("2026-06-22T07:00:00Z"));
	assert_int_equal(how, ZONE_ONCE);
	assert_int_equal(clock_instant(day("2026-03-29"), 9000, &how), utc("2026-03-29T01:00:00Z")); /* 02:30 */
	assert_int_equal(how, ZONE_SKIPPED);
	assert_int_equal(clock_instant(day("2026-10-25"), 9000, &how), utc("2026-10-25T00:30:00Z"));
	assert_int_equal(how, ZONE_TWICE);
	assert_int_equal(clock_set_zone("Pacific/Apia", NULL), 0);
	assert_int_equal(clock_instant(day("2011-12-30"), 12 * 3600, &how), utc("2011-12-30T10:00:00Z"));
	assert_int_equal(how, ZONE_SKIPPED);
}

/* There and back, hour by hour over years of a zone with summer time. */
static void
test_there_and_back(void **state)
{
	enum zone_how how;
	int32_t second = 0;

	(void)state;
	assert_int_equal(clock_set_zone("America/New_York", NULL), 0);
	for (int64_t t = utc("2030-01-01T00:00:00Z"); t < utc("2046-01-01T00:00:00Z"); t += 1800) {
		int32_t date = clock_local(t, &second);
		int64_t back = clock_instant(date, second, &how);

		assert_true(back == t || (how == ZONE_TWICE && back == t - 3600));
		assert_int_not_equal(how, ZONE_SKIPPED);
	}
}

static void
test_refuses(void **state)
{
	char text[CLOCK_TEXT];
	struct err err = {0};

	(void)state;
	assert_int_equal(clock_set_zone("Asia/Shanghai", NULL), 0);
	assert_int_equal(clock_set_zone("Asia/Nowhere", &err), ERR_REFUSED);
	assert_int_equal(clock_set_zone("../../../etc/passwd", &err), ERR_REFUSED);
	assert_int_equal(clock_set_zone("Asia", &err), ERR_OUTSIDE); /* a folder */
	assert_false(clock_zone_exists("Asia"));
	assert_false(clock_zone_exists("/etc/passwd"));
	assert_true(clock_zone_exists("Asia/Shanghai"));
	clock_text(utc("2026-06-22T01:00:00Z"), text); /* the zone is what it was */
	assert_string_equal(text, "2026-06-22 09:00");
}

/* A zone file of one type, with this rule at its end. */
static size_t
make_file(char *out, const char *rule)
{
	static const char header[44] = "TZif2", one_type[44] = {'T', 'Z', 'i', 'f', '2', [39] = 1, [43] = 1};
	size_t at = 0;

	memcpy(out, header, sizeof header);
	memcpy(out + 44, one_type, sizeof one_type);
	memset(out + 88, 0, 7); /* offset 0, no summer time, name "" */
	at = 95;
	at += (size_t)snprintf(out + at, 200, "\n%s\n", rule);
	return at;
}

static int32_t
offset_by(const char *rule, const char *time)
{
	struct zone zone;
	char file[512];
	size_t n = make_file(file, rule);
	int32_t offset;

	if (zone_parse((struct slice){file, n}, &zone, NULL) != 0)
		return INT32_MAX;
	offset = zone_offset(&zone, utc(time));
	zone_release(&zone);
	return offset;
}

static void
test_rules(void **state)
{
	static const char *const broken[] = {"CET", "CET-", "CET-25", "CET-1CEST", "CET-1CEST,M3.5.0",
	    "CET-1CEST,M13.5.0,M10.5.0", "CET-1CEST,M3.6.0,M10.5.0", "CET-1CEST,M3.5.7,M10.5.0",
	    "CET-1CEST,M3.5.0,M10.5.0/168", "<CET-1", "-1", "CET-1,M3.5.0,M10.5.0", "CET-1CEST,M3.5.0,M10.5.0 ",
	    "CET-1CEST,J366,J1"};

	(void)state;
	assert_int_equal(offset_by("<+0545>-5:45", "2026-01-01T00:00:00Z"), 5 * 3600 + 45 * 60);
	assert_int_equal(offset_by("XXX3YYY,J60/0,J300/0", "2024-03-01T02:59:59Z"),
	    -3 * 3600); /* J60 is 1 March in any year */
	assert_int_equal(offset_by("XXX3YYY,J60/0,J300/0", "2024-03-01T03:00:00Z"), -2 * 3600);
	assert_int_equal(offset_by("XXX3YYY,59/0,J300/0", "2024-02-29T03:00:00Z"),
	    -2 * 3600); /* day 59 is 29 February here */
	assert_int_equal(offset_by("XXX3YYY,M10.1.0,M2.3.0", "2026-01-01T00:00:00Z"),
	    -2 * 3600); /* summer over the new year */
	assert_int_equal(offset_by("", "2026-01-01T00:00:00Z"), 0);
	for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++)
		assert_int_equal(offset_by(broken[i], "2026-01-01T00:00:00Z"), INT32_MAX);
}

/* Cut anywhere, or with a byte changed: it is a fault or a zone, never a crash or a read past the end. */
static void
test_damaged_files(void **state)
{
	char file[512], copy[512];
	size_t n = make_file(file, "CET-1CEST,M3.5.0,M10.5.0/3");
	struct zone zone;

	(void)state;
	for (size_t cut = 0; cut < n; cut++)
		assert_int_equal(zone_parse((struct slice){file, cut}, &zone, NULL), ERR_REFUSED);
	for (size_t i = 0; i < n; i++)
		for (int with = 0; with < 256; with += 5) {
			memcpy(copy, file, n);
			copy[i] = (char)with;
			if (zone_parse((struct slice){copy, n}, &zone, NULL) != 0)
				continue;
			(void)zone_offset(&zone, utc("2026-01-01T00:00:00Z"));
			zone_release(&zone);
		}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_offsets),
	    cmocka_unit_test(test_instants),
	    cmocka_unit_test(test_there_and_back),
	    cmocka_unit_test(test_refuses),
	    cmocka_unit_test(test_rules),
	    cmocka_unit_test(test_damaged_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
