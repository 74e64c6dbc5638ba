/* Lists: columns that Chinese keeps aligned, and JSON that is canonical. */
#include "support.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/base/text.h"
#include "text/table.h"

static const struct table_column columns[] = {
    {"name", "Name", false},
    {"n", "Number", true},
    {"hidden", NULL, false},
    {"flag", "Flag", false},
    {"day", "Day", false},
};

static void
fill(struct table *table)
{
	table_begin(table, columns, sizeof columns / sizeof columns[0]);
	table_string(table, "财政局");
	table_int(table, -7);
	table_string(table, "a\"b\\c\n");
	table_flag(table, true);
	table_date(table, 20626);
	table_string(table, NULL);
	table_int(table, 1234567);
	table_time(table, 0);
	table_flag(table, false);
	table_date(table, DATE_NONE);
}

static void
prints(bool json, bool record, const char *expected)
{
	struct table table;
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);

	assert_non_null(out);
	fill(&table);
	assert_true(record ? table_print_record(&table, json, out) : table_print(&table, json, out));
	assert_int_equal(fclose(out), 0);
	assert_string_equal(text, expected);
	table_release(&table);
	free(text);
}

static void
columns_are_aligned(void **state)
{
	(void)state;
	prints(false, false,
	    "Name     Number  Flag  Day\n"
	    "财政局       -7  yes   2026-06-22\n"
	    "        1234567        \n");
}

static void
json_is_canonical(void **state)
{
	(void)state;
	prints(true, false,
	    "[{\"day\":\"2026-06-22\",\"flag\":true,\"hidden\":\"a\\\"b\\\\c \",\"n\":-7,\"name\":\"财政局\"},"
	    "{\"day\":\"\",\"flag\":false,\"hidden\":\"1970-01-01T00:00:00Z\",\"n\":1234567,\"name\":\"\"}]\n");
}

static void
one_record(void **state)
{
	(void)state;
	prints(false, true, "Name: 财政局\nNumber: -7\nFlag: yes\nDay: 2026-06-22\n");
	prints(true, true,
	    "{\"day\":\"2026-06-22\",\"flag\":true,\"hidden\":\"a\\\"b\\\\c \",\"n\":-7,\"name\":\"财政局\"}\n");
}

static void
an_empty_list(void **state)
{
	struct table table;
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);

	(void)state;
	assert_non_null(out);
	table_begin(&table, columns, 2);
	assert_true(table_print(&table, true, out));
	assert_true(table_print(&table, false, out));
	assert_false(table_print_record(&table, false, out));
	assert_int_equal(fclose(out), 0);
	assert_string_equal(text, "[]\nName  Number\n");
	table_release(&table);
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(columns_are_aligned),
	    cmocka_unit_test(json_is_canonical),
	    cmocka_unit_test(one_record),
	    cmocka_unit_test(an_empty_list),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
