/*
 * Rosters: what a file must not be, that a refused one changes nothing, that undo is exact, and what a draw reads.
 */
#include "support.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/text.h"
#include "io/rosters.h"
#include "scratch.h"

#define S slice_of
#define NOW 1782090000
#define TODAY 20626 /* 2026-06-22 */

static char dir[SCRATCH_PATH];
static struct store *store;
static unsigned directories;

/* Each test has a store of its own. */
static int
set_up(void **state)
{
	struct err err = {0};
	char path[SCRATCH_PATH + 32];

	(void)state;
	(void)snprintf(path, sizeof path, "%s/state%u", dir, directories++);
	if (store_open(path, STORE_CREATE, &store, &err) == 0)
		return 0;
	print_error("%s\n", err.message);
	return -1;
}

static int
tear_down(void **state)
{
	(void)state;
	store_close(store);
	store = NULL;
	return 0;
}

static int
group_set_up(void **state)
{
	(void)state;
	return scratch_make(dir) ? 0 : -1;
}

static int
group_tear_down(void **state)
{
	(void)state;
	return scratch_remove(dir);
}

/* ---- importing ---- */

static char told[65536];
static struct rosters_counts counts;
static char message[ERR_MESSAGE_BYTES];

static void
say(void *ctx, const char *file, unsigned long line, const char *text)
{
	size_t n = strlen(told);

	(void)ctx;
	(void)file;
	(void)snprintf(told + n, sizeof told - n, "%lu: %s\n", line, text);
}

static const struct rosters_import plain = {
	.file = "FILE",
	.by = "tester",
	.now = NOW,
	.today = TODAY,
	.replace_limit = 100,
};

/* Through a pipe or a file: both are read alike. */
static int
import_with(enum roster_kind kind, const void *bytes, size_t len, const struct rosters_import *import)
{
	char path[SCRATCH_PATH + 32];
	struct diag diag = {.say = say};
	struct err err = {0};
	int fd, rc;

	(void)snprintf(path, sizeof path, "%s/file.csv", dir);
	fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, len), (ssize_t)len);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	told[0] = '\0';
	rc = rosters_import(store, kind, fd, import, &diag, &counts, &err);
	(void)snprintf(message, sizeof message, "%s", err.message);
	assert_int_equal(close(fd), 0);
	assert_false(store_in_transaction(store));
	return rc;
}

static int
import_text(enum roster_kind kind, const char *text, const struct rosters_import *import)
{
	return import_with(kind, text, strlen(text), import);
}

static int
import(enum roster_kind kind, const char *text)
{
	return import_text(kind, text, &plain);
}

static void
imported(enum roster_kind kind, const char *text)
{
	if (import(kind, text) != 0)
		fail_msg("%s: %s", message, told);
}

/* The roster as its export: the one text that says all. */
static char *
exported(enum roster_kind kind)
{
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);
	struct err err = {0};

	assert_non_null(out);
	if (rosters_export_csv(store, kind, false, out, &err) != 0)
		fail_msg("%s", err.message);
	assert_int_equal(fclose(out), 0);
	return text;
}

static void
refused_bytes(enum roster_kind kind, const void *bytes, size_t len, const char *expected)
{
	char *before = exported(kind), *after;

	if (import_with(kind, bytes, len, &plain) != ERR_REFUSED)
		fail_msg("not refused, expected \"%s\"; %s", expected, message);
	if (strstr(told, expected) == NULL)
		fail_msg("expected \"%s\", told:\n%s(%s)", expected, told, message);
	after = exported(kind);
	assert_string_equal(before, after);
	free(before);
	free(after);
}

static void
refused(enum roster_kind kind, const char *text, const char *expected)
{
	refused_bytes(kind, text, strlen(text), expected);
}

static void
is(enum roster_kind kind, const char *expected)
{
	char *text = exported(kind);
	char *plain_text = calloc(1, strlen(text) + 1), *to = plain_text;

	/* Without BOM and CR, which every export has. */
	assert_memory_equal(text, "\xEF\xBB\xBF", 3);
	for (const char *from = text + 3; *from != '\0'; from++)
		if (*from != '\r')
			*to++ = *from;
	assert_string_equal(plain_text, expected);
	free(plain_text);
	free(text);
}

static const char targets[] = "id,name,class,unit,area,level,weight,since\n"
	"T1,甲,A,财政局,河东,3,1,2020-01-01\nT2,乙,B,民政局,河西,,5,2021-02-28\n";
static const char inspectors[] = "id,name,unit,area,level,tags,email,language\n"
	"I1,张,监督一室,河东,4,lead;legal,i1@example.org,zh_CN\nI2,李,财政局,,,,i2@example.org,\n";
static const char conflicts[] = "inspector,scope,value,reason\nI1,unit,财政局,配偶\nI2,target,T2,\nI2,area,河东,\n";
static const char matters[] = "id,name,checklist,legal_basis\nduty,值班,a | b |  | c,条例\nleave,外出,,\n";
static const char contacts[] = "target,level,name,email\nT1,1,王,w@example.org\nT1,2,赵,z@example.org\n";

static void
import_all(void)
{
	imported(ROSTER_TARGETS, targets);
	imported(ROSTER_INSPECTORS, inspectors);
	imported(ROSTER_CONFLICTS, conflicts);
	imported(ROSTER_MATTERS, matters);
	imported(ROSTER_CONTACTS, contacts);
}

/* ---- forms of a file ---- */

static void
comes_back_as_it_went_in(void **state)
{
	(void)state;
	import_all();
	is(ROSTER_TARGETS, targets);
	is(ROSTER_INSPECTORS, inspectors);
	is(ROSTER_MATTERS, matters);
	is(ROSTER_CONTACTS, contacts);
	is(ROSTER_CONFLICTS, "inspector,scope,value,reason\nI1,unit,财政局,配偶\nI2,area,河东,\nI2,target,T2,\n");
	assert_int_equal(counts.rows, 2);
	assert_int_equal(counts.added, 2);
}

static void
an_empty_kind_exports_a_template(void **state)
{
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);

	(void)state;
	is(ROSTER_CONTACTS, "target,level,name,email\n");
	assert_int_equal(rosters_export_csv(store, ROSTER_INSPECTORS, true, out, NULL), 0);
	assert_int_equal(fclose(out), 0);
	assert_string_equal(text, "\xEF\xBB\xBF编号,单位,区域,级别,标签,姓名,邮箱,电话,语言\r\n");
	/* The template is a file that can be imported once it has rows. */
	text = realloc(text, len + 64);
	assert_non_null(text);
	(void)snprintf(text + len, 64, "I1,,,,,张,a@b.org,,\r\n");
	imported(ROSTER_INSPECTORS, text);
	free(text);
}

