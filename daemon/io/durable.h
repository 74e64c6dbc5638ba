#ifndef SPOTCHECK_DURABLE_H
#define SPOTCHECK_DURABLE_H

/* fsync, for all who write files; a simulation, whose files nobody will miss, does without. */
int durable_sync(int fd);

/* The folder that holds `path`, so that a name that was made or removed in it is on the disk.  0, or -1 and errno. */
int durable_sync_folder_of(const char *path);

/* From now on nothing of this process is synced. */
void durable_off(void);

#endif
