#ifndef SPOTCHECK_CORE_FORMAT_SEALED_H
#define SPOTCHECK_CORE_FORMAT_SEALED_H

#include <stdint.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/slice.h"

/* sealed.json (PROTOCOL 3): what must stay secret until the reveal.  Slices point into the file's bytes. */

#define DATES_MAX 400
#define NONCE_HEX 32

struct sealed {
	uint64_t conflicts_rows;
	struct slice conflicts_sha256; /* hex */
	int32_t dates[DATES_MAX];      /* strictly ascending */
	size_t n_dates;                /* 1 .. DATES_MAX */
	struct slice *matters;         /* ids, strictly ascending; owned */
	size_t n_matters;
	uint64_t take; /* of the matters */
	struct slice nonce;
};

/* ERR_REFUSED: not the canonical form.  ERR_MEMORY.  Release with sealed_release. */
int sealed_parse(struct slice bytes, struct sealed *ret_sealed, struct err *err);
void sealed_release(struct sealed *sealed);
void sealed_write(const struct sealed *sealed, struct buf *out);

#endif
