#ifndef SPOTCHECK_CORE_DRAW_AMEND_H
#define SPOTCHECK_CORE_DRAW_AMEND_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/draw/draw.h"

/*
 * Amendments (PROTOCOL 9): who takes a seat, which reserve takes a place.  The drawn order decides, without new
 * randomness.
 */

#define AMEND_EMPTY UINT32_MAX

struct amendment {
	uint64_t amendment, n, place;
	uint64_t seat;  /* only of a seat's amendment */
	bool of_target; /* type target, not seat */
	struct slice in, out, nonce, reason;
};

int amendment_parse(struct slice bytes, struct amendment *ret_amendment, struct err *err);
void amendment_write(const struct amendment *amendment, struct buf *out);

/* "recusal", "unavailable", "other" for a seat; "closed", "moved", "other" for a target. */
bool amendment_reason_ok(bool of_target, struct slice reason);

/*
 * What an archive entry of index `archive` says of a draw (PROTOCOL 9): H(secret || "amended/" || archive || "/" || the
 * SHA-256 in hex of each amendment so far, joined by "/").
 */
void amendments_hash(struct slice secret, uint64_t archive, const struct slice *sha256, size_t n,
    char ret_hex[static HASH_HEX + 1]);

/* What the places of a draw hold now. */
struct place {
	uint32_t target;  /* roster index, AMEND_EMPTY where the place is empty for good */
	uint32_t stratum; /* of its first target */
	slot_t visit;     /* stays when the target or the team changes */
};

struct places {
	const struct draw_input *input; /* the caller's, as is the draw; both outlive this */
	const struct draw *draw;
	struct place *v; /* [n]: place i is the i-th admitted target */
	size_t n;
	uint32_t *team;   /* [n * seats]: places in draw->order, AMEND_EMPTY */
	uint8_t *changes; /* [n * seats]: how often the seat changed hands */
	uint64_t *load;   /* [draw->n_in]: seats held now */
	bool *placed;     /* [draw->n_reserve]: was placed once */
	struct removal {
		uint32_t place, inspector;
	} * removed; /* who was taken out of which place */
	size_t n_removed;
	bool *busy; /* [draw->n_in]: room to work in */
};

/* As the draw left it.  Release with places_release. */
int places_new(const struct draw_input *input, const struct draw *draw, struct places *ret_places, struct err *err);
void places_release(struct places *places);

/* Who would take a seat that somebody holds: a place in draw->order, or AMEND_EMPTY. */
uint32_t places_next_inspector(const struct places *places, size_t place, size_t seat);
/* Which reserve would take a place that is not empty: an index into draw->reserve, or AMEND_EMPTY. */
uint32_t places_next_target(const struct places *places, size_t place);

/*
 * Why no reserve would take a place that is not empty.  How many reserves of its stratum were never placed; and the
 * first seat whose holder alone stands in the way: without him one of them would be lawful.  The number of seats where
 * there is no such seat.
 */
size_t places_reserves_left(const struct places *places, size_t place);
size_t places_barring_seat(const struct places *places, size_t place);

/*
 * The amendment that the protocol gives for this place and seat (`seat` is ignored for a target).  Sets all but the
 * numbers, the nonce and the reason; slices point into the roster.  ERR_REFUSED where there is no such place or seat,
 * or it is empty.
 */
int places_propose(const struct places *places, bool of_target, uint64_t place, uint64_t seat,
    struct amendment *ret_amendment, struct err *err);

/* Applies an amendment.  ERR_REFUSED, and nothing changed, where `in` or `out` is not what places_propose gives. */
int places_apply(struct places *places, const struct amendment *amendment, struct err *err);

#endif
