#ifndef SPOTCHECK_APP_MAIL_TASK_H
#define SPOTCHECK_APP_MAIL_TASK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/config.h"
#include "core/base/err.h"

/* The mailer, a program of its own (program.h): spotcheckd-mail. */

/* For child_begin: becomes the mailer.  `config` is the struct config in force. */
int mail_task_exec(const void *config, int pipe);

/*
 * What came over `fd`: a configuration that has no more than the state's place and [mail].  ERR_REFUSED where it is none.
 * The caller releases it with config_release.
 */
int mail_task_read(int fd, struct config *ret_config, struct err *err);

/* The same into a pipe's or file's other end; false where that fails. */
bool mail_task_write(int fd, const void *config);

/* What comes back. */
struct mail_report {
	bool down; /* no session could be had: nothing is tried until some while has passed */
	uint64_t sent, put_off, failed, unknown;
	int64_t stall_us; /* the longest that the mailer's loop did not look at its connections */
};
void mail_report_write(int fd, const struct mail_report *report);

/* False where the bytes are no report. */
bool mail_report_parse(const char *bytes, size_t len, struct mail_report *ret_report);

#endif
