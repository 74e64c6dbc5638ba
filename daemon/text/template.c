/* Parses templates, and reports every fault with its line. */
#include "text/template.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "system/file.h"
#include "text/printable.h"
#include "text/suggest.h"
#include "text/template_private.h"

#define SUBJECT "Subject: "
#define WORDS_MAX 64 /* names considered for a suggestion */

struct open_section {
	const struct template_name *names; /* NULL in an unknown section: nothing in it can be checked */
	struct slice name;
	unsigned long line;
	size_t node;
};

struct parser {
	const char *file;
	struct diag *diag;
	struct template *template;
	unsigned long line;
	struct open_section open[TEMPLATE_DEPTH_MAX + 1]; /* [0] is the whole file */
	size_t depth;
	unsigned long before; /* diag->count at the beginning */
	bool in_subject;
	bool no_memory;
};

/* ---- nodes ---- */

static struct template_node *
add_node(struct parser *p, enum template_kind kind)
{
	struct template *t = p->template;
	struct template_node *nodes;

	if (t->nodes == NULL || t->n == t->cap) {
		size_t cap = t->cap == 0 ? 64 : t->cap * 2; /* at most a node for each byte of TEMPLATE_MAX */

		nodes = realloc(t->nodes, cap * sizeof *nodes);
		if (nodes == NULL) {
			p->no_memory = true;
			return NULL;
		}
		t->nodes = nodes;
		t->cap = cap;
	}
	t->nodes[t->n] = (struct template_node){.kind = kind};
	return &t->nodes[t->n++];
}

/* Adjacent pieces of text become one node. */
static void
add_text(struct parser *p, struct slice text)
{
	struct template *t = p->template;
	struct template_node *last = t->n == 0 || t->n == t->n_subject ? NULL : &t->nodes[t->n - 1];
	struct template_node *node;

	if (text.n == 0)
		return;
	if (last != NULL && last->kind == NODE_TEXT && last->text.p + last->text.n == text.p) {
		last->text.n += text.n;
		return;
	}
	node = add_node(p, NODE_TEXT);
	if (node != NULL)
		node->text = text;
}

/* ---- names ---- */

static const struct template_name *
find_name(const struct template_name *names, struct slice name)
{
	for (; names != NULL && names->name != NULL; names++)
		if (slice_is(name, names->name))
			return names;
	return NULL;
}

/* The section at any depth whose rows have this name, or NULL. */
static const struct template_name *
find_enclosing_section(const struct template_name *names, struct slice name)
{
	for (; names != NULL && names->name != NULL; names++) {
		const struct template_name *deeper;

		if (names->inner == NULL)
			continue;
		if (find_name(names->inner, name) != NULL)
			return names;
		deeper = find_enclosing_section(names->inner, name);
		if (deeper != NULL)
			return deeper;
	}
	return NULL;
}

/* Looks from the innermost row outwards.  `*ret_unknown` becomes true inside an unknown section. */
static const struct template_name *
find_visible_name(const struct parser *p, struct slice name, bool *ret_unknown)
{
	for (size_t i = p->depth + 1; i-- > 0;) {
		const struct template_name *found = find_name(p->open[i].names, name);

		if (found != NULL)
			return found;
		*ret_unknown = *ret_unknown || p->open[i].names == NULL;
	}
	return NULL;
}

static const char *
suggest_name(const struct parser *p, struct slice wrong, bool sections, size_t depth_from)
{
	const char *words[WORDS_MAX];
	size_t n = 0;

	for (size_t i = depth_from; i <= p->depth; i++)
		for (const struct template_name *at = p->open[i].names; at != NULL && at->name != NULL; at++)
			if (n < WORDS_MAX && (at->inner != NULL) == sections)
				words[n++] = at->name;
	return suggest(wrong, words, n);
}

/* ---- tags ---- */

