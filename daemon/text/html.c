/* HTML pages from templates: escaping, and texts in the place of marks. */
#include "text/html.h"

#include <string.h>

#include "core/base/text.h"

void
html_put(struct buf *out, struct slice text)
{
	for (size_t i = 0; i < text.n; i++)
		switch (text.p[i]) {
		case '&':
			buf_text(out, "&amp;");
			break;
		case '<':
			buf_text(out, "&lt;");
			break;
		case '>':
			buf_text(out, "&gt;");
			break;
		case '"':
			buf_text(out, "&quot;");
			break;
		default:
			buf_byte(out, text.p[i]);
		}
}

/*
 * Appends the text of the mark that `html` begins with, and returns the mark's bytes.  Where the character begins no
 * mark, it is the template's own and dropped.
 */
static size_t
put_marked_value(struct slice html, const struct template_marks *marks, struct buf *out)
{
	const size_t width = sizeof TEMPLATE_MARK_BEGIN - 1;
	const char *end = memmem(html.p, html.n, TEMPLATE_MARK_END, width);
	uint64_t n = 0;

	if (end == NULL || !text_to_uint((struct slice){html.p + width, (size_t)(end - html.p) - width}, &n) ||
	    n >= marks->n)
		return width;
	html_put(out, marks->v[n]);
	return (size_t)(end - html.p) + width;
}

void
html_fill(struct slice html, const struct template_marks *marks, struct buf *out)
{
	while (html.n > 0) {
		const char *begin = memmem(html.p, html.n, TEMPLATE_MARK_BEGIN, sizeof TEMPLATE_MARK_BEGIN - 1);
		size_t n = begin == NULL ? html.n : (size_t)(begin - html.p);

		buf_put(out, html.p, n);
		html = (struct slice){html.p + n, html.n - n};
		if (begin != NULL) {
			n = put_marked_value(html, marks, out);
			html = (struct slice){html.p + n, html.n - n};
		}
	}
}

int
html_parse(struct slice text, const struct template_name *names, struct template **ret_template, struct err *err)
{
	struct diag diag = {0};
	int rc = template_parse(text, "daemon/site", names, &diag, ret_template);

	return rc == ERR_REFUSED ? err_set(err, rc, N_("a page's template in this program is broken"))
	    : rc == 0            ? 0
	                         : err_memory(err);
}

int
html_render(const struct template *template, const struct template_row *values, struct buf *out, struct err *err)
{
	struct template_marks marks = {0};
	struct buf marked;
	int rc;

	buf_init(&marked, HTML_PAGE_MAX);
	rc = template_render_marked(template, values, &marked, &marks, err);
	if (rc == 0)
		html_fill(buf_view(&marked), &marks, out);
	template_marks_release(&marks);
	buf_release(&marked);
	return rc != 0 ? rc : out->failed ? err_memory(err) : 0;
}
