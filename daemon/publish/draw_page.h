#ifndef SPOTCHECK_PUBLISH_DRAW_PAGE_H
#define SPOTCHECK_PUBLISH_DRAW_PAGE_H

#include <stdbool.h>

#include "core/base/err.h"
#include "core/log/report.h"
#include "config/config.h"
#include "draws/draws.h"
#include "text/template.h"

/*
 * What the page of a draw is filled with: nothing but what its published files say too, so before the reveal neither a
 * target nor an inspector.  For site.c.
 */

extern const struct template_name site_draw_names[];

#define SITE_ROWS_MAX 5000 /* of a table; what is more stands in the files alone */

/* What the program's commands and the pages call it, in a language of their own. */
const char *site_state(const struct draw_row *row, bool chinese);
const char *site_class(enum assurance assurance, bool chinese);

/* What a stratum is called: its class, or in words what "*" covers and what has no class. */
struct slice site_stratum(const struct commit *commit, struct slice class, bool chinese);

/* The cycle's title, or its name where the INI has it no longer. */
struct slice site_title(const struct config *config, const char *cycle);

/* "2026-06-22 09:00" */
void site_put_time(struct template_row *row, const char *name, int64_t time);

/* Fills `values`; ERR_OUTSIDE where the state is damaged, ERR_MEMORY. */
int site_draw_values(struct store *store, const struct config *config, const struct draw_row *row, bool chinese,
    struct template_row *values, struct err *err);

#endif
