/* Counts the targets that stand alone in what becomes public of the roster. */
#include "rosters/unique.h"

#include <stdio.h>

#include "core/base/array.h"

#define ROWS_TRIED 1000000 /* above, the columns are not tried one by one: it takes minutes */

static const struct {
	const char *name, *sql;
	bool is_code; /* in coded publication */
} columns[] = {
    {"class", "class", false},
    {"unit", "unit", true},
    {"area", "area", true},
    {"level", "level", false},
    {"needs", "needs", false},
    {"weight", "weight", false},
    {"since", "strftime('%Y', since * 86400, 'unixepoch')", false},
};

/* Of rows grouped by all columns but `left_out`. */
static int
count_unique(struct store *store, bool coded, size_t left_out, int64_t *ret, struct err *err)
{
	char sql[512];
	size_t n = 0;

	n += (size_t)snprintf(sql, sizeof sql, "SELECT count(*) FROM (SELECT 1 FROM target GROUP BY 1");
	for (size_t i = 0; i < ARRAY_LEN(columns); i++)
		if (i != left_out && !(coded && columns[i].is_code))
			n += (size_t)snprintf(sql + n, sizeof sql - n, ", %s", columns[i].sql);
	(void)snprintf(sql + n, sizeof sql - n, " HAVING count(*) = 1)");
	return store_int(store, sql, ret, err);
}

int
rosters_unique(struct store *store, bool coded, struct unique_rows *ret, struct err *err)
{
	int64_t rows = 0, unique = 0, without = 0;
	int rc = store_int(store, "SELECT count(*) FROM target", &rows, err);

	if (rc == 0)
		rc = count_unique(store, coded, ARRAY_LEN(columns), &unique, err);
	if (rc != 0)
		return rc;
	*ret = (struct unique_rows){.rows = (uint64_t)rows, .unique = (uint64_t)unique, .without = (uint64_t)unique};
	for (size_t i = 0; rc == 0 && rows <= ROWS_TRIED && i < ARRAY_LEN(columns); i++) {
		if (coded && columns[i].is_code)
			continue;
		rc = count_unique(store, coded, i, &without, err);
		if (rc == 0 && (uint64_t)without < ret->without) {
			ret->column = columns[i].name;
			ret->without = (uint64_t)without;
		}
	}
	return rc;
}
