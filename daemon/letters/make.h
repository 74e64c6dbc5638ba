#ifndef SPOTCHECK_LETTERS_MAKE_H
#define SPOTCHECK_LETTERS_MAKE_H

#include "core/base/err.h"
#include "letters/letter.h"
#include "mail/smime.h"
#include "text/template.h"

/* Makes the message of a letter from its template, with a prefilled result sheet and invitations. */

struct config;

/* The templates of all kinds and languages; values.h lists the names that they may use. */
struct letters;

/*
 * Loads `folder`/zh_CN/assignment.txt and so on.  A file that is missing there is loaded from `fallback` (NULL: from
 * nowhere), such as DATA_DIR/letters.  All faults go to `diag`, also that a file is in neither.  ERR_REFUSED,
 * ERR_MEMORY.
 */
int letters_load(const char *folder, const char *fallback, struct diag *diag, struct letters **ret_letters);

void letters_free(struct letters *letters); /* NULL is allowed */

/* A finished message; the struct owns all members. */
struct letter {
	char *bytes; /* headers, body, attachments; CRLF */
	size_t len;
	char *message_id; /* <…@…>: the same whenever it is made (letter_id) */
	char *subject;
	char *sender; /* bare addresses for the envelope */
	char *recipient;
};

/*
 * Makes one letter.  ERR_REFUSED: an address, name or value cannot stand in a message (mail/mime.h).  Give the error's
 * message to outbox_add as `fault`: then one bad row neither stops a draw nor goes unnoticed.  ERR_LIMIT, ERR_OUTSIDE,
 * ERR_MEMORY.
 */
int letter_make(const struct letters *letters, const struct letter_input *input, struct letter *ret_letter,
    struct err *err);

void letter_release(struct letter *letter); /* NULL is allowed */

/*
 * The certificate to which a letter to the inspector, sent at `time`, is encrypted by [mail] encrypt and certificates;
 * NULL: it is not encrypted.  ERR_REFUSED, with the reason: encryption is required and there is no certificate, or
 * there is one that cannot be used; so no letter goes unencrypted by mistake.  ERR_OUTSIDE, ERR_MEMORY.
 */
int letter_certificate(const struct config *config, struct slice inspector, struct slice address, int64_t time,
    struct smime_certificate **ret_certificate, struct err *err);

#endif
