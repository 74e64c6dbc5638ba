/*
 * Templates: what they render to, each fault with its line and a hint, and that no value is ever read as template.
 */
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "scratch.h"
#include "text/template.h"

static const struct template_name question_names[] = {{"question", NULL}, {NULL, NULL}};
static const struct template_name matter_names[] = {{"matter_id", NULL}, {"checklist", question_names}, {NULL, NULL}};
static const struct template_name visit_names[] = {{"target_name", NULL}, {"date", NULL}, {NULL, NULL}};
static const struct template_name names[] = {{"operator", NULL}, {"date", NULL}, {"empty", NULL},
    {"visits", visit_names}, {"matters", matter_names}, {NULL, NULL}};

#define HEAD "Subject: s\n\n"

/* ---- faults ---- */

struct said {
	struct buf text; /* "LINE: MESSAGE\n" for each */
};

static void
say(void *ctx, const char *file, unsigned long line, const char *message)
{
	struct said *said = ctx;

	assert_string_equal(file, "x.txt");
	buf_format(&said->text, "%lu: %s\n", line, message);
}

static int
parse(struct slice text, struct said *said, struct template **ret)
{
	struct diag diag = {.say = say, .ctx = said};
	char *copy = malloc(text.n + 1); /* of its very length, so that a sanitizer sees a read past the end */
	int rc;

	assert_non_null(copy);
	copy = realloc(copy, text.n > 0 ? text.n : 1);
	assert_non_null(copy);
	if (text.n > 0)
		memcpy(copy, text.p, text.n);
	buf_init(&said->text, 1 << 20);
	rc = template_parse((struct slice){copy, text.n}, "x.txt", names, &diag, ret);
	free(copy);
	assert_int_equal(rc == 0, diag.count == 0);
	return rc;
}

