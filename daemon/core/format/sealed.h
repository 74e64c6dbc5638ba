#ifndef SPOTCHECK_CORE_FORMAT_SEALED_H
#define SPOTCHECK_CORE_FORMAT_SEALED_H

#include <stdint.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/slice.h"
#include "core/format/slot.h"

/* sealed.json (PROTOCOL 3): what tells when to expect an inspection.  Slices point into the file's bytes. */

#define SLOTS_MAX 2000
#define NONCE_HEX 32

struct sealed_file {
	uint64_t rows;
	struct slice sha256; /* hex */
};

/* What the drum holds of a stratum of the commitment. */
struct sealed_stratum {
	struct slice class; /* unescaped, in `class_text` */
	uint64_t drum, slips, take;
};

struct sealed {
	struct sealed_file away, conflicts;
	struct slice *matters; /* ids, strictly ascending; owned */
	size_t n_matters;
	uint64_t take; /* of the matters */
	struct slice nonce;
	slot_t *slots;                 /* strictly ascending; owned */
	size_t n_slots;                /* 1 .. SLOTS_MAX */
	struct sealed_stratum *strata; /* owned */
	size_t n_strata;
	char *class_text; /* owned; NULL where the caller keeps the classes */
};

/* Refused: anything but the canonical form; ERR_LIMIT, ERR_MEMORY.  Release with sealed_release. */
int sealed_parse(struct slice bytes, struct sealed *ret_sealed, struct err *err);
void sealed_release(struct sealed *sealed);
void sealed_write(const struct sealed *sealed, struct buf *out);

/* How many targets are chosen: the sum of `take` over the strata. */
uint64_t sealed_chosen(const struct sealed *sealed);

#endif
