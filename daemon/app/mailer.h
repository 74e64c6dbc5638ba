#ifndef SPOTCHECK_APP_MAILER_H
#define SPOTCHECK_APP_MAILER_H

#include "config/config.h"

/*
 * Sends the due letters to the mail server.  It runs in a program of its own (mail_task.h), so that no server can make
 * the service wait.  A state has one mailer at a time: it is the service's child, and the service locks the state.
 *
 * Each letter is one SMTP transaction with one recipient.  Its outcome is in the database before the same connection
 * takes another letter.  The letters that a killed mailer was sending become `unknown`, and are sent again.
 */

#define MAILER_CONNECTIONS 8

/*
 * Sends until nothing is due or the server is down, and writes the report to `pipe`.  Returns the exit status: 0 where
 * it came to that end.
 */
int mailer_work(const struct config *config, int pipe);

#endif