static void
chinese_headers_bom_crlf_and_dates(void **state)
{
	(void)state;
	imported(ROSTER_TARGETS,
	    "\xEF\xBB\xBF姓名,编号,入册日期,单位,备注\r\n甲,T1,2026年6月2日,财政局,重点\r\n乙,T2,2026/6/"
	    "22,民政局,\r\n\r\n,,,,\r\n");
	is(ROSTER_TARGETS, "姓名,编号,入册日期,单位,备注\n甲,T1,2026-06-02,财政局,重点\n乙,T2,2026-06-22,民政局,\n");
}

static void
gb18030(void **state)
{
	/* 编号,姓名,单位 / T1,张三,财政局 */
	static const char bytes[] =
	    "\xB1\xE0\xBA\xC5,\xD0\xD5\xC3\xFB,\xB5\xA5\xCE\xBB\r\nT1,\xD5\xC5\xC8\xFD,\xB2\xC6\xD5\xFE\xBE\xD6\r\n";

	(void)state;
	imported(ROSTER_TARGETS, bytes);
	is(ROSTER_TARGETS, "编号,姓名,单位\nT1,张三,财政局\n");
	/* Cut in the middle of a character. */
	refused_bytes(ROSTER_TARGETS, bytes, sizeof bytes - 4, "neither UTF-8 nor GB18030");
}

/* A large file in GB18030, so that characters fall across the ends of what is read at a time. */
static void
gb18030_in_pieces(void **state)
{
	size_t rows = 20000, at;
	char *text = malloc(rows * 64);
	struct query q;

	(void)state;
	assert_non_null(text);
	at = (size_t)sprintf(text, "\xB1\xE0\xBA\xC5,\xD0\xD5\xC3\xFB\n"); /* NOLINT */
	for (size_t i = 0; i < rows; i++)
		at += (size_t)snprintf(text + at, 64, "T%zu,\xD5\xC5\xC8\xFD%.*s\n", i, (int)(i % 7), "xxxxxxx");
	assert_int_equal(import_with(ROSTER_TARGETS, text, at, &plain), 0);
	free(text);
	query_open(&q, store, "SELECT count(*) FROM target WHERE json_extract(private, '$.name') GLOB '张三*'");
	assert_true(query_row(&q));
	assert_int_equal(query_int(&q, 0), rows);
	assert_int_equal(query_close(&q, NULL), 0);
}

static void
forms_that_are_refused(void **state)
{
	static const char nul[] = "id,name\nT1,a\0b\n", utf16[] = "\xFF\xFEi\0d\0\n\0";

	(void)state;
	refused(ROSTER_TARGETS, "", "0: the file is empty");
	refused(ROSTER_TARGETS, "\n\n", "the file is empty");
	refused(ROSTER_TARGETS, "id,name\nT1,\"open\nT2,b\n", "2: a double quote");
	refused(ROSTER_TARGETS, "id,name\nT1,a\"b\n", "2: a double quote");
	refused(ROSTER_TARGETS, "id,name\nT1\n", "2: there are 1 fields where the header has 2");
	refused(ROSTER_TARGETS, "id,name\nT1,a,b\n", "2: there are 3 fields where the header has 2");
	refused(ROSTER_TARGETS, "id,name\rT1,a\r", "carriage return alone");
	refused(ROSTER_TARGETS, "id,name\nT1,\"a\nb\"\nT2,\xE2\x80\x8B\nT3,\x01\n",
	    "2: name \"a?b\": it holds U+000A (a line break)");
	assert_non_null(strstr(told, "5: name \"?\": it holds U+0001 (a control character)"));
	refused_bytes(ROSTER_TARGETS, nul, sizeof nul - 1, "2: name \"a?b\": it holds U+0000 (a NUL byte)");
	refused_bytes(ROSTER_TARGETS, utf16, sizeof utf16 - 1, "UTF-16");
	refused(ROSTER_TARGETS, "PK\x03\x04rest of a workbook", "workbook");
	refused(ROSTER_TARGETS, "id,name\nT1,张\nT2,\xE5\xBC\n", "3: name \"??\": a character is broken");
	refused(ROSTER_TARGETS, "id,name\nT1,张三李四\nT2,\xFF\n", "3: name \"?\": a character is broken");
	refused(ROSTER_TARGETS, "id,name\nT1,\xE5\xBC", "2: name \"??\": a character is broken");
}

static void
a_quote_left_open_takes_no_memory(void **state)
{
	size_t len = (size_t)8 << 20;
	char *text = malloc(len);

	(void)state;
	assert_non_null(text);
	memset(text, 'x', len);
	memcpy(text, "id,name\nT1,\"", 12);
	refused_bytes(ROSTER_TARGETS, text, len, "2: the row is longer than 1 MiB");
	free(text);
}

static void
headers(void **state)
{
	char text[2048] = "id,name";

	(void)state;
	refused(ROSTER_TARGETS, "id,unit\nT1,a\n", "1: the column name (名称) is missing");
	refused(ROSTER_TARGETS, "name,unit\nT1,a\n", "1: the column id (编号) is missing; --assign-ids makes one");
	refused(ROSTER_INSPECTORS, "id,name\nI1,a\n", "the column email (邮箱) is missing");
	refused(ROSTER_CONFLICTS, "inspector,scope\n", "the column value");
	refused(ROSTER_MATTERS, "id\n", "the column name");
	refused(ROSTER_CONTACTS, "target,name,email\n", "the column level");
	refused(ROSTER_TARGETS, "id,name,unit,单位\n", "the columns \"unit\" and \"单位\" are the same");
	refused(ROSTER_TARGETS, "id,name,,unit\n", "a column has no name");
	refused(ROSTER_TARGETS, "id,name,nonce\n", "cannot have this name");
	refused(ROSTER_TARGETS, "id,name,a\\b\n", "cannot have this name");
	refused(ROSTER_TARGETS, "id,name,a\xE2\x80\x8B\n", "a zero-width space");
	for (int i = 0; i < 100; i++)
		(void)snprintf(text + strlen(text), sizeof text - strlen(text), ",c%d", i);
	refused(ROSTER_TARGETS, text, "at most 100 can be kept");
	imported(ROSTER_TARGETS, "ID,Name,\nT1,a,\nT2,b\n"); /* an empty column to the right */
}

