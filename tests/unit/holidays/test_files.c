/*
 * Holiday files: what each format gives, and that whatever is wrong is told with its line and nothing of it taken.
 */
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/text.h"
#include "holidays/file.h"
#include "holidays/files.h"
#include "scratch.h"
#include "system/sandbox.h"

#define CHINA 0x1Fu                      /* Monday to Friday */
#define MIDEAST (WORKWEEK_DAY(6) | 0xFu) /* Sunday to Thursday */

static char dir[SCRATCH_PATH];
static struct calendar calendar;
static char told[65536], hinted[65536];
static unsigned long n_faults;

static void
say(void *ctx, const char *file, unsigned long line, const char *message)
{
	char *text = ctx;
	size_t len = strlen(text);
	const char *name = strrchr(file, '/');

	assert_true(text_is_utf8(slice_of(message)));
	(void)snprintf(text + len, sizeof told - len, "%s:%lu: %s\n", name == NULL ? file : name + 1, line, message);
}

static int32_t
date(const char *text)
{
	int32_t day = 0;

	assert_true(text_to_date(slice_of(text), &day));
	return day;
}

static int
set_up(void **state)
{
	(void)state;
	told[0] = hinted[0] = '\0';
	return scratch_make(dir) && calendar_begin(&calendar, CHINA, NULL) == 0 ? 0 : -1;
}

static int
tear_down(void **state)
{
	(void)state;
	calendar_release(&calendar);
	return scratch_remove(dir);
}

static void
write_bytes(const char *name, const char *bytes, size_t len)
{
	char path[SCRATCH_PATH + 64];
	FILE *file;

	(void)snprintf(path, sizeof path, "%s/%s", dir, name);
	file = fopen(path, "w");
	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, len, file), len);
	assert_int_equal(fclose(file), 0);
}

static void
write_text(const char *name, const char *text)
{
	write_bytes(name, text, strlen(text));
}

static int
read_patterns(const char *first, const char *second)
{
	char paths[2][SCRATCH_PATH + 64], *items[2] = {paths[0], paths[1]};
	struct text_list list = {items, second == NULL ? 1 : 2};
	struct diag faults = {.say = say, .ctx = told}, hints = {.say = say, .ctx = hinted};
	struct err err = {0};
	int rc;

	(void)snprintf(paths[0], sizeof paths[0], "%s/%s", dir, first);
	(void)snprintf(paths[1], sizeof paths[1], "%s/%s", dir, second != NULL ? second : "");
	told[0] = hinted[0] = '\0';
	rc = calendar_files_read(&calendar, &list, date("2026-01-01"), date("2028-12-31"), &faults, &hints, &err);
	n_faults = faults.count;
	assert_int_equal(rc, faults.count > 0 ? ERR_REFUSED : 0);
	assert_int_equal(rc != 0, err.message[0] != '\0');
	return rc;
}

static void
finish(void)
{
	assert_int_equal(calendar_finish(&calendar, date("2025-06-01"), date("2029-06-30"), NULL), 0);
}

/* The one file, which is good. */
static void
takes(const char *text)
{
	write_text("a", text);
	if (read_patterns("a", NULL) != 0)
		fail_msg("%s", told);
	finish();
}

/* The days as they stand in the calendar after finish. */
static void
days_are(const char *expected)
{
	char text[8192] = "", day[DATE_TEXT];

	for (size_t i = 0; i < calendar.n_days; i++) {
		size_t len = strlen(text);

		text_from_date(calendar.days[i].date, day);
		(void)snprintf(text + len, sizeof text - len, "%s %s %s\n", day, calendar.days[i].off ? "off" : "work",
		    calendar.days[i].name);
	}
	assert_string_equal(text, expected);
}

/* The one file has exactly these faults, "a:LINE: …" in lines that begin so. */
static void
refuses_bytes(const char *bytes, size_t len, const char *expected)
{
	const char *line = expected, *at = told;

	write_bytes("a", bytes, len);
	assert_int_equal(read_patterns("a", NULL), ERR_REFUSED);
	assert_int_equal(calendar.n_days, 0);
	while (*line != '\0') {
		size_t n = strcspn(line, "\n");

		if (strncmp(at, line, n) != 0)
			fail_msg("expected:\n%s\ntold:\n%s\nof:\n%s", expected, told, bytes);
		line += n + (line[n] == '\n');
		at += strcspn(at, "\n") + 1;
	}
	if (*at != '\0')
		fail_msg("not expected: %s", at);
}

static void
refuses(const char *text, const char *expected)
{
	refuses_bytes(text, strlen(text), expected);
}

/* ---- JSON ---- */

#define JSON_DAY(name, date, off) "{\"name\": \"" name "\", \"date\": \"" date "\", \"isOffDay\": " off "}"

static void
json(void **state)
{
	(void)state;
	takes("{\"$schema\": \"x\", \"$id\": \"y\", \"year\": 2026, \"papers\": [\"https://www.gov.cn/\"],\n"
	      " \"days\": [\n" JSON_DAY("元旦", "2026-01-01", "true") ",\n" JSON_DAY("元旦", "2026-01-04",
	          "false") ",\n" JSON_DAY("春节", "2027-02-06", "true") "]}\n");
	days_are("2026-01-01 off 元旦\n2026-01-04 work 元旦\n2027-02-06 off 春节\n");
	assert_string_equal(hinted, "");
	assert_int_equal(calendar.n_sources, 2);
	assert_non_null(strstr(calendar.sources[1], "/a"));
}

