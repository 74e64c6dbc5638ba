#ifndef SPOTCHECK_ADMIN_DIGEST_GATHER_H
#define SPOTCHECK_ADMIN_DIGEST_GATHER_H

#include <stdint.h>

#include "admin/digest_text.h"
#include "core/base/err.h"
#include "ledger/operator.h"

/* Reads from the state what the digest of `monday` (days since 1970) reports.  `tr` translates the texts of alarms. */

#define DIGEST_HOUR_S (8 * 3600) /* of the local day */
#define DIGEST_WEEK_DAYS 7

/* ERR_REFUSED, ERR_LIMIT, ERR_OUTSIDE, ERR_ABSENT, ERR_MEMORY.  The caller frees `*ret_digest` with digest_free. */
int digest_gather(const struct operator *operator, int32_t monday, const char *(*tr)(const char *text),
    struct digest **ret_digest, struct err *err);
void digest_free(struct digest *digest); /* NULL is allowed */

#endif