/* ---- values ---- */

static const struct {
	enum roster_kind kind;
	const char *header, *row, *expected;
} bad[] = {
	{ROSTER_TARGETS, "id,name", ",a", "id is empty; --assign-ids"},
	{ROSTER_TARGETS, "id,name", "T 1,a", "an id is 1 to 32"},
	{ROSTER_TARGETS, "id,name", "Ｔ１,a", "full-width"},
	{ROSTER_TARGETS, "id,name", "T23456789012345678901234567890123,a", "an id is 1 to 32"},
	{ROSTER_TARGETS, "id,name", "120101199003071234,a", "identity card"},
	{ROSTER_TARGETS, "id,name", "12010119900307123X,a", "identity card"},
	{ROSTER_TARGETS, "id,name", "12010119900307123x,a", "identity card"},
	{ROSTER_TARGETS, "id,name", "120101900307123,a", "identity card"},
	{ROSTER_TARGETS, "id,name", "13812345678,a", "telephone"},
	{ROSTER_TARGETS, "id,name", "022-12345678,a", "telephone"},
	{ROSTER_TARGETS, "id,name", "T1,", "name is empty"},
	{ROSTER_TARGETS, "id,name", "T1,a\x7F", "U+007F (a control character)"},
	{ROSTER_TARGETS, "id,name,class", "T1,a,\"A,B\"", "comma"},
	{ROSTER_TARGETS, "id,name,class", "T1,a,\"A \"\"B\"\"\"", "double quote"},
	{ROSTER_TARGETS, "id,name,unit", "T1,a,财政\xE2\x80\x8B局", "U+200B (a zero-width space)"},
	{ROSTER_TARGETS, "id,name,unit", "T1,a,财政\xE3\x80\x80局", "U+3000 (a full-width space)"},
	{ROSTER_TARGETS, "id,name,unit", "T1,a,a  b", "two in a row"},
	{ROSTER_TARGETS, "id,name,area", "T1,a,\xEE\x80\x80", "U+E000 (a character of private use)"},
	{ROSTER_TARGETS, "id,name,area", "T1,a,\xE2\x80\xAE" "b", "U+202E (a mark of writing direction)"},
	{ROSTER_TARGETS, "id,name,level", "T1,a,1000", "from 0 to 999"},
	{ROSTER_TARGETS, "id,name,level", "T1,a,-1", "from 0 to 999"},
	{ROSTER_TARGETS, "id,name,level", "T1,a,3.0", "from 0 to 999"},
	{ROSTER_TARGETS, "id,name,level", "T1,a,２", "full-width"},
	{ROSTER_TARGETS, "id,name,weight", "T1,a,0", "from 1 to 100"},
	{ROSTER_TARGETS, "id,name,weight", "T1,a,101", "from 1 to 100"},
	{ROSTER_TARGETS, "id,name,since", "T1,a,2026-02-31", "must exist"},
	{ROSTER_TARGETS, "id,name,since", "T1,a,2026-06-23", "yet to come"},
	{ROSTER_TARGETS, "id,name,since", "T1,a,22.6.2026", "a date is written"},
	{ROSTER_TARGETS, "id,name,since", "T1,a,２０２６年６月１日", "full-width"},
	{ROSTER_TARGETS, "id,name,kind", "T1,a,b\tc", "U+0009 (a tabulator)"},
	{ROSTER_TARGETS, "id,name,batch", "T1,a,b\x1B[2J", "U+001B (a control character)"},
	{ROSTER_TARGETS, "id,name,post", "T1,a,b\xC2\x85", "U+0085 (a control character)"},
	{ROSTER_TARGETS, "id,name,address", "T1,甲乙丙,b\xC0\xAF", "broken"},
	{ROSTER_TARGETS, "id,name,phone", "T1,a,1\x0B", "U+000B (a control character)"},
	{ROSTER_TARGETS, "id,name,email", "T1,a,nobody", "one mail address"},
	{ROSTER_TARGETS, "id,name,own", "T1,a,\x02", "U+0002 (a control character)"},
	{ROSTER_INSPECTORS, "id,name,email", "13812345678,a,a@b.org", "telephone"},
	{ROSTER_INSPECTORS, "id,name,email", "I1,,a@b.org", "name is empty"},
	{ROSTER_INSPECTORS, "id,name,email", "I1,a,", "email is empty"},
	{ROSTER_INSPECTORS, "id,name,email", "I1,a,\"a@b.org, c@d.org\"", "one mail address"},
	{ROSTER_INSPECTORS, "id,name,email", "I1,a,a@b", NULL},
	{ROSTER_INSPECTORS, "id,name,email", "I1,a,a@-b.org", "one mail address"},
	{ROSTER_INSPECTORS, "id,name,email", "I1,a,\"a@b.org\nRCPT TO:<c@d.org>\"", "one mail address"},
	{ROSTER_INSPECTORS, "id,name,email,unit", "I1,a,a@b.org,\"x,y\"", "comma"},
	{ROSTER_INSPECTORS, "id,name,email,area", "I1,a,a@b.org,\xC2\xAD", "U+00AD (a soft hyphen)"},
	{ROSTER_INSPECTORS, "id,name,email,level", "I1,a,a@b.org,x", "from 0 to 999"},
	{ROSTER_INSPECTORS, "id,name,email,tags", "I1,a,a@b.org,lead;any", "a tag is"},
	{ROSTER_INSPECTORS, "id,name,email,tags", "I1,a,a@b.org,组长", "a tag is"},
	{ROSTER_INSPECTORS, "id,name,email,phone", "I1,a,a@b.org,1\x0B", "control"},
	{ROSTER_INSPECTORS, "id,name,email,language", "I1,a,a@b.org,zh", "zh_CN or en"},
	{ROSTER_MATTERS, "id,name", "外出,a", "an id is"},
	{ROSTER_MATTERS, "id,name", "leave,", "name is empty"},
	{ROSTER_MATTERS, "id,name,checklist", "leave,a,\"b\nc\"", "a line break"},
	{ROSTER_MATTERS, "id,name,legal_basis", "leave,a,\x01", "control"},
	{ROSTER_CONFLICTS, "inspector,scope,value", "I9,unit,财政局", "does not stand in the roster of inspectors"},
	{ROSTER_CONFLICTS, "inspector,scope,value", ",unit,财政局", "inspector is empty"},
	{ROSTER_CONFLICTS, "inspector,scope,value", "I1,person,T1", "target, unit or area"},
	{ROSTER_CONFLICTS, "inspector,scope,value", "I1,unit,", "value is empty"},
	{ROSTER_CONFLICTS, "inspector,scope,value", "I1,unit,财务局", "no target has the unit"},
	{ROSTER_CONFLICTS, "inspector,scope,value", "I1,area,财政局", "no target has the area"},
	{ROSTER_CONFLICTS, "inspector,scope,value", "I1,target,T9", "does not stand in the roster of targets"},
	{ROSTER_CONFLICTS, "inspector,scope,value,reason", "I1,target,T1,\x01", "control"},
	{ROSTER_CONTACTS, "target,level,name,email", "T9,1,a,a@b.org", "does not stand in the roster of targets"},
	{ROSTER_CONTACTS, "target,level,name,email", "T1,3,a,a@b.org", "it must be 1 or 2"},
	{ROSTER_CONTACTS, "target,level,name,email", "T1,,a,a@b.org", "level is empty"},
	{ROSTER_CONTACTS, "target,level,name,email", "T1,1,,a@b.org", "name is empty"},
	{ROSTER_CONTACTS, "target,level,name,email", "T1,1,a,b", "one mail address"},
};

