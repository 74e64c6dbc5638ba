#ifndef SPOTCHECK_PUBLISH_DRAW_PAGE_H
#define SPOTCHECK_PUBLISH_DRAW_PAGE_H

#include <stdbool.h>

#include "config/config.h"
#include "core/base/err.h"
#include "draws/draws.h"
#include "text/template.h"

/*
 * The values of a draw's page.  It says nothing that the draw's published files do not say: before the reveal it names
 * neither a target nor an inspector.
 */

extern const struct template_name site_draw_names[];

#define SITE_ROWS_MAX 5000 /* rows of a table; further ones are in the files alone */

/* Fills `values`.  ERR_OUTSIDE: the state is damaged; ERR_MEMORY. */
int site_draw_values(struct store *store, const struct config *config, const struct draw_row *row, bool chinese,
    struct template_row *values, struct err *err);

#endif
