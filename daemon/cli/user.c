#include "cli/user.h"

#include <pwd.h>
#include <stdio.h>
#include <string.h>

#define ENTRY_MAX_BYTES 16384 /* more than any entry takes */

static bool
take(const struct passwd *entry, struct user *ret)
{
	if (entry == NULL || strlen(entry->pw_name) >= sizeof ret->name)
		return false;
	(void)snprintf(ret->name, sizeof ret->name, "%s", entry->pw_name);
	ret->uid = entry->pw_uid;
	ret->gid = entry->pw_gid;
	return true;
}

bool
user_of(uid_t uid, struct user *ret_user)
{
	char texts[ENTRY_MAX_BYTES];
	struct passwd entry, *found = NULL;

	return getpwuid_r(uid, &entry, texts, sizeof texts, &found) == 0 && take(found, ret_user);
}

bool
user_named(const char *name, struct user *ret_user)
{
	char texts[ENTRY_MAX_BYTES];
	struct passwd entry, *found = NULL;

	return getpwnam_r(name, &entry, texts, sizeof texts, &found) == 0 && take(found, ret_user);
}
