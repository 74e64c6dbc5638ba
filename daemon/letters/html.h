#ifndef SPOTCHECK_LETTERS_HTML_H
#define SPOTCHECK_LETTERS_HTML_H

#include <stdbool.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/slice.h"
#include "text/template.h"

/*
 * Appends a letter's text as a page of HTML for mail programs: one column that fits a telephone, without images,
 * scripts or anything from elsewhere.  `text` is CommonMark (0.30) as template_render_marked gives it, with its
 * `marks`.  HTML in it, and links other than web and mail addresses, are left out.  `title` is the subject.
 * ERR_LIMIT, ERR_MEMORY.
 */
int letter_html(struct slice text, const struct template_marks *marks, struct slice title, bool chinese,
    struct buf *out, struct err *err);

#endif