static void
json_without_days_is_not_announced(void **state)
{
	(void)state;
	takes("\xEF\xBB\xBF{\"year\": 2027,\n\"papers\": [],\r\n\"days\": []}");
	days_are("");
	assert_string_equal(hinted, "a:3: 2027 is not announced in it: it has no days\n");
}

static const struct {
	const char *text, *expected;
} bad_json[] = {
    {"{\"year\": 2026, \"days\": [\n" JSON_DAY("a", "2026-02-30", "true") ",\n" JSON_DAY("a", "2024-12-31",
         "true") ",\n" JSON_DAY("a", "2026-02-30", "true") "]}",
        "a:2: \"date\" \"2026-02-30\": a date is written\n"
        "a:3: \"date\" \"2024-12-31\": a file of 2026 has days of 2025 to "
        "2027\na:4: \"date\" \"2026-02-30\": a date"},
    {"{\"year\": 2026, \"days\": [\n{\"date\": \"2026-01-01\",\n\"isOffDay\": true},\n"
     "{\"name\": \"a\", \"isOffDay\": 1,\n\n\"date\": 20260101},\n\"x\"\n,\n"
     "{\"name\": \"b\",\"date\": \"2026-01-01\"}, []]}",
        "a:2: \"name\": it must be there\na:6: \"date\": it must be there\na:4: \"isOffDay\": it must\n"
        "a:7: \"days\": a day "
        "is written\na:9: \"isOffDay\": it must be\na:9: \"days\": a day is written"},
    {"{\"days\": [],\n\"year\": \"2026\"}", "a:2: \"year\": it must be there"},
    {"{\"days\": []}", "a:1: \"year\": it must be there"},
    {"{\"year\": 0, \"days\": []}", "a:1: \"year\": it must"},
    {"{\"year\": 2026,\n\"days\": {}}", "a:2: \"days\": it must be there, and be a list"},
    {"{\"year\": 2026}", "a:1: \"days\": it must be there"},
    {"{\"year\": 2026,\n\"year\": 2027, \"days\": []}", "a:2: JSON \"duplicate object key"},
    {"{\"year\": 2026,\n\"days\": [\n}", "a:3: JSON \""},
    {"{\"year\": 2026,\n\"days\": [],}", "a:2: JSON \""},
    {"{\"year\": 2026,\n\"days\": []}\n\nx", "a:4: JSON \""},
    {"{", "a:1: JSON \""},
    {"{\"year\": 1e999999, \"days\": []}", "a:1: JSON \"real number overflow"},
    {"{\"year\": 99999999999999999999999, \"days\": []}", "a:1: JSON \"too big integer"},
    {"{\"year\": 2026, \"days\": [\n{\"name\": \"a\\u0001b\", \"date\": \"2026-01-01\", \"isOffDay\": true}]}",
        "a:2: \"name\" \"a?b\": it holds a character"},
    {"{\"year\": 2026, \"days\": [\n{\"name\": \"a\\u0000b\", \"date\": \"2026-01-01\", \"isOffDay\": true}]}",
        "a:2: JSON \""},
    /* Braces and names within strings, and within keys that are ignored, mean nothing. */
    {"{\"x\": {\"days\": [{\"date\": \"\\\"}\"}]}, \"y\\\"\": \"\\\\\",\n\"year\": 2026,\n\"days\": [\n\n"
     "{\"z\": [[\"date\", {\"date\": \"2026-13-01\"}]], \"name\": \"a\",\n\n \"date\": \"2026-13-01\",\n"
     "\"isOffDay\": true}]}",
        "a:7: \"date\" \"2026-13-01\""},
    {"{\"year\": 2026, \"day\\u0073\": [\n" JSON_DAY("a", "2026-02-30", "true") "]}",
        "a:1: \"date\" "
        "\"2026-02-30\""},
    {"{\"year\": 2026, \"days\": [\n" JSON_DAY("a", "2026-05-01", "true") ",\n" JSON_DAY("b", "2026-05-01",
         "true") ",\n" JSON_DAY("b", "2026-05-01", "false") "]}",
        "a:4: 2026-05-01 is a workday here and a day off on line 3"},
    {"{\"year\": 2026,\n\"x\": \"\xB4\xBA\xBD\xDA\", \"days\": []}", "a:2: a character is broken"},
};

static void
json_faults(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof bad_json / sizeof bad_json[0]; i++)
		refuses(bad_json[i].text, bad_json[i].expected);
}

static void
json_bombs(void **state)
{
	size_t len = 1 << 20;
	char *text = malloc(len + 1);

	(void)state;
	assert_non_null(text);
	memset(text, '[', len);
	memcpy(text, "{\"days\":", 8);
	text[len] = '\0';
	refuses(text, "a:0: it has more values");
	text[4000] = '\0';
	refuses(text, "a:1: JSON \"maximum parsing depth reached");
	memset(text, '{', len);
	text[50000] = '\0';
	refuses(text, "a:1: JSON \"");
	memset(text, '9', len);
	memcpy(text, "{\"year\":", 8);
	text[len] = '\0';
	refuses(text, "a:1: JSON \"too big integer");
	free(text);
}

