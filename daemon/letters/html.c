/* Turns a letter's CommonMark text into the HTML page that mail programs show. */
#include "letters/html.h"

#include <cmark.h>
#include <stdlib.h>
#include <string.h>

#include "text/html.h"

/* Most mail programs understand this much CSS.  Those without CSS still show headings, lists and paragraphs. */
static const char style[] =
    ":root{color-scheme:light dark}"
    "body{margin:0}"
    ".letter{max-width:42em;margin:0 auto;padding:16px;overflow-wrap:anywhere;"
    "font:16px/1.6 -apple-system,\"Segoe UI\",Roboto,\"PingFang SC\",\"Microsoft YaHei\",\"Noto Sans CJK "
    "SC\",sans-serif}"
    "h1,h2,h3{font-size:1.15em;line-height:1.4;margin:1.8em 0 .6em;padding-bottom:.25em;border-bottom:1px solid #8886}"
    "p{margin:.8em 0}"
    "ul,ol{margin:.5em 0;padding-left:1.5em}"
    "li{margin:.3em 0}"
    "pre{white-space:pre-wrap;margin:.8em 0;padding:.6em .8em;border-radius:4px;background:#8882;"
    "font:.875em/1.5 Menlo,Consolas,\"DejaVu Sans Mono\",monospace}";

/* ---- lines ---- */

static bool
is_latin_letter_or_digit(struct slice s)
{
	return s.n == 1 &&
	    ((s.p[0] >= 'a' && s.p[0] <= 'z') || (s.p[0] >= 'A' && s.p[0] <= 'Z') || (s.p[0] >= '0' && s.p[0] <= '9'));
}

static struct slice
node_text(cmark_node *node)
{
	const char *text = node == NULL ? NULL : cmark_node_get_literal(node);

	return slice_of(text == NULL ? "" : text);
}

/* Chinese has no spaces: a line break becomes one only between two words in Latin script. */
static bool
separates_latin_words(cmark_node *soft_break)
{
	struct slice before = node_text(cmark_node_previous(soft_break)),
	             after = node_text(cmark_node_next(soft_break));

	return before.n > 0 && after.n > 0 && is_latin_letter_or_digit((struct slice){before.p + before.n - 1, 1}) &&
	    is_latin_letter_or_digit((struct slice){after.p, 1});
}

static void
join_chinese_lines(cmark_node *document)
{
	cmark_iter *iter = cmark_iter_new(document);

	while (cmark_iter_next(iter) != CMARK_EVENT_DONE) {
		cmark_node *node = cmark_iter_get_node(iter);

		if (cmark_node_get_type(node) == CMARK_NODE_SOFTBREAK && !separates_latin_words(node))
			cmark_node_free(node); /* allowed: the iterator has just returned this leaf */
	}
	cmark_iter_free(iter);
}

int
letter_html(struct slice text, const struct template_marks *marks, struct slice title, bool chinese, struct buf *out,
    struct err *err)
{
	cmark_node *document = cmark_parse_document(text.p, text.n, CMARK_OPT_DEFAULT);
	char *html;

	if (chinese)
		join_chinese_lines(document);
	html = cmark_render_html(document, CMARK_OPT_DEFAULT); /* without raw HTML */
	cmark_node_free(document);
	if (html == NULL)
		return err_memory(err);
	buf_format(out,
	    "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n"
	    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>",
	    chinese ? "zh-CN" : "en");
	html_put(out, title);
	buf_format(out, "</title>\n<style>%s</style>\n</head>\n<body>\n<div class=\"letter\">\n", style);
	html_fill(slice_of(html), marks, out);
	buf_text(out, "</div>\n</body>\n</html>\n");
	free(html);
	if (out->no_memory)
		return err_memory(err);
	return out->failed ? err_set(err, ERR_LIMIT, N_("the letter is larger than %zu bytes"), out->max) : 0;
}
