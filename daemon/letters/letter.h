#ifndef SPOTCHECK_LETTERS_LETTER_H
#define SPOTCHECK_LETTERS_LETTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/slice.h"
#include "core/format/slot.h"
#include "mail/outbox.h"

struct smime_certificate;

/*
 * A letter to an inspector: what a draw means for one of them, in his or her language.  Each visit day has letters of its
 * own, so that a team can hear of a day at once and not before its time.  make.h makes the message of it.
 */

enum letter_kind {
	LETTER_ASSIGNMENT, /* after a draw: all visits of the inspector on a day */
	LETTER_UPDATED,    /* an amendment has changed the day: its complete list as it is now */
	LETTER_CANCELLED,  /* visits that the inspector no longer makes; no sheet */
	LETTER_KEEP_FREE,  /* at the commitment: on which days there may be visits */
	LETTER_RELEASED,   /* the commitment was voided: those days are free again */
	LETTER_KINDS
};

const char *letter_kind_name(enum letter_kind kind); /* "assignment", "updated", "cancelled", "keep-free", "released" */

/* All text below is UTF-8 that the caller owns, and may be empty where a roster's column may. */

struct letter_colleague {
	struct slice id, name, phone;
};

/* What the office calls somebody, and what the log does: its code, or empty where codes are not published. */
struct letter_name {
	struct slice own, code;
};

struct letter_visit {
	slot_t visit; /* when to be there */
	struct slice target_id, target_name, unit, area, post, address, phone;
	struct slice seat;                         /* what this inspector's seat asks for: a tag or "any" */
	const struct letter_colleague *colleagues; /* the team without this inspector */
	size_t n_colleagues;
	uint64_t place;
	bool amended;                         /* the place has changed since the draw */
	struct letter_name drawn_target;      /* whom it was drawn for, and with whom */
	const struct letter_name *drawn_team; /* [n_drawn_team] */
	size_t n_drawn_team;
};

/* Two appointments of the inspector that are closer than the rules ask.  Each is as many visits from there on. */
struct letter_clash {
	const struct letter_visit *first, *second;
	size_t n_first, n_second;
};

struct letter_matter {
	struct slice id, name, legal_basis;
	const struct slice *questions; /* the checklist */
	size_t n_questions;
};

struct letter_input {
	enum letter_kind kind;
	uint64_t draw;
	uint64_t amendment;         /* 0 for the assignment, else the number of the amendment */
	int32_t day;                /* of the visits, days since 1970-01-01, local; 0: the letter is about none */
	struct slice operator_name; /* the INI's operator */
	struct slice origin, cycle, cycle_title;
	int32_t date;             /* the draw's local date, days since 1970-01-01 */
	struct slice commit_hash; /* 64 hex digits */
	struct slice record_hash; /* 64 hex digits; empty before the draw */
	struct slice log_key;     /* 8 hex digits */
	struct slice inspector_id, inspector_name, inspector_email;
	struct slice language; /* "zh_CN" or "en"; any other: default_language */
	struct slice default_language;
	struct slice recuse_to, public_url;
	struct slice from_name, from_address; /* the INI's mail.from */
	int32_t window_first, window_last;    /* the first and last day on which visits may be */
	int64_t draw_time;                    /* seconds since 1970 */
	int64_t told_by;                      /* seconds since 1970: an inspector who is drawn has a letter by then */
	struct slice reason;                  /* why the draw was voided */
	struct slice timezone;                /* in which visits are, an IANA name: that of clock_zone() */
	struct slice thread_start;            /* Message-ID of the first letter about the draw; empty: this is it */
	const struct smime_certificate *encrypt_to; /* NULL: not encrypted */
	int64_t sent_at;                            /* the Date header, and when it may be sent: seconds since 1970 */
	const struct letter_visit *visits;          /* sorted by letter_visits_sort */
	size_t n_visits;
	const struct letter_clash *clashes;
	size_t n_clashes;
	const struct outbox_slot *slots; /* one invitation each; the slots asked for come first */
	size_t n_slots;
	const struct letter_matter *matters; /* in the order drawn */
	size_t n_matters;
	struct slice
	    places; /* the attachment that proves the visits' places (core/format/place_proof.h); empty: none */
};

/* Invitations in a letter, at most; further slots get none. */
#define LETTER_SLOTS_MAX 64

/* By slot, then unit, then target id. */
void letter_visits_sort(struct letter_visit *visits, size_t n);

/* How many of the `n` sorted visits, at least 1, make the first appointment: one slot, and one unit that is not empty. */
size_t letter_appointment(const struct letter_visit *visits, size_t n);

/* The letter's Message-ID with the < and >: of the inspector's letter of that draw, day, kind and amendment. */
#define LETTER_ID_BYTES 96
void letter_id(const struct letter_input *input, char ret_id[static LETTER_ID_BYTES]);

/* The file name of its result sheet, "result-0007-I003-20260623.csv". */
#define LETTER_SHEET_NAME_BYTES 80
void
letter_sheet_name(uint64_t draw, struct slice inspector_id, int32_t day, char ret_name[static LETTER_SHEET_NAME_BYTES]);

/* And of the proof of its places, "places-0007-I003-20260623.json". */
void letter_places_name(uint64_t draw, struct slice inspector_id, int32_t day,
    char ret_name[static LETTER_SHEET_NAME_BYTES]);

#endif