static void
faults_are_told(void **state)
{
	static const struct {
		const char *text, *said;
	} cases[] = {
	    {"", "1: the first line must be \"Subject: …\"\n2: the second line must be empty\n"},
	    {"Betreff: x\n\nb\n", "1: the first line must be \"Subject: …\"\n"},
	    {"Subject:  \n\nb\n", "1: the first line must be \"Subject: …\"\n"},
	    {"Subject: x\nb\n", "2: the second line must be empty\n"},
	    {"Subject: x\n\n", "2: there is no text after the subject\n"},
	    {HEAD "a\n{{operater}}\n", "4: {{operater}} is not known; did you mean {{operator}}?\n"},
	    {HEAD "{{zzzzzz}}\n", "3: {{zzzzzz}} is not known; README.md beside the letters lists what there is\n"},
	    {HEAD "{{target_name}}\n", "3: {{target_name}} can only stand directly inside {{#visits}} … {{/visits}}\n"},
	    {HEAD "{{question}}\n", "3: {{question}} can only stand directly inside {{#checklist}} … {{/checklist}}\n"},
	    {HEAD "{{#checklist}}\n{{/checklist}}\nb\n",
	        "3: {{#checklist}} can only stand directly inside {{#matters}} … {{/matters}}\n"},
	    {HEAD "{{visits}}\n",
	        "3: {{visits}} is a list: write {{#visits}} … {{/visits}} around what is to repeat\n"},
	    {HEAD "{{#operator}}\n{{/operator}}\nb\n", "3: {{#operator}} is no list: write {{operator}}\n"},
	    {HEAD "{{#visit}}\n{{anything}}\n{{/visit}}\n", "3: {{#visit}} is not known; did you mean {{#visits}}?\n"},
	    {HEAD "a\n{{#visits}}\nb\n", "4: {{#visits}} is never closed: {{/visits}} is missing\n"},
	    {HEAD "{{#matters}}\n{{#checklist}}\n{{/matters}}\n",
	        "4: {{#checklist}} is never closed: {{/checklist}} is missing\n"},
	    {HEAD "{{/visits}}\na\n", "3: {{/visits}} closes nothing: no section is open\n"},
	    {HEAD "{{#visits}}\n{{/matters}}\n{{/visits}}\n",
	        "4: {{/matters}} closes nothing; {{#visits}} of line 3 is open\n"},
	    {HEAD "{{#visits}}\n{{#matters}}\n{{/matters}}\n{{/visits}}\n", NULL},
	    {HEAD "{{operator\n}}\n", "3: {{ without }} on the same line\n4: }} without {{ before it\n"},
	    {HEAD "{{}}\n", "3: {{}} is no placeholder: there are {{name}}, {{#section}} and {{/section}}\n"},
	    {HEAD "{{>operator}}\n",
	        "3: {{>operator}} is no placeholder: there are {{name}}, {{#section}} and {{/section}}\n"},
	    {HEAD "{{{operator}}}\n", NULL},
	    {"Subject: {{#visits}}x{{/visits}}\n\nb\n", NULL},
	    {HEAD "a\x01\n", "3: the line is not UTF-8 text, or holds control characters\n"},
	    {HEAD "\xE4\xB8\n", "3: the line is not UTF-8 text, or holds control characters\n"},
	    {HEAD "a\xE2\x80\xAE z\n", "3: the line is not UTF-8 text, or holds control characters\n"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct template *template = NULL;
		struct said said;
		char *all;

		assert_int_equal(parse(slice_of(cases[i].text), &said, &template), ERR_REFUSED);
		assert_null(template);
		all = buf_steal(&said.text);
		assert_non_null(all);
		if (cases[i].said != NULL)
			assert_string_equal(all, cases[i].said);
		assert_true(strlen(all) > 0);
		free(all);
	}
}

static void
nul_byte(void **state)
{
	static const char text[] = HEAD "a\0b\n";
	struct template *template = NULL;
	struct said said;

	(void)state;
	assert_int_equal(parse((struct slice){text, sizeof text - 1}, &said, &template), ERR_REFUSED);
	buf_release(&said.text);
}

static void
depth_is_bounded(void **state)
{
	/* A table whose nesting never ends. */
	static struct template_name endless[2] = {{"s", NULL}, {NULL, NULL}};
	struct diag diag = {0};
	struct template *template = NULL;
	struct buf text;

	(void)state;
	endless[0].inner = endless;
	buf_init(&text, 4096);
	buf_text(&text, HEAD "a");
	for (int i = 0; i < TEMPLATE_DEPTH_MAX; i++)
		buf_text(&text, "{{#s}}");
	for (int i = 0; i < TEMPLATE_DEPTH_MAX; i++)
		buf_text(&text, "{{/s}}");
	assert_int_equal(template_parse(buf_view(&text), "x", endless, &diag, &template), 0);
	template_free(template);
	buf_clear(&text);
	buf_text(&text, HEAD "a");
	for (int i = 0; i <= TEMPLATE_DEPTH_MAX; i++)
		buf_text(&text, "{{#s}}");
	assert_int_equal(template_parse(buf_view(&text), "x", endless, &diag, &template), ERR_REFUSED);
	buf_release(&text);
}

/* ---- rendering ---- */

static struct template_row *
some_values(void)
{
	struct template_row *row = template_row_new(), *inner;

	template_put(row, "operator", slice_of("first"));
	template_put(row, "operator", slice_of("the {{date}} office"));
	template_put(row, "date", slice_of("outer"));
	template_put(row, "empty", slice_of(""));
	for (unsigned i = 1; i <= 2; i++) {
		inner = template_put_row(row, "visits");
		template_put(inner, "target_name", slice_of(i == 1 ? "T1" : "T2"));
		template_put_uint(inner, "date", i);
	}
	inner = template_put_row(row, "matters");
	template_put(inner, "matter_id", slice_of("leave"));
	template_put(template_put_row(inner, "checklist"), "question", slice_of("Q1"));
	template_put(template_put_row(inner, "checklist"), "question", slice_of("Q2"));
	inner = template_put_row(row, "matters");
	template_put(inner, "matter_id", slice_of("duty"));
	template_put_list(inner, "checklist");
	return row;
}

static char *
render(const char *text, const struct template_row *row, int *ret_rc, struct err *err)
{
	struct template *template = NULL;
	struct buf subject, body;
	struct said said;
	char *result = NULL;

	assert_int_equal(parse(slice_of(text), &said, &template), 0);
	buf_release(&said.text);
	buf_init(&subject, TEMPLATE_SUBJECT_MAX);
	buf_init(&body, 65536);
	*ret_rc = template_render(template, row, &subject, &body, err);
	if (*ret_rc == 0) {
		buf_text(&subject, "|");
		buf_slice(&subject, buf_view(&body));
		result = buf_steal(&subject);
	}
	buf_release(&subject);
	buf_release(&body);
	template_free(template);
	return result;
}

static void
renders(void **state)
{
	static const struct {
		const char *text, *result;
	} cases[] = {
	    {"Subject: to {{date}}\n\n{{ operator }}\n", "to outer|the {{date}} office\n"},
	    {"\xEF\xBB\xBFSubject: s\r\n\r\na\r\nb", "s|a\nb\n"},
	    {HEAD "a\n{{#visits}}\n- {{target_name}} {{date}} {{empty}}\n{{/visits}}\nb {{date}}\n",
	        "s|a\n- T1 1\n- T2 2\nb outer\n"},
	    {HEAD "{{#visits}}({{target_name}}){{/visits}}.\n", "s|(T1)(T2).\n"},
	    {HEAD "  {{#visits}}  \nx\n\t{{/visits}}\ny\n", "s|x\nx\ny\n"},
	    {HEAD "{{#matters}}\n\n{{matter_id}}\n{{#checklist}}\n {{question}} of "
	          "{{matter_id}}\n{{/checklist}}\n{{/matters}}\n",
	        "s|\nleave\n Q1 of leave\n Q2 of leave\n\nduty\n"},
	    {HEAD "{ {x} } {{date}}}\n", "s|{ {x} } outer}\n"},
	    {HEAD "Label: {{empty}}\n", "s|Label:\n"},
	};
	struct template_row *row = some_values();

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		int rc;
		char *result = render(cases[i].text, row, &rc, NULL);

		assert_int_equal(rc, 0);
		assert_string_equal(result, cases[i].result);
		free(result);
	}
	template_row_free(row);
}

