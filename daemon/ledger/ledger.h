#ifndef SPOTCHECK_LEDGER_LEDGER_H
#define SPOTCHECK_LEDGER_LEDGER_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/hash.h"
#include "core/base/slice.h"
#include "core/format/entry.h"
#include "core/format/merkle.h"
#include "ledger/keys.h"
#include "store/store.h"

/*
 * The operator's side of the log (PROTOCOL 4), which he alone appends to: its entries in the state, its tree in memory.
 *
 * A struct ledger is a view of the log as it stood when it was opened.  Whoever appends opens it within the transaction
 * that is to hold the entries, and releases it with that: so nothing needs undoing where the transaction is rolled
 * back.
 */

#define LEDGER_NOTE_MAX 65536 /* bytes of a checkpoint with all its cosignatures */

struct ledger {
	struct store *store;
	const struct signing_key *key;
	struct merkle tree;
	int64_t last_time; /* of the newest entry; INT64_MIN in an empty log */
	uint64_t sealed;   /* entries that a checkpoint covers */
};

/*
 * Reads the leaves, and holds the newest checkpoint against them: ERR_REFUSED where the state was damaged, or the key
 * is another's, since whatever was signed then would contradict what was published.  An empty log is no fault.
 */
int ledger_open(struct store *store, const struct signing_key *key, struct ledger *ret_log, struct err *err);
void ledger_release(struct ledger *log); /* NULL is allowed */

uint64_t ledger_size(const struct ledger *log);

/*
 * The tree alone, without the key: all entries are added to `ret_tree`, which the caller has initialised, and the newest
 * one's time is told.
 */
int ledger_tree(struct store *store, struct merkle *ret_tree, int64_t *ret_last_time, struct err *err);

/* Times never run back: `now`, or the newest entry's time where the clock is behind it. */
int64_t ledger_time(const struct ledger *log, int64_t now);

/*
 * Writes an entry, with its `time` as it stands, and appends it.  What would not be a well-formed entry is refused, so
 * that nothing can be signed that a checker would call broken.  `ret_hash` (may be NULL) gets H(entry bytes).
 */
int ledger_append(struct ledger *log, const struct entry *entry, char ret_hash[HASH_HEX + 1], struct err *err);

/* Signs the log as it stands and keeps the checkpoint: the last thing before the transaction is committed. */
int ledger_seal(struct ledger *log, struct err *err);

/*
 * An entry that was published, and a checkpoint of it: those of a log that the state has fallen behind (recover.h).  The
 * entry's bytes are well formed; the checkpoint comes after the entries that it covers, or is ERR_REFUSED.
 */
int ledger_adopt(struct ledger *log, int64_t time, struct slice bytes, struct err *err);
int ledger_adopt_checkpoint(struct ledger *log, struct slice note, uint64_t *ret_size, struct err *err);

/* The bytes of an entry, and the checkpoint of a size, as they are kept; the caller releases the buffer. */
int ledger_entry(struct store *store, uint64_t index, struct buf *ret_bytes, struct err *err);
int ledger_checkpoint(struct store *store, uint64_t size, struct buf *ret_note, struct err *err);

/* How many entries the newest checkpoint covers: 0 where there is no log yet. */
int ledger_sealed_size(struct store *store, uint64_t *ret_size, struct err *err);

/* `text` as it stands between the quotes of canonical JSON, appended. */
void ledger_escape(struct buf *out, struct slice text);

#endif
