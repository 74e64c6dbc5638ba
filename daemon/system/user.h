#ifndef SPOTCHECK_SYSTEM_USER_H
#define SPOTCHECK_SYSTEM_USER_H

#include <stdbool.h>
#include <sys/types.h>

#include "core/base/err.h"

/* A user of the system. */
struct user {
	char name[256];
	uid_t uid;
	gid_t gid;
};

/* False, with nothing written, where there is no such user. */
bool user_of(uid_t uid, struct user *ret_user);
bool user_named(const char *name, struct user *ret_user);

/*
 * Where root runs it, the process becomes the owner of the folder for good.  ERR_REFUSED: another user runs it than the
 * owner.  Returns 0 for a folder that does not exist: whoever opens it reports that.  ERR_OUTSIDE: root cannot become
 * the owner.
 */
int user_become_owner(const char *dir, struct err *err);

#endif
