#ifndef SPOTCHECK_SYSTEM_DURABLE_H
#define SPOTCHECK_SYSTEM_DURABLE_H

/* fsync, for all who write files; a simulation, whose files nobody will miss, does without. */
int durable_sync(int fd);

/*
 * Syncs the folder that holds `path`, a file or a folder: what was just made, linked, renamed or removed there stays so after
 * a power cut.  0, or -1 and errno.
 */
int durable_sync_folder_of(const char *path);

/* From now on nothing of this process is synced. */
void durable_off(void);

#endif
