/*
 * Roster files: the forms in which they come, what each column must not be, and that a refused file changes nothing.
 */
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "roster_scene.h"
#include "rosters/rosters.h"
#include "scratch.h"

#define S slice_of

/* ---- forms of a file ---- */

static void
comes_back_as_it_went_in(void **state)
{
	(void)state;
	import_all();
	export_is(ROSTER_TARGETS, targets);
	export_is(ROSTER_INSPECTORS, inspectors);
	export_is(ROSTER_MATTERS, matters);
	export_is(ROSTER_CONTACTS, contacts);
	export_is(ROSTER_CONFLICTS,
	    "inspector,scope,value,reason\nI1,unit,财政局,配偶\nI2,area,河东,\nI2,target,T2,\n");
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
	export_is(ROSTER_CONTACTS, "target,level,name,email\n");
	assert_int_equal(rosters_export_csv(store, &(struct rosters_export){.kind = ROSTER_INSPECTORS, .chinese = true},
	                     out, NULL),
	    0);
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
	export_is(ROSTER_TARGETS,
	    "姓名,编号,入册日期,单位,备注\n甲,T1,2026-06-02,财政局,重点\n乙,T2,2026-06-22,民政局,\n");
}

static void
gb18030(void **state)
{
	/* 编号,姓名,单位 / T1,张三,财政局 */
	static const char bytes[] =
	    "\xB1\xE0\xBA\xC5,\xD0\xD5\xC3\xFB,\xB5\xA5\xCE\xBB\r\nT1,\xD5\xC5\xC8\xFD,\xB2\xC6\xD5\xFE\xBE\xD6\r\n";

	(void)state;
	imported(ROSTER_TARGETS, bytes);
	export_is(ROSTER_TARGETS, "编号,姓名,单位\nT1,张三,财政局\n");
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
	at = (size_t)snprintf(text, 64, "\xB1\xE0\xBA\xC5,\xD0\xD5\xC3\xFB\n");
	for (size_t i = 0; i < rows; i++)
		at += (size_t)snprintf(text + at, 64, "T%zu,\xD5\xC5\xC8\xFD%.*s\n", i, (int)(i % 7), "xxxxxxx");
	assert_int_equal(import_with(ROSTER_TARGETS, text, at, &no_limits), 0);
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
	assert_non_null(strstr(faults_told, "5: name \"?\": it holds U+0001 (a control character)"));
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
    {ROSTER_TARGETS, "id,name,needs", "T1,a,财务", "a tag is 1 to 32"},
    {ROSTER_TARGETS, "id,name,所需", "T1,a,own", "not \"any\" or \"own\""},
    {ROSTER_TARGETS, "id,name,needs", "T1,a,finance;audit", "a tag is 1 to 32"},
    {ROSTER_TARGETS, "id,name,area", "T1,a,\xEE\x80\x80", "U+E000 (a character of private use)"},
    {ROSTER_TARGETS, "id,name,area",
        "T1,a,\xE2\x80\xAE"
        "b",
        "U+202E (a mark of writing direction)"},
    {ROSTER_TARGETS, "id,name,level", "T1,a,1000", "from 0 to 999"},
    {ROSTER_TARGETS, "id,name,level", "T1,a,-1", "from 0 to 999"},
    {ROSTER_TARGETS, "id,name,level", "T1,a,3.0", "from 0 to 999"},
    {ROSTER_TARGETS, "id,name,level", "T1,a,２", "full-width"},
    {ROSTER_TARGETS, "id,name,weight", "T1,a,0", "from 1 to 100"},
    {ROSTER_TARGETS, "id,name,weight", "T1,a,101", "from 1 to 100"},
    {ROSTER_TARGETS, "id,name,since", "T1,a,2026-02-31", "must exist"},
    {ROSTER_TARGETS, "id,name,since", "T1,a,2026-06-23", "in the future"},
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
    {ROSTER_LEAVE, "inspector,from,to,reason", "I 1,2026-07-01,2026-07-02,x", "an id is"},
    {ROSTER_LEAVE, "inspector,from,to,reason", "I1,2026-07-32,2026-08-02,x", "a date is written"},
    {ROSTER_LEAVE, "inspector,from,to,reason", "I1,2026-07-01,never,x", "a date is written"},
    {ROSTER_LEAVE, "inspector,from,to,reason", "I1,2026-07-01,2026-07-02,a\x01", "U+0001"},
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
		assert_memory_equal(faults_told, "2: ", 3);
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
	assert_non_null(strstr(faults_told, "3: name is empty"));
	assert_non_null(strstr(faults_told, "4: \"T1\" stands on line 2 already"));
	assert_non_null(strstr(faults_told, "5: id \"13812345678\""));
	assert_non_null(strstr(faults_told, "5: weight \"x\""));
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
	    "3: unit \"财政 局\" / \"财政局\" (line 2): use one of them");
	assert_non_null(strstr(faults_told, "4: unit"));
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
	export_is(ROSTER_TARGETS, "id,name,unit,caf\xC3\xA9\nT1,\xC3\xA9,Caf\xC3\xA9,x\n");
}

static void
tags_are_sorted_and_distinct(void **state)
{
	(void)state;
	imported(ROSTER_INSPECTORS, "id,name,email,标签\nI1,a,a@b.org,legal；lead legal、b\n");
	export_is(ROSTER_INSPECTORS, "id,name,email,标签\nI1,a,a@b.org,b;lead;legal\n");
}

static void
formulas_are_neutralised_and_come_back(void **state)
{
	static const char text[] = "id,name,phone,备注\nT1,\"'=1+1,x\",'+86 1,'-\nT2,'@a,\"a,\"\"b\"\"\",-\n";

	(void)state;
	imported(ROSTER_TARGETS, text);
	export_is(ROSTER_TARGETS, "id,name,phone,备注\nT1,\"'=1+1,x\",'+86 1,'-\nT2,'@a,\"a,\"\"b\"\"\",'-\n");
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, roster_scene_set_up, roster_scene_tear_down)

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
	};

	return cmocka_run_group_tests(tests, roster_scene_group_set_up, roster_scene_group_tear_down);
}
