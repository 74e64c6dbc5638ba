#ifndef SPOTCHECK_APP_WORKER_H
#define SPOTCHECK_APP_WORKER_H

#include <stdbool.h>
#include <stdint.h>

#include "config/config.h"
#include "core/calendar/calendar.h"
#include "letters/make.h"

/*
 * One turn of the service, in a process of its own (child.h).  The turn's steps are transactions, so a worker can be
 * killed at any time.
 */
struct worker_task {
	const struct config *config;
	const struct calendar *calendar;
	const struct letters *letters;
};

/* For child_begin.  Returns the exit status: 0 where the turn went well; then the report is written to `pipe`. */
int worker_work(const void *task, int pipe);

#define WORKER_REFUSED 2 /* exit status: the state or the configuration is at fault, and the journal says why */

/* What a worker reports: when to take the next turn (UTC; INT64_MAX: when woken), and a status line. */
#define WORKER_REPORT 1024
struct worker_report {
	int64_t next;
	bool mail;                  /* letters to a mail server are due */
	bool ask;                   /* witnesses or beacons are due to be asked */
	char status[WORKER_REPORT]; /* one line for people */
};

/* False where the bytes are no report. */
bool worker_report_parse(const char *bytes, size_t len, struct worker_report *ret_report);

#endif
