#ifndef SPOTCHECK_TEXT_TEMPLATE_PRIVATE_H
#define SPOTCHECK_TEXT_TEMPLATE_PRIVATE_H

#include <stddef.h>

#include "core/base/slice.h"

/* What a parsed template is made of; for template.c and template_render.c alone. */

enum template_kind { NODE_TEXT, NODE_VALUE, NODE_SECTION };

struct template_node {
	enum template_kind kind;
	struct slice text; /* NODE_TEXT: points into the template's text */
	const char *name;  /* else: of the table of names */
	size_t end;        /* NODE_SECTION: the node after its last */
};

struct template {
	char *text;
	struct template_node *nodes; /* the subject's, then the body's */
	size_t n;
	size_t cap;
	size_t n_subject;
};

#endif
