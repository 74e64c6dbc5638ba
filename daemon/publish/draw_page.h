#ifndef SPOTCHECK_PUBLISH_DRAW_PAGE_H
#define SPOTCHECK_PUBLISH_DRAW_PAGE_H

#include <stdbool.h>

#include "config/config.h"
#include "core/base/err.h"
#include "draws/draws.h"
#include "text/template.h"

/*
 * What the page of a draw is filled with: nothing but what its published files say too, so before the reveal neither a
 * target nor an inspector.  For pages.c.
 */

extern const struct template_name site_draw_names[];

#define SITE_ROWS_MAX 5000 /* of a table; what is more stands in the files alone */

/* Fills `values`; ERR_OUTSIDE where the state is damaged, ERR_MEMORY. */
int site_draw_values(struct store *store, const struct config *config, const struct draw_row *row, bool chinese,
    struct template_row *values, struct err *err);

#endif
