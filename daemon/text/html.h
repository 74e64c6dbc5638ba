#ifndef SPOTCHECK_TEXT_HTML_H
#define SPOTCHECK_TEXT_HTML_H

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/slice.h"
#include "text/template.h"

/* `text` as it may stand between tags and within double quotes, appended. */
void html_put(struct buf *out, struct slice text);

/* `html` with each mark of template_render_marked replaced by its text, escaped.  No text can become markup. */
void html_fill(struct slice html, const struct template_marks *marks, struct buf *out);

#define HTML_PAGE_MAX ((size_t)64 << 20)

/* A page's template that is part of this program; ERR_REFUSED where it is broken. */
int html_parse(struct slice text, const struct template_name *names, struct template **ret_template, struct err *err);

/* The page of a template and its values, appended. */
int html_render(const struct template *template, const struct template_row *values, struct buf *out, struct err *err);

#endif