static void
every_column_refuses_what_it_must_not_be(void **state)
{
	(void)state;
	import_all();
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		char text[512], expected[128];

		(void)snprintf(text, sizeof text, "%s\n%s\n", bad[i].header, bad[i].row);
		if (bad[i].expected == NULL)
			continue;
		(void)snprintf(expected, sizeof expected, "%s", bad[i].expected);
		refused(bad[i].kind, text, expected);
		assert_memory_equal(told, "2: ", 3);
	}
}

static void
no_column_is_left_out_here(void **state)
{
	(void)state;
	for (size_t kind = 0; kind < ROSTER_KINDS; kind++) {
		for (size_t c = 0; c < roster_columns[kind].n; c++) {
			bool found = false;

			for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
				found = found ||
				    (bad[i].kind == kind &&
				        strstr(bad[i].header, roster_columns[kind].column[c].name) != NULL);
			if (!found)
				fail_msg("no test for %s of %s", roster_columns[kind].column[c].name,
				    roster_columns[kind].kind);
		}
	}
}

static void
all_faults_are_told_and_nothing_is_changed(void **state)
{
	(void)state;
	import_all();
	refused(ROSTER_TARGETS, "id,name,weight\nT1,a,0\nT2,,1\nT1,c,1\n13812345678,d,x\n", "2: weight \"0\"");
	assert_non_null(strstr(told, "3: name is empty"));
	assert_non_null(strstr(told, "4: \"T1\" stands on line 2 already"));
	assert_non_null(strstr(told, "5: id \"13812345678\""));
	assert_non_null(strstr(told, "5: weight \"x\""));
	assert_non_null(strstr(message, "nothing is changed"));
}

static void
duplicates(void **state)
{
	(void)state;
	import_all();
	refused(ROSTER_CONFLICTS, "inspector,scope,value\nI1,unit,财政局\nI1,unit,财政局\n",
	    "3: \"I1, unit, 财政局\" stands on line 2");
	refused(ROSTER_CONTACTS, "target,level,name,email\nT1,1,a,a@b.org\nT1,1,a,c@b.org\n",
	    "3: \"T1, 1, a\" stands on line 2");
	imported(ROSTER_CONTACTS, "target,level,name,email\nT1,1,a,a@b.org\nT1,1,b,c@b.org\n");
}

static void
spellings(void **state)
{
	(void)state;
	refused(ROSTER_TARGETS, "id,name,unit\nT1,a,财政局\nT2,b,财政 局\nT3,c,（财政局）\n",
	    "3: unit \"财政 局\" / \"财政局\" (line 2): one of them?");
	assert_non_null(strstr(told, "4: unit"));
	refused(ROSTER_TARGETS, "id,name,class\nT1,a,A\nT2,b,a\n", "3: class \"a\" / \"A\"");
	refused(ROSTER_TARGETS, "id,name,area\nT1,a,Ａ区\nT2,b,A区\n", "3: area");
	imported(ROSTER_TARGETS, "id,name,class,unit,area\nT1,a,A,A,A\nT2,b,B,a局,b\n"); /* of different columns */
	refused(ROSTER_INSPECTORS, "id,name,email,unit\nI1,a,a@b.org,A局\n",
	    "2: unit \"A局\" / \"a局\" (of another roster)");
	imported(ROSTER_INSPECTORS, "id,name,email,unit\nI1,a,a@b.org,a局\nI2,b,a@b.org,C局\n");
	refused(ROSTER_TARGETS, "id,name,unit\nT1,a,c局\n", "(of another roster)");
}

static void
texts_become_nfc(void **state)
{
	(void)state;
	imported(ROSTER_TARGETS, "id,name,unit,cafe\xCC\x81\nT1,e\xCC\x81,Cafe\xCC\x81,x\n");
	is(ROSTER_TARGETS, "id,name,unit,caf\xC3\xA9\nT1,\xC3\xA9,Caf\xC3\xA9,x\n");
}

static void
tags_are_sorted_and_distinct(void **state)
{
	(void)state;
	imported(ROSTER_INSPECTORS, "id,name,email,标签\nI1,a,a@b.org,legal；lead legal、b\n");
	is(ROSTER_INSPECTORS, "id,name,email,标签\nI1,a,a@b.org,b;lead;legal\n");
}

static void
formulas_are_neutralised_and_come_back(void **state)
{
	static const char text[] = "id,name,phone,备注\nT1,\"'=1+1,x\",'+86 1,'-\nT2,'@a,\"a,\"\"b\"\"\",-\n";

	(void)state;
	imported(ROSTER_TARGETS, text);
	is(ROSTER_TARGETS, "id,name,phone,备注\nT1,\"'=1+1,x\",'+86 1,'-\nT2,'@a,\"a,\"\"b\"\"\",'-\n");
}

/* ---- what imports do to each other ---- */

