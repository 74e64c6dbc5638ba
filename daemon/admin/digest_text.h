#ifndef SPOTCHECK_ADMIN_DIGEST_TEXT_H
#define SPOTCHECK_ADMIN_DIGEST_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/config.h"
#include "core/base/buf.h"
#include "core/base/text.h"
#include "draws/plan.h"
#include "rosters/columns.h"

/* The words of the administrator's digest.  What it says is in the struct, which names no target. */

#define DIGEST_COLUMNS 78
#define DIGEST_LINES_MAX 30 /* of one list; the rest is counted */
#define DIGEST_ROOT 48      /* base64 of a hash, and a NUL */

struct digest_alarm {
	const char *text;
	int64_t since;
};

/* What a draw is known by. */
struct digest_of {
	uint64_t n; /* 0: not committed */
	char cycle[ID_MAX + 1];
	char title[PLAN_TITLE]; /* as plan_title has it; "" by hand */
};

enum digest_what { DIGEST_COMMITTED, DIGEST_DRAWN, DIGEST_OPENED, DIGEST_VOIDED, DIGEST_AMENDED, DIGEST_WHATS };

struct digest_deed {
	enum digest_what what;
	struct digest_of of;
};

enum digest_step {
	DIGEST_COMMIT,
	DIGEST_DRAW,
	DIGEST_DRAW_AND_NOTICES,
	DIGEST_NOTICES,
	DIGEST_VISITS,
	DIGEST_OPENING,
	DIGEST_SEALED /* what is to come in a period, and when is not told: `time` is the period's beginning */
};

struct digest_event {
	enum digest_step step;
	bool provisional;
	int64_t time;
	int32_t until; /* of visits: the last date */
	struct digest_of of;
};

struct digest_roster {
	uint64_t rows;
	bool attested;
	int64_t time;   /* when */
	const char *by; /* NULL: nobody */
};

/* Arrays and texts are the caller's. */
struct digest {
	const struct config *config; /* origin, path, cycles' titles */
	int64_t now;
	int32_t monday;       /* days since 1970 */
	int64_t since, until; /* the week before */
	int64_t ahead;        /* what is to come is told up to then */
	const struct digest_alarm *alarms;
	size_t n_alarms;
	const struct digest_deed *deeds; /* in the log's order */
	size_t n_deeds;
	uint64_t sent, failed, unknown, waiting; /* letters to inspectors: sent in the week, the others now */
	const struct digest_event *events;       /* by time */
	size_t n_events;
	struct digest_roster rosters[ROSTER_KINDS];
	int announced; /* the last year that is; 0: none */
	uint64_t entries;
	char root[DIGEST_ROOT]; /* as the checkpoint has it; "" in an empty log */
	const char *key_id;
};

/* Both append; the caller asks out->failed. */
void digest_subject(const struct digest *digest, const char *(*tr)(const char *text), struct buf *out);
void digest_body(const struct digest *digest, const char *(*tr)(const char *text), struct buf *out);

#endif
