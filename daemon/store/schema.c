/* The tables of the state, version by version, and what their columns mean. */
#include "store/schema.h"

/*
 * The texts of a version are never changed once it was released: a state of any age goes through all later ones in
 * turn.
 */

/* ---- version 1 ---- */

/* Single values by name. */
const char schema_meta[] =
    "CREATE TABLE meta (name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;";

/*
 * The rosters and their history.
 *
 * `private` holds a row's other columns as canonical JSON, {"name":"…","post":"…"}, without the empty ones.  Levels
 * are -1 where empty; dates are days since 1970.  For every import roster_change has the old values of each row that
 * changed (NULL: it did not exist), so that going back from the present rows yields any earlier state.
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

    /* Dates that a commitment fixed for ever, whether the target is in the roster now or not. */
    "CREATE TABLE target_since ("
    "  target TEXT NOT NULL PRIMARY KEY,"
    "  since INTEGER NOT NULL"
    ") STRICT, WITHOUT ROWID;"

    "CREATE TABLE roster_import ("
    "  id INTEGER PRIMARY KEY,"
    "  kind TEXT NOT NULL,"
    "  time INTEGER NOT NULL,"
    "  by TEXT NOT NULL,"
    "  digest TEXT NOT NULL,"  /* SHA-256 of the file; of the restored file for an undo, '' where it restores none */
    "  headers TEXT NOT NULL," /* the file's header as a JSON array; '[]' where an undo leaves no import */
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
    "  old TEXT,"          /* JSON array of the other columns, `private` last; NULL: the row was not there */
    "  PRIMARY KEY (import, key)"
    ") STRICT, WITHOUT ROWID;"

    "CREATE TABLE roster_attestation ("
    "  id INTEGER PRIMARY KEY,"
    "  kind TEXT NOT NULL,"
    "  time INTEGER NOT NULL,"
    "  by TEXT NOT NULL"
    ") STRICT;"
    "CREATE INDEX roster_attestation_kind ON roster_attestation (kind, id);"

    /* An excuse holds until it is lifted, at most until the end of `until`.  It is never deleted. */
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

/*
 * The log, the chains of secrets, and the draws with their results.
 *
 * What the protocol hashes is kept as the bytes that were hashed.  draw_place, draw_seat and draw_left repeat the
 * content of record.json and the amendments, so that a query yields the next roster's last_drawn, carried and
 * rotation.
 */
const char schema_draws[] =
    "CREATE TABLE log_entry ("
    "  idx INTEGER PRIMARY KEY," /* from 0 */
    "  time INTEGER NOT NULL,"
    "  leaf BLOB NOT NULL CHECK (length(leaf) = 32)," /* RFC 6962 leaf hash */
    "  bytes BLOB NOT NULL CHECK (length(bytes) <= 65535)"
    ") STRICT;"

    /* Every checkpoint that was ever signed for publication: one at the end of each transaction that appends. */
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
    "  beacon TEXT," /* the value of a draw, unhashed */
    "  record TEXT," /* H(record.json) of a draw */
    /* The command `run` began this draw with this value, and has not reported yet that all is done. */
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

    /* The present targets and inspectors of the places; NULL where a place or a seat stays empty. */
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

    /* Targets that a draw chose and that have no place: unstaffed, or removed by an amendment. */
    "CREATE TABLE draw_left ("
    "  n INTEGER NOT NULL REFERENCES draw,"
    "  target TEXT NOT NULL,"
    "  unstaffed INTEGER NOT NULL CHECK (unstaffed IN (0, 1)),"
    "  PRIMARY KEY (n, target)"
    ") STRICT, WITHOUT ROWID;"

    /* Who read what was still secret, and why. */
    "CREATE TABLE access ("
    "  id INTEGER PRIMARY KEY,"
    "  time INTEGER NOT NULL,"
    "  by TEXT NOT NULL,"
    "  what TEXT NOT NULL,"
    "  n INTEGER REFERENCES draw,"
    "  reason TEXT NOT NULL"
    ") STRICT;";

