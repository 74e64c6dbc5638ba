#ifndef SPOTCHECK_APP_ASK_TASK_H
#define SPOTCHECK_APP_ASK_TASK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/config.h"
#include "core/base/err.h"
#include "ledger/operator.h"

/* What is asked of others (remote/ask.h) by a program of its own (program.h): spotcheckd-ask. */

struct ask_task {
	const struct config *config;
	bool all; /* every witness, because something is to be signed; no beacon */
};

/* For child_begin: becomes the program. */
int ask_task_exec(const void *task, int pipe);

/*
 * What came over `fd`: a configuration that has no more than the state's place, [witness] and [beacon].  ERR_REFUSED where it
 * is none.  The caller releases it with config_release.
 */
int ask_task_read(int fd, struct config *ret_config, bool *ret_all, struct err *err);

bool ask_task_write(int fd, const void *task); /* the other end */

/* What comes back: one line. */
#define ASK_TASK_WORDS 1024
struct ask_task_report {
	bool ahead;
	char words[ASK_TASK_WORDS]; /* why nothing may be signed, where `ahead` */
};
void ask_task_report_write(int fd, const struct ask_task_report *report);
bool ask_task_report_parse(const char *bytes, size_t len, struct ask_task_report *ret_report);

/* operator->ask of a worker: has the program ask every witness, and waits for it. */
int ask_task_before_signing(struct operator *operator, struct err *err);

#endif
