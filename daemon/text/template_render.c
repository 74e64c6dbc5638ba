/* Renders a template with a tree of values, and wraps long lines. */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "text/printable.h"
#include "text/template.h"
#include "text/template_private.h"
#include "text/wrap.h"

#define HANG_MAX 24 /* a value that begins further right does not set the indent of the lines that follow */

/* ---- the tree of values ---- */

struct field {
	const char *name;
	char *text; /* NULL: a list */
	size_t len;
	bool is_number;
	struct template_row **rows;
	size_t n_rows;
	size_t cap;
};

struct template_row {
	struct template_row *around; /* NULL for the outermost */
	struct field *fields;
	size_t n;
	size_t cap;
	bool failed; /* in the outermost row: memory failed for some row of the tree */
};

struct template_row *
template_row_new(void)
{
	return calloc(1, sizeof(struct template_row));
}

static void
field_release(struct field *field)
{
	for (size_t i = 0; i < field->n_rows; i++)
		template_row_free(field->rows[i]);
	free(field->rows);
	free(field->text);
	*field = (struct field){.name = field->name};
}

/* Recursion goes as deep as the table of names nests. */
void
template_row_free(struct template_row *row)
{
	if (row == NULL)
		return;
	for (size_t i = 0; i < row->n; i++)
		field_release(&row->fields[i]);
	free(row->fields);
	free(row);
}

static void
mark_tree_failed(struct template_row *row)
{
	while (row->around != NULL)
		row = row->around;
	row->failed = true;
}

static struct field *
field_find(const struct template_row *row, const char *name)
{
	for (size_t i = 0; i < row->n; i++)
		if (strcmp(row->fields[i].name, name) == 0)
			return &row->fields[i];
	return NULL;
}

static struct field *
field_of(struct template_row *row, const char *name)
{
	struct field *found = field_find(row, name);

	if (found != NULL)
		return found;
	if (row->n == row->cap) {
		size_t cap = row->cap == 0 ? 16 : row->cap * 2;
		struct field *fields = realloc(row->fields, cap * sizeof *fields);

		if (fields == NULL) {
			mark_tree_failed(row);
			return NULL;
		}
		row->fields = fields;
		row->cap = cap;
	}
	row->fields[row->n] = (struct field){.name = name};
	return &row->fields[row->n++];
}

static void
copy_value(struct template_row *row, const char *name, struct slice value, bool is_number)
{
	struct field *field = row == NULL ? NULL : field_of(row, name);
	char *text;

	if (field == NULL)
		return;
	text = malloc(value.n + 1);
	if (text == NULL) {
		mark_tree_failed(row);
		return;
	}
	if (value.n > 0)
		memcpy(text, value.p, value.n);
	text[value.n] = '\0';
	field_release(field);
	field->text = text;
	field->len = value.n;
	field->is_number = is_number;
}

void
template_put(struct template_row *row, const char *name, struct slice value)
{
	copy_value(row, name, value, false);
}

void
template_put_uint(struct template_row *row, const char *name, uint64_t value)
{
	struct buf digits;

	buf_init(&digits, 32);
	buf_uint(&digits, value);
	if (digits.failed && row != NULL)
		mark_tree_failed(row);
	copy_value(row, name, buf_view(&digits), true);
	buf_release(&digits);
}

void
template_put_list(struct template_row *row, const char *name)
{
	if (row != NULL)
		(void)field_of(row, name);
}

struct template_row *
template_put_row(struct template_row *row, const char *name)
{
	struct field *field = row == NULL ? NULL : field_of(row, name);
	struct template_row *inner;

	if (field == NULL)
		return NULL;
	if (field->n_rows == field->cap) {
		size_t cap = field->cap == 0 ? 8 : field->cap * 2;
		struct template_row **rows = realloc(field->rows, cap * sizeof(struct template_row *));

		if (rows == NULL) {
			mark_tree_failed(row);
			return NULL;
		}
		field->rows = rows;
		field->cap = cap;
	}
	inner = template_row_new();
	if (inner == NULL) {
		mark_tree_failed(row);
		return NULL;
	}
	inner->around = row;
	field->rows[field->n_rows++] = inner;
	return inner;
}

/* ---- rendering ---- */

struct render {
	const struct template_node *nodes;
	struct buf *out;
	size_t line; /* where the current line begins in `out` */
	size_t hang; /* indent of its further lines, in columns */
	bool wraps;
	bool carries;   /* the line before is the last part of broken running text, which this line may continue */
	size_t carried; /* where that last part begins in `out` */
	struct template_marks *marks; /* NULL: values are put as they are */
	struct err *err;
};

static const struct field *
look_up(const struct template_row *row, const char *name)
{
	for (; row != NULL; row = row->around) {
		const struct field *field = field_find(row, name);

		if (field != NULL)
			return field;
	}
	return NULL;
}

static struct slice
line_so_far(const struct render *r)
{
	return (struct slice){r->out->data + r->line, r->out->len - r->line};
}

/* Running text that was broken is refilled with the next line, so that no short line is left within a paragraph. */
static void
end_rendered_line(struct render *r)
{
	struct slice line = line_so_far(r);
	bool running = wrap_is_running(line);
	size_t indent = wrap_indent(line);
	size_t last;

	if (running && r->carries && !r->out->failed) {
		wrap_join(r->out, r->line - 1);
		r->line = r->carried;
	}
	last = wrap_line(r->out, r->line, TEMPLATE_WIDTH, r->hang > indent ? r->hang : indent);
	r->carries = running && last != r->line;
	r->carried = last;
	buf_byte(r->out, '\n');
	r->line = r->out->len;
	r->hang = 0;
}