/*
 * Letters and their delivery.  `fault` says why a letter can never be sent: it could not be made (`message` is empty),
 * or an amendment withdrew it.  An interrupted round of sending leaves `sending`.
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
    "  changed INTEGER NOT NULL," /* when its state last changed */
    "  not_before INTEGER NOT NULL,"
    "  next_at INTEGER NOT NULL," /* of a queued letter: when it is tried next */
    "  give_up INTEGER NOT NULL,"
    "  UNIQUE (draw, amendment, inspector, kind)"
    ") STRICT;"
    "CREATE INDEX outbox_letter_due ON outbox_letter (next_at) WHERE state IN ('queued', 'sending');"
    "CREATE TABLE outbox_attempt ("
    "  letter INTEGER NOT NULL REFERENCES outbox_letter (id) ON DELETE CASCADE,"
    "  attempt INTEGER NOT NULL," /* 1, 2 … */
    "  at INTEGER NOT NULL,"
    "  result TEXT NOT NULL," /* the state after it */
    "  reply TEXT NOT NULL,"
    "  PRIMARY KEY (letter, attempt)"
    ") STRICT, WITHOUT ROWID;";

/* ---- version 2 ---- */

/*
 * What the timetable must remember; the rest follows from the INI and the calendar.  Cycle and key identify an
 * occurrence (core/calendar/schedule.h).  An occurrence of a holiday has a row for each of the holiday's names, so
 * that it is recognised when the holiday moves by some days or merges with another.
 */
const char schema_plan_2[] =
    /* When a cycle was first seen: earlier occurrences are none. */
    "CREATE TABLE plan_cycle ("
    "  cycle TEXT NOT NULL PRIMARY KEY,"
    "  since INTEGER NOT NULL,"
    /* Why its next commitment could not be made, and when it was last tried. */
    "  fault TEXT,"
    "  tried INTEGER,"
    "  CHECK ((fault IS NULL) = (tried IS NULL))"
    ") STRICT, WITHOUT ROWID;"

    /* The secrets that random days and moments are computed from. */
    "CREATE TABLE plan_secret ("
    "  cycle TEXT NOT NULL,"
    "  key INTEGER NOT NULL," /* days since 1970 */
    "  secret BLOB NOT NULL CHECK (length(secret) = 32),"
    "  PRIMARY KEY (cycle, key)"
    ") STRICT, WITHOUT ROWID;"

    /* Occurrences that have been committed, or never will be. */
    "CREATE TABLE plan_done ("
    "  cycle TEXT NOT NULL,"
    "  key INTEGER NOT NULL,"  /* days since 1970; of a holiday the first day with the name */
    "  name TEXT NOT NULL,"    /* of a holiday; '' for a period */
    "  title TEXT NOT NULL,"   /* what it was for, in words */
    "  date INTEGER NOT NULL," /* of the draw, as it was planned */
    "  time INTEGER NOT NULL," /* when the row was written */
    "  n INTEGER REFERENCES draw DEFERRABLE INITIALLY DEFERRED," /* NULL: the occurrence was missed */
    "  why TEXT,"                                                /* it was missed */
    "  PRIMARY KEY (cycle, key, name, date),"
    "  CHECK ((n IS NULL) = (why IS NOT NULL))"
    ") STRICT, WITHOUT ROWID;"
    "CREATE INDEX plan_done_n ON plan_done (n);"
    "CREATE INDEX draw_unrevealed ON draw (reveal_time) WHERE reveal_entry IS NULL;";

/* Alarms: what the administrator must look after, while its cause lasts. */
const char schema_alarms_2[] = "CREATE TABLE alarm ("
                               "  key TEXT NOT NULL PRIMARY KEY,"
                               "  since INTEGER NOT NULL,"
                               "  text TEXT NOT NULL"
                               ") STRICT, WITHOUT ROWID;";

/* A letter that may have been sent (`unknown`) is sent again. */
const char schema_outbox_2[] =
    "DROP INDEX outbox_letter_due; CREATE INDEX outbox_letter_due ON outbox_letter (next_at, id)"
    " WHERE state IN ('queued', 'sending', 'unknown')";

