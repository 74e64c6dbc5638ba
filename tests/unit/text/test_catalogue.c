/* A catalogue of messages, whole and damaged: what is damaged is refused, and nothing beyond the file is read. */
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scratch.h"
#include "text/catalogue.h"
#include "text/language.h"

static char folder[SCRATCH_PATH], path[SCRATCH_PATH + 16];

/* "all well" and "today", as msgfmt lays them out. */
static const unsigned char good[] = {
    0xde,
    0x12,
    0x04,
    0x95,
    0,
    0,
    0,
    0,
    2,
    0,
    0,
    0,
    28,
    0,
    0,
    0,
    44,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    60,
    0,
    0,
    0,
    8,
    0,
    0,
    0,
    60,
    0,
    0,
    0,
    5,
    0,
    0,
    0,
    69,
    0,
    0,
    0,
    4,
    0,
    0,
    0,
    75,
    0,
    0,
    0,
    3,
    0,
    0,
    0,
    80,
    0,
    0,
    0,
    'a',
    'l',
    'l',
    ' ',
    'w',
    'e',
    'l',
    'l',
    0,
    't',
    'o',
    'd',
    'a',
    'y',
    0,
    'g',
    'o',
    'o',
    'd',
    0,
    'n',
    'o',
    'w',
    0,
};

static int
read_bytes(const unsigned char *bytes, size_t len, struct catalogue *ret_catalogue)
{
	FILE *file = fopen(path, "wb");

	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, len, file), len);
	assert_int_equal(fclose(file), 0);
	return catalogue_read(path, ret_catalogue, NULL);
}

static void
what_is_there_is_found(void **state)
{
	struct catalogue c;

	(void)state;
	assert_int_equal(read_bytes(good, sizeof good, &c), 0);
	assert_string_equal(catalogue_text(&c, "all well"), "good");
	assert_string_equal(catalogue_text(&c, "today"), "now");
	for (const char *const *text = (const char *const[]){"", "a", "all", "b", "todax", "todayx", "z", NULL}; *text;
	     text++)
		assert_ptr_equal(catalogue_text(&c, *text), *text);
	catalogue_release(&c);
	assert_string_equal(catalogue_text(&c, "today"), "today"); /* an empty one */
}

static void
no_file_or_none_of_ours(void **state)
{
	struct catalogue c;

	(void)state;
	assert_int_equal(catalogue_read("/nonexistent/x.mo", &c, NULL), ERR_ABSENT);
	assert_int_equal(read_bytes((const unsigned char *)"This is no catalogue at all.", 28, &c), ERR_REFUSED);
	for (size_t len = 0; len < sizeof good; len++)
		assert_int_equal(read_bytes(good, len, &c), ERR_REFUSED);
}

/* With any byte changed, a look-up ends and reads nothing beyond the file. */
static void
damaged_anywhere(void **state)
{
	(void)state;
	for (size_t at = 0; at < sizeof good; at++) {
		static const unsigned char values[] = {0, 1, 0x7F, 0x80, 0xFF};

		for (size_t v = 0; v < sizeof values; v++) {
			unsigned char bytes[sizeof good];
			struct catalogue c;

			memcpy(bytes, good, sizeof bytes);
			bytes[at] = values[v];
			if (read_bytes(bytes, sizeof bytes, &c) != 0)
				continue;
			(void)strlen(catalogue_text(&c, "all well"));
			(void)strlen(catalogue_text(&c, "today"));
			catalogue_release(&c);
		}
	}
}

static void
languages(void **state)
{
	(void)state;
	assert_string_equal(language_of("en")("all well"), "all well");
	if (getenv("TEXTDOMAINDIR") != NULL) /* else run by hand, where no catalogue is known */
		assert_string_equal(language_of("zh_CN")("all well"), "一切正常");
	assert_string_equal(language_of("zh_CN")("no message of ours"), "no message of ours");
}

static int
begin(void **state)
{
	(void)state;
	if (!scratch_make(folder))
		return -1;
	(void)snprintf(path, sizeof path, "%s/x.mo", folder);
	return 0;
}

static int
end(void **state)
{
	(void)state;
	return scratch_remove(folder);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_is_there_is_found),
	    cmocka_unit_test(no_file_or_none_of_ours),
	    cmocka_unit_test(damaged_anywhere),
	    cmocka_unit_test(languages),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
