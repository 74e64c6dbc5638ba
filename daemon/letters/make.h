#ifndef SPOTCHECK_LETTERS_MAKE_H
#define SPOTCHECK_LETTERS_MAKE_H

#include "core/base/err.h"
#include "letters/letter.h"
#include "mail/smime.h"
#include "text/template.h"

/* From a letter and its template to the message, with a prefilled result sheet and invitations. */

struct config;

/* All templates of all languages; values.h says what they may use. */
struct letters;

/*
 * Loads `folder`/zh_CN/assignment.txt and so on; what is missing there is taken from `fallback` (NULL: nowhere), such
 * as DATA_DIR/letters.  All faults go to `diag`, a file that is in neither folder too.  ERR_REFUSED, ERR_MEMORY.
 */
int letters_load(const char *folder, const char *fallback, struct diag *diag, struct letters **ret_letters);

void letters_free(struct letters *letters); /* NULL is allowed */

/* A finished message; all is owned by the struct. */
struct letter {
	char *bytes; /* headers, body, attachments; CRLF */
	size_t len;
	char *message_id; /* <…@…>: follows from log, draw, amendment, kind and inspector, whenever it is made */
	char *subject;
	char *sender; /* bare addresses for the envelope */
	char *recipient;
};

/*
 * Makes one letter.  ERR_REFUSED where an address, name or value cannot stand in a message (see mime.h): hand the
 * words to outbox_add as `fault`, so that one bad row neither stops a draw nor goes unnoticed.  ERR_LIMIT,
 * ERR_MEMORY.
 */
int letter_make(const struct letters *letters, const struct letter_input *input, struct letter *ret_letter,
    struct err *err);

void letter_release(struct letter *letter); /* NULL is allowed */

/*
 * To which certificate letters to an inspector are encrypted that leave at `time`, as [mail] encrypt and certificates say;
 * NULL: none, they go in the clear.  ERR_REFUSED, with the reason, where it must be one and there is none, or where there
 * is one that does not serve: no letter goes in the clear by mistake.  ERR_OUTSIDE, ERR_MEMORY.
 */
int letter_certificate(const struct config *config, struct slice inspector, struct slice address, int64_t time,
    struct smime_certificate **ret_certificate, struct err *err);

#endif