/*
 * A value that does not fit on its line: running text is filled again, in a list the rest is indented below the value.
 */
static void
wraps(void **state)
{
#define TEN "0123456789"
#define HAN "检查检查检查检查检查"
	static const struct {
		const char *text, *value, *result;
	} cases[] = {
	    {HEAD "It is {{operator}}, and then\nthere is more.\n\nEnd.\n", TEN " " TEN " " TEN " " TEN " " TEN " " TEN,
	        "s|It is " TEN " " TEN " " TEN " " TEN " " TEN " " TEN ", and\nthen there is more.\n\nEnd.\n"},
	    {HEAD "  To: {{operator}}\n  X: {{date}}\n", HAN HAN HAN HAN,
	        "s|  To: " HAN HAN HAN "检查检查检查\n      检查检查\n  X: outer\n"},
	    {HEAD "2. {{operator}}\n", HAN HAN HAN "检查检查检查检查，检查",
	        "s|2. " HAN HAN HAN "检查检查检查检\n   查，检查\n"},
	    {HEAD "{{operator}}\n接着写。\n", HAN HAN HAN HAN, "s|" HAN HAN HAN "检查检查检查检查检\n查接着写。\n"},
	    {HEAD "前{{operator}}\n接着写。\n", HAN HAN HAN HAN, "s|前" HAN HAN HAN "检查检查检查检查\n检查接着写。\n"},
	    {HEAD "{{operator}}\n", TEN TEN TEN TEN TEN TEN TEN TEN TEN, "s|" TEN TEN TEN TEN TEN TEN TEN TEN TEN "\n"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct template_row *row = template_row_new();
		char *result;
		int rc;

		template_put(row, "operator", slice_of(cases[i].value));
		template_put(row, "date", slice_of("outer"));
		result = render(cases[i].text, row, &rc, NULL);
		assert_int_equal(rc, 0);
		assert_string_equal(result, cases[i].result);
		free(result);
		template_row_free(row);
	}
}

static void
values_are_held_to_their_form(void **state)
{
	static const struct slice bad[] = {{"a\r\nBcc: x", 9}, {"a\nb", 3}, {"a\0b", 3}, {"\xE4\xB8", 2}, {"\x7F", 1},
	    {"\xC2\x85", 2}, {"\xE2\x80\xA8", 3}, {"\xE2\x80\xAE", 3}};
	struct err err = {0};
	int rc;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct template_row *row = template_row_new();

		template_put(row, "operator", bad[i]);
		template_put(row, "date", slice_of("d"));
		assert_null(render(HEAD "{{operator}}\n", row, &rc, &err));
		assert_int_equal(rc, ERR_REFUSED);
		assert_non_null(strstr(err.message, "{{operator}}"));
		assert_null(render("Subject: {{operator}}\n\nb\n", row, &rc, &err));
		assert_int_equal(rc, ERR_REFUSED);
		template_row_free(row);
	}
}

