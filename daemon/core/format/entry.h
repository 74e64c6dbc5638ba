#ifndef SPOTCHECK_CORE_FORMAT_ENTRY_H
#define SPOTCHECK_CORE_FORMAT_ENTRY_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/hash.h"
#include "core/base/slice.h"
#include "core/base/text.h"
#include "core/format/note.h"

/*
 * The log's entries (PROTOCOL 4): canonical JSON to structs and back.  Slices point into the entry's bytes.  Texts that
 * may hold escapes (operator, reason, label, symbols, beacon value) stay escaped, as in the JSON.
 */

#define ENTRY_MAX 65535
#define TEAM_MAX 8
#define CHOSEN_SEATS_MAX 1000000
#define CHAIN_LENGTH_MAX 10000
#define EMBARGO_DAYS_MAX 400
#define SYMBOLS_MAX 94

enum entry_type {
	ENTRY_GENESIS,
	ENTRY_POLICY,
	ENTRY_CYCLE,
	ENTRY_COMMIT,
	ENTRY_DRAW,
	ENTRY_VOID,
	ENTRY_REVEAL,
	ENTRY_AMEND
};

const char *entry_type_name(enum entry_type type);

enum source { SOURCE_NONE, SOURCE_PUBLIC, SOURCE_DRAND, SOURCE_WITNESS };

const char *source_name(enum source source);
bool source_parse(struct slice text, enum source *ret_source);

extern const char drand_quicknet[]; /* the chain's hash */
#define DRAND_GENESIS 1692803367
#define DRAND_PERIOD 3

/* The round that a commitment with this draw_time names (PROTOCOL 4); 0 where there is none yet. */
uint64_t drand_round(int64_t draw_time);

struct beacon {
	enum source source;
	/* public */
	uint64_t count;
	struct slice label;   /* escaped */
	struct slice symbols; /* escaped */
	/* drand */
	struct slice chain;
	uint64_t round;
	/* witness */
	struct slice key;
};

struct rules {
	bool avoid_area, avoid_unit;
	bool has_level_gap;
	int64_t level_gap;
	uint64_t cover_days, rest_days;
	uint64_t inspectors; /* how many are drawn; 0 = all */
	uint64_t max_load;   /* 0 = no limit */
	uint64_t reserve;    /* per stratum */
	uint64_t rotate;
	uint64_t slack;
	struct slice team[TEAM_MAX]; /* tags, or "any" */
	size_t seats;
	struct slice timezone;
};

struct stratum {
	struct slice class; /* "*" covers every class that has no stratum of its own */
	uint64_t drum, slips, take;
	bool by_rate;    /* per_10000, not count */
	uint64_t amount; /* the count, or the rate in 1/10000 */
};

struct file_commitment {
	struct slice root, sha256; /* hex */
	uint64_t rows;
};

struct changes {
	uint64_t conflicts_added, conflicts_removed;
	uint64_t inspectors_added, inspectors_changed, inspectors_removed;
	uint64_t targets_added, targets_changed, targets_removed;
	uint64_t previous;
};

struct commit {
	struct beacon beacon;
	uint64_t chain, link, n;
	struct changes changes;
	struct slice cycle;
	int32_t date;
	int64_t draw_time, reveal_time;
	uint64_t excused_inspectors, excused_targets;
	struct file_commitment inspectors, targets;
	struct rules rules;
	struct slice sealed;    /* hex */
	struct stratum *strata; /* owned: release with entry_release or commit_release */
	size_t n_strata;
	char *class_text; /* owned: the unescaped text of the classes; NULL where the caller keeps it */
};

struct entry {
	enum entry_type type;
	int64_t time;
	union {
		struct {
			struct slice key, operator, origin;
			struct slice *witnesses; /* owned */
			size_t n_witnesses;
		} genesis;
		struct {
			struct slice reason;
			struct slice *witnesses; /* owned */
			size_t n_witnesses;
		} policy;
		struct {
			struct slice anchor, cycle, reason;
			uint64_t chain, embargo_days, length;
			enum source source;
		} cycle;
		struct commit commit;
		struct {
			struct slice beacon; /* escaped */
			struct slice commit, record;
			struct slice signature; /* p NULL where absent */
			uint64_t inspectors, n, selected;
		} draw;
		struct {
			struct slice beacon, signature; /* p NULL where absent; both or none */
			struct slice commit, reason;
			uint64_t n;
		} void_;
		struct {
			struct slice record, secret; /* record empty after a void */
			uint64_t n;
		} reveal;
		struct {
			uint64_t amendment, n;
			struct slice sha256;
		} amend;
	};
};

/*
 * Reads one entry.  ERR_REFUSED: the bytes are not canonical, PROTOCOL 4 has no such type or key, or a value breaks a
 * form of PROTOCOL 2.  ERR_LIMIT: a value breaks a limit.  ERR_MEMORY.  Release with entry_release.
 */
int entry_parse(struct slice bytes, struct entry *ret_entry, struct err *err);
void entry_release(struct entry *entry);

/* Appends the canonical bytes of an entry to `out`; the caller checks out->failed. */
void entry_write(const struct entry *entry, struct buf *out);

/* Reads commit.json, which is the bytes of a commit entry.  `ret_time` (may be NULL) gets the entry's time. */
int commit_parse(struct slice bytes, struct commit *ret_commit, int64_t *ret_time, struct err *err);
void commit_release(struct commit *commit);

/* symbols^count >= 2^64 (PROTOCOL 4). */
bool beacon_strong(uint64_t symbols, uint64_t count);

/* The stratum that covers a class: its own, else "*", else -1. */
ptrdiff_t commit_stratum(const struct commit *commit, struct slice class);

/* How many of `drum` that take part are chosen: min(drum, count) or ceil(drum * per_10000 / 10000). */
uint64_t stratum_take(const struct stratum *stratum, uint64_t drum);

#endif
