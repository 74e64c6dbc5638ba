#ifndef SPOTCHECK_APP_MAILER_H
#define SPOTCHECK_APP_MAILER_H

#include "config/config.h"

/*
 * Sends what is due to the mail server, in a program of its own (mail_task.h) with a loop of its own, so that no server
 * can keep the service waiting.  There is one mailer on a state at a time: it is the service's child, and the service is
 * alone.
 *
 * Each letter is one transaction of SMTP with one recipient.  What became of it is in the database before the next one
 * is taken up; what a killed mailer had in hand is `unknown`, and sent again.
 */

#define MAILER_CONNECTIONS 8

/*
 * Sends until nothing is due any more, or no session can be had; writes its report to `pipe`.  Returns the exit status: 0
 * where it came to its end.
 */
int mailer_work(const struct config *config, int pipe);

#endif
