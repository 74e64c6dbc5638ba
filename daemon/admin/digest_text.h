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

/* The text of the administrator's digest.  What it reports is in struct digest, which names no target. */

#define DIGEST_COLUMNS 78
#define DIGEST_LINES_MAX 30 /* of one list; the last line counts the rest */
#define DIGEST_ROOT 48      /* base64 of a hash, and a NUL */

struct digest_alarm {
	const char *text;
	int64_t since;
};

/* How the digest names a draw. */
struct digest_draw {
	uint64_t n; /* 0: not committed yet */
	char cycle[ID_MAX + 1];
	char title[PLAN_TITLE]; /* as plan_title writes it; "" for a draw made by hand */
};

enum digest_past { DIGEST_COMMITTED, DIGEST_DRAWN, DIGEST_OPENED, DIGEST_VOIDED, DIGEST_AMENDED, DIGEST_PASTS };

struct digest_past_step {
	enum digest_past what;
	struct digest_draw draw;
};

enum digest_step {
	DIGEST_COMMIT,
	DIGEST_DRAW,
	DIGEST_DRAW_AND_NOTICES,
	DIGEST_NOTICES,
	DIGEST_VISITS,
	DIGEST_OPENING,
	DIGEST_SEALED /* draws at sealed times in a period; `time` is the period's beginning */
};

struct digest_event {
	enum digest_step step;
	bool provisional;
	int64_t time;
	int32_t until; /* DIGEST_VISITS: the last date */
	struct digest_draw draw;
};

struct digest_roster {
	uint64_t rows;
	bool attested;
	int64_t time;   /* of the attestation */
	const char *by; /* NULL: not printable */
};

/* The arrays and texts belong to the caller. */
struct digest {
	const struct config *config; /* origin, path, cycles' titles */
	int64_t now;
	int32_t monday;       /* days since 1970 */
	int64_t since, until; /* the week before */
	int64_t ahead;        /* the end of the days ahead */
	const struct digest_alarm *alarms;
	size_t n_alarms;
	const struct digest_past_step *past; /* in the log's order */
	size_t n_past;
	uint64_t sent, failed, unknown, waiting; /* letters to inspectors: `sent` in the week, the others now */
	const struct digest_event *events;       /* by time */
	size_t n_events;
	struct digest_roster rosters[ROSTER_KINDS];
	int announced; /* the last year with announced holidays; 0: none */
	uint64_t entries;
	char root[DIGEST_ROOT]; /* as in the checkpoint; "" for an empty log */
	const char *key_id;
};

/* Both append to `out`; the caller checks out->failed. */
void digest_subject(const struct digest *digest, const char *(*tr)(const char *text), struct buf *out);
void digest_body(const struct digest *digest, const char *(*tr)(const char *text), struct buf *out);

#endif
