#ifndef SPOTCHECK_SYSTEM_USER_H
#define SPOTCHECK_SYSTEM_USER_H

#include <stdbool.h>
#include <sys/types.h>

#include "core/base/err.h"

/* Users of the system. */
struct user {
	char name[256];
	uid_t uid;
	gid_t gid;
};

/* False, and nothing written, where there is none. */
bool user_of(uid_t uid, struct user *ret_user);
bool user_named(const char *name, struct user *ret_user);

/*
 * Root becomes the owner of a folder for good; anybody else is the owner, or has no business here (ERR_REFUSED).  A
 * folder that is not there belongs to nobody: whoever opens it will say so.  ERR_OUTSIDE.
 */
int user_become_owner(const char *dir, struct err *err);

#endif
