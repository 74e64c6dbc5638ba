/* Users of the system, and how root becomes the owner of the state directory. */
#include "system/user.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ENTRY_MAX_BYTES 16384 /* more than any entry takes */

static bool
copy_entry(const struct passwd *entry, struct user *ret)
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

	return getpwuid_r(uid, &entry, texts, sizeof texts, &found) == 0 && copy_entry(found, ret_user);
}

bool
user_named(const char *name, struct user *ret_user)
{
	char texts[ENTRY_MAX_BYTES];
	struct passwd entry, *found = NULL;

	return getpwnam_r(name, &entry, texts, sizeof texts, &found) == 0 && copy_entry(found, ret_user);
}

int
user_become_owner(const char *dir, struct err *err)
{
	struct user owner = {.name = "?"};
	struct stat st;
	bool known;

	if (stat(dir, &st) != 0 || geteuid() == st.st_uid)
		return 0;
	known = user_of(st.st_uid, &owner);
	if (geteuid() != 0)
		return err_set(err, ERR_REFUSED, N_("the state directory %s belongs to %s: use sudo"), dir, owner.name);
	if (!known)
		return err_set(err, ERR_REFUSED, N_("the state directory %s belongs to no user that this system knows"),
		    dir);
	if (initgroups(owner.name, owner.gid) == 0 && setgid(owner.gid) == 0 && setuid(st.st_uid) == 0 &&
	    setuid(0) != 0)
		return 0;
	return err_set(err, ERR_OUTSIDE, N_("root cannot become %s: %s"), owner.name, strerror(errno));
}
