/* Reads and checks an inspector's certificate, and encrypts a message to it (S/MIME, with OpenSSL's CMS). */
#include "mail/smime.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <openssl/bio.h>
#include <openssl/cms.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/base/text.h"
#include "system/file.h"

#define RSA_BITS_MIN 2048
#define EC_BITS_MIN 256

struct smime_certificate {
	X509 *x509;
	int64_t until;
};

/* ---- the file ---- */

/* ERR_ABSENT sets no err: only the file is missing.  A folder that is none is ERR_OUTSIDE. */
static int
read_certificate_file(const char *path, struct buf *out, struct err *err)
{
	int rc = file_read(AT_FDCWD, path, FILE_FOLLOW_LINKS, SMIME_FILE_MAX, out, NULL);

	if (rc == 0 || rc == ERR_ABSENT)
		return rc;
	if (rc == ERR_MEMORY)
		return err_memory(err);
	if (rc == ERR_LIMIT)
		return err_set(err, ERR_REFUSED, N_("%s is larger than %d bytes"), path, SMIME_FILE_MAX);
	if (errno == 0)
		return err_set(err, ERR_REFUSED, N_("%s is no regular file"), path);
	return err_set(err, ERR_OUTSIDE, N_("%s cannot be read: %s"), path, strerror(errno));
}

/* OpenSSL calls it for an encrypted block: it gives no passphrase, so nobody is asked for one. */
static int
no_passphrase(char *buf, int size, int writing, void *ctx)
{
	(void)writing;
	(void)ctx;
	if (size > 0)
		buf[0] = '\0';
	return -1;
}

/* A second block of PEM: another certificate, or a private key, which must not be there. */
static bool
has_second_block(struct slice text)
{
	static const char begin[] = "-----BEGIN ";
	const char *first = text.n == 0 ? NULL : memmem(text.p, text.n, begin, sizeof begin - 1);

	return first != NULL &&
	    memmem(first + 1, text.n - (size_t)(first + 1 - text.p), begin, sizeof begin - 1) != NULL;
}

/* NULL: the text has no certificate. */
static X509 *
parse_certificate(struct slice text)
{
	BIO *in = BIO_new_mem_buf(text.n == 0 ? "" : text.p, (int)text.n);
	X509 *certificate = in == NULL ? NULL : PEM_read_bio_X509(in, NULL, no_passphrase, NULL);

	(void)BIO_free(in);
	ERR_clear_error();
	return certificate;
}

/* ---- whether it may be used ---- */

static bool
read_asn1_time(const ASN1_TIME *time, int64_t *ret_time)
{
	struct tm tm = {0};

	if (ASN1_TIME_to_tm(time, &tm) != 1)
		return false;
	*ret_time = (int64_t)timegm(&tm);
	return true;
}

static int
check_validity(const char *path, X509 *x, int64_t time, int64_t *ret_until, struct err *err)
{
	char text[TIME_TEXT];
	int64_t from;

	if (!read_asn1_time(X509_get0_notBefore(x), &from) || !read_asn1_time(X509_get0_notAfter(x), ret_until))
		return err_set(err, ERR_REFUSED, N_("%s: the certificate does not say when it is valid"), path);
	if (time > *ret_until) {
		text_from_time(*ret_until, text);
		return err_set(err, ERR_REFUSED, N_("%s: the certificate expired on %.10s"), path, text);
	}
	text_from_time(from, text);
	return time >= from
	    ? 0
	    : err_set(err, ERR_REFUSED, N_("%s: the certificate is not valid before %.10s"), path, text);
}

static int
check_public_key(const char *path, X509 *x, struct err *err)
{
	const EVP_PKEY *key = X509_get0_pubkey(x);
	int kind = key == NULL ? EVP_PKEY_NONE : EVP_PKEY_get_base_id(key);
	uint32_t uses = X509_get_key_usage(x), extended = X509_get_extended_key_usage(x); /* UINT32_MAX: any */
	uint32_t needed = kind == EVP_PKEY_RSA ? KU_KEY_ENCIPHERMENT : KU_KEY_AGREEMENT;
	int least = kind == EVP_PKEY_RSA ? RSA_BITS_MIN : EC_BITS_MIN;

	if (kind != EVP_PKEY_RSA && kind != EVP_PKEY_EC)
		return err_set(err, ERR_REFUSED, N_("%s: the certificate's key is neither RSA nor EC"), path);
	if (EVP_PKEY_get_bits(key) < least)
		return err_set(err, ERR_REFUSED,
		    N_("%s: the certificate's key has %d bits, and at least %d are needed"), path,
		    EVP_PKEY_get_bits(key), least);
	if ((uses & needed) == 0 || (extended & (XKU_SMIME | XKU_ANYEKU)) == 0)
		return err_set(err, ERR_REFUSED, N_("%s: the certificate is not for encrypting mail"), path);
	return 0;
}

