#ifndef SPOTCHECK_APP_ASKER_H
#define SPOTCHECK_APP_ASKER_H

/* spotcheckd-ask: does the task that comes over `in` (ask_task.h) and reports on `out`.  An exit status. */
int asker_work(int in, int out);

#endif
