#ifndef SPOTCHECK_DURABLE_H
#define SPOTCHECK_DURABLE_H

/* fsync, for all who write files; a simulation, whose files nobody will miss, does without. */
int durable_sync(int fd);

/* From now on nothing of this process is synced. */
void durable_off(void);

#endif