/* ---- CSV ---- */

static void
csv(void **state)
{
	(void)state;
	takes("2027-02-06,春节,休\r\n\r\n2027/2/20, 春节 ,班\r\n,,\r\n2027年5月1日,\"May Day, of labour\",OFF\r\n"
	      "2027-5-8,,work");
	days_are("2027-02-06 off 春节\n2027-02-20 work 春节\n2027-05-01 off May Day, of labour\n2027-05-08 work \n");
	assert_string_equal(hinted, "");
}

static void
csv_with_header(void **state)
{
	(void)state;
	takes("\xEF\xBB\xBF备注,休/班,日期,名称\nx,放假,2027-02-06,春节\ny,调休上班,2027-02-20,\n,休,2027-02-07,\n");
	days_are("2027-02-06 off 春节\n2027-02-07 off \n2027-02-20 work \n");
	assert_string_equal(hinted, "a:4: the day off has no name: it makes no holiday by itself\n");
}

static void
csv_of_an_english_header_and_nfc(void **state)
{
	(void)state;
	takes("Date,Name,Type\n2027-02-06,Cafe\xCC\x81,off\n2027-02-06,b,off\n2027-02-06,b,off\n");
	days_are("2027-02-06 off Caf\xC3\xA9、b\n");
}

static void
csv_whose_first_name_is_a_header_word(void **state)
{
	(void)state;
	takes("2027-02-06,holiday,off\n");
	days_are("2027-02-06 off holiday\n");
}

/* 日期,名称,休/班 / 2027-02-06,春节,休 */
#define GB_HEADER "\xC8\xD5\xC6\xDA,\xC3\xFB\xB3\xC6,\xD0\xDD/\xB0\xE0\r\n"
#define GB_ROW "2027-02-06,\xB4\xBA\xBD\xDA,\xD0\xDD\r\n"

static void
csv_in_gb18030(void **state)
{
	(void)state;
	takes(GB_HEADER GB_ROW);
	days_are("2027-02-06 off 春节\n");
}

static const struct {
	const char *text, *expected;
} bad_csv[] = {
    {"", "a:1: no day is in it; a line is 2027-02-06,春节,休"},
    {"\n\n,,\n", "a:1: no day is in it"},
    {"日期,名称,休/班\n", "a:1: no day is in it"},
    {"2027-02-30,春节,休\n\n2027-02-06,春节,什么\n2027-02-07,春节\n2027-02-08\n,春节,休\nx,y,z\n",
        "a:1: date \"2027-02-30\": a date is written\na:3: kind \"什么\": a day off is 休\n"
        "a:4: kind \"\": a day off\n"
        "a:5: kind \"\": a day off\na:6: date \"\": a date is\na:7: date \"x\": a date\n"
        "a:7: kind \"z\": a day off"},
    {"Date,Name\n2027-02-06,a\n", "a:1: the column 休/班 (kind) is missing"},
    {"\nkind\n", "a:2: the column 日期 (date) is missing\na:2: the column 名称 (name) is missing"},
    {"date,日期,name,kind\n2027-02-06,,a,off\n", "a:1: the column 日期 (date) is there twice"},
    {"2027-01-01,New Year, observed,off\n", "a:1: there are 4 fields: a line is 2027-02-06,春节,休"},
    {"date,name,kind\n2027-01-01,a,off,x\n", "a:2: there are 4 fields"},
    {"2027-02-06,\"a\nb\",off\n2027-02-40,c,off\n",
        "a:1: name \"a?b\": it holds a character\n"
        "a:3: date \"2027-02-40\""},
    {"2027-02-06,a\x01,off\n", "a:1: name \"a?\": it holds a character"},
    {"2027-02-06,a,off\n2027-02-07,\"b,off\n2027-02-08,c,off\n", "a:2: a double quote stands where none can"},
    {"2027-02-06,a\"b,off\n", "a:1: a double quote"},
    {"2027-02-06,a,off\r2027-02-07,b,off\r", "a:1: the line ends in a carriage return alone"},
    {"2027-02-06,a,off\n2027-02-07,a,off\n2027-02-06,b,work\n2027-02-07,b,work\n2027-02-07,c,work\n",
        "a:3: 2027-02-06 is a workday here and a day off on line 1\n"
        "a:4: 2027-02-07 is a workday here and a day off on line 2"},
    {"2027-02-06,a,work\n2027-02-06,b,off\n", "a:2: 2027-02-06 is a day off here and a workday on line 1"},
    {"2027-02-06,春节假期,off\n2027-02-07,\xE6\x98,off\n", "a:2: a character is broken"},
    {GB_HEADER GB_ROW "2027-02-07,\xB4", "a:3: this is neither UTF-8 nor GB18030"},
    {GB_HEADER GB_ROW "\n2027-02-07,\xFF\xFF,\xD0\xDD\n", "a:4: this is neither UTF-8 nor GB18030"},
    {GB_HEADER "2027-02-30,\xB4\xBA\xBD\xDA,\xD0\xDD\r\n", "a:2: date \"2027-02-30\""},
    {"\xFF\xFE"
     "2",
        "a:1: the file is UTF-16"},
    {"PK\3\4", "a:1: the file is a workbook"},
    {"BEGIN:VCARD\n",
        "a:1: date \"BEGIN:VCARD\": a date is written 2026-06-22, 2026/6/22 or 2026年6月22日, and "
        "must exist\n"
        "a:1: kind \"\""},
};

