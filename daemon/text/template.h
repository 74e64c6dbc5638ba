#ifndef SPOTCHECK_TEXT_TEMPLATE_H
#define SPOTCHECK_TEXT_TEMPLATE_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/slice.h"

/*
 * Templates in a subset of mustache.  `{{name}}` is replaced by a value.  `{{#rows}} … {{/rows}}` is a section: its
 * content is repeated for each row of a list, and sections may nest.  A section's tag alone on its line is removed
 * with its line.  There are no conditions, partials or escapes.  A name is looked up in the innermost row, then in the
 * rows around it.
 *
 * A file is `Subject: …`, an empty line, and the body, in UTF-8 with or without BOM, with LF or CRLF.  The subject has
 * no sections.  A value is never parsed as a template.
 */

#define TEMPLATE_MAX (256 * 1024) /* bytes of a template */
#define TEMPLATE_WIDTH 78         /* columns of a line; a Chinese character takes two */
#define TEMPLATE_SUBJECT_MAX 4096 /* bytes of a rendered subject */
#define TEMPLATE_DEPTH_MAX 8      /* sections inside each other */

/* The names that a template may use; an entry with name NULL ends the list. */
struct template_name {
	const char *name;
	const struct template_name *inner; /* names in the rows of a section; NULL: a value */
};

struct template;

/*
 * Parses a copy of `text`.  Each fault (an unknown name, an unbalanced tag, a missing subject …) goes to `diag` with
 * `file`, its line and, for a mistyped name, a suggestion.  ERR_REFUSED after faults, ERR_MEMORY.  `names` must live as
 * long as the template.
 */
int template_parse(struct slice text, const char *file, const struct template_name *names, struct diag *diag,
    struct template **ret_template);

/*
 * Reads and parses a regular file of at most TEMPLATE_MAX bytes.  ERR_ABSENT, without a fault, where there is none;
 * ERR_OUTSIDE, with one, where it cannot be read.
 */
int
template_load(const char *path, const struct template_name *names, struct diag *diag, struct template **ret_template);

/* Loads and frees it, for its faults alone. */
int template_check(const char *path, const struct template_name *names, struct diag *diag);

/* Whether the body uses the value `name` outside of sections. */
bool template_uses(const struct template *template, const char *name);

void template_free(struct template *template); /* NULL is allowed */

/*
 * The values for a template: a tree of rows.  A row has values, and lists of further rows.  Values are copied; names
 * are not, they are literals.  A lack of memory sticks to the tree, and template_render reports it.
 */
struct template_row;

struct template_row *
template_row_new(void); /* the outermost row; NULL without memory, which all functions below allow */
void template_row_free(struct template_row *row); /* the outermost row, with all rows in it; NULL is allowed */
void template_put(struct template_row *row, const char *name, struct slice value); /* replaces an earlier value */
void
template_put_uint(struct template_row *row, const char *name, uint64_t value); /* digits, never replaced by a mark */
void template_put_list(struct template_row *row, const char *name);            /* a list, which may stay without rows */
struct template_row *template_put_row(struct template_row *row, const char *name); /* adds a row to that list */

/*
 * Appends the subject and the body, whose lines end in LF, to the buffers; their `max` limits the output.  Spaces at
 * the end of a line are removed.  A line wider than TEMPLATE_WIDTH columns is broken at a space or between Chinese
 * characters; further lines of an indented one are indented as far as its value.  ERR_REFUSED: the tree lacks a name
 * that the template uses, or a value is no UTF-8 or holds control characters, which could forge lines.  ERR_LIMIT: the
 * output is too long.  ERR_MEMORY.  On failure the content of the buffers is meaningless.
 */
int template_render(const struct template *template, const struct template_row *values, struct buf *subject,
    struct buf *body, struct err *err);

/*
 * Appends the body for a parser of markup such as CommonMark.  No line is broken.  Each text value is replaced by a
 * mark: TEMPLATE_MARK_BEGIN, its index in `ret_marks->v`, TEMPLATE_MARK_END.  The caller puts the texts in after the
 * markup is parsed, so that no value is taken for markup.  The slices point into `values`: release `ret_marks` first.
 * Errors as above.
 */
#define TEMPLATE_MARK_BEGIN "\xEE\x80\x80" /* U+E000 and U+E001, of the private use area */
#define TEMPLATE_MARK_END "\xEE\x80\x81"
struct template_marks {
	struct slice *v;
	size_t n, cap;
};
int template_render_marked(const struct template *template, const struct template_row *values, struct buf *body,
    struct template_marks *ret_marks, struct err *err);
void template_marks_release(struct template_marks *marks);

#endif
