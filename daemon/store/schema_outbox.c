#include "store/schema.h"

/*
 * Letters and what became of them.  `fault` says why a letter can never leave: it could not be made (`message` is
 * empty), or an amendment withdrew it.  An interrupted round leaves `sending`.
 */
const char schema_outbox[] =
	"CREATE TABLE outbox_letter ("
	"  id INTEGER PRIMARY KEY,"
	"  draw INTEGER NOT NULL CHECK (draw >= 0),"
	"  amendment INTEGER NOT NULL CHECK (amendment >= 0),"
	"  inspector TEXT NOT NULL,"
	"  kind TEXT NOT NULL CHECK (length(kind) BETWEEN 1 AND 32),"
	"  state TEXT NOT NULL CHECK (state IN ('queued', 'sending', 'sent', 'failed', 'unknown', 'cancelled')),"
	"  sender TEXT NOT NULL,"
	"  recipient TEXT NOT NULL,"
	"  subject TEXT NOT NULL,"
	"  message_id TEXT NOT NULL UNIQUE,"
	"  message BLOB NOT NULL,"
	"  fault TEXT NOT NULL,"
	"  created INTEGER NOT NULL,"
	"  changed INTEGER NOT NULL," /* when it came into its state */
	"  not_before INTEGER NOT NULL,"
	"  next_at INTEGER NOT NULL," /* when it is tried next, where queued */
	"  give_up INTEGER NOT NULL,"
	"  UNIQUE (draw, amendment, inspector, kind)"
	") STRICT;"
	"CREATE INDEX outbox_letter_due ON outbox_letter (next_at) WHERE state IN ('queued', 'sending');"
	"CREATE TABLE outbox_attempt ("
	"  letter INTEGER NOT NULL REFERENCES outbox_letter (id) ON DELETE CASCADE,"
	"  attempt INTEGER NOT NULL," /* 1, 2 … */
	"  at INTEGER NOT NULL,"
	"  result TEXT NOT NULL," /* the state that it led to */
	"  reply TEXT NOT NULL,"
	"  PRIMARY KEY (letter, attempt)"
	") STRICT, WITHOUT ROWID;";

/*
 * The message's bytes have a table of their own, since each change of a letter's state would write them anew.  And what
 * a letter's invitation does to each day of the inspector's calendar: to a day that he was told of, a later letter has to
 * say that it is free again.
 */
const char schema_outbox_3[] =
	"CREATE TABLE outbox_message ("
	"  letter INTEGER PRIMARY KEY REFERENCES outbox_letter (id) ON DELETE CASCADE,"
	"  message BLOB NOT NULL"
	") STRICT;"
	"INSERT INTO outbox_message SELECT id, message FROM outbox_letter WHERE length(message) > 0;"
	"ALTER TABLE outbox_letter DROP COLUMN message;"
	"CREATE TABLE outbox_day ("
	"  letter INTEGER NOT NULL REFERENCES outbox_letter (id) ON DELETE CASCADE,"
	"  day INTEGER NOT NULL," /* since 1970-01-01, local */
	"  held INTEGER NOT NULL CHECK (held IN (0, 1))," /* asked for, or free again */
	"  PRIMARY KEY (letter, day)"
	") STRICT, WITHOUT ROWID;";

/*
 * A letter's text goes some time after it is done; what it was is kept, with its digest: SHA-256 of the message's bytes, in
 * hex.
 */
const char schema_outbox_5[] =
	"ALTER TABLE outbox_letter ADD COLUMN digest TEXT CHECK (length(digest) = 64);" /* NULL: there never was a text */
	"ALTER TABLE outbox_letter ADD COLUMN removed INTEGER;" /* when its text was */
	"CREATE INDEX outbox_letter_text ON outbox_letter (changed, id) WHERE digest IS NOT NULL AND removed IS NULL;";