static void
csv_faults(void **state)
{
	char text[512] = "2027-02-06,";

	(void)state;
	for (size_t i = 0; i < sizeof bad_csv / sizeof bad_csv[0]; i++)
		refuses(bad_csv[i].text, bad_csv[i].expected);
	refuses_bytes("2027-02-06,a,off\n\n2027-02-07,\0,off\n", 35, "a:3: there is a NUL byte");
	memset(text + 11, 'x', 193);
	memcpy(text + 204, ",off\n", 6);
	refuses(text, "a:1: name \"xxx");
	assert_non_null(strstr(told, "at most 192 bytes"));
	memmove(text + 11, text + 12, 200);
	takes(text);
}

static void
a_quote_left_open_takes_no_memory(void **state)
{
	size_t len = (size_t)2 << 20;
	char *text = malloc(len);

	(void)state;
	assert_non_null(text);
	memset(text, 'x', len);
	memcpy(text, "\n\"", 2);
	text[len - 1] = '"';
	refuses_bytes(text, len, "a:2: the row is longer than 64 KiB");
	free(text);
}

static void
all_faults_are_told_up_to_a_hundred(void **state)
{
	static const char row[] = "2027-02-30,a,off\n";
	char text[150 * (sizeof row - 1)];

	(void)state;
	for (size_t i = 0; i < 150; i++)
		memcpy(text + i * (sizeof row - 1), row, sizeof row - 1);
	write_bytes("a", text, 100 * (sizeof row - 1));
	assert_int_equal(read_patterns("a", NULL), ERR_REFUSED);
	assert_int_equal(n_faults, 100);
	assert_non_null(strstr(told, "a:100: date"));
	write_bytes("a", text, sizeof text);
	assert_int_equal(read_patterns("a", NULL), ERR_REFUSED);
	assert_int_equal(n_faults, 101);
	assert_null(strstr(told, "a:101:"));
	assert_non_null(strstr(told, "a:0: there are more of this kind"));
}

/* ---- limits of every format ---- */

static void
a_year_of_four_hundred_holidays(void **state)
{
	char *text = malloc(1 << 20);
	size_t at = 0;

	(void)state;
	assert_non_null(text);
	for (int i = 0; i < 400; i++) {
		char day[DATE_TEXT];

		text_from_date(date("2027-01-01") + i % 360, day);
		at += (size_t)snprintf(text + at, 64, "%s,day %d,off\n", day, i);
	}
	refuses(text, "a:201: this file names more than 200 days off in 2027");
	at = 0;
	for (int i = 0; i < CALENDAR_FILE_DAYS + 10; i++) {
		char day[DATE_TEXT];

		text_from_date(date("2027-01-01") + i, day);
		at += (size_t)snprintf(text + at, 64, "%s,day %d,work\n", day, i);
	}
	refuses(text, "a:5001: this file names more than 5000 days");
	free(text);
}

static void
files_that_cannot_be_read(void **state)
{
	char path[SCRATCH_PATH + 8], *large = calloc(1, CALENDAR_FILE_BYTES + 1);

	(void)state;
	assert_non_null(large);
	(void)snprintf(path, sizeof path, "%s/a", dir);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_int_equal(read_patterns("a", NULL), ERR_REFUSED);
	assert_string_equal(told, "a:0: it is no regular file\n");
	assert_int_equal(rmdir(path), 0);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(read_patterns("a", NULL), ERR_REFUSED);
	assert_string_equal(told, "a:0: it is no regular file\n");
	assert_int_equal(unlink(path), 0);
	assert_int_equal(symlink("nowhere", path), 0);
	assert_int_equal(read_patterns("*", NULL), ERR_REFUSED);
	assert_string_equal(told, "a:0: it cannot be read: No such file or directory\n");
	assert_int_equal(unlink(path), 0);
	refuses_bytes(large, CALENDAR_FILE_BYTES + 1, "a:0: the file is larger than 4 MiB");
	memset(large, '\n', CALENDAR_FILE_BYTES);
	refuses_bytes(large, CALENDAR_FILE_BYTES, "a:1: no day is in it");
	free(large);
}

static void
too_many_files(void **state)
{
	char name[32];

	(void)state;
	for (int i = 0; i < CALENDAR_FILES_MAX + 2; i++) {
		(void)snprintf(name, sizeof name, "%03d.csv", i);
		write_text(name, "2027-02-06,a,off\n");
	}
	assert_int_equal(read_patterns("*", NULL), ERR_REFUSED);
	assert_string_equal(told, "*:0: there are more than 256 holiday files\n");
}

static void
later_files_win(void **state)
{
	(void)state;
	write_text("1.csv", "2027-02-06,first,off\n2027-02-07,first,off\n2027-02-08,first,off\n");
	write_text("2.csv", "2027-02-07,second,work\n");
	write_text("3.csv~", "2027-02-08,copy,work\n");
	write_text(".4.csv", "2027-02-08,hidden,work\n");
	write_text("Z.json", "{\"year\": 2027, \"days\": [" JSON_DAY("third", "2027-02-08", "false") "]}");
	assert_int_equal(read_patterns("*", "no such *"), 0);
	finish();
	days_are("2027-02-06 off first\n2027-02-07 work second\n2027-02-08 work third\n");
}