static void
report_unknown_name(struct parser *p, struct slice name, const char *sigil, bool section)
{
	const struct template_name *home = find_enclosing_section(p->open[0].names, name);
	const char *near = suggest_name(p, name, section, section ? p->depth : 0);

	if (home != NULL)
		diag_add(p->diag, p->file, p->line, N_("{{%s%.*s}} can only stand directly inside {{#%s}} … {{/%s}}"),
		    sigil, SLICE_ARGS(name), home->name, home->name);
	else if (near != NULL)
		diag_add(p->diag, p->file, p->line, N_("{{%s%.*s}} is not known; did you mean {{%s%s}}?"), sigil,
		    SLICE_ARGS(name), sigil, near);
	else
		diag_add(p->diag, p->file, p->line,
		    N_("{{%s%.*s}} is not known; README.md beside the letters lists what there is"), sigil,
		    SLICE_ARGS(name));
}

static void
add_value(struct parser *p, struct slice name)
{
	bool unknown = false;
	const struct template_name *found = find_visible_name(p, name, &unknown);
	struct template_node *node;

	if (found == NULL && !unknown)
		report_unknown_name(p, name, "", false);
	else if (found != NULL && found->inner != NULL)
		diag_add(p->diag, p->file, p->line,
		    N_("{{%s}} is a list: write {{#%s}} … {{/%s}} around what is to repeat"), found->name, found->name,
		    found->name);
	else if (found != NULL && (node = add_node(p, NODE_VALUE)) != NULL)
		node->name = found->name;
}

/* Only lists of the innermost row open a section, so that no list is repeated within itself. */
static void
open_section(struct parser *p, struct slice name)
{
	const struct open_section *around = &p->open[p->depth];
	const struct template_name *found = find_name(around->names, name);
	struct open_section section = {.name = name, .line = p->line, .node = p->template->n};
	struct template_node *node;

	if (p->in_subject) {
		diag_add(p->diag, p->file, p->line, N_("{{#%.*s}}: the subject cannot have sections"),
		    SLICE_ARGS(name));
		return;
	}
	if (p->depth == TEMPLATE_DEPTH_MAX) {
		diag_add(p->diag, p->file, p->line, N_("{{#%.*s}} stands inside more than %d sections"),
		    SLICE_ARGS(name), TEMPLATE_DEPTH_MAX);
		return;
	}
	if (found != NULL && found->inner == NULL)
		diag_add(p->diag, p->file, p->line, N_("{{#%s}} is no list: write {{%s}}"), found->name, found->name);
	else if (found == NULL && around->names != NULL)
		report_unknown_name(p, name, "#", true);
	else if (found != NULL)
		section.names = found->inner;
	node = add_node(p, NODE_SECTION);
	if (node == NULL)
		return;
	node->name = found == NULL ? "" : found->name;
	p->open[++p->depth] = section;
}

static void
end_section(struct parser *p)
{
	p->template->nodes[p->open[p->depth].node].end = p->template->n;
	p->depth--;
}

static void
report_unclosed(struct parser *p)
{
	const struct open_section *section = &p->open[p->depth];

	diag_add(p->diag, p->file, section->line, N_("{{#%.*s}} is never closed: {{/%.*s}} is missing"),
	    SLICE_ARGS(section->name), SLICE_ARGS(section->name));
}

static void
close_section(struct parser *p, struct slice name)
{
	size_t at = p->depth;

	while (at > 0 && !slice_eq(p->open[at].name, name))
		at--;
	if (at == 0) {
		if (p->depth > 0)
			diag_add(p->diag, p->file, p->line,
			    N_("{{/%.*s}} closes nothing; {{#%.*s}} of line %lu is open"), SLICE_ARGS(name),
			    SLICE_ARGS(p->open[p->depth].name), p->open[p->depth].line);
		else
			diag_add(p->diag, p->file, p->line, N_("{{/%.*s}} closes nothing: no section is open"),
			    SLICE_ARGS(name));
		return;
	}
	for (; p->depth > at; end_section(p))
		report_unclosed(p);
	end_section(p);
}

static struct slice
trim_blanks(struct slice text)
{
	while (text.n > 0 && (text.p[0] == ' ' || text.p[0] == '\t')) {
		text.p++;
		text.n--;
	}
	while (text.n > 0 && (text.p[text.n - 1] == ' ' || text.p[text.n - 1] == '\t'))
		text.n--;
	return text;
}