static void
what_others_name_cannot_go(void **state)
{
	(void)state;
	import_all();
	refused(ROSTER_TARGETS, "id,name,unit,area\nT2,b,财政局,河东\n",
	    "target \"T1\" would be gone, but contacts name it");
	refused(ROSTER_TARGETS, "id,name,unit,area\nT1,b,财务局,河东\nT2,b,民政局,河西\n",
	    "would have the unit \"财政局\" any more");
	refused(ROSTER_TARGETS, "id,name,unit,area\nT1,b,财政局,河西\nT2,b,民政局,河西\n", "would have the area \"河东\" any more");
	refused(ROSTER_INSPECTORS, "id,name,email\nI1,a,a@b.org\n",
	    "0: inspector \"I2\" would be gone, but conflicts name");
	imported(ROSTER_CONFLICTS, "inspector,scope,value\nI1,unit,财政局\n");
	imported(ROSTER_INSPECTORS, "id,name,email\nI1,a,a@b.org\n");
	refused(
	    ROSTER_CONFLICTS, "inspector,scope,value\nI1,target,T1\nI1,target,T7\nI8,target,T7\n", "3: target \"T7\"");
	assert_non_null(strstr(told, "4: target \"T7\""));
	assert_non_null(strstr(told, "4: inspector \"I8\""));
}

static void
a_file_that_lost_rows_is_refused(void **state)
{
	struct rosters_import limited = plain;
	const char *text = "id,name\nT1,a\nT2,b\nT3,c\nT4,d\n";

	(void)state;
	imported(ROSTER_TARGETS, "id,name\nT1,a\nT2,b\nT3,c\nT4,d\nT5,e\n");
	limited.replace_limit = 20;
	assert_int_equal(import_text(ROSTER_TARGETS, text, &limited), 0);
	assert_int_equal(counts.removed, 1);
	assert_int_equal(import_text(ROSTER_TARGETS, "id,name\nT1,a\nT2,b\nT9,d\n", &limited), ERR_REFUSED);
	assert_non_null(strstr(
	    told, "it would remove 2 of 4 rows, and the limit is 20%; if that is meant, say --replace-limit 50"));
	is(ROSTER_TARGETS, text);
	limited.replace_limit = 50;
	assert_int_equal(import_text(ROSTER_TARGETS, "id,name\nT1,a\nT2,b\nT9,d\n", &limited), 0);
	assert_int_equal(counts.added, 1);
	assert_int_equal(counts.removed, 2);
	assert_int_equal(counts.changed, 0);
}

static void
a_dry_run_changes_nothing(void **state)
{
	struct rosters_import dry = plain;
	int64_t imports = 0;

	(void)state;
	import_all();
	dry.dry_run = true;
	assert_int_equal(import_text(ROSTER_MATTERS, "id,name\nduty,x\nnew,y\n", &dry), 0);
	assert_int_equal(counts.added, 1);
	assert_int_equal(counts.changed, 1);
	assert_int_equal(counts.removed, 1);
	is(ROSTER_MATTERS, matters);
	assert_int_equal(store_int(store, "SELECT count(*) FROM roster_import", &imports, NULL), 0);
	assert_int_equal(imports, 5);
}

/* ---- undo ---- */

static int
undo(enum roster_kind kind)
{
	struct diag diag = {.say = say};
	struct err err = {0};
	int rc;

	told[0] = '\0';
	rc = rosters_undo(store, kind, &plain, &diag, &counts, &err);
	(void)snprintf(message, sizeof message, "%s", err.message);
	return rc;
}

static void
undo_is_exact(void **state)
{
	char *before, *after, *first;

	(void)state;
	assert_int_equal(undo(ROSTER_TARGETS), ERR_ABSENT);
	first = exported(ROSTER_TARGETS);
	imported(ROSTER_TARGETS, "编号,姓名,单位,备注\nT1,甲,财政局,\"x\\\"\"y\"\nT2,乙,民政局,\nT3,丙,,z\n");
	before = exported(ROSTER_TARGETS);
	imported(ROSTER_TARGETS, "id,other,name,weight\nT4,1,丁,3\nT2,2,乙,7\nT3,3,丙,1\n");
	assert_int_equal(counts.added, 1);
	assert_int_equal(counts.changed, 2);
	assert_int_equal(counts.removed, 1);
	after = exported(ROSTER_TARGETS);
	assert_string_not_equal(before, after);
	for (int i = 0; i < 3; i++) { /* undone, and undone again: it stands, and so on */
		char *text;

		assert_int_equal(undo(ROSTER_TARGETS), 0);
		text = exported(ROSTER_TARGETS);
		assert_string_equal(text, i % 2 == 0 ? before : after);
		free(text);
	}
	free(before);
	free(after);
	free(first);
}

static void
undo_of_the_first_import_leaves_nothing(void **state)
{
	char *first = exported(ROSTER_MATTERS), *text;
	int64_t undoes = 0;

	(void)state;
	imported(ROSTER_MATTERS, matters);
	assert_int_equal(undo(ROSTER_MATTERS), 0);
	assert_int_equal(counts.removed, 2);
	text = exported(ROSTER_MATTERS);
	assert_string_equal(first, text);
	assert_int_equal(
	    store_int(store, "SELECT undoes FROM roster_import ORDER BY id DESC LIMIT 1", &undoes, NULL), 0);
	assert_int_equal(undoes, 1);
	free(text);
	free(first);
}

static void
undo_is_refused_where_it_no_longer_fits(void **state)
{
	(void)state;
	imported(ROSTER_TARGETS, targets);
	imported(ROSTER_TARGETS, "id,name\nT1,a\nT2,b\nT3,c\n");
	imported(ROSTER_INSPECTORS, "id,name,email\nI1,a,a@b.org\n");
	imported(ROSTER_CONFLICTS, "inspector,scope,value\nI1,target,T3\n");
	assert_int_equal(undo(ROSTER_TARGETS), ERR_REFUSED);
	assert_non_null(strstr(told, "0: target \"T3\" would be gone"));
	assert_int_equal(undo(ROSTER_CONFLICTS), 0);
	assert_int_equal(undo(ROSTER_TARGETS), 0);
	is(ROSTER_TARGETS, targets);
}

static void
the_history_says_who_and_what(void **state)
{
	struct query q;

	(void)state;
	imported(ROSTER_MATTERS, "id,name\nm,x\n");
	query_open(&q, store, "SELECT kind, time, by, digest, rows, added FROM roster_import");
	assert_true(query_row(&q));
	assert_true(slice_is(query_text(&q, 0), "matters"));
	assert_int_equal(query_int(&q, 1), NOW);
	assert_true(slice_is(query_text(&q, 2), "tester"));
	/* printf 'id,name\nm,x\n' | sha256sum */
	assert_true(slice_is(query_text(&q, 3), "6201dde2feae7284233ad5a7346537c76adf760e2d4064b85c5f0035b00e8f23"));
	assert_int_equal(query_int(&q, 4), 1);
	assert_int_equal(query_int(&q, 5), 1);
	assert_int_equal(query_close(&q, NULL), 0);
}