static void
of_patterns_the_later_wins(void **state)
{
	(void)state;
	write_text("1.csv", "2027-02-06,first,off\n");
	write_text("2.csv", "2027-02-06,second,off\n");
	assert_int_equal(read_patterns("*.csv", "1.csv"), 0);
	assert_int_equal(calendar.n_days, 2);
	finish();
	days_are("2027-02-06 off first\n");
}

static void
a_bad_file_does_not_keep_the_others_from_being_looked_at(void **state)
{
	(void)state;
	write_text("1.csv", "2027-02-30,a,off\n");
	write_text("2.csv", "2027-02-06,b,off\n");
	write_text("3.json", "{\n}\n]");
	assert_int_equal(read_patterns("*", NULL), ERR_REFUSED);
	assert_non_null(strstr(told, "1.csv:1: date"));
	assert_non_null(strstr(told, "3.json:3: JSON"));
	assert_int_equal(calendar.n_days, 1);
}

/* ---- iCalendar ---- */

#define ICS(events) "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//y\r\n" events "END:VCALENDAR\r\n"
#define EVENT(lines) "BEGIN:VEVENT\r\n" lines "END:VEVENT\r\n"
#define ON(date) "DTSTART;VALUE=DATE:" date "\r\n"

static void
ics_as_chinese_days_has_it(void **state)
{
	(void)state;
	takes(ICS(EVENT("UID:1\r\n" ON("20260101") "DTEND;VALUE=DATE:20260104\r\nSUMMARY:元旦(休)\r\n")
	        EVENT("UID:2\r\n" ON("20260104") "DTEND;VALUE=DATE:20260105\r\nSUMMARY:元旦(班)\r\n")));
	days_are("2026-01-01 off 元旦\n2026-01-02 off 元旦\n2026-01-03 off 元旦\n2026-01-04 work 元旦\n");
	assert_string_equal(hinted, "");
	assert_int_equal(calendar.n_holidays, 1);
	assert_string_equal(calendar.holidays[0].names[0].key, "new-year");
}

