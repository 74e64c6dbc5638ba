#ifndef SPOTCHECK_TEXT_TEMPLATE_PRIVATE_H
#define SPOTCHECK_TEXT_TEMPLATE_PRIVATE_H

#include <stddef.h>

#include "core/base/slice.h"

/* A parsed template: a list of nodes, where a section comes before its content. */

enum template_kind { NODE_TEXT, NODE_VALUE, NODE_SECTION };

struct template_node {
	enum template_kind kind;
	struct slice text; /* NODE_TEXT: points into the template's text */
	const char *name;  /* other kinds: points into the table of names */
	size_t end;        /* NODE_SECTION: index of the first node behind it */
};

struct template {
	char *text;
	struct template_node *nodes; /* of the subject, then of the body */
	size_t n;
	size_t cap;
	size_t n_subject;
};

#endif
