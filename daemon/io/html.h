#ifndef SPOTCHECK_HTML_H
#define SPOTCHECK_HTML_H

#include "core/buf.h"
#include "core/slice.h"
#include "io/template.h"

/* `text` as it may stand between tags and within double quotes, appended. */
void html_put(struct buf *out, struct slice text);

/* `html` with each mark of template_render_marked replaced by its text, escaped.  No text can become markup. */
void html_fill(struct slice html, const struct template_marks *marks, struct buf *out);

#endif