static void
ics_names(void **state)
{
	static const struct {
		const char *lines, *expected;
	} names[] = {
	    {"SUMMARY:春节（休）\r\n", "off 春节"},
	    {"SUMMARY:春节（班）\r\n", "work 春节"},
	    {"SUMMARY;LANGUAGE=zh_CN:春节（班）\r\nX-APPLE-SPECIAL-DAY:WORK-HOLIDAY\r\n", "off 春节"},
	    {"SUMMARY:春节\r\nX-APPLE-SPECIAL-DAY:ALTERNATE-WORKDAY\r\n", "work 春节"},
	    {"SUMMARY:国庆节、中秋节 假期 第1天/共8天\r\n", "off 国庆节、中秋节"},
	    {"SUMMARY:国庆节 补班 第1天/共2天\r\n", "work 国庆节"},
	    {"SUMMARY:春节调休上班\r\n", "work 春节"},
	    {"SUMMARY:上班\r\n", "work 上班"},
	    {"SUMMARY:春节 班\r\n", "work 春节"},
	    {"SUMMARY:班\r\n", "work 班"},
	    {"SUMMARY:休\r\n", "off 休"},
	    {"SUMMARY:学校假期\r\n", "off 学校假期"},
	    {"summary:Eid\\, first\r\n  day\r\n", "off Eid, first day"},
	    {"SUMMARY:Cafe\xCC\x81\r\n", "off Caf\xC3\xA9"},
	    {"DESCRIPTION:BEGIN:\r\n VEVENT\r\nSUMMARY:a\r\nBEGIN:VALARM\r\nSUMMARY:b\r\nTRIGGER:-P1D\r\n"
	     "END:VALARM\r\n",
	        "off a"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		char text[1024], expected[256];

		(void)snprintf(text, sizeof text, ICS(EVENT(ON("20270206") "%s")), names[i].lines);
		(void)snprintf(expected, sizeof expected, "2027-02-06 %s\n", names[i].expected);
		takes(text);
		days_are(expected);
		calendar_release(&calendar);
		assert_int_equal(calendar_begin(&calendar, CHINA, NULL), 0);
	}
}

static void
ics_spans_of_days(void **state)
{
	(void)state;
	takes("\xEF\xBB\xBF\nbegin:vcalendar\n"
	      "begin:vevent\nDTSTART:20270206T000000\nDTEND:20270208T000000\nSUMMARY:a\nend:vevent\n"
	      "BEGIN:VEVENT\nDTSTART;TZID=Asia/Shanghai:20270301T090000\n"
	      "DTEND;TZID=Asia/Shanghai:20270301T170000\nSUMMARY:b\n"
	      "END:VEVENT\n"
	      "BEGIN:VEVENT\nDTSTART;VALUE=DATE:20270401\nDURATION:P2D\nSUMMARY:c\nEND:VEVENT\n"
	      "BEGIN:VEVENT\nDTSTART:20270501T180000Z\nDURATION:PT12H\nSUMMARY:d\nEND:VEVENT\n"
	      "BEGIN:VEVENT\nDTSTART;VALUE=DATE:20270601\nDTEND;VALUE=DATE:20270601\nSUMMARY:e\nEND:VEVENT\n"
	      "BEGIN:VEVENT\nDTSTART;VALUE=DATE:20270701\nSTATUS:CANCELLED\nSUMMARY:f\nEND:VEVENT\n"
	      "BEGIN:VEVENT\nDTSTART;VALUE=DATE:20270801\nEND:VEVENT\n"
	      "END:VCALENDAR\nBEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:19991231\nSUMMARY:g\nEND:VEVENT\n"
	      "END:VCALENDAR");
	days_are("1999-12-31 off g\n2027-02-06 off a\n2027-02-07 off a\n2027-03-01 off b\n2027-04-01 off c\n"
	         "2027-04-02 off c\n"
	         "2027-05-01 off d\n2027-05-02 off d\n2027-06-01 off e\n2027-08-01 off \n");
	assert_string_equal(hinted,
	    "a:19: DTSTART is in UTC: its date is taken as it is written\n"
	    "a:33: the day off has no name: it makes no holiday by itself\n");
}

static void
ics_in_gb18030(void **state)
{
	(void)state;
	takes(ICS(EVENT(ON("20270206") "SUMMARY:\xB4\xBA\xBD\xDA(\xD0\xDD)\r\n")));
	days_are("2027-02-06 off 春节\n");
}

static void
ics_repetitions(void **state)
{
	(void)state;
	takes(ICS(EVENT(ON("20000101") "DTEND;VALUE=DATE:20000103\r\nRRULE:FREQ=YEARLY;UNTIL=20270101\r\n"
	                               "SUMMARY:a\r\n")
	        EVENT(ON("20260503") "RRULE:FREQ=MONTHLY;INTERVAL=12;COUNT=2\r\nRDATE;VALUE=DATE:20260601,20280602\r\n"
	                             "EXDATE;VALUE=DATE:20270503\r\nSUMMARY:b\r\n")
	            EVENT(ON("20261106") "RRULE:FREQ=WEEKLY;COUNT=3\r\nEXDATE:20261113T000000\r\nSUMMARY:c\r\n")
	                EVENT(ON("19000705") "RDATE;VALUE=DATE:19010101,20270705\r\nSUMMARY:d\r\n")));
	days_are("2026-01-01 off a\n2026-01-02 off a\n2026-05-03 off b\n2026-06-01 off b\n2026-11-06 off c\n"
	         "2026-11-20 off c\n"
	         "2027-01-01 off a\n2027-01-02 off a\n2027-07-05 off d\n2028-06-02 off b\n");
	assert_string_equal(hinted, "");
}

/* A country whose weekend is Friday and Saturday, by iCalendar alone. */
static void
ics_of_a_friday_weekend(void **state)
{
	const struct holiday *eid, *day;
	char title[HOLIDAY_TITLE];

	(void)state;
	calendar.workweek = MIDEAST;
	takes(ICS(EVENT(ON("20270309") "DTEND;VALUE=DATE:20270312\r\nSUMMARY:Eid al-Fitr\r\n")
	        EVENT(ON("19710923") "RRULE:FREQ=YEARLY\r\nSUMMARY:National Day\r\n")));
	assert_string_equal(hinted, "a:11: RRULE has no end: it is followed to 2028-12-31\n");
	assert_int_equal(calendar.n_holidays, 4);
	/* Tuesday to Thursday, and the weekend behind them. */
	eid = calendar_holiday_at(&calendar, date("2027-03-13"));
	assert_non_null(eid);
	assert_int_equal(eid->first, date("2027-03-09"));
	assert_int_equal(eid->last, date("2027-03-13"));
	holiday_title(eid, title);
	assert_string_equal(title, "Eid al-Fitr");
	assert_int_equal(calendar_step(&calendar, date("2027-03-08"), 1), date("2027-03-14"));
	/* 2027-09-23 is a Thursday, 2026-09-23 a Wednesday. */
	day = calendar_holiday_at(&calendar, date("2027-09-23"));
	assert_non_null(day);
	assert_int_equal(day->last, date("2027-09-25"));
	assert_string_equal(day->names[0].key, "national-day");
	day = calendar_holiday_at(&calendar, date("2026-09-23"));
	assert_non_null(day);
	assert_int_equal(day->first, day->last);
	assert_non_null(calendar_special(&calendar, date("2028-09-23")));
	assert_null(calendar_special(&calendar, date("2025-09-23")));
}

static const struct {
	const char *text, *expected;
} bad_ics[] = {
    {ICS(""), "a:1: no event is in it"},
    {ICS(EVENT(ON("20270206") "STATUS:CANCELLED\r\nSUMMARY:a\r\n")), "a:1: no event is in it"},
    {ICS(EVENT("SUMMARY:a\r\n")), "a:4: the event has no DTSTART"},
    {ICS(EVENT("SUMMARY:a\r\nDTSTART:0000-00-00\r\n") EVENT("SUMMARY:a\r\n\r\nDTSTART;VALUE=DATE:00000000\r\n")
             EVENT("DTSTART:\r\n") EVENT("DTSTART\r\n") EVENT(ON("20270230")) EVENT("DTSTART:soon\r\n")),
        "a:6: DTSTART is no date\na:11: DTSTART is no date\na:14: DTSTART is no date\na:17: DTSTART is no date\n"
        "a:20: DTSTART is no date\na:23: DTSTART is no date"},
    {ICS(EVENT("BEGIN:VALARM\r\nDTSTART:0\r\nDURATION:x\r\nEND:VALARM\r\nSUMMARY:a\r\n \r\n b\r\nDTS\r\n"
               " TART;VALUE=DATE:2027023"
               "0\r\n")),
        "a:12: DTSTART is no date"},
    {ICS(EVENT(ON("20270206") "DTEND;VALUE=DATE:20270205\r\n") EVENT(ON("20270206") "DTEND;VALUE=DATE:20270408\r\n")
             EVENT(ON("20270206") "DTEND;VALUE=DATE:20270232\r\n") EVENT(ON("20270206") "DURATION:-P1D\r\n")
                 EVENT(ON("20270206") "DURATION:P61D\r\n") EVENT(ON("20270206") "DURATION:P1X\r\n")),
        "a:6: the event ends before it begins\na:10: the event is longer than 60 days\na:14: DTEND is no date\n"
        "a:18: the event ends before it begins\na:22: the event is longer than 60 days\n"
        "a:26: DURATION is not as RFC 5545 has it"},
    {ICS(EVENT(ON("20270206") "RRULE:FREQ=DAILY\r\nSUMMARY:a\r\n") EVENT(
         ON("20270206") "RRULE:FREQ=WEEKLY;BYDAY=FR\r\n") EVENT(ON("20270206") "RRULE:FREQ=MONTHLY;INTERVAL=6\r\n")
             EVENT(ON("20270206") "RRULE:FREQ=HOURLY;COUNT=2\r\n")
                 EVENT(ON("20270206") "rrule:FREQ=YEARLY;RSCALE=CHINESE\r\n")
                     EVENT(ON("19000206") "RRULE:FREQ=DAILY;UNTIL=20280101\r\n")
                         EVENT(ON("20270206") "RRULE:FREQ=YEARLY;UNTIL=never\r\n")
                             EVENT(ON("20270206") "RRULE:FREQ=YEARLY;UNTIL=20270230\r\n")
                                 EVENT(ON("20270206") "RRULE:FREQ=OFTEN\r\n")
                                     EVENT(ON("20270206") "RRULE:FREQ=YEARLY;INTERVAL=0;COUNT=3\r\n")
                                         EVENT(ON("20270206") "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30\r\n")),
        "a:6: it repeats without end and not yearly: give it UNTIL or COUNT\na:11: it repeats without end\n"
        "a:15: it repeats without end\na:19: it repeats within a day\na:23: RSCALE: dates\n"
        "a:27: it repeats more than 20000\n"
        "a:31: RRULE is not as RFC 5545 has it\na:35: RRULE is not as RFC 5545 has it\n"
        "a:39: RRULE is not as RFC 5545 has it\n"
        "a:43: RRULE is not as RFC 5545 has it\n"
        "a:47: RRULE is not as RFC 5545 has it"},
    {ICS(EVENT(ON("20270206") "RDATE;VALUE=DATE:20270207,20270230\r\nEXDATE:never\r\n")
             EVENT(ON("20270206") "RDATE;VALUE=PERIOD:20270207T000000Z/P1D\r\n")
                 EVENT(ON("20270206") "RECURRENCE-ID;VALUE=DATE:20270206\r\nEXRULE:FREQ=YEARLY\r\n")),
        "a:7: EXDATE is no date\na:6: RDATE is no date\na:11: RDATE is no date\n"
        "a:15: RECURRENCE-ID is not followed here: list the dates\na:16: EXRULE is not followed"},
    {ICS(EVENT(ON("20270206") "SUMMARY:a\\nb\r\n")), "a:6: SUMMARY \"a?b\": it holds a character"},
    {ICS(EVENT("SUMMARY:a(班)\r\n" ON("20270206")) EVENT("SUMMARY:a(休)\r\n" ON("20270206"))),
        "a:10: 2027-02-06 is a day off here and a workday on line 6"},
    {ICS(EVENT(ON("20270101") "RRULE:FREQ=YEARLY;BYDAY=MO,TU,WE,TH;COUNT=300\r\n")),
        "a:5: this file names more than 200 days off in 2027"},
    {ICS(EVENT(ON("20270101") "RRULE:FREQ=DAILY;COUNT=400\r\nSUMMARY:a\r\n")),
        "a:5: this file names more than 200 days off in 2027"},
    {"BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:20270206\n", "a:2: BEGIN:VEVENT has no END:VEVENT"},
    {"BEGIN:VCALENDAR\n\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:20270206\nEND:VCALENDAR\n",
        "a:5: END:VEVENT, for the BEGIN:VEVENT of line 3, should stand before this END"},
    {"BEGIN:VCALENDAR\nEND:VCALENDAR\nEND:VEVENT\n", "a:3: there is an END here without its BEGIN"},
    {"BEGIN:VCALENDAR\nBEGIN:A23456789012345678901234567890123456789\n", "a:2: no calendar has parts as deep"},
    {"BEGIN:VCALENDAR\nSUMMARY:春节 春节\xE6\n", "a:2: a character is broken"},
    {"  BEGIN:VCALENDAR\nBEGIN;X=y:VEVENT\n", "a:2: a colon must follow BEGIN and END"},
    {"BEGIN:VCALENDAR\nEND :VEVENT\nEND:VCALENDAR\n", "a:2: a colon must follow BEGIN and END"},
    {"BEGIN:VCALENDAR;X\nEND:VCALENDAR;X", "a:1: no event is in it"},
};

static void
ics_faults(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof bad_ics / sizeof bad_ics[0]; i++)
		refuses(bad_ics[i].text, bad_ics[i].expected);
	refuses_bytes("BEGIN:VCALENDAR\n\0", 17, "a:2: there is a NUL byte");
}