/* ---- version 3 ---- */

/*
 * outbox_message: the message's bytes have a table of their own, since each change of a letter's state would rewrite
 * them.  outbox_day: the days that a letter's invitation reserves or frees in the inspector's calendar, so that a later
 * letter can free a day that an earlier one reserved.
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
    "  day INTEGER NOT NULL,"                         /* since 1970-01-01, local */
    "  held INTEGER NOT NULL CHECK (held IN (0, 1))," /* 1: reserved, 0: free again */
    "  PRIMARY KEY (letter, day)"
    ") STRICT, WITHOUT ROWID;";

/* ---- version 4 ---- */

/* From outside: cosignatures of witnesses and values of beacons; and who the witnesses are. */
const char schema_outside_4[] =
    /* The entries that say who the witnesses are: the genesis and each policy. */
    "CREATE TABLE policy ("
    "  entry INTEGER PRIMARY KEY REFERENCES log_entry"
    ") STRICT;"
    "INSERT INTO policy (entry) SELECT idx FROM log_entry"
    "  WHERE idx = 0 OR instr(bytes, CAST('\"type\":\"policy\"' AS BLOB)) > 0;"
    "DELETE FROM meta WHERE name = 'policy_entry';"

    /* Verified cosignatures; of each witness and checkpoint the first that arrived. */
    "CREATE TABLE cosignature ("
    "  size INTEGER NOT NULL REFERENCES log_checkpoint,"
    "  vkey TEXT NOT NULL,"
    "  time INTEGER NOT NULL," /* by the witness's clock */
    "  line BLOB NOT NULL,"
    "  PRIMARY KEY (size, vkey)"
    ") STRICT, WITHOUT ROWID;"

    /* A witness with an address: how the last request went. */
    "CREATE TABLE witness ("
    "  vkey TEXT NOT NULL PRIMARY KEY,"
    "  size INTEGER NOT NULL DEFAULT 0," /* of the last checkpoint that it is known to have cosigned */
    "  tried INTEGER NOT NULL,"
    "  tried_size INTEGER NOT NULL,"         /* of the checkpoint that it was then asked to cosign */
    "  failures INTEGER NOT NULL DEFAULT 0," /* in a row */
    "  since INTEGER,"                       /* the first of them */
    "  fault TEXT,"
    "  ahead INTEGER," /* it has seen a log of so many entries: longer than ours, or a different one as long */
    "  CHECK ((failures = 0) = (since IS NULL) AND (failures = 0) = (fault IS NULL))"
    ") STRICT, WITHOUT ROWID;"

    /* The beacon's value of a draw under drand or a witness: NULL until it arrives. */
    "CREATE TABLE draw_value ("
    "  n INTEGER PRIMARY KEY REFERENCES draw,"
    "  value TEXT,"
    "  signature TEXT,"
    "  tried INTEGER NOT NULL,"
    "  failures INTEGER NOT NULL DEFAULT 0,"
    "  fault TEXT,"
    "  CHECK ((value IS NULL) = (signature IS NULL))"
    ") STRICT;"

    /* Draws to be voided once their value has arrived, which the void must contain. */
    "CREATE TABLE draw_calloff ("
    "  n INTEGER PRIMARY KEY REFERENCES draw,"
    "  time INTEGER NOT NULL,"
    "  reason TEXT NOT NULL"
    ") STRICT;"

    /* Who was present when a public value was made. */
    "CREATE TABLE draw_ceremony ("
    "  n INTEGER PRIMARY KEY REFERENCES draw,"
    "  time INTEGER NOT NULL,"
    "  by TEXT NOT NULL,"
    "  present TEXT NOT NULL"
    ") STRICT;";

/* ---- version 5 ---- */

/* The files of the published folder that are ours: publish/list.h. */
const char schema_publish_5[] = "CREATE TABLE published_file ("
                                "  path TEXT NOT NULL PRIMARY KEY," /* below the folder */
                                "  size INTEGER NOT NULL,"
                                "  mtime INTEGER NOT NULL," /* nanoseconds since 1970; 0: unknown */
                                "  digest BLOB NOT NULL CHECK (length(digest) = 32),"
                                "  made_of TEXT NOT NULL" /* of a page: of what it was made */
                                ") STRICT, WITHOUT ROWID;";

