#ifndef SPOTCHECK_MAIL_MAILDIR_H
#define SPOTCHECK_MAIL_MAILDIR_H

#include <stdbool.h>

#include "core/base/err.h"
#include "core/base/slice.h"

/*
 * Delivery into a maildir that a crash neither repeats nor cuts short.  A message's file name follows from its
 * Message-ID.  The message is written to tmp/, synced, renamed into new/, and new/ is synced.  A second attempt finds
 * the name in new/ or, with flags, in cur/, and delivers nothing.  (A reader who deletes the message between a crash
 * and the next attempt gets it again: better than not at all.)
 */

#define MAILDIR_NAME_BYTES 64 /* a file name and its NUL */

struct maildir;

/*
 * Opens the maildir.  Makes `path` (not its parents) and new/, cur/, tmp/ where they are missing, locks it against
 * other processes of this program, removes our unfinished messages from tmp/, and reads which of our messages are
 * there.  ERR_OUTSIDE, ERR_MEMORY; ERR_NOT_YET: another process holds the lock, try again later.
 */
int maildir_open(const char *path, struct maildir **ret_maildir, struct err *err);

void maildir_close(struct maildir *maildir); /* NULL is allowed */

/*
 * Delivers `message` under its Message-ID (<…@…>), unless it is there.  `ret_was_there` may be NULL.  On ERR_OUTSIDE no
 * part of the message stays in tmp/.
 */
int maildir_deliver(struct maildir *maildir, struct slice message_id, struct slice message, bool *ret_was_there,
    struct err *err);

/* The file name for a Message-ID. */
void maildir_name(struct slice message_id, char ret_name[static MAILDIR_NAME_BYTES]);

#endif
