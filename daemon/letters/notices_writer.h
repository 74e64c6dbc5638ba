#ifndef SPOTCHECK_LETTERS_NOTICES_WRITER_H
#define SPOTCHECK_LETTERS_NOTICES_WRITER_H

#include "draws/drawn_places.h"
#include "draws/private_rows.h"
#include "letters/letter.h"
#include "letters/notices.h"

/* What the letters of one draw are made from.  Inspectors are indices into draw->order throughout. */

/* Rows of a roster: their indices, ascending, and their private rows in the same order. */
struct roster_rows {
	uint32_t *index;
	size_t n;
	struct private_rows rows;
};

/* A seat that an inspector has. */
struct holding {
	uint32_t inspector, place, seat;
};

struct matter_text {
	char *name, *legal_basis;
	struct slice *questions; /* each allocated by itself */
	size_t n_questions;
};

struct notices_writer {
	const struct operator *operator;
	const struct config_cycle *cycle; /* NULL: the INI no longer has it */
	const struct stored_draw *d;
	int64_t time; /* of the step: no letter is sent before */
	uint64_t amendment;
	char commit_hash[HASH_HEX + 1];
	struct roster_rows targets, inspectors;
	struct holding *holdings; /* by inspector */
	size_t n_holdings;
	struct matter_text *matters; /* in the order drawn */
	struct drawn_places drawn;
};

/*
 * Reads what letters about the places need as they are now, and about `before`, which may be NULL.  `time` and
 * `amendment` are the caller's to set; all else is zero before.  Release it after a failure too.
 */
int notices_writer_open(struct notices_writer *w, const struct operator *operator, const struct stored_draw *d,
    const struct places_before *before, struct err *err);
void notices_writer_release(struct notices_writer *w);

/* What the office calls the inspector. */
struct slice notices_inspector_id(const struct notices_writer *w, uint32_t self);

/* What the private row of an inspector has in that column, as committed; empty where there is none. */
struct slice notices_inspector_text(const struct notices_writer *w, uint32_t self, const char *column);

/* A visit as it is, or as it was before the amendment. */
struct notices_seat {
	uint32_t target; /* index into the roster */
	slot_t visit;
	const uint32_t *team; /* [seats] or AMEND_EMPTY */
	uint32_t seat;
};

/* The visit as a letter to `self` tells of it.  `colleagues` has room for all seats, and stays the caller's. */
struct letter_visit notices_visit(const struct notices_writer *w, uint32_t self, const struct notices_seat *v,
    struct letter_colleague *colleagues);

/* All visits that an inspector has now in this draw, sorted by letter_visits_sort. */
struct notices_duties {
	struct letter_visit *v;
	size_t n;
	struct letter_colleague *colleagues;
	struct letter_name *drawn_teams; /* [n * seats] */
};
int
notices_duties_read(const struct notices_writer *w, uint32_t self, struct notices_duties *ret_duties, struct err *err);
void notices_duties_release(struct notices_duties *duties);

/*
 * Queues a letter to `self` about the visit day `day`.  `visits` are sorted and of that day: those that the inspector
 * has now, or for LETTER_CANCELLED those that are taken away.
 */
struct notices_day {
	enum letter_kind kind;
	uint32_t self;
	int32_t day;
	const struct letter_visit *visits;
	size_t n_visits;
	const struct notices_duties *duties;
};
int notices_day_queue(const struct notices_writer *w, const struct notices_day *day, struct err *err);

#endif