static int
check_certificate(const char *path, X509 *x, struct slice address, int64_t time, int64_t *ret_until, struct err *err)
{
	int rc = check_validity(path, x, time, ret_until, err);

	if (rc == 0)
		rc = check_public_key(path, x, err);
	/* Given length 0 OpenSSL would look for a NUL, which a slice does not have. */
	if (rc == 0 && (address.n == 0 || X509_check_email(x, address.p, address.n, 0) != 1))
		rc = err_set(err, ERR_REFUSED, N_("%s: the certificate is not for the address %.*s"), path,
		    SLICE_ARGS(address));
	ERR_clear_error();
	return rc;
}

int
smime_certificate_read(const char *folder, struct slice id, struct slice address, int64_t time,
    struct smime_certificate **ret_certificate, struct err *err)
{
	struct smime_certificate *certificate = calloc(1, sizeof *certificate);
	char path[PATH_MAX];
	struct buf bytes;
	int rc = certificate == NULL ? err_memory(err) : 0;

	buf_init(&bytes, SMIME_FILE_MAX);
	(void)snprintf(path, sizeof path, "%s/%.*s.pem", folder, SLICE_ARGS(id));
	if (rc == 0 && !text_is_id(id))
		rc = err_set(err, ERR_REFUSED, N_("\"%.*s\" is no id"), SLICE_ARGS(id));
	if (rc == 0)
		rc = read_certificate_file(path, &bytes, err);
	if (rc == 0 && has_second_block(buf_view(&bytes)))
		rc = err_set(err, ERR_REFUSED, N_("%s holds more than one certificate"), path);
	if (rc == 0) {
		certificate->x509 = parse_certificate(buf_view(&bytes));
		if (certificate->x509 == NULL)
			rc = err_set(err, ERR_REFUSED, N_("%s holds no certificate in PEM format"), path);
	}
	if (rc == 0)
		rc = check_certificate(path, certificate->x509, address, time, &certificate->until, err);
	if (rc == 0) {
		*ret_certificate = certificate;
		certificate = NULL;
	}
	smime_certificate_free(certificate);
	buf_release(&bytes);
	return rc;
}

void
smime_certificate_free(struct smime_certificate *certificate)
{
	if (certificate == NULL)
		return;
	X509_free(certificate->x509);
	free(certificate);
}

int64_t
smime_certificate_until(const struct smime_certificate *certificate)
{
	return certificate->until;
}

/* ---- encrypting ---- */

static int
cannot_encrypt(struct err *err)
{
	char words[256];

	ERR_error_string_n(ERR_peek_last_error(), words, sizeof words);
	ERR_clear_error();
	return err_set(err, ERR_OUTSIDE, N_("the letter cannot be encrypted: %s"), words);
}

/* For EC the key is derived with SHA-256 (RFC 8551 2.3); OpenSSL uses SHA-1 unless told. */
static bool
add_recipient(CMS_ContentInfo *cms, X509 *x)
{
	CMS_RecipientInfo *to = CMS_add1_recipient_cert(cms, x, CMS_KEY_PARAM);
	EVP_PKEY_CTX *key = to == NULL ? NULL : CMS_RecipientInfo_get0_pkey_ctx(to);

	return key != NULL &&
	    (EVP_PKEY_get_base_id(X509_get0_pubkey(x)) != EVP_PKEY_EC ||
	        EVP_PKEY_CTX_set_ecdh_kdf_md(key, EVP_sha256()) == 1);
}

int
smime_encrypt(const struct smime_certificate *certificate, struct slice entity, struct buf *out, struct err *err)
{
	BIO *in = entity.n <= INT_MAX ? BIO_new_mem_buf(entity.p, (int)entity.n) : NULL, *der = BIO_new(BIO_s_mem());
	CMS_ContentInfo *cms = NULL;
	char *bytes = NULL;
	long len = 0;
	int rc = 0;

	if (in == NULL || der == NULL) {
		rc = err_memory(err);
		goto out;
	}
	cms = CMS_encrypt(NULL, NULL, EVP_aes_256_cbc(), CMS_BINARY | CMS_PARTIAL);
	if (cms == NULL || !add_recipient(cms, certificate->x509) || CMS_final(cms, in, NULL, CMS_BINARY) != 1 ||
	    i2d_CMS_bio(der, cms) != 1 || (len = BIO_get_mem_data(der, &bytes)) <= 0) {
		rc = cannot_encrypt(err);
		goto out;
	}
	buf_put(out, bytes, (size_t)len);
	if (out->no_memory)
		rc = err_memory(err);
	else if (out->failed)
		rc = err_set(err, ERR_LIMIT, N_("the letter is larger than %zu bytes"), out->max);
out:
	CMS_ContentInfo_free(cms);
	(void)BIO_free(der);
	(void)BIO_free(in);
	return rc;
}
