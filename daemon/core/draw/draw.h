#ifndef SPOTCHECK_CORE_DRAW_DRAW_H
#define SPOTCHECK_CORE_DRAW_DRAW_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/err.h"
#include "core/base/hash.h"
#include "core/base/progress.h"
#include "core/draw/assign.h"
#include "core/format/entry.h"
#include "core/format/roster.h"
#include "core/format/sealed.h"

/*
 * The draw (PROTOCOL 5 to 7): a pure function of the commitment, the files it names, a secret and a beacon value.
 */

/* secret(i-1) = H(secret(i)), `links` times; `secret` and `ret` are 64 hex digits and may be the same. */
void chain_back(const char secret[static HASH_HEX], uint64_t links, char ret[static HASH_HEX + 1]);

/* seed = H(secret || nonce || H(commit entry) || beacon value); `beacon` is not escaped. */
void draw_seed(struct slice secret, struct slice nonce, struct slice commit_hash, struct slice beacon,
    char ret_seed[static HASH_HEX + 1]);

/* The hashes of PROTOCOL 6, one at a time. */
struct hash draw_slip(const struct hash_prefix *seed, struct slice target, unsigned number);
struct hash draw_ticket(const struct hash_prefix *seed, struct slice target, unsigned weight);
struct hash draw_pair(const struct hash_prefix *seed, struct slice target, struct slice inspector);
int32_t draw_visit_date(const struct hash_prefix *seed, struct slice target, const int32_t *dates, size_t n_dates);

/* The drum value that PROTOCOL 5 gives a target that is neither excused nor carried. */
enum drum drum_due(const struct rules *rules, int32_t date, int32_t since, int32_t last_drawn);

struct chosen {
	struct hash ticket;
	uint32_t target;  /* index into the roster */
	uint32_t stratum; /* index into the commitment's strata */
	int32_t date;     /* its visit date */
	bool admitted;
};

struct draw {
	char seed[HASH_HEX + 1];
	struct hash_prefix prefix; /* of the seed */
	struct chosen *chosen;     /* in ticket order over all strata */
	size_t n_chosen;
	struct chosen *reserve; /* stratum by stratum, in each in the order of PROTOCOL 6; admitted is false */
	size_t n_reserve;
	uint32_t *order; /* roster indices of the `in` inspectors in inspector() order */
	struct hash *order_tickets;
	size_t n_in;
	size_t n_drawn; /* the first n_drawn of `order` are drawn */
	size_t seats;
	uint32_t *team; /* [n_chosen * seats]: places in `order`, ASSIGN_NOBODY where not admitted */
	uint64_t *load; /* [n_in]: seats held */
	uint64_t least, limit;
	uint32_t *matters; /* indices into sealed.matters, in matter() order */
	size_t n_matters;
	size_t n_admitted;
};

struct draw_input {
	const struct commit *commit;
	struct slice commit_hash; /* hex */
	const struct roster *roster;
	const struct sealed *sealed;
	struct slice secret;             /* hex */
	struct slice beacon;             /* the value, not escaped */
	const struct progress *progress; /* may be NULL */
	unsigned threads;                /* for the tickets; 0 and 1: only the caller's */
};

/*
 * Draws.  The strata, the drum values and the limits are taken as they stand in the commitment and must have been
 * checked: every target is covered by a stratum, `take` is at most what takes part.  ERR_REFUSED where that does not
 * hold, ERR_MEMORY.  Release with draw_release.
 */
int draw_compute(const struct draw_input *input, struct draw *ret_draw, struct err *err);
void draw_release(struct draw *draw);

/*
 * Why draw->chosen[chosen], which is not admitted, stays unstaffed: see assign.h.  The targets are places in
 * draw->chosen, the inspectors places in draw->order.  Release with assign_why_release.
 */
int draw_why(const struct draw_input *input, const struct draw *draw, size_t chosen, struct assign_why *ret_why,
    struct err *err);

/*
 * Counts drum, slips and take of each stratum over a roster into `ret` [commit->n_strata].  ERR_REFUSED names a target
 * whose class no stratum covers, or whose class is "*".
 */
int strata_count(const struct commit *commit, const struct roster *roster, struct stratum *ret, struct err *err);

#endif