/*
 * A letter's text is removed some time after it is done.  Its row stays, with the digest of the text: SHA-256 of the
 * message's bytes, in hex.
 */
const char schema_outbox_5[] =
    "ALTER TABLE outbox_letter ADD COLUMN digest TEXT CHECK (length(digest) = 64);" /* NULL: there never was a text */
    "ALTER TABLE outbox_letter ADD COLUMN removed INTEGER;"                         /* when its text was removed */
    "CREATE INDEX outbox_letter_text ON outbox_letter (changed, id) WHERE digest IS NOT NULL AND removed IS NULL;";

/* What a command has done and not yet reported (unreported.h): the newest per command and subject. */
const char schema_unreported_5[] = "CREATE TABLE unreported ("
                                   "  command TEXT NOT NULL,"
                                   "  subject TEXT NOT NULL,"
                                   "  wish TEXT NOT NULL,"
                                   "  number INTEGER NOT NULL," /* of what was done: a draw, an amendment, an import */
                                   "  PRIMARY KEY (command, subject)"
                                   ") STRICT, WITHOUT ROWID;";

/* ---- version 6: version 2 of the draw protocol ---- */

/*
 * No log of version 1 is kept (store.c refuses it), so the tables of draws are empty here.  An amendment made before the
 * reveal has no entry of its own yet; `archive` is the archive entry that first counted it.
 */
const char schema_draws_6[] =
    "ALTER TABLE draw_place RENAME COLUMN date TO visit;" /* minutes of the local clock since 1970 */
    "ALTER TABLE draw ADD COLUMN quiet_days INTEGER NOT NULL DEFAULT 0;"
    "DROP TABLE draw_calloff;" /* a void is made at once, and its reveal brings the value */
    "DROP TABLE draw_amendment;"
    "CREATE TABLE draw_amendment ("
    "  n INTEGER NOT NULL REFERENCES draw,"
    "  amendment INTEGER NOT NULL,"
    "  entry INTEGER REFERENCES log_entry," /* NULL: it is not told of in the log yet */
    "  archive INTEGER REFERENCES log_entry,"
    "  bytes BLOB NOT NULL,"
    "  PRIMARY KEY (n, amendment)"
    ") STRICT, WITHOUT ROWID;";

/* The tag that a seat `own` asks for; empty: none. */
const char schema_needs_6[] = "ALTER TABLE target ADD COLUMN needs TEXT NOT NULL DEFAULT '';";

const char schema_archive_6[] = "CREATE TABLE archive_line ("
                                "  line INTEGER PRIMARY KEY," /* from 0 */
                                "  bytes BLOB NOT NULL"
                                ") STRICT;"
                                "CREATE TABLE archive_entry ("
                                "  entry INTEGER PRIMARY KEY REFERENCES log_entry,"
                                "  lines INTEGER NOT NULL" /* how many its root holds */
                                ") STRICT;";

/*
 * One letter for each visit day, so the day is part of a letter's key; SQLite changes a key only with its table.
 * outbox_slot in place of outbox_day: an invitation is for an appointment, and no longer for a day.  There are no letters
 * of draws here, and so no invitations.
 */
