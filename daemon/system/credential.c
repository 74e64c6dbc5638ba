#include "system/credential.h"

#include <stdlib.h>
#include <string.h>

bool
credential_is_private(const char *path, const struct stat *st)
{
	const char *lent = getenv("CREDENTIALS_DIRECTORY");
	size_t n = lent == NULL ? 0 : strlen(lent);
	bool is_lent = n > 0 && strncmp(path, lent, n) == 0 && path[n] == '/' && strchr(path + n + 1, '/') == NULL;

	return S_ISREG(st->st_mode) && (st->st_mode & (is_lent ? 037 : 077)) == 0;
}
