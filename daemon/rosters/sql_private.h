#ifndef SPOTCHECK_ROSTERS_SQL_PRIVATE_H
#define SPOTCHECK_ROSTERS_SQL_PRIVATE_H

#include "core/base/buf.h"
#include "rosters/columns.h"
#include "store/store.h"

/*
 * SQL for any kind of roster from one template.  These tokens of a template are replaced:
 *
 *	{table}          target
 *	{kind}           targets
 *	{key} {x.key}    the key's columns, x is an alias: "id", "x.inspector, x.scope, x.value"
 *	{rest} {x.rest}  the table's other columns, "private" last
 *	{all} {x.all}    both
 *	{marks}          a question mark for each of {all}
 *	{x.of_key}       the key's columns out of x.key, a JSON array
 *	{x.of_old}       the other columns out of x.old
 *	{set}            "level = excluded.level, …" of the other columns
 */
void rosters_query(struct query *q, struct store *store, enum roster_kind kind, const char *template);
int rosters_exec(struct store *store, enum roster_kind kind, const char *template, struct err *err);

/* The integer that the query yields, 0 where it yields no row. */
int rosters_int(struct store *store, enum roster_kind kind, const char *template, int64_t *ret, struct err *err);

/* The header of the latest import, a JSON array of texts; "[]" where there is none.  The caller frees it. */
int rosters_headers(struct store *store, enum roster_kind kind, char **ret_headers, struct err *err);

/* Splits such an array into at most `max` texts, unescaped in place: the slices point into `headers`. */
size_t rosters_split_headers(char *headers, struct slice *ret_names, size_t max);

/*
 * Reads values from a row's `private`: ret[i] is the value of names[i], or empty.  `names` ascend bytewise.  The slices
 * point into `scratch`, which is cleared first.  False: `private` is damaged, or memory is short (scratch->failed).
 */
bool rosters_private_values(struct slice private, const struct slice *names, size_t n, struct slice *ret,
    struct buf *scratch);

#define ROSTER_COLUMNS_MAX 100 /* of a file */

#endif
