#ifndef SPOTCHECK_USER_H
#define SPOTCHECK_USER_H

#include <stdbool.h>
#include <sys/types.h>

/* Users of the system. */
struct user {
	char name[256];
	uid_t uid;
	gid_t gid;
};

/* False, and nothing written, where there is none. */
bool user_of(uid_t uid, struct user *ret_user);
bool user_named(const char *name, struct user *ret_user);

#endif
