#ifndef SPOTCHECK_LETTERS_CERTIFICATE_H
#define SPOTCHECK_LETTERS_CERTIFICATE_H

#include "core/base/err.h"
#include "config/config.h"
#include "mail/smime.h"

/*
 * To which certificate letters to an inspector are encrypted that leave at `time`, as [mail] encrypt and certificates say;
 * NULL: none, they go in the clear.  ERR_REFUSED, with the reason, where it must be one and there is none, or where there
 * is one that does not serve: no letter goes in the clear by mistake.  ERR_OUTSIDE, ERR_MEMORY.
 */
int letter_certificate(const struct config *config, struct slice inspector, struct slice address, int64_t time,
    struct smime_certificate **ret_certificate, struct err *err);

#endif
