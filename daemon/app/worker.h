#ifndef SPOTCHECK_WORKER_H
#define SPOTCHECK_WORKER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "core/calendar.h"
#include "io/config.h"
#include "io/letters.h"

/*
 * One turn of the service in a process of its own, so that the loop answers whatever the turn takes, keeps none of its
 * memory, and survives it.  The turn's steps are transactions: a worker that is killed has lost nothing.
 */
struct worker_task {
	const struct config *config;
	const struct calendar *calendar;
	const struct letters *letters;
};

/*
 * Begins it: `*ret_pipe` is where its report can be read, up to the end; its exit status is 0 where the turn went well.
 * -1 and errno where there can be no process.
 */
pid_t worker_begin(const struct worker_task *task, int *ret_pipe);

#define WORKER_REFUSED 2 /* exit status: a person must see to the state or the configuration; the journal says why */

/* What a worker reports: when to take the next turn (UTC; INT64_MAX: when woken), and how things stand. */
#define WORKER_REPORT 1024
struct worker_report {
	int64_t next;
	char standing[WORKER_REPORT]; /* one line for people */
};

/* False where the bytes are no report. */
bool worker_report_parse(const char *bytes, size_t len, struct worker_report *ret_report);

#endif
