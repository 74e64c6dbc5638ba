#include "store/schema.h"

/*
 * What the timetable has to remember; all else of it follows from the INI and the calendar.  An occurrence is known by
 * its cycle and key (core/schedule.h); one of a holiday has a row for each of the holiday's names, so that it is known
 * again when the holiday moves by some days or two of them grow together.
 */
const char schema_plan[] =
	/* From when on a cycle's occurrences are ours: when it was first seen. */
	"CREATE TABLE plan_cycle ("
	"  cycle TEXT NOT NULL PRIMARY KEY,"
	"  since INTEGER NOT NULL,"
	/* Why its next commitment could not be made, and when that was tried last. */
	"  fault TEXT,"
	"  tried INTEGER,"
	"  CHECK ((fault IS NULL) = (tried IS NULL))"
	") STRICT, WITHOUT ROWID;"

	/* What random days and moments follow from. */
	"CREATE TABLE plan_secret ("
	"  cycle TEXT NOT NULL,"
	"  key INTEGER NOT NULL," /* days since 1970 */
	"  secret BLOB NOT NULL CHECK (length(secret) = 32),"
	"  PRIMARY KEY (cycle, key)"
	") STRICT, WITHOUT ROWID;"

	/* What has been committed, or never will be. */
	"CREATE TABLE plan_done ("
	"  cycle TEXT NOT NULL,"
	"  key INTEGER NOT NULL," /* days since 1970; of a holiday the first day that bears the name */
	"  name TEXT NOT NULL,"   /* of a holiday; '' for a period */
	"  title TEXT NOT NULL,"  /* what it was for, in words */
	"  date INTEGER NOT NULL," /* of the draw, as it was planned */
	"  time INTEGER NOT NULL," /* when this was settled */
	"  n INTEGER REFERENCES draw DEFERRABLE INITIALLY DEFERRED," /* NULL: it was missed */
	"  why TEXT," /* it was missed */
	"  PRIMARY KEY (cycle, key, name, date),"
	"  CHECK ((n IS NULL) = (why IS NOT NULL))"
	") STRICT, WITHOUT ROWID;"
	"CREATE INDEX plan_done_n ON plan_done (n);"
	"CREATE INDEX draw_unrevealed ON draw (reveal_time) WHERE reveal_entry IS NULL;";
