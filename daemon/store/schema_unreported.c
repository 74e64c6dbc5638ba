#include "store/schema.h"

/*
 * What a command has made stand and has not yet reported as done (unreported.h): of each command and subject the newest.
 */
const char schema_unreported_5[] =
	"CREATE TABLE unreported ("
	"  command TEXT NOT NULL,"
	"  subject TEXT NOT NULL,"
	"  wish TEXT NOT NULL,"
	"  number INTEGER NOT NULL," /* what stands: a draw, an amendment, an import */
	"  PRIMARY KEY (command, subject)"
	") STRICT, WITHOUT ROWID;";