const char schema_outbox_6[] =
    "CREATE TEMP TABLE kept_message AS SELECT * FROM outbox_message;"
    "CREATE TEMP TABLE kept_attempt AS SELECT * FROM outbox_attempt;"
    "CREATE TABLE outbox_letter_6 ("
    "  id INTEGER PRIMARY KEY,"
    "  draw INTEGER NOT NULL CHECK (draw >= 0),"
    "  amendment INTEGER NOT NULL CHECK (amendment >= 0),"
    "  inspector TEXT NOT NULL,"
    "  day INTEGER NOT NULL DEFAULT 0," /* of the visits, since 1970-01-01, local; 0: it is about no visits */
    "  kind TEXT NOT NULL CHECK (length(kind) BETWEEN 1 AND 32),"
    "  state TEXT NOT NULL CHECK (state IN ('queued', 'sending', 'sent', 'failed', 'unknown', 'cancelled')),"
    "  sender TEXT NOT NULL,"
    "  recipient TEXT NOT NULL,"
    "  subject TEXT NOT NULL,"
    "  message_id TEXT NOT NULL UNIQUE,"
    "  fault TEXT NOT NULL,"
    "  created INTEGER NOT NULL,"
    "  changed INTEGER NOT NULL,"
    "  not_before INTEGER NOT NULL,"
    "  next_at INTEGER NOT NULL,"
    "  give_up INTEGER NOT NULL,"
    "  digest TEXT CHECK (length(digest) = 64),"
    "  removed INTEGER,"
    "  UNIQUE (draw, inspector, day, amendment, kind)"
    ") STRICT;"
    "INSERT INTO outbox_letter_6 (id, draw, amendment, inspector, kind, state, sender, recipient, subject, message_id,"
    " fault, created, changed, not_before, next_at, give_up, digest, removed)"
    " SELECT id, draw, amendment, inspector, kind, state, sender, recipient, subject, message_id, fault, created, "
    "changed, not_before, next_at, give_up, digest, removed FROM outbox_letter;"
    "DROP TABLE outbox_day;"
    "DROP TABLE outbox_letter;" /* what hangs on it goes with it */
    "ALTER TABLE outbox_letter_6 RENAME TO outbox_letter;"
    "CREATE INDEX outbox_letter_due ON outbox_letter (next_at, id) WHERE state IN ('queued', 'sending', 'unknown');"
    "CREATE INDEX outbox_letter_text ON outbox_letter (changed, id) WHERE digest IS NOT NULL AND removed IS NULL;"
    "INSERT INTO outbox_message SELECT * FROM temp.kept_message;"
    "INSERT INTO outbox_attempt SELECT * FROM temp.kept_attempt;"
    "DROP TABLE temp.kept_message; DROP TABLE temp.kept_attempt;"
    "CREATE TABLE outbox_slot ("
    "  letter INTEGER NOT NULL REFERENCES outbox_letter (id) ON DELETE CASCADE,"
    "  slot INTEGER NOT NULL,"                        /* minutes of the local clock since 1970 */
    "  held INTEGER NOT NULL CHECK (held IN (0, 1))," /* 1: asked for, 0: given back */
    "  PRIMARY KEY (letter, slot)"
    ") STRICT, WITHOUT ROWID;";

/*
 * Leave: days on which an inspector is not to be had.  An inspector who leaves the roster leaves his or her rows here,
 * where they concern nobody.  An excuse has a first day too, and several may stand.
 */
const char schema_rosters_6[] = "CREATE TABLE leave ("
                                "  inspector TEXT NOT NULL,"
                                "  \"from\" INTEGER NOT NULL,"
                                "  \"to\" INTEGER NOT NULL CHECK (\"to\" >= \"from\"),"
                                "  private TEXT NOT NULL,"
                                "  PRIMARY KEY (inspector, \"from\")"
                                ") STRICT, WITHOUT ROWID;"
                                "DROP INDEX excuse_standing;"
                                "ALTER TABLE excuse ADD COLUMN \"from\" INTEGER NOT NULL DEFAULT 0;"
                                "UPDATE excuse SET \"from\" = min(time / 86400, until);"
                                "CREATE INDEX excuse_standing ON excuse (kind, who, \"from\") WHERE lifted IS NULL;";

/* What the office calls something, and the code that is published for it (rosters/codes.h).  Never changed or deleted. */
const char schema_codes_6[] = "CREATE TABLE public_id ("
                              "  kind TEXT NOT NULL CHECK (kind IN ('target', 'inspector', 'unit', 'area')),"
                              "  own TEXT NOT NULL,"
                              "  code TEXT NOT NULL,"
                              "  PRIMARY KEY (kind, own),"
                              "  UNIQUE (kind, code)"
                              ") STRICT, WITHOUT ROWID;";
