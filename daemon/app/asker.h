#ifndef SPOTCHECK_APP_ASKER_H
#define SPOTCHECK_APP_ASKER_H

/* spotcheckd-ask: does the task that it reads from `in` (ask_task.h) and reports on `out`.  Returns the exit status. */
int asker_work(int in, int out);

#endif