/* ---- since, ids ---- */

static void
since_stays(void **state)
{
	struct rosters_import later = plain;
	struct err err = {0};
	const char *with_new = "id,name,since\nT1,a,\nT2,b,\nT3,c,\n";

	(void)state;
	imported(ROSTER_TARGETS, "id,name,since\nT1,a,\nT2,b,2020-01-01\n");
	is(ROSTER_TARGETS, "id,name,since\nT1,a,2026-06-22\nT2,b,2020-01-01\n");
	later.today = TODAY + 10;
	assert_int_equal(import_text(ROSTER_TARGETS, with_new, &later), 0);
	is(ROSTER_TARGETS, "id,name,since\nT1,a,2026-06-22\nT2,b,2020-01-01\nT3,c,2026-07-02\n");
	/* Before a commitment it may be corrected, after one not. */
	imported(ROSTER_TARGETS, "id,name,since\nT1,a,2026-06-01\nT2,b,2020-01-01\n");
	assert_int_equal(store_begin(store, &err), 0);
	assert_int_equal(rosters_fix_since(store, &err), 0);
	assert_int_equal(store_commit(store, &err), 0);
	refused(ROSTER_TARGETS, "id,name,since\nT1,a,2026-06-02\nT2,b,2020-01-01\n",
	    "2: the date since when T1 is in the roster is 2026-06-01 in a commitment and cannot change");
	/* Nor by going and coming back, nor by an undo. */
	imported(ROSTER_TARGETS, "id,name\nT2,b\n");
	assert_int_equal(import_text(ROSTER_TARGETS, with_new, &later), 0);
	is(ROSTER_TARGETS, "id,name,since\nT1,a,2026-06-01\nT2,b,2020-01-01\nT3,c,2026-07-02\n");
}

static void
ids_are_assigned(void **state)
{
	struct rosters_import assign = plain;
	const char *first = "name,unit\n甲,A\n乙,A\n甲,B\n",
	           *second = "id,name,unit\n,乙,A\n,新,A\nT0003,甲,B\n,甲,A\n,双,C\n,双,C\n";

	(void)state;
	assign.assign_ids = true;
	assert_int_equal(import_text(ROSTER_TARGETS, first, &assign), 0);
	is(ROSTER_TARGETS, "id,name,unit\nT0001,甲,A\nT0002,乙,A\nT0003,甲,B\n");
	/* Who is known by name and unit stays who he was; nobody gets a number that somebody had. */
	assert_int_equal(import_text(ROSTER_TARGETS, second, &assign), 0);
	is(ROSTER_TARGETS, "id,name,unit\nT0001,甲,A\nT0002,乙,A\nT0003,甲,B\nT0004,新,A\nT0005,双,C\nT0006,双,C\n");
	imported(ROSTER_TARGETS, "id,name,unit\nT0001,甲,A\n");
	assert_int_equal(import_text(ROSTER_TARGETS, "name\n戊\n", &assign), 0);
	is(ROSTER_TARGETS, "id,name\nT0007,戊\n");
	assert_int_equal(import_text(ROSTER_INSPECTORS, "姓名,邮箱\n戊,a@b.org\n", &assign), 0);
	is(ROSTER_INSPECTORS, "编号,姓名,邮箱\nI0001,戊,a@b.org\n");
	assert_int_equal(import_text(ROSTER_CONTACTS, contacts, &assign), ERR_REFUSED);
}

/* ---- attestations, excuses ---- */

static void
attestations(void **state)
{
	struct err err = {0};
	int64_t time = 0;
	char *by = NULL;

	(void)state;
	assert_int_equal(rosters_attest(store, ROSTER_TARGETS, "x", NOW, &err), ERR_REFUSED);
	assert_int_equal(rosters_attested(store, ROSTER_TARGETS, &time, &by, &err), ERR_ABSENT);
	imported(ROSTER_TARGETS, targets);
	assert_int_equal(rosters_attested(store, ROSTER_TARGETS, &time, &by, &err), 0);
	assert_int_equal(time, NOW);
	assert_string_equal(by, "tester");
	free(by);
	assert_int_equal(rosters_attest(store, ROSTER_TARGETS, "李", NOW + 9, &err), 0);
	assert_int_equal(rosters_attested(store, ROSTER_TARGETS, &time, NULL, &err), 0);
	assert_int_equal(time, NOW + 9);
	assert_int_equal(rosters_attested(store, ROSTER_INSPECTORS, &time, NULL, &err), ERR_ABSENT);
}

static char seen[4096];

static int
see_excuse(void *ctx, const struct rosters_excused *e)
{
	char date[DATE_TEXT];

	(void)ctx;
	text_from_date(e->until, date);
	(void)snprintf(seen + strlen(seen), sizeof seen - strlen(seen), "%s %.*s %s %.*s;",
	    roster_columns[e->kind].kind, SLICE_ARGS(e->id), date, SLICE_ARGS(e->reason));
	return 0;
}

static int
see_target(void *ctx, const struct rosters_target *t)
{
	(void)ctx;
	(void)snprintf(
	    seen + strlen(seen), sizeof seen - strlen(seen), "%.*s%s ", SLICE_ARGS(t->id), t->excused ? "!" : "");
	return 0;
}

static void
excuses(void **state)
{
	struct rosters_excuse e = {
	    .id = S("T1"), .until = TODAY, .reason = "病假", .by = "x", .now = NOW, .today = TODAY};
	struct err err = {0};

	(void)state;
	import_all();
	assert_int_equal(rosters_excuse(store, ROSTER_TARGETS, &e, &err), 0);
	e.until = TODAY + 5;
	e.reason = "住院";
	assert_int_equal(rosters_excuse(store, ROSTER_TARGETS, &e, &err), 0);
	e.id = S("I2");
	assert_int_equal(rosters_excuse(store, ROSTER_INSPECTORS, &e, &err), 0);
	seen[0] = '\0';
	assert_int_equal(rosters_each_excuse(store, TODAY, see_excuse, NULL, &err), 0);
	assert_string_equal(seen, "targets T1 2026-06-27 住院;inspectors I2 2026-06-27 住院;");
	seen[0] = '\0';
	assert_int_equal(rosters_each_target(store, NULL, 0, TODAY + 5, see_target, NULL, &err), 0);
	assert_int_equal(rosters_each_target(store, NULL, 0, TODAY + 6, see_target, NULL, &err), 0);
	assert_string_equal(seen, "T1! T2 T1 T2 ");
	assert_int_equal(rosters_lift(store, ROSTER_INSPECTORS, &e, &err), 0);
	assert_int_equal(rosters_lift(store, ROSTER_INSPECTORS, &e, &err), ERR_REFUSED);
	e.id = S("T9");
	assert_int_equal(rosters_excuse(store, ROSTER_TARGETS, &e, &err), ERR_REFUSED);
	e.id = S("T1");
	e.until = TODAY - 1;
	assert_int_equal(rosters_excuse(store, ROSTER_TARGETS, &e, &err), ERR_REFUSED);
	e.until = TODAY;
	e.reason = "";
	assert_int_equal(rosters_excuse(store, ROSTER_TARGETS, &e, &err), ERR_REFUSED);
	e.reason = "a\nb";
	assert_int_equal(rosters_excuse(store, ROSTER_TARGETS, &e, &err), ERR_REFUSED);
	e.reason = "x";
	assert_int_equal(rosters_excuse(store, ROSTER_MATTERS, &e, &err), ERR_REFUSED);
}

