#ifndef SPOTCHECK_CORE_FORMAT_ROSTER_H
#define SPOTCHECK_CORE_FORMAT_ROSTER_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/err.h"
#include "core/base/hash.h"
#include "core/base/slice.h"
#include "core/base/text.h"

/*
 * The public CSV files of a draw (PROTOCOL 3), parsed in place: rows point into the file's bytes, which the caller
 * keeps.
 */

#define ROSTER_ROWS_MAX ((size_t)1 << 24)
#define LEVEL_NONE (-1)
#define WEIGHT_MAX 100
#define LEVEL_MAX 999

enum drum { DRUM_IN, DRUM_DUE, DRUM_CARRIED, DRUM_REST, DRUM_EXCUSED };

const char *drum_name(enum drum drum);

/* All but `rest` and `excused` take part (PROTOCOL 5). */
static inline bool
drum_takes_part(enum drum drum)
{
	return drum != DRUM_REST && drum != DRUM_EXCUSED;
}

/* A row of targets.csv, 40 bytes: the texts are offsets into the line. */
struct target {
	const char *line;
	uint32_t line_len; /* without the LF */
	uint16_t class_at, unit_at, area_at;
	uint8_t id_len;
	uint8_t class_len, unit_len, area_len;
	uint8_t weight;
	uint8_t drum;  /* enum drum */
	int16_t level; /* LEVEL_NONE where empty */
	int32_t since;
	int32_t last_drawn; /* DATE_NONE where empty */
};

static inline struct slice
target_id(const struct target *t)
{
	return (struct slice){t->line, t->id_len};
}
static inline struct slice
target_class(const struct target *t)
{
	return (struct slice){t->line + t->class_at, t->class_len};
}
static inline struct slice
target_unit(const struct target *t)
{
	return (struct slice){t->line + t->unit_at, t->unit_len};
}
static inline struct slice
target_area(const struct target *t)
{
	return (struct slice){t->line + t->area_at, t->area_len};
}

struct inspector {
	const char *line;
	uint32_t line_len;
	uint32_t tags_len;
	uint16_t unit_at, area_at, tags_at;
	uint8_t id_len, unit_len, area_len;
	bool in; /* drum: in, not excused */
	int16_t level;
};

static inline struct slice
inspector_id(const struct inspector *p)
{
	return (struct slice){p->line, p->id_len};
}
static inline struct slice
inspector_unit(const struct inspector *p)
{
	return (struct slice){p->line + p->unit_at, p->unit_len};
}
static inline struct slice
inspector_area(const struct inspector *p)
{
	return (struct slice){p->line + p->area_at, p->area_len};
}
static inline struct slice
inspector_tags(const struct inspector *p)
{
	return (struct slice){p->line + p->tags_at, p->tags_len};
}

bool inspector_has_tag(const struct inspector *p, struct slice tag);

enum scope { SCOPE_AREA, SCOPE_TARGET, SCOPE_UNIT };

const char *scope_name(enum scope scope);

struct conflict {
	struct slice line;
	struct slice inspector;
	struct slice value;
	enum scope scope;
	bool rotation; /* why: rotation, not declared */
};

struct roster {
	struct target *targets;
	size_t n_targets;
	struct inspector *inspectors;
	size_t n_inspectors;
	struct conflict *conflicts;
	size_t n_conflicts;
};

extern const char roster_targets_header[]; /* without the LF */
extern const char roster_inspectors_header[];
extern const char roster_conflicts_header[];

/*
 * Each parser reads one whole file: header, forms, limits, strictly ascending lines.  `file` is the name for messages
 * ("FILE:LINE: …", the first fault only).  The caller releases the arrays with roster_release; on failure nothing is
 * kept.  Conflicts are checked against targets and inspectors, which are parsed first: ids are known, values occur in
 * their column.  `ret_not_nfc` (may be NULL) is increased by the number of texts that are valid but not in NFC.
 */
int roster_parse_targets(struct roster *roster, struct slice bytes, const char *file, int32_t date, size_t *ret_not_nfc,
    struct err *err);
int roster_parse_inspectors(struct roster *roster, struct slice bytes, const char *file, size_t *ret_not_nfc,
    struct err *err);
int roster_parse_conflicts(struct roster *roster, struct slice bytes, const char *file, struct err *err);
void roster_release(struct roster *roster);

/* Index of the row with this id, or -1.  Rows ascend by id, because no character of an id is below the comma. */
ptrdiff_t roster_find_target(const struct roster *roster, struct slice id);
ptrdiff_t roster_find_inspector(const struct roster *roster, struct slice id);

/* The RFC 6962 root over the targets' lines, as roster_root gives it for their file, by up to `threads` threads. */
int roster_targets_root(const struct roster *roster, unsigned threads, struct hash *ret_root, struct err *err);

/* The RFC 6962 root over the data lines of a file (no header, no LF), and how many there are. */
struct hash roster_root(struct slice bytes, size_t *ret_rows);

#endif
