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
 * A letter to an inspector: what a draw means for one of them, in his or her language.  make.h makes the message of it.
 */

enum letter_kind {
	LETTER_ASSIGNMENT, /* after a draw: all visits of the inspector */
	LETTER_UPDATED,    /* an amendment has changed the visits: the complete list as it is now */
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

struct letter_visit {
	slot_t visit;
	int32_t date; /* of the visit, days since 1970-01-01, local */
	char time[6]; /* "09:00" */
	struct slice target_id, target_name, unit, area, post, address, phone;
	struct slice seat;                         /* what this inspector's seat asks for: a tag or "any" */
	const struct letter_colleague *colleagues; /* the team without this inspector */
	size_t n_colleagues;
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
	bool kept_free;                       /* a LETTER_KEEP_FREE came before */
	const struct smime_certificate *encrypt_to; /* NULL: not encrypted */
	int64_t sent_at;                            /* the Date header, and when it may be sent: seconds since 1970 */
	const struct letter_visit *visits; /* in any order; letter and sheet sort them by date, time, then target id */
	size_t n_visits;
	const struct outbox_day *days; /* one invitation each; the days asked for come first */
	size_t n_days;
	const struct letter_matter *matters; /* in the order drawn */
	size_t n_matters;
};

/* Invitations in a letter, at most; further days get none. */
#define LETTER_DAYS_MAX 64

/* The Message-ID of the inspector's letter of that kind and amendment, with the < and >; no letter needs to exist. */
#define LETTER_ID_BYTES 96
void letter_id(const struct letter_input *input, enum letter_kind kind, uint64_t amendment,
    char ret_id[static LETTER_ID_BYTES]);

/* The file name of its result sheet, "result-0007-I003.csv". */
#define LETTER_SHEET_NAME_BYTES 80
void letter_sheet_name(uint64_t draw, struct slice inspector_id, char ret_name[static LETTER_SHEET_NAME_BYTES]);

#endif
