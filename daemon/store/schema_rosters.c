#include "store/schema.h"

/*
 * The rosters, and how they came to be what they are.
 *
 * `private` holds a row's other columns as canonical JSON, {"name":"…","post":"…"}, without the empty ones.  Levels
 * are -1 where empty; dates are days since 1970.  roster_change says of every import what each row that it touched
 * was before (NULL: not there), so that any state can be had again by going back from the present one.
 */
const char schema_rosters[] =
	"CREATE TABLE target ("
	"  id TEXT NOT NULL PRIMARY KEY,"
	"  class TEXT NOT NULL,"
	"  unit TEXT NOT NULL,"
	"  area TEXT NOT NULL,"
	"  level INTEGER NOT NULL CHECK (level BETWEEN -1 AND 999),"
	"  weight INTEGER NOT NULL CHECK (weight BETWEEN 1 AND 100),"
	"  since INTEGER NOT NULL,"
	"  private TEXT NOT NULL"
	") STRICT, WITHOUT ROWID;"

	"CREATE TABLE inspector ("
	"  id TEXT NOT NULL PRIMARY KEY,"
	"  unit TEXT NOT NULL,"
	"  area TEXT NOT NULL,"
	"  level INTEGER NOT NULL CHECK (level BETWEEN -1 AND 999),"
	"  tags TEXT NOT NULL," /* sorted, distinct, joined by ';' */
	"  private TEXT NOT NULL"
	") STRICT, WITHOUT ROWID;"

	"CREATE TABLE conflict ("
	"  inspector TEXT NOT NULL REFERENCES inspector DEFERRABLE INITIALLY DEFERRED,"
	"  scope TEXT NOT NULL CHECK (scope IN ('area', 'target', 'unit')),"
	"  value TEXT NOT NULL CHECK (value <> ''),"
	"  private TEXT NOT NULL,"
	"  PRIMARY KEY (inspector, scope, value)"
	") STRICT, WITHOUT ROWID;"

	"CREATE TABLE matter ("
	"  id TEXT NOT NULL PRIMARY KEY,"
	"  private TEXT NOT NULL"
	") STRICT, WITHOUT ROWID;"

	"CREATE TABLE contact ("
	"  target TEXT NOT NULL REFERENCES target DEFERRABLE INITIALLY DEFERRED,"
	"  level INTEGER NOT NULL CHECK (level IN (1, 2)),"
	"  name TEXT NOT NULL,"
	"  private TEXT NOT NULL,"
	"  PRIMARY KEY (target, level, name)"
	") STRICT, WITHOUT ROWID;"

	/* What a commitment has fixed for ever, whether the target is in the roster now or not. */
	"CREATE TABLE target_since ("
	"  target TEXT NOT NULL PRIMARY KEY,"
	"  since INTEGER NOT NULL"
	") STRICT, WITHOUT ROWID;"

	"CREATE TABLE roster_import ("
	"  id INTEGER PRIMARY KEY,"
	"  kind TEXT NOT NULL,"
	"  time INTEGER NOT NULL,"
	"  by TEXT NOT NULL,"
	"  digest TEXT NOT NULL," /* SHA-256 of the file's bytes; of the restored one's for an undo; '' before any */
	"  headers TEXT NOT NULL," /* the file's header as a JSON array; '[]' where as if never imported */
	"  rows INTEGER NOT NULL,"
	"  added INTEGER NOT NULL,"
	"  changed INTEGER NOT NULL,"
	"  removed INTEGER NOT NULL,"
	"  undoes INTEGER REFERENCES roster_import"
	") STRICT;"
	"CREATE INDEX roster_import_kind ON roster_import (kind, id);"

	"CREATE TABLE roster_change ("
	"  import INTEGER NOT NULL REFERENCES roster_import,"
	"  key TEXT NOT NULL," /* JSON array of the key's columns */
	"  old TEXT," /* JSON array of the other columns, `private` last; NULL: the row was not there */
	"  PRIMARY KEY (import, key)"
	") STRICT, WITHOUT ROWID;"

	"CREATE TABLE roster_attestation ("
	"  id INTEGER PRIMARY KEY,"
	"  kind TEXT NOT NULL,"
	"  time INTEGER NOT NULL,"
	"  by TEXT NOT NULL"
	") STRICT;"
	"CREATE INDEX roster_attestation_kind ON roster_attestation (kind, id);"

	/* An excuse stands until it is lifted, holds up to and with `until`, and is never deleted. */
	"CREATE TABLE excuse ("
	"  id INTEGER PRIMARY KEY,"
	"  kind TEXT NOT NULL CHECK (kind IN ('targets', 'inspectors')),"
	"  who TEXT NOT NULL,"
	"  until INTEGER NOT NULL,"
	"  reason TEXT NOT NULL,"
	"  by TEXT NOT NULL,"
	"  time INTEGER NOT NULL,"
	"  lifted INTEGER,"
	"  lifted_by TEXT,"
	"  lifted_reason TEXT"
	") STRICT;"
	"CREATE UNIQUE INDEX excuse_standing ON excuse (kind, who) WHERE lifted IS NULL;";
