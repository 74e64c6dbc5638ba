#include "letters/certificate.h"

int
letter_certificate(const struct config *config, struct slice inspector, struct slice address, int64_t time,
    struct smime_certificate **ret_certificate, struct err *err)
{
	int rc = 0;

	*ret_certificate = NULL;
	if (config->mail_encrypt != ENCRYPT_NO)
		rc = smime_certificate_read(config->mail_certificates, inspector, address, time, ret_certificate, err);
	if (rc != ERR_ABSENT)
		return rc;
	return config->mail_encrypt == ENCRYPT_IF_KNOWN ? 0
	    : err_set(err, ERR_REFUSED, N_("encrypt = required, and there is no certificate %s/%.*s.pem"),
	          config->mail_certificates, SLICE_ARGS(inspector));
}
