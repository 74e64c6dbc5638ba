#ifndef SPOTCHECK_MAIL_SMIME_H
#define SPOTCHECK_MAIL_SMIME_H

#include <stdint.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/slice.h"

/*
 * Letters that only their recipient can read (S/MIME, RFC 8551): CMS EnvelopedData, AES-256-CBC, the key wrapped by RSA
 * (PKCS #1 v1.5, which mail programs read) or by ECDH with SHA-256.  Whoever puts a certificate into the folder vouches
 * for it: no chain of authorities is checked, since inspectors may sign their own.
 */

#define SMIME_FILE_MAX 65536 /* bytes of a certificate's file */

struct smime_certificate;

/*
 * Reads `folder`/`id`.pem, through symbolic links too, and checks that letters to `address` may be encrypted to it at
 * `time`.  ERR_ABSENT sets no err: there is no such file.  ERR_REFUSED, with the file's name: it has no certificate or
 * several; or the certificate is not valid at `time`, is of another address, is not for encrypting mail (RFC 8550
 * 4.4), or its key is too short or neither RSA nor EC.  Upper and lower case differ before the @ of an address.
 * ERR_OUTSIDE: it cannot be read; ERR_MEMORY.
 */
int smime_certificate_read(const char *folder, struct slice id, struct slice address, int64_t time,
    struct smime_certificate **ret_certificate, struct err *err);
void smime_certificate_free(struct smime_certificate *certificate); /* NULL is allowed */

/* The last second at which the certificate is valid, since 1970. */
int64_t smime_certificate_until(const struct smime_certificate *certificate);

/* Appends the CMS object of `entity`, a MIME entity with its headers, as DER.  ERR_LIMIT, ERR_OUTSIDE, ERR_MEMORY. */
int smime_encrypt(const struct smime_certificate *certificate, struct slice entity, struct buf *out, struct err *err);

#endif