static bool
is_name(struct slice text)
{
	for (size_t i = 0; i < text.n; i++)
		if (!(text.p[i] >= 'a' && text.p[i] <= 'z') && !(text.p[i] >= 'A' && text.p[i] <= 'Z') &&
		    !(text.p[i] >= '0' && text.p[i] <= '9') && text.p[i] != '_')
			return false;
	return text.n > 0;
}

/* `tag` is the text between {{ and }}. */
static void
add_tag(struct parser *p, struct slice tag)
{
	struct slice name = trim_blanks(tag);
	char sigil = name.n > 0 && (name.p[0] == '#' || name.p[0] == '/') ? name.p[0] : '\0';

	if (sigil != '\0')
		name = trim_blanks((struct slice){name.p + 1, name.n - 1});
	if (!is_name(name))
		diag_add(p->diag, p->file, p->line,
		    N_("{{%.*s}} is no placeholder: there are {{name}}, {{#section}} and {{/section}}"),
		    SLICE_ARGS(tag));
	else if (sigil == '#')
		open_section(p, name);
	else if (sigil == '/')
		close_section(p, name);
	else
		add_value(p, name);
}

/* ---- lines ---- */

static const char *
find_pair(struct slice text, const char pair[static 2])
{
	return text.n < 2 ? NULL : memmem(text.p, text.n, pair, 2);
}

/* Whether the line has one section tag and otherwise only spaces. */
static bool
is_lone_tag(struct slice line, struct slice *ret_tag)
{
	struct slice all = trim_blanks(line), inner;

	if (all.n < 5 || memcmp(all.p, "{{", 2) != 0 || memcmp(all.p + all.n - 2, "}}", 2) != 0)
		return false;
	inner = (struct slice){all.p + 2, all.n - 4};
	if (find_pair(inner, "{{") != NULL || find_pair(inner, "}}") != NULL)
		return false;
	*ret_tag = inner;
	inner = trim_blanks(inner);
	return inner.n > 0 && (inner.p[0] == '#' || inner.p[0] == '/');
}

static void
add_pieces(struct parser *p, struct slice rest)
{
	while (rest.n > 0) {
		const char *begin = find_pair(rest, "{{"), *end;
		struct slice text = {rest.p, begin == NULL ? rest.n : (size_t)(begin - rest.p)};

		if (find_pair(text, "}}") != NULL)
			diag_add(p->diag, p->file, p->line, N_("}} without {{ before it"));
		add_text(p, text);
		if (begin == NULL)
			return;
		rest = (struct slice){begin + 2, rest.n - text.n - 2};
		end = find_pair(rest, "}}");
		if (end == NULL) {
			diag_add(p->diag, p->file, p->line, N_("{{ without }} on the same line"));
			return;
		}
		add_tag(p, (struct slice){rest.p, (size_t)(end - rest.p)});
		rest = (struct slice){end + 2, rest.n - (size_t)(end - rest.p) - 2};
	}
}

static bool
is_text_line(struct slice line)
{
	while (line.n > 0)
		if (!plain_text(slice_cut(&line, '\t')))
			return false;
	return true;
}

/* The next line without its end; false at the end of the file. */
static bool
next_template_line(struct parser *p, struct slice *rest, struct slice *ret_line)
{
	if (rest->n == 0)
		return false;
	*ret_line = slice_cut(rest, '\n');
	p->line++;
	if (ret_line->n > 0 && ret_line->p[ret_line->n - 1] == '\r')
		ret_line->n--;
	if (!is_text_line(*ret_line)) {
		diag_add(p->diag, p->file, p->line, N_("the line is not UTF-8 text, or holds control characters"));
		ret_line->n = 0;
	}
	return true;
}

static void
parse_subject(struct parser *p, struct slice *rest)
{
	struct slice line = {NULL, 0};
	size_t len = strlen(SUBJECT);
	bool is_line = next_template_line(p, rest, &line);

	p->in_subject = true;
	if (!is_line || line.n <= len || memcmp(line.p, SUBJECT, len) != 0 || trim_blanks(line).n <= len)
		diag_add(p->diag, p->file, 1, N_("the first line must be \"Subject: …\""));
	else
		add_pieces(p, trim_blanks((struct slice){line.p + len, line.n - len}));
	p->in_subject = false;
	p->template->n_subject = p->template->n;
	if (!next_template_line(p, rest, &line) || line.n > 0)
		diag_add(p->diag, p->file, 2, N_("the second line must be empty"));
}