/* More than the child could say in its time. */
static char *
long_reading(void)
{
	static const char event[] = EVENT(ON("19720206") "RRULE:FREQ=DAILY;UNTIL=20251201\r\n");
	size_t n = 30000, at, len = n * sizeof event + 64;
	char *text = malloc(len);

	assert_non_null(text);
	at = (size_t)snprintf(text, len, "BEGIN:VCALENDAR\r\n");
	for (size_t i = 0; i < n; i++) {
		memcpy(text + at, event, sizeof event - 1);
		at += sizeof event - 1;
	}
	memcpy(text + at, "END:VCALENDAR\r\n", 16);
	return text;
}

static void
a_child_that_takes_too_long_is_killed(void **state)
{
	struct diag faults = {.say = say, .ctx = told};
	struct calendar_file f;
	enum calendar_format format;
	char *text = long_reading();

	(void)state;
	calendar_file_begin(&f, "a", text, strlen(text), &faults, NULL);
	f.first = date("2026-01-01");
	f.last = date("2027-01-01");
	f.child_ms = 100;
	assert_int_equal(calendar_text(&f, &format, NULL), 0);
	assert_int_equal(format, CALENDAR_ICS);
	assert_int_equal(calendar_ics_read(&f, NULL), 0);
	assert_string_equal(told, "a:0: it could not be read: reading it takes too long\n");
	calendar_file_release(&f);
}

