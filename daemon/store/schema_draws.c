#include "store/schema.h"

/*
 * The log, the chains of secrets, the draws and what came of them.
 *
 * What the protocol hashes is kept as the bytes that were hashed.  draw_place, draw_seat and draw_left say a second
 * time what record.json and the amendments say, so that the next roster's last_drawn, carried and rotation are a query.
 */
const char schema_draws[] =
	"CREATE TABLE log_entry ("
	"  idx INTEGER PRIMARY KEY," /* from 0 */
	"  time INTEGER NOT NULL,"
	"  leaf BLOB NOT NULL CHECK (length(leaf) = 32)," /* RFC 6962 leaf hash */
	"  bytes BLOB NOT NULL CHECK (length(bytes) <= 65535)"
	") STRICT;"

	/* Every checkpoint that was ever to be published: one at the end of each transaction that appends. */
	"CREATE TABLE log_checkpoint ("
	"  size INTEGER PRIMARY KEY,"
	"  note BLOB NOT NULL"
	") STRICT;"

	"CREATE TABLE chain ("
	"  cycle TEXT NOT NULL,"
	"  chain INTEGER NOT NULL CHECK (chain > 0),"
	"  length INTEGER NOT NULL,"
	"  embargo_days INTEGER NOT NULL,"
	"  source TEXT NOT NULL,"
	"  secret TEXT NOT NULL UNIQUE," /* secret(length), from which all others follow */
	"  used INTEGER NOT NULL DEFAULT 0 CHECK (used BETWEEN 0 AND length),"
	"  PRIMARY KEY (cycle, chain)"
	") STRICT, WITHOUT ROWID;"

	"CREATE TABLE draw ("
	"  n INTEGER PRIMARY KEY,"
	"  cycle TEXT NOT NULL,"
	"  chain INTEGER NOT NULL,"
	"  link INTEGER NOT NULL,"
	"  date INTEGER NOT NULL," /* days since 1970 */
	"  draw_time INTEGER NOT NULL,"
	"  reveal_time INTEGER NOT NULL,"
	"  source TEXT NOT NULL,"
	"  commit_entry INTEGER NOT NULL REFERENCES log_entry,"
	"  commit_size INTEGER NOT NULL REFERENCES log_checkpoint DEFERRABLE INITIALLY DEFERRED,"
	"  outcome TEXT CHECK (outcome IN ('draw', 'void')),"
	"  outcome_entry INTEGER REFERENCES log_entry,"
	"  outcome_size INTEGER REFERENCES log_checkpoint DEFERRABLE INITIALLY DEFERRED,"
	"  reveal_entry INTEGER REFERENCES log_entry,"
	"  beacon TEXT," /* the value, plain, of a draw */
	"  record TEXT," /* H(record.json) of a draw */
	/* The command `run`: it began this draw, with this value, and has not yet said that all is done. */
	"  run INTEGER NOT NULL DEFAULT 0 CHECK (run IN (0, 1)),"
	"  run_value TEXT,"
	"  FOREIGN KEY (cycle, chain) REFERENCES chain,"
	"  UNIQUE (cycle, chain, link),"
	"  CHECK ((outcome IS NULL) = (outcome_entry IS NULL) AND (outcome IS NULL) = (outcome_size IS NULL)),"
	"  CHECK (outcome IS NOT NULL OR reveal_entry IS NULL),"
	"  CHECK ((outcome IS 'draw') = (record IS NOT NULL) AND (outcome IS 'draw') = (beacon IS NOT NULL))"
	") STRICT;"
	"CREATE INDEX draw_cycle ON draw (cycle, n);"
	/* A cycle has one open commitment at a time. */
	"CREATE UNIQUE INDEX draw_open ON draw (cycle) WHERE outcome IS NULL;"

	/* The files of a draw, in parts: a national roster is larger than one value may be. */
	"CREATE TABLE draw_file ("
	"  id INTEGER PRIMARY KEY,"
	"  n INTEGER NOT NULL REFERENCES draw DEFERRABLE INITIALLY DEFERRED,"
	"  name TEXT NOT NULL,"
	"  part INTEGER NOT NULL,"
	"  bytes BLOB NOT NULL,"
	"  UNIQUE (n, name, part)"
	") STRICT;"

	"CREATE TABLE draw_amendment ("
	"  n INTEGER NOT NULL REFERENCES draw,"
	"  amendment INTEGER NOT NULL,"
	"  entry INTEGER NOT NULL REFERENCES log_entry,"
	"  bytes BLOB NOT NULL,"
	"  PRIMARY KEY (n, amendment)"
	") STRICT, WITHOUT ROWID;"

	/* What the places hold now; NULL where a place or a seat is empty for good. */
	"CREATE TABLE draw_place ("
	"  n INTEGER NOT NULL REFERENCES draw,"
	"  place INTEGER NOT NULL,"
	"  target TEXT,"
	"  date INTEGER NOT NULL," /* of the visit */
	"  PRIMARY KEY (n, place)"
	") STRICT, WITHOUT ROWID;"
	"CREATE INDEX draw_place_target ON draw_place (target, n);"
	"CREATE TABLE draw_seat ("
	"  n INTEGER NOT NULL,"
	"  place INTEGER NOT NULL,"
	"  seat INTEGER NOT NULL,"
	"  inspector TEXT,"
	"  PRIMARY KEY (n, place, seat),"
	"  FOREIGN KEY (n, place) REFERENCES draw_place"
	") STRICT, WITHOUT ROWID;"
	"CREATE INDEX draw_seat_inspector ON draw_seat (n, inspector);"

	/* What a draw chose and no place holds: unstaffed, or taken out by an amendment. */
	"CREATE TABLE draw_left ("
	"  n INTEGER NOT NULL REFERENCES draw,"
	"  target TEXT NOT NULL,"
	"  unstaffed INTEGER NOT NULL CHECK (unstaffed IN (0, 1)),"
	"  PRIMARY KEY (n, target)"
	") STRICT, WITHOUT ROWID;"

	/* Who looked at what was still secret, and why. */
	"CREATE TABLE access ("
	"  id INTEGER PRIMARY KEY,"
	"  time INTEGER NOT NULL,"
	"  by TEXT NOT NULL,"
	"  what TEXT NOT NULL,"
	"  n INTEGER REFERENCES draw,"
	"  reason TEXT NOT NULL"
	") STRICT;";
