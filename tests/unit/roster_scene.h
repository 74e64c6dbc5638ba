#ifndef SPOTCHECK_TEST_ROSTER_SCENE_H
#define SPOTCHECK_TEST_ROSTER_SCENE_H

/* Tests of rosters: a store for each test, imports from texts, and what they told. */

#include "support.h"

#include <stdio.h>

#include "rosters/rosters.h"
#include "scratch.h"

#define NOW 1782090000
#define TODAY 20626 /* 2026-06-22 */

extern char dir[SCRATCH_PATH];
extern struct store *store;

int roster_scene_group_set_up(void **state);
int roster_scene_group_tear_down(void **state);
int roster_scene_set_up(void **state);
int roster_scene_tear_down(void **state);

/* What the latest import or undo told: "LINE: message" for each fault, the counts, the error. */
extern char faults_told[65536];
extern struct rosters_counts counts;
extern char message[ERR_MESSAGE_BYTES];
void note_fault(void *ctx, const char *file, unsigned long line, const char *text);

extern const struct rosters_import no_limits; /* no limit on what it may remove, no other option */

int import_with(enum roster_kind kind, const void *bytes, size_t len, const struct rosters_import *how);
int import_text(enum roster_kind kind, const char *text, const struct rosters_import *how);
int import(enum roster_kind kind, const char *text);

/* Fails the test unless the import goes well; unless it is refused, tells `expected`, and changes nothing. */
void imported(enum roster_kind kind, const char *text);
void refused(enum roster_kind kind, const char *text, const char *expected);
void refused_bytes(enum roster_kind kind, const void *bytes, size_t len, const char *expected);

/* The roster as its export, which holds all of it; the caller frees it. */
char *exported(enum roster_kind kind);

/* Fails the test unless the export is this; BOM and CR are left out. */
void export_is(enum roster_kind kind, const char *expected);

/* A small roster of each kind, in the form of exports, except for the order of conflicts. */
extern const char targets[], inspectors[], conflicts[], matters[], contacts[];
void import_all(void);

#endif
