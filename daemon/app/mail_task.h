#ifndef SPOTCHECK_APP_MAIL_TASK_H
#define SPOTCHECK_APP_MAIL_TASK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/config.h"
#include "core/base/err.h"

/* The task and the report of spotcheckd-mail, the program (program.h) that sends letters. */

/* For child_begin: the child becomes spotcheckd-mail.  `config` is the struct config in force. */
int mail_task_exec(const void *config, int pipe);

/*
 * Reads a task from `fd`.  `*ret_config` holds only state_dir and what [mail] says of the server; the caller releases
 * it with config_release.  ERR_REFUSED: the bytes are no task.
 */
int mail_task_read(int fd, struct config *ret_config, struct err *err);

/* Writes the task; false where that fails. */
bool mail_task_write(int fd, const void *config);

/* The report is one line of numbers. */
struct mail_report {
	bool down; /* no SMTP session could be opened; the service waits before it tries again */
	uint64_t sent, put_off, failed, unknown;
	int64_t stall_us; /* the longest time, in microseconds, that the loop did not serve its connections */
};
void mail_report_write(int fd, const struct mail_report *report);

/* False where the bytes are no report. */
bool mail_report_parse(const char *bytes, size_t len, struct mail_report *ret_report);

#endif