static void
parse_body(struct parser *p, struct slice rest)
{
	struct slice line, tag;
	bool any = false;

	while (next_template_line(p, &rest, &line)) {
		any = any || trim_blanks(line).n > 0;
		if (is_lone_tag(line, &tag)) {
			add_tag(p, tag);
			continue;
		}
		add_pieces(p, line);
		add_text(p, slice_of("\n"));
	}
	for (; p->depth > 0; end_section(p))
		report_unclosed(p);
	if (!any && p->diag->count == p->before)
		diag_add(p->diag, p->file, p->line, N_("there is no text after the subject"));
}

static void
report_too_large(const char *file, struct diag *diag)
{
	diag_add(diag, file, 0, N_("the template is larger than %d bytes"), TEMPLATE_MAX);
}

int
template_parse(struct slice text, const char *file, const struct template_name *names, struct diag *diag,
    struct template **ret_template)
{
	struct template *template = calloc(1, sizeof *template);
	struct parser p = {.file = file,
	    .diag = diag,
	    .template = template,
	    .before = diag->count,
	    .open[0].names = names};
	struct slice rest;
	int rc = ERR_MEMORY;

	if (template == NULL)
		return ERR_MEMORY;
	if (text.n > TEMPLATE_MAX) {
		report_too_large(file, diag);
		rc = ERR_REFUSED;
		goto out;
	}
	template->text = malloc(text.n + 1);
	if (template->text == NULL)
		goto out;
	if (text.n > 0)
		memcpy(template->text, text.p, text.n);
	rest = (struct slice){template->text, text.n};
	if (rest.n >= 3 && memcmp(rest.p, "\xEF\xBB\xBF", 3) == 0)
		rest = (struct slice){rest.p + 3, rest.n - 3};
	parse_subject(&p, &rest);
	parse_body(&p, rest);
	rc = p.no_memory ? ERR_MEMORY : diag->count > p.before ? ERR_REFUSED : 0;
out:
	if (rc == 0)
		*ret_template = template;
	else
		template_free(template);
	return rc;
}

bool
template_uses(const struct template *template, const char *name)
{
	for (size_t i = template->n_subject; i < template->n;) {
		const struct template_node *node = &template->nodes[i];

		if (node->kind == NODE_VALUE && strcmp(node->name, name) == 0)
			return true;
		i = node->kind == NODE_SECTION ? node->end : i + 1;
	}
	return false;
}

void
template_free(struct template *template)
{
	if (template == NULL)
		return;
	free(template->nodes);
	free(template->text);
	free(template);
}

/* ---- the file ---- */

static int
report_unread_template(const char *path, int rc, struct diag *diag)
{
	if (rc == ERR_ABSENT || rc == ERR_MEMORY)
		return rc;
	if (rc == ERR_LIMIT)
		report_too_large(path, diag);
	else if (errno == 0)
		diag_add(diag, path, 0, N_("it is no regular file"));
	else
		diag_add(diag, path, 0, N_("it cannot be read: %s"), strerror(errno));
	return rc == ERR_OUTSIDE ? ERR_OUTSIDE : ERR_REFUSED;
}

int
template_load(const char *path, const struct template_name *names, struct diag *diag, struct template **ret_template)
{
	struct buf bytes;
	int rc;

	buf_init(&bytes, TEMPLATE_MAX);
	rc = file_read(AT_FDCWD, path, FILE_FOLLOW_LINKS, TEMPLATE_MAX, &bytes, NULL);
	if (rc != 0)
		rc = report_unread_template(path, rc, diag);
	else
		rc = template_parse(buf_view(&bytes), path, names, diag, ret_template);
	buf_release(&bytes);
	return rc;
}

int
template_check(const char *path, const struct template_name *names, struct diag *diag)
{
	struct template *template = NULL;
	int rc = template_load(path, names, diag, &template);

	template_free(template);
	return rc;
}
