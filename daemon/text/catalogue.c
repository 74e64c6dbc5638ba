/* Reads catalogues of messages: GNU gettext manual, "The Format of GNU MO Files". */
#include "text/catalogue.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "system/file.h"

#define MAGIC 0x950412deU
#define BYTES_MAX (16 * 1024 * 1024)
#define HEADER_BYTES 20
#define ROW_BYTES 8 /* a length and an offset */

enum { HEADER_MAGIC = 0, HEADER_COUNT = 8, HEADER_ORIGINALS = 12, HEADER_TRANSLATIONS = 16 };

static uint32_t
read_u32(const struct catalogue *c, size_t at)
{
	uint32_t value;

	memcpy(&value, c->bytes + at, sizeof value);
	return value;
}

/* The i-th text of a table; NULL where it lies outside the file or has no NUL at its end. */
static const char *
text_at(const struct catalogue *c, uint32_t table, uint32_t i)
{
	size_t row = table + (size_t)i * ROW_BYTES, len = read_u32(c, row), at = read_u32(c, row + 4);

	return at < c->len && len < c->len - at && c->bytes[at + len] == '\0' ? c->bytes + at : NULL;
}

static bool
has_table(const struct catalogue *c, uint32_t table)
{
	return table <= c->len && read_u32(c, HEADER_COUNT) <= (c->len - table) / ROW_BYTES;
}

static bool
is_well_formed(const struct catalogue *c)
{
	uint32_t originals, translations;

	if (c->len < HEADER_BYTES || read_u32(c, HEADER_MAGIC) != MAGIC)
		return false;
	originals = read_u32(c, HEADER_ORIGINALS);
	translations = read_u32(c, HEADER_TRANSLATIONS);
	if (!has_table(c, originals) || !has_table(c, translations))
		return false;
	for (uint32_t i = 0; i < read_u32(c, HEADER_COUNT); i++)
		if (text_at(c, originals, i) == NULL || text_at(c, translations, i) == NULL)
			return false;
	return true;
}

int
catalogue_read(const char *path, struct catalogue *ret_catalogue, struct err *err)
{
	struct catalogue c = {.bytes = NULL};
	struct buf bytes;
	int rc;

	buf_init(&bytes, BYTES_MAX);
	rc = file_read(AT_FDCWD, path, FILE_FOLLOW_LINKS, BYTES_MAX, &bytes, err);
	if (rc == 0) {
		c = (struct catalogue){bytes.data, bytes.len};
		if (!is_well_formed(&c))
			rc = err_set(err, ERR_REFUSED, N_("%s is no catalogue of messages"), path);
	}
	if (rc == 0)
		*ret_catalogue = c;
	else
		buf_release(&bytes);
	return rc;
}

void
catalogue_release(struct catalogue *catalogue)
{
	if (catalogue == NULL)
		return;
	free(catalogue->bytes);
	*catalogue = (struct catalogue){.bytes = NULL};
}

/* Binary search: the originals are sorted. */
const char *
catalogue_text(const struct catalogue *catalogue, const char *text)
{
	const struct catalogue *c = catalogue;
	uint32_t low = 0, high = c->bytes == NULL ? 0 : read_u32(c, HEADER_COUNT);

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		int by = strcmp(text, text_at(c, read_u32(c, HEADER_ORIGINALS), middle));

		if (by == 0)
			return text_at(c, read_u32(c, HEADER_TRANSLATIONS), middle);
		if (by < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return text;
}
