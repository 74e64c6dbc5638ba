#ifndef SPOTCHECK_MAIL_SMIME_H
#define SPOTCHECK_MAIL_SMIME_H

#include <stdint.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/slice.h"

/*
 * Letters that only their recipient can read (S/MIME, RFC 8551): CMS EnvelopedData, AES-256-CBC, the key wrapped by RSA
 * (PKCS #1 v1.5, which mail programs read) or by ECDH with SHA-256.  Whose a certificate is says whoever put it into the folder; no
 * chain of authorities is asked, since inspectors may well sign their own.
 */

#define SMIME_FILE_MAX 65536 /* bytes of a certificate's file */

struct smime_certificate;

/*
 * Reads `folder`/`id`.pem, through symbolic links too: one certificate, and asks whether letters to `address` may be encrypted to it at `time`.
 * ERR_ABSENT, with nothing said, where there is no such file; ERR_REFUSED, with the file's name, where it holds none or
 * several, or one that is not valid then, belongs to another address, is for other uses (RFC 8550 4.4), or has a key that
 * is too short or of another kind than RSA and EC; the part of an address before the @ is compared with its case; ERR_OUTSIDE where it cannot be read; ERR_MEMORY.
 */
int smime_certificate_read(const char *folder, struct slice id, struct slice address, int64_t time,
    struct smime_certificate **ret_certificate, struct err *err);
void smime_certificate_free(struct smime_certificate *certificate); /* NULL is allowed */

/* The last second at which it is valid, since 1970. */
int64_t smime_certificate_until(const struct smime_certificate *certificate);

/* The CMS object that holds `entity`, headers and all, as DER, appended.  ERR_LIMIT, ERR_OUTSIDE, ERR_MEMORY. */
int smime_encrypt(const struct smime_certificate *certificate, struct slice entity, struct buf *out, struct err *err);

#endif