/* ---- reading ---- */

static void
scope(const char *expected, const struct column_filter *filters, size_t n)
{
	struct err err = {0};

	seen[0] = '\0';
	if (rosters_each_target(store, filters, n, TODAY, see_target, NULL, &err) != 0)
		fail_msg("%s", err.message);
	assert_string_equal(seen, expected);
}

static void
scopes(void **state)
{
	struct column_filter f[3];
	struct err err = {0};

	(void)state;
	imported(ROSTER_TARGETS, "编号,姓名,单位,区域,级别,批次,own,入册日期\nT1,a,U,X,1,p,q,2020-01-01\nT2,b,U,Y,2,p,r,2020-01-01\n"
	    "T3,c,V,X,,s,q,2020-01-02\n");
	scope("T1 T2 T3 ", NULL, 0);
	f[0] = (struct column_filter){(char *)"unit", (char *)"U"};
	scope("T1 T2 ", f, 1);
	f[0].column = (char *)"单位";
	f[1] = (struct column_filter){(char *)"unit", (char *)"V"};
	scope("T1 T2 T3 ", f, 2); /* either */
	f[2] = (struct column_filter){(char *)"own", (char *)"q"};
	scope("T1 T3 ", f, 3); /* and */
	f[0] = (struct column_filter){(char *)"batch", (char *)"p"};
	f[1] = (struct column_filter){(char *)"level", (char *)"2"};
	scope("T2 ", f, 2);
	f[0] = (struct column_filter){(char *)"since", (char *)"2020-01-02"};
	scope("T3 ", f, 1);
	f[0] = (struct column_filter){(char *)"level", (char *)"-1"};
	scope("", f, 1);
	f[0] = (struct column_filter){(char *)"class", (char *)"A"};
	assert_int_equal(rosters_each_target(store, f, 1, TODAY, see_target, NULL, &err), ERR_REFUSED);
	assert_non_null(strstr(err.message, "no column \"class\""));
	f[0].column = (char *)"nothing";
	assert_int_equal(rosters_each_target(store, f, 1, TODAY, see_target, NULL, &err), ERR_REFUSED);
}

static int
check_target(void *ctx, const struct rosters_target *t)
{
	size_t *n = ctx;

	if (slice_is(t->id, "T1")) {
		assert_true(slice_is(t->name, "甲"));
		assert_true(slice_is(t->class, "A"));
		assert_true(slice_is(t->unit, "财政局"));
		assert_int_equal(t->level, LEVEL_NONE);
		assert_int_equal(t->weight, 7);
		assert_int_equal(t->since, TODAY);
		assert_int_equal(t->n_private, 3);
		assert_true(slice_is(t->private[0], "甲"));
		assert_true(slice_is(t->private[1], "a\\b\"c,d"));
		assert_int_equal(t->private[2].n, 0);
	}
	return ++*n == 2 ? 77 : 0;
}

static int
count_target(void *ctx, const struct rosters_target *t)
{
	(void)t;
	++*(size_t *)ctx;
	return 0;
}

static void
targets_with_private_columns(void **state)
{
	struct rosters_names names;
	struct err err = {0};
	size_t n = 0;

	(void)state;
	imported(ROSTER_TARGETS, "编号,zz,名称,类别,单位,电话,权重\nT1,\"a\\b\"\"c,d\",甲,A,财政局,,7\nT2,x,乙,A,,,\nT3,,丙,,,1,2\n");
	assert_int_equal(rosters_private_columns(store, ROSTER_TARGETS, &names, &err), 0);
	assert_int_equal(names.n, 3);
	assert_string_equal(names.items[0], "name");
	assert_string_equal(names.items[1], "zz");
	assert_string_equal(names.items[2], "phone");
	rosters_names_release(&names);
	/* What the visitor returns ends the walk and is the answer. */
	assert_int_equal(rosters_each_target(store, NULL, 0, TODAY, check_target, &n, &err), 77);
	assert_int_equal(n, 2);
	n = 0;
	assert_int_equal(rosters_find_target(store, S("T3"), TODAY, count_target, &n, &err), 0);
	assert_int_equal(rosters_find_target(store, S("T4"), TODAY, count_target, &n, &err), ERR_ABSENT);
	assert_int_equal(n, 1);
}

static int
see_inspector(void *ctx, const struct rosters_inspector *p)
{
	(void)ctx;
	(void)snprintf(seen + strlen(seen), sizeof seen - strlen(seen), "%.*s/%.*s/%d/%.*s/%.*s/%.*s ",
	    SLICE_ARGS(p->id), SLICE_ARGS(p->unit), p->level, SLICE_ARGS(p->tags), SLICE_ARGS(p->email),
	    SLICE_ARGS(p->language));
	return 0;
}

static int
see_conflict(void *ctx, const struct rosters_conflict *c)
{
	(void)ctx;
	(void)snprintf(seen + strlen(seen), sizeof seen - strlen(seen), "%.*s,%s,%.*s,%.*s ", SLICE_ARGS(c->inspector),
	    scope_name(c->scope), SLICE_ARGS(c->value), SLICE_ARGS(c->reason));
	return 0;
}

static int
see_matter(void *ctx, const struct rosters_matter *m)
{
	(void)ctx;
	(void)snprintf(seen + strlen(seen), sizeof seen - strlen(seen), "%.*s:", SLICE_ARGS(m->id));
	for (size_t i = 0; i < m->n_questions; i++)
		(void)snprintf(seen + strlen(seen), sizeof seen - strlen(seen), "<%.*s>", SLICE_ARGS(m->questions[i]));
	return 0;
}

