#ifndef SPOTCHECK_PUBLISH_WORDS_H
#define SPOTCHECK_PUBLISH_WORDS_H

#include <stdbool.h>
#include <stdint.h>

#include "config/config.h"
#include "core/base/slice.h"
#include "core/log/report.h"
#include "draws/draws.h"
#include "text/template.h"

/* The words of all pages, in both languages. */

/* What the program's commands and the pages call it, in a language of their own. */
const char *site_state(const struct draw_row *row, bool chinese);
const char *site_class(enum assurance assurance, bool chinese);

/* What a stratum is called: its class, or in words what "*" covers and what has no class. */
struct slice site_stratum(const struct commit *commit, struct slice class, bool chinese);

/* The cycle's title, or its name where the INI has it no longer. */
struct slice site_title(const struct config *config, const char *cycle);

/* "2026-06-22 09:00" */
void site_put_time(struct template_row *row, const char *name, int64_t time);

#endif
