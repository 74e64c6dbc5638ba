#ifndef SPOTCHECK_CORE_LOG_SEQUENCE_H
#define SPOTCHECK_CORE_LOG_SEQUENCE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/slice_map.h"
#include "core/log/log.h"

/*
 * Which commitment of a log has which outcome, reveal and amendments, and whether the order of entries is what PROTOCOL
 * 4 and 6 allow (checks `sequence` and `order`).
 */

#define SEQUENCE_NONE SIZE_MAX

/* The witnesses in force from an entry on. */
struct witnesses {
	const struct slice *keys; /* verifier keys */
	size_t n;
};

struct draw_state {
	size_t commit;   /* index of the entry */
	size_t outcome;  /* of the draw or void, or SEQUENCE_NONE */
	size_t reveal;   /* or SEQUENCE_NONE */
	size_t cycle;    /* index into cycles */
	size_t previous; /* draw of the cycle before this one, or SEQUENCE_NONE */
	size_t next;     /* the one after it */
	size_t *amends;  /* entries, in their order; owned */
	size_t n_amends;
	bool amended_late; /* an amendment stands after the cycle's next commitment */
	bool is_void;
	struct slice anchor;        /* of the chain it uses */
	uint64_t embargo_days;      /* of that chain */
	struct witnesses witnesses; /* in force at the commitment */
};

struct cycle_state {
	struct slice name;
	uint64_t chain, length, embargo_days, link;
	enum source source;
	struct slice anchor;
	int64_t last_reveal_time; /* the latest of its draws; INT64_MIN where there is none */
	size_t open;              /* draw without an outcome, or SEQUENCE_NONE */
	size_t last;              /* its latest draw, or SEQUENCE_NONE */
	size_t unrevealed;        /* its first draw that is not revealed, or SEQUENCE_NONE */
};

struct sequence {
	struct draw_state *draws; /* draw n is draws[n - 1] */
	size_t n_draws;
	struct cycle_state *cycles;
	size_t n_cycles;
	struct {
		size_t entry; /* from this one on */
		struct witnesses witnesses;
	} * policies; /* genesis first */
	size_t n_policies;
	size_t *archives; /* the archive entries; owned */
	size_t n_archives;
	bool whole; /* all entries could be applied */
	/* private: */
	size_t cap_draws, cap_cycles, cap_policies, cap_archives;
	size_t first_open; /* no draw before it is open */
	struct slice_map by_name, anchors, secrets;
};

/*
 * Reads a log whose tree was checked.  `sequence_err` gets the first fault that check `sequence` finds (code 0: none),
 * except what is overdue; `order_err` the first of check `order`.  Returns ERR_MEMORY or 0.
 */
int
sequence_read(const struct log *log, struct sequence *ret_sequence, struct err *sequence_err, struct err *order_err);
void sequence_release(struct sequence *sequence);

/* The witnesses in force at the end of the first `size` entries (at least 1). */
struct witnesses sequence_witnesses(const struct sequence *sequence, uint64_t size);

/*
 * ERR_REFUSED names what is overdue at `at`: an outcome 86400 s after draw_time, or a reveal 86400 s after reveal_time.
 */
int sequence_overdue(const struct log *log, const struct sequence *sequence, int64_t at, struct err *err);

/*
 * Whether draw `index` looks at draw `other` (PROTOCOL 5): one of another cycle, drawn before the commitment of `index`, less
 * than quiet_days earlier by their dates.
 */
bool sequence_looks_at(const struct log *log, const struct sequence *sequence, size_t index, size_t other);

/* Where an amendment stands (PROTOCOL 9): the index of the archive entry that first counts it, or its own. */
size_t sequence_amendment_stands(const struct log *log, size_t entry);

/* The newest time of an entry. */
int64_t sequence_newest(const struct log *log);

#endif
