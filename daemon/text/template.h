#ifndef SPOTCHECK_TEXT_TEMPLATE_H
#define SPOTCHECK_TEXT_TEMPLATE_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/slice.h"

/*
 * Text with holes, a subset of mustache: `{{name}}` is a value, `{{#rows}} … {{/rows}}` repeats what it encloses once
 * for each row of a list, and may nest.  A section's tag alone on its line vanishes with its line.  There is nothing
 * else: no conditions, no partials, no escapes.  A name is looked for in the innermost row, then in the rows around
 * it.
 *
 * A file is `Subject: …`, an empty line, and the body; LF or CRLF, UTF-8 with or without BOM.  In the subject stand no
 * sections.  A value is never read as template.
 */

#define TEMPLATE_MAX (256 * 1024) /* bytes of a template */
#define TEMPLATE_WIDTH 78         /* columns of a line; a Chinese character takes two */
#define TEMPLATE_SUBJECT_MAX 4096 /* bytes of a rendered subject */
#define TEMPLATE_DEPTH_MAX 8      /* sections inside each other */

/* The names that a template may use, ended by one with name NULL; `inner` are those of a section's rows. */
struct template_name {
	const char *name;
	const struct template_name *inner; /* NULL: a value */
};

struct template;

/*
 * Parses `text`, which is copied.  Each fault (an unknown name, an unbalanced tag, a missing subject …) goes to
 * `diag` under the name `file` with its line and, where a name was likely meant, a suggestion.  Returns 0, or
 * ERR_REFUSED after faults (*ret_template stays as it was), or ERR_MEMORY.  `names` must live as long as the
 * template.
 */
int template_parse(struct slice text, const char *file, const struct template_name *names, struct diag *diag,
    struct template **ret_template);

/* Reads a regular file of at most TEMPLATE_MAX bytes and parses it.  ERR_ABSENT, with nothing said, where it is not. */
int
template_load(const char *path, const struct template_name *names, struct diag *diag, struct template **ret_template);

/* For `check`: loads and forgets it. */
int template_check(const char *path, const struct template_name *names, struct diag *diag);

/* Whether the value `name` stands in its body, outside of sections. */
bool template_uses(const struct template *template, const char *name);

void template_free(struct template *template); /* NULL is allowed */

/*
 * What a template is filled with: a tree of rows, each of values and of lists of further rows.  Values are copied,
 * names are not (they are literals).  Want of memory sticks to the whole tree and is told by template_render.
 */
struct template_row;

struct template_row *template_row_new(void);      /* the outermost row; NULL without memory, which all below allow */
void template_row_free(struct template_row *row); /* of the outermost; frees all within it; NULL is allowed */
void template_put(struct template_row *row, const char *name, struct slice value);  /* the last one stands */
void template_put_uint(struct template_row *row, const char *name, uint64_t value); /* digits, which are no markup */
void template_put_list(struct template_row *row, const char *name);                 /* a list, perhaps without rows */
struct template_row *template_put_row(struct template_row *row, const char *name);  /* a further row of that list */

/*
 * Renders subject and body (lines end in LF) behind what the buffers hold; their `max` bounds the output.  Spaces at
 * the end of a line go, and a line that its values made wider than TEMPLATE_WIDTH columns is broken at a space or
 * between Chinese characters; an indented one hangs below the value.  ERR_REFUSED where the tree lacks a name that
 * the template uses, or a value is no UTF-8 or holds control characters (which would forge lines); ERR_LIMIT where it
 * does not fit; ERR_MEMORY.  On failure what the buffers hold is of no use.
 */
int template_render(const struct template *template, const struct template_row *values, struct buf *subject,
    struct buf *body, struct err *err);

/*
 * The body for a reader of markup, such as CommonMark: no line is broken, and where a text would stand stands a mark,
 * TEMPLATE_MARK_BEGIN, the text's number and TEMPLATE_MARK_END.  Whoever has understood the markup puts `ret_marks->v` in
 * their places, so that no value is ever taken for markup.  The caller releases `ret_marks` before `values`, which the
 * slices point into.  Errors as above.
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