static int
crash(void *ctx, struct buf *out)
{
	(void)out;
	if (*(int *)ctx == 0)
		abort();
	return *(int *)ctx;
}

static int
spin(void *ctx, struct buf *out)
{
	(void)out;
	for (volatile int *n = ctx; *n < 10; *n = 0)
		;
	return 0;
}

/* Every descriptor is gone, and no other can be had. */
static int
look_around(void *ctx, struct buf *out)
{
	FILE *file = fopen("/etc/passwd", "r");

	(void)ctx;
	buf_text(out, file == NULL ? "shut" : "open");
	if (file != NULL)
		(void)fclose(file);
	return 0;
}

static int
say_much(void *ctx, struct buf *out)
{
	(void)ctx;
	for (int i = 0; i < 300; i++)
		buf_text(out, "0123456789");
	return 0;
}

static int
confined(int (*work)(void *ctx, struct buf *out), int n, struct buf *said, struct err *err)
{
	static const struct sandbox_limits limits = {
	    .wall_ms = 10000,
	    .cpu_s = 1,
	    .memory = (size_t)64 << 20,
	    .max_bytes = 3000,
	};

	*err = (struct err){0};
	buf_release(said);
	buf_init(said, limits.max_bytes);
	return sandbox_run(&limits, work, &n, said, err);
}

static void
what_a_child_may(void **state)
{
	struct buf said = {0};
	struct err err;

	(void)state;
	assert_int_equal(confined(say_much, 0, &said, &err), 0);
	assert_int_equal(said.len, 3000);
	assert_int_equal(confined(crash, 0, &said, &err), ERR_REFUSED);
	assert_string_equal(err.message, "the reader broke off (6)");
	assert_int_equal(confined(crash, ERR_MEMORY, &said, &err), ERR_REFUSED);
	assert_string_equal(err.message, "reading it takes too much memory");
	assert_int_equal(confined(spin, 0, &said, &err), ERR_REFUSED);
	assert_string_equal(err.message, "reading it takes too long");
	assert_int_equal(confined(look_around, 0, &said, &err), 0);
#ifndef __SANITIZE_ADDRESS__
	assert_true(slice_is(buf_view(&said), "shut"));
#endif
	buf_release(&said);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(json),
	    TEST(json_without_days_is_not_announced),
	    TEST(json_faults),
	    TEST(json_bombs),
	    TEST(csv),
	    TEST(csv_with_header),
	    TEST(csv_of_an_english_header_and_nfc),
	    TEST(csv_whose_first_name_is_a_header_word),
	    TEST(csv_in_gb18030),
	    TEST(csv_faults),
	    TEST(a_quote_left_open_takes_no_memory),
	    TEST(all_faults_are_told_up_to_a_hundred),
	    TEST(a_year_of_four_hundred_holidays),
	    TEST(files_that_cannot_be_read),
	    TEST(too_many_files),
	    TEST(later_files_win),
	    TEST(of_patterns_the_later_wins),
	    TEST(a_bad_file_does_not_keep_the_others_from_being_looked_at),
	    TEST(ics_as_chinese_days_has_it),
	    TEST(ics_names),
	    TEST(ics_spans_of_days),
	    TEST(ics_in_gb18030),
	    TEST(ics_repetitions),
	    TEST(ics_of_a_friday_weekend),
	    TEST(ics_faults),
	    TEST(a_child_that_takes_too_long_is_killed),
	    TEST(what_a_child_may),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
