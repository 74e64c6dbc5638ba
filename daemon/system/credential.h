#ifndef SPOTCHECK_SYSTEM_CREDENTIAL_H
#define SPOTCHECK_SYSTEM_CREDENTIAL_H

#include <stdbool.h>
#include <sys/stat.h>

/*
 * A regular file that nobody but its owner can read or write, as a key or a password must be.  Where systemd lends one
 * (LoadCredential), its access list gives this service alone the right to read, which the mode shows as the group's.
 */
bool credential_is_private(const char *path, const struct stat *st);

#endif
