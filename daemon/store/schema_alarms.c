#include "store/schema.h"

/* What somebody must look after, for as long as its cause stands. */
const char schema_alarms[] =
	"CREATE TABLE alarm ("
	"  key TEXT NOT NULL PRIMARY KEY,"
	"  since INTEGER NOT NULL,"
	"  text TEXT NOT NULL"
	") STRICT, WITHOUT ROWID;";