static void
what_is_missing(void **state)
{
	struct template_row *row = template_row_new();
	struct err err = {0};
	int rc;

	(void)state;
	assert_null(render(HEAD "{{operator}}\n", row, &rc, &err));
	assert_int_equal(rc, ERR_REFUSED);
	assert_null(render(HEAD "{{#visits}}x{{/visits}}\n", row, &rc, &err));
	assert_int_equal(rc, ERR_REFUSED);
	template_row_free(row);
	assert_null(render(HEAD "x\n", NULL, &rc, &err));
	assert_int_equal(rc, ERR_MEMORY);
}

static void
output_is_bounded(void **state)
{
	struct template_row *row = template_row_new();
	struct err err = {0};
	int rc;

	(void)state;
	for (int i = 0; i < 20000; i++)
		template_put(template_put_row(row, "visits"), "target_name", slice_of("0123456789"));
	assert_null(render(HEAD "{{#visits}}\n{{target_name}}\n{{/visits}}\n", row, &rc, &err));
	assert_int_equal(rc, ERR_LIMIT);
	template_row_free(row);
}

/* ---- files ---- */

static void
say_any(void *ctx, const char *file, unsigned long line, const char *message)
{
	(void)file;
	(void)line;
	(void)snprintf(ctx, 200, "%s", message);
}

static void
files(void **state)
{
	char dir[SCRATCH_PATH], path[SCRATCH_PATH + 8], said[200] = "";
	struct diag diag = {.say = say_any, .ctx = said};
	static char block[1 << 20];
	FILE *file;

	(void)state;
	assert_true(scratch_make(dir));
	(void)snprintf(path, sizeof path, "%s/t", dir);
	assert_int_equal(template_check(path, names, &diag), ERR_ABSENT);
	assert_int_equal(template_check(dir, names, &diag), ERR_REFUSED);
	assert_string_equal(said, "it is no regular file");
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(template_check(path, names, &diag), ERR_REFUSED);
	assert_int_equal(unlink(path), 0);
	file = fopen(path, "w");
	assert_non_null(file);
	memset(block, 'x', sizeof block);
	for (int i = 0; i < 10; i++)
		assert_int_equal(fwrite(block, 1, sizeof block, file), sizeof block);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(template_check(path, names, &diag), ERR_REFUSED);
	assert_string_equal(said, "the template is larger than 262144 bytes");
	scratch_write(path, HEAD "{{operator}}\n");
	diag.count = 0;
	assert_int_equal(template_check(path, names, &diag), 0);
	assert_int_equal(diag.count, 0);
	assert_int_equal(scratch_remove(dir), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(faults_are_told),
	    cmocka_unit_test(nul_byte),
	    cmocka_unit_test(depth_is_bounded),
	    cmocka_unit_test(renders),
	    cmocka_unit_test(wraps),
	    cmocka_unit_test(values_are_held_to_their_form),
	    cmocka_unit_test(what_is_missing),
	    cmocka_unit_test(output_is_bounded),
	    cmocka_unit_test(files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
