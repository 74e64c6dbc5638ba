#ifndef SPOTCHECK_CORE_DRAW_LAWFUL_H
#define SPOTCHECK_CORE_DRAW_LAWFUL_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/err.h"
#include "core/format/entry.h"
#include "core/format/roster.h"

/*
 * Who may be sent where (PROTOCOL 7): the relations "lawful" and "fits".
 */

/* Why an inspector is not lawful for a target, for explanations. */
enum lawful { LAWFUL, UNLAWFUL_UNIT, UNLAWFUL_AREA, UNLAWFUL_LEVEL, UNLAWFUL_CONFLICT };

/* One pair, by a scan of the inspector's conflicts.  `roster->conflicts` ascend by inspector. */
enum lawful
lawful_pair(const struct rules *rules, const struct roster *roster, const struct target *t, const struct inspector *p);

/* p fits seat s of a team that visits t (PROTOCOL 7). */
bool lawful_fits_seat(const struct rules *rules, const struct target *t, const struct inspector *p, size_t s);

/* Bit s is set where p fits seat s whatever the target: the seat is for `any` or for one of p's tags. */
uint8_t lawful_fits(const struct rules *rules, const struct inspector *p);

/* Bit s is set where seat s asks for what the target needs. */
uint8_t lawful_own_seats(const struct rules *rules);

/*
 * The relation for many targets and an ordered choice of inspectors, as rows of bits: bit p of a target's row is set
 * where inspectors[p] is lawful for it.  Rows of targets that the rules treat alike are shared; memory for rows is
 * bounded (LAWFUL_CACHE_BYTES), beyond it rows are computed again.
 */
#define LAWFUL_CACHE_BYTES ((size_t)256 << 20)

struct lawful_table;

/*
 * `targets` and `inspectors` are indices into the roster, kept by the caller for the table's life, as are rules and
 * roster.  Free with lawful_table_free (NULL allowed).
 */
int lawful_table_new(const struct rules *rules, const struct roster *roster, const uint32_t *targets, size_t n_targets,
    const uint32_t *inspectors, size_t n_inspectors, struct lawful_table **ret_table, struct err *err);
void lawful_table_free(struct lawful_table *table);

/* (n_inspectors + 63) / 64 words; valid until a row of another target is asked for. */
const uint64_t *lawful_row(struct lawful_table *table, size_t t);

/*
 * The same of who fits a seat `own` for the target; only where the rules have such a seat.  Bits after the last
 * inspector say nothing.
 */
const uint64_t *lawful_own_row(struct lawful_table *table, size_t t);

/* A number below n_targets: targets with the same number share a row. */
uint32_t lawful_shape(const struct lawful_table *table, size_t t);

#endif
