#ifndef SPOTCHECK_ROSTERS_SQL_PRIVATE_H
#define SPOTCHECK_ROSTERS_SQL_PRIVATE_H

#include "core/base/buf.h"
#include "rosters/columns.h"
#include "store/store.h"

/*
 * SQL for any kind of roster from one template, for the files rosters*.c alone.  In the template stand
 *
 *	{table}          target
 *	{kind}           targets
 *	{key} {x.key}    the key's columns, x being an alias: "id", "x.inspector, x.scope, x.value"
 *	{rest} {x.rest}  the table's other columns, "private" last
 *	{all} {x.all}    both
 *	{marks}          a question mark for each of {all}
 *	{x.of_key}       the key's columns out of x.key, a JSON array
 *	{x.of_old}       the other columns out of x.old
 *	{set}            "level = excluded.level, …" of the other columns
 */
void rosters_query(struct query *q, struct store *store, enum roster_kind kind, const char *template);
int rosters_exec(struct store *store, enum roster_kind kind, const char *template, struct err *err);

/* One integer, 0 where there is no row. */
int rosters_int(struct store *store, enum roster_kind kind, const char *template, int64_t *ret, struct err *err);

/* The roster's header as it was imported last: a JSON array of texts, "[]" where never.  The caller frees it. */
int rosters_headers(struct store *store, enum roster_kind kind, char **ret_headers, struct err *err);

/* The texts of such an array, unescaped; slices into `headers`, which is written to.  At most `max` of them. */
size_t rosters_split_headers(char *headers, struct slice *ret_names, size_t max);

/*
 * Values out of a row's `private`: for the name at i, ascending bytewise, ret[i] is its value or empty.  Slices point
 * into `scratch`, which is cleared first.
 */
bool rosters_private_values(struct slice private, const struct slice *names, size_t n, struct slice *ret,
    struct buf *scratch);

#define ROSTER_COLUMNS_MAX 100 /* of a file */

#endif
