/* Reads a stored roster's header, and the private values of its rows. */
#include "rosters/header_private.h"

#include <stdlib.h>

#define ROW_MAX ((size_t)8 << 20)

static void
add_private_name(struct header *h, struct slice name)
{
	size_t at = h->n_private++;

	h->names[at] = name;
	while (at > 0 && slice_cmp(h->names[h->sorted[at - 1]], name) > 0) {
		h->sorted[at] = h->sorted[at - 1];
		at--;
	}
	h->sorted[at] = h->n_private - 1;
}

static bool
is_private_column(const struct column *column)
{
	return column == NULL || column->use == COLUMN_PRIVATE;
}

int
header_read(struct store *store, enum roster_kind kind, struct header *ret_header, struct err *err)
{
	struct header *h = ret_header;
	int rc;

	*h = (struct header){.kind = kind};
	buf_init(&h->scratch, ROW_MAX);
	rc = rosters_headers(store, kind, &h->headers, err);
	if (rc != 0)
		return rc;
	h->n = rosters_split_headers(h->headers, h->titles, ROSTER_COLUMNS_MAX);
	for (size_t i = 0; i < h->n; i++) {
		ptrdiff_t known = roster_column_find(kind, h->titles[i]);

		h->columns[i] = known < 0 ? NULL : &roster_columns[kind].column[known];
		if (is_private_column(h->columns[i]) && h->columns[i] != NULL && h->columns[i]->type == COLUMN_NAME)
			add_private_name(h, slice_of(h->columns[i]->name));
	}
	for (size_t i = 0; i < h->n; i++)
		if (is_private_column(h->columns[i]) && (h->columns[i] == NULL || h->columns[i]->type != COLUMN_NAME))
			add_private_name(h, h->columns[i] == NULL ? h->titles[i] : slice_of(h->columns[i]->name));
	return 0;
}

void
header_release(struct header *header)
{
	free(header->headers);
	buf_release(&header->scratch);
	*header = (struct header){0};
}

int
header_row(struct header *header, struct slice private, struct err *err)
{
	struct slice names[ROSTER_COLUMNS_MAX], values[ROSTER_COLUMNS_MAX];

	for (size_t i = 0; i < header->n_private; i++)
		names[i] = header->names[header->sorted[i]];
	if (!rosters_private_values(private, names, header->n_private, values, &header->scratch))
		return header->scratch.failed ? err_memory(err)
		                              : err_set(err, ERR_OUTSIDE, N_("a row of %s in the database is damaged"),
		                                    roster_columns[header->kind].kind);
	for (size_t i = 0; i < header->n_private; i++)
		header->values[header->sorted[i]] = values[i];
	return 0;
}

ptrdiff_t
header_find(const struct header *header, struct slice name)
{
	for (size_t i = 0; i < header->n_private; i++)
		if (slice_eq(header->names[i], name))
			return (ptrdiff_t)i;
	return -1;
}

struct slice
header_value(const struct header *header, const char *name)
{
	ptrdiff_t i = header_find(header, slice_of(name));

	return i < 0 ? (struct slice){"", 0} : header->values[i];
}

bool
header_has(const struct header *header, const struct column *column)
{
	for (size_t i = 0; i < header->n; i++)
		if (header->columns[i] == column)
			return true;
	return false;
}
