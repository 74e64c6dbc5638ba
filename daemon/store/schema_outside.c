#include "store/schema.h"

/* What comes from outside: cosignatures of witnesses, values of beacons; and who the witnesses are. */
const char schema_outside[] =
	/* The entries that say who the witnesses are: the genesis and each policy. */
	"CREATE TABLE policy ("
	"  entry INTEGER PRIMARY KEY REFERENCES log_entry"
	") STRICT;"
	"INSERT INTO policy (entry) SELECT idx FROM log_entry"
	"  WHERE idx = 0 OR instr(bytes, CAST('\"type\":\"policy\"' AS BLOB)) > 0;"
	"DELETE FROM meta WHERE name = 'policy_entry';"

	/* One true cosignature a witness and checkpoint: the earliest that came. */
	"CREATE TABLE cosignature ("
	"  size INTEGER NOT NULL REFERENCES log_checkpoint,"
	"  vkey TEXT NOT NULL,"
	"  time INTEGER NOT NULL," /* the witness's */
	"  line BLOB NOT NULL,"
	"  PRIMARY KEY (size, vkey)"
	") STRICT, WITHOUT ROWID;"

	/* A witness with an address: how it was asked last. */
	"CREATE TABLE witness ("
	"  vkey TEXT NOT NULL PRIMARY KEY,"
	"  size INTEGER NOT NULL DEFAULT 0," /* of the checkpoint that it cosigned last, as far as is known */
	"  tried INTEGER NOT NULL,"
	"  tried_size INTEGER NOT NULL," /* of the checkpoint that it was asked for then */
	"  failures INTEGER NOT NULL DEFAULT 0," /* in a row */
	"  since INTEGER," /* the first of them */
	"  fault TEXT,"
	"  ahead INTEGER," /* it has seen a log of so many entries, more than there are here, or another one of as many */
	"  CHECK ((failures = 0) = (since IS NULL) AND (failures = 0) = (fault IS NULL))"
	") STRICT, WITHOUT ROWID;"

	/* The beacon's value of a draw under drand or a witness: waited for, then there. */
	"CREATE TABLE draw_value ("
	"  n INTEGER PRIMARY KEY REFERENCES draw,"
	"  value TEXT,"
	"  signature TEXT,"
	"  tried INTEGER NOT NULL,"
	"  failures INTEGER NOT NULL DEFAULT 0,"
	"  fault TEXT,"
	"  CHECK ((value IS NULL) = (signature IS NULL))"
	") STRICT;"

	/* To be voided once its value, which the void must bear, is there. */
	"CREATE TABLE draw_calloff ("
	"  n INTEGER PRIMARY KEY REFERENCES draw,"
	"  time INTEGER NOT NULL,"
	"  reason TEXT NOT NULL"
	") STRICT;"

	/* Who was there when a public value was made. */
	"CREATE TABLE draw_ceremony ("
	"  n INTEGER PRIMARY KEY REFERENCES draw,"
	"  time INTEGER NOT NULL,"
	"  by TEXT NOT NULL,"
	"  present TEXT NOT NULL"
	") STRICT;";
