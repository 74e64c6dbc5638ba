#include "store/schema.h"

/* What of the published folder is ours: publish_list.h. */
const char schema_publish_5[] =
	"CREATE TABLE published_file ("
	"  path TEXT NOT NULL PRIMARY KEY," /* below the folder */
	"  size INTEGER NOT NULL,"
	"  mtime INTEGER NOT NULL," /* nanoseconds since 1970; 0: not known */
	"  digest BLOB NOT NULL CHECK (length(digest) = 32),"
	"  made_of TEXT NOT NULL" /* of a page: of what it was made */
	") STRICT, WITHOUT ROWID;";