static void
render_text(struct render *r, struct slice text)
{
	while (r->wraps && text.n > 0 && memchr(text.p, '\n', text.n) != NULL) {
		buf_slice(r->out, slice_cut(&text, '\n'));
		end_rendered_line(r);
	}
	buf_slice(r->out, text);
}

static int
put_numbered_mark(struct render *r, const struct field *field)
{
	struct template_marks *m = r->marks;

	if (m->n == m->cap) {
		size_t cap = m->cap == 0 ? 64 : m->cap * 2;
		struct slice *v = reallocarray(m->v, cap, sizeof *v);

		if (v == NULL)
			return err_memory(r->err);
		m->v = v;
		m->cap = cap;
	}
	buf_format(r->out, "%s%zu%s", TEMPLATE_MARK_BEGIN, m->n, TEMPLATE_MARK_END);
	m->v[m->n++] = (struct slice){field->text, field->len};
	return 0;
}

static int
render_value(struct render *r, const struct template_row *row, const char *name)
{
	const struct field *field = look_up(row, name);
	struct slice so_far;

	if (field == NULL || field->text == NULL)
		return err_set(r->err, ERR_REFUSED, N_("there is no value for {{%s}}"), name);
	if (!plain_text((struct slice){field->text, field->len}))
		return err_set(r->err, ERR_REFUSED,
		    N_("the value of {{%s}} is not UTF-8 text, or holds control characters"), name);
	if (r->marks != NULL && !field->is_number)
		return put_numbered_mark(r, field);
	if (r->out->len > r->line && (r->out->data[r->line] == ' ' || r->out->data[r->line] == '-')) {
		so_far = line_so_far(r);
		if (plain_width(so_far) <= HANG_MAX)
			r->hang = plain_width(so_far);
	}
	buf_put(r->out, field->text, field->len);
	return 0;
}

static int render_nodes(struct render *r, const struct template_row *row, size_t begin, size_t end);

/* Recursion goes at most TEMPLATE_DEPTH_MAX deep. */
static int
render_section(struct render *r, const struct template_row *row, size_t at)
{
	const struct template_node *node = &r->nodes[at];
	const struct field *field = look_up(row, node->name);
	int rc = 0;

	if (field == NULL || field->text != NULL)
		return err_set(r->err, ERR_REFUSED, N_("there is no list {{#%s}}"), node->name);
	for (size_t i = 0; i < field->n_rows && rc == 0; i++)
		rc = render_nodes(r, field->rows[i], at + 1, node->end);
	return rc;
}

static int
render_nodes(struct render *r, const struct template_row *row, size_t begin, size_t end)
{
	int rc = 0;

	for (size_t i = begin; i < end && rc == 0;) {
		const struct template_node *node = &r->nodes[i];

		if (r->out->failed) /* nothing more fits: skip the other rows */
			return 0;
		if (node->kind == NODE_TEXT)
			render_text(r, node->text);
		else if (node->kind == NODE_VALUE)
			rc = render_value(r, row, node->name);
		else
			rc = render_section(r, row, i);
		i = node->kind == NODE_SECTION ? node->end : i + 1;
	}
	return rc;
}

int
template_render(const struct template *template, const struct template_row *values, struct buf *subject,
    struct buf *body, struct err *err)
{
	struct render head = {.nodes = template->nodes, .out = subject, .err = err};
	struct render text = {.nodes = template->nodes, .out = body, .line = body->len, .wraps = true, .err = err};
	int rc;

	if (values == NULL || values->failed)
		return err_memory(err);
	rc = render_nodes(&head, values, 0, template->n_subject);
	if (rc == 0)
		rc = render_nodes(&text, values, template->n_subject, template->n);
	if (rc != 0)
		return rc;
	if (subject->no_memory || body->no_memory)
		return err_memory(err);
	if (subject->failed || body->failed)
		return err_set(err, ERR_LIMIT,
		    N_("the letter is too long: the subject may have %zu bytes, the text %zu"), subject->max,
		    body->max);
	return 0;
}

int
template_render_marked(const struct template *template, const struct template_row *values, struct buf *body,
    struct template_marks *ret_marks, struct err *err)
{
	struct template_marks marks = {0};
	struct render text = {.nodes = template->nodes, .out = body, .marks = &marks, .err = err};
	int rc;

	if (values == NULL || values->failed)
		return err_memory(err);
	rc = render_nodes(&text, values, template->n_subject, template->n);
	if (rc == 0 && body->no_memory)
		rc = err_memory(err);
	if (rc == 0 && body->failed)
		rc = err_set(err, ERR_LIMIT, N_("the letter is too long: the subject may have %zu bytes, the text %zu"),
		    (size_t)TEMPLATE_SUBJECT_MAX, body->max);
	if (rc == 0)
		*ret_marks = marks;
	else
		template_marks_release(&marks);
	return rc;
}

void
template_marks_release(struct template_marks *marks)
{
	free(marks->v);
	*marks = (struct template_marks){0};
}
