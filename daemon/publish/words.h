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

/* A draw's state, and its class of assurance, in words. */
const char *site_state(const struct draw_row *row, bool chinese);
const char *site_class(enum assurance assurance, bool chinese);

/* The name of a stratum: its class, or words for "*" and for targets without a class. */
struct slice site_stratum(const struct commit *commit, struct slice class, bool chinese);

/* The cycle's title; its name where the INI no longer has it. */
struct slice site_title(const struct config *config, const char *cycle);

/* Puts a local time, "2026-06-22 09:00". */
void site_put_time(struct template_row *row, const char *name, int64_t time);

#endif
