#ifndef SPOTCHECK_APP_ASK_TASK_H
#define SPOTCHECK_APP_ASK_TASK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/config.h"
#include "core/base/err.h"
#include "ledger/operator.h"

/* The task and the report of spotcheckd-ask, the program (program.h) that asks witnesses and beacons (remote/ask.h). */

struct ask_task {
	const struct config *config;
	bool all; /* asks every witness and no beacon, because something is to be signed */
};

/* For child_begin: the child becomes spotcheckd-ask. */
int ask_task_exec(const void *task, int pipe);

/*
 * Reads a task from `fd`.  `*ret_config` holds only state_dir, [witness] and [beacon]; the caller releases it with
 * config_release.  ERR_REFUSED: the bytes are no task.
 */
int ask_task_read(int fd, struct config *ret_config, bool *ret_all, struct err *err);

/* Writes the struct ask_task; false where that fails. */
bool ask_task_write(int fd, const void *task);

/* The report is one line. */
#define ASK_TASK_WORDS 1024
struct ask_task_report {
	bool ahead;                 /* a witness knows a longer log than ours */
	char words[ASK_TASK_WORDS]; /* if `ahead`: why nothing may be signed */
};

void ask_task_report_write(int fd, const struct ask_task_report *report);
bool ask_task_report_parse(const char *bytes, size_t len, struct ask_task_report *ret_report);

/*
 * operator->ask of a worker: runs spotcheckd-ask for every witness and waits for it.  ERR_REFUSED: a witness knows a
 * longer log; ERR_OUTSIDE.
 */
int ask_task_before_signing(struct operator *operator, struct err *err);

#endif
