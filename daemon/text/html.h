#ifndef SPOTCHECK_TEXT_HTML_H
#define SPOTCHECK_TEXT_HTML_H

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/slice.h"
#include "text/template.h"

/* Appends `text`, escaped for use between tags and within double quotes. */
void html_put(struct buf *out, struct slice text);

/* Appends `html` with each mark of template_render_marked replaced by its text, escaped: no text becomes markup. */
void html_fill(struct slice html, const struct template_marks *marks, struct buf *out);

#define HTML_PAGE_MAX ((size_t)64 << 20)

/* Parses a page's template that is part of this program.  ERR_REFUSED where it is broken, ERR_MEMORY. */
int html_parse(struct slice text, const struct template_name *names, struct template **ret_template, struct err *err);

/* Appends the page that a template and its values give.  Errors as of template_render_marked. */
int html_render(const struct template *template, const struct template_row *values, struct buf *out, struct err *err);

#endif
