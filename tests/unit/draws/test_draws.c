/* The files of a draw in parts, and rows found in private ones. */

#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "draws/draws.h"
#include "draws/private_rows.h"
#include "scratch.h"

#define S slice_of

static char dir[SCRATCH_PATH];
static struct store *store;
static struct err err;

/* Foreign keys are checked at the commit, which these tests never reach: so files need no draw. */
static int
set_up(void **state)
{
	(void)state;
	return scratch_make(dir) && store_open(dir, STORE_CREATE, &store, &err) == 0 && store_begin(store, &err) == 0
	    ? 0
	    : -1;
}

static int
tear_down(void **state)
{
	(void)state;
	store_close(store);
	return scratch_remove(dir);
}

static int64_t
parts_of(const char *name)
{
	int64_t n = -1;
	struct query q;

	query_open(&q, store, "SELECT count(*) FROM draw_file WHERE name = ?");
	query_put_string(&q, name);
	if (query_row(&q))
		n = query_int(&q, 0);
	assert_int_equal(query_close(&q, &err), 0);
	return n;
}

static void
test_parts(void **state)
{
	const size_t sizes[] = {0, 1, DRAW_FILE_PART - 1, DRAW_FILE_PART, DRAW_FILE_PART + 1, 3 * DRAW_FILE_PART + 5};
	struct buf back;

	(void)state;
	for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
		char *bytes = malloc(sizes[i] + 1), name[2][16];
		struct draw_file file;

		assert_non_null(bytes);
		for (size_t k = 0; k < sizes[i]; k++)
			bytes[k] = (char)(k * 2654435761u >> 13);
		(void)snprintf(name[0], sizeof name[0], "whole-%zu", i);
		(void)snprintf(name[1], sizeof name[1], "bits-%zu", i);
		assert_int_equal(draw_file_put(store, 1, name[0], (struct slice){bytes, sizes[i]}, &err), 0);
		draw_file_begin(&file, store, 1, name[1]);
		for (size_t k = 0; k < sizes[i]; k += 999983) {
			buf_put(&file.bytes, bytes + k, sizes[i] - k < 999983 ? sizes[i] - k : 999983);
			assert_int_equal(draw_file_flush(&file, &err), 0);
		}
		assert_int_equal(draw_file_end(&file, &err), 0);
		draw_file_release(&file);
		for (size_t which = 0; which < 2; which++) {
			assert_int_equal(draw_file_get(store, 1, name[which], &back, &err), 0);
			assert_int_equal(back.len, sizes[i]);
			assert_memory_equal(back.data, bytes, sizes[i]);
			assert_int_equal(parts_of(name[which]),
			    sizes[i] == 0 ? 1 : (sizes[i] + DRAW_FILE_PART - 1) / DRAW_FILE_PART);
			buf_release(&back);
		}
		free(bytes);
	}
	assert_int_equal(draw_file_get(store, 1, "none", &back, &err), ERR_ABSENT);
	buf_release(&back);
}

#define ROWS 30000

/* Rows of some 300 bytes, so that the file has parts and lines that begin in one and end in the next. */
static void
put_private(void)
{
	struct draw_file file;

	draw_file_begin(&file, store, 1, "private");
	buf_text(&file.bytes, "id,nonce,name,\"a, \"\"b\"\"\",note\n");
	for (int i = 0; i < ROWS; i++) {
		buf_format(&file.bytes, "T%05d,%032d,\"Name %d, \"\"x\"\"\",,", i, i, i);
		for (int k = 0; k < 230 + i % 40; k++)
			buf_byte(&file.bytes, (char)('a' + k % 26));
		buf_byte(&file.bytes, '\n');
		assert_int_equal(draw_file_flush(&file, &err), 0);
	}
	assert_int_equal(draw_file_end(&file, &err), 0);
	draw_file_release(&file);
	assert_true(parts_of("private") > 2);
}

static void
test_private_rows(void **state)
{
	struct private_rows rows;
	static char ids[ROWS][16];
	struct slice wanted[ROWS], none = S("T99999");
	char name[64];
	size_t n = 0;

	(void)state;
	put_private();
	for (int i = 0; i < ROWS; i += 1 + i % 3) {
		(void)snprintf(ids[n], sizeof ids[n], "T%05d", i);
		wanted[n] = S(ids[n]);
		n++;
	}
	assert_int_equal(private_rows_read(store, 1, "private", wanted, n, &rows, &err), 0);
	assert_int_equal(rows.n, n);
	assert_int_equal(rows.n_columns, 5);
	for (size_t i = 0; i < n; i++) {
		long number = strtol(ids[i] + 1, NULL, 10);

		(void)snprintf(name, sizeof name, "Name %ld, \"x\"", number);
		assert_true(slice_is(private_value(&rows, i, "name"), name));
		assert_int_equal(private_value(&rows, i, "note").n, 230 + number % 40);
		assert_int_equal(private_value(&rows, i, "a, \"b\"").n, 0);
		assert_int_equal(private_value(&rows, i, "telephone").n, 0);
	}
	private_rows_release(&rows);
	assert_int_equal(private_rows_read(store, 1, "private", wanted, 0, &rows, &err), 0);
	private_rows_release(&rows);
	assert_int_equal(private_rows_read(store, 1, "private", &none, 1, &rows, &err), ERR_OUTSIDE);
	private_rows_release(&rows);
	assert_int_equal(private_rows_read(store, 2, "private", &none, 1, &rows, &err), ERR_ABSENT);
	private_rows_release(&rows);
}

static void
test_a_row_with_other_columns(void **state)
{
	struct slice id = S("T1");
	struct private_rows rows;

	(void)state;
	assert_int_equal(draw_file_put(store, 1, "p", S("id,nonce,name\nT1,0\n"), &err), 0);
	assert_int_equal(private_rows_read(store, 1, "p", &id, 1, &rows, &err), ERR_OUTSIDE);
	private_rows_release(&rows);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_parts, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_private_rows, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_a_row_with_other_columns, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