static int
see_contact(void *ctx, const struct rosters_contact *c)
{
	(void)ctx;
	(void)snprintf(seen + strlen(seen), sizeof seen - strlen(seen), "%.*s %d %.*s;", SLICE_ARGS(c->target),
	    c->level, SLICE_ARGS(c->email));
	return 0;
}

static void
the_other_rosters(void **state)
{
	struct err err = {0};

	(void)state;
	import_all();
	seen[0] = '\0';
	assert_int_equal(rosters_each_inspector(store, TODAY, see_inspector, NULL, &err), 0);
	assert_string_equal(seen, "I1/监督一室/4/lead;legal/i1@example.org/zh_CN I2/财政局/-1//i2@example.org/ ");
	assert_int_equal(rosters_find_inspector(store, S("I3"), TODAY, see_inspector, NULL, &err), ERR_ABSENT);
	seen[0] = '\0';
	assert_int_equal(rosters_each_conflict(store, see_conflict, NULL, &err), 0);
	assert_string_equal(seen, "I1,unit,财政局,配偶 I2,area,河东, I2,target,T2, ");
	seen[0] = '\0';
	assert_int_equal(rosters_each_matter(store, see_matter, NULL, &err), 0);
	assert_string_equal(seen, "duty:<a><b><c>leave:");
	seen[0] = '\0';
	assert_int_equal(rosters_each_contact(store, see_contact, NULL, &err), 0);
	assert_string_equal(seen, "T1 1 w@example.org;T1 2 z@example.org;");
}

/* As lines of conflicts.csv, where the comma counts. */
static void
conflicts_come_in_the_order_of_lines(void **state)
{
	struct err err = {0};

	(void)state;
	imported(ROSTER_TARGETS, "id,name,unit\nT1,a,Office\nT2,b,Office (north)\n");
	imported(ROSTER_INSPECTORS, "id,name,email\nI1,a,a@b.org\nI1-2,a,a@b.org\n");
	imported(ROSTER_CONFLICTS, "inspector,scope,value\nI1,unit,Office\nI1,unit,Office (north)\nI1-2,unit,Office\n");
	seen[0] = '\0';
	assert_int_equal(rosters_each_conflict(store, see_conflict, NULL, &err), 0);
	assert_string_equal(seen, "I1,unit,Office (north), I1,unit,Office, I1-2,unit,Office, ");
}

/* ---- crashes, workbooks ---- */

/* A process that is killed while it imports: the rosters are what they were. */
static void
a_crash_leaves_nothing(void **state)
{
	size_t rows = 50000, at;
	char *text = malloc(rows * 48);
	struct err err = {0};

	(void)state;
	assert_non_null(text);
	import_all();
	at = (size_t)snprintf(text, 48, "id,name,unit,area\n");
	for (size_t i = 0; i < rows; i++)
		at += (size_t)snprintf(text + at, 48, "T%zu,a,%s,%s\n", i, i % 2 == 0 ? "财政局" : "民政局", "河东");
	for (int after_ms = 1; after_ms < 1000; after_ms *= 3) {
		int status;
		pid_t child = fork();

		if (child == 0) {
			struct store *own = NULL;

			if (store_open(store_dir(store), 0, &own, &err) != 0)
				_exit(1);
			store = own;
			for (;;)
				(void)import_with(ROSTER_TARGETS, text, at,
				    &(struct rosters_import){.file = "f", .by = "b", .replace_limit = 0});
		}
		assert_int_equal(usleep((useconds_t)after_ms * 1000), 0);
		assert_int_equal(kill(child, SIGKILL), 0);
		assert_int_equal(waitpid(child, &status, 0), child);
		is(ROSTER_MATTERS, matters);
	}
	free(text);
	assert_int_equal(import(ROSTER_MATTERS, matters), 0);
}

static void
a_workbook(void **state)
{
	char *bytes = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&bytes, &len);
	struct err err = {0};

	(void)state;
	import_all();
	assert_int_equal(rosters_export_xlsx(store, ROSTER_TARGETS, false, out, &err), 0);
	assert_int_equal(fclose(out), 0);
	assert_true(len > 1000);
	assert_memory_equal(bytes, "PK\3\4", 4);
	free(bytes);
	assert_int_equal(
	    scratch_count(store_dir(store)), 3); /* the database and its two side files: no rest of the export */
}

static void
from_a_pipe(void **state)
{
	struct diag diag = {.say = say};
	struct err err = {0};
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], matters, strlen(matters)), (ssize_t)strlen(matters));
	assert_int_equal(close(ends[1]), 0);
	assert_int_equal(rosters_import(store, ROSTER_MATTERS, ends[0], &plain, &diag, &counts, &err), 0);
	assert_int_equal(close(ends[0]), 0);
	is(ROSTER_MATTERS, matters);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(comes_back_as_it_went_in),
		TEST(an_empty_kind_exports_a_template),
		TEST(chinese_headers_bom_crlf_and_dates),
		TEST(gb18030),
		TEST(gb18030_in_pieces),
		TEST(forms_that_are_refused),
		TEST(a_quote_left_open_takes_no_memory),
		TEST(headers),
		TEST(every_column_refuses_what_it_must_not_be),
		TEST(no_column_is_left_out_here),
		TEST(all_faults_are_told_and_nothing_is_changed),
		TEST(duplicates),
		TEST(spellings),
		TEST(texts_become_nfc),
		TEST(tags_are_sorted_and_distinct),
		TEST(formulas_are_neutralised_and_come_back),
		TEST(what_others_name_cannot_go),
		TEST(a_file_that_lost_rows_is_refused),
		TEST(a_dry_run_changes_nothing),
		TEST(undo_is_exact),
		TEST(undo_of_the_first_import_leaves_nothing),
		TEST(undo_is_refused_where_it_no_longer_fits),
		TEST(the_history_says_who_and_what),
		TEST(since_stays),
		TEST(ids_are_assigned),
		TEST(attestations),
		TEST(excuses),
		TEST(scopes),
		TEST(targets_with_private_columns),
		TEST(the_other_rosters),
		TEST(conflicts_come_in_the_order_of_lines),
		TEST(a_crash_leaves_nothing),
		TEST(a_workbook),
		TEST(from_a_pipe),
	};

	return cmocka_run_group_tests(tests, group_set_up, group_tear_down);
}
