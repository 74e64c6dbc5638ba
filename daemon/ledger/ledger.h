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
 * The operator's side of the log (PROTOCOL 4): only the operator appends.  Entries are in the state, the tree in
 * memory.
 *
 * A struct ledger shows the log as it was when it was opened.  To append, open it within the transaction that writes
 * the entries, and release it when that ends: a rollback then needs no undoing here.
 */

#define LEDGER_NOTE_MAX 65536 /* bytes: the bound of a checkpoint with all its cosignatures */

struct ledger {
	struct store *store;
	const struct signing_key *key;
	struct merkle tree;
	int64_t last_time; /* of the newest entry; INT64_MIN in an empty log */
	uint64_t sealed;   /* entries that a checkpoint covers */
};

/*
 * Reads the leaves and checks the newest checkpoint against them.  ERR_REFUSED: they do not fit, so the state is
 * damaged or the key is another log's; whatever was signed then would contradict what was published.  An empty log is
 * allowed.
 */
int ledger_open(struct store *store, const struct signing_key *key, struct ledger *ret_log, struct err *err);
void ledger_release(struct ledger *log); /* NULL is allowed */

uint64_t ledger_size(const struct ledger *log);

/*
 * The tree without the key: adds all entries to `ret_tree`, which the caller has initialised; `ret_last_time` gets the
 * newest entry's time, and stays where the log is empty.
 */
int ledger_tree(struct store *store, struct merkle *ret_tree, int64_t *ret_last_time, struct err *err);

/* The time of the next entry: `now`, or the newest entry's time where the clock is behind it. */
int64_t ledger_time(const struct ledger *log, int64_t now);

/*
 * Writes an entry with its `time` as given, and appends it.  An entry that entry_parse does not accept is refused, so
 * that no signed log fails a check.  `ret_hash` (may be NULL) gets H(entry bytes) in hex.
 */
int ledger_append(struct ledger *log, const struct entry *entry, char ret_hash[HASH_HEX + 1], struct err *err);

/* Signs the log at its present size and keeps the checkpoint: the last step before the transaction is committed. */
int ledger_seal(struct ledger *log, struct err *err);

/*
 * Append an entry, and keep a checkpoint, that this log published and that the state has lost (recovery/recover.h).
 * The entry's bytes are well formed.  Append the entries that a checkpoint covers first: else it is ERR_REFUSED.
 */
int ledger_adopt(struct ledger *log, int64_t time, struct slice bytes, struct err *err);
int ledger_adopt_checkpoint(struct ledger *log, struct slice note, uint64_t *ret_size, struct err *err);

/* The bytes of an entry, and the checkpoint of a size.  ERR_ABSENT: none.  The caller releases the buffer. */
int ledger_entry(struct store *store, uint64_t index, struct buf *ret_bytes, struct err *err);
int ledger_checkpoint(struct store *store, uint64_t size, struct buf *ret_note, struct err *err);

/* How many entries the newest checkpoint covers: 0 where there is no log yet. */
int ledger_sealed_size(struct store *store, uint64_t *ret_size, struct err *err);

/* Appends `text` as it is written between the quotes of canonical JSON. */
void ledger_escape(struct buf *out, struct slice text);

#endif
